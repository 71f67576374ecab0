"""What the papers show, filled by callers.

Amounts are `Decimal` baht. A form whose stored total is not the sum of its lines cannot be made:
such a paper must not leave the house. There is no field for a national ID, so none can be printed;
thirteen digits that somebody typed into a name, an address or a note are masked on the page.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from bannmae.paper.memo import Signatory

__all__ = [
    "BookUsagePaper",
    "BookUsageRow",
    "LabelRow",
    "LeafState",
    "Office",
    "PaperTotalError",
    "ReceiptLinePaper",
    "ReceiptPaper",
    "RegisterPaper",
    "RegisterRow",
    "RemittancePaper",
    "RemittanceRow",
    "Signatory",
    "SummaryFigure",
    "SummaryPaper",
    "VoidPaper",
]

NOTHING = Decimal("0.00")
#: What became of a leaf: used, void, or closed unused at the year's end.
LeafState = Literal["ใช้", "ยกเลิก", "เลิกใช้"]


class PaperTotalError(ValueError):
    """The total that was handed over is not the sum of the lines."""


@dataclass(frozen=True, slots=True)
class Office:
    """The municipality as a paper's head names it; `emblem` holds the bytes of a picture."""

    name: str
    address: str = ""
    tax_id: str = ""
    phone: str = ""
    emblem: bytes | None = None


@dataclass(frozen=True, slots=True)
class ReceiptLinePaper:
    """One line of a receipt: what for, which year or period, arrears or not."""

    text: str
    amount: Decimal
    period: str = ""
    is_arrears: bool = False
    surcharge: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        """Return amount and surcharge together."""
        return self.amount + self.surcharge


@dataclass(frozen=True, slots=True)
class VoidPaper:
    """Why a receipt is void, when, and the two people who made it so."""

    reason: str
    at: dt.datetime
    by_name: str
    approved_by_name: str
    by_position: str = ""
    approved_by_position: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """A receipt as it was issued.

    `revenue` names the kind of money, `method` how it came ('เงินสด', 'เงินโอน', 'เช็ค') and
    `method_detail` the bank or the cheque. `is_copy` with `copy_no` 0 is the สำเนา that stays in
    the book, `copy_no` n is the n-th reprint. `replaces` and `replaced_by` name another receipt
    ('เล่มที่ 1/2570 เลขที่ 7'). `note` stands under the table. `verify_url` goes into the QR code
    and beside it; '' leaves both out.

    Raises:
        PaperTotalError: `total` is not the sum of the lines, or there is no line.
    """

    office: Office
    revenue: str
    book_label: str
    number_label: str
    issued_on: dt.date
    payer_name: str
    payer_address: str
    lines: tuple[ReceiptLinePaper, ...]
    total: Decimal
    total_text: str
    method: str
    money_seen_on: dt.date | None
    received_by_name: str
    received_by_position: str
    verify_url: str
    method_detail: str = ""
    is_copy: bool = False
    copy_no: int = 0
    void: VoidPaper | None = None
    replaces: str = ""
    replaced_by: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.lines:
            raise PaperTotalError("a receipt has at least one line")
        _check(self.total, sum((line.total for line in self.lines), NOTHING))

    @property
    def label(self) -> str:
        """Return book and number as everybody writes them."""
        return f"เล่มที่ {self.book_label} เลขที่ {self.number_label}"


@dataclass(frozen=True, slots=True)
class RemittanceRow:
    """A receipt of the day; `amount` is what stands on it, also when it is void."""

    book_label: str
    number_label: str
    payer_name: str
    revenue: str
    method: str
    amount: Decimal
    note: str = ""
    is_void: bool = False

    @property
    def counted(self) -> Decimal:
        """Return what counts towards the day: nothing of a void receipt."""
        return NOTHING if self.is_void else self.amount


@dataclass(frozen=True, slots=True)
class RemittancePaper:
    """The day's close, ใบนำส่งเงิน.

    `total` and `count` are the day's stored figures (void receipts count as nothing). `version` 2
    or more names the version that it stands in for, with `reopen_reason`. `sender`, `receiver` and
    `director` may have empty names: dots are left to write on.

    Raises:
        PaperTotalError: `total` or `count` is not that of the rows.
    """

    office: Office
    number: str
    day: dt.date
    rows: tuple[RemittanceRow, ...]
    total: Decimal
    count: int
    sender: Signatory = Signatory()
    receiver: Signatory = Signatory()
    director: Signatory = Signatory(position="ผู้อำนวยการกองคลัง")
    version: int = 1
    reopen_reason: str = ""
    printed_at: dt.datetime | None = None
    printed_by: str = ""

    def __post_init__(self) -> None:
        _check(self.total, sum((row.counted for row in self.rows), NOTHING))
        if self.count != sum(not row.is_void for row in self.rows):
            raise PaperTotalError("the count is not that of the receipts in use")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A leaf of the register; a run of closed leaves is one row ('124–200') without a payer.

    `amount` is what stands on the receipt, also when it is void.
    """

    day: dt.date | None
    book_label: str
    number_label: str
    payer_name: str
    text: str
    method: str
    amount: Decimal
    received_by_name: str
    state: LeafState = "ใช้"
    note: str = ""

    @property
    def counted(self) -> Decimal:
        """Return what counts towards the totals: only receipts in use do."""
        return self.amount if self.state == "ใช้" else NOTHING


@dataclass(frozen=True, slots=True)
class RegisterPaper:
    """The receipt register of a range of days; `scope` says which book or kind ('ทุกเล่ม')."""

    office: Office
    first_day: dt.date
    last_day: dt.date
    rows: tuple[RegisterRow, ...]
    scope: str = ""
    printed_at: dt.datetime | None = None
    printed_by: str = ""


@dataclass(frozen=True, slots=True)
class SummaryFigure:
    """Money of one kind that came one way within a day or a month; void receipts left out.

    `period` is the day in a month's summary, the first of the month in a year's.
    """

    period: dt.date
    revenue: str
    method: str
    amount: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class SummaryPaper:
    """Summary of a month or of a fiscal year.

    `month` is any day of the month; None makes it the summary of `fiscal_year` (Buddhist era).
    `void_count` tells of void receipts, which are in no figure. Figures outside the time are an
    error of the caller.

    Raises:
        ValueError: a figure lies outside the month or year.
    """

    office: Office
    fiscal_year: int
    figures: tuple[SummaryFigure, ...]
    month: dt.date | None = None
    void_count: int = 0
    signatories: tuple[Signatory, ...] = ()
    printed_at: dt.datetime | None = None
    printed_by: str = ""

    def __post_init__(self) -> None:
        from payments.papers.summary_figures import periods_of

        allowed = set(periods_of(self.fiscal_year, self.month))
        if any(figure.period not in allowed for figure in self.figures):
            raise ValueError("a figure lies outside the month or year")

    @property
    def total(self) -> Decimal:
        """Return the sum of all figures."""
        return sum((figure.amount for figure in self.figures), NOTHING)


@dataclass(frozen=True, slots=True)
class BookUsageRow:
    """How far a book was used in its year.

    `first` and `last` are the book's leaves (`last` None: a series without an end); the leaves in
    use and the void ones lie among `used_first` … `used_last` (None: none was used). What was left
    is closed as เลิกใช้ when `closed_on` is set. `void_numbers` names the void ones ('7, 12').
    """

    book_label: str
    revenue: str
    first: int
    last: int | None
    used_first: int | None = None
    used_last: int | None = None
    void_count: int = 0
    void_numbers: str = ""
    amount: Decimal = NOTHING
    closed_on: dt.date | None = None
    note: str = ""

    @property
    def taken(self) -> int:
        """Return how many leaves were taken, void ones among them."""
        if self.used_first is None or self.used_last is None:
            return 0
        return self.used_last - self.used_first + 1

    @property
    def used_count(self) -> int:
        """Return how many leaves are receipts in use."""
        return self.taken - self.void_count

    @property
    def unused(self) -> tuple[int, int] | None:
        """Return the first and the last leaf that nobody took, None where there is none."""
        start = self.first if self.used_last is None else self.used_last + 1
        return None if self.last is None or start > self.last else (start, self.last)

    @property
    def unused_count(self) -> int:
        """Return how many leaves nobody took."""
        left = self.unused
        return left[1] - left[0] + 1 if left else 0


@dataclass(frozen=True, slots=True)
class BookUsagePaper:
    """รายงานการใช้ใบเสร็จรับเงิน of a fiscal year (Buddhist era), due on 31 October."""

    office: Office
    fiscal_year: int
    rows: tuple[BookUsageRow, ...]
    signatories: tuple[Signatory, ...] = ()
    printed_at: dt.datetime | None = None
    printed_by: str = ""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """Somebody to write to; `note` stands only on the mailing list ('ภาษีป้าย ปี 2570')."""

    name: str
    lines: tuple[str, ...] = field(default=())
    note: str = ""


def _check(total: Decimal, found: Decimal) -> None:
    if total != found:
        raise PaperTotalError(f"the total is {total}, the lines make {found}")
