"""Bringing files in from LINE and putting them away, one claimed row at a time.

The row of `MessageContent` is the job: its `due_at` is the queue, and while somebody works at
it the end of his lease. Each claim counts `attempts` up, so that number tells whose word counts:
what a worker says of a row holds only while the row is as he claimed it. An unsend meanwhile,
or a successor after a lease that ran out, wins, and the worker deletes what he has stored.
"""

from __future__ import annotations

import logging
import secrets
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from bannmae.media import photos, storage
from bannmae.media.decoding import clean
from chatops.content import kinds
from chatops.line.content import ContentError, ContentFault, download
from chatops.models import ChatCase, MessageContent

State = MessageContent.State
logger = logging.getLogger(__name__)

MB = 1024 * 1024
MAX_BYTES = {"image": 20 * MB, "audio": 50 * MB, "file": 50 * MB, "video": 200 * MB}
# For one download; 200 MB come in this time at 0.8 MB in a second.
DOWNLOAD_SECONDS = 240.0
# Longer than a download, decoding and storing: a worker that was killed is succeeded then.
LEASE = timedelta(minutes=8)
LONGEST_PAUSE = 600
# After pauses of 1, 2, 4 … 512 and then 600 seconds this many tries have taken 24 hours.
MAX_ATTEMPTS = 153
DELETE_PAUSE = timedelta(hours=1)
RUN_SECONDS = 20.0
# Of a worker process's four threads: answers must not wait for somebody's video.
_slots = threading.BoundedSemaphore(2)

TOO_LARGE = "ไฟล์ใหญ่เกิน {} MB"
BROKEN = "ไฟล์เสียหาย หรือไม่ใช่รูปภาพที่ระบบเปิดได้"


@dataclass(frozen=True)
class Kept:
    """What lies in private storage for a message."""

    file: str
    content_type: str
    size: int
    thumbnail: str = ""
    width: int | None = None
    height: int | None = None


class _Lost(Exception):
    """The row is no longer as it was claimed."""


def fetch_due(seconds: float = RUN_SECONDS) -> int:
    """Work off what is due, beginning nothing new after `seconds`; return how many rows.

    Call it outside a database transaction. Two at a time work in one process.
    """
    if not _slots.acquire(blocking=False):
        return 0
    try:
        end = time.monotonic() + seconds
        seen: list[int] = []
        while time.monotonic() < end:
            due = MessageContent.objects.filter(due_at__lte=timezone.now()).exclude(pk__in=seen)
            row = due.order_by("due_at", "pk").first()
            if row is None:
                break
            seen.append(row.pk)
            if _claim(row):
                _work(row)
        return len(seen)
    finally:
        _slots.release()


def _claim(row: MessageContent) -> bool:
    """Take the row for the length of a lease, unless another was faster."""
    until = timezone.now() + LEASE
    taken = MessageContent.objects.filter(
        pk=row.pk, state=row.state, due_at=row.due_at, attempts=row.attempts
    ).update(attempts=row.attempts + 1, due_at=until)
    row.attempts += 1
    row.due_at = until
    return bool(taken)


def _work(row: MessageContent) -> None:
    try:
        if row.state == State.WANTED:
            _fetch(row)
        else:
            _clear(row)
    except _Lost:
        logger.info("Content %s was taken back or taken over meanwhile", row.pk)
    except Exception as error:  # one file's trouble is not another's
        logger.exception("Content %s failed", row.pk)
        _again(row, type(error).__name__)


# -- bringing in ------------------------------------------------------------------------------


def _fetch(row: MessageContent) -> None:
    message = row.message
    # A predecessor who was killed may have left a file, and no other shall be forgotten for it.
    if photos.delete([row.file]):
        _again(row, "ที่เก็บไฟล์ไม่ทำงาน")
        return
    max_bytes = MAX_BYTES[message.kind]
    try:
        with tempfile.TemporaryFile() as received:
            download(
                message.resident.channel,
                message.line_message_id,
                received,
                max_bytes=max_bytes,
                seconds=DOWNLOAD_SECONDS,
            )
            received.seek(0)
            kept = _keep_picture(received) if message.kind == "image" else _keep(row, received)
    except ContentError as error:
        _not_given(row, error, max_bytes)
    except photos.Busy:
        _again(row, "ระบบกำลังเปิดรูปอื่นอยู่")
    except photos.PhotoTooLarge:
        _close(row, State.TOO_LARGE, error=TOO_LARGE.format(max_bytes // MB))
    except photos.FileRefused:
        _close(row, State.UNSAFE, error=BROKEN)
    else:
        try:
            _close(row, State.STORED, **vars(kept), error="")
        except _Lost:
            _delete_for(row, [kept.file, kept.thumbnail])
            raise


def _not_given(row: MessageContent, error: ContentError, max_bytes: int) -> None:
    if error.fault is ContentFault.GONE:
        _close(row, State.GONE, error="")  # the state's own words say it all
    elif error.fault is ContentFault.TOO_LARGE:
        _close(row, State.TOO_LARGE, error=TOO_LARGE.format(max_bytes // MB))
    else:
        _again(row, error.reason)


def _keep_picture(received: IO[bytes]) -> Kept:
    if received.read(4) == b"GIF8":
        received.seek(0)
        return _keep_first_picture(received.read())
    received.seek(0)
    photo = photos.take_in(received, max_bytes=MAX_BYTES["image"])
    return Kept(
        file=photo.name,
        thumbnail=photo.thumbnail_name,
        content_type=kinds.PICTURE,
        size=photo.bytes,
        width=photo.width,
        height=photo.height,
    )


def _keep_first_picture(data: bytes) -> Kept:
    """Keep the first picture of a GIF: nobody uploads one in a form, but a chat has them."""
    picture = clean(data, "GIF")
    name, thumbnail = storage.store_all(
        "photos", [(".jpg", picture.jpeg), ("-480.jpg", picture.thumbnail)]
    )
    return Kept(
        file=name,
        thumbnail=thumbnail,
        content_type=kinds.PICTURE,
        size=len(picture.jpeg),
        width=picture.width,
        height=picture.height,
    )


def _keep(row: MessageContent, received: IO[bytes]) -> Kept:
    """Store a file as it is, under a name of ours that the row knows before the file is there."""
    content_type = kinds.media_type(received.read(kinds.HEAD), row.message.kind)
    size = received.seek(0, 2)
    received.seek(0)
    today = timezone.localdate()
    ending = kinds.ending_of(content_type)
    name = f"chat/{today:%Y}/{today:%m}/{secrets.token_hex(16)}{ending}"
    _mine(row, file=name)
    try:
        stored = default_storage.save(name, File(received))
    except Exception:
        photos.delete([name])  # a storage that fails half-way may leave half a file
        raise
    return Kept(file=stored, content_type=content_type, size=size)


def _again(row: MessageContent, reason: str) -> None:
    """Put the row back for another try, or give up after a day of them."""
    if row.state == State.WANTED and row.attempts >= MAX_ATTEMPTS:
        _close_quietly(row, State.FAILED, error=reason[:300])
        return
    pause = timedelta(seconds=min(2 ** min(row.attempts - 1, 20), LONGEST_PAUSE))
    _write(row, due_at=timezone.now() + pause, error=reason[:300])


# -- putting away -----------------------------------------------------------------------------


def _clear(row: MessageContent) -> None:
    """Delete the files of a message that was taken back, again later where that fails."""
    left = photos.delete([row.file, row.thumbnail])
    if left:
        _write(row, due_at=timezone.now() + _delete_pause(row), **_names(left))
    else:
        _write(row, due_at=None, file="", thumbnail="")


def _delete_for(row: MessageContent, names: list[str]) -> None:
    """Delete files that the row shall not have; what cannot be is left to a row taken back."""
    left = photos.delete(names)
    if left:
        MessageContent.objects.filter(pk=row.pk, state=State.REMOVED).update(
            due_at=timezone.now() + timedelta(minutes=1), **_names(left)
        )


def _names(left: list[str]) -> dict[str, str]:
    file, thumbnail = [*left, ""][:2]
    return {"file": file, "thumbnail": thumbnail}


def _delete_pause(row: MessageContent) -> timedelta:
    return min(timedelta(seconds=2 ** min(row.attempts, 20)), DELETE_PAUSE)


# -- the row ----------------------------------------------------------------------------------


def _write(row: MessageContent, **fields: Any) -> bool:
    """Change the row if it is still as it was claimed."""
    return bool(
        MessageContent.objects.filter(pk=row.pk, state=row.state, attempts=row.attempts).update(
            **fields
        )
    )


def _mine(row: MessageContent, **fields: Any) -> None:
    """Change the row; raise _Lost where it is no longer ours."""
    if not _write(row, **fields):
        raise _Lost


def _close(row: MessageContent, state: str, **fields: Any) -> None:
    """Be done with the row, and have open conversations look. Raise _Lost."""
    now = timezone.now()
    with transaction.atomic():
        fields = {"file": "", "thumbnail": ""} | fields
        _mine(row, state=state, due_at=None, changed_at=now, **fields)
        ChatCase.objects.filter(messages=row.message_id).update(changed_at=now)


def _close_quietly(row: MessageContent, state: str, **fields: Any) -> None:
    try:
        _close(row, state, **fields)
    except _Lost:
        logger.info("Content %s was taken back or taken over meanwhile", row.pk)
