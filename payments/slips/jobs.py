"""Working off slips: bring the picture over from the chat, read its code, see whether it repeats.

The row of `Slip` is the job, as chatops.content.fetching has it: `due_at` is the queue and, while
somebody works at it, the end of his lease; each claim counts `attempts` up, and what a worker says
of a row holds only while the row is as he claimed it.

What is read is written before others are looked for, in a transaction of its own: of two slips that
are read at the same moment the second to look sees the first.
"""

from __future__ import annotations

import io
import logging
import threading
import time
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from bannmae.media import storage
from chatops.models import MessageContent
from payments.intake import digest
from payments.models import NoticeEntry, PaymentNotice, Slip, SlipLikeness

State, Code = Slip.State, Slip.Code
Content = MessageContent.State
logger = logging.getLogger(__name__)

# Longer than reading takes on a busy machine: a worker that was killed is succeeded then.
LEASE = timedelta(minutes=2)
# LINE's pictures are there within seconds, or after a long trouble.
LONGEST_PAUSE = 60
LONGEST_PAUSE_AFTER_TROUBLE = 600
# After pauses of 1, 2, 4 … 512 and then 600 seconds this many tries have taken 24 hours.
MAX_ATTEMPTS = 153
RUN_SECONDS = 20.0
CODES = {"found": Code.FOUND, "none": Code.NONE, "not_a_slip": Code.OTHER}
# Reading takes a processor: one at a time in a worker process, answers must not wait.
_slot = threading.BoundedSemaphore(1)


class _Lost(Exception):
    """The row is no longer as it was claimed."""


def read_due(seconds: float = RUN_SECONDS) -> int:
    """Work off what is due, beginning nothing new after `seconds`; return how many rows.

    Call it outside a database transaction.
    """
    if not _slot.acquire(blocking=False):
        return 0
    try:
        end = time.monotonic() + seconds
        seen: list[int] = []
        while time.monotonic() < end:
            due = Slip.objects.filter(due_at__lte=timezone.now()).exclude(pk__in=seen)
            slip = due.select_related("message").order_by("due_at", "pk").first()
            if slip is None:
                break
            seen.append(slip.pk)
            if _claim(slip):
                _work(slip)
        return len(seen)
    finally:
        _slot.release()


def _claim(slip: Slip) -> bool:
    """Take the row for the length of a lease, unless another was faster."""
    until = timezone.now() + LEASE
    taken = Slip.objects.filter(
        pk=slip.pk, state=slip.state, due_at=slip.due_at, attempts=slip.attempts
    ).update(attempts=slip.attempts + 1, due_at=until)
    slip.attempts += 1
    slip.due_at = until
    return bool(taken)


def _work(slip: Slip) -> None:
    try:
        if slip.state == State.REMOVED:
            _clear(slip)
        elif slip.state == State.STORED or _bring(slip):
            _read(slip)
    except _Lost:
        logger.info("Slip %s was taken back or taken over meanwhile", slip.pk)
    except Exception:  # one picture's trouble is not another's
        logger.exception("Slip %s failed", slip.pk)
        _again(slip)


# -- bringing over ------------------------------------------------------------------------------


def _bring(slip: Slip) -> bool:
    """Copy the picture of the chat, which lives as long as the chat does; True once it is here."""
    content = MessageContent.objects.filter(message=slip.message_id or 0).first()
    if content is None or content.state not in (Content.WANTED, Content.STORED):
        removed = content is not None and content.state == Content.REMOVED
        _close(slip, State.REMOVED if removed else State.GONE)
        return False
    if content.state == Content.WANTED:
        pause = min(2 ** min(slip.attempts - 1, 20), LONGEST_PAUSE)
        _write(slip, due_at=timezone.now() + timedelta(seconds=pause))
        return False
    with default_storage.open(content.file) as whole:
        picture = whole.read()
    with default_storage.open(content.thumbnail) as small:
        thumbnail = small.read()
    file, thumbnail_name = storage.store_all("slips", [(".jpg", picture), ("-480.jpg", thumbnail)])
    try:
        with transaction.atomic():
            _mine(
                slip,
                state=State.STORED,
                file=file,
                thumbnail=thumbnail_name,
                width=content.width,
                height=content.height,
                # What follows is another job: its tries count anew.
                attempts=1,
            )
            _tell(slip)
    except BaseException:
        storage.delete([file, thumbnail_name])
        raise
    slip.state, slip.attempts = State.STORED, 1
    slip.file, slip.thumbnail = file, thumbnail_name
    return True


def _clear(slip: Slip) -> None:
    """Delete the files of a slip that was taken back, again later where that fails."""
    left = [*storage.delete([slip.file, slip.thumbnail]), "", ""]
    if left[0]:
        pause = timedelta(seconds=min(2 ** min(slip.attempts, 20), LONGEST_PAUSE_AFTER_TROUBLE))
        _write(slip, due_at=timezone.now() + pause, file=left[0], thumbnail=left[1])
    else:
        _write(slip, due_at=None, file="", thumbnail="")


# -- reading ------------------------------------------------------------------------------------


def _read(slip: Slip) -> None:
    from PIL import Image

    from payments.slips import likeness
    from payments.slips.reading import read_slip

    with default_storage.open(slip.file) as stored:
        picture = stored.read()
    reading = read_slip(picture)
    with Image.open(io.BytesIO(picture)) as image:
        found = likeness.fingerprint(image)
    code = reading.code
    with transaction.atomic():
        _mine(
            slip,
            sha256=digest(picture),
            fingerprint=str(found),
            code=CODES[reading.state],
            bank=code.bank if code else "",
            reference=code.reference if code else "",
            read_at=timezone.now(),
        )
        SlipLikeness.objects.bulk_create(
            [SlipLikeness(slip=slip, value=value) for value in likeness.bands(found)],
            ignore_conflicts=True,
        )
    slip.refresh_from_db()
    _compare(slip, picture, several=len(reading.codes))


def _compare(slip: Slip, picture: bytes, *, several: int) -> None:
    """Part the slip from another transfer's, and flag what was sent before. Raise _Lost."""
    from payments.chat_split import part
    from payments.slips.repeats import find, flag

    # Pictures are laid over each other outside the transaction.
    found = find(slip, picture)
    with transaction.atomic():
        PaymentNotice.objects.select_for_update(of=("self",)).get(pk=slip.notice_id)
        _mine(slip, state=State.READ, due_at=None)
        slip.state = State.READ
        part(slip)
        flag(slip, found)
        if several > 1:
            NoticeEntry.objects.create(
                notice_id=slip.notice_id,
                kind=NoticeEntry.Kind.ADDED,
                text=f"ในภาพเดียวมีสลิป {several} ใบ ระบบอ่านใบแรก โปรดดูใบอื่นในภาพ",
            )
        _tell(slip)


# -- the row ------------------------------------------------------------------------------------


def _again(slip: Slip) -> None:
    """Put the row back for another try, or leave it to the clerk's eyes after a day of them."""
    if slip.attempts >= MAX_ATTEMPTS:
        _write(slip, due_at=None, state=State.GONE if slip.state == State.WANTED else slip.state)
        return
    pause = min(2 ** min(slip.attempts - 1, 20), LONGEST_PAUSE_AFTER_TROUBLE)
    _write(slip, due_at=timezone.now() + timedelta(seconds=pause))


def _write(slip: Slip, **fields: Any) -> bool:
    """Change the row if it is still as it was claimed."""
    return bool(
        Slip.objects.filter(pk=slip.pk, state=slip.state, attempts=slip.attempts).update(**fields)
    )


def _mine(slip: Slip, **fields: Any) -> None:
    """Change the row; raise _Lost where it is no longer ours."""
    if not _write(slip, **fields):
        raise _Lost


def _close(slip: Slip, state: str) -> None:
    with transaction.atomic():
        _mine(slip, state=state, due_at=None)
        _tell(slip)


def _tell(slip: Slip) -> None:
    """Have open pages of the notice look again."""
    PaymentNotice.objects.filter(slips=slip.pk).update(changed_at=timezone.now())
