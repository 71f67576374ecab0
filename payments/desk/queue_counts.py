"""The figures of payments on the first screen and beside the menu; for กองคลัง alone."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest

from bannmae.models import Staff
from bannmae.navigation import Tile, Worklist, figure
from bannmae.staff_lists import COUNT_LIMIT
from payments import access
from payments.desk.queue_common import list_url
from payments.desk.queue_rows import EDITABLE, listed, repeated_slips, rows_of
from payments.models import PaymentNotice, Status

BADGE_SECONDS = 4
LISTED = 6


def waiting() -> QuerySet[PaymentNotice]:
    """Those that nobody has confirmed or rejected yet."""
    return PaymentNotice.objects.filter(is_open=True, status__in=EDITABLE)


def confirmed() -> QuerySet[PaymentNotice]:
    """Those whose receipt is still to be issued."""
    return PaymentNotice.objects.filter(is_open=True, status=Status.CONFIRMED)


def repeated() -> QuerySet[PaymentNotice]:
    """Open ones whose slip was seen before."""
    return PaymentNotice.objects.filter(repeated_slips(), is_open=True)


def badge(request: HttpRequest) -> str:
    """Return how many wait for a check, '' for none."""
    staff: Staff = request.user
    if not access.may_see(staff):
        return ""
    count: int | None = cache.get("payments-waiting")
    if count is None:
        count = _count(waiting())
        cache.set("payments-waiting", count, BADGE_SECONDS)
    return figure(count, COUNT_LIMIT) if count else ""


def tiles(request: HttpRequest) -> list[Tile]:
    """Return the figures; each leads to the list that it counts."""
    if not access.may_see(request.user):
        return []
    return [
        _tile("รอตรวจ", "แจ้งชำระเงิน", waiting(), "payments", "plain", status="waiting"),
        _tile(
            "รอออกใบเสร็จ",
            "ยืนยันยอดเงินแล้ว",
            confirmed(),
            "receipt_long",
            "warn",
            status="confirmed",
        ),
        _tile("สลิปซ้ำ", "ต้องตรวจก่อนยืนยัน", repeated(), "content_copy", "late", show="repeated"),
    ]


def worklists(request: HttpRequest) -> list[Worklist]:
    """Return the notices that wait longest."""
    if not access.may_see(request.user):
        return []
    rows = listed(waiting()).order_by("created_at", "id")[:LISTED]
    return [
        Worklist(
            title="แจ้งชำระเงินที่รอตรวจ",
            template="payments/admin/short_list.html",
            rows=rows_of(rows),
            empty="ไม่มีรายการรอตรวจ สลิปที่ประชาชนส่งทาง LINE จะแสดงที่นี่",
            more_url=list_url(status="waiting"),
        )
    ]


def _tile(title: str, hint: str, rows: QuerySet[Any], icon: str, tone: str, **query: str) -> Tile:
    count = _count(rows)
    return Tile(
        title=title,
        figure=figure(count, COUNT_LIMIT),
        hint=hint,
        url=list_url(**query),
        icon=icon,
        tone=tone if count else "none",
    )


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: COUNT_LIMIT + 1].count()
