"""Menu entries by key. Upper rooms add theirs in AppConfig.ready(); nothing here knows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bannmae.thai.text import search_key
from chatops.models import ChatCase, Message, Resident

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One thing that the chat can do.

    `label`: at most 20 graphemes, for buttons; `words`: what a resident may type for it;
    `answer`: LINE message objects (1–5) for a tap or those words; `uri`: the address that a
    tap opens at once instead ('' where the profile names none: then `answer` is sent);
    `urgent`: the answer stands alone and goes out whatever is left of the month's quota;
    `topic`: what she writes after a tap on it is about (a Topic's slug).
    """

    key: str
    label: str
    answer: Callable[[Resident], Sequence[Json]]
    words: Sequence[str] = ()
    uri: Callable[[], str] | None = None
    urgent: bool = False
    topic: str = ""


_entries: dict[str, Entry] = {}
_words: dict[str, str] = {}
_unsend_hooks: list[Callable[[Message], None]] = []
# Called with the turn (chatops/inbox/turn.py) and what the button sent; True: it was theirs.
TapHandler = Callable[[Any, dict[str, str]], bool]
_tap_handlers: list[TapHandler] = []
# Called with the turn and a picture of hers, sent in a conversation about payments, and the case
# that it belongs to; True: it is cared for, nobody has to answer it in the chat.
PictureHandler = Callable[[Any, Message, ChatCase], bool]
_picture_handlers: list[PictureHandler] = []
# Called with a resident; when a room above asked her for a picture that is not there yet, or None.
PictureWish = Callable[[Resident], dt.datetime | None]
_picture_wishes: list[PictureWish] = []
# Called with the turn, a text of hers that is not the menu's and no likely emergency, and the case
# that an officer has in hand (None: nobody has); True: it was put into its case, and answered
# where no officer has it in hand.
WordsHandler = Callable[[Any, Message, ChatCase | None], bool]
_words_handlers: list[WordsHandler] = []


def register(entry: Entry) -> None:
    """Add an entry; the same key again replaces it (autoreload)."""
    _entries[entry.key] = entry
    for word in (entry.label, *entry.words):
        _words[search_key(word)] = entry.key


def register_unsend_hook(hook: Callable[[Message], None]) -> None:
    """Have `hook` called, in the transaction of an unsend, with the message taken back."""
    if hook not in _unsend_hooks:
        _unsend_hooks.append(hook)


def register_tap_handler(handler: TapHandler) -> None:
    """Have `handler` asked about buttons that nothing here knows, in the event's transaction."""
    if handler not in _tap_handlers:
        _tap_handlers.append(handler)


def register_picture_handler(handler: PictureHandler) -> None:
    """Have `handler` asked about pictures sent where payments are talked of, in the transaction.

    While an officer has the conversation in hand (`case.mode`) it is left to him whatever the
    handler says.
    """
    if handler not in _picture_handlers:
        _picture_handlers.append(handler)


def register_picture_wish(wish: PictureWish) -> None:
    """Have `wish` asked, for a picture in no conversation about payments, whether it is awaited."""
    if wish not in _picture_wishes:
        _picture_wishes.append(wish)


def register_words_handler(handler: WordsHandler) -> None:
    """Have `handler` asked about texts before they are answered, in the event's transaction.

    `turn.plan.decision` may be a doubtful emergency: only what is surely something else is taken.
    """
    if handler not in _words_handlers:
        _words_handlers.append(handler)


def picture_handlers() -> Sequence[PictureHandler]:
    """Return who is asked about pictures."""
    return tuple(_picture_handlers)


def picture_asked_at(resident: Resident) -> dt.datetime | None:
    """Return when a room above last asked her for a picture that is not there yet, or None."""
    return max((at for wish in _picture_wishes if (at := wish(resident))), default=None)


def words_handlers() -> Sequence[WordsHandler]:
    """Return who is asked about texts."""
    return tuple(_words_handlers)


def tap_handlers() -> Sequence[TapHandler]:
    """Return who is asked about other buttons."""
    return tuple(_tap_handlers)


def get(key: str) -> Entry | None:
    """Return the entry of that key, or None."""
    return _entries.get(key)


def by_words(words: str) -> Entry | None:
    """Return the entry that these words, in search form, call for by name."""
    return _entries.get(_words.get(words, ""))


def unsend_hooks() -> Sequence[Callable[[Message], None]]:
    """Return what upper rooms want done when a message is taken back."""
    return tuple(_unsend_hooks)
