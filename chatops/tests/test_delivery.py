"""What each of LINE's answers does to a message: nothing lost, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bannmae import testing
from chatops import outbox, tasks, worker
from chatops.line import client
from chatops.line.cards import text_message
from chatops.models import Channel, OutboundMessage, Resident, WebhookEvent
from chatops.outbox import claim, delivery
from chatops.simulator.testing import Simulator
from chatops.worker import serve, work_off

State = OutboundMessage.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def somsri(line: Simulator) -> Resident:
    """สมศรี as LINE and the product both know her."""
    return testing.make_resident("สมศรี ใจดี", line_user_id=line.resident())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that LINE never answers are given up soon, so that no test waits."""
    monkeypatch.setattr(client, "TIMEOUT", (0.5, 0.3))


def queue(resident: Resident, text: str = "สวัสดี", **changes: Any) -> OutboundMessage:
    """Put one text into the outbox."""
    key = f"test:{text}:{OutboundMessage.objects.count()}"
    outbox.send(resident, [text_message(text)], dedupe_key=key, about="test")
    OutboundMessage.objects.filter(dedupe_key=key).update(**changes)
    return OutboundMessage.objects.get(dedupe_key=key)


def try_now(message: OutboundMessage) -> OutboundMessage:
    """Have everything due now served, and return the message as it stands then."""
    OutboundMessage.objects.filter(state__in=OutboundMessage.WAITING).update(due_at=timezone.now())
    work_off()
    message.refresh_from_db()
    return message


def texts(line: Simulator, resident: Resident) -> list[str]:
    """What stands in her chat from us."""
    return [message["text"] for message in line.from_account(resident.line_user_id)]


def reply_token(line: Simulator, resident: Resident) -> str:
    """A real token of a message that she just wrote."""
    line.faults(webhook_off=True)
    event_id = line.text(resident.line_user_id, "ถาม")["event_id"]
    for row in line.deliveries():
        if row["event_id"] == event_id:
            return str(row["event"]["replyToken"])
    raise AssertionError("no such event")


def with_token(line: Simulator, message: OutboundMessage) -> OutboundMessage:
    """Make the queued message an answer with a fresh reply token."""
    message.can_wait = True
    message.reply_token = reply_token(line, message.resident)
    message.reply_token_expires_at = timezone.now() + timedelta(seconds=50)
    message.save()
    return message


def test_a_message_is_pushed_once_with_its_stored_key(line: Simulator, somsri: Resident) -> None:
    message = try_now(queue(somsri))
    assert (message.state, message.sent_via) == (State.SENT, "push")
    assert message.line_message_ids
    assert message.line_request_id
    assert texts(line, somsri) == ["สวัสดี"]
    assert line.requests()[-1]["retry_key"] == str(message.retry_key)
    work_off()
    assert texts(line, somsri) == ["สวัสดี"]


def test_a_fresh_reply_token_is_used_first_and_is_free(line: Simulator, somsri: Resident) -> None:
    message = try_now(with_token(line, queue(somsri)))
    assert (message.state, message.sent_via) == (State.SENT, "reply")
    assert texts(line, somsri) == ["สวัสดี"]


def test_a_used_token_means_push(line: Simulator, somsri: Resident) -> None:
    message = with_token(line, queue(somsri))
    body = {"replyToken": message.reply_token, "messages": [text_message("ก่อน")]}
    assert line.api("POST", "/v2/bot/message/reply", body).status == 200
    message = try_now(message)
    assert (message.state, message.sent_via) == (State.SENT, "push")
    assert texts(line, somsri) == ["ก่อน", "สวัสดี"]


def test_an_old_token_is_not_even_tried(line: Simulator, somsri: Resident) -> None:
    message = with_token(line, queue(somsri))
    message.reply_token_expires_at = timezone.now() - timedelta(seconds=1)
    message.save()
    assert try_now(message).sent_via == "push"
    assert not [row for row in line.requests() if row["path"].endswith("/reply")]


def test_a_reply_whose_answer_got_lost_is_neither_lost_nor_doubled(
    line: Simulator, somsri: Resident, impatient: None
) -> None:
    message = with_token(line, queue(somsri))
    line.faults(timeout_after_accept=1)
    message = try_now(message)
    assert (message.state, message.reply_unclear) == (State.RETRYING, True)
    message = try_now(message)
    assert (message.state, message.sent_via) == (State.SENT, "reply")
    assert texts(line, somsri) == ["สวัสดี"]


def test_a_refused_token_proves_nothing_where_two_messages_have_it(
    line: Simulator, somsri: Resident
) -> None:
    first = with_token(line, queue(somsri, "ก่อน"))
    second = queue(somsri, "หลัง")
    OutboundMessage.objects.filter(pk=second.pk).update(
        reply_token=first.reply_token, reply_token_expires_at=first.reply_token_expires_at
    )
    # A worker was killed before LINE had the second one; then the first one took the token.
    OutboundMessage.objects.filter(pk=second.pk).update(
        state=State.SENDING, attempts=1, reply_unclear=True
    )
    try_now(first)
    second.refresh_from_db()
    assert (second.state, second.sent_via) == (State.SENT, "push")
    assert texts(line, somsri) == ["ก่อน", "หลัง"]


def test_a_reply_that_line_never_took_goes_out_on_the_second_try(
    line: Simulator, somsri: Resident
) -> None:
    message = with_token(line, queue(somsri))
    line.faults(server_error=1)
    assert try_now(message).state == State.RETRYING
    message = try_now(message)
    assert (message.state, message.sent_via) == (State.SENT, "reply")
    assert texts(line, somsri) == ["สวัสดี"]


def test_a_push_whose_answer_got_lost_is_not_sent_twice(
    line: Simulator, somsri: Resident, impatient: None
) -> None:
    line.faults(timeout_after_accept=1)
    message = try_now(queue(somsri))
    assert message.state == State.RETRYING
    key = message.retry_key
    message = try_now(message)
    assert (message.state, message.retry_key) == (State.SENT, key)
    assert message.line_message_ids
    assert texts(line, somsri) == ["สวัสดี"]


@pytest.mark.parametrize("fault", ["rate_limit", "server_error", "connection_drop"])
def test_what_may_pass_is_tried_again_with_back_off(
    line: Simulator, somsri: Resident, fault: str
) -> None:
    line.faults(**{fault: 2})
    message = queue(somsri)
    for attempt in (1, 2):
        before = timezone.now()
        message = try_now(message)
        assert (message.state, message.attempts) == (State.RETRYING, attempt)
        assert message.due_at > before
        assert message.last_error
    assert try_now(message).state == State.SENT
    assert texts(line, somsri) == ["สวัสดี"]


def test_back_off_doubles_from_one_second_to_sixty() -> None:
    for attempts, middle in [(1, 1), (2, 2), (5, 16), (7, 60), (400, 60)]:
        waits = [delivery.backoff(attempts).total_seconds() for _ in range(50)]
        assert 0.8 * middle <= min(waits) <= max(waits) <= 1.2 * middle
        assert len(set(waits)) > 1, "without jitter all would come back at once"


def test_a_younger_message_never_overtakes(line: Simulator, somsri: Resident) -> None:
    first, second = queue(somsri, "หนึ่ง"), queue(somsri, "สอง")
    line.faults(rate_limit=1)
    work_off()
    assert texts(line, somsri) == []
    first.refresh_from_db()
    assert first.state == State.RETRYING
    try_now(second)
    assert texts(line, somsri) == ["หนึ่ง", "สอง"]


def test_one_residents_trouble_is_not_anothers(line: Simulator, somsri: Resident) -> None:
    stranger = testing.make_resident("คนอื่น")  # LINE does not know this user id
    lost = queue(stranger)
    message = try_now(queue(somsri))
    lost.refresh_from_db()
    assert lost.state == State.DEAD
    assert "Failed to send messages" in lost.last_error
    assert message.state == State.SENT


def test_what_line_refuses_for_good_is_dead_with_its_reason_until_sent_again(
    line: Simulator, somsri: Resident, engineer: Any
) -> None:
    message = queue(somsri, messages=[{"type": "text", "text": ""}])
    message = try_now(message)
    assert message.state == State.DEAD
    assert "messages[0].text" in message.last_error
    OutboundMessage.objects.filter(pk=message.pk).update(messages=[text_message("แก้แล้ว")])
    key = message.retry_key
    assert outbox.send_again(message, engineer)
    message = try_now(message)
    assert (message.state, message.resent_by) == (State.SENT, engineer)
    assert message.retry_key != key, "a new message to LINE: the old key answers for the old body"
    assert not outbox.send_again(message, engineer), "nothing to send again any more"


@pytest.mark.parametrize("fault", ["unauthorized", "forbidden"])
def test_refused_credentials_pause_the_channel_and_tell_staff(
    line: Simulator, somsri: Resident, fault: str
) -> None:
    line.faults(**{fault: 1})
    message = try_now(queue(somsri))
    channel = Channel.main()
    assert message.state == State.RETRYING
    assert channel.trouble
    assert delivery.is_paused(channel, timezone.now())
    before = line.last_request()
    try_now(message)
    assert line.last_request() == before, "a paused channel makes no calls"
    Channel.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
    assert try_now(message).state == State.SENT
    assert Channel.main().trouble == ""


def test_many_silences_in_a_row_pause_the_channel(line: Simulator, somsri: Resident) -> None:
    line.faults(server_error=delivery.TIMEOUTS_BEFORE_PAUSE)
    message = queue(somsri)
    for _ in range(delivery.TIMEOUTS_BEFORE_PAUSE):
        assert not delivery.is_paused(Channel.main(), timezone.now())
        try_now(message)
    assert delivery.is_paused(Channel.main(), timezone.now())
    Channel.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
    assert try_now(message).state == State.SENT
    assert texts(line, somsri) == ["สวัสดี"]


def test_a_spent_quota_holds_and_is_not_hammered(line: Simulator, somsri: Resident) -> None:
    line.faults(quota_spent=True)
    first = try_now(queue(somsri, "หนึ่ง"))
    assert first.state == State.HELD
    calls = line.last_request()
    second = try_now(queue(somsri, "สอง", can_wait=True))
    assert second.state == State.HELD
    assert line.last_request() == calls
    tasks.watch_channels()
    first.refresh_from_db()
    assert first.state == State.HELD
    line.faults(quota_spent=False)
    tasks.watch_channels()
    work_off()
    assert texts(line, somsri) == ["หนึ่ง"]
    tasks.watch_channels()
    work_off()
    assert texts(line, somsri) == ["หนึ่ง", "สอง"]
    assert Channel.main().quota_spent_at is None


def test_what_cannot_wait_is_tried_although_the_quota_seems_spent(
    line: Simulator, somsri: Resident
) -> None:
    Channel.objects.update(quota_spent_at=timezone.now())
    assert try_now(queue(somsri, "รอได้", can_wait=True)).state == State.HELD
    assert try_now(queue(somsri, "ขอข้อมูลเพิ่มเติม")).state == State.SENT
    assert texts(line, somsri) == ["ขอข้อมูลเพิ่มเติม"]


def late_answer(resident: Resident, number: int, **changes: Any) -> OutboundMessage:
    """An automatic answer whose reply token is over."""
    key = f"event:{number}"
    outbox.send(resident, [text_message(f"คำตอบ {number}")], dedupe_key=key, can_wait=True)
    OutboundMessage.objects.filter(dedupe_key=key).update(**changes)
    return OutboundMessage.objects.get(dedupe_key=key)


@pytest.mark.parametrize("can_wait", [True, False])
def test_who_writes_faster_than_she_is_answered_spends_little_of_the_quota(
    line: Simulator, somsri: Resident, can_wait: bool
) -> None:
    answers = [late_answer(somsri, number, can_wait=can_wait) for number in range(8)]
    other = late_answer(
        testing.make_resident("บุญมี แก้วคำ", line_user_id=line.resident("บุญมี แก้วคำ")), 100
    )
    notice = queue(somsri, "ผลการดำเนินงาน")
    work_off()
    states = [OutboundMessage.objects.get(pk=one.pk).state for one in (*answers, other, notice)]
    assert states == [*[State.SENT] * 5, *[State.HELD] * 3, State.SENT, State.SENT]
    assert delivery.release_held(somsri.channel) == 0  # it waits for no quota
    # What is held rides on her next free reply; what nobody asked for any more is let go.
    old = late_answer(somsri, 9, created_at=timezone.now() - timedelta(hours=25))
    assert try_now(old).state == State.CANCELLED


def test_who_writes_without_end_is_answered_meanwhile(
    line: Simulator, somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ANSWER_AFTER", -1.0)
    seen: list[int] = []
    waiting = OutboundMessage.objects.filter(is_waiting=True)
    handle = worker.handling.handle

    def watched(event: WebhookEvent, *rest: Any) -> None:
        seen.append(waiting.count())
        handle(event, *rest)

    monkeypatch.setattr(worker.handling, "handle", watched)
    for number in range(3):
        row = {"type": "follow", "replyToken": "", "source": {"userId": somsri.line_user_id}}
        WebhookEvent.objects.create(
            event_id=f"e{number}",
            channel=somsri.channel,
            line_user_id=somsri.line_user_id,
            kind="follow",
            occurred_at=timezone.now(),
            received_at=timezone.now(),
            due_at=timezone.now(),
            body=json.dumps(row),
        )
    serve(somsri.pk)
    assert seen == [0, 0, 0]
    assert len(line.from_account(somsri.line_user_id)) == 3


def test_a_held_notice_rides_free_on_her_next_reply(line: Simulator, somsri: Resident) -> None:
    line.faults(quota_spent=True)
    held = try_now(queue(somsri, "พักไว้"))
    message = try_now(with_token(line, queue(somsri, "คำตอบ")))
    held.refresh_from_db()
    assert (message.state, held.state) == (State.SENT, State.SENT)
    assert (message.sent_via, held.sent_via) == ("reply", "reply")
    assert texts(line, somsri) == ["พักไว้", "คำตอบ"]


def test_a_rider_whose_reply_got_lost_is_neither_lost_nor_doubled(
    line: Simulator, somsri: Resident, impatient: None
) -> None:
    line.faults(quota_spent=True)
    held = try_now(queue(somsri, "พักไว้"))
    line.faults(timeout_after_accept=1)
    message = try_now(with_token(line, queue(somsri, "คำตอบ")))
    assert message.state == State.RETRYING
    try_now(message)
    held.refresh_from_db()
    assert held.state == State.SENT
    assert texts(line, somsri) == ["พักไว้", "คำตอบ"]


def test_a_bad_rider_never_delays_the_reply(line: Simulator, somsri: Resident) -> None:
    held = queue(somsri, "x", messages=[{"type": "text", "text": ""}], state=State.HELD)
    message = try_now(with_token(line, queue(somsri, "คำตอบ")))
    held.refresh_from_db()
    assert (message.state, held.state, held.rides_on) == (State.SENT, State.HELD, None)
    assert texts(line, somsri) == ["คำตอบ"]


def test_five_messages_at_most_ride_together(line: Simulator, somsri: Resident) -> None:
    for number in range(6):
        queue(somsri, f"พัก {number}", state=State.HELD)
    try_now(with_token(line, queue(somsri, "คำตอบ")))
    assert texts(line, somsri) == ["พัก 0", "พัก 1", "พัก 2", "พัก 3", "คำตอบ"]
    assert OutboundMessage.objects.filter(state=State.HELD).count() == 2


def test_what_reaches_a_blocked_account_is_known_not_to_arrive(
    line: Simulator, somsri: Resident
) -> None:
    line.block(somsri.line_user_id)
    Resident.objects.update(blocked_at=timezone.now())
    message = try_now(queue(somsri))
    assert message.state == State.UNREACHED
    assert "บล็อก" in message.last_error


def test_a_push_is_given_up_before_line_forgets_its_key(line: Simulator, somsri: Resident) -> None:
    message = queue(somsri, first_push_at=timezone.now() - timedelta(hours=23, minutes=45))
    message = try_now(message)
    assert message.state == State.DEAD
    assert texts(line, somsri) == []


def test_the_same_cause_makes_one_message(line: Simulator, somsri: Resident) -> None:
    for _ in range(3):
        outbox.send(somsri, [text_message("ครั้งเดียว")], dedupe_key="timeline:7")
    work_off()
    assert texts(line, somsri) == ["ครั้งเดียว"]


@pytest.mark.parametrize("count", [0, 6])
def test_one_call_carries_one_to_five_messages(somsri: Resident, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        outbox.send(somsri, [text_message("x")] * count, dedupe_key="n")


def test_while_one_worker_has_her_another_leaves_her_alone(
    line: Simulator, somsri: Resident
) -> None:
    message = queue(somsri)
    lease = claim.take(somsri.pk)
    assert lease is not None
    assert claim.take(somsri.pk) is None
    assert serve(somsri.pk) is False
    work_off()
    message.refresh_from_db()
    assert message.state == State.QUEUED
    lease.release()
    assert try_now(message).state == State.SENT


def test_a_killed_workers_lease_runs_out_and_its_successor_doubles_nothing(
    line: Simulator, somsri: Resident, impatient: None
) -> None:
    message = with_token(line, queue(somsri))
    claim.take(somsri.pk)  # and was killed in mid-call, LINE having taken the reply:
    body = {"replyToken": message.reply_token, "messages": message.messages}
    assert line.api("POST", "/v2/bot/message/reply", body).status == 200
    OutboundMessage.objects.update(state=State.SENDING, attempts=1, reply_unclear=True)
    Resident.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    message = try_now(message)
    assert (message.state, message.sent_via) == (State.SENT, "reply")
    assert texts(line, somsri) == ["สวัสดี"]


def test_who_lost_the_lease_stops(somsri: Resident) -> None:
    lease = claim.take(somsri.pk)
    assert lease is not None
    Resident.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    successor = claim.take(somsri.pk)
    assert successor is not None
    with pytest.raises(claim.Lost):
        lease.renew()
    lease.release()
    successor.renew()


def test_the_client_has_a_time_out_and_one_pool_for_the_process(
    line: Simulator, settings: Any
) -> None:
    one, same = client.client_for(Channel.main()), client.client_for(Channel.main())
    assert one is same
    assert client.TIMEOUT[0] + client.TIMEOUT[1] < claim.LEASE.total_seconds()


def test_the_sweep_finds_what_nobody_was_woken_for(
    line: Simulator, somsri: Resident, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks():  # the wake-up gets lost
        queue(somsri)
    assert tasks.sweep() == 1
    assert texts(line, somsri) == ["สวัสดี"]


def test_an_answer_cancelled_at_the_last_moment_is_not_sent(
    line: Simulator, somsri: Resident
) -> None:
    message = queue(somsri)
    OutboundMessage.objects.update(state=State.CANCELLED)
    assert delivery.deliver(message)
    assert texts(line, somsri) == []
    message.refresh_from_db()
    assert message.state == State.CANCELLED


@pytest.mark.parametrize(
    "successor",
    [
        {"state": State.SENT, "line_request_id": "the successor's"},
        # Still in its call: the state is the same as ours, the count of tries is not.
        {"state": State.SENDING, "attempts": 2, "reply_unclear": True},
    ],
)
def test_who_comes_back_late_does_not_undo_what_the_successor_knows(
    line: Simulator,
    somsri: Resident,
    monkeypatch: pytest.MonkeyPatch,
    successor: dict[str, Any],
) -> None:
    message = with_token(line, queue(somsri))

    def hang(*_arguments: Any) -> client.Sent:
        OutboundMessage.objects.update(**successor)
        raise client.LineError(client.Fault.UNREACHED, "no connection")

    monkeypatch.setattr(client.LineClient, "reply", hang)
    assert delivery.deliver(message)
    assert OutboundMessage.objects.filter(pk=message.pk, **successor).exists()


def test_a_rider_counts_as_sent_whatever_became_of_it_on_the_way(
    line: Simulator, somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = queue(somsri, "พัก", state=State.HELD)
    message = with_token(line, queue(somsri, "คำตอบ"))
    reply = client.LineClient.reply

    def freed_on_the_way(self: client.LineClient, *arguments: Any) -> client.Sent:
        sent = reply(self, *arguments)
        OutboundMessage.objects.filter(pk=held.pk).update(state=State.QUEUED)
        return sent

    monkeypatch.setattr(client.LineClient, "reply", freed_on_the_way)
    assert delivery.deliver(message)
    work_off()
    assert texts(line, somsri) == ["พัก", "คำตอบ"]
    held.refresh_from_db()
    assert held.state == State.SENT


@pytest.mark.parametrize("riding", [False, True])
def test_each_step_makes_one_call_to_line(
    line: Simulator, somsri: Resident, monkeypatch: pytest.MonkeyPatch, riding: bool
) -> None:
    if riding:
        queue(somsri, "พัก", state=State.HELD)
    message = with_token(line, queue(somsri))
    calls: list[str] = []

    def refuse(*_arguments: Any) -> client.Sent:
        calls.append("reply")
        raise client.LineError(client.Fault.REPLY_TOKEN, "Invalid reply token", 400)

    monkeypatch.setattr(client.LineClient, "reply", refuse)
    assert delivery.deliver(message)
    assert (calls, texts(line, somsri)) == (["reply"], [])
    assert delivery.deliver(message)
    assert (calls, texts(line, somsri)) == (["reply"], ["สวัสดี"])


def test_who_has_much_waiting_hides_nobody(line: Simulator, somsri: Resident) -> None:
    for number in range(worker.BATCH + 1):
        queue(somsri, f"{number}")
        WebhookEvent.objects.create(
            event_id=f"E{number}",
            channel=somsri.channel,
            line_user_id=somsri.line_user_id,
            kind="message",
            occurred_at=timezone.now(),
            received_at=timezone.now(),
            body="{}",
            due_at=timezone.now(),
        )
    neighbour = testing.make_resident("สมชาย", line_user_id=line.add_resident("สมชาย"))
    theirs = queue(neighbour)
    assert claim.take(somsri.pk)
    work_off()
    theirs.refresh_from_db()
    assert theirs.state == State.SENT
    assert texts(line, somsri) == []
