"""Which months a household owes, and which ones a payment covers: the oldest first.

A payment covers whole months alone. Months that are paid in advance reach no further than
FUTURE months after the current one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from bannmae.thai.calendar import local_date
from payments.errors import Refused
from payments.garbage import months as calendar
from payments.models import Household

FUTURE = 24
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Month:
    """A month that is to be paid: its first day, what it costs in baht, and whether it is over."""

    month: date
    amount: Decimal
    is_arrears: bool

    @property
    def words(self) -> str:
        """'ม.ค. 2569'."""
        return calendar.month_words(self.month)


@dataclass(frozen=True, slots=True)
class Allocation:
    """The months that a payment covers, in order."""

    months: tuple[Month, ...]

    @property
    def total(self) -> Decimal:
        """What they cost, in baht."""
        return sum((one.amount for one in self.months), NOTHING)

    @property
    def words(self) -> str:
        """'ม.ค.–มี.ค. 2569 (3 เดือน)'."""
        return f"{calendar.words([one.month for one in self.months])} ({len(self.months)} เดือน)"


class NotWhole(Refused):
    """An amount that pays no whole number of months.

    `enough` are the months that it would pay, `over` the baht left of it then; `missing` is what
    the next month lacks, None where nothing is left that could be paid.
    """

    def __init__(self, text: str, enough: Allocation, over: Decimal, missing: Decimal | None):
        super().__init__(text)
        self.enough, self.over, self.missing = enough, over, missing


# -- the rules, on what is known of a household ---------------------------------------------------


def rate_on(rates: Sequence[tuple[date, Decimal]], month: date) -> Decimal | None:
    """Return the rate in force in `month`, None before the first; `rates` in any order."""
    known = [(since, amount) for since, amount in rates if since <= month]
    return max(known)[1] if known else None


def payable(
    since: date,
    until: date | None,
    rates: Sequence[tuple[date, Decimal]],
    paid: Iterable[date],
    current: date,
    last: date,
) -> list[Month]:
    """Return the months from `since` to `last` that are not paid, the oldest first.

    `current` is the month that today is in: those before it are arrears. A month before the
    first rate costs nothing and is not owed.
    """
    done = set(paid)
    ordered = sorted(rates)
    end = last if until is None else min(last, until)
    found: list[Month] = []
    position, amount = 0, None
    for month in calendar.span(since, end):
        while position < len(ordered) and ordered[position][0] <= month:
            amount = ordered[position][1]
            position += 1
        if amount is not None and month not in done:
            found.append(Month(month, amount, month < current))
    return found


def cover_amount(unpaid: Sequence[Month], amount: Decimal) -> Allocation:
    """Return the months that `amount` baht pays exactly, the oldest first.

    Raises:
        NotWhole: a part of a month would be paid, or more than there is to pay.
    """
    taken: list[Month] = []
    left = amount
    for month in unpaid:
        if month.amount > left:
            break
        taken.append(month)
        left -= month.amount
    enough = Allocation(tuple(taken))
    if left == 0 and taken:
        return enough
    following = unpaid[len(taken)] if len(taken) < len(unpaid) else None
    missing = following.amount - left if following else None
    raise NotWhole(_why_not(amount, enough, left, following), enough, left, missing)


def cover_count(unpaid: Sequence[Month], count: int) -> Allocation:
    """Return the `count` oldest months.

    Raises:
        Refused: fewer are left to pay, or none is asked for.
    """
    if count < 1:
        raise Refused("โปรดเลือกอย่างน้อยหนึ่งเดือน")
    if count > len(unpaid):
        raise Refused(f"ชำระได้อีกไม่เกิน {len(unpaid)} เดือน (ล่วงหน้าได้ไม่เกิน {FUTURE} เดือน)")
    return Allocation(tuple(unpaid[:count]))


def cover_months(unpaid: Sequence[Month], asked: Iterable[date]) -> Allocation:
    """Return the months that were named, if no older one is left out.

    Raises:
        Refused: one of them is paid or cannot be paid, an older one is owed, or none is named.
    """
    wanted = {calendar.first_day(month) for month in asked}
    if not wanted:
        raise Refused("โปรดเลือกอย่างน้อยหนึ่งเดือน")
    if wrong := sorted(wanted - {one.month for one in unpaid}):
        raise Refused(
            f"{calendar.words(wrong)} ชำระแล้ว หรืออยู่นอกช่วงที่เก็บได้ (ล่วงหน้าไม่เกิน {FUTURE} เดือน)"
        )
    older = [one.month for one in unpaid if one.month < max(wanted) and one.month not in wanted]
    if older:
        raise Refused(f"ต้องชำระเดือนที่เก่ากว่าก่อน: {calendar.words(older)}")
    return Allocation(tuple(one for one in unpaid if one.month in wanted))


# -- the same, on the register --------------------------------------------------------------------


def current_month(today: date | None = None) -> date:
    """Return the month that today (Bangkok) is in."""
    return calendar.first_day(today or local_date(timezone.now()))


def unpaid_months(household: Household, last: date, today: date | None = None) -> list[Month]:
    """Return the unpaid months up to and including `last`; reads what was prefetched."""
    return payable(
        household.since,
        household.until,
        [(rate.since, rate.amount) for rate in household.rates.all()],
        [paid.month for paid in household.paid_months.all() if paid.released_at is None],
        current_month(today),
        last,
    )


def months_owed(
    household: Household, until: date | None = None, today: date | None = None
) -> list[Month]:
    """Return the months owed up to and including `until` (default: the current month)."""
    return unpaid_months(household, until or current_month(today), today)


def months_payable(household: Household, today: date | None = None) -> list[Month]:
    """Return what may be paid today: all that is owed, and the months ahead."""
    return unpaid_months(household, calendar.add(current_month(today), FUTURE), today)


def allocate(
    household: Household,
    *,
    amount: Decimal | None = None,
    count: int | None = None,
    months: Iterable[date] | None = None,
    today: date | None = None,
) -> Allocation:
    """Return the months that a payment covers: by amount in baht, by number, or named ones.

    Raises:
        NotWhole: the amount pays no whole number of months (see there: over-payment).
        Refused: there is nothing to pay, a named month is paid, or an older one is owed.
        ValueError: not exactly one of `amount`, `count`, `months`.
    """
    if sum(given is not None for given in (amount, count, months)) != 1:
        raise ValueError("One of amount, count, months")
    unpaid = months_payable(household, today)
    if not unpaid:
        raise Refused(f"{household} ไม่มีเดือนที่ชำระได้")
    if months is not None:
        return cover_months(unpaid, months)
    if count is not None:
        return cover_count(unpaid, count)
    assert amount is not None  # noqa: S101 - one of three
    return cover_amount(unpaid, amount)


def _why_not(amount: Decimal, enough: Allocation, left: Decimal, following: Month | None) -> str:
    if following is None:
        return (
            f"เงิน {amount:,.2f} บาท เกินกว่าที่ชำระได้ทั้งหมด {enough.total:,.2f} บาท "
            f"({enough.words}) เกินอยู่ {left:,.2f} บาท"
        )
    next_one = f"{following.words} อัตรา {following.amount:,.2f} บาท"
    if not enough.months:
        return f"เงิน {amount:,.2f} บาท ไม่พอชำระหนึ่งเดือน ({next_one}) รับชำระเป็นเดือนเต็มเท่านั้น"
    return (
        f"เงิน {amount:,.2f} บาท ชำระได้ {enough.words} เป็นเงิน {enough.total:,.2f} บาท "
        f"เกินอยู่ {left:,.2f} บาท ซึ่งไม่พอเดือนถัดไป ({next_one} ขาด {following.amount - left:,.2f} บาท)"
    )
