"""LINE's webhook: verify, keep, answer. No call to LINE and no business logic.

https://developers.line.biz/en/docs/messaging-api/receiving-messages/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from chatops import wake
from chatops.insert import insert_new
from chatops.line.signature import is_valid
from chatops.models import Channel, WebhookEvent

PREFIX = "/line/webhook"
MAX_BODY_BYTES = 2 * 1024 * 1024  # LINE's own limit for a request is 2 MB
_channel_ids: dict[str, int] = {}


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
    channel_id = _channel_id(channel)
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
        return HttpResponse(status=413)
    # Read past DATA_UPLOAD_MAX_MEMORY_SIZE, which is meant for forms.
    body = request.read(MAX_BODY_BYTES + 1)
    signature = request.headers.get("X-Line-Signature", "")
    if not is_valid(body, signature, settings.LINE_CHANNEL_SECRETS):
        return HttpResponse(status=401)
    try:
        payload = json.loads(body)
        events = payload.get("events") or []
        rows = [_row(event, channel_id) for event in events if isinstance(event, dict)]
    except (ValueError, RecursionError, AttributeError, TypeError):
        return HttpResponse(status=400)
    if rows:
        insert_new(rows)
        wake.ring()
    return HttpResponse(status=200)


def _channel_id(slug: str) -> int:
    """Channels hardly ever change: one process asks the database once for each."""
    if slug not in _channel_ids:
        found = Channel.objects.filter(slug=slug).values_list("pk", flat=True).first()
        if found is None:
            raise Http404("No such channel")
        _channel_ids[slug] = found
    return _channel_ids[slug]


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
