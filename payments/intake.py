"""Taking in a notice of payment: the one door for LIFF, the chat and the counter."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bannmae.media.photos import StoredPhoto
from bannmae.privacy.blind_index import blind_index
from bannmae.thai.calendar import be_year, local_date
from chatops.models import ChatCase, Message, Resident
from payments import alarm, notices, requests
from payments.models import (
    Assessment,
    Household,
    NoticeEntry,
    NoticeSeries,
    PaymentNotice,
    PaymentRequest,
    Revenue,
    Slip,
)

PHONE = "payments.phone"


@dataclass(frozen=True)
class Claim:
    """What a payer says, normalised; from a chat some of it is missing. Amount in baht."""

    revenue: Revenue | None = None
    fiscal_year: int | None = None
    months: tuple[date, ...] = ()
    payer_name: str = ""
    payer_address: str = ""
    reference: str = ""
    phone: str = ""
    amount: Decimal | None = None
    paid_at: datetime | None = None
    words: str = ""
    household: Household | None = None
    assessment: Assessment | None = None
    # What the office had asked her, where she came by its form: linked, and nothing guessed.
    request: PaymentRequest | None = None


@transaction.atomic(savepoint=False)
def file_notice(
    *,
    resident: Resident | None,
    claim: Claim,
    via: PaymentNotice.Via,
    slips: Sequence[StoredPhoto] = (),
    messages: Sequence[Message] = (),
    case: ChatCase | None = None,
    filing_key: UUID | None = None,
    tell: bool = True,
) -> PaymentNotice:
    """Keep a notice with its slips and, where `tell`, tell the payer its number.

    `slips` are in storage already and belong to the notice from here on; `messages` are
    pictures of the chat, whose files come later. The caller has checked the claim.

    Raises:
        IntegrityError: a notice with this `filing_key` is there; nothing was filed.
    """
    now = timezone.now()
    year = be_year(local_date(now))
    notice = PaymentNotice.objects.create(
        number=f"P{year % 100:02d}-{NoticeSeries.take(year):04d}",
        resident=resident,
        via=via,
        case=case,
        revenue=claim.revenue,
        fiscal_year=claim.fiscal_year,
        months=[f"{month:%Y-%m}" for month in sorted(claim.months)],
        payer_name=claim.payer_name,
        payer_address=claim.payer_address,
        reference=claim.reference,
        phone=claim.phone,
        phone_index=blind_index(claim.phone, PHONE),
        amount=claim.amount,
        paid_at=claim.paid_at,
        words=claim.words,
        household=claim.household,
        assessment=claim.assessment,
        filing_key=filing_key,
        created_at=now,
        changed_at=now,
    )
    NoticeEntry.objects.create(notice=notice, at=now, kind=NoticeEntry.Kind.RECEIVED)
    for photo in slips:
        add_slip(notice, photo)
    for message in messages:
        add_message(notice, message)
    if requests.link(notice, claim.request):
        notice.save()
    if tell:
        notices.tell_received(notice)
    return notice


def add_slip(notice: PaymentNotice, photo: StoredPhoto) -> Slip:
    """Add a picture that is in storage; only inside a transaction. A worker reads it."""
    slip = Slip.objects.create(
        notice=notice,
        state=Slip.State.STORED,
        due_at=timezone.now(),
        token=secrets.token_urlsafe(32),
        file=photo.name,
        thumbnail=photo.thumbnail_name,
        width=photo.width,
        height=photo.height,
    )
    transaction.on_commit(alarm.ring_for_slips)
    return slip


def add_message(notice: PaymentNotice, message: Message) -> Slip:
    """Add a picture of the chat, once; its file comes when LINE gives it."""
    slip, created = Slip.objects.get_or_create(
        message=message,
        defaults={
            "notice": notice,
            "state": Slip.State.WANTED,
            "due_at": timezone.now(),
            "token": secrets.token_urlsafe(32),
        },
    )
    if created:
        transaction.on_commit(alarm.ring_for_slips)
    return slip


def digest(data: bytes) -> str:
    """Return what tells the same stored picture again."""
    return hashlib.sha256(data).hexdigest()
