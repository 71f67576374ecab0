# ruff: noqa: E501 - patterns
"""What a payer's words in the chat say: kind, year, months, amount, name, phone, house, reference.

What is read is a suggestion that the clerk sees beside the words themselves. In doubt nothing is
read: two amounts are none, two kinds are none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from bannmae.thai import national_id, phone
from bannmae.thai.calendar import BE_OFFSET, MONTHS, MONTHS_SHORT
from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import normalise_text

MAX_AMOUNT = Decimal("99999999.99")
LAND, SIGNBOARD, GARBAGE = "land_building_tax", "signboard_tax", "garbage_fee"
# A month that lies this far ahead is last year's.
AHEAD = 2


@dataclass(frozen=True)
class Facts:
    """What was read; amount in baht, months as their first days, the year of the Buddhist era."""

    kind: str = ""  # a Revenue's slug
    fiscal_year: int | None = None
    months: tuple[dt.date, ...] = ()
    amount: Decimal | None = None
    payer_name: str = ""
    phone: str = ""
    house_no: str = ""
    village: int | None = None
    reference: str = ""

    def __bool__(self) -> bool:
        """True where anything was read."""
        return any(getattr(self, field.name) for field in fields(self))


def read_words(
    text: str, today: dt.date, *, kinds: Sequence[tuple[str, str]] = (), asked: bool = False
) -> Facts:
    """Return what `text` says.

    `kinds`: slug and name of further kinds that the office has added. `asked`: she was asked for
    what is missing, so a figure alone is an amount and two words alone are a name.
    """
    words = to_arabic_digits(normalise_text(text))
    words = _NATIONAL_ID.sub(" ", words)
    words, number = _phone(words)
    months, years = _months(words, today)
    reference = _reference(words)
    rest = words.replace(reference, " ") if reference else words
    house, village = _house(rest)
    amount = _amount(rest, alone=asked)
    return Facts(
        kind=_kind(words, kinds),
        fiscal_year=_year(rest, years),
        months=months,
        amount=amount,
        payer_name=_name(words, alone=asked),
        phone=number,
        house_no=house,
        village=village,
        reference=reference,
    )


def is_only_that(text: str) -> bool:
    """Tell whether nothing is said but what is read here, and politeness.

    >>> is_only_that("450 บาท ม.ค. ถึง มี.ค. ค่ะ"), is_only_that("ไฟไหม้ 12 หมู่ 5")
    (True, False)
    """
    words = to_arabic_digits(normalise_text(text))
    if _CALLS_FOR_HELP.fullmatch(words):
        return False
    words, _ = _phone(words)
    for pattern in (_RANGE, _ONE_MONTH, _BAHT, _YEAR, _BARE_YEAR, _HOUSE, _VILLAGE, _WHOLE_YEAR):
        words = pattern.sub(" ", words)
    return not _LETTERS.search(_FILLING.sub(" ", words))


def without_ids(text: str) -> str:
    """Return the text with national IDs masked: nobody asks for them here."""

    def masked(found: re.Match[str]) -> str:
        return national_id.mask(digits) if _is_id(digits := _digits(found[0])) else found[0]

    return (
        _NATIONAL_ID.sub(masked, to_arabic_digits(text))
        if _NATIONAL_ID.search(to_arabic_digits(text))
        else text
    )


# -- kind ---------------------------------------------------------------------------------------

_KINDS = (
    (LAND, re.compile(r"ภาษี(?:ที่ดิน|บ้าน|โรงเรือน|สิ่งปลูก)|สิ่งปลูกสร้าง|ภ\.?ด\.?ส|ผ\.?ท\.?\s?4")),
    (SIGNBOARD, re.compile(r"(?:ภาษี|ค่า)ป้าย(?!ทะเบียน)|ภ\.?ป\.?\s?[1-8]")),
    (GARBAGE, re.compile(r"ขยะ|มูลฝอย|ขี้เหยื้อ")),
)


def _kind(words: str, kinds: Sequence[tuple[str, str]]) -> str:
    found = {slug for slug, pattern in _KINDS if pattern.search(words)}
    found |= {slug for slug, name in kinds if name and name in words}
    return found.pop() if len(found) == 1 else ""


# -- figures ------------------------------------------------------------------------------------

_NATIONAL_ID = re.compile(r"(?<![0-9-])[0-9](?:[ -]?[0-9]){12}(?![0-9-])")
_PHONE = re.compile(r"(?<![0-9])(?:\+?66[ -]?|0)(?:[ -]?[0-9]){8,9}(?![0-9])")
_SUM = r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,8})(\.[0-9]{1,2})?"
_BAHT = re.compile(rf"(?<![0-9,.]){_SUM}\s*(?:บาท|฿|บ\.(?![ก-ฮ])|\.-)")
_PAID = re.compile(
    r"(?:ยอด|จำนวน(?:เงิน)?|โอน|ชำระ|จ่าย|เป็นเงิน|รวม)(?:เงิน|แล้ว|ไป|มา|ให้|ค่ะ|ครับ|\s)*"
    rf"{_SUM}(?![0-9,/]|\s*(?:เดือน|ปี|หมู่|ม\.|แปลง|หลัง|ใบ|ครั้ง|ครัวเรือน|โมง|น\.))"
)
_TOTAL = re.compile(rf"(?:รวม|ทั้งหมด|ทั้งสิ้น)\S{{0,12}}\s*{_SUM}")
_ONLY = re.compile(rf"\s*{_SUM}\s*(?:ค่ะ|คะ|ครับ|คับ|จ้า|เจ้า)?\s*")


# A number that people call, written into the chat by itself.
_CALLS_FOR_HELP = re.compile(r"\s*(?:191|199|1669|1646|1784|1155|1300)\D*")
# What stands between figures without saying anything.
_FILLING = re.compile(
    r"ค่าขยะ|ค่าเก็บขยะ|ภาษีที่ดิน|ภาษีป้าย|ภาษี|จำนวน|ยอด|โอน|จ่าย|ชำระ|เงิน|แล้ว|บาท|เดือน|ถึง|และ|กับ|ของ|ที่"
    r"|บ้านเลขที่|เลขที่|หมู่|เบอร์|โทรศัพท์|โทร|นะ|ค่ะ|คะ|ครับ|คับ|จ้า|เจ้า"
)
_LETTERS = re.compile(r"[ก-ฮA-Za-z]")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _is_id(digits: str) -> bool:
    return national_id.is_valid(digits)


def _phone(words: str) -> tuple[str, str]:
    """Return the words without the first telephone number, and that number."""
    for found in _PHONE.finditer(words):
        try:
            number = phone.normalise(found[0])
        except phone.InvalidPhone:
            continue
        return words[: found.start()] + " " + words[found.end() :], number
    return words, ""


def _amount(words: str, *, alone: bool) -> Decimal | None:
    for pattern in (_TOTAL, _BAHT, _PAID):
        sums = {_sum(found) for found in pattern.finditer(words)} - {None}
        if len(sums) == 1:
            return sums.pop()
        if sums:
            return None
    if alone and not _CALLS_FOR_HELP.fullmatch(words) and (only := _ONLY.fullmatch(words)):
        found = _sum(only)
        # Four figures without a point or a comma may be a year.
        is_year = found is not None and found in range(2500, 2600) and "," not in words
        return None if is_year else found
    return None


def _sum(found: re.Match[str]) -> Decimal | None:
    amount = Decimal(found[1].replace(",", "") + (found[2] or ""))
    return amount.quantize(Decimal("0.01")) if 0 < amount <= MAX_AMOUNT else None


_YEAR = re.compile(
    r"(?:ปี(?:ภาษี|งบประมาณ|งบ)?|พ\.?ศ\.?)\s*(?:พ\.?ศ\.?\s*)?(25[0-9]{2}|20[0-9]{2}|[0-9]{2})(?![0-9])"
)
_BARE_YEAR = re.compile(r"(?<![0-9,./-])(25[4-9][0-9])(?![0-9,./-]|\s*(?:บาท|฿))")


def _year(words: str, of_months: set[int]) -> int | None:
    years = {_full_year(found[1]) for found in _YEAR.finditer(words)}
    years = years or {int(found[1]) for found in _BARE_YEAR.finditer(words)} or of_months
    return years.pop() if len(years) == 1 else None


def _full_year(figures: str) -> int:
    year = int(figures)
    if year < 100:
        return 2500 + year
    return year + BE_OFFSET if year < 2400 else year


# -- months -------------------------------------------------------------------------------------


def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for number, (long, short) in enumerate(zip(MONTHS, MONTHS_SHORT, strict=True), 1):
        names[long] = names[short] = names[short[:-1]] = number
        names[re.sub(r"คม$|ยน$|พันธ์$", "", long)] = number
        names[short.replace(".", "")] = number
    return names


_NAMES = _month_names()
_MONTH = (
    r"(?<![ก-๎])(?:เดือน\s?)?("
    + "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
    + r")(?![ก-๎.])"
    # A deed of possession is ส.ค.1.
    r"(?!\s?1(?![0-9]))"
)
_MONTH_YEAR = _MONTH + r"(?:\s*(25[0-9]{2}|[4-9][0-9])(?![0-9]))?"
_RANGE = re.compile(
    _MONTH_YEAR + r"\s*(?:-|–|ถึง|จนถึง|ไปจนถึง)\s*" + _MONTH_YEAR.replace("(?<![ก-๎])", "")
)
_ONE_MONTH = re.compile(_MONTH_YEAR)
_DAY = re.compile(r"(?<![0-9])[0-3]?[0-9]\s*$")
_FIGURES = re.compile(r"เดือน(?:ที่)?\s*([0-9]{1,2})(?:\s*(?:-|–|ถึง)\s*([0-9]{1,2}))?(?![0-9])")
_WHOLE_YEAR = re.compile(r"ทั้งปี|ตลอดปี|เต็มปี|(?<![0-9])12\s*เดือน|(?:หนึ่ง|(?<![0-9])1)\s*ปี")


def _months(words: str, today: dt.date) -> tuple[tuple[dt.date, ...], set[int]]:
    """Return the months that are named, in order, and the years that stand with them."""
    years: set[int] = set()
    found: set[dt.date] = set()
    said = _YEAR.search(words) or _BARE_YEAR.search(words)
    year = _full_year(said[1]) if said else None
    for span in _RANGE.finditer(words):
        first, last = _NAMES[span[1]], _NAMES[span[3]]
        first_year, last_year = _optional_year(span[2]), _optional_year(span[4])
        years |= {one for one in (first_year, last_year) if one}
        found |= _span(first, last, first_year, last_year or year, today)
    rest = _RANGE.sub(" ", words)
    for one in _ONE_MONTH.finditer(rest):
        if _DAY.search(rest[: one.start()]):
            continue  # the day of the transfer
        month, its = _NAMES[one[1]], _optional_year(one[2])
        years |= {its} if its else set()
        found |= _span(month, month, its, its or year, today)
    for figure in _FIGURES.finditer(rest):
        first, last = int(figure[1]), int(figure[2] or figure[1])
        if 1 <= first <= 12 and 1 <= last <= 12:
            found |= _span(first, last, None, year, today)
    if not found and _WHOLE_YEAR.search(words):
        found = _span(1, 12, year, year, today) if year else _span(1, 12, None, None, today)
    if len(found) > 60:
        return (), years
    return tuple(sorted(found)), years


def _optional_year(figures: str | None) -> int | None:
    return _full_year(figures) if figures else None


def _span(
    first: int, last: int, first_year: int | None, last_year: int | None, today: dt.date
) -> set[dt.date]:
    """Return the months from `first` to `last`; the years of the Buddhist era, None: not said."""
    over = last < first  # from one year into the next
    if first_year is None and last_year is not None:
        first_year = last_year - over
    if first_year is None:
        first_year = today.year + BE_OFFSET
        if (first - today.month) > AHEAD:
            first_year -= 1
    end = last_year if last_year is not None and last_year >= first_year else first_year + over
    months: set[dt.date] = set()
    at = dt.date(first_year - BE_OFFSET, first, 1)
    stop = dt.date(end - BE_OFFSET, last, 1)
    while at <= stop and len(months) <= 60:
        months.add(at)
        at = dt.date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return months


# -- who and where --------------------------------------------------------------------------------

_HOUSE = re.compile(
    r"(?:บ้านเลขที่|เลขที่บ้าน|บ้าน(?=\s*[0-9])|(?<!เล่มที่ )(?<!บัญชี)เลขที่(?=\s*[0-9]+(?:/[0-9]+)?\s*(?:หมู่|ม\.)))"
    r"\s*([0-9]{1,5}(?:/[0-9]{1,5})?)"
)
_BEFORE_VILLAGE = re.compile(r"(?<![0-9/])([0-9]{1,5}(?:/[0-9]{1,5})?)\s*(?:หมู่(?:ที่)?|ม\.)\s*[0-9]")
_VILLAGE = re.compile(r"(?:หมู่(?:ที่|บ้านที่)?|(?<![ก-๎.])ม\.)\s*([0-9]{1,2})(?![0-9])")


def _house(words: str) -> tuple[str, int | None]:
    house = _HOUSE.search(words) or _BEFORE_VILLAGE.search(words)
    village = _VILLAGE.search(words)
    number = int(village[1]) if village else None
    return (house[1] if house else ""), number if number and number <= 99 else None


_REFERENCE = re.compile(
    r"(?:ภ\.?ด\.?ส\.?\s?[67]|ผ\.?ท\.?\s?4|ภ\.?ป\.?\s?3|อ้างอิง|แปลงที่|รหัส(?:แปลง|ทรัพย์สิน)?)"
    r"(?:\s*(?:เลขที่|หมายเลข|รหัส|no\.?|คือ|[:#]))*\s*([0-9A-Za-z][0-9A-Za-z/.\-]{1,29})",
    re.IGNORECASE,
)


def _reference(words: str) -> str:
    found = _REFERENCE.search(words)
    return found[1].strip(".-/").upper() if found and re.search(r"[0-9]", found[1]) else ""


_TITLE = r"(?:นางสาว|น\.?ส\.?|นาง|นาย(?!ก)|ว่าที่ร้อยตรี|ด\.?ต\.?|ร\.?ต\.?)"
_WORD = r"[ก-๎]{2,30}"
_TITLED = re.compile(rf"(?<![ก-๎])({_TITLE}\s?{_WORD}(?: {_WORD}(?: ณ {_WORD})?)?)")
_NAMED = re.compile(
    rf"(?:ชื่อ(?:ผู้ชำระ|ผู้จ่าย|เจ้าของ(?:บ้าน|ที่ดิน)?)?|ในนาม(?:ของ)?|ผู้ชำระ)(?:\s*(?:คือ|:))?\s*({_WORD} {_WORD})"
)
_COMPANY = re.compile(r"((?:บริษัท|หจก\.?|ห้างหุ้นส่วน(?:จำกัด)?|ร้าน)\s?[ก-๎A-Za-z0-9().\- ]{2,60})")
_TWO_WORDS = re.compile(rf"({_WORD} {_WORD})")
_POLITE = re.compile(r"\s*(?:นะ)?(?:ค่ะ|คะ|ครับ|คับ|จ้า|จ้ะ|เจ้า|น่ะ)$")
# Words that are nobody's name.
_NOT_NAMES = re.compile(
    r"โอน|จ่าย|ชำระ|ค่า|ภาษี|ขยะ|บาท|เดือน|เงิน|สลิป|แล้ว|ขอ|ส่ง|บ้าน|เลขที่|หมู่|รูป|ตาม|เรียบร้อย|ขอบคุณ|สวัสดี"
    r"|ทั้ง|ไม่|ได้|ครับ|ค่ะ|คะ|ที่ดิน|ป้าย|ใบเสร็จ|เทศบาล|รอ|ช่วย|หน่อย|ด้วย|ถึง|ทราบ|ปี|ยัง|จะ|เจ้าหน้าที่"
)


def _name(words: str, *, alone: bool) -> str:
    line = " ".join(words.split())
    found = _TITLED.search(line) or _NAMED.search(line)
    if found is not None:
        return _tidy(found[1])
    company = _COMPANY.search(line)
    if company is not None:
        name = re.split(r"\s(?:โอน|จ่าย|ชำระ|ภาษี|ค่า|ปี|[0-9])", company[1])[0]
        return _tidy(name)
    if alone:
        for said in re.split(r"[\n,]|\s{2,}", words):
            only = _POLITE.sub("", said.strip())
            if _TWO_WORDS.fullmatch(only) and not _NOT_NAMES.search(only):
                return only
    return ""


def _tidy(name: str) -> str:
    """Return a name without politeness, and without what follows it."""
    kept: list[str] = []
    for place, word in enumerate(_POLITE.sub("", name.strip()).split(" ")):
        if place and _NOT_NAMES.match(word):
            break
        kept.append(word)
    return _POLITE.sub("", " ".join(kept))[:200]
