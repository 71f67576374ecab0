"""The papers of a complaint: the sheet that the officer works with, and the บันทึกข้อความ memo.

Plain values go in, PDF comes out: who may see what, whose name is masked and who signs is decided
by the caller. There is no field for a national ID, so none can be printed. Dates, numbers and
running text are written with Thai numerals here; callers hand over what people typed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bannmae.paper.pdf import render_pdfs
from bannmae.paper.pictures import soon_for_print
from bannmae.paper.qr import qr_svg
from bannmae.paper.text import paper_numerals, paragraphs
from bannmae.thai.calendar import format_date, format_datetime
from bannmae.thai.numerals import to_thai_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bannmae.paper.fonts import PaperFont
    from bannmae.paper.pdf import Picture

_Item = TypeVar("_Item")
MEMO_TEMPLATE = "complaints/paper/memo.html"
SHEET_TEMPLATE = "complaints/paper/sheet.html"
#: Up to so many photos of a memo stand two to a page, more of them six to a page.
_LARGE_PHOTOS = 4


@dataclass(frozen=True, slots=True)
class PaperPhoto:
    """A photo: the bytes of a picture file, or where they are; `caption` may be empty.

    A callable gives the bytes. It is asked on another thread, when the photo's turn comes, and
    whatever it raises makes this a photo that the paper says cannot be shown.
    """

    source: bytes | Path | Callable[[], bytes]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PaperStep:
    """One line of a complaint's timeline, as staff may read it on paper."""

    at: dt.datetime
    label: str
    note: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody who signs.

    `position` may take several lines ('รองปลัดเทศบาล รักษาราชการแทน', 'ปลัดเทศบาลตำบลบ้านแม');
    an empty `name` leaves dots to write on. `heading` stands above the box
    ('ความเห็นปลัดเทศบาลตำบลบ้านแม').
    """

    name: str = ""
    position: str = ""
    heading: str = ""


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


@dataclass(frozen=True, slots=True)
class MemoPaper:
    """What the memo to the executives shows.

    `department` is the whole line ('สำนักปลัดเทศบาล งานนิติการ โทร. …'). `document_number` '' and
    `date` None leave the dotted line blank, for the paper register. The four sections may hold
    several paragraphs; an empty one is left out and the rest keeps counting. `endorsers` comment
    in turn, `order_by` gives the order. `garuda` is the picture that the office uploaded; without
    it its place stays blank, and no other emblem may stand there.
    """

    municipality: str
    number: str
    department: str
    subject: str
    to: str
    through: str
    background: str
    facts: str
    law: str
    consideration: str
    signer: Signatory
    endorsers: tuple[Signatory, ...]
    order_by: Signatory
    document_number: str = ""
    date: dt.date | None = None
    closing: str = "จึงเรียนมาเพื่อโปรดพิจารณา"
    photos: tuple[PaperPhoto, ...] = ()
    case_url: str = ""
    garuda: bytes | None = None


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
        title=_title("แบบรับเรื่อง", [paper.number for paper in papers]),
        author=papers[0].municipality if papers else "",
        pictures=pictures,
        font=font,
    )


def memo_pdf(papers: Sequence[MemoPaper], *, font: PaperFont | None = None) -> bytes:
    """Return the memos as one PDF, each on new pages with its own page count.

    Raises:
        PaperError: `papers` is empty.
        FontError: set-up has not built the fonts.
    """
    contexts, pictures = memo_contexts(papers)
    return render_pdfs(
        MEMO_TEMPLATE,
        contexts,
        title=_title("บันทึกข้อความ", [paper.number for paper in papers]),
        author=papers[0].municipality if papers else "",
        pictures=pictures,
        font=font,
    )


def memo_contexts(papers: Sequence[MemoPaper]) -> tuple[list[dict[str, Any]], dict[str, Picture]]:
    """Return the names that `MEMO_TEMPLATE` wants for each memo, and the pictures of all."""
    pictures: dict[str, Picture] = {}
    contexts = [_memo_context(paper, f"{index}", pictures) for index, paper in enumerate(papers)]
    return contexts, pictures


def _memo_context(paper: MemoPaper, key: str, pictures: dict[str, Picture]) -> dict[str, Any]:
    """Return the template's names for one memo; its photos join `pictures` under `key`."""
    sections = [
        ("เรื่องเดิม", paper.background),
        ("ข้อเท็จจริง", paper.facts),
        ("ข้อกฎหมาย/ระเบียบ", paper.law),
        ("ข้อพิจารณา/ข้อเสนอ", paper.consideration),
    ]
    numbered = [
        {"heading": f"{to_thai_digits(str(place))}. {heading}", "paragraphs": paragraphs(text)}
        for place, (heading, text) in enumerate(
            ((heading, text) for heading, text in sections if text.strip()), start=1
        )
    ]
    garuda = ""
    if paper.garuda:
        garuda = f"garuda-{key}"
        pictures[garuda] = paper.garuda
    photos = _photos(paper.photos, key, pictures)
    for place, photo in enumerate(photos, start=1):
        photo["label"] = f"สิ่งที่ส่งมาด้วย {to_thai_digits(str(place))}"
    large = len(photos) <= _LARGE_PHOTOS
    rows = _in_rows(photos, 1 if large else 2)
    return {
        "memo": paper,
        "number": to_thai_digits(paper.number),
        "department": paper_numerals(paper.department),
        "document_number": paper_numerals(paper.document_number),
        "date": format_date(paper.date, thai_digits=True) if paper.date else "",
        "subject": paper_numerals(paper.subject),
        "sections": numbered,
        "garuda": garuda,
        "enclosed": to_thai_digits(f"ภาพถ่าย จำนวน {len(photos)} ภาพ") if photos else "",
        "endorser_rows": _in_rows([_signs(person) for person in paper.endorsers], 2),
        "signer": _signs(paper.signer),
        "order_by": _signs(paper.order_by),
        "photo_pages": _in_rows(rows, 2 if large else 3),
        "photo_size": "large" if large else "small",
        "qr": qr_svg(paper.case_url),
    }


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
        "photo_rows": _in_rows(_photos(paper.photos, key, pictures), 2),
        "printed": (_moment(paper.printed_at, short=True) if paper.printed_at else ""),
        "qr": qr_svg(paper.case_url),
    }


def _photos(
    photos: Sequence[PaperPhoto], key: str, pictures: dict[str, Picture]
) -> list[dict[str, str]]:
    """Return the photos as the templates name them; what makes them small is begun."""
    shown = []
    for index, photo in enumerate(photos):
        name = f"photo-{key}-{index}"
        source = photo.source
        pictures[name] = soon_for_print(source.read_bytes if isinstance(source, Path) else source)
        shown.append(
            {
                "src": f"picture:{name}",
                "label": f"ภาพที่ {to_thai_digits(str(index + 1))}",
                "caption": paper_numerals(photo.caption),
            }
        )
    return shown


def _signs(person: Signatory) -> dict[str, Any]:
    """Return a signatory as the templates name it."""
    return {
        "name": person.name,
        "position": paragraphs(person.position),
        "heading": person.heading,
    }


def _moment(moment: dt.datetime, *, short: bool = False) -> str:
    """Return a moment as paper writes it."""
    return paper_numerals(format_datetime(moment, short=short))


def _title(what: str, numbers: Sequence[str]) -> str:
    """Return the document's title; it names no person and no subject."""
    return " ".join([what, *numbers[:3], *(["…"] if len(numbers) > 3 else [])])


def _in_rows(items: list[_Item], width: int) -> list[list[_Item]]:
    """Return the items in rows of at most `width`."""
    return [items[start : start + width] for start in range(0, len(items), width)]
