"""What the alarm clock rings for. Tasks carry no data: what is to do is in the database."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from celery.signals import worker_init
from django.db import DatabaseError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chatops import wake
from chatops.models import Channel, OutboundMessage, WebhookEvent

EVENTS_LIVE = timedelta(days=90)
BATCH = 500
AFTER_ANOTHER = 10.0  # seconds until menus are looked at again that somebody is bringing to LINE
logger = logging.getLogger(__name__)


@worker_init.connect
def warm_up(**_: object) -> None:
    """Load what the first message would wait for: LINE's client, the words, the answers."""
    from linebot.v3 import messaging  # noqa: F401

    from chatops.answers import decide

    try:
        decide.decide("สวัสดี เบี้ยผู้สูงอายุ")
    except DatabaseError as error:  # the first message will do it
        logger.warning("The answers could not be loaded yet (%s)", type(error).__name__)


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
def forget_old_events() -> int:
    """Delete LINE's raw events once nobody can need them, once a day; returns how many went.

    What was said stays in Message. LINE sends an event again for some days at most, so none
    comes back as a new one. What failed is kept for whoever mends it.
    """
    before = timezone.now() - EVENTS_LIVE
    over = WebhookEvent.objects.filter(received_at__lt=before, due_at=None, failed_at=None)
    gone = 0
    while ids := list(over.order_by("id").values_list("id", flat=True)[:BATCH]):
        gone += WebhookEvent.objects.filter(pk__in=ids).delete()[1].get("chatops.WebhookEvent", 0)
    return gone


@shared_task
def sync_rich_menu() -> None:
    """Bring the rich menus of all accounts up to date: after a change, and once a day."""
    from chatops.line.client import LineError
    from chatops.menu.sync import Busy, channels_with_menu, sync

    for channel in channels_with_menu():
        try:
            report = sync(channel)
        except Busy:  # perhaps with what it was a moment ago: looked at again when he is done
            wake.ring_for_menu(AFTER_ANOTHER)
            continue
        except LineError as error:  # one account's trouble is not another's
            logger.error("%s: no up-to-date rich menu (%s)", channel.slug, error.reason)
            continue
        logger.info(
            "%s: rich menu %s made anew, %s deleted", channel.slug, report.changed, report.deleted
        )


@shared_task
def watch_channels() -> None:
    """Look at each account's quota, and let go what was held for want of it."""
    from chatops.line.client import LineError, access_token, client_for
    from chatops.outbox import delivery, quota
    from chatops.wake import ring

    now = timezone.now()
    held = OutboundMessage.objects.filter(
        resident__channel=OuterRef("pk"), state=OutboundMessage.State.HELD
    )
    for channel in Channel.objects.filter(is_active=True).annotate(holds=Exists(held)):
        if not access_token(channel):
            continue
        try:
            left = quota.look(channel, client_for(channel), now).left
        except LineError as error:
            logger.warning("Channel %s: quota unknown (%s)", channel.slug, error.fault.name)
            continue
        if (channel.holds or channel.quota_spent_at) and (left is None or left > 0):
            delivery.release_held(channel)
            ring()


@shared_task
def fetch_contents() -> int:
    """Fetch the files of messages from LINE, and delete those of messages taken back."""
    from chatops.content.fetching import fetch_due

    return fetch_due()


@shared_task
def tick_chats() -> int:
    """Do what time does to chats: put aside until now, silent for too long."""
    from chatops.cases import clock

    return clock.tick()


@shared_task
def tell_staff() -> int:
    """Tell officers on their own LINE that something new of theirs has come."""
    from chatops.alerts.telling import tell_all

    return tell_all()


@shared_task
def mark_as_read(case_id: int) -> None:
    """Have LINE show her อ่านแล้ว at what she wrote in a chat that an officer has opened.

    Nothing depends on it: what fails is not tried again.
    """
    from chatops.line.client import LineError, client_for
    from chatops.models import Message

    newest = (
        Message.objects.filter(case=case_id, unsent_at=None)
        .exclude(mark_as_read_token="")
        .select_related("resident__channel")
        .order_by("-sent_at")
        .first()
    )
    if newest is None:
        return
    try:
        client_for(newest.resident.channel).mark_as_read(newest.mark_as_read_token)
    except LineError as error:
        logger.info("LINE did not take a mark as read: %s", error.reason)


@shared_task
def forget_old_questions() -> int:
    """Delete unanswered questions that nobody has asked for a year, once a day."""
    from chatops.answers.unanswered import forget_old

    return forget_old()
