"""The control API: residents, taps, what the phone sees, settings, reset, who may call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatops.simulator.testing import (
    BOONMEE,
    PIMLADAWAN,
    SOMSRI,
    UI_KHAM,
    Simulator,
    SimulatorError,
)
from chatops.simulator.tests.bot import Bot
from chatops.simulator.tests.conftest import picture


def refused(call: Any, *arguments: Any, **named: Any) -> int:
    """Return the status of a control call that must be refused."""
    with pytest.raises(SimulatorError) as error:
        call(*arguments, **named)
    assert error.value.body["message"]
    return error.value.status


def push(sim: Simulator, to: str, text: str = "ข่าว") -> None:
    body = {"to": to, "messages": [{"type": "text", "text": text}]}
    assert sim.api("POST", "/v2/bot/message/push", body).status == 200


# -- residents ----------------------------------------------------------------------


def test_it_starts_with_four_residents_under_lasting_ids(sim: Simulator) -> None:
    rows = sim.state()["residents"]
    assert [row["display_name"] for row in rows] == [SOMSRI, BOONMEE, PIMLADAWAN, UI_KHAM]
    assert rows[0]["user_id"] == "U220c43a494d1ff92376497db063b9b8f"
    assert {(row["blocked"], row["unread"]) for row in rows} == {(False, 0)}


def test_a_new_resident_comes_last_and_namesakes_are_two_people(sim: Simulator) -> None:
    first, second = sim.add_resident("มานี มีนา"), sim.add_resident("มานี มีนา")
    assert first != second
    assert [row["user_id"] for row in sim.state()["residents"]][4:] == [first, second]
    assert refused(sim.add_resident, "  ") == 400


def test_an_unknown_resident_is_404(sim: Simulator) -> None:
    assert refused(sim.text, "U" + "0" * 32, "a") == 404
    assert refused(sim.state, "U" + "0" * 32) == 404


# -- chatting -----------------------------------------------------------------------


def test_the_phone_asks_for_news_only(sim: Simulator, somsri: str) -> None:
    sim.text(somsri, "หนึ่ง")
    first = sim.state(somsri)
    push(sim, somsri)
    news = sim.state(somsri, after=first["seq"])
    assert [line["message"]["text"] for line in news["chat"]] == ["ข่าว"]
    assert news["seq"] > first["seq"]
    assert sim.state(somsri, after=news["seq"])["chat"] == []


def test_unread_counts_what_she_has_not_looked_at(sim: Simulator, somsri: str) -> None:
    for _ in range(2):
        push(sim, somsri)
    sim.text(somsri, "ของตัวเองไม่นับ")

    def unread() -> int:
        rows = {row["user_id"]: row["unread"] for row in sim.state()["residents"]}
        return rows[somsri]

    assert unread() == 2
    sim.state(somsri)
    assert unread() == 0


def test_a_photo_shows_on_her_own_phone(sim: Simulator, somsri: str) -> None:
    photo = picture()
    sim.image(somsri, photo)
    (line,) = sim.chat(somsri)
    shown = sim.http.request("GET", line["message"]["originalContentUrl"])
    assert shown.data == photo
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_a_location_may_come_without_a_name(sim: Simulator, bot: Bot, somsri: str) -> None:
    sim.location(somsri, 18.6, 98.9)
    message = bot.events(1)[0]["message"]
    assert set(message) == {"type", "id", "markAsReadToken", "latitude", "longitude"}
    assert refused(sim.location, somsri, 91, 0) == 400


def test_what_the_phone_would_not_let_her_do_is_409(sim: Simulator, somsri: str) -> None:
    message_id = sim.text(somsri, "ก")["message_id"]
    sim.unsend(somsri, message_id)
    assert refused(sim.unsend, somsri, message_id) == 409
    assert refused(sim.unsend, sim.resident(BOONMEE), message_id) == 409
    assert refused(sim.text, somsri, "ข", quoted="1") == 409
    sim.block(somsri)
    assert refused(sim.block, somsri) == 409
    assert refused(sim.text, somsri, "ก") == 409
    assert refused(sim.image, somsri, picture()) == 409
    assert sim.state(somsri)["residents"][0]["blocked"] is True


def test_she_cannot_unsend_what_the_account_wrote(sim: Simulator, somsri: str) -> None:
    push(sim, somsri)
    (line,) = sim.chat(somsri)
    assert refused(sim.unsend, somsri, line["id"]) == 409


def test_unsent_text_is_gone(sim: Simulator, somsri: str) -> None:
    message_id = sim.text(somsri, "ความลับ")["message_id"]
    sim.unsend(somsri, message_id)
    state = sim.state(somsri)
    assert "ความลับ" not in json.dumps(state, ensure_ascii=False)
    assert state["chat"][0]["message"] == {"type": "text"}


@pytest.mark.parametrize("text", ["", "   ", None, 5])
def test_an_empty_text_is_not_sent(sim: Simulator, somsri: str, text: Any) -> None:
    assert refused(sim.text, somsri, text) == 400


# -- taps ---------------------------------------------------------------------------


def test_a_message_action_writes_in_her_name(sim: Simulator, bot: Bot, somsri: str) -> None:
    assert sim.tap(somsri, {"type": "message", "text": "ติดตามสถานะ"}) is None
    assert bot.events(1)[0]["message"]["text"] == "ติดตามสถานะ"
    assert sim.chat(somsri)[0]["message"] == {"type": "text", "text": "ติดตามสถานะ"}


def test_a_uri_action_only_opens(sim: Simulator, somsri: str) -> None:
    assert sim.tap(somsri, {"type": "uri", "uri": "tel:1669"}) == "tel:1669"
    assert sim.deliveries() == []


def test_a_postback_shows_its_display_text_or_nothing(
    sim: Simulator, bot: Bot, somsri: str
) -> None:
    sim.tap(somsri, {"type": "postback", "data": "a"})
    sim.tap(somsri, {"type": "postback", "data": "b", "displayText": "เลือก ข"})
    assert [event["postback"] for event in bot.events(2)] == [{"data": "a"}, {"data": "b"}]
    assert [line["message"] for line in sim.chat(somsri)] == [
        {"type": "postback", "data": "b", "displayText": "เลือก ข"}
    ]


@pytest.mark.parametrize("action", [{"type": "camera"}, {"type": "clipboard"}, {}])
def test_taps_that_stay_on_the_phone_are_409(
    sim: Simulator, somsri: str, action: dict[str, str]
) -> None:
    assert refused(sim.tap, somsri, action) == 409


def test_messages_of_a_liff_page(sim: Simulator, bot: Bot, somsri: str) -> None:
    url = "https://example.com/a.jpg"
    body = {"type": "box", "layout": "vertical", "contents": []}
    messages = [
        {"type": "text", "text": "จากหน้าเว็บ"},
        {"type": "image", "originalContentUrl": url, "previewImageUrl": url},
        {"type": "flex", "altText": "การ์ด", "contents": {"type": "bubble", "body": body}},
    ]
    path = f"residents/{somsri}/messages"
    assert len(sim.control("POST", path, {"messages": messages})["message_ids"]) == 3
    # A card sent this way causes no webhook.
    assert [event["message"]["type"] for event in bot.events(2)] == ["text", "image"]
    assert bot.events(2)[1]["message"]["contentProvider"]["type"] == "external"
    assert len(sim.deliveries()) == 2
    assert [line["from"] for line in sim.chat(somsri)] == ["resident"] * 3
    assert refused(sim.control, "POST", path, {"messages": [{"type": "text"}]}) == 400


# -- faults and settings ------------------------------------------------------------


def test_faults_change_only_what_is_named(sim: Simulator) -> None:
    sim.faults(rate_limit=3)
    after = sim.faults(quota_spent=True)
    assert (after["rate_limit"], after["quota_spent"], after["server_error"]) == (3, True, 0)
    assert sim.state()["faults"] == after


@pytest.mark.parametrize(
    "changes", [{"nonsense": 1}, {"rate_limit": -1}, {"rate_limit": "3"}, {"quota_spent": 1},
                {"webhook_delay_ms": None}, {"rate_limit": True}],
)  # fmt: skip
def test_a_fault_that_is_none_is_400(sim: Simulator, changes: dict[str, Any]) -> None:
    before = sim.state()["faults"]
    assert refused(sim.faults, **changes) == 400
    assert sim.state()["faults"] == before


def test_settings_name_the_channel(sim: Simulator, bot: Bot) -> None:
    settings = sim.control("GET", "settings")
    assert settings["webhook_url"] == f"{bot.url}/line/webhook"
    assert settings["channel_secret"] == sim.secret
    assert settings["access_token"] == sim.token
    assert settings["liff_id"] == sim.liff_id
    assert settings["quota"] == 300
    assert refused(sim.settings, quota="viele") == 400


def test_another_secret_signs_from_then_on(sim: Simulator, bot: Bot) -> None:
    sim.webhook({"type": "a"})
    sim.settings(channel_secret="another")
    try:
        sim.webhook({"type": "a"})
    finally:
        sim.settings(channel_secret=sim.secret)
    one, two = (w["headers"]["x-line-signature"] for w in bot.wait_for(2))
    assert one != two


def test_reset_goes_back_to_the_start_and_keeps_settings(sim: Simulator, somsri: str) -> None:
    sim.add_resident("คนใหม่")
    sim.image(somsri, picture())
    sim.settings(quota=5)
    sim.faults(rate_limit=1)
    sim.control("POST", "reset", {})
    state = sim.state(somsri)
    assert (state["chat"], len(state["residents"])) == ([], 4)
    assert state["faults"]["rate_limit"] == 0
    assert state["settings"]["quota"] == 5
    assert sim.requests() == []


# -- who may call -------------------------------------------------------------------


def test_pages_of_this_machine_may_call_from_any_port(sim: Simulator) -> None:
    for origin in ("http://localhost:8000", "http://127.0.0.1:5173", sim.public_url):
        answer = sim.request("GET", "/_sim/state", headers={"Origin": origin})
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        preflight = sim.request(
            "OPTIONS",
            "/_sim/faults",
            headers={"Origin": origin, "Access-Control-Request-Method": "PUT"},
        )
        assert preflight.status == 204
        assert "PUT" in preflight.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example"]
)
def test_strange_pages_may_not_call_at_all(sim: Simulator, somsri: str, origin: str) -> None:
    answer = sim.request("POST", "/_sim/reset", headers={"Origin": origin}, body=b"{}")
    assert answer.status == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_strange_host_name_is_refused(sim: Simulator) -> None:
    answer = sim.request("GET", "/_sim/state", headers={"Host": "rebound.example"})
    assert answer.status == 400


def test_the_control_api_is_no_messaging_api(sim: Simulator) -> None:
    assert sim.request("GET", "/_sim/nonsense").status == 404
    assert sim.request("GET", "/_sim/reset").status == 405
    assert refused(sim.control, "POST", "residents", [1]) == 400
