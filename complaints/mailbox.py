"""The mailbox: what the list of cases shows, and by what it is narrowed down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from bannmae.models import Division, Staff
from bannmae.thai.calendar import human_age, human_days_left
from complaints.access import reach
from complaints.models import OPEN, Category, Complaint, Status

SOON = dt.timedelta(days=3)
KINDS = {
    "complaint": ("ร้องเรียน-ร้องทุกข์", (Category.Kind.COMPLAINT, Category.Kind.GRIEVANCE)),
    "request": ("ขอรับบริการ", (Category.Kind.REQUEST,)),
}
TONES = {
    Status.RECEIVED: "news",
    Status.SUBMITTED: "progress",
    Status.ASSIGNED: "progress",
    Status.IN_PROGRESS: "progress",
    Status.REOPENED: "progress",
    Status.WAITING: "ask",
    Status.COMPLETED: "done",
}
# How a case came, as it stands in a sentence.
CAME = {
    Complaint.Via.LIFF: "ทาง LINE",
    Complaint.Via.COUNTER: "ที่เคาน์เตอร์",
    Complaint.Via.PHONE: "ทางโทรศัพท์",
    Complaint.Via.LETTER: "ทางหนังสือ",
    Complaint.Via.CHAT: "ทางแชต LINE",
    Complaint.Via.OPEN311: "ทาง Open311",
}
# Not read by a list, and long or costly to decrypt.
NOT_LISTED = ("details", "search_text", "national_id", "phone", "email", "address")


@dataclass(frozen=True, slots=True)
class Chip:
    """Words on a colour; the words alone say it too."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """One case as a line: who, what, where, how long."""

    pk: int
    url: str
    number: str
    category: str
    subject: str
    place: str
    age: str
    clock: Chip
    status: Chip
    division: str
    unread: bool
    restricted: bool


def list_url(**query: str) -> str:
    """Return the address of the list with these filters."""
    tail = f"?{urlencode(query)}" if query else ""
    return reverse("admin:complaints_complaint_changelist") + tail


def case_url(pk: int) -> str:
    """Return the address of a case's page."""
    return reverse("admin:complaints_complaint_change", args=[pk])


def listed(cases: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Return `cases` with what a line shows, newest first."""
    return cases.select_related("category", "division").defer(*NOT_LISTED).order_by("-id")


def rows_of(cases: Iterable[Complaint]) -> list[Row]:
    """Return the lines of `cases` (see `listed`); asks the database nothing."""
    now = timezone.now()
    today = timezone.localdate(now)
    return [
        Row(
            pk=case.pk,
            url=case_url(case.pk),
            number=case.number,
            category=case.category.name,
            subject=case.subject,
            place=where(case),
            age=human_age(case.created_at, now).removesuffix("ที่แล้ว"),
            clock=clock(case, today),
            status=status_chip(case),
            division=case.division.short_name,
            unread=case.read_at is None,
            restricted=case.category.restricted,
        )
        for case in cases
    ]


def where(case: Complaint) -> str:
    """Say in a line where it is: 'ม.3 หน้าวัดบ้านแม'."""
    village = f"ม.{case.village}" if case.village else ""
    return f"{village} {case.place}".strip()


def clock(case: Complaint, today: dt.date) -> Chip:
    """Say how the clock of a case stands."""
    if not case.is_open:
        return Chip("สิ้นสุดแล้ว", "ended")
    days = (case.due_on - today).days
    tone = "late" if days < 0 else "warn" if days <= SOON.days else "plain"
    return Chip(human_days_left(case.due_on, today), tone)


def status_chip(case: Complaint) -> Chip:
    """Return the status in its words and colour."""
    status = Status(case.status)
    return Chip(status.label, TONES.get(status, "ended"))


# -- narrowing down -----------------------------------------------------------------------


def unread(cases: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Those that nobody of the responsible division has opened yet."""
    return cases.filter(read_at__isnull=True)


def late(cases: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Open ones whose day has passed."""
    return cases.filter(ended_at__isnull=True, due_on__lt=timezone.localdate())


def soon(cases: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Open ones whose day is today or in the next three days."""
    today = timezone.localdate()
    return cases.filter(ended_at__isnull=True, due_on__gte=today, due_on__lte=today + SOON)


def pressing(cases: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Late and soon."""
    return cases.filter(ended_at__isnull=True, due_on__lte=timezone.localdate() + SOON)


def my_turn(staff: Staff, cases: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Those whose next step is `staff`'s.

    งานนิติการ passes on what came in; a division works on what it was given. Who moves no cases
    has none: the executives order on paper (see submitted).
    """
    may = reach(staff)
    given = Q(status__in=[Status.ASSIGNED, Status.IN_PROGRESS], division__in=sorted(may.divisions))
    if not staff.has_perm("complaints.change_complaint"):
        return cases.none()
    if may.everything:
        return cases.filter(Q(status__in=[Status.RECEIVED, Status.REOPENED]) | given)
    return cases.filter(given)


def submitted(cases: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Those that wait for the executives' order, given on the printed memo."""
    return cases.filter(status=Status.SUBMITTED)


class _Choice(SimpleListFilter):
    """A filter that our own bar shows; Django's machinery only reads its parameter."""

    def has_output(self) -> bool:
        """Always: that is what makes Django apply it."""
        return True

    def choices(self, changelist: Any) -> Any:
        """The bar shows them."""
        return ()


class KindFilter(_Choice):
    """The two entries of the side menu."""

    title, parameter_name = "ประเภท", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """ร้องเรียน-ร้องทุกข์ and ขอรับบริการ."""
        return [(key, title) for key, (title, _) in KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        if self.value() not in KINDS:
            return queryset
        return queryset.filter(category__kind__in=KINDS[self.value()][1])


class StatusFilter(_Choice):
    """One status, or whatever is open."""

    title, parameter_name = "สถานะ", "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Open ones first."""
        return [("open", "ยังไม่สิ้นสุด"), *Status.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        if self.value() == "open":
            return queryset.filter(status__in=OPEN)
        if self.value() in Status.values:
            return queryset.filter(status=self.value())
        return queryset


class DivisionFilter(_Choice):
    """The responsible division; a กอง with its งาน."""

    title, parameter_name = "ผู้รับผิดชอบ", "division"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The divisions whose cases the officer sees."""
        may = reach(request.user)
        divisions = Division.objects.order_by("order", "name")
        if not may.everything:
            divisions = divisions.filter(pk__in=may.divisions)
        return [(str(pk), name) for pk, name in divisions.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        chosen = self.value()
        if chosen not in (key for key, _ in self.lookup_choices):
            return queryset
        return queryset.filter(Q(division=chosen) | Q(division__parent=chosen))


class DueFilter(_Choice):
    """The clock."""

    title, parameter_name = "กำหนด", "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Late, or nearly."""
        return [
            ("late", "เกินกำหนด"),
            ("soon", "ครบกำหนดใน 3 วัน"),
            ("pressing", "ใกล้หรือเกินกำหนด"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        chosen = {"late": late, "soon": soon, "pressing": pressing}.get(self.value() or "")
        return chosen(queryset) if chosen else queryset


class ShowFilter(_Choice):
    """What needs somebody."""

    title, parameter_name = "แสดง", "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Unread, or my turn."""
        return [("unread", "ยังไม่อ่าน"), ("turn", "รอเราดำเนินการ")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        if self.value() == "unread":
            return unread(queryset)
        if self.value() == "turn":
            return my_turn(request.user, queryset)
        return queryset


class _DayFilter(_Choice):
    lookup: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Any day; a filter without choices would not be applied."""
        return [("day", "วันที่")]

    def day(self) -> dt.date | None:
        """The day that was asked for, None for none or nonsense."""
        try:
            return dt.date.fromisoformat(self.value() or "")
        except ValueError:
            return None

    def midnight(self, days_later: int = 0) -> dt.datetime | None:
        """The start of that day in Bangkok."""
        day = self.day()
        if day is None or day.year < 1900:
            return None
        try:
            start = dt.datetime.combine(day + dt.timedelta(days=days_later), dt.time())
        except OverflowError:
            return None
        return timezone.make_aware(start)


class FromFilter(_DayFilter):
    """Received on this day or later."""

    title, parameter_name = "ตั้งแต่วันที่", "from"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        start = self.midnight()
        return queryset.filter(created_at__gte=start) if start else queryset


class ToFilter(_DayFilter):
    """Received on this day or earlier."""

    title, parameter_name = "ถึงวันที่", "to"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        end = self.midnight(1)
        return queryset.filter(created_at__lt=end) if end else queryset


FILTERS = (
    KindFilter,
    ShowFilter,
    DueFilter,
    StatusFilter,
    DivisionFilter,
    FromFilter,
    ToFilter,
)

# All of them but the side menu's own.
NARROWING = tuple(one.parameter_name for one in FILTERS if one is not KindFilter)
DAYS = (FromFilter.parameter_name, ToFilter.parameter_name)


@dataclass(frozen=True, slots=True)
class Select:
    """One field of the bar above the list."""

    name: str
    title: str
    value: str
    options: Sequence[tuple[str, str]]
    is_day: bool = False


def bar(filters: Iterable[Any]) -> list[Select]:
    """Return the fields of the bar from the filters that Django has read."""
    return [
        Select(
            name=one.parameter_name,
            title=one.title,
            value=one.value() or "",
            options=() if isinstance(one, _DayFilter) else one.lookup_choices,
            is_day=isinstance(one, _DayFilter),
        )
        for one in filters
        if not isinstance(one, KindFilter)
    ]
