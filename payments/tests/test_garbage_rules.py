"""Which months a household owes and what a payment covers: rules that must never break."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.errors import Refused
from payments.garbage import months as calendar
from payments.garbage import rules
from payments.garbage.rules import Month, NotWhole

CURRENT = date(2026, 11, 1)
THIRTY = Decimal("30.00")

month_days = st.integers(calendar.index(date(2022, 1, 1)), calendar.index(date(2028, 12, 1))).map(
    calendar.from_index
)
amounts = st.decimals("0.01", "500", places=2)
rate_tables = st.dictionaries(month_days, amounts, max_size=4).map(lambda d: sorted(d.items()))


@st.composite
def registers(draw: st.DrawFn) -> list[Month]:
    """What some household may pay, at least a month: its span, rates and paid months are any."""
    since = draw(month_days)
    last = calendar.add(since, draw(st.integers(0, 60)))
    until = draw(st.none() | st.integers(0, 70).map(lambda more: calendar.add(since, more)))
    end = last if until is None else min(last, until)
    span = calendar.span(since, end)
    kept = draw(st.sampled_from(span))
    paid = draw(st.sets(st.sampled_from(span))) - {kept}
    rates = [(date(2000, 1, 1), draw(amounts)), *draw(rate_tables)]
    return rules.payable(since, until, rates, paid, CURRENT, last)


@given(month_days, st.none() | month_days, rate_tables, st.sets(month_days), month_days)
def test_what_is_payable_is_unpaid_within_the_span_and_in_order(
    since: date,
    until: date | None,
    rates: list[tuple[date, Decimal]],
    paid: set[date],
    last: date,
) -> None:
    found = rules.payable(since, until, rates, paid, CURRENT, last)
    days = [one.month for one in found]
    assert days == sorted(set(days))
    assert not paid & set(days)
    for one in found:
        assert since <= one.month <= last
        assert until is None or one.month <= until
        assert one.amount == rules.rate_on(rates, one.month)
        assert one.is_arrears == (one.month < CURRENT)
    # And nothing is forgotten.
    for month in calendar.span(since, last if until is None else min(last, until)):
        if month not in paid and rules.rate_on(rates, month) is not None:
            assert month in days


@given(registers(), st.integers(1, 60))
def test_a_number_of_months_takes_the_oldest(unpaid: list[Month], count: int) -> None:
    if count > len(unpaid):
        with pytest.raises(Refused):
            rules.cover_count(unpaid, count)
        return
    taken = rules.cover_count(unpaid, count)
    assert list(taken.months) == unpaid[:count]
    assert taken.total == sum(one.amount for one in unpaid[:count])


@given(registers(), st.data())
def test_an_exact_amount_pays_exactly_these_months(
    unpaid: list[Month], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, len(unpaid)))
    amount = sum((one.amount for one in unpaid[:count]), Decimal(0))
    covered = rules.cover_amount(unpaid, amount)
    assert list(covered.months) == unpaid[:count]
    assert covered.total == amount


def covered_by(unpaid: list[Month], amount: Decimal) -> tuple[rules.Allocation, NotWhole | None]:
    """Return the months that an amount pays, and the refusal where it is not theirs exactly."""
    try:
        return rules.cover_amount(unpaid, amount), None
    except NotWhole as refused:
        return refused.enough, refused


@given(registers(), st.decimals("0.01", "20000", places=2))
def test_any_amount_is_months_and_what_is_over(unpaid: list[Month], amount: Decimal) -> None:
    covered, refused = covered_by(unpaid, amount)
    # Arrears first, nothing twice.
    taken = len(covered.months)
    assert list(covered.months) == unpaid[:taken]
    assert covered.total + (refused.over if refused else 0) == amount
    if refused:
        assert f"{amount:,.2f}" in str(refused)
        following = unpaid[taken] if taken < len(unpaid) else None
        assert refused.missing == (following.amount - refused.over if following else None)
        assert refused.missing is None or 0 < refused.missing <= unpaid[taken].amount


@given(registers(), st.lists(st.decimals("0.01", "3000", places=2), max_size=6))
def test_one_payment_after_another_never_pays_a_month_twice(
    unpaid: list[Month], payments: list[Decimal]
) -> None:
    paid: list[Month] = []
    for amount in payments:
        left = [one for one in unpaid if one not in paid]
        paid += covered_by(left, amount)[0].months
    days = [one.month for one in paid]
    assert len(days) == len(set(days))
    assert days == [one.month for one in unpaid[: len(days)]]


@given(registers(), st.data())
def test_named_months_leave_no_older_one_out(unpaid: list[Month], data: st.DataObject) -> None:
    asked = data.draw(st.sets(st.sampled_from([one.month for one in unpaid]), min_size=1))
    is_prefix = sorted(asked) == [one.month for one in unpaid[: len(asked)]]
    if is_prefix:
        assert {one.month for one in rules.cover_months(unpaid, asked).months} == asked
    else:
        with pytest.raises(Refused, match="เก่ากว่าก่อน"):
            rules.cover_months(unpaid, asked)


def test_a_paid_month_is_not_paid_again() -> None:
    unpaid = [Month(date(2026, 11, 1), THIRTY, False)]
    with pytest.raises(Refused, match=r"ต\.ค\. 2569"):
        rules.cover_months(unpaid, [date(2026, 10, 1)])


def test_the_refusal_of_a_part_of_a_month_says_what_would_do() -> None:
    unpaid = [Month(date(2026, month, 1), THIRTY, True) for month in (1, 2, 3, 4)]
    with pytest.raises(NotWhole) as caught:
        rules.cover_amount(unpaid, Decimal("100.00"))
    assert str(caught.value) == (
        "เงิน 100.00 บาท ชำระได้ ม.ค.–มี.ค. 2569 (3 เดือน) เป็นเงิน 90.00 บาท เกินอยู่ 10.00 บาท "
        "ซึ่งไม่พอเดือนถัดไป (เม.ย. 2569 อัตรา 30.00 บาท ขาด 20.00 บาท)"
    )
    with pytest.raises(NotWhole, match="ไม่พอชำระหนึ่งเดือน"):
        rules.cover_amount(unpaid, Decimal("10.00"))
    with pytest.raises(NotWhole, match=r"เกินอยู่ 880\.00 บาท") as caught:
        rules.cover_amount(unpaid, Decimal("1000.00"))
    assert caught.value.missing is None


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ([date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)], "ม.ค.–มี.ค. 2569"),
        ([date(2025, 12, 1), date(2026, 1, 1)], "ธ.ค. 2568–ม.ค. 2569"),
        ([date(2026, 5, 1), date(2026, 1, 1)], "ม.ค. 2569, พ.ค. 2569"),
        ([], ""),
    ],
)
def test_months_in_words(months: list[date], words: str) -> None:
    assert calendar.words(months) == words
