"""Chats that are new to an officer: in his inbox, handed to him, or answered by the resident."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from bannmae.models import Staff
from chatops.alerts.registry import News, Source, add_source
from chatops.cases.access import MOVES, SEES, visible_to
from chatops.models import ChatCase, ChatEntry

LIMIT = 100


def register() -> None:
    """Tell officers of chats."""
    add_source(
        Source(
            key="chats",
            noun="แชต",
            new="แชตใหม่",
            url=lambda: reverse("admin:chatops_chatcase_changelist"),
            newest=newest,
            stirred=stirred,
        )
    )


def stirred() -> dt.datetime | None:
    """Return when a chat changed last."""
    return ChatCase.objects.order_by("-changed_at").values_list("changed_at", flat=True).first()


def newest(staff: Staff, since: dt.datetime, until: dt.datetime) -> News:
    """Count the chats that came to `staff` after `since` and not after `until`, up to a limit.

    Who only reads figures is told nothing, nor is anybody of what he moved there himself.
    """
    if not (staff.has_perm(SEES) and staff.has_perm(MOVES)):
        return News()
    own_doing = ChatEntry.objects.filter(
        case=OuterRef("pk"), by=staff.pk, at__gte=OuterRef("inbox_at")
    )
    arrived = (
        visible_to(staff)
        .filter(state=ChatCase.State.INBOX, inbox_at__gt=since, inbox_at__lte=until)
        .exclude(Exists(own_doing))
        # Handed to a colleague by name: it is new to him alone.
        .filter(Q(assignee=None) | Q(assignee=staff.pk))
        .order_by()
        .values_list("pk", "inbox_at")
    )
    # Her words in what is in his hands, unless he (or a colleague) has them open.
    written = (
        visible_to(staff)
        .filter(
            Q(read_at=None) | Q(read_at__lt=F("last_resident_at")),
            assignee=staff.pk,
            state__in=ChatCase.OPEN,
            last_resident_at__gt=since,
            last_resident_at__lte=until,
        )
        .order_by()
        .values_list("pk", "last_resident_at")
    )
    found: dict[int, dt.datetime] = {}
    for pk, moment in (*arrived[:LIMIT], *written[:LIMIT]):
        if moment is not None:
            found[pk] = max(moment, found.get(pk, moment))
    return News(len(found), max(found.values())) if found else News()
