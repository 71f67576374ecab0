"""One receipt, to be read: what is on it, where it came from, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from bannmae.staff_forms import Text, lines
from bannmae.thai.calendar import format_date
from chatops.admin import AGAIN, state_chip
from chatops.models import OutboundMessage
from payments import access, days, duties, receipts
from payments.desk.register_common import (
    moment,
    note_act,
    note_look,
    page,
    require_handles,
    require_sees,
)
from payments.errors import Refused
from payments.models import (
    MoneyDuty,
    PaymentNotice,
    Receipt,
    ReceiptPrint,
    ReceiptVoid,
    RevokedLink,
)

State = ReceiptVoid.State
RELATED = (
    "revenue",
    "book",
    "notice",
    "resident",
    "issued_by",
    "replaces",
    "replaced_by",
    "revoked_link__by",
)
TONES = {State.ASKED: "warn", State.APPROVED: "late", State.DECLINED: "ended"}


class ReasonForm(forms.Form):
    """Why: an auditor reads it."""

    reason = Text(
        label="เหตุผล",
        max_length=500,
        widget=lines(3),
        error_messages={"required": "โปรดระบุเหตุผล"},
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to the payer about the receipt, and how it stands."""

    what: str
    chip: str
    at: str
    reason: str
    again_url: str


def receipt_for(request: HttpRequest, pk: int) -> Receipt:
    """Return the receipt with what its page shows; Http404 for who may not see money."""
    staff = require_sees(request)
    people = ReceiptVoid.objects.select_related("asked_by", "decided_by")
    receipt = (
        access.visible_to(staff, Receipt.objects.all())
        .select_related(*RELATED)
        .prefetch_related(
            "lines",
            Prefetch("voids", people),
            Prefetch("prints", ReceiptPrint.objects.select_related("by").order_by("copy_no")),
            "files",
        )
        .filter(pk=pk)
        .first()
    )
    if receipt is None:
        raise Http404
    return receipt


def notice_url(notice: PaymentNotice | None) -> str:
    """Return the page of a notice, '' where there is none."""
    return reverse("admin:payments_paymentnotice_change", args=[notice.pk]) if notice else ""


def receipt_page(
    request: HttpRequest,
    pk: int,
    *,
    ask_form: ReasonForm | None = None,
    decline_form: ReasonForm | None = None,
    revoke_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show it, with whatever form was refused."""
    receipt = receipt_for(request, pk)
    note_look(request, f"receipt:{receipt.pk}")
    voids = list(receipt.voids.all())
    waiting = next((one for one in voids if one.state == State.ASKED), None)
    approved = next((one for one in voids if one.state == State.APPROVED), None)
    is_closed = days.is_closed(receipt.issued_on)
    staff = request.user
    handles = access.may_handle(staff)
    duty = duties.held(staff, MoneyDuty.Duty.APPROVE_VOID) if waiting else None
    context = {
        "receipt": receipt,
        "label": str(receipt),
        "is_elaas": receipt.mode == Receipt.Mode.ELAAS,
        "state": _chip(receipt, waiting),
        "facts": _facts(receipt),
        "lines": list(receipt.lines.all()),
        "has_surcharge": any(line.surcharge for line in receipt.lines.all()),
        "notice_url": notice_url(receipt.notice),
        "voids": [shown_void(one) for one in voids],
        "waiting": waiting,
        "waiting_since": moment(waiting.asked_at) if waiting else "",
        "approved": approved,
        "prints": [(one, moment(one.at)) for one in receipt.prints.all()],
        "was_printed": any(one.copy_no == 0 for one in receipt.prints.all()),
        "copies": sum(one.copy_no > 0 for one in receipt.prints.all()),
        "deliveries": _deliveries(request, receipt),
        "is_closed": is_closed,
        "may_ask": handles and waiting is None and not receipt.is_void,
        "may_decide": duty is not None and waiting is not None and waiting.asked_by_id != staff.pk,
        "is_own_request": waiting is not None and waiting.asked_by_id == staff.pk,
        "duty": duty,
        "may_replace": handles and receipt.is_void and not hasattr(receipt, "replaced_by"),
        "void_words": void_words(receipt) if waiting else [],
        "ask_form": ask_form or ReasonForm(auto_id="ask_%s"),
        "asks": ask_form is not None,
        "decline_form": decline_form or ReasonForm(auto_id="decline_%s"),
        "declines": decline_form is not None,
        "revoke_form": revoke_form or ReasonForm(auto_id="revoke_%s"),
        "revokes": revoke_form is not None,
        "revoked": _revoked(receipt),
        "handles": handles,
        "verify_url": reverse("payments:verify", args=[receipt.token]),
        "day_url": _day_url(receipt),
        **_file(receipt),
    }
    return page(request, "register_receipt", str(receipt), context, status)


def void_words(receipt: Receipt) -> list[str]:
    """Return what the payer will read when the receipt becomes void; nothing without LINE."""
    if receipt.notice is None or receipt.notice.resident_id is None:
        return []
    text = render_to_string(
        "payments/line/void.txt", {"notice": receipt.notice, "receipt": receipt}
    )
    found = [f"เลขที่ {receipt.notice.number}", *(line.strip() for line in text.splitlines())]
    return [line for line in found if line]


def ask_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a void; somebody else decides."""
    staff = require_handles(request)
    receipt = receipt_for(request, pk)
    form = ReasonForm(request.POST, auto_id="ask_%s")
    if not form.is_valid():
        return receipt_page(request, pk, ask_form=form, status=422)
    try:
        with transaction.atomic():
            receipts.ask_void(receipt, staff, form.cleaned_data["reason"])
            note_act(request, f"receipt:{pk}", f"ขอยกเลิก: {form.cleaned_data['reason']}")
    except Refused as error:
        form.add_error(None, str(error))
        return receipt_page(request, pk, ask_form=form, status=409)
    messages.success(request, f"ขอยกเลิกใบเสร็จ {receipt} แล้ว รอผู้มีอำนาจอีกคนหนึ่งอนุมัติ")
    return redirect("admin:payments_receipt_change", pk)


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the receipt's address give nothing any more: it came into wrong hands."""
    staff = require_handles(request)
    receipt = receipt_for(request, pk)
    form = ReasonForm(request.POST, auto_id="revoke_%s")
    if not form.is_valid():
        return receipt_page(request, pk, revoke_form=form, status=422)
    try:
        with transaction.atomic():
            receipts.revoke_link(receipt, staff, form.cleaned_data["reason"])
            note_act(request, f"receipt:{pk}", f"ปิดลิงก์ใบเสร็จ: {form.cleaned_data['reason']}")
    except Refused as error:
        messages.error(request, str(error))
        return redirect("admin:payments_receipt_change", pk)
    messages.success(request, "ปิดลิงก์แล้ว ผู้ที่มีลิงก์เปิดใบเสร็จไม่ได้อีก แต่ยังตรวจสอบด้วย QR ได้")
    return redirect("admin:payments_receipt_change", pk)


@dataclass(frozen=True, slots=True)
class ShownVoid:
    """A request and its decision, with words for its state and moments."""

    void: ReceiptVoid
    label: str
    tone: str
    asked: str
    decided: str


def shown_void(void: ReceiptVoid) -> ShownVoid:
    """Return how a request is shown."""
    state = State(void.state)
    return ShownVoid(
        void=void,
        label=state.label,
        tone=TONES[state],
        asked=moment(void.asked_at),
        decided=moment(void.decided_at),
    )


# -- the parts ---------------------------------------------------------------------------------


def _revoked(receipt: Receipt) -> str:
    link: RevokedLink | None = getattr(receipt, "revoked_link", None)
    return f"{link.by} {moment(link.at)}: {link.reason}" if link else ""


def _day_url(receipt: Receipt) -> str:
    return f"{reverse('admin:payments_dailyremittance_changelist')}?day={receipt.issued_on}"


def _chip(receipt: Receipt, waiting: ReceiptVoid | None) -> tuple[str, str]:
    if receipt.is_void:
        return "ยกเลิก", "late"
    return ("รออนุมัติยกเลิก", "warn") if waiting else ("ใช้ได้", "done")


def _facts(receipt: Receipt) -> list[tuple[str, str]]:
    found = [
        ("ได้รับเงินจาก", receipt.payer_name),
        ("ที่อยู่", receipt.payer_address),
        ("วันที่", format_date(receipt.issued_on)),
        ("ประเภท", receipt.revenue_name),
        ("วิธีชำระ", receipt.get_method_display()),
        ("วันที่ได้รับเงิน", format_date(receipt.money_seen_on)),
        (
            "ผู้รับเงิน",
            " ".join(filter(None, [receipt.received_by_name, receipt.received_by_position])),
        ),
        ("ผู้ออกในระบบ", f"{receipt.issued_by} {moment(receipt.issued_at)}"),
        ("ออกจาก", receipt.get_mode_display()),
        ("ปีงบประมาณ", str(receipt.fiscal_year_id)),
        ("หมายเหตุ", receipt.note),
    ]
    return [(name, text) for name, text in found if text]


def _file(receipt: Receipt) -> dict[str, Any]:
    kind = "void" if receipt.is_void else "original"
    file = next((one for one in receipt.files.all() if one.kind == kind), None)
    return {
        "file": file,
        "is_drawn": file is not None and file.made_at is not None,
        "pdf_url": reverse("payments:receipt_pdf", args=[receipt.token]),
    }


def _deliveries(request: HttpRequest, receipt: Receipt) -> list[Delivery]:
    """Return the messages that bore the receipt, or told that it is void."""
    keys = {f"receipt:{receipt.pk}": "ใบเสร็จ", f"receipt:{receipt.pk}:void": "แจ้งการยกเลิก"}
    may_send = request.user.has_perm("chatops.change_outboundmessage")
    found = []
    for message in OutboundMessage.objects.filter(dedupe_key__in=keys).order_by("id"):
        again = message.state in AGAIN and may_send
        found.append(
            Delivery(
                what=keys[message.dedupe_key],
                chip=state_chip(message),
                at=moment(message.sent_at),
                reason=""
                if message.last_error == message.get_state_display()
                else message.last_error,
                again_url=reverse("admin:chatops_outboundmessage_send_again", args=[message.pk])
                if again
                else "",
            )
        )
    return found
