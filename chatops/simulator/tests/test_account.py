"""Profile, bot info, loading animation, read marks and the webhook's address."""

from __future__ import annotations

import json
from typing import Any

import pytest
import urllib3

from chatops.simulator.testing import Simulator
from chatops.simulator.tests.bot import Bot

LOADING = "/v2/bot/chat/loading/start"
ENDPOINT = "/v2/bot/channel/webhook/endpoint"


def body_of(answer: urllib3.BaseHTTPResponse) -> Any:
    return json.loads(answer.data)


def test_a_friends_profile(sim: Simulator, somsri: str) -> None:
    answer = sim.api("GET", f"/v2/bot/profile/{somsri}")
    assert answer.status == 200
    profile = body_of(answer)
    assert (profile["userId"], profile["displayName"]) == (somsri, "สมศรี ใจดี")
    picture = sim.http.request("GET", profile["pictureUrl"])
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert "ส" in picture.data.decode()


def test_a_leading_vowel_is_not_the_letter_on_the_picture(sim: Simulator) -> None:
    user_id = sim.add_resident("เอกชัย ใจดี")
    assert ">อ<" in sim.request("GET", f"/_sim/avatar/{user_id}").data.decode()


@pytest.mark.parametrize(
    ("user_id", "status", "message"),
    [
        ("U" + "0" * 32, 404, "Not found"),
        ("somsri", 400, "The value for the 'userId' parameter is invalid"),
    ],
)
def test_a_strangers_profile(sim: Simulator, user_id: str, status: int, message: str) -> None:
    answer = sim.api("GET", f"/v2/bot/profile/{user_id}")
    assert (answer.status, body_of(answer)) == (status, {"message": message})


def test_who_has_blocked_the_account_has_no_profile_until_she_comes_back(
    sim: Simulator, somsri: str
) -> None:
    sim.block(somsri)
    assert sim.api("GET", f"/v2/bot/profile/{somsri}").status == 404
    sim.unblock(somsri)
    assert sim.api("GET", f"/v2/bot/profile/{somsri}").status == 200


def test_a_profile_can_fail(sim: Simulator, somsri: str) -> None:
    sim.faults(profile_error=1)
    path = f"/v2/bot/profile/{somsri}"
    assert [sim.api("GET", path).status for _ in range(2)] == [500, 200]


def test_bot_info_names_the_destination_of_webhooks(sim: Simulator, bot: Bot, somsri: str) -> None:
    info = body_of(sim.api("GET", "/v2/bot/info"))
    sim.text(somsri, "a")
    assert bot.wait_for(1)[0]["body"]["destination"] == info["userId"]
    assert info["chatMode"] == "chat"


def test_loading_is_202_and_shows_until_a_message_comes(sim: Simulator, somsri: str) -> None:
    answer = sim.api("POST", LOADING, {"chatId": somsri, "loadingSeconds": 30})
    assert (answer.status, body_of(answer)) == (202, {})
    state = sim.state(somsri)
    assert 28_000 < state["typing_until"] - state["now"] <= 30_000
    push = {"to": somsri, "messages": [{"type": "text", "text": "a"}]}
    sim.api("POST", "/v2/bot/message/push", push)
    assert sim.state(somsri)["typing_until"] is None


def test_loading_ends_by_itself(sim: Simulator, somsri: str) -> None:
    sim.api("POST", LOADING, {"chatId": somsri})
    sim.advance(21)
    assert sim.state(somsri)["typing_until"] is None


@pytest.mark.parametrize(
    ("seconds", "messages"),
    [
        (61, ["Must be between 5 and 60", "must be a multiple of five"]),
        (0, ["Must be between 5 and 60"]),
        (12, ["must be a multiple of five"]),
    ],
)
def test_loading_seconds_are_checked(
    sim: Simulator, somsri: str, seconds: int, messages: list[str]
) -> None:
    answer = sim.api("POST", LOADING, {"chatId": somsri, "loadingSeconds": seconds})
    assert answer.status == 400
    assert [detail["message"] for detail in body_of(answer)["details"]] == messages


def test_loading_is_for_one_to_one_chats(sim: Simulator) -> None:
    answer = sim.api("POST", LOADING, {"chatId": "C" + "0" * 32})
    assert (answer.status, body_of(answer)["details"][0]["property"]) == (400, "chatId")


def test_loading_for_who_is_no_friend_is_202_all_the_same(sim: Simulator) -> None:
    assert sim.api("POST", LOADING, {"chatId": "U" + "0" * 32}).status == 202


def test_a_read_token_marks_all_up_to_its_message(sim: Simulator, bot: Bot, somsri: str) -> None:
    for text in "ab":
        sim.text(somsri, text)
    first, second = (event["message"]["markAsReadToken"] for event in bot.events(2))
    chat = sim.chat(somsri)
    for token in (second, first):  # the older one takes nothing back
        answer = sim.api("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": token})
        assert (answer.status, body_of(answer)) == (200, {})
        assert sim.state(somsri)["read_until"] == chat[1]["at"]


@pytest.mark.parametrize("token", ["nonsense", "", None])
def test_an_invented_read_token_is_400(sim: Simulator, token: str | None) -> None:
    answer = sim.api("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": token})
    assert answer.status == 400


def test_the_webhook_address_can_be_read_and_set(sim: Simulator, bot: Bot) -> None:
    assert body_of(sim.api("GET", ENDPOINT)) == {
        "endpoint": f"{bot.url}/line/webhook",
        "active": True,
    }
    url = f"{bot.url}/line/webhook/khlang"
    assert sim.api("PUT", ENDPOINT, {"endpoint": url}).status == 200
    assert body_of(sim.api("GET", ENDPOINT))["endpoint"] == url
    test = body_of(sim.api("POST", "/v2/bot/channel/webhook/test", {}))
    assert bot.wait_for(1)[0]["path"] == "/line/webhook/khlang"
    assert (test["success"], test["statusCode"], test["reason"]) == (True, 200, "OK")


@pytest.mark.parametrize(
    "url", ["http://example.com/hook", "ftp://a", "https://" + "a" * 500, "", None]
)
def test_a_webhook_address_must_be_https(sim: Simulator, url: str | None) -> None:
    answer = sim.api("PUT", ENDPOINT, {"endpoint": url})
    assert (answer.status, body_of(answer)) == (400, {"message": "Invalid webhook endpoint URL"})


def test_the_webhook_test_is_an_empty_signed_post(sim: Simulator, bot: Bot) -> None:
    sim.api("POST", "/v2/bot/channel/webhook/test", {"endpoint": f"{bot.url}/x"})
    webhook = bot.wait_for(1)[0]
    assert webhook["body"]["events"] == []
    assert webhook["headers"]["x-line-signature"]


def test_the_webhook_test_tells_why_it_failed(sim: Simulator, bot: Bot) -> None:
    bot.answer = 503
    result = body_of(sim.api("POST", "/v2/bot/channel/webhook/test", {}))
    assert (result["success"], result["statusCode"], result["reason"]) == (
        False,
        503,
        "ERROR_STATUS_CODE",
    )
    away = {"endpoint": "http://127.0.0.1:9/hook"}
    result = body_of(sim.api("POST", "/v2/bot/channel/webhook/test", away))
    assert (result["statusCode"], result["reason"]) == (0, "COULD_NOT_CONNECT")
