"""Where the pictures of the map may come from: the browser's rules must name it."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(https?)://([a-z0-9.{}-]+)(:\d{1,5})?/", re.IGNORECASE | re.ASCII)
_SUBDOMAINS = "abc"  # what Leaflet puts for {s}


def tile_origins(template: str) -> list[str]:
    """Return the origins of a tile address ('https://{s}.example/{z}/…'), [] for none.

    >>> tile_origins("https://tile.example.org/{z}/{x}/{y}.png")
    ['https://tile.example.org']
    >>> tile_origins("https://{s}.example.org/{z}.png")
    ['https://a.example.org', 'https://b.example.org', 'https://c.example.org']
    >>> tile_origins(""), tile_origins("javascript:1"), tile_origins("https://x.org; script-src *")
    ([], [], [])
    """
    found = _ADDRESS.match(template)
    if found is None:
        return []
    scheme, host, port = found.group(1), found.group(2), found.group(3) or ""
    hosts = [host.replace("{s}", letter) for letter in _SUBDOMAINS] if "{s}" in host else [host]
    return [f"{scheme}://{name}{port}" for name in hosts if "{" not in name and "}" not in name]
