"""Who else has a case open, and who is writing just now."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from bannmae.models import Staff
from chatops.models import CasePresence, ChatCase

# A page that is looked at asks each 1.5 s, one in the background each 8 s.
HERE = dt.timedelta(seconds=20)
TYPING = dt.timedelta(seconds=6)
WRITE_EVERY = dt.timedelta(seconds=5)
# For so long a page that learns nothing new need not prove again that it may look.
ACCESS_SECONDS = 5


def colleagues(case_id: int, staff: Staff, *, typing: bool) -> list[dict[str, Any]]:
    """Note that `staff` is here, at most every five seconds; return who else is."""
    now = timezone.now()
    here = list(
        CasePresence.objects.filter(case=case_id, seen_at__gt=now - HERE).select_related("staff")
    )
    mine = next((one for one in here if one.staff_id == staff.pk), None)
    began_typing = typing and (
        mine is None or mine.typing_at is None or now - mine.typing_at > WRITE_EVERY
    )
    if mine is None or began_typing or now - mine.seen_at >= WRITE_EVERY:
        values: dict[str, Any] = {"seen_at": now}
        if typing:
            values["typing_at"] = now
        CasePresence.objects.update_or_create(case_id=case_id, staff=staff, defaults=values)
    return [
        {"name": str(one.staff), "typing": bool(one.typing_at and now - one.typing_at < TYPING)}
        for one in here
        if one.staff_id != staff.pk
    ]


def forget_others(staff: Staff, case: ChatCase) -> None:
    """He has gone from one case to another; other windows of his note themselves again."""
    gone = CasePresence.objects.filter(staff=staff).exclude(case=case)
    if gone.exists():
        gone.delete()


def remember_access(staff: Staff, case: ChatCase) -> None:
    """Let the next looks at what has not changed pass without asking again."""
    cache.set(_key(staff, case.pk), True, ACCESS_SECONDS)


def had_access(staff: Staff, case_id: int) -> bool:
    """Tell whether `staff` was let in to the case a moment ago."""
    return bool(cache.get(_key(staff, case_id)))


def _key(staff: Staff, case_id: int) -> str:
    return f"chat-open:{staff.pk}:{case_id}"
