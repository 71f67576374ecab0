"""Give stored files to those who may see them. The caller has checked who that is."""

from __future__ import annotations

import hashlib

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase, HttpResponseNotModified
from django.utils.cache import get_conditional_response


def photo_response(
    name: str, *, request: HttpRequest | None = None, download_name: str | None = None
) -> HttpResponseBase:
    """Return a stored photo, to be shown in the page.

    Args:
        name: its name in the default storage.
        request: with it, a browser that has the photo already gets 304 and no storage is asked.
        download_name: what the browser suggests when the reader saves it.

    Raises:
        Http404: the storage has no such file.
    """
    response = _response(
        name, request, content_type="image/jpeg", filename=download_name or "photo.jpg"
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def scan_response(name: str, *, download_name: str | None = None) -> HttpResponseBase:
    """Return a stored scan, to be kept by no browser: a picture in the page, a PDF as a download.

    Raises:
        Http404: the storage has no such file.
    """
    if name.endswith(".pdf"):
        response = _response(
            name,
            None,
            content_type="application/pdf",
            filename=download_name or "scan.pdf",
            as_attachment=True,
        )
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    else:
        response = photo_response(name, download_name=download_name)
    # A signed order names people: each look is asked for, noted, and leaves nothing on the disk
    # of a computer that the office shares.
    response["Cache-Control"] = "private, no-store"
    del response["ETag"]
    return response


def _response(
    name: str,
    request: HttpRequest | None,
    *,
    content_type: str,
    filename: str,
    as_attachment: bool = False,
) -> HttpResponseBase:
    # A stored file never changes under its name, so the name is all that the tag needs.
    etag = f'"{hashlib.sha256(name.encode()).hexdigest()[:32]}"'
    response: HttpResponseBase | None = None
    if request is not None:
        known = get_conditional_response(request, etag=etag)
        if isinstance(known, HttpResponseNotModified):
            response = known
    if response is None:
        try:
            stored = default_storage.open(name, "rb")
        except FileNotFoundError as error:
            raise Http404 from error
        response = FileResponse(
            stored, as_attachment=as_attachment, filename=filename, content_type=content_type
        )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
