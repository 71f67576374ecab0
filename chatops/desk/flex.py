"""What an officer is shown of a LINE message object that we sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings

Json = dict[str, Any]


def part_of(message: Json) -> Json:
    """Return one LINE message object as the page draws it: text, picture, cards or a word."""
    kind = message.get("type")
    if kind in ("text", "textV2"):
        return {"type": "text", "text": str(message.get("text") or "")}
    if kind == "image":
        return {
            "type": "image",
            "url": own_address(str(message.get("originalContentUrl") or "")),
            "small": own_address(str(message.get("previewImageUrl") or "")),
        }
    if kind == "flex":
        contents = message.get("contents") or {}
        several = contents.get("contents") if contents.get("type") == "carousel" else [contents]
        cards = [card_of(one) for one in several or [] if isinstance(one, dict)]
        return {"type": "cards", "alt": str(message.get("altText") or ""), "cards": cards}
    return {"type": "text", "text": str(message.get("altText") or "[ข้อความชนิดอื่น]")}


def own_address(url: str) -> str:
    """Return an address of ours as a path: pages show nothing of other hosts."""
    origin = f"{settings.PUBLIC_URL}/"
    return url[len(origin) - 1 :] if url.startswith(origin) else ""


def card_of(bubble: Json) -> Json:
    """Return a Flex bubble as band, title, lines and the words of its buttons."""
    band, title, *lines = [*_words(bubble.get("header")), *_words(bubble.get("body"))] + ["", ""]
    if not _words(bubble.get("header")):
        band, title, lines = "", band, [title, *lines]
    return {
        "band": band,
        "colour": _colour((bubble.get("header") or {}).get("backgroundColor")),
        "title": title,
        "lines": [line for line in lines if line],
        "buttons": _buttons(bubble.get("footer")),
    }


def _words(component: object) -> list[str]:
    if not isinstance(component, dict):
        return []
    if component.get("type") == "text":
        words = str(component.get("text") or "").strip()
        return [words] if words else []
    return [words for one in component.get("contents") or [] for words in _words(one)]


def _buttons(component: object) -> list[str]:
    if not isinstance(component, dict):
        return []
    if component.get("type") == "button":
        label = str((component.get("action") or {}).get("label") or "")
        return [label] if label else []
    return [label for one in component.get("contents") or [] for label in _buttons(one)]


def _colour(value: object) -> str:
    """Return a colour '#1f5f8b'; anything else must not reach a style."""
    text = str(value or "")
    digits = text[1:]
    if (
        text.startswith("#")
        and len(digits) == 6
        and all(one in "0123456789abcdefABCDEF" for one in digits)
    ):
        return text
    return ""
