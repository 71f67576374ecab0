"""Files beside the database: what residents sent, and the menus' pictures."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

PREVIEW_PIXELS = 240
LARGEST_PIXELS = 4096  # the LINE app shrinks what it sends; the exact bound is not published

SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


def sniff(data: bytes) -> str:
    """Return the media type that the first bytes of `data` say."""
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return "image/heic" if data[8:12] in {b"heic", b"heix", b"mif1"} else "video/mp4"
    return "application/octet-stream"


def as_line_sends_it(data: bytes) -> tuple[bytes, str]:
    """Return (bytes, media type) of a picked photo as the LINE app uploads it.

    JPEG and PNG stay as they are. HEIC, WebP and others become JPEG; what cannot be read stays
    what it is, so that broken files can be sent on purpose.
    """
    kind = sniff(data)
    if kind in {"image/jpeg", "image/png"}:
        return data, kind
    picture = _open(data)
    if picture is None:
        return data, kind
    return _jpeg(picture, LARGEST_PIXELS), "image/jpeg"


def preview(data: bytes) -> bytes | None:
    """Return a small JPEG of the picture `data`, or None when it cannot be read."""
    picture = _open(data)
    return None if picture is None else _jpeg(picture, PREVIEW_PIXELS)


def size_of(data: bytes) -> tuple[int, int, str] | None:
    """Return (width, height, format) of a picture, or None when it cannot be read."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
            return picture.width, picture.height, str(picture.format)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _open(data: bytes) -> Image.Image | None:
    import pillow_heif  # loaded with the first photo, not at the start

    pillow_heif.register_heif_opener()
    try:
        picture = Image.open(io.BytesIO(data))
        picture.load()
        return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _jpeg(picture: Image.Image, pixels: int) -> bytes:
    picture = picture.convert("RGB")
    picture.thumbnail((pixels, pixels))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _path(folder: str, name: str) -> Path:
    if re.fullmatch(r"[A-Za-z0-9-]{1,60}", name) is None:
        raise ValueError(name)
    path: Path = settings.CONFIG.pictures / folder
    path.mkdir(parents=True, exist_ok=True)
    return path / name


def keep_content(message_id: str, data: bytes) -> None:
    """Keep the content of a message."""
    _path("content", message_id).write_bytes(data)


def content(message_id: str) -> bytes | None:
    """Return the content of a message, or None where there is none."""
    path = _path("content", message_id)
    return path.read_bytes() if path.exists() else None


def drop_content(message_id: str) -> None:
    """Delete the content of a message, if there is any."""
    _path("content", message_id).unlink(missing_ok=True)


def keep_menu(rich_menu_id: str, data: bytes) -> None:
    """Keep the picture of a rich menu."""
    _path("menus", rich_menu_id).write_bytes(data)


def menu(rich_menu_id: str) -> bytes | None:
    """Return the picture of a rich menu, or None where there is none."""
    path = _path("menus", rich_menu_id)
    return path.read_bytes() if path.exists() else None


def drop_menu(rich_menu_id: str) -> None:
    """Delete the picture of a rich menu."""
    _path("menus", rich_menu_id).unlink(missing_ok=True)


def drop_all(*, menus: bool) -> None:
    """Delete every content, and with `menus` every menu's picture."""
    for folder in ("content", "menus") if menus else ("content",):
        shutil.rmtree(settings.CONFIG.pictures / folder, ignore_errors=True)
