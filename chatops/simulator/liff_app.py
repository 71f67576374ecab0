"""What LINE's own LIFF SDK asks of LINE: its context, its way to sign in, and LIFF links.

LINE documents the SDK and not these addresses; they, and what goes over them, are as the SDK uses
them. LINE has them on three hosts (api, access and liff.line.me), the simulator on one.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from chatops.simulator import login, store, tokens
from chatops.simulator.answers import as_json


@require_GET
def context_token(request: HttpRequest, liff_id: str) -> HttpResponse:
    """GET /liff/v2/apps/<LIFF id>/contextToken: what `liff.getContext` tells in a browser."""
    current = store.settings()
    if liff_id != current["liff_id"]:
        return as_json({"message": "not found"}, 404)
    row = login.bearer(request)
    if row is None and "Authorization" in request.headers:
        return as_json(login.UNAUTHORIZED, 401)
    context: dict[str, Any] = tokens.liff_context(current, "external")
    if row is not None:
        context |= {
            "userId": row.resident.user_id,
            "accessTokenHash": hashlib.sha256(row.pk.encode()).hexdigest()[:32],
        }
    return as_json({"contextToken": tokens.signed(context)})


@require_GET
def feature_token(request: HttpRequest, liff_id: str) -> HttpResponse:
    """GET /liff/v2/apps/<LIFF id>/featureToken: asked inside LINE after a second sign-in."""
    if liff_id != store.settings()["liff_id"]:
        return as_json({"message": "not found"}, 404)
    if login.bearer(request) is None:
        return as_json(login.UNAUTHORIZED, 401)
    return as_json({"featureToken": tokens.feature_token()})


@require_GET
def authorize(request: HttpRequest) -> HttpResponse:
    """GET /liff/v1/authorize: LINE Login for a LIFF app, which comes back to `redirect_uri`.

    Without one it comes back to the endpoint. Beside the code go the channel and the address
    that the SDK has to name when it exchanges the code.
    """
    asked = request.GET
    current = store.settings()
    if asked.get("app_id") != current["liff_id"]:
        return login.plain_error(request, "app_id ไม่ตรงกับ LIFF_ID")
    client_id = current["login_channel_id"]
    redirect_uri = asked.get("redirect_uri") or tokens.endpoint_url(current)
    return login.sign_in_page(
        request,
        client_id,
        redirect_uri,
        tokens.LIFF_SCOPES,
        also={"liffClientId": client_id, "liffRedirectUri": redirect_uri},
        also_refused={"liffOAuth2Error": "true"},
    )


@require_GET
def open_link(request: HttpRequest, liff_id: str, below: str = "") -> HttpResponse:
    """GET /<LIFF id>/<path>: a LIFF link in a browser that is not LINE's own.

    It leads to the endpoint, with what follows the id in `liff.state`, as inside LINE.
    """
    current = store.settings()
    if liff_id != current["liff_id"]:
        return as_json({"message": "not found"}, 404)
    state = request.get_full_path().partition(liff_id)[2]
    more = f"?liff.state={quote(state, safe='')}" if state else ""
    return HttpResponseRedirect(tokens.endpoint_url(current) + more)
