"""Workbooks (XLSX): real numbers and dates, Thai heads, and no cell that is a formula."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Cell: TypeAlias = str | int | Decimal | dt.date | None
Kind = Literal["text", "money", "count", "date"]

# What a spreadsheet would take for a formula, also after it was saved as CSV.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Neither XML nor the file format can hold them.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\]")
_FORMATS = {
    "text": "@",
    "money": "#,##0.00",
    "count": "#,##0",
    # Arabic digits, Thai month, Buddhist year: the cell itself holds a date.
    "date": "[$-107041E]d mmm yyyy",
}
_FONT, _SIZE = "TH Sarabun New", 16
_LONGEST_TITLE = 31


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in characters, and what its cells hold."""

    head: str
    width: float
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads, with a total row if there is one.

    `struck` names rows (from 0) that are shown struck through: void receipts.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    struck: Sequence[int] = field(default=())
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: heading lines, then tables one below the other."""

    title: str
    heading: Sequence[str]
    tables: Sequence[Table]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return an XLSX file of the sheets.

    A text that begins as a formula does (= + - @) gets an apostrophe before it.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(_NOT_IN_A_TITLE.sub(" ", sheet.title)[:_LONGEST_TITLE])
        _fill(page, sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet reckons with.

    >>> safe_text("=1+1"), safe_text("+66 81 234 5678"), safe_text("นาย ก")
    ("'=1+1", "'+66 81 234 5678", 'นาย ก')
    """
    text = _FORBIDDEN.sub("", text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _fill(page: Any, sheet: Sheet) -> None:
    """Write a sheet's heading and tables, and how it prints."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    wide = max(len(table.columns) for table in sheet.tables)
    for text in sheet.heading:
        page.append([safe_text(text)])
        place = page.max_row
        page.merge_cells(start_row=place, end_row=place, start_column=1, end_column=wide)
        cell = page.cell(place, 1)
        cell.font = Font(name=_FONT, size=_SIZE + 2, bold=True)
        cell.alignment = Alignment(horizontal="center")
    for index, table in enumerate(sheet.tables):
        head = _write(page, table, below=page.max_row + 1)
        if index == 0:
            page.freeze_panes = page.cell(head + 1, 1)
            page.print_title_rows = f"{head}:{head}"
    for place in range(wide):
        widths = [
            table.columns[place].width for table in sheet.tables if place < len(table.columns)
        ]
        page.column_dimensions[get_column_letter(place + 1)].width = max(widths)
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _write(page: Any, table: Table, *, below: int) -> int:
    """Write a table after an empty row; return the row of its head."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    thin = Side(style="thin", color="808080")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    place = below + 1
    if table.caption:
        page.cell(place, 1, safe_text(table.caption)).font = Font(name=_FONT, size=_SIZE, bold=True)
        place += 1
    head = place
    for number, column in enumerate(table.columns, start=1):
        cell = page.cell(head, number, safe_text(column.head))
        cell.font = Font(name=_FONT, size=_SIZE, bold=True)
        cell.fill = PatternFill("solid", fgColor="E7E6E6")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = border
    struck = set(table.struck)
    lines = [(row, False, index in struck) for index, row in enumerate(table.rows)]
    if table.total is not None:
        lines.append((table.total, True, False))
    for row, bold, strike in lines:
        place += 1
        for number, (column, value) in enumerate(zip(table.columns, row, strict=True), start=1):
            cell = page.cell(place, number)
            cell.value = safe_text(value) if isinstance(value, str) else value
            cell.number_format = _FORMATS["text" if isinstance(value, str) else column.kind]
            cell.font = Font(
                name=_FONT, size=_SIZE, bold=bold, strike=strike and column.kind == "text"
            )
            cell.alignment = Alignment(
                horizontal="left" if isinstance(value, str) else None,
                vertical="top",
                wrap_text=column.kind == "text" and not bold,
            )
            cell.border = border
    return head
