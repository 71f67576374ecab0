"""The scheduler's memory of when it rang last, made proof against a clock that is set back."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):
    """Celery's, but for one thing: what it did "later than now" it did just now.

    Celery's own would ring again only when the clock has come to where it once was: an hour
    without a sweep for a clock set back by an hour.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Ring for what is due; return the seconds until the next time."""
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at > now]
        if ahead:
            for entry in ahead:
                entry.last_run_at = now
            self._heap = None  # it is sorted by when each was to be due
        return float(super().tick(*args, **kwargs))
