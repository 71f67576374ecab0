"""ใบนำส่งเงิน, the day's close, as PDF and XLSX."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bannmae.paper.pdf import render_pdf
from bannmae.thai.baht import baht_text
from payments.papers.sheets import Column, Sheet, Table, workbook
from payments.papers.words import (
    baht,
    baht_or_none,
    clean,
    day,
    leaf_label,
    methods_of,
    on_page,
    printed,
    signs,
    total_of,
)

if TYPE_CHECKING:
    from bannmae.paper.fonts import PaperFont
    from payments.papers.forms import RemittancePaper, RemittanceRow
    from payments.papers.sheets import Cell

REMITTANCE_TEMPLATE = "payments/paper/remittance.html"
#: So many of the last rows stand on the page of the totals and signatures.
ROWS_WITH_THE_END = 2


def remittance_pdf(
    paper: RemittancePaper, *, thai_digits: bool = False, font: PaperFont | None = None
) -> bytes:
    """Return the day's close as PDF.

    Each page but the last ends with ยอดยกไป and the next begins with it as ยอดยกมา. The
    signatures stand with the totals and at least two rows, if the day has them.

    Raises:
        FontError: set-up has not built the fonts.
    """
    return render_pdf(
        REMITTANCE_TEMPLATE,
        {**on_page(_context(paper), thai_digits), "thai_digits": thai_digits},
        title=f"ใบนำส่งเงิน {paper.number}",
        author=paper.office.name,
        font=font,
    )


def remittance_xlsx(paper: RemittancePaper) -> bytes:
    """Return the day's close as a workbook: the receipts, and the totals by kind and method."""
    rows: list[list[Cell]] = [
        [
            place,
            row.book_label,
            row.number_label,
            row.payer_name,
            row.revenue,
            row.method,
            row.counted,
            _note(row),
        ]
        for place, row in enumerate(paper.rows, start=1)
    ]
    kinds = _by_kind(paper)
    methods = methods_of(row.method for row in paper.rows)
    heading = [paper.office.name, *_heading(paper)]
    return workbook(
        [
            Sheet(
                "ใบนำส่งเงิน",
                heading,
                [
                    Table(
                        [
                            Column("ลำดับ", 7, "count"),
                            Column("เล่มที่", 12),
                            Column("เลขที่", 14),
                            Column("ผู้ชำระ", 40),
                            Column("ประเภทรายได้", 34),
                            Column("วิธี", 12),
                            Column("จำนวนเงิน (บาท)", 18, "money"),
                            Column("หมายเหตุ", 36),
                        ],
                        rows,
                        total=[f"รวม {paper.count} ฉบับ", *[None] * 5, paper.total, None],
                        struck=[index for index, row in enumerate(paper.rows) if row.is_void],
                    )
                ],
            ),
            Sheet(
                "สรุป",
                heading,
                [
                    Table(
                        [
                            Column("ประเภทรายได้", 40),
                            *(Column(method, 18, "money") for method in methods),
                            Column("รวม (บาท)", 18, "money"),
                            Column("จำนวนฉบับ", 12, "count"),
                        ],
                        [
                            [kind, *by_method, total_of(by_method), count]
                            for kind, (by_method, count) in kinds.items()
                        ],
                        total=[
                            "รวมทั้งสิ้น",
                            *(_of_method(paper, method) for method in methods),
                            paper.total,
                            paper.count,
                        ],
                    )
                ],
            ),
        ]
    )


def _context(paper: RemittancePaper) -> dict[str, Any]:
    """Return the template's names."""
    running, rows = Decimal("0.00"), []
    for place, row in enumerate(paper.rows, start=1):
        running += row.counted
        rows.append(
            {
                "place": place,
                "label": leaf_label(row.book_label, row.number_label),
                "payer": clean(row.payer_name),
                "revenue": clean(row.revenue),
                "method": clean(row.method),
                "amount": baht(row.counted),
                "void": row.is_void,
                "note": clean(_note(row)),
                "running": baht(running),
            }
        )
    methods = methods_of(row.method for row in paper.rows)
    voids = len(paper.rows) - paper.count
    return {
        "office": paper.office.name,
        "number": paper.number,
        "heading": _heading(paper),
        "day": day(paper.day),
        "version": f"ฉบับที่ {paper.version}" if paper.version > 1 else "",
        "reopen_reason": clean(paper.reopen_reason),
        "rows": rows[:-ROWS_WITH_THE_END],
        "last_rows": rows[-ROWS_WITH_THE_END:],
        "methods": [
            {
                "name": method,
                "total": baht(_of_method(paper, method)),
                "shown": baht_or_none(_of_method(paper, method)),
                "count": sum(row.method == method and not row.is_void for row in paper.rows),
            }
            for method in methods
        ],
        "kinds": [
            {
                "name": clean(kind),
                "methods": [baht_or_none(amount) for amount in by_method],
                "total": baht(total_of(by_method)),
                "count": count,
            }
            for kind, (by_method, count) in _by_kind(paper).items()
        ],
        "total": baht(paper.total),
        "total_text": baht_text(paper.total),
        "total_count": paper.count,
        "count": f"{paper.count} ฉบับ" + (f" (ยกเลิก {voids} ฉบับ)" if voids else ""),
        "signs": [
            signs(paper.sender, "ผู้นำส่ง"),
            signs(paper.receiver, "ผู้รับเงิน"),
            signs(paper.director, "ผู้อำนวยการกองคลัง"),
        ],
        "printed": printed(paper.printed_at, paper.printed_by),
    }


def _heading(paper: RemittancePaper) -> list[str]:
    """Return the lines under the office's name."""
    lines = [f"ใบนำส่งเงิน เลขที่ {paper.number} ประจำวันที่ {day(paper.day)}"]
    if paper.version > 1:
        lines.append(f"ฉบับที่ {paper.version} (แทนฉบับที่ {paper.version - 1})")
    return lines


def _note(row: RemittanceRow) -> str:
    """Return the remark; a void receipt says so, with the amount that was on it."""
    if not row.is_void:
        return row.note
    return " ".join(filter(None, [f"ยกเลิก (เดิม {baht(row.amount)})", row.note]))


def _of_method(paper: RemittancePaper, method: str) -> Decimal:
    return total_of(row.counted for row in paper.rows if row.method == method)


def _by_kind(paper: RemittancePaper) -> dict[str, tuple[list[Decimal], int]]:
    """Return for each kind what came by each method, and the number of receipts in use."""
    methods = methods_of(row.method for row in paper.rows)
    found: dict[str, tuple[list[Decimal], int]] = {}
    for kind in dict.fromkeys(row.revenue for row in paper.rows):
        of_kind = [row for row in paper.rows if row.revenue == kind]
        found[kind] = (
            [total_of(row.counted for row in of_kind if row.method == one) for one in methods],
            sum(not row.is_void for row in of_kind),
        )
    return found
