"""What the rules refuse, in words that the clerk reads."""

from __future__ import annotations


class Refused(Exception):
    """What was asked for may not be done; `str()` of it is Thai and says why."""


class Stale(Refused):
    """Somebody else changed it since it was looked at."""

    def __init__(self) -> None:
        super().__init__("รายการนี้มีผู้อื่นแก้ไขแล้ว โปรดดูข้อมูลล่าสุดก่อนทำต่อ")
