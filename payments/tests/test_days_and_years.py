"""Closing days and years: what is closed takes nothing in and gives nothing up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from bannmae.models import Staff
from bannmae.thai.calendar import BANGKOK
from payments import days, receipts
from payments.errors import Refused
from payments.models import (
    ReceiptBook,
)
from payments.tests import cast

pytestmark = pytest.mark.django_db


def test_nothing_is_issued_into_a_closed_day_nor_voided_out_of_it(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    receipt = cast.issued(finance_clerk)
    days.close_day(cast.today(), finance_clerk)

    with pytest.raises(Refused, match="ปิดยอดวันที่"):
        cast.issued(finance_clerk)
    with pytest.raises(Refused, match="ปิดยอดวันที่"):
        receipts.ask_void(receipt, finance_clerk, "ผิด")

    days.reopen_day(cast.today(), finance_head, "ลูกค้าชำระเพิ่ม")
    assert cast.issued(finance_clerk).leaf == 2


def test_a_days_figures_are_those_of_its_receipts(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    cast.issued(finance_clerk, amount="100.25")
    cast.issued(finance_clerk, amount="50", slug="garbage_fee", method="cash")
    gone = cast.issued(finance_clerk, amount="7")
    receipts.approve_void(receipts.ask_void(gone, finance_clerk, "ผิด"), finance_head)

    closed = days.close_day(cast.today(), finance_clerk)

    assert (closed.number, closed.version) == (1, 1)
    assert (closed.receipts_count, closed.voids_count) == (3, 1)
    assert closed.total == Decimal("150.25")
    assert closed.by_method == {"transfer": "100.25", "cash": "50.00", "cheque": "0.00"}
    assert closed.by_revenue["garbage_fee"]["cash"] == "50.00"


def test_a_day_is_reopened_by_who_may_and_closed_again_as_a_new_version(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    cast.issued(finance_clerk)
    days.close_day(cast.today(), finance_clerk)
    with pytest.raises(Refused, match="ไม่มีหน้าที่"):
        days.reopen_day(cast.today(), finance_clerk, "ลืม")
    with pytest.raises(Refused, match="เหตุผล"):
        days.reopen_day(cast.today(), finance_head, " ")
    with pytest.raises(Refused, match="ปิดยอดวันที่"):
        days.close_day(cast.today(), finance_clerk)
    days.reopen_day(cast.today(), finance_head, "ลืม")
    cast.issued(finance_clerk)

    again = days.close_day(cast.today(), finance_clerk)

    assert (again.number, again.version, again.receipts_count) == (1, 2, 2)


def test_a_void_that_waits_for_approval_keeps_the_day_open(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    void = receipts.ask_void(cast.issued(finance_clerk), finance_clerk, "ผิด")
    with pytest.raises(Refused, match="รออนุมัติยกเลิก"):
        days.close_day(cast.today(), finance_clerk)
    receipts.approve_void(void, finance_head)

    assert days.close_day(cast.today(), finance_clerk).total == 0


def test_a_year_is_closed_when_it_is_over_and_its_days_are(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    last_day = dt.datetime(2026, 9, 30, 10, tzinfo=BANGKOK)
    with time_machine.travel(last_day, tick=False):
        cast.issued(finance_clerk)
        with pytest.raises(Refused, match="ยังไม่ได้ปิดยอด"):
            days.close_year(2569, finance_head)
    with time_machine.travel(last_day + dt.timedelta(days=1), tick=False):
        with pytest.raises(Refused, match="ยังไม่ได้ปิดยอด 1 วัน"):
            days.close_year(2569, finance_head)
        days.close_day(dt.date(2026, 9, 30), finance_clerk)
        with pytest.raises(Refused, match="ไม่มีหน้าที่"):
            days.close_year(2569, finance_clerk)

        assert days.close_year(2569, finance_head) == 99

        with pytest.raises(Refused, match="ปิดแล้ว"):
            days.reopen_day(dt.date(2026, 9, 30), finance_head, "ลืม")
        with pytest.raises(Refused, match="ปิดแล้ว"):
            days.close_year(2569, finance_head)
    book = ReceiptBook.objects.get(fiscal_year=2569)
    assert (book.used, book.left, book.closed_by) == (1, 99, finance_head)


def test_a_year_that_is_not_over_is_not_closed(finance_clerk: Staff, finance_head: Staff) -> None:
    with time_machine.travel(dt.datetime(2026, 9, 29, 10, tzinfo=BANGKOK), tick=False):
        cast.issued(finance_clerk)
        days.close_day(cast.today(), finance_clerk)
        with pytest.raises(Refused, match="ยังไม่สิ้นสุด"):
            days.close_year(2569, finance_head)


def test_a_clock_that_was_set_back_issues_nothing(finance_clerk: Staff) -> None:
    noon = dt.datetime(2026, 11, 20, 12, tzinfo=BANGKOK)
    with time_machine.travel(noon, tick=False):
        cast.issued(finance_clerk)
    with time_machine.travel(noon - dt.timedelta(days=1), tick=False):
        with pytest.raises(Refused, match="นาฬิกา"):
            cast.issued(finance_clerk)
    with time_machine.travel(noon + dt.timedelta(days=1), tick=False):
        assert cast.issued(finance_clerk).leaf == 2
