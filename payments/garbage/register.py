"""Keeping the register of households: adding, correcting, and a rate from a month on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from bannmae.models import Staff
from bannmae.thai.text import normalise_text, search_key
from payments import access
from payments.errors import Refused
from payments.garbage import months as calendar
from payments.models import Household, HouseholdRate

BIGGEST_RATE = Decimal("99999.99")
EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A household as somebody typed it. Months are first days."""

    house_no: str
    village: int
    owner_name: str
    since: date
    until: date | None = None
    phone: str = ""
    note: str = ""


def search_text(house_no: str, village: int, owner_name: str) -> str:
    """Return what a search looks in."""
    return search_key(f"{house_no} ม.{village} หมู่ {village} {owner_name}")[:300]


def check(entry: Entry) -> Entry:
    """Return `entry` in the form in which it is kept.

    Raises:
        Refused: something is missing or cannot be.
    """
    house_no, owner = normalise_text(entry.house_no), normalise_text(entry.owner_name)
    if not house_no or len(house_no) > 30:
        raise Refused("โปรดระบุบ้านเลขที่ (ไม่เกิน 30 ตัวอักษร)")
    if not 1 <= entry.village <= 99:
        raise Refused("หมู่ที่ต้องเป็น 1–99")
    if not owner or len(owner) > 200:
        raise Refused("โปรดระบุชื่อผู้ชำระ (ไม่เกิน 200 ตัวอักษร)")
    since = calendar.first_day(entry.since)
    until = calendar.first_day(entry.until) if entry.until else None
    if not EARLIEST <= since <= LATEST or (until and until > LATEST):
        raise Refused("เดือนต้องอยู่ระหว่าง พ.ศ. 2543 ถึง 2643")
    if until is not None and until < since:
        raise Refused("เดือนที่เลิกเก็บต้องไม่ก่อนเดือนที่เริ่มเก็บ")
    return Entry(
        house_no, entry.village, owner, since, until, entry.phone, normalise_text(entry.note)[:300]
    )


@transaction.atomic
def add(entry: Entry, rate: Decimal, by: Staff) -> Household:
    """Add a household with its rate (baht a month) from its first month on.

    Raises:
        Refused: not allowed, a wrong field, or the house is in the register.
    """
    _demand(by)
    entry = check(entry)
    check_rate(rate)
    try:
        with transaction.atomic():
            household = Household.objects.create(
                house_no=entry.house_no,
                village=entry.village,
                owner_name=entry.owner_name,
                phone=entry.phone,
                since=entry.since,
                until=entry.until,
                note=entry.note,
                search_text=search_text(entry.house_no, entry.village, entry.owner_name),
            )
    except IntegrityError as error:
        raise Refused(f"มีบ้านเลขที่ {entry.house_no} หมู่ที่ {entry.village} ในทะเบียนแล้ว") from error
    HouseholdRate.objects.create(household=household, since=entry.since, amount=rate)
    return household


@transaction.atomic
def change(pk: int, entry: Entry, by: Staff) -> Household:
    """Correct a household.

    Raises:
        Refused: not allowed, a wrong field, another house has that number, or months outside
            the new span are paid.
    """
    _demand(by)
    entry = check(entry)
    household = Household.objects.select_for_update().get(pk=pk)
    paid = household.paid_months.filter(released_at=None).order_by("month")
    outside = [
        row.month
        for row in paid
        if row.receipt_id is not None
        and (row.month < entry.since or (entry.until is not None and row.month > entry.until))
    ]
    if outside:
        raise Refused(f"มีใบเสร็จของเดือนที่อยู่นอกช่วงนี้แล้ว: {calendar.words(outside)}")
    household.house_no, household.village = entry.house_no, entry.village
    household.owner_name, household.phone = entry.owner_name, entry.phone
    household.since, household.until, household.note = entry.since, entry.until, entry.note
    household.search_text = search_text(entry.house_no, entry.village, entry.owner_name)
    try:
        with transaction.atomic():
            household.save()
    except IntegrityError as error:
        raise Refused(f"มีบ้านเลขที่ {entry.house_no} หมู่ที่ {entry.village} ในทะเบียนแล้ว") from error
    return household


@transaction.atomic
def set_rate(households: Iterable[int], since: date, amount: Decimal, by: Staff) -> int:
    """Set the rate (baht a month) of households from a month on; return how many it changed.

    Months that are paid stay paid at what they cost. Rates that were set for later months are
    replaced: what is announced last holds from its month on.

    Raises:
        Refused: not allowed, a wrong amount or month.
    """
    _demand(by)
    check_rate(amount)
    since = calendar.first_day(since)
    if not EARLIEST <= since <= LATEST:
        raise Refused("เดือนต้องอยู่ระหว่าง พ.ศ. 2543 ถึง 2643")
    rows = list(Household.objects.select_for_update().filter(pk__in=list(households)))
    if early := next((row for row in rows if row.since > since), None):
        raise Refused(f"{early} เริ่มเก็บ {calendar.month_words(early.since)} กำหนดอัตราก่อนเดือนนั้นไม่ได้")
    keys = [row.pk for row in rows]
    HouseholdRate.objects.filter(household__in=keys, since__gte=since).delete()
    HouseholdRate.objects.bulk_create(
        HouseholdRate(household=row, since=since, amount=amount) for row in rows
    )
    return len(rows)


def _demand(by: Staff) -> None:
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")


def check_rate(amount: Decimal) -> None:
    """Raise Refused for what no rate (baht a month) can be."""
    exponent = amount.as_tuple().exponent if amount.is_finite() else None
    if not isinstance(exponent, int) or exponent < -2 or not 0 < amount <= BIGGEST_RATE:
        raise Refused("อัตราต้องมากกว่า 0 บาท และมีทศนิยมไม่เกินสองตำแหน่ง")
