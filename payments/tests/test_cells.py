"""What cells of other people's files say: money and days, as offices and banks here write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from payments import cells

THE_DAY = date(2026, 7, 31)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("๑,๒๓๔.๕๐ บาท", "1234.50"),
        ("+99", "99.00"),
        ("(5.00)", "-5.00"),
        ("5.00-", "-5.00"),
        ("฿ 7", "7.00"),
        ("0.00", None),
        ("-", None),
        ("", None),
        (Decimal("0.30000000000000004"), "0.30"),
    ],
)
def test_amounts_are_baht_of_two_places(cell: Any, amount: str | None) -> None:
    assert cells.money(cell) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    "cell",
    ["1,2,3", "1,25", "abc", "1.005", "NaN", "1e9", "=1+1", "9" * 30, date(2026, 1, 1)],
)
def test_what_is_no_amount_is_refused(cell: Any) -> None:
    with pytest.raises(ValueError, match="จำนวนเงิน"):
        cells.money(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "31/7/2569",
        "31-07-69",
        "31/7/26",
        "31072569",
        "๓๑ กรกฎาคม ๒๕๖๙",
        "31 ก.ค. 69",
        "วันที่ 31 ก.ค. พ.ศ. 2569",
        "31 กรกฎาคม พ.ศ.2569",
        "31-Jul-2026",
        "2026-07-31",
        "31/7/2026 13:05",
        Decimal("46234"),
        date(2026, 7, 31),
        datetime(2569, 7, 31, 13, 5, tzinfo=UTC),
    ],
)
def test_days_are_read_as_people_here_write_them(cell: Any) -> None:
    assert cells.day(cell) == THE_DAY


@pytest.mark.parametrize("cell", ["", "-", "–", None])
def test_an_empty_cell_is_no_day(cell: Any) -> None:
    assert cells.day(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "2026-07-31T13:05:00+07:00",
        "31/7/2569 13:05:33.120",
        "31/7/2569 เวลา 13.05 น.",
        "31 ก.ค. 69 (13:05)",
        "31/07/2569 130533",
        "31-Jul-26 01:05 PM",
    ],
)
def test_a_time_may_stand_behind_the_day(cell: str) -> None:
    assert cells.day(cell) == THE_DAY


@pytest.mark.parametrize(
    "cell", ["31/7/2569, 30/9/2569", "31/7/2569-30/9/2569", "31 ก.ค. 2569 / 30 ก.ย. 2569"]
)
def test_two_days_in_one_cell_are_none(cell: str) -> None:
    with pytest.raises(ValueError, match="อ่านวันที่"):
        cells.day(cell)


def test_a_year_of_two_digits_is_the_nearer_one() -> None:
    assert cells.day("31/7/57") == date(2014, 7, 31)
    assert cells.day("31/7/30") == date(2030, 7, 31)


@pytest.mark.parametrize("cell", ["31/2/2569", "พรุ่งนี้", "9" * 100, "31 ก.ค.", True])
def test_what_is_no_day_is_refused(cell: Any) -> None:
    with pytest.raises(ValueError, match="วัน"):
        cells.day(cell)
