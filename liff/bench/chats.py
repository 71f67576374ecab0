"""The chat desk, its workers and its clock with many chats beside the same with few.

Each database is read by a process of its own (liff/bench/reader.py), in turns.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Iterator

from liff.bench.chat_cast import MESSAGES
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure, percentile
from liff.bench.readers import Reader, another_database, reader

MOST_TIMES = 1.5
MOST_MS_OF_ANSWER = 50  # the median of deciding what to say
QUESTIONS = 449
# What is measured, by the names of chat_looks.LOOKS; what brings new chats comes last.
LOOKS = (
    "desk opens, officer",
    "desk opens, administrator",
    "the tab of what is done",
    "a conversation of 60 bubbles",
    "poll, nothing new",
    "worker's look, nobody due",
    "the clock, nothing due",
    "telling staff, nothing new",
    "message arrives, officer has it",
    "poll, one message",
    "message arrives, answered",
    "message arrives, handed over",
)


def measure(context: Context) -> Iterator[Figure]:
    """Yield queries and time of each look with many chats, the same with few as baseline."""
    few, many = (20, 400) if context.quick else (200, 20_000)
    times = 2 if context.quick else 20
    with contextlib.ExitStack() as stack:
        with_few, with_many = (
            stack.enter_context(reader(stack.enter_context(another_database(context, name))))
            for name in ("few_chats", "many_chats")
        )
        with_few.ask("fill_chats", count=few)
        with_many.ask("fill_chats", count=many)
        baseline_is = (
            f"the same with {few:,} cases and {few * MESSAGES:,} messages "
            f"instead of {many:,} and {many * MESSAGES:,}"
        )
        for look in LOOKS:
            yield from _look(look, with_few, with_many, times, baseline_is)
        yield from _answers(with_many, 40 if context.quick else QUESTIONS)


def _look(
    look: str, with_few: Reader, with_many: Reader, times: int, baseline_is: str
) -> Iterator[Figure]:
    before: list[float] = []
    after: list[float] = []
    statements: tuple[list[list[str]], list[list[str]]] = ([], [])
    for turn in range(times + 1):
        for one, taken, said in zip(
            (with_few, with_many), (before, after), statements, strict=True
        ):
            told = one.ask("chat", look=look)
            if turn:  # the first one warmed up
                taken.append(1000 * told["seconds"])
                said.append(told["statements"])
    # What a process keeps for ten seconds runs out within a turn now and then.
    of_few, of_many = (min(said, key=len) for said in statements)
    yield Figure(
        "chats",
        f"chats: {look}",
        "queries",
        len(of_many),
        len(of_few),
        baseline_is=baseline_is,
        bounds=(Bound("ratio", "=", 1),),
        details={"statements": of_many, "statements_of_few": of_few},
    )
    yield Figure(
        "chats",
        f"chats: {look}",
        "ms",
        statistics.median(after),
        statistics.median(before),
        baseline_is=baseline_is,
        bounds=(Bound("ratio", "<=", MOST_TIMES),),
    )


def _answers(with_many: Reader, most: int) -> Iterator[Figure]:
    """Yield what deciding an answer takes; it reads no chats, only the knowledge base."""
    told = with_many.ask("answers", most=most)
    taken = [1000 * one for one in told["seconds"]]
    what = "chats: deciding what to say"
    yield Figure(
        "chats",
        f"{what}, p50",
        "ms",
        percentile(taken, 0.5),
        bounds=(Bound("ours", "<=", MOST_MS_OF_ANSWER),),
        details={"questions": len(taken)},
    )
    yield Figure("chats", f"{what}, p99", "ms", percentile(taken, 0.99))
    yield Figure("chats", "chats: making the answers' index", "ms", 1000 * told["index"])
