"""Payments in numbers, as two years of a municipality would leave them."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from bannmae import roles
from bannmae.models import Division, Staff
from bannmae.thai.baht import baht_text
from bannmae.thai.calendar import fiscal_year, local_date
from bannmae.thai.text import search_key
from chatops.models import Channel, Resident
from payments import books
from payments.models import (
    BankAccount,
    Household,
    HouseholdRate,
    PaymentNotice,
    Receipt,
    ReceiptBook,
    ReceiptLine,
    Revenue,
    Slip,
    StatementImport,
    StatementLine,
    Status,
)

BATCH = 1000
OPEN = 60  # in the queue, however many have been done
UNMATCHED = 40
LEAVES = 100
NAMES = ("นางสมศรี ใจดี", "นายบุญมี แก้วคำ", "นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา", "อุ๊ยคำ ปันแก้ว")


def finance_clerk() -> Staff:
    """Return the clerk of กองคลัง, made where there is none."""
    staff, _ = Staff.objects.get_or_create(
        username="bench-clerk",
        defaults={"is_staff": True, "first_name": "คลัง", "last_name": "ดี", "password": "!"},
    )
    staff.divisions.set(Division.objects.filter(slug="finance"))
    staff.groups.set(Group.objects.filter(name=roles.FINANCE))
    return staff


def fill(count: int) -> None:
    """Make `count` notices with receipts, as many households and lines of a statement."""
    clerk = finance_clerk()
    dice = random.Random(2569)  # noqa: S311 - the same everywhere
    Revenue.objects.update(mode=Revenue.Mode.OWN)
    channel = Channel.main()
    residents = Resident.objects.bulk_create(
        Resident(channel=channel, line_user_id=f"U{n:032x}", display_name=NAMES[n % 4])
        for n in range(max(10, count // 5))
    )
    notices = _notices(count, clerk, residents, dice)
    _receipts([one for one in notices if one.status == Status.RECEIPTED], clerk)
    _households(count // 3, dice)
    _statement(count, clerk, notices, dice)


def _notices(
    count: int, clerk: Staff, residents: list[Resident], dice: random.Random
) -> list[PaymentNotice]:
    now = timezone.now()
    kinds = list(Revenue.objects.all())
    rows = []
    for n in range(count):
        is_open = n >= count - OPEN
        revenue = kinds[n % len(kinds)]
        amount = Decimal(dice.randrange(3000, 900_000)) / 100
        rows.append(
            PaymentNotice(
                number=f"P40-{n:06d}",
                resident=residents[n % len(residents)],
                via=PaymentNotice.Via.LIFF,
                revenue=revenue,
                payer_name=f"{NAMES[n % 4]} {n}",
                reference=f"{n % 300}/{n % 12}",
                phone="0812345678",
                amount=amount,
                status=Status.RECEIVED if is_open else Status.RECEIPTED,
                confirmed_by=None if is_open else clerk,
                money_seen_on=None if is_open else local_date(now),
                # Two years, and of them the last few days in the queue.
                created_at=now - dt.timedelta(days=730 * (count - n) / count),
            )
        )
    PaymentNotice.objects.bulk_create(rows, batch_size=BATCH)
    Slip.objects.bulk_create(
        (
            Slip(
                notice=notice,
                state=Slip.State.READ,
                token=uuid.uuid4().hex,
                code=Slip.Code.FOUND,
                bank="004",
                reference=f"REF{notice.pk:017d}",
                sha256=f"{notice.pk:064x}",
            )
            for notice in rows
        ),
        batch_size=BATCH,
    )
    return rows


@transaction.atomic
def _receipts(notices: list[PaymentNotice], clerk: Staff) -> None:
    """Write receipts in bulk; the numbers are as issue() would have given them."""
    of_series: dict[tuple[int, int], list[PaymentNotice]] = {}
    for notice in notices:
        key = (fiscal_year(notice.created_at), notice.revenue_id or 0)
        of_series.setdefault(key, []).append(notice)
    lines, rows = [], []
    for (year, revenue), paid in of_series.items():
        for number, start in enumerate(range(0, len(paid), LEAVES), 1):
            leaves = paid[start : start + LEAVES]
            book = ReceiptBook.objects.create(
                fiscal_year=books.lock_year(year),
                revenue_id=revenue,
                number=number,
                leaves=LEAVES,
                used=len(leaves),
                opened_at=leaves[0].created_at,
            )
            for leaf, notice in enumerate(leaves, 1):
                rows.append(_receipt(notice, book, leaf, clerk))
                lines.append(
                    ReceiptLine(
                        receipt_id=rows[-1].key,
                        order=1,
                        text=book.revenue.name,
                        amount=rows[-1].total,
                    )
                )
    ReceiptLine.objects.bulk_create(lines, batch_size=BATCH)
    Receipt.objects.bulk_create(rows, batch_size=BATCH)


def _receipt(notice: PaymentNotice, book: ReceiptBook, leaf: int, clerk: Staff) -> Receipt:
    day = local_date(notice.created_at)
    amount = notice.amount or Decimal(1)
    return Receipt(
        token=uuid.uuid4().hex,
        mode=Receipt.Mode.OWN,
        fiscal_year=book.fiscal_year,
        revenue=book.revenue,
        book=book,
        leaf=leaf,
        book_label=book.label,
        number_label=f"{leaf:04d}",
        notice=notice,
        resident_id=notice.resident_id,
        issued_on=day,
        issued_at=notice.created_at,
        issued_by=clerk,
        revenue_name=book.revenue.name,
        municipality_name="เทศบาลตำบลบ้านแม",
        payer_name=notice.payer_name,
        total=amount,
        total_text=baht_text(amount),
        method="transfer",
        money_seen_on=day,
        received_by_name="คลัง ดี",
    )


def _households(count: int, dice: random.Random) -> None:
    since = local_date(timezone.now()).replace(day=1) - dt.timedelta(days=360)
    rows = Household.objects.bulk_create(
        (
            Household(
                house_no=f"{n}",
                village=n % 12 + 1,
                owner_name=f"{NAMES[n % 4]} {n}",
                since=since.replace(day=1),
                search_text=search_key(f"{n} {NAMES[n % 4]} {n}"),
            )
            for n in range(1, count + 1)
        ),
        batch_size=BATCH,
    )
    HouseholdRate.objects.bulk_create(
        (
            HouseholdRate(household=one, since=one.since, amount=dice.choice([30, 40, 60]))
            for one in rows
        ),
        batch_size=BATCH,
    )


def _statement(count: int, clerk: Staff, notices: list[PaymentNotice], dice: random.Random) -> None:
    account = BankAccount.objects.create(name="รายได้", bank="006", number="1234567890")
    source = StatementImport.objects.create(
        account=account, file_name="bench.csv", sha256="0" * 64, by=clerk
    )
    StatementLine.objects.bulk_create(
        (
            StatementLine(
                account=account,
                source=source,
                at=notice.created_at,
                amount=notice.amount or Decimal(1),
                fingerprint=f"{notice.pk:064x}",
                notice=None if place >= count - UNMATCHED else notice,
                matched_by=None if place >= count - UNMATCHED else clerk,
                matched_at=None if place >= count - UNMATCHED else notice.created_at,
            )
            for place, notice in enumerate(notices)
        ),
        batch_size=BATCH,
    )
