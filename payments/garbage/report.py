"""Who owes the garbage fee: a spreadsheet of the households in arrears, as many as it may hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from bannmae.thai.calendar import format_date
from payments.errors import Refused
from payments.garbage import months as calendar
from payments.garbage.listing import in_order, owing, with_months
from payments.garbage.rules import NOTHING, Month, current_month, months_owed
from payments.models import Household

if TYPE_CHECKING:
    from payments.papers.sheets import Cell

MOST_ROWS = 10_000
CHUNK = 500


def arrears_xlsx(
    rows: QuerySet[Household], municipality: str, today: date, narrowed: str = ""
) -> bytes:
    """Return a workbook of those of `rows` that owe, with how much and for which months.

    `rows` are of listing.with_what_is_owed; `narrowed` says in words which ones were asked for.

    Raises:
        Refused: more than MOST_ROWS owe.
    """
    from payments.papers.sheets import Column, Sheet, Table, workbook

    debtors = in_order(owing(rows, 1))
    keys = list(debtors.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(keys) > MOST_ROWS:
        raise Refused(f"มีมากกว่า {MOST_ROWS:,} ครัวเรือน เลือกหมู่ที่ก่อนแล้วพิมพ์ทีละหมู่")
    lines: list[list[Cell]] = []
    months, baht = 0, NOTHING
    for at, row in enumerate(_in_turn(keys), 1):
        owed = months_owed(row, today=today)
        lines.append(_line(at, row, owed))
        months += len(owed)
        baht += _baht(owed)
    total: list[Cell] = [
        None,
        "รวม",
        None,
        f"{len(lines):,} ครัวเรือน",
        None,
        months,
        None,
        baht or None,
    ]
    table = Table(
        columns=[
            Column("ลำดับ", 8, "count"),
            Column("บ้านเลขที่", 14),
            Column("หมู่ที่", 9, "count"),
            Column("ผู้ชำระ", 36),
            Column("อัตราปัจจุบัน", 14, "money"),
            Column("ค้าง (เดือน)", 13, "count"),
            Column("เดือนที่ค้าง", 40),
            Column("เป็นเงิน (บาท)", 16, "money"),
        ],
        rows=lines,
        total=total,
    )
    month = calendar.month_words(current_month(today))
    heading = [
        municipality,
        f"รายงานค้างชำระค่าธรรมเนียมเก็บและขนมูลฝอย ถึงเดือน {month}",
        " · ".join(filter(None, (f"ข้อมูลวันที่ {format_date(today)}", narrowed))),
    ]
    return workbook([Sheet("ค้างชำระ", heading, [table])])


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
        _baht(owed) or None,
    ]


def _baht(owed: Sequence[Month]) -> Decimal:
    return sum((one.amount for one in owed), NOTHING)
