"""A day's page: closing it once, reopening it, its papers, and figures that are the receipts'."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection

from bannmae.models import AccessLog, Staff
from bannmae.tests.paper_reading import text_of as pdf_text
from chatops.models import Resident
from payments import days, guards, printing_books, receipts
from payments.models import DailyRemittance, MoneyDuty, Receipt
from payments.tests import cast
from payments.tests.books_desk import DAY, as_, asked, many, queries, stand_in, text_of, told, url

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC)
MAX_QUERIES = 25


def post(staff: Staff, name: str, **fields: Any) -> Any:
    """Close or reopen a day as its page does, and follow to where that leads."""
    return as_(staff).post(
        f"{DAY}{name}/", {"day": cast.today().isoformat(), **fields}, follow=True
    )


def test_closing_makes_the_remittance_and_doing_it_twice_makes_one(finance_clerk: Staff) -> None:
    cast.issued(finance_clerk, amount="100.25")
    cast.issued(finance_clerk, slug="garbage_fee", amount="40.00")
    first, second = post(finance_clerk, "close"), post(finance_clerk, "close")
    made = DailyRemittance.objects.get()
    assert made.total == Decimal("140.25")
    assert "ปิดยอดวันที่" in told(first)
    assert "ไว้แล้ว" in told(second)
    assert (
        AccessLog.objects.filter(
            action=AccessLog.Action.MONEY, subject=f"remittance:{cast.today()}"
        ).count()
        == 1
    )
    text = text_of(second)
    assert f"ใบนำส่งเงินที่ {made.number}/{made.fiscal_year_id}" in text
    assert "140.25" in text


def test_a_day_with_a_void_that_waits_is_not_closed_and_says_which(
    finance_clerk: Staff,
) -> None:
    receipt = cast.issued(finance_clerk)
    asked(receipt, finance_clerk)
    text = text_of(as_(finance_clerk).get(DAY))
    assert url(receipt) in text
    assert "รออนุมัติยกเลิก" in told(post(finance_clerk, "close"))
    assert not DailyRemittance.objects.exists()


def test_what_is_confirmed_and_has_no_receipt_is_a_warning(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = cast.confirmed(somsri, finance_clerk)
    text = text_of(as_(finance_clerk).get(DAY))
    assert "ยังไม่ออกใบเสร็จ 1 รายการ" in text
    assert notice.number in text
    post(finance_clerk, "close")
    assert DailyRemittance.objects.count() == 1


def test_into_a_closed_day_nothing_is_issued_or_voided_in_words(
    finance_clerk: Staff,
) -> None:
    receipt = cast.issued(finance_clerk)
    post(finance_clerk, "close")
    answer = as_(finance_clerk).post(url(receipt, "void"), {"reason": "ผิด"})
    assert answer.status_code == 409
    assert "ต้องให้ผู้มีอำนาจเปิดยอดก่อน" in answer.content.decode()


def test_only_who_holds_the_duty_reopens_and_only_with_a_reason(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    cast.issued(finance_clerk)
    post(finance_clerk, "close")
    assert "เปิดยอดวันนี้อีกครั้ง" not in text_of(as_(finance_clerk).get(DAY))
    assert "ท่านไม่มีหน้าที่" in told(post(finance_clerk, "reopen", reason="ลืมหนึ่งฉบับ"))
    without = as_(finance_head).post(f"{DAY}reopen/", {"day": cast.today().isoformat()})
    assert without.status_code == 422
    assert "โปรดระบุเหตุผล" in without.content.decode()
    post(finance_head, "reopen", reason="ลืมหนึ่งฉบับ")
    assert not days.is_closed(cast.today())
    cast.issued(finance_clerk, amount="50.00")
    text = text_of(post(finance_clerk, "close"))
    assert "ฉบับที่ 2" in text
    assert "ลืมหนึ่งฉบับ" in text
    assert {one.number for one in DailyRemittance.objects.all()} == {1}


def test_a_stand_in_reopens_on_his_days_alone(finance_clerk: Staff) -> None:
    cast.issued(finance_clerk)
    post(finance_clerk, "close")
    row = stand_in(
        finance_clerk,
        MoneyDuty.Duty.REOPEN_DAY,
        acting="รักษาราชการแทน ผู้อำนวยการกองคลัง",
        valid_from=cast.today() - dt.timedelta(days=9),
        valid_until=cast.today() - dt.timedelta(days=1),
    )
    post(finance_clerk, "reopen", reason="ลืม")
    assert days.is_closed(cast.today())
    row.valid_until = cast.today()
    row.save()
    post(finance_clerk, "reopen", reason="ลืม")
    assert not days.is_closed(cast.today())


def test_earlier_days_stand_in_a_list_and_open_ones_are_marked(
    finance_clerk: Staff,
) -> None:
    with time_machine.travel(MORNING, tick=False):
        cast.issued(finance_clerk)
        days.close_day(cast.today(), finance_clerk)
    with time_machine.travel(MORNING + dt.timedelta(days=3), tick=False):
        cast.issued(finance_clerk)
    with time_machine.travel(MORNING + dt.timedelta(days=4), tick=False):
        answer = as_(finance_clerk).get(DAY)
        text = text_of(answer)
        assert [(one.name, one.is_closed) for one in answer.context["days"]] == [
            ("23 พ.ย. 69", False),
            ("20 พ.ย. 69", True),
        ]
        assert "ยังไม่ปิดยอด" in text
        first = text_of(as_(finance_clerk).get("/admin/"))
        assert "วันที่ยังไม่ปิดยอด" in first


def test_a_day_to_come_and_nonsense_are_not_closed(finance_clerk: Staff) -> None:
    client = as_(finance_clerk)
    tomorrow = cast.today() + dt.timedelta(days=1)
    answer = client.post(f"{DAY}close/", {"day": tomorrow.isoformat()}, follow=True)
    assert "ยังไม่ถึงวันที่นี้" in told(answer)
    assert client.post(f"{DAY}close/", {"day": "0001-01-01"}).status_code == 404
    assert client.get(f"{DAY}?day=9999-12-31").status_code == 200
    assert client.get(f"{DAY}close/").status_code == 302


# -- papers ------------------------------------------------------------------------------------


def a_day(clerk: Staff, head: Staff) -> DailyRemittance:
    """A closed day of three methods, two kinds and a void receipt."""
    cast.issued(clerk, amount="100.25")
    cast.issued(
        clerk, slug="garbage_fee", amount="40.00", method="cash", payer_name="=HYPERLINK(1)"
    )
    void = cast.issued(clerk, amount="999.00", method="cheque")
    receipts.approve_void(asked(void, clerk, "พิมพ์ชื่อผิด"), head)
    cast.issued(clerk, amount="0.75", method="cheque")
    return days.close_day(cast.today(), clerk)


def test_the_paper_says_what_the_receipts_come_to_and_what_is_stored(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    made = a_day(finance_clerk, finance_head)
    paper = printing_books.remittance_paper(made, finance_clerk)
    valid = Receipt.objects.filter(is_void=False)
    assert sum(row.counted for row in paper.rows) == sum(one.total for one in valid) == made.total
    assert (len(paper.rows), paper.count) == (4, 3)
    assert paper.sender.name == "สมชาย ใจดี"
    answer = as_(finance_clerk).get(f"{DAY}{made.pk}.pdf")
    text = pdf_text(answer.content)
    for words in ("141.00", "ใบนำส่งเงิน", "พิมพ์ชื่อผิด", "ผู้อำนวยการกองคลัง"):
        assert words in text, words


def test_the_spreadsheet_has_the_same_figures_and_no_formula(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    made = a_day(finance_clerk, finance_head)
    answer = as_(finance_clerk).get(f"{DAY}{made.pk}.xlsx")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert 141 in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)


def test_the_paper_of_a_version_that_no_longer_stands_is_as_it_was(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        receipt = cast.issued(finance_clerk, amount="100.00")
        clock.shift(60)
        first = days.close_day(cast.today(), finance_clerk)
        clock.shift(60)
        days.reopen_day(cast.today(), finance_head, "ผู้ชำระคนละคน")
        clock.shift(60)
        receipts.approve_void(asked(receipt, finance_clerk), finance_head)
        cast.issued(finance_clerk, amount="30.00")
        clock.shift(60)
        second = days.close_day(cast.today(), finance_clerk)
        first.refresh_from_db()
        before = printing_books.remittance_paper(first, finance_clerk)
        after = printing_books.remittance_paper(second, finance_clerk)
    assert [(row.amount, row.is_void) for row in before.rows] == [(Decimal("100.00"), False)]
    assert before.total == Decimal("100.00")
    assert after.total == Decimal("30.00")
    assert after.version == 2
    assert after.reopen_reason == "ผู้ชำระคนละคน"
    for made in (first, second):
        assert as_(finance_clerk).get(f"{DAY}{made.pk}.pdf").status_code == 200


def test_figures_that_no_longer_agree_are_said_aloud_and_not_printed(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    made = a_day(finance_clerk, finance_head)
    guards.lift(connection)  # what the rules and the database refuse, somebody did all the same
    try:
        Receipt.objects.filter(is_void=False, total=Decimal("40.00")).update(is_void=True)
    finally:
        guards.install(connection)
    client = as_(finance_clerk)
    page = text_of(client.get(DAY))
    assert "ยอดไม่ตรง" in page
    assert "101.00 บาท ใบนำส่ง 141.00 บาท" in page
    for kind in ("pdf", "xlsx"):
        answer = client.get(f"{DAY}{made.pk}.{kind}", follow=True)
        assert answer["Content-Type"].startswith("text/html")
        assert "ระบบจึงไม่พิมพ์ให้" in told(answer)
    assert AccessLog.objects.filter(detail__startswith="ไม่พิมพ์").count() == 2


def test_money_of_one_method_in_place_of_another_is_noticed_too(finance_clerk: Staff) -> None:
    cast.issued(finance_clerk, amount="40.00", method="cash")
    made = days.close_day(cast.today(), finance_clerk)
    guards.lift(connection)
    try:
        Receipt.objects.update(method="transfer")
    finally:
        guards.install(connection)
    with pytest.raises(printing_books.TotalsDiffer):
        printing_books.remittance_paper(made, finance_clerk)


def test_a_days_page_costs_the_same_few_queries_with_few_and_with_many(
    finance_clerk: Staff,
) -> None:
    cast.issued(finance_clerk)
    client = as_(finance_clerk)
    few = queries(client, DAY)
    many(600, finance_clerk, void_every=50)
    assert queries(client, DAY) == few <= MAX_QUERIES
    assert "และอีก 101 ฉบับ" in text_of(client.get(DAY))


def test_on_the_first_of_october_the_day_before_still_waits_to_be_closed(
    finance_clerk: Staff,
) -> None:
    with time_machine.travel(dt.datetime(2026, 9, 30, 8, 0, tzinfo=dt.UTC), tick=False):
        cast.issued(finance_clerk)
    with time_machine.travel(dt.datetime(2026, 10, 1, 2, 0, tzinfo=dt.UTC), tick=False):
        [tile] = [
            one
            for one in as_(finance_clerk).get("/admin/").context["tiles"]
            if one.title == "วันที่ยังไม่ปิดยอด"
        ]
    assert tile.figure == "1"
    assert "day=2026-09-30" in tile.url
