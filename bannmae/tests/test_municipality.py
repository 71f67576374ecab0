"""What the office's own profile refuses."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from bannmae.map_tiles import tile_origins
from bannmae.models import Municipality


@pytest.mark.parametrize("text", ["<a href=x>OSM</a>", "1 < 2", "a > b", "<script>"])
def test_the_maps_attribution_holds_no_markup(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Municipality(map_attribution=text).full_clean()
    assert list(refused.value.message_dict) == ["map_attribution"]
    assert "ห้ามมีเครื่องหมาย" in refused.value.message_dict["map_attribution"][0]


@pytest.mark.parametrize("text", ["", "© OpenStreetMap contributors", "© กรมแผนที่ทหาร & เพื่อน"])
def test_any_plain_words_will_do(text: str) -> None:
    profile = Municipality(map_attribution=text)
    profile.full_clean()
    assert profile.map_attribution == text


TILES = "/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    "address",
    [
        "https://tile.example.org; script-src *" + TILES,
        "https://x.org" + TILES + "; script-src *",
        "https://x.org, https://evil.example" + TILES,
        "https://[oops" + TILES,
        "https://แผนที่.ไทย" + TILES,
        "https://user@x.org" + TILES,
        "https://-x.org" + TILES,
        "https://x..org" + TILES,
        "https://x.org:port" + TILES,
        "https://x.org/a b" + TILES,
        'https://x.org/"' + TILES,
        "https://x.org/'" + TILES,
        "https://x.org" + TILES + "\n",
        "http://x.org" + TILES,
        "javascript:alert(1)//" + TILES,
        TILES,
    ],
)
def test_a_tile_address_that_no_browser_rule_may_name_is_refused(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Municipality(map_tiles_url=address).full_clean()
    assert list(refused.value.message_dict) == ["map_tiles_url"]
    assert "https://" in refused.value.message_dict["map_tiles_url"][0]
    # One that was stored before anybody checked names no place either.
    assert tile_origins(address) == []


def test_a_tile_address_says_where_the_numbers_go() -> None:
    with pytest.raises(ValidationError, match="{z} {x} และ {y}"):
        Municipality(map_tiles_url="https://x.org/{z}/{x}.png").full_clean()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://tile.openstreetmap.org" + TILES,
        "https://{s}.Tiles.example.go.th:8443/v1{r}" + TILES + "?key=a_b-c&lang=th",
    ],
)
def test_any_usual_tile_address_will_do(address: str) -> None:
    Municipality(map_tiles_url=address).full_clean()
    assert bool(tile_origins(address)) == bool(address)
