"""Read an uploaded file within a bound, and tell its type by its first bytes."""

from __future__ import annotations

from typing import Protocol

from bannmae.media.errors import PhotoTooLarge, UnreadablePhoto

MAX_BYTES = 20 * 1024 * 1024

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
# 'Some picture in this container': the compatible brands tell which.
_GENERIC_HEIF_BRANDS = frozenset({b"mif1", b"mif2", b"msf1"})


class Readable(Protocol):
    """What gives bytes: an uploaded file, an open file, a stream in memory."""

    def read(self, size: int = ..., /) -> bytes:
        """Return up to `size` bytes, b'' at the end."""


def read_bounded(file: Readable, max_bytes: int) -> bytes:
    """Return the whole content from where `file` stands.

    Raises:
        PhotoTooLarge: more than `max_bytes`; decided by the announced size where there is one,
            else after `max_bytes` + 1 bytes, never by reading all.
        UnreadablePhoto: nothing in it.
    """
    announced = getattr(file, "size", None)
    if isinstance(announced, int) and announced > max_bytes:
        raise _too_large(max_bytes)
    parts: list[bytes] = []
    left = max_bytes + 1
    while left and (part := file.read(left)):
        parts.append(part)
        left -= len(part)
    if not left:
        raise _too_large(max_bytes)
    if not parts:
        raise UnreadablePhoto("ไฟล์ว่างเปล่า กรุณาเลือกไฟล์ใหม่")
    return b"".join(parts)


def picture_format(data: bytes) -> str | None:
    """Return 'JPEG', 'PNG', 'WEBP' or 'HEIF' by the first bytes; None for anything else.

    >>> picture_format(b"\\xff\\xd8\\xff\\xe0...."), picture_format(b"GIF89a......")
    ('JPEG', None)
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        size = min(int.from_bytes(data[:4], "big"), 256)
        major = data[8:12]
        brands = {data[place : place + 4] for place in range(16, size, 4)}
        if major in _HEIF_BRANDS or (major in _GENERIC_HEIF_BRANDS and brands & _HEIF_BRANDS):
            return "HEIF"
    return None


def is_pdf(data: bytes) -> bool:
    """Say whether the content begins as a PDF does.

    >>> is_pdf(b"%PDF-1.7 ..."), is_pdf(b" %PDF-1.7")
    (True, False)
    """
    return data.startswith(b"%PDF-")


def _too_large(max_bytes: int) -> PhotoTooLarge:
    return PhotoTooLarge(f"ไฟล์ใหญ่เกินไป (ได้ไม่เกิน {max_bytes // (1024 * 1024)} MB)")
