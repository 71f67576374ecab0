"""The moves of a chat: each legal one, each illegal one, and what everybody sees of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from bannmae import roles
from bannmae.models import Division, Staff
from bannmae.testing import make_engineer, make_executive, make_outsider, make_staff
from chatops.cases import opening, workflow
from chatops.cases.access import visible_to
from chatops.cases.workflow import LEGAL, Move, MoveRefused, NotAllowed, Stale
from chatops.line.cards import text_message
from chatops.models import ChatCase, ChatEntry, OutboundMessage, Topic
from chatops.tests.chats import make_chat, make_welfare_officer, say

pytestmark = pytest.mark.django_db
State, Mode = ChatCase.State, ChatCase.Mode


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return make_welfare_officer()


def do(move: Move, case: ChatCase, by: Staff, **arguments: Any) -> ChatCase:
    """Make a move with what it needs."""
    version = arguments.pop("version", case.version)
    if move is Move.HAND_OVER:
        arguments.setdefault("division", Division.objects.get(slug="engineering"))
        return workflow.hand_over(case.pk, by, version, **arguments)
    if move is Move.SNOOZE:
        until = arguments.pop("until", timezone.now() + timedelta(days=1))
        return workflow.snooze(case.pk, by, version, until)
    if move is Move.MODE:
        other = Mode.AUTO if case.mode == Mode.MANUAL else Mode.MANUAL
        return workflow.set_mode(case.pk, by, version, other)
    if move is Move.TOPIC:
        return workflow.set_topic(case.pk, by, version, Topic.objects.get(slug="tax"))
    plain = {
        Move.TAKE: workflow.take,
        Move.GIVE_BACK: workflow.give_back,
        Move.FINISH: workflow.finish,
        Move.BACK_TO_INBOX: workflow.back_to_inbox,
        Move.WAIT: workflow.wait_for_resident,
    }
    return plain[move](case.pk, by, version)


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("move", list(Move))
def test_every_move_is_made_or_refused_as_the_table_says(
    move: Move, state: str, officer: Staff
) -> None:
    make_engineer()  # somebody to hand it to
    case = make_chat(state=state, assignee=officer if state in ChatCase.TAKEN else None)
    entries = case.entries.count()
    if State(state) in LEGAL[move]:
        moved = do(move, case, officer)
        if (move, state) == (Move.TAKE, State.WORKING):
            assert moved.version == case.version  # he has it already
        else:
            assert moved.version == case.version + 1
            assert case.entries.count() == entries + 1
    else:
        with pytest.raises(MoveRefused):
            do(move, case, officer)
        case.refresh_from_db()
        assert case.state == state
        assert case.entries.count() == entries


def test_the_mode_follows_the_work(officer: Staff) -> None:
    case = make_chat()
    assert case.mode == Mode.AUTO
    case = workflow.take(case.pk, officer, case.version)
    assert (case.state, case.mode, case.assignee) == (State.WORKING, Mode.MANUAL, officer)
    case = workflow.give_back(case.pk, officer, case.version)
    assert (case.state, case.mode, case.assignee) == (State.INBOX, Mode.AUTO, None)
    case = workflow.take(case.pk, officer, case.version)
    case = workflow.finish(case.pk, officer, case.version)
    assert (case.state, case.mode) == (State.DONE, Mode.AUTO)
    assert case.closed_at is not None
    assert case.waiting_since is None
    case = workflow.back_to_inbox(case.pk, officer, case.version)
    assert (case.state, case.mode, case.closed_at) == (State.INBOX, Mode.AUTO, None)


def test_of_two_who_take_it_at_once_the_second_is_told(officer: Staff) -> None:
    case, colleague = make_chat(), make_welfare_officer()
    workflow.take(case.pk, officer, case.version)
    with pytest.raises(Stale, match="ผู้อื่น"):
        workflow.take(case.pk, colleague, case.version)
    case.refresh_from_db()
    assert case.assignee == officer


@pytest.mark.parametrize("make", [make_engineer, make_executive, make_outsider])
def test_who_does_not_see_it_moves_nothing(make: Any) -> None:
    case, other = make_chat(), make()
    for move in Move:
        with pytest.raises(NotAllowed):
            do(move, case, other)
    with pytest.raises(NotAllowed):
        workflow.answer(case.pk, other, [text_message("x")], dedupe_key="k")
    with pytest.raises(NotAllowed):
        workflow.add_note(case.pk, other, "x")
    assert workflow.mark_read(case.pk, other) is None
    assert OutboundMessage.objects.count() == 0


def test_an_answer_takes_the_case_and_is_signed_and_kept_once(officer: Staff) -> None:
    case = make_chat()
    for _ in range(2):
        case = workflow.answer(case.pk, officer, [text_message("ได้รับแล้วค่ะ")], dedupe_key="one")
    [sent] = OutboundMessage.objects.all()
    assert sent.messages[0]["sender"] == {"name": "กองสวัสดิการสังคม"}
    assert (sent.author, sent.case_id, sent.about) == (officer, case.pk, f"chat:{case.pk}")
    assert (case.state, case.assignee) == (State.WORKING, officer)
    assert case.waiting_since is None
    assert case.first_answer_at is not None
    assert case.last_text == "ได้รับแล้วค่ะ"


def test_another_division_sees_what_was_handed_to_it_as_new(officer: Staff) -> None:
    case, engineer = make_chat(), make_engineer()
    workflow.mark_read(case.pk, officer)
    case.refresh_from_db()
    assert not case.is_unread
    case = do(Move.HAND_OVER, case, officer, note="เรื่องไฟทางค่ะ")
    assert list(visible_to(engineer)) == [case]
    assert case.is_unread
    assert not visible_to(officer).exists()
    entry = ChatEntry.objects.get(kind=ChatEntry.Kind.HANDED_OVER)
    assert (entry.text, entry.by, entry.division) == (
        "เรื่องไฟทางค่ะ",
        officer,
        Division.objects.get(slug="engineering"),
    )
    [told] = OutboundMessage.objects.all()
    assert "กองช่าง" in told.messages[0]["text"]
    assert told.can_wait


def test_a_colleague_of_the_same_division_gets_it_by_name(officer: Staff) -> None:
    case, colleague = make_chat(), make_welfare_officer()
    case = workflow.hand_over(case.pk, officer, case.version, colleague=colleague)
    assert (case.state, case.assignee, case.division.slug) == (State.INBOX, colleague, "welfare")
    assert OutboundMessage.objects.count() == 0  # to her nothing changed


@pytest.mark.parametrize(
    ("division", "why"),
    [
        ("welfare", "อยู่ที่กอง/งานนี้แล้ว"),
        ("education", "ไม่มีผู้อ่าน"),
        ("executives", "ไม่มีผู้อ่าน"),
    ],
)
def test_it_is_handed_to_nobody_who_could_not_read_it(
    officer: Staff, division: str, why: str
) -> None:
    case = make_chat()
    make_executive()  # reads counts, and no chats
    with pytest.raises(MoveRefused, match=why):
        do(Move.HAND_OVER, case, officer, division=Division.objects.get(slug=division))


def test_a_restricted_case_goes_to_named_readers_alone() -> None:
    reader, other = make_welfare_officer(), make_welfare_officer()
    topic = Topic.objects.get(slug="health-privacy")
    topic.readers.add(reader)
    case = make_chat("health-privacy")
    assert list(visible_to(reader)) == [case]
    assert not visible_to(other).exists()
    with pytest.raises(MoveRefused, match="ไม่มีสิทธิ์อ่าน"):
        workflow.hand_over(case.pk, reader, case.version, colleague=other)
    make_engineer()
    with pytest.raises(MoveRefused, match="ไม่มีผู้อ่าน"):
        do(Move.HAND_OVER, case, reader)


def test_an_ordinary_case_can_be_made_restricted_and_is_gone_for_the_others(
    officer: Staff,
) -> None:
    reader = make_welfare_officer()
    topic = Topic.objects.get(slug="health-privacy")
    case = make_chat()
    with pytest.raises(MoveRefused, match="ยังไม่ได้ระบุผู้เข้าถึง"):
        workflow.set_topic(case.pk, officer, case.version, topic)
    topic.readers.add(reader)
    workflow.set_topic(case.pk, officer, case.version, topic)
    officer = Staff.objects.get(pk=officer.pk)
    assert not visible_to(officer).exists()
    assert visible_to(Staff.objects.get(pk=reader.pk)).exists()


def test_a_restricted_chat_is_opened_to_a_division_on_purpose_alone() -> None:
    reader, colleague = make_welfare_officer(), make_welfare_officer()
    Topic.objects.get(slug="health-privacy").readers.add(reader)
    case, everyday = make_chat("health-privacy"), Topic.objects.get(slug="welfare")
    with pytest.raises(MoveRefused, match="จำกัดผู้เข้าถึง"):
        workflow.set_topic(case.pk, reader, case.version, everyday)
    assert not visible_to(colleague).exists()
    workflow.set_topic(case.pk, reader, case.version, everyday, opens=True)
    assert visible_to(Staff.objects.get(pk=colleague.pk)).exists()


def test_two_open_cases_of_one_topic_are_refused(officer: Staff) -> None:
    done = make_chat(state=State.DONE)
    old = ChatCase.objects.filter(pk=done.pk)
    old.update(closed_at=timezone.now() - timedelta(days=90))
    again = make_chat(resident=done.resident)
    assert again.pk != done.pk
    with pytest.raises(MoveRefused, match="หัวข้อเดียวกัน"):
        workflow.back_to_inbox(done.pk, officer, done.version)
    tax = make_chat("tax", resident=done.resident)
    superuser = make_staff(is_superuser=True)
    with pytest.raises(MoveRefused, match="ยังไม่เสร็จอยู่แล้ว"):
        workflow.set_topic(tax.pk, superuser, tax.version, again.topic)


@pytest.mark.parametrize("days", [-1, 400])
def test_it_is_put_aside_until_a_day_to_come(officer: Staff, days: int) -> None:
    case = make_chat(state=State.WORKING, assignee=officer)
    with pytest.raises(MoveRefused, match="อนาคต"):
        do(Move.SNOOZE, case, officer, until=timezone.now() + timedelta(days=days))


def test_administrators_see_all_but_what_is_restricted() -> None:
    everyday, private = make_chat(), make_chat("slip")
    head = make_staff(is_superuser=True)
    assert list(visible_to(head)) == [everyday]
    clerk = make_staff(divisions=("finance",), role=roles.OFFICER)
    assert not visible_to(clerk).exists()
    private.topic.readers.add(clerk)
    assert list(visible_to(Staff.objects.get(pk=clerk.pk))) == [private]


def test_a_named_reader_of_another_division_sees_nothing_of_it() -> None:
    private, engineer = make_chat("slip"), make_engineer()
    private.topic.readers.add(engineer)
    assert not visible_to(engineer).exists()
    head = make_staff(is_superuser=True)
    private.topic.readers.add(head)
    assert not visible_to(head).exists()


def test_who_answers_after_a_silence_has_the_word_again(officer: Staff) -> None:
    case = make_chat(state=State.WORKING, assignee=officer, mode=Mode.AUTO)
    case = workflow.answer(case.pk, officer, [text_message("เรียนว่า")], dedupe_key="late")
    assert case.mode == Mode.MANUAL
    assert case.entries.filter(kind=ChatEntry.Kind.MODE, by=officer).exists()


def test_words_in_a_chat_that_only_its_mode_gave_to_people_are_new_to_them(officer: Staff) -> None:
    case = make_chat(state=State.ANSWERED, waiting_since=None)
    case = workflow.set_mode(case.pk, officer, case.version, Mode.MANUAL)
    with transaction.atomic():
        case = opening.heard(case, say(case.resident), "แล้วของพ่อล่ะ", needs_person=False)
    assert (case.state, case.waiting_since is not None) == (State.INBOX, True)


def test_what_is_closed_by_her_is_automatic_and_no_emergency_when_it_opens_again(
    officer: Staff,
) -> None:
    case = make_chat(state=State.ANSWERED, waiting_since=None, urgent=True)
    workflow.set_mode(case.pk, officer, case.version, Mode.MANUAL)
    with transaction.atomic():
        case = opening.resolved(case)
        assert (case.state, case.mode) == (State.DONE, Mode.AUTO)
        case = opening.heard(case, say(case.resident), "ขอถามอีกเรื่อง", needs_person=True)
    assert (case.state, case.urgent) == (State.INBOX, False)
