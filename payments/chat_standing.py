"""'แล้วไงต่อ', 'เสร็จหรือยัง', 'ได้ใบเสร็จเมื่อไร': how her payment stands, and what is missing from her.

Such a question names nothing, or the receipt: what it is about lies in the talk. What it asks is
learned (chatops.answers); that it is about a payment is known here: she has a notice, and talks of
payments or names one's papers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from chatops import people
from chatops.answers.decide import asks_how_it_stands
from chatops.answers.words import terms
from chatops.cases import opening
from chatops.inbox import placing
from chatops.inbox.turn import Turn
from chatops.line import incoming
from chatops.models import Message, Resident, Topic
from payments import chat_notice, chat_words
from payments.chat import taken_elsewhere
from payments.models import PaymentNotice

#: What she may name beside: of anything else she asks something else.
SUBJECTS = frozenset({"!ใบเสร็จ", "!สลิป", "!ค่าขยะ", "!ภาษี", "!ที่ดิน", "!ป้าย"})
#: Of her transfer, where nothing else is talked of.
TRANSFER = frozenset({"โอน", "แจ้งชำระ"})
#: One that is settled is still talked of for so long.
SETTLED_LIVES = dt.timedelta(days=7)
#: Who has waited for longer than this is told how it stands, and a person sees that she asks.
PATIENCE = dt.timedelta(days=3)
SHOWN = 3


def answer(turn: Turn, said: Message) -> bool:
    """Tell how her payments stand, where her words ask that; False: they ask something else."""
    if not said.text or not asks_how_it_stands(said.text, SUBJECTS):
        return False
    resident, now = turn.resident, timezone.now()
    if taken_elsewhere(resident):
        return False
    notices = _of_hers(resident, now)
    names_it = any(word in SUBJECTS for word in terms(said.text))
    if not notices:
        return not names_it and _awaits_slip(turn, said, now)
    if not names_it and not _talks_of(resident, said, notices[0], now):
        return False
    case = opening.open_case(resident, opening.topic_of("slip"), now)
    waits_long = any(one.is_open and now - one.created_at > PATIENCE for one in notices)
    preview = incoming.preview(said.kind, said.text, said.details)
    opening.heard(case, said, preview, needs_person=waits_long)
    tapped_at = resident.topic_hint_at if opening.hinted_topic(resident, now) else None
    another = tapped_at is not None and tapped_at > notices[0].changed_at
    told = chat_words.how_it_stands(notices, resident, waits_long=waits_long, another=another)
    turn.reply([told], about=f"payment:{notices[0].pk}", case=case)
    return True


def _of_hers(resident: Resident, now: dt.datetime) -> Sequence[PaymentNotice]:
    """Return her newest open notices, or else the one that was settled just now."""
    hers = PaymentNotice.objects.filter(resident__in=people.ids_of_person(resident))
    newest = hers.select_related("revenue", "resident__channel").order_by("-id")
    return (
        newest.filter(is_open=True)[:SHOWN]
        or newest.filter(changed_at__gte=now - SETTLED_LIVES)[:1]
    )


def _talks_of(resident: Resident, said: Message, notice: PaymentNotice, now: dt.datetime) -> bool:
    """Tell whether it is this payment that she talks of, and not a complaint of hers or the like.

    Where nothing is talked of, it is while the payment has just come, or where she names the
    transfer.
    """
    case, topic = placing.place_of(resident, said)
    if topic.slug != Topic.GENERAL:
        return topic.slug in chat_notice.TOPICS
    if case is not None:
        return case.last_at < notice.changed_at
    lately = now - notice.changed_at <= opening.HINT_LIVES
    return lately or not TRANSFER.isdisjoint(terms(said.text))


def _awaits_slip(turn: Turn, said: Message, now: dt.datetime) -> bool:
    """Tell who has tapped แจ้งชำระ and sent nothing yet that her slip is waited for."""
    topic = opening.hinted_topic(turn.resident, now)
    if topic not in chat_notice.TOPICS:
        return False
    case = opening.open_case(turn.resident, opening.topic_of(topic), now)
    preview = incoming.preview(said.kind, said.text, said.details)
    opening.heard(case, said, preview, needs_person=False)
    turn.reply([chat_words.awaits_slip()], about=f"chat:{case.pk}", case=case)
    return True
