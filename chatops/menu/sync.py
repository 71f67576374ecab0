"""Bringing the rich menus to LINE: new ones first, old ones away last.

https://developers.line.biz/en/docs/messaging-api/switch-rich-menus/
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from chatops.line.client import LineClient, LineError, access_token, client_for
from chatops.menu import registry
from chatops.menu.artwork import (
    HEIGHT,
    OWN_ALIAS,
    TABS,
    WIDTH,
    MenuTab,
    draw_rich_menu,
    layout,
    own_tab,
)
from chatops.models import Channel

logger = logging.getLogger(__name__)

Json = dict[str, Any]
CHAT_BAR_TEXT = "เมนูบริการ"  # at most 14 graphemes
# Longer than LINE takes for all of it: who was killed meanwhile is succeeded then.
LEASE = timedelta(minutes=3)
NAME_PREFIX = "bannmae:"  # menus of this name are ours to delete


@dataclass(frozen=True)
class Report:
    """What a sync did: aliases of the menus that were made anew, and how many went."""

    changed: list[str]
    deleted: int


def channels_with_menu() -> list[Channel]:
    """Return the accounts whose menus are ours to bring: in use, and with a token."""
    return [
        channel
        for channel in Channel.objects.filter(is_active=True).order_by("pk")
        if access_token(channel)
    ]


def tabs_of(channel: Channel) -> tuple[MenuTab, ...]:
    """Return the menus of an account: the main one has all tabs, the others what they chose."""
    if channel.slug == Channel.MAIN:
        return TABS
    own = own_tab(channel.name, channel.menu_entries)
    return (own,) if own else ()


class Busy(Exception):
    """Somebody else is bringing this account's menus to LINE."""


def sync(channel: Channel, *, patience: float = 0.0) -> Report:
    """Make LINE's menus those of the account; does nothing where nothing changed.

    A resident always has a menu: a new one is complete before its alias, and then the
    default, turns to it; the old ones go last. So one at a time: of two each would take the
    other's new menus for old ones.

    Raises:
        Busy: somebody else was at it for all of `patience` seconds.
        LineError: LINE refuses.
    """
    end = time.monotonic() + patience
    while (until := _claim(channel)) is None:
        if time.monotonic() >= end:
            raise Busy
        time.sleep(0.2)
    try:
        channel.refresh_from_db()  # as it is after who was at it before
        return _sync(channel)
    finally:
        Channel.objects.filter(pk=channel.pk, menu_lease_until=until).update(menu_lease_until=None)
        channel.menu_lease_until = None  # whoever saves the account afterwards takes no lease


def _claim(channel: Channel) -> datetime | None:
    """Take the account's menus for the length of a lease; return its end, None: taken."""
    now = timezone.now()
    # One that ends further ahead than any does began before the clock was set back.
    is_free = Q(menu_lease_until=None) | ~Q(menu_lease_until__range=(now, now + LEASE))
    taken = Channel.objects.filter(is_free, pk=channel.pk).update(menu_lease_until=now + LEASE)
    return now + LEASE if taken else None


def _sync(channel: Channel) -> Report:
    line = client_for(channel)
    aliases = line.menu_aliases()
    tabs = tabs_of(channel)
    if not tabs:
        return _without_menu(channel, line, aliases)
    changed: list[str] = []
    kept: dict[str, Json] = {}
    for tab in tabs:
        body, picture = menu_object(tab, channel), draw_rich_menu(tab)
        fingerprint = _fingerprint(body, picture)
        known = channel.rich_menus.get(tab.alias) or {}
        current = aliases.get(tab.alias)
        if (
            current
            and current == known.get("rich_menu_id")
            and (known.get("fingerprint") == fingerprint)
        ):
            kept[tab.alias] = known
            continue
        menu_id = _make(line, body, picture)
        _point(line, tab.alias, menu_id, exists=tab.alias in aliases)
        kept[tab.alias] = {"rich_menu_id": menu_id, "fingerprint": fingerprint}
        changed.append(tab.alias)
        # Noted at once: an interruption now costs one menu, not all of them.
        channel.rich_menus = {**channel.rich_menus, **kept}
        channel.save(update_fields=["rich_menus"])
    first = kept[tabs[0].alias]["rich_menu_id"]
    if line.default_menu() != first:
        line.call(line.api.set_default_rich_menu, first)
        changed = changed or [tabs[0].alias]
    deleted = _delete_old(line, keep={menu["rich_menu_id"] for menu in kept.values()})
    channel.rich_menus = kept
    channel.save(update_fields=["rich_menus"])
    return Report(changed, deleted)


def _without_menu(channel: Channel, line: LineClient, aliases: dict[str, str]) -> Report:
    """Take away the menu that the account had from us; what was made by hand stays."""
    had = {menu["rich_menu_id"] for menu in channel.rich_menus.values()}
    if had and line.default_menu() in had:
        line.call(line.api.cancel_default_rich_menu)
    if aliases.get(OWN_ALIAS) in had:
        line.call(line.api.delete_rich_menu_alias, OWN_ALIAS)
    deleted = _delete_old(line, keep=set())
    if channel.rich_menus:
        channel.rich_menus = {}
        channel.save(update_fields=["rich_menus"])
    return Report([], deleted)


def menu_object(tab: MenuTab, channel: Channel | None = None) -> Json:
    """Return LINE's rich-menu object of `tab`: its areas are where the picture has its tiles.

    `channel` is the account that it is for.
    """
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": f"{NAME_PREFIX}{tab.alias}",
        "chatBarText": CHAT_BAR_TEXT,
        "areas": [
            {
                "bounds": {"x": x, "y": y, "width": width, "height": height},
                "action": _action(key, channel),
            }
            for key, x, y, width, height in layout(tab)
        ],
    }


def _action(key: str, channel: Channel | None) -> Json:
    """What a tap does: another tab, a page at once, or a postback that is answered."""
    for tab in TABS:
        if key == f"tab:{tab.alias}":
            return {
                "type": "richmenuswitch",
                "richMenuAliasId": tab.alias,
                "label": tab.title,
                "data": f"tab={tab.alias}",
            }
    entry = registry.get(key)
    if entry is None:
        raise LookupError(f"No menu entry is registered as {key!r}")
    uri = entry.uri() if entry.uri else ""
    if uri and not (channel and uri == channel.add_friend_url):  # it never leads to itself
        return {"type": "uri", "label": entry.label, "uri": uri}
    return {
        "type": "postback",
        "label": entry.label,
        "data": f"menu={key}",
        "displayText": entry.label,
    }


def _fingerprint(body: Json, picture: bytes) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(text + picture).hexdigest()


def _make(line: LineClient, body: Json, picture: bytes) -> str:
    from linebot.v3.messaging import RichMenuRequest

    made = line.call(line.api.create_rich_menu, RichMenuRequest.from_dict(body))
    menu_id: str = made.rich_menu_id
    kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
    try:
        line.call(line.blob.set_rich_menu_image, menu_id, picture, _headers={"Content-Type": kind})
    except LineError:
        line.call(line.api.delete_rich_menu, menu_id)
        raise
    return menu_id


def _point(line: LineClient, alias: str, menu_id: str, *, exists: bool) -> None:
    from linebot.v3.messaging import CreateRichMenuAliasRequest, UpdateRichMenuAliasRequest

    if exists:
        request = UpdateRichMenuAliasRequest.from_dict({"richMenuId": menu_id})
        line.call(line.api.update_rich_menu_alias, alias, request)
    else:
        fresh = CreateRichMenuAliasRequest.from_dict(
            {"richMenuAliasId": alias, "richMenuId": menu_id}
        )
        line.call(line.api.create_rich_menu_alias, fresh)


def _delete_old(line: LineClient, keep: set[str]) -> int:
    deleted = 0
    for menu in line.call(line.api.get_rich_menu_list).richmenus or []:
        if menu.name.startswith(NAME_PREFIX) and menu.rich_menu_id not in keep:
            line.call(line.api.delete_rich_menu, menu.rich_menu_id)
            deleted += 1
    return deleted
