"""Slips in the chat: one notice for each transfer, whoever has the conversation in hand."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bannmae.testing import make_finance_clerk, picture
from chatops.answers.decide import decide
from chatops.cases import workflow
from chatops.inbox.conversation import Plan
from chatops.inbox.turn import Turn
from chatops.line.cards import text_message
from chatops.models import (
    ChatCase,
    ChatSettings,
    Message,
    OutboundMessage,
    Resident,
    Topic,
    WebhookEvent,
)
from chatops.simulator.testing import Simulator
from chatops.tests.chats import make_welfare_officer
from chatops.tests.test_inbox import Chat
from payments import chat_inbox
from payments import workflow as payments_workflow
from payments.models import NoticeEntry, PaymentNotice, Revenue, Slip, Status
from payments.tests.cast import claimed

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone."""
    return Chat(line, client)


def taps_menu(chat: Chat, key: str) -> None:
    """Have her tap the menu."""
    chat.line.tap(chat.user_id, {"type": "postback", "label": "x", "data": f"menu={key}"})
    chat.deliver()


def says(chat: Chat, *texts: str) -> None:
    """Have her write."""
    for text in texts:
        chat.line.text(chat.user_id, text)
        chat.deliver()


def sends(chat: Chat, *pictures: bytes) -> None:
    """Have her send pictures, at once."""
    chat.line.image(chat.user_id, *(pictures or (picture(),)))
    chat.deliver()


def said(chat: Chat, last: int = 1) -> str:
    """What the account said last, as JSON."""
    return json.dumps(chat.line.from_account(chat.user_id)[-last:], ensure_ascii=False)


def quick_replies(chat: Chat) -> dict[str, dict[str, Any]]:
    """The buttons above her keyboard, by their words."""
    items = chat.line.from_account(chat.user_id)[-1].get("quickReply", {}).get("items", [])
    return {item["action"]["label"]: item["action"] for item in items}


def asked(notice: PaymentNotice) -> int:
    """How often the chat has asked by itself."""
    return notice.entries.filter(kind=NoticeEntry.Kind.ASKED, by=None).count()


def test_a_slip_after_the_menu_becomes_a_notice_and_what_is_missing_is_asked_by_name(
    chat: Chat,
) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert notice.via == PaymentNotice.Via.CHAT
    assert notice.revenue is not None
    assert notice.revenue.slug == "garbage_fee"
    assert notice.resident == chat.resident
    slip = notice.slips.get()
    assert (slip.state, slip.message) == (Slip.State.WANTED, Message.objects.get())
    case = ChatCase.objects.get()
    assert case.topic.slug == "slip"
    assert (notice.case, case.waiting_since) == (case, None)
    told = said(chat, 2)
    assert notice.number in told
    for name in ("เดือนที่ชำระ", "บ้านเลขที่และหมู่ที่", "จำนวนเงิน", "ชื่อและนามสกุล", "เบอร์โทรศัพท์"):
        assert name in told
    assert "ยังไม่ใช่ใบเสร็จ" in told
    sent = OutboundMessage.objects.latest("id")
    assert (sent.sent_via, sent.can_wait, len(sent.messages)) == ("reply", False, 2)


def test_a_tax_is_asked_for_with_buttons_and_the_tap_is_noted(chat: Chat) -> None:
    taps_menu(chat, "tax")
    sends(chat)
    assert PaymentNotice.objects.get().revenue is None
    buttons = quick_replies(chat)
    assert list(buttons) == [one.menu_name for one in Revenue.objects.filter(is_active=True)]
    chat.line.tap(chat.user_id, buttons["ภาษีป้าย"])
    chat.deliver()
    notice = PaymentNotice.objects.get()
    assert notice.revenue is not None
    assert notice.revenue.slug == "signboard_tax"
    assert "ปี พ.ศ. ที่ชำระ" in said(chat)
    assert asked(notice) == 2


def test_words_before_the_picture_and_answers_after_it_fill_the_notice(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ ๔๕๐ บาท ม.ค.-มี.ค. 2569 โอนแล้วค่ะ")
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert str(notice.amount) == "450.00"
    assert notice.months == ["2026-01", "2026-02", "2026-03"]
    says(chat, "นางสมศรี ใจดี 12/3 หมู่ 5 โทร 081-234-5678")
    notice.refresh_from_db()
    assert notice.payer_name == "นางสมศรี ใจดี"
    assert notice.phone == "0812345678"
    assert notice.reference == "12/3 หมู่ที่ 5"
    assert "ข้อมูลครบแล้ว" in said(chat)
    assert notice.status == Status.RECEIVED
    assert "0812345678" not in "".join(notice.entries.values_list("text", flat=True))
    case = ChatCase.objects.get(topic__slug="slip")
    assert case.messages.count() == 2
    assert case.waiting_since is None


def test_it_asks_twice_and_then_leaves_the_rest_to_the_clerk(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    says(chat, "450 บาท")
    assert "เบอร์โทรศัพท์" in said(chat)
    says(chat, "ทั้งปี 2569")
    notice = PaymentNotice.objects.get()
    assert len(notice.months) == 12
    assert asked(notice) == 2
    assert "เจ้าหน้าที่กองคลังจะตรวจสอบให้" in said(chat)
    assert "เบอร์โทรศัพท์" not in said(chat)


@pytest.mark.parametrize("words", ["ไม่ทราบค่ะ", "ไม่รู้เลขค่ะ", "จำไม่ได้แล้วครับ", "บ่ฮู้เจ้า"])
def test_who_does_not_know_what_was_asked_is_left_in_peace(chat: Chat, words: str) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    says(chat, words)
    assert "ไม่เป็นไร" in said(chat)
    assert asked(PaymentNotice.objects.get()) == 1
    assert not ChatCase.objects.filter(waiting_since__isnull=False).exists()


def test_after_a_second_picture_the_question_still_stands(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    sends(chat)
    assert "ข้อมูลที่ถามไว้ข้างบน พิมพ์ตอบได้เลย" in said(chat)


def test_amounts_are_written_with_their_commas(chat: Chat) -> None:
    says(chat, "สวัสดีค่ะ")
    claimed(Resident.objects.get())
    told = json.dumps(OutboundMessage.objects.latest("id").messages, ensure_ascii=False)
    assert "จำนวนเงินที่แจ้ง 1,250.50 บาท" in told
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ 1250 บาท")
    sends(chat)
    assert "จำนวนเงินที่แจ้ง 1,250.00 บาท" in said(chat, 2)


def test_pictures_sent_at_once_are_one_notice_and_one_answer(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    before = len(chat.answers())
    chat.line.image(chat.user_id, picture(), picture(colour="#101010"), picture(colour="#ffffff"))
    events = chat.events()
    chat.deliver(list(reversed(events)))
    chat.deliver(events)  # and once more
    notice = PaymentNotice.objects.get()
    assert notice.slips.count() == 3
    assert len(chat.answers()) == before + 2  # the card and the question


def test_a_second_picture_soon_after_joins_and_a_later_one_of_a_full_notice_does_not(
    chat: Chat,
) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ 450 บาท ม.ค.-มี.ค. 2569 นางสมศรี ใจดี 12/3 หมู่ 5 โทร 0812345678")
    sends(chat)
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert notice.slips.count() == 2
    assert "ได้รับภาพเพิ่มแล้ว" in said(chat)
    past = timezone.now() - timedelta(minutes=11)
    Slip.objects.update(created_at=past)
    PaymentNotice.objects.update(created_at=past)
    sends(chat)
    assert PaymentNotice.objects.count() == 2


def test_a_picture_joins_what_still_lacks_something_but_not_after_another_amount(
    chat: Chat,
) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ 450 บาท")
    sends(chat)
    past = timezone.now() - timedelta(minutes=20)
    Slip.objects.update(created_at=past)
    sends(chat)
    assert PaymentNotice.objects.get().slips.count() == 2
    says(chat, "โอนอีกบ้าน 300 บาท")
    sends(chat)
    second = PaymentNotice.objects.latest("id")
    assert PaymentNotice.objects.count() == 2
    assert str(second.amount) == "300.00"


def test_another_kind_of_the_menu_begins_another_notice(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    taps_menu(chat, "tax")
    sends(chat)
    kinds = PaymentNotice.objects.order_by("id").values_list("revenue__slug", flat=True)
    assert list(kinds) == ["garbage_fee", None]


def test_what_was_said_of_one_payment_is_not_said_of_the_next(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    says(chat, "450 บาท ม.ค. 2569", "นางสมศรี ใจดี 12 หมู่ 5 โทร 0812345678")
    taps_menu(chat, "tax")
    sends(chat)
    second = PaymentNotice.objects.latest("id")
    assert (second.amount, second.payer_name, second.reference) == (None, "", "")
    assert second.phone == "0812345678"  # hers, as she gave it last time
    says(chat, "ภาษีป้าย 450 บาท")
    second.refresh_from_db()
    assert str(second.amount) == "450.00"


def test_a_neighbours_slip_never_joins_hers(chat: Chat, client: Client) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    other = Chat(chat.line, client)
    other.user_id = chat.line.resident("บุญมี แก้วคำ")
    taps_menu(other, "garbage")
    sends(other)
    mine, theirs = PaymentNotice.objects.order_by("id")
    assert (mine.resident, theirs.resident) == (chat.resident, other.resident)
    assert mine.number not in said(other, 3)
    buttons = {"type": "postback", "label": "x", "data": f"payment={mine.pk}&kind=signboard_tax"}
    chat.line.tap(other.user_id, buttons)
    other.deliver()
    mine.refresh_from_db()
    assert mine.revenue is not None
    assert mine.revenue.slug == "garbage_fee"


def test_a_group_makes_nothing(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    chat.line.image(chat.user_id, picture())
    [event] = chat.events()
    event["source"] = {"type": "group", "groupId": "C" + "0" * 32, "userId": chat.user_id}
    chat.deliver([event])
    assert PaymentNotice.objects.count() == 0


def test_an_officer_in_hand_is_not_disturbed_but_the_slip_is_a_notice(
    chat: Chat, finance_clerk: Any
) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ขอยอดค้างของบ้านเลขที่ 12 หมู่ 3 หน่อยค่ะ")
    case = ChatCase.objects.get()
    workflow.answer(case.pk, finance_clerk, [text_message("ค้าง 450 บาทค่ะ")], dedupe_key="a")
    before = len(chat.line.from_account(chat.user_id))
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert (notice.case, asked(notice)) == (case, 0)
    assert len(chat.line.from_account(chat.user_id)) == before + 2  # the officer's and the card
    assert "ขอทราบเพิ่ม" not in said(chat, 2)
    says(chat, "450 บาท ม.ค. ถึง มี.ค. ค่ะ")
    notice.refresh_from_db()
    assert str(notice.amount) == "450.00"
    assert len(chat.line.from_account(chat.user_id)) == before + 2
    assert set(Message.objects.values_list("case", flat=True)) == {case.pk}


def test_a_slip_after_the_menu_is_not_for_the_officer_of_something_else(chat: Chat) -> None:
    says(chat, "เบี้ยผู้สูงอายุของแม่เดือนนี้ยังไม่เข้าบัญชีเลยค่ะ")
    welfare = ChatCase.objects.get()
    officer = make_welfare_officer()
    workflow.answer(welfare.pk, officer, [text_message("ขอดูให้ค่ะ")], dedupe_key="a")
    taps_menu(chat, "garbage")
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert notice.case is not None
    assert notice.case.topic.slug == "slip"
    assert not welfare.messages.filter(kind="image").exists()
    workflow.answer(welfare.pk, officer, [text_message("ส่งรูปสมุดบัญชีมาค่ะ")], dedupe_key="b")
    sends(chat)
    assert notice.slips.count() == 1
    assert welfare.messages.filter(kind="image").exists()


def test_who_announced_it_waits_for_nobody_once_the_slip_is_there(chat: Chat) -> None:
    says(chat, "โอนค่าขยะแล้วนะคะ")
    case = ChatCase.objects.get()
    assert case.state == ChatCase.State.INBOX
    sends(chat)
    case.refresh_from_db()
    assert (case.state, case.waiting_since) == (ChatCase.State.ANSWERED, None)
    assert PaymentNotice.objects.get().words == "โอนค่าขยะแล้วนะคะ"


def test_who_asked_something_too_is_still_answered(chat: Chat) -> None:
    says(chat, "โอนค่าขยะแล้วนะคะ")
    taps_menu(chat, "garbage")
    says(chat, "บ้านหลังใหม่ของลูกต้องแจ้งเก็บขยะกับใครคะ")
    sends(chat)
    assert PaymentNotice.objects.exists()
    assert ChatCase.objects.filter(waiting_since__isnull=False).exists()


def test_questions_go_to_the_chat_desk_as_ever(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    says(chat, "บ้านเลขที่ 12 หมู่ 3 ต้องจ่าย 450 บาทหรือเท่าไรคะ")
    notice = PaymentNotice.objects.get()
    assert notice.amount is None
    assert ChatCase.objects.filter(waiting_since__isnull=False).exists()


def test_an_emergency_in_the_middle_stays_one(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    says(chat, "ช่วยด้วยไฟไหม้บ้าน 450 บาท")
    assert PaymentNotice.objects.get().amount is None
    assert "tel:1669" in said(chat)


def test_the_clerks_question_is_answered_by_a_picture(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    past = timezone.now() - timedelta(hours=30)
    PaymentNotice.objects.update(asked="ขอรูปสลิปที่ชัดกว่านี้", status=Status.CHECKING, created_at=past)
    Slip.objects.update(created_at=past)
    taps_menu(chat, "garbage")
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert (notice.asked, notice.slips.count()) == ("", 2)
    assert notice.entries.filter(kind=NoticeEntry.Kind.ADDED).exists()


def asks_of_the_form(chat: Chat, question: str) -> PaymentNotice:
    """A payment told by the form, of which the clerk asks something now."""
    notice = claimed(Resident.objects.get())
    clerk = make_finance_clerk()
    payments_workflow.ask(notice.pk, clerk, notice.version, question)
    return notice


@pytest.mark.parametrize("before", ["", "สวัสดีค่ะ", "เลือกตั้งเมื่อไหร่คะ"])
def test_the_clerks_question_is_answered_by_a_picture_without_the_menu(
    chat: Chat, before: str
) -> None:
    says(chat, before or "สวัสดีค่ะ")
    if not before:
        ChatCase.objects.all().delete()
    notice = asks_of_the_form(chat, "ขอรูปสลิปที่ชัดกว่านี้")
    slips = notice.slips.count()
    sends(chat)
    notice.refresh_from_db()
    assert (notice.asked, notice.slips.count()) == ("", slips + 1)
    assert f"ได้รับภาพเพิ่มแล้ว (เลขที่ {notice.number})" in said(chat)


def test_what_she_has_tapped_since_goes_before_the_clerks_question(chat: Chat) -> None:
    says(chat, "สวัสดีค่ะ")
    notice = asks_of_the_form(chat, "ขอรูปสลิปที่ชัดกว่านี้")
    Resident.objects.update(
        topic_hint=Topic.objects.exclude(slug__in=[*chat_inbox.TOPICS, Topic.GENERAL]).first(),
        topic_hint_at=timezone.now(),
    )
    sends(chat)
    notice.refresh_from_db()
    assert notice.asked
    assert "ได้รับภาพเพิ่มแล้ว" not in said(chat)


def test_a_slip_that_was_asked_for_is_not_for_the_officer_of_something_else(chat: Chat) -> None:
    says(chat, "ขอสอบถามเรื่องเบี้ยผู้สูงอายุค่ะ")
    case = ChatCase.objects.get()
    ChatCase.objects.update(
        mode=ChatCase.Mode.MANUAL, last_at=timezone.now() - timedelta(minutes=5)
    )
    notice = asks_of_the_form(chat, "ขอรูปสลิปที่ชัดกว่านี้")
    sends(chat)
    notice.refresh_from_db()
    assert notice.asked == ""
    assert Slip.objects.get(message__isnull=False).message.case != case


@pytest.mark.parametrize("months", ["ม.ค.-มี.ค.", "450 บาท ม.ค. ถึง มี.ค. ค่ะ"])
def test_months_are_no_cry_for_help(chat: Chat, months: str) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    says(chat, months)
    assert len(PaymentNotice.objects.get().months) == 3
    assert "tel:1669" not in said(chat)


def test_the_clerks_question_is_answered_in_words_that_only_he_understands(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    PaymentNotice.objects.update(asked="โอนจากบัญชีชื่อใคร", status=Status.CHECKING)
    says(chat, "ขอบคุณค่ะ")
    assert PaymentNotice.objects.get().asked != ""
    says(chat, "ลูกชายเป็นคนโอนให้จากบัญชีของเขาที่กรุงเทพค่ะ")
    notice = PaymentNotice.objects.get()
    assert notice.asked == ""
    assert "ลูกชาย" in notice.words
    assert notice.entries.latest("id").kind == NoticeEntry.Kind.ADDED
    case = ChatCase.objects.get()
    assert case.topic.slug == "slip"
    assert case.waiting_since is not None


def test_an_old_button_tells_how_it_stands(chat: Chat) -> None:
    taps_menu(chat, "tax")
    sends(chat)
    button = quick_replies(chat)["ภาษีป้าย"]
    PaymentNotice.objects.update(status=Status.REJECTED)
    chat.line.tap(chat.user_id, button)
    chat.deliver()
    assert "ตรวจสอบไม่ผ่าน" in said(chat)
    assert PaymentNotice.objects.get().revenue is None


def test_texts_of_who_pays_nothing_cost_one_query(
    somsri: Resident, django_assert_num_queries: Any
) -> None:
    turn = Turn(WebhookEvent(), {}, somsri, Plan(decide("ขอถามเรื่องขยะหน่อยค่ะ")))
    with django_assert_num_queries(1):
        assert not chat_inbox.take_words(turn, Message(text="ขอถามเรื่องขยะหน่อยค่ะ"), None)


def test_national_ids_are_not_kept(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ 450 บาท บัตร 1234567890121")
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert "1234567890121" not in notice.words
    assert "450 บาท" in notice.words


def test_payments_told_elsewhere_stay_a_matter_of_the_chat(chat: Chat) -> None:
    chosen = ChatSettings.get_solo()
    chosen.payment_account_url = "https://lin.ee/example"
    chosen.save()
    taps_menu(chat, "garbage")
    sends(chat)
    assert PaymentNotice.objects.count() == 0
    assert ChatCase.objects.get().waiting_since is not None


def test_a_picture_outside_line_is_no_slip(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    chat.line.image(chat.user_id, picture())
    [event] = chat.events()
    event["message"]["contentProvider"] = {
        "type": "external",
        "originalContentUrl": "https://example.com/a.jpg",
        "previewImageUrl": "https://example.com/a.jpg",
    }
    chat.deliver([event])
    assert PaymentNotice.objects.count() == 0


def test_a_picture_about_something_else_is_no_slip(chat: Chat) -> None:
    taps_menu(chat, "welfare")
    sends(chat)
    assert PaymentNotice.objects.count() == 0


def test_words_before_the_slip_are_answered_and_read_with_it(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ ม.ค.-มี.ค. ๙๐ บาท ค่ะ")

    assert "ส่งภาพสลิปการโอนในแชตนี้ต่อได้เลย" in said(chat)
    assert not PaymentNotice.objects.exists()
    assert ChatCase.objects.get().waiting_since is None

    sends(chat)

    notice = PaymentNotice.objects.get()
    assert notice.amount == Decimal("90")
    assert len(notice.months) == 3


def test_a_question_about_a_fee_is_not_taken_for_a_payment(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ 3 เดือน 90 บาทใช่ไหมคะ")

    assert "ยังขาดภาพสลิป" not in said(chat)
