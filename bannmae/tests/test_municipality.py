"""What the office's own profile refuses."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from bannmae.models import Municipality


@pytest.mark.parametrize("text", ["<a href=x>OSM</a>", "1 < 2", "a > b", "<script>"])
def test_the_maps_attribution_holds_no_markup(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Municipality(map_attribution=text).full_clean()
    assert list(refused.value.message_dict) == ["map_attribution"]
    assert "ห้ามมีเครื่องหมาย" in refused.value.message_dict["map_attribution"][0]


@pytest.mark.parametrize("text", ["", "© OpenStreetMap contributors", "© กรมแผนที่ทหาร & เพื่อน"])
def test_any_plain_words_will_do(text: str) -> None:
    Municipality(map_attribution=text).full_clean()
