"""What the chat desk shows of a resident's payments: to กองคลัง alone."""

from __future__ import annotations

from collections.abc import Sequence

from bannmae.models import Staff
from bannmae.thai.calendar import format_date
from chatops.desk.registry import ResidentRow, add_resident_section
from payments import access
from payments.desk.queue_common import notice_url
from payments.desk.queue_rows import NOT_LISTED, TONES, what_for
from payments.models import PaymentNotice, Status

SHOWN = 10


def register() -> None:
    """Show her payments beside the conversation."""
    add_resident_section("การชำระเงิน", payments_of)


def payments_of(staff: Staff, resident_ids: Sequence[int]) -> list[ResidentRow]:
    """Return her newest notices for who may see payments; one query."""
    if not access.may_see(staff):
        return []
    rows = PaymentNotice.objects.filter(resident__in=list(resident_ids))
    newest = rows.select_related("revenue").defer(*NOT_LISTED).order_by("-id")[:SHOWN]
    return [
        ResidentRow(
            text=f"{notice.number} {what_for(notice)}",
            url=notice_url(notice.pk),
            hint=" · ".join(
                part
                for part in (
                    f"{notice.amount:,.2f} บาท" if notice.amount is not None else "",
                    format_date(notice.created_at, short=True),
                )
                if part
            ),
            state=notice.get_status_display(),
            tone=TONES[Status(notice.status)],
        )
        for notice in newest
    ]
