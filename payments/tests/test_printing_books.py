"""From the books to their papers: register, summaries, the use of books, and closing a year."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine

from bannmae.models import AccessLog, Signatory, Staff
from bannmae.tests.paper_reading import text_of as pdf_text
from payments import days, files, printing_books, receipts
from payments.models import (
    FiscalYear,
    PaymentSettings,
    Receipt,
    ReceiptBook,
    ReceiptPrint,
    Revenue,
)
from payments.tests import cast
from payments.tests.books_desk import REGISTER, YEAR, as_, asked, many, queries, text_of, told, url

pytestmark = pytest.mark.django_db
SEPTEMBER = dt.datetime(2026, 9, 29, 3, 0, tzinfo=dt.UTC)
OCTOBER = dt.datetime(2026, 10, 5, 3, 0, tzinfo=dt.UTC)
MAX_QUERIES = 32


@pytest.fixture
def old_year(finance_clerk: Staff, finance_head: Staff) -> list[Receipt]:
    """Three receipts of fiscal year 2569, the second void, its day closed."""
    with time_machine.travel(SEPTEMBER, tick=False):
        found = [
            cast.issued(finance_clerk, amount="100.10"),
            cast.issued(finance_clerk, amount="999.99", payer_name="ผู้ชำระผิด"),
            cast.issued(finance_clerk, amount="50.15", method="cash"),
        ]
        receipts.approve_void(asked(found[1], finance_clerk, "ชื่อผิด"), finance_head)
        days.close_day(cast.today(), finance_clerk)
    return found


# -- the register ------------------------------------------------------------------------------


def test_the_register_of_a_book_ends_with_its_leaves_that_are_out_of_use(
    old_year: list[Receipt], finance_clerk: Staff, finance_head: Staff
) -> None:
    book = ReceiptBook.objects.get()
    asked_for = Receipt.objects.filter(book=book)
    before = printing_books.register_paper(asked_for, finance_clerk, book=book)
    assert [row.state for row in before.rows] == ["ใช้", "ยกเลิก", "ใช้"]
    with time_machine.travel(OCTOBER, tick=False):
        days.close_year(2569, finance_head)
    book.refresh_from_db()
    after = printing_books.register_paper(asked_for, finance_clerk, book=book)
    last = after.rows[-1]
    assert (last.number_label, last.state) == ("0004–0100", "เลิกใช้")
    assert sum(row.counted for row in after.rows) == Decimal("150.25")
    assert after.rows[1].note == "ชื่อผิด"
    answer = as_(finance_clerk).get(f"{REGISTER}register.pdf?book={book.pk}")
    text = pdf_text(answer.content)
    for words in ("ทะเบียนคุมใบเสร็จรับเงิน", "150.25", "เลิกใช้", "ชื่อผิด"):
        assert words in text, words


def test_the_register_as_a_spreadsheet_has_what_the_list_was_narrowed_to(
    old_year: list[Receipt], finance_clerk: Staff
) -> None:
    with time_machine.travel(OCTOBER, tick=False):
        cast.issued(finance_clerk, amount="7.00")
    answer = as_(finance_clerk).get(f"{REGISTER}register.xlsx?until=2026-09-30")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert Decimal(str(next(one for one in cells if one == 150.25))) == Decimal("150.25")
    assert 7 not in cells
    assert "ผู้ชำระผิด" in cells
    assert AccessLog.objects.filter(detail__startswith="ออกทะเบียนคุมใบเสร็จ XLSX").exists()


def test_a_line_says_what_was_paid_for_what_replaces_it_and_where_it_was_made(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    lines = [
        receipts.Line("ค่าขยะ", Decimal("40.00"), "ต.ค. 69"),
        receipts.Line("ค่าขยะ", Decimal("40.00"), "พ.ย. 69"),
    ]
    first = cast.issued(finance_clerk, lines=lines)
    receipts.approve_void(asked(first, finance_clerk, "ยอดผิด"), finance_head)
    first.refresh_from_db()
    second = cast.issued(finance_clerk, replaces=first)
    signs = cast.revenue("signboard_tax", Revenue.Mode.ELAAS)
    made = receipts.Elaas("RCPT", "00001/70", "x.pdf")
    receipts.issue(dataclasses.replace(cast.draft(), revenue=signs), finance_clerk, elaas=made)
    paper = printing_books.register_paper(Receipt.objects.all(), finance_clerk)
    assert paper.rows[0].text == "ค่าขยะ ต.ค. 69 และอีก 1 รายการ"
    assert paper.rows[0].note == f"ยอดผิด · ออกเลขที่ {second.number_label} แทน"
    assert paper.rows[2].note == "e-LAAS"


# -- summaries ---------------------------------------------------------------------------------


def test_a_summary_adds_up_the_receipts_of_its_months_by_kind_and_method(
    old_year: list[Receipt], finance_clerk: Staff
) -> None:
    with time_machine.travel(OCTOBER, tick=False):
        cast.issued(finance_clerk, amount="7.00")
        cast.issued(finance_clerk, slug="garbage_fee", amount="40.00", method="cash")
    figures = printing_books.figures_of(2569)
    assert [(one.period, one.method, one.amount, one.count) for one in figures] == [
        (dt.date(2026, 9, 1), "เงินสด", Decimal("50.15"), 1),
        (dt.date(2026, 9, 1), "เงินโอน", Decimal("100.10"), 1),
    ]
    month = printing_books.summary_paper(2570, finance_clerk, month=dt.date(2026, 10, 1))
    assert month.total == Decimal("47.00")
    assert {one.period for one in month.figures} == {dt.date(2026, 10, 5)}
    assert printing_books.summary_paper(2569, finance_clerk).void_count == 1


def test_the_pages_of_years_and_months_show_the_same_totals_as_their_papers(
    old_year: list[Receipt], finance_clerk: Staff
) -> None:
    client = as_(finance_clerk)
    for query in ("year=2569", "year=2569&month=2026-09"):
        text = text_of(client.get(f"{YEAR}?{query}"))
        assert "150.25" in text
        assert "<svg" in text
        assert "150.25" in pdf_text(client.get(f"{YEAR}summary.pdf?{query}").content)
        sheet = openpyxl.load_workbook(
            io.BytesIO(client.get(f"{YEAR}summary.xlsx?{query}").content)
        ).active
        assert 150.25 in [cell.value for row in sheet.iter_rows() for cell in row]
    empty = text_of(client.get(f"{YEAR}?year=2560"))
    assert "ยังไม่มีเงินรับในปีงบประมาณ 2560" in empty
    assert client.get(f"{YEAR}?year=99999999999&month=2026-99").status_code == 200
    other = client.get(f"{YEAR}?year=2560&month=2026-09")
    assert other.context["ask"].month is None


def test_a_years_page_costs_the_same_few_queries_with_few_and_with_many(
    finance_clerk: Staff,
) -> None:
    cast.issued(finance_clerk)
    client = as_(finance_clerk)
    few = queries(client, YEAR)
    many(300, finance_clerk, void_every=30)
    many(300, finance_clerk)
    assert queries(client, YEAR) == few <= MAX_QUERIES


# -- the use of books, and the year's end ------------------------------------------------------


def test_the_usage_report_counts_every_leaf(
    old_year: list[Receipt], finance_clerk: Staff, finance_head: Staff
) -> None:
    with time_machine.travel(OCTOBER, tick=False):
        days.close_year(2569, finance_head)
    (row,) = printing_books.usage_rows(2569)
    assert (row.used_count, row.void_count, row.unused_count) == (2, 1, 97)
    assert row.void_numbers == "0002"
    assert row.amount == Decimal("150.25")
    assert row.closed_on == dt.date(2026, 10, 5)
    client = as_(finance_clerk)
    assert "0002" in pdf_text(client.get(f"{YEAR}usage.pdf?year=2569").content)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{YEAR}usage.xlsx?year=2569").content))
    assert 97 in [cell.value for row in book.active.iter_rows() for cell in row]


def test_closing_a_year_needs_the_duty_a_tick_and_every_day_closed(
    old_year: list[Receipt], finance_clerk: Staff, finance_head: Staff
) -> None:
    def close(staff: Staff, **fields: Any) -> str:
        answer = as_(staff).post(f"{YEAR}close/", {"year": "2569", **fields}, follow=True)
        return told(answer)

    with time_machine.travel(SEPTEMBER + dt.timedelta(days=1), tick=False):
        cast.issued(finance_clerk)
        assert "ยังไม่ได้ปิดยอด 1 วัน" in close(finance_head, sure="1")
        days.close_day(cast.today(), finance_clerk)
        assert "ยังไม่สิ้นสุด" in close(finance_head, sure="1")
    with time_machine.travel(OCTOBER, tick=False):
        assert "ท่านไม่มีหน้าที่" in close(finance_clerk, sure="1")
        assert "โปรดทำเครื่องหมายยืนยัน" in close(finance_head)
        assert FiscalYear.objects.get(year=2569).closed_at is None
        page = text_of(as_(finance_head).get(f"{YEAR}?year=2569"))
        assert "ปิดยอดครบทุกวัน" in page
        assert "ใบเสร็จที่เหลือ 96 ฉบับ" in page
        assert f"{REGISTER}?book={old_year[0].book_id}" in page
        assert "เลิกใช้" in close(finance_head, sure="1")
        assert "ปิดแล้ว" in close(finance_head, sure="1"), "twice does nothing more"
        assert "เลิกใช้ 96 ฉบับ" in text_of(as_(finance_clerk).get(f"{YEAR}?year=2569"))
    assert AccessLog.objects.filter(subject="money:year-2569").count() == 1


def test_open_days_of_the_year_stand_on_its_page(finance_clerk: Staff) -> None:
    receipt = cast.issued(finance_clerk)
    text = text_of(as_(finance_clerk).get(YEAR))
    assert "ยังไม่ปิดยอด 1 วัน" in text
    assert f"day={receipt.issued_on}" in text


# -- who signs ---------------------------------------------------------------------------------


def test_the_director_of_the_day_signs_standing_in_included(finance_clerk: Staff) -> None:
    day = dt.date(2026, 11, 20)
    assert printing_books.director(day).position == "ผู้อำนวยการกองคลัง"
    Signatory.objects.create(
        office=Signatory.Office.FINANCE,
        name="นางอารีย์ ศรีวิชัย",
        title="หัวหน้าฝ่ายพัฒนารายได้",
        acting="รักษาราชการแทน ผู้อำนวยการกองคลัง",
        valid_from=day,
        valid_until=day,
    )
    signs = printing_books.director(day)
    assert signs.name == "นางอารีย์ ศรีวิชัย"
    assert "รักษาราชการแทน" in signs.position
    assert printing_books.director(day + dt.timedelta(days=1)).name == ""


# -- printing a receipt ------------------------------------------------------------------------


def printed(staff: Staff, receipt: Receipt) -> str:
    """What the paper says that comes of the button."""
    answer = as_(staff).post(url(receipt, "print"))
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    return pdf_text(answer.content)


@pytest.mark.parametrize("layout", ["a5", "a4", "pair"])
def test_the_first_print_is_the_original_and_each_later_one_a_numbered_copy(
    layout: str, finance_clerk: Staff, finance_head: Staff
) -> None:
    PaymentSettings.objects.update_or_create(pk=1, defaults={"layout": layout})
    receipt = cast.issued(finance_clerk)
    files.draw_due()
    assert "ต้นฉบับ" in printed(finance_clerk, receipt)
    for number, staff in ((1, finance_head), (2, finance_clerk)):
        text = printed(staff, receipt)
        assert f"สำเนา ครั้งที่ {number}" in text
        assert "ต้นฉบับ" not in text
    rows = ReceiptPrint.objects.filter(receipt=receipt).order_by("copy_no")
    assert [(row.copy_no, row.by) for row in rows] == [
        (0, finance_clerk),
        (1, finance_head),
        (2, finance_clerk),
    ]
    page = text_of(as_(finance_clerk).get(url(receipt)))
    assert "พิมพ์สำเนา ครั้งที่ 3" in page
    details = AccessLog.objects.filter(subject=f"receipt:{receipt.pk}", action="money")
    assert [row.detail for row in details.order_by("id")] == [
        "พิมพ์ต้นฉบับ",
        "พิมพ์สำเนา ครั้งที่ 1",
        "พิมพ์สำเนา ครั้งที่ 2",
    ]


def test_where_the_paper_is_the_stored_one_it_is_waited_for(finance_clerk: Staff) -> None:
    PaymentSettings.objects.update_or_create(pk=1, defaults={"layout": "a5"})
    receipt = cast.issued(finance_clerk)
    answer = as_(finance_clerk).post(url(receipt, "print"), follow=True)
    assert "กำลังสร้างไฟล์ใบเสร็จ" in told(answer)
    assert not ReceiptPrint.objects.exists()
    files.draw_due()
    answer = as_(finance_clerk).post(url(receipt, "print"))
    shown = as_(finance_clerk).get(url(receipt, "original"))
    assert answer.content == b"".join(shown.streaming_content)
    assert ReceiptPrint.objects.count() == 1, "looking is no print"


def test_a_void_receipt_gives_copies_that_say_so(finance_clerk: Staff, finance_head: Staff) -> None:
    receipt = cast.issued(finance_clerk)
    receipts.approve_void(asked(receipt, finance_clerk, "ชื่อผิด"), finance_head)
    text = printed(finance_clerk, receipt)
    assert "สำเนา ครั้งที่ 1" in text
    assert "ยกเลิก" in text
    assert "ชื่อผิด" in text


def test_a_link_prints_nothing(finance_clerk: Staff) -> None:
    receipt = cast.issued(finance_clerk)
    answer = as_(finance_clerk).get(url(receipt, "print"))
    assert answer.status_code == 302
    assert not ReceiptPrint.objects.exists()
