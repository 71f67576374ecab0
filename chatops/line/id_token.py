"""LIFF ID tokens: verified here against LINE's published keys, never believed otherwise.

https://developers.line.biz/en/docs/liff/using-user-profile/
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings

ISSUER = "https://access.line.me"
LEEWAY_SECONDS = 10
KEYS_LIVE_SECONDS = 3600
# A token with a made-up key id must not make us ask LINE each time.
REFETCH_SECONDS = 10


class InvalidIdToken(Exception):
    """The token proves nothing: forged, expired, or meant for another channel."""


class KeysUnavailable(Exception):
    """LINE's keys could not be fetched, so nothing can be said of the token yet."""


@dataclass(frozen=True)
class Identity:
    """Who a token proves its bearer to be."""

    user_id: str
    name: str
    picture: str
    expires_at: int  # Unix seconds


class _Keys:
    """LINE's public keys, kept for an hour, refetched at most every ten seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[str, Any] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._source = ""

    def get(self, kid: str) -> Any:
        source = f"{settings.LINE_API_URL or 'https://api.line.me'}/oauth2/v2.1/certs"
        with self._lock:
            age = time.monotonic() - self._fetched_at
            if source != self._source:
                self._keys, age = {}, float("inf")
                self._tried_at = float("-inf")
            unknown = kid not in self._keys
            if age > KEYS_LIVE_SECONDS or (unknown and age > REFETCH_SECONDS):
                # While LINE does not answer, one in ten seconds waits for it and no more.
                if time.monotonic() - self._tried_at > REFETCH_SECONDS:
                    self._tried_at = time.monotonic()
                    self._source = source
                    self._fetch(source)
                elif not self._keys:
                    raise KeysUnavailable("LINE's keys could not be fetched a moment ago")
            try:
                return self._keys[kid]
            except KeyError:
                raise InvalidIdToken("unknown key") from None

    def _fetch(self, source: str) -> None:
        client = jwt.PyJWKClient(source, cache_keys=False, timeout=5)
        try:
            fetched = {
                key.key_id: key.key for key in client.get_jwk_set(refresh=True).keys if key.key_id
            }
        except jwt.PyJWKClientError as error:
            if self._keys and self._source == source:
                return  # the old ones are better than none
            raise KeysUnavailable("LINE's keys could not be fetched") from error
        self._keys, self._source = fetched, source
        self._fetched_at = time.monotonic()


_keys = _Keys()


def verify(token: str) -> Identity:
    """Return whom `token` proves. Raise InvalidIdToken or KeysUnavailable."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") != "ES256" or not isinstance(header.get("kid"), str):
            raise InvalidIdToken("wrong algorithm")
        claims = jwt.decode(
            token,
            _keys.get(header["kid"]),
            algorithms=["ES256"],
            audience=settings.LINE_LOGIN_CHANNEL_ID,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise InvalidIdToken(str(error)) from error
    return Identity(
        str(claims["sub"]),
        str(claims.get("name") or ""),
        str(claims.get("picture") or ""),
        int(claims["exp"]),
    )
