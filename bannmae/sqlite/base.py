"""SQLite for the embedded form, with writers that ask for the write lock more often.

SQLite itself waits for a lock by sleeps that grow to a tenth of a second: with sixteen people
filing at once the lock stood idle a third of the time, and the unlucky waited for half a second.
Here SQLite sleeps a few milliseconds and is asked again, so everybody's turn comes soon.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from bannmae.environment import close_to_others

# What SQLite sleeps before it says that it is busy: 1, 2, 5 and 2 ms.
ASKED_AGAIN_AFTER_MS = 10
# Seconds until "database is locked" is believed.
PATIENCE = 20.0


class PatientCursor(base.SQLiteCursorWrapper):
    """A cursor that asks again where another connection is writing."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Execute, as Django's own does."""
        own = super().execute
        return self._patiently(lambda: own(query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        """Execute for each, as Django's own does."""
        own = super().executemany
        return self._patiently(lambda: own(query, param_list))

    def _patiently(self, execute: Callable[[], Any]) -> Any:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return execute()
            except sqlite3.OperationalError as error:
                # Inside a transaction the lock is ours, or can never become it.
                may_come = not self.connection.in_transaction and time.monotonic() < end
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not may_come:
                    raise


def _keep_private(database: str) -> None:
    """Make a database's file where it is missing, and let nobody but its owner at it.

    SQLite gives its journals the mode of the file. What cannot be made is for SQLite to tell.
    """
    if database.startswith((":memory:", "file:")):
        return
    path = Path(database)
    with contextlib.suppress(OSError):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            # Never opened here: closing it again would drop this process's locks on it.
            close_to_others(path, path.lstat())


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with cursors that have patience."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Open the connection; only then is it set to tell soon that it is busy."""
        _keep_private(str(conn_params["database"]))
        opened: sqlite3.Connection = super().get_new_connection(conn_params)
        opened.execute(f"PRAGMA busy_timeout = {ASKED_AGAIN_AFTER_MS}")
        # INSERT OR REPLACE deletes: what refuses a deletion (payments/guards.py) is asked then too.
        opened.execute("PRAGMA recursive_triggers = ON")
        return opened

    def create_cursor(self, name: str | None = None) -> PatientCursor:
        """Return a cursor."""
        cursor: PatientCursor = self.connection.cursor(factory=PatientCursor)
        return cursor
