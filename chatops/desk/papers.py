"""Printing a chat: what to print is asked first (GET), printing itself needs a click (POST)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldBooleanSwitchWidget

from bannmae.models import Municipality, Staff
from bannmae.paper.memo_words import MemoText
from bannmae.paper.office_font import office_font
from bannmae.paper.serve import pdf_response
from bannmae.staff_forms import Day, MemoForm
from chatops.cases.access import SEES, visible_to
from chatops.desk import printing, registry
from chatops.desk.common import desk_url, note_look
from chatops.models import ChatCase

_methods = require_http_methods(["GET", "HEAD", "POST"])


class SheetForm(forms.Form):
    """What of the conversation is printed."""

    since = forms.DateField(
        label="ตั้งแต่วันที่", required=False, widget=Day, help_text="เว้นว่าง = ตั้งแต่ต้น"
    )
    until = forms.DateField(label="ถึงวันที่", required=False, widget=Day, help_text="เว้นว่าง = ถึงปัจจุบัน")
    pictures = forms.BooleanField(
        label="รวมรูปภาพ", required=False, initial=True, widget=UnfoldBooleanSwitchWidget
    )

    def clean(self) -> dict[str, Any]:
        """The days must be in order."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            raise forms.ValidationError("“ถึงวันที่” ต้องไม่มาก่อน “ตั้งแต่วันที่”")
        return cleaned


class ChatMemoForm(MemoForm):
    """The memo's words, and whether her pictures are enclosed."""

    pictures = forms.BooleanField(
        label="แนบรูปภาพที่ประชาชนส่ง", required=False, widget=UnfoldBooleanSwitchWidget
    )

    def __init__(self, *args: Any, enclosed: int, **kwargs: Any) -> None:
        """Offer the pictures where there are any."""
        super().__init__(*args, **kwargs)
        if enclosed:
            self.fields["pictures"].help_text = f"{enclosed} ภาพ"
        else:
            del self.fields["pictures"]


@never_cache
@_methods
def print_sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask what of the conversation to print (GET), then print it (POST)."""
    case = _case(request, pk)
    if request.method != "POST":
        return _ask(request, case, SheetForm(), printing.SHEET)
    form = SheetForm(request.POST)
    if not form.is_valid():
        return _ask(request, case, form, printing.SHEET)
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from chatops.desk.conversation_paper import conversation_pdf

    paper = printing.sheet(case, request.user, printing.Choice(**form.cleaned_data))
    pdf = conversation_pdf(paper, font=office_font(Municipality.get_solo()))
    return _printed(request, case, printing.SHEET, pdf)


@never_cache
@_methods
def print_memo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the memo's words to be read over (GET), then print them (POST)."""
    case = _case(request, pk)
    enclosed = len(printing.enclosed(case))
    if request.method != "POST":
        words = asdict(printing.memo_text(case, request.user))
        return _ask(request, case, ChatMemoForm(initial=words, enclosed=enclosed), printing.MEMO)
    form = ChatMemoForm(request.POST, enclosed=enclosed)
    if not form.is_valid():
        return _ask(request, case, form, printing.MEMO)
    from bannmae.paper.memo import memo_pdf

    pictures = form.cleaned_data.pop("pictures", False)
    text = MemoText(**form.cleaned_data)
    paper = printing.memo(case, text, request.user, pictures=pictures)
    pdf = memo_pdf([paper], font=office_font(Municipality.get_solo()))
    return _printed(request, case, printing.MEMO, pdf)


def _case(request: HttpRequest, pk: int) -> ChatCase:
    """Return the case; Http404 for who may not see it."""
    staff: Staff = request.user
    if not staff.has_perm(SEES):
        raise Http404
    case = visible_to(staff).select_related(*printing.RELATED).filter(pk=pk).first()
    if case is None:
        raise Http404
    note_look(request, case)
    return case


def _ask(request: HttpRequest, case: ChatCase, form: forms.Form, what: str) -> HttpResponseBase:
    number = printing.number_of(case)
    context = {
        **admin.site.each_context(request),
        "title": f"{what} {number}",
        "about": number,
        "form": form,
        "button": f"พิมพ์{what} (PDF)",
        "back_url": desk_url(case.pk),
    }
    if what == printing.SHEET:
        context["lead"] = (
            "เลขประจำตัวประชาชนและเบอร์โทรในข้อความถูกปิดบัง ไม่พิมพ์บันทึกภายใน "
            f"พิมพ์ได้ครั้งละไม่เกิน {printing.MAX_LINES} รายการล่าสุด"
        )
    status = 422 if form.errors else 200
    return TemplateResponse(request, "bannmae/admin/paper_form.html", context, status=status)


def _printed(request: HttpRequest, case: ChatCase, what: str, pdf: bytes) -> HttpResponseBase:
    """Record the printing and give the paper; what could not be recorded is not given."""
    with transaction.atomic():
        printing.record_printing(request, case, what)
    return pdf_response(request, pdf, f"chat-{case.pk}")


registry.add_print(printing.SHEET, lambda pk: reverse("chat-print-sheet", args=[pk]))
registry.add_print(printing.MEMO, lambda pk: reverse("chat-print-memo", args=[pk]))
