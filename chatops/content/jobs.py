"""What a message's file needs done, written in the transaction of the message itself."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from chatops import wake
from chatops.line.incoming import EXTERNAL
from chatops.models import Message, MessageContent

State = MessageContent.State

KINDS = frozenset({"image", "video", "audio", "file"})
OUTSIDE = "ไฟล์นี้อยู่นอก LINE ระบบจึงไม่ได้เก็บไว้"


def want(message: Message) -> None:
    """Have the file of `message` fetched, once however often this is called.

    Only inside the transaction that keeps the message; a worker is woken when it commits. A
    message without a file, or taken back already, wants nothing. What a LIFF page sent in the
    resident's name by its address is not LINE's to give: that is told instead.
    """
    if message.kind not in KINDS or message.unsent_at is not None:
        return
    outside = message.details.get("provider") == EXTERNAL
    now = timezone.now()
    _, created = MessageContent.objects.get_or_create(
        message=message,
        defaults={
            "token": secrets.token_urlsafe(32),
            "state": State.GONE if outside else State.WANTED,
            "error": OUTSIDE if outside else "",
            "due_at": None if outside else now,
            "changed_at": now,
        },
    )
    if created and not outside:
        transaction.on_commit(wake.ring_for_contents)


def remove(message: Message) -> None:
    """Forget the file of `message`, which was taken back. Only inside that transaction.

    From now on nobody is given it. Its files are deleted by a worker, again and again until
    the storage has done it.
    """
    now = timezone.now()
    marked = (
        MessageContent.objects.filter(message=message)
        .exclude(state=State.REMOVED)
        .update(
            state=State.REMOVED,
            # One that is being fetched keeps its lease: whoever holds it deletes what he has
            # stored, and should he die, what is left is deleted when it runs out.
            due_at=Case(
                When(Q(state=State.WANTED), then=F("due_at")),
                When(~Q(file="") | ~Q(thumbnail=""), then=Value(now)),
                default=None,
            ),
            attempts=0,
            error="",
            content_type="",
            size=None,
            width=None,
            height=None,
            changed_at=now,
        )
    )
    if marked:
        transaction.on_commit(wake.ring_for_contents)
