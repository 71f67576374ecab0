"""Text as official paper writes it."""

from __future__ import annotations

import re

import regex  # type: ignore[import-untyped]

from bannmae.thai.numerals import to_thai_digits

# Addresses, and runs of ASCII with a Latin letter (PM2.5, LED60W, somchai1@example.com): what is
# written in Latin keeps its digits, or it means something else or leads nowhere.
_LATIN = re.compile(r"(https?://\S+|[!-~]*[A-Za-z][!-~]*)")
# A number stays on the line of its word: หมู่ที่ ๕, พ.ศ. ๒๕๖๙, ๑๘.๓๐ น.
_BEFORE_NUMBER = re.compile(r"(หมู่ที่|หมู่|มาตรา|พ\.ศ\.|ข้อ|เลขที่|เวลา) (?=[๐-๙])")
_AFTER_NUMBER = re.compile(r"(?<=[๐-๙]) (?=น\.|บาท|กม\.|ม\.|เมตร)")
_NO_BREAK = "\u00a0"
# No font of a paper draws them. Digits, # and © are emoji too, by Unicode's own reckoning.
_EMOJI = regex.compile(
    r"(?:(?![©®™])\p{Extended_Pictographic}|\p{RI})"
    r"(?:\s?(?:(?![©®™])\p{Extended_Pictographic}|\p{RI}|\p{EMod}|[\u200d\ufe0e\ufe0f\u20e3]"
    r"|[\U000e0020-\U000e007f]))*"
)


def paper_numerals(text: str) -> str:
    """Return the text with Thai digits, except inside web addresses and Latin words.

    Spaces that must not break a line become U+00A0 (a PDF's copied text has plain ones).

    >>> paper_numerals("ไฟดับ 3 ดวง หลอดLED60W ดู https://example.com/ก/12 ก่อน 18.30 น.")
    'ไฟดับ ๓ ดวง หลอดLED60W ดู https://example.com/ก/12 ก่อน ๑๘.๓๐\\xa0น.'
    """
    parts = _LATIN.split(text)
    return "".join(part if index % 2 else _thai(part) for index, part in enumerate(parts))


def without_emoji(text: str, instead: str = "") -> str:
    """Return the text with each run of emoji replaced: on paper they would be empty boxes.

    >>> without_emoji("ขอบคุณค่ะ 🙏🏻😊 ©", "[อีโมจิ]"), without_emoji("🌸แม่ปั๊ม🌸")
    ('ขอบคุณค่ะ [อีโมจิ] ©', 'แม่ปั๊ม')
    """
    return str(_EMOJI.sub(instead, text)).strip()


def _thai(text: str) -> str:
    """Return text without Latin words as paper writes it."""
    text = _BEFORE_NUMBER.sub(rf"\1{_NO_BREAK}", to_thai_digits(text))
    return _AFTER_NUMBER.sub(_NO_BREAK, text)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text with Thai digits; empty lines are dropped.

    >>> paragraphs(" จุด 1\\n\\nจุด 2 ")
    ['จุด ๑', 'จุด ๒']
    """
    return [paper_numerals(line.strip()) for line in text.splitlines() if line.strip()]
