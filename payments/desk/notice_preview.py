"""What the payer will read, and what the receipt will say, before it is done."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bannmae.models import Division
from bannmae.thai.baht import baht_text
from bannmae.thai.calendar import format_date
from bannmae.thai.text import normalise_text
from chatops.line.cards import Card
from payments import notices
from payments.access import FINANCE
from payments.desk.lines import read
from payments.desk.notice_forms import NoticeForm
from payments.desk.queue_common import notice_for, require_handling
from payments.models import Method, PaymentNotice


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
    if about == "ask":
        context: dict[str, Any] = {"preview": asked_preview(notice, text)}
        template = "preview"
    elif about == "reject":
        context, template = {"preview": rejected_preview(notice, text)}, "preview"
    elif about == "receipt":
        context, template = _receipt(notice, request.POST), "receipt_preview"
    else:
        return HttpResponse(status=400)
    response = render(request, f"payments/admin/{template}.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _receipt(notice: PaymentNotice, sent: Any) -> dict[str, Any]:
    form, lines = NoticeForm(notice, sent), read(sent)
    form.is_valid()
    typed = form.cleaned_data
    revenue, day = typed.get("revenue"), typed.get("money_seen_on")
    method = typed.get("method")
    return {
        "revenue": revenue,
        "payer": typed.get("payer_name", ""),
        "address": typed.get("payer_address", ""),
        "lines": lines.lines,
        "total": lines.total,
        "total_text": baht_text(lines.total) if lines.lines else "",
        "method": Method(method).label if method else "",
        "seen_on": format_date(day) if day else "",
        "differs": notice.amount is not None and notice.amount != lines.total,
        "claimed": notice.amount,
        "in_line": notice.resident is not None,
        "without_household": revenue is not None
        and revenue.has_households
        and not typed.get("household"),
    }
