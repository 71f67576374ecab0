"""The keys of personal data: `settings.FIELD_KEYS`, Fernet keys, newest first.

The newest one encrypts; all of them decrypt. To rotate, put a new key in front, save every row
again, then drop the old key.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class DecryptionError(Exception):
    """No key in FIELD_KEYS opens a stored value. The message never holds the value."""


def field_keys() -> tuple[str, ...]:
    """Return the Fernet keys, newest first.

    Raises:
        ImproperlyConfigured: there is none.
    """
    keys = tuple(settings.FIELD_KEYS)
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS needs at least one Fernet key.")
    return keys


@lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        # The library's own message may repeat the key.
        raise ImproperlyConfigured(
            "FIELD_KEYS must be URL-safe base64 keys of 32 bytes each."
        ) from None


@lru_cache(maxsize=64)
def _derived(key: str, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(
        base64.urlsafe_b64decode(key)
    )


def derived_keys(info: str) -> list[bytes]:
    """Return 32 bytes derived by HKDF-SHA256 for one purpose from every key, newest first."""
    return [_derived(key, info) for key in field_keys()]


def encrypt(text: str) -> str:
    """Return a Fernet token of `text` under the newest key; '' stays ''."""
    return _cipher(field_keys()).encrypt(text.encode()).decode("ascii") if text else ""


def decrypt(token: str) -> str:
    """Return what `encrypt` was given; '' stays ''.

    Raises:
        DecryptionError: no key opens the token.
    """
    if not token:
        return ""
    try:
        return _cipher(field_keys()).decrypt(token.encode()).decode()
    except InvalidToken:
        raise DecryptionError("No key in FIELD_KEYS opens this stored value.") from None


def rotate(token: str) -> str:
    """Return a stored token encrypted anew under the newest key; '' stays ''.

    Raises:
        DecryptionError: no key opens the token.
    """
    if not token:
        return ""
    try:
        return _cipher(field_keys()).rotate(token.encode()).decode("ascii")
    except InvalidToken:
        raise DecryptionError("No key in FIELD_KEYS opens this stored value.") from None
