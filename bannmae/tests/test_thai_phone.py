"""Telephone numbers as residents and offices write them."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bannmae.thai import phone
from bannmae.thai.numerals import to_thai_digits
from bannmae.thai.phone import InvalidPhone, Phone

numbers = st.one_of(
    st.from_regex(r"0[689][0-9]{8}", fullmatch=True),
    st.from_regex(r"0[23457][0-9]{7}", fullmatch=True),
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0812345678", "0812345678"),
        ("081-234-5678", "0812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "0812345678"),
        ("081.234.5678", "0812345678"),
        ("(081) 234\u20115678", "0812345678"),
        ("+66812345678", "0812345678"),
        ("+66 (0)81 234 5678", "0812345678"),
        ("0066 81 234 5678", "0812345678"),
        ("66812345678", "0812345678"),
        ("โทร. 081-234-5678", "0812345678"),
        ("tel:+66-81-234-5678", "0812345678"),
        ("\u200e+66 81 234 5678\u202c", "0812345678"),
        ("0612345678", "0612345678"),
        ("053-123456", "053123456"),
        ("0-5312-3456", "053123456"),
        ("02-123-4567", "021234567"),
        ("053-123-456 ต่อ 101", "053123456#101"),
        ("๐๕๓-๑๒๓๔๕๖ ต่อ ๑๐๑", "053123456#101"),
        ("053123456 ext. 7", "053123456#7"),
        ("053123456#101", "053123456#101"),
        ("+66 53 123 456,101", "053123456#101"),
        ("tel:053123456;ext=101", "053123456#101"),
    ],
)
def test_it_is_read_as_people_write_it(typed: str, stored: str) -> None:
    assert phone.normalise(typed) == stored


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "กรุณากรอก"),
        ("โทร.", "กรุณากรอก"),
        ("081234567", "ไม่ถูกต้อง"),
        ("08123456789", "ไม่ถูกต้อง"),
        ("061234567", "ไม่ถูกต้อง"),
        ("0112345678", "ไม่ถูกต้อง"),
        ("812345678", "ขึ้นต้นด้วย 0"),
        ("+1 212 555 0100", "ตัวเลขเท่านั้น"),
        ("1669", "ขึ้นต้นด้วย 0"),
        ("081-234-5678, 053-123-456", "ตัวเลขเท่านั้น"),
        ("08x-xxx-xxxx", "ตัวเลขเท่านั้น"),
        ("053123456 ต่อ", "ตัวเลขเท่านั้น"),
        ("٠٨١٢٣٤٥٦٧٨", "ตัวเลขเท่านั้น"),
        ("081234567²", "ตัวเลขเท่านั้น"),
    ],
)
def test_the_message_says_what_is_wrong(typed: str, message: str) -> None:
    with pytest.raises(InvalidPhone, match=message):
        phone.normalise(typed)


def test_short_codes_are_for_offices_only() -> None:
    for code in ("191", "199", "1669", "๑๖๖๙"):
        assert not phone.is_valid(code)
        assert phone.is_valid(code, short_codes=True)
    with pytest.raises(InvalidPhone):
        phone.normalise("12", short_codes=True)


@given(numbers, st.one_of(st.just(""), st.from_regex(r"[0-9]{1,6}", fullmatch=True)))
def test_what_is_shown_stored_or_dialled_reads_back(number: str, extension: str) -> None:
    stored = Phone(number, extension).stored
    for form in (
        stored,
        phone.format_phone(stored),
        to_thai_digits(phone.format_phone(stored)),
        phone.tel_uri(stored),
        phone.format_phone(stored).replace("0", "+66 ", 1),
    ):
        assert phone.parse(form) == Phone(number, extension)


@given(st.text(), st.booleans())
def test_no_text_makes_it_raise_anything_else(text: str, short_codes: bool) -> None:
    with contextlib.suppress(InvalidPhone):
        stored = phone.normalise(text, short_codes=short_codes)
        assert re.fullmatch(r"[0-9]{3,10}(#[0-9]{1,6})?", stored)
    assert phone.format_phone(text)[:1] == text[:1]


@given(st.one_of(numbers, st.text(min_size=1)))
def test_the_mask_shows_the_last_group_only(stored: str) -> None:
    masked = phone.mask_phone(stored)
    shown = re.sub(r"[^0-9]", "", masked)
    assert len(shown) <= 4
    assert re.fullmatch(r"x{2,3}-xxx-([0-9]{3,4}|xxxx)", masked)
    if shown:
        assert stored.partition("#")[0].endswith(shown)


def test_shown_masked_and_dialled() -> None:
    assert phone.format_phone("1669") == "1669"
    assert phone.mask_phone("053123456#101") == "xxx-xxx-456"
    assert phone.mask_phone("1669") == "xxx-xxx-xxxx"
    assert phone.mask_phone("") == ""
    assert phone.tel_uri("053123456#101") == "tel:053123456,101"
    with pytest.raises(InvalidPhone):
        phone.tel_uri("javascript:alert(1)")


def test_a_number_shows_itself_to_people_but_not_to_logs() -> None:
    number = phone.parse("053-123-456 ต่อ 101")
    assert str(number) == "053-123-456 ต่อ 101"
    assert repr(number) == "Phone(xxx-xxx-456)"
    assert not number.is_mobile
    assert phone.parse("0812345678").is_mobile
