"""What is paid of an assessment: receipts tell, nothing is noted twice."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from chatops import people
from chatops.models import Resident
from payments.assessments.identity import indexes_of
from payments.models import Assessment, PaymentNotice, ReceiptLine, TaxpayerLink

NOTHING = Decimal("0.00")
# SQLite adds binary fractions: sums are compared with half a satang to spare.
HALF_A_SATANG = Decimal("0.005")
_BAHT: DecimalField[Decimal, Decimal] = DecimalField(max_digits=14, decimal_places=2)


def with_payments(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Add `paid_sum` (baht of tax on valid receipts) and `has_notice` (one is being checked)."""
    lines = (
        ReceiptLine.objects.filter(
            receipt__notice__assessment=OuterRef("pk"), receipt__is_void=False
        )
        .order_by()
        .values("receipt__notice__assessment")
        .annotate(baht=Sum("amount"))
        .values("baht")
    )
    open_notices = PaymentNotice.objects.filter(assessment=OuterRef("pk"), is_open=True)
    return rows.annotate(
        paid_sum=Coalesce(Subquery(lines, output_field=_BAHT), Value(NOTHING, output_field=_BAHT)),
        has_notice=Exists(open_notices),
    )


def unpaid(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Return those of which something is still to be paid; those of `with_payments`."""
    standing = rows.filter(cancelled_at__isnull=True, paid_at__isnull=True)
    paid_up = {"paid_sum__lt": F("amount") - HALF_A_SATANG}
    return with_payments(standing).filter(**paid_up)


def rest_of(row: Assessment) -> Decimal:
    """Return what is still to be paid of a row of `with_payments`, in baht."""
    if row.paid_at is not None or row.cancelled_at is not None:
        return NOTHING
    paid: Decimal = row.paid_sum  # type: ignore[attr-defined]
    return max(NOTHING, row.amount - paid).quantize(NOTHING)


def links_of(resident: Resident) -> QuerySet[TaxpayerLink]:
    """Return her living links, made by whichever of the municipality's accounts."""
    return TaxpayerLink.objects.filter(
        resident__in=people.ids_of_person(resident), ended_at__isnull=True
    ).order_by("pk")


def assessments_of(links: Iterable[TaxpayerLink]) -> QuerySet[Assessment]:
    """Return what belongs to `links`, cancelled ones left out; nothing for no link."""
    found = indexes_of(links)
    rows = Assessment.objects.filter(national_id_index__in=found, cancelled_at__isnull=True)
    return rows if found else rows.none()
