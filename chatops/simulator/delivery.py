"""Sending webhooks: signed, within milliseconds, in order for each resident, tried again.

The queue is a table, so a restart loses nothing. One thread looks what is due and hands each
resident's first event to a small pool; her next one waits for it. An event that failed waits
for its next try without holding up what came later, as on LINE.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import urllib3
from django.db import close_old_connections, transaction

from chatops.simulator import store
from chatops.simulator.models import Delivery, ReplyToken

log = logging.getLogger(__name__)

# LINE discloses neither count nor interval of its redeliveries: seconds before each new try.
RETRY_SECONDS = (1, 5, 30, 120, 600)
WORKERS = 4
LONGEST_NAP_SECONDS = 1.0


def sign(body: bytes, secret: str) -> str:
    """Return the `x-line-signature` of `body`: base64 of HMAC-SHA256 by the channel secret.

    >>> body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    >>> sign(body, "8c570fa6dd201bb328f1c1eac23a96d8")
    'GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs='
    """
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def encode(events: list[dict[str, Any]], destination: str | None = None) -> bytes:
    """Return the body of a webhook that carries `events`."""
    body = {"destination": destination or store.bot_user_id(), "events": events}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def post(url: str, body: bytes, signature: str | None, timeout: float) -> tuple[int, str, float]:
    """POST a webhook. Return (HTTP status or 0, reason for a 0, milliseconds)."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "LineBotWebhook/2.0",
        # A kept connection may die under the next event and look like a failure of the bot.
        "Connection": "close",
    }
    if signature is not None:
        headers["x-line-signature"] = signature
    start = time.perf_counter()
    status, reason = 0, ""
    try:
        with urllib3.PoolManager(num_pools=1) as pool:
            answer = pool.request(
                "POST",
                url,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(total=timeout),
                retries=False,
                redirect=False,
            )
            status = answer.status
    except urllib3.exceptions.NewConnectionError as error:
        reason = f"could_not_connect: {error}"[:200]
    except urllib3.exceptions.TimeoutError:
        reason = "request_timeout"
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        reason = f"could_not_connect: {error}"[:200]
    return status, reason, round((time.perf_counter() - start) * 1000, 2)


class Deliverer:
    """The thread that watches the queue, and its pool."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        # Its threads start with the first webhook: the object itself may cross a fork.
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="delivery")

    def start(self) -> None:
        """Start watching, in daemon threads of this process."""
        # What an earlier process was sending when it ended goes out again, as a redelivery.
        Delivery.objects.filter(status="sending").update(status="pending")
        threading.Thread(target=self._run, name="deliverer", daemon=True).start()

    def wake(self) -> None:
        """Look at the queue now."""
        self._woken.set()

    def _run(self) -> None:
        while True:
            nap = LONGEST_NAP_SECONDS
            try:
                nap = self._hand_out()
            except Exception:
                log.exception("looking for due webhooks failed")
                close_old_connections()
            self._woken.wait(nap)
            self._woken.clear()

    def _hand_out(self) -> float:
        """Give what is due to the pool; return how long to sleep, in seconds."""
        now = store.now_ms()
        waiting = Delivery.objects.filter(status="pending").order_by("position")
        soonest = now + 1000 * LONGEST_NAP_SECONDS
        for pk, lane, due_at in waiting.values_list("pk", "lane", "due_at"):
            if due_at > now:
                soonest = min(soonest, due_at)
                continue
            with self._lock:
                if lane in self._busy:
                    continue
                self._busy.add(lane)
            self._pool.submit(self._work, pk, lane)
        return max(0.001, (soonest - now) / 1000)

    def _work(self, pk: int, lane: str) -> None:
        try:
            deliver(pk)
        except Exception:
            log.exception("delivering a webhook failed")
            close_old_connections()
            Delivery.objects.filter(pk=pk, status="sending").update(status="pending")
        finally:
            with self._lock:
                self._busy.discard(lane)
            self.wake()


def deliver(pk: int) -> None:
    """Send one queued event once, and note what came of it."""
    current = store.settings()
    with transaction.atomic():
        row = Delivery.objects.filter(pk=pk, status="pending").first()
        if row is None:
            return
        now = store.now_ms(current)
        row.attempts += 1
        if row.attempts > 1:
            row.event["deliveryContext"]["isRedelivery"] = True
        row.status = "sending"
        row.save(update_fields=["attempts", "event", "status"])
        _extend_token(row, now, current)
    body = encode([row.event])
    status, reason, took = post(
        current["webhook_url"],
        body,
        sign(body, current["channel_secret"]),
        current["webhook_timeout_seconds"],
    )
    with transaction.atomic():
        _settle(row.pk, status, reason, took)


def _extend_token(row: Delivery, now: int, current: dict[str, Any]) -> None:
    """A reply token lives a minute from each delivery, and 20 minutes from the event at most."""
    if not row.token:
        return
    until = now + 1000 * current["reply_token_seconds"]
    if row.attempts > 1:
        for token in ReplyToken.objects.filter(token=row.token):
            until = min(until, token.event_at + 1000 * current["reply_token_redelivered_seconds"])
    ReplyToken.objects.filter(token=row.token).update(valid_until=until)


def _settle(pk: int, status: int, reason: str, took: float) -> None:
    row = Delivery.objects.filter(pk=pk).first()
    if row is None:
        return  # the simulator was reset meanwhile
    current = store.settings()
    row.http_status, row.error, row.ms = status, reason, took
    row.at = store.now_ms(current)
    if 200 <= status < 300:
        row.status = "pending" if row.again else "delivered"
        row.again = False
        row.due_at = row.at
    elif not current["webhook_redelivery"] or row.attempts > len(RETRY_SECONDS):
        row.status = "failed"
    else:
        row.status = "pending"
        row.due_at = row.at + 1000 * RETRY_SECONDS[row.attempts - 1]
    row.save(update_fields=["http_status", "error", "ms", "at", "status", "again", "due_at"])


def retry_all() -> int:
    """Make every event that failed or waits due now; return how many. Only in a transaction."""
    return Delivery.objects.filter(status__in=["failed", "pending"]).update(
        status="pending", due_at=store.now_ms()
    )


deliverer = Deliverer()
