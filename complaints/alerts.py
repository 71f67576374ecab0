"""Complaints and requests that are new to an officer: filed, assigned or reopened for him."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from bannmae.models import Staff
from chatops.alerts.registry import News, Source, add_source
from complaints.access import reach, visible_to
from complaints.desk_common import CHANGES, SEES
from complaints.mailbox import list_url
from complaints.models import Status, TimelineEntry

LIMIT = 100
Kind = TimelineEntry.Kind
# What makes a case new to the division that answers for it.
ARRIVALS = Q(kind=Kind.ADDITION) | Q(
    kind=Kind.STATUS, status__in=[Status.RECEIVED, Status.ASSIGNED, Status.REOPENED]
)


def register() -> None:
    """Tell officers of complaints and requests."""
    add_source(
        Source(
            key="complaints",
            noun="เรื่องร้องเรียน/คำขอ",
            new="เรื่องร้องเรียน/คำขอใหม่",
            url=lambda: list_url(show="unread"),
            newest=newest,
            stirred=stirred,
        )
    )


def stirred() -> dt.datetime | None:
    """Return when anything was written to a case last."""
    return TimelineEntry.objects.order_by("-at").values_list("at", flat=True).first()


def newest(staff: Staff, since: dt.datetime, until: dt.datetime) -> News:
    """Count the cases that came to `staff` after `since` and not after `until`, up to a limit.

    Those of his divisions and of the restricted categories that he reads, and to who sees every
    division (งานนิติการ) whatever is filed. Nobody is told who only reads, nor of his own
    doing, nor of what a colleague has opened already.
    """
    if not (staff.has_perm(SEES) and staff.has_perm(CHANGES)):
        return News()
    may = reach(staff)
    arrivals = TimelineEntry.objects.filter(ARRIVALS, at__gt=since, at__lte=until)
    recent = arrivals.exclude(by=staff.pk)
    moments = dict(
        recent.order_by("at").values_list("complaint_id", "at")  # the last of each stays
    )
    if not moments:
        return News()
    unread = visible_to(staff).filter(pk__in=recent.values("complaint_id"), read_at=None)
    his = Q(division__in=sorted(may.divisions)) | Q(category__in=sorted(may.restricted_categories))
    if may.everything:
        filed = recent.filter(status=Status.RECEIVED, complaint=OuterRef("pk"))
        his |= Q(Exists(filed))
    found = list(unread.filter(his).order_by().values_list("pk", flat=True)[:LIMIT])
    latest = [moments[pk] for pk in found if pk in moments]
    return News(len(found), max(latest, default=until)) if found else News()
