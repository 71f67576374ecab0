"""Reading a spreadsheet that somebody hands in, XLSX or CSV, as rows of cells. Bounded.

What a cell means is for its reader to say (payments.cells).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import normalise_text

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELL = 2000  # characters that are kept of one cell
_MAX_UNPACKED = 80 * 1024 * 1024
_CHUNK = 1024 * 1024
_DOCTYPE = b"<!doctype"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_DECIMAL = re.compile(r"[-+]?\d{1,20}(?:\.\d{0,20})?(?:[eE][-+]?\d{1,2})?")

Cell = str | Decimal | datetime | date | time | bool | None


class TableRefused(ValueError):
    """The file is no table that can be read; `str()` of it is Thai and says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty; `number` is the one that the office's program shows, from 1."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, place: int | None) -> Cell:
        """Return a cell, None beyond the row's end or for no place."""
        return self.cells[place] if place is not None and place < len(self.cells) else None


def read_table(data: bytes, *, max_bytes: int = MAX_BYTES, max_rows: int = MAX_ROWS) -> list[Row]:
    """Return the rows of a file (of a workbook's first sheet), the empty ones left out.

    Of CSV all cells are text, of XLSX they are as they are stored: numbers as Decimal.

    Raises:
        TableRefused: too large, too many rows, of another form, or broken.
    """
    if len(data) > max_bytes:
        raise TableRefused(f"ไฟล์ใหญ่เกินไป (ไม่เกิน {max_bytes // 1024 // 1024} MB)")
    if not data.strip(b"\0 \r\n\t"):
        raise TableRefused("ไฟล์ว่าง ไม่มีข้อมูล")
    if data.startswith(_OLD_EXCEL):
        raise TableRefused("ไฟล์เป็น Excel รุ่นเก่า (.xls) หรือมีรหัสผ่าน โปรดบันทึกเป็น .xlsx ก่อน")
    numbered = _workbook(data) if data.startswith(_ZIP) else _text(data)
    rows: list[Row] = []
    for number, cells in numbered:
        if all(cell is None or cell == "" for cell in cells):
            continue
        if len(rows) >= max_rows:
            raise TableRefused(f"มีมากกว่า {max_rows:,} แถว โปรดแบ่งเป็นหลายไฟล์")
        rows.append(Row(number, tuple(cells)))
    if not rows:
        raise TableRefused("ไฟล์ว่าง ไม่มีข้อมูล")
    return rows


# -- cells --------------------------------------------------------------------------------------


def text_of(cell: Cell) -> str:
    """Return a cell as one line of text; whole numbers without a point, days as ISO.

    >>> text_of(Decimal("1234567890121")), text_of("  บ้าน  แม "), text_of(None)
    ('1234567890121', 'บ้าน แม', '')
    """
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, Decimal):
        whole = cell.to_integral_value() if cell == cell.to_integral_value() else cell
        return format(whole, "f")
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return " ".join(normalise_text(cell).split())


# -- CSV ----------------------------------------------------------------------------------------


def _text(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    text = _decoded(data)
    if "\0" in text:
        raise TableRefused("อ่านไฟล์ไม่ได้ รับเฉพาะ .xlsx และ .csv")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for cells in reader:
            if reader.line_num > MAX_ROWS * 5:
                raise TableRefused(f"มีมากกว่า {MAX_ROWS * 5:,} บรรทัด โปรดแบ่งเป็นหลายไฟล์")
            yield reader.line_num, [one.strip()[:MAX_CELL] for one in cells[:MAX_COLUMNS]]
    except csv.Error:
        raise TableRefused(f"อ่านไฟล์ไม่ได้ที่บรรทัด {reader.line_num:,}") from None


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or the Thai code page in which Excel saves CSV."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp874"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableRefused("อ่านตัวอักษรในไฟล์ไม่ได้ โปรดบันทึกเป็น .xlsx หรือ CSV UTF-8")


def _delimiter(text: str) -> str:
    """Return what parts most of the first lines into the most cells."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return max(",;\t|", key=lambda one: sum(line.count(one) for line in lines))


# -- XLSX ---------------------------------------------------------------------------------------


def _workbook(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    import openpyxl  # a slow import that most processes never need
    from openpyxl.utils.exceptions import InvalidFileException

    _look_into(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
        if not sheets:
            raise TableRefused("ไฟล์ไม่มีแผ่นงาน")
        sheet = sheets[0]
        # What the file says of its size may be wrong, or enormous.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=MAX_ROWS * 5, max_col=MAX_COLUMNS, values_only=True)
        for number, cells in enumerate(rows, 1):
            yield number, _without_tail([_stored(one) for one in cells])
    except TableRefused:
        raise
    # A broken workbook fails anywhere inside the library.
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        SyntaxError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise TableRefused("อ่านไฟล์ไม่ได้ ไฟล์อาจเสียหาย โปรดเปิดใน Excel แล้วบันทึกใหม่") from error


def _look_into(data: bytes) -> None:
    """Refuse what unpacks to far more than it is, and markup that declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > 1000 or sum(one.file_size for one in parts) > _MAX_UNPACKED:
                raise TableRefused("ไฟล์ใหญ่เกินไปเมื่อคลายออก")
            if any(one.flag_bits & 1 for one in parts):
                raise TableRefused("ไฟล์มีรหัสผ่าน โปรดบันทึกเป็น .xlsx ที่ไม่มีรหัสผ่าน")
            for one in parts:
                if one.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(one) as part:
                        _refuse_doctype(part)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise TableRefused("อ่านไฟล์ไม่ได้ ไฟล์อาจเสียหาย โปรดเปิดใน Excel แล้วบันทึกใหม่") from error


def _without_tail(cells: list[Cell]) -> list[Cell]:
    """Return the cells up to the last that holds something: openpyxl fills each row up."""
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _refuse_doctype(part: IO[bytes]) -> None:
    """Raise TableRefused for a document type, however long a comment stands before it."""
    before = b""
    while chunk := part.read(_CHUNK):
        if _DOCTYPE in (before + chunk).lower():
            raise TableRefused("อ่านไฟล์ไม่ได้ รับเฉพาะ .xlsx และ .csv")
        before = chunk[-len(_DOCTYPE) :]


def _stored(value: Any) -> Cell:
    if value is None or isinstance(value, bool | datetime | date | time):
        return value
    if isinstance(value, int | float):
        text = repr(value)
        if not _DECIMAL.fullmatch(text):
            return None
        try:
            return Decimal(text)
        except InvalidOperation:
            return None
    return str(value).strip()[:MAX_CELL]


# -- finding columns ----------------------------------------------------------------------------


def heading_key(text: str) -> str:
    """Return a heading as it is compared: letters and digits alone.

    >>> heading_key("เลขที่ ภ.ด.ส. 6 *"), heading_key("National ID")
    ('เลขที่ภดส6', 'nationalid')
    """
    plain = to_arabic_digits(normalise_text(text)).casefold()
    return "".join(one for one in plain if one.isalnum() or "\u0e31" <= one <= "\u0e4e")


def find_columns(
    rows: Sequence[Row], names: dict[str, Iterable[str]], *, needed: Iterable[str], within: int = 15
) -> tuple[int, dict[str, int]] | None:
    """Return where the heading stands in `rows`, and each known column's place in it.

    `names` are what a column may be called; the row that names all `needed` ones and most in all
    is the heading, None where there is none within the first rows.
    """
    known = {heading_key(one): column for column, several in names.items() for one in several}
    best: tuple[int, dict[str, int]] | None = None
    for index, row in enumerate(rows[:within]):
        found: dict[str, int] = {}
        for place, cell in enumerate(row.cells):
            column = known.get(heading_key(text_of(cell)))
            if column and column not in found:
                found[column] = place
        if all(one in found for one in needed) and (best is None or len(found) > len(best[1])):
            best = index, found
    return best
