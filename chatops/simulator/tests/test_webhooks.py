"""Webhooks: what they look like, their signature, order, retries and faults."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.webhooks import (
    FollowEvent,
    ImageMessageContent,
    LocationMessageContent,
    MessageEvent,
    PostbackEvent,
    StickerMessageContent,
    TextMessageContent,
    UnfollowEvent,
    UnsendEvent,
)

from chatops.simulator.testing import BOONMEE, Simulator
from chatops.simulator.tests.bot import Bot
from chatops.simulator.tests.conftest import picture
from chatops.simulator.ulid import ALPHABET, new_ulid


def parse(sim: Simulator, webhook: dict[str, Any]) -> Any:
    """Return the one event of a webhook as LINE's own SDK reads it, signature checked."""
    parser = WebhookParser(sim.secret)
    (event,) = parser.parse(webhook["raw"].decode(), webhook["headers"]["x-line-signature"])
    return event


def signature(sim: Simulator, raw: bytes) -> str:
    """Return what `x-line-signature` must be by LINE's documentation."""
    return base64.b64encode(hmac.new(sim.secret.encode(), raw, hashlib.sha256).digest()).decode()


def test_a_text_event_has_all_that_line_sends(sim: Simulator, bot: Bot, somsri: str) -> None:
    sent = sim.text(somsri, "ไฟดับค่ะ")
    webhook = bot.wait_for(1)[0]
    event = webhook["body"]["events"][0]
    assert set(event) == {
        "type", "message", "webhookEventId", "deliveryContext", "timestamp", "source",
        "mode", "replyToken",
    }  # fmt: skip
    assert set(event["message"]) == {"type", "id", "quoteToken", "markAsReadToken", "text"}
    assert event["source"] == {"type": "user", "userId": somsri}
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert event["mode"] == "active"
    assert event["webhookEventId"] == sent["event_id"]
    assert re.fullmatch(f"[{ALPHABET}]{{26}}", sent["event_id"])
    assert re.fullmatch(r"\d{18}", event["message"]["id"])
    assert re.fullmatch(r"U[0-9a-f]{32}", webhook["body"]["destination"])
    assert abs(event["timestamp"] - time.time() * 1000) < 60_000
    assert webhook["path"] == "/line/webhook"
    assert webhook["headers"]["content-type"] == "application/json; charset=utf-8"


def test_the_signature_is_that_of_the_raw_bytes(sim: Simulator, bot: Bot, somsri: str) -> None:
    sim.text(somsri, "ก")
    webhook = bot.wait_for(1)[0]
    assert webhook["headers"]["x-line-signature"] == signature(sim, webhook["raw"])


def test_lines_own_sdk_reads_every_event(sim: Simulator, bot: Bot, somsri: str) -> None:
    message_id = sim.text(somsri, "ก")["message_id"]
    sim.text(somsri, "ตอบ", quoted=message_id)
    sim.image(somsri, picture())
    sim.location(somsri, 18.6, 98.9, title="บ้าน", address="หมู่ 5")
    sim.sticker(somsri, "446", "1988")
    sim.tap(somsri, {"type": "postback", "data": "a=1"})
    picked = {"datetime": "2026-11-21T08:00"}
    sim.tap(somsri, {"type": "datetimepicker", "data": "when", "mode": "datetime"}, picked)
    sim.unsend(somsri, message_id)
    sim.block(somsri)
    sim.unblock(somsri)
    sim.follow(somsri)
    events = [parse(sim, webhook) for webhook in bot.wait_for(11)]
    messages = [event.message for event in events if isinstance(event, MessageEvent)]
    assert [type(message) for message in messages] == [
        TextMessageContent,
        TextMessageContent,
        ImageMessageContent,
        LocationMessageContent,
        StickerMessageContent,
    ]
    assert messages[1].quoted_message_id == message_id
    assert [type(event) for event in events[5:]] == [
        PostbackEvent,
        PostbackEvent,
        UnsendEvent,
        UnfollowEvent,
        FollowEvent,
        FollowEvent,
    ]
    assert events[6].postback.params == picked
    assert [event.follow.is_unblocked for event in events[9:]] == [True, False]
    assert events[7].unsend.message_id == message_id


def test_unsend_and_unfollow_carry_no_reply_token(sim: Simulator, bot: Bot, somsri: str) -> None:
    sim.unsend(somsri, sim.text(somsri, "ก")["message_id"])
    sim.block(somsri)
    assert ["replyToken" in event for event in bot.events(3)] == [True, False, False]


def test_a_residents_events_keep_their_order(sim: Simulator, bot: Bot, somsri: str) -> None:
    words = [str(number) for number in range(12)]
    for word in words:
        sim.text(somsri, word)
    assert [event["message"]["text"] for event in bot.events(12)] == words


def test_an_event_is_out_within_milliseconds(sim: Simulator, bot: Bot, somsri: str) -> None:
    took = []
    for number in range(1, 6):
        start = time.perf_counter()
        sim.text(somsri, "ก")
        bot.wait_for(number)
        took.append(time.perf_counter() - start)
    # The typical case is a few milliseconds; the bound leaves room for a busy machine.
    assert min(took) < 0.1


def test_one_slow_answer_holds_up_its_own_resident_only(
    sim: Simulator, bot: Bot, somsri: str
) -> None:
    boonmee, release = sim.resident(BOONMEE), threading.Event()

    def answer(webhook: dict[str, Any]) -> int:
        if webhook["body"]["events"][0]["source"]["userId"] == somsri:
            release.wait(1.5)
        return 200

    bot.answer = answer
    sim.text(somsri, "ช้า")
    sim.text(boonmee, "เร็ว")
    first = bot.events(1)[0]
    release.set()
    assert first["source"]["userId"] == boonmee
    bot.wait_for(2)


def test_a_refused_event_comes_again_as_a_redelivery(sim: Simulator, bot: Bot, somsri: str) -> None:
    bot.answer = 500
    sim.text(somsri, "ก")
    sim.wait_for_webhooks()
    bot.answer = 200
    sim.advance(2)
    first, second = bot.events(2)
    assert second["deliveryContext"] == {"isRedelivery": True}
    assert {**second, "deliveryContext": None} == {**first, "deliveryContext": None}


def test_a_failed_event_does_not_hold_up_the_next(sim: Simulator, bot: Bot, somsri: str) -> None:
    bot.answer = lambda webhook: 500 if "เสีย" in webhook["raw"].decode() else 200
    sim.text(somsri, "เสีย")
    sim.text(somsri, "ดี")
    assert [event["message"]["text"] for event in bot.events(2)] == ["เสีย", "ดี"]


def test_after_some_tries_an_event_is_given_up_and_can_be_asked_for(
    sim: Simulator, bot: Bot, somsri: str
) -> None:
    bot.answer = 503
    sim.text(somsri, "ก")
    for tries in range(1, 7):
        (row,) = sim.wait_for_webhooks()
        assert (row["attempts"], row["http_status"]) == (tries, 503)
        sim.advance(3600)
    assert row["status"] == "failed"
    bot.answer = 200
    assert sim.retry_deliveries() == 1
    assert sim.wait_for_webhooks()[0]["status"] == "delivered"
    assert len(bot.received) == 7


def test_with_redelivery_off_one_try_is_all(sim: Simulator, bot: Bot, somsri: str) -> None:
    sim.settings(webhook_redelivery=False)
    bot.answer = 500
    sim.text(somsri, "ก")
    (row,) = sim.wait_for_webhooks()
    assert (row["status"], row["attempts"]) == ("failed", 1)


def test_an_unreachable_bot_is_told_apart_from_a_slow_one(
    sim: Simulator, bot: Bot, somsri: str
) -> None:
    sim.settings(webhook_url="http://127.0.0.1:9/line/webhook", webhook_redelivery=False)
    sim.text(somsri, "ก")
    (row,) = sim.wait_for_webhooks()
    assert row["http_status"] == 0
    assert row["error"].startswith("could_not_connect")

    sim.settings(webhook_url=bot.url + "/line/webhook", webhook_timeout_seconds=0.05)
    release = threading.Event()
    bot.answer = lambda webhook: 200 if release.wait(5) else 200
    sim.text(somsri, "ข")
    row = sim.wait_for_webhooks()[-1]
    release.set()
    assert (row["status"], row["error"]) == ("failed", "request_timeout")


# -- faults -------------------------------------------------------------------------


def test_duplicates_come_as_redeliveries_of_the_same_event(
    sim: Simulator, bot: Bot, somsri: str
) -> None:
    sim.faults(webhook_duplicate=True)
    sim.text(somsri, "ก")
    first, second = bot.events(2)
    assert first["webhookEventId"] == second["webhookEventId"]
    assert [e["deliveryContext"]["isRedelivery"] for e in (first, second)] == [False, True]
    assert sim.wait_for_webhooks()[0]["status"] == "delivered"
    assert len(bot.received) == 2


def test_a_late_event_keeps_the_time_it_happened(sim: Simulator, bot: Bot, somsri: str) -> None:
    sim.faults(webhook_delay_ms=60_000)
    at = sim.state(somsri)["now"]
    sim.text(somsri, "ก")
    assert sim.deliveries()[-1]["status"] == "pending"
    assert bot.received == []
    sim.advance(61)
    assert bot.events(1)[0]["timestamp"] - at < 10_000


def test_held_events_come_backwards(sim: Simulator, bot: Bot, somsri: str) -> None:
    sim.faults(webhook_reverse=True)
    message_id = sim.text(somsri, "ก")["message_id"]
    sim.text(sim.resident(BOONMEE), "ข")
    sim.unsend(somsri, message_id)
    assert {row["status"] for row in sim.deliveries()} == {"held"}
    sim.faults(webhook_reverse=False)
    events = bot.events(3)
    assert [event["type"] for event in events] == ["unsend", "message", "message"]
    assert events[2]["message"]["id"] == message_id


def test_with_the_webhook_off_events_are_lost(sim: Simulator, bot: Bot, somsri: str) -> None:
    sim.faults(webhook_off=True)
    sim.text(somsri, "หาย")
    assert sim.deliveries()[-1]["status"] == "off"
    endpoint = json.loads(sim.api("GET", "/v2/bot/channel/webhook/endpoint").data)
    assert endpoint["active"] is False
    sim.faults(webhook_off=False)
    sim.text(somsri, "ถึง")
    assert bot.events(1)[0]["message"]["text"] == "ถึง"


# -- raw events ---------------------------------------------------------------------


def test_raw_events_go_out_exactly_as_given(sim: Simulator, bot: Bot) -> None:
    event = {"type": "futureEvent", "mode": "standby", "webhookEventId": "X"}
    result = sim.webhook(event, {"type": "other"})
    assert result["status"] == 200
    webhook = bot.wait_for(1)[0]
    assert webhook["body"]["events"] == [event, {"type": "other"}]
    assert webhook["headers"]["x-line-signature"] == signature(sim, webhook["raw"])


def test_a_bad_or_missing_signature_on_purpose(sim: Simulator, bot: Bot) -> None:
    sim.webhook({"type": "a"}, signature="bad")
    sim.webhook({"type": "a"}, signature="none")
    bad, none = bot.wait_for(2)
    with pytest.raises(InvalidSignatureError):
        parse(sim, bad)
    assert "x-line-signature" not in none["headers"]


def test_any_text_as_a_body(sim: Simulator, bot: Bot) -> None:
    bot.answer = 400
    assert sim.control("POST", "webhook", {"body": "{ไม่ใช่ JSON"})["status"] == 400
    assert bot.wait_for(1)[0]["raw"] == "{ไม่ใช่ JSON".encode()


def test_ulids_sort_by_time_and_differ() -> None:
    times = [1_700_000_000_000 + step for step in range(50)]
    ulids = [new_ulid(at) for at in times]
    assert sorted(ulids) == ulids
    assert len({new_ulid(0) for _ in range(50)}) == 50
