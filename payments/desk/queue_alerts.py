"""Payments that are new to กองคลัง: told of by the page's badge and to officers' own LINE."""

from __future__ import annotations

import datetime as dt

from bannmae.models import Staff
from chatops.alerts.registry import News, Source, add_source
from payments import access
from payments.desk.queue_common import list_url
from payments.models import PaymentNotice, Status

LIMIT = 100


def register() -> None:
    """Tell clerks of notices that payers sent."""
    add_source(
        Source(
            key="payments",
            noun="แจ้งชำระเงิน",
            new="แจ้งชำระเงินใหม่",
            url=lambda: list_url(status=Status.RECEIVED.value),
            newest=newest,
            stirred=stirred,
        )
    )


def stirred() -> dt.datetime | None:
    """Return when a notice came last."""
    return (
        PaymentNotice.objects.order_by("-created_at").values_list("created_at", flat=True).first()
    )


def newest(staff: Staff, since: dt.datetime, until: dt.datetime) -> News:
    """Count what payers sent after `since` and not after `until` and nobody has taken yet."""
    if not access.may_handle(staff):
        return News()
    rows = PaymentNotice.objects.filter(
        created_at__gt=since, created_at__lte=until, status=Status.RECEIVED
    ).exclude(via=PaymentNotice.Via.COUNTER)
    moments = list(rows.order_by("-created_at").values_list("created_at", flat=True)[:LIMIT])
    return News(len(moments), moments[0]) if moments else News()
