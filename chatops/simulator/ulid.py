"""ULIDs, the form of `webhookEventId`: 48 bits of time and 80 of chance, in base 32."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid(at_ms: int) -> str:
    """Return a new ULID of 26 characters for the moment `at_ms` (milliseconds since 1970).

    >>> new_ulid(1_600_000_000_000)[:10]
    '01EJ3CM800'
    """
    number = (at_ms << 80) | secrets.randbits(80)
    digits = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
