"""A bank's file in the bank's own words: lines of money that came in, and rows that cannot be."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from bannmae.thai.calendar import BANGKOK, local_date
from payments import cells
from payments.errors import Refused
from payments.statements import layout
from payments.statements.layout import Layout
from payments.tables import Cell, Row, TableRefused, read_table, text_of

OLDEST = dt.timedelta(days=366 * 10)
# A bank's midnight may come before ours.
AHEAD = dt.timedelta(days=1)
IN_MARKS = frozenset({"c", "cr", "credit", "ฝาก", "เข้า", "เงินเข้า", "เครดิต", "+", "in", "d/cr"})
SUM_WORDS = ("รวม", "total", "ยอดยก", "balance", "forward", "หน้า", "page")
OUT_MARKS = frozenset({"d", "dr", "debit", "ถอน", "ออก", "เงินออก", "เดบิต", "-", "out"})


@dataclass(frozen=True, slots=True)
class Read:
    """A line of money in. `at` is aware; without `has_time` it is midnight in Bangkok."""

    row: int  # 1-based, of the file
    at: dt.datetime
    has_time: bool
    amount: Decimal
    reference: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that looks like money and cannot be read."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file says: money in, rows with an error, and how many rows are neither."""

    lines: list[Read] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    money_out: int = 0
    passed_over: int = 0

    @property
    def total(self) -> Decimal:
        """All money in, in baht."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


def rows_of(data: bytes) -> list[Row]:
    """Return the rows of a bank's file.

    Raises:
        Refused: it is no table, too large, damaged, or a page that calls itself one.
    """
    start = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith(b"%pdf"):
        raise Refused("ไฟล์ PDF อ่านเป็นรายการไม่ได้ โปรดดาวน์โหลดเป็น Excel หรือ CSV จากธนาคาร")
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise Refused("ไฟล์นี้เป็นหน้าเว็บที่ตั้งชื่อเป็น Excel เปิดใน Excel แล้วบันทึกเป็น .xlsx ก่อน")
    try:
        return read_table(data)
    except TableRefused as error:
        raise Refused(str(error)) from error


def read(
    rows: Sequence[Row], how: Layout, header: int, now: dt.datetime | None = None
) -> Statement:
    """Return what the rows below `header` (an index, -1 for none) say.

    A row without money in is passed over: letterheads, sums, money that went out. A row with
    money whose day cannot be read is a problem: it is not taken in, and the clerk sees it.
    """
    today = local_date(now or timezone.now())
    found = Statement()
    money_out = passed_over = 0
    for row in rows[header + 1 :]:
        number = row.number
        try:
            amount = _money_in(row, how)
        except ValueError as error:
            if _is_sum(row, how):
                passed_over += 1
            else:
                found.problems.append(Problem(number, str(error)))
            continue
        if amount is None:
            passed_over += 1
            continue
        if amount <= 0:
            money_out += 1
            continue
        try:
            at, has_time = _moment(row, how, today)
            if at is None:
                raise ValueError(f"มีเงินเข้า {amount:,.2f} บาท แต่ไม่มีวันที่")
        except ValueError as error:
            # The sum below a column stands in the row of no day.
            if _is_sum(row, how):
                passed_over += 1
            else:
                found.problems.append(Problem(number, str(error)))
            continue
        found.lines.append(
            Read(
                row=number,
                at=at,
                has_time=has_time,
                amount=amount,
                reference=_text(row, how, layout.REFERENCE)[:100],
                description=" ".join(
                    part
                    for part in (
                        _text(row, how, layout.DESCRIPTION),
                        _text(row, how, layout.DETAIL),
                    )
                    if part
                )[:300],
            )
        )
    return Statement(found.lines, found.problems, money_out, passed_over)


def fingerprints(lines: Sequence[Read]) -> list[str]:
    """Return what tells each line again in another file of the same account.

    Two lines that say the same are the first and the second of their kind: the order in which a
    file lists them does not matter, since they are alike.
    """
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        text = "\x1f".join(
            (
                line.at.astimezone(BANGKOK).strftime(
                    "%Y-%m-%dT%H:%M:%S" if line.has_time else "%F"
                ),
                f"{line.amount:.2f}",
                line.reference,
                line.description,
            )
        )
        seen[text] += 1
        found.append(hashlib.sha256(f"{text}\x1f{seen[text]}".encode()).hexdigest())
    return found


# -- pieces of a row ------------------------------------------------------------------------------


def _cell(row: Row, how: Layout, role: str) -> Cell:
    return row.cell(how.columns.get(role))


def _text(row: Row, how: Layout, role: str) -> str:
    text = text_of(_cell(row, how, role)).strip()
    return "" if text.strip("-–—") == "" else text


def _money_in(row: Row, how: Layout) -> Decimal | None:
    """Return money in (positive) or out (negative); None where the row has none.

    Raises:
        ValueError: there is something that is no amount.
    """
    if layout.CREDIT in how.columns:
        credit = cells.money(_cell(row, how, layout.CREDIT))
        if credit is not None:
            return credit
        debit = cells.money(_cell(row, how, layout.DEBIT))
        return -abs(debit) if debit is not None else None
    amount = cells.money(_cell(row, how, layout.AMOUNT))
    if amount is None or layout.MARK not in how.columns:
        return amount
    mark = _text(row, how, layout.MARK).casefold().strip(" .")
    if mark in IN_MARKS:
        return abs(amount)
    if mark in OUT_MARKS:
        return -abs(amount)
    raise ValueError(f"ไม่ทราบว่า “{mark[:20]}” คือเงินเข้าหรือออก")


def _moment(row: Row, how: Layout, today: dt.date) -> tuple[dt.datetime | None, bool]:
    cell = _cell(row, how, layout.DATE)
    day = cells.day(cell, how.order)
    if day is None:
        return None, False
    if day > today + AHEAD:
        raise ValueError(f"วันที่ {text_of(cell)[:20]} อยู่ในอนาคต ตรวจลำดับวัน/เดือน/ปี")
    if day < today - OLDEST:
        raise ValueError(f"วันที่ {text_of(cell)[:20]} เก่ากว่า 10 ปี ตรวจลำดับวัน/เดือน/ปี")
    separate = layout.TIME in how.columns
    clock = cells.clock(_cell(row, how, layout.TIME) if separate else cell)
    at = dt.datetime.combine(day, clock or dt.time(), tzinfo=BANGKOK)
    return at, clock is not None


def _is_sum(row: Row, how: Layout) -> bool:
    """Tell whether a row stands below the lines: a sum, a header of the next page, a footnote."""
    words = " ".join(text_of(cell) for cell in row.cells).casefold()
    if any(word in words for word in SUM_WORDS):
        return True
    return layout.header_texts(row.cells) == how.header
