"""Address labels and the mailing list of those who cannot be reached in LINE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bannmae.paper.errors import PaperError
from bannmae.paper.memo import in_rows
from bannmae.paper.pdf import render_pdf
from payments.papers.sheets import Column, Sheet, Table, workbook
from payments.papers.words import clean, on_page, printed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from bannmae.paper.fonts import PaperFont
    from payments.papers.forms import LabelRow, Office

LABELS_TEMPLATE = "payments/paper/labels.html"
MAILING_LIST_TEMPLATE = "payments/paper/mailing_list.html"
#: A4 sheets of three by eight labels of 70 × 37 mm.
ACROSS, DOWN = 3, 8
PER_SHEET = ACROSS * DOWN
TITLE = "บัญชีรายชื่อสำหรับส่งไปรษณีย์"
# Letters per line of a label and lines that fit, from the largest size down.
_SIZES = (("large", 34, 4), ("middle", 41, 5), ("small", 50, 7))
_MARKS = {chr(code) for code in (0x0E31, *range(0x0E34, 0x0E3B), *range(0x0E47, 0x0E4F))}


def labels_pdf(
    rows: Sequence[LabelRow], *, start_at: int = 1, font: PaperFont | None = None
) -> bytes:
    """Return label sheets as PDF, without a foot, exactly in the places of the labels.

    Args:
        start_at: the first free label (1–24) of a sheet that was begun.

    Raises:
        PaperError: nobody to write to.
        ValueError: no such label.
        FontError: set-up has not built the fonts.
    """
    if not rows:
        raise PaperError("no labels to print")
    if not 1 <= start_at <= PER_SHEET:
        raise ValueError(f"start_at must be 1 to {PER_SHEET}")
    labels: list[dict[str, Any]] = [{} for _ in range(start_at - 1)]
    labels += [on_page(_label(row)) for row in rows]
    labels += [{} for _ in range(-len(labels) % PER_SHEET)]
    return render_pdf(
        LABELS_TEMPLATE,
        {"sheets": [in_rows(sheet, ACROSS) for sheet in in_rows(labels, PER_SHEET)]},
        title="ป้ายชื่อที่อยู่",
        font=font,
    )


def mailing_list_pdf(
    rows: Sequence[LabelRow],
    *,
    office: Office,
    subject: str = "",
    printed_at: dt.datetime | None = None,
    printed_by: str = "",
    font: PaperFont | None = None,
) -> bytes:
    """Return the list of names and addresses as PDF; `subject` stands under the heading."""
    context = on_page(
        {
            "office": office.name,
            "title": TITLE,
            "subject": clean(subject),
            "rows": [
                {
                    "name": clean(row.name),
                    "lines": [clean(line) for line in row.lines],
                    "note": clean(row.note),
                }
                for row in rows
            ],
            "count": f"{len(rows):,}",
            "printed": printed(printed_at, printed_by),
        }
    )
    return render_pdf(MAILING_LIST_TEMPLATE, context, title=TITLE, author=office.name, font=font)


def mailing_list_xlsx(rows: Sequence[LabelRow], *, office: Office, subject: str = "") -> bytes:
    """Return the list as a workbook, one cell for each line of an address."""
    wide = max((len(row.lines) for row in rows), default=1) or 1
    table = Table(
        [
            Column("ลำดับ", 8, "count"),
            Column("ชื่อ", 40),
            *(Column(f"ที่อยู่ {place}", 40) for place in range(1, wide + 1)),
            Column("เรื่อง", 30),
        ],
        [
            [place, row.name, *row.lines, *[None] * (wide - len(row.lines)), row.note]
            for place, row in enumerate(rows, start=1)
        ],
    )
    heading = [line for line in (office.name, TITLE, subject) if line]
    return workbook([Sheet(TITLE, heading, [table])])


def _label(row: LabelRow) -> dict[str, Any]:
    """Return a label as the template names it, in the largest size that holds it."""
    texts = [f"เรียน {clean(row.name)}", *(clean(line) for line in row.lines)]
    size = next(
        (
            name
            for name, letters, most in _SIZES
            if sum(-(-_width(text) // letters) for text in texts) <= most
        ),
        _SIZES[-1][0],
    )
    return {"name": texts[0], "lines": texts[1:], "size": size}


def _width(text: str) -> int:
    """Return how many letters stand side by side: marks above and below take no room."""
    return sum(letter not in _MARKS for letter in text)
