"""A receipt that was made in e-LAAS: its number and its file are entered at the notice."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from bannmae.models import Staff
from bannmae.testing import picture
from chatops.models import Resident
from payments.models import (
    PaymentNotice,
    Receipt,
    Status,
)
from payments.tests.cast import confirmed
from payments.tests.queue_desk import as_, elaas_notice, page, pdf, press

pytestmark = pytest.mark.django_db


def elaas(staff: Staff, notice: PaymentNotice, **changes: Any) -> Any:
    """Post the form that stands in place of issuing."""
    return press(
        staff,
        notice,
        "elaas",
        **({"elaas_book": "12", "elaas_number": "0034", "elaas_file": pdf()} | changes),
    )


def test_elaas_receipt_with_its_pdf(somsri: Resident, finance_clerk: Staff) -> None:
    notice = elaas_notice(somsri, finance_clerk)
    assert notice.status == Status.CONFIRMED
    assert "elaas_number" in as_(finance_clerk).get(page(notice)).content.decode()

    answer = elaas(finance_clerk, notice)

    assert answer.status_code == 302
    receipt = Receipt.objects.get()
    assert (receipt.mode, receipt.book_label, receipt.number_label) == ("elaas", "12", "0034")
    with default_storage.open(receipt.elaas_file) as file:
        assert file.read(5) == b"%PDF-"


@pytest.mark.parametrize(
    "changes",
    [
        {"elaas_number": ""},
        {"elaas_book": ""},
        {"elaas_file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 broken", "application/pdf")},
        {"elaas_file": SimpleUploadedFile("a.pdf", picture(), "application/pdf")},
    ],
)
def test_elaas_form_that_is_refused(
    somsri: Resident, finance_clerk: Staff, changes: dict[str, Any]
) -> None:
    notice = elaas_notice(somsri, finance_clerk)

    answer = elaas(finance_clerk, notice, **changes)

    assert answer.status_code == 422
    kept = changes.get("elaas_number", "0034") or changes.get("elaas_book", "12")
    assert f'value="{kept}"' in answer.content.decode()
    assert not Receipt.objects.exists()


def test_elaas_number_that_is_taken_leaves_no_file(somsri: Resident, finance_clerk: Staff) -> None:
    elaas(finance_clerk, elaas_notice(somsri, finance_clerk))
    notice = elaas_notice(somsri, finance_clerk)

    answer = elaas(finance_clerk, notice)

    assert answer.status_code == 422
    assert "ไว้แล้ว ตรวจเลขอีกครั้ง" in answer.content.decode()
    files = []
    for year in default_storage.listdir("scans")[0]:
        for month in default_storage.listdir(f"scans/{year}")[0]:
            files += default_storage.listdir(f"scans/{year}/{month}")[1]
    assert len(files) == 1


def test_own_series_takes_no_elaas_number(somsri: Resident, finance_clerk: Staff) -> None:
    answer = elaas(finance_clerk, confirmed(somsri, finance_clerk))

    assert answer.status_code == 422
    assert not Receipt.objects.exists()
