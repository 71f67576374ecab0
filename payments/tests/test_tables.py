"""Spreadsheets that somebody hands in: read as offices write them, and never a trap."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from payments import cells
from payments.tables import MAX_COLUMNS, TableRefused, read_table, text_of


def workbook(*rows: tuple[object, ...]) -> bytes:
    """Return an XLSX file of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data: bytes, name: str, content: bytes) -> bytes:
    """Return the workbook with another part in place of `name`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.infolist():
            kept = content if one.filename == name else old.read(one)
            new.writestr(one.filename, kept, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_read_in_every_form_that_excel_saves(encoding: str, delimiter: str) -> None:
    text = f"ชื่อ{delimiter}จำนวน\r\nสมศรี ใจดี{delimiter}๑๒๐\r\n\r\n"

    rows = read_table(text.encode(encoding))

    assert [row.cells for row in rows] == [("ชื่อ", "จำนวน"), ("สมศรี ใจดี", "๑๒๐")]
    assert [row.number for row in rows] == [1, 2]


def test_a_workbook_keeps_numbers_exact_and_days_as_days() -> None:
    rows = read_table(workbook(("ชื่อ", 1250.1, dt.date(2026, 7, 31)), (None, None, None)))

    assert len(rows) == 1
    name, amount, day = rows[0].cells
    assert (text_of(name), cells.money(amount), cells.day(day)) == (
        "ชื่อ",
        Decimal("1250.10"),
        dt.date(2026, 7, 31),
    )


def test_columns_beyond_what_anybody_writes_are_left() -> None:
    (row,) = read_table(workbook(tuple(range(300))))

    assert len(row.cells) == MAX_COLUMNS


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ไฟล์ว่าง"),
        (b"\0" * 100, "ไฟล์ว่าง"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "รุ่นเก่า"),
        (b"a,b\0c", "อ่านไฟล์ไม่ได้"),
        (b"PK\x03\x04 and nothing more", "เสียหาย"),
        (b"x" * 200, "ใหญ่เกินไป"),
        (b"a\nb\nc\nd", "แบ่งเป็นหลายไฟล์"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(TableRefused, match=words):
        read_table(data, max_bytes=150, max_rows=3)


def test_lines_without_end_are_not_counted_through() -> None:
    with pytest.raises(TableRefused, match="บรรทัด"):
        read_table(b"a,b\n" + b"\n" * 200_000)


def test_a_file_that_unpacks_to_far_more_than_it_is_is_refused() -> None:
    bomb = changed(workbook(("x",)), SHEET, b"<worksheet>" + b" " * 90_000_000)
    assert len(bomb) < 1_000_000

    with pytest.raises(TableRefused, match="คลายออก"):
        read_table(bomb)


@pytest.mark.parametrize("before", [0, 4090, 1024 * 1024 - 5, 3_000_000])
def test_entities_are_refused_wherever_they_are_declared(before: int) -> None:
    comment = b"<!--" + b"x" * before + b"-->"
    trap = b'<?xml version="1.0"?>' + comment + b'<!DocType x [<!ENTITY a "b">]><worksheet/>'

    with pytest.raises(TableRefused, match="อ่านไฟล์ไม่ได้"):
        read_table(changed(workbook(("x",)), SHEET, trap))
