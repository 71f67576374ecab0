"""The figure beside the menu, and what the first screen says of chats."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils import timezone

from bannmae.models import Staff
from bannmae.navigation import Tile, Worklist, figure
from bannmae.staff_lists import COUNT_LIMIT
from chatops.cases.access import SEES, visible_to
from chatops.desk.common import desk_url
from chatops.desk.listing import UNREAD, state_text
from chatops.models import ChatCase

BADGE_SECONDS = 4
LISTED = 6
State = ChatCase.State


@dataclass(frozen=True, slots=True)
class ShortRow:
    """A chat as one line of the first screen."""

    url: str
    name: str
    topic: str
    text: str
    waits: str
    state: str
    unread: bool
    urgent: bool


def badge(request: HttpRequest) -> str:
    """Return how many chats are new in the inbox or unread in my hands, '' for none."""
    staff: Staff = request.user
    key = f"chats-new:{staff.pk}"
    count: int | None = cache.get(key)
    if count is None:
        new = Q(state=State.INBOX)
        mine = Q(UNREAD, assignee=staff.pk, state__in=ChatCase.TAKEN)
        # The states once more: what is done, most of all there is, must not be walked through.
        cases = visible_to(staff).filter(new | mine, state__in=[State.INBOX, *ChatCase.TAKEN])
        count = cases.order_by()[: COUNT_LIMIT + 1].count()
        cache.set(key, count, BADGE_SECONDS)
    return figure(count, COUNT_LIMIT) if count else ""


def waits(since: dt.datetime, now: dt.datetime) -> str:
    """Say how long somebody has waited.

    >>> now = dt.datetime(2026, 11, 21, 10, 0)
    >>> [waits(now - dt.timedelta(minutes=one), now) for one in (0, 5, 125, 3000)]
    ['รอไม่ถึงนาที', 'รอ 5 นาที', 'รอ 2 ชั่วโมง', 'รอ 2 วัน']
    """
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 1:
        return "รอไม่ถึงนาที"
    if minutes < 60:
        return f"รอ {minutes} นาที"
    return f"รอ {minutes // 60} ชั่วโมง" if minutes < 1440 else f"รอ {minutes // 1440} วัน"


def tiles(request: HttpRequest) -> list[Tile]:
    """Return the figure of those who wait for a person's answer."""
    staff: Staff = request.user
    if not staff.has_perm(SEES):
        return []
    waiting = visible_to(staff).filter(state__in=ChatCase.OPEN, waiting_since__isnull=False)
    count = waiting.order_by()[: COUNT_LIMIT + 1].count()
    return [
        Tile(
            title="แชตรอตอบ",
            figure=figure(count, COUNT_LIMIT),
            hint="ประชาชนรอเจ้าหน้าที่",
            url=desk_url(),
            icon="chat",
            tone="warn" if count else "none",
        )
    ]


def worklists(request: HttpRequest) -> list[Worklist]:
    """Return who has waited longest for an answer."""
    staff: Staff = request.user
    if not staff.has_perm(SEES):
        return []
    now = timezone.now()
    cases = (
        visible_to(staff)
        .filter(state__in=ChatCase.OPEN, waiting_since__isnull=False)
        .select_related("resident", "topic")
        .order_by("-urgent", F("waiting_since").asc(), "id")[:LISTED]
    )
    rows = [
        ShortRow(
            url=desk_url(case.pk),
            name=str(case.resident),
            topic=case.topic.name,
            text=case.last_text,
            waits=waits(case.waiting_since, now),
            state=state_text(case),
            unread=case.is_unread,
            urgent=case.urgent,
        )
        for case in cases
        if case.waiting_since
    ]
    return [
        Worklist(
            title="แชตที่รอตอบนานที่สุด",
            template="chatops/desk/short_list.html",
            rows=rows,
            empty="ไม่มีใครรอคำตอบในแชต เมื่อมีข้อความที่ต้องให้เจ้าหน้าที่ตอบ จะแสดงที่นี่",
            more_url=desk_url(),
        )
    ]
