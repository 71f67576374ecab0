"""The 13-digit identification number."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bannmae.thai import national_id
from bannmae.thai.national_id import InvalidNationalId
from bannmae.thai.numerals import to_thai_digits

# Numbers with a right check digit that were computed, not taken from persons.
VALID = [
    "1234567890121",
    "1101700000001",
    "3509900000005",
    "5501200000010",
    "6501200000018",
    "8901200000011",
    "1111111111119",
]
bodies = st.from_regex(r"[0-9]{12}", fullmatch=True).filter(lambda body: body.strip("0"))


@pytest.mark.parametrize("number", VALID)
def test_right_numbers_of_every_class_are_accepted(number: str) -> None:
    assert national_id.normalise(number) == number


@pytest.mark.parametrize(
    "number", ["1234567890123", "1111111111111", "0000000000000", "0000000000001"]
)
def test_wrong_check_digits_and_empty_bodies_are_refused(number: str) -> None:
    with pytest.raises(InvalidNationalId, match="ไม่ถูกต้อง"):
        national_id.normalise(number)


@pytest.mark.parametrize(
    "typed",
    [
        "1-2345-67890-12-1",
        " 1 2345 67890 12 1 ",
        "๑-๒๓๔๕-๖๗๘๙๐-๑๒-๑",
        "1\u201123456789012\u20131",
        "\u200b12345\u00a067890121\ufeff",
        "1.2345.67890.12.1",
    ],
)
def test_it_is_read_as_people_write_it(typed: str) -> None:
    assert national_id.normalise(typed) == "1234567890121"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "กรุณากรอก"),
        (" - ", "กรุณากรอก"),
        ("123456789012", "13 หลัก"),
        ("12345678901211", "14 หลัก"),
        ("12345678901a1", "ตัวเลขเท่านั้น"),
        ("١٢٣٤٥٦٧٨٩٠١٢١", "ตัวเลขเท่านั้น"),
        ("²234567890121", "ตัวเลขเท่านั้น"),
    ],
)
def test_the_message_says_what_is_wrong(typed: str, message: str) -> None:
    with pytest.raises(InvalidNationalId, match=message):
        national_id.normalise(typed)


@given(bodies)
def test_exactly_one_check_digit_is_right(body: str) -> None:
    right = [digit for digit in "0123456789" if national_id.is_valid(body + digit)]
    assert right == [str(national_id.check_digit(body))]


@given(st.text())
def test_no_text_makes_it_raise_anything_else(text: str) -> None:
    with contextlib.suppress(InvalidNationalId):
        assert national_id.normalise(text).isdecimal()
    assert national_id.mask(text).count("x") in (0, 10, 13)


@given(bodies)
def test_neither_mask_nor_message_shows_the_number(body: str) -> None:
    number = body + str(national_id.check_digit(body))
    masked = national_id.mask(number)
    assert masked == f"x-xxxx-xxxxx-{number[10:12]}-{number[12]}"
    assert national_id.mask(to_thai_digits(national_id.format_full(number))) == masked
    wrong = body + str((int(number[12]) + 1) % 10)
    with pytest.raises(InvalidNationalId) as refused:
        national_id.normalise(wrong)
    assert body[:4] not in str(refused.value)


def test_what_is_no_number_is_masked_whole() -> None:
    assert national_id.mask("secret") == "x-xxxx-xxxxx-xx-x"
    assert national_id.mask("") == ""
    assert national_id.format_full("1101700000001") == "1-1017-00000-00-1"
