"""รายงานการใช้ใบเสร็จรับเงิน of a fiscal year, due on 31 October, as PDF and XLSX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bannmae.paper.pdf import render_pdf
from bannmae.thai.calendar import fiscal_year_range
from payments.papers.sheets import Column, Sheet, Table, workbook
from payments.papers.words import NONE, baht, clean, day, on_page, printed, signs, total_of

if TYPE_CHECKING:
    from bannmae.paper.fonts import PaperFont
    from payments.papers.forms import BookUsagePaper, BookUsageRow

BOOKS_TEMPLATE = "payments/paper/books.html"
TITLE = "รายงานการใช้ใบเสร็จรับเงิน"


def book_usage_pdf(
    paper: BookUsagePaper, *, thai_digits: bool = False, font: PaperFont | None = None
) -> bytes:
    """Return the report as PDF, A4 across.

    Raises:
        FontError: set-up has not built the fonts.
    """
    return render_pdf(
        BOOKS_TEMPLATE,
        {**on_page(_context(paper), thai_digits), "thai_digits": thai_digits},
        title=f"{TITLE} ปีงบประมาณ {paper.fiscal_year}",
        author=paper.office.name,
        font=font,
    )


def book_usage_xlsx(paper: BookUsagePaper) -> bytes:
    """Return the report as a workbook."""
    rows = [
        [
            row.book_label,
            row.revenue,
            row.first,
            row.last,
            row.used_first,
            row.used_last,
            row.used_count,
            row.void_count,
            row.void_numbers,
            row.unused[0] if row.unused else None,
            row.unused[1] if row.unused else None,
            row.unused_count,
            state_of(row),
            row.amount,
            row.note,
        ]
        for row in paper.rows
    ]
    table = Table(
        [
            Column("เล่มที่", 12),
            Column("ประเภทรายได้", 34),
            Column("เล่ม: เลขที่แรก", 12, "count"),
            Column("เล่ม: เลขที่สุดท้าย", 12, "count"),
            Column("ใช้ตั้งแต่เลขที่", 12, "count"),
            Column("ใช้ถึงเลขที่", 12, "count"),
            Column("ใช้ (ฉบับ)", 11, "count"),
            Column("ยกเลิก (ฉบับ)", 11, "count"),
            Column("เลขที่ที่ยกเลิก", 22),
            Column("เหลือตั้งแต่เลขที่", 12, "count"),
            Column("เหลือถึงเลขที่", 12, "count"),
            Column("เหลือ (ฉบับ)", 11, "count"),
            Column("สถานะ", 24),
            Column("จำนวนเงิน (บาท)", 18, "money"),
            Column("หมายเหตุ", 24),
        ],
        rows,
        total=[
            "รวม",
            *[None] * 5,
            sum(row.used_count for row in paper.rows),
            sum(row.void_count for row in paper.rows),
            *[None] * 3,
            sum(row.unused_count for row in paper.rows),
            None,
            total_of(row.amount for row in paper.rows),
            None,
        ],
    )
    heading = [paper.office.name, f"{TITLE} ปีงบประมาณ {paper.fiscal_year}"]
    return workbook([Sheet(TITLE, heading, [table])])


def state_of(row: BookUsageRow) -> str:
    """Return what became of the book's rest."""
    if not row.unused_count:
        return "ใช้หมดเล่ม" if row.last is not None else NONE
    return f"เลิกใช้ {day(row.closed_on, short=True)}" if row.closed_on else "คงเหลือ"


def _range(first: int | None, last: int | None) -> str:
    """Return a run of leaves."""
    if first is None:
        return NONE
    if last is None:
        return f"ตั้งแต่ {first}"
    return f"{first}" if first == last else f"{first}–{last}"


def _context(paper: BookUsagePaper) -> dict[str, Any]:
    """Return the template's names."""
    start, end = fiscal_year_range(paper.fiscal_year)
    return {
        "office": paper.office.name,
        "title": TITLE,
        "year": paper.fiscal_year,
        "period": f"ตั้งแต่วันที่ {day(start)} ถึงวันที่ {day(end)}",
        "rows": [
            {
                "book": row.book_label,
                "revenue": clean(row.revenue),
                "range": _range(row.first, row.last),
                "used": _range(row.used_first, row.used_last),
                "used_count": f"{row.used_count:,}",
                "void_count": f"{row.void_count:,}" if row.void_count else NONE,
                "void_numbers": clean(row.void_numbers),
                "unused": _range(*(row.unused or (None, None))),
                "unused_count": f"{row.unused_count:,}" if row.unused_count else NONE,
                "state": state_of(row),
                "amount": baht(row.amount),
                "note": clean(row.note),
            }
            for row in paper.rows
        ],
        "used_count": f"{sum(row.used_count for row in paper.rows):,}",
        "void_count": f"{sum(row.void_count for row in paper.rows):,}",
        "unused_count": f"{sum(row.unused_count for row in paper.rows):,}",
        "total": baht(total_of(row.amount for row in paper.rows)),
        "signs": [signs(person) for person in paper.signatories],
        "printed": printed(paper.printed_at, paper.printed_by),
    }
