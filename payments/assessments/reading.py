"""What a file of assessments says, row by row, and what is wrong with each row in Thai."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bannmae.thai import national_id
from bannmae.thai.calendar import BE_OFFSET
from bannmae.thai.numerals import to_arabic_digits
from payments import cells
from payments.assessments.identity import number_key
from payments.models import Revenue
from payments.tables import (
    MAX_ROWS,
    Cell,
    Row,
    TableRefused,
    find_columns,
    heading_key,
    read_table,
    text_of,
)

NAMES: dict[str, Sequence[str]] = {
    "number": (
        "เลขที่หนังสือแจ้ง",
        "เลขที่หนังสือแจ้งการประเมิน",
        "เลขที่แบบแจ้งการประเมิน",
        "เลขที่แจ้งประเมิน",
        "เลขที่หนังสือ",
        "เลขที่ ภ.ด.ส.6",
        "เลขที่ ภ.ด.ส.7",
        "เลขที่ ภ.ป.3",
        "ภ.ด.ส.6",
        "ภ.ป.3",
        "number",
    ),
    "payer_name": (
        "ผู้เสียภาษี",
        "ชื่อผู้เสียภาษี",
        "ชื่อ-สกุล",
        "ชื่อ-นามสกุล",
        "ชื่อ",
        "ชื่อผู้ชำระ",
        "ผู้ชำระ",
        "เจ้าของทรัพย์สิน",
        "ชื่อเจ้าของ",
        "payer",
        "name",
    ),
    "national_id": (
        "เลขประจำตัวประชาชน",
        "หมายเลขประจำตัวประชาชน",
        "เลขบัตรประชาชน",
        "หมายเลขบัตรประชาชน",
        "บัตรประชาชน",
        "เลขประจำตัวผู้เสียภาษี",
        "เลขประจำตัว 13 หลัก",
        "national id",
    ),
    "owner_code": ("ผ.ท.4", "รหัส ผ.ท.4", "เลขที่ ผ.ท.4", "รหัสเจ้าของ", "รหัสชื่อเจ้าของ"),
    "revenue": ("ประเภท", "ประเภทภาษี", "ชนิดภาษี", "kind"),
    "year": ("ปี", "ปีภาษี", "ประจำปี", "ปี พ.ศ.", "ปีงบประมาณ", "year"),
    "amount": (
        "จำนวนเงิน",
        "จำนวนเงิน (บาท)",
        "จำนวนเงินภาษี",
        "ค่าภาษี",
        "ภาษีที่ต้องชำระ",
        "ภาษีที่ต้องชำระ (บาท)",
        "จำนวนภาษีที่ต้องชำระ",
        "ยอดภาษี",
        "ยอดเงิน",
        "amount",
    ),
    "due_on": (
        "ครบกำหนด",
        "วันครบกำหนด",
        "กำหนดชำระ",
        "กำหนดชำระภายใน",
        "ชำระภายในวันที่",
        "due date",
    ),
    "address": ("ที่อยู่", "ที่อยู่จัดส่ง", "ที่อยู่จัดส่งเอกสาร", "ที่อยู่ผู้เสียภาษี", "address"),
}
HEADS = 15  # rows that may stand above the first one
NEEDED = ("number", "payer_name", "amount")
LABELS = {
    "number": "เลขที่หนังสือแจ้ง",
    "payer_name": "ผู้เสียภาษี",
    "national_id": "เลขประจำตัวประชาชน",
    "owner_code": "ผ.ท.4",
    "revenue": "ประเภท",
    "year": "ปี",
    "amount": "จำนวนเงิน",
    "due_on": "ครบกำหนด",
    "address": "ที่อยู่",
}
FIRST_YEAR, LAST_YEAR = 2500, 2699
FURTHEST_DUE = 10  # years from the year that is assessed: a slip of the pen beyond that
# As the columns of Assessment hold them.
_LENGTHS = {"number": 50, "payer_name": 200, "owner_code": 30, "address": 500}


@dataclass(slots=True)
class Line:
    """A row of the file: what it says, or why it cannot be taken in."""

    number_in_file: int
    revenue: Revenue
    year: int
    number: str = ""
    payer_name: str = ""
    national_id: str = field(default="", repr=False)
    owner_code: str = ""
    amount: Decimal | None = None
    due_on: date | None = None
    address: str = field(default="", repr=False)
    errors: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[int, int, str]:
        """What tells the same assessment again."""
        return self.revenue.pk, self.year, self.number

    @property
    def masked_id(self) -> str:
        """The ID as pages show it."""
        return national_id.mask(self.national_id)


@dataclass(frozen=True, slots=True)
class File:
    """What a file says; `columns` are those that were found, `lines` in the file's order."""

    columns: tuple[str, ...]
    lines: list[Line]

    @property
    def right(self) -> list[Line]:
        """The rows that can be taken in."""
        return [one for one in self.lines if not one.errors]

    @property
    def wrong(self) -> list[Line]:
        """The rows that cannot."""
        return [one for one in self.lines if one.errors]


def read_file(data: bytes, *, revenue: Revenue, year: int, kinds: Sequence[Revenue]) -> File:
    """Read a file; `revenue` and `year` are meant where it has no such column or an empty cell.

    Raises:
        TableRefused: it cannot be read, or lacks a column that is needed.
    """
    rows = read_table(data, max_rows=MAX_ROWS + HEADS)
    found = find_columns(rows, {name: NAMES[name] for name in NAMES}, needed=NEEDED, within=HEADS)
    if found is None:
        names = " ".join(f"“{LABELS[one]}”" for one in NEEDED)
        raise TableRefused(f"ไม่พบแถวหัวตารางที่มีคอลัมน์ {names}")
    head, places = found
    if "national_id" not in places and "owner_code" not in places:
        raise TableRefused("ไม่พบคอลัมน์ “เลขประจำตัวประชาชน” หรือ “ผ.ท.4” ต้องมีอย่างน้อยหนึ่งคอลัมน์")
    named = _kinds(kinds)
    lines = [_line(row, places, revenue, year, named) for row in rows[head + 1 :]]
    if not lines:
        raise TableRefused("ไฟล์มีแต่หัวตาราง ไม่มีรายการ")
    if len(lines) > MAX_ROWS:
        raise TableRefused(f"มีมากกว่า {MAX_ROWS:,} แถว โปรดแบ่งเป็นหลายไฟล์")
    _mark_repeats(lines)
    return File(tuple(LABELS[one] for one in LABELS if one in places), lines)


def clean_number(text: str) -> str:
    """Return a notice's number as it is kept: Arabic digits, one space at most.

    >>> clean_number(" ๑๒๓ /๒๕๖๙ ")
    '123/2569'
    """
    plain = to_arabic_digits(text_of(text))
    return plain.replace(" /", "/").replace("/ ", "/").replace(" -", "-").replace("- ", "-")


def _kinds(kinds: Sequence[Revenue]) -> dict[str, Revenue]:
    return {
        heading_key(name): kind for kind in kinds for name in (kind.slug, kind.name, kind.menu_name)
    }


def _line(
    row: Row, places: dict[str, int], revenue: Revenue, year: int, kinds: dict[str, Revenue]
) -> Line:
    line = Line(row.number, revenue, year)

    def cell(name: str) -> Cell:
        return row.cell(places.get(name))

    for name, read in _READERS.items():
        problem = read(line, cell(name))
        if problem:
            line.errors.append(problem)
    if kind := text_of(cell("revenue")):
        known = kinds.get(heading_key(kind))
        if known is None:
            line.errors.append(f"ไม่รู้จักประเภท “{kind[:60]}”")
        else:
            line.revenue = known
    if not line.national_id and not line.owner_code and not line.errors:
        line.errors.append("ต้องมีเลขประจำตัวประชาชนหรือรหัส ผ.ท.4 อย่างน้อยหนึ่งอย่าง")
    return line


def _number(line: Line, cell: Cell) -> str:
    line.number = clean_number(text_of(cell))
    if not number_key(line.number):
        return "ไม่มีเลขที่หนังสือแจ้ง"
    return _too_long(line, "number")


def _payer(line: Line, cell: Cell) -> str:
    line.payer_name = text_of(cell)
    if not line.payer_name:
        return "ไม่มีชื่อผู้เสียภาษี"
    return _too_long(line, "payer_name")


def _person(line: Line, cell: Cell) -> str:
    text = text_of(cell)
    if text in ("", "-", "–", "0"):
        return ""
    # A spreadsheet's number has lost the zeros that it began with.
    text = text.zfill(national_id.LENGTH) if isinstance(cell, Decimal) else text
    try:
        line.national_id = national_id.normalise(text)
    except national_id.InvalidNationalId as error:
        return str(error)
    return ""


def _owner(line: Line, cell: Cell) -> str:
    text = text_of(cell)
    line.owner_code = "" if text in ("-", "–") else text
    return _too_long(line, "owner_code")


def _year(line: Line, cell: Cell) -> str:
    text = to_arabic_digits(text_of(cell)).replace("พ.ศ.", "").strip()
    if not text:
        return ""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    year = year + BE_OFFSET if 1957 <= year <= 2156 else year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return f"ปีไม่ถูกต้อง “{text[:20]}” ต้องเป็น พ.ศ. 4 หลัก"
    line.year = year
    return ""


def _amount(line: Line, cell: Cell) -> str:
    try:
        line.amount = cells.money(cell)
    except ValueError as error:
        return f"จำนวนเงินไม่ถูกต้อง: {error}"
    if line.amount is None and not text_of(cell).strip("-–—"):
        return "ไม่มีจำนวนเงิน"
    return "" if line.amount and line.amount > 0 else "จำนวนเงินต้องมากกว่า 0 บาท"


def _due(line: Line, cell: Cell) -> str:
    try:
        due_on = cells.day(cell)
    except ValueError as error:
        return f"วันครบกำหนดไม่ถูกต้อง: {error} เช่น 31/7/2570"
    if due_on is not None and abs(due_on.year + BE_OFFSET - line.year) > FURTHEST_DUE:
        return f"วันครบกำหนดไม่ถูกต้อง “{text_of(cell)[:30]}” เช่น 31/7/2570"
    line.due_on = due_on
    return ""


def _address(line: Line, cell: Cell) -> str:
    line.address = text_of(cell)
    return _too_long(line, "address")


_READERS: dict[str, Callable[[Line, Cell], str]] = {
    "number": _number,
    "payer_name": _payer,
    "national_id": _person,
    "owner_code": _owner,
    "year": _year,
    "amount": _amount,
    "due_on": _due,
    "address": _address,
}


def _too_long(line: Line, name: str) -> str:
    said, longest = getattr(line, name), _LENGTHS[name]
    if len(said) <= longest:
        return ""
    setattr(line, name, said[:longest])
    return f"{LABELS[name]}ยาวเกินไป (ไม่เกิน {longest} ตัวอักษร)"


def _mark_repeats(lines: list[Line]) -> None:
    """The second row of one number is wrong: nobody knows which of the two counts."""
    first: dict[tuple[int, int, str], int] = {}
    for line in lines:
        key = (line.revenue.pk, line.year, number_key(line.number))
        if not key[2]:
            continue
        if key in first:
            line.errors.append(f"เลขที่หนังสือแจ้งซ้ำกับแถวที่ {first[key]}")
        else:
            first[key] = line.number_in_file
