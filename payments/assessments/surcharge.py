"""What is added when a tax is paid late: an estimate, from what the office has set alone.

No terms, no rates: no estimate. Which surcharge is due is for the office to say.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from payments.models import Assessment, TaxTerms

SATANG = Decimal("0.01")
NOTHING = Decimal("0.00")
HUNDRED = Decimal(100)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Baht, as of `day`. `months` are those that interest was counted for."""

    day: date
    tax: Decimal
    penalty: Decimal
    penalty_percent: Decimal
    interest: Decimal
    interest_percent: Decimal
    months: int

    @property
    def surcharge(self) -> Decimal:
        """What is added."""
        return self.penalty + self.interest

    @property
    def total(self) -> Decimal:
        """Tax and what is added."""
        return self.tax + self.surcharge


def due_of(assessment: Assessment, terms: TaxTerms | None) -> date | None:
    """Return the last day to pay: the assessment's own, else the year's; None: nobody said."""
    if assessment.due_on is not None:
        return assessment.due_on
    return terms.due_on if terms else None


def penalties_of(terms: TaxTerms) -> list[tuple[date, Decimal]]:
    """Return from which day on how many per cent of the tax are added, by day.

    Raises:
        ValueError: what is stored is none.
    """
    found = []
    for one in terms.penalties or []:
        try:
            since, percent = date.fromisoformat(one["since"]), Decimal(str(one["percent"]))
        except (KeyError, TypeError, InvalidOperation) as error:
            raise ValueError("not a penalty") from error
        if not percent.is_finite() or percent < 0:
            raise ValueError("not a percentage")
        found.append((since, percent))
    return sorted(found)


def months_begun(start: date, day: date) -> int:
    """Return the months from `start` on that have begun by `day`: a part counts as a month.

    >>> months_begun(date(2026, 7, 1), date(2026, 7, 1)), months_begun(date(2026, 7, 1), date(2026, 8, 1))
    (1, 2)
    >>> months_begun(date(2026, 1, 31), date(2026, 2, 28)), months_begun(date(2026, 7, 2), date(2026, 7, 1))
    (2, 0)
    """  # noqa: E501
    if day < start:
        return 0
    whole = (day.year - start.year) * 12 + day.month - start.month
    # A month that begins on a 31st begins on the last day of a shorter one.
    last_day = calendar.monthrange(day.year, day.month)[1]
    return whole + (1 if day.day >= min(start.day, last_day) else 0)


def estimate(
    tax: Decimal, due_on: date | None, terms: TaxTerms | None, day: date
) -> Estimate | None:
    """Return what paying `tax` baht on `day` would cost.

    None where the office has set no terms or no rates, or nobody has said when it is due.
    Of penalties the one counts that began last; interest never comes to more than the tax.
    """
    if terms is None or due_on is None:
        return None
    penalties = penalties_of(terms)
    has_interest = terms.interest_percent > 0 and terms.interest_since is not None
    if not penalties and not has_interest:
        return None
    penalty_percent, months = NOTHING, 0
    if day > due_on:
        begun = [percent for since, percent in penalties if since <= day]
        penalty_percent = begun[-1] if begun else NOTHING
        if has_interest and terms.interest_since is not None:
            months = months_begun(max(terms.interest_since, due_on + A_DAY), day)
    interest_percent = terms.interest_percent if has_interest else NOTHING
    return Estimate(
        day=day,
        tax=tax.quantize(SATANG),
        penalty=_share(tax, penalty_percent),
        penalty_percent=penalty_percent,
        interest=min(_share(tax, interest_percent * months), tax.quantize(SATANG)),
        interest_percent=interest_percent,
        months=months,
    )


def _share(tax: Decimal, percent: Decimal) -> Decimal:
    return (tax * percent / HUNDRED).quantize(SATANG, ROUND_HALF_UP)


def terms_by_kind(rows: list[Assessment]) -> dict[tuple[int, int], TaxTerms]:
    """Return the terms of `rows`, by (revenue, year), in one query."""
    wanted = {(row.revenue_id, row.year) for row in rows}
    found = TaxTerms.objects.filter(
        revenue__in={revenue for revenue, _ in wanted}, year__in={year for _, year in wanted}
    )
    return {(one.revenue_id, one.year): one for one in found}
