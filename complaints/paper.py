"""The sheet of a complaint that the officer works with; the memo is bannmae/paper/memo.py's.

Plain values go in, PDF comes out: who may see what and whose name is masked is decided by the
caller. There is no field for a national ID, so none can be printed. Dates, numbers and running
text are written with Thai numerals here; callers hand over what people typed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bannmae.paper.memo import PaperPhoto, in_rows, photos_of, title_of
from bannmae.paper.pdf import render_pdfs
from bannmae.paper.qr import qr_svg
from bannmae.paper.text import paper_numerals, paragraphs
from bannmae.thai.calendar import format_date, format_datetime
from bannmae.thai.numerals import to_thai_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bannmae.paper.fonts import PaperFont
    from bannmae.paper.pdf import Picture

SHEET_TEMPLATE = "complaints/paper/sheet.html"


@dataclass(frozen=True, slots=True)
class PaperStep:
    """One line of a complaint's timeline, as staff may read it on paper."""

    at: dt.datetime
    label: str
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ComplaintPaper:
    """What the complaint sheet shows.

    `reporter_name`, `reporter_phone`, `reporter_address` are as they may be shown (masked where
    the reporter asked for it; '' leaves the line out). `occurred_at` None leaves its line out.
    `printed_by` is the officer's name. Empty texts leave their lines out.
    """

    municipality: str
    number: str
    kind_label: str
    category: str
    subject: str
    details: str
    received_at: dt.datetime
    channel: str
    status_label: str
    reporter_name: str
    reporter_phone: str = ""
    reporter_address: str = ""
    name_hidden: bool = False
    division: str = ""
    occurred_at: dt.datetime | None = None
    due_on: dt.date | None = None
    place: tuple[str, ...] = ()
    village: str = ""
    latitude: str = ""
    longitude: str = ""
    map_url: str = ""
    timeline: tuple[PaperStep, ...] = ()
    photos: tuple[PaperPhoto, ...] = ()
    case_url: str = ""
    printed_at: dt.datetime | None = None
    printed_by: str = ""


def complaint_sheet_pdf(
    papers: Sequence[ComplaintPaper], *, font: PaperFont | None = None
) -> bytes:
    """Return the complaint sheets as one PDF, each on new pages with its own page count.

    Raises:
        PaperError: `papers` is empty.
        FontError: set-up has not built the fonts.
    """
    pictures: dict[str, Picture] = {}
    contexts = [_sheet_context(paper, f"{index}", pictures) for index, paper in enumerate(papers)]
    return render_pdfs(
        SHEET_TEMPLATE,
        contexts,
        title=title_of("แบบรับเรื่อง", [paper.number for paper in papers]),
        author=papers[0].municipality if papers else "",
        pictures=pictures,
        font=font,
    )


def _sheet_context(paper: ComplaintPaper, key: str, pictures: dict[str, Picture]) -> dict[str, Any]:
    """Return the template's names for one sheet; its photos join `pictures` under `key`."""
    place = [paper_numerals(line.strip()) for line in paper.place if line.strip()]
    if paper.village:
        place.insert(0, paper_numerals(paper.village))
    position = ""
    if paper.latitude and paper.longitude:
        position = to_thai_digits(f"{paper.latitude}, {paper.longitude}")
    return {
        "sheet": paper,
        "number": to_thai_digits(paper.number),
        "subject": paper_numerals(paper.subject),
        "category": paper_numerals(paper.category),
        "details": paragraphs(paper.details),
        "received": _moment(paper.received_at),
        "due": format_date(paper.due_on, thai_digits=True) if paper.due_on else "",
        "occurred": (_moment(paper.occurred_at) if paper.occurred_at else ""),
        "place": place,
        "position": position,
        "map_qr": qr_svg(paper.map_url),
        "phone": to_thai_digits(paper.reporter_phone),
        "address": paragraphs(paper.reporter_address),
        "timeline": [
            {
                "at": _moment(step.at, short=True),
                "label": paper_numerals(step.label),
                "note": paragraphs(step.note),
                "by": step.by,
            }
            for step in paper.timeline
        ],
        "photo_rows": in_rows(photos_of(paper.photos, key, pictures), 2),
        "printed": (_moment(paper.printed_at, short=True) if paper.printed_at else ""),
        "qr": qr_svg(paper.case_url),
    }


def _moment(moment: dt.datetime, *, short: bool = False) -> str:
    """Return a moment as paper writes it."""
    return paper_numerals(format_datetime(moment, short=short))
