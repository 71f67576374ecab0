"""SQLite's write lock is passed on in line, also between processes."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bannmae.models import Holiday

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the whole database"
)


def _in_a_thread(work: Any) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_goes_on_when_the_writer_is_done() -> None:
    waited: list[float] = []

    def write() -> None:
        with transaction.atomic():
            Holiday.objects.create(date="2030-01-02", name="ข")
        waited.append(time.monotonic())

    with transaction.atomic():
        Holiday.objects.create(date="2030-01-01", name="ก")
        thread = _in_a_thread(write)
        thread.join(0.5)
        assert thread.is_alive()
    done = time.monotonic()
    thread.join(10)
    # SQLite's own sleep would be at a tenth of a second by now.
    assert waited[0] - done < 0.05
    assert Holiday.objects.filter(date__year=2030).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["rolled back", "refused", "closed"])
def test_a_transaction_that_comes_to_nothing_lets_the_next_one_in(how: str) -> None:
    def fail() -> None:
        with transaction.atomic():
            Holiday.objects.create(date="2030-01-01", name="ก")
            if how == "refused":
                Holiday.objects.create(date="2030-01-01", name="ก")
            if how == "closed":
                connection.close()
            raise IntegrityError

    def try_to() -> None:
        with pytest.raises(IntegrityError):
            fail()

    _in_a_thread(try_to).join(10)
    thread = _in_a_thread(lambda: Holiday.objects.create(date="2030-01-01", name="ข"))
    thread.join(10)
    assert not thread.is_alive()
    assert Holiday.objects.get(date="2030-01-01").name == "ข"


@pytest.mark.django_db(transaction=True)
def test_the_line_is_at_a_private_file_beside_the_database() -> None:
    with transaction.atomic():
        line = Path(f"{connection.settings_dict['NAME']}-line")
        assert line.stat().st_mode & 0o777 == 0o600
