"""Summaries and the use of books, as PDF and XLSX."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from bannmae.models import Municipality
from bannmae.paper.office_font import office_font
from bannmae.paper.serve import pdf_response
from bannmae.staff_input import row_id
from bannmae.thai.calendar import MONTHS, be_year, fiscal_year
from payments import printing_books
from payments.desk.register_common import (
    FIRST_YEAR,
    LAST_YEAR,
    day_of,
    note_act,
    require_sees,
    sheet_response,
    today,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A fiscal year (Buddhist era), or the month of it that begins on `month`."""

    year: int
    month: dt.date | None = None

    @property
    def name(self) -> str:
        """Say which."""
        if self.month is None:
            return f"ปีงบประมาณ {self.year}"
        return f"เดือน{MONTHS[self.month.month - 1]} {be_year(self.month)}"

    def query(self) -> str:
        """Return what leads to the same."""
        chosen: dict[str, str | int] = {"year": self.year}
        if self.month:
            chosen["month"] = f"{self.month:%Y-%m}"
        return urlencode(chosen)

    @property
    def file_name(self) -> str:
        """Return the plain end of a file's name."""
        return f"{self.month:%Y%m}" if self.month else str(self.year)


def asked(request: HttpRequest) -> Asked:
    """Read an address; this fiscal year where it names none. A month outside its year is none."""
    year = row_id(request.GET.get("year", ""))
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        year = fiscal_year(today())
    month = day_of(f"{request.GET.get('month', '')}-01")
    return Asked(year, month if month and fiscal_year(month) == year else None)


@never_cache
def summary_pdf(request: HttpRequest) -> HttpResponseBase:
    """Give the summary as PDF."""
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from payments.papers import summary

    staff, ask = require_sees(request), asked(request)
    paper = printing_books.summary_paper(ask.year, staff, month=ask.month)
    pdf = summary.summary_pdf(paper, font=office_font(Municipality.get_solo()))
    _note(request, f"พิมพ์สรุปการรับเงิน {ask.name}")
    return pdf_response(request, pdf, f"revenue-summary-{ask.file_name}")


@never_cache
def summary_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Give the summary as XLSX."""
    from payments.papers import summary

    staff, ask = require_sees(request), asked(request)
    paper = printing_books.summary_paper(ask.year, staff, month=ask.month)
    data = summary.summary_xlsx(paper)
    _note(request, f"ออกสรุปการรับเงิน XLSX {ask.name}")
    return sheet_response(data, f"revenue-summary-{ask.file_name}")


@never_cache
def usage_pdf(request: HttpRequest) -> HttpResponseBase:
    """Give รายงานการใช้ใบเสร็จรับเงิน as PDF."""
    from payments.papers import books

    staff, ask = require_sees(request), asked(request)
    paper = printing_books.usage_paper(ask.year, staff)
    pdf = books.book_usage_pdf(paper, font=office_font(Municipality.get_solo()))
    _note(request, f"พิมพ์รายงานการใช้ใบเสร็จ ปีงบประมาณ {ask.year}")
    return pdf_response(request, pdf, f"receipt-books-{ask.year}")


@never_cache
def usage_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Give รายงานการใช้ใบเสร็จรับเงิน as XLSX."""
    from payments.papers import books

    staff, ask = require_sees(request), asked(request)
    data = books.book_usage_xlsx(printing_books.usage_paper(ask.year, staff))
    _note(request, f"ออกรายงานการใช้ใบเสร็จ XLSX ปีงบประมาณ {ask.year}")
    return sheet_response(data, f"receipt-books-{ask.year}")


def _note(request: HttpRequest, detail: str) -> None:
    with transaction.atomic():
        note_act(request, "money:reports", detail)
