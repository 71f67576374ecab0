"""Menu entries by key. Upper rooms add theirs in AppConfig.ready(); nothing here knows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bannmae.thai.text import search_key
from chatops.models import Message, Resident

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
