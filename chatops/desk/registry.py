"""What other rooms show and offer at the desk. They register in AppConfig.ready() or admin.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bannmae.models import Staff
from chatops.models import ChatCase


@dataclass(frozen=True, slots=True)
class ResidentRow:
    """A line about a resident: what, where it leads, and how it stands.

    `tone` colours `state` as chips are coloured: news, progress, ask, done, late, warn, ended.
    """

    text: str
    url: str = ""
    hint: str = ""
    state: str = ""
    tone: str = "ended"


# Takes the officer and the ids of the residents who are one person; returns what he may see.
ResidentRows = Callable[[Staff, Sequence[int]], Sequence[ResidentRow]]


@dataclass(frozen=True, slots=True)
class Section:
    """A list on the right-hand side of a conversation; shown only where it has rows."""

    title: str
    rows: ResidentRows


@dataclass(frozen=True, slots=True)
class Action:
    """What can be made of chosen messages; `url` is opened with ?case=<pk>&messages=<ids>."""

    key: str
    title: str
    allowed: Callable[[Staff], bool]
    url: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Print:
    """A paper of a whole case."""

    title: str
    url: Callable[[int], str]
    allowed: Callable[[Staff, ChatCase], bool]


_sections: list[Section] = []
_actions: dict[str, Action] = {}
_prints: list[Print] = []


def add_resident_section(title: str, rows: ResidentRows) -> None:
    """Show `rows(staff, resident_ids)` beside each conversation, a constant number of queries."""
    _sections.append(Section(title, rows))


def add_action(
    key: str, title: str, allowed: Callable[[Staff], bool], url: Callable[[], str]
) -> None:
    """Offer `title` for chosen messages; the same key again replaces it.

    The page at `url()` gets ?case=<pk>&messages=<pks of Message, by comma> and must ask
    chatops.cases.access itself whether the officer may see them.
    """
    _actions[key] = Action(key, title, allowed, url)


def add_print(
    title: str,
    url: Callable[[int], str],
    allowed: Callable[[Staff, ChatCase], bool] = lambda staff, case: True,
) -> None:
    """Offer a paper of a case at `url(case_pk)`, opened in a window of its own."""
    _prints.append(Print(title, url, allowed))


def sections() -> Sequence[Section]:
    """Return the lists of the right-hand side."""
    return tuple(_sections)


def actions_for(staff: Staff) -> list[Action]:
    """Return what `staff` may make of chosen messages."""
    return [action for action in _actions.values() if action.allowed(staff)]


def prints_for(staff: Staff, case: ChatCase) -> list[Print]:
    """Return the papers of `case` for `staff`."""
    return [one for one in _prints if one.allowed(staff, case)]
