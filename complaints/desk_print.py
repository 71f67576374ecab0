"""Printing from the mailbox: the sheet and the memo, of one case or of up to fifty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from bannmae.models import Municipality
from bannmae.paper.memo_words import MemoText
from bannmae.paper.office_font import office_font
from bannmae.paper.serve import pdf_response
from bannmae.staff_forms import MemoForm
from complaints import printing
from complaints.access import visible_to
from complaints.desk_common import case_for
from complaints.mailbox import case_url
from complaints.models import Complaint


def print_sheet(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
    """Print the sheet of one case."""
    return sheets_response(request, [case_for(request, pk, *printing.RELATED)])


def print_memo(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
    """Show the memo's words to be read over (GET), then print them (POST)."""
    case = case_for(request, pk, *printing.RELATED)
    if request.method == "POST":
        form = MemoForm(request.POST)
        if form.is_valid():
            text = MemoText(**form.cleaned_data)
            return _memos(request, [(case, text)])
    else:
        form = MemoForm(initial=asdict(printing.memo_text(case, request.user)))
    context = {
        **admin.site.each_context(request),
        "title": f"บันทึกข้อความ เรื่องเลขที่ {case.number}",
        "about": f"เรื่องเลขที่ {case.number}",
        "form": form,
        "button": f"พิมพ์{printing.MEMO} (PDF)",
        "back_url": case_url(case.pk),
    }
    return TemplateResponse(
        request, "bannmae/admin/paper_form.html", context, status=422 if form.errors else 200
    )


def sheets_response(request: HttpRequest, cases: Sequence[Complaint]) -> HttpResponseBase:
    """Return the sheets of `cases` (with printing.RELATED) as one PDF."""
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from complaints.paper import complaint_sheet_pdf

    pdf = complaint_sheet_pdf(
        [printing.sheet(case, request.user) for case in cases],
        font=office_font(Municipality.get_solo()),
    )
    return _printed(request, cases, printing.SHEET, pdf)


def print_selected(
    request: HttpRequest, chosen: Sequence[int], *, memos: bool
) -> HttpResponseBase | None:
    """Print the cases chosen in the list, in its order; None and a message for too many."""
    if len(chosen) > printing.MAX_CASES:
        messages.error(request, f"พิมพ์ได้ครั้งละไม่เกิน {printing.MAX_CASES} เรื่อง โปรดเลือกใหม่")
        return None
    cases = list(
        visible_to(request.user)
        .filter(pk__in=chosen)
        .select_related(*printing.RELATED)
        .order_by("-id")
    )
    if not cases:
        messages.error(request, "ไม่พบเรื่องที่เลือก")
        return None
    if memos:
        return _memos(request, [(case, printing.memo_text(case, request.user)) for case in cases])
    return sheets_response(request, cases)


def _memos(request: HttpRequest, memos: Sequence[tuple[Complaint, MemoText]]) -> HttpResponseBase:
    from bannmae.paper.memo import memo_pdf

    pdf = memo_pdf(
        [printing.memo(case, text, request.user) for case, text in memos],
        font=office_font(Municipality.get_solo()),
    )
    return _printed(request, [case for case, _ in memos], printing.MEMO, pdf)


def _printed(
    request: HttpRequest, cases: Sequence[Complaint], what: str, pdf: bytes
) -> HttpResponseBase:
    """Record the printing and give the paper; what could not be recorded is not given."""
    with transaction.atomic():
        printing.record_printing(request, cases, what)
    name = cases[0].number if len(cases) == 1 else f"{cases[0].number}-etc"
    return pdf_response(request, pdf, name)
