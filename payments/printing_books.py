"""From the books to their papers: the day's close, the register, summaries, the use of books.

What a paper says of a day is reckoned from the receipts anew each time and held against the
stored remittance: a paper that would say something else is not made.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from bannmae.models import Municipality, Staff
from bannmae.models import Signatory as SignatoryRow
from bannmae.thai.calendar import fiscal_year, fiscal_year_range, local_date
from payments import days
from payments.errors import Refused
from payments.models import DailyRemittance, Method, Receipt, ReceiptBook, ReceiptVoid
from payments.papers.forms import (
    BookUsagePaper,
    BookUsageRow,
    Office,
    RegisterPaper,
    RegisterRow,
    RemittancePaper,
    RemittanceRow,
    Signatory,
    SummaryFigure,
    SummaryPaper,
)

DIRECTOR = "ผู้อำนวยการกองคลัง"
State = ReceiptVoid.State


class TotalsDiffer(Refused):
    """The receipts of a day no longer come to what its ใบนำส่งเงิน says. Nothing is printed."""


def office() -> Office:
    """Return the municipality as papers of today name it."""
    profile = Municipality.get_solo()
    return Office(
        name=profile.name, address=profile.address, tax_id=profile.tax_id, phone=profile.phone
    )


def signs(staff: Staff | None) -> Signatory:
    """Return an officer's signature block; dots to write on for None."""
    if staff is None:
        return Signatory()
    name, *positions = staff.signature_block
    return Signatory(name=name.strip("() "), position="\n".join(filter(None, positions)))


def director(day: dt.date) -> Signatory:
    """Return who signs as ผู้อำนวยการกองคลัง on `day`; standing in is a row."""
    office_of = SignatoryRow.Office.FINANCE
    row = SignatoryRow.objects.on(day).filter(office=office_of).first()
    if row is None:
        return Signatory(position=DIRECTOR)
    return Signatory(name=row.name, position="\n".join(filter(None, [row.title, row.acting])))


# -- the day's close --------------------------------------------------------------------------


def receipts_of(remittance: DailyRemittance) -> list[Receipt]:
    """Return the receipts that a remittance is made of, each void or not as it was then.

    Of one that stands these are all of its day, as they are; of one that was reopened those
    that had been issued when it was closed.
    """
    rows = Receipt.objects.filter(issued_on=remittance.day).select_related("revenue")
    rows = rows.order_by("fiscal_year", "revenue__order", "book__number", "leaf", "id")
    approved = dict(
        ReceiptVoid.objects.filter(
            receipt__issued_on=remittance.day, state=State.APPROVED
        ).values_list("receipt", "decided_at")
    )
    if remittance.reopened_at is None:
        return list(rows)
    found = list(rows.filter(issued_at__lte=remittance.closed_at))
    for receipt in found:
        decided = approved.get(receipt.pk)
        receipt.is_void = decided is not None and decided <= remittance.closed_at
    return found


def check_totals(remittance: DailyRemittance, receipts: Iterable[Receipt]) -> None:
    """Hold the stored figures against `receipts` (with `revenue`).

    Raises:
        TotalsDiffer: any of them is another, also by method or kind.
    """
    sums = days.totals_of(receipts)
    stored = {
        "count": remittance.receipts_count,
        "voids": remittance.voids_count,
        "total": remittance.total,
        "by_method": {name: Decimal(text) for name, text in remittance.by_method.items()},
        "by_revenue": {
            slug: {method: Decimal(amounts[method]) for method in Method.values}
            for slug, amounts in remittance.by_revenue.items()
        },
    }
    found = {
        "count": sums.count,
        "voids": sums.voids,
        "total": sums.total,
        "by_method": {method: sums.by_method[method] for method in Method.values},
        "by_revenue": {
            slug: {method: amounts[method] for method in Method.values}
            for slug, amounts in sums.by_revenue.items()
        },
    }
    if stored != found:
        raise TotalsDiffer(
            f"ยอดของใบเสร็จไม่ตรงกับ{remittance} ที่บันทึกไว้ "
            f"(ใบเสร็จ {found['total']:,.2f} บาท ใบนำส่ง {stored['total']:,.2f} บาท) "
            "ระบบจึงไม่พิมพ์ให้ โปรดแจ้งผู้อำนวยการกองคลังและผู้ดูแลระบบตรวจสอบทันที"
        )


def remittance_paper(remittance: DailyRemittance, by: Staff) -> RemittancePaper:
    """Return a day's close (with `closed_by`) as it is printed.

    Raises:
        TotalsDiffer: its receipts come to something else.
    """
    receipts = receipts_of(remittance)
    check_totals(remittance, receipts)
    reasons = void_reasons(receipts)
    before = None
    if remittance.version > 1:
        before = DailyRemittance.objects.filter(
            day=remittance.day, version=remittance.version - 1
        ).first()
    return RemittancePaper(
        office=office(),
        number=f"{remittance.number}/{remittance.fiscal_year_id}",
        day=remittance.day,
        rows=tuple(
            RemittanceRow(
                book_label=one.book_label,
                number_label=one.number_label,
                payer_name=one.payer_name,
                revenue=one.revenue_name,
                method=Method(one.method).label,
                amount=one.total,
                note=reasons.get(one.pk, "") if one.is_void else "",
                is_void=one.is_void,
            )
            for one in receipts
        ),
        total=remittance.total,
        count=remittance.receipts_count - remittance.voids_count,
        sender=signs(remittance.closed_by),
        director=director(remittance.day),
        version=remittance.version,
        reopen_reason=before.reopen_reason if before else "",
        printed_at=timezone.now(),
        printed_by=str(by),
    )


def void_reasons(receipts: Iterable[Receipt]) -> dict[int, str]:
    """Return why those of `receipts` that are void are so, by their keys."""
    void = [one.pk for one in receipts if one.is_void]
    return dict(
        ReceiptVoid.objects.filter(receipt__in=void, state=State.APPROVED).values_list(
            "receipt", "reason"
        )
    )


# -- the register -----------------------------------------------------------------------------


def register_paper(
    receipts: QuerySet[Receipt],
    by: Staff,
    *,
    scope: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    book: ReceiptBook | None = None,
) -> RegisterPaper:
    """Return the register of `receipts`; of one `book` with its leaves that are เลิกใช้."""
    order = ("leaf",) if book else ("issued_on", "id")
    found = list(receipts.order_by(*order).prefetch_related("lines"))
    reasons = void_reasons(found)
    void = [one.pk for one in found if one.is_void]
    replaced = {
        pk: number
        for pk, number in Receipt.objects.filter(replaces__in=void).values_list(
            "replaces", "number_label"
        )
        if pk is not None
    }
    rows = [_register_row(one, reasons, replaced) for one in found]
    if book is not None and book.closed_at is not None and book.left:
        rows.append(_unused_row(book))
    issued = [one.issued_on for one in found]
    today = local_date(timezone.now())
    return RegisterPaper(
        office=office(),
        first_day=since or min(issued, default=until or today),
        last_day=until or max(issued, default=since or today),
        rows=tuple(rows),
        scope=scope,
        printed_at=timezone.now(),
        printed_by=str(by),
    )


def _register_row(
    receipt: Receipt, reasons: dict[int, str], replaced: dict[int, str]
) -> RegisterRow:
    notes = []
    if receipt.is_void:
        notes.append(reasons.get(receipt.pk, ""))
        if receipt.pk in replaced:
            notes.append(f"ออกเลขที่ {replaced[receipt.pk]} แทน")
    if receipt.mode == Receipt.Mode.ELAAS:
        notes.append("e-LAAS")
    return RegisterRow(
        day=receipt.issued_on,
        book_label=receipt.book_label,
        number_label=receipt.number_label,
        payer_name=receipt.payer_name,
        text=_what_for(receipt),
        method=Method(receipt.method).label,
        amount=receipt.total,
        received_by_name=receipt.received_by_name,
        state="ยกเลิก" if receipt.is_void else "ใช้",
        note=" · ".join(filter(None, notes)),
    )


def _what_for(receipt: Receipt) -> str:
    """Return what was paid, in a line: the first of the receipt's lines and how many more."""
    first, *more = receipt.lines.all()
    text = " ".join(filter(None, [first.text, first.period]))
    return f"{text} และอีก {len(more)} รายการ" if more else text


def _unused_row(book: ReceiptBook) -> RegisterRow:
    first, last = book.used + 1, book.leaves
    number = f"{first:04d}" if first == last else f"{first:04d}–{last:04d}"
    return RegisterRow(
        day=local_date(book.closed_at) if book.closed_at else None,
        book_label=book.label,
        number_label=number,
        payer_name="",
        text="",
        method="",
        amount=days.ZERO,
        received_by_name="",
        state="เลิกใช้",
        note=f"สิ้นปีงบประมาณ {book.fiscal_year_id}",
    )


# -- summaries --------------------------------------------------------------------------------


def figures_of(year: int, month: dt.date | None = None) -> tuple[SummaryFigure, ...]:
    """Return the money of a fiscal year by months, or of a month by days; void ones left out."""
    rows = Receipt.objects.filter(issued_on__range=span_of(year, month), is_void=False)
    if month is None:
        rows = rows.annotate(period=TruncMonth("issued_on"))
    name = "period" if month is None else "issued_on"
    sums = (
        rows.order_by()
        .values_list(name, "revenue__order", "revenue__name", "method")
        .annotate(amount=Sum("total"), count=Count("pk"))
        .order_by(name, "revenue__order", "revenue__name", "method")
    )
    return tuple(
        SummaryFigure(
            period=period,
            revenue=revenue,
            method=Method(method).label,
            amount=amount.quantize(days.ZERO),
            count=count,
        )
        for period, _order, revenue, method, amount, count in sums
    )


def span_of(year: int, month: dt.date | None = None) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a month, or else of the fiscal year."""
    if month is None:
        return fiscal_year_range(year)
    first = month.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return first, following - dt.timedelta(days=1)


def summary_paper(
    year: int,
    by: Staff,
    *,
    month: dt.date | None = None,
    figures: Sequence[SummaryFigure] | None = None,
) -> SummaryPaper:
    """Return the summary of a fiscal year or of one of its months."""
    voids = Receipt.objects.filter(issued_on__range=span_of(year, month), is_void=True)
    today = local_date(timezone.now())
    return SummaryPaper(
        office=office(),
        fiscal_year=fiscal_year(month) if month else year,
        figures=tuple(figures) if figures is not None else figures_of(year, month),
        month=month,
        void_count=voids.count(),
        signatories=(signs(by), director(today)),
        printed_at=timezone.now(),
        printed_by=str(by),
    )


# -- the use of books -------------------------------------------------------------------------


def usage_of_books(year: int) -> list[tuple[ReceiptBook, BookUsageRow]]:
    """Return each own book of a fiscal year, in their order, and how far it was used."""
    books = (
        ReceiptBook.objects.filter(fiscal_year=year)
        .select_related("revenue")
        .annotate(amount=Sum("receipts__total", filter=Q(receipts__is_void=False)))
        .order_by("revenue__order", "revenue", "number")
    )
    voids: dict[int, list[str]] = defaultdict(list)
    of_year = Receipt.objects.filter(book__fiscal_year=year, is_void=True)
    for book, number in of_year.order_by("book", "leaf").values_list("book", "number_label"):
        if book is not None:
            voids[book].append(number)
    return [
        (
            book,
            BookUsageRow(
                book_label=book.label,
                revenue=book.revenue.name,
                first=1,
                last=book.leaves,
                used_first=1 if book.used else None,
                used_last=book.used or None,
                void_count=len(voids[book.pk]),
                void_numbers=", ".join(voids[book.pk]),
                amount=(book.amount or days.ZERO).quantize(days.ZERO),
                closed_on=local_date(book.closed_at) if book.closed_at else None,
            ),
        )
        for book in books
    ]


def usage_rows(year: int) -> list[BookUsageRow]:
    """Return the same without the books."""
    return [row for _book, row in usage_of_books(year)]


def usage_paper(year: int, by: Staff) -> BookUsagePaper:
    """Return รายงานการใช้ใบเสร็จรับเงิน of a fiscal year."""
    today = local_date(timezone.now())
    return BookUsagePaper(
        office=office(),
        fiscal_year=year,
        rows=tuple(usage_rows(year)),
        signatories=(signs(by), director(today)),
        printed_at=timezone.now(),
        printed_by=str(by),
    )
