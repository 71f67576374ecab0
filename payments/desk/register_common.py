"""What the pages of the books share: who may, what is noted, and what an address asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.db.models import CharField, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone

from bannmae import access_log, navigation
from bannmae.access_log import record
from bannmae.models import AccessLog, Staff
from bannmae.thai.calendar import BE_OFFSET, fiscal_year, format_datetime, local_date
from payments import access, duties
from payments.models import FiscalYear, MoneyDuty

LOOK_SECONDS = 3600
FIRST_YEAR, LAST_YEAR = 2500, 2699
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sees(request: HttpRequest) -> bool:
    """Tell whether the officer sees money; for the side menu."""
    return access.may_see(request.user)


def require_sees(request: HttpRequest) -> Staff:
    """Return the officer; Http404 unless he sees money."""
    if not access.may_see(request.user):
        raise Http404
    staff: Staff = request.user
    return staff


def require_handles(request: HttpRequest) -> Staff:
    """Return the officer; Http404 unless he handles money."""
    staff = require_sees(request)
    if not access.may_handle(staff):
        raise Http404
    return staff


def holds(staff: Staff, duty: MoneyDuty.Duty) -> bool:
    """Tell whether `staff` holds `duty` today."""
    return duties.held(staff, duty) is not None


def note_act(request: HttpRequest, subject: str, detail: str) -> None:
    """Note an act with money; call it in the transaction of the act itself."""
    record(request, AccessLog.Action.MONEY, subject, detail)


def note_look(request: HttpRequest, subject: str) -> None:
    """Note that the officer looks at `subject`; an hour's looking is one row."""
    if cache.add(f"money-look:{request.user.pk}:{subject}", True, LOOK_SECONDS):
        record(request, AccessLog.Action.VIEW_PAYMENT, subject)


def today() -> dt.date:
    """Return the day in Bangkok."""
    return local_date(timezone.now())


def moment(at: dt.datetime | None) -> str:
    """Write a moment shortly, '' for none."""
    return format_datetime(at, short=True) if at else ""


def day_of(sent: str | None) -> dt.date | None:
    """Return the day that an address names (ISO), None for none or nonsense."""
    try:
        day = dt.date.fromisoformat(sent or "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year + BE_OFFSET <= LAST_YEAR else None


def years_known(*more: int) -> list[int]:
    """Return the fiscal years of the books, this one and `more` among them; the newest first."""
    known = set(FiscalYear.objects.values_list("year", flat=True))
    return sorted(known | {fiscal_year(today()), *more}, reverse=True)


def page(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Return a page of ours in the admin's frame, kept by no browser: it names payers."""
    response = TemplateResponse(
        request,
        f"payments/admin/{template}.html",
        {**admin.site.each_context(request), "title": title, "is_fullwidth": "1", **context},
        status=status,
    )
    response["Cache-Control"] = "no-store"
    return response


def sheet_response(data: bytes, name: str) -> HttpResponseBase:
    """Return a spreadsheet to be saved; `name` is plain ASCII."""
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _insiders(staff: Staff) -> QuerySet[Staff]:
    """Return one row for who sees money, none for others: of money one sees all or nothing."""
    rows = Staff.objects.filter(pk=staff.pk) if access.may_see(staff) else Staff.objects.none()
    return rows.annotate(nothing=Value("", output_field=CharField()))


for _prefix in ("receipt", "remittance", "money"):
    access_log.guard(access_log.Guarded(prefix=_prefix, visible=_insiders, field="nothing__lte"))


def add_entry(title: str, url: Any, icon: str, order: int, **more: Any) -> None:
    """Add a line to the group การเงิน of the side menu, for who sees money."""
    more.setdefault("allowed", sees)
    navigation.add_entry(
        navigation.Entry(
            title=title, url=url, icon=icon, order=order, group=navigation.MONEY, **more
        )
    )
