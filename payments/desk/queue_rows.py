"""The queue of notices: what a line says, and by what it is narrowed down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from bannmae.privacy.blind_index import blind_index_candidates
from bannmae.thai import phone
from bannmae.thai.calendar import human_age
from bannmae.thai.text import search_key
from payments import workflow
from payments.desk.queue_common import notice_url
from payments.intake import PHONE
from payments.models import PaymentNotice, Revenue, Slip, Status

OPEN = (Status.RECEIVED, Status.CHECKING, Status.CONFIRMED)
# Nothing is confirmed yet: a clerk may correct what was said.
EDITABLE = (Status.RECEIVED, Status.CHECKING)
TONES = {
    Status.RECEIVED: "news",
    Status.CHECKING: "progress",
    Status.CONFIRMED: "ask",
    Status.RECEIPTED: "done",
    Status.REJECTED: "ended",
}
# A payer waits: from here on its age stands out.
WARN_AFTER = timedelta(days=1)
LATE_AFTER = timedelta(days=3)
SEARCHED_WORDS = 6
# Not read by a list, and long or costly to decrypt.
NOT_LISTED = ("words", "phone", "payer_address", "lines", "duplicate_reason", "reject_reason")


@dataclass(frozen=True, slots=True)
class Row:
    """One notice as a line: who, what, how much, how long."""

    pk: int
    url: str
    number: str
    payer: str
    what: str
    amount: str
    reference: str
    via: str
    age: str
    age_tone: str
    status: str
    tone: str
    checker: str
    repeated: bool
    asked: bool


def repeated_slips() -> Exists:
    """Return the condition that a slip repeats one of another notice (workflow.is_repeated)."""
    return Exists(workflow.repeats_of(OuterRef("pk")))


def listed(notices: QuerySet[PaymentNotice]) -> QuerySet[PaymentNotice]:
    """Return `notices` with what a line shows."""
    return (
        notices.select_related("revenue", "checker")
        .defer(*NOT_LISTED)
        .annotate(is_repeated=repeated_slips())
    )


def rows_of(notices: Iterable[Any]) -> list[Row]:
    """Return the lines of `notices` (see `listed`); asks the database nothing."""
    now = timezone.now()
    return [
        Row(
            pk=notice.pk,
            url=notice_url(notice.pk),
            number=notice.number,
            payer=notice.payer_name or "(ยังไม่ทราบชื่อผู้ชำระ)",
            what=what_for(notice),
            amount=f"{notice.amount:,.2f}" if notice.amount is not None else "–",
            reference=notice.reference,
            via=notice.get_via_display(),
            age=human_age(notice.created_at, now).removesuffix("ที่แล้ว"),
            age_tone=_age_tone(notice, now - notice.created_at),
            status=notice.get_status_display(),
            tone=TONES[Status(notice.status)],
            checker=notice.checker.get_short_name() if notice.checker else "",
            repeated=notice.is_repeated,
            asked=bool(notice.asked) or (notice.slip_again and notice.status in EDITABLE),
        )
        for notice in notices
    ]


def what_for(notice: PaymentNotice) -> str:
    """Say in a few words what is paid: 'ค่าเก็บขยะ 3 เดือน', 'ภาษีป้าย 2569'."""
    name = notice.revenue.menu_name if notice.revenue else "ยังไม่ระบุประเภท"
    if notice.months:
        return f"{name} {len(notice.months)} เดือน"
    return f"{name} {notice.fiscal_year}" if notice.fiscal_year else name


def _age_tone(notice: PaymentNotice, age: timedelta) -> str:
    if notice.status not in OPEN:
        return "ended"
    return "late" if age > LATE_AFTER else "warn" if age > WARN_AFTER else "plain"


# -- narrowing down -----------------------------------------------------------------------


def find(notices: QuerySet[PaymentNotice], words: str) -> QuerySet[PaymentNotice]:
    """Return those that hold every one of `words`: number, payer, references, amount, phone."""
    key = search_key(words).strip()
    if not key:
        return notices
    matches = Q()
    for term in key.split()[:SEARCHED_WORDS]:
        matches &= _holds(term)
    if phone.is_valid(words):
        stored = phone.normalise(words)
        matches |= Q(phone_index__in=blind_index_candidates(stored, PHONE))
    return notices.filter(matches)


def _holds(term: str) -> Q:
    matches = (
        Q(number__icontains=term)
        | Q(payer_name__icontains=term)
        | Q(reference__icontains=term)
        | Exists(Slip.objects.filter(notice=OuterRef("pk"), reference__iexact=term))
    )
    amount = amount_in(term)
    return matches | Q(amount=amount) if amount is not None else matches


def amount_in(term: str) -> Decimal | None:
    """Return the amount that was typed ('1,250', '1250.50'), None for what is none."""
    try:
        amount = Decimal(term.replace(",", ""))
    except InvalidOperation:
        return None
    fits = amount.is_finite() and 0 < amount < 10**8 and amount == round(amount, 2)
    return amount if fits else None


class _Choice(SimpleListFilter):
    """A filter that our own bar shows; Django's machinery only reads its parameter."""

    def has_output(self) -> bool:
        """Always: that is what makes Django apply it."""
        return True

    def choices(self, changelist: Any) -> Any:
        """The bar shows them."""
        return ()


class StatusFilter(_Choice):
    """The queue is what is open; a search looks everywhere unless a status is chosen."""

    title, parameter_name = "สถานะ", "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What waits first."""
        self.searching = bool(request.GET.get("q", "").strip())
        return [
            ("open", "ค้างดำเนินการ"),
            ("waiting", "รอตรวจ"),
            *Status.choices,
            ("all", "ทุกสถานะ"),
        ]

    def chosen(self) -> str:
        """The status that is shown."""
        known = {key for key, _ in self.lookup_choices}
        value = self.value() or ""
        return value if value in known else "all" if self.searching else "open"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter; what is open comes oldest first, what is done newest first."""
        chosen = self.chosen()
        if chosen == "open":
            queryset = queryset.filter(is_open=True)
        elif chosen == "waiting":
            queryset = queryset.filter(is_open=True, status__in=EDITABLE)
        elif chosen in OPEN:
            queryset = queryset.filter(is_open=True, status=chosen)
        elif chosen in Status.values:
            queryset = queryset.filter(status=chosen)
        return queryset


class RevenueFilter(_Choice):
    """What is paid for."""

    title, parameter_name = "ประเภท", "revenue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind, closed ones too."""
        kinds = Revenue.objects.values_list("slug", "menu_name")
        return [*kinds, ("none", "ยังไม่ระบุ")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        chosen = self.value()
        if chosen == "none":
            return queryset.filter(revenue=None)
        if chosen in {key for key, _ in self.lookup_choices}:
            return queryset.filter(revenue__slug=chosen)
        return queryset


class ViaFilter(_Choice):
    """How it came."""

    title, parameter_name = "ช่องทาง", "via"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """LIFF, chat, counter."""
        return list(PaymentNotice.Via.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        chosen = self.value()
        return queryset.filter(via=chosen) if chosen in PaymentNotice.Via.values else queryset


class ShowFilter(_Choice):
    """Mine, repeated slips, those that wait for the payer's answer."""

    title, parameter_name = "แสดง", "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What needs somebody."""
        return [
            ("mine", "ที่ข้าพเจ้าตรวจ"),
            ("free", "ยังไม่มีผู้ตรวจ"),
            ("repeated", "สลิปซ้ำ"),
            ("asked", "รอผู้ชำระตอบ"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter."""
        match self.value():
            case "mine":
                return queryset.filter(checker=request.user.pk)
            case "free":
                return queryset.filter(checker=None)
            case "repeated":
                return queryset.filter(repeated_slips())
            case "asked":
                return queryset.filter(~Q(asked="") | Q(slip_again=True, status__in=EDITABLE))
        return queryset


FILTERS = (StatusFilter, RevenueFilter, ViaFilter, ShowFilter)
NARROWING = tuple(one.parameter_name for one in FILTERS)


@dataclass(frozen=True, slots=True)
class Select:
    """One field of the bar above the list."""

    name: str
    title: str
    value: str
    options: Sequence[tuple[str, str]]
    # What it shows while nothing is chosen.
    otherwise: str


def bar(filters: Iterable[Any]) -> list[Select]:
    """Return the fields of the bar from the filters that Django has read."""
    found = []
    for one in filters:
        if isinstance(one, StatusFilter):
            otherwise = "ทุกสถานะ" if one.searching else "ค้างดำเนินการ"
            same = "all" if one.searching else "open"
            options = [(key, label) for key, label in one.lookup_choices if key != same]
        else:
            otherwise, options = f"{one.title}: ทั้งหมด", one.lookup_choices
        found.append(Select(one.parameter_name, one.title, one.value() or "", options, otherwise))
    return found
