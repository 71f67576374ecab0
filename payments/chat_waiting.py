"""For which of her payments the chat waits, and how long: asked by what joins and by what tells.

An officer's question and a slip that must come again are waited for a week, what the chat itself
asks for a day. Telling her how a payment stands asks anew: whatever she is told to send is taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone

from chatops.models import Resident
from payments import chat_notice
from payments.models import PaymentNotice, Status

OPEN = (Status.RECEIVED, Status.CHECKING)
#: So long what the chat asks for is waited for, and what the clerk asks for.
ASKS_LIVE = dt.timedelta(hours=24)
CLERK_ASKS_LIVE = dt.timedelta(days=7)
# Newest ones that are looked at: nobody has more of them open.
LOOKED_AT = 20


def open_ones(resident: Resident) -> Sequence[PaymentNotice]:
    """Return what she has told of in this account and nobody has confirmed, newest first."""
    mine = PaymentNotice.objects.filter(resident=resident, status__in=OPEN)
    return mine.select_related("revenue").order_by("-id")[:LOOKED_AT]


def asked_at(notice: PaymentNotice) -> dt.datetime:
    """Return when she was asked last for what the clerk wants, or for the slip once more."""
    return max(notice.changed_at, notice.asked_at or notice.changed_at)


def for_clerk(notice: PaymentNotice, now: dt.datetime) -> bool:
    """Tell whether an officer's question still waits for her words or pictures."""
    waits = bool(notice.asked) and notice.status in OPEN
    return waits and now - asked_at(notice) <= CLERK_ASKS_LIVE


def for_slip(notice: PaymentNotice, now: dt.datetime) -> bool:
    """Tell whether a slip is still waited for in the place of one that is gone."""
    waits = notice.slip_again and notice.status in OPEN
    return waits and now - asked_at(notice) <= CLERK_ASKS_LIVE


def is_fresh(notice: PaymentNotice, now: dt.datetime) -> bool:
    """Tell whether it came in the chat just now: more pictures of it may follow."""
    is_chats = notice.via == PaymentNotice.Via.CHAT and notice.status in OPEN
    return is_chats and now - notice.created_at <= ASKS_LIVE


def for_chat(notice: PaymentNotice, now: dt.datetime) -> bool:
    """Tell whether the words that the chat has asked for are still waited for."""
    if notice.via != PaymentNotice.Via.CHAT or notice.status not in OPEN:
        return False
    asked_anew = notice.asked_at is not None and now - notice.asked_at <= ASKS_LIVE
    return asked_anew or is_fresh(notice, now)


def for_words(notice: PaymentNotice, now: dt.datetime) -> bool:
    """Tell whether her words may be of this payment."""
    if for_clerk(notice, now):
        return True
    waits = for_slip(notice, now) or for_chat(notice, now)
    return waits and bool(chat_notice.missing(notice))


def ask_anew(notices: Iterable[PaymentNotice], now: dt.datetime | None = None) -> None:
    """Wait anew, from `now` on, for what she is told that these still want of her.

    A clerk who has one of them open is not disturbed: nothing changes of what he sees.
    """
    now = now or timezone.now()
    for notice in notices:
        if notice.status not in OPEN:
            continue
        notice.asked_at, notice.slip_again = now, chat_notice.lacks_slip(notice)
        rows = PaymentNotice.objects.filter(pk=notice.pk, status__in=OPEN)
        rows.update(asked_at=now, slip_again=notice.slip_again)
