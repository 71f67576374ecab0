"""The day's close: ใบนำส่งเงิน whose totals are the day's receipts, at that moment and for ever.

Nothing is issued into a closed day, and nothing of it is voided: who must, has it reopened by
a named person with a reason, and closes it again as a new version of the same number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from bannmae.models import Staff
from bannmae.thai.calendar import fiscal_year, fiscal_year_range, format_date, local_date
from payments import access, books, duties
from payments.errors import Refused
from payments.models import DailyRemittance, FiscalYear, Method, MoneyDuty, Receipt, ReceiptVoid

ZERO = Decimal("0.00")


@dataclass
class Totals:
    """What a day's receipts come to, in baht; void ones count as leaves, not as money."""

    count: int = 0
    voids: int = 0
    total: Decimal = ZERO
    by_method: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    by_revenue: dict[str, dict[str, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: ZERO))
    )
    names: dict[str, str] = field(default_factory=dict)


def totals_of(receipts: Iterable[Receipt]) -> Totals:
    """Add up `receipts` (with `revenue`)."""
    sums = Totals()
    for receipt in receipts:
        sums.count += 1
        if receipt.is_void:
            sums.voids += 1
            continue
        slug = receipt.revenue.slug
        sums.names[slug] = receipt.revenue_name
        sums.total += receipt.total
        sums.by_method[receipt.method] += receipt.total
        sums.by_revenue[slug][receipt.method] += receipt.total
    return sums


def is_closed(day: date) -> bool:
    """Tell whether `day` is closed; hold the fiscal year's row to rely on it."""
    return DailyRemittance.objects.filter(day=day, reopened_at=None).exists()


def refuse_closed(day: date) -> None:
    """Raise Refused for a closed day; the caller holds the fiscal year's row."""
    if is_closed(day):
        raise Refused(f"ปิดยอดวันที่ {format_date(day)} แล้ว ต้องให้ผู้มีอำนาจเปิดยอดก่อน หรือทำรายการในวันถัดไป")


@transaction.atomic
def close_day(day: date, by: Staff) -> DailyRemittance:
    """Close `day` and return its ใบนำส่งเงิน.

    Raises:
        Refused: not of กองคลัง, it is closed, in the future, in a closed year, or a void waits
            for approval.
    """
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้นที่ปิดยอดได้")
    if day > local_date(timezone.now()):
        raise Refused("ยังไม่ถึงวันที่นี้ จึงปิดยอดไม่ได้")
    year = books.lock_year(fiscal_year(day))
    _refuse_closed_year(year)
    if is_closed(day):
        raise Refused(f"ปิดยอดวันที่ {format_date(day)} แล้ว")
    if ReceiptVoid.objects.filter(receipt__issued_on=day, state=ReceiptVoid.State.ASKED).exists():
        raise Refused("มีใบเสร็จของวันนี้ที่รออนุมัติยกเลิก โปรดให้ผู้มีอำนาจพิจารณาก่อนปิดยอด")
    sums = totals_of(Receipt.objects.filter(issued_on=day).select_related("revenue"))
    before = DailyRemittance.objects.filter(day=day).order_by("-version").first()
    if before is None:
        year.remittances += 1
        year.save(update_fields=["remittances"])
    return DailyRemittance.objects.create(
        fiscal_year=year,
        day=day,
        number=before.number if before else year.remittances,
        version=before.version + 1 if before else 1,
        receipts_count=sums.count,
        voids_count=sums.voids,
        total=sums.total,
        by_method={method: str(sums.by_method[method]) for method in Method.values},
        by_revenue={
            slug: {"name": sums.names[slug]}
            | {method: str(amounts[method]) for method in Method.values}
            for slug, amounts in sums.by_revenue.items()
        },
        closed_at=timezone.now(),
        closed_by=by,
    )


@transaction.atomic
def reopen_day(day: date, by: Staff, reason: str) -> DailyRemittance:
    """Reopen a closed day, with a reason; returns the ใบนำส่งเงิน that no longer stands.

    Raises:
        Refused: no reason, not in force for it, not closed, or its year is closed.
    """
    if not reason.strip():
        raise Refused("โปรดระบุเหตุผลที่เปิดยอด")
    duties.demand(by, MoneyDuty.Duty.REOPEN_DAY)
    year = books.lock_year(fiscal_year(day))
    _refuse_closed_year(year)
    remittance = DailyRemittance.objects.filter(day=day, reopened_at=None).first()
    if remittance is None:
        raise Refused(f"วันที่ {format_date(day)} ยังไม่ได้ปิดยอด")
    remittance.reopened_at, remittance.reopened_by = timezone.now(), by
    remittance.reopen_reason = reason.strip()[:500]
    remittance.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
    return remittance


def open_days(year: int) -> list[date]:
    """Return the days of a fiscal year that have receipts and are not closed, in order."""
    first, last = fiscal_year_range(year)
    closed = DailyRemittance.objects.filter(day=OuterRef("issued_on"), reopened_at=None)
    return list(
        Receipt.objects.filter(~Exists(closed), issued_on__range=(first, last))
        .order_by("issued_on")
        .values_list("issued_on", flat=True)
        .distinct()
    )


@transaction.atomic
def close_year(year: int, by: Staff) -> int:
    """Close a fiscal year whose days are all closed; returns how many leaves are เลิกใช้.

    Raises:
        Refused: days are open, the year is not over or closed already, or not his to close.
    """
    duties.demand(by, MoneyDuty.Duty.CLOSE_YEAR)
    books.lock_year(year)
    if left := open_days(year):
        raise Refused(f"ยังไม่ได้ปิดยอด {len(left)} วัน วันแรกคือ {format_date(left[0])}")
    return books.close_year(year, by)


def _refuse_closed_year(year: FiscalYear) -> None:
    if year.closed_at is not None:
        raise Refused(f"ปีงบประมาณ {year.year} ปิดแล้ว")
