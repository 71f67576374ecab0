"""Pictures that officers send. LINE fetches them without signing in, by a name nobody can guess.

https://developers.line.biz/en/reference/messaging-api/#image-message
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bannmae.media.photos import StoredPhoto
from bannmae.media.serve import photo_response
from bannmae.models import Staff
from chatops.models import ChatCase, SharedPicture


def share(photo: StoredPhoto, case: ChatCase, by: Staff) -> SharedPicture:
    """Keep a stored photo as one that is sent in `case`."""
    return SharedPicture.objects.create(
        token=secrets.token_urlsafe(32),
        case=case,
        by=by,
        at=timezone.now(),
        file=photo.name,
        thumbnail=photo.thumbnail_name,
        width=photo.width,
        height=photo.height,
    )


def message_of(picture: SharedPicture) -> dict[str, Any]:
    """Return LINE's image message of a picture."""
    url = f"{settings.PUBLIC_URL}{reverse('line-picture', args=[picture.token])}"
    small = f"{settings.PUBLIC_URL}{reverse('line-picture-480', args=[picture.token])}"
    return {"type": "image", "originalContentUrl": url, "previewImageUrl": small}


@require_safe
def picture(request: HttpRequest, token: str, *, small: bool = False) -> HttpResponseBase:
    """Give a picture to whoever knows its name: LINE, and the phone of the resident."""
    row = SharedPicture.objects.filter(token=token).first()
    if row is None:
        raise Http404
    response = photo_response(row.thumbnail if small else row.file, request=request)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "private, max-age=86400"
    response["Referrer-Policy"] = "no-referrer"
    return response
