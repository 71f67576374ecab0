"""Acknowledgements of LINE's webhook beside the bare view, over the same kept connections."""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections.abc import Iterator

from django.conf import settings

from chatops.line.signature import sign
from chatops.models import WebhookEvent
from liff.bench import bare, load
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure, percentile

PATH = "/line/webhook"
LEAST_SHARE = 0.7
RESIDENTS = 500


def measure(context: Context) -> Iterator[Figure]:
    """Yield acknowledgements per second, and the latency that 99 of 100 keep to."""
    rounds, pairs, size = (1, 2, 60) if context.quick else (5, 4, 400)
    ours_before, bare_before = WebhookEvent.objects.count(), bare.BareRow.objects.count()
    done: list[load.Measured] = []
    for _round in range(rounds):
        # New connections each round: how they fall on the two workers is chance, the same
        # for both within a round.
        warm_up = [load.Block("warm-up", requests(path, size // 4)) for path in (bare.PATH, PATH)]
        order = [(bare.PATH, PATH), (PATH, bare.PATH)] * (pairs // 2)
        blocks = [load.Block(path, requests(path, size)) for pair in order for path in pair]
        done += load.run(context.port, context.connections, [*warm_up, *blocks])
    load.expect(done, {200})
    expected = rounds * (size // 4 + pairs * size)
    for what, rows in (
        ("webhook", WebhookEvent.objects.count() - ours_before),
        ("bare view", bare.BareRow.objects.count() - bare_before),
    ):
        if rows != expected:
            raise RuntimeError(f"{what}: {rows} rows of {expected} acknowledged requests")
    by_path = {path: [one for one in done if one.name == path] for path in (PATH, bare.PATH)}
    details = {"requests_each": rounds * pairs * size} | load.client_share(done)
    yield Figure(
        "webhook",
        "webhook: acknowledgements",
        "per s",
        *(statistics.median(one.per_second for one in by_path[path]) for path in by_path),
        baseline_is=bare.WHAT,
        bounds=(Bound("ratio", ">=", LEAST_SHARE),),
        details=details,
    )
    for share in (0.5, 0.99):
        yield Figure(
            "webhook",
            f"webhook: p{share * 100:.0f}",
            "ms",
            *(
                1000 * percentile([s for one in by_path[path] for s in one.latencies], share)
                for path in by_path
            ),
            baseline_is=bare.WHAT,
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
