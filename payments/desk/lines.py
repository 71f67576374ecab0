"""Lines of a receipt as a clerk types them: parallel fields of a form, read and shown again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from bannmae.thai.calendar import be_year, format_date, local_date
from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import normalise_text
from payments.models import PaymentNotice, Revenue
from payments.receipts import LIMIT, Line, total_of

MAX_LINES = 30
NAMES = ("text", "period", "arrears", "amount", "surcharge", "months")
TEXT_LENGTH, PERIOD_LENGTH = 200, 100
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")


class NotAnAmount(ValueError):
    """What was typed is no amount; `str()` is Thai."""


@dataclass(slots=True)
class Row:
    """One line as it stands in the form, and what is wrong with it."""

    text: str = ""
    period: str = ""
    arrears: bool = False
    amount: str = ""
    surcharge: str = ""
    # 'YYYY-MM:40.00,…': the months of a household that the line pays.
    months: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Nothing was typed: it is no line."""
        return not (self.text or self.period or self.amount or self.surcharge or self.months)


@dataclass(slots=True)
class Lines:
    """The lines of a form; `lines` are those of the receipt where nothing is wrong."""

    rows: list[Row]
    lines: list[Line] = field(default_factory=list)
    error: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether a receipt can be made of them."""
        return not self.error and not any(row.errors for row in self.rows)

    @property
    def has_errors(self) -> bool:
        """Whether something is wrong with them."""
        return not self.is_valid

    @property
    def total(self) -> Decimal:
        """Baht of the lines that could be read."""
        return total_of(self.lines)


def read(data: Any) -> Lines:
    """Read what a form sent (`line_text`, `line_amount` …, each once a row); empty rows go."""
    columns = {name: data.getlist(f"line_{name}") for name in NAMES}
    count = min(max(map(len, columns.values()), default=0), MAX_LINES + 1)
    rows = [row for index in range(count) if not (row := _row(columns, index)).is_empty]
    found = Lines(rows)
    if not rows:
        found.error = "โปรดใส่อย่างน้อยหนึ่งรายการ พร้อมจำนวนเงิน"
    elif len(rows) > MAX_LINES:
        found.error = f"ใบเสร็จหนึ่งฉบับมีได้ไม่เกิน {MAX_LINES} รายการ"
    for row in rows:
        line = _line(row)
        if line is not None:
            found.lines.append(line)
    return found


def shown(lines: list[dict[str, Any]]) -> Lines:
    """Return the form's lines of what a notice stores (PaymentNotice.lines)."""
    return Lines(
        [
            Row(
                text=line["text"],
                period=line["period"],
                arrears=line["is_arrears"],
                amount=line["amount"],
                surcharge=line["surcharge"] if Decimal(line["surcharge"]) else "",
                months=",".join(f"{month[:7]}:{amount}" for month, amount in line["months"]),
            )
            for line in lines
        ]
    )


def proposed(notice: PaymentNotice) -> Lines:
    """Return the one line that the payer's own words make, for the clerk to correct."""
    amount = f"{notice.amount:.2f}" if notice.amount is not None else ""
    name = notice.revenue.name if notice.revenue else ""
    this_year = be_year(local_date(timezone.now()))
    arrears = bool(notice.fiscal_year and notice.fiscal_year < this_year)
    return Lines([Row(text=name, period=period_of(notice), arrears=arrears, amount=amount)])


def period_of(notice: PaymentNotice) -> str:
    """Write the year or the months that a payer names: 'ต.ค. 69 – ธ.ค. 69', 'ปี 2569'."""
    if notice.months:
        first, last = (month_name(notice.months[at]) for at in (0, -1))
        return first if first == last else f"{first} – {last}"
    yearly = notice.revenue is None or notice.revenue.period != Revenue.Period.NONE
    return year_name(notice.fiscal_year) if notice.fiscal_year and yearly else ""


def year_name(year: int) -> str:
    """Write a year of the Buddhist era as the period of a line: 'ปี 2569'."""
    return f"ปี {year}"


def month_name(month: str) -> str:
    """Write 'YYYY-MM' as people here do: 'ต.ค. 69'."""
    day = dt.date.fromisoformat(f"{month}-01")
    return format_date(day, short=True).partition(" ")[2]


def read_amount(typed: str, *, name: str = "จำนวนเงิน") -> Decimal:
    """Return baht as typed ('1,250', '๑๒๕๐.50'), two places at most. Raises NotAnAmount."""
    plain = to_arabic_digits(typed).strip().removesuffix("บาท").strip()
    wrong = NotAnAmount(f"{name}ต้องเป็นตัวเลข เช่น 1250.00")
    # '12,50' may be meant as 12.50: a comma stands between thousands or it is asked again.
    if not plain.isascii() or "_" in plain or ("," in plain and not _GROUPED.fullmatch(plain)):
        raise wrong
    try:
        amount = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        raise wrong from None
    # The comparison with a limit comes first: a huge exponent is never worked through.
    if not amount.is_finite() or abs(amount) > LIMIT:
        raise NotAnAmount(f"{name}มากเกินกว่าที่ระบบรับได้")
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2:
        raise NotAnAmount(f"{name}มีทศนิยมได้ไม่เกินสองตำแหน่ง")
    return amount.quantize(Decimal("0.01"))


def _row(columns: Mapping[str, list[str]], index: int) -> Row:
    typed = {
        name: normalise_text(values[index]).strip() if index < len(values) else ""
        for name, values in columns.items()
    }
    return Row(
        text=" ".join(typed["text"].split()),
        period=" ".join(typed["period"].split()),
        arrears=typed["arrears"] == "1",
        amount=typed["amount"],
        surcharge=typed["surcharge"],
        months=typed["months"],
    )


def _line(row: Row) -> Line | None:
    amount = surcharge = Decimal("0.00")
    months: tuple[tuple[dt.date, Decimal], ...] = ()
    if not row.text:
        row.errors["text"] = "โปรดระบุชื่อรายการ"
    elif len(row.text) > TEXT_LENGTH:
        row.errors["text"] = f"ไม่เกิน {TEXT_LENGTH} ตัวอักษร"
    if len(row.period) > PERIOD_LENGTH:
        row.errors["period"] = f"ไม่เกิน {PERIOD_LENGTH} ตัวอักษร"
    try:
        amount = read_amount(row.amount)
        if amount <= 0:
            raise NotAnAmount("จำนวนเงินต้องมากกว่า 0")
    except NotAnAmount as error:
        row.errors["amount"] = str(error)
    try:
        surcharge = read_amount(row.surcharge or "0", name="เงินเพิ่ม")
        if surcharge < 0:
            raise NotAnAmount("เงินเพิ่มต้องไม่ติดลบ")
    except NotAnAmount as error:
        row.errors["surcharge"] = str(error)
    try:
        months = read_months(row.months)
    except ValueError:
        row.errors["text"] = "เดือนของรายการนี้อ่านไม่ได้ โปรดเลือกเดือนใหม่"
    if months and not row.errors and sum((paid for _, paid in months), Decimal(0)) != amount:
        row.errors["amount"] = "จำนวนเงินไม่เท่ากับผลรวมของเดือนที่เลือก"
    if row.errors:
        return None
    return Line(row.text, amount, row.period, row.arrears, surcharge, months)


def read_months(typed: str) -> tuple[tuple[dt.date, Decimal], ...]:
    """Return the months of a line, each once and in order, with their baht. Raises ValueError."""
    found: dict[dt.date, Decimal] = {}
    for part in typed.split(",") if typed else ():
        month, _, amount = part.partition(":")
        day = dt.date.fromisoformat(f"{month.strip()}-01")
        paid = read_amount(amount)
        if day in found or paid <= 0:
            raise ValueError(part)
        found[day] = paid
    return tuple(sorted(found.items()))
