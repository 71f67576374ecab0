"""A CSV or XLSX file as rows of cells, whoever made it: bounded in bytes, rows, columns and time.

Nothing here knows what the columns mean; households and assessments are read by it too.
"""

from __future__ import annotations

import csv
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from bannmae.media.errors import FileRefused, PhotoTooLarge
from bannmae.media.reading import Readable, read_bounded
from bannmae.thai.text import normalise_text
from payments.errors import Refused

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_CELL = 500  # characters of a cell that are kept
# Of an XLSX, unpacked: one of 20,000 rows and 15 columns has some 20 MB.
MAX_UNPACKED = 80 * 1024 * 1024
MAX_PARTS = 500
PIECE = 1024 * 1024

Cell = str | Decimal | datetime | date | time

# (the name in settings, what it is called on screen); cp874 holds all of TIS-620.
ENCODINGS = {
    "": "รู้เอง",
    "utf-8": "UTF-8",
    "cp874": "TIS-620 / Windows-874",
    "utf-16": "UTF-16",
}
DELIMITERS = ",;\t|"

# What zipfile raises for a damaged, a strange or a locked file.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, empty ones included, so that row n is the n-th (1-based) of the file."""

    rows: list[list[Cell]]
    kind: str  # 'xlsx' or 'csv'
    encoding: str = ""


def read_upload(file: Readable) -> bytes:
    """Return the bytes of an uploaded file.

    Raises:
        Refused: it is empty or larger than MAX_BYTES.
    """
    try:
        data = read_bounded(file, MAX_BYTES)
    except PhotoTooLarge as error:
        raise Refused(f"ไฟล์ใหญ่เกิน {MAX_BYTES // 1024 // 1024} MB โปรดแบ่งเป็นช่วงวันที่สั้นลง") from error
    except FileRefused as error:
        raise Refused("ไฟล์ว่าง ไม่มีข้อมูล") from error
    if not data.strip():
        raise Refused("ไฟล์ว่าง ไม่มีข้อมูล")
    return data


def read_table(data: bytes, encoding: str = "") -> Table:
    """Return the rows of a CSV or XLSX file; which one it is, its bytes say.

    `encoding` is one of ENCODINGS, '' to find it out.

    Raises:
        Refused: it is neither, damaged, too large, or unpacks to too much.
    """
    if len(data) > MAX_BYTES:
        raise Refused(f"ไฟล์ใหญ่เกิน {MAX_BYTES // 1024 // 1024} MB")
    if data.startswith(b"PK"):
        return Table(_bounded(_xlsx(data)), "xlsx")
    if data.startswith(OLD_EXCEL):
        raise Refused("ไฟล์ .xls แบบเก่าอ่านไม่ได้ เปิดใน Excel แล้วบันทึกเป็น .xlsx หรือ CSV ก่อน")
    if data.startswith(b"%PDF"):
        raise Refused("ไฟล์ PDF อ่านเป็นรายการไม่ได้ โปรดดาวน์โหลดเป็น Excel หรือ CSV จากธนาคาร")
    text, used = _decoded(data, encoding)
    if text.lstrip()[:200].lower().startswith(("<html", "<!doctype", "<table", "<?xml")):
        raise Refused("ไฟล์นี้เป็นหน้าเว็บที่ตั้งชื่อเป็น Excel เปิดใน Excel แล้วบันทึกเป็น .xlsx ก่อน")
    return Table(_bounded(_csv(text)), "csv", used)


def text_of(cell: Cell) -> str:
    """Return a cell as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()


def _bounded(rows: Iterator[list[Cell]]) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    for row in rows:
        if len(found) >= MAX_ROWS:
            raise Refused(f"ไฟล์มีเกิน {MAX_ROWS:,} แถว โปรดแบ่งเป็นช่วงวันที่สั้นลง")
        while row and row[-1] == "":
            row.pop()
        found.append(row)
    while found and not found[-1]:
        found.pop()
    if not found:
        raise Refused("ไฟล์ว่าง ไม่มีข้อมูล")
    return found


# -- CSV ------------------------------------------------------------------------------------------


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    if encoding not in ENCODINGS:
        encoding = ""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tried = ["utf-16"]
    elif encoding:
        tried = [encoding]
    else:
        tried = ["utf-8", "cp874"]
    for name in tried:
        try:
            text = data.decode("utf-8-sig" if name == "utf-8" else name)
        except UnicodeError:
            continue
        if "\0" in text:
            break
        return text, name
    raise Refused("อ่านตัวอักษรในไฟล์ไม่ได้ โปรดบันทึกเป็น CSV UTF-8 หรือ .xlsx แล้วลองอีกครั้ง")


def _csv(text: str) -> Iterator[list[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            yield [_tidy(value) for value in row[:MAX_COLUMNS]]
    except csv.Error as error:
        raise Refused(f"แถวที่ {reader.line_num} ของไฟล์ CSV อ่านไม่ได้") from error


def _delimiter(text: str) -> str:
    """Return what parts the columns: what makes most lines alike, and wide."""
    sample = text[:20_000].splitlines()[:60]

    def weight(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        except csv.Error:
            return (0, 0)
        wide = [width for width in widths if width > 1]
        if not wide:
            return (0, 0)
        usual = max(set(wide), key=lambda width: (wide.count(width), width))
        return (wide.count(usual) * min(usual, 12), -DELIMITERS.index(delimiter))

    return max(DELIMITERS, key=weight)


def _tidy(value: str) -> str:
    return normalise_text(value[: 4 * MAX_CELL]).replace("\n", " ").strip()[:MAX_CELL]


# -- XLSX -----------------------------------------------------------------------------------------


def _xlsx(data: bytes) -> Iterator[list[Cell]]:
    _refuse_bombs(data)
    # Half a second and many megabytes: only when somebody imports.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
    except (
        InvalidFileException,
        *_DAMAGED,
        KeyError,
        TypeError,
        AttributeError,
        SyntaxError,  # what the XML parser raises
    ) as error:
        raise Refused("ไฟล์ Excel นี้เสียหายหรือมีรหัสผ่าน เปิดแล้วบันทึกใหม่เป็น .xlsx ก่อน") from error
    try:
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise Refused("ไฟล์ Excel ไม่มีแผ่นงาน")
        # What a file says of its own size is a claim: rows come as they are.
        sheet.reset_dimensions()
        try:
            for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
                yield [_cell(value) for value in row]
        except (*_DAMAGED, KeyError, TypeError, SyntaxError, AttributeError) as error:
            raise Refused("แผ่นงานใน Excel อ่านไม่ได้ เปิดแล้วบันทึกใหม่เป็น .xlsx ก่อน") from error
    finally:
        book.close()


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime | date | time):
        return value
    return _tidy(str(value))


def _number(value: float) -> Cell:
    """Return a number as it was typed: a spreadsheet keeps 0.1 as a binary fraction."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return ""
    if abs(value) > 10**30:
        return ""
    return Decimal(str(value))


def _refuse_bombs(data: bytes) -> None:
    """Raise Refused for what unpacks to more than a spreadsheet would, and for entities.

    zipfile gives no more bytes of a part than its header says, so these sums are a bound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MAX_PARTS or sum(one.file_size for one in parts) > MAX_UNPACKED:
                raise Refused("ไฟล์ Excel นี้ใหญ่เกินไปเมื่อคลายออก โปรดแบ่งเป็นช่วงวันที่สั้นลง")
            if not any(one.filename == "xl/workbook.xml" for one in parts):
                raise Refused("ไฟล์นี้ไม่ใช่ Excel (.xlsx)")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_entities(packed, part)
    except _DAMAGED as error:
        raise Refused("ไฟล์ Excel นี้เสียหายหรือมีรหัสผ่าน เปิดแล้วบันทึกใหม่เป็น .xlsx ก่อน") from error


def _refuse_entities(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with packed.open(part) as file:
        before = b""
        while piece := file.read(PIECE):
            text = before + piece.replace(b"\0", b"")  # of UTF-16
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise Refused("ไฟล์ Excel นี้มีส่วนที่ไม่ปลอดภัย ไม่รับนำเข้า")
            before = text[-16:]
