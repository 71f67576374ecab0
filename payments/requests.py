"""What the office asks a resident to pay: an amount and what for, with a Thai QR where it has one.

The QR is drawn by the worker just before the message leaves (see chatops.outbox.preparing). When
her slip comes, `link` finds the request of its kind that it answers: the one whose button she came
by, else the one of that amount, or the only one. What was rejected answers none.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from bannmae.models import Municipality, Staff
from bannmae.thai.calendar import be_year, local_date
from chatops import people
from chatops.cases.access import sees
from chatops.cases.record import preview_of, record
from chatops.line.cards import Band, Button, Card, card_message, signed_by
from chatops.line.links import liff_link
from chatops.models import ChatCase, ChatEntry, OutboundMessage, Resident
from chatops.outbox import send
from payments import access, thaiqr
from payments.chat_reading import read_words
from payments.errors import Refused
from payments.models import (
    NoticeEntry,
    PaymentNotice,
    PaymentRequest,
    PaymentSettings,
    RequestSeries,
    Revenue,
    Status,
)

Json = dict[str, Any]
Out = OutboundMessage.State
#: A slip that comes later than this answers another bill.
LIVES = dt.timedelta(days=120)
#: In `about` of its message, before the request's key.
ABOUT = "payment-request"
_REFERENCE = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True)
class Ask:
    """What the clerk asks for; baht. `ref1` '' takes the request's own number."""

    revenue: Revenue
    what_for: str
    amount: Decimal
    ref1: str = ""
    ref2: str = ""


@transaction.atomic
def make(case_id: int, by: Staff, ask: Ask, *, key: UUID) -> PaymentRequest:
    """Ask the resident of a chat to pay, in that chat; the same `key` asks once.

    Raises:
        Refused: `by` may not, or the account cannot be paid by QR with these references.
    """
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")
    case = (
        ChatCase.objects.select_for_update(of=("self",))
        .select_related("resident__channel", "topic", "division")
        .filter(pk=case_id)
        .first()
    )
    if case is None or not sees(by, case):
        raise Refused("ไม่พบแชตนี้ หรือถูกส่งต่อให้กอง/งานอื่นแล้ว")
    made = PaymentRequest.objects.filter(filing_key=key).first()
    if made is not None:
        return made
    now = timezone.now()
    year = be_year(local_date(now))
    number = f"R{year % 100:02d}-{RequestSeries.take(year):04d}"
    ref1 = as_reference(ask.ref1) or as_reference(number)
    ref2 = as_reference(ask.ref2) or (as_reference(number) if ask.ref1 else "")
    request = PaymentRequest.objects.create(
        number=number,
        resident=case.resident,
        case=case,
        revenue=ask.revenue,
        what_for=ask.what_for.strip(),
        amount=ask.amount,
        ref1=ref1,
        ref2=ref2,
        payload=payload_of(PaymentSettings.get_solo(), ask.amount, ref1, ref2),
        token=secrets.token_urlsafe(32),
        by=by,
        at=now,
        filing_key=key,
    )
    said = messages_of(request)
    # It answers her, and leaves the conversation to whom it belonged.
    record(
        case,
        ChatEntry.Kind.NOTE,
        by=by,
        text=f"แจ้งยอดให้ชำระ {number}: {_sum(request)}",
        waiting_since=None,
        first_answer_at=case.first_answer_at or now,
        first_reply_at=case.first_reply_at or now,
        last_at=now,
        last_text=preview_of(said[-1:]),
        read_at=now,
    )
    send(
        case.resident,
        [signed_by(message, case.division.short_name) for message in said],
        dedupe_key=f"{ABOUT}:{request.pk}",
        about=f"{ABOUT}:{request.pk}",
        case=case,
        author=by,
        reply_to_latest=True,
    )
    return request


@transaction.atomic
def cancel(request_id: int, by: Staff) -> PaymentRequest:
    """Take a request back, and tell its payer if she has it already. Raises Refused."""
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")
    # The chat first, then her payment, as whoever takes her slip in does: two that lock crosswise
    # stop each other.
    of = PaymentRequest.objects.filter(pk=request_id)
    case = ChatCase.objects.select_for_update(of=("self",)).filter(pk__in=of.values("case")).first()
    PaymentNotice.objects.select_for_update(of=("self",)).filter(pk__in=of.values("notice")).first()
    request = PaymentRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.cancelled_at is not None:
        return request
    if request.is_answered:
        raise Refused(f"ประชาชนแจ้งชำระตามใบแจ้งยอดนี้แล้ว ({request.notice}) จึงยกเลิกไม่ได้")
    request.cancelled_at = timezone.now()
    request.save(update_fields=["cancelled_at"])
    waiting = OutboundMessage.objects.filter(
        dedupe_key=f"{ABOUT}:{request.pk}", state__in=[Out.QUEUED, Out.RETRYING]
    )
    OutboundMessage.objects.filter(rides_on__in=waiting, state=Out.HELD).update(rides_on=None)
    stopped = waiting.filter(attempts=0).update(
        state=Out.CANCELLED, changed_at=request.cancelled_at
    )
    if case is not None:
        record(case, ChatEntry.Kind.NOTE, by=by, text=f"ยกเลิกใบแจ้งยอด {request.number}")
    if not stopped:
        card = Card(
            band="ยกเลิกใบแจ้งยอด",
            title=request.what_for,
            lines=[f"เลขที่ {request.number}", "โปรดอย่าชำระตาม QR หรือยอดเดิม"],
            colour=Band.ENDED,
            alt_text=f"ยกเลิกใบแจ้งยอดเลขที่ {request.number}",
        )
        send(
            request.resident,
            [signed_by(card_message(card), case.division.short_name if case else "")],
            dedupe_key=f"{ABOUT}:{request.pk}:cancelled",
            about=f"{ABOUT}:{request.pk}",
            case=case,
            author=by,
            reply_to_latest=True,
        )
    return request


def link(notice: PaymentNotice, named: PaymentRequest | None = None) -> PaymentRequest | None:
    """Find the open request that a notice answers and fill in what it says. Saves no notice.

    `named`, the one whose form she sent: that one or none, and nothing is filled in, for she saw
    it and what she changed is hers; having changed the kind, she pays something else, and named
    none. Else the one of that amount; while she has named no amount, the only one. Only inside a
    transaction.
    """
    if notice.resident is None or notice.requests.exists():
        return None
    if named is not None and named.revenue_id != notice.revenue_id:
        named = None
    if named is not None:
        of_person = people.ids_of_person(notice.resident)
        request = (
            _open()
            .select_for_update(of=("self",))
            .filter(pk=named.pk, resident__in=of_person)
            .first()
        )
    else:
        request = _guessed(notice)
    if request is None:
        return None
    request.notice = notice
    request.save(update_fields=["notice"])
    told = f"ตรงกับใบแจ้งยอด {request.number}: {_sum(request)}"
    if named is None:
        notice.revenue = notice.revenue or request.revenue
        notice.amount = notice.amount or request.amount
        notice.reference = notice.reference or reference_of(request)
    elif notice.amount is not None and notice.amount != request.amount:
        told = (
            f"แจ้งตามใบแจ้งยอด {request.number}: {_sum(request)}"
            f" แต่ผู้แจ้งระบุว่าโอน {notice.amount:,.2f} บาท"
        )
    NoticeEntry.objects.create(notice=notice, kind=NoticeEntry.Kind.ADDED, text=told)
    return request


def asked_of(resident: Resident, number: str) -> PaymentRequest | None:
    """Return the request of that number if she was asked it, in whichever account; else None."""
    hers = PaymentRequest.objects.filter(resident__in=people.ids_of_person(resident))
    return hers.select_related("revenue").filter(number=number).first()


def open_to(resident: Resident, number: str) -> PaymentRequest | None:
    """Return the request of that number if she was asked it and can still answer it.

    Another's, an unknown, a cancelled, an answered and a too old one are all None: nobody learns
    which of them it is.
    """
    request = asked_of(resident, number)
    return request if request is not None and _open().filter(pk=request.pk).exists() else None


def reference_of(request: PaymentRequest) -> str:
    """Return what she would give as reference; '' where it is the request's own number."""
    return "" if request.ref1 == as_reference(request.number) else request.ref1


def period_of(request: PaymentRequest) -> tuple[int | None, list[dt.date]]:
    """Return the year (Buddhist era) and the months that its words name, as its kind goes."""
    facts = read_words(request.what_for, local_date(request.at))
    period = request.revenue.period
    return (
        facts.fiscal_year if period == Revenue.Period.YEAR else None,
        list(facts.months) if period == Revenue.Period.MONTHS else [],
    )


def form_link(request: PaymentRequest) -> str:
    """Return the LIFF link of the form that knows this request; opened by others it is bare."""
    return f"{liff_link('payment')}?{urlencode({'request': request.number})}"


def _open() -> QuerySet[PaymentRequest]:
    # What was rejected answers nothing: she may send a better slip to the same request.
    unanswered = Q(notice=None) | Q(notice__status=Status.REJECTED)
    return PaymentRequest.objects.select_related("revenue").filter(
        unanswered, cancelled_at=None, at__gte=timezone.now() - LIVES
    )


def _guessed(notice: PaymentNotice) -> PaymentRequest | None:
    hers = _open().select_for_update(of=("self",)).filter(resident=notice.resident_id)
    open_ones = list(hers.order_by("id"))
    if notice.amount is not None:
        fits = [one for one in open_ones if one.amount == notice.amount]
    else:
        fits = open_ones if len(open_ones) == 1 else []
    fits = [one for one in fits if notice.revenue_id in (None, one.revenue_id)]
    return fits[0] if fits else None


def payload_of(chosen: PaymentSettings, amount: Decimal, ref1: str, ref2: str) -> str:
    """Return the text of the Thai QR, '' where the office has no account. Raises Refused."""
    if not chosen.qr_kind or not chosen.qr_account:
        return ""
    try:
        if chosen.qr_kind == PaymentSettings.PromptPayKind.BILLER:
            return thaiqr.bill_payment_payload(chosen.qr_account, ref1, ref2, amount)
        return thaiqr.promptpay_payload(chosen.qr_account, amount)
    except thaiqr.InvalidThaiQr as error:
        raise Refused(str(error)) from error


def as_reference(text: str) -> str:
    """Return what the banks take of a reference: capitals and digits, at most 20.

    >>> as_reference("r69-0001"), as_reference("ผ.ท.4")
    ('R690001', '4')
    """
    return _REFERENCE.sub("", text.upper())[: thaiqr.MAX_REFERENCE]


def picture_url(request: PaymentRequest, *, small: bool = False) -> str:
    """Return the absolute address of the picture with the QR."""
    name = "payments:request_preview" if small else "payments:request_picture"
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse(name, args=[request.token])}"


def messages_of(request: PaymentRequest) -> list[Json]:
    """Return what she is sent: the picture with the QR, if there is one, and a card."""
    profile = Municipality.get_solo()
    words = render_to_string(
        "payments/line/request.txt",
        {"request": request, "account": profile.payment_instructions},
    )
    card = Card(
        band="แจ้งยอดชำระ",
        title=request.what_for,
        lines=[line.strip() for line in words.splitlines() if line.strip()],
        colour=Band.NEWS,
        buttons=[Button("กรอกแบบแจ้งชำระ", uri=form_link(request))],
        footnote="โอนแล้วส่งสลิปในแชตนี้ได้เลย",
        alt_text=f"เทศบาลแจ้งยอดชำระ เลขที่ {request.number}",
    )
    if not request.payload:
        return [card_message(card)]
    picture = {
        "type": "image",
        "originalContentUrl": picture_url(request),
        "previewImageUrl": picture_url(request, small=True),
    }
    return [picture, card_message(card)]


def _sum(request: PaymentRequest) -> str:
    return f"{request.what_for} {request.amount:,.2f} บาท"
