"""ปิดยอดวัน: a day's receipts, what is still open of it, its ใบนำส่งเงิน, and the days before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bannmae import navigation
from bannmae.models import Municipality
from bannmae.navigation import Tile
from bannmae.paper.office_font import office_font
from bannmae.paper.serve import pdf_response
from bannmae.staff_lists import StaffModelAdmin
from bannmae.thai.calendar import fiscal_year, fiscal_year_range, format_date
from payments import access, days, printing_books
from payments.desk.permissions import ReadByFinance
from payments.desk.register import rows_of
from payments.desk.register_common import (
    add_entry,
    day_of,
    holds,
    moment,
    note_act,
    page,
    require_handles,
    require_sees,
    sheet_response,
    today,
)
from payments.desk.register_narrowing import is_asked
from payments.desk.register_page import ReasonForm, notice_url
from payments.errors import Refused
from payments.models import (
    DailyRemittance,
    FiscalYear,
    Method,
    MoneyDuty,
    PaymentNotice,
    Receipt,
    Status,
)
from payments.papers.forms import RemittancePaper

SHOWN_ROWS = 500
LISTED_NOTICES = 10


@dataclass(frozen=True, slots=True)
class Day:
    """An earlier day as a line: how much, and whether it is closed."""

    url: str
    name: str
    count: int
    total: Decimal
    number: str
    is_closed: bool
    is_here: bool


def day_url(day: dt.date) -> str:
    """Return the page of a day."""
    return f"{reverse('admin:payments_dailyremittance_changelist')}?day={day.isoformat()}"


def day_page(
    request: HttpRequest,
    day: dt.date | None = None,
    *,
    reopen_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a day, today's unless the address names another."""
    staff = require_sees(request)
    day = day or day_of(request.GET.get("day")) or today()
    found = list(
        Receipt.objects.filter(issued_on=day)
        .select_related("revenue")
        .annotate(asked=is_asked())
        .order_by("id")
    )
    sums = days.totals_of(found)
    versions = list(
        DailyRemittance.objects.filter(day=day)
        .select_related("closed_by", "reopened_by")
        .order_by("-version")
    )
    standing = next((one for one in versions if one.reopened_at is None), None)
    year = FiscalYear.objects.filter(year=fiscal_year(day)).first()
    year_closed = year is not None and year.closed_at is not None
    asked = [one for one in found if one.asked]
    unissued = _unissued(day)
    context = {
        "day": day,
        "day_name": format_date(day, weekday=True),
        "is_today": day == today(),
        "is_future": day > today(),
        "before_url": day_url(day - dt.timedelta(days=1)),
        "after_url": day_url(day + dt.timedelta(days=1)) if day < today() else "",
        "rows": rows_of(found[:SHOWN_ROWS]),
        "left_out": max(len(found) - SHOWN_ROWS, 0),
        "sums": sums,
        "in_use": sums.count - sums.voids,
        "methods": [(Method(name).label, sums.by_method[name]) for name in Method.values],
        "kinds": _kinds(sums),
        "method_names": [method.label for method in Method],
        "standing": standing,
        "versions": [(one, moment(one.closed_at), moment(one.reopened_at)) for one in versions],
        "differs": _differs(standing, found),
        "asked": rows_of(asked),
        "unissued": [(one, notice_url(one)) for one in unissued[:LISTED_NOTICES]],
        "unissued_count": len(unissued),
        "year_closed": year_closed,
        "fiscal_year": fiscal_year(day),
        "may_close": access.may_handle(staff)
        and standing is None
        and day <= today()
        and not year_closed,
        "may_reopen": standing is not None
        and not year_closed
        and holds(staff, MoneyDuty.Duty.REOPEN_DAY),
        "reopen_form": reopen_form or ReasonForm(auto_id="reopen_%s"),
        "reopens": reopen_form is not None,
        "days": _days(day),
        "register_url": f"{reverse('admin:payments_receipt_changelist')}"
        f"?since={day.isoformat()}&until={day.isoformat()}",
    }
    return page(request, "day", f"ปิดยอด {format_date(day)}", context, status)


def close(request: HttpRequest) -> HttpResponse:
    """Close a day; closing it twice makes one ใบนำส่งเงิน."""
    staff = require_handles(request)
    day = _posted_day(request)
    try:
        with transaction.atomic():
            made = days.close_day(day, staff)
            note_act(
                request,
                f"remittance:{day}",
                f"ปิดยอด {made} ฉบับที่ {made.version} รวม {made.total:,.2f} บาท",
            )
    except Refused as error:
        closed = DailyRemittance.objects.filter(day=day, reopened_at=None).first()
        if closed is not None and closed.closed_by_id == staff.pk:
            messages.info(request, f"ปิดยอดวันที่ {format_date(day)} ไว้แล้ว")
        else:
            messages.error(request, str(error))
        return redirect(day_url(day))
    messages.success(request, f"ปิดยอดวันที่ {format_date(day)} แล้ว {made} พิมพ์ได้จากหน้านี้")
    return redirect(day_url(day))


def reopen(request: HttpRequest) -> HttpResponse:
    """Reopen a closed day, with a reason."""
    staff = require_sees(request)
    day = _posted_day(request)
    form = ReasonForm(request.POST, auto_id="reopen_%s")
    if not form.is_valid():
        return day_page(request, day, reopen_form=form, status=422)
    reason = form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            days.reopen_day(day, staff, reason)
            note_act(request, f"remittance:{day}", f"เปิดยอดวันที่ปิดแล้ว: {reason}")
    except Refused as error:
        messages.error(request, str(error))
        return redirect(day_url(day))
    messages.success(request, f"เปิดยอดวันที่ {format_date(day)} แล้ว เมื่อปิดยอดอีกครั้งจะเป็นฉบับใหม่ของเลขเดิม")
    return redirect(day_url(day))


@never_cache
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a ใบนำส่งเงิน as PDF; any version, any time."""
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from payments.papers.remittance import remittance_pdf

    made, remittance = _paper(request, pk)
    if made is None:
        return redirect(day_url(remittance.day))
    pdf = remittance_pdf(made, font=office_font(Municipality.get_solo()))
    _note_paper(request, remittance, "PDF")
    return pdf_response(request, pdf, _file_name(remittance))


@never_cache
def sheet(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a ใบนำส่งเงิน as XLSX."""
    from payments.papers.remittance import remittance_xlsx

    made, remittance = _paper(request, pk)
    if made is None:
        return redirect(day_url(remittance.day))
    data = remittance_xlsx(made)
    _note_paper(request, remittance, "XLSX")
    return sheet_response(data, _file_name(remittance))


# -- the parts ---------------------------------------------------------------------------------


def _posted_day(request: HttpRequest) -> dt.date:
    day = day_of(request.POST.get("day"))
    if day is None:
        raise Http404
    return day


def _paper(request: HttpRequest, pk: int) -> tuple[RemittancePaper | None, DailyRemittance]:
    """Return the paper and its row; None and a message where its figures are not true."""
    staff = require_sees(request)
    remittance = (
        access.visible_to(staff, DailyRemittance.objects.select_related("closed_by"))
        .filter(pk=pk)
        .first()
    )
    if remittance is None:
        raise Http404
    try:
        return printing_books.remittance_paper(remittance, staff), remittance
    except printing_books.TotalsDiffer as error:
        with transaction.atomic():
            note_act(request, f"remittance:{remittance.day}", f"ไม่พิมพ์: {error}")
        messages.error(request, str(error))
        return None, remittance


def _note_paper(request: HttpRequest, remittance: DailyRemittance, what: str) -> None:
    with transaction.atomic():
        note_act(
            request,
            f"remittance:{remittance.day}",
            f"พิมพ์{remittance} ฉบับที่ {remittance.version} {what}",
        )


def _file_name(remittance: DailyRemittance) -> str:
    return f"remittance-{remittance.day:%Y%m%d}-{remittance.version}"


def _differs(standing: DailyRemittance | None, found: Iterable[Receipt]) -> str:
    """Return why the day's paper may not be printed, '' when all is well."""
    if standing is None:
        return ""
    try:
        printing_books.check_totals(standing, found)
    except printing_books.TotalsDiffer as error:
        return str(error)
    return ""


def _kinds(sums: days.Totals) -> list[tuple[str, list[Decimal], Decimal]]:
    return [
        (
            sums.names[slug],
            [amounts[method] for method in Method.values],
            sum(amounts.values(), days.ZERO),
        )
        for slug, amounts in sums.by_revenue.items()
    ]


def _unissued(day: dt.date) -> list[PaymentNotice]:
    """Return confirmed notices whose money was seen up to `day`, and that have no receipt."""
    rows = PaymentNotice.objects.filter(
        is_open=True, status=Status.CONFIRMED, money_seen_on__lte=day
    )
    return list(rows.order_by("created_at")[:100])


def _days(here: dt.date) -> list[Day]:
    """Return the days of the fiscal year up to now that have receipts or were closed."""
    first, last = fiscal_year_range(fiscal_year(here))
    sums = {
        day: (count, total or days.ZERO)
        for day, count, total in Receipt.objects.filter(issued_on__range=(first, last))
        .order_by("-issued_on")
        .values_list("issued_on")
        .annotate(count=Count("pk"), total=Sum("total", filter=Q(is_void=False)))
        .order_by("-issued_on")
    }
    closed = {
        one.day: one
        for one in DailyRemittance.objects.filter(day__range=(first, last), reopened_at=None)
    }
    return [
        Day(
            url=day_url(day),
            name=format_date(day, short=True),
            count=sums.get(day, (0, days.ZERO))[0],
            total=sums.get(day, (0, days.ZERO))[1],
            number=str(closed[day].number) if day in closed else "",
            is_closed=day in closed,
            is_here=day == here,
        )
        for day in sorted({*sums, *closed}, reverse=True)
    ]


@admin.register(DailyRemittance)
class DailyRemittanceAdmin(ReadByFinance, StaffModelAdmin):
    """Days and their closing. All of it goes through payments.days."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a day."""
        return require_safe(day_page)(request)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The day's page says it all."""
        raise Http404

    add_view = delete_view = history_view = change_view

    def get_urls(self) -> list[Any]:
        """Add closing, reopening and the papers."""
        wrap = self.admin_site.admin_view
        name = "payments_dailyremittance"
        return [
            path("close/", wrap(_posted(close)), name=f"{name}_close"),
            path("reopen/", wrap(_posted(reopen)), name=f"{name}_reopen"),
            path("<int:pk>.pdf", wrap(require_safe(paper)), name=f"{name}_pdf"),
            path("<int:pk>.xlsx", wrap(require_safe(sheet)), name=f"{name}_xlsx"),
            *super().get_urls(),
        ]


def _posted(view: Any) -> Any:
    @require_http_methods(["GET", "HEAD", "POST"])
    def posted(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            answer: HttpResponse = view(request)
            return answer
        return redirect("admin:payments_dailyremittance_changelist")

    return posted


def tiles(request: HttpRequest) -> list[Tile]:
    """Return the first screen's figure: earlier days that nobody has closed."""
    if not access.may_handle(request.user):
        return []
    here = today()
    # On 1 October yesterday is last year's.
    years = (fiscal_year(here) - 1, fiscal_year(here))
    open_days = [day for year in years for day in days.open_days(year) if day < here]
    return [
        Tile(
            title="วันที่ยังไม่ปิดยอด",
            figure=f"{len(open_days):,}",
            hint="ก่อนวันนี้",
            url=day_url(open_days[0]) if open_days else day_url(here),
            icon="event_busy",
            tone="late" if open_days else "none",
        )
    ]


navigation.add_tiles(tiles)
add_entry(
    "ปิดยอดวัน",
    lambda: reverse("admin:payments_dailyremittance_changelist"),
    "event_available",
    22,
)
