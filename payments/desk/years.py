"""ปีงบประมาณ: what came in month by month, how the books were used, and closing the year."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from bannmae import navigation
from bannmae.navigation import Tile
from bannmae.staff_input import row_id
from bannmae.staff_lists import StaffModelAdmin
from bannmae.thai.calendar import MONTHS, be_year, fiscal_year, fiscal_year_range, format_date
from payments import days, printing_books
from payments.desk import reports
from payments.desk.days import day_url
from payments.desk.permissions import ReadByFinance
from payments.desk.register_common import (
    FIRST_YEAR,
    LAST_YEAR,
    add_entry,
    holds,
    moment,
    note_act,
    page,
    require_sees,
    today,
    years_known,
)
from payments.desk.reports import Asked, asked
from payments.errors import Refused
from payments.models import (
    FiscalYear,
    MoneyDuty,
    PaymentNotice,
    Receipt,
    ReceiptVoid,
    Status,
)

LISTED_DAYS = 12
CLOSED = "closed"
# The report of a year's books goes to the head of the office by this day of the next year's first
# month.
REPORT_MONTH, REPORT_DAY = 10, 31


def year_url(year: int, month: dt.date | None = None) -> str:
    """Return the page of a fiscal year, or of one of its months."""
    tail = f"&month={month:%Y-%m}" if month else ""
    return f"{reverse('admin:payments_fiscalyear_changelist')}?year={year}{tail}"


def year_page(request: HttpRequest) -> HttpResponse:
    """Show a fiscal year, or a month of it."""
    # Its chart is the paper's own; the module is not needed by any other page.
    from payments.papers.summary import summary_chart
    from payments.papers.summary_figures import kinds_by_method, periods_by_method, periods_of

    staff = require_sees(request)
    ask = asked(request)
    figures = printing_books.figures_of(ask.year, ask.month)
    summary = printing_books.summary_paper(ask.year, staff, month=ask.month, figures=figures)
    periods = periods_by_method(summary)
    usage = [] if ask.month else printing_books.usage_of_books(ask.year)
    query = ask.query()
    context = {
        "ask": ask,
        "years": years_known(ask.year),
        "months": [
            (f"{first:%Y-%m}", f"{MONTHS[first.month - 1]} {be_year(first)}")
            for first in periods_of(ask.year, None)
        ],
        "name": ask.name,
        "summary": summary,
        "count": sum(figure.count for figure in figures),
        "chart": summary_chart(summary) if figures else "",
        "kinds": kinds_by_method(summary),
        "periods": periods,
        "lines": [
            (line, _period_url(ask, first))
            for line, first in zip(periods.lines, _periods(ask, figures), strict=True)
        ],
        "first_word": "วันที่" if ask.month else "เดือน",
        "usage": usage,
        "used": sum(row.used_count for _, row in usage),
        "voids": sum(row.void_count for _, row in usage),
        "left": sum(row.unused_count for _, row in usage),
        "elaas": _elaas(ask) if not ask.month else 0,
        "summary_pdf": f"{reverse('admin:payments_fiscalyear_summary_pdf')}?{query}",
        "summary_xlsx": f"{reverse('admin:payments_fiscalyear_summary_xlsx')}?{query}",
        "usage_pdf": f"{reverse('admin:payments_fiscalyear_usage_pdf')}?{query}",
        "usage_xlsx": f"{reverse('admin:payments_fiscalyear_usage_xlsx')}?{query}",
        **(_closing(request, ask.year) if not ask.month else {}),
    }
    return page(request, "year", f"สรุปการรับเงิน {ask.name}", context)


def close(request: HttpRequest) -> HttpResponse:
    """Close the books of a year; what is left of them is เลิกใช้."""
    staff = require_sees(request)
    year = row_id(request.POST.get("year", ""))
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    if request.POST.get("sure") != "1":
        messages.error(request, "โปรดทำเครื่องหมายยืนยันก่อนปิดเล่มใบเสร็จ เพราะเปิดกลับไม่ได้")
        return redirect(f"{year_url(year)}#closing")
    try:
        with transaction.atomic():
            unused = days.close_year(year, staff)
            note_act(
                request, f"money:year-{year}", f"ปิดเล่มใบเสร็จ ปีงบประมาณ {year} เลิกใช้ {unused} ฉบับ"
            )
    except Refused as error:
        messages.error(request, str(error))
        return redirect(f"{year_url(year)}#closing")
    messages.success(request, f"ปิดเล่มใบเสร็จ ปีงบประมาณ {year} แล้ว ใบเสร็จที่เหลือ {unused:,} ฉบับ เลิกใช้")
    return redirect(f"{year_url(year)}#usage")


# -- the parts ---------------------------------------------------------------------------------


def _periods(ask: Asked, figures: Any) -> list[dt.date]:
    """Return the periods that the table has lines for, in their order."""
    from payments.papers.summary_figures import periods_of

    every = periods_of(ask.year, ask.month)
    if ask.month is None:
        return every
    found = {figure.period for figure in figures}
    return [period for period in every if period in found]


def _period_url(ask: Asked, first: dt.date) -> str:
    return day_url(first) if ask.month else year_url(ask.year, first)


def _elaas(ask: Asked) -> int:
    receipts = Receipt.objects.filter(fiscal_year=ask.year, mode=Receipt.Mode.ELAAS)
    return receipts.order_by().count()


def _closing(request: HttpRequest, year: int) -> dict[str, Any]:
    """Return what is left to do before a year's books are closed."""
    row = FiscalYear.objects.select_related("closed_by").filter(year=year).first()
    open_days = days.open_days(year)
    last = fiscal_year_range(year)[1]
    return {
        "closed": row if row and row.closed_at else None,
        "closed_at": moment(row.closed_at) if row else "",
        "is_over": fiscal_year(today()) > year,
        "last_day": format_date(last),
        "report_day": format_date(dt.date(last.year, REPORT_MONTH, REPORT_DAY)),
        "open_days": [(day_url(day), format_date(day)) for day in open_days[:LISTED_DAYS]],
        "open_count": len(open_days),
        "asked_count": ReceiptVoid.objects.filter(
            state=ReceiptVoid.State.ASKED, receipt__fiscal_year=year
        ).count(),
        "unissued_count": PaymentNotice.objects.filter(
            is_open=True, status=Status.CONFIRMED, money_seen_on__lte=last
        ).count(),
        "has_books": row is not None,
        "may_close": holds(request.user, MoneyDuty.Duty.CLOSE_YEAR),
    }


@admin.register(FiscalYear)
class FiscalYearAdmin(ReadByFinance, StaffModelAdmin):
    """Years of books, to be read and closed."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a year."""
        return require_safe(year_page)(request)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The year's page says it all."""
        raise Http404

    add_view = delete_view = history_view = change_view

    def get_urls(self) -> list[Any]:
        """Add closing and the papers."""
        wrap = self.admin_site.admin_view
        name = "payments_fiscalyear"
        return [
            path("close/", wrap(_close), name=f"{name}_close"),
            path(
                "summary.pdf", wrap(require_safe(reports.summary_pdf)), name=f"{name}_summary_pdf"
            ),
            path(
                "summary.xlsx",
                wrap(require_safe(reports.summary_xlsx)),
                name=f"{name}_summary_xlsx",
            ),
            path("usage.pdf", wrap(require_safe(reports.usage_pdf)), name=f"{name}_usage_pdf"),
            path("usage.xlsx", wrap(require_safe(reports.usage_xlsx)), name=f"{name}_usage_xlsx"),
            *super().get_urls(),
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def _close(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return close(request)
    return redirect("admin:payments_fiscalyear_changelist")


def tiles(request: HttpRequest) -> list[Tile]:
    """In October: last year's books wait for being closed by who may."""
    here = today()
    if here.month != REPORT_MONTH or not holds(request.user, MoneyDuty.Duty.CLOSE_YEAR):
        return []
    last_year = fiscal_year(here) - 1
    if not FiscalYear.objects.filter(year=last_year, closed_at=None).exists():
        return []
    return [
        Tile(
            title=f"ปิดเล่มใบเสร็จปี {last_year}",
            figure="31 ต.ค.",
            hint="กำหนดรายงานการใช้ใบเสร็จ",
            url=f"{year_url(last_year)}#closing",
            icon="menu_book",
            tone="warn",
        )
    ]


navigation.add_tiles(tiles)
add_entry(
    "สรุปและปีงบประมาณ",
    lambda: reverse("admin:payments_fiscalyear_changelist"),
    "bar_chart",
    23,
)
