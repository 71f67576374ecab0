"""Message objects of every type that LINE knows, whether the product uses it or not."""

from __future__ import annotations

import re
from typing import Any

from chatops.simulator import limits
from chatops.simulator.rules.actions import QUICK_REPLY, check_action
from chatops.simulator.rules.flex import check_container
from chatops.simulator.rules.report import Path, Report
from chatops.simulator.rules.templates import check_template
from chatops.simulator.rules.values import (
    INVALID,
    MAY_NOT_BE_EMPTY,
    Field,
    check_object,
    integer,
    link,
    matching,
    may,
    need,
    number,
    objects,
    one_of,
    secure_url,
    some_text,
    text,
)

DIGITS = r"\d{1,20}"


def _emoji(value: Any, path: Path, report: Report) -> None:
    fields = {
        "index": need(integer(0)),
        "productId": need(some_text),
        "emojiId": need(some_text),
    }
    check_object(value, path, report, fields, missing=MAY_NOT_BE_EMPTY)


def _emoji_places(message: dict[str, Any], path: Path, report: Report) -> None:
    """Each emoji's index must be that of a `$`, counted in UTF-16 code units."""
    body, emojis = message.get("text"), message.get("emojis")
    if not isinstance(body, str) or not isinstance(emojis, list):
        return
    units = body.encode("utf-16-le", "surrogatepass")
    seen = set()
    for number_, emoji in enumerate(emojis):
        index = emoji.get("index") if isinstance(emoji, dict) else None
        if not isinstance(index, int) or isinstance(index, bool) or index < 0:
            continue
        if units[2 * index : 2 * index + 2] != b"$\0" or index in seen:
            report.add((*path, "emojis", number_, "index"), "invalid index")
        seen.add(index)


_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def _substitutions(message: dict[str, Any], path: Path, report: Report) -> None:
    """Check the placeholders of textV2 against `substitution`."""
    body, given = message.get("text"), message.get("substitution")
    known = given if isinstance(given, dict) else {}
    if given is not None and not isinstance(given, dict):
        report.add((*path, "substitution"), INVALID)
    if len(known) > limits.SUBSTITUTIONS:
        report.add((*path, "substitution"), f"Size must be between 0 and {limits.SUBSTITUTIONS}")
    for key, value in known.items():
        here = (*path, "substitution", key)
        if re.fullmatch(rf"\w{{1,{limits.SUBSTITUTION_KEY_CHARS}}}", key, re.ASCII) is None:
            report.add(here, "invalid key")
        if not isinstance(value, dict) or value.get("type") not in {"mention", "emoji"}:
            report.add((*here, "type"), "Must be one of the following values: [mention, emoji]")
        elif value["type"] == "emoji":
            fields = {"productId": need(some_text), "emojiId": need(some_text)}
            check_object(value, here, report, fields, missing=MAY_NOT_BE_EMPTY)
        else:
            check_object(
                value, here, report, {"mentionee": need(_mentionee)}, missing=MAY_NOT_BE_EMPTY
            )
    if not isinstance(body, str):
        return
    used = {"mention": 0, "emoji": 0}
    for match in _BRACES.finditer(body):
        token = match.group()
        if token in {"{{", "}}"}:
            continue
        value = known.get(match.group(1)) if match.group(1) is not None else None
        if not isinstance(value, dict):
            report.add((*path, "text"), f"no substitution for {token}")
        elif value.get("type") in used:
            used[value["type"]] += 1
    if used["mention"] > limits.MENTIONS:
        report.add((*path, "text"), f"must not have more than {limits.MENTIONS} mentions")
    if used["emoji"] > limits.EMOJIS:
        report.add((*path, "text"), f"must not have more than {limits.EMOJIS} emojis")


def _mentionee(value: Any, path: Path, report: Report) -> None:
    if check_object(value, path, report, {"type": need(one_of(("user", "all")))}):
        if value.get("type") == "user":
            fields = {"userId": need(matching(limits.USER_ID_PATTERN))}
            check_object(value, path, report, fields, missing=MAY_NOT_BE_EMPTY)


def _area(value: Any, path: Path, report: Report) -> None:
    fields = {
        "x": need(integer(0)),
        "y": need(integer(0)),
        "width": need(integer(1)),
        "height": need(integer(1)),
    }
    check_object(value, path, report, fields, missing=MAY_NOT_BE_EMPTY)


IMAGEMAP_ACTIONS: dict[str, dict[str, Field]] = {
    "uri": {"linkUri": need(link)},
    "message": {"text": need(text(limits.IMAGEMAP_TEXT_CHARS, plain=True))},
    "clipboard": {"clipboardText": need(text(limits.CLIPBOARD_CHARS, plain=True))},
}


def _imagemap_action(value: Any, path: Path, report: Report) -> None:
    if not isinstance(value, dict) or value.get("type") not in IMAGEMAP_ACTIONS:
        report.add(
            (*path, "type"),
            f"Must be one of the following values: [{', '.join(IMAGEMAP_ACTIONS)}]",
        )
        return
    fields = {
        "area": need(_area),
        "label": may(text(limits.IMAGEMAP_LABEL_CHARS, plain=True)),
        **IMAGEMAP_ACTIONS[value["type"]],
    }
    check_object(value, path, report, fields, missing=MAY_NOT_BE_EMPTY)


def _imagemap_size(value: Any, path: Path, report: Report) -> None:
    fields = {
        "width": need(integer(limits.IMAGEMAP_WIDTH, limits.IMAGEMAP_WIDTH)),
        "height": need(integer(1)),
    }
    check_object(value, path, report, fields, missing=MAY_NOT_BE_EMPTY)


def _imagemap_link(value: Any, path: Path, report: Report) -> None:
    label = need(text(limits.IMAGEMAP_LINK_LABEL_CHARS, plain=True))
    check_object(value, path, report, {"linkUri": need(link), "label": label})


def _imagemap_video(value: Any, path: Path, report: Report) -> None:
    fields = {
        "originalContentUrl": need(secure_url),
        "previewImageUrl": need(secure_url),
        "area": need(_area),
        "externalLink": may(_imagemap_link),
    }
    check_object(value, path, report, fields, missing=MAY_NOT_BE_EMPTY)


ALT_TEXT = need(text(limits.ALT_TEXT_CHARS, plain=True))
MEDIA: dict[str, Field] = {
    "originalContentUrl": need(secure_url),
    "previewImageUrl": need(secure_url),
}
TYPES: dict[str, dict[str, Field]] = {
    "text": {
        "text": need(text(limits.TEXT_CHARS, plain=True)),
        "emojis": may(objects(_emoji, (0, limits.EMOJIS), plain=True)),
        "quoteToken": may(some_text),
    },
    "textV2": {
        "text": need(text(limits.TEXT_CHARS, plain=True)),
        "quoteToken": may(some_text),
    },
    "sticker": {
        "packageId": need(matching(DIGITS)),
        "stickerId": need(matching(DIGITS)),
        "quoteToken": may(some_text),
    },
    "image": MEDIA,
    "video": {
        **MEDIA,
        "trackingId": may(
            matching(rf"[A-Za-z0-9\-.=,+*()%$&;:@{{}}!?<>\[\]]{{1,{limits.TRACKING_ID_CHARS}}}")
        ),
    },
    "audio": {"originalContentUrl": need(secure_url), "duration": need(integer(1))},
    "location": {
        "title": need(text(limits.LOCATION_CHARS, plain=True)),
        "address": need(text(limits.LOCATION_CHARS, plain=True)),
        "latitude": need(number(-90, 90)),
        "longitude": need(number(-180, 180)),
    },
    "imagemap": {
        "baseUrl": need(secure_url),
        "altText": ALT_TEXT,
        "baseSize": need(_imagemap_size),
        "video": may(_imagemap_video),
        "actions": need(objects(_imagemap_action, limits.IMAGEMAP_ACTIONS, plain=True)),
    },
    "template": {"altText": ALT_TEXT, "template": need(check_template)},
    "flex": {"altText": ALT_TEXT, "contents": need(check_container)},
    "coupon": {
        "couponId": need(some_text),
        "deliveryTag": may(matching(rf"[A-Za-z0-9_]{{1,{limits.DELIVERY_TAG_CHARS}}}")),
    },
}

# "Certain words such as LINE may not be used": the whole list is not published.
_FORBIDDEN_NAME = re.compile(r"(?<![a-z])line(?![a-z])", re.IGNORECASE)


def _sender(value: Any, path: Path, report: Report) -> None:
    fields = {
        "name": may(text(limits.SENDER_NAME_CHARS, plain=True)),
        "iconUrl": may(secure_url),
    }
    if check_object(value, path, report, fields):
        name = value.get("name")
        if isinstance(name, str) and _FORBIDDEN_NAME.search(name):
            report.add((*path, "name"), "contains a word that may not be used")


def _quick_reply_action(value: Any, path: Path, report: Report) -> None:
    check_action(value, path, report, QUICK_REPLY)


def _quick_reply_item(value: Any, path: Path, report: Report) -> None:
    fields = {
        "type": need(one_of(("action",))),
        "imageUrl": may(secure_url),
        "action": need(_quick_reply_action),
    }
    check_object(value, path, report, fields)


def _quick_reply(value: Any, path: Path, report: Report) -> None:
    items = need(objects(_quick_reply_item, limits.QUICK_REPLY_ITEMS, plain=True))
    check_object(value, path, report, {"items": items}, missing=MAY_NOT_BE_EMPTY)


COMMON: dict[str, Field] = {"sender": may(_sender), "quickReply": may(_quick_reply)}


def check_message(value: Any, path: Path, report: Report) -> None:
    """Check one message object."""
    if not isinstance(value, dict):
        report.add(path, INVALID)
        return
    if not isinstance(value.get("type"), str) or value["type"] not in TYPES:
        names = ", ".join(TYPES)
        report.add(
            (*path, "type"),
            MAY_NOT_BE_EMPTY
            if value.get("type") in (None, "")
            else f"Must be one of the following values: [{names}]",
        )
        return
    fields = {**TYPES[value["type"]], **COMMON}
    check_object(value, path, report, fields, missing=MAY_NOT_BE_EMPTY)
    if value["type"] == "text":
        _emoji_places(value, path, report)
    elif value["type"] == "textV2":
        _substitutions(value, path, report)


def check_messages(value: Any, report: Report) -> None:
    """Check the `messages` array of a send or validate request."""
    least, most = limits.MESSAGES_PER_REQUEST
    if value is None:
        report.add(("messages",), MAY_NOT_BE_EMPTY)
        return
    if not isinstance(value, list):
        report.add(("messages",), INVALID)
        return
    if not least <= len(value) <= most:
        report.add(("messages",), f"Size must be between {least} and {most}")
    for index, message in enumerate(value[: 10 * most]):
        check_message(message, ("messages", index), report)
