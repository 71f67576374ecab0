"""What a cell of a bank's or a clerk's file says: money, a day, a time, a month.

Functions return None for what says nothing, and raise ValueError for what cannot be read.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from bannmae.thai.calendar import BE_OFFSET, MONTHS, MONTHS_SHORT
from bannmae.thai.numerals import to_arabic_digits
from payments.tables import Cell, text_of

BIGGEST = Decimal("9999999999.99")
# How the numbers of a day are ordered.
ORDERS = {
    "dmy": "วัน/เดือน/ปี (31/12/2569)",
    "mdy": "เดือน/วัน/ปี (12/31/2026)",
    "ymd": "ปี/เดือน/วัน (2026-12-31)",
}

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"([0-9]{1,4})[./\- ]([0-9]{1,2})[./\- ]([0-9]{1,4})(?![0-9])")
_NAMED = re.compile(r"([0-9]{1,2})[./\- ]*([^\W\d_][^\d/\-]{1,20}?)[./\- ]*([0-9]{2,4})(?![0-9])")
# Behind a day there may be a time; of two days in one cell nobody knows which is meant.
_BEHIND = re.compile(
    r"[^0-9]*(?:[0-2]?[0-9][:.][0-5][0-9](?:[:.][0-5][0-9](?:[.,][0-9]+)?)?"
    r"|[0-2][0-9][0-5][0-9](?:[0-5][0-9])?)?[^0-9]*(?:[+\-][0-9]{2}:?[0-9]{2})?"
)
_MONTH_NAMED = re.compile(r"([^\W\d_][^\d/\-]{1,20}?)[./\- ]*([0-9]{2,4})")
_MONTH_NUMBERS = re.compile(r"([0-9]{1,4})[./\-]([0-9]{1,4})")
_COMPACT = re.compile(r"[0-9]{8}")
_TIME = re.compile(r"(?<![0-9.,:])([0-2]?[0-9])[:.]([0-5][0-9])(?:[:.]([0-5][0-9]))?(?![0-9])")
_AMOUNT = re.compile(r"([+\-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?([+\-]?)")
_SPREADSHEET_ZERO = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73051  # 2000 to 2099
_WORDS = re.compile(r"(?:บาท|thb|฿|\s)", re.IGNORECASE)
# What may stand around a day: 'วันที่ 31 ก.ค. พ.ศ. 2569'.
_AROUND = re.compile(r"^วันที่\s*|พ\.?ศ\.?\s*(?=[0-9]{2})")


def money(cell: Cell) -> Decimal | None:
    """Return an amount in baht, negative for money out; None for an empty cell, '-' or zero.

    >>> money("1,234.50"), money("(20.00)"), money("300.00-"), money("๑๐๐.๐๐ บาท"), money("-")
    (Decimal('1234.50'), Decimal('-20.00'), Decimal('-300.00'), Decimal('100.00'), None)
    """
    if isinstance(cell, Decimal):
        value = cell
    elif isinstance(cell, str) or cell is None:
        cell = cell or ""
        text = _WORDS.sub("", to_arabic_digits(cell)).replace("\u2212", "-")
        if not text.strip("-–—."):
            return None
        negative = text.startswith("(") and text.endswith(")")
        found = _AMOUNT.fullmatch(text.strip("()") if negative else text)
        if found is None:
            raise ValueError(f"อ่านจำนวนเงิน “{cell[:30]}” ไม่ได้")
        sign, whole, part, after = found.groups()
        try:
            value = Decimal(whole.replace(",", "") + (part or ""))
        except InvalidOperation as error:
            raise ValueError(f"อ่านจำนวนเงิน “{cell[:30]}” ไม่ได้") from error
        if "-" in (sign, after) or negative:
            value = -value
    else:
        raise ValueError("ช่องจำนวนเงินเป็นวันที่")
    if abs(value) > BIGGEST:
        raise ValueError("จำนวนเงินมากเกินไป")
    # A spreadsheet's own sums may end in …0000001.
    rounded = value.quantize(Decimal("0.01"))
    if abs(value - rounded) > Decimal("0.0001"):
        raise ValueError(f"จำนวนเงิน {value} มีทศนิยมเกินสองตำแหน่ง")
    return rounded or None


def year_of(number: int) -> int:
    """Return the Gregorian year that a number stands for, Buddhist or not, of two digits or four.

    Of two digits the reading that is nearer to these years: 57 is 2557, not 2057.

    >>> year_of(2569), year_of(2026), year_of(69), year_of(26), year_of(57)
    (2026, 2026, 2026, 2026, 2014)
    """
    if number < 48:
        return 2000 + number
    if number < 100:
        return 2500 + number - BE_OFFSET
    return number - BE_OFFSET if number >= 2300 else number


def day(cell: Cell, order: str = "dmy") -> date | None:
    """Return the day that a cell says, with or without a time; None for an empty one.

    Buddhist and Gregorian years, numbers and names of months in Thai and English. Four digits in
    front are a year whatever `order` says.

    >>> day("21/11/2569"), day("2026-11-21 10:05")
    (datetime.date(2026, 11, 21), datetime.date(2026, 11, 21))
    >>> day("21 พ.ย. 69"), day("21-Nov-2026"), day("21112569")
    (datetime.date(2026, 11, 21), datetime.date(2026, 11, 21), datetime.date(2026, 11, 21))
    """
    if isinstance(cell, datetime | date):
        plain = cell.date() if isinstance(cell, datetime) else cell
        return _date(plain.year, plain.month, plain.day)
    if isinstance(cell, time | bool):
        raise ValueError("ช่องวันที่มีแต่เวลา")
    if isinstance(cell, Decimal) and _FIRST_SERIAL <= cell < _LAST_SERIAL:
        # A spreadsheet's day whose cell has lost its form: days since its beginning of time.
        return _SPREADSHEET_ZERO + timedelta(days=int(cell))
    text = _AROUND.sub("", to_arabic_digits(text_of(cell)))
    if not text.strip("-–—"):
        return None
    if _COMPACT.fullmatch(text):
        if order == "ymd" or 1900 <= int(text[:4]) <= 2700 and int(text[4:6]) <= 12:
            return _date(int(text[:4]), int(text[4:6]), int(text[6:]))
        return _date(int(text[4:]), int(text[2:4]), int(text[:2]))
    found = _NUMBERS.match(text)
    named = None if found else _NAMED.match(text)
    if (day_ := found or named) and not _BEHIND.fullmatch(text[day_.end() :]):
        raise ValueError(f"อ่านวันที่ “{text[:30]}” ไม่ได้")
    if found:
        first, second, third = (int(part) for part in found.groups())
        if len(found[1]) > 2 or order == "ymd":
            return _date(first, second, third)
        if order == "mdy":
            first, second = second, first
        return _date(third, second, first)
    if named and (number := month_number(named[2])):
        return _date(int(named[3]), number, int(named[1]))
    raise ValueError(f"อ่านวันที่ “{text[:30]}” ไม่ได้")


def month(cell: Cell) -> date | None:
    """Return the first day of the month that a cell says; None for an empty one.

    >>> month("ม.ค. 2569"), month("1/2569")
    (datetime.date(2026, 1, 1), datetime.date(2026, 1, 1))
    >>> month("2026-03"), month("มีนาคม 69")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1))
    """
    if isinstance(cell, str):
        text = to_arabic_digits(cell).strip()
        if (found := _MONTH_NAMED.fullmatch(text)) and (number := month_number(found[1])):
            return _date(int(found[2]), number, 1)
        if found := _MONTH_NUMBERS.fullmatch(text):
            first, second = int(found[1]), int(found[2])
            return _date(first, second, 1) if len(found[1]) == 4 else _date(second, first, 1)
    try:
        found_day = day(cell)
    except ValueError:
        raise ValueError(f"อ่านเดือน “{str(cell)[:30]}” ไม่ได้ เช่น ม.ค. 2569 หรือ 1/2569") from None
    return found_day.replace(day=1) if found_day else None


def clock(cell: Cell) -> time | None:
    """Return the time of day in a cell, also beside a day; None where there is none.

    >>> clock("21/11/2569 10:05:33"), clock("10.05 น."), clock("21/11/2569")
    (datetime.time(10, 5, 33), datetime.time(10, 5), None)
    """
    if isinstance(cell, datetime):
        return cell.time().replace(microsecond=0) if cell.time() != time() else None
    if isinstance(cell, time):
        return cell.replace(microsecond=0)
    if isinstance(cell, Decimal):
        return _fraction(cell % 1 if cell >= _FIRST_SERIAL else cell)
    if isinstance(cell, date):
        return None
    text = to_arabic_digits(text_of(cell))
    dayless = _NUMBERS.sub(" ", text, count=1)
    if re.fullmatch(r"[0-2][0-9][0-5][0-9](?:[0-5][0-9])?", text):
        parts = [int(text[at : at + 2]) for at in range(0, len(text), 2)]
        return _time(*parts)
    found = _TIME.search(dayless)
    if found is None:
        return None
    afternoon = re.search(r"\b(?:pm|p\.m\.)", dayless, re.IGNORECASE)
    morning = re.search(r"\b(?:am|a\.m\.)", dayless, re.IGNORECASE)
    hour = int(found[1])
    if afternoon and hour < 12:
        hour += 12
    if morning and hour == 12:
        hour = 0
    return _time(hour, int(found[2]), int(found[3] or 0))


def month_number(name: str) -> int | None:
    """Return which month a name is, Thai or English, in full or short.

    >>> month_number("พ.ย."), month_number("พย"), month_number("พฤศจิกายน"), month_number("NOV")
    (11, 11, 11, 11)
    """
    plain = name.strip().replace(".", "").replace(" ", "").casefold()
    for number, (long, short) in enumerate(zip(MONTHS, MONTHS_SHORT, strict=True), 1):
        if plain in (long, short.replace(".", "")):
            return number
    return next(
        (at for at, one in enumerate(_ENGLISH, 1) if plain.startswith(one) and plain.isascii()),
        None,
    )


def _date(year: int, month_: int, day_: int) -> date:
    try:
        return date(year_of(year), month_, day_)
    except ValueError:
        raise ValueError(f"ไม่มีวันที่ {day_}/{month_}/{year}") from None


def _time(hour: int, minute: int, second: int = 0) -> time:
    try:
        return time(hour, minute, second)
    except ValueError:
        raise ValueError(f"ไม่มีเวลา {hour}.{minute:02d}") from None


def _fraction(value: Decimal) -> time | None:
    """Return the time that a spreadsheet keeps as a part of a day."""
    if not 0 <= value < 1:
        return None
    seconds = int((value * 86400).to_integral_value())
    return _time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
