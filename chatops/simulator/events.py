"""Webhook events as LINE sends them, put on their way in the transaction that caused them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max

from chatops.simulator import store
from chatops.simulator.models import Delivery, ReplyToken, Resident
from chatops.simulator.ulid import new_ulid

REPLYABLE = {"message", "postback", "follow"}


def emit(resident: Resident, kind: str, **content: Any) -> str:
    """Queue a `kind` event of `resident` with LINE's common properties; return its id.

    Only inside a transaction; the delivery starts when that commits.
    """
    current = store.settings()
    faults = store.faults()
    at = store.now_ms(current)
    event_id = new_ulid(at)
    event: dict[str, Any] = {"type": kind, **content}
    event |= {
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
        "timestamp": at,
        "source": {"type": "user", "userId": resident.user_id},
        "mode": "active",
    }
    token = ""
    if kind in REPLYABLE:
        token = event["replyToken"] = store.reply_token()
        ReplyToken.objects.create(
            token=token,
            resident=resident,
            event_at=at,
            valid_until=at + 1000 * current["reply_token_seconds"],
        )
    if faults["webhook_off"]:
        status = "off"
    else:
        status = "held" if faults["webhook_reverse"] else "pending"
    position = (Delivery.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    Delivery.objects.create(
        event_id=event_id,
        lane=resident.user_id,
        position=position,
        event=event,
        token=token,
        status=status,
        at=at,
        due_at=at + faults["webhook_delay_ms"],
        again=faults["webhook_duplicate"],
    )
    wake_on_commit()
    return event_id


def release_held() -> None:
    """Let the held events go, newest first. Only inside a transaction."""
    held = list(Delivery.objects.filter(status="held").order_by("-position"))
    if not held:
        return
    last = Delivery.objects.aggregate(last=Max("position"))["last"]
    for index, row in enumerate(held, start=1):
        row.position = last + index
        row.status = "pending"
    # One lane for all, so that the reversed order holds between residents too.
    for row in held:
        row.lane = "reversed"
    Delivery.objects.bulk_update(held, ["position", "status", "lane"])
    wake_on_commit()


def wake_on_commit() -> None:
    """Wake the deliveries as soon as the current transaction is in."""
    from chatops.simulator.delivery import deliverer

    transaction.on_commit(deliverer.wake)
