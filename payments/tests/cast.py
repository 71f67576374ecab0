"""What tests of money have in hand: a chosen mode, a draft, a notice that is confirmed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from bannmae.media.photos import store_photo
from bannmae.models import Staff
from bannmae.testing import picture
from bannmae.thai.calendar import local_date
from chatops.models import Resident
from payments import receipts, workflow
from payments.intake import Claim, file_notice
from payments.models import Method, PaymentNotice, Receipt, Revenue, Slip


def revenue(slug: str = "land_building_tax", mode: str = Revenue.Mode.OWN) -> Revenue:
    """Return a kind of revenue whose mode กองคลัง has chosen."""
    row = Revenue.objects.get(slug=slug)
    if row.mode != mode:
        row.mode = mode
        row.save(update_fields=["mode"])
    return row


def today() -> dt.date:
    """Return today's date in Bangkok."""
    return local_date(timezone.now())


def draft(
    slug: str = "land_building_tax", amount: str = "1250.50", **fields: Any
) -> receipts.Draft:
    """Return a draft of one line."""
    fields.setdefault("lines", [receipts.Line("ภาษีที่ดินและสิ่งปลูกสร้าง", Decimal(amount), "ปี 2569")])
    fields.setdefault("payer_name", "นางสมศรี ใจดี")
    fields.setdefault("method", Method.TRANSFER)
    fields.setdefault("money_seen_on", today())
    return receipts.Draft(revenue=revenue(slug), **fields)


def issued(by: Staff, **fields: Any) -> Receipt:
    """Return a receipt over the counter."""
    return receipts.issue(draft(**fields), by)


def claimed(resident: Resident | None, *, slip: bool = True, **fields: Any) -> PaymentNotice:
    """Return a notice as a resident files it, with a picture."""
    fields.setdefault("revenue", revenue())
    fields.setdefault("payer_name", "นางสมศรี ใจดี")
    fields.setdefault("amount", Decimal("1250.50"))
    fields.setdefault("phone", "0812345678")
    fields.setdefault("fiscal_year", 2569)
    photos = [store_photo(picture())] if slip else []
    via = PaymentNotice.Via.LIFF if resident else PaymentNotice.Via.COUNTER
    notice = file_notice(resident=resident, claim=Claim(**fields), via=via, slips=photos)
    notice.slips.update(state=Slip.State.READ, due_at=None)
    return notice


def confirmation(slug: str = "land_building_tax", **fields: Any) -> workflow.Confirmation:
    """Return what a clerk has seen."""
    amount = fields.pop("amount", "1250.50")
    fields.setdefault("lines", [receipts.Line("ภาษีที่ดินและสิ่งปลูกสร้าง", Decimal(amount), "ปี 2569")])
    fields.setdefault("payer_name", "นางสมศรี ใจดี")
    fields.setdefault("method", Method.TRANSFER)
    fields.setdefault("money_seen_on", today())
    return workflow.Confirmation(revenue=revenue(slug), **fields)


def confirmed(resident: Resident | None, by: Staff, **fields: Any) -> PaymentNotice:
    """Return a notice that `by` has confirmed."""
    notice = claimed(resident)
    return workflow.confirm(notice.pk, by, notice.version, confirmation(**fields))
