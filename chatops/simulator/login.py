"""LINE Login and LIFF: ES256 ID tokens, their keys, PKCE, verification."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatops.simulator import store
from chatops.simulator.answers import as_json
from chatops.simulator.models import AuthCode, Resident, SigningKey, UserToken

ISSUER = "https://access.line.me"
LIFF_SCOPES = "openid profile chat_message.write"
CODE_SECONDS = 600
LIFF_HOSTS = {"liff.line.me", "miniapp.line.me"}


class OAuthError(Exception):
    """A refusal in OAuth's own form: HTTP 400 with `error` and `error_description`."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


# -- keys ---------------------------------------------------------------------------


def new_key() -> SigningKey:
    """Make a new P-256 key, which signs from now on. Only inside a transaction."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SigningKey.objects.create(
        kid=secrets.token_hex(32), pem=pem.decode(), created_at=SigningKey.objects.count()
    )


def signing_key() -> SigningKey:
    """Return the key that signs now; the first call makes it."""
    key = SigningKey.objects.order_by("-created_at").first()
    if key is None:
        with transaction.atomic():
            key = SigningKey.objects.order_by("-created_at").first() or new_key()
    return key


def _coordinate(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _public(key: SigningKey) -> ec.EllipticCurvePublicKey:
    private = serialization.load_pem_private_key(key.pem.encode(), None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError("a signing key must be an EC key")
    return private.public_key()


@require_GET
def certs(request: HttpRequest) -> HttpResponse:
    """GET /oauth2/v2.1/certs: the published keys as a JWK set, newest first."""
    signing_key()
    keys = []
    for key in SigningKey.objects.filter(published=True).order_by("-created_at"):
        numbers = _public(key).public_numbers()
        keys.append(
            {
                "kty": "EC",
                "alg": "ES256",
                "use": "sig",
                "kid": key.kid,
                "crv": "P-256",
                "x": _coordinate(numbers.x),
                "y": _coordinate(numbers.y),
            }
        )
    return as_json({"keys": keys})


# -- tokens -------------------------------------------------------------------------


def id_token(
    resident: Resident, client_id: str, current: dict[str, Any], *, nonce: str = "", amr: str
) -> str:
    """Return a signed ID token of `resident` for the channel `client_id`."""
    now = store.now_ms(current) // 1000
    payload: dict[str, Any] = {
        "iss": ISSUER,
        "sub": resident.user_id,
        "aud": client_id,
        "exp": now + int(current["id_token_seconds"]),
        "iat": now,
        "amr": [amr],
        "name": resident.display_name,
        "picture": f"{django_settings.CONFIG.api_url}/_sim/avatar/{resident.user_id}",
    }
    if nonce:
        payload["nonce"] = nonce
    key = signing_key()
    return jwt.encode(payload, key.pem, algorithm="ES256", headers={"kid": key.kid})


def access_token(resident: Resident, client_id: str, scope: str, current: dict[str, Any]) -> str:
    """Return a new access token of `resident`."""
    row = UserToken.objects.create(
        token="sim." + store.token(60),
        resident=resident,
        client_id=client_id,
        scope=scope,
        valid_until=store.now_ms(current) + 1000 * int(current["access_token_seconds"]),
    )
    return row.token


def endpoint_url(current: dict[str, Any]) -> str:
    """Return the LIFF app's endpoint URL, as it would stand in the LINE console."""
    return current["public_url"].rstrip("/") + "/liff"


def _state_of(uri: str, liff_id: str) -> str | None:
    """Return what follows the LIFF id in a LIFF link ("" for nothing), None for another link."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = parts.path
    if parts.scheme == "line" and parts.netloc == "app":
        rest = path.removeprefix("/")
    elif parts.scheme == "https" and parts.hostname in LIFF_HOSTS:
        rest = path.removeprefix("/")
    elif parts.scheme == "https" and parts.hostname == "line.me" and path.startswith("/R/app/"):
        rest = path.removeprefix("/R/app/")
    else:
        return None
    name, slash, below = rest.partition("/")
    if name != liff_id:
        return None
    return urlunsplit(("", "", slash + below, parts.query, parts.fragment))


def liff_address(resident: Resident, uri: str) -> str | None:
    """Return LINE's primary redirect URL for a LIFF link, or None for an unknown LIFF app.

    Path, query and fragment of the link travel in `liff.state`; tokens and context in the
    fragment, where no server sees them.
    """
    current = store.settings()
    state = _state_of(uri, current["liff_id"])
    if state is None:
        return None
    endpoint = endpoint_url(current)
    client_id = current["login_channel_id"]
    token = access_token(resident, client_id, LIFF_SCOPES, current)
    context = {
        "type": "utou",
        "userId": resident.user_id,
        "liffId": current["liff_id"],
        "viewType": "full",
        "endpointUrl": endpoint,
        "accessTokenHash": hashlib.sha256(token.encode()).hexdigest()[:32],
        "availability": {
            "shareTargetPicker": {"permission": False, "minVer": "10.3.0"},
            "multipleLiffTransition": {"permission": True, "minVer": "10.18.0"},
            "subwindowOpen": {"permission": True, "minVer": "11.7.0"},
            "scanCodeV2": {"permission": False, "minVer": "11.7.0", "minOsVer": "14.3.0"},
        },
        "scope": LIFF_SCOPES.split(),
        "permanentLinkPattern": "concat",
    }
    fragment = urlencode(
        {
            "access_token": token,
            "id_token": id_token(resident, client_id, current, amr="linesso"),
            "context": json.dumps(context, separators=(",", ":")),
        },
        quote_via=quote,
    )
    query = f"?liff.state={quote(state, safe='')}" if state else ""
    return f"{endpoint}{query}#{fragment}"


# -- LINE Login ---------------------------------------------------------------------


def _plain_error(request: HttpRequest, text: str) -> HttpResponse:
    return render(request, "simulator/login_error.html", {"text": text}, status=400)


def _is_below(url: str, endpoint: str) -> bool:
    """Return whether `url` is the endpoint or lies below it (query and fragment aside)."""
    one, two = urlsplit(url), urlsplit(endpoint)
    if (one.scheme, one.netloc) != (two.scheme, two.netloc):
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
        return _plain_error(request, "client_id ไม่ตรงกับ LINE_LOGIN_CHANNEL_ID")
    if not _is_below(redirect_uri, endpoint_url(current)):
        return _plain_error(
            request, f"redirect_uri ต้องอยู่ใต้ {endpoint_url(current)} (ได้รับ {redirect_uri})"
        )
    if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
        return _plain_error(request, "ต้องเป็น response_type=code และ code_challenge_method=S256")
    if re.fullmatch(r"[A-Za-z0-9_-]{43}", asked.get("code_challenge", "")) is None:
        return _plain_error(request, "code_challenge ไม่ถูกต้อง")
    if asked.get("deny"):
        return _back(
            redirect_uri,
            error="ACCESS_DENIED",
            error_description="The resource owner denied the request.",
            state=asked.get("state", ""),
        )
    chosen = asked.get("user") or asked.get("login_hint")
    resident = Resident.objects.filter(pk=chosen).first() if chosen else None
    if resident is not None:
        code = AuthCode.objects.create(
            code=store.token(30),
            resident=resident,
            client_id=current["login_channel_id"],
            redirect_uri=redirect_uri,
            challenge=asked["code_challenge"],
            nonce=asked.get("nonce", ""),
            scope=asked.get("scope", "openid profile")[:200],
            valid_until=store.now_ms(current) + 1000 * CODE_SECONDS,
        )
        return _back(redirect_uri, code=code.code, state=asked.get("state", ""))

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
        "access_token": access_token(code.resident, code.client_id, code.scope, current),
        "expires_in": int(current["access_token_seconds"]),
        "id_token": id_token(
            code.resident, code.client_id, current, nonce=code.nonce, amr="linesso"
        ),
        "refresh_token": store.token(20),
        "scope": code.scope,
        "token_type": "Bearer",
    }


def verified(
    raw: str, client_id: str, current: dict[str, Any], nonce: str | None, user_id: str | None
) -> dict[str, Any]:
    """Return the payload of an ID token. Raise OAuthError in LINE's own words."""
    try:
        kid = jwt.get_unverified_header(raw).get("kid")
        key = SigningKey.objects.filter(kid=str(kid)).first()
        if key is None:
            raise jwt.InvalidTokenError("unknown kid")
        payload: dict[str, Any] = jwt.decode(
            raw,
            _public(key),
            algorithms=["ES256"],
            options={
                "verify_exp": False,
                "verify_aud": False,
                "verify_iat": False,
                "verify_iss": False,
                "require": ["iss", "sub", "aud", "exp", "iat"],
            },
        )
    except jwt.InvalidTokenError as error:
        raise OAuthError("invalid_request", "Invalid IdToken.") from error
    if payload["iss"] != ISSUER:
        raise OAuthError("invalid_request", "Invalid IdToken Issuer.")
    if payload["exp"] * 1000 <= store.now_ms(current):
        raise OAuthError("invalid_request", "IdToken expired.")
    if payload["aud"] != client_id:
        raise OAuthError("invalid_request", "Invalid IdToken Audience.")
    if nonce is not None and payload.get("nonce") != nonce:
        raise OAuthError("invalid_request", "Invalid IdToken Nonce.")
    if user_id is not None and payload["sub"] != user_id:
        raise OAuthError("invalid_request", "Invalid IdToken Subject Identifier.")
    return payload


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """POST /oauth2/v2.1/verify checks an ID token; GET with access_token checks that."""
    current = store.settings()
    try:
        if request.method == "GET":
            row = _user_token(request.GET.get("access_token", ""), current)
            if row is None:
                raise OAuthError("invalid_request", "access token expired")
            left = (row.valid_until - store.now_ms(current)) // 1000
            return as_json({"scope": row.scope, "client_id": row.client_id, "expires_in": left})
        form = request.POST
        for name in ("id_token", "client_id"):
            if not form.get(name):
                raise OAuthError("invalid_request", f"{name} is required")
        payload = verified(
            form["id_token"], form["client_id"], current, form.get("nonce"), form.get("user_id")
        )
    except OAuthError as error:
        return as_json(error.body, 400)
    return as_json(payload)


# -- what a user's access token opens -----------------------------------------------


def _user_token(raw: str, current: dict[str, Any]) -> UserToken | None:
    rows = UserToken.objects.select_related("resident").filter(
        pk=unquote(raw), valid_until__gt=store.now_ms(current)
    )
    return rows.first()


def _bearer(request: HttpRequest) -> UserToken | None:
    scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
    return _user_token(raw, store.settings()) if scheme.lower() == "bearer" else None


UNAUTHORIZED = {"message": "The access token expired"}


@require_GET
def user_profile(request: HttpRequest) -> HttpResponse:
    """GET /v2/profile, for `liff.getProfile`."""
    from chatops.simulator.api.account import picture_url

    row = _bearer(request)
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
    row = _bearer(request)
    if row is None:
        return as_json(UNAUTHORIZED, 401)
    return as_json({"friendFlag": not row.resident.blocked})


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """POST /oauth2/v2.1/revoke."""
    UserToken.objects.filter(pk=request.POST.get("access_token", "")).delete()
    return HttpResponse()
