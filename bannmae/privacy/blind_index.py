"""Digests by which encrypted values can be found without being readable.

Give the same normalised text on both sides. The purpose ('resident.phone') keeps digests of
different columns apart.
"""

from __future__ import annotations

import hashlib
import hmac

from bannmae.privacy.keys import derived_keys


def blind_index(value: str, purpose: str) -> str:
    """Return the digest to store: 64 hex digits under the newest key; '' for ''."""
    return blind_index_candidates(value, purpose)[0] if value else ""


def blind_index_candidates(value: str, purpose: str) -> list[str]:
    """Return the digests to look for with `__in`: one for each key, newest first; [] for ''."""
    if not value:
        return []
    keys = derived_keys(f"bannmae blind index v1 {purpose}")
    return [hmac.new(key, value.encode(), hashlib.sha256).hexdigest() for key in keys]
