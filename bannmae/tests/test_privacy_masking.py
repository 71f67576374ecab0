"""Masks: what must be hidden is hidden in every way of writing it."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bannmae.privacy.masking import mask_email, mask_name, mask_text, mask_whole_name
from bannmae.thai.national_id import check_digit
from bannmae.thai.numerals import to_thai_digits

gaps = st.sampled_from(["", " ", "-", ".", " - ", "\u00a0", "\u2011", "\u200b", "/", "("])
surroundings = st.text(alphabet="กขคabcXYZ :,!()\n", max_size=12)
phones = st.one_of(
    st.from_regex(r"0[689][0-9]{8}", fullmatch=True),
    st.from_regex(r"0[23457][0-9]{7}", fullmatch=True),
    st.from_regex(r"(\+66|66|0066)[689][0-9]{8}", fullmatch=True),
    st.from_regex(r"\+66[23457][0-9]{7}", fullmatch=True),
)


@st.composite
def national_ids(draw: st.DrawFn) -> str:
    body = draw(st.from_regex(r"[0-9]{12}", fullmatch=True))
    return body + str(check_digit(body))


def spread(digits: str, between: list[str]) -> str:
    return digits[0] + "".join(
        between[place % len(between)] + digit for place, digit in enumerate(digits[1:])
    )


def digits_of(text: str) -> str:
    return "".join(str(unicodedata.digit(character)) for character in text if character.isdecimal())


@given(national_ids(), st.lists(gaps, min_size=1, max_size=13), surroundings, surroundings)
def test_no_digit_of_an_id_is_left_in_a_text(
    number: str, between: list[str], before: str, after: str
) -> None:
    for written in (spread(number, between), to_thai_digits(spread(number, between))):
        assert digits_of(mask_text(before + written + after)) == ""


@given(phones, st.lists(gaps, min_size=1, max_size=10), surroundings, surroundings)
def test_no_digit_of_a_phone_is_left_in_a_text(
    number: str, between: list[str], before: str, after: str
) -> None:
    for written in (spread(number, between), to_thai_digits(spread(number, between))):
        assert digits_of(mask_text(before + written + after)) == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("บัตร 1-2345-67890-12-1", "บัตร x-xxxx-xxxxx-xx-x"),
        ("บัตร๑๒๓๔๕๖๗๘๙๐๑๒๑ค่ะ", "บัตรx-xxxx-xxxxx-xx-xค่ะ"),
        ("1234567890123", "x-xxxx-xxxxx-xx-x"),
        ("โทร 081-234-5678 หรือ 053 123456", "โทร xxx-xxx-xxxx หรือ xxx-xxx-xxxx"),
        ("+66 (0)81 234 5678", "xxx-xxx-xxxx"),
        ("0812345678,1234567890121", "xxx-xxx-xxxx,x-xxxx-xxxxx-xx-x"),
        ("0812345678 1234567890121", "xxx-xxx-xxxx x-xxxx-xxxxx-xx-x"),
    ],
)
def test_numbers_in_the_midst_of_words(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "เรื่องเลขที่ 69-0042",
        "2026-11-21 10:05:00,123",
        "แจ้ง 1669 หรือ 191",
        "จำนวน 1,250.50 บาท",
        "18.626123, 98.899456",
        "message 467890123456789012",
        "หมู่ที่ 5 บ้านเลขที่ 123/45",
        "ปีงบประมาณ 2569",
    ],
)
def test_other_figures_stay_readable(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("สมศรี ใจดี", "สมศรี ใ…"),
        ("นางสาวสมศรี  ใจดี", "นางสาวสมศรี ใ…"),
        ("น.ส.สมศรี น้ำทอง", "น.ส.สมศรี น้ำ…"),
        ("นาย สมชาย ณ เชียงใหม่", "นาย สมชาย ณ…"),
        ("ว่าที่ร้อยตรีสมชาย ใจดี", "ว่าที่ร้อยตรีสมชาย ใ…"),
        ("ว่าที่ ร.ต.สมชาย ใจดี", "ว่าที่ ร.ต.สมชาย ใ…"),
        ("ร.ต.ท. สมชาย ใจดี", "ร.ต.ท. สมชาย ใ…"),
        ("นายิกา ใจดี", "นายิกา ใ…"),
        ("นายิกา", "น…"),
        ("นาย", "นาย…"),
        ("Mr John Smith", "Mr John S…"),
        ("สมศรี", "ส…"),
        ("นายสมชาย", "นายส…"),
        ("นาย สมชาย", "นาย ส…"),
        ("", ""),
        ("  ", ""),
        ("สมศรี0812345678 ใจดี", "สมศรีxxx-xxx-xxxx ใ…"),
    ],
)
def test_a_name_keeps_title_and_given_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(alphabet="กขคงจ", min_size=2), st.text(alphabet="ตถทธน", min_size=2))
def test_a_family_name_never_shows_more_than_its_first_letter(given: str, family: str) -> None:
    assert mask_name(f"{given} {family}") == f"{given} {family[0]}…"


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("somsri@example.com", "s…@example.com"),
        ('"a@b"@example.com', '"…@example.com'),
        ("@example.com", "…"),
        ("no address", "…"),
        ("", ""),
    ],
)
def test_an_address_keeps_its_domain(email: str, masked: str) -> None:
    assert mask_email(email) == masked


@given(st.text())
def test_no_text_makes_a_mask_raise(text: str) -> None:
    mask_name(text)
    mask_email(text)
    masked = mask_text(text)
    assert not re.search(r"(?<!\d)\d{13}(?!\d)", masked)


def test_a_long_text_of_digits_takes_no_longer_for_being_odd() -> None:
    # Each of these once read is done: no start position looks further than one number.
    for piece in ("0", "0 ", "+66", "1-", "0 - "):
        assert len(mask_text(piece * 20_000)) > 0


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("นางสาวสมศรี ใจดี", "นางสาวส… ใ…"),
        ("นาย สมชาย ณ เชียงใหม่", "นาย ส… เ…"),
        ("สมศรี", "ส…"),
        ("  ", ""),
        ("น้ำใส ปั๊มดี", "น้ำ… ปั๊…"),
    ],
)
def test_of_a_hidden_name_only_first_letters_stay(name: str, masked: str) -> None:
    assert mask_whole_name(name) == masked
