"""Turns at what one thread of a process may use at a time, without anybody's standing for long.

A web process has 8 threads. While one decodes, some more may wait, and not for long: whoever
comes then is asked to come again, so that pages and messages are always answered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bannmae.media.errors import Busy

WAIT_SECONDS = 5.0
#: Threads at decoding or waiting for it, of a web process's 8.
MOST = 4

_line = threading.BoundedSemaphore(MOST)


@contextmanager
def turn(lock: threading.Lock) -> Iterator[None]:
    """Hold `lock` meanwhile. Raise `Busy` when too many wait already, or when it takes too long."""
    if not _line.acquire(blocking=False):
        raise Busy
    try:
        if not lock.acquire(timeout=WAIT_SECONDS):
            raise Busy
        try:
            yield
        finally:
            lock.release()
    finally:
        _line.release()
