"""ตรวจสลิปกับบริการภายนอก: what would leave, the clerk's yes, and what came back."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bannmae.staff_input import row_id
from bannmae.thai.calendar import format_datetime
from payments import workflow
from payments.desk.queue_common import note_act, notice_for, notice_url
from payments.desk.register_common import page, require_handles
from payments.models import PaymentNotice, PaymentSettings, Slip
from payments.verifiers import registry
from payments.verifiers.base import Outcome, Verdict, code_of

SHOWN = {
    Outcome.GENUINE: messages.SUCCESS,
    Outcome.FAILED: messages.ERROR,
    Outcome.NOT_YET: messages.INFO,
}


def is_on() -> bool:
    """Tell whether the office has chosen a service: only then is the button shown."""
    return PaymentSettings.get_solo().verifier in registry.VERIFIERS


def verify_url(notice: PaymentNotice) -> str:
    """Return the page on which a clerk asks the service about a notice's slip."""
    return reverse("admin:payments_notice_verify", args=[notice.pk])


def slips_of(notice: PaymentNotice) -> list[Slip]:
    """Return the slips whose code can be asked about."""
    rows = notice.slips.filter(state=Slip.State.READ, code=Slip.Code.FOUND).order_by("-id")
    return [slip for slip in rows if code_of(slip.bank, slip.reference)]


def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what would leave; ask, when the clerk presses the button."""
    staff = require_handles(request)
    notice = notice_for(request, pk)
    verifier = registry.current()
    if verifier is None:
        raise Http404
    slips = slips_of(notice)
    chosen = row_id(request.POST.get("slip", ""))
    slip = next((one for one in slips if one.pk == chosen), None)
    if request.method != "POST" or slip is None:
        if request.method == "POST":
            messages.error(request, "โปรดเลือกสลิปที่อ่าน QR ได้")
        context = {
            "notice": notice,
            "slips": [(one, code_of(one.bank, one.reference)) for one in slips],
            "service": verifier.name,
            "notice_url": notice_url(pk),
        }
        return page(request, "statement_verify", f"ตรวจสลิปกับ {verifier.name}", context)
    code = code_of(slip.bank, slip.reference)
    if code is None:  # slips_of has left them out
        raise Http404
    # Seconds pass here: no transaction is open, and nothing is locked.
    verdict = verifier.check(code, notice.amount)
    said = words(verifier.name, verdict)
    with transaction.atomic():
        workflow.add_note(pk, staff, f"{said} (อ้างอิง {slip.reference})")
        note_act(request, notice, f"ส่ง QR ของสลิปให้ {verifier.name} ตรวจ: {verdict.label}")
    messages.add_message(request, SHOWN.get(verdict.outcome, messages.WARNING), said)
    return redirect(notice_url(pk))


def words(service: str, verdict: Verdict) -> str:
    """Say what a service has answered."""
    parts = [f"{service}: {verdict.label}"]
    if verdict.amount is not None:
        parts.append(f"{verdict.amount:,.2f} บาท")
    if verdict.at is not None:
        parts.append(format_datetime(verdict.at, short=True))
    if verdict.receiver:
        parts.append(f"เข้าบัญชี {verdict.receiver}")
    if verdict.detail:
        parts.append(verdict.detail)
    return " · ".join(parts)
