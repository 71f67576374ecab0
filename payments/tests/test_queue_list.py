"""The queue: what it shows, how it is narrowed down, and what it costs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae.models import Staff
from chatops.models import Resident
from payments import workflow
from payments.models import PaymentNotice, Revenue, Slip, Status
from payments.tests.cast import claimed, confirmed
from payments.tests.queue_desk import LIST, as_, page, press, repeat

pytestmark = pytest.mark.django_db


def numbers(staff: Staff, query: str = "") -> list[str]:
    """The numbers that the list shows."""
    answer = as_(staff).get(f"{LIST}{query}")
    assert answer.status_code == 200, query
    return [row.number for row in answer.context["rows"]]


def fill(count: int, resident: Resident) -> None:
    """Put `count` notices into the database, quickly, every fifth done."""
    kinds = list(Revenue.objects.all())
    now = timezone.now()
    PaymentNotice.objects.bulk_create(
        [
            PaymentNotice(
                number=f"P60-{index:06d}",
                resident=resident,
                via=PaymentNotice.Via.LIFF,
                revenue=kinds[index % len(kinds)],
                payer_name="สมศรี ใจดี",
                amount=Decimal(100 + index),
                status=Status.REJECTED if index % 5 == 0 else Status.RECEIVED,
                created_at=now - dt.timedelta(minutes=index),
            )
            for index in range(count)
        ],
        batch_size=500,
    )


def test_oldest_comes_first_and_what_is_done_is_out(somsri: Resident, finance_clerk: Staff) -> None:
    with time_machine.travel(timezone.now() - dt.timedelta(days=2)):
        old = claimed(somsri)
    rejected, new = claimed(somsri), claimed(somsri)
    workflow.reject(rejected.pk, finance_clerk, 1, "ไม่พบยอดเงิน")

    assert numbers(finance_clerk) == [old.number, new.number]
    assert numbers(finance_clerk, "?status=rejected") == [rejected.number]
    assert numbers(finance_clerk, "?status=all") == [new.number, rejected.number, old.number]


def test_filters(somsri: Resident, finance_clerk: Staff) -> None:
    plain = claimed(somsri, revenue=Revenue.objects.get(slug="garbage_fee"))
    counter = claimed(None)
    nothing = claimed(somsri, revenue=None)
    repeated = claimed(somsri)
    repeat(repeated, plain)
    press(finance_clerk, counter, "take")
    workflow.ask(nothing.pk, finance_clerk, 1, "ค่าอะไร")
    done = confirmed(somsri, finance_clerk)

    assert numbers(finance_clerk, "?revenue=garbage_fee") == [plain.number]
    assert numbers(finance_clerk, "?revenue=none") == [nothing.number]
    assert numbers(finance_clerk, "?via=counter") == [counter.number]
    assert numbers(finance_clerk, "?show=repeated") == [plain.number, repeated.number]
    assert numbers(finance_clerk, "?show=mine") == [counter.number, nothing.number]
    assert numbers(finance_clerk, "?show=asked") == [nothing.number]
    assert numbers(finance_clerk, "?status=confirmed") == [done.number]
    assert done.number not in numbers(finance_clerk, "?status=waiting")
    # What no filter reads narrows nothing and asks nothing.
    assert len(numbers(finance_clerk, "?payer_name__startswith=x")) == 5


def test_search_finds_by_number_name_reference_amount_and_phone(
    somsri: Resident, finance_clerk: Staff
) -> None:
    wanted = claimed(
        somsri,
        payer_name="นางทองดี มีสุข",
        reference="3-45-6/7",
        amount=Decimal("4321.75"),
        phone="0898765432",
    )
    Slip.objects.filter(notice=wanted).update(reference="A1B2C3")
    claimed(somsri)
    workflow.reject(wanted.pk, finance_clerk, 1, "ไม่พบยอดเงิน")

    for words in (
        wanted.number,
        wanted.number.lower(),
        "ทองดี",
        "มีสุข ทองดี",
        "3-45-6",
        "a1b2c3",
        "4,321.75",
        "๔๓๒๑.๗๕",
        "089-876 5432",
        "+66898765432",
    ):
        assert numbers(finance_clerk, f"?q={words.replace('+', '%2B')}") == [wanted.number], words
    assert numbers(finance_clerk, "?q=ไม่มีใคร") == []
    assert numbers(finance_clerk, "?q=9e999999999") == []


def test_list_costs_the_same_however_many_there_are(somsri: Resident, finance_clerk: Staff) -> None:
    def queries(address: str) -> int:
        # The figures of the menu are kept for seconds: on a slow machine they would run out.
        with time_machine.travel(timezone.now(), tick=False):
            browser.get(address)
            with CaptureQueriesContext(connection) as found:
                assert browser.get(address).status_code == 200
        return len(found)

    browser = as_(finance_clerk)
    fill(4, somsri)
    few = {address: queries(address) for address in (LIST, f"{LIST}?status=all", f"{LIST}?q=สมศรี")}
    PaymentNotice.objects.all().delete()
    fill(1200, somsri)
    for address, count in few.items():
        assert queries(address) <= count, address
    shown = browser.get(LIST)
    assert len(shown.context["rows"]) == 50
    assert shown.context["cl"].paginator.figure == "960"


def test_page_of_a_notice_costs_the_same_however_much_is_in_it(
    somsri: Resident, finance_clerk: Staff
) -> None:
    def queries(notice: PaymentNotice) -> int:
        with time_machine.travel(timezone.now(), tick=False):  # as above
            browser.get(page(notice))
            with CaptureQueriesContext(connection) as found:
                assert browser.get(page(notice)).status_code == 200
        return len(found)

    browser = as_(finance_clerk)
    one, many = claimed(somsri), claimed(somsri)
    repeat(one, many)
    before = queries(one)
    for index in range(8):
        other = claimed(somsri)
        repeat(many, other)
        workflow.add_note(many.pk, finance_clerk, f"บันทึก {index}")
    assert queries(many) <= before


def test_empty_queue_says_what_will_appear(finance_clerk: Staff) -> None:
    text = as_(finance_clerk).get(LIST).content.decode()

    assert "ไม่มีรายการค้างดำเนินการ" in text
    assert "รายการจะแสดงที่นี่" in text
    assert "ล้างตัวกรอง" in as_(finance_clerk).get(f"{LIST}?q=x").content.decode()


def test_line_shows_what_is_known(somsri: Resident, finance_clerk: Staff) -> None:
    other = claimed(somsri)
    notice = claimed(somsri, reference="123", payer_name="")
    repeat(notice, other)

    rows: list[Any] = as_(finance_clerk).get(f"{LIST}?q={notice.number}").context["rows"]

    assert rows[0].payer == "(ยังไม่ทราบชื่อผู้ชำระ)"
    assert rows[0].amount == "1,250.50"
    assert rows[0].repeated
    assert rows[0].status == Status.RECEIVED.label
