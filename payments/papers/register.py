"""ทะเบียนคุมใบเสร็จรับเงิน, the receipt register, as PDF and XLSX."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from bannmae.paper.pdf import render_pdf
from bannmae.thai.baht import baht_text
from payments.papers.sheets import Column, Sheet, Table, workbook
from payments.papers.words import (
    baht,
    clean,
    day,
    leaf_label,
    methods_of,
    on_page,
    printed,
    total_of,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from bannmae.paper.fonts import PaperFont
    from payments.papers.forms import RegisterPaper, RegisterRow

REGISTER_TEMPLATE = "payments/paper/register.html"
TITLE = "ทะเบียนคุมใบเสร็จรับเงิน"
#: So many of the last rows stand on the page of the totals.
ROWS_WITH_THE_END = 2


def register_pdf(
    paper: RegisterPaper, *, thai_digits: bool = False, font: PaperFont | None = None
) -> bytes:
    """Return the register as PDF, A4 across, its head on every page.

    Raises:
        FontError: set-up has not built the fonts.
    """
    return render_pdf(
        REGISTER_TEMPLATE,
        {**on_page(_context(paper), thai_digits), "thai_digits": thai_digits},
        title=f"{TITLE} {period_of(paper)}",
        author=paper.office.name,
        font=font,
    )


def register_xlsx(paper: RegisterPaper) -> bytes:
    """Return the register as a workbook; void and closed leaves count as 0."""
    rows = [
        [
            row.day,
            row.book_label,
            row.number_label,
            row.payer_name,
            row.text,
            row.method,
            row.counted,
            row.received_by_name,
            row.state,
            note_of(row),
        ]
        for row in paper.rows
    ]
    table = Table(
        [
            Column("ว/ด/ป", 15, "date"),
            Column("เล่มที่", 12),
            Column("เลขที่", 16),
            Column("ได้รับเงินจาก", 38),
            Column("รายการ", 40),
            Column("วิธี", 11),
            Column("จำนวนเงิน (บาท)", 18, "money"),
            Column("ผู้รับเงิน", 28),
            Column("สถานะ", 10),
            Column("หมายเหตุ", 34),
        ],
        rows,
        total=[None, f"รวม {_counts(paper)}", *[None] * 4, total_of_register(paper), *[None] * 3],
        struck=[index for index, row in enumerate(paper.rows) if row.state == "ยกเลิก"],
    )
    heading = [paper.office.name, TITLE, " ".join(filter(None, [period_of(paper), paper.scope]))]
    return workbook([Sheet(TITLE, heading, [table])])


def period_of(paper: RegisterPaper) -> str:
    """Return the days that the register is of, as a heading says it."""
    if paper.first_day == paper.last_day:
        return f"ประจำวันที่ {day(paper.first_day)}"
    return f"ตั้งแต่วันที่ {day(paper.first_day)} ถึงวันที่ {day(paper.last_day)}"


def total_of_register(paper: RegisterPaper) -> Decimal:
    """Return the money of the receipts in use."""
    return total_of(row.counted for row in paper.rows)


def note_of(row: RegisterRow) -> str:
    """Return the remark: a void receipt tells the amount that was on it."""
    if row.state == "ยกเลิก":
        return " ".join(filter(None, [f"เดิม {baht(row.amount)}", row.note]))
    return row.note


def _said(row: RegisterRow) -> str:
    """Return the remark of the paper, where the state has no column of its own."""
    if row.state == "ยกเลิก":
        return " ".join(filter(None, [f"ยกเลิก (เดิม {baht(row.amount)})", row.note]))
    return " ".join(filter(None, ["" if row.state == "ใช้" else row.state, row.note]))


def _counts(paper: RegisterPaper) -> str:
    """Return how many receipts are in use, and how many are void."""
    used = sum(row.state == "ใช้" for row in paper.rows)
    voids = sum(row.state == "ยกเลิก" for row in paper.rows)
    return f"{used} ฉบับ" + (f" (ยกเลิก {voids} ฉบับ)" if voids else "")


def _context(paper: RegisterPaper) -> dict[str, Any]:
    """Return the template's names."""
    methods = [
        (method, total_of(row.counted for row in paper.rows if row.method == method))
        for method in methods_of(row.method for row in paper.rows if row.method)
    ]
    rows = [
        _row(row, running)
        for row, running in zip(
            paper.rows, accumulate(one.counted for one in paper.rows), strict=True
        )
    ]
    return {
        "office": paper.office.name,
        "period": period_of(paper),
        "scope": clean(paper.scope),
        "rows": rows[:-ROWS_WITH_THE_END],
        "last_rows": rows[-ROWS_WITH_THE_END:],
        "counts": _counts(paper),
        "total": baht(total_of_register(paper)),
        "total_text": baht_text(total_of_register(paper)),
        "by_method": " ".join(f"{method} {baht(amount)}" for method, amount in methods),
        "printed": printed(paper.printed_at, paper.printed_by),
    }


def _row(row: RegisterRow, running: Decimal) -> dict[str, Any]:
    """Return a leaf as the template names it; `running` is the sum so far."""
    return {
        "day": day(row.day, short=True),
        "label": leaf_label(row.book_label, row.number_label),
        "payer": clean(row.payer_name),
        "text": clean(row.text),
        "method": clean(row.method),
        "amount": "" if row.state == "เลิกใช้" else baht(row.counted),
        "received_by": clean(row.received_by_name),
        "struck": row.state == "ยกเลิก",
        "note": clean(_said(row)),
        "running": baht(running),
    }
