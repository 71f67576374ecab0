"""Acknowledgements of LINE's webhook beside the bare view, over the same kept connections."""

from __future__ import annotations

import json
import time
import uuid

from django.conf import settings

from chatops.line.signature import sign
from chatops.models import WebhookEvent
from liff.bench import bare, load
from liff.bench.beside import Plan, compare
from liff.bench.context import Context
from liff.bench.figures import Figure

PATH = "/line/webhook"
LEAST_SHARE = 0.7
RESIDENTS = 500


def measure(context: Context) -> list[Figure]:
    """Return acknowledgements per second and their latencies."""
    plan = Plan(1, 2, 60, 60) if context.quick else Plan(5, 4, 400, 400)
    return compare(
        context,
        plan,
        lambda count: requests(PATH, count),
        lambda count: requests(bare.PATH, count),
        name="webhook",
        what="webhook: acknowledgements",
        status=200,
        inserts=WebhookEvent,
        least_share=LEAST_SHARE,
    )


def requests(path: str, count: int) -> list[bytes]:
    """Return signed requests of one text event each, as LINE sends them, all distinct."""
    return [signed_request(path, event_body(index)) for index in range(count)]


def signed_request(path: str, body: bytes) -> bytes:
    """Return a POST of `body` with LINE's signature."""
    signature = sign(body, settings.LINE_CHANNEL_SECRETS[0])
    return load.request_bytes(path, body, {"X-Line-Signature": signature})


def event_body(index: int) -> bytes:
    """Return the webhook body of a new text message of one of RESIDENTS."""
    number = uuid.uuid4().int
    event = {
        "type": "message",
        "message": {
            "type": "text",
            "id": str(number % 10**18),
            "quoteToken": uuid.uuid4().hex * 2,
            "text": "ไฟฟ้าสาธารณะหน้าวัดดับมาสามวันแล้วค่ะ ช่วยมาดูให้หน่อยนะคะ",
        },
        "webhookEventId": f"01H{number:026X}"[:26],
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": f"U{index % RESIDENTS:032x}"},
        "replyToken": uuid.uuid4().hex,
        "mode": "active",
    }
    body = {"destination": "U" + "0" * 32, "events": [event]}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
