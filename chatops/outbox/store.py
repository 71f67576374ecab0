"""Writing messages down before LINE is called."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from bannmae.models import Staff
from chatops import wake
from chatops.insert import insert_new
from chatops.line import REPLY_TOKEN_LIFE
from chatops.line.cards import MAX_MESSAGES
from chatops.models import ChatCase, OutboundMessage, Resident, WebhookEvent


def send(
    resident: Resident,
    messages: Sequence[dict[str, Any]],
    *,
    dedupe_key: str,
    about: str = "",
    can_wait: bool = False,
    reply_to: WebhookEvent | None = None,
    reply_token: str = "",
    reply_to_latest: bool = False,
    case: ChatCase | None = None,
    author: Staff | None = None,
) -> None:
    """Have `messages` (1–5 LINE message objects) delivered to `resident`, exactly once.

    Call it inside the transaction of its cause. A second call with the same `dedupe_key`
    does nothing. `can_wait`: may be held back when the month's quota is spent. `reply_to`
    and `reply_token`: the event that this answers, which makes it free while fresh;
    `reply_to_latest`: whichever of hers has a token left. `case` and `author`: the conversation
    that it belongs to, and the officer who wrote it.
    Raises ValueError for no message or more than LINE takes in one call.
    """
    if not 1 <= len(messages) <= MAX_MESSAGES:
        raise ValueError(f"One call to LINE carries 1 to {MAX_MESSAGES} messages")
    now = timezone.now()
    row = OutboundMessage(
        resident=resident,
        messages=list(messages),
        dedupe_key=dedupe_key,
        about=about,
        can_wait=can_wait,
        created_at=now,
        changed_at=now,
        due_at=now,
        case=case,
        author=author,
    )
    if reply_to_latest:
        reply_to, reply_token = _latest_token(resident)
    if reply_to is not None and reply_token:
        row.reply_token = reply_token
        row.reply_token_expires_at = reply_to.received_at + REPLY_TOKEN_LIFE
    insert_new([row])
    transaction.on_commit(wake.ring)


def _latest_token(resident: Resident) -> tuple[WebhookEvent | None, str]:
    """Return her last message's event and its reply token while nothing else has taken it."""
    latest = resident.messages.select_related("event").order_by("-sent_at").first()
    event = latest.event if latest else None
    if event is None or timezone.now() >= event.received_at + REPLY_TOKEN_LIFE:
        return None, ""
    payload = json.loads(event.body)
    token = str(payload.get("replyToken") or "")[:100]
    if not token or payload.get("mode", "active") != "active":
        return None, ""
    taken = OutboundMessage.objects.filter(resident=resident, reply_token=token)
    return (None, "") if taken.exists() else (event, token)


def send_again(message: OutboundMessage, by: Staff) -> bool:
    """Queue a message that LINE refused or that did not arrive once more, as a new one to LINE.

    Returns False when it is no longer in such a state (a colleague was faster).
    """
    changed = OutboundMessage.objects.filter(
        pk=message.pk,
        state__in=[OutboundMessage.State.DEAD, OutboundMessage.State.UNREACHED],
    ).update(
        state=OutboundMessage.State.QUEUED,
        due_at=timezone.now(),
        changed_at=timezone.now(),
        attempts=0,
        retry_key=uuid.uuid4(),
        first_push_at=None,
        reply_token="",
        reply_unclear=False,
        resent_by=by,
    )
    transaction.on_commit(wake.ring)
    return bool(changed)
