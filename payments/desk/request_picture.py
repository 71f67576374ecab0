"""The picture with the Thai QR of a payment request: drawn by the worker, given by its name."""

from __future__ import annotations

import io

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from bannmae.media import storage
from bannmae.media.serve import photo_response
from bannmae.models import Municipality
from bannmae.staff_input import row_id
from chatops.models import OutboundMessage
from payments.models import PaymentRequest

PREVIEW = 480  # px, the longer side


def prepare(message: OutboundMessage) -> None:
    """Draw the picture that `message` (about a request) leads to, unless it is there already."""
    pk = row_id(message.about.partition(":")[2])
    request = PaymentRequest.objects.get(pk=pk or 0)
    if not request.payload or request.picture or request.cancelled_at is not None:
        return
    whole = draw(request)
    names = storage.store_all("payment-requests", [(".jpg", whole), ("-480.jpg", _small(whole))])
    taken = PaymentRequest.objects.filter(pk=request.pk, picture="").update(
        picture=names[0], preview=names[1]
    )
    if not taken:  # another worker was faster
        storage.delete(names)


def draw(request: PaymentRequest) -> bytes:
    """Return the picture of a request with a QR, a JPEG."""
    from payments.thaiqr import payment_picture

    lines = [("เลขที่", request.number)]
    lines += [(f"Ref.{place}", ref) for place, ref in ((1, request.ref1), (2, request.ref2)) if ref]
    profile = Municipality.get_solo()
    return payment_picture(
        request.payload,
        municipality=profile.name,
        purpose=request.what_for,
        amount=request.amount,
        payee=profile.name,
        lines=lines,
    )


@require_safe
def picture(request: HttpRequest, token: str, *, small: bool = False) -> HttpResponseBase:
    """Give the picture to whoever knows its name, until the request is cancelled."""
    # No database takes a NUL.
    drawn = PaymentRequest.objects.filter(cancelled_at=None).exclude(picture="")
    row = None if "\0" in token else drawn.filter(token=token).first()
    if row is None:
        raise Http404
    response = photo_response(row.preview if small else row.picture, request=request)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    # Not long: a request may be cancelled.
    response["Cache-Control"] = "private, max-age=300"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _small(whole: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(whole)) as picture:
        picture.thumbnail((PREVIEW, PREVIEW))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=85)
    return out.getvalue()
