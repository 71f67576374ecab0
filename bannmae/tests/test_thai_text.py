"""Text from people in one form, measured and cut as LINE and readers count it."""

import re
import unicodedata

import pytest
import regex  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from bannmae.thai import text

FAMILY = "👩\u200d👩\u200d👧"
thai = st.text(alphabet="กขนำาํ่้๊๋เแไทุูิี็์ๆฯ ๐๑a1\u200b\u200d\u202e\n\r\t\u00a0👩👧")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e49\u0e4d\u0e32", "น้ำ"),
        ("ท\u0e4d\u0e32", "ทำ"),
        ("น้ำ", "น้ำ"),
        ("เเม่", "แม่"),
        ("ที\u0e48", "ที่"),
        ("ซ\u0e48\u0e38", "ซ\u0e38\u0e48"),
        ("ไฟ\u200bดับ", "ไฟดับ"),
        ("\ufeffข้าง\u202eบ้าน\u202c", "ข้างบ้าน"),
        ("ก\x00ข\x1bค\x7f\x9f", "กขค"),
        ("a\ud800b", "ab"),
        ("หนึ่ง \u00a0\u2003\t สอง", "หนึ่ง สอง"),
        ("บน\r\nกลาง \r ล่าง\u2028ท้าย", "บน\nกลาง\nล่าง\nท้าย"),
        ("\n\n บน\n\n\n\n\n\nล่าง \n", "บน\n\n\nล่าง"),
        (f"ครอบครัว {FAMILY}", f"ครอบครัว {FAMILY}"),
        ("👍🏽 ❤️", "👍🏽 ❤️"),
        ("ก\u200dข", "กข"),
        ("e\u0301", "é"),
    ],
)
def test_one_form_for_the_same_words(typed: str, kept: str) -> None:
    assert text.normalise_text(typed) == kept


@given(st.one_of(st.text(), thai))
def test_normalising_twice_changes_nothing(typed: str) -> None:
    once = text.normalise_text(typed)
    assert text.normalise_text(once) == once
    assert text.search_key(once) == text.search_key(typed)


@given(st.one_of(st.text(), thai))
def test_what_is_kept_can_be_stored_and_shown(typed: str) -> None:
    kept = text.normalise_text(typed)
    kept.encode()
    assert not {
        character
        for character in kept
        if unicodedata.category(character) in ("Cc", "Cf") and character not in "\n\u200d"
    }
    assert not regex.search(r"[\u202a-\u202e\u2066-\u2069]", kept)
    assert "  " not in kept
    assert kept == kept.strip()


@given(st.text())
def test_length_in_utf16_units(typed: str) -> None:
    assert text.utf16_length(typed) == len(typed.encode("utf-16-le", "surrogatepass")) // 2


def test_length_as_a_reader_sees_it() -> None:
    assert text.grapheme_length("กล่องข้อความ") == 10
    assert text.grapheme_length(FAMILY) == 1


@pytest.mark.parametrize(
    ("long", "length", "short"),
    [
        ("ถนนชำรุด", 8, "ถนนชำรุด"),
        ("ถนนชำรุดมาก", 5, "ถนนชำ…"),
        ("น้ำท่วม", 2, "น้ำ…"),
        ("น้ำท่วม", 1, "…"),
        ("ไฟดับ เสาที่", 6, "ไฟดับ…"),
        ("หมาแมว", 4, "หมา…"),
        ("", 1, ""),
    ],
)
def test_cut_between_letters_only(long: str, length: int, short: str) -> None:
    assert text.shorten(long, length) == short


@given(st.one_of(st.text(), thai), st.integers(1, 12))
def test_cut_texts_keep_to_the_length_and_begin_alike(long: str, length: int) -> None:
    short = text.shorten(long, length)
    if short != long:
        assert short.endswith("…")
        assert long.startswith(short[:-1])
        assert text.grapheme_length(long) > length
    assert text.grapheme_length(short) <= length


def test_a_length_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        text.shorten("ก", 0)


def test_search_finds_either_digits_and_any_case() -> None:
    assert text.search_key("เรื่อง ๖๙-๐๐๔๒") == text.search_key("เรื่อง\n69-0042")
    assert text.search_key("STRASSE") == text.search_key("straße")
    assert text.search_key("นํ้า") == text.search_key("น้ำ")


@given(st.text("กเาำิุ่้ํ์๑a1 .\n\t\u200b", max_size=12))
def test_what_is_passed_at_a_glance_is_in_its_kept_form(typed: str) -> None:
    at_a_glance = text.normalise_text(typed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_IN_ORDER", re.compile(r"(?!)"))
        assert text.normalise_text(typed) == at_a_glance


def test_what_people_type_is_passed_at_a_glance() -> None:
    for usual in ("ถนนเป็นหลุมลึกหน้าวัดบ้านแม หมู่ที่ 5", "somsri@example.com", "ก", "น้ำ"):
        assert text._IN_ORDER.fullmatch(usual)
    for odd in ("", " ก", "ก ", "ก  ข", "เเม่", "นํ้า", "ก\u200bข", "ก\nข"):
        assert not text._IN_ORDER.fullmatch(odd)
