"""Tables of a summary from its figures: periods, kinds and ways of paying added up."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bannmae.thai.calendar import MONTHS, MONTHS_SHORT, be_year, fiscal_year_range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from payments.papers.forms import SummaryFigure, SummaryPaper


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its name, an amount for each column, their sum, the receipts."""

    name: str
    amounts: tuple[Decimal, ...]
    total: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a total under each column; `total` sums everything up."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line


def periods_of(fiscal_year: int, month: dt.date | None) -> list[dt.date]:
    """Return the days of a month, or the first days of a fiscal year's twelve months."""
    if month is not None:
        days = monthrange(month.year, month.month)[1]
        return [month.replace(day=day) for day in range(1, days + 1)]
    start = fiscal_year_range(fiscal_year)[0]
    return [
        dt.date(start.year + (start.month - 1 + index) // 12, (start.month - 1 + index) % 12 + 1, 1)
        for index in range(12)
    ]


def period_name(period: dt.date, *, of_month: bool) -> str:
    """Return how a line names its period: a day of a month, or a month.

    >>> period_name(dt.date(2026, 11, 1), of_month=False)
    'พ.ย. 69'
    >>> period_name(dt.date(2026, 11, 7), of_month=True)
    '7 พ.ย. 69'
    """
    name = f"{MONTHS_SHORT[period.month - 1]} {be_year(period) % 100:02d}"
    return f"{period.day} {name}" if of_month else name


def time_name(paper: SummaryPaper) -> str:
    """Return what the summary is of, as its heading says it."""
    if paper.month is None:
        return f"ปีงบประมาณ {paper.fiscal_year}"
    return f"ประจำเดือน {MONTHS[paper.month.month - 1]} {be_year(paper.month)}"


def kinds_by_method(paper: SummaryPaper) -> Grid:
    """Return a line for each kind of money, a column for each way of paying."""
    kinds = tuple(dict.fromkeys(figure.revenue for figure in paper.figures))
    return _grid(paper.figures, _methods(paper), _method, [(kind, kind) for kind in kinds], _kind)


def periods_by_method(paper: SummaryPaper) -> Grid:
    """Return a line for each month of the year, or each day with money; a column for each way."""
    return _grid(paper.figures, _methods(paper), _method, _periods(paper), _period)


def periods_by_kind(paper: SummaryPaper) -> Grid:
    """Return a line for each month of the year, or each day with money; a column for each kind."""
    kinds = tuple(dict.fromkeys(figure.revenue for figure in paper.figures))
    return _grid(paper.figures, kinds, _kind, _periods(paper), _period)


def _methods(paper: SummaryPaper) -> tuple[str, ...]:
    from payments.papers.words import methods_of

    return tuple(methods_of(figure.method for figure in paper.figures))


def _periods(paper: SummaryPaper) -> list[tuple[str, dt.date]]:
    found = {figure.period for figure in paper.figures}
    of_month = paper.month is not None
    return [
        (period_name(period, of_month=of_month), period)
        for period in periods_of(paper.fiscal_year, paper.month)
        if period in found or not of_month
    ]


def _method(figure: SummaryFigure) -> object:
    return figure.method


def _kind(figure: SummaryFigure) -> object:
    return figure.revenue


def _period(figure: SummaryFigure) -> object:
    return figure.period


def _grid(
    figures: Sequence[SummaryFigure],
    columns: tuple[str, ...],
    column_of: Callable[[SummaryFigure], object],
    lines: Sequence[tuple[str, object]],
    line_of: Callable[[SummaryFigure], object],
) -> Grid:
    def line(name: str, of: Sequence[SummaryFigure]) -> Line:
        from payments.papers.words import total_of

        return Line(
            name,
            tuple(
                total_of(figure.amount for figure in of if column_of(figure) == column)
                for column in columns
            ),
            total_of(figure.amount for figure in of),
            sum(figure.count for figure in of),
        )

    return Grid(
        columns,
        tuple(line(name, [one for one in figures if line_of(one) == key]) for name, key in lines),
        line("รวมทั้งสิ้น", figures),
    )
