"""The admin's side menu, first screen and banners. Upper rooms add theirs when they load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

MAILBOX = "กล่องข้อความ (เมลบ็อกซ์)"
MONEY = "การเงิน"
SETTINGS = "ตั้งค่า"
# Money first: whoever sees that group works in it all day, and nobody else is shown it.
GROUPS = (MONEY, MAILBOX, SETTINGS)


def _nothing(request: HttpRequest) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the side menu.

    `url` may carry a query: the line is then marked while the page shows just that.
    `badge` returns the number beside it, '' for none.
    """

    title: str
    url: Callable[[], str]
    icon: str
    allowed: Callable[[HttpRequest], bool]
    order: int
    badge: Callable[[HttpRequest], str] = _nothing
    inner: bool = False
    group: str = MAILBOX


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the first screen that leads to the list behind it. Tones: plain, warn, late."""

    title: str
    figure: str
    hint: str
    url: str
    icon: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Worklist:
    """A short list of the first screen; `rows` are what `template` shows."""

    title: str
    template: str
    rows: Sequence[Any]
    empty: str
    more_url: str


@dataclass(frozen=True, slots=True)
class Banner:
    """A line above every page while something is wrong."""

    text: str
    url: str = ""
    link: str = ""


_entries: list[Entry] = []
_tiles: list[Callable[[HttpRequest], Sequence[Tile]]] = []
_worklists: list[Callable[[HttpRequest], Sequence[Worklist]]] = []
_banners: list[Callable[[HttpRequest], Sequence[Banner]]] = []


def add_entry(entry: Entry) -> None:
    """Add a line to the side menu."""
    _entries.append(entry)


def add_tiles(tiles: Callable[[HttpRequest], Sequence[Tile]]) -> None:
    """Add figures to the first screen."""
    _tiles.append(tiles)


def add_worklists(worklists: Callable[[HttpRequest], Sequence[Worklist]]) -> None:
    """Add short lists to the first screen."""
    _worklists.append(worklists)


def add_banners(banners: Callable[[HttpRequest], Sequence[Banner]]) -> None:
    """Add lines above every page."""
    _banners.append(banners)


def permitted(*permissions: str) -> Callable[[HttpRequest], bool]:
    """Return a check for an entry: the officer holds one of `permissions`."""
    return lambda request: any(request.user.has_perm(name) for name in permissions)


def list_url(model: str, **query: str) -> Callable[[], str]:
    """Return what gives the address of a model's list ('bannmae_staff'), with a query."""
    tail = f"?{urlencode(query)}" if query else ""
    return lambda: reverse(f"admin:{model}_changelist") + tail


def side_menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of the side menu, in the admin theme's form."""
    groups = []
    for title in GROUPS:
        items = [
            _item(entry, request)
            for entry in sorted(_entries, key=lambda one: one.order)
            if entry.group == title and entry.allowed(request)
        ]
        if not groups and (items or title == MAILBOX):
            items.insert(0, _item(_FIRST, request))
        if items:
            groups.append({"title": title, "items": items})
    return groups


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the first screen's context: what needs me."""
    context["tiles"] = [tile for tiles in _tiles for tile in tiles(request)]
    context["worklists"] = [one for worklists in _worklists for one in worklists(request)]
    return context


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of the admin shows."""
    if not request.user.is_authenticated:
        return {"banners": []}
    return {"banners": [one for banners in _banners for one in banners(request)]}


def figure(count: int, limit: int) -> str:
    """Write a count that was stopped at `limit`: '12', '1,000+'."""
    return f"{limit:,}+" if count > limit else f"{count:,}"


def _item(entry: Entry, request: HttpRequest) -> dict[str, Any]:
    url = entry.url()
    item: dict[str, Any] = {
        "title": format_html('<span class="bm-inner">{}</span>', entry.title)
        if entry.inner
        else entry.title,
        "link": url,
        "icon": entry.icon,
        "active": _is_here(url, request),
    }
    if badge := entry.badge(request):
        item |= {"badge": badge, "badge_variant": "primary", "badge_style": "solid"}
    return item


def _is_here(url: str, request: HttpRequest) -> bool:
    parts = urlsplit(url)
    if parts.path == reverse("admin:index"):
        return request.path == parts.path
    if parts.query:
        asked = dict(parse_qsl(parts.query))
        return request.path == parts.path and all(
            request.GET.get(name) == value for name, value in asked.items()
        )
    return request.path.startswith(parts.path) and "kind" not in request.GET


_FIRST = Entry(
    title="งานของฉัน",
    url=lambda: reverse("admin:index"),
    icon="home",
    allowed=lambda request: True,
    order=0,
)
