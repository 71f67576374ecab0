"""Addresses of ours that LINE is told."""

from __future__ import annotations

from django.conf import settings

from chatops.models import Channel


def webhook_address(channel: Channel) -> str:
    """Return the address to enter at LINE Developers for this account."""
    tail = "" if channel.slug == Channel.MAIN else f"/{channel.slug}"
    return f"{settings.PUBLIC_URL}/line/webhook{tail}"
