"""Thai telephone numbers: read as people type them, kept in one form, shown, masked, dialled.

The stored form is digits with the leading 0, and '#' before an extension:
'0812345678', '053123456#101'. Short codes ('1669') are numbers of offices, never of residents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bannmae.thai.numerals import to_arabic_digits

_PREFIX = re.compile(r"^(?:tel:|โทรศัพท์|เบอร์โทรศัพท์|เบอร์โทร|โทร)[\s.:]*", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:ต่อ|ext(?:ension)?|x|#|,|;ext=)[\s.:]*([0-9]{1,6})$", re.IGNORECASE)
_SEPARATORS = re.compile(
    r"[\s.()\-\u2010-\u2015\u2212\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+"
)
_MOBILE = re.compile(r"0[689][0-9]{8}")
_LANDLINE = re.compile(r"0[23457][0-9]{7}")
_SHORT = re.compile(r"1[0-9]{2,3}")
_STORED = re.compile(r"([0-9]+)(?:#([0-9]{1,6}))?")


class InvalidPhone(ValueError):
    """The text is no Thai telephone number; `str()` is a Thai message for its writer."""


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A telephone number: `number` in digits with its leading 0, `extension` in digits or ''."""

    number: str
    extension: str = ""

    @property
    def stored(self) -> str:
        """The form that is kept: '0812345678' or '053123456#101'."""
        return f"{self.number}#{self.extension}" if self.extension else self.number

    @property
    def is_mobile(self) -> bool:
        """Whether it can take a text message."""
        return _MOBILE.fullmatch(self.number) is not None

    def __str__(self) -> str:
        return format_phone(self.stored)

    def __repr__(self) -> str:
        # A number must not slip into a log with some structure that holds it.
        return f"Phone({mask_phone(self.stored)})"


def parse(text: str, *, short_codes: bool = False) -> Phone:
    """Read one Thai number; `short_codes` also allows those of three or four digits (1669).

    Accepts +66, 0066 and 66, ๐–๙, spaces, dashes, dots, brackets and an extension
    ('ต่อ 101', 'ext 101', '#101').

    Raises:
        InvalidPhone: with a Thai message that says what is wrong.

    >>> parse("+66 (0)53 123 456 ต่อ ๑๐๑").stored
    '053123456#101'
    """
    line = _PREFIX.sub("", to_arabic_digits(text).strip())
    found = _EXTENSION.search(line)
    extension = found.group(1) if found else ""
    digits = _SEPARATORS.sub("", line[: found.start()] if found else line)
    if not digits:
        raise InvalidPhone("กรุณากรอกเบอร์โทรศัพท์")
    number = _national(digits)
    if not re.fullmatch(r"[0-9]+", number):
        raise InvalidPhone("เบอร์โทรศัพท์ต้องเป็นตัวเลขเท่านั้น และกรอกครั้งละหนึ่งเบอร์")
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
        return Phone(number, extension)
    if short_codes and _SHORT.fullmatch(number):
        return Phone(number, extension)
    if not number.startswith("0"):
        raise InvalidPhone("เบอร์โทรศัพท์ต้องขึ้นต้นด้วย 0 เช่น 081-234-5678")
    raise InvalidPhone("เบอร์โทรศัพท์ไม่ถูกต้อง (มือถือ 10 หลัก หรือเบอร์บ้าน 9 หลัก) กรุณาตรวจสอบอีกครั้ง")


def normalise(text: str, *, short_codes: bool = False) -> str:
    """Return the stored form of a number typed by a person; raises as `parse`.

    >>> normalise("๐๘๑-๒๓๔ ๕๖๗๘"), normalise("1669", short_codes=True)
    ('0812345678', '1669')
    """
    return parse(text, short_codes=short_codes).stored


def is_valid(text: str, *, short_codes: bool = False) -> bool:
    """Say whether `parse` would accept `text`.

    >>> is_valid("053-123456"), is_valid("1669")
    (True, False)
    """
    try:
        parse(text, short_codes=short_codes)
    except InvalidPhone:
        return False
    return True


def format_phone(stored: str) -> str:
    """Write a stored number for people; what is in no known form is returned as it is.

    >>> format_phone("0812345678"), format_phone("053123456#101"), format_phone("021234567")
    ('081-234-5678', '053-123-456 ต่อ 101', '02-123-4567')
    """
    found = _STORED.fullmatch(stored)
    if not found:
        return stored
    shown = "-".join(_groups(found.group(1)))
    return f"{shown} ต่อ {found.group(2)}" if found.group(2) else shown


def mask_phone(stored: str) -> str:
    """Write a stored number with only its last group of digits; anything else is all mask.

    >>> mask_phone("0812345678"), mask_phone("053123456#101"), mask_phone("junk")
    ('xxx-xxx-5678', 'xxx-xxx-456', 'xxx-xxx-xxxx')
    """
    if not stored:
        return ""
    found = _STORED.fullmatch(stored)
    groups = _groups(found.group(1)) if found else []
    if len(groups) < 3:
        return "xxx-xxx-xxxx"
    return "-".join(["x" * len(group) for group in groups[:-1]] + groups[-1:])


def tel_uri(stored: str) -> str:
    """Return the address that dials a stored number; the extension follows after a pause.

    Raises:
        InvalidPhone: `stored` is not in the stored form.

    >>> tel_uri("0812345678"), tel_uri("053123456#101"), tel_uri("1669")
    ('tel:0812345678', 'tel:053123456,101', 'tel:1669')
    """
    found = _STORED.fullmatch(stored)
    if not found:
        raise InvalidPhone("เบอร์โทรศัพท์ไม่ถูกต้อง")
    return f"tel:{found.group(1)},{found.group(2)}" if found.group(2) else f"tel:{found.group(1)}"


def _national(digits: str) -> str:
    """Turn the international forms of a number into the one with the leading 0."""
    for prefix in ("+66", "0066", "66"):
        rest = digits.removeprefix(prefix)
        # '66…' without a plus is a country code only where a whole number follows it.
        if rest != digits and (prefix != "66" or len(rest.removeprefix("0")) in (8, 9)):
            return "0" + rest.removeprefix("0")
    return digits


def _groups(number: str) -> list[str]:
    if _MOBILE.fullmatch(number):
        return [number[:3], number[3:6], number[6:]]
    if _LANDLINE.fullmatch(number):
        area = 2 if number.startswith("02") else 3
        return [number[:area], number[area : area + 3], number[area + 3 :]]
    return [number]
