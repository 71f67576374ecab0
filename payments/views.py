"""Receipts by their unguessable names, and whether a paper in somebody's hand is genuine."""

from __future__ import annotations

import re
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bannmae.media.serve import photo_response, scan_response
from bannmae.models import Municipality
from bannmae.privacy.masking import mask_whole_name
from bannmae.thai.calendar import format_date, format_datetime
from payments import alarm, files
from payments.models import Receipt, ReceiptVoid

# LINE's servers and phones fetch a picture when a chat is looked at; the PDF stays.
PICTURE_LIVES = timedelta(days=30)
RETRY_SECONDS = 2
# What secrets.token_urlsafe makes. Other text is not asked for: no database takes all of it.
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")


@require_safe
def receipt_pdf(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give the paper as it stands today: void once it is void, nothing once its link is revoked."""
    receipt = _receipt(token)
    drawn = files.current_file(receipt)
    if drawn is None:
        return _not_yet(request)
    name = f"receipt-{receipt.fiscal_year_id}-{receipt.pk}.pdf"
    response = scan_response(drawn.pdf, download_name=name)
    # To be read in the page: it is our own paper, and nothing in it runs.
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return _hidden(response)


@require_safe
def receipt_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give the picture (`?preview=1`: the small one) that the chat shows, for thirty days."""
    receipt = _receipt(token)
    drawn = files.current_file(receipt)
    if drawn is None:
        return _not_yet(request)
    if drawn.made_at is None or timezone.now() - drawn.made_at > PICTURE_LIVES:
        raise Http404
    name = drawn.preview if request.GET.get("preview") else drawn.picture
    response = _hidden(photo_response(name, request=request, download_name="receipt.jpg"))
    # Not long: a receipt may become void.
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Tell whoever holds a paper whether it is genuine, void or unknown."""
    known = Receipt.objects.select_related("replaced_by")
    receipt = known.filter(token=token).first() if TOKEN.fullmatch(token) else None
    state = "unknown" if receipt is None else "void" if receipt.is_void else "genuine"
    void = receipt.voids.filter(state=ReceiptVoid.State.APPROVED).first() if receipt else None
    context = {
        "profile": Municipality.get_solo(),
        "state": state,
        "receipt": receipt,
        "issued_on": format_date(receipt.issued_on) if receipt else "",
        "total": f"{receipt.total:,.2f}" if receipt else "",
        "voided_on": format_date(void.decided_at) if void and void.decided_at else "",
        "payer": mask_whole_name(receipt.payer_name) if receipt else "",
        "was_replaced": receipt is not None and hasattr(receipt, "replaced_by"),
        "now": format_datetime(timezone.now()),
    }
    response = render(request, "payments/verify.html", context)
    response["Cache-Control"] = "no-store"
    _hidden(response)
    return response


def _receipt(token: str) -> Receipt:
    known = Receipt.objects.filter(revoked_link=None)
    receipt = known.filter(token=token).first() if TOKEN.fullmatch(token) else None
    if receipt is None:
        raise Http404
    return receipt


def _not_yet(request: HttpRequest) -> HttpResponse:
    alarm.ring_for_papers()
    response = render(request, "payments/not_yet.html", {"seconds": RETRY_SECONDS}, status=202)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    _hidden(response)
    return response


def _hidden(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response
