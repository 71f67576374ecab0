"""Cards that an officer inserts with a tap: what the menu answers, sent in his name.

What stays in the conversation is read by everybody who reads that: no card tells of her other
matters, which may be another division's or closed to all but a few.
"""

from __future__ import annotations

from typing import Any

from chatops.line.cards import MAX_MESSAGES, Button, Card, card_message
from chatops.line.links import liff_link
from chatops.menu import registry
from chatops.models import Resident

TRACK = "track"
# Keys of menu entries and what the desk calls them; an entry that no room has is not offered.
LINKS = (
    ("complaint", "แบบฟอร์มแจ้งเรื่อง/ขอบริการ"),
    (TRACK, "ติดตามสถานะเรื่อง"),
    ("tax", "แจ้งชำระภาษี"),
    ("garbage", "แจ้งชำระค่าเก็บขยะ"),
    ("contact", "ช่องทางติดต่อเทศบาล"),
)


def links() -> list[dict[str, str]]:
    """Return what can be inserted."""
    return [{"key": key, "title": title} for key, title in LINKS if registry.get(key)]


def messages_of(key: str, resident: Resident) -> list[dict[str, Any]]:
    """Return the messages of a link; none for what is not offered."""
    entry = registry.get(key) if key in dict(LINKS) else None
    if entry and key == TRACK:
        return [_way_to_her_cases()]
    return list(entry.answer(resident))[:MAX_MESSAGES] if entry else []


def _way_to_her_cases() -> dict[str, Any]:
    """Return a card that leads to her cases instead of listing them here."""
    return card_message(
        Card(
            band="ติดตามสถานะ",
            title="เรื่องที่ท่านแจ้งไว้",
            lines=["แตะปุ่มเพื่อดูความคืบหน้าทุกขั้นตอน"],
            buttons=[Button("ดูเรื่องของฉัน", uri=liff_link("track"))],
            alt_text="ติดตามสถานะ",
        )
    )
