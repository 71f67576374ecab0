"""What the menu says of payments, and ใบเสร็จของฉัน."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bannmae.models import Municipality, Staff
from bannmae.testing import make_finance_head, make_resident
from chatops.models import Channel, OutboundMessage, Resident
from chatops.simulator.testing import Simulator
from chatops.tests.test_inbox import Chat
from payments import receipts, workflow
from payments.chat_receipts import my_receipts
from payments.models import Method, PaymentNotice, Receipt, Revenue, Status
from payments.notices import pdf_url
from payments.tests.test_chat_pictures import said, says, taps_menu

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone."""
    return Chat(line, client)


def notice_of(resident: Resident, number: int = 1, **fields: Any) -> PaymentNotice:
    """A notice of hers."""
    fields.setdefault("revenue", Revenue.objects.get(slug="garbage_fee"))
    return PaymentNotice.objects.create(
        number=f"P69-{number:04}",
        resident=resident,
        via=PaymentNotice.Via.CHAT,
        amount=Decimal("450.00"),
        **fields,
    )


def issued(notice: PaymentNotice, by: Staff) -> Receipt:
    """Confirm a notice and issue its receipt."""
    revenue = notice.revenue
    assert revenue is not None
    Revenue.objects.filter(pk=revenue.pk).update(mode=Revenue.Mode.OWN)
    revenue.refresh_from_db()
    Municipality.objects.update(name="เทศบาลตำบลบ้านแม")
    seen = workflow.Confirmation(
        revenue=revenue,
        payer_name="นางสมศรี ใจดี",
        lines=[receipts.Line("ค่าเก็บขยะ", Decimal("450.00"))],
        method=Method.TRANSFER,
        money_seen_on=timezone.localdate(),
    )
    workflow.confirm(notice.pk, by, notice.version, seen)
    notice.refresh_from_db()
    return receipts.issue(workflow.draft_of(notice), by, notice=notice)


@pytest.mark.parametrize("key", ["tax", "garbage"])
def test_the_menu_says_where_to_pay_and_two_ways_to_tell(chat: Chat, key: str) -> None:
    profile = Municipality.get_solo()
    profile.payment_instructions = "ธนาคารกรุงไทย เลขที่บัญชี 123-4-56789-0"
    profile.save()
    taps_menu(chat, key)
    told = said(chat, 2)
    assert "123-4-56789-0" in told
    assert "ส่งรูปสลิปในแชตนี้" in told
    assert "/payment" in told
    assert "menu=receipts" in told
    assert OutboundMessage.objects.get().sent_via == "reply"


@pytest.mark.parametrize("words", ["ใบเสร็จของฉัน", "ใบเสร็จ", "ขอดูใบเสร็จ"])
def test_who_has_paid_nothing_is_told_how(chat: Chat, words: str) -> None:
    says(chat, words)
    assert "ยังไม่มีรายการชำระเงิน" in said(chat)


def test_each_payment_shows_how_it_stands(somsri: Resident, neighbour: Resident) -> None:
    notice_of(somsri, 1)
    notice_of(somsri, 2, status=Status.REJECTED, reject_reason="ยอดไม่ตรง", revenue=None)
    notice_of(neighbour, 3)
    notice_of(somsri, 4, status=Status.CHECKING, asked="ขอรูปสลิปที่ชัดกว่านี้")
    told = json.dumps(list(my_receipts(somsri)), ensure_ascii=False)
    assert "P69-0001" in told
    assert Status.RECEIVED.label in told
    assert "ยอดไม่ตรง" in told
    assert "ขอรูปสลิปที่ชัดกว่านี้" in told
    assert "P69-0003" not in told


def test_a_receipt_is_a_link_until_it_is_void(somsri: Resident, finance_clerk: Staff) -> None:
    receipt = issued(notice_of(somsri), finance_clerk)
    told = json.dumps(list(my_receipts(somsri)), ensure_ascii=False)
    assert pdf_url(receipt) in told
    assert receipt.book_label in told
    assert "นางสมศรี" not in told
    receipts.approve_void(receipts.ask_void(receipt, finance_clerk, "ผิด"), make_finance_head())
    told = json.dumps(list(my_receipts(somsri)), ensure_ascii=False)
    assert pdf_url(receipt) not in told
    assert "ยกเลิกแล้ว" in told


def test_at_most_ten_cards_and_as_many_queries(
    somsri: Resident, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 15):
        notice_of(somsri, number)
    with django_assert_max_num_queries(4):
        [message] = my_receipts(somsri)
    bubbles = message["contents"]["contents"]
    assert len(bubbles) == 10
    assert "ดูทั้งหมด" in json.dumps(bubbles[-1], ensure_ascii=False)
    assert "P69-0014" in json.dumps(bubbles[0], ensure_ascii=False)


def test_hers_are_those_of_all_accounts_of_the_provider(somsri: Resident) -> None:
    main = Channel.main()
    main.provider = "เทศบาล"
    main.save()
    other = Channel.objects.create(slug="revenue", name="กองคลัง", provider="เทศบาล")
    also = Resident.objects.create(channel=other, line_user_id=somsri.line_user_id)
    stranger = Resident.objects.create(channel=other, line_user_id=make_resident().line_user_id)
    notice_of(also)
    notice_of(stranger, 2)
    told = json.dumps(list(my_receipts(somsri)), ensure_ascii=False)
    assert "P69-0001" in told
    assert "P69-0002" not in told
