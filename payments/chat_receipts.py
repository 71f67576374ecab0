"""ใบเสร็จของฉัน in the chat: where each of her payments stands, and her receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bannmae.thai.calendar import format_date
from chatops import people
from chatops.line.cards import Band, Button, Card, card_message
from chatops.line.links import liff_link
from chatops.models import Resident
from payments import chat_notice, chat_words
from payments.chat_waiting import ask_anew
from payments.models import PaymentNotice, Receipt, Slip, Status
from payments.notices import BANDS, pdf_url

SHOWN = 9  # the tenth card leads to all of them
TITLE = "ใบเสร็จของฉัน"


def my_receipts(resident: Resident) -> Sequence[dict[str, Any]]:
    """Return a carousel of her newest payments, or how to tell of the first.

    Hers are those of all accounts in which LINE knows her as the same person.
    """
    notices = list(
        PaymentNotice.objects.filter(resident__in=people.ids_of_person(resident))
        .select_related("revenue", "resident__channel")
        .order_by("-id")[: SHOWN + 1]
    )
    if not notices:
        card = Card(
            band=TITLE,
            title="ยังไม่มีรายการชำระเงินของท่าน",
            lines=["โอนแล้วแจ้งชำระและส่งสลิป จะได้รับใบเสร็จรับเงินในแชตนี้"],
            buttons=[
                Button("แจ้งชำระภาษี", entry="tax"),
                Button("แจ้งชำระค่าเก็บขยะ", entry="garbage"),
            ],
            alt_text=TITLE,
        )
        return [card_message(card)]
    shown = notices[:SHOWN]
    receipts: dict[int | None, Receipt] = {}
    rows = Receipt.objects.filter(notice__in=shown).select_related("revoked_link").order_by("id")
    for receipt in rows:  # the last one counts: what it replaces is void
        receipts[receipt.notice_id] = receipt
    states: dict[int, set[str]] = {}
    for pk, state in Slip.objects.filter(notice__in=shown).values_list("notice", "state"):
        states.setdefault(pk, set()).add(state)
    why_no_slip = {one.pk: chat_notice.why_no_slip(states.get(one.pk, ())) for one in shown}
    ask_anew(one for one in shown if one.asked or why_no_slip[one.pk])
    cards = [
        _card(one, receipts.get(one.pk), why_no_slip[one.pk], chat_words.chat_of(one, resident))
        for one in shown
    ]
    if len(notices) > SHOWN:
        cards.append(
            Card(
                band=TITLE,
                title="รายการก่อนหน้านี้",
                lines=["ดูการชำระเงินทั้งหมดของท่าน"],
                buttons=[Button("ดูทั้งหมด", uri=liff_link("payment"))],
                alt_text=TITLE,
            )
        )
    return [card_message(cards, alt_text=TITLE)]


def _card(notice: PaymentNotice, receipt: Receipt | None, why_no_slip: str, here: str) -> Card:
    """Return the card of one payment; `here`: where it is talked of."""
    status = Status(notice.status)
    amount = receipt.total if receipt is not None else notice.amount
    lines = [
        f"เลขที่ {notice.number}",
        f"จำนวนเงิน {amount:,.2f} บาท" if amount else "",
        f"แจ้งเมื่อ {format_date(notice.created_at, short=True)}",
    ]
    button = Button("ดูรายการ", uri=liff_link("payment"))
    if receipt is not None:
        number = f"เลขที่ {receipt.number_label}"
        if receipt.book_label:
            number = f"เล่มที่ {receipt.book_label} {number}"
        lines.append(f"ใบเสร็จ{number}{' (ยกเลิกแล้ว)' if receipt.is_void else ''}")
        if not receipt.is_void and not hasattr(receipt, "revoked_link"):
            button = Button("เปิดใบเสร็จ (PDF)", uri=f"{pdf_url(receipt)}?openExternalBrowser=1")
    elif status in (Status.RECEIVED, Status.CHECKING):
        if notice.asked:
            lines += [f"กองคลังขอข้อมูลเพิ่ม: {notice.asked}", f"ตอบ{here}ได้เลย"]
        if why_no_slip:
            lines += [f"ยังตรวจสอบไม่ได้: {why_no_slip}", f"ส่งภาพสลิป{here}อีกครั้งได้เลย"]
    elif status == Status.REJECTED:
        lines.append(f"เหตุผล: {notice.reject_reason}")
    return Card(
        band=status.label,
        title=notice.revenue.menu_name if notice.revenue else "แจ้งชำระเงิน",
        lines=[line for line in lines if line],
        colour=BANDS.get(status, Band.PROGRESS),
        buttons=[button],
        alt_text=TITLE,
    )
