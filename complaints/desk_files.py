"""Photos, signed papers and the national ID: given to who may see the case, and noted."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from bannmae.access_log import record
from bannmae.media.serve import photo_response, scan_response
from bannmae.models import AccessLog
from bannmae.staff_input import row_id
from bannmae.thai import national_id
from complaints.desk_common import REVEALS, case_for, is_fetch, require
from complaints.models import Order, Photo


def photo(
    request: HttpRequest, pk: int, token: str, small: bool = False, **kwargs: Any
) -> HttpResponseBase:
    """Give a photo of the case, or its thumbnail."""
    case = case_for(request, pk)
    found = Photo.objects.filter(complaint=case, token=token).first()
    if found is None:
        raise Http404
    name = found.thumbnail if small else found.file
    return photo_response(name, request=request, download_name=f"{case.number}.jpg")


def scan(request: HttpRequest, pk: int, entry: int, **kwargs: Any) -> HttpResponseBase:
    """Give the signed paper of an order."""
    case = case_for(request, pk)
    # The address takes any number of digits, and a relation's column does not.
    order = (
        Order.objects.filter(entry=row_id(entry), entry__complaint=case).exclude(scan="").first()
    )
    if order is None:
        raise Http404
    with transaction.atomic():
        record(request, AccessLog.Action.VIEW_SCAN, f"complaint:{case.number}")
    ending = "pdf" if order.scan.endswith(".pdf") else "jpg"
    return scan_response(order.scan, download_name=f"{case.number}.{ending}")


def reveal(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
    """Show the national ID once. The log row and the reading are one transaction."""
    require(request, REVEALS)
    with transaction.atomic():
        case = case_for(request, pk)
        if not case.national_id:
            raise Http404
        record(request, AccessLog.Action.REVEAL_NATIONAL_ID, f"complaint:{case.number}")
    context = {"case": case, "national_id": national_id.format_full(case.national_id)}
    template = "revealed" if is_fetch(request) else "revealed_page"
    response = render(request, f"complaints/admin/{template}.html", context)
    response["Cache-Control"] = "no-store"
    return response
