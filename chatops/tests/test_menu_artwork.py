"""The rich menu's pictures: what LINE takes, what a thumb hits, what an eye reads."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from bannmae.paper.fonts import sarabun
from chatops.menu import artwork
from chatops.menu.artwork import (
    HEIGHT,
    STRIP_HEIGHT,
    TABS,
    TILES,
    WIDTH,
    ArtworkError,
    MenuTab,
    MenuTile,
    draw_rich_menu,
    layout,
    own_tab,
)

SERVICES, INFORMATION = TABS


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    return {tab.alias: draw_rich_menu(tab) for tab in TABS}


def tile(key: str = "a", **changes: object) -> MenuTile:
    fields = {"text": "ก", "label": "ก", "icon": "phone", "colour": "#123456", "row": 0}
    return MenuTile(key, **{**fields, **changes})  # type: ignore[arg-type]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return WCAG's contrast ratio of two colours."""

    def luminance(colour: tuple[int, ...]) -> float:
        parts = [
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
            for part in (value / 255 for value in colour)
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.alias)
def test_line_takes_the_picture(tab: MenuTab, pictures: dict[str, bytes]) -> None:
    data = pictures[tab.alias]
    assert len(data) <= 1_000_000
    with Image.open(BytesIO(data)) as picture:
        assert picture.format == "PNG"
        assert picture.size == (WIDTH, HEIGHT)
        assert 800 <= picture.width <= 2500
        assert picture.width / picture.height >= 1.45


def test_a_jpeg_of_the_same_size_can_be_had() -> None:
    data = draw_rich_menu(SERVICES, format="JPEG")
    with Image.open(BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (WIDTH, HEIGHT))
    assert len(data) <= 1_000_000


def test_drawing_again_gives_the_same_picture(pictures: dict[str, bytes]) -> None:
    assert draw_rich_menu(INFORMATION) == pictures["information"]


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.alias)
def test_areas_cover_the_picture_without_gap_or_overlap(tab: MenuTab) -> None:
    areas = layout(tab)
    covered = Image.new("L", (WIDTH, HEIGHT), 0)
    for area in areas:
        assert all(isinstance(side, int) for side in area[1:])
        assert area.x >= 0
        assert area.y >= 0
        assert area.x + area.width <= WIDTH
        assert area.y + area.height <= HEIGHT
        box = (area.x, area.y, area.x + area.width, area.y + area.height)
        assert covered.crop(box).getextrema() == (0, 0), area.key
        covered.paste(1, box)
    assert covered.getextrema() == (1, 1)
    assert len({area.key for area in areas}) == len(areas) <= 20


def test_the_tabs_lead_to_each_other_from_the_same_place() -> None:
    strips = [[area for area in layout(tab) if area.key.startswith("tab:")] for tab in TABS]
    assert strips[0] == strips[1]
    assert [area.key for area in strips[0]] == ["tab:services", "tab:information"]


def test_both_tabs_together_hold_every_menu_of_the_manuals() -> None:
    keys = [area.key for tab in TABS for area in layout(tab) if not area.key.startswith("tab:")]
    assert sorted(keys) == sorted(
        (
            "complaint track emergency welfare tax garbage"
            " news website eservice air facebook contact"
        ).split()
    )


def test_the_complaint_is_the_largest_and_at_the_thumb() -> None:
    areas = {area.key: area for area in layout(SERVICES)}
    complaint = areas.pop("complaint")
    assert complaint.y + complaint.height == HEIGHT
    largest = max(area.width * area.height for area in areas.values())
    assert complaint.width * complaint.height > 1.5 * largest


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.alias)
def test_every_line_of_text_fits_its_tile(tab: MenuTab) -> None:
    bold = sarabun().bold
    assert bold is not None
    areas = {area.key: area for area in layout(tab)}
    for item in tab.tiles:
        wide = areas[item.key].width > 2 * areas[item.key].height
        font = ImageFont.truetype(str(bold), 138 if wide else 122)
        room = areas[item.key].width - 2 * 14 - (330 + 56 if wide else 0)
        assert len(item.text.split("\n")) <= 2
        assert max(font.getlength(line) for line in item.text.split("\n")) <= room - 24, item.key


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.alias)
def test_each_tile_is_drawn_in_its_own_area_in_strong_contrast(
    tab: MenuTab, pictures: dict[str, bytes]
) -> None:
    tiles = {item.key: item for item in tab.tiles}
    with Image.open(BytesIO(pictures[tab.alias])) as picture:
        for area in layout(tab):
            if area.key not in tiles:
                continue
            item = tiles[area.key]
            box = (area.x, area.y, area.x + area.width, area.y + area.height)
            colours = picture.crop(box).getcolors(1 << 24) or []
            by_count = [colour for _count, colour in sorted(colours, reverse=True)]
            own = tuple(bytes.fromhex(item.colour[1:]))
            ground = own if item.strong else (255, 255, 255)
            writing = (255, 255, 255) if item.strong else (0x14, 0x20, 0x2B)
            assert by_count[0] == ground
            assert writing in by_count[:5]
            assert contrast(ground, writing) >= 6.5
            assert contrast(ground, (255, 255, 255) if item.strong else own) >= 4.5
            # Nothing touches the tile's edge: letters and icon stand inside their card.
            edge = picture.crop((area.x, area.y + 60, area.x + 10, area.y + area.height - 60))
            assert len(edge.getcolors(64) or []) == 1


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.alias)
def test_the_current_tab_is_bright_and_the_other_dark(
    tab: MenuTab, pictures: dict[str, bytes]
) -> None:
    with Image.open(BytesIO(pictures[tab.alias])) as picture:
        for area in layout(tab)[: len(tab.strip)]:
            sample = picture.getpixel((area.x + 40, area.y + STRIP_HEIGHT - 20))
            assert isinstance(sample, tuple)
            assert (min(sample) > 180) == (area.key == f"tab:{tab.alias}")


def test_one_row_of_tiles_takes_all_the_height() -> None:
    strip = (("a", "ก"), ("b", "ข"))
    tab = MenuTab("a", "ก", (tile("x"), tile("y", weight=2)), strip)
    assert [tuple(area) for area in layout(tab)][2:] == [
        ("x", 0, STRIP_HEIGHT, 833, HEIGHT - STRIP_HEIGHT),
        ("y", 833, STRIP_HEIGHT, 1667, HEIGHT - STRIP_HEIGHT),
    ]


def test_a_menu_of_one_tab_has_no_strip() -> None:
    tab = MenuTab("a", "ก", (tile("x"), tile("y", row=1)), (("a", "ก"),))
    assert [tuple(area) for area in layout(tab)] == [
        ("x", 0, 0, WIDTH, HEIGHT // 2),
        ("y", 0, HEIGHT // 2, WIDTH, HEIGHT // 2),
    ]


@pytest.mark.parametrize(
    ("chosen", "rows"), [(1, [1]), (2, [1, 1]), (3, [1, 2]), (6, [3, 3]), (8, [4, 4])]
)
def test_an_own_menu_is_laid_out_by_itself(chosen: int, rows: list[int]) -> None:
    keys = list(TILES)[:chosen]
    tab = own_tab("งานจัดเก็บรายได้", [*keys, "no-such-entry", keys[0]])
    assert tab is not None
    assert [one.key for one in tab.tiles] == keys
    per_row = [sum(one.row == row for one in tab.tiles) for row in (0, 1)]
    assert [count for count in per_row if count] == rows


def test_an_own_menu_without_a_tile_is_none() -> None:
    assert own_tab("งานจัดเก็บรายได้", ["no-such-entry"]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"label": ""},
        {"label": "ก" * 21},
        {"icon": "../../etc/passwd"},
        {"colour": "red;background:url(x)"},
        {"row": 2},
        {"weight": 0},
    ],
)
def test_a_malformed_tile_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        tile(**changes)


def test_a_label_is_counted_as_line_counts_it() -> None:
    assert tile(label="น้ำ" * 20).label


@pytest.mark.parametrize(
    ("tiles", "strip"),
    [
        ((), (("a", "ก"),)),
        ((tile(row=1),), (("a", "ก"),)),
        ((tile(), tile()), (("a", "ก"),)),
        ((tile(),), (("b", "ข"),)),
        (tuple(tile(f"t{n}") for n in range(20)), (("a", "ก"),)),
    ],
)
def test_a_malformed_tab_is_refused(
    tiles: tuple[MenuTile, ...], strip: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(ValueError):
        MenuTab("a", "ก", tiles, strip)


def test_a_missing_icon_is_told() -> None:
    tab = MenuTab("a", "ก", (tile(icon="no-such-icon"),), (("a", "ก"),))
    with pytest.raises(ArtworkError, match="no-such-icon"):
        draw_rich_menu(tab)


def test_set_up_copies_the_icons_that_are_used(tmp_path: Path) -> None:
    assert artwork.main([str(tmp_path)]) == 0
    names = {item.icon for tab in TABS for item in tab.tiles}
    assert {path.stem for path in tmp_path.iterdir()} == names


def test_copied_icons_are_enough_to_draw(
    tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    artwork.copy_icons(tmp_path / "icons")
    settings.BUILD_DIR = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr(artwork, "_ICON_SOURCE", tmp_path / "none")
    assert artwork._icon_path("siren") == tmp_path / "icons" / "siren.svg"
