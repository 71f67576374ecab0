"""The text of the code on a transfer slip."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payments.slips.miniqr import BANKS, bank_name, checksum, field, fields, is_payment_code, parse
from payments.tests.slip_pictures import slip_payload

BANK = st.text(alphabet=string.digits, min_size=3, max_size=3)
REFERENCE = st.text(alphabet=string.ascii_letters + string.digits, min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("payload", "bank", "reference"),
    [
        (
            "004000060000010103002021900021231231212000115102TH91049C30",
            "002",
            "0002123123121200011",
        ),
        (
            "004100060000010103014022000111222233344ABCD125102TH910417DF",
            "014",
            "00111222233344ABCD12",
        ),
    ],
)
def test_a_slip_names_its_bank_and_its_transfer(payload: str, bank: str, reference: str) -> None:
    code = parse(payload)
    assert code is not None
    assert (code.bank, code.reference, code.repaired) == (bank, reference, False)
    assert (code.payload, code.bank_name) == (payload, BANKS[bank])


@given(bank=BANK, reference=REFERENCE)
def test_every_reference_comes_back_to_the_letter(bank: str, reference: str) -> None:
    code = parse(slip_payload(bank, reference))
    assert code is not None
    assert (code.bank, code.reference, code.kind) == (bank, reference, "bank")


def _with_leading_zeros(count: int) -> str:
    payloads = (slip_payload("002", f"9999{number:016}") for number in range(200_000))
    return next(payload for payload in payloads if payload[-4:].startswith("0" * count))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_leading_zeros_that_a_bank_forgot_are_put_back(count: int) -> None:
    whole = _with_leading_zeros(count)
    short = whole[:-4] + whole[-4 + count :]
    code, same = parse(short), parse(whole)
    assert code is not None
    assert same is not None
    assert code.repaired
    assert not same.repaired
    assert (code.payload, code.reference) == (whole, same.reference)


@given(bank=BANK, reference=REFERENCE, place=st.integers(0, 99), sign=st.characters(codec="utf-8"))
def test_a_damaged_sign_is_never_read_over(
    bank: str, reference: str, place: int, sign: str
) -> None:
    whole = slip_payload(bank, reference)
    place %= len(whole)
    damaged = whole[:place] + sign + whole[place + 1 :]
    assume(damaged.upper() != whole.upper())
    code = parse(damaged)
    # All that a blank at the end can have been is a zero that begins the checksum 0000.
    assert code is None or (damaged.strip() == whole[:-1] and whole.endswith("0000"))


@given(bank=BANK, reference=REFERENCE, place=st.integers(0, 99))
def test_a_lost_sign_is_repaired_only_where_it_was_a_leading_zero(
    bank: str, reference: str, place: int
) -> None:
    whole = slip_payload(bank, reference)
    place %= len(whole)
    code = parse(whole[:place] + whole[place + 1 :])
    digits = whole[-4:]
    zero = place >= len(whole) - 4 and digits[: place - len(whole) + 5].strip("0") == ""
    assert (code is not None) == zero
    assert code is None or (code.repaired and code.payload == whole)


@given(st.text(max_size=700) | st.text(alphabet="0159TH", max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    code = parse(text)
    assert code is None or code.reference
    assert fields(text) is None or isinstance(fields(text), dict)
    assert is_payment_code(text) in (True, False)


def _closed(body: str) -> str:
    return body + "9104" + checksum(body + "9104")


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "9104FFFF",
        _closed(field("51", "TH")),
        _closed(field("00", field("00", "000002") + field("01", "002") + field("02", "A1"))),
        _closed(field("00", field("00", "000001") + field("01", "2") + field("02", "A1"))),
        _closed(field("00", field("00", "000001") + field("01", "002"))),
        _closed(
            field("00", field("00", "000001") + field("01", "002") + field("02", "A1")) + "5102LA"
        ),
        _closed(field("00", field("00", "000001") + field("01", "002") + "0299A1")),
        _closed("000201" + field("00", field("00", "000001") + field("01", "002") + "0202A1")),
        "00020101021229370016A0000006770101110113006680111111153037645802TH540520.15630442BE",
        "https://example.com/slip?ref=004000060000010103002",
    ],
)
def test_other_codes_are_no_slips_code(payload: str) -> None:
    assert parse(payload) is None


def test_letters_of_either_size_are_different_transfers() -> None:
    small, capital = parse(slip_payload("004", "ab12")), parse(slip_payload("004", "AB12"))
    assert small is not None
    assert capital is not None
    assert small.reference != capital.reference


def test_a_wallet_has_a_code_of_its_own() -> None:
    inner = (
        field("00", "01") + field("01", "01") + field("02", "P2P") + field("03", "50012345678901")
    )
    body = field("00", inner + field("04", "21112026")) + "9104"
    code = parse(body + checksum(body).lower())
    assert code is not None
    assert (code.kind, code.bank, code.reference) == ("truemoney", "", "50012345678901")
    assert code.bank_name == "ทรูมันนี่ วอลเล็ท"


def test_a_code_to_pay_by_is_told_from_a_slip() -> None:
    pays = "00020101021229370016A0000006770101110113006680111111153037645802TH540520.15630442BE"
    assert is_payment_code(pays)
    assert not is_payment_code(pays[:-1] + "F")
    assert not is_payment_code(slip_payload())


def test_every_bank_of_the_table_has_three_digits_and_a_name() -> None:
    assert all(code.isdigit() and len(code) == 3 and name for code, name in BANKS.items())
    assert bank_name("034") == "ธ.ก.ส."
    assert bank_name("999") == "ธนาคารรหัส 999"
