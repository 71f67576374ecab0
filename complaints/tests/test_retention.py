"""The privacy notice's promise: national IDs go when a case has been over for long enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bannmae import testing
from bannmae.models import Municipality
from complaints import search, tasks
from complaints.models import Complaint

pytestmark = pytest.mark.django_db


def ended(days_ago: int) -> Complaint:
    """A case that was withdrawn so many days ago."""
    complaint = testing.make_complaint()
    Complaint.objects.filter(pk=complaint.pk).update(
        status="withdrawn", ended_at=timezone.now() - timedelta(days=days_ago)
    )
    return complaint


def test_ids_of_long_ended_cases_are_forgotten_and_no_others() -> None:
    old, young, still_open = ended(91), ended(89), testing.make_complaint()
    assert tasks.forget_national_ids() == 1
    for complaint, kept in ((old, ""), (young, testing.NATIONAL_ID)):
        complaint.refresh_from_db()
        assert complaint.national_id == kept
    still_open.refresh_from_db()
    assert still_open.national_id == testing.NATIONAL_ID
    found = search.find(Complaint.objects.all(), testing.NATIONAL_ID)
    assert old not in found
    assert young in found
    assert old.subject, "the case itself stays"


def test_the_office_says_after_how_many_days() -> None:
    profile = Municipality.get_solo()
    profile.national_id_days = 10
    profile.save()
    ended(11)
    assert tasks.forget_national_ids() == 1
    assert tasks.forget_national_ids() == 0


def test_ten_thousand_are_done_in_bounded_steps(
    monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    from complaints import retention

    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        ended(100)
    with django_assert_max_num_queries(8):
        assert tasks.forget_national_ids() == 5
