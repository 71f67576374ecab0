"""What officers are told of. Each room registers its own; counts only, never whose they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from bannmae.models import Staff

# A moment is written a little before its transaction ends. What is younger than this is left
# for the next look, so that nothing slips in behind a look that was already taken.
SETTLES = dt.timedelta(seconds=2)
# Nobody is told of what is older than this, however long he was away.
OLDEST = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class News:
    """How many things are new, and when the last of them came (None for none)."""

    count: int = 0
    latest: dt.datetime | None = None


Newest = Callable[[Staff, dt.datetime, dt.datetime], News]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of news: 'แชต' in a list, 'แชตใหม่' in a sentence, where it is looked at.

    `newest(staff, since, until)` counts what came to `staff` after `since` and not after
    `until`, within what he may see. `stirred()` returns when anything of the kind happened
    last, for whomever: at that or before it nobody needs to be asked about.
    """

    key: str
    noun: str
    new: str
    url: Callable[[], str]
    newest: Newest
    stirred: Callable[[], dt.datetime | None]


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell an officer of one source."""

    source: Source
    news: News


_sources: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Have officers told of `source`; a second one of the same key takes its place."""
    _sources[source.key] = source


def sources() -> list[Source]:
    """Return every source, in the order of their registration."""
    return list(_sources.values())


def window(since: dt.datetime, now: dt.datetime | None = None) -> tuple[dt.datetime, dt.datetime]:
    """Return from when until when to look: after `since`, not too old, not too young."""
    now = now or timezone.now()
    return max(since, now - OLDEST), now - SETTLES


def last_stirred() -> dict[str, dt.datetime | None]:
    """Return for each source when anything of it happened last; one query each."""
    return {source.key: source.stirred() for source in sources()}


def news_for(
    staff: Staff,
    since: dt.datetime,
    until: dt.datetime,
    stirred: dict[str, dt.datetime | None] | None = None,
) -> list[Told]:
    """Return what came to `staff` after `since` and not after `until`; [] for nothing.

    A closed account is told nothing. `stirred`: of last_stirred(), where it is at hand.
    """
    if not staff.is_active or until <= since:
        return []
    stirred = last_stirred() if stirred is None else stirred
    told = []
    for source in sources():
        last = stirred.get(source.key)
        if last is None or last <= since:
            continue
        news = source.newest(staff, since, until)
        if news.count:
            told.append(Told(source, news))
    return told
