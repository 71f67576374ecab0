"""Who is who: signing keys, ID tokens, access tokens, and the address of a LIFF page."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as django_settings
from django.db import transaction

from chatops.simulator import store
from chatops.simulator.models import Resident, SigningKey, UserToken

ISSUER = "https://access.line.me"
LIFF_SCOPES = "openid profile chat_message.write"
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


def published_keys() -> list[dict[str, str]]:
    """Return the published keys as JWKs, newest first."""
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
    return keys


# -- tokens -------------------------------------------------------------------------


def signed(payload: dict[str, Any]) -> str:
    """Return a JWT with `payload`, by the key that signs now."""
    key = signing_key()
    return jwt.encode(payload, key.pem, algorithm="ES256", headers={"kid": key.kid})


def feature_token() -> str:
    """Return what opens the functions of LINE's own browser; nothing here asks for it back."""
    return "sim." + secrets.token_urlsafe(24)


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
    return signed(payload)


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


def liff_context(current: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return what the SDK is told of the LIFF app; `kind` is external, or the kind of chat."""
    inside = kind != "external"
    return {
        "type": kind,
        "liffId": current["liff_id"],
        "endpointUrl": endpoint_url(current),
        "availability": {
            "shareTargetPicker": {"permission": False, "minVer": "10.3.0"},
            "multipleLiffTransition": {"permission": inside, "minVer": "10.18.0"},
            "subwindowOpen": {"permission": inside, "minVer": "11.7.0"},
            "scanCodeV2": {"permission": False, "minVer": "11.7.0", "minOsVer": "14.3.0"},
        },
        "scope": LIFF_SCOPES.split(),
        "permanentLinkPattern": "concat",
    }


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
        **liff_context(current, "utou"),
        "userId": resident.user_id,
        "viewType": "full",
        "accessTokenHash": hashlib.sha256(token.encode()).hexdigest()[:32],
    }
    fragment = urlencode(
        {
            "access_token": token,
            "context_token": signed(context),
            "feature_token": feature_token(),
            "id_token": id_token(resident, client_id, current, amr="linesso"),
            "client_id": client_id,
        },
        quote_via=quote,
    )
    query = f"?liff.state={quote(state, safe='')}" if state else ""
    return f"{endpoint}{query}#{fragment}"


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


def user_token(raw: str, current: dict[str, Any]) -> UserToken | None:
    """Return the access token `raw` while it is valid, with its resident."""
    rows = UserToken.objects.select_related("resident").filter(
        pk=raw, valid_until__gt=store.now_ms(current)
    )
    return rows.first()
