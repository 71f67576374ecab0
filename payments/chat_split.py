"""Two transfers in one notice: the later one gets a notice of its own.

The rule: the transfer of the notice's first slip with a code stays; a slip of the chat whose code
names another bank or reference moves, as long as nobody has taken the notice. It moves to a notice
of hers that holds this transfer already, else to a new one of the same kind, payer and telephone;
amount and period are asked for anew. Pictures without a code stay where they are.
"""

from __future__ import annotations

from django.utils import timezone

from chatops.cases import opening
from chatops.models import ChatCase
from chatops.outbox import send
from payments import chat_notice, chat_words
from payments.intake import Claim, file_notice
from payments.models import NoticeEntry, PaymentNotice, Slip, Status

Kind = NoticeEntry.Kind


def part(slip: Slip) -> None:
    """Part the transfers of the notice of `slip`, which is locked; `slip.notice` follows."""
    notice = PaymentNotice.objects.select_related("revenue", "case", "resident").get(
        pk=slip.notice_id
    )
    if notice.via != PaymentNotice.Via.CHAT or notice.resident is None or not slip.reference:
        return
    coded = notice.slips.exclude(reference="").exclude(state=Slip.State.REMOVED).order_by("id")
    first, *others = coded
    strangers = [one for one in others if _transfer(one) != _transfer(first)]
    if not strangers:
        return
    if notice.status != Status.RECEIVED:
        chat_notice.note(notice, Kind.ADDED, "ภาพที่ส่งเพิ่มเป็นสลิปของการโอนอีกครั้งหนึ่ง โปรดตรวจสอบ")
        return
    for stranger in strangers:
        if stranger.message_id is None:
            continue
        own = _notice_of(stranger, notice) or _new(notice)
        Slip.objects.filter(pk=stranger.pk).update(notice=own)
        if stranger.pk == slip.pk:
            slip.notice = own
        chat_notice.note(notice, Kind.ADDED, f"สลิปของการโอนอีกครั้งหนึ่งแยกไปเป็นรายการ {own.number}")
        chat_notice.note(own, Kind.ADDED, f"แยกจากรายการ {notice.number}")


def _transfer(slip: Slip) -> tuple[str, str]:
    return slip.bank, slip.reference


def _notice_of(slip: Slip, notice: PaymentNotice) -> PaymentNotice | None:
    """Return an open notice of hers that holds this transfer already."""
    held = Slip.objects.filter(
        bank=slip.bank,
        reference=slip.reference,
        notice__resident=notice.resident,
        notice__status=Status.RECEIVED,
    )
    other = held.exclude(notice=notice).select_related("notice").order_by("id").first()
    return other.notice if other is not None else None


def _new(notice: PaymentNotice) -> PaymentNotice:
    resident = notice.resident
    own = file_notice(
        resident=resident,
        claim=Claim(
            revenue=notice.revenue,
            payer_name=notice.payer_name,
            payer_address=notice.payer_address,
            phone=notice.phone,
        ),
        via=PaymentNotice.Via.CHAT,
        case=notice.case,
        tell=False,
    )
    if resident is None:
        return own
    messages = [chat_words.received(own)]
    in_hand = opening.conversation_of(resident, timezone.now())
    if in_hand is None or in_hand.mode != ChatCase.Mode.MANUAL:
        if question := chat_words.question(own):
            messages.append(question)
    send(
        resident,
        messages,
        dedupe_key=f"notice:{own.pk}:received",
        about=f"payment:{own.pk}",
        case=notice.case,
        reply_to_latest=True,
    )
    return own
