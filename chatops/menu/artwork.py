"""The rich menu's pictures and tappable areas, both from one layout.

A tab is a strip of tab names above one or two rows of tiles. `layout` says where each stands and
`draw_rich_menu` draws exactly that, so a tap always hits what is seen. Icons are lucide's; set-up
copies the few in use by `python -m chatops.menu.artwork build/icons`, for places without
node_modules.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bannmae.thai.text import grapheme_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.safestring import SafeString

    from bannmae.paper.fonts import PaperFont

#: LINE's largest picture: width over height must be at least 1.45.
WIDTH, HEIGHT = 2500, 1686
STRIP_HEIGHT = 250
MAX_BYTES = 1_000_000
MAX_LABEL = 20
MAX_AREAS = 20
#: Keys of the strip's areas: "tab:" and the alias of the tab that a tap opens.
TAB_KEY = "tab:"

BASE_DIR = Path(__file__).resolve().parents[2]
_ICON_SOURCE = BASE_DIR / "node_modules" / "lucide-static" / "icons"
_TEMPLATE = "chatops/menu/artwork.html"
_ICON_NAME = re.compile(r"[a-z0-9-]+")
_COLOUR = re.compile(r"#[0-9a-f]{6}")

NAVY, RED, TEAL, GREEN, AMBER, BLUE, PURPLE = (
    "#12355b",
    "#b3141d",
    "#0b6b6b",
    "#1f6b2e",
    "#8a4b00",
    "#1450a3",
    "#5b2a86",
)


class ArtworkError(Exception):
    """A rich menu cannot be drawn; the message says why."""


class Area(NamedTuple):
    """A tappable area in pixels of the 2500 × 1686 picture; `x`, `y` is its upper left corner."""

    key: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class MenuTile:
    """One tile: what it shows and how large it is.

    `text` is drawn, its line breaks as given; `label` (at most 20 graphemes) is what LINE reads
    out; `icon` a lucide name; `colour` '#rrggbb'. `row` counts from the top, 0 or 1; `weight` is
    the tile's share of its row. A `strong` tile is filled with its colour.

    Raises:
        ValueError: a field breaks these rules.
    """

    key: str
    text: str
    label: str
    icon: str
    colour: str
    row: int
    weight: int = 1
    strong: bool = False

    def __post_init__(self) -> None:
        if not self.key or self.key.startswith(TAB_KEY):
            raise ValueError(f"{self.key!r} is no key for a tile")
        if not 1 <= grapheme_length(self.label) <= MAX_LABEL:
            raise ValueError(f"label {self.label!r} must have 1–{MAX_LABEL} characters")
        if not _ICON_NAME.fullmatch(self.icon) or not _COLOUR.fullmatch(self.colour):
            raise ValueError(f"icon or colour of {self.key!r} is malformed")
        if self.row not in (0, 1) or self.weight < 1:
            raise ValueError(f"{self.key!r} stands in no row")


@dataclass(frozen=True, slots=True)
class MenuTab:
    """One rich menu: `strip` names all tabs in order, (alias, title), this one among them.

    Raises:
        ValueError: the tab is not in its own strip, has no tile, an empty upper row, a key
            twice, or more areas than LINE takes.
    """

    alias: str
    title: str
    tiles: tuple[MenuTile, ...]
    strip: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        keys = [tile.key for tile in self.tiles]
        if (self.alias, self.title) not in self.strip:
            raise ValueError(f"tab {self.alias!r} is not in its own strip")
        if len(set(keys)) != len(keys) or len(set(self.strip)) != len(self.strip):
            raise ValueError(f"tab {self.alias!r} names something twice")
        if not any(tile.row == 0 for tile in self.tiles):
            raise ValueError(f"tab {self.alias!r} has no tile in its upper row")
        if len(self.tiles) + len(self.strip) > MAX_AREAS:
            raise ValueError(f"tab {self.alias!r} has more than {MAX_AREAS} areas")


_STRIP = (("services", "บริการ"), ("information", "ข้อมูล/ติดต่อ"))

#: The menus of the municipality's manuals in two tabs; what a tap does is decided elsewhere.
TABS = (
    MenuTab(
        *_STRIP[0],
        tiles=(
            MenuTile("emergency", "แจ้งเหตุ\nฉุกเฉิน", "แจ้งเหตุฉุกเฉิน", "siren", RED, 0, strong=True),
            MenuTile("tax", "แจ้งชำระ\nภาษี", "แจ้งชำระภาษี", "landmark", BLUE, 0),
            MenuTile("garbage", "แจ้งชำระ\nค่าเก็บขยะ", "แจ้งชำระค่าเก็บขยะ", "trash-2", GREEN, 0),
            MenuTile("track", "ติดตาม\nสถานะ", "ติดตามสถานะ", "search-check", TEAL, 1),
            # Wide, and where the thumb of the hand that holds the phone comes by itself.
            MenuTile(
                "complaint",
                "ร้องเรียน/ร้องทุกข์\nและขอรับบริการ",
                "แจ้งเรื่อง/ขอบริการ",
                "megaphone",
                NAVY,
                1,
                weight=2,
                strong=True,
            ),
        ),
        strip=_STRIP,
    ),
    MenuTab(
        *_STRIP[1],
        tiles=(
            MenuTile("news", "ข่าว\nประชาสัมพันธ์", "ข่าวประชาสัมพันธ์", "newspaper", BLUE, 0),
            MenuTile("website", "เว็บไซต์\nเทศบาล", "เว็บไซต์เทศบาล", "globe", TEAL, 0),
            MenuTile("eservice", "บริการ\ne-Service", "e-Service", "file-check", AMBER, 0),
            MenuTile("air", "คุณภาพ\nอากาศ", "คุณภาพอากาศ", "wind", GREEN, 1),
            MenuTile("facebook", "Facebook\nเทศบาล", "Facebook", "thumbs-up", BLUE, 1),
            MenuTile("welfare", "สวัสดิการ\nประชาชน", "สวัสดิการประชาชน", "hand-heart", PURPLE, 1),
            MenuTile("contact", "ติดต่อ\nเทศบาล", "ติดต่อเทศบาล", "phone", NAVY, 1, strong=True),
        ),
        strip=_STRIP,
    ),
)

#: Every tile by its key: what a further account's own menu is put together from.
TILES = {tile.key: tile for tab in TABS for tile in tab.tiles}
OWN_ALIAS = "own"
MAX_OWN_TILES = 8


def own_tab(title: str, keys: Sequence[str]) -> MenuTab | None:
    """Return a menu of one tab with the tiles of `keys` in their order, None for no tile.

    Unknown keys, and what is beyond MAX_OWN_TILES, are left out.
    """
    chosen = [TILES[key] for key in dict.fromkeys(keys) if key in TILES][:MAX_OWN_TILES]
    if not chosen:
        return None
    upper = max(1, len(chosen) // 2)
    tiles = tuple(
        replace(tile, row=int(place >= upper), weight=1) for place, tile in enumerate(chosen)
    )
    return MenuTab(OWN_ALIAS, title, tiles=tiles, strip=((OWN_ALIAS, title),))


def layout(tab: MenuTab) -> list[Area]:
    """Return every tappable area: the strip from left to right, then the rows of tiles.

    The areas cover the whole picture, touch and never overlap; all numbers are whole. A menu
    of one tab has no strip.
    """
    strip = tab.strip if len(tab.strip) > 1 else ()
    top = STRIP_HEIGHT if strip else 0
    areas = [
        Area(f"{TAB_KEY}{alias}", x, 0, width, STRIP_HEIGHT)
        for (alias, _title), (x, width) in zip(strip, _shares([1] * len(strip), WIDTH), strict=True)
    ]
    rows = [row for row in (0, 1) if any(tile.row == row for tile in tab.tiles)]
    heights = _shares([1] * len(rows), HEIGHT - top)
    for row, (y, height) in zip(rows, heights, strict=True):
        tiles = [tile for tile in tab.tiles if tile.row == row]
        columns = _shares([tile.weight for tile in tiles], WIDTH)
        areas += [
            Area(tile.key, x, top + y, width, height)
            for tile, (x, width) in zip(tiles, columns, strict=True)
        ]
    return areas


def draw_rich_menu(
    tab: MenuTab, *, format: Literal["PNG", "JPEG"] = "PNG", font: PaperFont | None = None
) -> bytes:
    """Return the tab's picture, 2500 × 1686 and at most 1 MB, as LINE wants it.

    Raises:
        ArtworkError: an icon is missing, or the picture grew too large.
        FontError: set-up has not built the fonts.
    """
    from django.template.loader import render_to_string

    from bannmae.paper.pdf import html_to_pdf
    from bannmae.paper.pictures import page_picture

    tiles = {tile.key: tile for tile in tab.tiles}
    titles = {f"{TAB_KEY}{alias}": title for alias, title in tab.strip}
    context = {
        "width": WIDTH,
        "height": HEIGHT,
        "tabs": [
            {"area": area, "title": titles[area.key], "current": area.key == TAB_KEY + tab.alias}
            for area in layout(tab)
            if area.key in titles
        ],
        "tiles": [
            {
                "area": area,
                "tile": tiles[area.key],
                "lines": tiles[area.key].text.split("\n"),
                "wide": area.width > 2 * area.height,
                "icon": _icon(tiles[area.key]),
            }
            for area in layout(tab)
            if area.key in tiles
        ],
    }
    pdf = html_to_pdf(
        [render_to_string(_TEMPLATE, context)],
        title=tab.title,
        font=font,
        stylesheet=render_to_string("chatops/menu/artwork.css", context),
        pdf_variant=None,
    )
    picture = page_picture(pdf, width_px=WIDTH, format=format)
    if len(picture) > MAX_BYTES:
        raise ArtworkError(f"the picture of {tab.alias!r} has more than 1 MB")
    return picture


def _shares(weights: Sequence[int], length: int) -> list[tuple[int, int]]:
    """Return (start, size) of parts in these proportions that fill `length` without a gap."""
    total = sum(weights) or 1
    edges = [round(length * sum(weights[:place]) / total) for place in range(len(weights) + 1)]
    return [(start, end - start) for start, end in zip(edges, edges[1:], strict=False)]


def _icon(tile: MenuTile) -> SafeString:
    """Return the tile's icon as SVG markup in the colour that its ground needs."""
    from django.utils.safestring import mark_safe

    path = _icon_path(tile.icon)
    colour = "#ffffff" if tile.strong else tile.colour
    svg = path.read_text(encoding="utf-8").replace("currentColor", colour)
    return mark_safe(svg)  # noqa: S308 - a file of the icon package, a colour checked above


def _icon_path(name: str) -> Path:
    """Return the file of an icon: the copy that set-up made, else the package's."""
    from django.conf import settings

    build_dir = Path(settings.BUILD_DIR) if settings.configured else BASE_DIR / "build"
    for folder in (build_dir / "icons", _ICON_SOURCE):
        path = folder / f"{name}.svg"
        if path.is_file():
            return path
    raise ArtworkError(f"icon {name!r} is missing: run `npm ci`")


def copy_icons(folder: Path) -> list[Path]:
    """Copy the icons that `TABS` use from node_modules into `folder`; return their paths.

    Raises:
        ArtworkError: an icon is not in the package.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copied = []
    for name in sorted({tile.icon for tab in TABS for tile in tab.tiles}):
        source = _ICON_SOURCE / f"{name}.svg"
        if not source.is_file():
            raise ArtworkError(f"icon {name!r} is missing: run `npm ci`")
        copied.append(Path(shutil.copyfile(source, folder / source.name)))
    return copied


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy the icons into the folder named on the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m chatops.menu.artwork")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    try:
        copy_icons(options.folder)
    except ArtworkError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
