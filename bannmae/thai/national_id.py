"""The 13-digit Thai identification number: check digit, form, mask.

No message or representation made here ever holds the number itself.
"""

from __future__ import annotations

import re

from bannmae.thai.numerals import to_arabic_digits

LENGTH = 13
FULL_MASK = "x-xxxx-xxxxx-xx-x"

# Spaces of every kind, dashes, dots and the invisible characters that come with copied text.
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212\u00ad\u200b-\u200f\u2060\ufeff]+")
_DIGITS = re.compile(r"[0-9]+")


class InvalidNationalId(ValueError):
    """The text is no identification number; `str()` is a Thai message for its writer."""


def check_digit(body: str) -> int:
    """Return the check digit of the first twelve digits.

    >>> check_digit("123456789012")
    1
    """
    weighted = sum(int(digit) * (LENGTH - place) for place, digit in enumerate(body))
    return (11 - weighted % 11) % 10


def normalise(text: str) -> str:
    """Return the 13 Arabic digits of an identification number typed by a person.

    Accepts ๐–๙, spaces, dashes and dots. Every first digit is allowed: 0 and 5 to 8 are real
    classes of persons too. A body of zeros is refused although its check digit is right.

    Raises:
        InvalidNationalId: with a Thai message that says what is wrong.

    >>> normalise("๑-๒๓๔๕-๖๗๘๙๐-๑๒-๑")
    '1234567890121'
    """
    digits = _SEPARATORS.sub("", to_arabic_digits(text))
    if not digits:
        raise InvalidNationalId("กรุณากรอกหมายเลขบัตรประชาชน 13 หลัก")
    if not _DIGITS.fullmatch(digits):
        raise InvalidNationalId("หมายเลขบัตรประชาชนต้องเป็นตัวเลขเท่านั้น")
    if len(digits) != LENGTH:
        raise InvalidNationalId(f"หมายเลขบัตรประชาชนต้องมี 13 หลัก (ที่กรอกมามี {len(digits)} หลัก)")
    if digits[:-1] == "0" * (LENGTH - 1) or check_digit(digits[:-1]) != int(digits[-1]):
        raise InvalidNationalId("หมายเลขบัตรประชาชนไม่ถูกต้อง กรุณาตรวจสอบตัวเลขอีกครั้ง")
    return digits


def is_valid(text: str) -> bool:
    """Say whether `normalise` would accept `text`.

    >>> is_valid("1234567890121"), is_valid("1234567890123")
    (True, False)
    """
    try:
        normalise(text)
    except InvalidNationalId:
        return False
    return True


def format_full(national_id: str) -> str:
    """Write a valid number with its dashes, as on the card.

    Raises:
        InvalidNationalId: as `normalise`.

    >>> format_full("1234567890121")
    '1-2345-67890-12-1'
    """
    return _grouped(normalise(national_id))


def mask(national_id: str) -> str:
    """Write a number with only its last three digits; anything else becomes all mask.

    >>> mask("1234567890121"), mask("12345"), mask("")
    ('x-xxxx-xxxxx-12-1', 'x-xxxx-xxxxx-xx-x', '')
    """
    if not national_id:
        return ""
    digits = _SEPARATORS.sub("", to_arabic_digits(national_id))
    if len(digits) != LENGTH or not _DIGITS.fullmatch(digits):
        return FULL_MASK
    return _grouped("x" * (LENGTH - 3) + digits[-3:])


def _grouped(thirteen: str) -> str:
    return "-".join((thirteen[:1], thirteen[1:5], thirteen[5:10], thirteen[10:12], thirteen[12:]))
