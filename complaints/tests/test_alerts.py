"""Who is told of a new complaint or request, and who is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from bannmae import testing
from bannmae.models import Division, Staff
from chatops.alerts import registry
from chatops.models import OutboundMessage, StaffLink
from chatops.tasks import tell_staff
from chatops.tests.chats import make_chat
from complaints import alerts, workflow
from complaints.models import Status
from complaints.tests.desk import order_of, restricted_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def start() -> datetime:
    """A moment before everything that the test does."""
    return timezone.now()


def told(staff: Staff, since: datetime) -> int:
    """How many cases he is told of that came since then."""
    him = Staff.objects.get(pk=staff.pk)
    return alerts.newest(him, since, timezone.now() + timedelta(seconds=1)).count


def test_a_new_case_is_told_to_its_division_and_to_who_takes_in_all(
    engineer: Staff, health_officer: Staff, legal_officer: Staff, start: datetime
) -> None:
    case = testing.make_complaint()
    assert told(engineer, start) == 1
    assert told(legal_officer, start) == 1
    assert told(health_officer, start) == 0
    news = alerts.newest(engineer, start, timezone.now() + timedelta(seconds=1))
    assert news.latest == case.timeline.get().at


def test_executives_and_outsiders_are_told_nothing(
    executive: Staff, outsider: Staff, start: datetime
) -> None:
    testing.make_complaint()
    assert told(executive, start) == 0
    assert told(outsider, start) == 0


def test_an_order_tells_the_division_that_it_goes_to_and_not_who_wrote_it(
    engineer: Staff, health_officer: Staff, legal_officer: Staff, start: datetime
) -> None:
    case = testing.make_complaint()
    before = timezone.now()
    order = order_of(case, division=Division.objects.get(slug="health"))
    workflow.move(case.pk, Status.ASSIGNED, by=legal_officer, version=1, order=order)
    assert told(health_officer, before) == 1
    assert told(engineer, start) == 0, "it went elsewhere"
    assert told(legal_officer, before) == 0


def test_nobody_is_told_of_what_he_ordered_for_his_own_division(legal_officer: Staff) -> None:
    colleague = testing.make_legal_officer()
    case = testing.make_complaint()
    before = timezone.now()
    order = order_of(case, division=Division.objects.get(slug="legal"))
    workflow.move(case.pk, Status.ASSIGNED, by=legal_officer, version=1, order=order)
    assert told(colleague, before) == 1
    assert told(legal_officer, before) == 0


def test_what_she_adds_and_what_she_reopens_is_new_again(
    engineer: Staff, legal_officer: Staff
) -> None:
    case = testing.make_complaint()
    workflow.mark_read(case)
    before = timezone.now()
    assert told(engineer, before) == 0
    workflow.add_information(case, "หลุมใหญ่ขึ้นแล้ว")
    assert told(engineer, before) == 1
    assert told(legal_officer, before) == 0, "it is the division's"


def test_what_a_colleague_has_opened_is_no_news(engineer: Staff, start: datetime) -> None:
    case = testing.make_complaint()
    workflow.mark_read(case)
    assert told(engineer, start) == 0


def test_a_restricted_case_is_told_to_its_readers_alone(
    engineer: Staff, health_officer: Staff, legal_officer: Staff, start: datetime
) -> None:
    administrator = testing.make_staff(is_superuser=True)
    restricted_case(health_officer)
    assert told(health_officer, start) == 1
    for other in (engineer, legal_officer, administrator):
        assert told(other, start) == 0


def test_nobody_is_told_of_a_case_about_himself(
    engineer: Staff, health_officer: Staff, start: datetime
) -> None:
    case = restricted_case(engineer, health_officer)
    case.accused.add(health_officer)
    assert told(engineer, start) == 1
    assert told(health_officer, start) == 0


def test_a_case_is_told_once_however_often_it_stirs(engineer: Staff, start: datetime) -> None:
    case = testing.make_complaint()
    workflow.add_information(case, "เพิ่มเติม")
    assert told(engineer, start) == 1
    assert told(engineer, timezone.now()) == 0


def test_cases_and_chats_stand_in_one_message_on_his_own_line(
    engineer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "SETTLES", timedelta(0))
    StaffLink.objects.create(
        staff=engineer,
        resident=testing.make_resident(),
        linked_at=timezone.now() - timedelta(minutes=1),
    )
    testing.make_complaint()
    make_chat("public-works")
    assert tell_staff() == 1
    message = OutboundMessage.objects.get(about=f"staff:{engineer.pk}")
    told_of = "มีเรื่องใหม่ของท่าน: แชต 1 · เรื่องร้องเรียน/คำขอ 1"
    assert message.messages[0]["altText"] == told_of
    assert "ถนนเป็นหลุม" not in str(message.messages)
    assert "สมศรี" not in str(message.messages)


def test_telling_takes_the_same_few_queries_however_many_there_are(
    engineer: Staff, start: datetime, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        testing.make_complaint()
    him = Staff.objects.get(pk=engineer.pk)
    with django_assert_max_num_queries(6):  # 2 of them his permissions, 2 his reach
        assert alerts.newest(him, start, timezone.now()).count == 8
