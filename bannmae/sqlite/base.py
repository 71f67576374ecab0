"""SQLite for the embedded form: transactions wait for the write lock in line.

SQLite's own waiting is a sleep that grows to a tenth of a second, after which whoever comes by
first gets the lock: with sixteen people filing at once the lock stood idle a third of the time,
and the unlucky waited for half a second. Here a transaction first takes a lock of the kernel's on
a file beside the database, which wakes the next one at once and is let go with its process.
"""

from __future__ import annotations

import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions wait for each other outside SQLite."""

    _line: int | None = None  # a file descriptor of this connection's own: flock goes by those
    _in_line = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the connection, and the file at which its transactions will wait."""
        if not self.is_in_memory_db():
            self._line = os.open(
                f"{conn_params['database']}-line", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        if self._line is not None:
            fcntl.flock(self._line, fcntl.LOCK_EX)
            self._in_line = True
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._let_go()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()
        finally:
            self._let_go()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            self._let_go()

    def _close(self) -> Any:
        try:
            return super()._close()
        finally:
            if self._line is not None:
                os.close(self._line)
            self._line, self._in_line = None, False

    def _let_go(self) -> None:
        if self._in_line and self._line is not None:
            self._in_line = False
            fcntl.flock(self._line, fcntl.LOCK_UN)
