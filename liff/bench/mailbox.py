"""The officers' list of 50 cases with many cases in the database beside the same with few."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from bannmae.models import Staff
from liff.bench import cast
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure
from liff.bench.queries import captured

MOST_QUERIES = 12
MOST_TIMES = 1.5
# What is shown: who looks, with which filters. The plain lists have bounds.
LISTS: tuple[tuple[str, Callable[[], Staff], dict[str, str]], ...] = (
    ("legal officer", cast.legal_officer, {}),
    ("division officer", cast.division_officer, {}),
    ("legal officer, late", cast.legal_officer, {"due": "late"}),
    ("legal officer, a common word", cast.legal_officer, {"q": "ไฟฟ้า"}),
    ("legal officer, a rare name", cast.legal_officer, {"q": "ใจดี77"}),
    ("legal officer, a number", cast.legal_officer, {"q": "40-๐๐๗๗"}),
)


def measure(context: Context) -> Iterator[Figure]:
    """Yield queries and time of each list with many cases, the same with few as baseline."""
    few, many = (100, 1000) if context.quick else (1000, 100_000)
    times = 3 if context.quick else 25
    cast.fill(few)
    with_few = [look(who(), query, times) for _name, who, query in LISTS]
    cast.fill(many)
    with_many = [look(who(), query, times) for _name, who, query in LISTS]
    baseline = f"the same list with {few:,} cases instead of {many:,}"
    for (name, _who, query), before, after in zip(LISTS, with_few, with_many, strict=True):
        plain = not query
        yield Figure(
            "mailbox",
            f"mailbox, {name}",
            "queries",
            len(after[1]),
            len(before[1]),
            baseline_is=baseline,
            bounds=(Bound("ours", "<=", MOST_QUERIES), Bound("ratio", "=", 1)) if plain else (),
            details={"statements": after[1]},
        )
        yield Figure(
            "mailbox",
            f"mailbox, {name}",
            "ms",
            after[0],
            before[0],
            baseline_is=baseline,
            bounds=(Bound("ratio", "<=", MOST_TIMES),) if plain else (),
        )


def look(officer: Staff, query: dict[str, str], times: int) -> tuple[float, list[str]]:
    """Open the list; return its median time (ms) and its statements, with nothing cached."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(officer, "django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:complaints_complaint_changelist")
    taken: list[float] = []
    for turn in range(times + 1):
        cache.clear()
        start = time.perf_counter()
        answer = client.get(address, query)
        seconds = time.perf_counter() - start
        if answer.status_code != 200:
            raise RuntimeError(f"the list was answered with {answer.status_code}")
        if turn:  # the first one warmed up
            taken.append(1000 * seconds)
    cache.clear()
    with captured() as statements:
        client.get(address, query)
    return statistics.median(taken), statements
