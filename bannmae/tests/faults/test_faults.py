"""Each fault once and small; `make chaos` takes them long."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from bannmae.tests.faults import town as towns
from bannmae.tests.faults.ledger import Row, table
from bannmae.tests.faults.scenarios import SCENARIOS, Size, play
from bannmae.tests.faults.town import FAKETIME, Town

# Waits end with their condition; this is for a machine that has much else to do.
pytestmark = pytest.mark.timeout(900)
SMALL = Size(residents=3, rounds=2, times=1, hurry=True)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Yield the production form with a wire to break; each fault brings its own residents."""
    assert FAKETIME, "faketime is not installed (make test)"
    with towns.town(tmp_path_factory.mktemp("town")) as started:
        yield started


@pytest.mark.parametrize("fault", [name for name in SCENARIOS if name != "postgresql"])
def test_every_answer_arrives_once_and_in_order(town: Town, fault: str) -> None:
    row = play(fault, town, SMALL, random.Random(fault))

    assert row.holds, row
    assert row.once + row.in_the_gap == row.expected


def test_a_restart_of_the_database_loses_and_doubles_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # In a town of its own, whose clocks nothing has moved: what came first is told by LINE's.
    with towns.town(tmp_path_factory.mktemp("restart")) as alone:
        row = play("postgresql", alone, SMALL, random.Random("postgresql"))

    assert row.holds, row
    assert row.once == row.expected


def test_the_table_marks_what_must_not_be() -> None:
    good = Row("none", residents=1, events=2, expected=2, once=2)
    bad = Row("drop", residents=1, events=2, expected=2, once=1, lost=1)
    allowed = Row("late", residents=1, events=1, expected=1, in_the_gap=1)

    assert (good.holds, bad.holds, allowed.holds) == (True, False, True)
    assert "fails" not in table([good, allowed])
    assert "**fails**" in table([bad])
    assert not Row("nothing was sent").holds
    assert not Row("broke off", expected=1, once=1, unfinished="after 300 s").holds
