"""What lateness adds: from the office's own terms alone, by any terms, never above the tax."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.assessments.surcharge import estimate, months_begun
from payments.models import TaxTerms

DUE = date(2027, 4, 30)
DAYS = st.dates(date(2026, 1, 1), date(2040, 12, 31))
TAX = st.decimals("0.01", "9999999999.99", places=2)
PERCENT = st.decimals("0", "100", places=2)


def terms(**fields: object) -> TaxTerms:
    """Return terms that are in no database."""
    return TaxTerms(year=2570, due_on=DUE, **fields)


@st.composite
def any_terms(draw: st.DrawFn) -> TaxTerms:
    """Return terms as the office may have set them."""
    steps = draw(st.lists(st.tuples(DAYS, PERCENT), max_size=4))
    return terms(
        penalties=[{"since": day.isoformat(), "percent": str(per)} for day, per in steps],
        interest_percent=draw(PERCENT),
        interest_since=draw(st.none() | DAYS),
    )


@given(TAX, any_terms(), DAYS, st.none() | DAYS)
def test_by_any_terms_it_is_whole_satang_and_bounded(
    tax: Decimal, rules: TaxTerms, day: date, own_due: date | None
) -> None:
    found = estimate(tax, own_due or rules.due_on, rules, day)
    has_rates = bool(rules.penalties) or (
        rules.interest_percent > 0 and rules.interest_since is not None
    )
    assert (found is not None) == has_rates
    if found is None:
        return
    assert found.total == found.tax + found.penalty + found.interest
    for amount in (found.tax, found.penalty, found.interest):
        assert amount == amount.quantize(Decimal("0.01"))
        assert amount >= 0
    assert found.interest <= tax
    assert found.penalty <= tax
    if day <= (own_due or rules.due_on):
        assert found.total == tax


@given(TAX, any_terms(), DAYS, st.integers(0, 2000))
def test_interest_never_falls_with_time(
    tax: Decimal, rules: TaxTerms, day: date, later: int
) -> None:
    first = estimate(tax, DUE, rules, day)
    second = estimate(tax, DUE, rules, day + timedelta(days=later))
    if first and second:
        assert second.interest >= first.interest
        assert second.months >= first.months


@given(DAYS, st.integers(0, 5000))
def test_months_grow_by_one_at_a_time(start: date, days: int) -> None:
    here = months_begun(start, start + timedelta(days=days))
    assert here - months_begun(start, start + timedelta(days=days - 1)) in (0, 1)
    assert days // 31 <= here - 1 <= days // 28


def test_without_terms_or_rates_there_is_no_estimate() -> None:
    late = DUE + timedelta(days=100)
    assert estimate(Decimal(1000), DUE, None, late) is None
    assert estimate(Decimal(1000), DUE, terms(), late) is None
    assert estimate(Decimal(1000), DUE, terms(interest_percent=Decimal(1)), late) is None
    assert estimate(Decimal(1000), None, terms(interest_percent=Decimal(1)), late) is None


@pytest.mark.parametrize(
    ("day", "penalty", "interest", "months"),
    [
        (date(2027, 4, 30), "0", "0", 0),
        (date(2027, 5, 1), "100.05", "10.01", 1),
        (date(2027, 5, 31), "100.05", "10.01", 1),
        (date(2027, 6, 1), "200.10", "20.01", 2),
        (date(2036, 6, 1), "200.10", "1000.50", 110),
    ],
)
def test_the_last_penalty_counts_and_a_part_of_a_month_is_one(
    day: date, penalty: str, interest: str, months: int
) -> None:
    rules = terms(
        penalties=[
            {"since": "2027-06-01", "percent": "20"},
            {"since": "2027-05-01", "percent": "10"},
        ],
        interest_percent=Decimal("1"),
        interest_since=date(2027, 5, 1),
    )
    found = estimate(Decimal("1000.50"), DUE, rules, day)
    assert found is not None
    assert (found.penalty, found.interest) == (Decimal(penalty), Decimal(interest))
    assert found.months == months


def test_who_was_told_late_is_late_later() -> None:
    rules = terms(interest_percent=Decimal("1"), interest_since=date(2027, 5, 1))
    own = date(2027, 7, 15)
    found = estimate(Decimal(1000), own, rules, date(2027, 7, 16))
    assert found is not None
    assert (found.months, found.interest) == (1, Decimal("10.00"))
