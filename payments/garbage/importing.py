"""A file of households: read, shown with its errors by row, and taken in when somebody says yes.

A house that is in the register already keeps its months and its rate; its owner, telephone and
note are corrected. Months that were paid before this register was begun are kept without a
receipt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from bannmae.models import Staff
from bannmae.thai import phone
from bannmae.thai.numerals import to_arabic_digits
from payments import access, cells
from payments.errors import Refused
from payments.garbage import months as calendar
from payments.garbage import register
from payments.garbage.register import Entry
from payments.garbage.rules import FUTURE, current_month
from payments.models import Household, HouseholdMonth, HouseholdRate
from payments.tables import Row, TableRefused, find_columns, read_table, text_of

CHUNK = 500
MAX_MONTHS = 300_000  # of one file: 20,000 houses with fifteen months each

# What a column may be called.
NAMES: dict[str, Iterable[str]] = {
    "house_no": ("บ้านเลขที่", "เลขที่บ้าน", "เลขที่", "house no", "house number"),
    "village": ("หมู่ที่", "หมู่", "ม.", "หมู่บ้าน", "village", "moo"),
    "owner": (
        "ผู้ชำระ", "ชื่อ", "ชื่อสกุล", "ชื่อ-สกุล", "ชื่อ-นามสกุล", "เจ้าบ้าน", "ชื่อเจ้าบ้าน",
        "เจ้าของ", "ชื่อผู้ชำระ", "owner", "name",
    ),
    "rate": (
        "อัตรา", "อัตราต่อเดือน", "บาทต่อเดือน", "ค่าขยะต่อเดือน", "อัตรา (บาท/เดือน)",
        "อัตราค่าธรรมเนียม", "ค่าธรรมเนียม", "rate",
    ),
    "since": ("เก็บตั้งแต่", "เก็บตั้งแต่เดือน", "เริ่มเก็บ", "ตั้งแต่", "ตั้งแต่เดือน", "since"),
    "paid_until": (
        "ชำระถึง", "ชำระถึงเดือน", "ชำระแล้วถึง", "จ่ายถึง", "จ่ายถึงเดือน", "paid until",
    ),
    "phone": ("โทรศัพท์", "เบอร์โทร", "เบอร์โทรศัพท์", "โทร", "phone"),
    "note": ("หมายเหตุ", "note", "remark"),
}  # fmt: skip
LABELS = {
    "house_no": "บ้านเลขที่",
    "village": "หมู่ที่",
    "owner": "ผู้ชำระ",
    "rate": "อัตรา (บาท/เดือน)",
    "since": "เก็บตั้งแต่",
    "paid_until": "ชำระถึง",
    "phone": "โทรศัพท์",
    "note": "หมายเหตุ",
}
NEEDED = ("house_no", "village", "owner", "rate")

Key = tuple[int, str]  # หมู่ที่, house number


@dataclass(frozen=True, slots=True)
class Line:
    """A right row: a household, its rate, and the last month that is paid."""

    row: int
    entry: Entry
    rate: Decimal
    paid_until: date | None

    @property
    def key(self) -> Key:
        """By which a house is told again."""
        return self.entry.village, self.entry.house_no

    @property
    def paid(self) -> list[date]:
        """The months that are paid, by the office's own word."""
        return calendar.span(self.entry.since, self.paid_until) if self.paid_until else []


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be taken in, and why."""

    row: int
    house: str
    text: str


@dataclass(slots=True)
class Preview:
    """What taking a file in would do."""

    new: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    same: int = 0
    problems: list[Problem] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


def preview(data: bytes, today: date | None = None) -> Preview:
    """Return what a file would do.

    Raises:
        Refused: it is no table, or has none of the columns that are needed.
    """
    lines, problems, columns = read(data, today)
    found = Preview(problems=problems, columns=columns)
    for part in _chunks(lines):
        there = _there(part)
        for line in part:
            row = there.get(line.key)
            if row is None:
                found.new.append(line)
            elif _differs(line, row):
                found.changed.append(line)
            else:
                found.same += 1
    return found


def take_in(lines: Sequence[Line], by: Staff) -> tuple[int, int]:
    """Take rows of `read` in; return how many houses were added and how many corrected.

    All of it or nothing.

    Raises:
        Refused: not allowed, or more paid months than MAX_MONTHS.
    """
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")
    if sum(len(line.paid) for line in lines) > MAX_MONTHS:
        raise Refused("เดือนที่ชำระแล้วในไฟล์นี้มากเกินไป ใส่ “เก็บตั้งแต่” ให้ใหม่กว่านี้ หรือแบ่งไฟล์")
    added = changed = 0
    with transaction.atomic():
        for part in _chunks(lines):
            more = _write(part)
            added, changed = added + more[0], changed + more[1]
    return added, changed


def read(data: bytes, today: date | None = None) -> tuple[list[Line], list[Problem], list[str]]:
    """Return the right rows, the wrong ones, and the names of the columns that were found.

    Raises:
        Refused: it is no table, or has none of the columns that are needed.
    """
    try:
        rows = read_table(data)
    except TableRefused as error:
        raise Refused(str(error)) from error
    found = find_columns(rows, NAMES, needed=NEEDED)
    if found is None:
        wanted = " ".join(f"“{LABELS[name]}”" for name in NEEDED)
        raise Refused(f"ไม่พบหัวตาราง ต้องมีคอลัมน์ {wanted} อยู่ในแถวเดียวกัน")
    header, columns = found
    current = current_month(today)
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[Key, int] = {}
    for row in rows[header + 1 :]:
        house = text_of(row.cell(columns["house_no"]))
        try:
            line = _line(row, columns, current)
            if line.key in seen:
                raise Refused(f"ซ้ำกับแถวที่ {seen[line.key]}")
        except (Refused, ValueError) as error:
            problems.append(Problem(row.number, house[:30], str(error)))
            continue
        seen[line.key] = row.number
        lines.append(line)
    return lines, problems, [LABELS[name] for name in LABELS if name in columns]


def _line(row: Row, columns: Mapping[str, int], current: date) -> Line:
    def text(name: str) -> str:
        return text_of(row.cell(columns.get(name)))

    rate = cells.money(row.cell(columns["rate"]))
    if rate is None:
        raise Refused("ไม่ได้ระบุอัตรา")
    register.check_rate(rate)
    since = cells.month(row.cell(columns.get("since")))
    paid_until = cells.month(row.cell(columns.get("paid_until")))
    if since is None:
        # Without a beginning it is the first month that is not paid: nothing older is claimed.
        since = calendar.add(paid_until, 1) if paid_until else current
        paid_until = None
    if paid_until is not None and paid_until < since:
        if calendar.add(paid_until, 1) != since:
            raise Refused("เดือนที่ชำระถึง มาก่อนเดือนที่เริ่มเก็บ")
        paid_until = None
    if paid_until is not None and paid_until > calendar.add(current, FUTURE):
        raise Refused(f"ชำระล่วงหน้าได้ไม่เกิน {FUTURE} เดือน")
    if since > calendar.add(current, FUTURE):
        raise Refused("เดือนที่เริ่มเก็บอยู่ในอนาคตไกลเกินไป ตรวจปี พ.ศ.")
    entry = register.check(
        Entry(
            house_no=to_arabic_digits(text("house_no")),
            village=_village(text("village")),
            owner_name=text("owner"),
            since=since,
            phone=_phone(text("phone")),
            note=text("note"),
        )
    )
    return Line(row.number, entry, rate, paid_until)


def _village(text: str) -> int:
    found = re.search(r"\d{1,3}", to_arabic_digits(text))
    if found is None:
        raise Refused("ไม่ได้ระบุหมู่ที่")
    return int(found[0])


def _phone(text: str) -> str:
    if not text.strip("-–—. "):
        return ""
    digits = f"0{text}" if re.fullmatch(r"[689]\d{8}", text) else text  # a spreadsheet ate the 0
    try:
        return phone.normalise(digits)
    except phone.InvalidPhone as error:
        raise Refused(str(error)) from error


# -- writing --------------------------------------------------------------------------------------


def _chunks(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    return (lines[at : at + CHUNK] for at in range(0, len(lines), CHUNK))


def _there(lines: Sequence[Line], *, lock: bool = False) -> dict[Key, Household]:
    rows = Household.objects.filter(
        village__in={line.entry.village for line in lines},
        house_no__in={line.entry.house_no for line in lines},
    )
    if lock:
        rows = rows.select_for_update()
    return {(row.village, row.house_no): row for row in rows}


def _differs(line: Line, row: Household) -> bool:
    entry = line.entry
    return (
        entry.owner_name != row.owner_name
        or bool(entry.phone and entry.phone != row.phone)
        or bool(entry.note and entry.note != row.note)
    )


def _write(lines: Sequence[Line]) -> tuple[int, int]:
    there = _there(lines, lock=True)
    new = [line for line in lines if line.key not in there]
    changed = [
        (line, row)
        for line in lines
        if (row := there.get(line.key)) is not None and _differs(line, row)
    ]
    for line, row in changed:
        row.owner_name = line.entry.owner_name
        row.phone = line.entry.phone or row.phone
        row.note = line.entry.note or row.note
        row.search_text = register.search_text(row.house_no, row.village, row.owner_name)
    Household.objects.bulk_update(
        [row for _, row in changed], ["owner_name", "phone", "note", "search_text"], batch_size=200
    )
    made = Household.objects.bulk_create(
        (
            Household(
                house_no=line.entry.house_no,
                village=line.entry.village,
                owner_name=line.entry.owner_name,
                phone=line.entry.phone,
                since=line.entry.since,
                note=line.entry.note,
                search_text=register.search_text(
                    line.entry.house_no, line.entry.village, line.entry.owner_name
                ),
            )
            for line in new
        ),
        batch_size=200,
    )
    pairs = list(zip(made, new, strict=True))
    HouseholdRate.objects.bulk_create(
        (HouseholdRate(household=row, since=row.since, amount=line.rate) for row, line in pairs),
        batch_size=CHUNK,
    )
    HouseholdMonth.objects.bulk_create(
        (
            HouseholdMonth(household=row, month=month, amount=line.rate)
            for row, line in pairs
            for month in line.paid
        ),
        batch_size=CHUNK,
    )
    return len(new), len(changed)
