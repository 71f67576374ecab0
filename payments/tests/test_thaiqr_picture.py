"""The card in the chat that asks for a payment."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
import zxingcpp
from PIL import Image

from payments.thaiqr import (
    PICTURE_WIDTH,
    InvalidThaiQr,
    bill_payment_payload,
    payment_picture,
    promptpay_payload,
)

LONG = (
    "ค่าธรรมเนียมเก็บและขนมูลฝอย บ้านเลขที่ 123/45 หมู่ที่ 6 ประจำเดือนตุลาคม 2568 "
    "ถึงเดือนกันยายน 2569 รวม 12 เดือน 🙏"
)


def test_the_card_can_be_paid_by_and_grows_with_its_words() -> None:
    payload = bill_payment_payload("099400016550100", "6900012345", "2569", Decimal("1234.50"))
    short = payment_picture(
        payload, municipality="เทศบาลตำบลบ้านแม", purpose="ภาษีป้าย", amount=Decimal("1234.50")
    )
    long = payment_picture(
        payload,
        municipality="เทศบาลตำบลบ้านแม",
        purpose=LONG,
        amount=Decimal("1234.50"),
        payee="เทศบาลตำบลบ้านแม",
        lines=[("Ref.1", "6900012345"), ("Ref.2", "2569")],
    )
    sizes = []
    for data in (short, long):
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.format == "JPEG"
            found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
            assert [code.text for code in found] == [payload]
            sizes.append(picture.size)
    assert [width for width, _ in sizes] == [PICTURE_WIDTH] * 2
    assert sizes[0][1] + 300 < sizes[1][1] < 3000


def test_an_office_without_such_an_account_asks_in_words_alone() -> None:
    data = payment_picture(
        "", municipality="เทศบาลตำบลบ้านแม", purpose="ค่าเก็บขยะ", amount=Decimal("40.00")
    )
    with Image.open(io.BytesIO(data)) as picture:
        assert not zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        assert picture.width == PICTURE_WIDTH
        assert picture.height < 900


@pytest.mark.parametrize("amount", [None, Decimal("41.00")])
def test_the_words_never_say_another_amount_than_the_code(amount: Decimal | None) -> None:
    payload = promptpay_payload("0812223333", Decimal("40.00"))
    with pytest.raises(InvalidThaiQr):
        payment_picture(payload, municipality="เทศบาล", purpose="ค่าเก็บขยะ", amount=amount)


def test_text_that_no_card_holds_is_refused() -> None:
    with pytest.raises(InvalidThaiQr):
        payment_picture("", municipality="เทศบาล", purpose="ก" * 301, amount=None)
