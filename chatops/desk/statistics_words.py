"""The chat statistics in words: for the page, the paper and the spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

from bannmae.thai.calendar import MONTHS, be_year, fiscal_year_range
from chatops.desk.figures import Line, Period, Statistics, Times
from chatops.models import ChatCase

NONE = "–"
STATES = tuple(str(state.label) for state in ChatCase.State)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# What a spreadsheet would take for a formula.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, as it is read; `part` of the most in its table, per cent."""

    label: str
    opened: str
    automatic: str
    share: str
    first: tuple[str, str, str]
    total: tuple[str, str, str]
    closed: str
    handed_over: str
    part: int
    is_empty: bool


def span(took: dt.timedelta | None) -> str:
    """Write how long something took, in its two largest units.

    >>> span(dt.timedelta(seconds=40)), span(dt.timedelta(minutes=135)), span(None)
    ('40 วินาที', '2 ชม. 15 นาที', '–')
    >>> span(dt.timedelta(hours=50)), span(dt.timedelta(days=3))
    ('2 วัน 2 ชม.', '3 วัน')
    """
    if took is None:
        return NONE
    seconds = max(0, int(took.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} วินาที"
    for size, name, part, part_name in (
        (_DAY, "วัน", _HOUR, "ชม."),
        (_HOUR, "ชม.", _MINUTE, "นาที"),
    ):
        if seconds >= size:
            rest = seconds % size // part
            return f"{seconds // size} {name}" + (f" {rest} {part_name}" if rest else "")
    return f"{seconds // _MINUTE} นาที"


def percent(share: float | None) -> str:
    """Write a share; a dash for a share of nothing.

    >>> percent(66.666), percent(None)
    ('67%', '–')
    """
    return NONE if share is None else f"{share:.0f}%"


def rows(lines: Sequence[Line]) -> list[Row]:
    """Return the lines of a table in words."""
    most = max((line.opened for line in lines), default=0) or 1
    return [row(line, most) for line in lines]


def row(line: Line, most: int = 1) -> Row:
    """Return one line in words."""
    return Row(
        label=line.label,
        opened=f"{line.opened:,}",
        automatic=f"{line.automatic:,}",
        share=percent(line.share),
        first=_times(line.first),
        total=_times(line.total),
        closed=f"{line.total.count:,}",
        handed_over=f"{line.handed_over:,}",
        part=round(100 * line.opened / most),
        is_empty=not (line.opened or line.handed_over),
    )


def _times(times: Times) -> tuple[str, str, str]:
    return span(times.average), span(times.median), span(times.longest)


def period_name(period: Period) -> str:
    """Return the period's name.

    >>> period_name(Period(2570)), period_name(Period(2570, 11))
    ('ปีงบประมาณ 2570', 'พฤศจิกายน 2569')
    """
    if period.month is None:
        return f"ปีงบประมาณ {period.year}"
    (day,) = period.chosen()
    return f"{MONTHS[day.month - 1]} {be_year(day)}"


def year_words(year: int) -> str:
    """Return from when to when a fiscal year runs.

    >>> year_words(2570)
    'ตุลาคม 2569 – กันยายน 2570'
    """
    first, last = fiscal_year_range(year)
    return f"{MONTHS[first.month - 1]} {be_year(first)} – {MONTHS[last.month - 1]} {be_year(last)}"


# -- the spreadsheet ---------------------------------------------------------------------------

COLUMNS = (
    "ส่วน",
    "รายการ",
    "เรื่องเข้า",
    "ตอบอัตโนมัติ",
    "ตอบอัตโนมัติ (ร้อยละ)",
    "เจ้าหน้าที่ตอบ (เรื่อง)",
    "ตอบครั้งแรก เฉลี่ย (นาที)",
    "ตอบครั้งแรก มัธยฐาน (นาที)",
    "ตอบครั้งแรก นานที่สุด (นาที)",
    "เสร็จสิ้นโดยเจ้าหน้าที่ (เรื่อง)",
    "รวมจนเสร็จ เฉลี่ย (นาที)",
    "รวมจนเสร็จ มัธยฐาน (นาที)",
    "รวมจนเสร็จ นานที่สุด (นาที)",
    "ส่งต่อมา (ครั้ง)",
)


def spreadsheet(found: Statistics, period: Period, whose: str) -> bytes:
    """Return the tables as CSV that Thai Excel opens: UTF-8 with its mark, CRLF, no formulas.

    Durations are minutes, so that they can be reckoned with; an empty cell is no case.
    """
    out = io.StringIO(newline="")
    sheet = csv.writer(out)

    def write(*cells: object) -> None:
        sheet.writerow([_cell(cell) for cell in cells])

    write("สถิติแชต", period_name(period), whose)
    write()
    write(*COLUMNS)
    for part, lines in (
        ("รายเดือน", found.months),
        ("รายกอง/งาน", found.divisions),
        ("รวม", (found.all,)),
    ):
        for line in lines:
            write(part, *_line(line))
    write()
    write("ส่วน", "รายการ", "เรื่องเข้า", *STATES)
    for topic in found.topics:
        write("รายหัวข้อ", topic.label, topic.opened, *topic.states)
    write()
    write("ส่วน", "รายการ", "รอตอบขณะนี้", "เกินกำหนดที่แจ้งไว้")
    for one in (*found.waiting, found.waiting_all):
        write("รอตอบ", one.label, one.now, one.overdue)
    return out.getvalue().encode("utf-8-sig")


def _line(line: Line) -> list[object]:
    first, total = line.first, line.total
    return [
        line.label,
        line.opened,
        line.automatic,
        "" if line.share is None else round(line.share, 1),
        first.count,
        *(_minutes(one) for one in (first.average, first.median, first.longest)),
        total.count,
        *(_minutes(one) for one in (total.average, total.median, total.longest)),
        line.handed_over,
    ]


def _minutes(took: dt.timedelta | None) -> float | str:
    return "" if took is None else round(took.total_seconds() / _MINUTE, 1)


def _cell(cell: object) -> object:
    if isinstance(cell, str) and cell.lstrip().startswith(_FORMULA):
        return f"'{cell}"
    return cell
