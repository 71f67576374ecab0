"""Papers that a worker draws. The row is the job, `due_at` the queue; each claim counts `attempts`
up and is a lease, and what a worker says of a row holds only while it is as he claimed it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.utils import timezone

from payments.models.receipt import DrawingJob

Job = TypeVar("Job", bound=DrawingJob)
logger = logging.getLogger(__name__)

# Longer than drawing takes on a busy machine: a worker that was killed is succeeded then.
LEASE = timedelta(minutes=2)
LONGEST_PAUSE = 600
RUN_SECONDS = 20.0


def draw_due(
    kind: type[Job],
    draw: Callable[[Job], bool],
    *,
    seconds: float = RUN_SECONDS,
    lease: timedelta = LEASE,
) -> int:
    """Draw what is due of `kind`, beginning nothing new after `seconds`; return how many were.

    `draw` says whether it has drawn; what it raises has the paper tried again.

    Call it outside a database transaction.
    """
    end = time.monotonic() + seconds
    drawn = 0
    while time.monotonic() < end:
        due = kind._default_manager.filter(due_at__lte=timezone.now())
        row = due.order_by("due_at", "pk").first()
        if row is None:
            break
        if not claim(row, lease):
            continue
        try:
            drawn += draw(row)
        except Exception as error:  # one paper's trouble is not another's
            logger.exception("%s %s could not be drawn", kind.__name__, row.pk)
            again(row, type(error).__name__)
    return drawn


def claim(row: DrawingJob, lease: timedelta = LEASE) -> bool:
    """Take the row for the length of a lease, unless another was faster."""
    until = timezone.now() + lease
    taken = (
        type(row)
        ._default_manager.filter(pk=row.pk, due_at=row.due_at, attempts=row.attempts, made_at=None)
        .update(attempts=row.attempts + 1, due_at=until, error="")
    )
    row.attempts += 1
    row.due_at = until
    return bool(taken)


def landed(row: DrawingJob, **files: str) -> bool:
    """Write down where what was drawn lies; False when a successor was faster."""
    return _write(row, **files, made_at=timezone.now(), due_at=None)


def again(row: DrawingJob, reason: str) -> None:
    """Have it tried once more, after a pause that doubles up to ten minutes."""
    pause = timedelta(seconds=min(2 ** min(row.attempts - 1, 20), LONGEST_PAUSE))
    _write(row, due_at=timezone.now() + pause, error=reason[:300])


def give_up(row: DrawingJob, reason: str) -> None:
    """Try no more; `reason` is for who asked for the paper, in Thai."""
    _write(row, due_at=None, error=reason[:300])


def _write(row: DrawingJob, **changes: object) -> bool:
    mine = type(row)._default_manager.filter(pk=row.pk, attempts=row.attempts, made_at=None)
    return bool(mine.update(**changes))
