"""LINE Login: the page where one signs in, PKCE, token verification, the user's own API."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatops.simulator import store, tokens
from chatops.simulator.answers import as_json
from chatops.simulator.api.account import picture_url
from chatops.simulator.limits import is_loopback_host
from chatops.simulator.models import AuthCode, Resident, UserToken
from chatops.simulator.tokens import OAuthError, endpoint_url

CODE_SECONDS = 600
UNAUTHORIZED = {"message": "The access token expired"}


@require_GET
def certs(request: HttpRequest) -> HttpResponse:
    """GET /oauth2/v2.1/certs: the published keys as a JWK set."""
    return as_json({"keys": tokens.published_keys()})


def plain_error(request: HttpRequest, text: str) -> HttpResponse:
    """Return the page that tells a developer what is wrong with a request; goes nowhere."""
    return render(request, "simulator/login_error.html", {"text": text}, status=400)


def _is_below(url: str, endpoint: str) -> bool:
    """Return whether `url` is the endpoint or lies below it (query and fragment aside).

    localhost and 127.0.0.1 count as one: both names of this machine stand in address bars.
    """
    try:
        one, two = urlsplit(url), urlsplit(endpoint)
        same_port = one.port == two.port
    except ValueError:
        return False
    if one.scheme != two.scheme or not same_port:
        return False
    if one.hostname != two.hostname and not (
        is_loopback_host(one.hostname) and is_loopback_host(two.hostname)
    ):
        return False
    base = two.path.rstrip("/")
    return one.path == base or one.path.startswith(base + "/")


@require_GET
def authorize(request: HttpRequest) -> HttpResponse:
    """GET /oauth2/v2.1/authorize: choose who signs in; then back with a code.

    `login_hint` with a user id chooses at once, as a browser does in which she is signed in.
    """
    asked = request.GET
    current = store.settings()
    redirect_uri = asked.get("redirect_uri", "")
    if asked.get("client_id") != current["login_channel_id"]:
        return plain_error(request, "client_id ไม่ตรงกับ LINE_LOGIN_CHANNEL_ID")
    return sign_in_page(
        request, current["login_channel_id"], redirect_uri, asked.get("scope", "openid profile")
    )


def sign_in_page(
    request: HttpRequest,
    client_id: str,
    redirect_uri: str,
    scope: str,
    *,
    also: dict[str, str] | None = None,
    also_refused: dict[str, str] | None = None,
) -> HttpResponse:
    """Check the rest of an authorization request; show who may sign in, or go back as answered.

    `also` goes back beside code and state, `also_refused` beside an error.
    """
    asked = request.GET
    current = store.settings()
    if not _is_below(redirect_uri, endpoint_url(current)):
        return plain_error(
            request, f"redirect_uri ต้องอยู่ใต้ {endpoint_url(current)} (ได้รับ {redirect_uri})"
        )
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
        return plain_error(request, "ต้องเป็น response_type=code และ code_challenge_method=S256")
    if re.fullmatch(r"[A-Za-z0-9_-]{43}", asked.get("code_challenge", "")) is None:
        return plain_error(request, "code_challenge ไม่ถูกต้อง")
    if asked.get("deny"):
        return _back(
            redirect_uri,
            error="ACCESS_DENIED",
            error_description="The resource owner denied the request.",
            state=asked.get("state", ""),
            **(also_refused or {}),
        )
    chosen = asked.get("user") or asked.get("login_hint")
    resident = Resident.objects.filter(pk=chosen).first() if chosen else None
    if resident is not None:
        code = AuthCode.objects.create(
            code=store.token(30),
            resident=resident,
            client_id=client_id,
            redirect_uri=redirect_uri,
            challenge=asked["code_challenge"],
            nonce=asked.get("nonce", ""),
            scope=scope[:200],
            valid_until=store.now_ms(current) + 1000 * CODE_SECONDS,
        )
        return _back(redirect_uri, code=code.code, state=asked.get("state", ""), **(also or {}))

    def link(**more: str) -> str:
        query = {**{key: asked[key] for key in asked if key not in {"user", "login_hint"}}, **more}
        return "?" + urlencode(query)

    choices = [(r, link(user=r.user_id)) for r in Resident.objects.order_by("position")]
    return render(
        request,
        "simulator/authorize.html",
        {"choices": choices, "deny": link(deny="1"), "account": store.ACCOUNT_NAME},
    )


def _back(redirect_uri: str, **values: str) -> HttpResponse:
    parts = urlsplit(redirect_uri)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *values.items()])
    return HttpResponseRedirect(urlunsplit(parts._replace(query=query)))


@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """POST /oauth2/v2.1/token: exchange a code, once, with its PKCE verifier."""
    try:
        return as_json(_exchange(request.POST.dict()))
    except OAuthError as error:
        return as_json(error.body, 400)


def _exchange(form: dict[str, str]) -> dict[str, Any]:
    if form.get("grant_type") != "authorization_code":
        raise OAuthError("unsupported_grant_type", "unsupported grant_type")
    current = store.settings()
    with transaction.atomic():
        code = AuthCode.objects.select_related("resident").filter(pk=form.get("code", "")).first()
        if code is not None:
            code.delete()  # good for one try, also a failed one
    if code is None or code.valid_until < store.now_ms(current):
        raise OAuthError("invalid_grant", "invalid authorization code")
    if form.get("client_id") != code.client_id:
        raise OAuthError("invalid_client", "invalid client_id")
    if form.get("redirect_uri") != code.redirect_uri:
        raise OAuthError("invalid_grant", "redirect_uri does not match")
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
        raise OAuthError("invalid_grant", "code_verifier does not match")
    return {
        "access_token": tokens.access_token(code.resident, code.client_id, code.scope, current),
        "expires_in": int(current["access_token_seconds"]),
        "id_token": tokens.id_token(
            code.resident, code.client_id, current, nonce=code.nonce, amr="linesso"
        ),
        "refresh_token": store.token(20),
        "scope": code.scope,
        "token_type": "Bearer",
    }


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """POST /oauth2/v2.1/verify checks an ID token; GET with access_token checks that."""
    current = store.settings()
    try:
        if request.method == "GET":
            row = tokens.user_token(request.GET.get("access_token", ""), current)
            if row is None:
                raise OAuthError("invalid_request", "access token expired")
            left = (row.valid_until - store.now_ms(current)) // 1000
            return as_json({"scope": row.scope, "client_id": row.client_id, "expires_in": left})
        form = request.POST
        for name in ("id_token", "client_id"):
            if not form.get(name):
                raise OAuthError("invalid_request", f"{name} is required")
        payload = tokens.verified(
            form["id_token"], form["client_id"], current, form.get("nonce"), form.get("user_id")
        )
    except OAuthError as error:
        return as_json(error.body, 400)
    return as_json(payload)


# -- what a user's access token opens -----------------------------------------------


def bearer(request: HttpRequest) -> UserToken | None:
    """Return the user's access token that a request carries, None without a valid one."""
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    return tokens.user_token(raw, store.settings()) if scheme.lower() == "bearer" else None


@require_GET
def user_profile(request: HttpRequest) -> HttpResponse:
    """GET /v2/profile, for `liff.getProfile`."""
    row = bearer(request)
    if row is None:
        return as_json(UNAUTHORIZED, 401)
    return as_json(
        {
            "userId": row.resident.user_id,
            "displayName": row.resident.display_name,
            "pictureUrl": picture_url(request, row.resident),
        }
    )


@require_GET
def friendship(request: HttpRequest) -> HttpResponse:
    """GET /friendship/v1/status, for `liff.getFriendship`."""
    row = bearer(request)
    if row is None:
        return as_json(UNAUTHORIZED, 401)
    return as_json({"friendFlag": not row.resident.blocked})


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """POST /oauth2/v2.1/revoke."""
    UserToken.objects.filter(pk=request.POST.get("access_token", "")).delete()
    return HttpResponse()
