"""The four types of photo that are taken in, and a hand that hands them in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from bannmae.media import photos
from bannmae.tests import media_samples as samples

JPEG = samples.encode(samples.halves(), "JPEG", quality=90)
PNG = samples.encode(samples.halves(), "PNG")
WEBP = samples.encode(samples.halves(), "WEBP", lossless=True)
HEIC = samples.heic(samples.halves())


def files(folder: Path) -> list[Path]:
    """Return the files that the storage holds."""
    return [path for path in folder.rglob("*") if path.is_file()]


def take(data: bytes, **options: Any) -> photos.StoredPhoto:
    """Take a photo in; `options` are those of `photos.take_in`."""
    return photos.take_in(io.BytesIO(data), **options)
