"""Drawing receipts: the PDF that is kept and the pictures that the chat shows.

The row of `ReceiptFile` is the job (see drawing). What was drawn is never drawn anew: the paper
that somebody holds stays the same.
"""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.utils import timezone

from bannmae.media import storage
from chatops.models import OutboundMessage
from chatops.outbox.preparing import NotYet
from payments import drawing
from payments.models import Receipt, ReceiptFile


def draw_due(seconds: float = drawing.RUN_SECONDS) -> int:
    """Draw what is due, beginning nothing new after `seconds`; return how many were drawn.

    Call it outside a database transaction.
    """
    return drawing.draw_due(ReceiptFile, _draw, seconds=seconds)


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
    if not drawing.claim(row):
        raise NotYet
    try:
        _draw(row)
    except Exception as error:
        drawing.again(row, type(error).__name__)
        raise


def current_file(receipt: Receipt) -> ReceiptFile | None:
    """Return what stands for the receipt today, drawn; None while a worker has not come to it."""
    kind = ReceiptFile.Kind.VOID if receipt.is_void else ReceiptFile.Kind.ORIGINAL
    return receipt.files.filter(kind=kind, made_at__isnull=False).first()


def _draw(row: ReceiptFile) -> bool:
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
    # Where the lease ran out a successor was faster.
    is_mine = drawing.landed(row, pdf=names[0], picture=names[1], preview=names[2])
    if not is_mine:
        storage.delete(names)
    return is_mine
