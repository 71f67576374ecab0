"""แจ้งยอดให้ชำระ: from the chat desk, an officer asks a resident to pay, with a QR for her bank."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from bannmae.access_log import record
from bannmae.models import AccessLog
from bannmae.staff_forms import Text
from bannmae.staff_input import row_id
from bannmae.thai.calendar import MONTHS_SHORT, be_year
from bannmae.thai.text import shorten
from chatops.cases.access import visible_to
from chatops.desk.common import desk_url, note_look
from chatops.models import ChatCase, Message
from payments import access, chat_notice, requests
from payments.chat_reading import GARBAGE, Facts
from payments.desk.notice_forms import Amount, line_input
from payments.errors import Refused
from payments.models import PaymentRequest, PaymentSettings, Revenue

MAX_MESSAGES = 100
_SPACING = re.compile(r"[\s./\-]+")
_REFERENCE = re.compile(r"[A-Z0-9]{0,20}")


class RequestForm(forms.Form):
    """What is asked for."""

    filing_key = forms.UUIDField(widget=forms.HiddenInput)
    revenue = forms.ModelChoiceField(
        label="ประเภท",
        queryset=Revenue.objects.filter(is_active=True),
        empty_label="– เลือกประเภท –",
        widget=forms.Select(attrs={"class": "bm-input"}),
    )
    what_for = Text(
        label="ค่าอะไร (ประชาชนเห็นข้อความนี้)",
        max_length=200,
        widget=line_input(),
        help_text="เช่น ค่าเก็บขยะ ม.ค.–มี.ค. 2569 ไม่ต้องใส่ชื่อหรือเลขบัตรประชาชน",
    )
    amount = Amount(label="จำนวนเงิน (บาท)")
    ref1 = Text(
        label="Ref.1",
        max_length=30,
        required=False,
        widget=line_input(),
        help_text="อักษรอังกฤษและตัวเลข ไม่เกิน 20 ตัว เว้นว่าง = เลขที่ใบแจ้งยอด",
    )
    ref2 = Text(label="Ref.2", max_length=30, required=False, widget=line_input())

    def clean_ref1(self) -> str:
        """Return what the banks take."""
        return _reference(self.cleaned_data["ref1"])

    def clean_ref2(self) -> str:
        """Return what the banks take."""
        return _reference(self.cleaned_data["ref2"])


def _reference(typed: str) -> str:
    plain = _SPACING.sub("", typed.upper())
    if not _REFERENCE.fullmatch(plain):
        raise forms.ValidationError("ใช้ได้เฉพาะตัวอักษรอังกฤษและตัวเลข ไม่เกิน 20 ตัว")
    return plain


def from_chat(request: HttpRequest) -> HttpResponse:
    """Show the form filled in from the chosen messages, or ask the resident to pay."""
    if not access.may_see(request.user):
        raise Http404
    if not access.may_handle(request.user):
        raise PermissionDenied
    case = _case(request)
    if request.method != "POST":
        return _page(request, case, RequestForm(initial=_filled_in(request, case)))
    form = RequestForm(request.POST)
    if not form.is_valid():
        return _page(request, case, form)
    typed = form.cleaned_data
    asked = requests.Ask(
        revenue=typed["revenue"],
        what_for=typed["what_for"],
        amount=typed["amount"],
        ref1=typed["ref1"],
        ref2=typed["ref2"],
    )
    try:
        with transaction.atomic():
            made = requests.make(case.pk, request.user, asked, key=typed["filing_key"])
            record(
                request,
                AccessLog.Action.MONEY,
                f"{requests.ABOUT}:{made.number}",
                f"แจ้งยอดให้ชำระ {made.amount:,.2f} บาท",
            )
    except Refused as error:
        form.add_error(None, str(error))
        return _page(request, case, form)
    messages.success(request, f"ส่งใบแจ้งยอด {made.number} ในแชตแล้ว")
    return redirect(desk_url(case.pk))


def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request, how it stands, and the way to take it back."""
    made = _request_for(request, pk)
    response = TemplateResponse(
        request,
        "payments/admin/request.html",
        {
            **admin.site.each_context(request),
            "title": f"ใบแจ้งยอด {made.number}",
            "made": made,
            "notice_url": reverse("admin:payments_paymentnotice_change", args=[made.notice_id])
            if made.notice_id
            else "",
            "chat_url": desk_url(made.case_id) if made.case_id else "",
            "may_cancel": access.may_handle(request.user)
            and made.cancelled_at is None
            and not made.is_answered,
        },
    )
    response["Cache-Control"] = "no-store"
    return response


def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request back."""
    made = _request_for(request, pk)
    page = reverse("admin:payments_paymentrequest_change", args=[made.pk])
    if request.method != "POST":
        return redirect(page)
    if not access.may_handle(request.user):
        raise PermissionDenied
    try:
        with transaction.atomic():
            requests.cancel(made.pk, request.user)
            record(
                request, AccessLog.Action.MONEY, f"{requests.ABOUT}:{made.number}", "ยกเลิกใบแจ้งยอด"
            )
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"ยกเลิกใบแจ้งยอด {made.number} แล้ว")
    return redirect(page)


def _request_for(request: HttpRequest, pk: int) -> PaymentRequest:
    rows = PaymentRequest.objects.select_related("revenue", "resident", "notice", "by")
    made = access.visible_to(request.user, rows).filter(pk=pk).first()
    if made is None:
        raise Http404
    return made


def _case(request: HttpRequest) -> ChatCase:
    pk = row_id(request.GET.get("case"))
    cases = visible_to(request.user).select_related("resident__channel", "topic", "division")
    case: ChatCase | None = cases.filter(pk=pk).first() if pk else None
    if case is None:
        raise Http404
    note_look(request, case)
    return case


def _filled_in(request: HttpRequest, case: ChatCase) -> dict[str, Any]:
    """Return what the chosen messages say: those of this case alone."""
    sent = request.GET.get("messages", "").split(",")[:MAX_MESSAGES]
    ids = [pk for pk in map(row_id, sent) if pk is not None]
    chosen = Message.objects.filter(case=case, pk__in=ids, unsent_at=None).order_by("sent_at", "id")
    facts = chat_notice.merged(
        chat_notice.read(one.text, one.sent_at) for one in chosen if one.text
    )
    kind = facts.kind or (GARBAGE if case.topic.slug == "garbage-fee" else "")
    revenue = chat_notice.kind_of(kind)
    return {
        "filing_key": uuid4(),
        "revenue": revenue.pk if revenue else None,
        "what_for": _what_for(revenue, facts) if revenue else "",
        "amount": facts.amount,
        "ref1": requests.as_reference(facts.reference),
    }


def _what_for(revenue: Revenue, facts: Facts) -> str:
    period = ""
    if facts.months and revenue.period == Revenue.Period.MONTHS:
        first, last = facts.months[0], facts.months[-1]
        names = MONTHS_SHORT[first.month - 1]
        if first != last:
            names += f"–{MONTHS_SHORT[last.month - 1]}"
        period = f"{names} {be_year(last)}"
    elif revenue.period == Revenue.Period.YEAR:
        period = f"ปี {facts.fiscal_year or be_year(timezone.localdate())}"
    return shorten(f"{revenue.menu_name} {period}".strip(), 200)


def _page(request: HttpRequest, case: ChatCase, form: RequestForm) -> HttpResponse:
    chosen = PaymentSettings.get_solo()
    response = TemplateResponse(
        request,
        "payments/admin/request_form.html",
        {
            **admin.site.each_context(request),
            "title": "แจ้งยอดให้ชำระ",
            "case": case,
            "form": form,
            "has_qr": bool(chosen.qr_kind and chosen.qr_account),
            "back_url": desk_url(case.pk),
        },
        status=422 if form.errors else 200,
    )
    response["Cache-Control"] = "no-store"
    return response
