"""Reply and push over HTTP: status codes, tokens, retry keys, quota, faults."""

from __future__ import annotations

import concurrent.futures
import json
import uuid
from typing import Any

import pytest
import urllib3

from chatops.simulator.testing import Simulator
from chatops.simulator.tests.bot import Bot

HELLO = {"type": "text", "text": "สวัสดี"}
REPLY, PUSH = "/v2/bot/message/reply", "/v2/bot/message/push"


def body_of(answer: urllib3.BaseHTTPResponse) -> Any:
    return json.loads(answer.data)


def push(
    sim: Simulator, to: str, *messages: Any, key: str | None = None, **more: Any
) -> urllib3.BaseHTTPResponse:
    headers = {"X-Line-Retry-Key": key} if key else {}
    return sim.api("POST", PUSH, {"to": to, "messages": list(messages or [HELLO]), **more}, headers)


def reply(sim: Simulator, token: str, *messages: Any) -> urllib3.BaseHTTPResponse:
    return sim.api("POST", REPLY, {"replyToken": token, "messages": list(messages or [HELLO])})


def fresh_token(sim: Simulator, bot: Bot, resident: str) -> str:
    """Let her write, and return the reply token that the bot got."""
    before = len(bot.received)
    sim.text(resident, "สวัสดีค่ะ")
    return bot.events(before + 1)[-1]["replyToken"]


def used(sim: Simulator) -> int:
    return body_of(sim.api("GET", "/v2/bot/message/quota/consumption"))["totalUsage"]


# -- the access token ---------------------------------------------------------------


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic abc", None])
def test_a_call_without_the_channels_token_is_401(sim: Simulator, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = sim.request("GET", "/v2/bot/info", headers=headers)
    assert answer.status == 401
    words = body_of(answer)["message"]
    if header == "Bearer wrong":
        assert words == (
            "Authentication failed due to the following reason: invalid token. "
            "Confirm that the access token in the authorization header is valid."
        )
    else:
        assert words.startswith("Authentication header required.")


def test_every_answer_has_a_request_id_of_its_own(sim: Simulator, somsri: str) -> None:
    ids = [push(sim, somsri).headers["X-Line-Request-Id"] for _ in range(2)]
    assert ids[0] != ids[1]
    assert all(str(uuid.UUID(one)) == one for one in ids)


# -- what a body must be ------------------------------------------------------------


def test_a_body_that_is_no_json_is_400_with_the_place(sim: Simulator) -> None:
    answer = sim.request(
        "POST",
        PUSH,
        headers={"Authorization": f"Bearer {sim.token}", "Content-Type": "application/json"},
        body=b'{"to": }',
    )
    assert answer.status == 400
    assert body_of(answer)["message"] == (
        "The request body could not be parsed as JSON (line: 1, column: 8)"
    )


def test_another_content_type_is_415(sim: Simulator) -> None:
    answer = sim.api("POST", PUSH, {}, {"Content-Type": "text/plain"})
    assert (answer.status, body_of(answer)["message"]) == (
        415,
        "The content type, text/plain, is not supported",
    )


def test_a_body_beyond_2_mb_is_413(sim: Simulator, somsri: str) -> None:
    assert push(sim, somsri, {"type": "text", "text": "a" * 2_200_000}).status == 413


def test_nested_beyond_reason_is_400_not_a_crash(sim: Simulator) -> None:
    raw = b'{"messages":' + b"[" * 100_000
    headers = {"Authorization": f"Bearer {sim.token}", "Content-Type": "application/json"}
    assert sim.request("POST", PUSH, headers=headers, body=raw).status == 400


@pytest.mark.parametrize(
    ("to", "message"),
    [
        (None, "The request body has 1 error(s)"),
        ("somsri", "The property, 'to', in the request body is invalid (line: -, column: -)"),
        ("U" + "0" * 32, "Failed to send messages"),
        ("C" + "0" * 32, "Failed to send messages"),
    ],
)
def test_a_receiver_that_is_none_is_400(sim: Simulator, to: str | None, message: str) -> None:
    answer = push(sim, to)
    assert (answer.status, body_of(answer)["message"]) == (400, message)


def test_a_message_that_line_would_refuse_is_refused_and_nothing_arrives(
    sim: Simulator, somsri: str
) -> None:
    answer = push(sim, somsri, HELLO, {"type": "text", "text": "ก" * 5001})
    assert answer.status == 400
    assert body_of(answer) == {
        "message": "The request body has 1 error(s)",
        "details": [
            {"message": "Length must be between 0 and 5000", "property": "messages[1].text"}
        ],
    }
    assert sim.chat(somsri) == []
    assert used(sim) == 0


@pytest.mark.parametrize("kind", ["reply", "push"])
def test_validate_checks_and_sends_nothing(sim: Simulator, somsri: str, kind: str) -> None:
    path = f"/v2/bot/message/validate/{kind}"
    good = sim.api("POST", path, {"messages": [HELLO]})
    assert (good.status, body_of(good)) == (200, {})
    bad = sim.api("POST", path, {"messages": [HELLO] * 6})
    assert bad.status == 400
    assert body_of(bad)["details"] == [
        {"message": "Size must be between 1 and 5", "property": "messages"}
    ]
    assert sim.chat(somsri) == []


@pytest.mark.parametrize("path", ["multicast", "broadcast", "narrowcast", "nonsense"])
def test_what_is_not_simulated_is_404(sim: Simulator, path: str) -> None:
    answer = sim.api("POST", f"/v2/bot/message/{path}", {})
    assert (answer.status, body_of(answer)) == (404, {"message": "Not found"})


# -- push ---------------------------------------------------------------------------


def test_a_push_arrives_and_counts_once_however_many_messages(sim: Simulator, somsri: str) -> None:
    answer = push(sim, somsri, HELLO, {"type": "sticker", "packageId": "446", "stickerId": "1988"})
    assert answer.status == 200
    lines = sim.chat(somsri)
    assert [line["message"]["type"] for line in lines] == ["text", "sticker"]
    assert {(line["from"], line["via"]) for line in lines} == {("account", "push")}
    assert [line["id"] for line in lines] == [
        sent["id"] for sent in body_of(answer)["sentMessages"]
    ]
    assert used(sim) == 1


def test_only_quotable_messages_get_a_quote_token(sim: Simulator, somsri: str) -> None:
    place = {"type": "location", "title": "a", "address": "b", "latitude": 1, "longitude": 2}
    first, second = body_of(push(sim, somsri, HELLO, place))["sentMessages"]
    assert "quoteToken" in first
    assert set(second) == {"id"}
    assert first["id"].isdigit()


def test_a_quote_token_works_in_its_own_chat_only(sim: Simulator, somsri: str) -> None:
    token = body_of(push(sim, somsri))["sentMessages"][0]["quoteToken"]
    quoting = {**HELLO, "quoteToken": token}
    assert push(sim, somsri, quoting).status == 200
    other = sim.resident("บุญมี แก้วคำ")
    answer = push(sim, other, quoting)
    assert (answer.status, body_of(answer)["details"][0]["property"]) == (
        400,
        "messages[0].quoteToken",
    )


def test_the_sender_stands_beside_the_message(sim: Simulator, somsri: str) -> None:
    push(sim, somsri, {**HELLO, "sender": {"name": "กองช่าง"}})
    (line,) = sim.chat(somsri)
    assert line["sender"] == {"name": "กองช่าง"}
    assert line["message"] == HELLO


def test_who_has_blocked_the_account_gets_nothing_and_costs_nothing(
    sim: Simulator, somsri: str
) -> None:
    sim.block(somsri)
    answer = push(sim, somsri)
    assert answer.status == 200
    assert len(body_of(answer)["sentMessages"]) == 1
    assert sim.chat(somsri) == []
    assert used(sim) == 0


@pytest.mark.parametrize(
    ("units", "status"), [(["a_1"], 200), (["a", "b"], 400), (["a b"], 400), ("a", 400)]
)
def test_aggregation_units(sim: Simulator, somsri: str, units: Any, status: int) -> None:
    assert push(sim, somsri, customAggregationUnits=units).status == status


# -- the quota ----------------------------------------------------------------------


def test_the_monthly_quota_is_429_when_spent_and_new_next_month(
    sim: Simulator, somsri: str
) -> None:
    sim.settings(quota=2)
    assert body_of(sim.api("GET", "/v2/bot/message/quota")) == {"type": "limited", "value": 2}
    assert [push(sim, somsri).status for _ in range(3)] == [200, 200, 429]
    assert body_of(push(sim, somsri))["message"] == "You have reached your monthly limit."
    assert used(sim) == 2
    sim.advance(31 * 86400)
    assert push(sim, somsri).status == 200
    assert used(sim) == 1


def test_without_a_limit_the_quota_says_none(sim: Simulator, somsri: str) -> None:
    sim.settings(quota=None)
    assert body_of(sim.api("GET", "/v2/bot/message/quota")) == {"type": "none"}


def test_a_spent_quota_stops_pushes_and_not_replies(sim: Simulator, bot: Bot, somsri: str) -> None:
    token = fresh_token(sim, bot, somsri)
    sim.faults(quota_spent=True)
    assert push(sim, somsri).status == 429
    assert used(sim) == 300
    assert reply(sim, token).status == 200


# -- reply tokens -------------------------------------------------------------------


def test_a_reply_is_free_and_its_token_single(sim: Simulator, bot: Bot, somsri: str) -> None:
    token = fresh_token(sim, bot, somsri)
    assert reply(sim, token).status == 200
    assert sim.chat(somsri)[-1]["via"] == "reply"
    assert used(sim) == 0
    again = reply(sim, token)
    assert (again.status, body_of(again)) == (400, {"message": "Invalid reply token"})


def test_an_invented_reply_token_is_400(sim: Simulator) -> None:
    answer = reply(sim, "0" * 32)
    assert (answer.status, body_of(answer)) == (400, {"message": "Invalid reply token"})


def test_no_reply_token_at_all_is_400_by_name(sim: Simulator) -> None:
    answer = sim.api("POST", REPLY, {"messages": [HELLO]})
    assert (answer.status, body_of(answer)["details"][0]["property"]) == (400, "replyToken")


def test_a_reply_token_lives_a_minute(sim: Simulator, bot: Bot, somsri: str) -> None:
    in_time, late = (fresh_token(sim, bot, somsri) for _ in range(2))
    sim.advance(58)
    assert reply(sim, in_time).status == 200
    sim.advance(4)
    assert reply(sim, late).status == 400


def test_a_refused_message_does_not_use_the_token_up(sim: Simulator, bot: Bot, somsri: str) -> None:
    token = fresh_token(sim, bot, somsri)
    assert reply(sim, token, {"type": "text", "text": ""}).status == 400
    assert reply(sim, token).status == 200


def test_a_redelivered_event_renews_its_token(sim: Simulator, bot: Bot, somsri: str) -> None:
    bot.answer = 500
    token = fresh_token(sim, bot, somsri)
    sim.wait_for_webhooks()
    sim.advance(300)  # past the minute, and past the first retry's due time
    bot.answer = 200
    again = bot.events(2)[1]
    assert again["deliveryContext"] == {"isRedelivery": True}
    assert again["replyToken"] == token
    assert reply(sim, token).status == 200


def test_20_minutes_after_the_event_no_redelivery_helps(
    sim: Simulator, bot: Bot, somsri: str
) -> None:
    bot.answer = 500
    token = fresh_token(sim, bot, somsri)
    sim.wait_for_webhooks()
    sim.advance(1201)
    bot.answer = 200
    bot.wait_for(2)
    assert reply(sim, token).status == 400


def test_a_reply_to_who_has_blocked_meanwhile_is_swallowed(
    sim: Simulator, bot: Bot, somsri: str
) -> None:
    token = fresh_token(sim, bot, somsri)
    sim.block(somsri)
    assert reply(sim, token).status == 200
    assert sim.from_account(somsri) == []


# -- retry keys ---------------------------------------------------------------------


def test_the_same_key_again_is_409_with_what_was_sent(sim: Simulator, somsri: str) -> None:
    key = str(uuid.uuid4())
    first = push(sim, somsri, key=key)
    again = push(sim, somsri, key=key.upper())
    assert again.status == 409
    assert again.headers["X-Line-Accepted-Request-Id"] == first.headers["X-Line-Request-Id"]
    assert body_of(again) == {
        "message": "The retry key is already accepted",
        "sentMessages": body_of(first)["sentMessages"],
    }
    assert len(sim.chat(somsri)) == 1
    assert used(sim) == 1


def test_the_key_belongs_to_its_body(sim: Simulator, somsri: str) -> None:
    key = str(uuid.uuid4())
    push(sim, somsri, key=key)
    other = push(sim, somsri, {"type": "text", "text": "อื่น"}, key=key)
    assert (other.status, len(sim.chat(somsri))) == (400, 1)


def test_after_24_hours_a_key_sends_again(sim: Simulator, somsri: str) -> None:
    key = str(uuid.uuid4())
    push(sim, somsri, key=key)
    sim.advance(86_401)
    assert push(sim, somsri, key=key).status == 200
    assert len(sim.chat(somsri)) == 2


@pytest.mark.parametrize("key", ["abc", "123e4567e89b12d3a456426614174000", "{}"])
def test_a_key_that_is_no_uuid_is_400(sim: Simulator, somsri: str, key: str) -> None:
    assert push(sim, somsri, key=key).status == 400
    assert sim.chat(somsri) == []


def test_a_retry_key_on_a_reply_is_400(sim: Simulator, bot: Bot, somsri: str) -> None:
    token = fresh_token(sim, bot, somsri)
    body = {"replyToken": token, "messages": [HELLO]}
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert sim.api("POST", REPLY, body, headers).status == 400
    assert reply(sim, token).status == 200


def test_a_failed_try_leaves_the_key_free(sim: Simulator, somsri: str) -> None:
    key = str(uuid.uuid4())
    sim.faults(server_error=1)
    assert [push(sim, somsri, key=key).status for _ in range(2)] == [500, 200]


def test_a_409_comes_before_a_spent_quota(sim: Simulator, somsri: str) -> None:
    key = str(uuid.uuid4())
    push(sim, somsri, key=key)
    sim.faults(quota_spent=True)
    assert push(sim, somsri, key=key).status == 409


def test_one_key_from_many_sides_at_once_sends_once(sim: Simulator, somsri: str) -> None:
    key = str(uuid.uuid4())
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: push(sim, somsri, key=key).status, range(8)))
    assert sorted(statuses) == [200] + [409] * 7
    assert len(sim.chat(somsri)) == 1


# -- faults -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("rate_limit", 429, "The API rate limit has been exceeded. Try again later."),
        ("server_error", 500, "Internal Server Error"),
        ("forbidden", 403, "Access to this API is not available for your account"),
        ("unauthorized", 401, "Authentication failed due to the following reason: invalid token. "
         "Confirm that the access token in the authorization header is valid."),
    ],
)  # fmt: skip
def test_a_fault_hits_as_many_calls_as_asked(
    sim: Simulator, somsri: str, fault: str, status: int, words: str
) -> None:
    sim.faults(**{fault: 2})
    answers = [push(sim, somsri) for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert body_of(answers[0])["message"] == words
    assert len(sim.chat(somsri)) == 1


def test_an_error_after_acceptance_has_sent_the_message(sim: Simulator, somsri: str) -> None:
    key = str(uuid.uuid4())
    sim.faults(server_error_after_accept=1)
    assert push(sim, somsri, key=key).status == 500
    assert len(sim.chat(somsri)) == 1
    assert push(sim, somsri, key=key).status == 409


def test_a_connection_can_drop_before_acceptance(sim: Simulator, somsri: str) -> None:
    sim.faults(connection_drop=1)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        push(sim, somsri)
    assert sim.chat(somsri) == []
    assert sim.requests()[-1]["status"] == 0
    assert push(sim, somsri).status == 200


def test_a_connection_can_drop_after_acceptance(sim: Simulator, somsri: str) -> None:
    sim.faults(connection_drop_after_accept=1)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        push(sim, somsri)
    assert len(sim.chat(somsri)) == 1


@pytest.mark.parametrize("kind", ["push", "reply"])
def test_a_message_can_be_accepted_and_never_answered(
    sim: Simulator, bot: Bot, somsri: str, kind: str
) -> None:
    token = fresh_token(sim, bot, somsri)
    sim.faults(timeout_after_accept=1)
    body: dict[str, Any] = {"messages": [HELLO]}
    body |= {"to": somsri} if kind == "push" else {"replyToken": token}
    with pytest.raises(urllib3.exceptions.ReadTimeoutError):
        sim.request(
            "POST",
            f"/v2/bot/message/{kind}",
            headers={"Authorization": f"Bearer {sim.token}", "Content-Type": "application/json"},
            body=json.dumps(body).encode(),
            timeout=0.3,
        )
    assert sim.from_account(somsri) == [HELLO]
    assert sim.requests()[-1]["status"] == 0


def test_the_log_shows_each_call_as_it_came(sim: Simulator, somsri: str) -> None:
    before, key = sim.last_request(), str(uuid.uuid4())
    push(sim, somsri, key=key)
    sim.api("GET", f"/v2/bot/profile/{somsri}")
    first, second = sim.requests(before)
    assert (first["method"], first["path"], first["status"]) == ("POST", PUSH, 200)
    assert first["retry_key"] == key
    assert json.loads(first["body"])["to"] == somsri
    assert second["path"] == f"/v2/bot/profile/{somsri}"
    assert second["retry_key"] is None
