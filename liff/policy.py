"""The browser's rules for the pages inside LINE: where scripts and pictures may come from."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.conf import settings
from django.http import HttpRequest

from bannmae.map_tiles import tile_origins

# What the SDK talks to and loads from, seen in its traffic and its source.
LINE_SCRIPTS = ("https://static.line-scdn.net", "https://liffsdk.line-scdn.net")
LINE_CONNECTIONS = (
    "https://api.line.me",
    "https://access.line.me",
    "https://liffsdk.line-scdn.net",
    "https://static.line-scdn.net",
)


class Policy(TypedDict):
    """Directives to add to the house's policy, and those that replace it."""

    add: dict[str, list[str]]
    replace: dict[str, list[str]]


def page_policy(request: HttpRequest, *, tiles_url: str = "") -> Policy:
    """Return the policy of a page that signs in by the SDK, with a map when `tiles_url` is set."""
    sdk = origin(settings.LIFF_SDK_URL)
    scripts, connections = [sdk], [sdk]
    if settings.LINE_API_URL:
        connections.append(origin(settings.LINE_API_URL))
    else:
        scripts += LINE_SCRIPTS
        connections += LINE_CONNECTIONS
    if settings.SIMULATOR:
        # The phone may have been opened as localhost or as 127.0.0.1.
        connections.append(f"http://{_hostname(request)}:{settings.SIMULATOR_PORT}")
    return {
        "add": {
            "script-src": _once(scripts),
            "connect-src": _once(connections),
            "img-src": tile_origins(tiles_url),
        },
        "replace": {"frame-ancestors": frame_ancestors()},
    }


def frame_ancestors() -> list[str]:
    """Return who may show a page in a frame: the simulator's phone while it is on, else nobody."""
    if not settings.SIMULATOR:
        return [NONE]
    port = f":{settings.PORT}"
    return _once([SELF, settings.PUBLIC_URL, f"http://localhost{port}", f"http://127.0.0.1{port}"])


def origin(address: str) -> str:
    """Return scheme, host and port of an address.

    >>> origin("https://static.line-scdn.net/liff/edge/2/sdk.js")
    'https://static.line-scdn.net'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _hostname(request: HttpRequest) -> str:
    return request.get_host().rsplit(":", 1)[0]


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))
