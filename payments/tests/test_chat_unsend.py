"""A slip that its payer takes back: she learns why the payment stands still, the clerk too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bannmae.models import Staff
from bannmae.testing import picture
from chatops.models import Message, OutboundMessage
from chatops.simulator.testing import Simulator
from chatops.tests.test_inbox import Chat
from payments import chat_notice
from payments.chat_receipts import my_receipts
from payments.models import NoticeEntry, PaymentNotice, Slip, Status
from payments.slips import jobs
from payments.tests.test_chat_pictures import said, says, sends, taps_menu

pytestmark = pytest.mark.django_db
GONE = "ท่านยกเลิกภาพสลิปของรายการเลขที่"


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone."""
    return Chat(line, client)


def takes_back(chat: Chat, *pictures: Message) -> None:
    """Have her unsend pictures: the newest, where none is named."""
    for one in pictures or [Message.objects.filter(kind="image").latest("id")]:
        chat.line.unsend(chat.user_id, one.line_message_id)
        chat.deliver()


def told_of_it() -> int:
    """How often the chat said that the slip is gone."""
    return sum(
        GONE in json.dumps(row.messages, ensure_ascii=False)
        for row in OutboundMessage.objects.all()
    )


def her_list(chat: Chat) -> str:
    """What ใบเสร็จของฉัน shows."""
    assert chat.resident is not None
    return json.dumps(list(my_receipts(chat.resident)), ensure_ascii=False)


def test_who_takes_the_only_slip_back_is_told_once_and_finds_it_in_her_list(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    assert "ยังตรวจสอบไม่ได้" not in her_list(chat)
    takes_back(chat)
    notice = PaymentNotice.objects.get()
    assert (notice.status, notice.asked) == (Status.RECEIVED, chat_notice.SLIP_AGAIN)
    assert f"{GONE} {notice.number}" in said(chat)
    assert "ส่งภาพสลิปในแชตนี้อีกครั้ง" in said(chat)
    assert told_of_it() == 1
    assert "ยังตรวจสอบไม่ได้: ท่านยกเลิกภาพสลิปในแชตแล้ว" in her_list(chat)
    # Once more the same: her list says it, and nobody writes to her again.
    sends(chat)
    takes_back(chat)
    assert told_of_it() == 1
    assert "ท่านยกเลิกภาพสลิปในแชตแล้ว" in her_list(chat)
    assert PaymentNotice.objects.get().slips.count() == 2


def test_the_slip_that_comes_again_joins_the_same_payment(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ 450 บาท ม.ค.-มี.ค. 2569 นางสมศรี ใจดี 12/3 หมู่ 5 โทร 0812345678")
    sends(chat)
    takes_back(chat)
    # She talks of something else meanwhile.
    says(chat, "เลือกตั้งเมื่อไหร่คะ")
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert notice.asked == ""
    assert sorted(notice.slips.values_list("state", flat=True)) == ["removed", "wanted"]
    assert f"ได้รับภาพเพิ่มแล้ว (เลขที่ {notice.number})" in said(chat)
    assert "ข้อมูลครบแล้ว" in said(chat)
    assert "ยังตรวจสอบไม่ได้" not in her_list(chat)


def test_another_payments_slip_does_not_join(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    takes_back(chat)
    taps_menu(chat, "tax")
    says(chat, "ภาษีป้าย 800 บาท")
    sends(chat)
    first, second = PaymentNotice.objects.order_by("id")
    assert first.asked == chat_notice.SLIP_AGAIN
    assert second.revenue is not None
    assert second.revenue.slug == "signboard_tax"


def test_while_a_slip_is_left_nothing_is_said(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat, picture(), picture(colour="#101010"))
    first, second = Message.objects.filter(kind="image").order_by("id")
    takes_back(chat, first)
    assert told_of_it() == 0
    assert PaymentNotice.objects.get().asked == ""
    takes_back(chat, second)
    assert told_of_it() == 1


def test_words_are_no_slip(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    takes_back(chat)
    says(chat, "450 บาท")
    assert "ภาพสลิปการโอน" in said(chat)
    says(chat, "ม.ค.-มี.ค. 2569 นางสมศรี ใจดี 12/3 หมู่ 5 โทร 0812345678")
    assert "ยังขาดภาพสลิป" in said(chat)
    assert "ข้อมูลครบแล้ว" not in said(chat)
    says(chat, "ลูกชายเป็นคนโอนให้จากบัญชีของเขาที่กรุงเทพค่ะ")
    notice = PaymentNotice.objects.get()
    assert notice.asked == chat_notice.SLIP_AGAIN
    assert "ลูกชาย" not in notice.words


def test_the_clerk_sees_what_is_waited_for(
    chat: Chat, client: Client, finance_clerk: Staff
) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    takes_back(chat)
    notice = PaymentNotice.objects.get()
    entry = notice.entries.get(kind=NoticeEntry.Kind.UNSENT)
    assert "รอผู้แจ้งส่งใหม่" in entry.text
    client.force_login(finance_clerk)
    page = client.get(reverse("admin:payments_paymentnotice_change", args=[notice.pk]))
    told = page.content.decode()
    assert f"ยังไม่ได้รับคำตอบ: {chat_notice.SLIP_AGAIN}" in told
    assert Slip.State.REMOVED.label in told
    listed = client.get(f"{reverse('admin:payments_paymentnotice_changelist')}?show=asked")
    assert notice.number in listed.content.decode()


def test_what_a_clerk_has_asked_stays_his_question(chat: Chat, finance_clerk: Any) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    PaymentNotice.objects.update(asked="โอนจากบัญชีชื่อใคร", status=Status.CHECKING)
    takes_back(chat)
    notice = PaymentNotice.objects.get()
    assert notice.asked == "โอนจากบัญชีชื่อใคร"
    assert told_of_it() == 1
    shown = her_list(chat)
    assert "โอนจากบัญชีชื่อใคร" in shown
    assert "ท่านยกเลิกภาพสลิปในแชตแล้ว" in shown
    # Answered in words, it still waits for the slip.
    says(chat, "ลูกชายเป็นคนโอนให้จากบัญชีของเขาที่กรุงเทพค่ะ")
    assert PaymentNotice.objects.get().asked == chat_notice.SLIP_AGAIN


def test_a_picture_that_line_never_gave_is_named_as_such(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    Slip.objects.update(state=Slip.State.GONE, due_at=None)
    assert jobs.read_due() == 0
    assert "ยังตรวจสอบไม่ได้: ระบบไม่ได้รับภาพสลิปจาก LINE" in her_list(chat)
