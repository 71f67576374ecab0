"""What LINE's message objects say, read tolerantly.

LINE may add properties and values without notice, so whatever has an odd shape is passed over;
nothing here raises, and every text that leaves here can be stored by every database.
https://developers.line.biz/en/reference/messaging-api/#message-event
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from bannmae.thai.text import normalise_text, shorten

Json = dict[str, Any]

PREVIEW_CHARACTERS = 120
MAX_KEYWORDS = 15
EXTERNAL = "external"
# The largest whole number that JSON keeps exact everywhere.
_MAX_NUMBER = 2**53 - 1

_NAMES = {
    "image": "[รูปภาพ]",
    "video": "[วิดีโอ]",
    "audio": "[ข้อความเสียง]",
    "file": "[ไฟล์]",
    "location": "[ตำแหน่ง]",
    "sticker": "[สติกเกอร์]",
    "unsent": "[ยกเลิกข้อความแล้ว]",
}
_OTHER = "[ข้อความชนิดอื่น]"


def details_of(message: object) -> Json:
    """Return what a message of its kind holds beside a text; keys as at `Message.details`.

    Sticker: sticker_id, package_id, keywords (list), text (of a message sticker). Location:
    latitude, longitude (degrees, WGS 84), title, address. File: file_name, file_size (bytes).
    Video and audio: duration_ms. Image: image_set, index, total (of several sent at once).
    What lies outside LINE: provider 'external', url, preview_url. What is missing or odd in
    `message` has no key.
    """
    if not isinstance(message, Mapping):
        return {}
    kind = message.get("type")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    found = read(message) if read else {}
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def quoted_message_id(message: object) -> str:
    """Return LINE's id of the message that this one quotes, '' for none."""
    return _text(_at(message, "quotedMessageId"), 64)


def quote_token(message: object) -> str:
    """Return the token by which an answer can quote this message, '' for none."""
    return _token(_at(message, "quoteToken"))


def mark_as_read_token(message: object) -> str:
    """Return the token that marks this message and those before it as read, '' for none."""
    return _token(_at(message, "markAsReadToken"))


def preview(kind: str, text: str, details: Mapping[str, Any]) -> str:
    """Return one line of at most 120 characters that tells what was sent, for lists.

    >>> preview("file", "", {"file_name": "ใบเสร็จ.pdf"})
    '[ไฟล์] ใบเสร็จ.pdf'
    >>> preview("text", "สวัสดี\\nครับ", {})
    'สวัสดี ครับ'
    """
    if kind == "text":
        return _one_line(text)
    words: object = ""
    if kind == "sticker":
        keywords = details.get("keywords")
        first = keywords[0] if isinstance(keywords, list) and keywords else ""
        words = details.get("text") or first
    elif kind == "location":
        words = details.get("title") or details.get("address")
    elif kind == "file":
        words = details.get("file_name")
    said = words if isinstance(words, str) else ""
    return _one_line(f"{_NAMES.get(kind, _OTHER)} {said or text}")


# -- one reader for each kind ---------------------------------------------------------------


def _sticker(message: Mapping[str, Any]) -> Json:
    keywords = message.get("keywords")
    words = keywords[:MAX_KEYWORDS] if isinstance(keywords, list) else []
    return {
        "sticker_id": _text(message.get("stickerId"), 64),
        "package_id": _text(message.get("packageId"), 64),
        "keywords": [word for word in (_text(one, 100) for one in words) if word],
        "text": _text(message.get("text"), 200),
    }


def _location(message: Mapping[str, Any]) -> Json:
    latitude = _degrees(message.get("latitude"), 90)
    longitude = _degrees(message.get("longitude"), 180)
    whole = latitude is not None and longitude is not None
    return {
        "latitude": latitude if whole else None,
        "longitude": longitude if whole else None,
        "title": _text(message.get("title"), 200),
        "address": _text(message.get("address"), 500),
    }


def _file(message: Mapping[str, Any]) -> Json:
    return {
        "file_name": _text(message.get("fileName"), 300),
        "file_size": _number(message.get("fileSize")),
    }


def _played(message: Mapping[str, Any]) -> Json:
    return {"duration_ms": _number(message.get("duration")), **_provider(message)}


def _image(message: Mapping[str, Any]) -> Json:
    images = message.get("imageSet")
    found = _provider(message)
    if isinstance(images, Mapping) and (name := _text(images.get("id"), 100)):
        found |= {
            "image_set": name,
            "index": _number(images.get("index")),
            "total": _number(images.get("total")),
        }
    return found


def _provider(message: Mapping[str, Any]) -> Json:
    provider = message.get("contentProvider")
    if not isinstance(provider, Mapping) or provider.get("type") != EXTERNAL:
        return {}
    return {
        "provider": EXTERNAL,
        "url": _text(provider.get("originalContentUrl"), 2000),
        "preview_url": _text(provider.get("previewImageUrl"), 2000),
    }


_READERS: dict[str, Callable[[Mapping[str, Any]], Json]] = {
    "sticker": _sticker,
    "location": _location,
    "file": _file,
    "video": _played,
    "audio": _played,
    "image": _image,
}


# -- values -----------------------------------------------------------------------------------


def _at(message: object, key: str) -> object:
    return message.get(key) if isinstance(message, Mapping) else None


def _text(value: object, length: int) -> str:
    """Return a text or a number as one storable line of at most `length`, anything else as ''."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    if isinstance(value, int) and abs(value) > _MAX_NUMBER:
        return ""  # str() itself refuses numbers of some thousand digits
    words = str(value)[: 4 * length].encode("utf-8", "replace").decode()
    return " ".join(normalise_text(words).split())[:length]


def _token(value: object) -> str:
    """Return a token as it is; one that does not fit its column is of no use."""
    if not isinstance(value, str) or len(value) > 300 or not value.isascii():
        return ""
    return value if value.isprintable() else ""


def _number(value: object) -> int | None:
    """Return a whole number from 0, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MAX_NUMBER else None


def _degrees(value: object, limit: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= limit else None


def _one_line(text: str) -> str:
    words = normalise_text(text[: 8 * PREVIEW_CHARACTERS].encode("utf-8", "replace").decode())
    words = " ".join(words.split())
    # A reader counts graphemes, the column code points: an emoji may be seven of them.
    for length in range(PREVIEW_CHARACTERS, 0, -1):
        if len(short := shorten(words, length)) <= PREVIEW_CHARACTERS:
            return short
    return words[:PREVIEW_CHARACTERS]  # a letter under a heap of tone marks
