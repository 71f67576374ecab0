"""The scheduler goes on ringing whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bannmae import beat, celery


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[beat.Scheduler]:
    """A scheduler with its own memory, that has just started."""
    made = beat.Scheduler(app=celery.app, schedule_filename=str(tmp_path / "schedule"))
    yield made
    made.close()


def test_it_is_the_one_that_production_uses() -> None:
    assert celery.app.conf.beat_scheduler == "bannmae.beat:Scheduler"


def test_a_clock_set_back_silences_nothing(
    scheduler: beat.Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(scheduler, "apply_entry", lambda entry, **_more: rung.append(entry.name))
    true_now = celery.app.now
    hour = timedelta(hours=1)
    for entry in scheduler.schedule.values():
        entry.last_run_at = true_now() + hour

    monkeypatch.setattr(celery.app, "now", lambda: true_now())
    scheduler.tick()
    assert max(entry.last_run_at for entry in scheduler.schedule.values()) <= true_now()

    for entry in scheduler.schedule.values():
        entry.last_run_at = true_now() - timedelta(seconds=30)
    scheduler._heap = None
    while scheduler.tick() == 0:
        pass
    assert {"sweep", "tell-staff"} <= set(rung)
