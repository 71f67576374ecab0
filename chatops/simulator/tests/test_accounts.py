"""Several accounts behind one address: told apart by their tokens, each with its own chats."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatops.simulator.testing import SOMSRI, Simulator, SimulatorError, start_simulator
from chatops.simulator.tests.bot import Bot

PUSH = "/v2/bot/message/push"


@pytest.fixture
def other(
    sim: Simulator, running_bot: Bot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Simulator]:
    """A second account, reached through the first one's address."""
    second = start_simulator(
        tmp_path_factory.mktemp("other"),
        public_url=running_bot.url,
        secret="other-secret",
        token="other-token",
    )
    sim.settings(accounts={"other-token": second.url})
    yield second
    second.stop()


def say(sim: Simulator, token: str, to: str, words: str) -> int:
    """Push `words` through the first address; returns the status."""
    body = {"to": to, "messages": [{"type": "text", "text": words}]}
    return sim.api("POST", PUSH, body, {"Authorization": f"Bearer {token}"}).status


def test_each_token_writes_into_its_own_accounts_chat(sim: Simulator, other: Simulator) -> None:
    her = sim.resident(SOMSRI)
    assert her == other.resident(SOMSRI)  # one provider
    assert say(sim, sim.token, her, "หนึ่ง") == 200
    assert say(sim, "other-token", her, "สอง") == 200
    assert [one["text"] for one in sim.from_account(her)] == ["หนึ่ง"]
    assert [one["text"] for one in other.from_account(her)] == ["สอง"]
    assert say(sim, "nobody's", her, "สาม") == 401


def test_what_the_other_account_refuses_is_refused_in_its_words(
    sim: Simulator, other: Simulator
) -> None:
    other.settings(quota=0)
    body = {"to": sim.resident(SOMSRI), "messages": [{"type": "text", "text": "สอง"}]}
    answer = sim.api("POST", PUSH, body, {"Authorization": "Bearer other-token"})
    assert (answer.status, answer.json()["message"]) == (
        429,
        "You have reached your monthly limit.",
    )


def test_accounts_are_on_this_machine(sim: Simulator) -> None:
    with pytest.raises(SimulatorError) as refused:
        sim.settings(accounts={"t": "http://line.example.com"})
    assert refused.value.status == 400
