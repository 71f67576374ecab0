"""Addresses that messages and menus carry."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings


def liff_link(path: str) -> str:
    """Return the permanent LIFF link that opens `path` ('track/69-0042') inside LINE.

    https://developers.line.biz/en/docs/liff/opening-liff-app/
    """
    return f"https://liff.line.me/{settings.LIFF_ID}/{quote(path.lstrip('/'))}"
