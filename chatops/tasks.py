"""What the alarm clock rings for. Tasks carry no data: what is to do is in the database."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db.models import Exists, OuterRef, Q

from chatops.models import Channel, OutboundMessage

logger = logging.getLogger(__name__)


@shared_task
def drain() -> int:
    """Serve residents with something due; rung after every commit that made something due."""
    from chatops.worker import work_off

    return work_off()


@shared_task
def sweep() -> int:
    """The same every two seconds, for what nobody was woken for."""
    from chatops.worker import work_off

    return work_off()


@shared_task
def sync_rich_menu() -> None:
    """Bring the rich menus up to date: after the profile changed, and once a day."""
    from django.conf import settings

    from chatops.line.client import LineError
    from chatops.menu.sync import sync

    if not settings.LINE_CHANNEL_ACCESS_TOKEN:
        return
    try:
        report = sync(Channel.main())
    except LineError as error:
        logger.error("The rich menu could not be brought up to date: %s", error.reason)
        return
    logger.info("Rich menu: %s made anew, %s deleted", report.changed, report.deleted)


@shared_task
def watch_channels() -> None:
    """See whether a channel whose quota was spent has some again, and let go what was held."""
    from chatops.line.client import LineError, client_for
    from chatops.outbox import delivery
    from chatops.wake import ring

    held = OutboundMessage.objects.filter(
        resident__channel=OuterRef("pk"), state=OutboundMessage.State.HELD
    )
    for channel in Channel.objects.filter(~Q(quota_spent_at=None) | Exists(held)):
        try:
            left = client_for(channel).quota_left()
        except LineError as error:
            logger.warning("Channel %s: quota unknown (%s)", channel.slug, error.fault.name)
            continue
        if left is None or left > 0:
            delivery.release_held(channel)
            ring()
