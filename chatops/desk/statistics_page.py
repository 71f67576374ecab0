"""สถิติแชต: the page, its spreadsheet and its paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bannmae import navigation
from bannmae.models import Division, Municipality, Staff
from bannmae.paper.office_font import office_font
from bannmae.paper.serve import pdf_response
from bannmae.staff_input import row_id
from bannmae.thai.calendar import MONTHS, be_year
from chatops.cases.access import COUNTS
from chatops.desk import statistics
from chatops.desk import statistics_words as words
from chatops.desk.figures import Line, Period, Statistics, Waiting
from chatops.desk.statistics import Scope

NOTES = (
    "นับเรื่องตามเดือนที่เริ่มสนทนา และตามกอง/งานที่รับผิดชอบอยู่ในปัจจุบัน เวลานับต่อเนื่องรวมนอกเวลาราชการและวันหยุด",
    "“ตอบครั้งแรก” คือคำตอบแรกของเจ้าหน้าที่ “รวมจนเสร็จ” คือตั้งแต่เริ่มสนทนาจนเสร็จสิ้น เฉพาะเรื่องที่เจ้าหน้าที่รับ "
    "“ส่งต่อมา” นับครั้งที่ส่งมายังกอง/งานในเดือนนั้น",
    "“เกินกำหนด” คือประชาชนยังรอคำตอบหลังวันทำการที่ระบบแจ้งว่าจะตอบ",
)
SAMPLED = f"มัธยฐานคำนวณจากเรื่องที่สุ่มไม่เกิน {statistics.MEDIAN_ROWS:,} เรื่อง"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, as far as the officer may have it."""

    period: Period
    scope: Scope
    divisions: list[Division]
    within: list[Division]
    division: Division | None
    years: list[int]

    @property
    def whose(self) -> str:
        """Whose chats are counted, in words."""
        if self.division:
            return str(self.division.full_name)
        if self.scope.everything:
            return "ทุกกอง/งาน"
        return " ".join(one.name for one in self.within) or "ไม่มีกอง/งาน"

    def query(self) -> str:
        """Return what leads to the same figures."""
        chosen = {"year": self.period.year, "month": self.period.month}
        chosen["division"] = self.division.pk if self.division else None
        return urlencode({name: value for name, value in chosen.items() if value})


def asked(request: HttpRequest) -> Asked:
    """Read an address; what is unknown in it is as if it were not there.

    Raises:
        PermissionDenied: the officer may not see counts.
    """
    staff: Staff = request.user
    if not staff.has_perm(COUNTS):
        raise PermissionDenied
    scope, years = statistics.scope_of(staff), statistics.years()
    divisions = within = statistics.divisions_of(scope)
    year, month = row_id(request.GET.get("year", "")), row_id(request.GET.get("month", ""))
    sent = row_id(request.GET.get("division", ""))
    division = next((one for one in divisions if one.pk == sent), None)
    if division:
        # A กอง with its งาน; those of them that the officer may count.
        within = [one for one in divisions if division.pk in (one.pk, one.parent_id)]
        scope = Scope(everything=False, divisions=frozenset(one.pk for one in within))
    return Asked(
        period=Period(
            year=year if year in years else years[0],
            month=month if month and 1 <= month <= len(MONTHS) else None,
        ),
        scope=scope,
        divisions=divisions,
        within=within,
        division=division,
        years=years,
    )


def _found(ask: Asked) -> Statistics:
    return statistics.collect(ask.scope, ask.period, ask.within)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the figures."""
    ask = asked(request)
    found = _found(ask)
    now = timezone.now()
    context = {
        **admin.site.each_context(request),
        "title": "สถิติแชต",
        "is_fullwidth": "1",
        "ask": ask,
        "period_name": words.period_name(ask.period),
        "year_words": words.year_words(ask.period.year),
        "months_of_year": [
            (day.month, f"{MONTHS[day.month - 1]} {be_year(day)}") for day in ask.period.months()
        ],
        "all": words.row(found.all),
        "has_cases": any(line.opened or line.handed_over for line in found.months),
        "months": _months(found, ask.period),
        # Of a single division the months say it all.
        "divisions": words.rows(found.divisions) if len(ask.within) > 1 else [],
        "states": words.STATES,
        "topics": found.topics,
        "waiting": [(one, _since(one, now)) for one in found.waiting],
        "waiting_all": found.waiting_all,
        "longest_wait": _since(found.waiting_all, now),
        "knowledge": found.knowledge,
        "solved": _share(found.knowledge.solved, found.knowledge.answered),
        "asked_on": _share(found.knowledge.handed_over, found.knowledge.answered),
        "notes": (*NOTES, SAMPLED) if found.sampled else NOTES,
        "csv_url": f"{reverse('chat-statistics-csv')}?{ask.query()}",
        "pdf_url": f"{reverse('chat-statistics-pdf')}?{ask.query()}",
    }
    return TemplateResponse(request, "chatops/admin/statistics.html", context)


def _months(found: Statistics, period: Period) -> list[tuple[words.Row, bool]]:
    """Return the months in words, and which of them is the chosen one."""
    chosen = period.chosen() if period.month else set()
    shown = words.rows(found.months)
    return [(row, day in chosen) for row, day in zip(shown, period.begun(), strict=True)]


def _since(one: Waiting, now: dt.datetime) -> str:
    return words.span(now - one.since if one.since else None)


def _share(part: int, whole: int) -> str:
    return words.percent(100 * part / whole if whole else None)


@never_cache
@require_safe
def spreadsheet(request: HttpRequest) -> HttpResponse:
    """Give the figures as CSV."""
    ask = asked(request)
    data = words.spreadsheet(_found(ask), ask.period, ask.whose)
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_file_name(ask.period)}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_safe
def paper(request: HttpRequest) -> HttpResponseBase:
    """Give the figures as PDF."""
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from chatops.desk.statistics_paper import statistics_pdf

    ask = asked(request)
    profile = Municipality.get_solo()
    pdf = statistics_pdf(_paper(request, ask, _found(ask)), font=office_font(profile))
    return pdf_response(request, pdf, _file_name(ask.period))


def _file_name(period: Period) -> str:
    month = f"-{period.month:02d}" if period.month else ""
    return f"chat-statistics-{period.year}{month}"


_TIMES = ("ตอบครั้งแรก เฉลี่ย", "รวมจนเสร็จ เฉลี่ย", "มัธยฐาน", "นานที่สุด")
_COLUMNS = (
    "เรื่องเข้า",
    "ตอบอัตโนมัติ",
    "ร้อยละ",
    "ตอบครั้งแรก เฉลี่ย",
    "มัธยฐาน",
    "นานที่สุด",
    "เสร็จสิ้นโดยเจ้าหน้าที่",
    "รวมจนเสร็จ เฉลี่ย",
    "มัธยฐาน",
    "นานที่สุด",
    "ส่งต่อมา",
)


def _paper(request: HttpRequest, ask: Asked, found: Statistics) -> Any:
    from chatops.desk.statistics_paper import StatisticsPaper, Table

    def times(name: str, word: str, lines: Sequence[Line]) -> Table:
        return Table(name, (word, *_COLUMNS), _cells(lines, found.all), True, wide=_TIMES)

    whole = words.row(found.all)
    tables = []
    if ask.period.month is None:
        tables.append(times("รายเดือน", "เดือน", found.months))
    if len(ask.within) > 1:
        tables.append(times("รายกอง/งาน", "กอง/งาน", found.divisions))
    tables.append(
        Table(
            "รายหัวข้อและสถานะ",
            ("หัวข้อ", "เรื่องเข้า", *words.STATES),
            tuple(
                (one.label, f"{one.opened:,}", *(f"{count:,}" for count in one.states))
                for one in found.topics
            ),
            kind="states",
        )
    )
    tables.append(
        Table(
            "รอคำตอบขณะนี้",
            ("กอง/งาน", "รอตอบ", "เกินกำหนด"),
            tuple(
                (one.label, f"{one.now:,}", f"{one.overdue:,}")
                for one in (*found.waiting, found.waiting_all)
                if found.waiting
            ),
            has_sum=True,
            kind="counts",
        )
    )
    return StatisticsPaper(
        municipality=Municipality.get_solo().name,
        period=words.period_name(ask.period),
        whose=ask.whose,
        facts=(
            ("เรื่องเข้า", whole.opened),
            ("ตอบอัตโนมัติ", f"{whole.automatic} ({whole.share})"),
            ("ตอบครั้งแรก (มัธยฐาน)", whole.first[1]),
            ("รวมจนเสร็จ (มัธยฐาน)", whole.total[1]),
            ("เกินกำหนดขณะนี้", f"{found.waiting_all.overdue:,} จาก {found.waiting_all.now:,}"),
        ),
        tables=tuple(tables),
        notes=(*NOTES, SAMPLED) if found.sampled else NOTES,
        printed_at=timezone.now(),
        printed_by=str(request.user),
    )


def _cells(lines: Sequence[Line], whole: Line) -> tuple[tuple[str, ...], ...]:
    if not lines:
        return ()
    return tuple(
        (
            one.label,
            one.opened,
            one.automatic,
            one.share,
            *one.first,
            one.closed,
            *one.total,
            one.handed_over,
        )
        for one in map(words.row, (*lines, whole))
    )


navigation.add_entry(
    navigation.Entry(
        title="สถิติแชต",
        url=lambda: reverse("chat-statistics"),
        icon="bar_chart",
        allowed=navigation.permitted(COUNTS),
        order=8,
    )
)
