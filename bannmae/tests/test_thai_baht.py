"""Money in Thai words."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bannmae.thai.baht import baht_text


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "ศูนย์บาทถ้วน"),
        ("0.00", "ศูนย์บาทถ้วน"),
        ("1", "หนึ่งบาทถ้วน"),
        ("2", "สองบาทถ้วน"),
        ("10", "สิบบาทถ้วน"),
        ("11", "สิบเอ็ดบาทถ้วน"),
        ("12", "สิบสองบาทถ้วน"),
        ("20", "ยี่สิบบาทถ้วน"),
        ("21", "ยี่สิบเอ็ดบาทถ้วน"),
        ("100", "หนึ่งร้อยบาทถ้วน"),
        ("101", "หนึ่งร้อยเอ็ดบาทถ้วน"),
        ("111", "หนึ่งร้อยสิบเอ็ดบาทถ้วน"),
        ("200120", "สองแสนหนึ่งร้อยยี่สิบบาทถ้วน"),
        ("1250.50", "หนึ่งพันสองร้อยห้าสิบบาทห้าสิบสตางค์"),
        ("0.25", "ยี่สิบห้าสตางค์"),
        ("0.01", "หนึ่งสตางค์"),
        ("0.1", "สิบสตางค์"),
        ("1.11", "หนึ่งบาทสิบเอ็ดสตางค์"),
        ("1000000", "หนึ่งล้านบาทถ้วน"),
        ("1000001", "หนึ่งล้านเอ็ดบาทถ้วน"),
        ("11000000", "สิบเอ็ดล้านบาทถ้วน"),
        ("21000021", "ยี่สิบเอ็ดล้านยี่สิบเอ็ดบาทถ้วน"),
        ("1234567.89", "หนึ่งล้านสองแสนสามหมื่นสี่พันห้าร้อยหกสิบเจ็ดบาทแปดสิบเก้าสตางค์"),
        ("1000000000000", "หนึ่งล้านล้านบาทถ้วน"),
        ("1000001000000", "หนึ่งล้านเอ็ดล้านบาทถ้วน"),
        ("1.500", "หนึ่งบาทห้าสิบสตางค์"),
        ("1E+3", "หนึ่งพันบาทถ้วน"),
    ],
)
def test_amounts_in_words(amount: str, words: str) -> None:
    assert baht_text(Decimal(amount)) == words


@pytest.mark.parametrize(
    "amount", ["-1", "-0.01", "0.001", "10.005", "NaN", "sNaN", "Infinity", "1E+15", "1E+999999"]
)
def test_amounts_that_no_receipt_bears_are_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        baht_text(Decimal(amount))


@pytest.mark.parametrize("amount", [1.5, 1, "1", None, True])
def test_only_exact_decimals_are_taken(amount: Any) -> None:
    with pytest.raises(TypeError):
        baht_text(amount)


DIGITS = {"หนึ่ง": 1, "เอ็ด": 1, "ยี่": 2, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6}
DIGITS |= {"เจ็ด": 7, "แปด": 8, "เก้า": 9, "ศูนย์": 0}
PLACES = {"สิบ": 10, "ร้อย": 100, "พัน": 1000, "หมื่น": 10_000, "แสน": 100_000}


def read_words(words: str) -> int:
    """Read a number below 10¹² in Thai words, independently of how it is written."""
    above, group, digit = 0, 0, 0
    while words:
        token = next(t for t in (*DIGITS, *PLACES, "ล้าน") if words.startswith(t))
        words = words.removeprefix(token)
        if token in DIGITS:
            digit = DIGITS[token]
        elif token in PLACES:
            group, digit = group + (digit or 1) * PLACES[token], 0
        else:
            above, group, digit = (above + group + digit) * 1_000_000, 0, 0
    return above + group + digit


@given(st.integers(0, 10**14 - 1))
def test_words_read_back_as_the_same_amount(satang: int) -> None:
    words = baht_text(Decimal(satang).scaleb(-2))
    baht, found, rest = words.rpartition("บาท")
    if not found:
        assert 0 < satang < 100
        baht, rest = "", words
    small = rest.removesuffix("สตางค์") if rest != "ถ้วน" else ""
    assert read_words(baht) * 100 + read_words(small) == satang
