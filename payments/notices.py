"""What payers are told of their payments. The words stand in templates/payments/line/.

No personal data: a number, what it is for, and where it stands. The one exception is the
receipt itself, which its payer asked for (no national ID is on it, and its link is nobody's guess).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from bannmae.models import Division
from bannmae.thai.calendar import format_date
from chatops.line.cards import Band, Button, Card, card_message, signed_by
from chatops.line.links import liff_link
from chatops.outbox import send
from payments.access import FINANCE
from payments.models import PaymentNotice, Receipt, Status

Json = dict[str, Any]

A_DAY = timedelta(days=1)
TOLD_A_DAY = 5  # of one resident's notices
BANDS = {
    Status.RECEIVED: Band.NEWS,
    Status.CHECKING: Band.ASK,
    Status.RECEIPTED: Band.DONE,
    Status.REJECTED: Band.ASK,
}


def tell_received(notice: PaymentNotice) -> None:
    """Tell the number, and that a slip is not a receipt.

    The page has told her as well, so it can wait when the month's quota is short; and who sends
    one after another is not told of each: she would spend everybody's quota.
    """
    since = timezone.now() - A_DAY
    today = PaymentNotice.objects.filter(resident=notice.resident, created_at__gte=since)
    if notice.resident is None or today[: TOLD_A_DAY + 1].count() > TOLD_A_DAY:
        return
    card = _card(notice, Status.RECEIVED, "received")
    _tell(notice, card, f"notice:{notice.pk}:received", can_wait=True)


def tell_asked(notice: PaymentNotice) -> None:
    """Ask for what is missing; the version makes each question one of its own."""
    _tell(notice, asked_card(notice), f"notice:{notice.pk}:asked:{notice.version}")


def asked_card(notice: PaymentNotice) -> Card:
    """Return the card that asks what `notice.asked` says."""
    return _card(notice, Status.CHECKING, "asked", band="ขอข้อมูลเพิ่มเติม")


def tell_rejected(notice: PaymentNotice) -> None:
    """Tell that the payment could not be confirmed, and why."""
    _tell(notice, rejected_card(notice), f"notice:{notice.pk}:rejected:{notice.version}")


def rejected_card(notice: PaymentNotice) -> Card:
    """Return the card that tells why, as `notice.reject_reason` says."""
    return _card(notice, Status.REJECTED, "rejected")


def tell_void(notice: PaymentNotice, receipt: Receipt) -> None:
    """Tell that a receipt which she holds counts no more."""
    card = _card(notice, Status.CHECKING, "void", band="ยกเลิกใบเสร็จรับเงิน", receipt=receipt)
    _tell(notice, card, f"receipt:{receipt.pk}:void")


def tell_receipt(notice: PaymentNotice, receipt: Receipt) -> None:
    """Send the receipt: its picture (bots cannot send files) and a card with the PDF's link."""
    if notice.resident is None:
        return
    picture = {
        "type": "image",
        "originalContentUrl": picture_url(receipt),
        "previewImageUrl": preview_url(receipt),
    }
    send(
        notice.resident,
        [_signed(picture), _signed(card_message(receipt_card(receipt)))],
        dedupe_key=f"receipt:{receipt.pk}",
        about=f"receipt:{receipt.pk}",
        case=notice.case,
        reply_to_latest=True,
    )


def receipt_card(receipt: Receipt) -> Card:
    """Return the card of an issued receipt."""
    lines = [
        f"เล่มที่ {receipt.book_label} เลขที่ {receipt.number_label}",
        f"จำนวนเงิน {receipt.total:,.2f} บาท",
        f"วันที่ {format_date(receipt.issued_on)}",
        f"ได้รับเงินจาก {receipt.payer_name}",
    ]
    return Card(
        band="ออกใบเสร็จรับเงินแล้ว",
        title=receipt.revenue_name,
        lines=lines,
        colour=Band.DONE,
        # LINE's own browser does not keep files: https://developers.line.biz/en/docs/messaging-api/using-line-url-scheme/
        buttons=[Button("เปิดใบเสร็จ (PDF)", uri=f"{pdf_url(receipt)}?openExternalBrowser=1")],
        alt_text="เทศบาลออกใบเสร็จรับเงินให้ท่านแล้ว",
    )


def pdf_url(receipt: Receipt) -> str:
    """Return the absolute address of the receipt's PDF."""
    return _absolute("payments:receipt_pdf", receipt.token)


def picture_url(receipt: Receipt) -> str:
    """Return the absolute address of the receipt's picture."""
    return _absolute("payments:receipt_picture", receipt.token)


def preview_url(receipt: Receipt) -> str:
    """Return the absolute address of the receipt's small picture."""
    return f"{picture_url(receipt)}?preview=1"


def verify_url(receipt: Receipt) -> str:
    """Return the absolute address that the QR on the paper leads to."""
    return _absolute("payments:verify", receipt.token)


def _absolute(name: str, token: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse(name, args=[token])}"


def _card(
    notice: PaymentNotice, status: Status, words: str, *, band: str = "", **facts: object
) -> Card:
    text = render_to_string(f"payments/line/{words}.txt", {"notice": notice, **facts})
    lines = [f"เลขที่ {notice.number}", *(line.strip() for line in text.splitlines())]
    return Card(
        band=band or status.label,
        title=notice.revenue.menu_name if notice.revenue else "แจ้งชำระเงิน",
        lines=[line for line in lines if line],
        colour=BANDS[status],
        buttons=[Button("ดูรายการนี้", uri=liff_link(f"payment/{notice.number}"))],
        alt_text=f"การชำระเงินเลขที่ {notice.number} {band or status.label}",
    )


def _tell(notice: PaymentNotice, card: Card, key: str, *, can_wait: bool = False) -> None:
    if notice.resident is None:
        return
    send(
        notice.resident,
        [_signed(card_message(card))],
        dedupe_key=key,
        about=f"payment:{notice.pk}",
        can_wait=can_wait,
        case=notice.case,
        reply_to_latest=True,
    )


def _signed(message: Json) -> Json:
    sender = Division.objects.filter(slug=FINANCE).values_list("short_name", flat=True).first()
    return signed_by(message, sender or "")
