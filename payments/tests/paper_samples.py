"""Sample papers that tests and people who look at pages share."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

from bannmae.thai.baht import baht_text
from payments.papers.forms import (
    BookUsagePaper,
    BookUsageRow,
    LabelRow,
    Office,
    ReceiptLinePaper,
    ReceiptPaper,
    RegisterPaper,
    RegisterRow,
    RemittancePaper,
    RemittanceRow,
    Signatory,
    SummaryFigure,
    SummaryPaper,
    VoidPaper,
)

OFFICE = Office(
    name="เทศบาลตำบลบ้านแม",
    address="เลขที่ 199 หมู่ที่ 5 ตำบลบ้านแม อำเภอสันป่าตอง จังหวัดเชียงใหม่ 50120",
    tax_id="0994000123456",
    phone="0 5300 0000",
)
#: 120 characters with marks above and below.
LONG_NAME = (
    "นางสาวกนกวรรณพรรณรายสิริโสภาพรรณวดี ณ อยุธยาศรีสัตตนาคนหุตเทพ และผู้ถือกรรมสิทธิ์ร่วมทั้งปวง "
    "โดยผู้จัดการมรดกตามคำสั่งศาล"
)
ADDRESS = "99/1 หมู่ที่ 5 ตำบลบ้านแม อำเภอสันป่าตอง จังหวัดเชียงใหม่ 50120"
VERIFY = "https://line.example.go.th/verify/Zx7Qp2mN8vKc4tRb6yHd1w"
NAMES = ("นางสมศรี ใจดี", "นายคำปัน แก้วเรือน", "บริษัท น้ำทิพย์ผู้ใหญ่ จำกัด", "นางสาวปั๊ม กตัญญู")
KINDS = ("ภาษีที่ดินและสิ่งปลูกสร้าง", "ภาษีป้าย", "ค่าธรรมเนียมเก็บและขนมูลฝอย")
METHODS = ("เงินสด", "เงินโอน", "เช็ค")
NOW = dt.datetime(2026, 11, 21, 9, 40, tzinfo=dt.UTC)
CLERK = Signatory("นางสาวน้ำผึ้ง ตั้งใจ", "เจ้าพนักงานจัดเก็บรายได้ชำนาญงาน")
HEAD = Signatory("นายเที่ยง ธรรมดี", "ผู้อำนวยการกองคลัง")
VOID = VoidPaper(
    reason="ระบุชื่อผู้ชำระผิด ต้องเป็นชื่อเจ้าของที่ดิน",
    at=NOW,
    by_name="นางสาวน้ำผึ้ง ตั้งใจ",
    approved_by_name="นายเที่ยง ธรรมดี",
    by_position="เจ้าพนักงานจัดเก็บรายได้",
    approved_by_position="ผู้อำนวยการกองคลัง",
)


def line(index: int = 0, **changes: Any) -> ReceiptLinePaper:
    """Return a line of a garbage fee's receipt."""
    made = ReceiptLinePaper(
        text=f"ค่าธรรมเนียมเก็บและขนมูลฝอย บ้านเลขที่ 99/{index + 1} หมู่ที่ 5",
        amount=Decimal(30 * (index + 1)),
        period=f"เดือน {'ต.ค.' if index % 2 else 'ก.ย.'} 69",
        is_arrears=index % 2 == 0,
        surcharge=Decimal("1.25") * (index % 2),
    )
    return dataclasses.replace(made, **changes)


def receipt(lines: int | tuple[ReceiptLinePaper, ...] = 2, **changes: Any) -> ReceiptPaper:
    """Return a receipt of so many lines, whose total is right."""
    made = lines if isinstance(lines, tuple) else tuple(line(index) for index in range(lines))
    total = sum((one.total for one in made), Decimal("0.00"))
    values: dict[str, Any] = {
        "office": OFFICE,
        "revenue": "ค่าธรรมเนียมเก็บและขนมูลฝอย",
        "book_label": "2/2570",
        "number_label": "000042",
        "issued_on": dt.date(2026, 11, 21),
        "payer_name": "นางสมศรี ใจดี",
        "payer_address": ADDRESS,
        "lines": made,
        "total": total,
        "total_text": baht_text(total),
        "method": "เงินโอน",
        "money_seen_on": dt.date(2026, 11, 20),
        "received_by_name": "นางสาวน้ำผึ้ง ตั้งใจ",
        "received_by_position": "เจ้าพนักงานจัดเก็บรายได้ชำนาญงาน",
        "verify_url": VERIFY,
    }
    return ReceiptPaper(**{**values, **changes})


def remittance(rows: int = 5, voids: tuple[int, ...] = (), **changes: Any) -> RemittancePaper:
    """Return a day's close of so many receipts, those in `voids` (from 0) void."""
    made = tuple(
        RemittanceRow(
            book_label="2/2570",
            number_label=f"{index + 1:06d}",
            payer_name=NAMES[index % 4],
            revenue=KINDS[index % 3],
            method=METHODS[index % 5 % 3],
            amount=Decimal("120.25") + index * 10,
            is_void=index in voids,
            note="ระบุชื่อผู้ชำระผิด" if index in voids else "",
        )
        for index in range(rows)
    )
    values: dict[str, Any] = {
        "office": OFFICE,
        "number": "12/2570",
        "day": dt.date(2026, 11, 21),
        "rows": made,
        "total": sum((row.counted for row in made), Decimal("0.00")),
        "count": sum(not row.is_void for row in made),
        "sender": CLERK,
        "director": HEAD,
        "printed_at": NOW,
        "printed_by": "นางสาวน้ำผึ้ง ตั้งใจ",
    }
    return RemittancePaper(**{**values, **changes})


def register(rows: int = 8, **changes: Any) -> RegisterPaper:
    """Return a register: every fifth receipt is void, the last row is a run of closed leaves."""
    made = [
        RegisterRow(
            day=dt.date(2026, 11, 1 + index % 28),
            book_label="2/2570",
            number_label=f"{index + 1:06d}",
            payer_name=NAMES[index % 4],
            text=KINDS[index % 3] + " ปี 2570",
            method=METHODS[index % 3],
            amount=Decimal("1250.50") + index,
            received_by_name="นางสาวน้ำผึ้ง ตั้งใจ",
            state="ยกเลิก" if index % 5 == 4 else "ใช้",
            note="ระบุชื่อผิด" if index % 5 == 4 else "",
        )
        for index in range(rows)
    ]
    if rows:
        made.append(
            RegisterRow(
                day=dt.date(2026, 11, 30),
                book_label="1/2569",
                number_label="000124–000200",
                payer_name="",
                text="",
                method="",
                amount=Decimal("0.00"),
                received_by_name="",
                state="เลิกใช้",
                note="สิ้นปีงบประมาณ 2569",
            )
        )
    values: dict[str, Any] = {
        "office": OFFICE,
        "first_day": dt.date(2026, 11, 1),
        "last_day": dt.date(2026, 11, 30),
        "rows": tuple(made),
        "scope": "ทุกเล่ม",
        "printed_at": NOW,
        "printed_by": "นางสาวน้ำผึ้ง ตั้งใจ",
    }
    return RegisterPaper(**{**values, **changes})


def year_summary(**changes: Any) -> SummaryPaper:
    """Return the summary of fiscal year 2570 with money in seven of its months."""
    figures = tuple(
        SummaryFigure(
            period=dt.date(2026 + (9 + month) // 12, (9 + month) % 12 + 1, 1),
            revenue=KINDS[kind],
            method=METHODS[method],
            amount=Decimal("10250.25") * (month + 1) * (3 - kind) / (method + 1) // 1
            + Decimal("0.25"),
            count=12 + month - method,
        )
        for month in range(7)
        for kind in range(3)
        for method in range(2)
    )
    values: dict[str, Any] = {
        "office": OFFICE,
        "fiscal_year": 2570,
        "figures": figures,
        "void_count": 3,
        "signatories": (CLERK, HEAD),
        "printed_at": NOW,
    }
    return SummaryPaper(**{**values, **changes})


def month_summary(**changes: Any) -> SummaryPaper:
    """Return the summary of November 2569 with money on every second day."""
    figures = tuple(
        SummaryFigure(
            dt.date(2026, 11, day),
            KINDS[day % 3],
            METHODS[day % 2],
            Decimal(100 * day),
            1 + day % 4,
        )
        for day in range(2, 31, 2)
    )
    return year_summary(**{"month": dt.date(2026, 11, 15), "figures": figures, **changes})


def books(**changes: Any) -> BookUsagePaper:
    """Return the usage report of fiscal year 2569: full, half used, unused and endless books."""
    closed = dt.date(2026, 9, 30)
    rows = (
        BookUsageRow("1/2569", KINDS[0], 1, 100, 1, 100, 2, "000007, 000055", Decimal("98500.00")),
        BookUsageRow("2/2569", KINDS[2], 1, 100, 1, 63, 0, "", Decimal("12600.75"), closed),
        BookUsageRow("3/2569", KINDS[1], 1, 100, closed_on=closed),
        BookUsageRow("4/2569", KINDS[1], 1, None, 1, 12, 1, "000003", Decimal("4400.00")),
    )
    values: dict[str, Any] = {
        "office": OFFICE,
        "fiscal_year": 2569,
        "rows": rows,
        "signatories": (CLERK, HEAD),
        "printed_at": NOW,
    }
    return BookUsagePaper(**{**values, **changes})


def labels(rows: int = 30) -> list[LabelRow]:
    """Return people to write to; the third has a long name."""
    return [
        LabelRow(
            LONG_NAME if index == 2 else NAMES[index % 4],
            (f"{index + 1}/1 หมู่ที่ 5 ตำบลบ้านแม", "อำเภอสันป่าตอง จังหวัดเชียงใหม่ 50120"),
            "ภาษีป้าย ปี 2570",
        )
        for index in range(rows)
    ]
