"""Drawing receipts: the PDF that is kept and the pictures that the chat shows.

The row of `ReceiptFile` is the job and its `due_at` the queue; each claim counts `attempts` up
and is a lease. What was drawn is never drawn anew: the paper that somebody holds stays the same.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from bannmae.media import storage
from chatops.models import OutboundMessage
from chatops.outbox.preparing import NotYet
from payments.models import Receipt, ReceiptFile

logger = logging.getLogger(__name__)

# Longer than drawing takes on a busy machine: a worker that was killed is succeeded then.
LEASE = timedelta(minutes=2)
LONGEST_PAUSE = 600
RUN_SECONDS = 20.0


def draw_due(seconds: float = RUN_SECONDS) -> int:
    """Draw what is due, beginning nothing new after `seconds`; return how many were drawn.

    Call it outside a database transaction.
    """
    end = time.monotonic() + seconds
    drawn = 0
    while time.monotonic() < end:
        row = (
            ReceiptFile.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk").first()
        )
        if row is None:
            break
        if not _claim(row):
            continue
        try:
            _draw(row)
            drawn += 1
        except Exception as error:  # one receipt's trouble is not another's
            logger.exception("Receipt %s could not be drawn", row.receipt_id)
            _again(row, type(error).__name__)
    return drawn


def prepare(message: OutboundMessage) -> None:
    """Have the picture there before the message that shows it leaves (chatops.outbox.preparing).

    Raises:
        NotYet: a colleague is at it; should he have been killed, his lease ends.
    """
    receipt_id = message.about.partition(":")[2]
    row = ReceiptFile.objects.get(receipt=int(receipt_id), kind=ReceiptFile.Kind.ORIGINAL)
    if row.made_at is not None:
        return
    if row.due_at is not None and row.due_at > timezone.now() and not row.error:
        raise NotYet
    if not _claim(row):
        raise NotYet
    try:
        _draw(row)
    except Exception as error:
        _again(row, type(error).__name__)
        raise


def current_file(receipt: Receipt) -> ReceiptFile | None:
    """Return what stands for the receipt today, drawn; None while a worker has not come to it."""
    kind = ReceiptFile.Kind.VOID if receipt.is_void else ReceiptFile.Kind.ORIGINAL
    return receipt.files.filter(kind=kind, made_at__isnull=False).first()


def _claim(row: ReceiptFile) -> bool:
    until = timezone.now() + LEASE
    taken = ReceiptFile.objects.filter(
        pk=row.pk, due_at=row.due_at, attempts=row.attempts, made_at=None
    ).update(attempts=row.attempts + 1, due_at=until, error="")
    row.attempts += 1
    row.due_at = until
    return bool(taken)


def _draw(row: ReceiptFile) -> None:
    from payments import printing
    from payments.papers.receipt import receipt_picture

    receipt = Receipt.objects.select_related("replaces").get(pk=row.receipt_id)
    is_elaas = receipt.mode == Receipt.Mode.ELAAS and row.kind == ReceiptFile.Kind.ORIGINAL
    if is_elaas:
        with default_storage.open(receipt.elaas_file, "rb") as stored:
            pdf = stored.read()
    else:
        pdf = printing.receipt_bytes(receipt, "half")
    picture = receipt_picture(pdf)
    names = storage.store_all(
        "receipts",
        [(".pdf", pdf), (".jpg", picture.original), ("-480.jpg", picture.preview)],
    )
    kept = ReceiptFile.objects.filter(pk=row.pk, attempts=row.attempts, made_at=None).update(
        pdf=names[0], picture=names[1], preview=names[2], made_at=timezone.now(), due_at=None
    )
    if not kept:  # the lease ran out and a successor was faster
        storage.delete(names)


def _again(row: ReceiptFile, reason: str) -> None:
    pause = timedelta(seconds=min(2 ** min(row.attempts - 1, 20), LONGEST_PAUSE))
    ReceiptFile.objects.filter(pk=row.pk, attempts=row.attempts, made_at=None).update(
        due_at=timezone.now() + pause, error=reason[:300]
    )
