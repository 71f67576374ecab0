"""Who is told of a new chat, and who is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from bannmae import roles, testing
from bannmae.models import Division, Staff
from chatops.alerts import chats
from chatops.alerts.registry import OLDEST, News, news_for, sources, window
from chatops.cases import opening, workflow
from chatops.models import ChatCase, Topic
from chatops.tests.chats import make_chat, make_welfare_officer, say

pytestmark = pytest.mark.django_db
State = ChatCase.State


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return make_welfare_officer()


@pytest.fixture
def start() -> datetime:
    """A moment before everything that the test does."""
    return timezone.now()


def again(staff: Staff) -> Staff:
    """The officer as the next request knows him."""
    return Staff.objects.get(pk=staff.pk)


def told(staff: Staff, since: datetime) -> int:
    """How many chats he is told of that came since then."""
    return chats.newest(again(staff), since, timezone.now()).count


def test_a_new_chat_is_told_to_its_division_and_to_no_other(
    officer: Staff, engineer: Staff, start: datetime
) -> None:
    case = make_chat()
    assert told(officer, start) == 1
    assert told(engineer, start) == 0
    assert chats.newest(again(officer), start, timezone.now()) == News(1, case.inbox_at)


def test_who_belongs_to_a_division_is_told_of_its_units(start: datetime) -> None:
    unit = Division.objects.exclude(parent=None).filter(topics__restricted=False).first()
    assert unit is not None
    head = testing.make_staff(divisions=(unit.parent.slug,), role=roles.OFFICER)
    topic = Topic.objects.filter(division=unit, restricted=False).first()
    make_chat(topic.slug)
    assert told(head, start) == 1


def test_executives_and_outsiders_are_told_nothing(
    executive: Staff, outsider: Staff, start: datetime
) -> None:
    of_the_division = [
        testing.make_staff(divisions=("welfare",), role=roles.EXECUTIVE),
        testing.make_staff(divisions=("welfare",)),  # without a role
    ]
    make_chat()
    for one in (executive, outsider, *of_the_division):
        assert told(one, start) == 0


def test_a_restricted_topic_is_told_to_its_readers_of_that_division_alone(
    officer: Staff, engineer: Staff, start: datetime
) -> None:
    reader = make_welfare_officer()
    administrator = testing.make_staff(is_superuser=True)
    Topic.objects.get(slug="health-privacy").readers.set([reader, engineer])
    make_chat("health-privacy")
    assert told(reader, start) == 1
    for other in (officer, engineer, administrator):
        assert told(other, start) == 0


def test_what_the_automatic_reply_answered_is_no_news(officer: Staff, start: datetime) -> None:
    case = opening.open_case(testing.make_resident(), opening.topic_of("welfare"), timezone.now())
    opening.heard(case, say(case.resident), "…", needs_person=False)
    assert told(officer, start) == 0
    opening.asked_for_person(case)
    assert told(officer, start) == 1


def test_a_chat_is_told_once(officer: Staff, start: datetime) -> None:
    case = make_chat()
    assert told(officer, case.inbox_at) == 0
    assert chats.newest(again(officer), start, case.inbox_at).count == 1


def test_a_hand_over_is_told_to_who_gets_it_and_not_to_who_gave_it(
    officer: Staff, engineer: Staff, start: datetime
) -> None:
    colleague = make_welfare_officer()
    case = make_chat()
    before = timezone.now()
    workflow.hand_over(case.pk, officer, case.version, colleague=colleague)
    assert told(colleague, before) == 1
    assert told(make_welfare_officer(), before) == 0, "it is given to him by name"
    assert told(officer, before) == 0

    case.refresh_from_db()
    moved = timezone.now()
    workflow.hand_over(
        case.pk, colleague, case.version, division=Division.objects.get(slug="engineering")
    )
    assert told(engineer, moved) == 1
    assert told(colleague, start) == 0


def test_giving_back_is_told_to_the_others_of_the_division(officer: Staff, start: datetime) -> None:
    colleague = make_welfare_officer()
    case = make_chat(state="working", assignee=officer)
    workflow.give_back(case.pk, officer, case.version)
    assert told(colleague, start) == 1
    assert told(officer, start) == 0


def test_her_words_are_told_to_who_has_her_case(officer: Staff, start: datetime) -> None:
    colleague = make_welfare_officer()
    case = make_chat(state="working", assignee=officer)
    before = timezone.now()
    opening.heard(case, say(case.resident, "ได้เงินแล้วค่ะ"), "ได้เงินแล้วค่ะ", needs_person=False)
    assert told(officer, before) == 1
    assert told(colleague, before) == 0


def test_who_has_the_chat_open_is_not_told_of_what_he_reads(
    officer: Staff, start: datetime
) -> None:
    case = make_chat(state="working", assignee=officer)
    opening.heard(case, say(case.resident), "…", needs_person=False)
    workflow.mark_read(case.pk, officer)
    assert told(officer, start) == 0


def test_a_closed_account_is_told_nothing(officer: Staff) -> None:
    start = timezone.now() - timedelta(minutes=1)
    make_chat()
    assert len(news_for(again(officer), start, timezone.now())) == 1
    officer.is_active = False
    assert news_for(officer, start, timezone.now()) == []


def test_the_window_leaves_out_the_very_young_and_the_very_old() -> None:
    now = timezone.now()
    since, until = window(now - timedelta(days=300), now)
    assert since == now - OLDEST
    assert until == now - timedelta(seconds=2)


def test_telling_takes_the_same_few_queries_however_many_there_are(
    officer: Staff, start: datetime, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        make_chat()
    him = again(officer)
    with django_assert_max_num_queries(7):  # 2 of them his permissions, 2 his reach
        assert chats.newest(him, start, timezone.now()).count == 12
    with django_assert_max_num_queries(len(sources())):  # whether anything stirred
        assert news_for(him, timezone.now(), timezone.now() + timedelta(seconds=1)) == []
