"""What is read out of LINE's message objects, however odd they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.line import incoming

THUMBS_UP = "\U0001f44d\U0001f3fd"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"

KEYS = [
    "type",
    "stickerId",
    "packageId",
    "keywords",
    "text",
    "latitude",
    "longitude",
    "title",
    "address",
    "fileName",
    "fileSize",
    "duration",
    "contentProvider",
    "originalContentUrl",
    "imageSet",
    "id",
    "index",
    "total",
    "quotedMessageId",
    "quoteToken",
    "markAsReadToken",
]
any_text = st.text() | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Lo"]))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | any_text
kinds = st.sampled_from(["text", "sticker", "location", "file", "video", "audio", "image", "x"])
anything = st.recursive(
    scalars | kinds,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | any_text, inner, max_size=8)
    ),
    max_leaves=20,
)
messages = st.fixed_dictionaries({"type": kinds}, optional=dict.fromkeys(KEYS[1:], anything))


def storable(value: Any) -> bool:
    """Whether every database takes it: no half characters, no NUL, no NaN."""
    written = json.dumps(value, allow_nan=False, ensure_ascii=False)
    written.encode()
    return "\0" not in written and "\\u0000" not in written


@settings(max_examples=300, deadline=None)
@given(message=messages | anything, text=any_text)
def test_no_shape_of_a_message_raises_or_breaks_a_database(message: Any, text: str) -> None:
    details = incoming.details_of(message)
    assert storable(details)
    kind = message.get("type") if isinstance(message, dict) else "odd"
    for shown in (
        incoming.preview(kind if isinstance(kind, str) else "odd", text, details),
        incoming.preview("text", text, message if isinstance(message, dict) else {}),
        incoming.preview("file", text, message if isinstance(message, dict) else {}),
    ):
        assert len(shown) <= 120
        assert "\n" not in shown
        assert storable(shown)
    assert len(incoming.quoted_message_id(message)) <= 64
    for token in (incoming.quote_token(message), incoming.mark_as_read_token(message)):
        assert len(token) <= 300
        assert storable(token)


@pytest.mark.parametrize(
    ("message", "details"),
    [
        (
            {
                "type": "sticker",
                "id": "1",
                "stickerId": "1988",
                "packageId": "446",
                "stickerResourceType": "STATIC",
                "keywords": ["ขอบคุณ", "thanks"],
                "text": "ขอบใจเน้อ",
            },
            {
                "sticker_id": "1988",
                "package_id": "446",
                "keywords": ["ขอบคุณ", "thanks"],
                "text": "ขอบใจเน้อ",
            },
        ),
        (
            {
                "type": "location",
                "title": "หน้าวัด",
                "address": "ต.บ้านแม",
                "latitude": 18.6,
                "longitude": 98,
            },
            {
                "title": "หน้าวัด",
                "address": "ต.บ้านแม",
                "latitude": 18.6,
                "longitude": 98.0,
            },
        ),
        ({"type": "location", "latitude": 0, "longitude": 0}, {"latitude": 0.0, "longitude": 0.0}),
        ({"type": "location", "latitude": 91, "longitude": 98.9}, {}),
        (
            {"type": "file", "fileName": "ใบเสร็จ.pdf", "fileSize": 2138},
            {"file_name": "ใบเสร็จ.pdf", "file_size": 2138},
        ),
        ({"type": "file", "fileName": "a\u202egpj.exe"}, {"file_name": "agpj.exe"}),
        (
            {"type": "audio", "duration": 60000, "contentProvider": {"type": "line"}},
            {"duration_ms": 60000},
        ),
        (
            {
                "type": "image",
                "contentProvider": {"type": "line"},
                "imageSet": {"id": "E005D41A", "index": 1, "total": 2},
            },
            {"image_set": "E005D41A", "index": 1, "total": 2},
        ),
        (
            {
                "type": "video",
                "duration": 0,
                "contentProvider": {
                    "type": "external",
                    "originalContentUrl": "https://example.com/original.mp4",
                    "previewImageUrl": "https://example.com/preview.jpg",
                },
            },
            {
                "duration_ms": 0,
                "provider": "external",
                "url": "https://example.com/original.mp4",
                "preview_url": "https://example.com/preview.jpg",
            },
        ),
        ({"type": "text", "text": "สวัสดี"}, {}),
        ({"type": "hologram", "fileName": "x"}, {}),
    ],
)
def test_each_kind_gives_its_details(message: dict[str, Any], details: dict[str, Any]) -> None:
    assert incoming.details_of(message) == details


@pytest.mark.parametrize(
    ("kind", "text", "details", "shown"),
    [
        ("text", " ถนนพัง\nหน้าบ้าน ", {}, "ถนนพัง หน้าบ้าน"),
        ("image", "", {}, "[รูปภาพ]"),
        ("video", "", {"duration_ms": 1}, "[วิดีโอ]"),
        ("audio", "", {}, "[ข้อความเสียง]"),
        ("sticker", "", {"keywords": ["ขอบคุณ"]}, "[สติกเกอร์] ขอบคุณ"),
        ("sticker", "", {"keywords": ["x"], "text": "ขอบใจเน้อ"}, "[สติกเกอร์] ขอบใจเน้อ"),
        ("sticker", "", {}, "[สติกเกอร์]"),
        ("file", "", {"file_name": "ใบเสร็จ.pdf"}, "[ไฟล์] ใบเสร็จ.pdf"),
        ("location", "", {"address": "ต.บ้านแม"}, "[ตำแหน่ง] ต.บ้านแม"),
        ("unsent", "", {}, "[ยกเลิกข้อความแล้ว]"),
        ("hologram", "", {}, "[ข้อความชนิดอื่น]"),
    ],
)
def test_a_list_shows_one_line(kind: str, text: str, details: dict[str, Any], shown: str) -> None:
    assert incoming.preview(kind, text, details) == shown


def test_a_long_line_is_cut_between_characters_as_a_reader_sees_them() -> None:
    assert len(incoming.preview("text", "ก" * 500, {})) == 120
    assert incoming.preview("text", "น้ำ" * 200, {}).rstrip("…").endswith(("น้", "น้ำ"))
    crowd = incoming.preview("text", FAMILY * 60 + THUMBS_UP, {})
    assert crowd.rstrip("…").replace(FAMILY, "") == ""
    assert 100 < len(crowd) <= 120


@pytest.mark.parametrize("heaped", ["ก" + "่" * 500, "สวัสดี a" + "\u0301" * 500, "่" * 500])
def test_a_letter_under_a_heap_of_marks_is_cut_too(heaped: str) -> None:
    assert 0 < len(incoming.preview("text", heaped, {})) <= 120
    assert 0 < len(incoming.preview("file", "", {"file_name": heaped[:300]})) <= 120


def test_tokens_are_taken_whole_or_not_at_all() -> None:
    message = {"quoteToken": "q" * 300, "markAsReadToken": "m" * 301, "quotedMessageId": 325708}
    assert incoming.quote_token(message) == "q" * 300
    assert incoming.mark_as_read_token(message) == ""
    assert incoming.quoted_message_id(message) == "325708"
