"""What the tests of the books' pages share: browsers, and receipts in numbers."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bannmae.models import Staff
from bannmae.thai.baht import baht_text
from bannmae.thai.calendar import fiscal_year
from payments import books, receipts
from payments.models import Method, MoneyDuty, Receipt, ReceiptBook, ReceiptLine, ReceiptVoid
from payments.tests import cast

REGISTER = "/admin/payments/receipt/"
DAY = "/admin/payments/dailyremittance/"
YEAR = "/admin/payments/fiscalyear/"


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


def url(receipt: Receipt, name: str = "change") -> str:
    """The address of a page of a receipt: 'change', 'print', 'void', 'approve' …"""
    return reverse(f"admin:payments_receipt_{name}", args=[receipt.pk])


def text_of(answer: Any) -> str:
    """The page that came."""
    assert answer.status_code == 200, answer.status_code
    text: str = answer.content.decode()
    return text


def told(answer: Any) -> str:
    """The messages of the page that a POST led to."""
    return " ".join(str(one) for one in answer.context["messages"])


def asked(receipt: Receipt, by: Staff, reason: str = "ชื่อผู้ชำระผิด") -> ReceiptVoid:
    """A request to void `receipt`."""
    return receipts.ask_void(receipt, by, reason)


def stand_in(staff: Staff, duty: str = MoneyDuty.Duty.APPROVE_VOID, **fields: Any) -> MoneyDuty:
    """A duty of `staff`."""
    return MoneyDuty.objects.create(staff=staff, duty=duty, **fields)


def many(count: int, by: Staff, day: dt.date | None = None, *, void_every: int = 0) -> None:
    """Put `count` receipts of one day into a book of their own, quickly."""
    kind = cast.revenue()
    day = day or cast.today()
    year = books.lock_year(fiscal_year(day))
    last = ReceiptBook.objects.filter(fiscal_year=year, revenue=kind).order_by("-number").first()
    book = ReceiptBook.objects.create(
        fiscal_year=year,
        revenue=kind,
        number=last.number + 1 if last else 1,
        leaves=count,
        used=count,
        opened_at=timezone.now(),
    )
    keys = [uuid.uuid4() for _ in range(count)]
    amounts = [Decimal(100 + index % 7) + Decimal("0.25") for index in range(count)]
    ReceiptLine.objects.bulk_create(
        [
            ReceiptLine(receipt_id=key, order=1, text="ภาษีที่ดินฯ", period="ปี 2569", amount=amount)
            for key, amount in zip(keys, amounts, strict=True)
        ],
        batch_size=1000,
    )
    Receipt.objects.bulk_create(
        [
            Receipt(
                key=key,
                token=secrets.token_urlsafe(32),
                mode=Receipt.Mode.OWN,
                fiscal_year=year,
                revenue=kind,
                book=book,
                leaf=index + 1,
                book_label=book.label,
                number_label=f"{index + 1:04d}",
                issued_on=day,
                issued_at=timezone.now(),
                issued_by=by,
                revenue_name=kind.name,
                municipality_name="เทศบาลตำบลบ้านแม",
                payer_name=f"นางสมศรี ใจดี {index}",
                total=amount,
                total_text=baht_text(amount),
                method=Method.CASH if index % 2 else Method.TRANSFER,
                money_seen_on=day,
                received_by_name="สมชาย ใจดี",
                is_void=bool(void_every) and index % void_every == 0,
            )
            for index, (key, amount) in enumerate(zip(keys, amounts, strict=True))
        ],
        batch_size=500,
    )


def queries(client: Client, address: str) -> int:
    """How many queries a page costs, with nothing cached."""
    client.get(address)  # reference tables are read once for each process
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len([one for one in found.captured_queries if "SAVEPOINT" not in one["sql"]])
