"""Further accounts behind the same address, as on LINE: each is a simulator of its own.

The setting `accounts` maps their access tokens to their simulators' addresses. Since a name has
the same user id in all of them, they are accounts under one provider.
"""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.http import HttpRequest, HttpResponse

from chatops.simulator import limits
from chatops.simulator.connection import HOLD_SECONDS, NO_ANSWER

PASSED_ON = ("Authorization", "Content-Type", "X-Line-Retry-Key")
PASSED_BACK = ("Content-Type", "X-Line-Request-Id", "X-Line-Accepted-Request-Id", "Date")


@functools.cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(maxsize=8)


def check(accounts: dict[str, Any]) -> None:
    """Raise ValueError unless every account's simulator is on this machine."""
    for url in accounts.values():
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme != "http" or not limits.is_loopback_host(parts.hostname):
            raise ValueError("accounts: each must be http:// on this machine")


def pass_on(request: HttpRequest, url: str) -> HttpResponse:
    """Ask the other account's simulator, and answer as it does: not at all, if it does not."""
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    try:
        answer = _pool().request(
            str(request.method),
            url + request.get_full_path(),
            body=request.body,
            headers=headers,
            timeout=HOLD_SECONDS,
            retries=False,
        )
    except urllib3.exceptions.HTTPError:
        return HttpResponse(headers={NO_ANSWER: "close"})
    back = {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}
    return HttpResponse(answer.data, status=answer.status, headers=back)
