"""What became of the messages to a payer: sent, waiting, or not arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from bannmae.thai.calendar import format_datetime
from chatops.admin import AGAIN, state_chip
from chatops.models import OutboundMessage
from payments.models import PaymentNotice, Receipt

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """One message; `again_url` where the officer may send it once more."""

    text: str
    chip: str
    at: str
    reason: str
    again_url: str


def sent_of(request: HttpRequest, notice: PaymentNotice, receipts: Sequence[Receipt]) -> list[Sent]:
    """Return the newest messages about a notice and its receipts, newest first; one query."""
    if notice.resident is None:
        return []
    about = [f"payment:{notice.pk}", *(f"receipt:{receipt.pk}" for receipt in receipts)]
    rows = OutboundMessage.objects.filter(about__in=about).order_by("-id")[:SHOWN]
    may_send = request.user.has_perm("chatops.change_outboundmessage")
    return [
        Sent(
            text=_words(row),
            chip=state_chip(row),
            at=format_datetime(row.sent_at or row.created_at, short=True),
            reason="" if row.last_error == row.get_state_display() else row.last_error,
            again_url=reverse("admin:chatops_outboundmessage_send_again", args=[row.pk])
            if may_send and row.state in AGAIN
            else "",
        )
        for row in rows
    ]


def _words(row: OutboundMessage) -> str:
    """Return what a locked phone shows of a message."""
    texts = (one.get("altText") or one.get("text") or "" for one in row.messages or [])
    return next((text for text in texts if text), "ข้อความ")
