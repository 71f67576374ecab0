"""Payments in every state, made through the same doors as in service."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone

from bannmae import roles
from bannmae.models import Staff
from bannmae.testing import make_photo, make_staff
from bannmae.thai.calendar import local_date
from chatops.models import Resident
from chatops.tests.chats import make_chat
from payments import receipts, requests, workflow
from payments.intake import Claim, file_notice
from payments.models import (
    Method,
    MoneyDuty,
    PaymentNotice,
    PaymentRequest,
    Receipt,
    Revenue,
    Slip,
)


def finance_clerk() -> Staff:
    """An officer of กองคลัง who may check and issue."""
    return make_staff(divisions=("revenue",), role=roles.FINANCE, position="เจ้าพนักงานจัดเก็บรายได้")


def notice_of(
    resident: Resident | None, *, revenue: str = "garbage_fee", **claim: Any
) -> PaymentNotice:
    """Return a payment of hers, as received: 80 baht for two months of rubbish, one slip."""
    said: dict[str, Any] = {
        "revenue": Revenue.objects.get(slug=revenue),
        "months": (dt.date(2026, 10, 1), dt.date(2026, 11, 1)),
        "payer_name": "สมศรี ใจดี",
        "reference": "12 หมู่ 3",
        "phone": "0812345678",
        "amount": Decimal("80"),
    }
    return file_notice(
        resident=resident,
        claim=Claim(**said | claim),
        slips=[make_photo()],
        via=PaymentNotice.Via.LIFF,
    )


def asked_to_pay(
    resident: Resident, clerk: Staff, *, revenue: str = "garbage_fee", **asked: Any
) -> PaymentRequest:
    """Return what a clerk asked her to pay in her chat: 450 baht for three months of rubbish."""
    said: dict[str, Any] = {"what_for": "ค่าเก็บขยะ ม.ค.–มี.ค. 2569", "amount": Decimal("450")}
    ask = requests.Ask(revenue=Revenue.objects.get(slug=revenue), **said | asked)
    case = make_chat("garbage-fee", resident=resident, text="ขอยอดค้างค่ะ")
    return requests.make(case.pk, clerk, ask, key=uuid.uuid4())


def draft(notice: PaymentNotice) -> workflow.Confirmation:
    """Return what a clerk confirms of a notice: its kind and amount in one line."""
    assert notice.revenue is not None
    assert notice.amount is not None
    return workflow.Confirmation(
        revenue=notice.revenue,
        payer_name=notice.payer_name,
        lines=[receipts.Line(text=notice.revenue.name, amount=notice.amount)],
        method=Method.TRANSFER,
        money_seen_on=local_date(timezone.now()),
    )


def confirmed(notice: PaymentNotice, clerk: Staff) -> PaymentNotice:
    """Let a worker read the slip and a clerk find the money in the account."""
    notice.slips.update(state=Slip.State.READ, due_at=None)
    notice.refresh_from_db()
    return workflow.confirm(notice.pk, clerk, notice.version, draft(notice))


def receipted(notice: PaymentNotice, clerk: Staff) -> Receipt:
    """Let a clerk confirm and issue from the own series."""
    Revenue.objects.filter(pk=notice.revenue_id).update(mode=Revenue.Mode.OWN)
    notice = confirmed(notice, clerk)
    return receipts.issue(workflow.draft_of(notice), clerk, notice=notice)


def voided(receipt: Receipt) -> Receipt:
    """Let its clerk ask for a void, and somebody whose duty it is approve it."""
    head = make_staff(divisions=("finance",), role=roles.FINANCE_HEAD, position="ผู้อำนวยการกองคลัง")
    MoneyDuty.objects.create(duty=MoneyDuty.Duty.APPROVE_VOID, staff=head)
    void = receipts.ask_void(receipt, receipt.issued_by, "ระบุชื่อผู้ชำระผิด")
    return receipts.approve_void(void, head)
