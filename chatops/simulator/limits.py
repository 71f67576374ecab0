"""LINE's documented limits, read from its own reference pages.

Every number stands in the Messaging API reference (https://developers.line.biz/en/reference/
messaging-api/) under the object that it bounds. Text is counted in UTF-16 code units, but
for the properties that the page "Character counting in a text" lists, which are counted in
grapheme clusters: labels, displayText, fillInText, texts of message and postback actions,
texts and titles of templates, and name and chatBarText of a rich menu.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any
from urllib.parse import urlsplit

import regex

# -- requests
MESSAGES_PER_REQUEST = (1, 5)
REQUEST_BYTES = 2 * 1024 * 1024
MULTICAST_RECIPIENTS = 500
WEBHOOK_URL_CHARS = 500
AGGREGATION_UNITS = 1
AGGREGATION_UNIT_CHARS = 30
LOADING_SECONDS = (5, 60)
LOADING_SECONDS_STEP = 5

# -- messages
TEXT_CHARS = 5000
EMOJIS = 20
SUBSTITUTIONS = 100
SUBSTITUTION_KEY_CHARS = 20
MENTIONS = 20
ALT_TEXT_CHARS = 1500
URL_CHARS = 2000
LOCATION_CHARS = 100
TRACKING_ID_CHARS = 100
SENDER_NAME_CHARS = 20
QUICK_REPLY_ITEMS = (1, 13)
IMAGEMAP_WIDTH = 1040
IMAGEMAP_ACTIONS = (1, 50)
IMAGEMAP_TEXT_CHARS = 400
IMAGEMAP_LABEL_CHARS = 100
IMAGEMAP_LINK_LABEL_CHARS = 30
DELIVERY_TAG_CHARS = 30

# -- actions
URI_CHARS = 1000
POSTBACK_DATA_CHARS = 300
POSTBACK_TEXT_CHARS = 300
FILL_IN_TEXT_CHARS = 300
MESSAGE_ACTION_CHARS = 300
CLIPBOARD_CHARS = 1000
LABEL_CHARS = 20
LABEL_CHARS_IMAGE_CAROUSEL = 12
LABEL_CHARS_FLEX = 40

# -- templates
TEMPLATE_TITLE_CHARS = 40
BUTTONS_TEXT_CHARS = 160
BUTTONS_TEXT_CHARS_WITH_HEAD = 60
BUTTONS_ACTIONS = (1, 4)
CONFIRM_TEXT_CHARS = 240
CONFIRM_ACTIONS = (2, 2)
CAROUSEL_COLUMNS = (1, 10)
CAROUSEL_TEXT_CHARS = 120
CAROUSEL_TEXT_CHARS_WITH_HEAD = 60
CAROUSEL_ACTIONS = (1, 3)

# -- Flex
BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
CAROUSEL_BUBBLES = (1, 12)
ANIMATED_IMAGES = 10
ASPECT_RATIO_PART = (1, 100_000)
ASPECT_RATIO_MAX_HEIGHT = 3  # times the width

# -- rich menus
RICH_MENUS = 1000
RICH_MENU_ALIASES = 1000
RICH_MENU_NAME_CHARS = 300
CHAT_BAR_CHARS = 14
RICH_MENU_AREAS = 20
RICH_MENU_WIDTH = (800, 2500)
RICH_MENU_MIN_HEIGHT = 250
RICH_MENU_MIN_RATIO = 1.45
RICH_MENU_IMAGE_BYTES = 1024 * 1024
ALIAS_PATTERN = r"[a-z0-9_-]{1,32}"

# -- identifiers
USER_ID_PATTERN = r"U[0-9a-f]{32}"
CHAT_ID_PATTERN = r"[UCR][0-9a-f]{32}"
RICH_MENU_ID_PATTERN = r"richmenu-[0-9a-f]{32}"

LOOPBACK_NAMES = frozenset({"localhost"})


def utf16_length(text: str) -> int:
    """Return how many UTF-16 code units `text` takes.

    >>> utf16_length("ปั๊มน้ำ"), utf16_length("🍎")
    (7, 2)
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def grapheme_length(text: str) -> int:
    """Return how many grapheme clusters (UAX #29) `text` has.

    >>> grapheme_length("น้ำ"), grapheme_length("ที่"), grapheme_length("🇹🇭")
    (1, 1, 1)
    """
    return len(regex.findall(r"\X", text))


def json_bytes(value: Any) -> int:
    """Return the size of `value` as compact JSON in UTF-8, in bytes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def is_loopback_host(host: str | None) -> bool:
    """Return whether `host` names this machine itself (localhost, 127.0.0.0/8, ::1)."""
    if not host:
        return False
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_plain_url(url: str) -> bool:
    """Return whether `url` is percent-encoded as LINE asks: no spaces, nothing but ASCII."""
    return url.isascii() and url.isprintable() and " " not in url and "\\" not in url


def is_secure_url(url: str) -> bool:
    """Return whether LINE could fetch `url`: https, with one relaxation.

    LINE's servers and phones fetch pictures over https only. The phone of this simulator
    runs on the same machine, so http is accepted for loopback addresses and nothing else.
    """
    if not is_plain_url(url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 - raises on a port that is none
    except ValueError:
        return False
    if not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback_host(host))
