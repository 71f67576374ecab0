"""What the payer will read, and what the receipt will say, before it is done."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bannmae.models import Division
from bannmae.thai.baht import baht_text
from bannmae.thai.calendar import format_date, local_date
from bannmae.thai.text import normalise_text
from chatops.line.cards import Card
from payments import days, notices
from payments.access import FINANCE
from payments.assessments.queries import rest_of, with_payments
from payments.desk.lines import Lines, read
from payments.desk.notice_confirming import confirmation
from payments.desk.notice_forms import NoticeForm, PaymentForm
from payments.desk.queue_common import notice_for, require_handling
from payments.errors import Refused
from payments.models import Assessment, Method, PaymentNotice, Revenue


@dataclass(frozen=True, slots=True)
class Preview:
    """The card as it will be, who sends it, and whether it will arrive."""

    card: Card
    sender: str
    in_line: bool
    blocked: bool


def asked_preview(notice: PaymentNotice, text: str) -> Preview:
    """Return the question as she will read it."""
    after = copy.copy(notice)
    after.asked = text.strip()[:500] or "(คำถามที่ท่านพิมพ์จะแสดงตรงนี้)"
    return _preview(notice, notices.asked_card(after))


def rejected_preview(notice: PaymentNotice, text: str) -> Preview:
    """Return the reason as she will read it."""
    after = copy.copy(notice)
    after.reject_reason = text.strip()[:500] or "(เหตุผลที่ท่านพิมพ์จะแสดงตรงนี้)"
    return _preview(notice, notices.rejected_card(after))


def _preview(notice: PaymentNotice, card: Card) -> Preview:
    sender = Division.objects.filter(slug=FINANCE).values_list("short_name", flat=True).first()
    resident = notice.resident
    return Preview(
        card=card,
        sender=sender or "",
        in_line=resident is not None,
        blocked=resident is not None and resident.is_blocked,
    )


def preview_view(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
    """Answer the page's script with the card, or the receipt, of what is typed so far."""
    require_handling(request)
    notice = notice_for(request, pk)
    about = request.POST.get("about", "")
    text = normalise_text(request.POST.get("text", "")[:2000])
    if about == "receipt":
        form, lines = NoticeForm(notice, request.POST), read(request.POST)
        in_line = notice.resident is not None
        return shown_receipt(request, form, lines, claimed=notice.amount, in_line=in_line)
    if about == "ask":
        preview = asked_preview(notice, text)
    elif about == "reject":
        preview = rejected_preview(notice, text)
    else:
        return HttpResponse(status=400)
    return _uncached(render(request, "payments/admin/preview.html", {"preview": preview}))


def shown_receipt(
    request: HttpRequest,
    form: PaymentForm,
    lines: Lines,
    *,
    assessment: Assessment | None = None,
    claimed: Decimal | None = None,
    in_line: bool = False,
) -> HttpResponse:
    """Answer with the receipt of what is typed, to be looked at before it is issued.

    422 where something is missing or wrong: nothing would be issued of it, and the page that
    the button itself leads to says what and where. `assessment` is what it will count for where
    the form does not ask for it, `claimed` what the payer says, in baht.
    """
    if not form.demand_all() or not lines.is_valid:
        return _uncached(HttpResponse(status=422))
    typed = form.cleaned_data
    try:
        seen = confirmation(typed, lines, assessment or typed.get("assessment"))
    except Refused:
        return _uncached(HttpResponse(status=422))
    revenue: Revenue = typed["revenue"]
    context = {
        "payer": typed["payer_name"],
        "address": typed["payer_address"],
        "lines": lines.lines,
        "total": lines.total,
        "total_text": baht_text(lines.total),
        "method": Method(typed["method"]).label,
        "seen_on": format_date(typed["money_seen_on"]),
        "differs": claimed is not None and claimed != lines.total,
        "claimed": claimed,
        "in_line": in_line,
        "closed": closed_today(),
        "assessment": seen.assessment,
        "owed": _owed(seen.assessment) if seen.assessment else None,
        # Surcharges pay off no tax.
        "tax": sum((line.amount for line in lines.lines), Decimal("0.00")),
        "without_household": revenue.has_households and not typed["household"],
    }
    return _uncached(render(request, "payments/admin/receipt_preview.html", context))


def _owed(assessment: Assessment) -> Decimal:
    return rest_of(with_payments(Assessment.objects.filter(pk=assessment.pk)).get())


def closed_today() -> str:
    """Return why nothing is issued today any more, '' while the day is open."""
    try:
        days.refuse_closed(local_date(timezone.now()))
    except Refused as error:
        return str(error)
    return ""


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
