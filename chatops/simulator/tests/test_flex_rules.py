"""Which Flex containers LINE takes, and where it says that one is wrong."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.simulator import limits
from chatops.simulator.rules import Report, check_messages, render
from chatops.simulator.tests.refusing import refusals
from chatops.simulator.tests.samples import (
    BUBBLE,
    HTTPS,
    VALID,
    VIDEO_BUBBLE,
    button,
    flex,
    image,
    with_body,
)


def text_component(**more: Any) -> dict[str, Any]:
    return {"type": "text", "text": "a", **more}


BAD_FLEX = {
    "empty text": (
        with_body(text_component(text="")),
        "/body/contents/0/text",
        "must be non-empty text",
    ),
    "no text": (with_body({"type": "text"}), "/body/contents/0/text", "must be specified"),
    "unknown property": (with_body(text_component(foo=1)), "/body/contents/0/foo", "unknown field"),
    "unknown component": (with_body({"type": "spacer"}), "/body/contents/0", "invalid property"),
    "icon outside a baseline box": (
        with_body({"type": "icon", "url": HTTPS}),
        "/body/contents/0",
        "invalid property",
    ),
    "image in a baseline box": (
        with_body(image(), layout="baseline"),
        "/body/contents/0",
        "invalid property",
    ),
    "layout": (
        with_body(layout="diagonal"),
        "/body/layout",
        "Must be one of the following values: [horizontal, vertical, baseline]",
    ),
    "color": (with_body(text_component(color="red")), "/body/contents/0/color", "invalid color"),
    "size": (with_body(text_component(size="huge")), "/body/contents/0/size", "invalid property"),
    "flex below zero": (
        with_body(text_component(flex=-1)),
        "/body/contents/0/flex",
        "Must be between 0 and 2147483647",
    ),
    "wrap as a word": (
        with_body(text_component(wrap="yes")),
        "/body/contents/0/wrap",
        "invalid property",
    ),
    "ratio too tall": (
        with_body(image(aspectRatio="1:4")),
        "/body/contents/0/aspectRatio",
        "height must not be more than three times the width",
    ),
    "http picture": (
        with_body(image(url="http://example.com/a.jpg")),
        "/body/contents/0/url",
        "invalid uri scheme",
    ),
    "button without label": (
        with_body(button(label=None)),
        "/body/contents/0/action/label",
        "must be specified",
    ),
    "button label": (
        with_body(button(label="ก" * 41)),
        "/body/contents/0/action/label",
        "must not be longer than 40 characters",
    ),
    "scheme": (
        with_body(button(uri="javascript:alert(1)")),
        "/body/contents/0/action/uri",
        "invalid uri scheme",
    ),
    "uri too long": (
        with_body(button(uri="https://a.th/" + "a" * 1000)),
        "/body/contents/0/action/uri",
        "must not be longer than 1000 characters",
    ),
    "uri with a space": (
        with_body(button(uri="https://a.th/a b")),
        "/body/contents/0/action/uri",
        "invalid uri",
    ),
    "telephone without digits": (
        with_body(button(uri="tel:โทร")),
        "/body/contents/0/action/uri",
        "invalid uri",
    ),
    "camera outside quick replies": (
        with_body({"type": "button", "action": {"type": "camera", "label": "a"}}),
        "/body/contents/0/action/type",
        "camera action is not allowed here",
    ),
    "empty bubble": (flex({"type": "bubble"}), "/", "At least one block must be specified"),
    "unknown container": (flex({"type": "box"}), "/type", "invalid property"),
    "a message inside a message": (flex(flex(BUBBLE)), "/type", "invalid property"),
    "header that is no box": (
        flex({"type": "bubble", "header": image()}),
        "/header",
        "invalid property",
    ),
    "bubble size": (
        flex(
            {
                "type": "bubble",
                "size": "huge",
                "body": {"type": "box", "layout": "vertical", "contents": []},
            }
        ),
        "/size",
        "Must be one of the following values: [nano, micro, deca, hecto, kilo, mega, giga]",
    ),
    "video in a small bubble": (
        flex(VIDEO_BUBBLE | {"size": "nano"}),
        "/hero",
        "video can't be used in this container",
    ),
    "video in a carousel": (
        flex({"type": "carousel", "contents": [VIDEO_BUBBLE]}),
        "/contents/0/hero",
        "video can't be used in this container",
    ),
    "13 bubbles": (
        flex({"type": "carousel", "contents": [BUBBLE] * 13}),
        "/contents",
        "size must be between 1 and 12",
    ),
    "bubbles of two sizes": (
        flex({"type": "carousel", "contents": [BUBBLE, BUBBLE | {"size": "kilo"}]}),
        "/contents",
        "all bubbles must have the same size",
    ),
    "animated images": (
        with_body(*[image(animated=True)] * 11),
        "/",
        "must not have more than 10 animated images",
    ),
    "gradient without colours": (
        with_body(
            {
                "type": "box",
                "layout": "vertical",
                "contents": [],
                "background": {"type": "linearGradient", "angle": "90deg", "startColor": "#000000"},
            }
        ),
        "/body/contents/0/background/endColor",
        "must be specified",
    ),
    "span on its own": (
        with_body({"type": "span", "text": "a"}),
        "/body/contents/0",
        "invalid property",
    ),
    "padding in inches": (
        flex(
            {
                "type": "bubble",
                "body": {"type": "box", "layout": "vertical", "contents": [], "paddingAll": "1in"},
            }
        ),
        "/body/paddingAll",
        "invalid property",
    ),
}


@pytest.mark.parametrize("name", BAD_FLEX)
def test_a_flex_error_is_told_by_its_place_in_the_container(name: str) -> None:
    message, place, words = BAD_FLEX[name]
    assert refusals(message) == {place: words}


def test_flex_errors_name_the_message_and_come_after_the_plain_ones() -> None:
    report = Report()
    check_messages([VALID["text"], with_body({"type": "text"})], report)
    assert render(report.problems)["message"] == (
        "A message (messages[1]) in the request body is invalid"
    )
    check_messages([{"type": "text", "text": ""}], report)
    assert render(report.problems)["message"] == "The request body has 1 error(s)"


@pytest.mark.parametrize("key", sorted(set(BUBBLE) - {"type"}))
def test_every_block_of_a_bubble_is_looked_into(key: str) -> None:
    bubble = copy.deepcopy(BUBBLE)
    bubble[key] = {"type": "nonsense"} if isinstance(bubble[key], dict) else "nonsense"
    assert refusals(flex(bubble)) != {}


@given(st.integers(min_value=-3, max_value=3), st.sampled_from("กa🍎"))
def test_a_bubble_is_measured_in_bytes(beyond: int, letter: str) -> None:
    def message(text: str) -> dict[str, Any]:
        return with_body({"type": "text", "text": text})

    empty = limits.json_bytes(message("")["contents"])
    room = limits.BUBBLE_BYTES - empty + beyond
    size = len(letter.encode())
    filled = message(letter * (room // size) + "a" * (room % size))
    assert limits.json_bytes(filled["contents"]) == limits.BUBBLE_BYTES + beyond
    assert (refusals(filled) == {}) == (beyond <= 0)


def test_a_carousel_is_measured_as_a_whole() -> None:
    bubble = with_body({"type": "text", "text": "ก" * 8000})["contents"]
    assert refusals(flex({"type": "carousel", "contents": [bubble, bubble]})) == {}
    assert refusals(flex({"type": "carousel", "contents": [bubble] * 3})) == {
        "/": "carousel must not be larger than 51200 bytes"
    }
