"""Whatever residents, officers and the clock do to a chat: no question is lost in it.

Random walks over the real handling, workflow and clock; the rules are looked at after each step.
"""

from __future__ import annotations

import itertools
import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bannmae.models import Division, Staff
from bannmae.testing import make_engineer, make_resident
from chatops.cases import clock, workflow
from chatops.cases.workflow import MoveRefused
from chatops.inbox import handling
from chatops.line.cards import text_message
from chatops.models import (
    AutomaticAnswer,
    ChatCase,
    ChatEntry,
    KnowledgeRow,
    Message,
    OutboundMessage,
    Resident,
    WebhookEvent,
)
from chatops.tests.chats import make_welfare_officer

pytestmark = pytest.mark.django_db
State, Mode = ChatCase.State, ChatCase.Mode

TEXTS = {
    "known": "เบี้ยยังชีพผู้สูงอายุได้เดือนละเท่าไร",
    "own": "เบี้ยผู้สูงอายุของแม่เดือนนี้ยังไม่เข้าบัญชีเลยค่ะ",
    "unknown": "เทศบาลมีชมรมถ่ายภาพให้สมัครไหมครับ",
    "complaint": "ไฟหน้าบ้านดับมาสามคืนแล้วครับ มาซ่อมให้หน่อย",
    "payment": "โอนค่าขยะแล้วนะคะ",
    "emergency": "ช่วยด้วยไฟไหม้บ้าน",
    "greeting": "สวัสดีค่ะ",
    "menu": "ติดตามสถานะ",
    "person": "ขอคุยกับเจ้าหน้าที่",
}
ACTS = [
    *TEXTS,
    "image",
    "sticker",
    "tap human",
    "tap solved",
    "tap menu",
    "take",
    "give back",
    "finish",
    "answer",
    "hand over",
    "back to inbox",
    "wait",
    "snooze",
    "auto",
    "an hour",
    "a day",
    "a week",
    # What cases mostly see, more often.
    *["known", "own", "tap solved", "answer", "finish"] * 4,
]
STEPS = 40
_counter = itertools.count(1)


class Walk:
    """One resident, two divisions and the clock."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.resident = make_resident(profile_fetched_at=timezone.now())
        self.staff: list[Staff] = [make_welfare_officer(), make_engineer()]
        self.head = Staff.objects.create_superuser(f"head{next(_counter)}", is_staff=True)

    def step(self, act: str) -> None:
        """Do one thing."""
        if act in TEXTS:
            self._event("message", message={"type": "text", "text": TEXTS[act]})
        elif act in ("image", "sticker"):
            self._event("message", message={"type": act, "contentProvider": {"type": "line"}})
        elif act.startswith("tap"):
            self._tap(act.removeprefix("tap "))
        elif act in ("an hour", "a day", "a week"):
            self._pass({"an hour": 1, "a day": 24, "a week": 168}[act])
        else:
            self._officer(act)

    def _event(self, kind: str, **parts: Any) -> None:
        number = next(_counter)
        now = timezone.now()
        if "message" in parts:
            parts["message"]["id"] = f"walk-{number}"
        event = WebhookEvent.objects.create(
            event_id=f"walk-{number}",
            channel=self.resident.channel,
            line_user_id=self.resident.line_user_id,
            kind=kind,
            message_id=parts.get("message", {}).get("id", ""),
            occurred_at=now,
            received_at=now,
            body=json.dumps({"type": kind, "replyToken": f"t{number}", **parts}),
            due_at=now,
        )
        resident = Resident.objects.select_related("channel").get(pk=self.resident.pk)
        handling.handle(event, resident)
        event.refresh_from_db()
        assert event.due_at is None, event.error
        assert not event.error

    def _tap(self, what: str) -> None:
        given = AutomaticAnswer.objects.filter(resident=self.resident).order_by("-id").first()
        data = "menu=welfare" if what == "menu" else f"do={what}"
        if what != "menu" and given is not None:
            data += f"&answer={given.pk}"
        before = OutboundMessage.objects.count()
        self._event("postback", postback={"data": data})
        assert OutboundMessage.objects.count() == before + 1, "every tap gets a short answer"

    def _pass(self, hours: int) -> None:
        back = timedelta(hours=hours)
        for case in ChatCase.objects.all():
            for name in ("last_at", "last_resident_at", "read_at", "closed_at", "snoozed_until"):
                if moment := getattr(case, name):
                    setattr(case, name, moment - back)
            for name in ("waiting_since", "first_answer_at", "opened_at", "inbox_at"):
                if moment := getattr(case, name):
                    setattr(case, name, moment - back)
            case.save()
        for message in Message.objects.filter(resident=self.resident):
            Message.objects.filter(pk=message.pk).update(sent_at=message.sent_at - back)
        for entry in ChatEntry.objects.all():
            ChatEntry.objects.filter(pk=entry.pk).update(at=entry.at - back)
        for sent in OutboundMessage.objects.all():
            OutboundMessage.objects.filter(pk=sent.pk).update(created_at=sent.created_at - back)
        for noted in AutomaticAnswer.objects.all():
            AutomaticAnswer.objects.filter(pk=noted.pk).update(at=noted.at - back)
        Resident.objects.exclude(topic_hint_at=None).update(topic_hint=None, topic_hint_at=None)
        clock.tick()

    def _officer(self, act: str) -> None:
        cases = list(ChatCase.objects.filter(resident=self.resident).order_by("id"))
        if not cases:
            return
        case, by = self.chance.choice(cases), self.head
        version = case.version
        moves = {
            "take": lambda: workflow.take(case.pk, by, version),
            "give back": lambda: workflow.give_back(case.pk, by, version),
            "finish": lambda: workflow.finish(case.pk, by, version),
            "back to inbox": lambda: workflow.back_to_inbox(case.pk, by, version),
            "wait": lambda: workflow.wait_for_resident(case.pk, by, version),
            "snooze": lambda: workflow.snooze(
                case.pk, by, version, timezone.now() + timedelta(hours=30)
            ),
            "auto": lambda: workflow.set_mode(case.pk, by, version, Mode.AUTO),
            "hand over": lambda: workflow.hand_over(
                case.pk,
                by,
                version,
                division=Division.objects.get(slug=self.chance.choice(["welfare", "engineering"])),
            ),
            "answer": lambda: workflow.answer(
                case.pk, by, [text_message("ค่ะ")], dedupe_key=f"walk-{next(_counter)}"
            ),
        }
        try:
            moves[act]()
        except MoveRefused:
            case.refresh_from_db()
            assert case.version == version, "what was refused changed nothing"


def check(walk: Walk) -> None:
    """Look at the rules that must hold between any two steps."""
    for case in ChatCase.objects.filter(resident=walk.resident):
        if case.state == State.DONE:
            assert case.waiting_since is None
            assert case.mode == Mode.AUTO
        if case.state in ChatCase.TAKEN:
            assert case.assignee_id is not None
        if case.state == State.ANSWERED:
            assert case.waiting_since is None, "what waits for a person stands in the inbox"
        if case.mode == Mode.MANUAL:
            assert case.state in ChatCase.TAKEN
        unanswered = _unanswered(case)
        if unanswered and case.is_open:
            assert case.state in (State.INBOX, *ChatCase.TAKEN), unanswered[0].text
            assert case.waiting_since is not None, unanswered[0].text
    texts = Message.objects.filter(resident=walk.resident, kind="text")
    for said in texts.exclude(text__in=[TEXTS["menu"], TEXTS["greeting"]]):
        assert said.case_id is not None, said.text
    for said in Message.objects.filter(resident=walk.resident, kind="image"):
        assert said.case_id is not None
        assert said.content is not None


def _unanswered(case: ChatCase) -> list[Message]:
    """Her words after the last thing that settled the case, which no row has answered."""
    settled = [
        *case.outbound.exclude(author=None).values_list("created_at", flat=True),
        *case.entries.filter(kind__in=[ChatEntry.Kind.DONE, ChatEntry.Kind.RESOLVED]).values_list(
            "at", flat=True
        ),
    ]
    # A slip that became a notice of payment waits in the queue of กองคลัง instead, and so do the
    # words that were said to it.
    told = "\n".join(
        case.resident.payment_notices.filter(is_open=True).values_list("words", flat=True)
    )
    words = case.messages.exclude(kind="sticker").exclude(slip__notice__is_open=True)
    if settled:
        words = words.filter(sent_at__gt=max(settled))
    by_row = AutomaticAnswer.objects.filter(action__in=["faq", "smalltalk"]).values("message")
    return [one for one in words.exclude(pk__in=by_row) if not one.text or one.text not in told]


@given(seed=st.integers(0, 2**32))
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_question_is_lost_whatever_happens(db: None, seed: int) -> None:
    KnowledgeRow.objects.update(state="published")
    chance = random.Random(seed)
    walk = Walk(chance)
    for act in chance.choices(ACTS, k=STEPS):
        walk.step(act)
        check(walk)


def test_each_text_is_answered_once_in_automatic_mode(db: None) -> None:
    KnowledgeRow.objects.update(state="published")
    walk = Walk(random.Random(1))
    for act in [*TEXTS, *TEXTS]:
        before = OutboundMessage.objects.count()
        walk.step(act)
        assert OutboundMessage.objects.count() == before + 1, act
