"""Whoever writes to SQLite waits for the others, and not longer than needed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from bannmae.models import Holiday
from bannmae.sqlite import base

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the whole database"
    ),
]


@pytest.fixture
def writer() -> Iterator[sqlite3.Connection]:
    """Another process in the midst of its transaction."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


def in_a_transaction() -> None:
    with transaction.atomic():
        Holiday.objects.create(date="2030-01-01", name="ก")


def in_one_statement() -> None:
    Holiday.objects.bulk_create([Holiday(date="2030-01-01", name="ก")])


def in_raw_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bannmae_holiday (date, name) VALUES ('2030-01-01', 'ก')")


WAYS = [in_a_transaction, in_one_statement, in_raw_sql]


@pytest.mark.parametrize("write", WAYS)
def test_whoever_waits_goes_on_when_the_writer_is_done(
    writer: sqlite3.Connection, write: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()
    own = base.PatientCursor._patiently

    def seen(self: Any, execute: Callable[[], Any]) -> Any:
        def once_more() -> Any:
            try:
                return execute()
            except sqlite3.OperationalError:
                asked.set()
                raise

        return own(self, once_more)

    monkeypatch.setattr(base.PatientCursor, "_patiently", seen)

    def run() -> None:
        try:
            write()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert asked.wait(10), "the lock was asked for and refused"
    assert thread.is_alive()
    writer.execute("COMMIT")
    thread.join(10)
    assert Holiday.objects.filter(date="2030-01-01").count() == 1


@pytest.mark.parametrize("write", WAYS)
def test_a_writer_that_never_ends_is_not_waited_for_for_ever(
    writer: sqlite3.Connection, write: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "PATIENCE", 0.05)
    with pytest.raises(OperationalError, match="locked"):
        write()
    writer.execute("ROLLBACK")
    write()
    assert Holiday.objects.filter(date="2030-01-01").exists()


def test_other_errors_are_told_at_once() -> None:
    with pytest.raises(OperationalError, match="no such table"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nowhere")
