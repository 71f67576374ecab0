"""Questions that name nothing in a talk about payments: answered with how her payment stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bannmae.models import Staff
from chatops.answers.decide import asks_how_it_stands
from chatops.answers.learned import standing_examples
from chatops.cases import workflow
from chatops.line.cards import text_message
from chatops.models import ChatCase, KnowledgeRow, Resident
from chatops.simulator.testing import Simulator
from chatops.tests.test_inbox import Chat
from payments.chat_standing import PATIENCE, SETTLED_LIVES, SUBJECTS
from payments.models import PaymentNotice, Status
from payments.tests.cast import claimed
from payments.tests.test_chat_pictures import quick_replies, said, says, sends, taps_menu

pytestmark = pytest.mark.django_db
ALL_TOLD = "ค่าขยะ 450 บาท ม.ค.-มี.ค. 2569 นางสมศรี ใจดี 12/3 หมู่ 5 โทร 0812345678"
# None of these is among the examples that it was learned from.
ASKS = (
    "แล้วต้องทำไรต่อคะ",
    "โอนแล้วต้องทำอะไรต่อครับ",
    "ส่งสลิปแล้วทำไงต่อ",
    "แล้วทำยังไงต่อดีคะ",
    "ไงต่อดี",
    "เสร็จแล้วหรือยังคะ",
    "เสร็จละยัง",
    "เรียบร้อยไหมคะ",
    "จะได้ใบเสร็จเมื่อไหร่คะ",
    "ได้ใบเส็จตอนไหนคะ",
    "ใบเสร็จจะออกวันไหน",
    "เมื่อไรจะได้ใบเสร็จ",
    "ทำไมใบเสร็จยังไม่มา",
    "จ่ายค่าขยะแล้วจะได้ใบเสร็จตอนไหน",
    "ยอดเงินเข้าหรือยังคะ",
    "ตรวจสอบเสร็จหรือยังคะ",
    "ต้องรออีกกี่วัน",
    "ขั้นตอนต่อไปคืออะไร",
    "ขาดอะไรอีกไหมคะ",
    "มีอะไรต้องส่งเพิ่มไหม",
    "ตอนนี้ถึงไหนแล้วคะ",
    "ต้องไปที่เทศบาลไหมคะ",
    "จ๊ะใดต่อเจ้า",
    "ที่แจ้งชำระไปเรียบร้อยหรือยัง",
)
ASKS_SOMETHING_ELSE = (
    "ใบเสร็จหายทำยังไง",
    "ขอใบเสร็จย้อนหลังได้มั้ย",
    "ใบเสร็จชื่อไม่ตรง แก้ยังไง",
    "จ่ายค่าขยะได้ที่ไหน",
    "ค่าขยะปีละกี่บาทคะ",
    "ภาษีที่ดินต้องจ่ายภายในวันไหน",
    "เบี้ยผู้สูงอายุเข้าเมื่อไหร่",
    "ถนนหน้าบ้านซ่อมเสร็จหรือยัง",
    "ใบอนุญาตก่อสร้างถึงไหนแล้ว",
    "จ่ายช้ามีค่าปรับไหม",
    "เลือกตั้งเมื่อไหร่คะ",
    "โอนเกินไป 100 ขอคืนยังไง",
    "ส่งสลิปผิดอัน ทำไงดี",
    "เลขบัญชีเทศบาลเลขอะไรคะ",
    "เดือนนี้ค้างเท่าไหร่",
    "เทศบาลเปิดกี่โมง",
    "ขอคุยกับคนได้ไหม",
    "ทำไมไม่มีคนตอบเลย",
    "น้ำท่วมต้องทำยังไง",
    "ช่วยด้วยไฟไหม้บ้าน",
    "ไม่ทราบค่ะ",
    "ขอบคุณมากค่ะ",
    "450 บาท ม.ค. ถึง มี.ค. ค่ะ",
    "ลูกชายเป็นคนโอนให้จากบัญชีของเขาที่กรุงเทพค่ะ",
)


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone."""
    return Chat(line, client)


@pytest.fixture
def known(db: None) -> None:
    """The knowledge base as in service, each row vouched for: it has an answer for anything."""
    KnowledgeRow.objects.update(state="published", checked_on=timezone.localdate())


def test_it_is_learned_and_goes_beyond_its_examples() -> None:
    taught = {text for text, _ in standing_examples()}
    assert not taught & {*ASKS, *ASKS_SOMETHING_ELSE}
    missed = [text for text in ASKS if not asks_how_it_stands(text, SUBJECTS)]
    wrong = [text for text in ASKS_SOMETHING_ELSE if asks_how_it_stands(text, SUBJECTS)]
    assert (missed, wrong) == ([], [])


@pytest.mark.parametrize("words", ["ต้องทำอะไรต่อ", "แล้วไงต่อ", "เสร็จหรือยัง", "ได้ใบเสร็จเมื่อไร"])
def test_she_is_told_where_it_stands_and_what_is_missing_from_her(
    chat: Chat, known: None, words: str
) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    says(chat, words)
    notice = PaymentNotice.objects.get()
    told = said(chat)
    assert f"เลขที่ {notice.number}" in told
    assert "สถานะ: ได้รับหลักฐานแล้ว" in told
    assert "• จำนวนเงินที่โอน" in told
    assert "tel:1669" not in told
    assert "คุยกับเจ้าหน้าที่" in quick_replies(chat)
    # She has asked; nothing of it was taken for what is missing, and nobody has to answer.
    assert notice.words == ""
    assert not ChatCase.objects.filter(waiting_since__isnull=False).exists()
    says(chat, ALL_TOLD)
    says(chat, words)
    assert "ท่านไม่ต้องทำอะไรเพิ่ม" in said(chat)
    assert "•" not in said(chat)


def test_the_button_below_brings_a_person(chat: Chat, known: None) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    says(chat, "เสร็จหรือยังคะ")
    chat.line.tap(chat.user_id, quick_replies(chat)["คุยกับเจ้าหน้าที่"])
    chat.deliver()
    case = ChatCase.objects.get(waiting_since__isnull=False)
    assert case.division.slug == "revenue"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.CHECKING, "ท่านไม่ต้องทำอะไรเพิ่ม"),
        (Status.CONFIRMED, "กำลังออกใบเสร็จรับเงิน"),
        (Status.RECEIPTED, "เปิดดูได้ที่ “ใบเสร็จของฉัน”"),
        (Status.REJECTED, "เหตุผล: ไม่พบยอดเงินนี้ในบัญชี"),
    ],
)
def test_each_status_says_what_follows(
    chat: Chat, finance_clerk: Staff, status: Status, told: str
) -> None:
    taps_menu(chat, "garbage")
    says(chat, ALL_TOLD)
    sends(chat)
    PaymentNotice.objects.update(
        status=status,
        confirmed_by=finance_clerk,
        money_seen_on=timezone.localdate(),
        reject_reason="ไม่พบยอดเงินนี้ในบัญชี",
    )
    says(chat, "ถึงไหนแล้วคะ")
    assert f"สถานะ: {status.label}" in said(chat)
    assert told in said(chat)


def test_what_the_clerk_has_asked_comes_first(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    PaymentNotice.objects.update(asked="โอนจากบัญชีชื่อใคร", status=Status.CHECKING)
    says(chat, "ต้องทำอะไรต่อคะ")
    assert "กองคลังขอข้อมูลเพิ่ม: โอนจากบัญชีชื่อใคร" in said(chat)
    assert PaymentNotice.objects.get().asked == "โอนจากบัญชีชื่อใคร"


def test_of_a_payment_told_by_the_form_no_words_are_asked(chat: Chat) -> None:
    says(chat, "สวัสดีค่ะ")
    notice = claimed(Resident.objects.get())
    PaymentNotice.objects.update(reference="", months=[])
    says(chat, "จะได้ใบเสร็จเมื่อไหร่คะ")
    assert notice.number in said(chat)
    assert "•" not in said(chat)


def test_who_has_sent_nothing_yet_is_told_to_send_it(chat: Chat, known: None) -> None:
    taps_menu(chat, "tax")
    says(chat, "ต้องทำอะไรต่อ")
    assert "ยังไม่ได้รับภาพสลิป" in said(chat)
    assert not PaymentNotice.objects.exists()


def test_who_waits_long_is_seen_by_a_person(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    says(chat, ALL_TOLD)
    sends(chat)
    past = timezone.now() - PATIENCE - timedelta(minutes=1)
    PaymentNotice.objects.update(created_at=past)
    says(chat, "ใบเสร็จออกหรือยังคะ")
    assert "แจ้งเจ้าหน้าที่กองคลังแล้วว่าท่านรออยู่" in said(chat)
    assert ChatCase.objects.get(topic__slug="slip").waiting_since is not None


def test_in_another_talk_it_is_not_about_her_payment(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    number = PaymentNotice.objects.get().number
    says(chat, "เบี้ยผู้สูงอายุของแม่เดือนนี้ยังไม่เข้าบัญชีเลยค่ะ")
    Resident.objects.update(topic_hint=None, topic_hint_at=None)
    says(chat, "เสร็จหรือยังคะ")
    assert number not in said(chat)
    # The receipt is that of a payment, whatever was talked of.
    says(chat, "ได้ใบเสร็จเมื่อไรคะ")
    assert number in said(chat)


def test_nobody_hears_of_anothers_or_an_old_payment(chat: Chat, neighbour: Resident) -> None:
    taps_menu(chat, "garbage")
    claimed(neighbour)
    says(chat, "ได้ใบเสร็จเมื่อไรคะ")
    assert PaymentNotice.objects.get().number not in said(chat)
    sends(chat)
    hers = PaymentNotice.objects.latest("id")
    past = timezone.now() - SETTLED_LIVES - timedelta(minutes=1)
    PaymentNotice.objects.update(status=Status.REJECTED, changed_at=past)
    says(chat, "ได้ใบเสร็จเมื่อไรคะ")
    assert hers.number not in said(chat)


def test_an_officer_in_hand_answers_himself(chat: Chat, finance_clerk: Staff) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ขอยอดค้างของบ้านเลขที่ 12 หมู่ 3 หน่อยค่ะ")
    case = ChatCase.objects.get()
    sends(chat)
    workflow.answer(case.pk, finance_clerk, [text_message("ค้าง 450 บาทค่ะ")], dedupe_key="a")
    before = len(chat.line.from_account(chat.user_id))
    says(chat, "ต้องทำอะไรต่อคะ")
    assert len(chat.line.from_account(chat.user_id)) == before + 1  # his own answer left
