"""Thai QR Payment: the text of the code, and the picture that asks for a payment in the chat.

The text follows EMVCo's merchant-presented QR with the fields of Thailand: 29 is PromptPay (a
mobile number, an identification number or an e-wallet), 30 a bill payment (biller and references).
01 is 12 for a code that is good for one amount, 11 for one without an amount; 53 = 764 is the baht,
58 = TH, and 63 holds CRC-16/CCITT-FALSE over all that stands before it.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from bannmae.thai import national_id, phone
from bannmae.thai.numerals import to_arabic_digits
from payments.slips.miniqr import checksum, field, fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bannmae.paper.fonts import PaperFont

PROMPTPAY = "A000000677010111"
BILL_PAYMENT = "A000000677010112"
#: EMVCo leaves 13 characters to the amount.
MAX_AMOUNT = Decimal("9999999999.99")
MAX_REFERENCE = 20
PICTURE_WIDTH = 1040
MAX_PURPOSE = 300
MAX_LINES = 8

_TEMPLATE = "payments/paper/payment_request.html"
_STYLESHEET = "payments/paper/payment_request.css"
#: The card grows with its text; what is left of the sheet below it is cut off.
_SHEET_HEIGHT = 4000
_FOOT = 40
# The layout engine would break the line inside it.
_VILLAGE = re.compile(r"(หมู่ที่ ?[0-9๐-๙]+)")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")
_REFERENCE = re.compile(rf"[A-Z0-9]{{1,{MAX_REFERENCE}}}")


class InvalidThaiQr(ValueError):
    """The payment cannot be asked for; `str()` is a Thai message for the office."""


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """What a payment code says: `target` is the proxy or the biller, `amount` in baht."""

    application: str
    target: str
    reference_1: str = ""
    reference_2: str = ""
    reference_3: str = ""
    amount: Decimal | None = None


def promptpay_payload(proxy: str, amount: Decimal | None = None) -> str:
    """Return the text of a PromptPay code.

    Args:
        proxy: a mobile number, an identification or tax number of 13 digits, or an e-wallet's 15
            digits; ๐–๙, spaces and dashes are accepted.
        amount: baht; None lets the payer type it.

    Raises:
        InvalidThaiQr: with a Thai message that says what is wrong.
    """
    return _payload("29", field("00", PROMPTPAY) + _proxy(proxy), amount)


def bill_payment_payload(
    biller_id: str,
    ref1: str,
    ref2: str = "",
    amount: Decimal | None = None,
    ref3: str = "",
) -> str:
    """Return the text of a bill payment code.

    Args:
        biller_id: the tax number of 13 digits with the bank's suffix of two (some billers of one
            bank have none).
        ref1, ref2: as the biller agreed with the bank: capital letters A–Z and digits, at most
            20; `ref2` may be empty.
        amount: baht; None lets the payer type it.
        ref3: as the others, where the bank asks for it (terminal label).

    Raises:
        InvalidThaiQr: with a Thai message that says what is wrong.
    """
    biller = _digits(biller_id)
    if not re.fullmatch(r"[0-9]{13}(?:[0-9]{2})?", biller):
        raise InvalidThaiQr(
            "Biller ID ต้องเป็นตัวเลข 15 หลัก (เลขประจำตัวผู้เสียภาษี 13 หลักและรหัสต่อท้าย 2 หลัก)"
        )
    inner = field("00", BILL_PAYMENT) + field("01", biller)
    inner += field("02", _reference("Ref.1", ref1))
    if ref2:
        inner += field("03", _reference("Ref.2", ref2))
    extra = field("62", field("07", _reference("Ref.3", ref3))) if ref3 else ""
    return _payload("30", inner, amount, extra)


def parse(payload: str) -> PaymentCode | None:
    """Return what a payment code says; None where it is none of ours or its CRC is wrong."""
    if not payload.isascii() or payload[-8:-4] != "6304" or checksum(payload[:-4]) != payload[-4:]:
        return None
    outer = fields(payload)
    if not outer or outer.get("00") != "01":
        return None
    tag = next((tag for tag in ("29", "30") if tag in outer), "")
    inner = fields(outer.get(tag, ""))
    if not inner or inner.get("00") != (PROMPTPAY if tag == "29" else BILL_PAYMENT):
        return None
    if tag == "29":
        target = next((inner[kind] for kind in ("01", "02", "03") if kind in inner), "")
        references = ("", "")
    else:
        target, references = inner.get("01", ""), (inner.get("02", ""), inner.get("03", ""))
    amount = outer.get("54")
    if amount is not None and not re.fullmatch(r"[0-9]{1,10}(?:\.[0-9]{0,2})?", amount):
        return None
    more = fields(outer.get("62", "")) or {}
    return PaymentCode(
        application=inner["00"],
        target=target,
        reference_1=references[0],
        reference_2=references[1],
        reference_3=more.get("07", ""),
        amount=None if amount is None else Decimal(amount),
    )


def payment_picture(
    payload: str,
    *,
    municipality: str,
    purpose: str,
    amount: Decimal | None,
    payee: str = "",
    lines: Sequence[tuple[str, str]] = (),
    font: PaperFont | None = None,
) -> bytes:
    """Return the card that asks for a payment: a JPEG, 1040 px wide, as high as its text asks.

    It loads the paper engine: call it in a worker, outside a transaction.

    Args:
        payload: as the functions above return it; '' where the office has no such account: the
            card then says in words where to pay.
        municipality: who asks.
        purpose: what for, at most 300 characters.
        amount: baht, as in the payload; None says that the payer types it.
        payee: the account's name, as the payer's bank will show it.
        lines: label and value, e.g. ("Ref.1", "6900012"), at most 8.

    Raises:
        InvalidThaiQr: text too long, or the payload says another amount.
        FontError: set-up has not built the fonts.
    """
    from django.template.loader import render_to_string
    from PIL import Image, ImageChops

    from bannmae.paper.pdf import html_to_pdf
    from bannmae.paper.pictures import page_picture
    from bannmae.paper.qr import qr_svg
    from bannmae.paper.text import without_emoji

    if len(purpose) > MAX_PURPOSE or len(lines) > MAX_LINES:
        raise InvalidThaiQr(
            f"รายการต้องไม่เกิน {MAX_PURPOSE} ตัวอักษร และรายละเอียดไม่เกิน {MAX_LINES} บรรทัด"
        )
    if payload and ((code := parse(payload)) is None or code.amount != amount):
        raise InvalidThaiQr("จำนวนเงินในภาพไม่ตรงกับ QR")
    context = {
        "width": PICTURE_WIDTH,
        "height": _SHEET_HEIGHT,
        "municipality": without_emoji(municipality),
        "purpose": _VILLAGE.split(without_emoji(purpose)),
        "amount": None if amount is None else f"{amount:,.2f}",
        "payee": without_emoji(payee),
        "lines": [(without_emoji(label), without_emoji(value)) for label, value in lines],
        "qr": qr_svg(payload),
    }
    pdf = html_to_pdf(
        [render_to_string(_TEMPLATE, context)],
        title="Thai QR Payment",
        font=font,
        stylesheet=render_to_string(_STYLESHEET, context),
        pdf_variant=None,
    )
    with Image.open(io.BytesIO(page_picture(pdf, width_px=PICTURE_WIDTH))) as sheet:
        picture = sheet.convert("RGB")
    ground = Image.new("RGB", picture.size, picture.getpixel((0, picture.height - 1)))
    drawn = ImageChops.difference(picture, ground).getbbox()
    bottom = min(picture.height, (drawn[3] if drawn else 0) + _FOOT)
    out = io.BytesIO()
    picture.crop((0, 0, PICTURE_WIDTH, bottom)).save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue()


def _payload(tag: str, inner: str, amount: Decimal | None, extra: str = "") -> str:
    """Return the whole text around the field that says whom to pay."""
    parts = [
        field("00", "01"),
        field("01", "11" if amount is None else "12"),
        field(tag, inner),
        field("53", "764"),
        field("58", "TH"),
    ]
    if amount is not None:
        parts.append(field("54", _amount(amount)))
    body = "".join(parts) + extra + "6304"
    return body + checksum(body)


def _amount(amount: Decimal) -> str:
    """Return baht with two places."""
    if not isinstance(amount, Decimal):
        raise TypeError("an amount of money is a Decimal")
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT:
        raise InvalidThaiQr("จำนวนเงินต้องมากกว่า 0 บาท และไม่เกิน 9,999,999,999.99 บาท")
    if amount != round(amount, 2):
        raise InvalidThaiQr("จำนวนเงินมีทศนิยมได้ไม่เกิน 2 ตำแหน่ง")
    return f"{amount:.2f}"


def _proxy(text: str) -> str:
    """Return the field that says whom PromptPay pays."""
    digits = _digits(text)
    if re.fullmatch(r"[0-9]{15}", digits):
        return field("03", digits)
    if re.fullmatch(r"[0-9]{13}", digits) and not digits.startswith("0066"):
        try:
            return field("02", national_id.normalise(digits))
        except national_id.InvalidNationalId:
            raise InvalidThaiQr("เลขประจำตัว 13 หลักไม่ถูกต้อง กรุณาตรวจสอบอีกครั้ง") from None
    try:
        number = phone.parse(text)
    except phone.InvalidPhone:
        number = None
    if number is None or not number.is_mobile or number.extension:
        raise InvalidThaiQr(
            "พร้อมเพย์ต้องเป็นเบอร์มือถือ 10 หลัก เลขประจำตัวประชาชนหรือผู้เสียภาษี 13 หลัก หรือ e-Wallet 15 หลัก"
        )
    return field("01", "0066" + number.number.removeprefix("0"))


def _reference(name: str, text: str) -> str:
    """Return a reference as typed, if the banks take it."""
    if not _REFERENCE.fullmatch(text):
        raise InvalidThaiQr(f"{name} ใช้ได้เฉพาะตัวอักษรอังกฤษพิมพ์ใหญ่และตัวเลข ไม่เกิน {MAX_REFERENCE} ตัว")
    return text


def _digits(text: str) -> str:
    """Return the text with Arabic digits, without spaces and dashes."""
    return _SEPARATORS.sub("", to_arabic_digits(text))
