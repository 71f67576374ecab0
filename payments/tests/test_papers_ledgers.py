"""The day's close and the receipt register, on paper and as workbooks."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from bannmae.tests.paper_reading import pages_of, text_of
from bannmae.thai.baht import baht_text
from payments.papers.forms import PaperTotalError, RegisterRow
from payments.papers.register import register_pdf, register_xlsx
from payments.papers.remittance import remittance_pdf, remittance_xlsx
from payments.papers.words import baht
from payments.tests.paper_samples import KINDS, METHODS, register, remittance


def sheet_of(data: bytes, index: int = 0) -> Any:
    return openpyxl.load_workbook(BytesIO(data)).worksheets[index]


def row_that_begins(sheet: Any, text: str, column: int = 1) -> list[Any]:
    (found,) = [
        [cell.value for cell in row]
        for row in sheet.iter_rows()
        if str(row[column - 1].value or "").startswith(text)
    ]
    return found


def test_a_day_of_forty_receipts_takes_two_pages_and_carries_its_sum_over() -> None:
    paper = remittance(40, (3, 17))
    pages = pages_of(remittance_pdf(paper))
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        assert f"หน้า {number}/2" in page
        assert "ประเภทรายได้" in page
        assert "หมายเหตุ" in page
    carried = re.search(r"ยอดยกไป ([\d,.]+)", pages[0])[1]
    brought = re.search(r"ยอดยกมา ([\d,.]+)", pages[1])[1]
    assert carried == brought
    on_first = [row for row in paper.rows if f"/{row.number_label}\n" in pages[0]]
    assert carried == baht(sum(row.counted for row in on_first))
    assert 20 < len(on_first) < 40
    assert "ยอดยกมา" not in pages[0]
    assert "ยอดยกไป" not in pages[1]


def test_the_totals_are_those_of_the_receipts_in_figures_and_words() -> None:
    paper = remittance(12, (3,))
    text = text_of(remittance_pdf(paper))
    assert "รวมทั้งสิ้น 11 ฉบับ (ยกเลิก 1 ฉบับ)" in text
    assert baht(paper.total) in text
    assert f"({baht_text(paper.total)})" in text
    for method in METHODS:
        of_method = sum(row.counted for row in paper.rows if row.method == method)
        assert baht(of_method) in text
        for kind in KINDS:
            both = [row for row in paper.rows if (row.method, row.revenue) == (method, kind)]
            assert not both or baht(sum(row.counted for row in both)) in text


def test_a_void_receipt_stays_in_the_list_and_counts_as_nothing() -> None:
    paper = remittance(3, (1,))
    text = text_of(remittance_pdf(paper))
    assert "2/2570/000002" in text
    assert "ยกเลิก(เดิม130.25)" in text.replace(" ", "")
    assert paper.total == Decimal("260.50")
    assert "0.00" in text


@pytest.mark.parametrize("rows", [0, 1, 2, 28, 32, 35, 36, 37, 44])
def test_signatures_never_stand_alone(rows: int) -> None:
    """Wherever the page ends, the signatures have the totals and the last receipts beside them."""
    pages = pages_of(remittance_pdf(remittance(rows)))
    signed = [page for page in pages if "ผู้นำส่ง" in page]
    assert signed == [pages[-1]]
    assert "รวมทั้งสิ้น" in signed[0]
    assert "ผู้อำนวยการกองคลัง" in signed[0]
    assert "ผู้รับเงิน" in signed[0]
    for number in range(max(1, rows - 1), rows + 1):
        assert f"2/2570/{number:06d}" in signed[0]


def test_a_day_without_receipts_says_so_and_is_nought() -> None:
    text = text_of(remittance_pdf(remittance(0)))
    assert "ไม่มีการออกใบเสร็จรับเงินในวันนี้" in text
    assert "(ศูนย์บาทถ้วน)" in text


def test_a_day_closed_again_names_the_version_it_stands_in_for() -> None:
    text = text_of(remittance_pdf(remittance(2, version=2, reopen_reason="ลืมบันทึกเช็ค")))
    assert "ฉบับที่ 2 (แทนฉบับที่ 1)" in text
    assert "ลืมบันทึกเช็ค" in text
    assert "แทนฉบับ" not in text_of(remittance_pdf(remittance(2)))


def test_a_day_whose_stored_figures_are_not_the_receipts_makes_no_paper() -> None:
    with pytest.raises(PaperTotalError):
        remittance(3, total=Decimal("1.00"))
    with pytest.raises(PaperTotalError):
        remittance(3, (1,), count=3)


def test_thai_numerals_everywhere_on_the_day_s_close() -> None:
    text = text_of(remittance_pdf(remittance(40), thai_digits=True))
    assert "ยอดยกไป" in text
    assert not set("0123456789") & set(text)


def test_the_day_s_workbook_holds_numbers_that_add_up() -> None:
    paper = remittance(7, (2,))
    rows = [
        [cell.value for cell in row]
        for row in sheet_of(remittance_xlsx(paper)).iter_rows()
        if isinstance(row[0].value, int)
    ]
    assert len(rows) == 7
    assert sum(Decimal(str(row[6])) for row in rows) == paper.total
    assert rows[2][6] == 0
    assert rows[2][7].startswith("ยกเลิก (เดิม 140.25)")
    assert rows[0][1:3] == ["2/2570", "000001"]
    summary = sheet_of(remittance_xlsx(paper), 1)
    total = row_that_begins(summary, "รวมทั้งสิ้น")
    assert Decimal(str(total[-2])) == paper.total
    assert sum(Decimal(str(amount)) for amount in total[1:-2]) == paper.total
    assert total[-1] == 6


def test_the_register_lists_used_void_and_closed_leaves() -> None:
    paper = register(12)
    text = text_of(register_pdf(paper))
    for words in (
        "ทะเบียนคุมใบเสร็จรับเงิน",
        "ตั้งแต่วันที่ 1 พฤศจิกายน 2569 ถึงวันที่ 30 พฤศจิกายน 2569",
        "1 พ.ย. 69",
        "2/2570/000001",
        "นางสาวน้ำผึ้ง ตั้งใจ",
        "ยกเลิก (เดิม 1,254.50)",
        "เลิกใช้",
        "รวมทั้งสิ้น 10 ฉบับ (ยกเลิก 2 ฉบับ)",
    ):
        assert words in text, words
    total = sum(row.counted for row in paper.rows)
    assert total == sum(row.amount for row in paper.rows if row.state == "ใช้")
    assert baht(total) in text
    assert f"({baht_text(total)})" in text


@pytest.mark.parametrize("rows", [25, 28, 30])
def test_the_register_s_total_stands_with_its_last_rows(rows: int) -> None:
    pages = pages_of(register_pdf(register(rows)))
    ended = [page for page in pages if "รวมทั้งสิ้น" in page]
    assert ended == [pages[-1]]
    assert f"2/2570/{rows:06d}" in ended[0]
    assert all("ได้รับเงินจาก" in page for page in pages)


def test_an_empty_register_says_so() -> None:
    assert "ไม่มีใบเสร็จรับเงินในช่วงนี้" in text_of(register_pdf(register(0)))


def test_the_register_s_workbook_holds_dates_and_numbers() -> None:
    paper = register(6)
    sheet = sheet_of(register_xlsx(paper))
    rows = [row for row in sheet.iter_rows() if isinstance(row[0].value, dt.datetime)]
    assert len(rows) == 7
    assert rows[0][0].value.date() == dt.date(2026, 11, 1)
    assert rows[0][0].is_date
    assert rows[0][6].data_type == "n"
    assert rows[0][6].number_format == "#,##0.00"
    assert Decimal(str(rows[0][6].value)) == Decimal("1250.50")
    assert rows[0][2].value == "000001"
    assert [row[8].value for row in rows] == ["ใช้"] * 4 + ["ยกเลิก", "ใช้", "เลิกใช้"]
    assert rows[4][3].font.strike
    assert not rows[0][3].font.strike
    total = row_that_begins(sheet, "รวม", column=2)
    assert Decimal(str(total[6])) == sum(row.counted for row in paper.rows)
    assert [cell.value for row in sheet.iter_rows() for cell in row][0] == "เทศบาลตำบลบ้านแม"
    assert sheet.freeze_panes is not None
    assert all(sheet.column_dimensions[letter].width >= 9 for letter in "ABCDEFGHIJ")


@pytest.mark.parametrize(
    "text", ["=1+1", "+66812345678", "-2", "@SUM(A1)", "\t=1", " =1", "\x00=1"]
)
def test_no_cell_of_a_workbook_is_a_formula(text: str) -> None:
    row = RegisterRow(
        dt.date(2026, 11, 1), "1", "1", text, text, "เงินสด", Decimal("5.00"), text, "ใช้", text
    )
    paper = dataclasses.replace(register(0), rows=(row,), scope=text)
    sheet = sheet_of(register_xlsx(paper))
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert not [one for one in texts if one.lstrip().startswith(("=", "+", "-", "@"))]
    assert sum(one.endswith(text.replace("\x00", "")) for one in texts) >= 4
