"""The text of a Thai QR to pay by."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.slips import miniqr
from payments.thaiqr import (
    BILL_PAYMENT,
    PROMPTPAY,
    InvalidThaiQr,
    bill_payment_payload,
    parse,
    promptpay_payload,
)

AMOUNTS = st.decimals(min_value="0.01", max_value="9999999999.99", places=2)
REFERENCES = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            promptpay_payload("0812223333"),
            "00020101021129370016A0000006770101110113006681222333353037645802TH63041DCF",
        ),
        (
            promptpay_payload("+66 81-222-3333", Decimal("30")),
            "00020101021229370016A0000006770101110113006681222333353037645802TH540530.0063043CAD",
        ),
        (
            bill_payment_payload("0112233445566", "CUSTOMER001", "INV001", ref3="SCB"),
            "00020101021130620016A000000677010112011301122334455660211CUSTOMER0010306INV001"
            "53037645802TH62070703SCB6304780E",
        ),
        (
            bill_payment_payload("099400016550100", "123456789012", "670429", Decimal("3649.22")),
            "00020101021230650016A0000006770101120115099400016550100021212345678901203066704295303764"
            "5802TH54073649.2263044534",
        ),
    ],
)
def test_a_code_is_the_banks_own_text_to_the_letter(made: str, expected: str) -> None:
    assert made == expected


@pytest.mark.parametrize("typed", ["0812223333", "๐๘๑-๒๒๒-๓๓๓๓", "0066812223333", "66812223333"])
def test_a_mobile_number_may_be_typed_in_any_form(typed: str) -> None:
    code = parse(promptpay_payload(typed))
    assert code is not None
    assert (code.application, code.target) == (PROMPTPAY, "0066812223333")


@pytest.mark.parametrize(
    ("typed", "target", "tag"),
    [
        ("1-2345-67890-12-1", "1234567890121", "0213"),
        ("140000812223333", "140000812223333", "0315"),
    ],
)
def test_tax_numbers_and_wallets_have_fields_of_their_own(
    typed: str, target: str, tag: str
) -> None:
    payload = promptpay_payload(typed, Decimal("1.50"))
    assert tag + target in payload
    code = parse(payload)
    assert code is not None
    assert (code.target, code.amount) == (target, Decimal("1.50"))


@pytest.mark.parametrize(
    "proxy",
    ["", "053123456", "08122233334", "1234567890123", "0812223333 ต่อ 5", "abc", "1669", "๑" * 14],
)
def test_what_promptpay_does_not_know_is_refused(proxy: str) -> None:
    with pytest.raises(InvalidThaiQr):
        promptpay_payload(proxy)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1.005", "NaN", "Infinity", "10000000000"])
def test_an_amount_that_is_no_money_is_refused(amount: str) -> None:
    with pytest.raises(InvalidThaiQr):
        promptpay_payload("0812223333", Decimal(amount))


@pytest.mark.parametrize("amount", [1.5, 3, "3.00"])
def test_money_is_a_decimal(amount: object) -> None:
    with pytest.raises(TypeError):
        promptpay_payload("0812223333", amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("biller", "ref1", "ref2", "ref3"),
    [
        ("09940001655", "A1", "", ""),
        ("09940001655010X", "A1", "", ""),
        ("099400016550100", "", "", ""),
        ("099400016550100", "a1", "", ""),
        ("099400016550100", "บ1", "", ""),
        ("099400016550100", "A" * 21, "", ""),
        ("099400016550100", "A1", "B 2", ""),
        ("099400016550100", "A1", "B2", "C-3"),
    ],
)
def test_references_that_the_banks_do_not_take_are_refused(
    biller: str, ref1: str, ref2: str, ref3: str
) -> None:
    with pytest.raises(InvalidThaiQr):
        bill_payment_payload(biller, ref1, ref2, None, ref3)


@given(
    ref1=REFERENCES, ref2=st.just("") | REFERENCES, ref3=st.just("") | REFERENCES, amount=AMOUNTS
)
def test_a_bill_says_what_was_put_in(ref1: str, ref2: str, ref3: str, amount: Decimal) -> None:
    payload = bill_payment_payload("099400016550100", ref1, ref2, amount, ref3)
    code = parse(payload)
    assert code is not None
    assert code.application == BILL_PAYMENT
    assert (code.target, code.amount) == ("099400016550100", amount)
    assert (code.reference_1, code.reference_2, code.reference_3) == (ref1, ref2, ref3)
    assert miniqr.is_payment_code(payload)
    assert miniqr.parse(payload) is None


@given(amount=AMOUNTS, place=st.integers(0, 200), sign=st.characters(min_codepoint=33))
def test_a_damaged_code_is_not_read(amount: Decimal, place: int, sign: str) -> None:
    payload = promptpay_payload("0812223333", amount)
    place %= len(payload)
    damaged = payload[:place] + sign + payload[place + 1 :]
    assert (parse(damaged) is None) == (damaged != payload)
