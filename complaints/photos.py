"""Photos of a case: rows that name files in private storage."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bannmae.media.photos import StoredPhoto
from complaints.models import Complaint, Photo, TimelineEntry

MAX_PHOTOS = 10  # of one report, and of one step


def attach(
    complaint: Complaint, photos: Sequence[StoredPhoto], *, entry: TimelineEntry | None = None
) -> list[Photo]:
    """Make rows of stored photos: the report's own, or those of a step (`entry`).

    Raises ValueError for more than MAX_PHOTOS.
    """
    if len(photos) > MAX_PHOTOS:
        raise ValueError(f"At most {MAX_PHOTOS} photos at once")
    if not photos:
        return []
    return Photo.objects.bulk_create(
        Photo(
            complaint=complaint,
            entry=entry,
            token=secrets.token_urlsafe(32),
            file=photo.name,
            thumbnail=photo.thumbnail_name,
            width=photo.width,
            height=photo.height,
        )
        for photo in photos
    )
