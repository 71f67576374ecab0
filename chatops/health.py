"""What the room tells of itself on `/readyz`."""

from __future__ import annotations

from django.db.models import Min
from django.utils import timezone

from chatops.models import OutboundMessage


def outbox_age() -> float | None:
    """Return for how many seconds the oldest due message has been waiting (None: none is)."""
    now = timezone.now()
    oldest = OutboundMessage.objects.filter(is_waiting=True, due_at__lte=now).aggregate(
        oldest=Min("due_at")
    )["oldest"]
    return round((now - oldest).total_seconds(), 1) if oldest else None
