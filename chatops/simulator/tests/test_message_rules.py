"""Which message objects LINE takes, and how it says no."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from chatops.simulator import limits
from chatops.simulator.rules import Report, check_messages, render
from chatops.simulator.tests.refusing import refusals
from chatops.simulator.tests.samples import (
    AREA,
    BUBBLE,
    HTTPS,
    MESSAGE_ACTION,
    URI_ACTION,
    VALID,
    button,
    flex,
    image,
    quick_reply,
    template,
    with_body,
)


@pytest.mark.parametrize("name", VALID)
def test_a_documented_message_is_taken(name: str) -> None:
    assert refusals(VALID[name]) == {}


BAD_TEXTS = {
    "empty": ({"type": "text", "text": ""}, "text", "May not be empty"),
    "missing": ({"type": "text"}, "text", "May not be empty"),
    "too long": (
        {"type": "text", "text": "ก" * 5001},
        "text",
        "Length must be between 0 and 5000",
    ),
    "emoji counts twice": (
        {"type": "text", "text": "🍎" * 2501},
        "text",
        "Length must be between 0 and 5000",
    ),
    "not a string": ({"type": "text", "text": 5}, "text", "invalid property"),
    "emoji beside its dollar": (
        {"type": "text", "text": "a$", "emojis": [{"index": 0, "productId": "a", "emojiId": "1"}]},
        "emojis[0].index",
        "invalid index",
    ),
    "placeholder without substitution": (
        {"type": "textV2", "text": "{who}"},
        "text",
        "no substitution for {who}",
    ),
    "half a brace": ({"type": "textV2", "text": "a { b"}, "text", "no substitution for {"),
    "sender name": (
        {"type": "text", "text": "a", "sender": {"name": "ก" * 21}},
        "sender.name",
        "Length must be between 0 and 20",
    ),
    "sender called LINE": (
        {"type": "text", "text": "a", "sender": {"name": "LINE เทศบาล"}},
        "sender.name",
        "contains a word that may not be used",
    ),
    "sender icon over http": (
        {"type": "text", "text": "a", "sender": {"iconUrl": "http://example.com/a.png"}},
        "sender.iconUrl",
        "invalid uri scheme",
    ),
    "sticker id": (
        {"type": "sticker", "packageId": "446", "stickerId": "x"},
        "stickerId",
        "invalid property",
    ),
    "image over http": (
        {"type": "image", "originalContentUrl": "http://example.com/a", "previewImageUrl": HTTPS},
        "originalContentUrl",
        "invalid uri scheme",
    ),
    "image address in Thai": (
        {"type": "image", "originalContentUrl": "https://a.th/ก.jpg", "previewImageUrl": HTTPS},
        "originalContentUrl",
        "invalid uri",
    ),
    "image without preview": (
        {"type": "image", "originalContentUrl": HTTPS},
        "previewImageUrl",
        "May not be empty",
    ),
    "image address too long": (
        {
            "type": "image",
            "originalContentUrl": "https://a.th/" + "a" * 2000,
            "previewImageUrl": HTTPS,
        },
        "originalContentUrl",
        "must not be longer than 2000 characters",
    ),
    "location title": (
        {"type": "location", "title": "ก" * 101, "address": "a", "latitude": 1, "longitude": 1},
        "title",
        "Length must be between 0 and 100",
    ),
    "latitude": (
        {"type": "location", "title": "a", "address": "a", "latitude": 91, "longitude": 1},
        "latitude",
        "Must be between -90 and 90",
    ),
    "audio length": (
        {"type": "audio", "originalContentUrl": HTTPS, "duration": 0},
        "duration",
        "Must be between 1 and 2147483647",
    ),
    "tracking id": (
        {
            "type": "video",
            "originalContentUrl": HTTPS,
            "previewImageUrl": HTTPS,
            "trackingId": "ก",
        },
        "trackingId",
        "invalid property",
    ),
    "coupon tag": (
        {"type": "coupon", "couponId": "a", "deliveryTag": "a b"},
        "deliveryTag",
        "invalid property",
    ),
    "alt text": (
        flex(BUBBLE) | {"altText": "ก" * 1501},
        "altText",
        "Length must be between 0 and 1500",
    ),
    "imagemap width": (
        {
            "type": "imagemap",
            "baseUrl": HTTPS,
            "altText": "a",
            "baseSize": {"width": 1000, "height": 5},
            "actions": [{"type": "message", "text": "a", "area": AREA}],
        },
        "baseSize.width",
        "Must be between 1040 and 1040",
    ),
    "quick reply with too many": (
        quick_reply(*[MESSAGE_ACTION] * 14),
        "quickReply.items",
        "Size must be between 1 and 13",
    ),
    "quick reply label": (
        quick_reply({"type": "message", "label": "ก" * 21, "text": "a"}),
        "quickReply.items[0].action.label",
        "must not be longer than 20 characters",
    ),
    "quick reply that switches the menu": (
        quick_reply({"type": "richmenuswitch", "richMenuAliasId": "a", "data": "b"}),
        "quickReply.items[0].action.type",
        "richmenuswitch action is not allowed here",
    ),
}


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_a_plain_property_is_refused_by_its_name(name: str) -> None:
    message, place, words = BAD_TEXTS[name]
    assert refusals(message) == {f"messages[0].{place}": words}


def test_an_unknown_type_is_refused_with_the_known_ones() -> None:
    (place, words), *rest = refusals({"type": "file"}).items()
    assert (place, rest) == ("messages[0].type", [])
    assert words.startswith("Must be one of the following values: [text, textV2, sticker, image")


def test_five_messages_at_most_and_one_at_least() -> None:
    text = VALID["text"]
    assert refusals(*[text] * 5) == {}
    size = {"messages": "Size must be between 1 and 5"}
    assert refusals(*[text] * 6) == size
    assert refusals() == size


def test_all_errors_of_a_body_come_in_one_answer() -> None:
    report = Report()
    check_messages([{"type": "text", "text": ""}, {"type": "video"}], report)
    body = render(report.problems)
    assert body["message"] == "The request body has 3 error(s)"
    assert [detail["property"] for detail in body["details"]] == [
        "messages[0].text",
        "messages[1].originalContentUrl",
        "messages[1].previewImageUrl",
    ]


BAD_TEMPLATES = {
    "five buttons": (
        {"type": "buttons", "text": "a", "actions": [MESSAGE_ACTION] * 5},
        "template/actions",
    ),
    "text below a title": (
        {"type": "buttons", "title": "a", "text": "ก" * 61, "actions": [MESSAGE_ACTION]},
        "template/text",
    ),
    "text alone": (
        {"type": "buttons", "text": "ก" * 161, "actions": [MESSAGE_ACTION]},
        "template/text",
    ),
    "confirm with one": (
        {"type": "confirm", "text": "a", "actions": [MESSAGE_ACTION]},
        "template/actions",
    ),
    "label": (
        {
            "type": "confirm",
            "text": "a",
            "actions": [MESSAGE_ACTION, {**URI_ACTION, "label": "ก" * 21}],
        },
        "template/actions/1/label",
    ),
    "11 columns": (
        {"type": "carousel", "columns": [{"text": "a", "actions": [URI_ACTION]}] * 11},
        "template/columns",
    ),
    "uneven columns": (
        {
            "type": "carousel",
            "columns": [
                {"text": "a", "actions": [URI_ACTION]},
                {"text": "a", "actions": [URI_ACTION, URI_ACTION]},
            ],
        },
        "template/columns",
    ),
    "a title in one column only": (
        {
            "type": "carousel",
            "columns": [
                {"text": "a", "actions": [URI_ACTION]},
                {"text": "a", "title": "a", "actions": [URI_ACTION]},
            ],
        },
        "template/columns",
    ),
    "image carousel label": (
        {
            "type": "image_carousel",
            "columns": [{"imageUrl": HTTPS, "action": {**URI_ACTION, "label": "ก" * 13}}],
        },
        "template/columns/0/action/label",
    ),
    "unknown": ({"type": "grid"}, "template/type"),
}


@pytest.mark.parametrize("name", BAD_TEMPLATES)
def test_a_template_error_is_told_by_its_place(name: str) -> None:
    contents, place = BAD_TEMPLATES[name]
    assert list(refusals(template(contents))) == [place]


def test_a_thai_label_counts_what_a_reader_counts() -> None:
    # 20 syllables of three code points each: one grapheme cluster apiece.
    label = "ที่" * 20
    assert refusals(quick_reply({"type": "message", "label": label, "text": "a"})) == {}
    assert refusals(quick_reply({"type": "message", "label": label + "ก", "text": "a"})) != {}


LABELLED = {
    "quick reply": (20, lambda label: quick_reply({**URI_ACTION, "label": label})),
    "flex button": (40, lambda label: with_body(button(label=label))),
    "flex image": (40, lambda label: with_body(image(action={**URI_ACTION, "label": label}))),
    "confirm": (
        20,
        lambda label: template(
            {
                "type": "confirm",
                "text": "a",
                "actions": [URI_ACTION, {**URI_ACTION, "label": label}],
            }
        ),
    ),
    "image carousel": (
        12,
        lambda label: template(
            {
                "type": "image_carousel",
                "columns": [{"imageUrl": HTTPS, "action": {**URI_ACTION, "label": label}}],
            }
        ),
    ),
}


@given(
    st.sampled_from(sorted(LABELLED)),
    st.integers(min_value=-2, max_value=2),
    st.lists(
        st.sampled_from(["ก", "ที่", "น้ำ", "ปุ๊", "เ", "🍎", "👩‍👩‍👧", "🇹🇭", "é"]),
        min_size=42,
        max_size=42,
    ),
)
def test_a_label_has_its_places_own_limit(place: str, beyond: int, letters: list[str]) -> None:
    limit, message = LABELLED[place]
    label = "".join(letters)
    clusters = regex.findall(r"\X", label)
    label = "".join(clusters[: limit + beyond])
    assert (refusals(message(label)) == {}) == (limits.grapheme_length(label) <= limit)


@given(st.text(st.sampled_from("กา้ํี🍎👩‍👩‍👧é \n"), min_size=1, max_size=40))
def test_text_is_counted_in_utf16_units_and_labels_in_graphemes(text: str) -> None:
    units = limits.utf16_length(text)
    assert units == sum(2 if ord(c) > 0xFFFF else 1 for c in text)
    assert 1 <= limits.grapheme_length(text) <= len(text) <= units
    long = "ก" * (limits.TEXT_CHARS - units) + text
    assert refusals({"type": "text", "text": long}) == {}
    assert refusals({"type": "text", "text": long + "ก"}) != {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["type", "text", "contents", "body", "action", "layout", "altText", "items", "emojis",
             "template", "columns", "actions", "substitution", "quickReply", "sender", "x"]
        ),
        inner | st.sampled_from(["text", "textV2", "flex", "bubble", "box", "template", "carousel",
                                 "buttons", "uri", "postback", "vertical", "imagemap"]),
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_no_json_whatever_breaks_the_checks(value: Any) -> None:
    report = Report()
    check_messages(value, report)
    if report.problems:
        body = render(report.problems)
        assert body["details"]
        assert all(set(detail) == {"message", "property"} for detail in body["details"])


@given(st.sampled_from(sorted(VALID)), st.data())
def test_leaving_out_a_required_property_is_always_refused(name: str, data: st.DataObject) -> None:
    message = copy.deepcopy(VALID[name])
    optional = {"sender", "quickReply", "emojis", "trackingId", "video", "deliveryTag"}
    required = sorted(set(message) - optional)
    message.pop(data.draw(st.sampled_from(required)))
    assert refusals(message) != {}
