"""What residents sent: content, preview and transcoding status."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from chatops.simulator import pictures, store
from chatops.simulator.answers import LineError, as_json
from chatops.simulator.models import Entry

PIECES = 8


def _entry(message_id: str) -> Entry:
    """Return the chat line that has content. Raise 404 where there is none, 410 if unsent."""
    entry = Entry.objects.filter(message_id=message_id, from_account=False).first()
    if entry is None:
        raise LineError(404, "not found")
    if entry.unsent:
        raise LineError(410, "The content is gone")
    if not entry.content_type:
        raise LineError(404, "not found")
    return entry


def _broken(data: bytes, *, cut: bool, pause: float) -> Iterator[bytes]:
    """Give `data` in pieces with a pause before each; with `cut` the line breaks half-way."""
    length = len(data) // PIECES + 1
    for place in range(0, len(data), length):
        if cut and place >= len(data) / 2:
            # gunicorn takes this for what it is: a connection that went away.
            raise BrokenPipeError(errno.EPIPE, "simulated loss of the connection")
        time.sleep(pause)
        yield data[place : place + length]


@require_GET
def content(request: HttpRequest, message_id: str) -> HttpResponseBase:
    """GET /v2/bot/message/{messageId}/content: 202 while LINE still prepares it."""
    entry = _entry(message_id)
    if store.take_fault("content_not_ready"):
        return HttpResponse(status=202)
    if store.take_fault("content_error"):
        raise LineError(500, "Internal server error")
    data = pictures.content(message_id)
    if data is None:
        raise LineError(404, "not found")
    cut, pause = store.take_fault("content_cut"), store.faults()["content_slow_ms"] / 1000
    if cut or pause:
        pieces = _broken(data, cut=bool(cut), pause=pause)
        length = {"Content-Length": str(len(data))}
        return StreamingHttpResponse(pieces, content_type=entry.content_type, headers=length)
    return HttpResponse(data, content_type=entry.content_type)


@require_GET
def preview(request: HttpRequest, message_id: str) -> HttpResponse:
    """GET /v2/bot/message/{messageId}/content/preview: a small JPEG of an image."""
    entry = _entry(message_id)
    if entry.message["type"] not in {"image", "video"}:
        raise LineError(400, "The content can not be previewed")
    if store.take_fault("content_not_ready"):
        return HttpResponse(status=202)
    data = pictures.content(message_id)
    small = pictures.preview(data) if data is not None else None
    if small is None:
        raise LineError(404, "not found")
    return HttpResponse(small, content_type="image/jpeg")


@require_GET
def transcoding(request: HttpRequest, message_id: str) -> HttpResponse:
    """GET /v2/bot/message/{messageId}/content/transcoding, of video and audio."""
    entry = _entry(message_id)
    if entry.message["type"] not in {"video", "audio"}:
        raise LineError(400, "Transcoding status doesn't support this type of content")
    return as_json({"status": "processing" if store.faults()["content_not_ready"] else "succeeded"})
