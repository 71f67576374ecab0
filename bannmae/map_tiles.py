"""The address that maps take their pictures from: checked, and told to the browser's rules."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

SUBDOMAINS = "abc"  # what Leaflet puts for {s}
# No letter that would end a directive of the browser's rules, a header, or a quoted address.
_ADDRESS = re.compile(
    r"https://"
    r"(?P<host>(?:\{s\}\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)"
    r"(?P<port>:\d{1,5})?"
    r"/[a-z0-9._~:/?#@!$&()*+=%{}-]*",
    re.IGNORECASE | re.ASCII,
)
_PLACES = ("{z}", "{x}", "{y}")


def check_tiles_url(template: str) -> None:
    """Refuse, in Thai, an address that no map could use or no browser's rule could name."""
    if not _ADDRESS.fullmatch(template):
        raise ValidationError(
            "ที่อยู่ภาพแผนที่ต้องขึ้นต้นด้วย https:// ตามด้วยชื่อเว็บไซต์ภาษาอังกฤษ "
            "และต้องไม่มีช่องว่าง เครื่องหมาย ; , หรือเครื่องหมายคำพูด",
            code="tiles_address",
        )
    if not all(place in template for place in _PLACES):
        raise ValidationError("ที่อยู่ภาพแผนที่ต้องมี {z} {x} และ {y} ครบทั้งสามคำ", code="tiles_places")


def tile_origins(template: str) -> list[str]:
    """Return the origins of a tile address; [] for none, and for one that may not be named.

    >>> tile_origins("https://tile.example.org:8443/{z}/{x}/{y}.png")
    ['https://tile.example.org:8443']
    >>> tile_origins("https://{s}.example.org/{z}.png")
    ['https://a.example.org', 'https://b.example.org', 'https://c.example.org']
    >>> tile_origins(""), tile_origins("javascript:1"), tile_origins("https://x.org; script-src *")
    ([], [], [])
    """
    found = _ADDRESS.fullmatch(template)
    if found is None:
        return []
    host, port = found["host"], found["port"] or ""
    hosts = [host.replace("{s}", letter) for letter in SUBDOMAINS] if "{s}" in host else [host]
    return [f"https://{name}{port}" for name in hosts]
