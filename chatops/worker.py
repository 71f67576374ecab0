"""What a woken worker does: serve residents who have something due, one at a time each."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, F, Min, OuterRef, Q
from django.utils import timezone

from chatops.inbox import handling
from chatops.models import OutboundMessage, Resident, WebhookEvent
from chatops.outbox import claim, delivery

logger = logging.getLogger(__name__)

BATCH = 50
# No try waits this long (outbox: a minute; events: half of one): what is due later than that
# was put off before the clock was set back, and is due.
FURTHEST_AHEAD = timedelta(minutes=10)
RUN_SECONDS = 20.0
ANSWER_AFTER = 5.0  # seconds of handling one resident's events


def work_off(seconds: float = RUN_SECONDS) -> int:
    """Serve everyone who has something due, for at most `seconds`; returns how many.

    Whoever has something left after that is found by the next wake-up or sweep.
    """
    end = time.monotonic() + seconds
    served: set[int] = set()
    while time.monotonic() < end:
        now = timezone.now()
        handling.finish_ownerless(now)
        waiting = list(_due_residents(now, served))
        if not waiting:
            break
        for resident_id in waiting:
            served.add(resident_id)
            try:
                serve(resident_id)
            except Exception:  # one resident's trouble is not another's
                logger.exception("Resident %s could not be served", resident_id)
    return len(served)


def serve(resident_id: int) -> bool:
    """Drain the resident's events by time and her outbox by id; False if another has her.

    For RUN_SECONDS at most: who writes without end keeps nobody else waiting.
    """
    end = time.monotonic() + RUN_SECONDS
    while True:
        lease = claim.take(resident_id)
        if lease is None:
            return False
        try:
            _drain(lease, end)
        except claim.Lost:
            logger.warning("Lost the lease on resident %s", resident_id)
            return False
        finally:
            lease.release()
        # Something may have come in after our last look, its waker finding her taken.
        if time.monotonic() > end or not _has_due(resident_id, timezone.now()):
            return True


def _drain(lease: claim.Lease, end: float) -> None:
    resident = Resident.objects.select_related("channel").get(pk=lease.resident_id)
    began = time.monotonic()
    while time.monotonic() < end and (event := _next_event(resident, timezone.now())):
        lease.renew()
        handling.handle(event, resident, lease.renew)
        if time.monotonic() - began > ANSWER_AFTER:
            # A reply token lives for a minute: who writes on and on is answered in between.
            _send_due(lease, resident)
            began = time.monotonic()
    _send_due(lease, resident)


def _send_due(lease: claim.Lease, resident: Resident) -> None:
    while message := _next_message(resident, timezone.now()):
        if delivery.is_paused(resident.channel, timezone.now()):
            return
        lease.renew()
        message.resident = resident
        if not delivery.deliver(message):
            return


def _next_event(resident: Resident, now: datetime) -> WebhookEvent | None:
    return (
        WebhookEvent.objects.filter(
            _due(now),
            channel=resident.channel_id,
            line_user_id=resident.line_user_id,
            # Said once more: else SQLite reads all events of the channel, not the short queue.
            due_at__isnull=False,
        )
        .order_by("occurred_at", "id")
        .first()
    )


def _next_message(resident: Resident, now: datetime) -> OutboundMessage | None:
    """Return her oldest waiting message if it is due: younger ones never overtake it."""
    oldest = (
        OutboundMessage.objects.filter(resident=resident.pk, is_waiting=True).order_by("id").first()
    )
    if oldest is None or now < oldest.due_at <= now + FURTHEST_AHEAD:
        return None
    return oldest


def _due(now: datetime, **also: object) -> Q:
    # `also` in each of the two: SQLite asks a partial index's condition of each by itself.
    return Q(due_at__lte=now, **also) | Q(due_at__gt=now + FURTHEST_AHEAD, **also)


def _has_due(resident_id: int, now: datetime) -> bool:
    resident = Resident.objects.select_related("channel").get(pk=resident_id)
    if _next_event(resident, now):
        return True
    return not delivery.is_paused(resident.channel, now) and bool(_next_message(resident, now))


def _due_residents(now: datetime, served: set[int]) -> Iterable[int]:
    """Ids of residents with something due, the longest waiting first, unknown ones adopted."""
    # Each resident once, and none that is taken: who has much waiting hides nobody.
    passed_over = Resident.objects.filter(
        Q(pk__in=served) | ~claim.free(now),
        channel=OuterRef("channel"),
        line_user_id=OuterRef("line_user_id"),
    )
    senders = (
        WebhookEvent.objects.filter(_due(now), ~Exists(passed_over))
        .exclude(line_user_id="")
        # `+ 0`: grouped from the short queue, not by reading all events in their channels' order.
        .annotate(_channel=F("channel_id") + 0)
        .values("_channel", "line_user_id")
        .annotate(since=Min("due_at"))
        .order_by("since")
        .values_list("_channel", "line_user_id")
    )
    due = (
        OutboundMessage.objects.filter(_due(now, is_waiting=True))
        .exclude(resident_id__in=served)
        .filter(
            ~delivery.paused(now, "resident__channel__"),
            claim.free(now, "resident__"),
            resident__channel__is_active=True,
        )
        .annotate(_resident=F("resident_id") + 0)
        .values("_resident")
        .annotate(since=Min("due_at"))
        .order_by("since")
        .values_list("_resident", flat=True)
    )
    adopted = [resident.pk for resident in handling.adopt(list(senders[:BATCH]))]
    return dict.fromkeys([*adopted, *due[:BATCH]])
