"""คำขอยกเลิกใบเสร็จ: what waits for a second person, and his decision."""

from __future__ import annotations

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bannmae import navigation
from bannmae.navigation import Tile
from bannmae.staff_input import row_id
from payments import access, receipts
from payments.desk.register_common import (
    add_entry,
    holds,
    note_act,
    page,
    require_sees,
)
from payments.desk.register_page import (
    ReasonForm,
    receipt_for,
    receipt_page,
    shown_void,
)
from payments.errors import Refused
from payments.models import DailyRemittance, MoneyDuty, ReceiptVoid

State = ReceiptVoid.State
MOST_WAITING, MOST_DECIDED = 200, 50
BADGE_SECONDS = 4
_BADGE = "money-voids-asked"


def waiting_count() -> int:
    """Return how many requests wait, as the menu's figure shows it (up to MOST_WAITING)."""
    counted: int | None = cache.get(_BADGE)
    if counted is None:
        asked = ReceiptVoid.objects.filter(state=State.ASKED).order_by()
        counted = asked[: MOST_WAITING + 1].count()
        cache.set(_BADGE, counted, BADGE_SECONDS)
    return counted


def the_list(request: HttpRequest) -> HttpResponse:
    """Show what waits, oldest first, and what was decided last."""
    staff = require_sees(request)
    rows = access.visible_to(staff, ReceiptVoid.objects.all()).select_related(
        "receipt", "asked_by", "decided_by"
    )
    waiting = list(rows.filter(state=State.ASKED).order_by("asked_at", "id")[:MOST_WAITING])
    closed = set(
        DailyRemittance.objects.filter(
            day__in={one.receipt.issued_on for one in waiting}, reopened_at=None
        ).values_list("day", flat=True)
    )
    return page(
        request,
        "voids",
        "คำขอยกเลิกใบเสร็จ",
        {
            "waiting": [(shown_void(one), one.receipt.issued_on in closed) for one in waiting],
            "decided": [
                shown_void(one)
                for one in rows.exclude(state=State.ASKED).order_by("-id")[:MOST_DECIDED]
            ],
            "may_decide": holds(staff, MoneyDuty.Duty.APPROVE_VOID),
            "me": staff.pk,
        },
    )


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Void the receipt as somebody else has asked."""
    staff = require_sees(request)
    receipt = receipt_for(request, pk)
    void = _asked(request, pk)
    if void is None:
        return redirect("admin:payments_receipt_change", pk)
    try:
        with transaction.atomic():
            receipts.approve_void(void, staff)
            note_act(request, f"receipt:{pk}", f"อนุมัติยกเลิก: {void.reason}")
    except Refused as error:
        messages.error(request, str(error))
        return redirect("admin:payments_receipt_change", pk)
    cache.delete(_BADGE)
    messages.success(request, f"ยกเลิกใบเสร็จ {receipt} แล้ว")
    return redirect("admin:payments_receipt_change", pk)


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the receipt as it is."""
    staff = require_sees(request)
    receipt_for(request, pk)
    form = ReasonForm(request.POST, auto_id="decline_%s")
    void = _asked(request, pk)
    if void is None:
        return redirect("admin:payments_receipt_change", pk)
    if not form.is_valid():
        return receipt_page(request, pk, decline_form=form, status=422)
    try:
        with transaction.atomic():
            receipts.decline_void(void, staff, form.cleaned_data["reason"])
            note_act(request, f"receipt:{pk}", f"ไม่อนุมัติยกเลิก: {form.cleaned_data['reason']}")
    except Refused as error:
        messages.error(request, str(error))
        return redirect("admin:payments_receipt_change", pk)
    cache.delete(_BADGE)
    messages.success(request, "ไม่อนุมัติยกเลิกแล้ว ใบเสร็จยังใช้ได้ตามเดิม")
    return redirect("admin:payments_receipt_change", pk)


def _asked(request: HttpRequest, pk: int) -> ReceiptVoid | None:
    """Return the request that was looked at, None and a message when it waits no longer."""
    number = row_id(request.POST.get("void", ""))
    if number is None:
        raise Http404
    void = ReceiptVoid.objects.filter(pk=number, receipt=pk).first()
    if void is None:
        raise Http404
    if void.state != State.ASKED:
        messages.warning(request, f"คำขอนี้พิจารณาแล้ว: {void.get_state_display()}")
        return None
    return void


def tiles(request: HttpRequest) -> list[Tile]:
    """Return the first screen's figure for who decides."""
    if not holds(request.user, MoneyDuty.Duty.APPROVE_VOID):
        return []
    count = waiting_count()
    return [
        Tile(
            title="รออนุมัติยกเลิกใบเสร็จ",
            figure=navigation.figure(count, MOST_WAITING),
            hint="ต้องมีผู้อนุมัติอีกคนหนึ่ง",
            url=reverse("admin:payments_receipt_voids"),
            icon="receipt_long",
            tone="warn" if count else "none",
        )
    ]


def _badge(request: HttpRequest) -> str:
    count = waiting_count()
    return navigation.figure(count, MOST_WAITING) if count else ""


navigation.add_tiles(tiles)
add_entry(
    "คำขอยกเลิก",
    lambda: reverse("admin:payments_receipt_voids"),
    "cancel",
    21,
    badge=_badge,
    inner=True,
)
