"""Issuing the receipt of a confirmed notice, as the clerk has seen it, and the e-LAAS form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from bannmae.media import photos as photo_intake
from bannmae.media.errors import FileRefused
from bannmae.media.reading import is_pdf
from bannmae.media.scans import take_in_scan
from bannmae.staff_forms import Text
from bannmae.thai.calendar import fiscal_year
from payments import books, receipts, workflow
from payments.desk.notice_forms import line_input
from payments.desk.queue_common import note_act
from payments.errors import Stale
from payments.models import PaymentNotice, Receipt


class PdfFile(forms.ClearableFileInput):
    """One PDF."""

    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        """Offer PDFs alone."""
        super().__init__(attrs={"accept": "application/pdf,.pdf"})


class ElaasForm(forms.Form):
    """The receipt that the clerk has made in e-LAAS."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    elaas_book = Text(label="เล่มที่ (e-LAAS)", max_length=40, widget=line_input())
    elaas_number = Text(label="เลขที่ (e-LAAS)", max_length=40, widget=line_input())
    elaas_file = forms.FileField(
        label="ไฟล์ PDF ใบเสร็จจาก e-LAAS",
        widget=PdfFile,
        error_messages={"required": "โปรดแนบไฟล์ PDF ของใบเสร็จจาก e-LAAS"},
        help_text="PDF เท่านั้น ไม่เกิน 20 MB หากมีข้อผิดพลาด ต้องเลือกไฟล์อีกครั้ง",
    )

    def clean_elaas_file(self) -> Any:
        """Take a PDF alone; whether it opens is seen when it is taken in."""
        file = self.cleaned_data["elaas_file"]
        head = file.read(1024)
        file.seek(0)
        if not is_pdf(head):
            raise forms.ValidationError("ไฟล์นี้ไม่ใช่ PDF โปรดแนบไฟล์ PDF ที่ได้จาก e-LAAS")
        return file


def issue_confirmed(
    request: HttpRequest, pk: int, version: int, *, elaas: receipts.Elaas | None = None
) -> Receipt:
    """Issue the receipt of a confirmed notice, in a transaction of its own, and note it.

    Raises:
        Refused (Stale): it is not as it was looked at, or as receipts.issue.
    """
    with transaction.atomic():
        # In the order in which receipts.py locks them.
        books.lock_year(fiscal_year(timezone.now()))
        notice = PaymentNotice.objects.select_for_update().get(pk=pk)
        if notice.version != version:
            raise Stale
        draft = workflow.draft_of(notice)
        receipt = receipts.issue(draft, request.user, notice=notice, elaas=elaas)
        note_act(request, notice, f"ออกใบเสร็จ {receipt} {receipt.total:,.2f} บาท")
        return receipt


def issue_elaas(request: HttpRequest, pk: int, form: ElaasForm) -> Receipt | None:
    """Record the receipt of e-LAAS with its PDF; None where the file is refused (told in `form`).

    Raises:
        Refused (Stale): as issue_confirmed; the file is deleted again.
    """
    typed = form.cleaned_data
    try:
        scan = take_in_scan(typed["elaas_file"])
    except FileRefused as error:
        form.add_error("elaas_file", str(error))
        return None
    try:
        elaas = receipts.Elaas(typed["elaas_book"], typed["elaas_number"], scan.name)
        return issue_confirmed(request, pk, typed["version"], elaas=elaas)
    except BaseException:
        photo_intake.delete([scan.name])
        raise
