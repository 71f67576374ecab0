"""Filing something once for its key, within what a resident may file in an hour."""

from __future__ import annotations

from collections.abc import Callable

from rest_framework.request import Request

from chatops.models import Resident
from liff.idempotency import key_of, once
from liff.throttling import Filings


def filed(
    request: Request, resident: Resident, prepare: Callable[[], Callable[[], str]]
) -> tuple[str, bool]:
    """Return the public number of what the request files, and whether this call filed it.

    `prepare` checks the request and returns what carries it out, as `idempotency.once` takes it.
    Repeats and refusals cost the resident nothing of her share.
    """
    key = key_of(request, required=True)
    filings = Filings(resident)

    def counted() -> Callable[[], str]:
        carry_out = prepare()
        filings.reserve()
        return carry_out

    fresh = False
    try:
        number, fresh = once(resident, key, request, counted)
    finally:
        if not fresh:
            filings.give_back()
    return number, fresh
