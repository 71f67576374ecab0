"""What she is told to send is taken where she is told so; what is not her payment's is left."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chatops.models import Channel, ChatCase, Resident
from chatops.simulator.testing import Simulator
from chatops.tests.test_inbox import Chat
from payments import chat_waiting
from payments.chat_receipts import my_receipts
from payments.models import PaymentNotice, Slip, Status
from payments.tests.cast import claimed
from payments.tests.test_chat_pictures import said, says, sends, taps_menu
from payments.tests.test_chat_unsend import takes_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone."""
    return Chat(line, client)


def days_pass(days: int, **changes: object) -> None:
    """Make all that was told so far as old; she talks of nothing any more."""
    past = timezone.now() - timedelta(days=days)
    PaymentNotice.objects.update(created_at=past, changed_at=past, asked_at=None, **changes)
    Slip.objects.update(created_at=past)
    ChatCase.objects.update(last_at=past)
    Resident.objects.update(topic_hint=None, topic_hint_at=None)


def test_words_that_she_is_told_to_write_are_taken_days_later(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    days_pass(2)
    says(chat, "นางสมศรี ใจดี โทร 0812345678")
    assert PaymentNotice.objects.get().payer_name == ""  # the day is over
    days_pass(2)
    says(chat, "ได้ใบเสร็จเมื่อไรคะ")
    assert "พิมพ์ตอบในแชตนี้ได้เลย" in said(chat)
    assert "ส่งภาพ" not in said(chat)
    version = PaymentNotice.objects.get().version
    says(chat, "นางสมศรี ใจดี โทร 0812345678")
    notice = PaymentNotice.objects.get()
    assert (notice.payer_name, notice.phone) == ("นางสมศรี ใจดี", "0812345678")
    # To be told does not change what a clerk has open; her words do.
    assert notice.version == version + 1
    # Nobody asked for a picture: it is of a payment of its own.
    sends(chat)
    assert PaymentNotice.objects.count() == 2


@pytest.mark.parametrize("asks", ["สลิปผ่านไหมคะ", "menu"])
def test_a_slip_that_she_is_told_to_send_again_joins_days_later(chat: Chat, asks: str) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    Slip.objects.update(state=Slip.State.GONE, due_at=None)
    days_pass(9, status=Status.CHECKING)
    if asks == "menu":
        taps_menu(chat, "receipts")
        assert "ส่งภาพสลิปในแชตนี้อีกครั้งได้เลย" in said(chat)
    else:
        says(chat, asks)
        assert "ส่งภาพและพิมพ์ตอบในแชตนี้ได้เลย" in said(chat)
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert notice.slips.count() == 2
    assert not notice.slip_again


@pytest.mark.parametrize("asks", ["ได้ใบเสร็จเมื่อไรคะ", "menu"])
def test_an_old_question_of_an_officer_is_answered_where_she_is_told_of_it(
    chat: Chat, asks: str
) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    days_pass(8, status=Status.CHECKING, asked="โอนจากบัญชีชื่อใคร")
    if asks == "menu":
        taps_menu(chat, "receipts")
    else:
        says(chat, asks)
    assert "ตอบในแชตนี้ได้เลย" in said(chat)
    says(chat, "ลูกชายเป็นคนโอนให้จากบัญชีของเขาที่กรุงเทพค่ะ")
    notice = PaymentNotice.objects.get()
    assert notice.asked == ""
    assert "ลูกชาย" in notice.words
    assert not ChatCase.objects.filter(topic__slug="general").exists()


@pytest.mark.parametrize(
    "words", ["เรื่องถึงไหนแล้วคะ", "รับเรื่องหรือยังคะ", "มีคนมาดูหรือยังคะ", "ต้องใช้เวลากี่วัน"]
)
def test_what_names_no_payment_is_not_about_one_of_days_ago(chat: Chat, words: str) -> None:
    says(chat, "สวัสดีค่ะ")
    number = claimed(Resident.objects.get()).number
    days_pass(2, status=Status.REJECTED, reject_reason="ไม่พบยอดเงิน")
    says(chat, words)
    assert number not in said(chat)


@pytest.mark.parametrize("words", ["ใบเสร็จออกหรือยังคะ", "สลิปผ่านไหม", "โอนแล้วต้องรอกี่วัน"])
def test_what_names_it_is(chat: Chat, words: str) -> None:
    says(chat, "สวัสดีค่ะ")
    number = claimed(Resident.objects.get()).number
    days_pass(2)
    says(chat, words)
    assert number in said(chat)


def test_in_another_account_she_is_told_where_to_answer(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    here = chat.resident
    here.channel.provider = "เทศบาล"
    here.channel.save()
    other = Channel.objects.create(slug="finance", name="กองคลัง บ้านแม", provider="เทศบาล")
    there = Resident.objects.create(channel=other, line_user_id=here.line_user_id)
    PaymentNotice.objects.update(resident=there)
    says(chat, "ได้ใบเสร็จเมื่อไรคะ")
    told = said(chat)
    assert "พิมพ์ตอบในแชตของบัญชี “กองคลัง บ้านแม” ได้เลย" in told
    assert "ในแชตนี้" not in told
    # What she is told there waits there, and nothing of it here.
    assert [one.number for one in chat_waiting.open_ones(there)]
    says(chat, "นางสมศรี ใจดี โทร 0812345678")
    assert PaymentNotice.objects.get().payer_name == ""
    Slip.objects.update(state=Slip.State.GONE)
    shown = json.dumps(list(my_receipts(here)), ensure_ascii=False)
    assert "ส่งภาพสลิปในแชตของบัญชี “กองคลัง บ้านแม” อีกครั้งได้เลย" in shown


def test_a_slip_waits_a_week_and_no_longer(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    takes_back(chat)
    now = timezone.now()
    notice = PaymentNotice.objects.get()
    assert chat_waiting.for_slip(notice, now + chat_waiting.CLERK_ASKS_LIVE - timedelta(hours=1))
    assert not chat_waiting.for_slip(
        notice, now + chat_waiting.CLERK_ASKS_LIVE + timedelta(hours=1)
    )
