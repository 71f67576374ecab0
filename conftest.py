"""What every test stands on: the shared cast, a clean cache, a private storage of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase

from bannmae import reference, testing
from bannmae.models import Staff
from chatops.models import Resident
from chatops.simulator.testing import Simulator, start_simulator
from payments import guards


def _flush_and_load_starting_data(self: TransactionTestCase) -> None:
    """Leave the database after a test with real commits as the migrations had left it.

    Django's own leaves it empty: without divisions, categories and the main channel the next
    test would fail, and tests run in random order.
    """
    for alias in self._databases_names(include_mirrors=False):
        guards.lift(connections[alias])  # what is issued is never deleted otherwise
        call_command(
            "flush", verbosity=0, interactive=False, database=alias, inhibit_post_migrate=True
        )
        connections[alias].creation.deserialize_db_from_string(_starting_data[alias])
        guards.install(connections[alias])


_starting_data: dict[str, str] = {}
TransactionTestCase._fixture_teardown = _flush_and_load_starting_data


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Make the database as pytest-django does, and remember what the migrations put into it."""
    with django_db_blocker.unblock():
        for alias in connections:
            _starting_data[alias] = connections[alias].creation.serialize_db_to_string()


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """No cached profile, throttle count or channel id of an earlier test."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    cache.clear()
    reference.forget_all()


@pytest.fixture(autouse=True)
def private_storage(settings: Any, tmp_path: Path) -> Path:
    """Where this test's photos and scans go; empty at its start."""
    folder = tmp_path / "media"
    default = settings.STORAGES["default"]
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {**default.get("OPTIONS", {}), "location": str(folder)}
            if default["BACKEND"].endswith("FileSystemStorage")
            else {"location": str(folder), "base_url": None},
        }
    }
    return folder


@pytest.fixture
def somsri(db: None) -> Resident:
    """สมศรี, a resident."""
    return testing.make_resident("สมศรี")


@pytest.fixture
def neighbour(db: None) -> Resident:
    """Her neighbour, who may see nothing of hers."""
    return testing.make_resident("บุญมี")


@pytest.fixture
def engineer(db: None) -> Staff:
    """An officer of กองช่าง."""
    return testing.make_engineer()


@pytest.fixture
def health_officer(db: None) -> Staff:
    """An officer of another division."""
    return testing.make_health_officer()


@pytest.fixture
def legal_officer(db: None) -> Staff:
    """งานนิติการ."""
    return testing.make_legal_officer()


@pytest.fixture
def finance_clerk(db: None) -> Staff:
    """An officer of กองคลัง."""
    return testing.make_finance_clerk()


@pytest.fixture
def finance_head(db: None) -> Staff:
    """ผู้อำนวยการกองคลัง."""
    return testing.make_finance_head()


@pytest.fixture
def executive(db: None) -> Staff:
    """An executive: reads, moves nothing."""
    return testing.make_executive()


@pytest.fixture
def outsider(db: None) -> Staff:
    """A staff account without division or role."""
    return testing.make_outsider()


@pytest.fixture(scope="session")
def _simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    simulator = start_simulator(
        tmp_path_factory.mktemp("simulator"), public_url="http://localhost:9"
    )
    yield simulator
    simulator.stop()


@pytest.fixture
def line(_simulator: Simulator, settings: Any) -> Iterator[Simulator]:
    """LINE, simulated by a process of its own, with nobody having said anything yet.

    Its webhook is off: a test hands events over itself, or names a live server's address.
    """
    _simulator.reset(menus=True)
    _simulator.faults(webhook_off=True)
    settings.LINE_API_URL = _simulator.url
    settings.LINE_CHANNEL_ACCESS_TOKEN = _simulator.token
    settings.LINE_CHANNEL_SECRETS = [_simulator.secret]
    settings.LINE_LOGIN_CHANNEL_ID = _simulator.login_channel_id
    settings.LIFF_ID = _simulator.liff_id
    yield _simulator
    _simulator.reset(menus=True)
