"""Pictures of slips: shown beside the form, given to who may see payments, and noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from bannmae.access_log import record
from bannmae.media.serve import photo_response
from bannmae.models import AccessLog
from payments.desk.queue_common import note_look, notice_for, subject
from payments.models import PaymentNotice, Slip
from payments.slips.miniqr import bank_name

SHOWN = (Slip.State.STORED, Slip.State.READ)


@dataclass(frozen=True, slots=True)
class Picture:
    """A slip as the page shows it; without addresses where there is no picture (yet)."""

    url: str
    thumbnail_url: str
    file_url: str
    state: str
    # What its QR says, in words; no QR is normal.
    code: str
    found: bool
    reference: str

    @classmethod
    def of(cls, slip: Slip, notice_pk: int) -> Picture:
        """Return `slip` for the page."""
        has_file = bool(slip.file) and slip.state in SHOWN
        code = slip.get_code_display() if slip.state == Slip.State.READ else ""
        if slip.code == Slip.Code.FOUND and slip.bank:
            code = f"{code} · {bank_name(slip.bank)}"
        return cls(
            url=_url("slip", notice_pk, slip) if has_file else "",
            thumbnail_url=_url("slip_small", notice_pk, slip) if has_file else "",
            file_url=_url("slip_file", notice_pk, slip) if has_file else "",
            state="" if has_file else slip.get_state_display(),
            code=code or ("กำลังอ่านสลิป" if slip.state == Slip.State.STORED else ""),
            found=slip.code == Slip.Code.FOUND,
            reference=slip.reference,
        )


def _url(name: str, notice_pk: int, slip: Slip) -> str:
    return reverse(f"admin:payments_paymentnotice_{name}", args=[notice_pk, slip.token])


def pictures_of(notice: PaymentNotice) -> list[Picture]:
    """Return the slips of a notice, in order."""
    return [Picture.of(slip, notice.pk) for slip in notice.slips.order_by("id")]


def slip(
    request: HttpRequest, pk: int, token: str, size: str = "", **kwargs: Any
) -> HttpResponseBase:
    """Give a slip, its thumbnail ('small'), or the file to keep ('file'), each keeping noted."""
    notice = notice_for(request, pk)
    found = Slip.objects.filter(notice=notice, state__in=SHOWN).exclude(file="")
    row = None if "\0" in token else found.filter(token=token).first()  # no database takes a NUL
    if row is None:
        raise Http404
    note_look(request, notice)
    name = f"{notice.number}.jpg"
    if size == "small":
        return photo_response(row.thumbnail or row.file, request=request, download_name=name)
    if size == "file":
        with transaction.atomic():
            record(request, AccessLog.Action.VIEW_PAYMENT, subject(notice), "ดาวน์โหลดภาพสลิป")
        response = photo_response(row.file, download_name=name)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response
    return photo_response(row.file, request=request, download_name=name)
