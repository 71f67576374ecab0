"""The sheet of a conversation as PDF.

Plain values go in: who may see what, and what is masked, is decided by the caller. Dates, numbers
and running text are written with Thai numerals here; callers hand over what people typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bannmae.paper.memo import PaperPhoto, photos_of, title_of
from bannmae.paper.pdf import render_pdf
from bannmae.paper.qr import qr_svg
from bannmae.paper.text import paper_numerals, paragraphs
from bannmae.thai.calendar import format_date, format_datetime, format_time, local_date

if TYPE_CHECKING:
    from bannmae.paper.fonts import PaperFont
    from bannmae.paper.pdf import Picture

SHEET_TEMPLATE = "chatops/paper/conversation.html"
_SHORT, _SHORT_LINES = 500, 8


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the conversation.

    `ours`: the municipality's words. `event`: nobody's words but what happened; `text` tells it.
    `quote` is what the line answers to, `hint` stands small behind it ('ส่งไม่สำเร็จ').
    """

    at: dt.datetime
    who: str
    text: str = ""
    ours: bool = False
    event: bool = False
    quote: str = ""
    hint: str = ""
    pictures: tuple[PaperPhoto, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationPaper:
    """What the sheet shows. `facts` are pairs of a word and its value, already worded."""

    municipality: str
    number: str
    facts: tuple[tuple[str, str], ...]
    said: tuple[Said, ...]
    left_out: str = ""
    case_url: str = ""
    printed_at: dt.datetime | None = None
    printed_by: str = ""


def conversation_pdf(paper: ConversationPaper, *, font: PaperFont | None = None) -> bytes:
    """Return the sheet as PDF.

    Raises:
        FontError: set-up has not built the fonts.
    """
    pictures: dict[str, Picture] = {}
    return render_pdf(
        SHEET_TEMPLATE,
        {
            "sheet": paper,
            "number": paper_numerals(paper.number),
            "facts": [(word, paper_numerals(value)) for word, value in paper.facts if value],
            "left_out": paper_numerals(paper.left_out),
            "days": list(_days(paper, pictures)),
            "printed": (
                paper_numerals(format_datetime(paper.printed_at, short=True))
                if paper.printed_at
                else ""
            ),
            "qr": qr_svg(paper.case_url),
        },
        title=title_of("สรุปการสนทนา", [paper.number]),
        author=paper.municipality,
        pictures=pictures,
        font=font,
    )


def _days(paper: ConversationPaper, pictures: dict[str, Picture]) -> Iterator[dict[str, Any]]:
    """Yield each day with its lines; their pictures join `pictures`."""
    rows: list[dict[str, Any]] = []
    day: dt.date | None = None
    for index, said in enumerate(paper.said):
        if local_date(said.at) != day:
            if rows and day:
                yield _day(day, rows)
            day, rows = local_date(said.at), []
        rows.append(
            {
                "at": format_time(said.at, thai_digits=True),
                "who": paper_numerals(said.who),
                "kind": "event" if said.event else "ours" if said.ours else "hers",
                "quote": paper_numerals(said.quote),
                "text": paragraphs(said.text),
                "hint": paper_numerals(said.hint),
                # On one page; what is longer goes on overleaf instead of leaving a page half empty.
                "short": len(said.text) < _SHORT and said.text.count("\n") < _SHORT_LINES,
                "pictures": photos_of(said.pictures, f"{index}", pictures),
            }
        )
    if rows and day:
        yield _day(day, rows)


def _day(day: dt.date, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": format_date(day, weekday=True, thai_digits=True), "rows": rows}
