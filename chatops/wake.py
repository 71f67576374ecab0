"""The alarm clock: tells a worker that there is something to do, and never waits for it.

What is to do stands in the database; a wake-up that gets lost costs the two seconds until
the next sweep. So publishing happens on a thread of its own, at most once in 50 ms for each
process, is never retried and never fails the request that caused it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.05
COMPLAIN_SECONDS = 60.0


def _drain() -> Any:
    from chatops.tasks import drain

    return drain


def _fetch_contents() -> Any:
    from chatops.tasks import fetch_contents

    return fetch_contents


class Alarm:
    """One per process and task; its thread starts at the first ring after a fork.

    `task` gives the Celery task: imported only when there is something to do.
    """

    def __init__(self, task: Callable[[], Any] = _drain) -> None:
        self._task = task
        self._lock = threading.Lock()
        self._rung = threading.Event()
        self._pid = 0
        self._complained_at = float("-inf")

    def ring(self) -> None:
        """Have a worker woken soon. Returns at once, raises nothing."""
        if self._pid != os.getpid():
            self._start()
        self._rung.set()

    def _start(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._rung = threading.Event()
            self._pid = os.getpid()
            threading.Thread(target=self._run, name="alarm", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            self._publish()
            time.sleep(INTERVAL_SECONDS)

    def _publish(self) -> None:
        task = self._task()
        try:
            task.apply_async(retry=False, expires=30)
        except Exception as error:  # any broker's any error: the sweep will find the work
            if time.monotonic() - self._complained_at > COMPLAIN_SECONDS:
                self._complained_at = time.monotonic()
                logger.warning("The broker does not take wake-ups: %s", type(error).__name__)


ring = Alarm().ring
ring_for_contents = Alarm(_fetch_contents).ring


def ring_for_menu(seconds: float = 0) -> None:
    """Have a worker compare the rich menu with what it should be, `seconds` from now.

    The daily look is the net.
    """

    def publish() -> None:
        from chatops.tasks import sync_rich_menu

        try:
            sync_rich_menu.apply_async(retry=False, countdown=seconds)
        except Exception as error:  # any broker's any error
            logger.warning("The broker does not take wake-ups: %s", type(error).__name__)

    threading.Thread(target=publish, name="ring-for-menu", daemon=True).start()
