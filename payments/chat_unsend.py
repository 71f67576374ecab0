"""What she takes back in the chat: gone before the money is confirmed, evidence after that.

Papers of revenue are kept by law once they stand for a receipt; a picture that nobody has
confirmed yet is hers to take back. Where it was the only one, the payment stands still: she is told
so, once, and the notice waits for the slip (chat_waiting).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chatops.cases import opening
from chatops.models import Message
from chatops.outbox import send
from payments import alarm, chat_notice, chat_words
from payments.models import NoticeEntry, PaymentNotice, Slip, SlipMatch, Status

Kind = NoticeEntry.Kind
OPEN = (Status.RECEIVED, Status.CHECKING)
# What took her words was changed after she wrote; LINE's clock told when she wrote.
CLOCKS_DIFFER = dt.timedelta(hours=1)
KEPT = (Status.CONFIRMED, Status.RECEIPTED)


def taken_back(message: Message) -> None:
    """Forget a picture or words of a payment, in the transaction of the unsend."""
    slip = Slip.objects.filter(message=message).first()
    if slip is not None:
        _picture(slip)
    elif message.text:  # as it was: the row has none any more
        _words(message)


def _picture(slip: Slip) -> None:
    notice = PaymentNotice.objects.select_for_update(of=("self",)).get(pk=slip.notice_id)
    slip = Slip.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    if slip.state == Slip.State.REMOVED:
        return
    # Confirmed once is confirmed: what was taken back to be checked again had its receipt.
    if (notice.status in KEPT or notice.receipts.exists()) and slip.file:
        chat_notice.note(notice, Kind.UNSENT, "ผู้แจ้งยกเลิกภาพหลังยืนยันยอดแล้ว เก็บสลิปไว้เป็นหลักฐาน")
        return
    Slip.objects.filter(pk=slip.pk).update(
        state=Slip.State.REMOVED,
        # Whoever works at it loses it, and deletes what he has stored.
        attempts=0,
        due_at=timezone.now(),
        sha256="",
        fingerprint="",
        bank="",
        reference="",
        width=None,
        height=None,
    )
    slip.likenesses.all().delete()
    SlipMatch.objects.filter(Q(slip=slip) | Q(other=slip)).delete()
    what = "ผู้แจ้งยกเลิกภาพในแชต ระบบลบสลิปแล้ว"
    if notice.status in OPEN and chat_notice.lacks_slip(notice):
        what += " ไม่เหลือสลิปในรายการนี้ รอผู้แจ้งส่งใหม่"
        notice.slip_again = True
        _ask_again(notice)
    chat_notice.save(notice)
    chat_notice.note(notice, Kind.UNSENT, what)
    transaction.on_commit(alarm.ring_for_slips)


def _ask_again(notice: PaymentNotice) -> None:
    """Tell her why the payment stands still; of one notice once, however often she tries.

    Who talks with an officer hears him.
    """
    if notice.resident is None:
        return
    if opening.conversation_of(notice.resident, timezone.now()) is not None:
        return
    send(
        notice.resident,
        [chat_words.slip_gone(notice)],
        dedupe_key=f"notice:{notice.pk}:slip-gone",
        about=f"payment:{notice.pk}",
        case=notice.case,
        reply_to_latest=True,
    )


def _words(message: Message) -> None:
    """Take her words out of notices that nobody has confirmed."""
    mine = PaymentNotice.objects.select_for_update(of=("self",)).filter(
        resident=message.resident_id, changed_at__gte=message.sent_at - CLOCKS_DIFFER
    )
    for notice in mine.exclude(words="").exclude(status__in=KEPT):
        if not notice.receipts.exists() and chat_notice.forget_words(notice, message.text):
            chat_notice.save(notice)
            chat_notice.note(notice, Kind.UNSENT, "ผู้แจ้งยกเลิกข้อความในแชต ระบบลบข้อความแล้ว")
