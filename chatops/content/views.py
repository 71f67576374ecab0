"""Giving a message's file to whoever may see it. The caller has checked who that is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import IO, Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from bannmae.media.serve import photo_response
from chatops.content import kinds
from chatops.content.names import safe_name
from chatops.models import MessageContent

# Nothing in the file runs or loads anything, also when it is opened by itself.
POLICY = "default-src 'none'; media-src 'self'; sandbox"
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def content_response(
    request: HttpRequest, content: MessageContent, *, thumbnail: bool = False
) -> HttpResponseBase:
    """Return the file of a message: pictures, sound and video for the page, others to be saved.

    With `thumbnail` a picture's small one. A restricted topic's files are kept by no browser.

    Raises:
        Http404: there is no such file (not yet, not any more, or not at all).
    """
    name = content.thumbnail if thumbnail else content.file
    if content.state != MessageContent.State.STORED or not name:
        raise Http404
    message = content.message
    case = message.case
    restricted = case is not None and case.topic.restricted
    if message.kind == "image":
        response = photo_response(name, request=None if restricted else request)
        response["Content-Security-Policy"] = POLICY
    else:
        response = _file_response(request, content)
    if restricted:
        response["Cache-Control"] = "private, no-store"
        del response["ETag"]
    return response


def is_played(content: MessageContent) -> bool:
    """Say whether the page may show the file in <audio> or <video>."""
    return content.message.kind in {"audio", "video"} and content.content_type in kinds.PLAYED


def download_name(content: MessageContent) -> str:
    """Return the name under which the file is saved."""
    name = content.message.details.get("file_name")
    return safe_name(name if isinstance(name, str) else "", content.content_type)


def _file_response(request: HttpRequest, content: MessageContent) -> HttpResponseBase:
    try:
        stored = default_storage.open(content.file, "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    if is_played(content):
        response = _played(request, stored, content)
    else:
        pdf = content.content_type == kinds.PDF
        response = FileResponse(
            stored,
            as_attachment=True,
            filename=download_name(content),
            # What it claims to be is nobody's business but its reader's.
            content_type=kinds.PDF if pdf else kinds.UNKNOWN,
        )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response


def _played(request: HttpRequest, stored: IO[bytes], content: MessageContent) -> HttpResponseBase:
    """Return the whole or the one part that a player asks for, so that it can seek.

    https://www.rfc-editor.org/rfc/rfc9110#name-range
    """
    size, content_type = content.size or 0, content.content_type
    # We give no validator that If-Range could name: then it asks for the whole.
    whole = request.method != "GET" or "If-Range" in request.headers
    span = None if whole else _span(request.headers.get("Range", ""), size)
    if span is None:
        response: HttpResponseBase = FileResponse(
            stored, content_type=content_type, filename=download_name(content)
        )
    elif not span:
        stored.close()
        response = HttpResponse(status=416, content_type=content_type)
        response["Content-Range"] = f"bytes */{size}"
    else:
        stored.seek(span.start)
        part: Any = _Part(stored, len(span))
        response = FileResponse(part, status=206, content_type=content_type)
        response["Content-Length"] = str(len(span))
        response["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    return response


def _span(asked: str, size: int) -> range | None:
    """Return the bytes that a Range header names, an empty range for none of these.

    None: it names nothing that we serve in parts (no header, several parts, nonsense).

    >>> _span("bytes=2-", 10), _span("bytes=-3", 10), _span("bytes=10-", 10), _span("", 10)
    (range(2, 10), range(7, 10), range(0, 0), None)
    """
    found = _RANGE.fullmatch(asked.strip())
    if found is None:
        return None
    first, last = found.groups()
    if not first:
        if not last:
            return None
        return range(max(0, size - int(last)), size) if int(last) and size else range(0)
    if last and int(last) < int(first):
        return None
    start = int(first)
    stop = min(int(last) + 1, size) if last else size
    return range(start, stop) if start < stop else range(0)


class _Part:
    """The next `length` bytes of an open file."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file, self._left = file, length
        self.close: Callable[[], None] = file.close

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes of the part, b'' at its end."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data
