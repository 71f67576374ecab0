"""The receipts of a notice, on its page: what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from bannmae.thai.calendar import format_datetime
from payments.desk.queue_common import receipt_url
from payments.models import PaymentNotice, Receipt, ReceiptVoid


def receipts_of(notice: PaymentNotice) -> list[Any]:
    """Return its receipts, oldest first, each with `is_asked`, `void_reason` and `is_replaced`.

    Whether somebody has asked for its void, why it is void, whether another names it already.
    """
    voids = ReceiptVoid.objects.filter(receipt=OuterRef("pk"))
    approved = voids.filter(state=ReceiptVoid.State.APPROVED).values("reason")[:1]
    rows = notice.receipts.select_related("issued_by").order_by("id")
    return list(
        rows.annotate(
            is_asked=Exists(voids.filter(state=ReceiptVoid.State.ASKED)),
            void_reason=Subquery(approved),
            is_replaced=Exists(Receipt.objects.filter(replaces=OuterRef("pk"))),
        )
    )


def receipt_rows(issued: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what the page shows of receipts (of receipts_of).

    `is_next`: the void one that the next receipt will name, as workflow.draft_of has it.
    """
    waiting = [one.pk for one in issued if one.is_void and not one.is_replaced]
    return [
        {
            "label": str(receipt),
            "void": receipt.is_void,
            "asked": receipt.is_asked,
            "reason": receipt.void_reason,
            "is_replaced": receipt.is_replaced,
            "is_next": receipt.pk in waiting[-1:],
            "total": f"{receipt.total:,.2f}",
            "at": format_datetime(receipt.issued_at, short=True),
            "by": str(receipt.issued_by),
            "url": receipt_url(receipt.pk),
            "mode": receipt.get_mode_display(),
        }
        for receipt in issued
    ]
