"""Starting: what is refused, what survives a restart, how fast it is."""

from __future__ import annotations

import concurrent.futures
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3

from chatops.simulator import config
from chatops.simulator.launch import gunicorn_arguments
from chatops.simulator.testing import (
    REPOSITORY,
    SOMSRI,
    environment,
    free_port,
    start_simulator,
)
from chatops.simulator.tests.bot import Bot
from chatops.simulator.tests.conftest import picture

GOOD = environment("/tmp/x", public_url="http://localhost:8000", port=8001)


def test_the_environment_is_read(tmp_path: Path) -> None:
    current = config.read({**GOOD, "VAR_DIR": str(tmp_path), "LINE_CHANNEL_SECRET": " new , old"})
    assert (current.bind, current.port) == ("127.0.0.1", 8001)
    assert current.channel_secret == "new"
    assert current.database == tmp_path / "simulator.sqlite3"
    assert current.pictures.parent == tmp_path


@pytest.mark.parametrize("bind", ["0.0.0.0", "192.168.1.5"])
def test_it_listens_elsewhere_only_when_told(bind: str) -> None:
    assert config.read({**GOOD, "SIMULATOR_BIND": bind}).bind == bind
    assert f"--bind={bind}:8001" in gunicorn_arguments(
        config.read({**GOOD, "SIMULATOR_BIND": bind})
    )


def test_it_listens_where_line_api_url_points() -> None:
    current = config.read({**GOOD, "SIMULATOR_BIND": "", "LINE_API_URL": "http://[::1]:8001"})
    assert "--bind=[::1]:8001" in gunicorn_arguments(current)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SIMULATOR", "off", "SIMULATOR is off"),
        ("SIMULATOR", "", "SIMULATOR is off"),
        ("LINE_API_URL", "", "LINE_API_URL is not set"),
        ("LINE_API_URL", "https://api.line.me", "loopback only"),
        ("LINE_API_URL", "http://192.168.1.5:8001", "loopback only"),
        ("LINE_API_URL", "http://localhost.example.com:8001", "loopback only"),
        ("LINE_API_URL", "http://127.0.0.1", "must read"),
        ("LINE_API_URL", "https://127.0.0.1:8001", "must read"),
        ("LINE_API_URL", "http://127.0.0.1:port", "not an address"),
        ("PUBLIC_URL", "localhost:8000", "must be an http"),
        ("LINE_CHANNEL_SECRET", " , ", "not set: LINE_CHANNEL_SECRET"),
        ("LIFF_ID", "", "not set: LIFF_ID"),
    ],
)
def test_a_bad_environment_is_refused_in_one_line(name: str, value: str, words: str) -> None:
    with pytest.raises(config.ConfigError) as refused:
        config.read({**GOOD, name: value})
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_process_ends_with_that_line(tmp_path: Path) -> None:
    bad = {**GOOD, "VAR_DIR": str(tmp_path), "LINE_API_URL": "https://api.line.me"}
    result = subprocess.run(
        [sys.executable, "-m", "chatops.simulator"],
        cwd=REPOSITORY, env=bad, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "loopback only" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_restart_loses_nothing(tmp_path: Path, running_bot: Bot) -> None:
    running_bot.clear()
    port = free_port()
    first = start_simulator(tmp_path, public_url=running_bot.url, port=port)
    try:
        somsri = first.resident(SOMSRI)
        first.faults(webhook_delay_ms=3_600_000)
        first.image(somsri, picture())
        first.text(somsri, "ก่อนปิด")
        first.settings(quota=7)
        before = first.chat(somsri)
        token = first.id_token(somsri)
    finally:
        start = time.monotonic()
        first.stop()
        assert time.monotonic() - start < 5
    assert running_bot.received == []
    second = start_simulator(tmp_path, public_url=running_bot.url, port=port)
    try:
        assert second.chat(somsri) == before
        assert second.control("GET", "settings")["quota"] == 7
        # The undelivered webhooks come once they are due.
        second.advance(3601)
        assert [e["message"]["type"] for e in running_bot.events(2)] == ["image", "text"]
        assert second.id_token(somsri).split(".")[0] == token.split(".")[0]
    finally:
        second.stop()


def test_it_ends_soon_also_with_a_connection_held_silent(tmp_path: Path, running_bot: Bot) -> None:
    simulator = start_simulator(tmp_path, public_url=running_bot.url)
    try:
        somsri = simulator.resident(SOMSRI)
        simulator.faults(timeout_after_accept=1)
        push = {"to": somsri, "messages": [{"type": "text", "text": "ก"}]}
        with concurrent.futures.ThreadPoolExecutor() as pool:
            held = pool.submit(simulator.api, "POST", "/v2/bot/message/push", push)
            deadline = time.monotonic() + 10
            while not simulator.from_account(somsri) and time.monotonic() < deadline:
                pass
            start = time.monotonic()
            simulator.process.terminate()
            assert simulator.process.wait(8) == 0
            assert time.monotonic() - start < 8
            with pytest.raises(urllib3.exceptions.HTTPError):
                held.result()
    finally:
        simulator.stop()


def test_new_credentials_of_the_environment_win_at_a_restart(
    tmp_path: Path, running_bot: Bot
) -> None:
    first = start_simulator(tmp_path, public_url=running_bot.url)
    first.settings(access_token="changed-by-hand")
    first.stop()
    second = start_simulator(tmp_path, public_url=running_bot.url, token="from-environment")
    try:
        assert second.api("GET", "/v2/bot/info").status == 200
    finally:
        second.stop()


def test_it_keeps_to_itself() -> None:
    """The simulator shares no code with the product: it imports nothing of it."""
    found = subprocess.run(
        ["grep", "-rnE", r"^\s*(from|import) (bannmae|complaints|payments|liff|chatops)\b",
         "--include=*.py", str(REPOSITORY / "chatops" / "simulator")],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    lines = [line for line in found.stdout.splitlines() if "/phone/" not in line]
    strangers = [line for line in lines if " chatops.simulator" not in line]
    assert len(lines) > 20
    assert [line for line in strangers if "/tests/" not in line] == []
