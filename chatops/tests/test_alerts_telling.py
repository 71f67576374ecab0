"""Messages on officers' own LINE: counts and a link, at most every few minutes, exactly once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from bannmae import testing
from bannmae.accounts import close_account
from bannmae.models import Staff
from chatops import tasks
from chatops.alerts import registry, telling
from chatops.cases import workflow
from chatops.models import ChatCase, ChatSettings, OutboundMessage, Resident, StaffLink, Topic
from chatops.tests.chats import make_chat, make_welfare_officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What just happened is looked at at once."""
    monkeypatch.setattr(registry, "SETTLES", timedelta(0))


def link(staff: Staff, **fields: object) -> StaffLink:
    """Give the officer a LINE of his own, linked a while ago."""
    fields.setdefault("linked_at", timezone.now() - timedelta(hours=1))
    return StaffLink.objects.create(
        staff=staff, resident=testing.make_resident("ชื่อในไลน์"), **fields
    )


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม whose LINE is linked."""
    staff = make_welfare_officer()
    link(staff)
    return staff


def told(staff: Staff) -> list[OutboundMessage]:
    """What stands in the outbox for his LINE."""
    return list(OutboundMessage.objects.filter(about=f"staff:{staff.pk}").order_by("id"))


def some_minutes_pass(minutes: int = 6) -> None:
    """Everything happened that much earlier."""
    past = timedelta(minutes=minutes)
    for one in StaffLink.objects.exclude(told_at=None):
        StaffLink.objects.filter(pk=one.pk).update(told_at=one.told_at - past)
    for case in ChatCase.objects.all():
        ChatCase.objects.filter(pk=case.pk).update(
            inbox_at=case.inbox_at - past, changed_at=case.changed_at - past
        )


def test_a_linked_officer_is_told_how_many_of_what_and_where(officer: Staff) -> None:
    make_chat(resident=testing.make_resident("สมศรี ใจดี"), text="ลูกป่วยค่ะ")
    make_chat()
    assert tasks.tell_staff() == 1
    (message,) = told(officer)
    assert message.resident == officer.line_link.resident
    assert message.can_wait
    assert message.messages[0]["altText"] == "มีเรื่องใหม่ของท่าน: แชต 2"
    card = json.dumps(message.messages, ensure_ascii=False)
    assert f'"uri": "{settings.PUBLIC_URL}/admin/"' in card
    for private in ("สมศรี", "ลูกป่วย", officer.first_name, officer.username):
        assert private not in card


def test_the_same_is_not_told_twice_and_the_next_waits_its_minutes(officer: Staff) -> None:
    make_chat()
    tasks.tell_staff()
    tasks.tell_staff()
    assert len(told(officer)) == 1

    make_chat()
    make_chat()
    tasks.tell_staff()
    assert len(told(officer)) == 1, "less than five minutes after the last"
    some_minutes_pass(ChatSettings.get_solo().staff_notice_minutes)
    tasks.tell_staff()
    assert [one.messages[0]["altText"][-1] for one in told(officer)] == ["1", "2"]
    some_minutes_pass()
    tasks.tell_staff()
    assert len(told(officer)) == 2


def test_the_minutes_between_are_the_office_s_to_set(officer: Staff) -> None:
    ChatSettings.objects.update_or_create(pk=1, defaults={"staff_notice_minutes": 30})
    make_chat()
    tasks.tell_staff()
    make_chat()
    some_minutes_pass(6)
    tasks.tell_staff()
    assert len(told(officer)) == 1
    some_minutes_pass(25)
    tasks.tell_staff()
    assert len(told(officer)) == 2


def test_what_was_there_before_he_linked_is_not_told(officer: Staff) -> None:
    make_chat()
    StaffLink.objects.update(linked_at=timezone.now())
    assert tasks.tell_staff() == 0


def test_a_hand_over_by_name_is_told(officer: Staff) -> None:
    giver = make_welfare_officer()
    case = make_chat("welfare")
    tasks.tell_staff()
    some_minutes_pass()
    case.refresh_from_db()
    workflow.hand_over(case.pk, giver, case.version, colleague=officer)
    tasks.tell_staff()
    assert len(told(officer)) == 2


def test_others_are_told_nothing() -> None:
    reader = make_welfare_officer()
    colleague, executive = make_welfare_officer(), testing.make_executive()
    stranger, unlinked = testing.make_engineer(), make_welfare_officer()
    for one in (reader, colleague, executive, stranger):
        link(one)
    Topic.objects.get(slug="health-privacy").readers.set([reader])
    make_chat("health-privacy")
    assert tasks.tell_staff() == 1
    assert len(told(reader)) == 1
    for other in (colleague, executive, stranger, unlinked):
        assert told(other) == []


def test_a_closed_account_is_never_told(officer: Staff, legal_officer: Staff) -> None:
    other = make_welfare_officer()
    link(other)
    make_chat()
    close_account(officer, legal_officer)
    Staff.objects.filter(pk=other.pk).update(is_active=False)  # past the door that unlinks
    assert tasks.tell_staff() == 0


def test_who_blocks_the_account_is_told_once_he_unblocks_it(officer: Staff) -> None:
    his = Resident.objects.filter(staff_link__staff=officer)
    his.update(blocked_at=timezone.now())
    make_chat()
    assert tasks.tell_staff() == 0
    his.update(blocked_at=None)
    assert tasks.tell_staff() == 1


def test_who_long_had_nothing_is_looked_after_from_a_later_moment(
    officer: Staff, engineer: Staff
) -> None:
    month = timezone.now() - timedelta(days=30)
    StaffLink.objects.update(linked_at=month)
    make_chat("public-works")  # another division's
    assert tasks.tell_staff() == 0
    moved = StaffLink.objects.get(staff=officer).told_at
    assert moved is not None
    assert timezone.now() - moved < timedelta(hours=7)
    # And that was no telling: what comes now need not wait.
    make_chat()
    assert tasks.tell_staff() == 1


def test_nothing_new_anywhere_costs_two_queries_and_the_settings(
    django_assert_max_num_queries: object,
) -> None:
    for _ in range(3):
        link(make_welfare_officer(), linked_at=timezone.now())
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert tasks.tell_staff() == 0


def test_a_worker_that_comes_second_writes_nothing(
    officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_chat()
    asked = telling.news_for
    nested = iter([True])

    def meanwhile(*arguments: object) -> object:
        news = asked(*arguments)  # type: ignore[arg-type]
        if next(nested, False):
            assert tasks.tell_staff() == 1  # the other worker, between our look and our word
        return news

    monkeypatch.setattr(telling, "news_for", meanwhile)
    assert tasks.tell_staff() == 0
    assert len(told(officer)) == 1


def test_who_unlinks_meanwhile_is_not_told(officer: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    from chatops.alerts.linking import unlink

    make_chat()
    asked = telling.news_for

    def meanwhile(*arguments: object) -> object:
        news = asked(*arguments)  # type: ignore[arg-type]
        unlink(officer)
        return news

    monkeypatch.setattr(telling, "news_for", meanwhile)
    assert tasks.tell_staff() == 0
    assert told(officer) == []


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_each_officer_once() -> None:
    officers = [make_welfare_officer() for _ in range(4)]
    for one in officers:
        link(one)
    make_chat()
    begin = threading.Barrier(4)
    counts: list[int] = []

    def work() -> None:
        with _own_connection():
            begin.wait(20)
            counts.append(tasks.tell_staff())

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert len(counts) == 4
    assert sum(counts) == 4
    assert [len(told(one)) for one in officers] == [1, 1, 1, 1]


@contextmanager
def _own_connection() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()
