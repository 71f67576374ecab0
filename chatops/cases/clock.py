"""What time does to chats: what was put aside comes back, silence gives the word back, and so
does who has left.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from chatops.cases.record import record, tell
from chatops.models import ChatCase, ChatEntry, ChatSettings, Topic

State, Mode, Kind = ChatCase.State, ChatCase.Mode, ChatEntry.Kind
BATCH = 200
# รอประชาชนตอบกลับ: her answer is the officer's for so long; later she asks anew.
WAITS_FOR = dt.timedelta(days=14)


def tick(now: dt.datetime | None = None) -> int:
    """Do what is due; returns how many cases were moved. Rung each minute."""
    now = now or timezone.now()
    rules = ChatSettings.get_solo()
    silent_since = now - dt.timedelta(minutes=rules.manual_minutes)
    closed_since = now - dt.timedelta(days=max(1, rules.reopen_days))
    named = Topic.readers.through.objects.filter(
        topic=OuterRef("topic"), staff=OuterRef("assignee")
    )
    due = {
        _wake: ChatCase.objects.filter(state=State.SNOOZED, snoozed_until__lte=now),
        _end_silence: ChatCase.objects.filter(
            Q(state__in=[State.INBOX, State.ANSWERED, State.WORKING], last_at__lt=silent_since)
            | Q(state=State.WAITING, last_at__lt=now - WAITS_FOR),
            mode=Mode.MANUAL,
        ),
        # His account was closed, or he may not read this topic any more: nobody was told of it.
        _take_from_who_left: ChatCase.objects.filter(
            Q(assignee__is_active=False) | Q(topic__restricted=True) & ~Exists(named),
            assignee__isnull=False,
            state__in=ChatCase.OPEN,
        ),
        # She never said whether the answer helped: it did, or she will ask again.
        _close_answered: ChatCase.objects.filter(state=State.ANSWERED, last_at__lt=closed_since),
    }
    moved = 0
    for act, cases in due.items():
        for pk in list(cases.order_by("id").values_list("id", flat=True)[:BATCH]):
            with transaction.atomic():
                case = (
                    cases.select_for_update(of=("self",))
                    .select_related("resident__channel", "topic", "division")
                    .filter(pk=pk)
                    .first()
                )
                if case is not None:  # else somebody was faster
                    act(case, now)
                    moved += 1
    return moved


def _wake(case: ChatCase, now: dt.datetime) -> None:
    record(
        case,
        Kind.WOKEN,
        text="ครบเวลาที่พักไว้",
        state=State.WORKING,
        snoozed_until=None,
        inbox_at=now,
        read_at=None,
        # The clock of silence begins anew: nobody could have answered what was put aside.
        last_at=now,
    )


def _end_silence(case: ChatCase, now: dt.datetime) -> None:
    waits = case.waiting_since is not None
    changes: dict[str, Any] = {"mode": Mode.AUTO}
    if waits:
        # Whoever has it does not answer: his colleagues must see her too.
        changes |= {"state": State.INBOX, "assignee": None, "inbox_at": now, "read_at": None}
    record(case, Kind.SILENT, text="กลับเป็นตอบอัตโนมัติ", **changes)
    if waits:
        tell(case, "back_to_auto", dedupe_key=f"chat-silent:{case.pk}:{case.version}")


def _take_from_who_left(case: ChatCase, now: dt.datetime) -> None:
    record(
        case,
        Kind.GIVEN_BACK,
        text="ผู้รับผิดชอบเดิมไม่มีสิทธิ์อ่านแชตนี้แล้ว",
        state=State.ANSWERED if case.state == State.ANSWERED else State.INBOX,
        mode=Mode.AUTO,
        assignee=None,
        snoozed_until=None,
        inbox_at=now,
        read_at=None,
    )


def _close_answered(case: ChatCase, now: dt.datetime) -> None:
    record(
        case,
        Kind.DONE,
        text="ไม่มีข้อความเพิ่มเติม",
        state=State.DONE,
        mode=Mode.AUTO,
        closed_at=now,
        waiting_since=None,
    )
