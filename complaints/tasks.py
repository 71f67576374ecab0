"""Chores of the room, rung by the scheduler."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from complaints import proposals, retention

logger = logging.getLogger(__name__)


@shared_task
def forget_national_ids() -> int:
    """Keep the privacy notice's promise, once a day."""
    forgotten = retention.forget_national_ids(timezone.now())
    logger.info("National IDs of %s ended cases were forgotten", forgotten)
    return forgotten


@shared_task
def expire_proposals() -> int:
    """Let go of drafts that nobody confirmed, once an hour."""
    return proposals.expire_old()
