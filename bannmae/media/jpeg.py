"""How much work a JPEG asks of its decoder, told from its markers before any decoding.

Passed over is only what libjpeg passes over too: a marker that has no length there (TEM, RST,
the reserved ones below C0, which its search for a restart skips) has none here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# One FF is enough: fill bytes before it change nothing, and `\xff+` would take quadratic time.
_MARKER = re.compile(rb"\xff([\xc0-\xcf\xd8-\xfe])")
_END, _SCAN, _START = 0xD9, 0xDA, 0xD8
#: Cameras write some dozens, a long colour profile or XMP block a few hundred.
MAX_SEGMENTS = 2000
#: Bytes between the segments of the head; both parsers read them one by one.
MAX_STRAY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Work:
    """What the file asks for.

    `scans` are passes over all pixels, up to the end of its first picture; `excessive` says that
    its segments or the bytes astray between them are more than any honest file has (counting
    stopped there).
    """

    scans: int
    excessive: bool = False


def work_of(data: bytes) -> Work:
    """Return what decoding `data`, which begins like a JPEG, would cost."""
    place, scans, stray = 2, 0, 0
    for _segment in range(MAX_SEGMENTS):
        found = _MARKER.search(data, place)
        if not scans:
            stray += (found.start() if found else len(data)) - place
            if stray > MAX_STRAY:
                return Work(scans, excessive=True)
        if found is None:
            return Work(scans)
        marker, place = found.group(1)[0], found.end()
        if marker in (_END, _START):  # a second start is an error to libjpeg
            return Work(scans)
        scans += marker == _SCAN
        place += max(int.from_bytes(data[place : place + 2], "big"), 2)
    return Work(scans, excessive=True)
