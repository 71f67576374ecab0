"""Take in a photo from a resident or an officer: the one door for pictures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from bannmae.media import storage
from bannmae.media.decoding import clean
from bannmae.media.errors import (
    Busy,
    FileRefused,
    PhotoTooLarge,
    PhotoTypeNotAllowed,
    UnreadablePhoto,
)
from bannmae.media.reading import MAX_BYTES, Readable, picture_format, read_bounded

__all__ = [
    "Busy",
    "FileRefused",
    "PhotoTooLarge",
    "PhotoTypeNotAllowed",
    "StoredPhoto",
    "UnreadablePhoto",
    "delete",
    "store_photo",
    "take_in",
]


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """A photo in the private storage.

    `name` and `thumbnail_name` are names in the default storage; `width`, `height` (pixels) and
    `bytes` are of the stored JPEG. Position (degrees, WGS 84) and time come from the metadata
    that the stored file no longer has.
    """

    name: str
    thumbnail_name: str
    width: int
    height: int
    bytes: int
    latitude: float | None = None
    longitude: float | None = None
    taken_at: dt.datetime | None = None


def take_in(file: Readable, *, max_bytes: int = MAX_BYTES) -> StoredPhoto:
    """Check, clean and store a photo: JPEG, PNG, WebP or HEIC by content.

    Stored are a JPEG of at most 2048 px and a thumbnail of at most 480 px, upright, without any
    metadata. When anything fails, nothing is stored. Call it outside a database transaction.

    Raises:
        PhotoTooLarge: more than `max_bytes`.
        PhotoTypeNotAllowed: another type.
        UnreadablePhoto: broken, cut off, or beyond the limits of pixels.
        Busy: too many pictures are being decoded just now.
        Exception: the storage's own, when it fails.
    """
    return store_photo(read_bounded(file, max_bytes))


def store_photo(data: bytes) -> StoredPhoto:
    """As `take_in`, for the bytes of a file that is small enough."""
    kind = picture_format(data)
    if kind is None:
        raise PhotoTypeNotAllowed("รองรับเฉพาะรูปภาพ JPEG, PNG, WebP และ HEIC")
    picture = clean(data, kind)
    name, thumbnail_name = storage.store_all(
        "photos", [(".jpg", picture.jpeg), ("-480.jpg", picture.thumbnail)]
    )
    return StoredPhoto(
        name=name,
        thumbnail_name=thumbnail_name,
        width=picture.width,
        height=picture.height,
        bytes=len(picture.jpeg),
        latitude=picture.metadata.latitude,
        longitude=picture.metadata.longitude,
        taken_at=picture.metadata.taken_at,
    )


def delete(names: Iterable[str]) -> list[str]:
    """Delete stored files by name; missing ones and '' are no error, nor is a failing storage.

    Returns the names that could not be deleted.
    """
    return storage.delete(names)
