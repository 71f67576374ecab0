"""Scanned papers: a PDF kept as it is, or a photo of the sheet."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pypdf import PdfWriter

from bannmae.media.errors import PhotoTooLarge, PhotoTypeNotAllowed, UnreadablePhoto
from bannmae.media.scans import take_in_scan
from bannmae.tests import media_samples as samples


def pdf(pages: int = 2, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_is_kept_byte_for_byte(private_storage: Path) -> None:
    data = pdf()
    scan = take_in_scan(io.BytesIO(data))
    assert (scan.content_type, scan.pages, scan.bytes) == ("application/pdf", 2, len(data))
    assert scan.thumbnail_name == ""
    assert scan.name.startswith("scans/")
    assert scan.name.endswith(".pdf")
    with default_storage.open(scan.name) as file:
        assert file.read() == data


def test_a_photo_of_the_sheet_is_cleaned_like_any_photo() -> None:
    data = samples.encode(samples.halves(), "JPEG", exif=samples.exif())
    scan = take_in_scan(io.BytesIO(data))
    assert (scan.content_type, scan.pages) == ("image/jpeg", 1)
    assert default_storage.exists(scan.thumbnail_name)
    with default_storage.open(scan.name) as file:
        assert b"SecretPhoneMaker" not in file.read()


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\nnothing else",
        b"%PDF-1.7\n<script>alert(1)</script>" + bytes(200),
        pdf()[:150],
        pdf(password="secret"),
    ],
    ids=["stump", "html", "cut off", "locked"],
)
def test_a_pdf_that_does_not_open_is_refused(data: bytes, private_storage: Path) -> None:
    with pytest.raises(UnreadablePhoto, match="PDF"):
        take_in_scan(io.BytesIO(data))
    assert not private_storage.exists() or not list(private_storage.rglob("*.*"))


@pytest.mark.parametrize("data", [b"PK\x03\x04 docx", b"\n" + pdf(), b"<svg/>", b"MZ\x90"])
def test_other_types_are_refused(data: bytes) -> None:
    with pytest.raises(PhotoTypeNotAllowed, match="PDF"):
        take_in_scan(io.BytesIO(data))


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(PhotoTooLarge):
        take_in_scan(io.BytesIO(pdf()), max_bytes=100)
