"""The signs in the chat: an answer is being written, her message was read."""

from __future__ import annotations

import pytest

from chatops.line.client import Fault, LineError, client_for
from chatops.models import Channel
from chatops.simulator.testing import SOMSRI, Simulator

pytestmark = pytest.mark.django_db


def test_she_sees_that_an_answer_is_being_written(line: Simulator) -> None:
    her = line.resident(SOMSRI)
    client_for(Channel.main()).start_loading(her, 20)
    assert line.state(her)["typing_until"] is not None
    (call,) = line.requests()[-1:]
    assert (call["path"], call["status"]) == ("/v2/bot/chat/loading/start", 202)


@pytest.mark.parametrize(("asked", "sent"), [(1, 5), (7, 10), (20, 20), (500, 60)])
def test_the_seconds_are_those_that_line_takes(line: Simulator, asked: int, sent: int) -> None:
    client_for(Channel.main()).start_loading(line.resident(SOMSRI), asked)
    assert f'"loadingSeconds": {sent}' in line.requests()[-1]["body"]


def test_her_message_is_marked_as_read(line: Simulator) -> None:
    her = line.resident(SOMSRI)
    line.text(her, "สวัสดี")
    assert line.state(her)["read_until"] is None
    token = line.deliveries()[-1]["event"]["message"]["markAsReadToken"]
    client_for(Channel.main()).mark_as_read(token)
    (said,) = line.chat(her)
    assert line.state(her)["read_until"] == said["at"]


def test_a_token_that_is_none_is_refused(line: Simulator) -> None:
    with pytest.raises(LineError) as refused:
        client_for(Channel.main()).mark_as_read("nobody's")
    assert refused.value.fault is Fault.REFUSED
