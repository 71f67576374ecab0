"""Amounts as clerks type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from payments.desk.lines import NotAnAmount, read_amount


@pytest.mark.parametrize(
    ("typed", "baht"),
    [
        ("1250", "1250.00"),
        ("1,250.5", "1250.50"),
        ("๑,๒๕๐.๕๐ บาท", "1250.50"),
        ("12,345,678", "12345678.00"),
        ("-5", "-5.00"),
    ],
)
def test_amounts_are_read_as_they_are_written_here(typed: str, baht: str) -> None:
    assert read_amount(typed) == Decimal(baht)


@pytest.mark.parametrize(
    "typed", ["12,50", "1,00", "1,2345", ",5", "1_000", "٣", "９９", "NaN", "1e99", "0.001", ""]
)
def test_what_may_mean_another_amount_is_asked_again(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        read_amount(typed)
