"""Telling officers on their own LINE: counts and a link, at most every few minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chatops.alerts.registry import Told, last_stirred, news_for, window
from chatops.line.cards import Button, Card, card_message
from chatops.models import ChatSettings, StaffLink
from chatops.outbox import send

# Who has long had nothing new is looked after from here on, so that no look grows long.
QUIET = dt.timedelta(hours=6)


def tell_all() -> int:
    """Write a message to each linked officer who has something new; returns how many.

    Two workers at once write it once: whoever moves `told_at` on writes the message, in one
    transaction.
    """
    stirred = last_stirred()
    newest = max((moment for moment in stirred.values() if moment), default=None)
    if newest is None:
        return 0
    now = timezone.now()
    pause = dt.timedelta(minutes=ChatSettings.get_solo().staff_notice_minutes)
    linked = StaffLink.objects.filter(
        resident__blocked_at=None,
        resident__channel__is_active=True,
        staff__is_active=True,
        staff__is_staff=True,
    ).exclude(resident=None)
    told = 0
    for link in linked.select_related("staff", "resident__channel"):
        since = link.told_at or link.linked_at
        if since is None or newest <= since or (link.told_at and now < link.told_at + pause):
            continue
        told += _tell(link, since, now, now - max(pause, QUIET), stirred)
    return told


def message_of(news: Sequence[Told]) -> dict[str, Any]:
    """Return the card: how many of what, and where; nobody's name."""
    counts = " · ".join(f"{one.source.noun} {one.news.count}" for one in news)
    card = Card(
        band="แจ้งเตือนเจ้าหน้าที่",
        title="มีเรื่องใหม่ของท่าน",
        lines=[counts],
        alt_text=f"มีเรื่องใหม่ของท่าน: {counts}",
        buttons=[Button("เปิดระบบงาน", uri=f"{settings.PUBLIC_URL}/admin/")],
    )
    return card_message(card)


def _tell(
    link: StaffLink,
    since: dt.datetime,
    now: dt.datetime,
    quiet_since: dt.datetime,
    stirred: dict[str, dt.datetime | None],
) -> bool:
    begin, until = window(since, now)
    news = news_for(link.staff, begin, until, stirred)
    if not news:
        if since < quiet_since - QUIET:
            _move_on(link, quiet_since)
        return False
    with transaction.atomic():
        if link.resident is None or not _move_on(link, until):
            return False
        send(
            link.resident,
            [message_of(news)],
            dedupe_key=f"staff:{link.staff_id}:{since.isoformat()}",
            about=f"staff:{link.staff_id}",
            can_wait=True,
        )
    return True


def _move_on(link: StaffLink, told_at: dt.datetime) -> bool:
    """Set the watermark, unless another worker has, or the officer has unlinked meanwhile."""
    same = StaffLink.objects.filter(
        pk=link.pk, resident=link.resident_id, told_at=link.told_at, linked_at=link.linked_at
    )
    return bool(same.update(told_at=told_at))
