"""The figures of the chat statistics as values: periods, times, lines of tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from bannmae.thai.calendar import BANGKOK, fiscal_year_range, local_date


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, over `count` cases; None where there is none."""

    count: int = 0
    total: dt.timedelta = dt.timedelta()
    longest: dt.timedelta | None = None
    median: dt.timedelta | None = None

    @property
    def average(self) -> dt.timedelta | None:
        """The mean."""
        return self.total / self.count if self.count else None

    def __add__(self, other: Times) -> Times:
        longest = max(
            (one.longest for one in (self, other) if one.longest is not None), default=None
        )
        return Times(self.count + other.count, self.total + other.total, longest)


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a month, a division or of all."""

    label: str
    opened: int = 0
    automatic: int = 0
    first: Times = field(default_factory=Times)
    total: Times = field(default_factory=Times)
    handed_over: int = 0

    @property
    def share(self) -> float | None:
        """Of what was opened, how much was answered automatically; per cent."""
        return 100 * self.automatic / self.opened if self.opened else None

    def __add__(self, other: Line) -> Line:
        return Line(
            self.label,
            self.opened + other.opened,
            self.automatic + other.automatic,
            self.first + other.first,
            self.total + other.total,
            self.handed_over + other.handed_over,
        )


@dataclass(frozen=True, slots=True)
class TopicLine:
    """How many cases of a topic stand in which state, in the order of ChatCase.State."""

    label: str
    states: tuple[int, ...]

    @property
    def opened(self) -> int:
        """All of them."""
        return sum(self.states)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for a person now; `overdue`: longer than she was promised."""

    label: str
    now: int = 0
    overdue: int = 0
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The knowledge base in brief, since it began."""

    usable: int
    expired: int
    drafts: int
    answered: int
    solved: int
    handed_over: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """All that the page shows. `all` is the sum of what `divisions` lists."""

    months: tuple[Line, ...]
    divisions: tuple[Line, ...]
    all: Line
    topics: tuple[TopicLine, ...]
    waiting: tuple[Waiting, ...]
    waiting_all: Waiting
    knowledge: Knowledge
    sampled: bool


@dataclass(frozen=True, slots=True)
class Period:
    """A fiscal year (Buddhist era), or one month of it (1–12 as in the calendar)."""

    year: int
    month: int | None = None

    def bounds(self) -> tuple[dt.datetime, dt.datetime]:
        """Return the year's first moment and the first after it, on Bangkok's clock."""
        first, last = fiscal_year_range(self.year)
        return _midnight(first), _midnight(last + dt.timedelta(days=1))

    def months(self) -> list[dt.date]:
        """Return the first days of the year's months, October first."""
        first, last = fiscal_year_range(self.year)
        autumn = [dt.date(first.year, month, 1) for month in range(first.month, 13)]
        return autumn + [dt.date(last.year, month, 1) for month in range(1, last.month + 1)]

    def begun(self) -> list[dt.date]:
        """Return those of the months that have begun; of a year to come all."""
        today = local_date(timezone.now())
        return [day for day in self.months() if day <= today] or self.months()

    def chosen(self) -> set[dt.date]:
        """Return the first days of the months that count."""
        return {day for day in self.months() if self.month in (None, day.month)}

    def chosen_bounds(self) -> tuple[dt.datetime, dt.datetime]:
        """Return the first moment that counts and the first after it."""
        if self.month is None:
            return self.bounds()
        (day,) = self.chosen()
        return _midnight(day), _midnight((day + dt.timedelta(days=31)).replace(day=1))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BANGKOK)
