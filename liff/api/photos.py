"""Photos: taken in before their case is sent, and given to those who may see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException, NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from bannmae.media.photos import Busy, FileRefused
from bannmae.media.reading import MAX_BYTES
from bannmae.media.serve import photo_response
from bannmae.models import Staff
from chatops import people
from chatops.models import Resident
from complaints.access import visible_to
from complaints.models import Complaint, Photo
from liff import uploads
from liff.api import examples
from liff.api.answers import UploadAnswer
from liff.api.base import ApiView
from liff.api.fields import own_words
from liff.api.schema import errors
from liff.authentication import IsResident, Principal
from liff.models import Upload

# What multipart puts around a file: boundaries, names, a text field or two.
MULTIPART_OVERHEAD = 64 * 1024
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REFUSALS = {
    "too_large": _("ไฟล์ใหญ่เกินไป (ไม่เกิน 20 MB)"),
    "type_not_allowed": _("รองรับเฉพาะรูปภาพ JPEG, PNG, WebP และ HEIC"),
    "busy": _("ขณะนี้มีผู้ส่งไฟล์พร้อมกันจำนวนมาก กรุณารอสักครู่แล้วลองอีกครั้ง"),
    "unreadable": _("เปิดรูปนี้ไม่ได้ ไฟล์อาจเสียหายหรือมีความละเอียดสูงเกินไป"),
}


class PhotoRefused(APIException):
    """Says what is wrong with a file, as DRF says what is wrong with a field."""

    def __init__(self, message: Any, status: int, wait: int | None = None) -> None:
        """`wait`: seconds until the same file may be sent again (told as Retry-After)."""
        self.status_code = status
        self.wait = wait
        super().__init__()
        self.detail = {"file": [message]}


class PhotosView(ApiView):
    """Where photos go before they are part of a case."""

    parser_classes = [MultiPartParser]
    max_body_bytes = MAX_BYTES + MULTIPART_OVERHEAD

    def throttle_scope(self, request: Request) -> str:
        """Decoding is dear: counted by itself."""
        return "photos"

    @extend_schema(
        operation_id="upload_photo",
        tags=["photos"],
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            }
        },
        responses={
            201: OpenApiResponse(UploadAnswer, examples=[OpenApiExample("Photo", examples.UPLOAD)]),
            **errors(400, 401, 403, 413, 415, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Take in a photo: JPEG, PNG, WebP or HEIC (by content) of up to 20 MB.

        Kept is a re-encoded JPEG of at most 2048 px without metadata. A photo that no case
        has taken after 24 hours is deleted.
        """
        file = request.FILES.get("file")
        if file is None:
            raise PhotoRefused(_("กรุณาแนบไฟล์ภาพในช่อง file"), 400)
        try:
            upload, stored = uploads.take(self.resident, file)
        except FileRefused as refusal:
            message = own_words(refusal, _REFUSALS.get(refusal.code, _REFUSALS["unreadable"]))
            wait = refusal.retry_after if isinstance(refusal, Busy) else None
            raise PhotoRefused(message, refusal.status, wait) from None
        context = {"request": request, "stored": stored}
        return Response(UploadAnswer(upload, context=context).data, status=201)


class PhotoView(ApiView):
    """A photo under its unguessable address. Whoever may not see it finds nothing there."""

    permission_classes = []

    def throttle_scope(self, request: Request) -> str:
        """One page shows many."""
        return "files"

    @extend_schema(
        operation_id="get_photo",
        tags=["photos"],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, **errors(401, 404, 429, 503)},
    )
    def get(self, request: Request, token: str) -> HttpResponseBase:
        """Give the photo to whom it belongs, and to staff who may see its case."""
        return photo_response(self._photo(request, token).file, request=request._request)

    def _photo(self, request: Request, token: str) -> Upload | Photo:
        """Return what the token names, if the caller may see it. Raise NotFound."""
        found: Upload | Photo | None = None
        if _TOKEN.fullmatch(token):
            if isinstance(request.user, Principal):
                found = _of_resident(request.user.resident, token)
            # The same browser may hold both sign-ins: an officer who tries the service out.
            found = found or _of_staff(request._request, token)
        if found is None:
            raise NotFound
        return found


class ThumbnailView(PhotoView):
    """The small form of a photo."""

    @extend_schema(
        operation_id="get_thumbnail",
        tags=["photos"],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, **errors(401, 404, 429, 503)},
    )
    def get(self, request: Request, token: str) -> HttpResponseBase:
        """Give the photo in at most 480 px, to the same people."""
        return photo_response(self._photo(request, token).thumbnail, request=request._request)


class UploadView(PhotoView):
    """A photo as its owner may also take it back."""

    def get_permissions(self) -> Sequence[Any]:
        """Looking decides for itself; taking back is for residents."""
        if getattr(self, "request", None) is not None and self.request.method == "DELETE":
            return [IsResident()]
        return super().get_permissions()

    @extend_schema(
        operation_id="discard_photo",
        tags=["photos"],
        request=None,
        responses={204: None, **errors(401, 403, 404, 429, 503)},
    )
    def delete(self, request: Request, token: str) -> Response:
        """Take back a photo that no case has taken yet."""
        mine = Upload.objects.filter(resident=self.resident)
        upload = mine.filter(token=token).first() if _TOKEN.fullmatch(token) else None
        if upload is None:
            raise NotFound
        uploads.discard(upload)
        return Response(status=204)


def _of_resident(resident: Resident, token: str) -> Upload | Photo | None:
    """Return a public photo of one of her cases, or an upload of hers."""
    of_case = (
        Photo.objects.filter(Q(entry=None) | Q(entry__public=True))
        .filter(
            token=token,
            public=True,
            complaint__resident__in=people.ids_of_person(resident),
        )
        .first()
    )
    return of_case or Upload.objects.filter(token=token, resident=resident).first()


def _of_staff(request: HttpRequest, token: str) -> Photo | None:
    """Return a photo of a case that the signed-in officer may see."""
    # Not request.user: the API's own sign-in has taken that place.
    staff = get_user(request)
    if not isinstance(staff, Staff) or not staff.is_active or staff.must_change_password:
        return None
    if not staff.has_perm("complaints.view_complaint"):
        return None
    seen = visible_to(staff, Complaint.objects.all())
    return Photo.objects.filter(token=token, complaint__in=seen).first()
