"""Take in a scanned paper (a signed order, a form): a PDF as it is, or a photo of the sheet."""

from __future__ import annotations

from dataclasses import dataclass

from bannmae.media import storage
from bannmae.media.errors import FileRefused, PhotoTypeNotAllowed, UnreadablePhoto
from bannmae.media.photos import store_photo
from bannmae.media.reading import MAX_BYTES, Readable, is_pdf, picture_format, read_bounded
from bannmae.media.turns import turn
from bannmae.paper.pdfium import PDFIUM

PDF_TYPE = "application/pdf"
PHOTO_TYPE = "image/jpeg"

__all__ = ["PDF_TYPE", "PHOTO_TYPE", "FileRefused", "StoredScan", "take_in_scan"]


@dataclass(frozen=True, slots=True)
class StoredScan:
    """A scan in the private storage; `thumbnail_name` is '' for a PDF, `pages` 1 for a photo."""

    name: str
    content_type: str
    bytes: int
    pages: int = 1
    thumbnail_name: str = ""


def take_in_scan(file: Readable, *, max_bytes: int = MAX_BYTES) -> StoredScan:
    """Check and store a scan: a PDF that opens without a password, or a photo as in `photos`.

    A PDF is stored unchanged; it may hold anything, so serve it by `serve.scan_response` only.

    Raises:
        PhotoTooLarge, PhotoTypeNotAllowed, UnreadablePhoto, Busy: as `photos.take_in`.
        Exception: the storage's own, when it fails.
    """
    data = read_bounded(file, max_bytes)
    if is_pdf(data):
        pages = _page_count(data)
        (name,) = storage.store_all("scans", [(".pdf", data)])
        return StoredScan(name=name, content_type=PDF_TYPE, bytes=len(data), pages=pages)
    if picture_format(data) is None:
        raise PhotoTypeNotAllowed("รองรับเฉพาะไฟล์ PDF หรือรูปภาพ JPEG, PNG, WebP และ HEIC")
    photo = store_photo(data)
    return StoredScan(
        name=photo.name,
        content_type=PHOTO_TYPE,
        bytes=photo.bytes,
        thumbnail_name=photo.thumbnail_name,
    )


def _page_count(data: bytes) -> int:
    """Return the number of pages; raises `UnreadablePhoto` where there is none to read."""
    import pypdfium2

    with turn(PDFIUM):
        try:
            with pypdfium2.PdfDocument(data) as document:
                pages = len(document)
                if pages:
                    document[0].close()
        except Exception as error:
            raise UnreadablePhoto("เปิดไฟล์ PDF นี้ไม่ได้ ไฟล์อาจเสียหายหรือมีรหัสผ่าน กรุณาสแกนใหม่") from error
    if not pages:
        raise UnreadablePhoto("ไฟล์ PDF นี้ไม่มีหน้าเอกสาร")
    return pages
