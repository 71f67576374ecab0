"""Printing a receipt: the original once, then copies that bear their number and are counted."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from bannmae.media.serve import scan_response
from bannmae.paper.serve import pdf_response
from payments import alarm, files, receipts
from payments.desk.register_common import note_act, note_look, require_handles
from payments.desk.register_page import receipt_for
from payments.models import PaymentSettings, Receipt, ReceiptPrint

Layout = PaymentSettings.Layout
ORIGINAL = 0  # ReceiptPrint.copy_no of the original's own printing
NOT_DRAWN = "กำลังสร้างไฟล์ใบเสร็จ โปรดกดพิมพ์อีกครั้งในอีกสักครู่"


def print_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the original if nobody has, else the next copy.

    The original is the stored PDF where the office prints on half a sheet (it is what the payer
    has in the chat), else the same snapshot on the office's paper. A void receipt, and one whose
    original has been printed, gives copies alone.
    """
    staff = require_handles(request)
    receipt = receipt_for(request, pk)
    if not receipt.is_void and not receipt.prints.filter(copy_no=ORIGINAL).exists():
        pdf = _original(receipt)
        if pdf is None:
            alarm.ring_for_papers()
            messages.info(request, NOT_DRAWN)
            return redirect("admin:payments_receipt_change", pk)
        try:
            with transaction.atomic():
                ReceiptPrint.objects.create(receipt=receipt, copy_no=ORIGINAL, by=staff)
                note_act(request, f"receipt:{pk}", "พิมพ์ต้นฉบับ")
        except IntegrityError:  # somebody else has just printed it: this one is a copy
            pass
        else:
            return _given(request, pdf, receipt)
    with transaction.atomic():
        copy = receipts.note_copy(receipt, staff)
        note_act(request, f"receipt:{pk}", f"พิมพ์สำเนา ครั้งที่ {copy.copy_no}")
    return _given(request, _drawn(receipt, copy_no=copy.copy_no), receipt)


def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the stored file as the payer has it: to be read, and by that no print."""
    receipt = receipt_for(request, pk)
    file = files.current_file(receipt)
    if file is None:
        raise Http404
    note_look(request, f"receipt:{pk}")
    name = f"receipt-{receipt.pk}.pdf"
    response = scan_response(file.pdf, download_name=name)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _original(receipt: Receipt) -> bytes | None:
    layout = PaymentSettings.get_solo().layout
    if receipt.mode == Receipt.Mode.OWN and layout != Layout.A5:
        return _drawn(receipt)
    file = files.current_file(receipt)
    if file is None:
        return None
    with default_storage.open(file.pdf, "rb") as stored:
        pdf: bytes = stored.read()
        return pdf


def _drawn(receipt: Receipt, copy_no: int | None = None) -> bytes:
    # WeasyPrint takes half a second and 60 MB to load: only when somebody prints.
    from payments import printing

    layout = PaymentSettings.get_solo().layout
    return printing.receipt_bytes(
        receipt, "half" if layout == Layout.A5 else Layout(layout).value, copy_no=copy_no
    )


def _given(request: HttpRequest, pdf: bytes, receipt: Receipt) -> HttpResponse:
    response: HttpResponse = pdf_response(request, pdf, f"receipt-{receipt.pk}")  # type: ignore[assignment]
    return response
