"""LINE's webhook signature: base64(HMAC-SHA256(channel secret, raw body)).

https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable


def sign(body: bytes, secret: str) -> str:
    """Return the signature that LINE would send for `body`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_valid(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Tell whether `signature` was made with one of `secrets`, in constant time for each.

    Several secrets, since reissuing one kills the old at once.
    """
    given = signature.encode("utf8", "replace")
    valid = False
    for secret in secrets:
        valid |= hmac.compare_digest(sign(body, secret).encode(), given)
    return valid
