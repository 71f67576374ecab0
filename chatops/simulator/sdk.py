"""The stand-in for LINE's LIFF SDK, with this simulator's own addresses written into it."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from chatops.simulator import store, tokens


@functools.cache
def _source() -> str:
    return (Path(__file__).parent / "sdk.js").read_text(encoding="utf8")


@require_GET
def script(request: HttpRequest) -> HttpResponse:
    """GET /liff/sdk.js: defines `window.liff`. Never cached: the settings may have changed."""
    current = store.settings()
    values = {
        "base": request.build_absolute_uri("/").rstrip("/"),
        "liffId": current["liff_id"],
        "clientId": current["login_channel_id"],
        "endpoint": tokens.endpoint_url(current),
        "accessTokenSeconds": current["access_token_seconds"],
    }
    # Inside a script, "<" and the two line separators are the characters that could break out.
    text = json.dumps(values).replace("<", "\\u003c")
    return HttpResponse(
        _source().replace('"__CONFIG__"', text, 1),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"},
    )
