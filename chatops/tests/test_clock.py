"""A machine's clock that is set back puts nothing off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bannmae import testing
from chatops import outbox
from chatops.line.cards import text_message
from chatops.models import Channel, OutboundMessage, Resident, WebhookEvent
from chatops.outbox import claim, delivery
from chatops.simulator.testing import Simulator
from chatops.worker import work_off

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def somsri(line: Simulator) -> Resident:
    """สมศรี as LINE and the product both know her, with one message waiting."""
    resident = testing.make_resident("สมศรี ใจดี", line_user_id=line.resident())
    outbox.send(resident, [text_message("สวัสดี")], dedupe_key="clock")
    return resident


def arrived(line: Simulator, resident: Resident) -> bool:
    """Tell whether the message is on her phone after one look of a worker."""
    work_off()
    return bool(line.from_account(resident.line_user_id))


def test_what_was_to_be_tried_again_an_hour_ahead_is_due(line: Simulator, somsri: Resident) -> None:
    OutboundMessage.objects.update(due_at=timezone.now() + AN_HOUR, state="retrying")
    assert arrived(line, somsri)


def test_what_waits_for_its_next_try_waits(line: Simulator, somsri: Resident) -> None:
    OutboundMessage.objects.update(due_at=timezone.now() + timedelta(seconds=60), state="retrying")
    assert not arrived(line, somsri)


def test_an_event_taken_in_an_hour_ahead_is_handled(somsri: Resident) -> None:
    ahead = timezone.now() + AN_HOUR
    event = WebhookEvent.objects.create(
        event_id="E1",
        channel=somsri.channel,
        line_user_id=somsri.line_user_id,
        kind="unfollow",
        occurred_at=timezone.now(),
        received_at=ahead,
        body='{"type": "unfollow"}',
        due_at=ahead,
    )
    work_off()
    event.refresh_from_db()
    assert event.due_at is None


def test_a_lease_that_ends_in_an_hour_is_over(line: Simulator, somsri: Resident) -> None:
    assert claim.take(somsri.pk)
    assert not arrived(line, somsri)
    Resident.objects.update(claimed_until=timezone.now() + AN_HOUR)
    assert arrived(line, somsri)


def test_a_pause_that_ends_in_an_hour_is_over(line: Simulator, somsri: Resident) -> None:
    longest = delivery.PAUSE_AFTER_REFUSED_CREDENTIALS
    Channel.objects.update(paused_until=timezone.now() + longest)
    assert not arrived(line, somsri)
    Channel.objects.update(paused_until=timezone.now() + AN_HOUR)
    assert arrived(line, somsri)
