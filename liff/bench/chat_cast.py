"""Chats in numbers, as the desk of some years would hold them.

Most cases are done; what is open grows slowly beside them, as an office's work does. Nothing is
due: what is measured must find nothing to do but what it brings itself.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils import timezone

from bannmae import roles
from bannmae.models import Staff
from chatops.answers.likeness import key_of
from chatops.models import (
    AutomaticAnswer,
    Channel,
    ChatCase,
    ChatEntry,
    KnowledgeRow,
    Message,
    MessageContent,
    OutboundMessage,
    QuestionGroup,
    Resident,
    StaffLink,
    Topic,
    WebhookEvent,
)
from liff.bench import cast

BATCH = 100  # cases
MESSAGES = 15  # of hers in a case; as many of ours
DIVISION = "public-relations"  # whose officer looks: it has the topics ทั่วไป and ข่าวสาร
# So many in that division's inbox, whatever else there is: a page of the list is full.
INBOX, SHARE_OF_INBOX = 60, 0.3
# How many of all others are open: these, and a share of what there is.
OPEN, OPEN_SHARE, MOST_OPEN = 40, 0.02, 0.5
MOST_GROUPS = 600  # of questions that nothing answers
LINKED = 5  # officers who are told on their own LINE
LONG = "Ul"  # the resident with the long conversation
LONG_MESSAGES = 45
State, Mode, Kind = ChatCase.State, ChatCase.Mode, ChatEntry.Kind
OPEN_STATES = (State.INBOX, State.ANSWERED, State.WORKING, State.WAITING, State.SNOOZED)
OPEN_WEIGHTS = (40, 25, 20, 10, 5)
# How long ago she wrote last (minutes): the clock has nothing to do with any of them.
LAST_MINUTES = {
    State.INBOX: (30, 20 * 60),
    State.ANSWERED: (30, 3 * 24 * 60),
    State.WORKING: (30, 100),
    State.WAITING: (60, 5 * 24 * 60),
    State.SNOOZED: (60, 5 * 24 * 60),
    State.DONE: (5 * 24 * 60, 2 * 365 * 24 * 60),
}
WORDS = (
    "สวัสดีค่ะ สอบถามเรื่องเบี้ยผู้สูงอายุค่ะ",
    "ไฟทางหน้าบ้านดับมาหลายวันแล้ว ใครดูแลคะ",
    "จ่ายค่าขยะได้ที่ไหนบ้างครับ",
    "ถ้าจะขอใช้หอประชุมต้องทำอย่างไร",
    "ขอบคุณค่ะ",
    "แล้วต้องใช้เอกสารอะไรบ้างคะ",
    "เปิดถึงกี่โมงครับ พรุ่งนี้จะเข้าไป",
)
THINGS = ("เต็นท์", "สนามกีฬา", "เครื่องเสียง", "รถรับส่ง", "กล้องวงจรปิด", "ที่จอดรถ", "ห้องสมุด", "ตลาดนัด")
ASKED = ("ยืมได้กี่วัน", "ใครเป็นคนดูแล", "จองล่วงหน้าได้ไหม", "ปิดปรับปรุงถึงเมื่อไร", "ราคาเท่าไหร่")
ANSWER = (
    "ติดต่อได้ที่สำนักงานเทศบาลในวันและเวลาราชการ โปรดนำบัตรประชาชนและทะเบียนบ้านมาด้วย "
    "หากไม่สะดวกมาเอง มอบอำนาจให้ผู้อื่นมาแทนได้ค่ะ (ข้อมูล ณ ปีงบประมาณ 2570)"
)


def chat_officer() -> Staff:
    """Return the officer who has the desk open."""
    return cast.officer("bench-chat", DIVISION, roles.OFFICER)


def administrator() -> Staff:
    """Return an administrator: he sees all but the restricted topics."""
    staff = cast.officer("bench-administrator", "clerk-office", roles.ADMINISTRATOR)
    if not staff.is_superuser:
        staff.is_superuser = True
        staff.save(update_fields=["is_superuser"])
    return staff


def fill(count: int) -> None:
    """Make `count` cases with MESSAGES messages each, in an empty database."""
    # As when the divisions have confirmed what the starting set says.
    KnowledgeRow.objects.update(state=KnowledgeRow.State.PUBLISHED, valid_until=None)
    maker = _Maker(count)
    numbers = iter(range(count))
    while batch := list(islice(numbers, BATCH)):
        maker.add(batch)
    _ask_in_vain(min(MOST_GROUPS, count // 20))
    _link_officers(maker.channel)
    long_case()
    cast.settle()


def long_case() -> ChatCase:
    """Return the case with the long conversation, in the officer's hands; made where missing."""
    case = ChatCase.objects.filter(resident__line_user_id=LONG).select_related("resident").first()
    return case if case is not None else _long_case()


def new_resident() -> Resident:
    """Return somebody with a profile just fetched, and one case done a month ago."""
    now = timezone.now()
    resident = Resident.objects.create(
        channel=Channel.main(),
        line_user_id=f"U{uuid.uuid4().hex}",
        display_name="ผู้ใช้ใหม่",
        profile_fetched_at=now,
    )
    topic = Topic.objects.get(slug=Topic.GENERAL)
    before = now - dt.timedelta(days=30)
    case = ChatCase.objects.create(
        resident=resident,
        topic=topic,
        division_id=topic.division_id,
        state=State.DONE,
        opened_at=before,
        inbox_at=before,
        closed_at=before,
        last_at=before,
        last_resident_at=before,
        read_at=before,
        changed_at=before,
    )
    Message.objects.bulk_create(
        Message(
            resident=resident,
            case=case,
            line_message_id=f"n{resident.pk}-{index}",
            kind="text",
            text=WORDS[index],
            sent_at=before - dt.timedelta(minutes=index),
        )
        for index in range(6)
    )
    return resident


def new_event(resident: Resident, text: str) -> WebhookEvent:
    """Return the row of a text message that LINE has just told us of, as the webhook keeps it."""
    now = timezone.now()
    number = uuid.uuid4().int
    event_id, message_id = f"01J{number:026X}"[:26], str(number % 10**18)
    return WebhookEvent.objects.create(
        event_id=event_id,
        channel_id=resident.channel_id,
        line_user_id=resident.line_user_id,
        kind="message",
        message_id=message_id,
        occurred_at=now,
        received_at=now,
        body=_body(event_id, message_id, resident.line_user_id, text, now),
        due_at=now,
    )


@dataclass(frozen=True)
class _Talk:
    """A case with the moments at which she wrote."""

    case: ChatCase
    moments: tuple[dt.datetime, ...]


class _Maker:
    """Makes cases of all topics with all that belongs to them, the same in every run."""

    def __init__(self, count: int) -> None:
        self.channel = Channel.main()
        self._dice = random.Random(count)  # noqa: S311 - the same cases in every run
        self._now = timezone.now()
        self._inbox = min(INBOX, int(count * SHARE_OF_INBOX))
        rest = count - 2 * self._inbox
        self._open_share = min(MOST_OPEN, OPEN / max(1, rest) + OPEN_SHARE)
        self._topics = list(Topic.objects.select_related("division").order_by("pk"))
        self._own = [topic for topic in self._topics if topic.division.slug == DIVISION]
        slugs = {topic.division_id: topic.division.slug for topic in self._topics}
        self._officers = {
            pk: cast.officer(f"bench-chat-{slug}", slug, roles.OFFICER)
            for pk, slug in slugs.items()
        }
        for topic in self._topics:
            if topic.restricted:
                topic.readers.add(self._officers[topic.division_id])
        self._rows = list(KnowledgeRow.objects.values_list("pk", flat=True))

    def add(self, numbers: Sequence[int]) -> None:
        """Make the cases of these numbers."""
        residents = Resident.objects.bulk_create(
            Resident(
                channel=self.channel,
                line_user_id=f"Uc{number:031x}",
                display_name=f"ชาวบ้านแม {number}",
                profile_fetched_at=self._now,
            )
            for number in numbers
            if number % 2 == 0
        )
        talks = [self._talk(number, residents[(number - numbers[0]) // 2]) for number in numbers]
        ChatCase.objects.bulk_create(talk.case for talk in talks)
        said = [(talk.case, moment) for talk in talks for moment in talk.moments]
        events = WebhookEvent.objects.bulk_create(self._events(said))
        messages = Message.objects.bulk_create(self._messages(said, events))
        OutboundMessage.objects.bulk_create(self._outbound(said, events))
        AutomaticAnswer.objects.bulk_create(self._answers(messages))
        MessageContent.objects.bulk_create(_content(one) for one in messages if one.kind == "image")
        ChatEntry.objects.bulk_create(self._entries(talks))

    def _talk(self, number: int, resident: Resident) -> _Talk:
        dice = self._dice
        # A resident's two cases are never of one topic.
        if number < 2 * self._inbox:
            topic = self._own[number % len(self._own)]
            state = State.INBOX if number < self._inbox else State.DONE
        else:
            half = len(self._topics) // 2
            topic = dice.choice(self._topics[:half] if number % 2 else self._topics[half:])
            state = State.DONE
            if dice.random() < self._open_share:
                (state,) = dice.choices(OPEN_STATES, OPEN_WEIGHTS)
        taken = state in ChatCase.TAKEN
        last = self._now - dt.timedelta(minutes=dice.randrange(*LAST_MINUTES[state]))
        step = dt.timedelta(seconds=dice.randrange(20, 200))
        moments = tuple(last - step * back for back in reversed(range(MESSAGES)))
        by_person = taken or (state == State.DONE and number % 3 == 0)
        officer = self._officers[topic.division_id]
        case = ChatCase(
            resident=resident,
            topic=topic,
            division=topic.division,
            assignee=officer if by_person else None,
            state=state,
            mode=Mode.MANUAL if taken else Mode.AUTO,
            version=3,
            opened_at=moments[0],
            inbox_at=moments[0],
            taken_at=moments[1] if by_person else None,
            snoozed_until=self._now + dt.timedelta(days=3) if state == State.SNOOZED else None,
            closed_at=last if state == State.DONE else None,
            last_at=last,
            last_text=WORDS[number % len(WORDS)],
            last_resident_at=last,
            waiting_since=last if state in (State.INBOX, State.WORKING) else None,
            first_answer_at=moments[2] if by_person else None,
            first_reply_at=moments[0],
            read_at=None if state == State.INBOX and number % 2 else last,
            changed_at=last,
        )
        return _Talk(case, moments)

    def _events(self, said: Sequence[tuple[ChatCase, dt.datetime]]) -> Iterator[WebhookEvent]:
        for case, moment in said:
            number = self._dice.getrandbits(120)
            event_id, message_id = f"01H{number:030X}"[:26], str(number % 10**18)
            user = case.resident.line_user_id
            yield WebhookEvent(
                event_id=event_id,
                channel=self.channel,
                line_user_id=user,
                kind="message",
                message_id=message_id,
                occurred_at=moment,
                received_at=moment,
                body=_body(event_id, message_id, user, self._dice.choice(WORDS), moment),
            )

    def _messages(
        self, said: Sequence[tuple[ChatCase, dt.datetime]], events: Sequence[WebhookEvent]
    ) -> Iterator[Message]:
        for place, ((case, moment), event) in enumerate(zip(said, events, strict=True)):
            is_picture = place % MESSAGES == 4
            yield Message(
                resident_id=case.resident_id,
                case=case,
                line_message_id=event.message_id,
                kind="image" if is_picture else "text",
                text="" if is_picture else WORDS[place % len(WORDS)],
                quote_token=event.event_id * 2,
                sent_at=moment,
                event=event,
            )

    def _outbound(
        self, said: Sequence[tuple[ChatCase, dt.datetime]], events: Sequence[WebhookEvent]
    ) -> Iterator[OutboundMessage]:
        for place, ((case, moment), event) in enumerate(zip(said, events, strict=True)):
            answered = moment + dt.timedelta(seconds=3)
            by_push = case.assignee_id is not None and place % 3 == 0
            yield OutboundMessage(
                resident_id=case.resident_id,
                about=f"chat:{case.pk}",
                dedupe_key=f"event:{event.event_id}",
                case=case,
                author_id=case.assignee_id if by_push else None,
                messages=[{"type": "text", "text": ANSWER, "sender": {"name": "เทศบาล"}}],
                created_at=answered,
                changed_at=answered,
                due_at=answered,
                # Some did not arrive: the list of what went wrong is not empty.
                state=OutboundMessage.State.UNREACHED
                if self._dice.random() < 0.002
                else OutboundMessage.State.SENT,
                attempts=1,
                reply_token="" if by_push else event.event_id,
                sent_at=answered,
                sent_via="push" if by_push else "reply",
                line_message_ids=[f"9{event.message_id}"],
            )

    def _answers(self, messages: Sequence[Message]) -> Iterator[AutomaticAnswer]:
        for place, message in enumerate(messages):
            if place % 2:
                continue
            found = place % 5 > 0
            yield AutomaticAnswer(
                message=message,
                resident_id=message.resident_id,
                case_id=message.case_id,
                row_id=self._dice.choice(self._rows) if found and self._rows else None,
                action="faq" if found else "handoff",
                confidence=0.9 if found else 0.4,
                at=message.sent_at,
                outcome="solved" if place % 3 == 0 else "",
            )

    def _entries(self, talks: Sequence[_Talk]) -> Iterator[ChatEntry]:
        for talk in talks:
            case = talk.case
            yield ChatEntry(case=case, at=talk.moments[0], kind=Kind.OPENED, text=case.topic.name)
            if case.assignee_id:
                yield ChatEntry(
                    case=case, at=talk.moments[1], kind=Kind.TAKEN, by_id=case.assignee_id
                )
                yield ChatEntry(
                    case=case,
                    at=talk.moments[3],
                    kind=Kind.NOTE,
                    by_id=case.assignee_id,
                    text="โทรแจ้งแล้ว รอเอกสารเพิ่มเติม",
                )
            if case.closed_at:
                yield ChatEntry(
                    case=case, at=case.closed_at, kind=Kind.DONE, by_id=case.assignee_id
                )


def _long_case() -> ChatCase:
    officer, now = chat_officer(), timezone.now()
    resident = Resident.objects.create(
        channel=Channel.main(),
        line_user_id=LONG,
        display_name="คุณยายสมศรี",
        profile_fetched_at=now,
    )
    moments = [now - dt.timedelta(minutes=2 * back + 5) for back in range(LONG_MESSAGES)]
    topic = Topic.objects.get(slug=Topic.GENERAL)
    case = ChatCase.objects.create(
        resident=resident,
        topic=topic,
        division_id=topic.division_id,
        assignee=officer,
        state=State.WORKING,
        mode=Mode.MANUAL,
        opened_at=moments[-1],
        inbox_at=moments[-1],
        taken_at=moments[-2],
        last_at=moments[0],
        last_text=WORDS[0],
        last_resident_at=moments[0],
        read_at=moments[0],
        changed_at=moments[0],
    )
    messages = Message.objects.bulk_create(
        Message(
            resident=resident,
            case=case,
            line_message_id=f"l{index}",
            kind="image" if index % 6 == 0 else "text",
            text="" if index % 6 == 0 else WORDS[index % len(WORDS)],
            quote_token=f"lq{index}",
            quoted_message_id=f"l{index + 1}" if index % 7 == 0 else "",
            sent_at=moment,
        )
        for index, moment in enumerate(moments)
    )
    MessageContent.objects.bulk_create(_content(one) for one in messages if one.kind == "image")
    OutboundMessage.objects.bulk_create(
        OutboundMessage(
            resident=resident,
            case=case,
            author=officer if index % 2 else None,
            about=f"chat:{case.pk}",
            dedupe_key=f"long:{index}",
            messages=[{"type": "text", "text": ANSWER}],
            created_at=moment + dt.timedelta(seconds=20),
            changed_at=moment + dt.timedelta(seconds=20),
            state=OutboundMessage.State.SENT,
            sent_at=moment + dt.timedelta(seconds=20),
            sent_via="push",
        )
        for index, moment in enumerate(moments)
    )
    ChatEntry.objects.bulk_create(
        ChatEntry(case=case, at=moment, kind=Kind.NOTE, by=officer, text="โทรกลับตอนบ่าย")
        for moment in moments[::8]
    )
    return case


def _ask_in_vain(count: int) -> None:
    """Make groups of questions that nothing answered."""
    now = timezone.now()
    texts = (
        f"{thing}หมู่ {village} {asked}"
        for village in range(1, 16)
        for thing in THINGS
        for asked in ASKED
    )
    QuestionGroup.objects.bulk_create(
        QuestionGroup(text=text, key=key_of(text), times=1 + place % 7, first_at=now, last_at=now)
        for place, text in enumerate(islice(texts, count))
    )


def _link_officers(channel: Channel) -> None:
    """Link the LINE of some officers who are told of chats, to residents of their own."""
    officers = Staff.objects.filter(username__startswith="bench-chat-").order_by("pk")[:LINKED]
    now = timezone.now()
    for place, staff in enumerate(officers):
        own = Resident.objects.create(
            channel=channel, line_user_id=f"Us{place:031x}", profile_fetched_at=now
        )
        StaffLink.objects.create(staff=staff, resident=own, linked_at=now, told_at=now)


def _content(message: Message) -> MessageContent:
    return MessageContent(
        message=message,
        token=f"t{message.pk}",
        state=MessageContent.State.STORED,
        file=f"chat/{message.pk}.jpg",
        thumbnail=f"chat/{message.pk}-s.jpg",
        content_type="image/jpeg",
        size=200_000,
        width=1280,
        height=960,
        changed_at=message.sent_at,
    )


def _body(event_id: str, message_id: str, user: str, text: str, moment: dt.datetime) -> str:
    event: dict[str, Any] = {
        "type": "message",
        "message": {"type": "text", "id": message_id, "quoteToken": event_id * 2, "text": text},
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(moment.timestamp() * 1000),
        "source": {"type": "user", "userId": user},
        "replyToken": event_id,
        "mode": "active",
    }
    return json.dumps(event, separators=(",", ":"))
