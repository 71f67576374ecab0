"""What the scheduler has the API forget."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from bannmae.media import photos
from liff.models import ResidentSession, Submission, Upload
from liff.uploads import USABLE_FOR

# A request that found an upload just in time must not lose its files meanwhile.
GRACE = timedelta(minutes=10)
KEYS_LIVE = timedelta(days=30)
BATCH = 200
MAX_BATCHES = 50


@shared_task
def forget_unused_uploads() -> int:
    """Delete uploads that no case took within 24 hours, ended sessions and old submission keys.

    Works in small batches, so that no transaction is long, and at most MAX_BATCHES of each: the
    next hour goes on. Returns how many rows went.
    """
    now = timezone.now()
    return (
        _in_batches(Upload.objects.filter(created_at__lt=now - USABLE_FOR - GRACE))
        + _in_batches(ResidentSession.objects.filter(expires_at__lt=now))
        + _in_batches(Submission.objects.filter(created_at__lt=now - KEYS_LIVE))
    )


def _in_batches(rows: QuerySet[Any]) -> int:
    gone = 0
    for _batch in range(MAX_BATCHES):
        some = list(rows.order_by("pk")[:BATCH])
        if not some:
            break
        # Files first: a row that lost its files is found again, a file that lost its row never.
        photos.delete(
            name for row in some if isinstance(row, Upload) for name in (row.file, row.thumbnail)
        )
        gone += rows.filter(pk__in=[row.pk for row in some]).delete()[0]
    return gone
