"""Handling one kept event: in one transaction, once, without harm to its neighbours."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from chatops.alerts import linking
from chatops.answers import unanswered
from chatops.cases import opening
from chatops.content import jobs as contents
from chatops.inbox import conversation, profiles
from chatops.inbox.turn import Json, Turn, part, storable
from chatops.line import incoming
from chatops.menu import answers, registry
from chatops.models import Message, OutboundMessage, Resident, WebhookEvent
from chatops.outbox import claim

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5


def adopt(senders: Sequence[tuple[int, str]]) -> list[Resident]:
    """Return the residents who sent from (channel id, LINE user id), making the unknown ones."""
    if not senders:
        return []
    by_channel: dict[int, list[str]] = {}
    for channel_id, user_id in senders:
        by_channel.setdefault(channel_id, []).append(user_id)
    residents: list[Resident] = []
    for channel_id, user_ids in by_channel.items():
        known = list(Resident.objects.filter(channel=channel_id, line_user_id__in=user_ids))
        missing = set(user_ids) - {resident.line_user_id for resident in known}
        if missing:
            Resident.objects.bulk_create(
                [Resident(channel_id=channel_id, line_user_id=user_id) for user_id in missing],
                ignore_conflicts=True,
            )
            known = list(Resident.objects.filter(channel=channel_id, line_user_id__in=user_ids))
        residents += known
    order = {sender: place for place, sender in enumerate(senders)}
    return sorted(residents, key=lambda one: order[(one.channel_id, one.line_user_id)])


def finish_ownerless(now: datetime) -> None:
    """Tick off events that belong to no single person (groups, the account itself)."""
    ownerless = WebhookEvent.objects.filter(line_user_id="", due_at__lte=now)
    if ownerless.exists():  # looked up first: an UPDATE takes SQLite's one write lock
        ownerless.update(due_at=None)


def handle(
    event: WebhookEvent, resident: Resident, renew: Callable[[], None] = lambda: None
) -> None:
    """Carry out what `event` of `resident` (held by a lease) means.

    What fails is tried again, five times in all, then kept as failed for staff to see. `renew`
    keeps the lease through what takes time; what it raises goes on, and so does the loss of the
    database, which is no fault of the event's: put off, it would be overtaken by her next ones.
    """
    try:
        payload = json.loads(event.body)
        # All that takes time is done first, outside the transaction.
        profiles.refresh(resident, payload)
        plan = conversation.plan(event, payload, resident, renew)
        with transaction.atomic():
            handler = HANDLERS.get(event.kind)
            if handler:
                handler(Turn(event, payload, resident, plan))
            WebhookEvent.objects.filter(pk=event.pk).update(due_at=None, error="")
    except claim.Lost:
        raise
    except (InterfaceError, OperationalError) as error:
        if not connection.is_usable():
            connection.close()
            raise
        _failed(event, error)
    except Exception as error:
        _failed(event, error)


def _failed(event: WebhookEvent, error: Exception) -> None:
    attempts = event.attempts + 1
    given_up = attempts >= MAX_ATTEMPTS
    now = timezone.now()
    # The type alone: an exception's text may quote what the resident wrote.
    logger.error("Event %s failed (%s)", event.pk, type(error).__name__, exc_info=not given_up)
    WebhookEvent.objects.filter(pk=event.pk).update(
        attempts=attempts,
        error=type(error).__name__,
        due_at=None if given_up else now + timedelta(seconds=2**attempts),
        failed_at=now if given_up else None,
    )


# -- one handler for each kind ------------------------------------------------------------


def _on_message(turn: Turn) -> None:
    event, content = turn.event, part(turn.payload, "message")
    message, created = Message.objects.get_or_create(
        line_message_id=event.message_id or event.event_id,
        defaults={
            "resident": turn.resident,
            "kind": str(content.get("type") or "unknown")[:20],
            "text": storable(str(content.get("text") or "")),
            "details": incoming.details_of(content),
            "quoted_message_id": incoming.quoted_message_id(content),
            "quote_token": incoming.quote_token(content),
            "mark_as_read_token": incoming.mark_as_read_token(content),
            "sent_at": event.occurred_at,
            "event": event,
        },
    )
    if not created and message.unsent_at:
        # The unsend came first: nothing of the message may stay.
        _blank_event(event, turn.payload)
        return
    _is_here(turn.resident)
    if created:
        contents.want(message)
        conversation.message(turn, message)
    if linking.holds_code(message.text):
        # A secret of an officer's, and nothing that anybody asked.
        Message.objects.filter(pk=message.pk).update(text="")
        _blank_event(event, turn.payload)


def _on_unsend(turn: Turn) -> None:
    """Forget what was taken back.

    https://developers.line.biz/en/reference/messaging-api/#unsend-event
    """
    event, resident = turn.event, turn.resident
    if not event.message_id:
        return
    now = timezone.now()
    message, _ = Message.objects.get_or_create(
        line_message_id=event.message_id,
        defaults={
            "resident": resident,
            "kind": "unsent",
            "sent_at": event.occurred_at,
            "unsent_at": now,
        },
    )
    if message.resident_id != resident.pk:
        return  # nobody takes back another's words
    Message.objects.filter(pk=message.pk).update(text="", details={}, quote_token="", unsent_at=now)
    contents.remove(message)
    unanswered.forget(message)
    opening.unsent(message)
    for told in WebhookEvent.objects.filter(
        channel=event.channel_id, message_id=event.message_id, kind="message"
    ):
        _blank_event(told, json.loads(told.body))
        # An answer that has not left yet answers nothing any more.
        answer = OutboundMessage.objects.filter(
            dedupe_key=f"event:{told.event_id}",
            state__in=[OutboundMessage.State.QUEUED, OutboundMessage.State.RETRYING],
        )
        OutboundMessage.objects.filter(
            rides_on__in=answer, state=OutboundMessage.State.HELD
        ).update(rides_on=None)
        answer.update(state=OutboundMessage.State.CANCELLED, changed_at=timezone.now())
    for hook in registry.unsend_hooks():
        hook(message)


def _on_follow(turn: Turn) -> None:
    resident = turn.resident
    resident.followed_at, resident.blocked_at = turn.event.occurred_at, None
    resident.save(update_fields=["followed_at", "blocked_at"])
    turn.reply(answers.greeting(resident), about="greeting")


def _on_unfollow(turn: Turn) -> None:
    turn.resident.blocked_at = turn.event.occurred_at
    turn.resident.save(update_fields=["blocked_at"])


def _on_postback(turn: Turn) -> None:
    _is_here(turn.resident)
    data = parse_qs(str(part(turn.payload, "postback").get("data") or ""))
    said = {name: values[0] for name, values in data.items()}
    conversation.tap(turn, said)


HANDLERS: dict[str, Callable[[Turn], None]] = {
    "message": _on_message,
    "unsend": _on_unsend,
    "follow": _on_follow,
    "unfollow": _on_unfollow,
    "postback": _on_postback,
}


def _is_here(resident: Resident) -> None:
    """Whoever writes does not block us, whatever order the events came in."""
    if resident.blocked_at:
        resident.blocked_at = None
        resident.save(update_fields=["blocked_at"])


def _blank_event(event: WebhookEvent, payload: Json) -> None:
    """Keep that there was an event, and nothing of what it said."""
    content = part(payload, "message")
    kept = {
        **{name: value for name, value in payload.items() if name != "message"},
        "message": {"id": event.message_id, "type": content.get("type"), "unsent": True},
    }
    WebhookEvent.objects.filter(pk=event.pk).update(
        body=json.dumps(kept, separators=(",", ":")), error=""
    )
