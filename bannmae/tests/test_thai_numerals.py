"""Thai digits and Arabic digits."""

from hypothesis import given
from hypothesis import strategies as st

from bannmae.thai.numerals import to_arabic_digits, to_thai_digits


def test_every_digit_has_its_twin() -> None:
    assert to_thai_digits("0123456789") == "๐๑๒๓๔๕๖๗๘๙"
    assert to_arabic_digits("๐๑๒๓๔๕๖๗๘๙") == "0123456789"


def test_zero_is_the_thai_digit_and_not_a_look_alike() -> None:
    assert to_thai_digits("0") == "\u0e50"


def test_letters_and_other_scripts_digits_stay() -> None:
    assert to_arabic_digits("ชม ๕๕๕๐๓/๑๒ ٣") == "ชม 55503/12 ٣"


@given(st.text(alphabet="0123456789กข -/"))
def test_there_and_back_is_the_same(text: str) -> None:
    assert to_arabic_digits(to_thai_digits(text)) == text
