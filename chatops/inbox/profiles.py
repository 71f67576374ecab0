"""A resident's LINE profile: fetched when she first shows up and when she follows again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from chatops.line.client import LineError, client_for
from chatops.models import Resident

REFRESH_AFTER = timedelta(days=1)
# While LINE does not answer, each of her messages would wait for its time-out once more.
REST = timedelta(minutes=1)


def refresh(resident: Resident, payload: dict[str, Any]) -> None:
    """Fetch name and picture where they are unknown, old, or she has just followed.

    A failure is no reason to keep her waiting: an event after REST tries again.
    """
    now = timezone.now()
    fresh = resident.profile_fetched_at and now - resident.profile_fetched_at < REFRESH_AFTER
    kind = payload.get("type")
    if kind in ("unfollow", "unsend") or (fresh and kind != "follow"):
        return
    failed = f"profile-failed:{resident.pk}"
    if cache.get(failed):
        return
    try:
        name, picture = client_for(resident.channel).profile(resident.line_user_id)
    except LineError:
        cache.set(failed, True, REST.total_seconds())
        return
    resident.display_name = name[:200]
    resident.picture_url = picture[:2000]
    resident.profile_fetched_at = now
    resident.save(update_fields=["display_name", "picture_url", "profile_fetched_at"])
