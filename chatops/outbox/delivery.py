"""Delivering one message: by reply token while it is fresh (free), else by push.

What each of LINE's answers means is decided here and nowhere else; the table stands in
docs/decisions/0002-delivery.md.
"""

from __future__ import annotations

import logging
import random
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from chatops.line.cards import MAX_MESSAGES
from chatops.line.client import Fault, LineError, Sent, client_for
from chatops.models import Channel, OutboundMessage
from chatops.outbox import preparing, quota

logger = logging.getLogger(__name__)

State = OutboundMessage.State
# LINE forgets a retry key 24 h after its first use; pushing after that would send twice.
RETRY_KEY_LIFE = timedelta(hours=23, minutes=30)
MAX_BACKOFF_SECONDS = 60.0
TIMEOUTS_BEFORE_PAUSE = 5
PAUSE_AFTER_TIMEOUTS = timedelta(seconds=30)
PAUSE_AFTER_REFUSED_CREDENTIALS = timedelta(minutes=5)
A_DAY = timedelta(days=1)
# So often is tried to make what a message needs, half a minute in all; others wait behind it.
PREPARATIONS = 6
# Until it is asked again for what somebody else is making; he has it for minutes, were he killed.
NOT_YET = timedelta(seconds=2)
# Automatic answers to what one resident did, by their keys; so many are pushed to her in a day.
ANSWERS = ("event:", "imageset:")
LATE_ANSWERS_A_DAY = 5
TOO_LATE = "ตอบช้าเกินหนึ่งนาทีหลายครั้งแล้วในวันนี้ จะส่งฟรีพร้อมคำตอบถัดไปของผู้ใช้รายนี้"


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` tries: 1 s doubling to 60 s, ± 20 %."""
    seconds = min(MAX_BACKOFF_SECONDS, 2.0 ** min(attempts - 1, 10))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - no secret


def deliver(message: OutboundMessage) -> bool:
    """Try to deliver `message`, whose resident the caller holds by a lease, by one call to LINE.

    What it needs is made first (see preparing). Returns True when her oldest waiting message
    may be looked at again at once: this one was sent, given up or held, or has another way left
    to try; False when it will be tried later and the others must wait.
    """
    try:
        if missing := preparing.failure(message):
            return _unprepared(message, missing)
        if message.fresh_reply_token(timezone.now()):
            return _by_reply(message)
        return _by_push(message)
    except preparing.NotYet:
        OutboundMessage.objects.filter(pk=message.pk, state=message.state).update(
            due_at=timezone.now() + NOT_YET
        )
        return False
    except Overtaken:
        logger.info("Message %s changed while it was being sent", message.pk)
        return True


def _by_reply(message: OutboundMessage) -> bool:
    was_unclear = message.reply_unclear
    riders = _riders(message)
    # Written before the call: should we be killed in mid-call, our successor knows that
    # LINE may have taken it.
    _note_try(message, reply_unclear=True)
    # What she asked for comes last: that is what her telephone shows.
    messages = [part for one in (*riders, message) for part in one.messages]
    try:
        sent = client_for(message.resident.channel).reply(message.reply_token, messages)
    except LineError as error:
        return _reply_failed(message, riders, error, was_unclear)
    _succeeded(message, sent, "reply", riders)
    return True


def _reply_failed(
    message: OutboundMessage, riders: list[OutboundMessage], error: LineError, was_unclear: bool
) -> bool:
    if error.fault is Fault.UNCLEAR:
        _count_timeout(message.resident.channel)
        return _later(message, error)
    if error.fault is Fault.REPLY_TOKEN and was_unclear and not _shares_token(message):
        # Inside its minute a token is refused only when it was used: the earlier try arrived.
        _succeeded(message, Sent([], ""), "reply", riders)
        return True
    if error.fault is Fault.UNREACHED or error.fault is Fault.RATE:
        return _later(message, error, reply_unclear=was_unclear)
    if error.fault is Fault.AUTH:
        _pause(message.resident.channel, error.reason)
        return _later(message, error, reply_unclear=was_unclear)
    _unseat(riders)
    if error.fault in (Fault.REPLY_TOKEN, Fault.QUOTA):
        # The push is left (replies cost nothing, so the quota should not matter to them).
        return _at_once(message, error, reply_token="", reply_unclear=False)
    if riders:
        # Perhaps a rider is to blame: the message itself never suffers from one.
        return _at_once(message, error, reply_unclear=was_unclear)
    return _dead(message, error.reason)


def _shares_token(message: OutboundMessage) -> bool:
    """True when another message has the same token: who used it cannot be told.

    Two officers who answer her in the same moment, each in a case of his own, may both find it.
    """
    others = OutboundMessage.objects.filter(
        resident=message.resident_id, reply_token=message.reply_token
    )
    return others.exclude(pk=message.pk).exists()


def _by_push(message: OutboundMessage) -> bool:
    now = timezone.now()
    channel = message.resident.channel
    # Its reply came to nothing: who wanted to ride along waits for the next one.
    OutboundMessage.objects.filter(rides_on=message, state=State.HELD).update(rides_on=None)
    if message.first_push_at and now - message.first_push_at > RETRY_KEY_LIFE:
        return _dead(message, message.last_error or "พ้น 24 ชั่วโมงแล้วยังส่งไม่ได้")
    if message.first_push_at is None and _answers_too_late(message, now):
        if now - message.created_at > A_DAY:
            _update(message, state=State.CANCELLED, last_error=TOO_LATE)
            return True
        return _hold(message, TOO_LATE)
    if message.can_wait and message.first_push_at is None:
        if channel.quota_spent_at:
            return _hold(message, "โควตาข้อความของเดือนนี้หมดแล้ว")
        if quota.is_short(channel, now):
            return _hold(message, "โควตาใกล้หมด เก็บส่วนที่เหลือไว้สำหรับเรื่องที่รอไม่ได้")
    _note_try(message, first_push_at=message.first_push_at or now)
    try:
        sent = client_for(channel).push(
            message.resident.line_user_id, message.messages, message.retry_key
        )
    except LineError as error:
        return _push_failed(message, error)
    _succeeded(message, sent, "push", [])
    if message.state == State.SENT:  # to who blocks the account nothing is counted
        quota.count_push(channel)
    return True


def _answers_too_late(message: OutboundMessage, now: datetime) -> bool:
    """True for an automatic answer whose free reply ran out, after enough such pushes to her.

    Whoever writes faster than she can be answered would spend everybody's quota.
    """
    if not message.dedupe_key.startswith(ANSWERS):
        return False
    pushed = OutboundMessage.objects.filter(
        Q(*(Q(dedupe_key__startswith=start) for start in ANSWERS), _connector=Q.OR),
        resident=message.resident_id,
        sent_via="push",
        sent_at__gt=now - A_DAY,
    )
    return len(pushed.values_list("pk")[:LATE_ANSWERS_A_DAY]) >= LATE_ANSWERS_A_DAY


def _push_failed(message: OutboundMessage, error: LineError) -> bool:
    channel = message.resident.channel
    if error.fault is Fault.QUOTA:
        _set_channel(channel, quota_spent_at=timezone.now())
        # LINE says that it did not take it: the 24 hours of its key begin anew, next month.
        _update(message, first_push_at=None, retry_key=uuid.uuid4())
        return _hold(message, error.reason)
    if error.fault is Fault.AUTH:
        _pause(channel, error.reason)
        return _later(message, error)
    if error.permanent:
        return _dead(message, error.reason)
    if error.fault is Fault.UNCLEAR:
        _count_timeout(channel)
    return _later(message, error)


# -- riders: held messages that travel on a free reply ------------------------------------


def _riders(message: OutboundMessage) -> list[OutboundMessage]:
    """Seat as many held messages before `message` as one call takes; the same after a retry.

    None rides on what cannot wait: an emergency's numbers stand alone.

    Once they had to step off, none takes their seat: the message is tried alone.
    """
    seated = list(message.riders.filter(state=State.HELD).order_by("id"))
    if seated or message.attempts or not message.can_wait:
        return seated
    room = MAX_MESSAGES - len(message.messages)
    for rider in OutboundMessage.objects.filter(
        resident=message.resident_id, state=State.HELD, rides_on=None
    ).order_by("id")[:room]:
        if len(rider.messages) > room:
            break
        room -= len(rider.messages)
        seated.append(rider)
    # Only who is still held: the quota may have come back this very moment.
    OutboundMessage.objects.filter(
        pk__in=[rider.pk for rider in seated], state=State.HELD, rides_on=None
    ).update(rides_on=message)
    return list(message.riders.filter(state=State.HELD).order_by("id"))


def _unseat(riders: list[OutboundMessage]) -> None:
    OutboundMessage.objects.filter(pk__in=[rider.pk for rider in riders]).update(rides_on=None)


# -- what became of it -------------------------------------------------------------------


class Overtaken(Exception):
    """The message is not in the state any more in which we took it up."""


def _update(message: OutboundMessage, **changes: object) -> None:
    """Write what became of `message`, unless somebody else was faster; raises Overtaken.

    She may have taken her words back (the answer is cancelled), or our lease ran out in a call
    that hung, and our successor, who counted a try of its own, knows more than we do.
    """
    rows = OutboundMessage.objects.filter(
        pk=message.pk, state=message.state, attempts=message.attempts
    )
    changes["changed_at"] = timezone.now()
    if not rows.update(**changes):
        raise Overtaken
    for name, value in changes.items():
        setattr(message, name, value)


def _note_try(message: OutboundMessage, **changes: object) -> None:
    _update(message, state=State.SENDING, attempts=message.attempts + 1, **changes)


def _succeeded(
    message: OutboundMessage, sent: Sent, via: str, riders: list[OutboundMessage]
) -> None:
    # LINE answers 200 for someone who blocks the account, and nothing arrives.
    blocked = message.resident.is_blocked
    outcome = {
        "state": State.UNREACHED if blocked else State.SENT,
        "sent_at": timezone.now(),
        "changed_at": timezone.now(),
        "sent_via": via,
        "line_request_id": sent.request_id,
        "reply_unclear": False,
        "last_error": State.UNREACHED.label if blocked else "",
    }
    ids = list(sent.message_ids)
    with transaction.atomic():  # a rider left behind would go out once more
        for rider in riders:
            own, ids = ids[: len(rider.messages)], ids[len(rider.messages) :]
            # Whatever somebody made of it meanwhile: LINE has taken it.
            OutboundMessage.objects.filter(pk=rider.pk).update(line_message_ids=own, **outcome)
        _update(message, line_message_ids=ids, **outcome)
    channel = message.resident.channel
    if channel.consecutive_timeouts or channel.paused_until or channel.trouble:
        _set_channel(channel, consecutive_timeouts=0, paused_until=None, trouble="")
    if via == "push" and channel.quota_spent_at:
        _set_channel(channel, quota_spent_at=None)


def _at_once(message: OutboundMessage, error: LineError, **changes: object) -> bool:
    _update(message, state=State.QUEUED, last_error=error.reason, **changes)
    return True


def _later(message: OutboundMessage, error: LineError, **changes: object) -> bool:
    _update(
        message,
        state=State.RETRYING,
        due_at=timezone.now() + backoff(message.attempts),
        last_error=error.reason,
        **changes,
    )
    return False


def _unprepared(message: OutboundMessage, missing: str) -> bool:
    """Try again later, and leave it to staff after that (send_again tries anew)."""
    attempts = message.attempts + 1
    if attempts >= PREPARATIONS:
        return _dead(message, missing)
    due_at = timezone.now() + backoff(attempts)
    _update(message, state=State.RETRYING, attempts=attempts, due_at=due_at, last_error=missing)
    return False


def _hold(message: OutboundMessage, reason: str) -> bool:
    _update(message, state=State.HELD, last_error=reason)
    return True


def _dead(message: OutboundMessage, reason: str) -> bool:
    _update(message, state=State.DEAD, last_error=reason)
    logger.error("Message %s cannot be delivered (%s)", message.pk, message.about)
    return True


# -- the channel's health ----------------------------------------------------------------


def _set_channel(channel: Channel, **changes: object) -> None:
    Channel.objects.filter(pk=channel.pk).update(**changes)
    for name, value in changes.items():
        setattr(channel, name, value)


def _pause(channel: Channel, reason: str) -> None:
    until = timezone.now() + PAUSE_AFTER_REFUSED_CREDENTIALS
    _set_channel(channel, paused_until=until, trouble=f"LINE ไม่รับสิทธิ์ของบัญชีนี้: {reason}")
    logger.error("Channel %s is paused: LINE refuses its credentials", channel.slug)


def _count_timeout(channel: Channel) -> None:
    # Counted by the database: several workers meet the same silence at once.
    rows = Channel.objects.filter(pk=channel.pk)
    rows.update(consecutive_timeouts=F("consecutive_timeouts") + 1)
    channel.consecutive_timeouts = rows.values_list("consecutive_timeouts", flat=True)[0]
    if channel.consecutive_timeouts >= TIMEOUTS_BEFORE_PAUSE:
        logger.error("Channel %s is paused: LINE does not answer", channel.slug)
        _set_channel(
            channel,
            paused_until=timezone.now() + PAUSE_AFTER_TIMEOUTS,
            trouble="LINE ไม่ตอบหลายครั้งติดกัน ระบบจะลองใหม่เอง",
        )


def is_paused(channel: Channel, now: datetime) -> bool:
    """True while nothing is to be sent on this channel: it waits, or is switched off."""
    if not channel.is_active:
        return True
    until = channel.paused_until
    return until is not None and now < until <= now + PAUSE_AFTER_REFUSED_CREDENTIALS


def paused(now: datetime, path: str = "") -> Q:
    """The same as a condition; `path` leads to the channel, as `resident__channel__`.

    A pause that ends further ahead than any does began before the clock was set back.
    """
    longest = now + PAUSE_AFTER_REFUSED_CREDENTIALS
    until = f"{path}paused_until"
    return Q(**{f"{until}__isnull": False, f"{until}__gt": now, f"{until}__lte": longest})


def release_held(channel: Channel) -> int:
    """Queue what was held for want of quota; returns how many.

    What cannot wait goes first and by itself, should the quota again be too small for all: one
    alone to see while LINE's last word was that nothing is left, then as many as LINE takes.
    """
    now = timezone.now()
    held = OutboundMessage.objects.filter(
        Q(rides_on=None) | ~Q(rides_on__state__in=OutboundMessage.WAITING),
        resident__channel=channel,
        state=State.HELD,
    ).exclude(last_error=TOO_LATE, created_at__gt=now - A_DAY)  # not held for want of quota
    to_queue = {"state": State.QUEUED, "due_at": now, "changed_at": now, "rides_on": None}
    urgent = held.filter(can_wait=False).order_by("id").values_list("pk", flat=True)
    room = 1 if channel.quota_spent_at else quota.left(channel, now)
    chosen = list(urgent if room is None else urgent[:room])
    if chosen:
        queued = held.filter(pk__in=chosen).update(**to_queue)
        if held.exists():
            return queued  # the others are looked at again in a minute
    _set_channel(channel, quota_spent_at=None)
    if chosen or quota.is_short(channel, now):
        # What can wait rides on her next reply, or waits for more quota.
        return len(chosen)
    return held.filter(can_wait=True).update(**to_queue)
