"""Handling one kept event: in one transaction, once, without harm to its neighbours."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from django.db import transaction
from django.utils import timezone

from bannmae.thai.text import normalise_text, search_key
from chatops.inbox import profiles
from chatops.menu import answers, registry
from chatops.models import Message, OutboundMessage, Resident, WebhookEvent
from chatops.outbox import send

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
Json = dict[str, Any]
# Kinds of message that get the short automatic reply; a sticker is a nod, not a question.
ANSWERED_KINDS = {"text", "image", "video", "audio", "file", "location"}


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


def handle(event: WebhookEvent, resident: Resident) -> None:
    """Carry out what `event` of `resident` (held by a lease) means; never raises.

    What fails is tried again, five times in all, then kept as failed for staff to see.
    """
    try:
        payload = json.loads(event.body)
        # The only call to LINE here, and outside the transaction.
        profiles.refresh(resident, payload)
        with transaction.atomic():
            handler = HANDLERS.get(event.kind)
            if handler:
                handler(event, payload, resident)
            WebhookEvent.objects.filter(pk=event.pk).update(due_at=None, error="")
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


def _on_message(event: WebhookEvent, payload: Json, resident: Resident) -> None:
    content = _part(payload, "message")
    text = _storable(str(content.get("text") or ""))
    message, created = Message.objects.get_or_create(
        line_message_id=event.message_id or event.event_id,
        defaults={
            "resident": resident,
            "kind": str(content.get("type") or "unknown")[:20],
            "text": text,
            "sent_at": event.occurred_at,
            "event": event,
        },
    )
    if not created and message.unsent_at:
        # The unsend came first: nothing of the message may stay.
        _blank_event(event, payload)
        return
    _is_here(resident)
    if not created or not _may_answer(payload):
        return
    entry = registry.by_words(search_key(normalise_text(text))) if text else None
    if entry is not None:
        _answer(event, payload, resident, entry)
    elif message.kind in ANSWERED_KINDS:
        # Several pictures sent at once are one message to her: one answer.
        group = _part(content, "imageSet").get("id")
        dedupe_key = f"imageset:{group}" if group else ""
        _reply(event, payload, resident, answers.free_text(), dedupe_key=dedupe_key)


def _on_unsend(event: WebhookEvent, payload: Json, resident: Resident) -> None:
    """Forget what was taken back.

    https://developers.line.biz/en/reference/messaging-api/#unsend-event
    """
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
    Message.objects.filter(pk=message.pk).update(text="", unsent_at=now)
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
        answer.update(state=OutboundMessage.State.CANCELLED)
    for hook in registry.unsend_hooks():
        hook(message)


def _on_follow(event: WebhookEvent, payload: Json, resident: Resident) -> None:
    resident.followed_at, resident.blocked_at = event.occurred_at, None
    resident.save(update_fields=["followed_at", "blocked_at"])
    if _may_answer(payload):
        _reply(event, payload, resident, answers.greeting(resident), about="greeting")


def _on_unfollow(event: WebhookEvent, payload: Json, resident: Resident) -> None:
    resident.blocked_at = event.occurred_at
    resident.save(update_fields=["blocked_at"])


def _on_postback(event: WebhookEvent, payload: Json, resident: Resident) -> None:
    _is_here(resident)
    data = parse_qs(str(_part(payload, "postback").get("data") or ""))
    entry = registry.get((data.get("menu") or [""])[0])
    if entry is not None and _may_answer(payload):
        _answer(event, payload, resident, entry)


HANDLERS: dict[str, Callable[[WebhookEvent, Json, Resident], None]] = {
    "message": _on_message,
    "unsend": _on_unsend,
    "follow": _on_follow,
    "unfollow": _on_unfollow,
    "postback": _on_postback,
}


def _part(payload: Json, name: str) -> Json:
    """Return the object under `name`, {} where LINE sent none or something else."""
    part = payload.get(name)
    return part if isinstance(part, dict) else {}


def _storable(text: str) -> str:
    """Return text that every database takes: JSON can name half characters and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _may_answer(payload: Json) -> bool:
    """False for `mode: standby`: another module has the conversation."""
    return payload.get("mode", "active") == "active"


def _is_here(resident: Resident) -> None:
    """Whoever writes does not block us, whatever order the events came in."""
    if resident.blocked_at:
        resident.blocked_at = None
        resident.save(update_fields=["blocked_at"])


def _answer(event: WebhookEvent, payload: Json, resident: Resident, entry: registry.Entry) -> None:
    _reply(
        event,
        payload,
        resident,
        entry.answer(resident),
        about=f"menu:{entry.key}",
        can_wait=not entry.urgent,
    )


def _reply(
    event: WebhookEvent,
    payload: Json,
    resident: Resident,
    messages: Sequence[Json],
    *,
    about: str = "reply",
    dedupe_key: str = "",
    can_wait: bool = True,
) -> None:
    send(
        resident,
        messages,
        dedupe_key=dedupe_key or f"event:{event.event_id}",
        about=about,
        can_wait=can_wait,
        reply_to=event,
        reply_token=str(payload.get("replyToken") or "")[:100],
    )


def _blank_event(event: WebhookEvent, payload: Json) -> None:
    """Keep that there was an event, and nothing of what it said."""
    content = _part(payload, "message")
    kept = {
        **{name: value for name, value in payload.items() if name != "message"},
        "message": {"id": event.message_id, "type": content.get("type"), "unsent": True},
    }
    WebhookEvent.objects.filter(pk=event.pk).update(
        body=json.dumps(kept, separators=(",", ":")), error=""
    )
