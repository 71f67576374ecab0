"""What a resident's words come to: an answer, a case, a person; and never nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bannmae.testing import picture
from chatops.answers import model
from chatops.cases import workflow
from chatops.line.cards import text_message
from chatops.menu import registry
from chatops.menu.artwork import TABS
from chatops.menu.sync import sync
from chatops.models import (
    AutomaticAnswer,
    Channel,
    ChatCase,
    KnowledgeRow,
    Message,
    OutboundMessage,
    Question,
    Resident,
    Topic,
    WebhookEvent,
)
from chatops.simulator.testing import Simulator
from chatops.tests.chats import make_welfare_officer
from chatops.tests.test_inbox import Chat

pytestmark = pytest.mark.django_db
State, Mode = ChatCase.State, ChatCase.Mode

ELDERLY = "เบี้ยยังชีพผู้สูงอายุได้เดือนละเท่าไร"
UNKNOWN = "เทศบาลมีชมรมถ่ายภาพให้สมัครไหมครับ"
OWN_MATTER = "เบี้ยผู้สูงอายุของแม่เดือนนี้ยังไม่เข้าบัญชีเลยค่ะ"


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone; the knowledge base is vouched for."""
    KnowledgeRow.objects.update(state="published", checked_on=timezone.localdate())
    return Chat(line, client)


def says(chat: Chat, *texts: str) -> None:
    """Have her write, and the account answer."""
    for text in texts:
        chat.line.text(chat.user_id, text)
        chat.deliver()


def last(chat: Chat) -> dict[str, Any]:
    """The account's last message."""
    return chat.line.from_account(chat.user_id)[-1]


def buttons(chat: Chat) -> dict[str, dict[str, Any]]:
    """The quick replies that her phone shows, by their words."""
    items = last(chat).get("quickReply", {}).get("items", [])
    return {item["action"]["label"]: item["action"] for item in items}


def taps(chat: Chat, label: str) -> None:
    """Have her tap a quick reply."""
    chat.line.tap(chat.user_id, buttons(chat)[label])
    chat.deliver()


def test_a_known_question_is_answered_with_its_year_and_two_buttons(chat: Chat) -> None:
    says(chat, ELDERLY)
    assert "600" in last(chat)["text"]
    assert "2569" in last(chat)["text"]
    assert OutboundMessage.objects.get().messages[0]["sender"] == {"name": "กองสวัสดิการสังคม"}
    assert list(buttons(chat)) == ["ได้คำตอบแล้ว", "คุยกับเจ้าหน้าที่"]
    case = ChatCase.objects.get()
    assert (case.state, case.mode, case.topic.slug) == (State.ANSWERED, Mode.AUTO, "welfare")
    assert case.waiting_since is None
    assert OutboundMessage.objects.get().sent_via == "reply"
    assert KnowledgeRow.objects.get(question=ELDERLY).times_answered == 1


def test_the_answer_helped_and_the_case_closes(chat: Chat) -> None:
    says(chat, ELDERLY)
    taps(chat, "ได้คำตอบแล้ว")
    assert ChatCase.objects.get().state == State.DONE
    assert KnowledgeRow.objects.get(question=ELDERLY).times_solved == 1
    assert "ยินดี" in last(chat)["text"]


def test_she_asks_for_a_person_and_is_told_who_answers_and_when(chat: Chat) -> None:
    says(chat, ELDERLY)
    taps(chat, "คุยกับเจ้าหน้าที่")
    case = ChatCase.objects.get()
    assert case.state == State.INBOX
    assert case.is_unread
    assert case.waiting_since is not None
    assert "กองสวัสดิการสังคม" in last(chat)["text"]
    assert "เวลา" in last(chat)["text"]
    assert AutomaticAnswer.objects.get().outcome == "handed_over"


def test_every_tap_gets_an_answer_and_counts_once(chat: Chat) -> None:
    says(chat, ELDERLY)
    human = buttons(chat)["คุยกับเจ้าหน้าที่"]
    for _ in range(3):
        chat.line.tap(chat.user_id, human)
        chat.deliver()
    assert len(chat.answers()) == 4
    assert KnowledgeRow.objects.get(question=ELDERLY).times_handed_over == 1
    assert ChatCase.objects.count() == 1


@pytest.mark.parametrize(
    "data", ["do=human", "do=solved", "answer=999999&do=human", "answer=x&row=y", "what=ever", ""]
)
def test_a_button_of_someone_without_a_case_is_answered(chat: Chat, data: str) -> None:
    chat.line.tap(chat.user_id, {"type": "postback", "label": "x", "data": data or " "})
    chat.deliver()
    assert len(chat.answers()) == 1


def test_anothers_button_does_nothing_to_her_answer(chat: Chat, client: Client) -> None:
    says(chat, ELDERLY)
    given = AutomaticAnswer.objects.get()
    other = Chat(chat.line, client)
    other.user_id = chat.line.resident("บุญมี แก้วคำ")
    chat.line.tap(
        other.user_id, {"type": "postback", "label": "x", "data": f"answer={given.pk}&do=solved"}
    )
    other.deliver()
    given.refresh_from_db()
    assert given.outcome == ""
    assert ChatCase.objects.get().state == State.ANSWERED


def test_what_nobody_knows_waits_for_a_person_and_is_collected(chat: Chat) -> None:
    says(chat, UNKNOWN)
    case = ChatCase.objects.get()
    assert case.state == State.INBOX
    assert case.division == case.topic.division
    assert Question.objects.get().message == Message.objects.get()


def test_a_matter_of_her_own_is_never_answered_from_the_list(chat: Chat) -> None:
    says(chat, OWN_MATTER)
    case = ChatCase.objects.get()
    assert (case.state, case.division.slug) == (State.INBOX, "welfare")


def test_each_question_gets_its_own_answer_equal_ones_too(chat: Chat) -> None:
    says(chat, ELDERLY, ELDERLY, UNKNOWN, UNKNOWN)
    assert len(chat.answers()) == 4


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.MANUAL])
def test_an_emergency_brings_the_buttons_whatever_the_mode(chat: Chat, mode: str) -> None:
    says(chat, UNKNOWN)
    case = ChatCase.objects.get()
    if mode == Mode.MANUAL:
        ChatCase.objects.update(mode=mode)
    says(chat, "ช่วยด้วยไฟไหม้บ้าน")
    uris = [one["action"]["uri"] for one in last(chat)["contents"]["footer"]["contents"]]
    assert uris == ["tel:1669", "tel:191", "tel:199"]
    urgent = ChatCase.objects.exclude(pk=case.pk).get()
    assert urgent.urgent
    assert (urgent.state, urgent.division.slug) == (State.INBOX, "disaster")
    sent = OutboundMessage.objects.latest("id")
    assert not sent.can_wait


def test_an_officer_in_hand_is_left_alone_until_he_is_done(chat: Chat) -> None:
    officer = make_welfare_officer()
    says(chat, OWN_MATTER)
    case = ChatCase.objects.get()
    case = workflow.answer(case.pk, officer, [text_message("ขอดูให้ค่ะ")], dedupe_key="a")
    before = len(chat.answers())
    says(chat, "ขอบคุณค่ะ", "แม่ชื่อคำค่ะ", UNKNOWN, "ภาษี")
    assert len(chat.answers()) == before + 1  # the officer's own
    case.refresh_from_db()
    assert case.waiting_since is not None
    assert set(Message.objects.values_list("case", flat=True)) == {case.pk}
    workflow.finish(case.pk, officer, case.version)
    says(chat, ELDERLY)
    assert "600" in last(chat)["text"]
    case.refresh_from_db()
    assert (case.state, case.mode) == (State.ANSWERED, Mode.AUTO)


def test_a_short_reply_in_a_talk_is_no_alarm(chat: Chat) -> None:
    officer = make_welfare_officer()
    says(chat, OWN_MATTER)
    case = ChatCase.objects.get()
    workflow.answer(case.pk, officer, [text_message("อยู่หมู่ไหนคะ")], dedupe_key="a")
    before = len(chat.answers())
    says(chat, "หมู่ 9", "หลังโรงเรียนค่ะ")
    assert len(chat.answers()) == before + 1  # the officer's question
    assert ChatCase.objects.count() == 1
    says(chat, "ช่วยด้วยไฟไหม้")
    assert ChatCase.objects.filter(urgent=True).count() == 1


def test_what_names_no_topic_stays_in_the_talk(chat: Chat) -> None:
    says(chat, "ผู้ปกครองลงทะเบียนเงินอุดหนุนเด็กแรกเกิดใช้เอกสารอะไรบ้าง")
    says(chat, "ของลูกยังไม่เข้าบัญชีเลยค่ะ เดือนนี้")
    assert ChatCase.objects.get().division.slug == "welfare"


def test_who_asks_for_a_person_in_other_words_is_offered_no_guesses(chat: Chat) -> None:
    says(chat, "เรื่องเบี้ยคนแก่ ขอคุยกับเจ้าหน้าที่หน่อยได้ไหม")
    assert "ท่านหมายถึง" not in last(chat)["text"]


def test_manual_does_not_silence_the_menu(chat: Chat) -> None:
    officer = make_welfare_officer()
    says(chat, OWN_MATTER)
    case = ChatCase.objects.get()
    workflow.take(case.pk, officer, case.version)
    for key in ("emergency", "track"):
        chat.line.tap(chat.user_id, {"type": "postback", "label": "x", "data": f"menu={key}"})
        chat.deliver()
    says(chat, "ติดตามสถานะ")
    assert len(chat.answers()) == 4


def test_a_tap_on_the_menu_tells_what_the_next_words_are_about(chat: Chat) -> None:
    chat.line.tap(chat.user_id, {"type": "postback", "label": "x", "data": "menu=welfare"})
    chat.deliver()
    says(chat, UNKNOWN)
    assert ChatCase.objects.get().topic.slug == "welfare"


def test_a_slip_goes_to_named_persons_of_finance_alone(chat: Chat) -> None:
    chat.line.tap(chat.user_id, {"type": "postback", "label": "x", "data": "menu=garbage"})
    chat.line.image(chat.user_id, picture())
    chat.deliver()
    case = ChatCase.objects.get()
    assert case.topic.slug == "slip"
    assert case.topic.restricted
    assert Message.objects.get().case == case
    told = json.dumps(chat.line.from_account(chat.user_id), ensure_ascii=False)
    assert "ยังไม่ใช่ใบเสร็จ" in told


def test_what_an_upper_room_takes_waits_for_nobody(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def take(turn: Any, said: Message, case: ChatCase | None) -> bool:
        asked.append(said.kind)
        return True

    monkeypatch.setattr(registry, "_picture_handlers", [take])
    chat.line.tap(chat.user_id, {"type": "postback", "label": "x", "data": "menu=garbage"})
    chat.line.image(chat.user_id, picture())
    chat.deliver()
    assert asked == ["image"]
    assert ChatCase.objects.get().waiting_since is None
    monkeypatch.setattr(registry, "_words_handlers", [take])
    before = len(chat.answers())
    says(chat, UNKNOWN, "ม.ค.-มี.ค.", "ภาษี")
    assert asked == ["image", "text", "text"]  # a menu's word is the menu's
    assert len(chat.answers()) == before + 2
    says(chat, "ช่วยด้วยไฟไหม้บ้าน")  # and a cry for help is nobody else's
    assert len(asked) == 3


def test_without_an_upper_room_a_slip_waits_for_a_person(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_picture_handlers", [lambda turn, said, case: False])
    chat.line.tap(chat.user_id, {"type": "postback", "label": "x", "data": "menu=garbage"})
    chat.line.image(chat.user_id, picture())
    chat.deliver()
    assert ChatCase.objects.get().waiting_since is not None
    assert "ยังไม่ใช่ใบเสร็จ" in last(chat)["text"]


def test_a_photo_without_words_is_seen_by_a_person(chat: Chat) -> None:
    chat.line.image(chat.user_id, picture(), picture())
    chat.deliver()
    case = ChatCase.objects.get()
    assert (case.state, case.messages.count()) == (State.INBOX, 2)
    assert len(chat.answers()) == 1


def test_a_second_file_gets_a_shorter_word(chat: Chat) -> None:
    chat.line.image(chat.user_id, picture())
    chat.line.location(chat.user_id, 18.6137, 98.8936)
    chat.deliver()
    first, second = chat.answers()
    assert first.startswith("ได้รับแล้ว")
    assert "ได้รับข้อความของท่านแล้ว" in second


def test_what_reads_like_a_complaint_is_offered_the_form_and_waits(chat: Chat) -> None:
    says(chat, "ไฟหน้าบ้านดับมาสามคืนแล้วครับ มาซ่อมให้หน่อย")
    assert "/complaint" in json.dumps(last(chat))
    case = ChatCase.objects.get()
    assert (case.state, case.division.slug) == (State.INBOX, "engineering")
    assert "คุยกับเจ้าหน้าที่" in buttons(chat)


def test_what_reads_like_a_payment_is_told_how(chat: Chat) -> None:
    says(chat, "โอนค่าขยะแล้วนะคะ")
    case = ChatCase.objects.get()
    assert case.division.slug == "revenue"
    assert case.state == State.INBOX
    assert len(chat.answers()) == 2


def test_small_talk_opens_nothing(chat: Chat) -> None:
    says(chat, "สวัสดีค่ะ")
    assert ChatCase.objects.count() == 0
    assert len(chat.answers()) == 1


def test_a_question_soon_after_closing_reopens_and_a_later_one_is_new(chat: Chat) -> None:
    says(chat, ELDERLY)
    taps(chat, "ได้คำตอบแล้ว")
    says(chat, ELDERLY)
    case = ChatCase.objects.get()
    assert (case.state, case.reopened) == (State.ANSWERED, 1)
    taps(chat, "ได้คำตอบแล้ว")
    ChatCase.objects.update(closed_at=timezone.now() - timedelta(days=5))
    says(chat, ELDERLY)
    assert ChatCase.objects.count() == 2


def test_a_quoted_message_leads_back_to_its_case(chat: Chat) -> None:
    says(chat, OWN_MATTER, UNKNOWN)
    welfare = ChatCase.objects.get(topic__slug="welfare")
    told = Message.objects.get(text=OWN_MATTER)
    chat.line.text(chat.user_id, "เรื่องนี้ถึงไหนแล้ว", quoted=told.line_message_id)
    chat.deliver()
    message = Message.objects.latest("id")
    assert message.quoted_message_id == told.line_message_id
    assert message.case == welfare


def test_what_is_unsent_leaves_no_trace_in_the_desk(chat: Chat) -> None:
    says(chat, OWN_MATTER)
    message = Message.objects.get()
    chat.line.unsend(chat.user_id, message.line_message_id)
    chat.deliver()
    case = ChatCase.objects.get()
    assert "แม่" not in case.last_text
    assert not Question.objects.exists()


def test_the_loading_animation_is_shown_while_she_waits(chat: Chat) -> None:
    says(chat, ELDERLY)
    paths = [row["path"] for row in chat.line.requests()]
    assert paths.index("/v2/bot/chat/loading/start") < paths.index("/v2/bot/message/reply")


def test_a_later_resident_row_is_the_same_person(chat: Chat) -> None:
    says(chat, ELDERLY)
    assert Resident.objects.count() == 1


def test_a_button_of_long_ago_asks_in_the_case_of_today(chat: Chat) -> None:
    says(chat, ELDERLY)
    ask = buttons(chat)["คุยกับเจ้าหน้าที่"]
    taps(chat, "ได้คำตอบแล้ว")
    ChatCase.objects.update(closed_at=timezone.now() - timedelta(days=30))
    says(chat, ELDERLY)
    closed, current = ChatCase.objects.order_by("id")
    chat.line.tap(chat.user_id, ask)
    chat.deliver()
    closed.refresh_from_db()
    current.refresh_from_db()
    assert (closed.state, current.state) == (State.DONE, State.INBOX)
    assert current.waiting_since is not None
    assert not WebhookEvent.objects.exclude(error="").exists()


def test_who_quotes_a_closed_case_asks_for_a_person_in_the_one_of_today(chat: Chat) -> None:
    says(chat, OWN_MATTER)
    told = Message.objects.get()
    officer = make_welfare_officer()
    case = ChatCase.objects.get()
    workflow.finish(case.pk, officer, case.version)
    ChatCase.objects.update(closed_at=timezone.now() - timedelta(days=30))
    says(chat, OWN_MATTER)
    chat.line.text(chat.user_id, "คุยกับเจ้าหน้าที่", quoted=told.line_message_id)
    chat.deliver()
    current = ChatCase.objects.latest("id")
    assert Message.objects.latest("id").case == current
    assert not WebhookEvent.objects.exclude(error="").exists()


def test_what_an_officer_waits_for_reaches_him_days_later(chat: Chat) -> None:
    says(chat, OWN_MATTER)
    case, officer = ChatCase.objects.get(), make_welfare_officer()
    case = workflow.take(case.pk, officer, case.version)
    workflow.wait_for_resident(case.pk, officer, case.version)
    ChatCase.objects.update(last_at=timezone.now() - timedelta(days=3))
    says(chat, "ส่งเอกสารให้แล้วนะคะ")
    [case] = ChatCase.objects.all()
    assert (case.state, case.assignee) == (State.WORKING, officer)
    assert case.waiting_since is not None


def test_words_in_a_restricted_conversation_never_go_to_a_model(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(model, "is_on", lambda *_: True)
    monkeypatch.setattr(model, "improve", lambda words, _rows: asked.append(words))
    says(chat, ELDERLY)
    assert asked == [ELDERLY]
    ChatCase.objects.update(topic=Topic.objects.get(slug="health-privacy"))
    told = Message.objects.get()
    chat.line.text(chat.user_id, ELDERLY, quoted=told.line_message_id)
    chat.deliver()
    says(chat, ELDERLY)
    assert asked == [ELDERLY], "neither what quotes it nor what follows it"


def test_turning_the_menus_page_says_nothing(chat: Chat) -> None:
    sync(Channel.main())
    for area in TABS[0].strip:
        chat.line.tap_menu(chat.user_id, area[1])
    chat.deliver()
    assert WebhookEvent.objects.filter(kind="postback").exists()
    assert chat.answers() == []


def test_what_may_not_be_answered_waits_for_a_person(chat: Chat) -> None:
    chat.line.text(chat.user_id, ELDERLY)
    chat.deliver([event | {"mode": "standby"} for event in chat.events()])
    case = ChatCase.objects.get()
    assert (case.state, case.waiting_since is not None) == (State.INBOX, True)
    assert chat.answers() == []
    assert not Question.objects.exists()
