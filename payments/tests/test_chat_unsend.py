"""A slip that its payer takes back: she learns why the payment stands still, the clerk too."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from bannmae.models import Staff
from bannmae.testing import picture
from chatops.cases import workflow
from chatops.line.cards import text_message
from chatops.models import ChatCase, Message, OutboundMessage, Resident
from chatops.simulator.testing import Simulator
from chatops.tests.test_inbox import Chat
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
    assert (notice.status, notice.asked, notice.slip_again) == (Status.RECEIVED, "", True)
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
    assert not notice.slip_again
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
    assert first.slip_again
    assert second.revenue is not None
    assert second.revenue.slug == "signboard_tax"


def test_while_a_slip_is_left_nothing_is_said(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat, picture(), picture(colour="#101010"))
    first, second = Message.objects.filter(kind="image").order_by("id")
    takes_back(chat, first)
    assert told_of_it() == 0
    assert not PaymentNotice.objects.get().slip_again
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
    assert notice.slip_again
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
    assert "ไม่เหลือภาพสลิปในรายการนี้ รอผู้ชำระส่งมาอีกครั้ง" in told
    assert "ยังไม่ได้รับคำตอบ" not in told  # no officer has asked
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
    notice.refresh_from_db()
    assert (notice.asked, notice.slip_again) == ("", True)


def test_a_picture_that_line_never_gave_is_named_as_such(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    Slip.objects.update(state=Slip.State.GONE, due_at=None)
    assert jobs.read_due() == 0
    assert "ยังตรวจสอบไม่ได้: ระบบไม่ได้รับภาพสลิปจาก LINE" in her_list(chat)
    # What she writes then makes it nobody's fault but the line's.
    says(chat, "450 บาท")
    assert PaymentNotice.objects.get().slip_again
    for told in (said(chat), her_list(chat)):
        assert "ยกเลิก" not in told
    assert "• ภาพสลิปการโอน" in said(chat)
    sends(chat)
    assert PaymentNotice.objects.get().slips.count() == 2


def two_payments(chat: Chat, first: str = "") -> tuple[PaymentNotice, PaymentNotice]:
    """Have her take back the slip of a garbage fee, and then pay the tax of a signboard."""
    taps_menu(chat, "garbage")
    if first:
        says(chat, first)
    sends(chat)
    takes_back(chat)
    taps_menu(chat, "tax")
    says(chat, "ภาษีป้าย 800 บาท")
    sends(chat)
    one, other = PaymentNotice.objects.order_by("id")
    return one, other


def test_her_words_go_to_the_payment_that_she_talks_of(chat: Chat) -> None:
    first, second = two_payments(chat)
    says(chat, "นายบุญมี มีทรัพย์ โทร 0899999999")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.payer_name, first.phone, first.words) == ("", "", "")
    assert (second.payer_name, second.phone) == ("นายบุญมี มีทรัพย์", "0899999999")
    assert second.number in said(chat)
    # Named, it is the other one's.
    says(chat, "ค่าขยะ ม.ค.-มี.ค. 2569")
    first.refresh_from_db()
    assert first.months == ["2026-01", "2026-02", "2026-03"]
    assert first.slip_again


def test_where_one_payment_takes_nothing_the_next_one_does(chat: Chat) -> None:
    complete = "ค่าขยะ 450 บาท ม.ค.-มี.ค. 2569 นางสมศรี ใจดี 12/3 หมู่ 5 โทร 0812345678"
    first, second = two_payments(chat, complete)
    says(chat, "ปี 2569 ชื่อ บุญมี มีทรัพย์ โทร 0899999999")
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.payer_name == "นางสมศรี ใจดี"
    assert (second.fiscal_year, second.payer_name) == (2569, "บุญมี มีทรัพย์")
    assert not ChatCase.objects.filter(topic__slug="general").exists()
    # The newest takes nothing more of what the older one still lacks.
    PaymentNotice.objects.filter(pk=first.pk).update(phone="", payer_name="")
    Resident.objects.update(topic_hint=None, topic_hint_at=None)
    says(chat, "นางสมศรี ใจดี")
    first.refresh_from_db()
    assert first.payer_name == "นางสมศรี ใจดี"


def test_an_officers_question_goes_first_and_what_contradicts_it_to_the_next(chat: Chat) -> None:
    first, second = two_payments(chat)
    PaymentNotice.objects.filter(pk=first.pk).update(asked="จ่ายของใคร", slip_again=False)
    says(chat, "ภาษีป้ายปี 2569 นายบุญมี มีทรัพย์")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.asked, first.payer_name) == ("จ่ายของใคร", "")
    assert (second.fiscal_year, second.payer_name) == (2569, "นายบุญมี มีทรัพย์")
    says(chat, "นางสมศรี ใจดี")
    first.refresh_from_db()
    assert (first.asked, first.payer_name) == ("", "นางสมศรี ใจดี")


def test_who_talks_with_an_officer_is_not_written_to(chat: Chat, finance_clerk: Staff) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ขอยอดค้างของบ้านเลขที่ 12 หมู่ 3 หน่อยค่ะ")
    case = ChatCase.objects.get()
    sends(chat)
    workflow.answer(case.pk, finance_clerk, [text_message("ค้าง 450 บาทค่ะ")], dedupe_key="a")
    takes_back(chat)
    assert told_of_it() == 0
    assert PaymentNotice.objects.get().slip_again
    assert "ท่านยกเลิกภาพสลิปในแชตแล้ว" in her_list(chat)


def test_what_stood_as_a_question_becomes_the_flag(chat: Chat) -> None:
    migration = import_module("payments.migrations.0009_slip_again")
    taps_menu(chat, "garbage")
    sends(chat)
    PaymentNotice.objects.update(asked=migration.IN_ASKED)
    migration.into_column(apps, None)
    notice = PaymentNotice.objects.get()
    assert (notice.asked, notice.slip_again) == ("", True)
    migration.into_asked(apps, None)
    assert PaymentNotice.objects.get().asked == migration.IN_ASKED
