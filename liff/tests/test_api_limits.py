"""How much one may ask, and what is forgotten afterwards."""

from __future__ import annotations

import contextlib
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.files.storage import FileSystemStorage
from django.utils import timezone
from rest_framework.exceptions import Throttled
from rest_framework.settings import api_settings

from bannmae import testing
from chatops.models import Resident
from complaints.models import Complaint
from liff import sessions, tasks, throttling
from liff.models import ResidentSession, Submission, Upload
from liff.tests.conftest import Caller, LineKeys, bearer

pytestmark = pytest.mark.django_db


def _stored(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_who_asks_too_often_is_told_when_to_come_back(
    as_somsri: Caller, as_neighbour: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(throttling.RATES, "others", "3/hour")
    for _ in range(3):
        assert as_somsri.get("me").status_code == 200
    answer = as_somsri.get("me")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert answer.json() == {"detail": "ส่งคำขอบ่อยเกินไป กรุณารอประมาณ 60 นาทีแล้วลองใหม่"}
    english = as_somsri.get("me", **{"Accept-Language": "en"})
    assert english.json() == {"detail": "Too many requests. Please try again in about 60 minutes."}
    # Each is counted for herself, and each kind of call by itself.
    assert as_neighbour.get("me").status_code == 200
    assert as_somsri.upload(testing.picture()).status_code == 201


def test_strangers_are_counted_by_their_address(
    stranger: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(throttling.RATES, "others", "2/hour")
    statuses = [stranger.get("categories").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    # Not by what a caller says of himself.
    claimed = stranger.get("categories", **{"X-Forwarded-For": "203.0.113.9"})
    assert claimed.status_code == 429
    elsewhere = Caller(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.get("categories").status_code == 200


def test_behind_the_tls_front_its_word_counts(
    stranger: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_settings, "NUM_PROXIES", 1, raising=False)
    monkeypatch.setitem(throttling.RATES, "others", "1/hour")
    # The front adds the address that it sees at the end.
    for address, status in (("198.51.100.7", 200), ("198.51.100.7", 429), ("198.51.100.8", 200)):
        chain = f"10.9.8.{status % 250}, {address}"
        assert stranger.get("categories", **{"X-Forwarded-For": chain}).status_code == status


def test_only_what_is_really_filed_counts(
    as_somsri: Caller, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "FILINGS_PER_HOUR", 2)
    key = uuid.uuid4()
    assert as_somsri.file(report, key=key).status_code == 201
    for _ in range(3):
        assert as_somsri.file(report, key=key).status_code == 200
        assert as_somsri.file(report | {"subject": ""}).status_code == 400
    second = uuid.uuid4()
    assert as_somsri.file(report, key=second).status_code == 201
    refused = as_somsri.file(report)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    # What was filed is still told.
    assert as_somsri.file(report, key=second).status_code == 200
    assert Complaint.objects.count() == 2


def test_a_load_test_may_switch_all_of_it_off(
    as_somsri: Caller, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.THROTTLE = False
    monkeypatch.setattr(throttling, "FILINGS_PER_HOUR", 0)
    monkeypatch.setitem(throttling.RATES, "others", "1/hour")
    for _ in range(3):
        assert as_somsri.file(report).status_code == 201


def test_the_counts_are_of_the_last_hour(somsri: Resident) -> None:
    cache.set(f"filings_{somsri.pk}", [0.0] * 50)
    throttling.Filings(somsri).reserve()
    (counted,) = cache.get(f"filings_{somsri.pk}")
    assert counted > 0.0


def test_a_filing_that_fails_costs_nothing(somsri: Resident) -> None:
    for _ in range(throttling.FILINGS_PER_HOUR + 5):
        filings = throttling.Filings(somsri)
        filings.reserve()
        filings.give_back()
        filings.give_back()
    assert cache.get(f"filings_{somsri.pk}") == []


def test_filings_at_the_same_moment_do_not_overrun_the_bound(
    somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "FILINGS_PER_HOUR", 3)
    real, gate = LocMemCache.get, threading.Barrier(8)

    def slow(self: LocMemCache, *arguments: Any, **options: Any) -> Any:
        # All of them read before any of them writes, unless they take turns.
        found = real(self, *arguments, **options)
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(0.2)
        return found

    monkeypatch.setattr(LocMemCache, "get", slow)

    def reserve(_n: int) -> bool:
        try:
            throttling.Filings(somsri).reserve()
        except Throttled:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reserve, range(8))) == 3


# -- what is forgotten --------------------------------------------------------------------


def _age(rows: Any, **age: float) -> None:
    rows.update(created_at=timezone.now() - timedelta(**age))


def test_unused_photos_are_deleted_after_a_day(
    as_somsri: Caller, private_storage: Path, report: dict[str, Any], photo: bytes
) -> None:
    old, fresh, used = (as_somsri.upload(photo).json()["id"] for _ in range(3))
    as_somsri.file(report | {"photos": [used]})
    _age(Upload.objects.filter(token=old), hours=24, minutes=11)
    _age(Upload.objects.filter(token=fresh), hours=23)
    assert tasks.forget_unused_uploads() == 1
    assert [upload.token for upload in Upload.objects.all()] == [fresh]
    assert _stored(private_storage) == 4
    assert as_somsri.get(f"photos/{old}").status_code == 404


def test_it_goes_in_batches_and_leaves_the_rest_for_the_next_hour(
    somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    monkeypatch.setattr(tasks, "MAX_BATCHES", 2)
    old = timezone.now() - timedelta(days=2)
    Upload.objects.bulk_create(
        Upload(resident=somsri, token=f"t{n}", file=f"f{n}", width=1, height=1, created_at=old)
        for n in range(5)
    )
    assert tasks.forget_unused_uploads() == 4
    assert tasks.forget_unused_uploads() == 1
    assert tasks.forget_unused_uploads() == 0


def _fail_for(monkeypatch: pytest.MonkeyPatch, names: set[str]) -> None:
    """Let the storage fail to delete these files."""
    real = FileSystemStorage.delete

    def fail(self: FileSystemStorage, name: str) -> None:
        if name in names:
            raise OSError
        real(self, name)

    monkeypatch.setattr(FileSystemStorage, "delete", fail)


def test_photos_that_the_storage_fails_to_delete_are_deleted_the_next_hour(
    as_somsri: Caller, photo: bytes, private_storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        as_somsri.upload(photo)
    _age(Upload.objects.all(), days=2)
    rows = list(Upload.objects.order_by("pk"))
    # Of the first batch all stay, of the next one does.
    kept = [rows[0], rows[1], rows[3]]
    monkeypatch.setattr(tasks, "BATCH", 2)
    with monkeypatch.context() as outage:
        _fail_for(outage, {rows[0].file, rows[1].thumbnail, rows[3].file})
        assert tasks.forget_unused_uploads() == 3
    assert list(Upload.objects.order_by("pk")) == kept
    assert _stored(private_storage) == 3
    assert tasks.forget_unused_uploads() == 3
    assert (_stored(private_storage), Upload.objects.count()) == (0, 0)


def test_a_photo_taken_back_while_the_storage_fails_is_deleted_the_next_hour(
    as_somsri: Caller,
    photo: bytes,
    report: dict[str, Any],
    private_storage: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = as_somsri.upload(photo).json()["id"]
    with monkeypatch.context() as outage:
        _fail_for(outage, {Upload.objects.get().file})
        assert as_somsri.delete(f"photos/{token}").status_code == 204
    # Nobody can use it any more, and its file is not forgotten.
    assert as_somsri.file(report | {"photos": [token]}).status_code == 400
    assert _stored(private_storage) == 1
    assert tasks.forget_unused_uploads() == 1
    assert (_stored(private_storage), Upload.objects.count()) == (0, 0)


def test_a_storage_that_answers_nothing_keeps_the_scheduler_for_some_minutes_only(
    somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = timezone.now() - timedelta(days=2)
    Upload.objects.bulk_create(
        Upload(resident=somsri, token=f"t{n}", file=f"f{n}", width=1, height=1, created_at=old)
        for n in range(5)
    )
    monkeypatch.setattr(tasks, "BATCH", 2)
    monkeypatch.setattr(tasks, "MAX_SECONDS", -1)
    assert tasks.forget_unused_uploads() == 0
    monkeypatch.setattr(tasks, "MAX_SECONDS", 60)
    assert tasks.forget_unused_uploads() == 5


def test_ended_sessions_and_old_keys_are_forgotten(
    line_keys: LineKeys, somsri: Resident, report: dict[str, Any]
) -> None:
    now = timezone.now()
    for n, ends in enumerate((now - timedelta(minutes=1), now + sessions.LIFE)):
        ResidentSession.objects.create(
            token_hash=str(n), resident=somsri, created_at=now, expires_at=ends
        )
    caller = bearer(line_keys, somsri)
    for _ in range(2):
        caller.file(report)
    _age(Submission.objects.filter(pk=Submission.objects.earliest("pk").pk), days=31)
    assert tasks.forget_unused_uploads() == 2
    assert ResidentSession.objects.get().token_hash == "1"
    assert Submission.objects.count() == 1
    assert Complaint.objects.count() == 2
