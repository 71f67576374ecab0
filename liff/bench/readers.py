"""Databases beside each other, each with a process of its own (liff/bench/reader.py) in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from bannmae.environment import BASE_DIR
from liff.bench.context import Context

EMPTY = "empty.sqlite3"


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
            raise RuntimeError(f"the reader stopped at {what}")
        found: dict[str, Any] = json.loads(answer)
        return found


@contextlib.contextmanager
def reader(database_url: str) -> Iterator[Reader]:
    """Yield a process that has `database_url` open; it ends with the block."""
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


def keep_empty(folder: Path) -> None:
    """Keep a copy of the database as it is: migrating each further one would take seconds."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / EMPTY)])


@contextlib.contextmanager
def another_database(context: Context, name: str) -> Iterator[str]:
    """Yield the address of an empty database of the same kind, on the same server."""
    if connection.vendor == "sqlite":
        path = shutil.copyfile(context.folder / EMPTY, context.folder / f"{name}.sqlite3")
        yield f"sqlite:///{path}"
        return
    address = urlsplit(os.environ["DATABASE_URL"])
    whole = f"{address.path.removeprefix('/')}_{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(whole)}")
    try:
        yield address._replace(path=f"/{whole}").geturl()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(whole)}")
