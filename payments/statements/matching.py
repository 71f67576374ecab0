"""Which money in an account is which payer's: pairs that are proposed, never settled by themselves.

A line and a notice can belong together when their amounts are equal and the line lies within the
office's window around the time that the payer tells. What speaks for a pair, strongest first: the
transfer's reference (read from the slip) stands in the line; the payer's name does; how few
minutes part them. A pair is sure when it is each one's best by a clear margin; where two pairs
are nearly as good, both are shown as ambiguous and a person decides.

Everything here is plain data: acts.py reads and writes the database.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bannmae.thai.calendar import local_date
from bannmae.thai.text import search_key
from payments.statements.assignment import cheapest

# Nearest lines of a notice that are weighed, on either side of its time.
NEAREST = 8
CLOSE = 15  # minutes: a bank's clock, a slip's and a payer's memory of it
MARGIN = 30  # minutes by which the second best must be worse
# A group of pairs that hang together is laid out at its best up to this size, else in order.
LARGEST_GROUP = 25
ROUNDS = 50
SHORTEST_REFERENCE = 8
DAY = 24 * 60

REFERENCE_WEIGHT = 1_000_000
NAME_WEIGHT = 10_000


class Certainty(StrEnum):
    """How much speaks for a pair."""

    SURE = "sure"
    LIKELY = "likely"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Money:
    """A line of a statement that belongs to nobody yet. Baht."""

    pk: int
    at: datetime
    has_time: bool
    amount: Decimal
    text: str  # its reference and description


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice without a line. `at` is when she says that she paid, `has_time` by the minute.

    Where she says nothing it is when she told of it (`told_later`), and no evidence by itself.
    """

    pk: int
    at: datetime
    has_time: bool
    amount: Decimal
    payer: str
    references: tuple[str, ...] = ()
    told_later: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A line and a notice that may be one payment; `minutes` part them."""

    line: int
    notice: int
    minutes: int
    by_reference: bool
    by_name: bool
    certainty: Certainty
    rivals: int = 0  # other pairs of either that are about as good

    @property
    def is_sure(self) -> bool:
        """Whether it may be accepted together with others."""
        return self.certainty == Certainty.SURE


@dataclass(frozen=True, slots=True)
class _Edge:
    line: int
    notice: int
    minutes: int
    precise: bool
    told_later: bool
    by_reference: bool
    by_name: bool

    @property
    def cost(self) -> int:
        """Smaller is better; minutes never outweigh a name, nor a name a reference."""
        penalty = 0 if self.by_reference else REFERENCE_WEIGHT
        penalty += 0 if self.by_name else NAME_WEIGHT
        return penalty + min(self.minutes, NAME_WEIGHT - 1)

    @property
    def order(self) -> tuple[int, int, int]:
        return self.cost, self.line, self.notice


def propose(lines: Iterable[Money], notices: Iterable[Claimed], window: timedelta) -> list[Pair]:
    """Return pairs, each line and each notice in one at most: sure ones first, by line."""
    edges = _edges(lines, notices, window)
    pairs, left = _sure(edges)
    for group in _groups(left):
        pairs += _laid_out(group)
    rank = {Certainty.SURE: 0, Certainty.LIKELY: 1, Certainty.AMBIGUOUS: 2}
    return sorted(pairs, key=lambda pair: (rank[pair.certainty], pair.line))


# -- what can belong together ---------------------------------------------------------------------


def _edges(lines: Iterable[Money], notices: Iterable[Claimed], window: timedelta) -> list[_Edge]:
    by_amount: dict[Decimal, list[Money]] = defaultdict(list)
    for line in lines:
        by_amount[line.amount].append(line)
    groups = {amount: _Group(found) for amount, found in by_amount.items()}
    return [
        edge
        for notice in notices
        if notice.amount in groups
        for edge in groups[notice.amount].edges(notice, window)
    ]


class _Group:
    """Lines of one amount, found by time, by what stands in them, by words."""

    def __init__(self, lines: list[Money]) -> None:
        self.lines = sorted(lines, key=lambda line: (line.at, line.pk))
        self.times = [line.at for line in self.lines]
        self.tokens: dict[str, list[int]] = defaultdict(list)
        self.words: list[str] = []
        for at, line in enumerate(self.lines):
            text = search_key(line.text)
            self.words.append(text)
            for token in set(tokens_of(text)):
                self.tokens[token].append(at)

    def edges(self, notice: Claimed, window: timedelta) -> Iterator[_Edge]:
        references = {one for one in map(reference_key, notice.references) if one}
        by_reference = {at for one in references for at in self.tokens.get(one, ())}
        names = name_words(notice.payer)
        by_name = {at for name in names[:1] for at in self.tokens.get(name, ())[:50]}
        near = self._near(notice, window)
        for at in sorted(near | by_reference | by_name):
            line = self.lines[at]
            referred = at in by_reference
            minutes = _minutes(line, notice)
            # The day alone: anything of the days of the window.
            slack = timedelta(0) if line.has_time and notice.has_time else timedelta(days=1)
            if not referred and abs(line.at - notice.at) > window + slack:
                continue
            yield _Edge(
                line=line.pk,
                notice=notice.pk,
                minutes=minutes,
                precise=line.has_time and notice.has_time,
                told_later=notice.told_later,
                by_reference=referred,
                by_name=bool(names) and names[0] in self.words[at],
            )

    def _near(self, notice: Claimed, window: timedelta) -> set[int]:
        first = bisect_left(self.times, notice.at - window - timedelta(days=1))
        last = bisect_right(self.times, notice.at + window + timedelta(days=1))
        middle = bisect_left(self.times, notice.at)
        near = set(range(max(first, middle - NEAREST), min(last, middle + NEAREST)))
        # Lines that have the day alone stand at its midnight, ahead of those with a time.
        start = datetime.combine(local_date(notice.at), datetime.min.time(), notice.at.tzinfo)
        midnight = bisect_left(self.times, start)
        return near | set(range(max(first, midnight), min(last, midnight + NEAREST)))


def _minutes(line: Money, notice: Claimed) -> int:
    """Return how far a line and a notice lie apart; by whole days where one has no time."""
    if line.has_time and notice.has_time:
        return int(abs(line.at - notice.at).total_seconds() // 60)
    return abs((local_date(line.at) - local_date(notice.at)).days) * DAY


def tokens_of(text: str) -> list[str]:
    """Return the words of a line that a reference or a name may be."""
    return [token for token in re.split(r"[^0-9a-z\u0e00-\u0e7f]+", text) if len(token) >= 2]


def reference_key(reference: str) -> str:
    """Return a transfer's reference as it is compared, '' where it is too short to tell."""
    key = re.sub(r"[^0-9a-z]", "", search_key(reference))
    return key if len(key) >= SHORTEST_REFERENCE else ""


_TITLES = (
    "นางสาว",
    "น.ส.",
    "นาย",
    "นาง",
    "ด.ช.",
    "ด.ญ.",
    "ว่าที่ร้อยตรี",
    "mrs.",
    "mrs",
    "miss",
    "mr.",
    "mr",
    "ms.",
    "ms",
)


def name_words(payer: str) -> list[str]:
    """Return a payer's first name and what follows, without the title.

    >>> name_words("นางสาวสมศรี ใจดี"), name_words("น.ส. ก")
    (['สมศรี', 'ใจดี'], [])
    """
    text = search_key(payer)
    for title in _TITLES:
        if text.startswith(title):
            text = text.removeprefix(title).strip()
            break
    words = tokens_of(text)
    return words if words and len(words[0]) >= 3 else []


# -- what is sure ---------------------------------------------------------------------------------


def _sure(edges: Sequence[_Edge]) -> tuple[list[Pair], list[_Edge]]:
    """Return the pairs that nothing speaks against, and the edges of the others.

    What is settled leaves the field, and may leave another pair without a rival: so it is asked
    again until nothing more is settled. Only strong evidence settles, so the order is no matter.
    """
    found: list[Pair] = []
    left = sorted(edges, key=lambda edge: edge.order)
    for _round in range(ROUNDS):
        of_line, of_notice = _by_end(left)
        settled = [
            edge
            for edge in left
            if _is_strong(edge)
            and _is_clear(edge, of_line[edge.line])
            and _is_clear(edge, of_notice[edge.notice])
        ]
        if not settled:
            break
        found += [_pair(edge, Certainty.SURE) for edge in settled]
        lines = {edge.line for edge in settled}
        notices = {edge.notice for edge in settled}
        left = [edge for edge in left if edge.line not in lines and edge.notice not in notices]
    return found, left


def _by_end(edges: Iterable[_Edge]) -> tuple[Mapping[int, list[_Edge]], Mapping[int, list[_Edge]]]:
    of_line: dict[int, list[_Edge]] = defaultdict(list)
    of_notice: dict[int, list[_Edge]] = defaultdict(list)
    for edge in edges:
        of_line[edge.line].append(edge)
        of_notice[edge.notice].append(edge)
    return of_line, of_notice


def _is_strong(edge: _Edge) -> bool:
    """Tell whether a pair is to be believed if it has no rival."""
    if edge.by_reference:
        return True
    if edge.by_name:
        return edge.minutes <= DAY
    if edge.told_later:
        return False
    return edge.minutes <= CLOSE if edge.precise else edge.minutes == 0


def _is_clear(edge: _Edge, at_this_end: Sequence[_Edge]) -> bool:
    """Tell whether `edge` is clearly better than every other one at this end."""
    return not any(_rivals(edge, other) for other in at_this_end if other is not edge)


def _rivals(edge: _Edge, other: _Edge) -> bool:
    """Tell whether `other` is better than `edge` or about as good."""
    if edge.by_reference != other.by_reference:
        return other.by_reference
    if edge.by_name != other.by_name:
        # A name outweighs minutes, unless it is far off and the other one to the minute.
        to_the_minute = other.precise and other.minutes <= CLOSE < edge.minutes
        return other.by_name or to_the_minute
    return other.minutes < edge.minutes + MARGIN


# -- what a person decides ------------------------------------------------------------------------


def _groups(edges: Sequence[_Edge]) -> list[list[_Edge]]:
    """Return edges that hang together by a line or a notice, each group apart."""
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for edge in edges:
        parent[root(("line", edge.line))] = root(("notice", edge.notice))
    groups: dict[tuple[str, int], list[_Edge]] = defaultdict(list)
    for edge in edges:
        groups[root(("line", edge.line))].append(edge)
    return list(groups.values())


def _laid_out(group: Sequence[_Edge]) -> list[Pair]:
    """Return the best pairs of a group as a whole: as many as can be, then the cheapest."""
    lines = sorted({edge.line for edge in group})
    notices = sorted({edge.notice for edge in group})
    if len(lines) <= LARGEST_GROUP and len(notices) <= LARGEST_GROUP:
        by_place = {(edge.line, edge.notice): edge for edge in group}
        costs = [
            [
                by_place[line, notice].cost if (line, notice) in by_place else None
                for notice in notices
            ]
            for line in lines
        ]
        chosen = [by_place[lines[row], notices[column]] for row, column in cheapest(costs)]
    else:
        chosen = _in_order(group)
    of_line, of_notice = _by_end(group)
    return [_judged(edge, of_line[edge.line], of_notice[edge.notice]) for edge in chosen]


def _in_order(group: Sequence[_Edge]) -> list[_Edge]:
    """Return pairs of a group that is too large to be weighed as a whole, the best first."""
    lines: set[int] = set()
    notices: set[int] = set()
    chosen = []
    for edge in sorted(group, key=lambda edge: edge.order):
        if edge.line not in lines and edge.notice not in notices:
            lines.add(edge.line)
            notices.add(edge.notice)
            chosen.append(edge)
    return chosen


def _judged(edge: _Edge, of_line: Sequence[_Edge], of_notice: Sequence[_Edge]) -> Pair:
    others = {
        (other.line, other.notice)
        for other in (*of_line, *of_notice)
        if other is not edge and _rivals(edge, other)
    }
    certainty = Certainty.AMBIGUOUS if others else Certainty.LIKELY
    return _pair(edge, certainty, len(others))


def _pair(edge: _Edge, certainty: Certainty, rivals: int = 0) -> Pair:
    return Pair(
        edge.line,
        edge.notice,
        edge.minutes,
        edge.by_reference,
        edge.by_name,
        certainty,
        rivals,
    )
