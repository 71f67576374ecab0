"""A resident writes while an officer moves her chat: neither undoes what the other did."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from bannmae.models import Staff
from chatops.cases import opening, workflow
from chatops.cases.workflow import Stale
from chatops.line.cards import text_message
from chatops.models import AutomaticAnswer, ChatCase, OutboundMessage
from chatops.tests.chats import make_chat, make_welfare_officer, say

State, Mode = ChatCase.State, ChatCase.Mode


@pytest.fixture
def officer(db: None) -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return make_welfare_officer()


def seen_before(case: ChatCase) -> ChatCase:
    """Return the case as a worker read it a moment ago."""
    return ChatCase.objects.select_related("resident__channel", "topic", "division").get(pk=case.pk)


def test_a_take_survives_words_that_were_being_handled(officer: Staff) -> None:
    case = make_chat(state=State.ANSWERED, waiting_since=None)
    stale = seen_before(case)
    taken = workflow.take(case.pk, officer, case.version)
    opening.heard(stale, say(case.resident), "แล้วของพ่อล่ะ", needs_person=True)
    case.refresh_from_db()
    assert (case.state, case.mode, case.assignee) == (State.WORKING, Mode.MANUAL, officer)
    assert case.version == taken.version
    assert case.waiting_since is not None


def test_words_after_an_answer_wait_though_the_answer_came_meanwhile(officer: Staff) -> None:
    case = make_chat(state=State.WORKING, assignee=officer)
    stale = seen_before(case)
    assert stale.waiting_since is not None
    workflow.answer(case.pk, officer, [text_message("เข้าแล้วครับ")], dedupe_key="a")
    opening.heard(stale, say(case.resident), "ยังไม่เข้าค่ะ", needs_person=False)
    case.refresh_from_db()
    assert case.waiting_since is not None


def test_a_case_closed_meanwhile_is_opened_again_and_not_left_done(officer: Staff) -> None:
    case = make_chat(state=State.INBOX)
    stale = seen_before(case)
    workflow.finish(case.pk, officer, case.version)
    opening.heard(stale, say(case.resident), "ยังไม่ได้ค่ะ", needs_person=True)
    case.refresh_from_db()
    assert (case.state, case.closed_at, case.reopened) == (State.INBOX, None, 1)


@pytest.mark.parametrize(
    "tap", [opening.asked_for_person, opening.choice_made, opening.answered_automatically]
)
def test_a_tap_leaves_what_an_officer_has_taken_in_his_hands(
    officer: Staff, tap: Callable[[ChatCase], ChatCase]
) -> None:
    case = make_chat(state=State.INBOX)
    AutomaticAnswer.objects.create(
        resident=case.resident, case=case, action="handoff", at=case.inbox_at
    )
    stale = seen_before(case)
    taken = workflow.take(case.pk, officer, case.version)
    tap(stale)
    case.refresh_from_db()
    assert (case.state, case.mode, case.assignee) == (State.WORKING, Mode.MANUAL, officer)
    assert case.version >= taken.version


def test_no_version_stands_for_two_states(officer: Staff) -> None:
    case = make_chat(state=State.INBOX)
    stale = seen_before(case)
    workflow.take(case.pk, officer, case.version)
    asked = opening.asked_for_person(stale)
    with pytest.raises(Stale):
        workflow.finish(case.pk, officer, asked.version - 1)
    assert asked.version == case.version + 2


def test_solved_closes_nothing_that_is_in_hand(officer: Staff) -> None:
    case = make_chat(state=State.ANSWERED)
    stale = seen_before(case)
    workflow.take(case.pk, officer, case.version)
    opening.resolved(stale)
    case.refresh_from_db()
    assert case.state == State.WORKING


@pytest.mark.django_db(transaction=True)
def test_officer_and_resident_at_once_lose_no_move() -> None:
    officer = make_welfare_officer()
    case = make_chat(state=State.INBOX)
    problems: list[BaseException] = []
    rounds = 15
    start = threading.Barrier(2)

    def run(act: Callable[[int], object]) -> None:
        try:
            start.wait()
            for turn in range(rounds):
                act(turn)
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    def ask(_turn: int) -> None:
        with transaction.atomic():
            opening.asked_for_person(seen_before(case))

    def answer(turn: int) -> None:
        workflow.answer(case.pk, officer, [text_message("ครับ")], dedupe_key=f"answer:{turn}")
        workflow.add_note(case.pk, officer, "โทรแล้ว")

    threads = [threading.Thread(target=run, args=(act,)) for act in (ask, answer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    before = case.version
    case.refresh_from_db()
    # The officer took it with his first answer; each of their doings counts one.
    assert case.version == before + 1 + 2 * rounds
    assert (case.state, case.mode, case.assignee) == (State.WORKING, Mode.MANUAL, officer)
    assert OutboundMessage.objects.filter(case=case).count() == rounds
