"""What a resident's own words do to her cases: they open, reopen, wake and close them.

Called by the inbox in the transaction of her event, while a worker holds the lease on her. The
lease keeps other workers away, not the officers: whatever changes a case locks its row first.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from bannmae.reference import kept
from chatops.cases.record import record, touch
from chatops.models import ChatCase, ChatEntry, ChatSettings, Message, Resident, Topic
from chatops.models.chat import TOPICS

State, Mode, Kind = ChatCase.State, ChatCase.Mode, ChatEntry.Kind
# What she writes this long after a tap on the menu is about what she tapped.
HINT_LIVES = dt.timedelta(minutes=30)
# A conversation with an officer goes on for this long before words that name no topic are
# somebody else's again.
CONVERSATION_LIVES = dt.timedelta(hours=24)
_TOGETHER = ("resident__channel", "topic", "division")


def topics() -> dict[str, Topic]:
    """Return the topics in use by slug, with their divisions, as this process last saw them."""
    rows = Topic.objects.select_related("division").filter(is_active=True)
    return kept(TOPICS, lambda: {topic.slug: topic for topic in rows})


def topic_of(slug: str) -> Topic:
    """Return the topic of that slug, the general one where there is none in use."""
    known = topics()
    return known.get(slug) or known.get(Topic.GENERAL) or next(iter(known.values()))


def hinted_topic(resident: Resident, now: dt.datetime) -> str:
    """Return the slug of the topic whose menu button she tapped lately, '' for none."""
    if resident.topic_hint_at is None or now - resident.topic_hint_at > HINT_LIVES:
        return ""
    known = {topic.pk: slug for slug, topic in topics().items()}
    return known.get(resident.topic_hint_id or 0, "")


def remember_hint(resident: Resident, slug: str) -> None:
    """Note that she tapped the button of a topic ('' changes nothing)."""
    if not slug:
        return
    resident.topic_hint, resident.topic_hint_at = topic_of(slug), timezone.now()
    resident.save(update_fields=["topic_hint", "topic_hint_at"])


def conversation_of(resident: Resident, now: dt.datetime) -> ChatCase | None:
    """Return the case in which she is talking with an officer just now, None for none."""
    goes_on = Q(last_at__gte=now - CONVERSATION_LIVES) | Q(state=State.WAITING)  # for her, always
    return (
        _cases(resident)
        .filter(goes_on, mode=Mode.MANUAL, state__in=ChatCase.OPEN)
        .order_by("-last_at")
        .first()
    )


def latest_of(resident: Resident, now: dt.datetime) -> ChatCase | None:
    """Return the open case that she or we wrote in last, within the time of a conversation."""
    return (
        _cases(resident)
        .filter(state__in=ChatCase.OPEN, last_at__gte=now - HINT_LIVES)
        .order_by("-last_at")
        .first()
    )


def hold(case: ChatCase) -> ChatCase:
    """Lock the row of `case` until the transaction ends, and bring `case` up to date.

    Not its key: who locks a row of his own and then writes a message of this case is not waited
    for by us while he waits for us.
    """
    rows = ChatCase.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related(*_TOGETHER)
    case.refresh_from_db(from_queryset=held)
    return case


def quoted_case(resident: Resident, line_message_id: str) -> ChatCase | None:
    """Return the case of the message that she quotes, hers or ours; None if it had none."""
    if not line_message_id:
        return None
    told = resident.messages.filter(line_message_id=line_message_id).first()
    if told is not None:
        return _cases(resident).filter(messages=told).first()
    # Ours are looked for among the latest: LINE's ids lie in a list.
    for ours in resident.outbound.exclude(case=None).order_by("-id")[:100]:
        if line_message_id in ours.line_message_ids:
            return _cases(resident).filter(outbound=ours).first()
    return None


def open_case(resident: Resident, topic: Topic, now: dt.datetime) -> ChatCase:
    """Return her case on `topic`: the open one, one closed lately (reopened), or a new one."""
    mine = _cases(resident).filter(topic=topic)
    case = mine.exclude(state=State.DONE).first()
    if case is not None:
        return case
    since = now - dt.timedelta(days=ChatSettings.get_solo().reopen_days)
    case = mine.filter(closed_at__gte=since).order_by("-closed_at").first()
    return case if case is not None else _new(resident, topic, now)


def _new(resident: Resident, topic: Topic, now: dt.datetime) -> ChatCase:
    case = ChatCase.objects.create(
        resident=resident,
        topic=topic,
        division=topic.division,
        opened_at=now,
        inbox_at=now,
        last_at=now,
        # Until something asks for a person it is the automatic reply's.
        state=State.ANSWERED,
    )
    ChatEntry.objects.create(case=case, at=now, kind=Kind.OPENED, text=topic.name)
    return case


def heard(
    case: ChatCase, message: Message, preview: str, *, needs_person: bool, urgent: bool = False
) -> ChatCase:
    """Put `message` into `case` and set its state and clock accordingly.

    `needs_person`: the automatic reply has no answer, so the division must see it as waiting.
    """
    now = timezone.now()
    hold(case)
    Message.objects.filter(pk=message.pk).update(case=case)
    message.case = case
    changes: dict[str, Any] = {
        "last_at": now,
        "last_text": preview[:120],
        "last_resident_at": now,
    }
    if urgent:
        changes["urgent"] = True
    by_hand = case.mode == Mode.MANUAL
    if (needs_person or by_hand) and case.waiting_since is None:
        changes["waiting_since"] = now
    if case.state == State.DONE:
        changes |= {
            "state": State.INBOX if needs_person else State.ANSWERED,
            "closed_at": None,
            "inbox_at": now,
            "assignee": None,
            "reopened": case.reopened + 1,
            "urgent": urgent,
        }
        return record(case, Kind.REOPENED, **changes)
    if case.state in (State.WAITING, State.SNOOZED):
        changes |= {"state": State.WORKING, "snoozed_until": None, "waiting_since": now}
        return record(case, Kind.WOKEN, text="ประชาชนเขียนมา", **changes)
    if case.state == State.ANSWERED and (needs_person or by_hand):
        changes |= {"state": State.INBOX, "inbox_at": now}
        return touch(case, version=case.version + 1, **changes)
    return touch(case, **changes)


def answered_automatically(case: ChatCase) -> ChatCase:
    """Note that the automatic reply has said something to her in `case`."""
    hold(case)
    return touch(case, first_reply_at=case.first_reply_at or timezone.now())


def asked_for_person(case: ChatCase) -> ChatCase:
    """คุยกับเจ้าหน้าที่: the division sees her as waiting.

    A button of long ago may stand under a case that is done: then it is in the one that her
    words on that topic would come to now. Returns the case in which she waits.
    """
    now = timezone.now()
    if hold(case).state == State.DONE:
        case = hold(open_case(case.resident, case.topic, now))
    # A tap is a word of hers: unread until somebody looks.
    changes: dict[str, Any] = {
        "waiting_since": case.waiting_since or now,
        "last_resident_at": now,
        "last_at": now,
    }
    if case.state == State.DONE:
        changes |= {"closed_at": None, "assignee": None, "reopened": case.reopened + 1}
    if case.state in (State.ANSWERED, State.DONE):
        changes |= {"state": State.INBOX, "inbox_at": now}
    elif case.state in (State.WAITING, State.SNOOZED):
        changes |= {"state": State.WORKING, "snoozed_until": None}
    return record(case, Kind.ASKED, **changes)


def resolved(case: ChatCase) -> ChatCase:
    """ได้คำตอบแล้ว: closes what only the automatic reply has answered, and nothing else."""
    if hold(case).state != State.ANSWERED:
        return case
    return record(
        case,
        Kind.RESOLVED,
        state=State.DONE,
        mode=Mode.AUTO,
        closed_at=timezone.now(),
        waiting_since=None,
    )


def fetched(case_id: int) -> ChatCase:
    """Return a case with what its functions read, locked until the transaction ends."""
    held = ChatCase.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related(*_TOGETHER).get(pk=case_id)


def choice_made(case: ChatCase) -> ChatCase:
    """She chose among the questions that were offered: nothing else waits for a person, unless
    she has asked more than that one.
    """
    hold(case)
    asked = case.automatic_answers.filter(at__gte=case.waiting_since or timezone.now())
    unsure = asked.exclude(action__in=["faq", "smalltalk"]).count()
    if case.state != State.INBOX or case.assignee_id or unsure > 1:
        return case
    return touch(case, version=case.version + 1, state=State.ANSWERED, waiting_since=None)


def unsent(message: Message) -> None:
    """Let nothing of a message that was taken back stand in the lists."""
    # One statement: nothing of what an officer does meanwhile is written over.
    ChatCase.objects.filter(messages=message).update(
        last_text="ยกเลิกข้อความ", changed_at=timezone.now()
    )


def _cases(resident: Resident) -> QuerySet[ChatCase]:
    return ChatCase.objects.filter(resident=resident).select_related(*_TOGETHER)
