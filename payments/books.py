"""Books and their leaves: a number is taken once, none is passed over, whatever happens.

Every function here runs inside its caller's transaction and holds the fiscal year's row, so
numbers are taken one after another; a transaction that does not end well gives its number back.
A book is used within its fiscal year alone; what is left over is เลิกใช้ (the interior ministry's
regulation on receiving money of local governments, B.E. 2566, as its forerunner of 2547).
"""

from __future__ import annotations

from datetime import date

from django.db.models import F
from django.utils import timezone

from bannmae.models import Staff
from bannmae.thai.calendar import fiscal_year, local_date
from payments.errors import Refused
from payments.models import FiscalYear, PaymentSettings, ReceiptBook, Revenue


def lock_year(year: int) -> FiscalYear:
    """Return the fiscal year's row, locked until the transaction ends; made when it is missing."""
    FiscalYear.objects.get_or_create(year=year)
    return FiscalYear.objects.select_for_update().get(year=year)


def take_leaf(year: FiscalYear, revenue: Revenue) -> tuple[ReceiptBook, int]:
    """Return the book and the next leaf of it for one receipt; `year` is locked by the caller.

    Raises:
        Refused: the year is closed.
    """
    if year.closed_at is not None:
        raise Refused(f"ปีงบประมาณ {year.year} ปิดเล่มใบเสร็จแล้ว ออกใบเสร็จในปีนี้ไม่ได้")
    books = ReceiptBook.objects.filter(fiscal_year=year, revenue=revenue).order_by("-number")
    book = books.first()
    if book is None or book.used >= book.leaves or book.closed_at is not None:
        book = ReceiptBook.objects.create(
            fiscal_year=year,
            revenue=revenue,
            number=book.number + 1 if book else 1,
            leaves=PaymentSettings.get_solo().leaves_per_book,
            opened_at=timezone.now(),
        )
    ReceiptBook.objects.filter(pk=book.pk).update(used=F("used") + 1)
    book.revenue = revenue  # as the caller knows it: its series stands in the label
    book.used += 1
    return book, book.used


def close_year(year: int, by: Staff, today: date | None = None) -> int:
    """Close the books of a year that is over, and return how many leaves are เลิกใช้.

    Call it in a transaction. Days without a remittance are for the caller to ask (days.open_days).

    Raises:
        Refused: the year is not over, or closed already.
    """
    row = lock_year(year)
    if row.closed_at is not None:
        raise Refused(f"ปีงบประมาณ {year} ปิดแล้ว")
    if fiscal_year(today or local_date(timezone.now())) <= year:
        raise Refused(f"ปีงบประมาณ {year} ยังไม่สิ้นสุด ปิดเล่มได้ตั้งแต่วันที่ 1 ตุลาคม")
    now = timezone.now()
    open_books = ReceiptBook.objects.filter(fiscal_year=row, closed_at=None)
    unused = sum(book.left for book in open_books)
    open_books.update(closed_at=now, closed_by=by)
    row.closed_at, row.closed_by = now, by
    row.save(update_fields=["closed_at", "closed_by"])
    return unused
