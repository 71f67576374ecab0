"""Leases on residents: one worker at a time serves one resident, which keeps her order.

A lease is taken by one conditional UPDATE, so it holds on SQLite and PostgreSQL alike, and
a worker that was killed is succeeded when its lease runs out; one that ends further ahead than
a lease can was taken before the clock was set back, and counts no more.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from chatops.models import Resident

# Longer than the longest call to LINE (11 s), and short enough that the successor of a killed
# worker still finds a reply token fresh and learns from it whether the reply had gone out.
LEASE = timedelta(seconds=15)


def free(now: datetime, path: str = "") -> Q:
    """Residents whom no worker holds; `path` leads to them, as `resident__`."""
    ends = f"{path}claimed_until"
    return Q(**{ends: None}) | Q(**{f"{ends}__lt": now}) | Q(**{f"{ends}__gt": now + 2 * LEASE})


class Lost(Exception):
    """The lease ran out and another worker has her now."""


class Lease:
    """A worker's hold on one resident."""

    def __init__(self, resident_id: int, key: uuid.UUID) -> None:
        self.resident_id = resident_id
        self._key = key

    def renew(self) -> None:
        """Start the lease anew; call it before every step that may take time. Raise Lost."""
        now = timezone.now()
        kept = Resident.objects.filter(pk=self.resident_id, claim=self._key).update(
            claimed_until=now + LEASE
        )
        if not kept:
            raise Lost(str(self.resident_id))

    def release(self) -> None:
        """Let go of her, unless somebody else has her already."""
        Resident.objects.filter(pk=self.resident_id, claim=self._key).update(
            claim=None, claimed_until=None
        )


def take(resident_id: int) -> Lease | None:
    """Return a lease on the resident, or None while another worker holds one."""
    now = timezone.now()
    key = uuid.uuid4()
    taken = Resident.objects.filter(free(now), pk=resident_id).update(
        claim=key, claimed_until=now + LEASE
    )
    return Lease(resident_id, key) if taken else None
