"""The register on paper and as a spreadsheet, as far as the list is narrowed down."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from bannmae.models import Municipality
from bannmae.paper.office_font import office_font
from bannmae.paper.serve import pdf_response
from payments import access
from payments.desk.register_common import note_act, require_sees, sheet_response
from payments.desk.register_narrowing import Narrowing, narrowing_of
from payments.models import Receipt
from payments.papers.forms import RegisterPaper

# A page of a table takes WeasyPrint a third of a second, and other pages wait meanwhile.
MOST_PAPER_ROWS = 300  # four seconds of work; a month of an office this size
MOST_ROWS = 5000


@never_cache
def paper(request: HttpRequest) -> HttpResponseBase:
    """Give the register as PDF."""
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from payments.papers.register import register_pdf

    made = _register(request, MOST_PAPER_ROWS)
    if isinstance(made, HttpResponseBase):
        return made
    pdf = register_pdf(made, font=office_font(Municipality.get_solo()))
    _note(request, made, "PDF")
    return pdf_response(request, pdf, _name(made))


@never_cache
def sheet(request: HttpRequest) -> HttpResponseBase:
    """Give the register as XLSX."""
    from payments.papers.register import register_xlsx

    made = _register(request, MOST_ROWS)
    if isinstance(made, HttpResponseBase):
        return made
    data = register_xlsx(made)
    _note(request, made, "XLSX")
    return sheet_response(data, _name(made))


def _register(request: HttpRequest, most: int) -> RegisterPaper | HttpResponseBase:
    """Return what is asked for; the way back with a message where it is too much."""
    from payments.printing_books import register_paper

    staff = require_sees(request)
    ask: Narrowing = narrowing_of(request.GET)
    receipts = ask.apply(access.visible_to(staff, Receipt.objects.all()))
    if receipts.order_by()[: most + 1].count() > most:
        messages.error(
            request,
            f"ทะเบียนแบบนี้ออกได้ครั้งละไม่เกิน {most:,} ฉบับ โปรดเลือกช่วงวันที่หรือเล่มให้แคบลง",
        )
        return redirect(f"{reverse('admin:payments_receipt_changelist')}?{ask.query()}")
    whole_book = ask.book if ask.book and ask == Narrowing(book=ask.book) else None
    return register_paper(
        receipts,
        staff,
        scope=ask.scope,
        since=ask.since,
        until=ask.until,
        book=whole_book,
    )


def _note(request: HttpRequest, made: RegisterPaper, what: str) -> None:
    with transaction.atomic():
        note_act(
            request,
            "money:register",
            f"ออกทะเบียนคุมใบเสร็จ {what} {made.first_day} ถึง {made.last_day} {made.scope}",
        )


def _name(made: RegisterPaper) -> str:
    return f"receipt-register-{made.first_day:%Y%m%d}-{made.last_day:%Y%m%d}"
