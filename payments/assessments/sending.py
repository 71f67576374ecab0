"""Sending reminders, a few at a time: the work is in rows, a worker takes the next ones.

Each recipient is one short transaction: she is marked and her message stands in the outbox, or
neither. Whoever is killed is succeeded by the next ring; two at once hinder each other, no more.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction
from django.utils import timezone

from chatops.models import OutboundMessage
from chatops.outbox import send
from payments.assessments.queries import assessments_of, links_of, unpaid
from payments.assessments.reminders import message_of
from payments.models import ReminderRecipient, ReminderRun

State = ReminderRun.State
# So few stand in the outbox at a time that pausing stops nearly at once.
MOST_IN_OUTBOX = 50
RUN_SECONDS = 4.0

PAID = "ชำระแล้ว"
CHECKING = "แจ้งชำระแล้ว กำลังตรวจสอบ"
BLOCKED = "บล็อกบัญชี LINE"
UNLINKED = "เลิกเชื่อมบัญชีแล้ว"


def send_due(seconds: float = RUN_SECONDS) -> int:
    """Give due reminders to the outbox, beginning nothing new after `seconds`; return how many.

    Call it outside a transaction.
    """
    end = time.monotonic() + seconds
    given = 0
    for run in ReminderRun.objects.filter(state=State.SENDING).select_related("revenue"):
        given += _send_of(run, end)
    return given


def _send_of(run: ReminderRun, end: float) -> int:
    recipients = ReminderRecipient.objects.filter(run=run)
    waiting = recipients.filter(sent_at__isnull=True, skipped="")
    room = MOST_IN_OUTBOX - recipients.filter(outbound__is_waiting=True).count()
    message: dict[str, Any] = {}
    given = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[: max(0, room)]):
        if time.monotonic() >= end:
            return given
        message = message or message_of(run)
        if not _send_one(run, pk, message):
            return given
        given += 1
    if not waiting.exists():
        ReminderRun.objects.filter(pk=run.pk, state=State.SENDING).update(
            state=State.DONE, ended_at=timezone.now()
        )
    return given


@transaction.atomic
def _send_one(run: ReminderRun, pk: int, message: dict[str, Any]) -> bool:
    """Tell one recipient, or note why not; False where the run is not to go on."""
    # The lock: pausing waits for the one that is under way, and none follows.
    if not ReminderRun.objects.select_for_update().filter(pk=run.pk, state=State.SENDING).exists():
        return False
    hers = ReminderRecipient.objects.filter(pk=pk, sent_at__isnull=True, skipped="")
    recipient = hers.select_related("resident", "resident__channel").first()
    if recipient is None:  # another worker has had her
        return True
    if reason := _why_not(run, recipient):
        hers.update(skipped=reason)
        return True
    if not hers.update(sent_at=timezone.now()):
        return True
    key = f"reminder:{run.pk}:{recipient.resident_id}"
    send(recipient.resident, [message], dedupe_key=key, about=f"reminder:{pk}", can_wait=True)
    row = OutboundMessage.objects.filter(dedupe_key=key).values_list("pk", flat=True).first()
    ReminderRecipient.objects.filter(pk=pk).update(outbound=row)
    return True


def _why_not(run: ReminderRun, recipient: ReminderRecipient) -> str:
    """Return why she is passed over now, '' where she is to be told."""
    if recipient.resident.is_blocked:
        return BLOCKED
    links = list(links_of(recipient.resident))
    if not links:
        return UNLINKED
    hers = assessments_of(links).filter(revenue=run.revenue_id, year=run.year)
    rows = list(unpaid(hers).values_list("has_notice", flat=True))  # type: ignore[misc]
    if not rows:
        return PAID
    return CHECKING if all(rows) else ""
