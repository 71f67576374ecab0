"""Reading what banks export: encodings, columns, days, money in; and what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bannmae.thai.calendar import BANGKOK
from payments.errors import Refused
from payments.statements import layout, reading
from payments.statements.layout import Layout

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)

# As far as these banks' exports are known or plausible; every one made up.
KTB = """ชื่อบัญชี,เทศบาลตำบลบ้านแม
เลขที่บัญชี,123-0-00000-1
วันที่,เวลา,รหัสรายการ,รายละเอียด,ถอนเงิน,ฝากเงิน,ยอดคงเหลือ,หมายเลขอ้างอิง
20/11/2569,10:05:33,IORSDT,รับโอนจาก นายสมชาย ใจดี,,"1,250.00","51,250.00",016324AB00112233
20/11/2569,10:09:00,TR,ค่าธรรมเนียม,15.00,,"51,235.00",
21/11/2569,08:00:01,IORSDT,รับโอน,,300.50,"51,535.50",016325XY99887766
รวม,,,,15.00,"1,550.50",,
"""
BAAC = """วันที่รายการ;รายการ;จำนวนเงินที่ถอน;จำนวนเงินที่ฝาก;คงเหลือ
20 พ.ย. 69;โอนเงินเข้า;;500.00;1000.00
21 พ.ย. 69;ถอนเงินสด;200.00;;800.00
"""
GSB = """Transaction Date\tDescription\tDr/Cr\tAmount\tBalance
20/11/2026 09.15\tTransfer in\tCR\t120.00\t120.00
20/11/2026 10.15\tFee\tDR\t10.00\t110.00
"""
SCB = """Date,Time,Code,Channel,Debit,Credit,Balance,Description
20/11/26,14:02,X1,ENET,,240.00,240.00,กรุงไทย (KTB) /X123456
"""
KBANK = """Statement
วันที่,เวลา,รายการ,ถอนเงิน / ฝากเงิน,ยอดคงเหลือ,ช่องทาง,รายละเอียด
20-11-26,07:31,รับโอนเงิน,360.00,360.00,K PLUS,จาก X1234 นาง สมศรี ใจดี++
20-11-26,07:33,โอนเงิน,-60.00,300.00,K PLUS,ไป X9999
"""


def understood(data: bytes) -> tuple[reading.Statement, Layout]:
    rows = reading.rows_of(data)
    how, header = layout.guess(rows)
    assert how.is_complete, how
    return reading.read(rows, how, header, NOW), how


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=BANGKOK)  # type: ignore[misc]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16"])
def test_a_file_says_the_same_in_any_encoding(encoding: str) -> None:
    found, _ = understood(KTB.encode(encoding))
    first, second = found.lines
    assert (first.at, first.has_time, first.amount) == (
        at(2026, 11, 20, 10, 5, 33),
        True,
        Decimal("1250.00"),
    )
    assert first.reference == "016324AB00112233"
    assert first.description == "IORSDT รับโอนจาก นายสมชาย ใจดี"
    assert first.row == 4
    assert second.amount == Decimal("300.50")
    assert found.total == Decimal("1550.50")
    assert (found.money_out, found.passed_over, found.problems) == (1, 1, [])


@pytest.mark.parametrize(
    ("text", "when", "has_time", "amount", "outgoing"),
    [
        (BAAC, at(2026, 11, 20), False, "500.00", 1),
        (GSB, at(2026, 11, 20, 9, 15), True, "120.00", 1),
        (SCB, at(2026, 11, 20, 14, 2), True, "240.00", 0),
        (KBANK, at(2026, 11, 20, 7, 31), True, "360.00", 1),
    ],
    ids=["baac", "gsb", "scb", "kbank"],
)
def test_the_banks_headers_are_understood(
    text: str, when: datetime, has_time: bool, amount: str, outgoing: int
) -> None:
    found, _ = understood(text.encode())
    assert [(one.at, one.has_time, one.amount) for one in found.lines] == [
        (when, has_time, Decimal(amount))
    ]
    assert found.money_out == outgoing
    assert not found.problems


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_gives_days_times_and_exact_amounts() -> None:
    found, _ = understood(
        workbook(
            [
                ["ธนาคารตัวอย่าง"],
                [],
                ["วันที่", "เวลา", "เงินเข้า", "เงินออก", "รายละเอียด"],
                [date(2026, 11, 20), time(9, 1), 0.1 + 0.2, None, "ก"],
                [date(2569, 11, 20), "09:02", "1,000.00", None, "ข"],
                [date(2026, 11, 20), None, None, 5, "ค"],
            ]
        )
    )
    assert [(one.at, one.has_time, one.amount) for one in found.lines] == [
        (at(2026, 11, 20, 9, 1), True, Decimal("0.30")),
        (at(2026, 11, 20, 9, 2), True, Decimal("1000.00")),
    ]


def test_a_day_that_lost_its_form_is_still_a_day() -> None:
    found, _ = understood(workbook([["วันที่", "เงินเข้า"], [46346.4375, 5]]))
    assert [(one.at, one.has_time) for one in found.lines] == [(at(2026, 11, 20, 10, 30), True)]


_words = st.sampled_from(
    [
        "วันที่",
        "เงินเข้า",
        "Debit",
        "เวลา",
        "21/11/2569",
        "9.99",
        "-",
        "1e9",
        "๓๑/๒/๖๙",
        "25:61",
        "²",
        "CR",
    ]
)
_cells = _words | st.text(max_size=12)


@settings(max_examples=300)
@given(st.lists(st.lists(_cells, max_size=6), min_size=1, max_size=8))
def test_whatever_stands_in_a_file_is_read_or_refused_in_words(rows: list[list[str]]) -> None:
    text = "\n".join(",".join(row) for row in rows)
    try:
        found = reading.rows_of(text.encode("utf-8", "surrogatepass"))
    except Refused:
        return
    how, header = layout.guess(found)
    if how.is_complete:
        said = reading.read(found, how, header, NOW)
        assert all(one.amount > 0 for one in said.lines)
        assert len(set(reading.fingerprints(said.lines))) == len(said.lines)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xff\xfe"):
        rows, why = [], ""
        try:
            rows = reading.rows_of(start + data)
            layout.guess(rows)
        except Refused as error:
            why = str(error)
        assert rows or why, "what holds nothing is refused with its reason"


def test_rows_that_cannot_be_read_are_named_and_the_others_stand() -> None:
    text = "วันที่,เงินเข้า\n31/02/2569,100\n20/11/2569,หนึ่งร้อย\n,70.00\n20/11/2570,5\n20/11/2569,50\n"
    found, _ = understood(text.encode())
    assert [(one.row, one.text) for one in found.problems] == [
        (2, "ไม่มีวันที่ 31/2/2569"),
        (3, "อ่านจำนวนเงิน “หนึ่งร้อย” ไม่ได้"),
        (4, "มีเงินเข้า 70.00 บาท แต่ไม่มีวันที่"),
        (5, "วันที่ 20/11/2570 อยู่ในอนาคต ตรวจลำดับวัน/เดือน/ปี"),
    ]
    assert [one.amount for one in found.lines] == [Decimal("50.00")]


def test_months_before_days_are_noticed() -> None:
    _, how = understood(b"Date,Credit\n11/20/2026,5\n11/05/2026,6\n")
    assert how.order == "mdy"


def test_a_layout_is_kept_and_found_again_below_another_letterhead() -> None:
    rows = reading.rows_of(KTB.encode())
    how, _ = layout.guess(rows)
    kept = layout.from_json(how.to_json())
    assert kept == how
    longer = reading.rows_of(("ก\nข\nค\n" + KTB).encode())
    assert layout.find_header(longer, how) == 5
    assert layout.find_header(reading.rows_of(BAAC.encode()), how) is None
    assert layout.from_json({"columns": {"date": "x", "credit": -1}}) is None
    assert layout.from_json(None) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ว่าง"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 50, r"\.xls"),
        (b"%PDF-1.7", "PDF"),
        (b"\r\n<html><table></table></html>", "หน้าเว็บ"),
        (b"PK\x03\x04 damaged", "เสียหาย"),
        (b"a,b\n1,2\n" * 10_001, "20,000 แถว"),
    ],
    ids=["empty", "xls", "pdf", "html", "damaged", "rows"],
)
def test_what_is_no_statement_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        reading.rows_of(data)


def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_refused() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(320):
            part.write(b"0" * 1024 * 1024)
    assert len(out.getvalue()) < 2 * 1024 * 1024
    with pytest.raises(Refused, match="ใหญ่เกินไป"):
        reading.rows_of(out.getvalue())
