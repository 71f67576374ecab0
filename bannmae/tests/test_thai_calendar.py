"""Buddhist-era dates, fiscal years, office days and ages in words."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bannmae.thai import calendar

UTC = dt.UTC
NOW = dt.datetime(2026, 11, 21, 10, 0, tzinfo=calendar.BANGKOK)
NEW_YEAR = {dt.date(2026, 12, 31), dt.date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (dt.date(2025, 9, 30), 2568),
        (dt.date(2025, 10, 1), 2569),
        (dt.date(2026, 9, 30), 2569),
        (dt.date(2026, 12, 31), 2570),
        (dt.date(2027, 1, 1), 2570),
    ],
)
def test_fiscal_year_starts_in_october_and_bears_the_ending_year(day: dt.date, year: int) -> None:
    assert calendar.fiscal_year(day) == year
    first, last = calendar.fiscal_year_range(year)
    assert first <= day <= last


def test_an_evening_in_utc_is_the_next_day_in_bangkok() -> None:
    new_year_there = dt.datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    assert calendar.be_year(new_year_there) == 2570
    assert calendar.format_date(new_year_there) == "1 มกราคม 2570"
    assert calendar.format_datetime(new_year_there) == "1 มกราคม 2570 เวลา 00.30 น."
    fiscal_new_year = dt.datetime(2026, 9, 30, 17, 0, tzinfo=UTC)
    assert calendar.fiscal_year(fiscal_new_year) == 2570


def test_dates_as_letters_and_as_lists_write_them() -> None:
    day = dt.date(2026, 3, 24)
    assert calendar.format_date(day, thai_digits=True) == "๒๔ มีนาคม ๒๕๖๙"
    assert calendar.format_date(day, short=True) == "24 มี.ค. 69"
    assert calendar.format_date(dt.date(1957, 1, 2), short=True) == "2 ม.ค. 00"
    assert calendar.format_datetime(NOW, short=True, thai_digits=True) == "๒๑ พ.ย. ๖๙ ๑๐.๐๐ น."


def test_each_month_and_weekday_has_its_own_name() -> None:
    long = {calendar.format_date(dt.date(2026, month, 1)) for month in range(1, 13)}
    short = {calendar.format_date(dt.date(2026, month, 1), short=True) for month in range(1, 13)}
    assert len(long) == len(short) == 12
    days = [calendar.format_date(dt.date(2026, 11, day), weekday=True) for day in range(16, 23)]
    assert days[0].startswith("วันจันทร์ที่ 16 ")
    assert days[6].startswith("วันอาทิตย์ที่ 22 ")


def test_a_naive_datetime_is_taken_as_local() -> None:
    naive = NOW.replace(hour=0, minute=5, tzinfo=None)
    assert calendar.format_time(naive) == "00.05 น."


def test_fifteen_days_are_counted_from_the_day_after() -> None:
    # Wednesday 4 November: the fifteenth day after is Thursday the 19th.
    assert calendar.add_calendar_days(dt.date(2026, 11, 4), 15) == dt.date(2026, 11, 19)


def test_a_period_that_ends_on_a_closed_day_ends_on_the_next_workday() -> None:
    # Sixteen days after 15 December is the 31st: two holidays, then a weekend.
    due = calendar.add_calendar_days(dt.date(2026, 12, 15), 16, NEW_YEAR)
    assert due == dt.date(2027, 1, 4)


def test_workdays_pass_over_weekends_and_holidays() -> None:
    assert calendar.add_workdays(dt.date(2026, 12, 29), 2, NEW_YEAR) == dt.date(2027, 1, 4)
    assert calendar.add_workdays(dt.date(2026, 11, 21), 0) == dt.date(2026, 11, 23)


def test_negative_periods_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        calendar.add_workdays(NOW, -1)
    with pytest.raises(ValueError, match="negative"):
        calendar.add_calendar_days(NOW, -1)


@given(
    start=st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)),
    days=st.integers(0, 90),
    holidays=st.sets(st.dates(dt.date(2020, 1, 1), dt.date(2040, 6, 1)), max_size=20),
)
def test_due_days_are_workdays_and_never_early(
    start: dt.date, days: int, holidays: set[dt.date]
) -> None:
    by_calendar = calendar.add_calendar_days(start, days, holidays)
    by_workdays = calendar.add_workdays(start, days, holidays)
    assert calendar.is_workday(by_calendar, holidays)
    assert by_calendar >= start + dt.timedelta(days=days)
    assert by_workdays >= by_calendar
    if days:
        assert calendar.workdays_between(start, by_workdays, holidays) == days


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (dt.timedelta(seconds=-30), "เมื่อสักครู่"),
        (dt.timedelta(seconds=59), "เมื่อสักครู่"),
        (dt.timedelta(seconds=60), "1 นาทีที่แล้ว"),
        (dt.timedelta(minutes=59, seconds=59), "59 นาทีที่แล้ว"),
        (dt.timedelta(hours=3), "3 ชั่วโมงที่แล้ว"),
        (dt.timedelta(hours=11), "เมื่อวาน"),
        (dt.timedelta(days=2), "2 วันที่แล้ว"),
        (dt.timedelta(days=6), "6 วันที่แล้ว"),
        (dt.timedelta(days=7), "14 พ.ย. 69"),
        (dt.timedelta(days=-2), "23 พ.ย. 69"),
    ],
)
def test_age_in_words(ago: dt.timedelta, words: str) -> None:
    assert calendar.human_age(NOW - ago, NOW) == words
    assert calendar.human_age((NOW - ago).astimezone(UTC), NOW) == words


def test_a_minute_past_midnight_is_still_minutes_ago() -> None:
    midnight = dt.datetime(2026, 11, 21, 0, 1, tzinfo=calendar.BANGKOK)
    assert calendar.human_age(midnight - dt.timedelta(minutes=5), midnight) == "5 นาทีที่แล้ว"


def test_days_left_in_words() -> None:
    today = dt.date(2026, 11, 21)
    assert calendar.human_days_left(dt.date(2026, 11, 22), today) == "เหลือ 1 วัน"
    assert calendar.human_days_left(today, today) == "ครบกำหนดวันนี้"
    assert calendar.human_days_left(dt.date(2026, 11, 11), today) == "เกินกำหนด 10 วัน"
