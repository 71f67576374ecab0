"""Who owes the garbage fee: a spreadsheet of the households in arrears, as many as it may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db.models import QuerySet

from bannmae.thai.calendar import format_date
from payments.errors import Refused
from payments.garbage import months as calendar
from payments.garbage.listing import in_order, owing, with_months
from payments.garbage.rules import NOTHING, Month, current_month, months_owed
from payments.models import Household

MOST_ROWS = 10_000
CHUNK = 500
# What stands in each column, and its width in characters.
COLUMNS = (
    ("ลำดับ", 8),
    ("บ้านเลขที่", 14),
    ("หมู่ที่", 9),
    ("ผู้ชำระ", 36),
    ("อัตราปัจจุบัน (บาท)", 14),
    ("ค้าง (เดือน)", 12),
    ("เดือนที่ค้าง", 44),
    ("เป็นเงิน (บาท)", 16),
)

Cell = str | int | Decimal | None


def arrears_xlsx(
    rows: QuerySet[Household], municipality: str, today: date, narrowed: str = ""
) -> bytes:
    """Return a workbook of those of `rows` that owe, with how much and for which months.

    `rows` are of listing.with_what_is_owed; `narrowed` says in words which ones were asked for.

    Raises:
        Refused: more than MOST_ROWS owe.
    """
    debtors = in_order(owing(rows, 1))
    keys = list(debtors.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(keys) > MOST_ROWS:
        raise Refused(f"มีมากกว่า {MOST_ROWS:,} ครัวเรือน เลือกหมู่ที่ก่อนแล้วพิมพ์ทีละหมู่")
    month = calendar.month_words(current_month(today))
    heading = [
        municipality,
        f"รายงานค้างชำระค่าธรรมเนียมเก็บและขนมูลฝอย ถึงเดือน {month}",
        " · ".join(filter(None, (f"ข้อมูลวันที่ {format_date(today)}", narrowed))),
    ]
    return _workbook(heading, _in_turn(keys), today)


def _workbook(heading: Sequence[str], households: Iterable[Household], today: date) -> bytes:
    """Return the file, written row by row: thousands of them in seconds."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    from payments.papers.sheets import safe_text

    book = Workbook(write_only=True)
    sheet = book.create_sheet("ค้างชำระ")
    for at, (_, width) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = f"A{len(heading) + 2}"
    sheet.print_title_rows = f"{len(heading) + 1}:{len(heading) + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    bold, middle = Font(bold=True), Alignment(horizontal="center", wrap_text=True)

    def cell(value: Cell, *, strong: bool = False) -> Any:
        made = WriteOnlyCell(sheet, safe_text(value) if isinstance(value, str) else value)
        if isinstance(value, Decimal):
            made.number_format = "#,##0.00"
        if strong:
            made.font = bold
        return made

    for text in heading:
        sheet.append([cell(text, strong=True)])
    heads = [cell(head, strong=True) for head, _ in COLUMNS]
    for head in heads:
        head.alignment = middle
    sheet.append(heads)
    count, months, baht = 0, 0, NOTHING
    for count, row in enumerate(households, 1):
        owed = months_owed(row, today=today)
        sheet.append([cell(value) for value in _line(count, row, owed)])
        months += len(owed)
        baht += _baht(owed)
    total: list[Cell] = [None, "รวม", None, f"{count:,} ครัวเรือน", None, months, None, baht]
    sheet.append([cell(value, strong=True) for value in total])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _in_turn(keys: list[int]) -> Iterator[Household]:
    for at in range(0, len(keys), CHUNK):
        part = keys[at : at + CHUNK]
        found = with_months(Household.objects.filter(pk__in=part)).in_bulk()
        yield from (found[key] for key in part if key in found)


def _line(at: int, row: Household, owed: Sequence[Month]) -> list[Cell]:
    return [
        at,
        row.house_no,
        row.village,
        row.owner_name,
        owed[-1].amount if owed else None,
        len(owed),
        calendar.words([one.month for one in owed]),
        _baht(owed),
    ]


def _baht(owed: Sequence[Month]) -> Decimal:
    return sum((one.amount for one in owed), NOTHING)
