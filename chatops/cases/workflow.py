"""How officers move a chat: one table of legal moves, one function for each.

State, mode, entry and what the resident is told are one transaction. What residents and the
clock do to a case stands in opening.py and clock.py; all write by record.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bannmae.models import Division, Staff
from chatops.cases.access import MOVES as MAY_MOVE
from chatops.cases.access import readers_of, sees, visible_to
from chatops.cases.record import preview_of, record, tell, touch
from chatops.line.cards import signed_by
from chatops.models import ChatCase, ChatEntry, Topic
from chatops.outbox import send

State, Mode, Kind = ChatCase.State, ChatCase.Mode, ChatEntry.Kind


class Move(StrEnum):
    """What an officer may do, by the names of the staff manual."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    FINISH = "finish"
    BACK_TO_INBOX = "back_to_inbox"
    WAIT = "wait"
    SNOOZE = "snooze"
    HAND_OVER = "hand_over"
    MODE = "mode"
    TOPIC = "topic"


LABELS = {
    Move.TAKE: "ดำเนินการ",
    Move.GIVE_BACK: "เลิกดำเนินการ",
    Move.FINISH: "ดำเนินการแล้ว",
    Move.BACK_TO_INBOX: "ใส่ในอินบ็อกซ์",
    Move.WAIT: "รอประชาชนตอบกลับ",
    Move.SNOOZE: "พักไว้ถึง …",
    Move.HAND_OVER: "ส่งต่อ",
    Move.MODE: "เปลี่ยนโหมดตอบ",
    Move.TOPIC: "เปลี่ยนหัวข้อ",
}
_OPEN = frozenset(State(state) for state in ChatCase.OPEN)
_TAKEN = frozenset(State(state) for state in ChatCase.TAKEN)
# What may be done from where.
LEGAL: dict[Move, frozenset[ChatCase.State]] = {
    Move.TAKE: _OPEN,
    Move.GIVE_BACK: _TAKEN,
    Move.FINISH: _OPEN,
    Move.BACK_TO_INBOX: frozenset({State.DONE}),
    Move.WAIT: frozenset({State.WORKING, State.SNOOZED}),
    Move.SNOOZE: frozenset({State.WORKING, State.WAITING, State.SNOOZED}),
    Move.HAND_OVER: _OPEN,
    Move.MODE: _OPEN,
    Move.TOPIC: _OPEN,
}


class MoveRefused(Exception):
    """A move that was not made; its text tells staff why, in Thai."""


class Stale(MoveRefused):
    """Somebody else moved the case since the page saw it."""


class NotAllowed(MoveRefused):
    """This officer may not see or move this case."""


def moves_of(case: ChatCase, staff: Staff) -> list[Move]:
    """Return what `staff` may do with `case` now; ดำเนินการ is not offered to who has it."""
    if not staff.has_perm(MAY_MOVE):
        return []
    state = State(case.state)
    legal = [move for move in Move if state in LEGAL[move]]
    if case.assignee_id == staff.pk and state == State.WORKING:
        legal.remove(Move.TAKE)
    return legal


# -- the officers' moves -------------------------------------------------------------------


@transaction.atomic
def take(case_id: int, by: Staff, version: int) -> ChatCase:
    """ดำเนินการ: `by` answers from now on, by hand. Takes it over from a colleague too."""
    case = _locked(case_id, by, Move.TAKE, version)
    if case.assignee_id == by.pk and case.state == State.WORKING:
        return case
    return _take(case, by)


@transaction.atomic
def give_back(case_id: int, by: Staff, version: int, note: str = "") -> ChatCase:
    """เลิกดำเนินการ: unfinished, back to the division's inbox; answers are automatic again."""
    case = _locked(case_id, by, Move.GIVE_BACK, version)
    return record(
        case,
        Kind.GIVEN_BACK,
        by=by,
        text=note,
        state=State.INBOX,
        mode=Mode.AUTO,
        assignee=None,
        snoozed_until=None,
        inbox_at=timezone.now(),
    )


@transaction.atomic
def finish(case_id: int, by: Staff, version: int) -> ChatCase:
    """ดำเนินการแล้ว: done; what she writes next is answered automatically."""
    case = _locked(case_id, by, Move.FINISH, version)
    now = timezone.now()
    return record(
        case,
        Kind.DONE,
        by=by,
        state=State.DONE,
        mode=Mode.AUTO,
        closed_at=now,
        snoozed_until=None,
        waiting_since=None,
        read_at=now,
    )


@transaction.atomic
def back_to_inbox(case_id: int, by: Staff, version: int) -> ChatCase:
    """ใส่ในอินบ็อกซ์: what was done is to be worked on again."""
    case = _locked(case_id, by, Move.BACK_TO_INBOX, version)
    refusal = "ประชาชนท่านนี้มีเรื่องหัวข้อเดียวกันที่ยังไม่เสร็จอยู่แล้ว โปรดใช้เรื่องนั้น"
    if _another_open(case):
        raise MoveRefused(refusal)
    with _one_open(refusal):
        return record(
            case,
            Kind.BACK_TO_INBOX,
            by=by,
            state=State.INBOX,
            assignee=None,
            closed_at=None,
            inbox_at=timezone.now(),
            reopened=case.reopened + 1,
        )


@transaction.atomic
def wait_for_resident(case_id: int, by: Staff, version: int) -> ChatCase:
    """รอประชาชนตอบกลับ: in hand, and it is her turn."""
    case = _locked(case_id, by, Move.WAIT, version)
    return record(case, Kind.WAITING, by=by, state=State.WAITING, snoozed_until=None)


@transaction.atomic
def snooze(case_id: int, by: Staff, version: int, until: dt.datetime) -> ChatCase:
    """พักไว้ถึง `until` (later than now, within a year): it comes back by itself then."""
    case = _locked(case_id, by, Move.SNOOZE, version)
    now = timezone.now()
    if not now < until <= now + dt.timedelta(days=366):
        raise MoveRefused("โปรดเลือกวันเวลาในอนาคต ไม่เกินหนึ่งปี")
    return record(case, Kind.SNOOZED, by=by, state=State.SNOOZED, snoozed_until=until)


@transaction.atomic
def hand_over(
    case_id: int,
    by: Staff,
    version: int,
    *,
    division: Division | None = None,
    colleague: Staff | None = None,
    note: str = "",
) -> ChatCase:
    """ส่งต่อ to another division, or to a colleague by name; they see it as new, with the note.

    She is told who answers now. Raises MoveRefused where nobody could read it there.
    """
    case = _locked(case_id, by, Move.HAND_OVER, version)
    division = _where_to(case, division, colleague)
    if colleague is None and division.pk == case.division_id:
        raise MoveRefused("เรื่องนี้อยู่ที่กอง/งานนี้แล้ว โปรดเลือกกอง/งานอื่นหรือเพื่อนร่วมงาน")
    now = timezone.now()
    moved = division.pk != case.division_id
    record(
        case,
        Kind.HANDED_OVER,
        by=by,
        text=note,
        to_division=division,
        to_colleague=colleague,
        division=division,
        assignee=colleague,
        state=State.INBOX,
        mode=Mode.AUTO,
        snoozed_until=None,
        inbox_at=now,
        read_at=None,
    )
    if moved:
        tell(case, "handover", dedupe_key=f"chat-handed:{case.pk}:{case.version}")
    return case


@transaction.atomic
def set_mode(case_id: int, by: Staff, version: int, mode: ChatCase.Mode) -> ChatCase:
    """Switch between automatic answers and answers by hand."""
    case = _locked(case_id, by, Move.MODE, version)
    mode = Mode(mode)
    if mode == case.mode:
        return case
    return record(case, Kind.MODE, by=by, text=mode.label, mode=mode)


@transaction.atomic
def set_topic(
    case_id: int, by: Staff, version: int, topic: Topic, *, opens: bool = False
) -> ChatCase:
    """Say what it is really about; the division that answers for that sees it as new.

    `opens`: the officer means to let everybody there read what named persons alone could.
    """
    case = _locked(case_id, by, Move.TOPIC, version)
    if topic.pk == case.topic_id:
        return case
    if case.topic.restricted and not topic.restricted and not opens:
        raise MoveRefused(
            f"แชตนี้จำกัดผู้เข้าถึง ถ้าเปลี่ยนเป็น “{topic.name}” ทั้ง{topic.division.name}จะอ่านได้ทั้งหมด "
            "โปรดยืนยันในช่องก่อนเปลี่ยน"
        )
    before = case.topic.name
    case.topic = topic
    refusal = f"ประชาชนท่านนี้มีเรื่อง “{topic.name}” ที่ยังไม่เสร็จอยู่แล้ว"
    if _another_open(case):
        raise MoveRefused(refusal)
    changes: dict[str, Any] = {"topic": topic}
    division = case.division
    if topic.division_id != case.division_id or topic.restricted:
        division = topic.division
        changes |= {
            "division": division,
            "assignee": None,
            "state": State.INBOX,
            "mode": Mode.AUTO,
            "snoozed_until": None,
            "inbox_at": timezone.now(),
            "read_at": None,
        }
    if topic.restricted and not readers_of(division, topic):
        raise MoveRefused(f"หัวข้อ “{topic.name}” ยังไม่ได้ระบุผู้เข้าถึงในกอง/งาน โปรดแจ้งผู้ดูแลระบบ")
    with _one_open(refusal):
        return record(case, Kind.TOPIC, by=by, text=f"{before} → {topic.name}", **changes)


@transaction.atomic
def add_note(case_id: int, by: Staff, text: str) -> ChatCase:
    """Write something beside the conversation for colleagues."""
    case = _locked(case_id, by)
    if not text.strip():
        raise MoveRefused("โปรดเขียนบันทึก")
    return record(case, Kind.NOTE, by=by, text=text.strip()[:2000])


@transaction.atomic
def answer(
    case_id: int, by: Staff, messages: Sequence[dict[str, Any]], *, dedupe_key: str
) -> ChatCase:
    """Send an officer's words, signed with the division's name; whoever answers takes the case.

    In a case that somebody has in hand nothing is answered automatically from then on, should
    silence have given the word back meanwhile.
    `messages`: 1–5 LINE message objects. The same `dedupe_key` is sent once.
    """
    case = _locked(case_id, by)
    if case.state in (State.INBOX, State.ANSWERED):
        _take(case, by)
    elif case.state in ChatCase.TAKEN and case.mode == Mode.AUTO:
        record(case, Kind.MODE, by=by, text=Mode.MANUAL.label, mode=Mode.MANUAL)
    now = timezone.now()
    send(
        case.resident,
        [signed_by(message, case.division.short_name) for message in messages],
        dedupe_key=dedupe_key,
        about=f"chat:{case.pk}",
        case=case,
        author=by,
        reply_to_latest=True,
    )
    return touch(
        case,
        waiting_since=None,
        first_answer_at=case.first_answer_at or now,
        first_reply_at=case.first_reply_at or now,
        last_at=now,
        last_text=preview_of(messages),
        read_at=now,
    )


def mark_read(case_id: int, by: Staff) -> ChatCase | None:
    """Note that the division has seen her last words; None where `by` may not see the case."""
    now = timezone.now()
    case = visible_to(by).filter(pk=case_id).first()
    if case is not None and case.is_unread:
        ChatCase.objects.filter(pk=case.pk).update(read_at=now, changed_at=now)
        case.read_at = now
    return case


# -- what they are made of -------------------------------------------------------------------


def _take(case: ChatCase, by: Staff) -> ChatCase:
    return record(
        case,
        Kind.TAKEN,
        by=by,
        state=State.WORKING,
        mode=Mode.MANUAL,
        assignee=by,
        taken_at=timezone.now(),
        snoozed_until=None,
    )


def _where_to(case: ChatCase, division: Division | None, colleague: Staff | None) -> Division:
    if colleague is not None:
        if not colleague.is_active or not colleague.has_perm(MAY_MOVE):
            raise MoveRefused("ผู้รับเรื่องไม่มีสิทธิ์ตอบแชต")
        own = list(colleague.divisions.filter(is_active=True))
        if division is None and (here := [one for one in own if one.pk == case.division_id]):
            division = here[0]
        division = division or (own[0] if own else None)
    if division is None or not division.is_active:
        raise MoveRefused("โปรดเลือกกอง/งานหรือเพื่อนร่วมงานที่จะส่งต่อ")
    readers = readers_of(division, case.topic)
    if not readers:
        raise MoveRefused(f"ไม่มีผู้อ่านเรื่องนี้ได้ใน{division.name} จึงส่งต่อไม่ได้")
    if colleague is not None and colleague not in readers:
        raise MoveRefused("ผู้รับเรื่องไม่มีสิทธิ์อ่านเรื่องนี้")
    return division


@contextmanager
def _one_open(refusal: str) -> Iterator[None]:
    """Refuse by these words what would leave her two open cases on one topic: the other one
    came this very moment.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise MoveRefused(refusal) from error


def _another_open(case: ChatCase) -> bool:
    others = ChatCase.objects.filter(resident=case.resident_id, topic=case.topic_id)
    return others.exclude(pk=case.pk).exclude(state=State.DONE).exists()


def _locked(
    case_id: int, by: Staff, move: Move | None = None, version: int | None = None
) -> ChatCase:
    """Return the case, held until the transaction ends; raise unless `by` may do that now."""
    if not by.has_perm(MAY_MOVE):
        raise NotAllowed("บัญชีของท่านไม่มีสิทธิ์ตอบแชต")
    case = (
        ChatCase.objects.select_for_update(of=("self",))
        .select_related("resident__channel", "topic", "division")
        .filter(pk=case_id)
        .first()
    )
    # Looked at after the lock: it may have been handed to others a moment ago.
    if case is None or not sees(by, case):
        raise NotAllowed("ไม่พบแชตนี้ หรือถูกส่งต่อให้กอง/งานอื่นแล้ว")
    if version is not None and case.version != version:
        raise Stale("มีผู้อื่นเปลี่ยนสถานะแชตนี้ไปก่อน หน้าจอแสดงสถานะล่าสุดให้แล้ว โปรดตรวจสอบอีกครั้ง")
    if move is not None and State(case.state) not in LEGAL[move]:
        raise MoveRefused(f"ทำ “{LABELS[move]}” กับเรื่องที่{State(case.state).label}ไม่ได้")
    return case
