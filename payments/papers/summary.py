"""The summary of a month or of a fiscal year, as PDF (with a chart) and XLSX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bannmae.paper.pdf import render_pdf
from bannmae.thai.baht import baht_text
from bannmae.thai.numerals import to_thai_digits
from payments.papers.chart import Bar, bar_chart
from payments.papers.sheets import Column, Sheet, Table, workbook
from payments.papers.summary_figures import (
    Grid,
    Line,
    kinds_by_method,
    period_name,
    periods_by_kind,
    periods_by_method,
    periods_of,
    time_name,
)
from payments.papers.words import NONE, baht, baht_or_none, clean, on_page, printed, signs, total_of

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from bannmae.paper.fonts import PaperFont
    from payments.papers.forms import SummaryPaper
    from payments.papers.sheets import Cell

SUMMARY_TEMPLATE = "payments/paper/summary.html"
TITLE = "สรุปการรับเงินรายได้"


def summary_pdf(
    paper: SummaryPaper, *, thai_digits: bool = False, font: PaperFont | None = None
) -> bytes:
    """Return the summary as PDF: totals by kind and method, a chart, and each month or day.

    Raises:
        FontError: set-up has not built the fonts.
    """
    context = {**on_page(_context(paper), thai_digits), "thai_digits": thai_digits}
    context["chart"] = summary_chart(paper, thai_digits=thai_digits)
    return render_pdf(
        SUMMARY_TEMPLATE,
        context,
        title=f"{TITLE} {time_name(paper)}",
        author=paper.office.name,
        font=font,
    )


def summary_chart(paper: SummaryPaper, *, thai_digits: bool = False) -> SafeString:
    """Return a bar for each month of the year, or each day of the month, as inline SVG."""
    bars = []
    for period in periods_of(paper.fiscal_year, paper.month):
        name = f"{period.day}" if paper.month else period_name(period, of_month=False)
        amount = total_of(one.amount for one in paper.figures if one.period == period)
        bars.append(Bar(to_thai_digits(name) if thai_digits else name, amount))
    return bar_chart(bars, title=f"{TITLE} {time_name(paper)} (บาท)")


def summary_xlsx(paper: SummaryPaper) -> bytes:
    """Return the summary as a workbook: three tables on three sheets."""
    heading = [paper.office.name, f"{TITLE} {time_name(paper)}"]
    first = "วันที่" if paper.month else "เดือน"
    return workbook(
        [
            Sheet("ตามประเภทและวิธี", heading, [_table("ประเภทรายได้", kinds_by_method(paper))]),
            Sheet(f"ราย{first}ตามวิธี", heading, [_table(first, periods_by_method(paper))]),
            Sheet(f"ราย{first}ตามประเภท", heading, [_table(first, periods_by_kind(paper))]),
        ]
    )


def _table(first: str, grid: Grid) -> Table:
    def cells(line: Line) -> list[Cell]:
        return [line.name, *line.amounts, line.total, line.count]

    return Table(
        [
            Column(first, 34),
            *(Column(column, 20, "money") for column in grid.columns),
            Column("รวม (บาท)", 20, "money"),
            Column("จำนวนฉบับ", 12, "count"),
        ],
        [cells(line) for line in grid.lines],
        total=cells(grid.total),
    )


def _context(paper: SummaryPaper) -> dict[str, Any]:
    """Return the template's names, without the chart."""
    by_kind = kinds_by_method(paper)
    return {
        "office": paper.office.name,
        "title": TITLE,
        "time": time_name(paper),
        "first": "วันที่" if paper.month else "เดือน",
        "empty": not paper.figures,
        "kinds": _grid(by_kind),
        "periods": _grid(periods_by_method(paper)),
        "period_kinds": _grid(periods_by_kind(paper)),
        "total": baht(paper.total),
        "total_text": baht_text(paper.total),
        "count": by_kind.total.count,
        "void_count": paper.void_count,
        "signs": [signs(person) for person in paper.signatories],
        "printed": printed(paper.printed_at, paper.printed_by),
    }


def _grid(grid: Grid) -> dict[str, Any]:
    """Return a table as the template names it."""

    def shown(line: Line, dash: bool = True) -> dict[str, Any]:
        write = baht_or_none if dash else baht
        return {
            "name": clean(line.name),
            "amounts": [write(amount) for amount in line.amounts],
            "total": write(line.total),
            "count": f"{line.count:,}" if line.count else NONE,
        }

    return {
        "columns": [clean(column) for column in grid.columns],
        "lines": [shown(line) for line in grid.lines],
        "sum": shown(grid.total, dash=False),
    }
