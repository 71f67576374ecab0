"""The picture of a slip sent again is found; another slip of the same app is not taken for it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from payments.slips.likeness import (
    MAX_LINES,
    Fingerprint,
    alike,
    bands,
    fingerprint,
    same_picture,
)
from payments.tests.slip_pictures import (
    LAYOUTS,
    Transfer,
    another,
    cropped,
    draw,
    reopened,
    resized,
    screenshot,
    stranger,
)

AGAIN: dict[str, Callable[[Image.Image], Image.Image]] = {
    "compressed": lambda slip: reopened(slip, 30),
    "small": lambda slip: reopened(resized(slip, 540), 40),
    "cropped": lambda slip: reopened(cropped(slip, 0.03, 0.02, 0.02, 0.04), 60),
    "on a screen": lambda slip: reopened(screenshot(slip), 70),
    "on a dark screen, smaller": lambda slip: reopened(screenshot(slip, dark=True, inset=60), 60),
}
LINES = st.lists(st.tuples(st.integers(0, 2**96 - 1), st.integers(0, 255)), max_size=MAX_LINES)


def _transfer(layout: str) -> Transfer:
    return stranger(layout, random.Random(LAYOUTS.index(layout)))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("way", AGAIN)
def test_the_same_slip_is_known_again(layout: str, way: str) -> None:
    slip = draw(_transfer(layout))
    again = AGAIN[way](slip)
    assert alike(fingerprint(slip), fingerprint(again))
    assert same_picture(slip, again)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_does_not_matter_which_of_the_two_came_first(layout: str) -> None:
    slip = draw(_transfer(layout))
    assert same_picture(reopened(screenshot(slip, inset=40), 60), slip)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("way", ["compressed", "on a screen"])
def test_the_next_months_slip_of_the_same_payer_is_another(layout: str, way: str) -> None:
    first = _transfer(layout)
    next_one = another(first, random.Random(5))
    assert not same_picture(draw(first), AGAIN[way](draw(next_one)))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "change",
    [
        {"amount": "8,731.25"},
        {"payer": "นาง สำเนียง จ***", "payer_account": "xxx-x-x7306-x"},
        {"at": "21 พ.ย. 69 13:06 น.", "reference": "016325112233ATF00034"},
    ],
    ids=["amount", "payer", "a minute later"],
)
def test_one_difference_is_enough(layout: str, change: dict[str, str]) -> None:
    slip = Transfer(layout=layout)
    assert not same_picture(draw(slip), reopened(draw(replace(slip, **change)), 60))


def test_slips_of_other_apps_are_not_worth_a_look() -> None:
    found = {layout: fingerprint(draw(_transfer(layout))) for layout in LAYOUTS}
    assert not alike(found["green"], found["purple"])
    assert not alike(found["purple"], found["plain"])


def test_a_part_that_stands_on_every_slip_is_not_the_slip() -> None:
    slip = draw(_transfer("green"))
    head = cropped(slip, 0, 0, 0, 0.55)
    assert not same_picture(slip, head)
    assert not same_picture(head, slip)


def test_a_slip_is_found_among_many_of_its_app_by_what_is_rare() -> None:
    chance = random.Random(3)
    payers = [stranger("plain", chance) for _ in range(4)]
    common = 8
    made = [another(chance.choice(payers), chance) for _ in range(2 * common)]
    prints = [fingerprint(draw(transfer)) for transfer in made]
    slips_of: dict[int, list[int]] = {}
    for place, found in enumerate(prints):
        for value in bands(found):
            slips_of.setdefault(value, []).append(place)
    # What the app prints on every slip is left out.
    assert any(len(slips) > common for slips in slips_of.values())
    for place in (0, 9):
        mine = fingerprint(AGAIN["on a screen"](draw(made[place])))
        shared: Counter[int] = Counter()
        for value in bands(mine):
            slips = slips_of.get(value, [])
            if len(slips) <= common:
                shared.update(slips)
        assert place in shared
        # The one with the most in common is worth opening.
        assert shared.most_common(1)[0][0] == place
        assert alike(mine, prints[place])


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (1080, 1920), "white"),
        Image.new("L", (1, 1)),
        Image.new("RGBA", (3000, 20), (200, 0, 0, 90)),
        Image.new("1", (20, 3000), 1),
    ],
)
def test_a_picture_without_text_is_like_nothing(picture: Image.Image) -> None:
    found = fingerprint(picture)
    assert (str(found), bands(found)) == ("", ())
    assert not alike(found, found)
    assert not same_picture(picture, picture)


def test_noise_gets_an_answer() -> None:
    noise = Image.frombytes("L", (400, 600), random.Random(1).randbytes(400 * 600))
    assert alike(fingerprint(noise), fingerprint(draw(Transfer()))) is False
    assert same_picture(noise, draw(Transfer())) is False


@given(lines=LINES)
def test_what_is_stored_comes_back(lines: list[tuple[int, int]]) -> None:
    found = Fingerprint(tuple(lines))
    assert Fingerprint.from_text(str(found)) == found
    assert len(str(found)) <= 400
    values = bands(found)
    assert len(set(values)) == len(values)
    assert all(0 <= value < 2**48 for value in values)


@pytest.mark.parametrize("text", ["0", "zz" * 13, "ab" * 14])
def test_other_text_is_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError):
        Fingerprint.from_text(text)
