"""ใบเสร็จรับเงิน as PDF, and the pictures of it for the chat.

Layouts:

- `half`: one receipt on A5 across, which a phone shows without turning; the chat's picture;
- `a4`: one receipt on A4;
- `pair`: A4 with ต้นฉบับ above and สำเนา below a line to cut along. Where a receipt has more lines
  than half a sheet bears, each of the two takes A4 sheets of its own.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.template.loader import get_template

from bannmae.paper.errors import PaperError
from bannmae.paper.fonts import BASE_DIR, sarabun
from bannmae.paper.memo import title_of
from bannmae.paper.pdf import BODY_PT, frame_stylesheet, html_to_pdf
from bannmae.paper.pdfium import PDFIUM
from bannmae.paper.pictures import page_picture
from bannmae.paper.qr import qr_svg
from bannmae.thai.calendar import format_datetime
from payments.papers.words import baht, baht_or_none, clean, day, on_page, total_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bannmae.paper.fonts import PaperFont
    from bannmae.paper.pdf import Picture
    from payments.papers.forms import ReceiptPaper, VoidPaper

RECEIPT_TEMPLATE = "payments/paper/receipt.html"
_CSS = "payments/paper/receipt.css"
ReceiptLayout = Literal["half", "a4", "pair"]
#: So many lines fit on half a sheet, whatever else stands on the receipt.
MOST_LINES_OF_A_HALF = 8
# From the usual size down to what still reads, in rem of the page frame.
_SIZES = {
    "a4": ("0.9", "0.82", "0.75", "0.65"),
    "half": ("0.8", "0.74", "0.68", "0.62", "0.56"),
    "pair": ("0.8", "0.74", "0.68", "0.62", "0.56"),
}
#: LINE takes 10 MB and 1 MB; a phone on a village's network should not wait for more.
MOST_PICTURE_BYTES = 1_000_000
_PICTURE_PX, _PREVIEW_PX = 1600, 800
_QUALITIES = (88, 75, 60, 45)


class ReceiptPicture(NamedTuple):
    """Two JPEGs of a receipt's first page, each of at most 1 MB."""

    original: bytes
    preview: bytes


def receipt_pdf(
    papers: Sequence[ReceiptPaper],
    *,
    layout: ReceiptLayout = "half",
    thai_digits: bool = False,
    font: PaperFont | None = None,
) -> bytes:
    """Return the receipts as one PDF, each on new pages with its own page count.

    Raises:
        ValueError: no such layout.
        PaperError: `papers` is empty.
        FontError: set-up has not built the fonts.
    """
    if layout not in ("half", "a4", "pair"):
        raise ValueError("layout must be half, a4 or pair")
    pictures: dict[str, Picture] = {}
    contexts = [
        _context(sheet, on, thai_digits, pictures)
        for paper in papers
        for sheet, on in _sheets(paper, layout)
    ]

    font = font or sarabun()
    template = get_template(RECEIPT_TEMPLATE)
    frame = {"body_pt": f"{BODY_PT * font.size_factor:g}", "paper_title": "ใบเสร็จรับเงิน"}

    def made(of: list[dict[str, Any]]) -> bytes:
        return html_to_pdf(
            [template.render({**frame, **names}) for names in of],
            stylesheet=_stylesheet(),
            title=title_of("ใบเสร็จรับเงิน", [paper.label for paper in papers]),
            author=papers[0].office.name if papers else "",
            pictures=pictures,
            font=font,
        )

    pdf = made(contexts)
    short = [one for one in contexts if one["fits"]]
    if not short or page_count(pdf) == len(contexts):
        return pdf
    # Long words somewhere: whoever does not stand on one page is set smaller, as far as it reads.
    for one in short:
        if len(contexts) > 1 and page_count(made([one])) == 1:
            continue
        usual, *smaller = _SIZES[one["layout"]]
        for size in smaller:
            one["size"] = size
            pdf = made([one])
            if page_count(pdf) == 1:
                break
        else:  # two pages then, and readable ones
            one["size"] = usual
            pdf = made([one])
    return pdf if len(contexts) == 1 else made(contexts)


def receipt_html(paper: ReceiptPaper, layout: ReceiptLayout = "half") -> tuple[str, str]:
    """Return the HTML and the stylesheet of a receipt's first sheet, in Sarabun, as rendered."""
    leaves, on = _sheets(paper, layout)[0]
    frame = {"body_pt": f"{BODY_PT * sarabun().size_factor:g}", "paper_title": "ใบเสร็จรับเงิน"}
    html = get_template(RECEIPT_TEMPLATE).render({**frame, **_context(leaves, on, False, {})})
    return html, _stylesheet()


def receipt_picture(pdf: bytes) -> ReceiptPicture:
    """Return the first page as the picture and the preview that a chat shows.

    Raises:
        PaperError: unreadable PDF, or a page that cannot be made small enough.
    """
    return ReceiptPicture(_jpeg(pdf, _PICTURE_PX), _jpeg(pdf, _PREVIEW_PX))


@functools.cache
def _stylesheet() -> str:
    """Return the page frame's rules and the receipt's: parsed once for many receipts."""
    return frame_stylesheet() + (BASE_DIR / "templates" / _CSS).read_text(encoding="utf-8")


def _jpeg(pdf: bytes, width_px: int) -> bytes:
    for quality in _QUALITIES:
        data = page_picture(pdf, width_px=width_px, format="JPEG", quality=quality)
        if len(data) <= MOST_PICTURE_BYTES:
            return data
    raise PaperError("the picture would be too large")


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    import pypdfium2

    with PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def _sheets(
    paper: ReceiptPaper, layout: ReceiptLayout
) -> list[tuple[tuple[ReceiptPaper, ...], ReceiptLayout]]:
    """Return the sheets of a receipt: which leaves stand on each, and how."""
    if layout != "pair":
        return [((paper,), layout)]
    # A reprint is a copy already: it has no original to stand below.
    leaves = (paper,) if paper.is_copy else (paper, replace(paper, is_copy=True))
    if len(paper.lines) <= MOST_LINES_OF_A_HALF:
        return [(leaves, "pair")]
    return [((leaf,), "a4") for leaf in leaves]


def _context(
    leaves: Sequence[ReceiptPaper],
    layout: ReceiptLayout,
    thai_digits: bool,
    pictures: dict[str, Picture],
) -> dict[str, Any]:
    """Return the template's names for one sheet; emblems join `pictures`."""
    shown = [on_page(_leaf(leaf), thai_digits) for leaf in leaves]
    for names, leaf in zip(shown, leaves, strict=True):
        if leaf.office.emblem:
            names["emblem"] = f"emblem-{hash(leaf.office.emblem):x}"
            pictures[names["emblem"]] = leaf.office.emblem
    return {
        "leaves": shown,
        "layout": layout,
        "thai_digits": thai_digits,
        "size": _SIZES[layout][0],
        "fits": len(leaves[0].lines) <= MOST_LINES_OF_A_HALF,
    }


def _leaf(paper: ReceiptPaper) -> dict[str, Any]:
    """Return one receipt as the template names it."""
    office = paper.office
    return {
        "office": office.name,
        "address": clean(office.address),
        "tax_id": office.tax_id,
        "phone": office.phone,
        "revenue": clean(paper.revenue),
        "label": paper.label,
        "book": paper.book_label,
        "number": paper.number_label,
        "mark": _mark(paper),
        "issued_on": day(paper.issued_on),
        "payer": clean(paper.payer_name),
        "payer_address": clean(paper.payer_address),
        "lines": [
            {
                "place": place,
                "text": clean(line.text),
                "period": clean(line.period),
                "arrears": "ค้างชำระ" if line.is_arrears else "ปัจจุบัน",
                "amount": baht(line.amount),
                "surcharge": baht_or_none(line.surcharge),
                "total": baht(line.total),
            }
            for place, line in enumerate(paper.lines, start=1)
        ],
        "amount": baht(total_of(line.amount for line in paper.lines)),
        "surcharge": baht_or_none(total_of(line.surcharge for line in paper.lines)),
        "total": baht(paper.total),
        "total_text": paper.total_text,
        "method": clean(paper.method),
        "method_detail": clean(paper.method_detail),
        "seen_on": day(paper.money_seen_on),
        "received_by": clean(paper.received_by_name),
        "position": paper.received_by_position,
        "replaces": clean(paper.replaces),
        "replaced_by": clean(paper.replaced_by),
        "note": clean(paper.note),
        "verify_url": paper.verify_url,
        "qr": qr_svg(paper.verify_url),
        "void": _void(paper.void) if paper.void else None,
    }


def _mark(paper: ReceiptPaper) -> str:
    """Return what the corner says: the original, the book's copy or the n-th reprint."""
    if not paper.is_copy:
        return "ต้นฉบับ"
    return f"สำเนา ครั้งที่ {paper.copy_no}" if paper.copy_no else "สำเนา"


def _void(void: VoidPaper) -> dict[str, str]:
    """Return what stands on a void receipt."""
    return {
        "reason": clean(void.reason),
        "at": format_datetime(void.at),
        "by": " ".join(filter(None, [clean(void.by_name), void.by_position])),
        "approved_by": " ".join(
            filter(None, [clean(void.approved_by_name), void.approved_by_position])
        ),
    }
