"""What the scheduler has the API forget."""

from __future__ import annotations

import time
from collections.abc import Callable
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
# A storage that answers nothing keeps each deletion waiting; the next hour tries again.
MAX_SECONDS = 20 * 60


@shared_task
def forget_unused_uploads() -> int:
    """Delete uploads that no case took within 24 hours, ended sessions and old submission keys.

    Works in small batches, so that no transaction is long, and at most MAX_BATCHES of each: the
    next hour goes on, also with the uploads whose files the storage failed to delete. Returns how
    many rows went.
    """
    now = timezone.now()
    return (
        _in_batches(ResidentSession.objects.filter(expires_at__lt=now))
        + _in_batches(Submission.objects.filter(created_at__lt=now - KEYS_LIVE))
        + _in_batches(
            Upload.objects.filter(created_at__lt=now - USABLE_FOR - GRACE), _without_files
        )
    )


def _in_batches(
    rows: QuerySet[Any], prepare: Callable[[list[Any]], list[Any]] = lambda batch: batch
) -> int:
    """Delete what `prepare` gives back of each batch; the rest is passed over. Return how many."""
    gone, last = 0, 0
    end = time.monotonic() + MAX_SECONDS
    for _batch in range(MAX_BATCHES):
        some = list(rows.filter(pk__gt=last).order_by("pk")[:BATCH])
        if not some or time.monotonic() > end:
            break
        last = some[-1].pk
        gone += rows.filter(pk__in=[row.pk for row in prepare(some)]).delete()[0]
    return gone


def _without_files(uploads: list[Upload]) -> list[Upload]:
    """Delete the files of uploads; return those uploads that have none left.

    Files first: a row that lost its files is found again, a file that lost its row never.
    """
    left = set(photos.delete(name for row in uploads for name in (row.file, row.thumbnail)))
    return [row for row in uploads if not left & {row.file, row.thumbnail}]
