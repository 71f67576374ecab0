"""The officers' list of 50 cases with many cases in the database beside the same with few.

Each database is read by a process of its own (liff/bench/reader.py), in turns.
"""

from __future__ import annotations

import contextlib
import os
import statistics
from collections.abc import Iterator

from liff.bench.context import Context
from liff.bench.figures import Bound, Figure
from liff.bench.readers import another_database, reader

# Two of them are the chats', on every page: which are within reach, and how many are new.
MOST_QUERIES = 13
MOST_TIMES = 1.5
LEGAL, DIVISION = "legal_officer", "division_officer"  # functions of cast.py
# What is shown: its name, who looks, with which filters. The plain lists have bounds.
LISTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("legal officer", LEGAL, {}),
    ("division officer", DIVISION, {}),
    ("legal officer, late", LEGAL, {"due": "late"}),
    ("legal officer, a common word", LEGAL, {"q": "ไฟฟ้า"}),
    ("legal officer, a rare name", LEGAL, {"q": "ใจดี77"}),
    ("legal officer, a number", LEGAL, {"q": "40-๐๐๗๗"}),
)


def measure(context: Context) -> Iterator[Figure]:
    """Yield queries and time of each list with many cases, the same with few as baseline."""
    few, many = (100, 1000) if context.quick else (1000, 100_000)
    times = 3 if context.quick else 25
    with contextlib.ExitStack() as stack:
        with_few = stack.enter_context(
            reader(stack.enter_context(another_database(context, "few")))
        )
        with_many = stack.enter_context(reader(os.environ["DATABASE_URL"]))
        with_few.ask("fill", count=few)
        with_many.ask("fill", count=many)
        for name, who, query in LISTS:
            before: list[float] = []
            after: list[float] = []
            for turn in range(times + 1):
                for one, taken in ((with_few, before), (with_many, after)):
                    seconds = one.ask("look", who=who, query=query)["seconds"]
                    if turn:  # the first one warmed up
                        taken.append(1000 * seconds)
            yield from _figures(
                name,
                f"the same list with {few:,} cases instead of {many:,}",
                (with_many.ask("count", who=who, query=query)["statements"], after),
                (with_few.ask("count", who=who, query=query)["statements"], before),
                bounded=not query,
            )


def _figures(
    name: str,
    baseline_is: str,
    ours: tuple[list[str], list[float]],
    theirs: tuple[list[str], list[float]],
    *,
    bounded: bool,
) -> Iterator[Figure]:
    yield Figure(
        "mailbox",
        f"mailbox, {name}",
        "queries",
        len(ours[0]),
        len(theirs[0]),
        baseline_is=baseline_is,
        bounds=(Bound("ours", "<=", MOST_QUERIES), Bound("ratio", "=", 1)) if bounded else (),
        details={"statements": ours[0]},
    )
    yield Figure(
        "mailbox",
        f"mailbox, {name}",
        "ms",
        statistics.median(ours[1]),
        statistics.median(theirs[1]),
        baseline_is=baseline_is,
        bounds=(Bound("ratio", "<=", MOST_TIMES),) if bounded else (),
    )
