"""Cards: what upper rooms hand to the outbox, turned here into LINE's Flex JSON.

Limits and sizes: https://developers.line.biz/en/reference/messaging-api/#flex-message
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bannmae.thai.text import shorten, utf16_length

Json = dict[str, Any]

MAX_MESSAGES = 5  # in one reply or push
MAX_TEXT = 5000  # UTF-16 code units of a text message
MAX_ALT_TEXT = 1500
MAX_BUBBLES = 12  # in a carousel
MAX_BUTTONS = 3  # on a card (ours: more is a menu, not a card)
MAX_BUTTON_LABEL = 20  # graphemes; a phone's width, LINE itself takes more on a Flex button
MAX_QUICK_REPLIES = 13
MAX_DISPLAY_TEXT = 300  # what a tap puts into the chat as hers
MAX_SENDER_NAME = 20


class Band(StrEnum):
    """Colour of a card's band, chosen by what the card means. All ≥ 4.5:1 under white."""

    NEWS = "#1f5f8b"
    PROGRESS = "#8a5a00"
    ASK = "#9a3412"
    DONE = "#1b6e3c"
    ENDED = "#4b5563"
    EMERGENCY = "#b3261e"


@dataclass(frozen=True)
class Button:
    """One button: an address (`uri`: https, tel or LIFF), a menu key (`entry`) or other `data`.

    `data` comes back with the postback as it is, at most 300 characters.
    """

    label: str
    uri: str = ""
    entry: str = ""
    color: str = ""
    data: str = ""

    def action(self) -> Json:
        """Return LINE's action object."""
        label = shorten(self.label, MAX_BUTTON_LABEL)
        if self.uri:
            return {"type": "uri", "label": label, "uri": self.uri}
        return {
            "type": "postback",
            "label": label,
            "data": self.data or f"menu={self.entry}",
            "displayText": shorten(self.label, MAX_DISPLAY_TEXT),
        }


@dataclass(frozen=True)
class Card:
    """A coloured band, a title, lines, one main button and at most three in all."""

    band: str
    title: str
    alt_text: str
    lines: Sequence[str] = ()
    colour: Band = Band.NEWS
    buttons: Sequence[Button] = ()
    footnote: str = ""

    def __post_init__(self) -> None:
        if len(self.buttons) > MAX_BUTTONS:
            raise ValueError(f"A card bears at most {MAX_BUTTONS} buttons")


@dataclass(frozen=True)
class QuickReply:
    """A button above the keyboard that presses a menu entry, or sends other `data` back."""

    label: str
    entry: str = ""
    data: str = ""


def text_message(text: str, quick_replies: Sequence[QuickReply] = ()) -> Json:
    """Return a text message; longer ones than LINE takes are cut."""
    if utf16_length(text) > MAX_TEXT:
        # Every character is at most two units long.
        text = shorten(text, MAX_TEXT // 2)[: MAX_TEXT // 2]
    return with_quick_replies({"type": "text", "text": text}, quick_replies)


def card_message(
    cards: Card | Sequence[Card],
    *,
    alt_text: str = "",
    quick_replies: Sequence[QuickReply] = (),
) -> Json:
    """Return one Flex message of a card, or a carousel of up to 12."""
    several = [cards] if isinstance(cards, Card) else list(cards)
    if not 1 <= len(several) <= MAX_BUBBLES:
        raise ValueError(f"A carousel holds 1 to {MAX_BUBBLES} cards")
    bubbles = [_bubble(card) for card in several]
    contents: Json = (
        bubbles[0] if isinstance(cards, Card) else {"type": "carousel", "contents": bubbles}
    )
    message: Json = {
        "type": "flex",
        "altText": shorten(alt_text or several[0].alt_text, 400),
        "contents": contents,
    }
    return with_quick_replies(message, quick_replies)


def signed_by(message: Json, sender: str) -> Json:
    """Return `message` shown as from `sender` (a division's short name); '' leaves it."""
    return message | {"sender": {"name": shorten(sender, MAX_SENDER_NAME)}} if sender else message


def with_quick_replies(message: Json, quick_replies: Sequence[QuickReply]) -> Json:
    """Return `message` with buttons above the keyboard; LINE shows those of the last one only."""
    if not quick_replies:
        return message
    items = [
        {
            "type": "action",
            "action": Button(reply.label, entry=reply.entry, data=reply.data).action(),
        }
        for reply in quick_replies[:MAX_QUICK_REPLIES]
    ]
    return message | {"quickReply": {"items": items}}


def _text(text: str, **style: Any) -> Json:
    # LINE refuses an empty text component.
    return {"type": "text", "text": text or " ", "wrap": True, **style}


def _bubble(card: Card) -> Json:
    body: list[Json] = [_text(card.title, weight="bold", size="lg", maxLines=2, color="#111827")]
    body += [_text(line, size="md", color="#374151", margin="md") for line in card.lines if line]
    if card.footnote:
        body.append(_text(card.footnote, size="sm", color="#6b7280", margin="lg"))
    bubble: Json = {
        "type": "bubble",
        "header": {
            "type": "box",
            "layout": "vertical",
            "paddingAll": "lg",
            "backgroundColor": str(card.colour),
            "contents": [_text(card.band, color="#ffffff", weight="bold", size="md")],
        },
        "body": {"type": "box", "layout": "vertical", "contents": body},
    }
    if card.buttons:
        bubble["footer"] = {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "contents": [
                {
                    "type": "button",
                    "style": "primary" if index == 0 or button.color else "secondary",
                    **_button_colour(card, button, index),
                    "height": "md",
                    "action": button.action(),
                }
                for index, button in enumerate(card.buttons)
            ],
        }
    return bubble


def _button_colour(card: Card, button: Button, index: int) -> Json:
    if button.color or index == 0:
        return {"color": button.color or str(card.colour)}
    return {}
