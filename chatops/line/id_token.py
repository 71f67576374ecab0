"""LIFF ID tokens: verified here against LINE's published keys, never believed otherwise.

https://developers.line.biz/en/docs/liff/using-user-profile/
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from django.conf import settings

logger = logging.getLogger(__name__)

ISSUER = "https://access.line.me"
LEEWAY_SECONDS = 10
KEYS_LIVE_SECONDS = 3600
# A token with a made-up key id must not make us ask LINE each time.
REFETCH_SECONDS = 10
# Whoever has no key at all waits so long for the one who asks LINE.
WAIT_FOR_OTHERS_SECONDS = 2.0


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


@dataclass(frozen=True)
class _Fetched:
    """The keys by id that one answer of LINE held."""

    source: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    at: float = float("-inf")  # monotonic seconds


class _Keys:
    """LINE's public keys, kept for an hour, asked for at most every ten seconds."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._kept = _Fetched()
        self._asked: tuple[str, float] = ("", float("-inf"))

    def get(self, kid: str) -> Any:
        """Return the key of this id. Raise InvalidIdToken or KeysUnavailable."""
        source = f"{settings.LINE_API_URL or 'https://api.line.me'}/oauth2/v2.1/certs"
        kept = self._of(source)
        age = time.monotonic() - kept.at
        if age > KEYS_LIVE_SECONDS or (kid not in kept.keys and age > REFETCH_SECONDS):
            # While LINE does not answer one waits for it, and whoever has old keys does not.
            if self._asking.acquire(timeout=0 if kept.keys else WAIT_FOR_OTHERS_SECONDS):
                try:
                    self._ask(source)
                finally:
                    self._asking.release()
            kept = self._of(source)
        if not kept.keys:
            raise KeysUnavailable("LINE's keys could not be fetched")
        try:
            return kept.keys[kid]
        except KeyError:
            raise InvalidIdToken("unknown key") from None

    def _of(self, source: str) -> _Fetched:
        kept = self._kept
        return kept if kept.source == source else _Fetched()

    def _ask(self, source: str) -> None:
        """Ask LINE unless that was just done; what it does not tell leaves the old keys."""
        now = time.monotonic()
        asked_source, asked_at = self._asked
        if asked_source == source and now - asked_at <= REFETCH_SECONDS:
            return
        self._asked = (source, now)
        client = jwt.PyJWKClient(source, cache_keys=False, timeout=5)
        try:
            answer = client.get_jwk_set(refresh=True).keys
        except (jwt.PyJWTError, ValueError, OSError) as error:
            # No connection, or something else than keys: a proxy's page, half an answer.
            logger.warning("LINE's keys could not be fetched (%s)", type(error).__name__)
            return
        keys = {key.key_id: key.key for key in answer if key.key_id}
        self._kept = _Fetched(source, keys, time.monotonic())


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
    )
