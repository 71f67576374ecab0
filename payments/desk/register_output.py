"""The register on paper and as a spreadsheet, as far as the list is narrowed down.

What is made within some five seconds is given at once. A worker makes what is longer, for other
pages would wait meanwhile (register_files).
"""

from __future__ import annotations

from typing import TypeAlias

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bannmae.models import Municipality, Staff
from bannmae.paper.office_font import office_font
from bannmae.paper.serve import pdf_response
from payments import access
from payments.desk.register_common import note_act, page, require_sees, sheet_response
from payments.desk.register_narrowing import Narrowing, narrowing_of
from payments.models import Receipt, RegisterFile

Form: TypeAlias = RegisterFile.Form
# Rows that are given at once, and rows that there are at most.
AT_ONCE = {Form.PDF: 300, Form.XLSX: 3000}
MOST = {Form.PDF: 2000, Form.XLSX: 20_000}
# Of a worker's thread, each: what the officer is told to expect.
ROWS_A_SECOND = {Form.PDF: 60, Form.XLSX: 700}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, form: Form) -> HttpResponseBase:
    """Give the register as PDF or XLSX; a long one is asked for by POST and made by a worker."""
    from payments.desk import register_files

    staff = require_sees(request)
    ask = narrowing_of(request.GET)
    count = count_of(staff, ask, form)
    if count > MOST[form]:
        messages.error(request, too_many(form))
        return redirect(f"{reverse('admin:payments_receipt_changelist')}?{ask.query()}")
    if count > AT_ONCE[form]:
        if request.method == "POST":
            return register_files.order(request, staff, form, ask, count)
        context = {"count": count, "form": form, "ask": ask, "seconds": seconds_for(form, count)}
        return page(request, "register_order", "ทะเบียนคุมใบเสร็จรับเงิน", context)
    data, name = made(staff, ask, form)
    return answer(request, form, data, name, ask)


def count_of(staff: Staff, ask: Narrowing, form: Form) -> int:
    """Return how many receipts are asked for, counted one beyond what may be."""
    receipts = ask.apply(access.visible_to(staff, Receipt.objects.all()))
    return receipts.order_by()[: MOST[form] + 1].count()


def too_many(form: Form) -> str:
    """Say that it may not be so long."""
    return f"ทะเบียน {form.label} ออกได้ครั้งละไม่เกิน {MOST[form]:,} ฉบับ โปรดเลือกช่วงวันที่หรือเล่มให้แคบลง"


def seconds_for(form: Form, count: int) -> int:
    """Return how long a worker is likely to take for so many receipts."""
    return max(5, 5 * round(count / ROWS_A_SECOND[form] / 5))


def made(staff: Staff, ask: Narrowing, form: Form) -> tuple[bytes, str]:
    """Return the register in its form, and a plain name for it."""
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from payments.papers.register import register_pdf, register_xlsx
    from payments.printing_books import register_paper

    whole_book = ask.book if ask.book and ask == Narrowing(book=ask.book) else None
    paper = register_paper(
        ask.apply(access.visible_to(staff, Receipt.objects.all())),
        staff,
        scope=ask.scope,
        since=ask.since,
        until=ask.until,
        book=whole_book,
    )
    name = f"receipt-register-{paper.first_day:%Y%m%d}-{paper.last_day:%Y%m%d}"
    if form == Form.XLSX:
        return register_xlsx(paper), name
    return register_pdf(paper, font=office_font(Municipality.get_solo())), name


def answer(
    request: HttpRequest, form: Form, data: bytes, name: str, ask: Narrowing
) -> HttpResponseBase:
    """Give what was made to the browser, and note it."""
    with transaction.atomic():
        note_act(
            request, "money:register", f"ออกทะเบียนคุมใบเสร็จ {form.label} {ask.days} {ask.scope}"
        )
    return pdf_response(request, data, name) if form == Form.PDF else sheet_response(data, name)


def asked_again(query: str) -> Narrowing:
    """Read back what a file was asked for."""
    return narrowing_of(QueryDict(query))
