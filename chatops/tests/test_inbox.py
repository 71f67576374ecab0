"""What events mean: who is here, what is answered, what is forgotten."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from bannmae.testing import make_resident
from chatops import tasks
from chatops.inbox import handling
from chatops.line.cards import text_message
from chatops.line.signature import sign
from chatops.models import AutoText, Channel, Message, OutboundMessage, Resident, WebhookEvent
from chatops.simulator.testing import Simulator
from chatops.worker import work_off

pytestmark = pytest.mark.django_db


class Chat:
    """A resident's phone: what she does reaches the webhook when `deliver` is called."""

    def __init__(self, line: Simulator, client: Client) -> None:
        self.line, self.client, self.user_id = line, client, line.resident()
        self._seen = len(line.deliveries())

    def events(self) -> list[dict[str, Any]]:
        """The events that her acts made since the last look, in order."""
        rows = self.line.deliveries()[self._seen :]
        self._seen += len(rows)
        return [row["event"] for row in rows]

    def deliver(self, events: list[dict[str, Any]] | None = None) -> None:
        """Post events in one signed request, then let a worker serve everyone."""
        body = json.dumps({"events": self.events() if events is None else events}).encode()
        answer = self.client.post(
            "/line/webhook",
            body,
            content_type="application/json",
            headers={"x-line-signature": sign(body, self.line.secret)},
        )
        assert answer.status_code == 200
        work_off()

    def answers(self) -> list[str]:
        """What the account said, as a locked phone would show it."""
        return [
            message.get("altText") or message.get("text", "")
            for message in self.line.from_account(self.user_id)
        ]

    @property
    def resident(self) -> Resident:
        """Her row."""
        return Resident.objects.get(line_user_id=self.user_id)


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone."""
    return Chat(line, client)


def test_a_free_text_gets_one_free_reply(chat: Chat) -> None:
    chat.line.text(chat.user_id, "สวัสดีครับ")
    chat.deliver()
    [answer] = chat.line.from_account(chat.user_id)
    assert "พิมพ์คำถาม" in answer["text"]
    assert [item["action"]["label"] for item in answer["quickReply"]["items"]]
    assert OutboundMessage.objects.get().sent_via == "reply"
    assert chat.resident.display_name == "สมศรี ใจดี"


def test_equal_questions_get_an_answer_each(chat: Chat) -> None:
    for _ in range(3):
        chat.line.text(chat.user_id, "เบี้ยผู้สูงอายุ")
    chat.deliver()
    assert len(chat.answers()) == 3


def test_several_pictures_at_once_get_one_answer(chat: Chat) -> None:
    from bannmae.testing import picture

    chat.line.image(chat.user_id, picture(), picture(), picture())
    events = chat.events()
    assert len(events) == 3
    chat.deliver(list(reversed(events)))
    assert len(chat.answers()) == 1
    assert Message.objects.filter(kind="image").count() == 3


def test_a_sticker_is_kept_and_needs_no_answer(chat: Chat) -> None:
    chat.line.sticker(chat.user_id, "446", "1988")
    chat.deliver()
    assert chat.answers() == []
    assert Message.objects.get().kind == "sticker"


@pytest.mark.parametrize("key", ["emergency", "welfare", "tax", "garbage", "contact", "track"])
def test_every_area_without_a_page_answers(chat: Chat, key: str) -> None:
    chat.line.tap(chat.user_id, {"type": "postback", "label": "x", "data": f"menu={key}"})
    chat.deliver()
    assert chat.answers()
    assert OutboundMessage.objects.get().sent_via == "reply"


def test_an_emergency_shows_three_numbers_to_read_and_to_call(chat: Chat) -> None:
    chat.line.text(chat.user_id, "แจ้งเหตุฉุกเฉิน")
    chat.deliver()
    [message] = chat.line.from_account(chat.user_id)
    buttons = [button["action"]["uri"] for button in message["contents"]["footer"]["contents"]]
    assert buttons == ["tel:1669", "tel:191", "tel:199"]
    words = json.dumps(message["contents"]["body"], ensure_ascii=False)
    for told in ("1669", "191", "199", "อย่าแจ้งเหตุฉุกเฉินทางแชต"):
        assert told in words


def test_a_text_that_staff_broke_still_goes_out(chat: Chat) -> None:
    AutoText.objects.filter(key="welfare").update(text="โทร {phone} {nobody} {0} {")
    chat.line.text(chat.user_id, "สวัสดิการ")
    chat.deliver()
    assert "{nobody}" in chat.answers()[0]


def test_follow_greets_and_unfollow_is_remembered(chat: Chat) -> None:
    chat.line.follow(chat.user_id)
    chat.deliver()
    assert "ยินดีต้อนรับ" in chat.answers()[0]
    chat.line.block(chat.user_id)
    chat.deliver()
    assert chat.resident.is_blocked
    chat.line.unblock(chat.user_id)
    chat.deliver()
    assert not chat.resident.is_blocked


def test_who_writes_does_not_block_us(chat: Chat) -> None:
    chat.line.text(chat.user_id, "ก่อน")
    chat.deliver()
    Resident.objects.update(blocked_at=timezone.now())
    chat.line.text(chat.user_id, "หลัง")
    chat.deliver()
    assert not chat.resident.is_blocked


def test_standby_is_kept_and_never_answered(chat: Chat) -> None:
    chat.line.text(chat.user_id, "สวัสดี")
    chat.line.text(chat.user_id, "แจ้งเหตุฉุกเฉิน")
    chat.line.follow(chat.user_id)
    events = [event | {"mode": "standby"} for event in chat.events()]
    chat.deliver(events)
    assert chat.answers() == []
    assert Message.objects.count() == 2


def test_unknown_kinds_are_kept_and_ignored(chat: Chat) -> None:
    chat.line.text(chat.user_id, "สวัสดี")
    [told] = chat.events()
    odd = told | {"type": "hologram", "webhookEventId": "01HODD"}
    group = told | {
        "source": {"type": "group", "groupId": "C1"},
        "webhookEventId": "01HGROUP",
    }
    chat.deliver([odd, group])
    assert chat.answers() == []
    assert WebhookEvent.objects.filter(due_at=None, failed_at=None).count() == 2


def test_nobody_is_answered_in_a_group(chat: Chat) -> None:
    chat.line.text(chat.user_id, "ติดตามสถานะ")
    [told] = chat.events()
    for kind in ("group", "room"):
        source = {"type": kind, f"{kind}Id": "C1", "userId": chat.user_id}
        chat.deliver([told | {"source": source, "webhookEventId": f"01H{kind}"}])
    assert chat.answers() == []
    assert not OutboundMessage.objects.exists()


def secret_is_gone(secret: str) -> bool:
    """Nothing that was said is left anywhere in the room's tables."""
    rows = [
        *WebhookEvent.objects.values_list("body", "error"),
        *Message.objects.values_list("text", "kind"),
        *OutboundMessage.objects.values_list("messages", "last_error"),
    ]
    return secret not in str(rows) and json.dumps(secret)[1:-1] not in str(rows)


def test_an_unsent_message_is_blanked_everywhere(chat: Chat) -> None:
    sent = chat.line.text(chat.user_id, "เลขบัตร 1234567890121")
    chat.deliver()
    assert not secret_is_gone("1234567890121")
    chat.line.unsend(chat.user_id, sent["message_id"])
    chat.deliver()
    assert secret_is_gone("1234567890121")
    message = Message.objects.get()
    assert (message.text, message.unsent_at is not None) == ("", True)


def test_nobody_takes_back_anothers_words(chat: Chat) -> None:
    other = make_resident("อีกคนหนึ่ง")
    theirs = Message.objects.create(
        resident=other, line_message_id="700001", kind="text", text="คงอยู่", sent_at=timezone.now()
    )
    sent = chat.line.text(chat.user_id, "สวัสดีค่ะ")
    chat.line.unsend(chat.user_id, sent["message_id"])
    told, unsend = chat.events()
    unsend["unsend"]["messageId"] = theirs.line_message_id
    chat.deliver([told, unsend])
    theirs.refresh_from_db()
    assert (theirs.text, theirs.unsent_at) == ("คงอยู่", None)


def test_an_unsend_that_comes_first_blanks_what_comes_later(chat: Chat) -> None:
    sent = chat.line.text(chat.user_id, "ความลับ 1234567890121")
    chat.line.unsend(chat.user_id, sent["message_id"])
    told, unsend = chat.events()
    chat.deliver([unsend])
    chat.deliver([told])
    assert secret_is_gone("1234567890121")
    assert chat.answers() == [], "what was taken back is not answered"


def test_an_answer_that_waits_is_cancelled_and_its_riders_step_off(chat: Chat) -> None:
    sent = chat.line.text(chat.user_id, "ความลับ")
    chat.deliver()
    later = timezone.now() + timedelta(minutes=1)
    OutboundMessage.objects.update(state="retrying", due_at=later)
    answer = OutboundMessage.objects.get()
    rider = OutboundMessage.objects.create(
        resident=chat.resident, dedupe_key="held", messages=[], state="held", rides_on=answer
    )
    chat.line.unsend(chat.user_id, sent["message_id"])
    chat.deliver()
    answer.refresh_from_db()
    rider.refresh_from_db()
    assert (answer.state, rider.state, rider.rides_on) == ("cancelled", "held", None)


def test_an_unsend_beside_its_message_blanks_it_whatever_the_order(chat: Chat) -> None:
    sent = chat.line.text(chat.user_id, "ความลับ 1234567890121")
    chat.line.unsend(chat.user_id, sent["message_id"])
    chat.deliver(list(reversed(chat.events())))
    assert secret_is_gone("1234567890121")


def test_duplicates_and_late_ones_change_nothing(chat: Chat) -> None:
    chat.line.text(chat.user_id, "หนึ่ง")
    events = chat.events()
    for _ in range(3):
        chat.deliver([*events, *events])
    # LINE sometimes tells of one message under two event ids.
    chat.deliver([events[0] | {"webhookEventId": "01HANOTHER"}])
    assert len(chat.answers()) == 1
    assert Message.objects.count() == 1


def test_answers_follow_the_order_of_asking(chat: Chat) -> None:
    chat.line.text(chat.user_id, "แจ้งเหตุฉุกเฉิน")
    chat.line.text(chat.user_id, "ติดต่อเทศบาล")
    chat.line.text(chat.user_id, "ติดตามสถานะ")
    chat.deliver(list(reversed(chat.events())))
    assert [answer[:6] for answer in chat.answers()] == ["เหตุฉุ", "ติดต่อ", "ติดตาม"]


def test_emergency_numbers_stand_alone_whatever_else_waits(chat: Chat) -> None:
    chat.line.text(chat.user_id, "สวัสดี")
    chat.deliver()
    OutboundMessage.objects.create(
        resident=chat.resident,
        dedupe_key="held",
        messages=[text_message("พักไว้")],
        state="held",
        can_wait=True,
    )
    Channel.objects.update(quota_spent_at=timezone.now())
    chat.line.text(chat.user_id, "แจ้งเหตุฉุกเฉิน")
    chat.deliver()
    assert chat.answers()[-1].startswith("เหตุฉุกเฉิน")
    assert "พักไว้" not in chat.answers()
    chat.line.text(chat.user_id, "สวัสดิการ")
    chat.deliver()
    later = chat.answers()[2:]
    assert (later[0], later[1][:9]) == ("พักไว้", "สวัสดิการ"), "it rides on the next, before it"


def test_an_event_that_the_database_broke_off_is_not_overtaken(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.line.text(chat.user_id, "เว็บไซต์")
    chat.line.text(chat.user_id, "ติดต่อ")
    own = handling.storable
    away = [True]

    def lose_the_connection(text: str) -> str:
        if away:
            raise OperationalError("server closed the connection unexpectedly")
        return own(text)

    monkeypatch.setattr(handling, "storable", lose_the_connection)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(connection, "is_usable", lambda: False)
        meanwhile.setattr(connection, "close", lambda: None)
        chat.deliver(chat.events())
    assert list(WebhookEvent.objects.values_list("attempts", flat=True)) == [0, 0]
    assert not OutboundMessage.objects.exists()
    away.clear()
    work_off()
    told = OutboundMessage.objects.order_by("id").values_list("about", flat=True)
    assert list(told) == ["menu:website", "menu:contact"]


def test_one_bad_event_never_costs_its_neighbours(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.line.text(chat.user_id, "หนึ่ง")
    chat.line.text(chat.user_id, "สอง")
    bad, good = chat.events()
    own = handling.storable

    def stumble(text: str) -> str:
        if text == "หนึ่ง":
            raise RuntimeError("a defect of ours")
        return own(text)

    monkeypatch.setattr(handling, "storable", stumble)
    chat.deliver([bad, good])
    failed = WebhookEvent.objects.get(event_id=bad["webhookEventId"])
    assert failed.attempts == 1
    assert len(chat.answers()) == 1
    for _ in range(handling.MAX_ATTEMPTS):
        WebhookEvent.objects.exclude(due_at=None).update(due_at=timezone.now())
        work_off()
    failed.refresh_from_db()
    assert failed.failed_at is not None
    assert failed.due_at is None, "given up, and kept for staff to see"


def test_line_being_down_keeps_nobody_from_being_known(chat: Chat) -> None:
    chat.line.faults(profile_error=1)
    chat.line.text(chat.user_id, "สวัสดี")
    chat.deliver()
    assert len(chat.answers()) == 1
    assert chat.resident.display_name == ""
    chat.line.text(chat.user_id, "อีกที")
    chat.deliver()
    # A profile that could not be had is left alone for a minute.
    assert chat.resident.display_name == ""
    cache.clear()
    chat.line.text(chat.user_id, "และอีกที")
    chat.deliver()
    assert chat.resident.display_name == "สมศรี ใจดี"


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "message", "message": "ข้อความ"},
        {"type": "message", "message": None},
        {"type": "message", "message": {"type": "text", "id": "77", "text": "ก\ud800\0ข"}},
        {"type": "message", "message": {"type": "image", "id": "78", "imageSet": "x"}},
        {"type": "postback", "postback": "menu=track"},
        {"type": "unsend", "unsend": "77"},
    ],
)
def test_events_of_another_shape_than_lines_are_kept_and_harm_nothing(
    chat: Chat, odd: dict[str, Any]
) -> None:
    chat.line.text(chat.user_id, "สวัสดี")
    [usual] = chat.events()
    chat.deliver([{**usual, "webhookEventId": "01HODD", "message": None, **odd}])
    event = WebhookEvent.objects.get(event_id="01HODD")
    assert (event.due_at, event.failed_at, event.error) == (None, None, "")


def test_a_hundred_events_in_one_request(chat: Chat) -> None:
    chat.line.text(chat.user_id, "สวัสดี")
    [first] = chat.events()
    others = [chat.line.add_resident(f"คนที่ {number}") for number in range(20)]
    for user_id in others:
        for number in range(5):
            chat.line.text(user_id, f"คำถามที่ {number}")
    chat.deliver([first, *chat.events()])
    assert [len(chat.line.from_account(user_id)) for user_id in others] == [5] * 20
    assert not WebhookEvent.objects.exclude(due_at=None).exists()


def test_raw_events_are_forgotten_and_what_was_said_stays(chat: Chat) -> None:
    chat.line.text(chat.user_id, "เก่า")
    chat.deliver()
    long_ago = timezone.now() - tasks.EVENTS_LIVE - timedelta(minutes=1)
    WebhookEvent.objects.update(received_at=long_ago)
    WebhookEvent.objects.create(
        event_id="failed",
        channel=chat.resident.channel,
        kind="message",
        occurred_at=long_ago,
        received_at=long_ago,
        body="{}",
        failed_at=long_ago,
    )
    chat.line.text(chat.user_id, "ใหม่")
    chat.deliver()
    assert tasks.forget_old_events() == 1
    assert WebhookEvent.objects.filter(event_id="failed").exists()
    assert WebhookEvent.objects.count() == 2
    assert set(Message.objects.values_list("text", flat=True)) == {"เก่า", "ใหม่"}
