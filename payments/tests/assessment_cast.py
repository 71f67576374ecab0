"""What tests of assessments have in hand: files, rows, links."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bannmae.models import Staff
from bannmae.testing import NATIONAL_ID, OTHER_NATIONAL_ID
from chatops.models import Resident
from payments import receipts, workflow
from payments.assessments import importing
from payments.assessments.identity import person_candidates, seal
from payments.models import (
    Assessment,
    AssessmentImport,
    PaymentNotice,
    Receipt,
    Revenue,
    TaxpayerLink,
    TaxTerms,
)
from payments.tests import cast

HEAD = ("เลขที่หนังสือแจ้ง", "ชื่อผู้เสียภาษี", "เลขประจำตัวประชาชน", "ผ.ท.4", "จำนวนเงิน", "ครบกำหนด", "ที่อยู่")
YEAR = 2570
LAND = "land_building_tax"
SOMSRI_ROW = ("1/2570", "นางสมศรี ใจดี", NATIONAL_ID, "", "1,250.50", "30/4/2570", "12 หมู่ 3 ต.บ้านแม")
BOONMEE_ROW = ("2/2570", "นายบุญมี มาดี", OTHER_NATIONAL_ID, "ก001", "800", "", "9 หมู่ 1 ต.บ้านแม")
COMPANY_ROW = ("3/2570", "บริษัท บ้านแม จำกัด", "", "ข002", "12000", "", "1 หมู่ 1 ต.บ้านแม 50120")


def csv_of(*rows: Sequence[object], head: Sequence[str] = HEAD) -> bytes:
    """Return a CSV file as Excel saves it in UTF-8."""
    lines = [",".join(f'"{cell}"' for cell in row) for row in (head, *rows)]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def xlsx_of(*rows: Sequence[object], head: Sequence[str] = HEAD) -> bytes:
    """Return a workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def kept(data: bytes, by: Staff, year: int = YEAR, slug: str = LAND) -> AssessmentImport:
    """Return a file that waits to be confirmed."""
    revenue = Revenue.objects.get(slug=slug)
    return importing.keep(data, file_name="ภดส 2570.csv", revenue=revenue, year=year, by=by)


def taken_in(by: Staff, *rows: Sequence[object], **options: Any) -> AssessmentImport:
    """Take rows in."""
    return importing.take_in(kept(csv_of(*rows), by, **options))


def assessment(by: Staff, **fields: Any) -> Assessment:
    """Return one assessment, สมศรี's unless said otherwise."""
    fields.setdefault("revenue", Revenue.objects.get(slug=LAND))
    fields.setdefault("year", YEAR)
    fields.setdefault("number", f"{Assessment.objects.count() + 1}/2570")
    fields.setdefault("payer_name", "นางสมศรี ใจดี")
    fields.setdefault("national_id", NATIONAL_ID)
    fields.setdefault("amount", Decimal("1000.00"))
    fields.setdefault("address", "12 หมู่ 3 ต.บ้านแม อ.สันป่าตอง จ.เชียงใหม่ 50120")
    source, _ = AssessmentImport.objects.get_or_create(
        revenue=fields["revenue"], year=fields["year"], file_name="test.csv", sha256="0", by=by
    )
    row = seal(Assessment(source=source, **fields))
    row.save()
    return row


def linked(resident: Resident, national_id: str = NATIONAL_ID) -> TaxpayerLink:
    """Link a resident to a person, as a right proof does."""
    return TaxpayerLink.objects.create(
        resident=resident,
        national_id=national_id,
        national_id_index=person_candidates(national_id)[0],
    )


def terms(**fields: Any) -> TaxTerms:
    """Return the year's terms."""
    fields.setdefault("revenue", Revenue.objects.get(slug=LAND))
    fields.setdefault("year", YEAR)
    fields.setdefault("due_on", date(2027, 4, 30))
    return TaxTerms.objects.create(**fields)


def told(row: Assessment, resident: Resident | None = None) -> PaymentNotice:
    """Return a notice of paying an assessment."""
    notice = cast.claimed(resident, slip=False)
    PaymentNotice.objects.filter(pk=notice.pk).update(assessment=row)
    notice.refresh_from_db()
    return notice


def paid(row: Assessment, by: Staff, amount: str = "", resident: Resident | None = None) -> Receipt:
    """Issue a receipt for an assessment, whole or in part."""
    notice = told(row, resident)
    seen = cast.confirmation(amount=amount or str(row.amount), assessment=row)
    confirmed = workflow.confirm(notice.pk, by, notice.version, seen)
    return receipts.issue(workflow.draft_of(confirmed), by, notice=confirmed)
