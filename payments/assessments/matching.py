"""Which assessment a payment is for: proposals for the clerk, who decides."""

from __future__ import annotations

import re

from payments.assessments.identity import number_key
from payments.assessments.queries import assessments_of, links_of, rest_of, unpaid, with_payments
from payments.models import Assessment, PaymentNotice

MOST = 10
_DIGITS = re.compile(r"[0-9]+")


def by_reference(reference: str, revenue_id: int | None, year: int | None) -> list[Assessment]:
    """Return the assessments whose notice has this number, however it was typed.

    Cancelled ones are left out; of any kind and year where these are None.
    """
    key = number_key(reference)
    digits = max(_DIGITS.findall(key), key=len, default="")
    if not digits:
        return []
    rows = Assessment.objects.filter(cancelled_at__isnull=True, number__contains=digits)
    if revenue_id is not None:
        rows = rows.filter(revenue=revenue_id)
    if year is not None:
        rows = rows.filter(year=year)
    numbers = rows.order_by("-year", "-pk").values_list("pk", "number")[:2000]
    pks = [pk for pk, number in numbers if number_key(number) == key][:MOST]
    return list(with_payments(Assessment.objects.filter(pk__in=pks)).order_by("-year", "-pk"))


def proposals(notice: PaymentNotice) -> list[Assessment]:
    """Return what `notice` may be for: its own first, then by its reference, then what she owes.

    Rows of with_payments, with their kind, without what is encrypted.
    """
    found = [] if notice.assessment_id is None else [notice.assessment_id]
    found += [one.pk for one in by_reference(notice.reference, notice.revenue_id, None)]
    if notice.resident is not None:
        hers = assessments_of(links_of(notice.resident))
        if notice.revenue_id is not None:
            hers = hers.filter(revenue=notice.revenue_id)
        found += unpaid(hers).order_by("-year", "-pk").values_list("pk", flat=True)[:MOST]
    rows = {
        row.pk: row
        for row in with_payments(Assessment.objects.filter(pk__in=found))
        .select_related("revenue")
        .defer("national_id", "address")
    }
    return [rows[pk] for pk in dict.fromkeys(found) if pk in rows][:MOST]


def likely(notice: PaymentNotice, rows: list[Assessment]) -> int | None:
    """Return the id of the one among `rows` to begin with, None where nobody can tell.

    Its own; else the only one whose number she gave, of the year that she gave if she gave one.
    """
    if notice.assessment_id is not None:
        return notice.assessment_id
    key = number_key(notice.reference)
    same = [
        row.pk
        for row in rows
        if key
        and number_key(row.number) == key
        and (notice.fiscal_year is None or notice.fiscal_year == row.year)
    ]
    return same[0] if len(same) == 1 else None


def the_one(reference: str, revenue_id: int) -> Assessment | None:
    """Return the only assessment of this number and kind that is not paid yet, else None."""
    rows = [row for row in by_reference(reference, revenue_id, None) if rest_of(row) > 0]
    return rows[0] if len(rows) == 1 else None
