"""How many pieces a PNG is cut into: each costs its reader time, whatever is in it."""

from __future__ import annotations

#: Encoders cut a picture of 20 MB into some thousands.
MAX_CHUNKS = 50_000
_AROUND = 12  # bytes of length, type and check sum


def has_countless_chunks(data: bytes) -> bool:
    """Say whether a file that begins like a PNG has more than MAX_CHUNKS."""
    place = 8
    for _chunk in range(MAX_CHUNKS):
        if place >= len(data):
            return False
        place += int.from_bytes(data[place : place + 4], "big") + _AROUND
    return place < len(data)
