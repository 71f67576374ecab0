"""Files of messages come in once, whatever happens on the way, and nothing harmful is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.storage.filesystem import FileSystemStorage
from django.db import connection
from django.utils import timezone
from PIL import Image

from bannmae.media import photos
from bannmae.testing import picture
from bannmae.tests import media_samples
from chatops import tasks, wake
from chatops.content import fetching, jobs
from chatops.models import ChatCase, Message, MessageContent
from chatops.simulator.testing import Simulator
from chatops.tests.content_box import HTML, M4A, MP4, PDF, Phone, fetch

State = MessageContent.State
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often a worker was woken for files."""
    rung: list[str] = []
    monkeypatch.setattr(wake, "ring_for_contents", lambda: rung.append("ring"))
    return rung


@pytest.fixture
def phone(line: Simulator, private_storage: Path) -> Phone:
    return Phone(line, private_storage)


def pause_of(content: MessageContent) -> float:
    assert content.due_at is not None
    return (content.due_at - timezone.now()).total_seconds()


# -- what comes in ----------------------------------------------------------------------------


def test_a_photo_is_kept_clean_with_a_thumbnail_and_the_desk_is_told(phone: Phone) -> None:
    ChatCase.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    content = fetch(phone.photo(picture(3000, 1000)))
    assert content.state == State.STORED
    assert (content.width, content.height) == (2048, 683)
    assert (content.content_type, content.due_at) == ("image/jpeg", None)
    assert len(phone.files()) == 2
    with default_storage.open(content.file) as stored, Image.open(stored) as kept:
        assert kept.size == (2048, 683)
        assert not kept.getexif()
    assert content.size == default_storage.size(content.file)
    phone.case.refresh_from_db()
    assert phone.case.changed_at == content.changed_at


def test_a_heic_becomes_a_jpeg(phone: Phone) -> None:
    content = fetch(phone.raw_photo(media_samples.heic(media_samples.halves())))
    assert content.state == State.STORED
    with default_storage.open(content.file) as stored:
        assert stored.read(3) == b"\xff\xd8\xff"


def test_of_a_moving_picture_the_first_is_kept(phone: Phone) -> None:
    frames = [media_samples.halves(90, 60), Image.new("RGB", (90, 60), "white")]
    data = media_samples.encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    content = fetch(phone.raw_photo(data))
    assert (content.state, content.width, content.height) == (State.STORED, 90, 60)
    with default_storage.open(content.file) as stored, Image.open(stored) as kept:
        assert kept.format == "JPEG"
        red, green, blue = kept.convert("RGB").getpixel((10, 30))
    assert red > 200 > green + blue


def test_of_a_film_as_a_gif_nothing_is_kept(phone: Phone) -> None:
    frames = [Image.new("L", (8, 8), shade % 256) for shade in range(300)]
    data = media_samples.encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert fetch(phone.raw_photo(data)).state == State.UNSAFE
    assert phone.files() == []


@pytest.mark.parametrize(
    "data",
    [HTML, b"\xff\xd8\xff" + b"junk" * 900, picture()[:400], PDF, b"GIF89a" + HTML],
    ids=["html", "junk", "cut off", "pdf", "gif"],
)
def test_what_is_no_readable_picture_is_not_kept(phone: Phone, data: bytes) -> None:
    content = fetch(phone.raw_photo(data))
    assert (content.state, content.due_at, content.file) == (State.UNSAFE, None, "")
    assert content.error
    assert phone.files() == []


@pytest.mark.parametrize(
    ("kind", "data", "name", "content_type", "ending"),
    [
        ("file", PDF, "ใบเสร็จ.pdf", "application/pdf", ".pdf"),
        ("file", HTML, "รูป.jpg", "application/octet-stream", ".bin"),
        ("file", b"#!/bin/sh\nrm -rf /\n", "run.sh", "application/octet-stream", ".bin"),
        ("file", b"MZ" + bytes(500), "ใบแจ้ง.pdf.exe", "application/octet-stream", ".bin"),
        ("file", b"PK\x03\x04" + bytes(99), "../../x.docx", "application/zip", ".zip"),
        ("file", b"", "empty.txt", "application/octet-stream", ".bin"),
        ("video", MP4, "v.mp4", "video/mp4", ".mp4"),
        ("audio", M4A, "a.m4a", "audio/mp4", ".m4a"),
        ("audio", MP4, "a.m4a", "audio/mp4", ".m4a"),
        ("video", HTML, "v.mp4", "application/octet-stream", ".bin"),
    ],
)
def test_a_file_is_kept_as_it_is_under_a_name_of_ours(
    phone: Phone, kind: str, data: bytes, name: str, content_type: str, ending: str
) -> None:
    content = fetch(phone.send(kind, data, name))
    assert (content.state, content.content_type) == (State.STORED, content_type)
    assert content.size == len(data)
    [stored] = phone.files()
    assert stored.read_bytes() == data
    assert stored.suffix == ending
    assert content.file.startswith("chat/")
    assert len(stored.stem) == 32


def test_a_photo_of_21_mb_is_refused_before_it_is_read(phone: Phone) -> None:
    content = fetch(phone.photo(b"\xff\xd8\xff" + bytes(21 * 1024 * 1024)))
    assert (content.state, content.due_at) == (State.TOO_LARGE, None)
    assert content.error == "ไฟล์ใหญ่เกิน 20 MB"
    assert phone.files() == []


@pytest.mark.parametrize("kind", ["file", "audio", "video"])
def test_each_kind_has_its_limit(phone: Phone, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fetching.MAX_BYTES, kind, len(M4A))
    assert fetch(phone.send(kind, M4A)).state == State.STORED
    assert fetch(phone.send(kind, M4A + b"!")).state == State.TOO_LARGE


def test_the_workers_task_fetches_and_is_what_the_alarm_rings_for(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    content = phone.photo(picture())
    published: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.fetch_contents, "apply_async", lambda **how: published.append(how))
    wake.Alarm(wake._fetch_contents)._publish()
    assert published == [{"retry": False, "expires": 30}]
    assert settings.CELERY_BEAT_SCHEDULE["fetch-contents"]["task"] == tasks.fetch_contents.name
    assert tasks.fetch_contents() == 1
    content.refresh_from_db()
    assert content.state == State.STORED


def test_what_lies_outside_line_is_not_asked_for(phone: Phone, rings: list[str]) -> None:
    content = phone.note("4711", "image", provider="external", url="http://169.254.169.254/")
    assert (content.state, content.due_at) == (State.GONE, None)
    assert "นอก LINE" in content.error
    assert fetching.fetch_due() == 0
    assert phone.downloads() == 0


# -- what LINE does ---------------------------------------------------------------------------


def test_a_video_that_line_still_prepares_is_asked_for_again_and_again(phone: Phone) -> None:
    content = phone.send("video", MP4)
    phone.line.faults(content_not_ready=3)
    for seconds in (1, 2, 4):
        fetch(content)
        assert content.state == State.WANTED
        assert seconds - 1 < pause_of(content) <= seconds
    assert fetch(content).state == State.STORED
    assert phone.downloads() == 4


@pytest.mark.parametrize("fault", ["content_error", "content_cut"])
def test_a_failed_download_is_tried_again(phone: Phone, fault: str) -> None:
    content = phone.send("file", PDF)
    phone.line.faults(**{fault: 1})
    assert fetch(content).state == State.WANTED
    assert content.error
    assert phone.files() == []
    assert fetch(content).state == State.STORED
    assert content.error == ""


def test_content_that_line_has_no_more_is_not_asked_for_again(phone: Phone) -> None:
    taken_back = phone.photo(picture())
    phone.line.unsend(phone.user_id, taken_back.message.line_message_id)
    unknown = phone.note("100000000000000000", "image")
    for content in (taken_back, unknown):
        assert fetch(content).state == State.GONE
        assert (content.due_at, content.error) == (None, "")


def test_line_out_of_reach_costs_a_try(phone: Phone, settings: Any) -> None:
    content = phone.photo(picture())
    settings.LINE_API_URL = "http://127.0.0.1:9"
    assert fetch(content).state == State.WANTED
    settings.LINE_API_URL = phone.line.url
    assert fetch(content).state == State.STORED


def test_pauses_grow_to_ten_minutes_and_a_day_of_tries_ends_in_a_failure(phone: Phone) -> None:
    content = phone.photo(picture())
    phone.line.faults(content_error=3)
    MessageContent.objects.update(attempts=40)
    fetch(content)
    assert 599 < pause_of(content) <= 600
    MessageContent.objects.update(attempts=fetching.MAX_ATTEMPTS - 1)
    fetch(content)
    assert (content.state, content.due_at) == (State.FAILED, None)
    assert content.error == "HTTP 500"


def test_the_tries_take_about_a_day() -> None:
    pauses = [min(2**n, fetching.LONGEST_PAUSE) for n in range(fetching.MAX_ATTEMPTS - 1)]
    assert timedelta(hours=23) < timedelta(seconds=sum(pauses)) < timedelta(hours=25)


# -- what happens to workers ------------------------------------------------------------------


def during_download(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Have `act` done once, when the bytes have come and before they are kept."""
    whole, waiting = fetching.download, [act]

    def download(*args: Any, **options: Any) -> int:
        received = whole(*args, **options)
        if waiting:
            waiting.pop()()
        return received

    monkeypatch.setattr(fetching, "download", download)


def die() -> None:
    raise SystemExit  # nobody's `except Exception` sees it, as nobody sees a kill -9


def test_the_same_event_twice_is_one_download(phone: Phone, rings: list[str]) -> None:
    content = phone.photo(picture())
    jobs.want(content.message)
    fetch(content)
    jobs.want(Message.objects.get(pk=content.message_id))
    assert fetching.fetch_due() == 0
    assert MessageContent.objects.count() == phone.downloads() == 1


def test_of_two_workers_one_has_the_file(phone: Phone) -> None:
    content = phone.photo(picture())
    twin = MessageContent.objects.get(pk=content.pk)
    assert fetching._claim(content)
    assert not fetching._claim(twin)
    assert fetching.fetch_due() == 0


def test_a_worker_killed_in_mid_download_is_succeeded_when_its_lease_ends(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.photo(picture())
    during_download(monkeypatch, die)
    with pytest.raises(SystemExit):
        fetching.fetch_due()
    assert fetching.fetch_due() == 0
    content.refresh_from_db()
    assert fetching.DOWNLOAD_SECONDS < pause_of(content) <= fetching.LEASE.total_seconds()
    assert fetch(content).state == State.STORED
    assert content.attempts == 2


def test_a_worker_killed_after_storing_leaves_no_second_file(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.send("file", PDF)
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "_close", lambda *args, **fields: die())
        with pytest.raises(SystemExit):
            fetching.fetch_due()
    [left] = phone.files()
    assert fetch(content).state == State.STORED
    assert phone.files() == [phone.storage / content.file]
    assert left != phone.files()[0]


def test_a_worker_that_lost_its_lease_changes_nothing_and_keeps_nothing(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.send("file", PDF)
    during_download(monkeypatch, lambda: fetch(content) and None)
    fetching.fetch_due()
    content.refresh_from_db()
    assert (content.state, content.attempts) == (State.STORED, 2)
    assert phone.files() == [phone.storage / content.file]


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_mid_download_loses_nothing(phone: Phone, tmp_path: Path) -> None:
    content = phone.send("video", MP4)
    phone.line.faults(content_slow_ms=3000)
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        address = f"sqlite:///{database['NAME']}"
    else:
        who = f"{database['USER']}:{database['PASSWORD']}"
        address = f"postgres://{who}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    worker = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import django; django.setup();"
            "from chatops.content.fetching import fetch_due; fetch_due()",
        ],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bannmae.settings",
            "DATABASE_URL": address,
            "VAR_DIR": str(tmp_path / "worker"),
            "SIMULATOR": "on",
            "LINE_API_URL": phone.line.url,
            "LINE_CHANNEL_ACCESS_TOKEN": phone.line.token,
            "LINE_CHANNEL_SECRET": phone.line.secret,
        },
    )
    end = time.monotonic() + 60
    while not phone.downloads():
        assert worker.poll() is None
        assert time.monotonic() < end
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    content.refresh_from_db()
    assert (content.state, content.attempts) == (State.WANTED, 1)
    phone.line.faults(content_slow_ms=0)
    assert fetching.fetch_due() == 0
    assert fetch(content).state == State.STORED
    assert phone.files() == [phone.storage / content.file]


def test_pictures_being_decoded_elsewhere_are_waited_for(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.photo(picture())
    with monkeypatch.context() as patch:

        def busy(*args: Any, **options: Any) -> None:
            raise photos.Busy

        patch.setattr(photos, "take_in", busy)
        assert fetch(content).state == State.WANTED
    assert fetch(content).state == State.STORED


@pytest.mark.parametrize("kind", ["image", "file"])
def test_a_storage_that_fails_costs_a_try_and_leaves_nothing(
    phone: Phone, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.photo(picture()) if kind == "image" else phone.send("file", PDF)
    with monkeypatch.context() as patch:

        def full(self: Any, name: str, data: Any) -> str:
            Path(self.path(name)).parent.mkdir(parents=True, exist_ok=True)
            Path(self.path(name)).write_bytes(b"half")
            raise OSError("No space left on device")

        patch.setattr(FileSystemStorage, "_save", full)
        assert fetch(content).state == State.WANTED
        assert content.error == "OSError"
    assert phone.files() == []
    assert fetch(content).state == State.STORED


def test_one_broken_row_does_not_hold_up_the_others(phone: Phone) -> None:
    odd, good = phone.photo(picture()), phone.photo(picture())
    Message.objects.filter(pk=odd.message_id).update(kind="hologram")
    assert fetching.fetch_due() == 2
    odd.refresh_from_db()
    good.refresh_from_db()
    assert (odd.state, good.state) == (State.WANTED, State.STORED)


def test_downloads_leave_threads_to_the_answers(phone: Phone) -> None:
    phone.photo(picture())
    assert fetching._slots.acquire(blocking=False)
    assert fetching._slots.acquire(blocking=False)
    try:
        assert fetching.fetch_due() == 0
    finally:
        fetching._slots.release(2)
    assert fetching.fetch_due() == 1


# -- taken back ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["image", "file"])
def test_what_is_taken_back_is_deleted(
    phone: Phone, kind: str, rings: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    content = fetch(phone.photo(picture()) if kind == "image" else phone.send("file", PDF))
    assert phone.files()
    with django_capture_on_commit_callbacks(execute=True):
        phone.take_back(content)
    assert rings == ["ring"]
    content.refresh_from_db()
    assert (content.state, content.size, content.content_type) == (State.REMOVED, None, "")
    fetching.fetch_due()
    content.refresh_from_db()
    assert phone.files() == []
    assert (content.file, content.thumbnail, content.due_at) == ("", "", None)


@pytest.mark.parametrize("kind", ["image", "file"])
def test_an_unsend_during_the_download_wins(
    phone: Phone, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.photo(picture()) if kind == "image" else phone.send("file", PDF)
    during_download(monkeypatch, lambda: phone.take_back(content))
    assert fetch(content).state == State.REMOVED
    assert phone.files() == []
    fetch(content)
    assert (content.file, content.thumbnail, content.due_at) == ("", "", None)


def test_an_unsend_while_the_file_is_being_stored_wins(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.send("file", PDF)
    save = FileSystemStorage._save

    def slow(self: Any, name: str, data: Any) -> str:
        phone.take_back(content)
        return save(self, name, data)

    monkeypatch.setattr(FileSystemStorage, "_save", slow)
    assert fetch(content).state == State.REMOVED
    assert phone.files() == []


def test_a_worker_killed_while_storing_what_was_taken_back_leaves_nothing_for_long(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.send("file", PDF)
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "_close", lambda *args, **fields: die())
        with pytest.raises(SystemExit):
            fetching.fetch_due()
    phone.take_back(content)
    assert phone.files()
    assert fetch(content).state == State.REMOVED
    assert phone.files() == []


def test_an_unsend_before_the_download_saves_it(phone: Phone) -> None:
    content = phone.photo(picture())
    phone.take_back(content)
    assert fetch(content).state == State.REMOVED
    assert content.due_at is None
    assert phone.downloads() == 0


def test_an_unsend_that_came_first_wants_nothing(phone: Phone) -> None:
    message = Message.objects.create(
        resident=phone.resident,
        line_message_id="1",
        kind="image",
        sent_at=timezone.now(),
        unsent_at=timezone.now(),
    )
    jobs.want(message)
    jobs.remove(message)
    assert not MessageContent.objects.exists()


@pytest.mark.parametrize("kind", ["text", "sticker", "location", "unsent"])
def test_what_has_no_file_wants_none(phone: Phone, kind: str) -> None:
    message = Message.objects.create(
        resident=phone.resident, line_message_id="1", kind=kind, sent_at=timezone.now()
    )
    jobs.want(message)
    assert not MessageContent.objects.exists()


def test_a_storage_that_does_not_delete_is_asked_again_until_it_does(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = fetch(phone.photo(picture()))
    kept, small = content.file, content.thumbnail
    delete = FileSystemStorage.delete

    def stuck(self: Any, name: str) -> None:
        if not name.endswith("-480.jpg"):
            raise OSError("storage is away")
        delete(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "delete", stuck)
        phone.take_back(content)
        fetch(content)
        assert (content.file, content.thumbnail) == (kept, "")
        assert not default_storage.exists(small)
        assert 0 < pause_of(content) <= 3600
        MessageContent.objects.update(attempts=900)
        fetch(content)
        assert 3599 < pause_of(content) <= 3600
    assert fetch(content).due_at is None
    assert phone.files() == []


def test_a_file_that_an_unsend_overtook_is_deleted_later_where_it_cannot_be_now(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = phone.photo(picture())
    during_download(monkeypatch, lambda: phone.take_back(content))
    with monkeypatch.context() as patch:

        def stuck(self: Any, name: str) -> None:
            raise OSError("storage is away")

        patch.setattr(FileSystemStorage, "delete", stuck)
        assert fetch(content).state == State.REMOVED
    assert len(phone.files()) == 2
    fetch(content)
    assert phone.files() == []
    assert content.due_at is None


def test_a_wanted_file_wakes_a_worker_once_the_message_is_kept(
    phone: Phone, rings: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        content = phone.photo(picture())
        jobs.want(content.message)
    assert len(callbacks) == 1
    assert rings == []
    callbacks[0]()
    assert rings == ["ring"]
    assert len(content.token) == 43


def test_bytes_are_kept_as_they_came(phone: Phone) -> None:
    data = os.urandom(700_000)
    content = fetch(phone.send("file", data))
    with default_storage.open(content.file) as stored:
        assert stored.read() == data
