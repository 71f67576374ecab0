"""How much one resident (or, before sign-in, one address) may ask in an hour.

Counted in the cache of each web process: with two of them the real bound is up to twice as
high, and no broker or cache server has to be up for the API to answer.
"""

from __future__ import annotations

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
        return bool(super().allow_request(request, view))

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Return the key under which this caller is counted."""
        who = request.user.pk if request.user else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}


class Filings:
    """Counts what a resident has really filed: repeats and refusals cost her nothing."""

    def __init__(self, resident: Resident) -> None:
        self._key = f"filings_{resident.pk}"

    def check(self) -> None:
        """Raise Throttled when she has filed FILINGS_PER_HOUR within the last hour."""
        recent = self._recent()
        if settings.THROTTLE and len(recent) >= FILINGS_PER_HOUR:
            raise Throttled(wait=recent[0] + HOUR - time.time())

    def note(self) -> None:
        """Count one more."""
        cache.set(self._key, [*self._recent(), time.time()], HOUR)

    def _recent(self) -> list[float]:
        since = time.time() - HOUR
        return [moment for moment in cache.get(self._key, []) if moment > since]
