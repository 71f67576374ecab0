"""LINE's webhook: verify, keep, answer. No call to LINE and no business logic.

https://developers.line.biz/en/docs/messaging-api/receiving-messages/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bannmae.reference import kept
from chatops import wake
from chatops.insert import insert_new
from chatops.line.signature import is_valid
from chatops.models import Channel, WebhookEvent
from chatops.models.line import CHANNEL

PREFIX = "/line/webhook"
MAX_BODY_BYTES = 2 * 1024 * 1024  # LINE's own limit for a request is 2 MB


class WebhookMiddleware:
    """Takes LINE's events past what is meant for people's browsers: sessions, languages, forms.

    All that costs more than keeping an event does. It stands right after SecurityMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer an event by itself; hand everything else on."""
        try:
            match = resolve(request.path_info) if request.path_info.startswith(PREFIX) else None
        except Resolver404:
            match = None
        if match is None or match.func is not webhook:
            return self._get_response(request)
        response = webhook(request, **match.kwargs)
        response.headers["Content-Length"] = str(len(response.content))
        return response


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, channel: str = "main") -> HttpResponse:
    """Keep each event of the request once. 200; 401 wrong signature; 400 unreadable JSON."""
    known = _known(channel)
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        return HttpResponse(status=413)
    # Read past DATA_UPLOAD_MAX_MEMORY_SIZE, which is meant for forms.
    body = request.read(MAX_BODY_BYTES + 1)
    signature = request.headers.get("X-Line-Signature", "")
    secrets = settings.LINE_CHANNEL_SECRETS if known.secrets is None else known.secrets
    if not is_valid(body, signature, secrets):
        return HttpResponse(status=401)
    try:
        payload = json.loads(body)
        events = payload.get("events") or []
        rows = [_row(event, known.pk) for event in events if isinstance(event, dict)]
    except (ValueError, RecursionError, AttributeError, TypeError):
        return HttpResponse(status=400)
    if rows:
        insert_new(rows)
        wake.ring()
    return HttpResponse(status=200)


@dataclass(frozen=True)
class _Known:
    """What the webhook needs of a channel; `secrets` None: the environment's."""

    pk: int
    secrets: tuple[str, ...] | None


def _known(slug: str) -> _Known:
    """Return the channel of that address. Raise Http404 for none, or one that is switched off.

    Neither asked for nor decrypted on each request: an edit is seen within seconds.
    """
    found = kept(f"{CHANNEL}{slug}", lambda: _fetch(slug))
    if found is None:
        raise Http404("No such channel")
    return found


def _fetch(slug: str) -> _Known | None:
    found = Channel.objects.filter(slug=slug, is_active=True).only("slug", "channel_secret").first()
    if found is None:
        return None
    if found.slug == Channel.MAIN:
        return _Known(found.pk, None)
    # As in the environment: the new one and, while it is being replaced, the old one.
    secrets = tuple(one.strip() for one in found.channel_secret.split(",") if one.strip())
    return _Known(found.pk, secrets)


def _row(event: dict[str, Any], channel_id: int) -> WebhookEvent:
    """Return the row of one raw event, whatever LINE may have added to it."""
    now = timezone.now()
    # ensure_ascii: lone surrogates and NUL, which JSON can name and PostgreSQL refuses in
    # text, stay as harmless escapes.
    body = json.dumps(event, separators=(",", ":"))
    source = event.get("source")
    message = event.get("message")
    unsent = event.get("unsend")
    message_id = ""
    for part, name in ((message, "id"), (unsent, "messageId")):
        if isinstance(part, dict) and isinstance(part.get(name), str):
            message_id = part[name]
    event_id = event.get("webhookEventId")
    return WebhookEvent(
        # An event without an id (none is known) is at least kept once by its content.
        event_id=_clean(event_id, 64) or f"sha256:{hashlib.sha256(body.encode()).hexdigest()[:50]}",
        channel_id=channel_id,
        line_user_id=_sender(source),
        kind=_clean(event.get("type"), 40),
        message_id=_clean(message_id, 64),
        occurred_at=_moment(event.get("timestamp"), now),
        received_at=now,
        body=body,
        due_at=now,
    )


def _sender(source: object) -> str:
    """Who wrote to us alone. In a group an answer would show her cases to all of them."""
    if not isinstance(source, dict) or source.get("type") != "user":
        return ""
    return _clean(source.get("userId"), 33)


def _clean(value: object, length: int) -> str:
    """A string that every database takes; '' for anything else, and for what is too long."""
    if not isinstance(value, str) or len(value) > length or not value.isprintable():
        return ""
    return value


def _moment(milliseconds: object, now: datetime) -> datetime:
    """The event's own time; ours when it names none that can be."""
    if isinstance(milliseconds, (int, float)) and not isinstance(milliseconds, bool):
        try:
            moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return now
        if now - timedelta(days=30) < moment < now + timedelta(days=1):
            return moment
    return now
