"""Counts and times of chats, by month, division, topic and state. Nothing in it names a person.

A case counts in the month in which it was opened and for the division that has it now. Times run
by the clock, nights and holidays included. The first answer is a person's; the total time is that
of cases that a person had in hand, from their opening until done.

Counts, averages and longest times are aggregates of the database. A median is not among what
every database offers: it is that of at most MEDIAN_ROWS cases, all of them up to that number, and
every n-th by its id beyond.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Mod, TruncMonth
from django.utils import timezone

from bannmae import roles
from bannmae.models import Division, Holiday, Staff
from bannmae.thai.calendar import (
    BANGKOK,
    MONTHS,
    be_year,
    fiscal_year,
    is_workday,
    local_datetime,
)
from chatops.cases.access import SEES, reach
from chatops.desk.figures import Knowledge, Line, Period, Statistics, Times, TopicLine, Waiting
from chatops.models import (
    ChatCase,
    ChatEntry,
    ChatSettings,
    KnowledgeRow,
    QuestionGroup,
    Topic,
)

MEDIAN_ROWS = 10_000
#: The first day of a month, and a division's id.
Key = tuple[dt.date, int]
State = ChatCase.State
FIRST_YEAR = 2560  # older ones are nobody's

# Nobody took it, nobody wrote in it, and the automatic reply said something.
AUTOMATIC = Q(
    state__in=[State.ANSWERED, State.DONE],
    taken_at=None,
    first_answer_at=None,
    first_reply_at__isnull=False,
)
# A clock that was set back must not make negative times.
_HAS_FIRST = Q(first_answer_at__gte=F("opened_at"))
_HAS_TOTAL = Q(closed_at__gte=F("opened_at")) & ~AUTOMATIC
_FIRST = ExpressionWrapper(F("first_answer_at") - F("opened_at"), DurationField())
_TOTAL = ExpressionWrapper(F("closed_at") - F("opened_at"), DurationField())


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose chats are counted: everybody's, or those of some divisions."""

    everything: bool
    divisions: frozenset[int]

    def of(self, field_name: str) -> Q:
        """Return the condition on a division's id."""
        if self.everything:
            return Q()
        return Q(**{f"{field_name}__in": sorted(self.divisions)})


def scope_of(staff: Staff) -> Scope:
    """Return whose chats `staff` may count.

    An officer his divisions'; executives and administrators all: whoever counts without seeing
    a single chat has been given just that.
    """
    everything = (
        staff.is_superuser
        or not staff.has_perm(SEES)
        or staff.groups.filter(name=roles.EXECUTIVE).exists()
    )
    return Scope(everything, reach(staff).divisions)


def divisions_of(scope: Scope) -> list[Division]:
    """Return the divisions that may be chosen."""
    return list(Division.objects.filter(scope.of("pk")).order_by("order", "name"))


def years() -> list[int]:
    """Return the fiscal years with chats, the newest first; always the present one."""
    now = fiscal_year(timezone.now())
    oldest = ChatCase.objects.order_by("opened_at").values_list("opened_at", flat=True).first()
    first = max(FIRST_YEAR, min(now, fiscal_year(oldest))) if oldest else now
    return list(range(now, first - 1, -1))


def last_closing(now: dt.datetime) -> dt.datetime:
    """Return when the office closed last: who waited then has been promised an answer by then.

    The hand-over text says 'today' inside office hours, else the next day that it opens
    (chatops.cases.hours.when_answered).
    """
    closes_at, holidays = ChatSettings.get_solo().closes_at, Holiday.dates()
    here = local_datetime(now)
    day = here.date()
    if here.time() < closes_at:
        day -= dt.timedelta(days=1)
    while not is_workday(day, holidays):
        day -= dt.timedelta(days=1)
    return dt.datetime.combine(day, closes_at, BANGKOK)


def collect(scope: Scope, period: Period, divisions: Sequence[Division]) -> Statistics:
    """Count what `scope` holds of `period`; eight queries whatever there is.

    `divisions`: those of the scope, in the order in which they are listed.
    """
    cases = ChatCase.objects.filter(scope.of("division"))
    cells = _cells(cases, period)
    medians = _medians(cases, period, sum(line.opened for line in cells.values()))
    for key, count in _handed_over(scope, period).items():
        cells[key] = replace(cells[key], handed_over=count)
    names = {one.pk: one.name for one in divisions}

    def line(label: str, months: Collection[dt.date], division: int | None = None) -> Line:
        keys = [key for key in cells if key[0] in months and division in (None, key[1])]
        summed = sum((cells[key] for key in keys), Line(label))
        return medians.put(summed, keys)

    chosen = period.chosen()
    by_division = [line(name, chosen, pk) for pk, name in names.items()]
    waiting, waiting_all = _waiting(cases, names)
    return Statistics(
        months=tuple(
            line(f"{MONTHS[day.month - 1]} {be_year(day)}", {day}) for day in period.begun()
        ),
        divisions=tuple(one for one in by_division if one.opened or one.handed_over),
        all=line("รวม", chosen),
        topics=_topics(cases, period),
        waiting=waiting,
        waiting_all=waiting_all,
        knowledge=_knowledge(scope),
        sampled=medians.sampled,
    )


# -- the parts -------------------------------------------------------------------------------


def _within(bounds: tuple[dt.datetime, dt.datetime], name: str) -> Q:
    return Q(**{f"{name}__gte": bounds[0], f"{name}__lt": bounds[1]})


def _month(name: str) -> TruncMonth:
    return TruncMonth(name, tzinfo=BANGKOK)


def _cells(cases: QuerySet[ChatCase], period: Period) -> defaultdict[Key, Line]:
    """Return the year's figures by month (its first day) and division."""
    rows = (
        cases.filter(_within(period.bounds(), "opened_at"))
        .order_by()
        .annotate(month=_month("opened_at"))
        .values("month", "division")
        .annotate(
            opened=Count("pk"),
            automatic=Count("pk", filter=AUTOMATIC),
            first_count=Count("pk", filter=_HAS_FIRST),
            first_sum=Sum(_FIRST, filter=_HAS_FIRST),
            first_max=Max(_FIRST, filter=_HAS_FIRST),
            total_count=Count("pk", filter=_HAS_TOTAL),
            total_sum=Sum(_TOTAL, filter=_HAS_TOTAL),
            total_max=Max(_TOTAL, filter=_HAS_TOTAL),
        )
    )
    cells: defaultdict[Key, Line] = defaultdict(lambda: Line(""))
    for row in rows:
        cells[local_datetime(row["month"]).date(), row["division"]] = Line(
            "",
            row["opened"],
            row["automatic"],
            Times(row["first_count"], row["first_sum"] or dt.timedelta(), row["first_max"]),
            Times(row["total_count"], row["total_sum"] or dt.timedelta(), row["total_max"]),
        )
    return cells


@dataclass(frozen=True, slots=True)
class _Medians:
    """The times of sampled cases by month and division."""

    first: dict[Key, list[dt.timedelta]]
    total: dict[Key, list[dt.timedelta]]
    sampled: bool

    def put(self, line: Line, keys: Sequence[Key]) -> Line:
        """Return `line` with the medians of these months and divisions together."""

        def of(taken: dict[Key, list[dt.timedelta]]) -> dt.timedelta | None:
            together = [one for key in keys for one in taken.get(key, ())]
            return median(together) if together else None

        return replace(
            line,
            first=replace(line.first, median=of(self.first)),
            total=replace(line.total, median=of(self.total)),
        )


def _medians(cases: QuerySet[ChatCase], period: Period, opened: int) -> _Medians:
    every = -(-opened // MEDIAN_ROWS) or 1
    rows = cases.filter(_within(period.bounds(), "opened_at"), _HAS_FIRST | _HAS_TOTAL).order_by()
    if every > 1:
        rows = rows.annotate(part=Mod(F("pk"), Value(every))).filter(part=0)
    first: dict[Key, list[dt.timedelta]] = defaultdict(list)
    total: dict[Key, list[dt.timedelta]] = defaultdict(list)
    names = ("opened_at", "division", "first_answer_at", "closed_at", "first_reply_at", "taken_at")
    # Ids may lie in clusters: whatever comes, no more than this is read.
    for start, division, answered, closed, replied, taken in rows.values_list(*names)[
        : 2 * MEDIAN_ROWS
    ]:
        key = (local_datetime(start).date().replace(day=1), division)
        if answered and answered >= start:
            first[key].append(answered - start)
        automatic = taken is None and answered is None and replied is not None
        if closed and closed >= start and not automatic:
            total[key].append(closed - start)
    return _Medians(first, total, sampled=every > 1)


def _handed_over(scope: Scope, period: Period) -> dict[Key, int]:
    """Return how often chats were handed over to a division, by month."""
    rows = (
        ChatEntry.objects.filter(
            _within(period.bounds(), "at"),
            scope.of("division"),
            kind=ChatEntry.Kind.HANDED_OVER,
            division__isnull=False,
        )
        .order_by()
        .annotate(month=_month("at"))
        .values("month", "division")
        .annotate(count=Count("pk"))
    )
    return {(local_datetime(row["month"]).date(), row["division"]): row["count"] for row in rows}


def _topics(cases: QuerySet[ChatCase], period: Period) -> tuple[TopicLine, ...]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for topic, state, count in (
        cases.filter(_within(period.chosen_bounds(), "opened_at"))
        .order_by()
        .values_list("topic", "state")
        .annotate(count=Count("pk"))
    ):
        counts[topic][state] = count
    return tuple(
        TopicLine(name, tuple(counts[pk].get(state, 0) for state in State))
        for pk, name in Topic.objects.values_list("pk", "name")
        if pk in counts
    )


def _waiting(
    cases: QuerySet[ChatCase], names: dict[int, str]
) -> tuple[tuple[Waiting, ...], Waiting]:
    """Return who waits now, by division (the longest waiting first) and in all."""
    overdue = Q(waiting_since__lt=last_closing(timezone.now()))
    rows = list(
        cases.filter(state__in=ChatCase.OPEN, waiting_since__isnull=False)
        .order_by()
        .values("division")
        .annotate(now=Count("pk"), overdue=Count("pk", filter=overdue), since=Min("waiting_since"))
    )
    lines = sorted(
        (
            Waiting(names.get(row["division"], ""), row["now"], row["overdue"], row["since"])
            for row in rows
        ),
        key=lambda one: one.since or timezone.now(),
    )
    return tuple(lines), Waiting(
        "รวม",
        sum(one.now for one in lines),
        sum(one.overdue for one in lines),
        min((one.since for one in lines if one.since), default=None),
    )


def _knowledge(scope: Scope) -> Knowledge:
    today = timezone.localdate()
    rows = KnowledgeRow.objects.filter(scope.of("division")).order_by()
    published = Q(state=KnowledgeRow.State.PUBLISHED)
    expired = published & Q(valid_until__lt=today)
    found: dict[str, Any] = rows.aggregate(
        usable=Count("pk", filter=published & ~Q(valid_until__lt=today)),
        expired=Count("pk", filter=expired),
        drafts=Count("pk", filter=Q(state=KnowledgeRow.State.DRAFT)),
        answered=Sum("times_answered", default=0),
        solved=Sum("times_solved", default=0),
        handed_over=Sum("times_handed_over", default=0),
    )
    groups = QuestionGroup.objects.filter(scope.of("division"), state=QuestionGroup.State.OPEN)
    return Knowledge(**found, unanswered=groups.order_by().count())
