"""Thai digits (๐–๙) and Arabic digits (0–9), both ways."""

from __future__ import annotations

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
ARABIC_DIGITS = "0123456789"

_TO_THAI = str.maketrans(ARABIC_DIGITS, THAI_DIGITS)
_TO_ARABIC = str.maketrans(THAI_DIGITS, ARABIC_DIGITS)


def to_thai_digits(text: str) -> str:
    """Return `text` with 0–9 written as ๐–๙; everything else stays.

    >>> to_thai_digits("เลขที่ 69-0042")
    'เลขที่ ๖๙-๐๐๔๒'
    """
    return text.translate(_TO_THAI)


def to_arabic_digits(text: str) -> str:
    """Return `text` with ๐–๙ written as 0–9; everything else stays.

    >>> to_arabic_digits("รท-๒๕๖๙-๐๐๑๒")
    'รท-2569-0012'
    """
    return text.translate(_TO_ARABIC)
