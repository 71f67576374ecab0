"""The register in the admin: what it shows, to whom, how it is narrowed down, what it costs."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from bannmae import testing
from bannmae.models import AccessLog, Staff
from chatops.models import OutboundMessage, Resident
from payments import receipts
from payments.models import Receipt, Revenue
from payments.tests import cast
from payments.tests.books_desk import REGISTER, as_, asked, many, queries, text_of, url

pytestmark = pytest.mark.django_db
# Half of them are the menu's and the banners', on every page of the staff.
MAX_QUERIES = 22


def shown(staff: Staff, query: str = "") -> list[str]:
    """The numbers of the receipts that the list shows."""
    answer = as_(staff).get(f"{REGISTER}{query}")
    assert answer.status_code == 200
    return [f"{row.book} {row.number}" for row in answer.context["rows"]]


@pytest.mark.parametrize("who", ["engineer", "executive", "superuser", "demoted"])
def test_nobody_outside_the_finance_division_finds_a_page_of_the_books(
    who: str, finance_clerk: Staff, request: Any
) -> None:
    receipt = cast.issued(finance_clerk)
    if who == "superuser":
        staff = testing.make_staff(is_superuser=True)
    elif who == "demoted":
        staff = testing.make_staff(divisions=("revenue",), role="เจ้าหน้าที่")
    else:
        staff = request.getfixturevalue(who)
    client = as_(staff)
    for address in (
        REGISTER,
        url(receipt),
        url(receipt, "original"),
        f"{REGISTER}register.pdf",
        f"{REGISTER}register.xlsx",
        f"{REGISTER}voids/",
        "/admin/payments/dailyremittance/",
        "/admin/payments/fiscalyear/",
        "/admin/payments/fiscalyear/summary.pdf",
        "/admin/payments/fiscalyear/usage.xlsx",
        "/admin/payments/revenue/",
        "/admin/payments/paymentsettings/",
        "/admin/payments/moneyduty/",
        "/admin/payments/moneyduty/add/",
    ):
        assert client.get(address).status_code == 404, address
    for name in ("print", "void", "approve", "decline", "revoke"):
        answer = client.post(url(receipt, name), {"reason": "ผิด", "void": "1"})
        assert answer.status_code == 404, name
    for address in ("dailyremittance/close/", "dailyremittance/reopen/", "fiscalyear/close/"):
        answer = client.post(
            f"/admin/payments/{address}", {"day": "2026-11-21", "year": "2569", "reason": "ก"}
        )
        assert answer.status_code == 404, address
    menu = client.get("/admin/").content.decode()
    assert "ทะเบียนใบเสร็จ" not in menu


def test_the_register_shows_each_receipt_and_nothing_can_be_added_or_changed(
    finance_clerk: Staff,
) -> None:
    first, second = cast.issued(finance_clerk), cast.issued(finance_clerk, amount="20.00")
    text = text_of(as_(finance_clerk).get(REGISTER))
    assert "นางสมศรี ใจดี" in text
    assert "1,250.50" in text
    assert shown(finance_clerk) == [
        f"{second.book_label} {second.number_label}",
        f"{first.book_label} {first.number_label}",
    ]
    client = as_(finance_clerk)
    assert client.get(f"{REGISTER}add/").status_code == 404
    assert client.get(f"{REGISTER}{first.pk}/delete/").status_code == 404
    assert client.post(url(first), {"payer_name": "ผู้อื่น"}).status_code == 404
    first.refresh_from_db()
    assert first.payer_name == "นางสมศรี ใจดี"


def test_it_is_narrowed_by_kind_book_day_state_mode_and_words(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    monday = dt.datetime(2026, 11, 16, 3, 0, tzinfo=dt.UTC)
    with time_machine.travel(monday, tick=False):
        land = cast.issued(finance_clerk, payer_name="นายคำปัน แก้วเรือน")
    with time_machine.travel(monday + dt.timedelta(days=1), tick=False):
        garbage = cast.issued(finance_clerk, slug="garbage_fee", payer_name="บริษัท น้ำใส จำกัด")
        signs = cast.revenue("signboard_tax", Revenue.Mode.ELAAS)
        draft = dataclasses.replace(cast.draft(), revenue=signs)
        number = receipts.Elaas("RCPT", "99999/69", "x.pdf")
        elaas = receipts.issue(draft, finance_clerk, elaas=number)
        void = cast.issued(finance_clerk, payer_name="ผู้ชำระผิด")
        request = asked(void, finance_clerk)
        waiting = cast.issued(finance_clerk)
        asked(waiting, finance_clerk)
        receipts.approve_void(request, finance_head)

    def found(query: str) -> set[int]:
        answer = as_(finance_clerk).get(f"{REGISTER}?{query}")
        return {int(row.url.split("/")[-3]) for row in answer.context["rows"]}

    every = {land.pk, garbage.pk, elaas.pk, void.pk, waiting.pk}
    assert found("") == every
    assert found("since=2026-11-17") == every - {land.pk}
    assert found("until=2026-11-16") == {land.pk}
    assert found(f"revenue={garbage.revenue_id}") == {garbage.pk}
    assert found(f"book={land.book_id}") == {land.pk, void.pk, waiting.pk}
    assert found("mode=elaas") == {elaas.pk}
    assert found("state=void") == {void.pk}
    assert found("state=asked") == {waiting.pk}
    assert found("state=valid") == every - {void.pk}
    assert found("q=น้ำใส") == {garbage.pk}
    assert found("q=99999/69") == {elaas.pk}
    assert found(f"q=ภด+{land.leaf}") == {land.pk}
    assert found("q=คำปัน+๑") == {land.pk}
    assert found("since=nonsense&book=9999999999999999999999&state=x&revenue=๑x&p=99") == every


def test_narrowed_it_says_what_it_comes_to_without_the_void_ones(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    cast.issued(finance_clerk, amount="100.10")
    cast.issued(finance_clerk, amount="200.20")
    void = cast.issued(finance_clerk, amount="999.00")
    receipts.approve_void(asked(void, finance_clerk), finance_head)
    text = text_of(as_(finance_clerk).get(f"{REGISTER}?q=สมศรี"))
    assert "3 ฉบับ รวม 300.30 บาท" in text
    assert "ยกเลิก 1 ฉบับ" in text


def test_a_page_costs_the_same_few_queries_with_few_and_with_many(finance_clerk: Staff) -> None:
    cast.issued(finance_clerk)
    client = as_(finance_clerk)
    addresses = [REGISTER, f"{REGISTER}?q=สมศรี", f"{REGISTER}?state=asked&since=2026-01-01"]
    few = [queries(client, address) for address in addresses]
    many(1100, finance_clerk)
    assert [queries(client, address) for address in addresses] == few
    assert max(few) <= MAX_QUERIES
    text = text_of(client.get(f"{REGISTER}?p=3"))
    assert "1,000+ ฉบับ" in text


# -- one receipt -------------------------------------------------------------------------------


def test_the_page_of_a_receipt_shows_what_is_on_it_and_whether_it_has_arrived(
    somsri: Resident, finance_clerk: Staff
) -> None:
    from payments import workflow

    notice = cast.confirmed(somsri, finance_clerk)
    receipt = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)
    message = OutboundMessage.objects.get(dedupe_key=f"receipt:{receipt.pk}")
    text = text_of(as_(finance_clerk).get(url(receipt)))
    for words in (
        str(receipt),
        "นางสมศรี ใจดี",
        "1,250.50 บาท",
        "หนึ่งพันสองร้อยห้าสิบบาทห้าสิบสตางค์",
        notice.number,
        message.get_state_display(),
        "พิมพ์ต้นฉบับ",
        "ขอยกเลิกใบเสร็จ",
    ):
        assert words in text, words
    assert AccessLog.objects.filter(
        action=AccessLog.Action.VIEW_PAYMENT, subject=f"receipt:{receipt.pk}"
    ).exists()


def test_whose_looks_stand_in_the_log_only_insiders_read(
    finance_clerk: Staff, finance_head: Staff, engineer: Staff
) -> None:
    from bannmae.access_log import rows_for

    receipt = cast.issued(finance_clerk)
    as_(finance_clerk).get(url(receipt))
    about = f"receipt:{receipt.pk}"
    assert rows_for(finance_head).filter(subject=about).exists()
    assert not rows_for(engineer).filter(subject=about).exists()


def test_a_link_that_came_into_wrong_hands_is_closed_with_a_reason(
    finance_clerk: Staff,
) -> None:
    receipt = cast.issued(finance_clerk)
    client = as_(finance_clerk)
    assert client.post(url(receipt, "revoke"), {"reason": ""}).status_code == 422
    client.post(url(receipt, "revoke"), {"reason": "ส่งผิดคน"})
    assert Client().get(reverse("payments:receipt_pdf", args=[receipt.token])).status_code == 404
    assert Client().get(reverse("payments:verify", args=[receipt.token])).status_code == 200
    text = text_of(client.get(url(receipt)))
    assert "ปิดลิงก์ใบเสร็จแล้ว" in text
    assert "ส่งผิดคน" in text


def test_a_receipt_that_is_not_there_is_not_found(finance_clerk: Staff) -> None:
    client = as_(finance_clerk)
    assert client.get(f"{REGISTER}999999/change/").status_code == 404
    assert client.get(f"{REGISTER}{'9' * 30}/change/").status_code == 404
    assert Receipt.objects.count() == 0
