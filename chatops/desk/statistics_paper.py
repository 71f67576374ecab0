"""The chat statistics as a page of A4. Words come in, Thai numerals go out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bannmae.paper.memo import title_of
from bannmae.paper.pdf import render_pdf
from bannmae.paper.text import paper_numerals
from bannmae.thai.calendar import format_datetime

if TYPE_CHECKING:
    from bannmae.paper.fonts import PaperFont

TEMPLATE = "chatops/paper/statistics.html"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, the words above its columns, its lines; the last one may be the sum.

    `kind`: 'times' is as wide as the page, with room for durations in the columns named in
    `wide`; 'states' as wide with equal columns; 'counts' is narrow.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    has_sum: bool = False
    kind: str = "times"
    wide: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatisticsPaper:
    """What the paper shows: facts as pairs of a word and its value, tables, notes under them."""

    municipality: str
    period: str
    whose: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    printed_at: dt.datetime
    printed_by: str


def statistics_pdf(paper: StatisticsPaper, *, font: PaperFont | None = None) -> bytes:
    """Return the statistics as PDF.

    Raises:
        FontError: set-up has not built the fonts.
    """
    return render_pdf(
        TEMPLATE,
        {
            "paper": paper,
            "period": paper_numerals(paper.period),
            "whose": paper_numerals(paper.whose),
            "facts": [(word, paper_numerals(value)) for word, value in paper.facts],
            "tables": [
                {
                    "name": table.name,
                    "kind": table.kind,
                    "wide": table.wide,
                    "columns": table.columns,
                    "rows": [[paper_numerals(cell) for cell in row] for row in table.rows],
                    "has_sum": table.has_sum,
                }
                for table in paper.tables
                if table.rows
            ],
            "notes": [paper_numerals(note) for note in paper.notes],
            "printed": paper_numerals(format_datetime(paper.printed_at, short=True)),
        },
        title=title_of("สถิติแชต", [paper.period]),
        author=paper.municipality,
        font=font,
    )
