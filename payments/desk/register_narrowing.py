"""By what the register is narrowed down: read from an address, for the list and its papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from bannmae.staff_input import row_id
from bannmae.staff_lists import SEARCH_LIMIT
from bannmae.thai.calendar import format_date
from bannmae.thai.numerals import to_arabic_digits
from payments.desk.register_common import day_of
from payments.models import Receipt, ReceiptBook, ReceiptVoid, Revenue

MOST_WORDS = 6  # of a search; each is another condition
VALID, VOID, ASKED = "valid", "void", "asked"
STATES = ((VALID, "ใช้ได้"), (ASKED, "รออนุมัติยกเลิก"), (VOID, "ยกเลิก"))
BIGGEST_LEAF = 32_767


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is asked for; what is unknown in an address is as if it were not there."""

    since: dt.date | None = None
    until: dt.date | None = None
    revenue: Revenue | None = None
    book: ReceiptBook | None = None
    mode: str = ""
    state: str = ""
    words: str = ""

    @property
    def is_none(self) -> bool:
        """True where everything is asked for."""
        return self == Narrowing()

    def query(self) -> str:
        """Return what leads here again."""
        chosen = {
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "revenue": self.revenue.pk if self.revenue else "",
            "book": self.book.pk if self.book else "",
            "mode": self.mode,
            "state": self.state,
            "q": self.words,
        }
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def scope(self) -> str:
        """Say on paper what is listed besides the days."""
        parts = [
            f"เล่มที่ {self.book.label}" if self.book else "",
            self.revenue.name if self.revenue and not self.book else "",
            Receipt.Mode(self.mode).label if self.mode else "",
            dict(STATES)[self.state] if self.state else "",
            f"ค้นหา “{self.words}”" if self.words else "",
        ]
        return " · ".join(part for part in parts if part) or "ทุกเล่ม"

    @property
    def days(self) -> str:
        """Say which days, '' for all."""
        if self.since and self.until:
            if self.since == self.until:
                return format_date(self.since)
            return f"{format_date(self.since)} – {format_date(self.until)}"
        if self.since:
            return f"ตั้งแต่ {format_date(self.since)}"
        return f"ถึง {format_date(self.until)}" if self.until else ""

    def apply(self, receipts: QuerySet[Receipt]) -> QuerySet[Receipt]:
        """Return those of `receipts` that are asked for."""
        if self.since:
            receipts = receipts.filter(issued_on__gte=self.since)
        if self.until:
            receipts = receipts.filter(issued_on__lte=self.until)
        if self.book:
            receipts = receipts.filter(book=self.book)
        elif self.revenue:
            receipts = receipts.filter(revenue=self.revenue)
        if self.mode:
            receipts = receipts.filter(mode=self.mode)
        if self.state:
            receipts = receipts.filter(is_void=self.state == VOID)
        if self.state == ASKED:
            receipts = receipts.filter(is_asked())
        for word in self.words.split()[:MOST_WORDS]:
            receipts = receipts.filter(_about(word))
        return receipts


def is_asked() -> Exists:
    """Return the condition that somebody has asked for a void and nobody has decided."""
    return Exists(ReceiptVoid.objects.filter(receipt=OuterRef("pk"), state=ReceiptVoid.State.ASKED))


def narrowing_of(sent: Mapping[str, str]) -> Narrowing:
    """Read an address."""
    since, until = day_of(sent.get("since")), day_of(sent.get("until"))
    if since and until and until < since:
        since, until = until, since
    revenue, book = row_id(sent.get("revenue", "")), row_id(sent.get("book", ""))
    mode, state = sent.get("mode", ""), sent.get("state", "")
    return Narrowing(
        since=since,
        until=until,
        revenue=Revenue.objects.filter(pk=revenue).first() if revenue else None,
        book=ReceiptBook.objects.select_related("revenue").filter(pk=book).first()
        if book
        else None,
        mode=mode if mode in Receipt.Mode.values else "",
        state=state if state in dict(STATES) else "",
        words=" ".join(sent.get("q", "").replace("\x00", "")[:SEARCH_LIMIT].split()),
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """Of what is listed: receipts, void ones among them, and the money of the others (baht)."""

    count: int
    voids: int
    total: Decimal


def sums_of(receipts: QuerySet[Receipt]) -> Sums:
    """Add up `receipts` in the database."""
    found = receipts.order_by().aggregate(
        count=Count("pk"),
        voids=Count("pk", filter=Q(is_void=True)),
        total=Sum("total", filter=Q(is_void=False)),
    )
    return Sums(found["count"], found["voids"], found["total"] or Decimal("0.00"))


def _about(word: str) -> Q:
    """Return the condition that a receipt has `word` in its payer's name, book or number."""
    condition = Q(payer_name__icontains=word)
    plain = to_arabic_digits(word)
    condition |= Q(number_label__iexact=plain)
    if not plain.isdecimal():
        return condition | Q(book_label__icontains=plain)
    if len(plain) <= 5 and int(plain) <= BIGGEST_LEAF:
        condition |= Q(leaf=int(plain))
    return condition
