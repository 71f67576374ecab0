"""The Buddhist-era calendar, the fiscal year, office days and how dates are written.

An aware `datetime` is always read on the clock of Bangkok; a naive one is taken to be that already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from zoneinfo import ZoneInfo

from bannmae.thai.numerals import to_thai_digits

BANGKOK = ZoneInfo("Asia/Bangkok")
BE_OFFSET = 543

MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
MONTHS_SHORT = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")

_ONE_DAY = dt.timedelta(days=1)


def local_datetime(moment: dt.datetime) -> dt.datetime:
    """Return an aware `moment` on Bangkok's clock; a naive one as it is."""
    return moment if moment.tzinfo is None else moment.astimezone(BANGKOK)


def local_date(day: dt.date) -> dt.date:
    """Return the calendar day in Bangkok of a date or a datetime.

    >>> local_date(dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.timezone.utc))
    datetime.date(2026, 11, 21)
    """
    return local_datetime(day).date() if isinstance(day, dt.datetime) else day


def be_year(day: dt.date) -> int:
    """Return the Buddhist-era year.

    >>> be_year(dt.date(2026, 11, 21))
    2569
    """
    return local_date(day).year + BE_OFFSET


def fiscal_year(day: dt.date) -> int:
    """Return the fiscal year (Buddhist era): it starts on 1 October and bears its end's year.

    >>> fiscal_year(dt.date(2026, 9, 30)), fiscal_year(dt.date(2026, 10, 1))
    (2569, 2570)
    """
    local = local_date(day)
    return local.year + BE_OFFSET + (1 if local.month >= 10 else 0)


def fiscal_year_range(year: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a fiscal year given in the Buddhist era.

    >>> fiscal_year_range(2569)
    (datetime.date(2025, 10, 1), datetime.date(2026, 9, 30))
    """
    gregorian = year - BE_OFFSET
    return dt.date(gregorian - 1, 10, 1), dt.date(gregorian, 9, 30)


def format_date(
    day: dt.date, *, thai_digits: bool = False, short: bool = False, weekday: bool = False
) -> str:
    """Write a day as people here do.

    >>> format_date(dt.date(2026, 11, 21))
    '21 พฤศจิกายน 2569'
    >>> format_date(dt.date(2026, 11, 21), short=True)
    '21 พ.ย. 69'
    >>> format_date(dt.date(2026, 11, 21), weekday=True, thai_digits=True)
    'วันเสาร์ที่ ๒๑ พฤศจิกายน ๒๕๖๙'
    """
    local = local_date(day)
    year = local.year + BE_OFFSET
    if short:
        text = f"{local.day} {MONTHS_SHORT[local.month - 1]} {year % 100:02d}"
    else:
        text = f"{local.day} {MONTHS[local.month - 1]} {year}"
    if weekday:
        text = f"วัน{WEEKDAYS[local.weekday()]}ที่ {text}"
    return to_thai_digits(text) if thai_digits else text


def format_time(moment: dt.datetime | dt.time, *, thai_digits: bool = False) -> str:
    """Write a time of day.

    >>> format_time(dt.time(9, 5))
    '09.05 น.'
    """
    local = local_datetime(moment) if isinstance(moment, dt.datetime) else moment
    text = f"{local.hour:02d}.{local.minute:02d} น."
    return to_thai_digits(text) if thai_digits else text


def format_datetime(moment: dt.datetime, *, thai_digits: bool = False, short: bool = False) -> str:
    """Write a moment; the short form leaves out the word for 'at'.

    >>> when = dt.datetime(2026, 11, 21, 3, 5, tzinfo=dt.timezone.utc)
    >>> format_datetime(when)
    '21 พฤศจิกายน 2569 เวลา 10.05 น.'
    >>> format_datetime(when, short=True)
    '21 พ.ย. 69 10.05 น.'
    """
    day = format_date(moment, thai_digits=thai_digits, short=short)
    time = format_time(moment, thai_digits=thai_digits)
    return f"{day} {time}" if short else f"{day} เวลา {time}"


def is_workday(day: dt.date, holidays: Container[dt.date] = ()) -> bool:
    """Say whether offices are open: Monday to Friday and no holiday.

    >>> is_workday(dt.date(2026, 11, 20)), is_workday(dt.date(2026, 11, 21))
    (True, False)
    """
    local = local_date(day)
    return local.weekday() < 5 and local not in holidays


def next_workday(day: dt.date, holidays: Container[dt.date] = ()) -> dt.date:
    """Return `day` itself if it is a workday, else the first workday after it.

    >>> next_workday(dt.date(2026, 11, 21))
    datetime.date(2026, 11, 23)
    """
    local = local_date(day)
    while not is_workday(local, holidays):
        local += _ONE_DAY
    return local


def add_calendar_days(start: dt.date, days: int, holidays: Container[dt.date] = ()) -> dt.date:
    """Return the last day of a period of `days` calendar days.

    The period is counted from the day after `start`; one that would end on a day without office
    hours ends on the next workday (Civil and Commercial Code, sections 193/3 and 193/8).

    Raises:
        ValueError: `days` is negative.

    >>> add_calendar_days(dt.date(2026, 11, 6), 15)
    datetime.date(2026, 11, 23)
    """
    if days < 0:
        raise ValueError("days must not be negative")
    return next_workday(local_date(start) + dt.timedelta(days=days), holidays)


def add_workdays(start: dt.date, days: int, holidays: Container[dt.date] = ()) -> dt.date:
    """Return the day that is `days` workdays after `start` (0: `start` or the next workday).

    Raises:
        ValueError: `days` is negative.

    >>> add_workdays(dt.date(2026, 11, 20), 2)
    datetime.date(2026, 11, 24)
    """
    if days < 0:
        raise ValueError("days must not be negative")
    local = local_date(start)
    if days == 0:
        return next_workday(local, holidays)
    left = days
    while left:
        local += _ONE_DAY
        if is_workday(local, holidays):
            left -= 1
    return local


def days_between(start: dt.date, end: dt.date) -> int:
    """Return the calendar days from `start` to `end`, as days in Bangkok; negative if before.

    >>> days_between(dt.date(2026, 11, 21), dt.date(2026, 12, 6))
    15
    """
    return (local_date(end) - local_date(start)).days


def workdays_between(start: dt.date, end: dt.date, holidays: Container[dt.date] = ()) -> int:
    """Return the workdays after `start` up to and including `end`; 0 when `end` is not later.

    >>> workdays_between(dt.date(2026, 11, 20), dt.date(2026, 11, 24))
    2
    """
    day, last, count = local_date(start), local_date(end), 0
    while day < last:
        day += _ONE_DAY
        count += is_workday(day, holidays)
    return count


def human_age(moment: dt.datetime, now: dt.datetime) -> str:
    """Say how long ago `moment` was, in the words of a chat list.

    Both are aware or both are naive. What lies more than a minute ahead is written as a date.

    >>> now = dt.datetime(2026, 11, 21, 10, 0)
    >>> human_age(now - dt.timedelta(seconds=20), now)
    'เมื่อสักครู่'
    >>> human_age(now - dt.timedelta(minutes=5), now)
    '5 นาทีที่แล้ว'
    >>> human_age(now - dt.timedelta(hours=11), now)
    'เมื่อวาน'
    """
    then, today = local_datetime(moment), local_datetime(now)
    seconds = (today - then).total_seconds()
    if seconds < -60:
        return format_date(then, short=True)
    if seconds < 60:
        return "เมื่อสักครู่"
    if seconds < 3600:
        return f"{int(seconds // 60)} นาทีที่แล้ว"
    days = days_between(then, today)
    if days == 0:
        return f"{int(seconds // 3600)} ชั่วโมงที่แล้ว"
    if days == 1:
        return "เมื่อวาน"
    if days < 7:
        return f"{days} วันที่แล้ว"
    return format_date(then, short=True)


def human_days_left(due: dt.date, today: dt.date) -> str:
    """Say how a due date stands.

    >>> human_days_left(dt.date(2026, 11, 24), dt.date(2026, 11, 21))
    'เหลือ 3 วัน'
    >>> human_days_left(dt.date(2026, 11, 19), dt.date(2026, 11, 21))
    'เกินกำหนด 2 วัน'
    """
    left = days_between(today, due)
    if left > 0:
        return f"เหลือ {left} วัน"
    if left == 0:
        return "ครบกำหนดวันนี้"
    return f"เกินกำหนด {-left} วัน"
