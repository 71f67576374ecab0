"""One simulator process and one bot for the whole run; every test starts from the beginning."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from chatops.simulator.testing import SOMSRI, Simulator, start_simulator
from chatops.simulator.tests.bot import Bot


@pytest.fixture(scope="session")
def running_bot() -> Iterator[Bot]:
    bot = Bot()
    yield bot
    bot.stop()


@pytest.fixture(scope="session")
def running_simulator(
    tmp_path_factory: pytest.TempPathFactory, running_bot: Bot
) -> Iterator[Simulator]:
    simulator = start_simulator(tmp_path_factory.mktemp("simulator"), public_url=running_bot.url)
    yield simulator
    simulator.stop()


@pytest.fixture
def sim(running_simulator: Simulator, running_bot: Bot) -> Simulator:
    """The simulator, as new."""
    running_simulator.reset(menus=True)
    # LINE's two seconds are no promise of a machine that runs many tests at once.
    running_simulator.settings(webhook_timeout_seconds=20)
    running_bot.clear()
    return running_simulator


@pytest.fixture
def bot(sim: Simulator, running_bot: Bot) -> Bot:
    """The bot, with nothing received yet."""
    return running_bot


@pytest.fixture
def somsri(sim: Simulator) -> str:
    """The user id of สมศรี ใจดี."""
    return sim.resident(SOMSRI)


def picture(width: int = 40, height: int = 30, kind: str = "JPEG", **options: object) -> bytes:
    """Return the bytes of a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#2f6f4f").save(out, kind, **options)
    return out.getvalue()
