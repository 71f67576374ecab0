"""How stored files are given out."""

from __future__ import annotations

import io
from typing import Any, cast

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.test import RequestFactory
from pytest_django import Settings

from bannmae.media.photos import take_in
from bannmae.media.serve import photo_response, scan_response
from bannmae.tests import media_samples as samples

# Closing a response tells Django's database layer that the request is over.
pytestmark = pytest.mark.django_db


@pytest.fixture
def name() -> str:
    """A stored photo."""
    return take_in(io.BytesIO(samples.encode(samples.halves(), "JPEG"))).name


def body(response: Any) -> bytes:
    content = b"".join(cast(FileResponse, response).streaming_content)  # type: ignore[arg-type]
    response.close()
    return content


def test_a_photo_is_shown_in_the_page_and_kept_by_this_browser_only(name: str) -> None:
    response = photo_response(name, download_name="ภาพที่ 1.jpg")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''%E0")
    assert "sandbox" in response["Content-Security-Policy"]
    content = body(response)
    assert int(response["Content-Length"]) == len(content) == default_storage.size(name)
    assert content.startswith(b"\xff\xd8")


def test_a_browser_that_has_it_is_told_so_without_asking_the_storage(name: str) -> None:
    first = photo_response(name)
    etag = first["ETag"]
    first.close()
    assert name.rsplit("/", 1)[-1][:32] not in etag
    default_storage.delete(name)
    request = RequestFactory().get("/", headers={"If-None-Match": etag})
    again = photo_response(name, request=request)
    assert again.status_code == 304
    assert again["ETag"] == etag
    assert again["Cache-Control"] == "private, no-cache"


def test_another_tag_gets_the_photo(name: str) -> None:
    request = RequestFactory().get("/", headers={"If-None-Match": '"other"'})
    response = photo_response(name, request=request)
    assert response.status_code == 200
    assert body(response)


def test_a_file_that_is_gone_is_not_found() -> None:
    with pytest.raises(Http404):
        photo_response("photos/2026/11/none.jpg")


def test_it_works_with_a_storage_without_paths(settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    stored = take_in(io.BytesIO(samples.encode(samples.halves(), "PNG")))
    response = photo_response(stored.name)
    assert len(body(response)) == stored.bytes == int(response["Content-Length"])


def test_a_pdf_is_a_download_that_runs_nothing() -> None:
    name = default_storage.save("scans/2026/11/x.pdf", ContentFile(b"%PDF-1.7"))
    response = scan_response(name, download_name="คำสั่ง.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert body(response) == b"%PDF-1.7"
    assert response["Cache-Control"] == "private, no-store"
    assert "ETag" not in response, "each look at a signed paper is asked for"


def test_a_scan_that_is_a_photo_is_shown(name: str) -> None:
    response = scan_response(name)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline")
    assert response["Cache-Control"] == "private, no-store"
    assert "ETag" not in response
    response.close()
