"""Reminders of a due date: what is said, what it costs, and starting, pausing, ending a run.

What is said names no one and no amount: those stand behind sign-in alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.utils import timezone

from bannmae.models import Division, Staff
from bannmae.privacy.masking import mask_text
from bannmae.thai.calendar import format_date
from bannmae.thai.national_id import FULL_MASK
from bannmae.thai.numerals import to_arabic_digits
from chatops.line.cards import Band, Button, Card, card_message, signed_by
from chatops.line.links import liff_link
from chatops.models import Channel, OutboundMessage
from chatops.outbox import quota
from payments.access import FINANCE
from payments.assessments.audience import Audience, audience_of
from payments.errors import Refused
from payments.models import (
    Assessment,
    PaymentSettings,
    ReminderRecipient,
    ReminderRun,
    Revenue,
    TaxTerms,
)

NOT_A_NOTICE = "ข้อความนี้มิใช่หนังสือแจ้งการประเมินหรือหนังสือแจ้งเตือนตามกฎหมาย"
State = ReminderRun.State
Out = OutboundMessage.State
_BAHT = re.compile(r"[0-9][0-9,.]*\s*(?:บาท|฿|บ\.)|฿\s*[0-9]")
_FLEETING = (State.DRAFT, State.SENDING, State.PAUSED)
_BANDS = {
    ReminderRun.Moment.BEFORE: ("ใกล้ครบกำหนดชำระ", Band.NEWS),
    ReminderRun.Moment.ON: ("ครบกำหนดชำระ", Band.ASK),
    ReminderRun.Moment.AFTER: ("เลยกำหนดชำระแล้ว", Band.ASK),
}


# -- what is said ----------------------------------------------------------------------------


def message_of(run: ReminderRun) -> dict[str, Any]:
    """Return the one message of a run, the same for everybody."""
    terms = TaxTerms.objects.filter(revenue=run.revenue_id, year=run.year).first()
    due = format_date(terms.due_on) if terms else ""
    text = render_to_string(f"payments/line/reminder_{run.moment}.txt", {"due": due})
    lines = [line.strip() for line in [*text.splitlines(), *run.words.splitlines()]]
    band, colour = _BANDS[ReminderRun.Moment(run.moment)]
    title = f"{run.revenue.menu_name} ปี {run.year}"
    card = Card(
        band=band,
        title=title,
        lines=[line for line in lines if line],
        colour=colour,
        buttons=[
            Button("ดูยอดและวิธีชำระ", uri=liff_link("taxes")),
            Button("แจ้งชำระเงิน", uri=liff_link("payment")),
        ],
        footnote=NOT_A_NOTICE,
        alt_text=f"{band}: {title} {NOT_A_NOTICE}",
    )
    sender = Division.objects.filter(slug=FINANCE).values_list("short_name", flat=True).first()
    return signed_by(card_message(card), sender or "")


def problem_with(words: str, revenue: Revenue, year: int) -> str:
    """Return why `words` may not be sent to everybody, '' where they may: no names, no amounts."""
    plain = to_arabic_digits(words)
    if _BAHT.search(plain):
        return "ข้อความต้องไม่มีจำนวนเงิน ประชาชนดูยอดได้หลังเข้าสู่ระบบเท่านั้น"
    if FULL_MASK in mask_text(plain):
        return "ข้อความต้องไม่มีเลขประจำตัวประชาชน"
    if plain.strip():
        names = Assessment.objects.filter(revenue=revenue, year=year).order_by()
        for name in names.values_list("payer_name", flat=True).distinct().iterator():
            if len(name) > 3 and name in words:
                return "ข้อความต้องไม่มีชื่อผู้เสียภาษี เพราะส่งถึงทุกคน"
    return ""


# -- what it costs -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """Of one account: its messages, and how many its quota still takes (None: no limit known)."""

    name: str
    messages: int
    left: int | None

    @property
    def after(self) -> int | None:
        """What the quota would take afterwards; negative where it does not do."""
        return None if self.left is None else self.left - self.messages


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run costs and saves; `saved` in baht, None where nobody has set the postage."""

    audience: Audience
    channels: tuple[ChannelCost, ...]
    saved: Decimal | None

    @property
    def is_short(self) -> bool:
        """True where some would be held until they ride on a reply."""
        return any(one.after is not None and one.after < 0 for one in self.channels)


def cost_of(run: ReminderRun) -> Cost:
    """Return what sending to all who owe now would cost. A letter is saved for each reached."""
    audience = audience_of(run.revenue_id, run.year)
    now = timezone.now()
    channels = tuple(
        ChannelCost(channel.name, audience.by_channel[channel.pk], quota.left(channel, now))
        for channel in Channel.objects.filter(pk__in=audience.by_channel).order_by("pk")
    )
    postage = PaymentSettings.get_solo().postage_baht
    saved = None if postage is None else (postage * audience.reached).quantize(Decimal("0.01"))
    return Cost(audience, channels, saved)


# -- how far it is -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """Recipients of a run: all of them, and what became of each."""

    total: int
    waiting: int  # not given to the outbox yet
    queued: int  # LINE has not taken them yet
    held: int  # the quota is spent: they ride on her next reply
    sent: int
    failed: int
    skipped: int

    @property
    def percent(self) -> int:
        """How many are through, 0 to 100."""
        done = self.total - self.waiting - self.queued
        return 100 * done // self.total if self.total else 100


def progress_of(run: ReminderRun) -> Progress:
    """Return how far a run is, in one query."""
    waiting = Q(sent_at__isnull=True, skipped="")
    gone = Q(sent_at__isnull=False)
    counts = ReminderRecipient.objects.filter(run=run).aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=waiting),
        queued=Count("pk", filter=Q(outbound__is_waiting=True)),
        held=Count("pk", filter=Q(outbound__state=Out.HELD)),
        sent=Count("pk", filter=gone & (Q(outbound__state=Out.SENT) | Q(outbound__isnull=True))),
        failed=Count("pk", filter=Q(outbound__state__in=[Out.DEAD, Out.UNREACHED, Out.CANCELLED])),
        skipped=Count("pk", filter=~Q(skipped="")),
    )
    return Progress(**counts)


# -- starting, pausing, ending -----------------------------------------------------------------


@transaction.atomic
def start(run: ReminderRun, by: Staff) -> ReminderRun:
    """Fix who is told, and begin. Raises Refused where it is begun, or there is nobody."""
    locked = ReminderRun.objects.select_for_update().get(pk=run.pk)
    if locked.state != State.DRAFT:
        raise Refused("การเตือนนี้เริ่มหรือยกเลิกไปแล้ว")
    if problem := problem_with(locked.words, locked.revenue, locked.year):
        raise Refused(problem)
    residents = audience_of(locked.revenue_id, locked.year).residents
    if not residents:
        raise Refused("ไม่มีผู้รับทาง LINE จึงไม่มีอะไรให้ส่ง")
    ReminderRecipient.objects.bulk_create(
        [ReminderRecipient(run=locked, resident_id=pk) for pk in residents], batch_size=500
    )
    locked.state = State.SENDING
    locked.started_at = timezone.now()
    locked.save(update_fields=["state", "started_at"])
    return locked


def pause(run: ReminderRun) -> None:
    """Give no more to the outbox. Raises Refused where nothing is being sent."""
    _move(run, (State.SENDING,), State.PAUSED)


def go_on(run: ReminderRun) -> None:
    """Go on where it was paused. Raises Refused where it was not."""
    _move(run, (State.PAUSED,), State.SENDING)


@transaction.atomic
def cancel(run: ReminderRun) -> int:
    """End it for good, and call back what LINE has not been given; returns how many of those.

    Raises:
        Refused: it is at its end already.
    """
    _move(run, _FLEETING, State.CANCELLED, ended_at=timezone.now())
    # Who wanted to ride on a reply, or stands in line and has not been tried.
    return OutboundMessage.objects.filter(
        pk__in=ReminderRecipient.objects.filter(run=run, outbound__isnull=False).values("outbound"),
        state__in=[Out.QUEUED, Out.HELD],
        first_push_at__isnull=True,
        rides_on__isnull=True,
    ).update(state=Out.CANCELLED, changed_at=timezone.now())


def _move(run: ReminderRun, allowed: tuple[State, ...], to: State, **more: Any) -> None:
    moved = ReminderRun.objects.filter(pk=run.pk, state__in=allowed).update(state=to, **more)
    if not moved:
        raise Refused("สถานะของการเตือนนี้เปลี่ยนไปแล้ว โปรดดูสถานะล่าสุด")
    run.refresh_from_db()
