"""The control API's other half: what the phone shows, faults, settings, logs, reset."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatops.simulator import accounts, chat, delivery, events, models, pictures, store, tokens
from chatops.simulator.answers import as_json
from chatops.simulator.api.account import picture_url
from chatops.simulator.control import body_of, control, resident_of
from chatops.simulator.models import ApiRequest, Delivery, Entry, Resident, RichMenu

LONGEST_ANSWER = 500


def resident_as_json(request: HttpRequest, resident: Resident, unread: int) -> dict[str, Any]:
    """Return a resident as the control API shows her."""
    return {
        "user_id": resident.user_id,
        "display_name": resident.display_name,
        "picture_url": picture_url(request, resident),
        "blocked": resident.blocked,
        "unread": unread,
    }


def _entry_as_json(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    message = dict(entry.message)
    if entry.content_type and not entry.unsent:
        url = request.build_absolute_uri(reverse("phone-content", args=[entry.message_id]))
        message |= {"originalContentUrl": url, "previewImageUrl": url}
    return {
        "seq": entry.seq,
        "id": entry.message_id,
        "from": "account" if entry.from_account else "resident",
        "at": entry.at,
        "message": message,
        "sender": entry.sender,
        "via": entry.via or None,
        "unsent": entry.unsent,
    }


def _menu_as_json(request: HttpRequest, menu: RichMenu | None) -> dict[str, Any] | None:
    if menu is None:
        return None
    return {
        "rich_menu_id": menu.pk,
        "image_url": request.build_absolute_uri(reverse("phone-menu", args=[menu.pk])),
        "size": menu.spec["size"],
        "chat_bar_text": menu.spec["chatBarText"],
        "selected": menu.spec["selected"],
        "areas": menu.spec["areas"],
    }


@require_GET
@control
def state(request: HttpRequest) -> HttpResponse:
    """GET /_sim/state?resident=&after=: all that a phone needs, with chat lines after `after`.

    Looking at a resident's chat counts as reading it.
    """
    after = int(request.GET.get("after") or 0)
    # Read before the lines: a line that comes in between is sent now, and not lost later.
    newest = store.read("sequence", 0)
    user_id = request.GET.get("resident")
    resident = resident_of(user_id) if user_id else None
    chat_lines: list[dict[str, Any]] = []
    if resident is not None:
        lines = Entry.objects.filter(resident=resident, seq__gt=after).order_by("seq")
        chat_lines = [_entry_as_json(request, line) for line in lines]
        if chat_lines:
            newest = max(newest, chat_lines[-1]["seq"])
            Resident.objects.filter(pk=resident.pk, seen_seq__lt=newest).update(seen_seq=newest)
    unread = Count("entry", filter=Q(entry__from_account=True, entry__seq__gt=F("seen_seq")))
    residents = Resident.objects.annotate(unread=unread).order_by("position")
    current = store.settings()
    typing = resident.typing_until if resident else None
    if typing is not None and typing <= store.now_ms(current):
        typing = None
    return as_json(
        {
            "seq": newest,
            "residents": [resident_as_json(request, row, row.unread) for row in residents],
            "chat": chat_lines,
            "typing_until": typing,
            "read_until": resident.read_until if resident else None,
            "menu": _menu_as_json(request, chat.menu_of(resident)) if resident else None,
            "faults": store.faults(),
            "settings": current,
            "now": store.now_ms(current),
        }
    )


def _changed(current: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `current` with `changes`. Raise ValueError for unknown names and wrong types."""
    for name, value in changes.items():
        if name not in current:
            raise ValueError(f"unknown name {name}")
        if name == "quota" and value is None:
            continue
        kind = bool if isinstance(current[name], bool) else type(current[name])
        numeric = kind in (int, float, type(None)) or name == "quota"
        good = (
            isinstance(value, int | float) and not isinstance(value, bool)
            if numeric
            else isinstance(value, kind)
        )
        if not good:
            raise ValueError(f"{name} has the wrong type")
        if numeric and value < 0 and name != "clock_offset_seconds":
            raise ValueError(f"{name} must not be negative")
    return {**current, **changes}


@require_http_methods(["GET", "PUT"])
@control
def faults(request: HttpRequest) -> HttpResponse:
    """GET and PUT /_sim/faults; PUT changes what it names."""
    if request.method == "PUT":
        changes = body_of(request)
        with transaction.atomic():
            before = store.faults()
            after = _changed(before, changes)
            store.write("faults", after)
            if before["webhook_reverse"] and not after["webhook_reverse"]:
                events.release_held()
    return as_json(store.faults())


@require_http_methods(["GET", "PUT"])
@control
def settings(request: HttpRequest) -> HttpResponse:
    """GET and PUT /_sim/settings; PUT changes what it names."""
    if request.method == "PUT":
        changes = body_of(request)
        with transaction.atomic():
            accounts.check(_changed(store.settings(), changes)["accounts"])
            store.write("settings", {**store.read("settings", {}), **changes})
            events.wake_on_commit()
    return as_json(store.settings())


@require_GET
@control
def requests(request: HttpRequest) -> HttpResponse:
    """GET /_sim/requests?after=: the calls of the Messaging API, oldest first."""
    after = int(request.GET.get("after") or 0)
    rows = list(ApiRequest.objects.filter(pk__gt=after).order_by("-pk")[:LONGEST_ANSWER])
    return as_json(
        [
            {
                "n": row.pk,
                "method": row.method,
                "path": row.path,
                "status": row.status,
                "retry_key": row.retry_key,
                "body": row.body,
                "at": row.at,
            }
            for row in reversed(rows)
        ]
    )


@require_GET
@control
def deliveries(request: HttpRequest) -> HttpResponse:
    """GET /_sim/deliveries: what became of the newest webhook events, oldest first.

    `status` is pending, held, sending, delivered, failed or off; `http_status` the last answer's
    (0 for none, with the reason in `error`).
    """
    rows = list(Delivery.objects.order_by("-pk")[:LONGEST_ANSWER])
    return as_json(
        [
            {
                "event_id": row.event_id,
                "type": row.event["type"],
                "event": row.event,
                "status": row.status,
                "http_status": row.http_status,
                "error": row.error,
                "attempts": row.attempts,
                "ms": row.ms,
                "at": row.at,
                "due_at": row.due_at,
            }
            for row in reversed(rows)
        ]
    )


@require_POST
@control
def webhook(request: HttpRequest) -> HttpResponse:
    """POST /_sim/webhook: sign and deliver exactly these events, now; answer what came back.

    `signature` is right (default), bad or none; `body` sends that very text instead of events.
    """
    wanted = body_of(request)
    current = store.settings()
    if "body" in wanted:
        body = str(wanted["body"]).encode()
    else:
        body = delivery.encode(list(wanted.get("events", [])), wanted.get("destination"))
    how = wanted.get("signature", "right")
    if how not in {"right", "bad", "none"}:
        raise ValueError("signature must be right, bad or none")
    signature = delivery.sign(body, current["channel_secret"] + ("" if how == "right" else "x"))
    status, reason, took = delivery.post(
        current["webhook_url"],
        body,
        None if how == "none" else signature,
        current["webhook_timeout_seconds"],
    )
    return as_json({"status": status, "error": reason, "ms": took})


@require_POST
@control
def retry_deliveries(request: HttpRequest) -> HttpResponse:
    """POST /_sim/deliveries/retry: try all that failed or waits for its next try, now."""
    with transaction.atomic():
        count = delivery.retry_all()
        events.wake_on_commit()
    return as_json({"retried": count})


@require_POST
@control
def rotate_keys(request: HttpRequest) -> HttpResponse:
    """POST /_sim/keys/rotate {"withdraw_old"?: bool}: a new key signs from now on."""
    withdraw = bool(body_of(request).get("withdraw_old", False))
    with transaction.atomic():
        if withdraw:
            models.SigningKey.objects.update(published=False)
        kid = tokens.new_key().kid
    return as_json({"kid": kid}, 201)


@require_POST
@control
def reset(request: HttpRequest) -> HttpResponse:
    """POST /_sim/reset {"menus"?: bool}: the first residents, no chats, no faults.

    Settings and keys stay. So do the account's rich menus, which no resident made, unless
    `menus` asks for a channel without any.
    """
    menus = bool(body_of(request).get("menus", False))
    with transaction.atomic():
        for model in (
            models.Delivery,
            models.AcceptedPush,
            models.ApiRequest,
            models.Usage,
            models.AuthCode,
            models.UserToken,
            models.ReplyToken,
            models.Entry,
            models.Resident,
        ):
            model.objects.all().delete()
        if menus:
            models.Alias.objects.all().delete()
            models.RichMenu.objects.all().delete()
            store.write("default_menu", "")
        store.write("faults", {})
        store.seed()
    pictures.drop_all(menus=menus)
    return as_json({})


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """GET /_sim/healthz: 200 once the database answers."""
    store.read("sequence")
    return as_json({"ok": True})


@require_GET
@control
def content(request: HttpRequest, message_id: str) -> HttpResponse:
    """GET /_sim/content/<message id>: her own photo, for her own phone."""
    entry = Entry.objects.filter(message_id=message_id).exclude(content_type="").first()
    data = pictures.content(message_id) if entry and not entry.unsent else None
    if entry is None or data is None:
        raise Http404("no such content")
    return _file(data, entry.content_type)


@require_GET
@control
def menu_image(request: HttpRequest, rich_menu_id: str) -> HttpResponse:
    """GET /_sim/richmenu/<id>/image."""
    menu = RichMenu.objects.filter(pk=rich_menu_id).exclude(image_type="").first()
    data = pictures.menu(rich_menu_id) if menu else None
    if menu is None or data is None:
        raise Http404("no such picture")
    return _file(data, menu.image_type)


def _file(data: bytes, content_type: str) -> HttpResponse:
    # What she sent is shown, never run: no sniffing, no scripts.
    return HttpResponse(
        data,
        content_type=content_type,
        headers={
            "Cache-Control": "private, max-age=86400, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


AVATAR_COLORS = ("#2f6f4f", "#8a4b2d", "#3a5a8c", "#7a3e65", "#5c6b1f", "#1f6f78")


@require_GET
@control
def avatar(request: HttpRequest, user_id: str) -> HttpResponse:
    """GET /_sim/avatar/<user id>: a drawn profile picture with the first letter of the name."""
    resident = resident_of(user_id)
    # A leading vowel (เ แ โ ใ ไ) is written before the letter that the name begins with.
    letters = [c for c in resident.display_name if c.isalpha() and c not in "เแโใไ"]
    letter = letters[0] if letters and letters[0] not in "<>&" else "?"
    color = AVATAR_COLORS[int(user_id[1:5], 16) % len(AVATAR_COLORS)]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">'
        f'<rect width="96" height="96" fill="{color}"/>'
        '<text x="48" y="64" font-family="Sarabun,Noto Sans Thai,sans-serif" font-size="46" '
        f'fill="#fff" text-anchor="middle">{letter}</text></svg>'
    )
    return HttpResponse(
        svg,
        content_type="image/svg+xml",
        headers={
            "Cache-Control": "public, max-age=3600",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )
