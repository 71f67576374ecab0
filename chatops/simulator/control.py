"""The control API: what a person with a phone does, and the faults and clocks of the platform.

It is not LINE's: the phone's page and the tests use it. Errors are `{"message": …}`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from chatops.simulator import chat, limits, store, tokens
from chatops.simulator.answers import LineError, as_json
from chatops.simulator.models import Resident
from chatops.simulator.rules import Report, check_messages, render

MAX_UPLOAD_BYTES = 25 * 1024 * 1024
MAX_UPLOADS = 20

View = Callable[..., HttpResponse]


def control(view: View) -> View:
    """Turn what a view of the control API may raise into JSON answers."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except chat.Refused as error:
            return as_json({"message": str(error)}, 409)
        except Http404 as error:
            return as_json({"message": str(error) or "not found"}, 404)
        except LineError as error:
            return error.response()
        except (ValueError, TypeError, KeyError) as error:
            return as_json({"message": f"bad request: {error}"}, 400)

    return wrapped


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object in the body, {} for an empty one. Raise ValueError otherwise."""
    if not request.body:
        return {}
    body = json.loads(request.body)
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def resident_of(user_id: str) -> Resident:
    """Return the resident. Raise Http404 where there is none."""
    resident = Resident.objects.select_related("menu").filter(pk=user_id).first()
    if resident is None:
        raise Http404("no such resident")
    return resident


@require_POST
@control
def add_resident(request: HttpRequest) -> HttpResponse:
    """POST /_sim/residents: a new LINE user, a friend of the account from the start."""
    from chatops.simulator.state import resident_as_json

    name = str(body_of(request)["display_name"]).strip()
    if not 1 <= len(name) <= 100:
        raise ValueError("display_name must have 1 to 100 characters")
    known = Resident.objects.count()
    user_id = store.user_id_of(name)
    if Resident.objects.filter(pk=user_id).exists():
        user_id = store.user_id_of(f"{name}#{known}")
    resident = Resident.objects.create(user_id=user_id, display_name=name, position=known)
    return as_json(resident_as_json(request, resident, 0), 201)


@require_POST
@control
def text(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/text."""
    body = body_of(request)
    words = body["text"]
    if not isinstance(words, str) or not words.strip():
        raise ValueError("text must not be empty")
    if limits.utf16_length(words) > 10_000:
        raise ValueError("the LINE app sends at most 10,000 characters")
    sent = chat.send_text(resident_of(user_id), words, body.get("quoted_message_id"))
    return as_json(sent, 201)


def _uploads(request: HttpRequest) -> list[Any]:
    files = request.FILES.getlist("file")
    if not 1 <= len(files) <= MAX_UPLOADS:
        raise ValueError(f"send 1 to {MAX_UPLOADS} parts named 'file'")
    if any(upload.size > MAX_UPLOAD_BYTES for upload in files):
        raise LineError(413, f"a file may have {MAX_UPLOAD_BYTES} bytes at most")
    return files


@require_POST
@control
def image(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/image: one or several photos; the first one's ids, and all of them in `sent`."""
    resident = resident_of(user_id)
    sent = chat.send_images(resident, [upload.read() for upload in _uploads(request)])
    return as_json({**sent[0], "sent": sent}, 201)


@require_POST
@control
def file(request: HttpRequest, user_id: str, kind: str) -> HttpResponse:
    """POST …/file, …/video, …/audio: one upload of that kind."""
    upload = _uploads(request)[0]
    sent = chat.send_file(
        resident_of(user_id),
        kind,
        upload.name or "file",
        upload.read(),
        upload.content_type or "application/octet-stream",
    )
    return as_json(sent, 201)


@require_POST
@control
def location(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/location."""
    body = body_of(request)
    latitude, longitude = float(body["latitude"]), float(body["longitude"])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("no such place on earth")
    # Absent, not empty: LINE leaves out what has no value.
    named = {name: str(body[name]) for name in ("title", "address") if body.get(name)}
    message = {"type": "location", **named, "latitude": latitude, "longitude": longitude}
    return as_json(chat.send_message(resident_of(user_id), message), 201)


@require_POST
@control
def sticker(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/sticker."""
    body = body_of(request)
    message = {
        "type": "sticker",
        "packageId": str(body["package_id"]),
        "stickerId": str(body["sticker_id"]),
        "stickerResourceType": "STATIC",
    }
    return as_json(chat.send_message(resident_of(user_id), message), 201)


@require_POST
@control
def messages(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/messages: what `liff.sendMessages` sends in her name."""
    body = body_of(request)
    report = Report()
    check_messages(body.get("messages"), report)
    if report.problems:
        return as_json(render(report.problems), 400)
    return as_json({"message_ids": chat.share(resident_of(user_id), body["messages"])}, 201)


@require_POST
@control
def action(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/action: the platform's side of tapping something."""
    body = body_of(request)
    tapped = body["action"]
    if not isinstance(tapped, dict):
        raise ValueError("action must be an object")
    return as_json({"open": chat.tap(resident_of(user_id), tapped, body.get("params"))})


@require_POST
@control
def follow(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/follow: she adds the account as a friend."""
    unblocked = bool(body_of(request).get("unblocked", False))
    event_id = chat.set_blocked(resident_of(user_id), False, unblocked=unblocked)
    return as_json({"event_id": event_id}, 201)


@require_POST
@control
def block(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/block."""
    return as_json({"event_id": chat.set_blocked(resident_of(user_id), True)}, 201)


@require_POST
@control
def unblock(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/unblock."""
    return as_json({"event_id": chat.set_blocked(resident_of(user_id), False)}, 201)


@require_POST
@control
def unsend(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/unsend."""
    message_id = str(body_of(request)["message_id"])
    return as_json({"event_id": chat.unsend(resident_of(user_id), message_id)}, 201)


@require_POST
@control
def liff(request: HttpRequest, user_id: str) -> HttpResponse:
    """POST …/liff: the address that LINE's LIFF browser would load for a LIFF link."""
    resident = resident_of(user_id)
    url = tokens.liff_address(resident, str(body_of(request)["uri"]))
    if url is None:
        raise Http404("no such LIFF app")
    return as_json({"url": url})
