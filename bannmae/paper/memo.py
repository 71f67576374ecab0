"""The บันทึกข้อความ memo to the executives, and the photos that papers show.

Plain values go in, PDF comes out: who may see what, whose name is masked and who signs is decided
by the caller. Dates, numbers and running text are written with Thai numerals here; callers hand
over what people typed.
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
from bannmae.thai.calendar import format_date
from bannmae.thai.numerals import to_thai_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bannmae.paper.fonts import PaperFont
    from bannmae.paper.pdf import Picture

_Item = TypeVar("_Item")
MEMO_TEMPLATE = "bannmae/paper/memo.html"
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
class MemoPaper:
    """What the memo to the executives shows.

    `department` is the whole line ('สำนักปลัดเทศบาล งานนิติการ โทร. …'). `document_number` '' and
    `date` None leave the dotted line blank, for the paper register. The four sections may hold
    several paragraphs; an empty one is left out and the rest keeps counting. `endorsers` comment
    in turn, `order_by` gives the order. `garuda` is the picture that the office uploaded; without
    it its place stays blank, and no other emblem may stand there. The foot names what it is about:
    `number_word` and `number`.
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
    number_word: str = "เรื่องเลขที่"


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
        title=title_of("บันทึกข้อความ", [paper.number for paper in papers]),
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
    photos = photos_of(paper.photos, key, pictures)
    for place, photo in enumerate(photos, start=1):
        photo["label"] = f"สิ่งที่ส่งมาด้วย {to_thai_digits(str(place))}"
    large = len(photos) <= _LARGE_PHOTOS
    rows = in_rows(photos, 1 if large else 2)
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
        "endorser_rows": in_rows([_signs(person) for person in paper.endorsers], 2),
        "signer": _signs(paper.signer),
        "order_by": _signs(paper.order_by),
        "photo_pages": in_rows(rows, 2 if large else 3),
        "photo_size": "large" if large else "small",
        "qr": qr_svg(paper.case_url),
    }


def photos_of(
    photos: Sequence[PaperPhoto], key: str, pictures: dict[str, Picture]
) -> list[dict[str, str]]:
    """Return the photos as templates name them; what makes them small is begun.

    They join `pictures` under names that begin with `key`.
    """
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


def title_of(what: str, numbers: Sequence[str]) -> str:
    """Return the document's title; it names no person and no subject."""
    return " ".join([what, *numbers[:3], *(["…"] if len(numbers) > 3 else [])])


def in_rows(items: list[_Item], width: int) -> list[list[_Item]]:
    """Return the items in rows of at most `width`."""
    return [items[start : start + width] for start in range(0, len(items), width)]
