"""The month's quota: looked at, kept in reserve for what cannot wait, never hammered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from bannmae import testing
from chatops import tasks
from chatops.models import Channel, ChatSettings, OutboundMessage, QuotaDay, Resident
from chatops.outbox import quota
from chatops.simulator.testing import BOONMEE, Simulator
from chatops.tests.test_delivery import queue, texts, try_now, with_token
from chatops.worker import work_off

State = OutboundMessage.State
pytestmark = pytest.mark.django_db
PUSH = "/v2/bot/message/push"


@pytest.fixture
def somsri(line: Simulator) -> Resident:
    """สมศรี as LINE and the product both know her."""
    return testing.make_resident("สมศรี ใจดี", line_user_id=line.resident())


@pytest.fixture
def boonmee(line: Simulator) -> Resident:
    """Another resident."""
    return testing.make_resident("บุญมี", line_user_id=line.resident(BOONMEE))


def reserve(count: int) -> None:
    """Keep so many messages for what cannot wait."""
    chosen = ChatSettings.get_solo()
    chosen.quota_reserve = count
    chosen.save()


def pushes(line: Simulator) -> int:
    """How often LINE was asked to push."""
    return sum(row["path"] == PUSH for row in line.requests())


# -- looking ----------------------------------------------------------------------------------


def test_each_look_is_kept_with_its_day(line: Simulator, somsri: Resident) -> None:
    line.settings(quota=300)
    try_now(queue(somsri))
    tasks.watch_channels()
    channel = Channel.main()
    assert (channel.quota_limit, channel.quota_used) == (300, 1)
    assert channel.quota_seen_at is not None
    day = QuotaDay.objects.get()
    assert (day.channel, day.used, day.limit) == (channel, 1, 300)
    try_now(queue(somsri))
    tasks.watch_channels()
    assert QuotaDay.objects.get().used == 2


def test_between_two_looks_our_own_pushes_are_counted(line: Simulator, somsri: Resident) -> None:
    tasks.watch_channels()
    try_now(queue(somsri))
    assert Channel.main().quota_used == 1
    somsri.blocked_at = timezone.now()
    somsri.save()
    try_now(queue(somsri, "ถึงผู้ที่บล็อก"))
    assert Channel.main().quota_used == 1


def test_an_unlimited_quota_is_never_short(line: Simulator, somsri: Resident) -> None:
    line.settings(quota=None)
    tasks.watch_channels()
    assert quota.left(Channel.main(), timezone.now()) is None
    assert try_now(queue(somsri, can_wait=True)).state == State.SENT


def test_an_account_without_a_token_is_not_asked(line: Simulator, settings: Any) -> None:
    settings.LINE_CHANNEL_ACCESS_TOKEN = ""
    before = line.last_request()
    tasks.watch_channels()
    assert line.last_request() == before


def test_an_account_that_does_not_answer_keeps_no_other_waiting(
    line: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    other = Channel.objects.create(slug="a", name="ก", access_token="revoked")
    tasks.watch_channels()
    other.refresh_from_db()
    assert other.quota_seen_at is None
    assert Channel.main().quota_seen_at is not None


def test_what_was_seen_last_month_says_nothing_of_this_one(db: None) -> None:
    channel = Channel(quota_limit=300, quota_used=300)
    channel.quota_seen_at = datetime(2026, 10, 31, 16, 59, tzinfo=UTC)  # 23:59 in Thailand
    assert quota.left(channel, datetime(2026, 10, 31, 16, 59, 30, tzinfo=UTC)) == 0
    assert quota.left(channel, datetime(2026, 10, 31, 17, 1, tzinfo=UTC)) is None


class Told:
    """A client that tells the numbers given."""

    def __init__(self, limit: int, used: int) -> None:
        self._quota = quota.Quota(limit, used)

    def quota(self) -> quota.Quota:
        return self._quota


def test_a_count_that_began_anew_does_not_wipe_out_the_months_last_day(db: None) -> None:
    channel = Channel.main()
    quota.look(channel, Told(300, 280), datetime(2026, 10, 31, 5, tzinfo=UTC))
    quota.look(channel, Told(300, 2), datetime(2026, 10, 31, 16, tzinfo=UTC))
    assert QuotaDay.objects.get(day=date(2026, 10, 31)).used == 280
    # On the first day the old count may still be told for an hour or two.
    quota.look(channel, Told(300, 290), datetime(2026, 10, 31, 17, 30, tzinfo=UTC))
    quota.look(channel, Told(300, 3), datetime(2026, 11, 1, 5, tzinfo=UTC))
    assert QuotaDay.objects.get(day=date(2026, 11, 1)).used == 3


# -- near the limit ----------------------------------------------------------------------------


def test_near_the_limit_what_can_wait_is_held_and_what_cannot_goes(
    line: Simulator, somsri: Resident
) -> None:
    line.settings(quota=20)
    reserve(20)
    tasks.watch_channels()
    calls = line.last_request()
    assert try_now(queue(somsri, "รอได้", can_wait=True)).state == State.HELD
    assert line.last_request() == calls  # LINE was not even asked
    assert try_now(queue(somsri, "ด่วน")).state == State.SENT
    assert texts(line, somsri) == ["ด่วน"]


def test_the_reserve_is_reached_by_our_own_pushes_between_two_looks(
    line: Simulator, somsri: Resident
) -> None:
    line.settings(quota=5)
    reserve(3)
    tasks.watch_channels()
    states = [try_now(queue(somsri, f"{number}", can_wait=True)).state for number in range(4)]
    assert states == [State.SENT, State.SENT, State.HELD, State.HELD]


def test_what_is_held_near_the_limit_rides_free_with_her_next_tap(
    line: Simulator, somsri: Resident
) -> None:
    line.settings(quota=20)
    reserve(20)
    tasks.watch_channels()
    held = try_now(queue(somsri, "ข่าว", can_wait=True))
    assert held.state == State.HELD
    answer = try_now(with_token(line, queue(somsri, "คำตอบ")))
    held.refresh_from_db()
    assert (held.state, held.sent_via, answer.state) == (State.SENT, "reply", State.SENT)
    assert texts(line, somsri) == ["ข่าว", "คำตอบ"]
    assert pushes(line) == 0


def test_looking_again_lets_nothing_out_while_it_is_short(
    line: Simulator, somsri: Resident
) -> None:
    line.settings(quota=20)
    reserve(20)
    tasks.watch_channels()
    held = try_now(queue(somsri, can_wait=True))
    tasks.watch_channels()
    assert try_now(held).state == State.HELD
    line.settings(quota=500)  # a larger plan
    tasks.watch_channels()
    assert try_now(held).state == State.SENT


# -- spent -------------------------------------------------------------------------------------


def test_a_spent_quota_is_asked_once_for_each_urgent_message_and_for_nothing_else(
    line: Simulator, somsri: Resident, boonmee: Resident
) -> None:
    line.faults(quota_spent=True)
    tasks.watch_channels()
    for number in range(3):
        queue(somsri, f"รอได้ {number}", can_wait=True)
        queue(boonmee, f"ด่วน {number}")
    work_off()
    for _ in range(5):
        tasks.watch_channels()
        work_off()
    assert pushes(line) == 3
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {State.HELD}


def test_while_line_says_both_one_message_alone_tries(
    line: Simulator, somsri: Resident, boonmee: Resident
) -> None:
    """LINE's count is approximate: it may refuse a push and yet tell that some is left."""
    tasks.watch_channels()
    for number in range(5):
        queue(somsri, f"หนึ่ง {number}")
        queue(boonmee, f"สอง {number}", can_wait=True)
    OutboundMessage.objects.update(state=State.HELD)
    Channel.objects.update(quota_spent_at=timezone.now())
    line.faults(quota_spent=True)
    line.settings(quota=1000)

    def told(_self: object) -> quota.Quota:
        return quota.Quota(1000, 990)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chatops.line.client.LineClient.quota", told)
        for looks in range(1, 4):
            tasks.watch_channels()
            work_off()
            assert pushes(line) == looks
    line.faults(quota_spent=False)
    for _ in range(3):
        tasks.watch_channels()
        work_off()
    assert len(texts(line, somsri)) == len(texts(line, boonmee)) == 5


def test_no_more_urgent_ones_are_let_go_than_line_still_takes(
    line: Simulator, somsri: Resident
) -> None:
    reserve(0)
    line.settings(quota=2)
    for number in range(5):
        queue(somsri, f"{number}")
    OutboundMessage.objects.update(state=State.HELD)
    tasks.watch_channels()
    work_off()
    assert texts(line, somsri) == ["0", "1"]
    assert pushes(line) == 2
    tasks.watch_channels()
    work_off()
    assert pushes(line) == 2


# -- the forecast ------------------------------------------------------------------------------

NOON_16TH = datetime(2026, 11, 16, 5, tzinfo=UTC)  # 12:00 in Thailand: 15.5 days have passed


def seen(used: int, now: datetime, limit: int = 300, **days: int) -> Channel:
    """The main channel as seen at `now`, with its days before (`d08=90`)."""
    channel = Channel.main()
    channel.quota_limit, channel.quota_used, channel.quota_seen_at = limit, used, now
    channel.save()
    for name, used_by_then in days.items():
        day = date(2026, 11, int(name[1:]))
        QuotaDay.objects.create(channel=channel, day=day, used=used_by_then, limit=limit)
    return channel


def test_the_forecast_follows_the_last_seven_days() -> None:
    found = quota.forecast(seen(165, NOON_16TH, d07=80, d08=90, d09=95, d15=160), NOON_16TH)
    assert found is not None
    assert (found.days, found.counted, found.remaining) == (7.5, 75, 14.5)
    assert found.total == 165 + 145
    assert found.exceeds
    assert found.runs_out == date(2026, 11, 30)
    assert not found.is_rough


def test_without_days_the_month_so_far_is_all_there_is() -> None:
    found = quota.forecast(seen(155, NOON_16TH), NOON_16TH)
    assert found is not None
    assert (found.days, found.counted) == (15.5, 155)
    assert found.total == 300
    assert not found.exceeds
    assert found.runs_out is None


def test_of_few_days_the_forecast_says_so_itself() -> None:
    second = datetime(2026, 11, 2, 5, tzinfo=UTC)
    found = quota.forecast(seen(30, second), second)
    assert found is not None
    assert found.is_rough
    assert found.total == 30 + 570


def test_one_message_on_the_first_morning_is_no_alarm() -> None:
    morning = datetime(2026, 10, 31, 17, 5, tzinfo=UTC)  # 00:05 on 1 November
    found = quota.forecast(seen(1, morning), morning)
    assert found is not None
    assert found.total <= 61


def test_a_spent_quota_has_run_out_today() -> None:
    found = quota.forecast(seen(300, NOON_16TH), NOON_16TH)
    assert found is not None
    assert found.runs_out == date(2026, 11, 16)


def test_of_an_unlimited_or_unseen_quota_there_is_no_forecast() -> None:
    channel = seen(10, NOON_16TH)
    assert quota.forecast(channel, NOON_16TH + timedelta(days=30)) is None
    channel.quota_limit = None
    assert quota.forecast(channel, NOON_16TH) is None


@pytest.mark.parametrize(
    ("used", "limit", "shown"), [(0, 300, 0), (299, 300, 99), (300, 300, 100), (400, 300, 100)]
)
def test_the_bar_is_full_only_when_nothing_is_left(used: int, limit: int, shown: int) -> None:
    assert quota.percent(used, limit) == shown
