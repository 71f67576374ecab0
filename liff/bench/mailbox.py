"""The officers' list of 50 cases with many cases in the database beside the same with few.

Each database is read by a process of its own (liff/bench/reader.py), in turns.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from bannmae.environment import BASE_DIR
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure

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
        with_few = stack.enter_context(_reader(stack.enter_context(_another_database(context))))
        with_many = stack.enter_context(_reader(os.environ["DATABASE_URL"]))
        with_few.ask("fill", count=few)
        with_many.ask("fill", count=many)
        for name, who, query in LISTS:
            before: list[float] = []
            after: list[float] = []
            for turn in range(times + 1):
                for reader, taken in ((with_few, before), (with_many, after)):
                    seconds = reader.ask("look", who=who, query=query)["seconds"]
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


class Reader:
    """The other end of liff/bench/reader.py: one question, one answer."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, what: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer. Raises RuntimeError when the process has ended."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("a reader without pipes")
        self._process.stdin.write(json.dumps({"what": what, **arguments}) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the mailbox's reader stopped at {what}")
        found: dict[str, Any] = json.loads(answer)
        return found


@contextlib.contextmanager
def _reader(database_url: str) -> Iterator[Reader]:
    process = subprocess.Popen(
        [sys.executable, "-m", "liff.bench.reader"],
        cwd=BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Reader(process)
    finally:
        process.communicate(timeout=60)


@contextlib.contextmanager
def _another_database(context: Context) -> Iterator[str]:
    """Yield the address of an empty database of the same kind, on the same server."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{context.folder / 'few.sqlite3'}"
        return
    address = urlsplit(os.environ["DATABASE_URL"])
    name = f"{address.path.removeprefix('/')}_few"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    try:
        yield address._replace(path=f"/{name}").geturl()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)}")
