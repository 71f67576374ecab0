"""How files of messages are given out: nothing of a stranger's runs, players can seek."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.http import Http404
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from bannmae.testing import picture
from chatops.content import kinds, names, views
from chatops.content.names import safe_name
from chatops.content.views import _span, content_response, is_played
from chatops.line import incoming
from chatops.models import MessageContent, Topic
from chatops.simulator.testing import Simulator
from chatops.tests.content_box import HTML, M4A, MP4, PDF, Phone, fetch


@pytest.fixture
def phone(line: Simulator, private_storage: Path) -> Phone:
    return Phone(line, private_storage)


def ask(content: MessageContent, *, thumbnail: bool = False, **headers: str) -> Any:
    request = RequestFactory().get("/", headers=headers)
    return content_response(request, content, thumbnail=thumbnail)


def body(response: Any) -> bytes:
    data = response.getvalue()
    response.close()
    return data


@pytest.mark.django_db
def test_a_picture_is_shown_and_asked_for_once(phone: Phone) -> None:
    content = fetch(phone.photo(picture()))
    for thumbnail in (False, True):
        shown = ask(content, thumbnail=thumbnail)
        assert shown["Content-Type"] == "image/jpeg"
        assert shown["Cache-Control"] == "private, no-cache"
        assert "sandbox" in shown["Content-Security-Policy"]
        assert shown["X-Content-Type-Options"] == "nosniff"
        assert body(shown)[:3] == b"\xff\xd8\xff"
        again = ask(content, thumbnail=thumbnail, if_none_match=shown["ETag"])
        assert again.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["image", "file", "video"])
def test_no_browser_keeps_what_belongs_to_a_restricted_topic(phone: Phone, kind: str) -> None:
    Topic.objects.filter(pk=phone.case.topic_id).update(restricted=True)
    content = fetch(phone.photo(picture()) if kind == "image" else phone.send(kind, MP4))
    shown = ask(content, if_none_match="*")
    assert shown.status_code == 200
    assert shown["Cache-Control"] == "private, no-store"
    assert "ETag" not in shown
    shown.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "name", "saved_as", "content_type"),
    [
        (PDF, "ใบเสร็จ ๒๕๖๙.pdf", "ใบเสร็จ ๒๕๖๙.pdf", "application/pdf"),
        (PDF, 'a"b\\c\r\nSet-Cookie: x=1.pdf', "a_b_c Set-Cookie_ x=1.pdf", "application/pdf"),
        (HTML, "สลิป.html", "สลิป.html.bin", "application/octet-stream"),
        (HTML, "รูป.jpg", "รูป.jpg", "application/octet-stream"),
        (HTML, "x.svg", "x.svg.bin", "application/octet-stream"),
        (b"MZ", "ใบแจ้ง\u202efdp.exe", "ใบแจ้งfdp.exe.bin", "application/octet-stream"),
        (picture(), "photo.jpg", "photo.jpg", "application/octet-stream"),
        (MP4, "film.mp4", "film.mp4", "application/octet-stream"),
    ],
)
def test_a_file_is_saved_and_never_opened_in_the_page(
    phone: Phone, data: bytes, name: str, saved_as: str, content_type: str
) -> None:
    content = fetch(phone.send("file", data, "x.bin"))
    # As chatops/line/incoming.py reads it, or not even that.
    content.message.details = {"file_name": name.replace("\r\n", " ")}
    given_out = ask(content)
    assert given_out["Content-Type"] == content_type
    assert given_out["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given_out["Content-Security-Policy"]
    disposition = given_out["Content-Disposition"]
    if saved_as.isascii():
        assert disposition == f'attachment; filename="{saved_as}"'
    else:
        assert disposition == f"attachment; filename*=utf-8''{quote(saved_as, safe='')}"
    assert body(given_out) == data


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "data", "content_type"),
    [("video", MP4, "video/mp4"), ("audio", M4A, "audio/mp4"), ("audio", b"ID3x", "audio/mpeg")],
)
def test_sound_and_video_play_in_the_page_and_can_be_sought(
    phone: Phone, kind: str, data: bytes, content_type: str
) -> None:
    content = fetch(phone.send(kind, data))
    assert is_played(content)
    whole = ask(content)
    assert (whole.status_code, whole["Content-Type"]) == (200, content_type)
    assert whole["Accept-Ranges"] == "bytes"
    assert whole["Content-Disposition"].startswith('inline; filename="file.')
    assert whole["Content-Length"] == str(len(data))
    assert body(whole) == data
    for asked, start, stop in [
        ("bytes=0-", 0, len(data)),
        ("bytes=1-2", 1, 3),
        ("bytes=-2", len(data) - 2, len(data)),
        (f"bytes=2-{10**9}", 2, len(data)),
    ]:
        part = ask(content, range=asked)
        assert part.status_code == 206
        assert part["Content-Range"] == f"bytes {start}-{stop - 1}/{len(data)}"
        assert part["Content-Length"] == str(stop - start)
        assert part["X-Content-Type-Options"] == "nosniff"
        assert body(part) == data[start:stop]
    beyond = ask(content, range=f"bytes={len(data)}-")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(data)}")
    for odd in ("bytes=0-1,4-5", "lines=1-2", "bytes=5-2", "bytes=-", "bytes=๑-๒"):
        whole = ask(content, range=odd)
        assert (whole.status_code, body(whole)) == (200, data)
    changed = ask(content, range="bytes=0-1", if_range='"x"')
    assert (changed.status_code, body(changed)) == (200, data)


@pytest.mark.django_db
def test_a_page_disguised_as_a_video_is_saved_and_not_played(phone: Phone) -> None:
    content = fetch(phone.send("video", HTML))
    assert not is_played(content)
    given_out = ask(content)
    assert given_out["Content-Disposition"] == 'attachment; filename="file.bin"'
    assert given_out["Content-Type"] == "application/octet-stream"
    given_out.close()


@pytest.mark.django_db
def test_what_is_not_there_is_404(phone: Phone) -> None:
    wanted = phone.photo(picture())
    with pytest.raises(Http404):
        ask(wanted)
    film = fetch(phone.send("video", MP4))
    with pytest.raises(Http404):
        ask(film, thumbnail=True)
    (phone.storage / film.file).unlink()
    with pytest.raises(Http404):
        ask(film)
    photo = fetch(wanted)
    phone.take_back(photo)
    photo.refresh_from_db()
    assert photo.file  # not deleted yet, and given to nobody any more
    with pytest.raises(Http404):
        ask(photo)


@given(name=st.text(), ending=st.sampled_from(["", ".pdf", ".exe", ".", "..", ".PDF", ". lnk"]))
def test_a_saved_name_opens_nothing_that_runs(name: str, ending: str) -> None:
    saved = safe_name(name + ending, "application/octet-stream")
    assert saved
    assert 0 < len(saved.encode()) <= 200
    assert not set(saved) & set('/\\:*?"<>|\r\n\t\0')
    assert not saved.startswith(".")
    assert saved.rpartition(".")[2].lower() not in {"exe", "lnk", "html", "js", ""}


def test_a_name_is_cut_between_its_characters_and_keeps_its_ending() -> None:
    saved = safe_name("น้ำ" * 100 + ".pdf", "application/pdf")
    assert saved.endswith("น้ำ.pdf")
    assert len(saved.encode()) <= 200
    assert safe_name("x." + "ย" * 300, "") == safe_name("x." + "ย" * 300, "")[:-4] + ".bin"


@given(asked=st.from_regex(r"\Abytes=[0-9]{0,3}-[0-9]{0,3}\Z"), size=st.integers(0, 120))
def test_a_part_lies_inside_the_file(asked: str, size: int) -> None:
    span = _span(asked, size)
    if span:
        assert 0 <= span.start < span.stop <= size


@pytest.mark.parametrize("module", [incoming, kinds, names, views])
def test_examples_in_docstrings_are_true(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed
