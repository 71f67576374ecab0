"""How much one resident (or, before sign-in, one address) may ask in an hour.

Counted in the cache of each web process: with two of them the real bound is up to twice as
high, and no broker or cache server has to be up for the API to answer.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from chatops.models import Resident

RATES = {
    "photos": "120/hour",  # each costs a decoding
    "files": "3000/hour",  # a page of a case shows dozens
    "others": "600/hour",
}
FILINGS_PER_HOUR = 20
HOUR = 3600
# Between reading a count and writing it nobody else of this process may do the same.
_counting = threading.Lock()


class ResidentThrottle(SimpleRateThrottle):
    """Counts calls by the view's `throttle_scope`, for each resident or address."""

    rate = "by the view"  # None would mean that nothing is counted

    def __init__(self) -> None:
        """Take the rate when the call is known, not now."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Tell whether this call is within the rate of its kind."""
        if not settings.THROTTLE:
            return True
        self.scope = view.throttle_scope(request)
        self.num_requests, self.duration = self.parse_rate(RATES[self.scope])
        with _counting:
            return bool(super().allow_request(request, view))

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Return the key under which this caller is counted."""
        who = request.user.pk if request.user else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}


class Filings:
    """Counts what a resident has really filed: repeats and refusals cost her nothing.

    Her place is taken before anything is filed, so that many at the same moment cannot all see
    the last one free; who files nothing gives it back.
    """

    def __init__(self, resident: Resident) -> None:
        self._key = f"filings_{resident.pk}"
        self._mine: float | None = None

    def reserve(self) -> None:
        """Count one more. Raise Throttled when she filed FILINGS_PER_HOUR in the last hour."""
        with _counting:
            now = time.time()
            recent = self._recent(now)
            if settings.THROTTLE and len(recent) >= FILINGS_PER_HOUR:
                raise Throttled(wait=recent[0] + HOUR - now)
            self._mine = now
            cache.set(self._key, [*recent, now], HOUR)

    def give_back(self) -> None:
        """Count it no more: nothing was filed. Without a reservation nothing happens."""
        if self._mine is None:
            return
        with _counting:
            recent = self._recent(time.time())
            if self._mine in recent:
                recent.remove(self._mine)
            cache.set(self._key, recent, HOUR)
        self._mine = None

    def _recent(self, now: float) -> list[float]:
        return [moment for moment in cache.get(self._key, []) if moment > now - HOUR]
