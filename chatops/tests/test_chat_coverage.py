"""A chat that nobody would see is told of before it is written."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bannmae import roles
from bannmae.models import Division, Staff
from bannmae.testing import make_staff
from chatops.cases.access import readers_of
from chatops.cases.coverage import unread_topics
from chatops.models import ChatCase, Topic
from chatops.tests.chats import make_chat, make_welfare_officer

pytestmark = pytest.mark.django_db
MAY_SET_UP = "ยังไม่มีเจ้าหน้าที่ของกอง/งานที่อ่านแชต"


def named(words: list[str], topic: Topic) -> bool:
    return any(one.startswith(f"{topic.name} (") for one in words)


def test_a_topic_is_read_by_its_divisions_officers_and_a_restricted_one_by_name() -> None:
    welfare, restricted = (Topic.objects.get(slug=slug) for slug in ("welfare", "health-privacy"))
    assert named(unread_topics(), welfare)
    officer = make_welfare_officer()
    assert not named(unread_topics(), welfare)
    assert named(unread_topics(), restricted)
    restricted.readers.add(officer)
    assert not named(unread_topics(), restricted)
    Staff.objects.filter(pk=officer.pk).update(is_active=False)
    assert named(unread_topics(), welfare)
    assert named(unread_topics(), restricted)


def test_it_says_the_same_as_who_may_read() -> None:
    officer = make_welfare_officer()
    make_staff(divisions=("finance",), role=roles.OFFICER)
    make_staff(divisions=("engineering",), role="")
    Topic.objects.get(slug="slip").readers.add(officer)
    words = unread_topics()
    for topic in Topic.objects.select_related("division"):
        assert named(words, topic) is not bool(readers_of(topic.division, topic)), topic.slug


def test_a_case_that_stayed_where_nobody_is_any_more_is_told_of() -> None:
    make_welfare_officer()
    case = make_chat("welfare")
    before = unread_topics()
    ChatCase.objects.filter(pk=case.pk).update(division=Division.objects.get(slug="engineering"))
    assert len(unread_topics()) == len(before) + 1


def test_its_cost_does_not_grow_with_people_and_chats() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            unread_topics()
        return len(asked)

    make_welfare_officer()
    make_chat()
    few = cost()
    for _ in range(3):
        make_welfare_officer()
        make_chat()
    assert cost() == few <= 7


def test_who_sets_the_desk_up_is_told_and_nobody_else(client: Client) -> None:
    for role, told in ((roles.ADMINISTRATOR, True), (roles.OFFICER, False)):
        cache.clear()
        client.force_login(make_staff(divisions=("welfare",), role=role))
        page = client.get("/admin/", follow=True).content.decode()
        assert (MAY_SET_UP in page) is told
