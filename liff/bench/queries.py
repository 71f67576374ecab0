"""Counting queries as the bounds mean them: without transaction control."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def captured() -> Iterator[list[str]]:
    """Yield a list that holds the statements of the block once the block is left."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as capture:
        yield statements
    statements += [
        query["sql"]
        for query in capture.captured_queries
        if not query["sql"].upper().startswith(_CONTROL)
    ]
