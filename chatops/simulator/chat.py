"""The chat itself: what residents do on their phones, and what the account puts into it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chatops.simulator import events, pictures, store
from chatops.simulator.models import Alias, Entry, Resident, RichMenu

QUOTABLE = {"text", "textV2", "sticker", "image", "video", "template", "flex"}
WITH_QUOTE_TOKEN_IN = {"text", "sticker", "image", "video"}


class Refused(Exception):
    """The phone would not let her do this."""


def write(
    resident: Resident,
    message: dict[str, Any],
    *,
    from_account: bool = False,
    via: str = "",
    content_type: str = "",
) -> Entry:
    """Add a line to the chat of `resident`. Only inside a transaction."""
    at = store.now_ms()
    seq = store.next_seq()
    quotable = message["type"] in (QUOTABLE if from_account else WITH_QUOTE_TOKEN_IN)
    entry = Entry(
        seq=seq,
        message_id=store.message_id(seq, at),
        resident=resident,
        from_account=from_account,
        at=at,
        via=via,
        quote_token=store.token(40) if quotable else "",
        content_type=content_type,
    )
    if from_account:
        entry.sender = message.get("sender")
        entry.message = {key: value for key, value in message.items() if key != "sender"}
    else:
        entry.message = message
        entry.read_token = store.token(30)
    entry.save(force_insert=True)
    return entry


def put_from_account(resident: Resident, messages: list[dict[str, Any]], via: str) -> list[Entry]:
    """Let `messages` arrive on the phone; the loading animation ends. Only in a transaction."""
    entries = [write(resident, message, from_account=True, via=via) for message in messages]
    Resident.objects.filter(pk=resident.pk).update(typing_until=None)
    return entries


def _say(resident: Resident, entry: Entry, message: dict[str, Any]) -> dict[str, str]:
    """Send the message event of what she wrote."""
    content = {"type": message["type"], "id": entry.message_id}
    if entry.quote_token:
        content["quoteToken"] = entry.quote_token
    content["markAsReadToken"] = entry.read_token
    content |= message
    event_id = events.emit(resident, "message", message=content)
    return {"message_id": entry.message_id, "event_id": event_id}


def _open_chat(resident: Resident) -> None:
    if resident.blocked:
        raise Refused("the resident has blocked the account")


@transaction.atomic
def send_text(resident: Resident, text: str, quoted: str | None = None) -> dict[str, str]:
    """She types a text, quoting the message `quoted` where it is given."""
    _open_chat(resident)
    message = {"type": "text", "text": text}
    if quoted:
        if not Entry.objects.filter(resident=resident, message_id=quoted).exists():
            raise Refused("no such message in this chat")
        message["quotedMessageId"] = quoted
    return _say(resident, write(resident, message), message)


def send_images(resident: Resident, files: list[bytes]) -> list[dict[str, str]]:
    """She picks photos from her album; several at once make an image set."""
    _open_chat(resident)
    # As the LINE app does: what is no JPEG or PNG becomes a JPEG. Before any transaction.
    ready = [pictures.as_line_sends_it(data) for data in files]
    set_id = store.token(24).encode().hex().upper()[:64]
    sent = []
    for index, (data, content_type) in enumerate(ready, start=1):
        with transaction.atomic():
            event: dict[str, Any] = {"type": "image", "contentProvider": {"type": "line"}}
            if len(ready) > 1:
                event["imageSet"] = {"id": set_id, "index": index, "total": len(ready)}
            entry = write(resident, dict(event), content_type=content_type)
            pictures.keep_content(entry.message_id, data)
            sent.append(_say(resident, entry, event))
    return sent


@transaction.atomic
def send_file(
    resident: Resident, kind: str, name: str, data: bytes, content_type: str
) -> dict[str, str]:
    """She sends a file, a video or a sound (`kind` file, video, audio)."""
    _open_chat(resident)
    if kind == "file":
        event: dict[str, Any] = {"type": "file", "fileName": name, "fileSize": len(data)}
    else:
        event = {"type": kind, "duration": 5000, "contentProvider": {"type": "line"}}
    entry = write(resident, dict(event), content_type=content_type)
    pictures.keep_content(entry.message_id, data)
    return _say(resident, entry, event)


@transaction.atomic
def send_message(resident: Resident, message: dict[str, Any]) -> dict[str, str]:
    """She sends a location or a sticker; `message` holds its webhook properties."""
    _open_chat(resident)
    return _say(resident, write(resident, message), message)


@transaction.atomic
def share(resident: Resident, messages: list[dict[str, Any]]) -> list[str]:
    """A LIFF page sends messages in her name. Flex and templates cause no webhook."""
    _open_chat(resident)
    ids = []
    for message in messages:
        entry = write(resident, message)
        ids.append(entry.message_id)
        if message["type"] in {"flex", "template", "textV2", "imagemap", "coupon"}:
            continue
        event = {"type": message["type"]}
        if message["type"] == "text":
            event["text"] = message["text"]
        elif message["type"] == "location":
            for name in ("title", "address", "latitude", "longitude"):
                event[name] = message[name]
        elif message["type"] == "sticker":
            event |= {
                "packageId": message["packageId"],
                "stickerId": message["stickerId"],
                "stickerResourceType": "STATIC",
            }
        else:
            event["contentProvider"] = {
                "type": "external",
                **{k: v for k, v in message.items() if k.endswith("Url")},
            }
        _say(resident, entry, event)
    return ids


@transaction.atomic
def set_blocked(resident: Resident, blocked: bool, *, unblocked: bool = True) -> str:
    """She blocks the account, or adds it (again): an unfollow or a follow event."""
    if blocked and resident.blocked:
        raise Refused("the account is already blocked")
    Resident.objects.filter(pk=resident.pk).update(blocked=blocked)
    if blocked:
        return events.emit(resident, "unfollow")
    return events.emit(resident, "follow", follow={"isUnblocked": unblocked})


@transaction.atomic
def unsend(resident: Resident, message_id: str) -> str:
    """She takes a message of hers back: its text and content are gone."""
    entry = Entry.objects.filter(
        resident=resident, message_id=message_id, from_account=False
    ).first()
    if entry is None:
        raise Refused("no such message of hers")
    if entry.unsent:
        raise Refused("the message is already unsent")
    entry.unsent = True
    entry.message = {"type": entry.message["type"]}
    entry.seq = store.next_seq()
    entry.save(update_fields=["unsent", "message", "seq"])
    transaction.on_commit(lambda: pictures.drop_content(message_id))
    return events.emit(resident, "unsend", unsend={"messageId": message_id})


def tap(resident: Resident, action: dict[str, Any], params: dict[str, Any] | None) -> str | None:
    """She taps something with `action`. Return the address to open, if that is what it does.

    `params` holds what she picked in a date picker. Raise Refused for a tap that does nothing
    on the platform (camera, clipboard: the phone's own business) or cannot be.
    """
    kind = action.get("type")
    if kind == "uri":
        return str(action.get("uri"))
    _open_chat(resident)
    if kind == "message":
        send_text(resident, str(action.get("text")))
        return None
    with transaction.atomic():
        if kind == "richmenuswitch":
            params = _switch_menu(resident, str(action.get("richMenuAliasId")))
        elif kind not in {"postback", "datetimepicker"}:
            raise Refused(f"a {kind} action sends nothing")
        postback: dict[str, Any] = {"data": str(action.get("data", ""))}
        if params:
            postback["params"] = params
        if kind == "postback" and action.get("displayText"):
            write(resident, {"type": "postback", **_pick(action, "data", "displayText")})
        events.emit(resident, "postback", postback=postback)
    if kind == "postback" and action.get("text"):
        send_text(resident, str(action["text"]))
    return None


def _pick(source: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: source[name] for name in names if name in source}


def _switch_menu(resident: Resident, alias_id: str) -> dict[str, str]:
    """Change her menu to the one behind the alias; return the postback's params."""
    alias = Alias.objects.filter(pk=alias_id).first()
    if alias is None:
        return {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
    if not RichMenu.objects.filter(pk=alias.rich_menu_id).exclude(image_type="").exists():
        return {"status": "RICHMENU_NOTFOUND"}
    Resident.objects.filter(pk=resident.pk).update(menu_id=alias.rich_menu_id)
    return {"newRichMenuAliasId": alias_id, "status": "SUCCESS"}


def menu_of(resident: Resident) -> RichMenu | None:
    """Return the menu that her phone shows: her own one, else the default, else none."""
    if resident.blocked:
        return None
    if resident.menu is not None:
        return resident.menu
    return RichMenu.objects.filter(pk=store.read("default_menu", "")).first()
