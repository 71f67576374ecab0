"""Photos that are in but on no case yet: taken in, handed on to a case, or forgotten."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import Throttled, ValidationError

from bannmae.media import photos
from bannmae.media.photos import StoredPhoto
from bannmae.media.reading import Readable
from chatops.models import Resident
from liff.models import Upload

USABLE_FOR = timedelta(hours=24)
MAX_UNUSED = 30  # of one resident


class PhotosRefused(ValidationError):
    """Photos that a case cannot take; names the field, as the body's other errors do."""

    def __init__(self, message: Any) -> None:
        self.message = message
        super().__init__({"photos": [message]})


class TooManyUnused(Throttled):
    """She has uploaded far more than a case can hold."""

    default_detail = _("มีภาพที่อัปโหลดไว้แต่ยังไม่ได้ใช้มากเกินไป กรุณาลบภาพที่ไม่ใช้ หรือส่งเรื่องก่อน")
    default_code = "too_many_unused_photos"

    def __init__(self, wait: float) -> None:
        """`wait`: seconds until the oldest of them is forgotten (told as Retry-After)."""
        super().__init__(detail=str(self.default_detail))
        self.wait = math.ceil(wait)


def take(resident: Resident, file: Readable) -> tuple[Upload, StoredPhoto]:
    """Take in a photo of hers. Raises TooManyUnused, or FileRefused as `photos.take_in`."""
    now = timezone.now()
    unused = Upload.objects.filter(resident=resident, created_at__gt=now - USABLE_FOR).aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    if unused["count"] >= MAX_UNUSED:
        raise TooManyUnused(wait=(unused["oldest"] + USABLE_FOR - now).total_seconds())
    stored = photos.take_in(file)
    try:
        upload = Upload.objects.create(
            resident=resident,
            token=secrets.token_urlsafe(32),
            file=stored.name,
            thumbnail=stored.thumbnail_name,
            width=stored.width,
            height=stored.height,
            created_at=now,
        )
    except BaseException:
        photos.delete([stored.name, stored.thumbnail_name])
        raise
    return upload, stored


def usable(resident: Resident, tokens: Sequence[str]) -> list[Upload]:
    """Return her unused uploads of these tokens, in their order. Raise PhotosRefused."""
    if not tokens:
        return []
    if len(set(tokens)) != len(tokens):
        raise PhotosRefused(_("มีภาพเดียวกันซ้ำในรายการ"))
    since = timezone.now() - USABLE_FOR
    found = {
        upload.token: upload
        for upload in Upload.objects.filter(
            resident=resident, token__in=tokens, created_at__gt=since
        )
    }
    if len(found) != len(tokens):
        raise _gone()
    return [found[token] for token in tokens]


def claim(uploads: Sequence[Upload]) -> list[StoredPhoto]:
    """Hand uploads over: their files belong to the caller's case if his transaction commits.

    Raises PhotosRefused when another request was faster.
    """
    if not uploads:
        return []
    claimed, _rows = Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    if claimed != len(uploads):
        raise _gone()
    return [
        StoredPhoto(
            name=upload.file,
            thumbnail_name=upload.thumbnail,
            width=upload.width,
            height=upload.height,
            bytes=0,  # not kept; nobody asks once it is stored
        )
        for upload in uploads
    ]


def discard(upload: Upload) -> None:
    """Delete a photo that she does not want after all, unless a case has taken it.

    While the storage fails, its row stays as one that is past use, for the scheduler to try again.
    """
    deleted, _rows = Upload.objects.filter(pk=upload.pk).delete()
    if deleted and photos.delete([upload.file, upload.thumbnail]):
        upload.pk = None
        upload.created_at = timezone.now() - 2 * USABLE_FOR
        upload.save(force_insert=True)


def _gone() -> PhotosRefused:
    return PhotosRefused(_("ไม่พบภาพบางภาพ หรือภาพถูกใช้ไปแล้ว กรุณาแนบภาพใหม่"))
