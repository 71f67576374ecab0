"""What a clerk does with lines of a statement: match, unmatch, set aside.

A match says "this money is this payer's" on the line and in the notice's history; the notice's
status stays what it is until a clerk confirms it (payments/workflow.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from bannmae.models import Staff
from bannmae.thai.calendar import format_date, format_datetime, local_date, local_datetime
from payments import access
from payments.errors import Refused
from payments.models import (
    BankAccount,
    Method,
    NoticeEntry,
    PaymentNotice,
    PaymentSettings,
    Slip,
    StatementLine,
    Status,
)
from payments.statements.matching import Claimed, Money, Pair, propose

LINES = 20_000
NOTICES = 5_000
# Older ones wait in their lists, and are matched by hand.
SPAN = timedelta(days=400)
AT_ONCE = 500
CHUNK = 500

Kind = NoticeEntry.Kind


@dataclass(frozen=True, slots=True)
class Overview:
    """Pairs that are proposed, and how much was looked at.

    `alone` are the notices for which nothing was found, the longest waiting first.
    """

    pairs: list[Pair]
    lines: int
    notices: int
    alone: list[int]

    @property
    def is_whole(self) -> bool:
        """Whether everything that is open was weighed."""
        return self.lines < LINES and self.notices < NOTICES


def open_lines(account: BankAccount | None = None) -> QuerySet[StatementLine]:
    """Return money that is nobody's yet."""
    rows = StatementLine.objects.filter(notice=None, set_aside="")
    return rows.filter(account=account) if account else rows


def of_rejected(rows: QuerySet[StatementLine]) -> QuerySet[StatementLine]:
    """Return money whose notice was rejected afterwards: somebody paid, and nothing came of it."""
    return rows.filter(notice__status=Status.REJECTED)


def open_notices() -> QuerySet[PaymentNotice]:
    """Return notices of transfers for which no money was found in a statement."""
    matched = StatementLine.objects.filter(notice=OuterRef("pk"))
    return (
        PaymentNotice.objects.filter(amount__isnull=False)
        .exclude(status=Status.REJECTED)
        .exclude(method=Method.CASH)
        .filter(~Exists(matched))
    )


def overview(now: datetime | None = None) -> Overview:
    """Weigh what is open. Four queries, whatever there is."""
    since = (now or timezone.now()) - SPAN
    lines = [
        Money(pk, at, has_time, amount, f"{reference} {description}")
        for pk, at, has_time, amount, reference, description in open_lines()
        .filter(at__gte=since)
        .order_by("-at", "-id")
        .values_list("pk", "at", "has_time", "amount", "reference", "description")[:LINES]
    ]
    rows = list(
        open_notices()
        .filter(created_at__gte=since)
        .order_by("-id")
        .values_list("pk", "paid_at", "created_at", "amount", "payer_name", "reference")[:NOTICES]
    )
    references = _references([row[0] for row in rows])
    notices = [
        _claimed(pk, paid_at, created_at, amount, payer, (reference, *references.get(pk, ())))
        for pk, paid_at, created_at, amount, payer, reference in rows
    ]
    window = timedelta(days=PaymentSettings.get_solo().statement_days)
    pairs = propose(lines, notices, window)
    paired = {pair.notice for pair in pairs}
    alone = sorted(one.pk for one in notices if one.pk not in paired)
    return Overview(pairs, len(lines), len(notices), alone)


def _claimed(
    pk: int,
    paid_at: datetime | None,
    created_at: datetime,
    amount: object,
    payer: str,
    references: Sequence[str],
) -> Claimed:
    at = local_datetime(paid_at or created_at)
    # A form that asks for the day alone gives midnight.
    has_time = paid_at is not None and (at.hour, at.minute) != (0, 0)
    return Claimed(
        pk=pk,
        at=at,
        has_time=has_time,
        amount=amount,  # type: ignore[arg-type]
        payer=payer,
        references=tuple(one for one in references if one),
        told_later=paid_at is None,
    )


def _references(notices: Sequence[int]) -> dict[int, list[str]]:
    """Return the references read from the slips of notices."""
    if not notices:
        return {}
    found: dict[int, list[str]] = {}
    rows = Slip.objects.exclude(reference="").exclude(state=Slip.State.REMOVED)
    # A range, not a list: SQLite and PostgreSQL bound the length of a query's parameters.
    rows = rows.filter(notice__gte=min(notices), notice__lte=max(notices))
    wanted = set(notices)
    for notice, reference in rows.values_list("notice", "reference").iterator(chunk_size=2000):
        if notice in wanted:
            found.setdefault(notice, []).append(reference)
    return found


# -- acts -----------------------------------------------------------------------------------------


@transaction.atomic
def match(line_id: int, notice_id: int, by: Staff) -> StatementLine:
    """Match a line with a notice; a notice may have several lines, paid in parts.

    Raises:
        Refused: not allowed, the line is matched or set aside, or the notice is rejected.
    """
    _demand(by)
    notice = PaymentNotice.objects.select_for_update(of=("self",)).filter(pk=notice_id).first()
    line = _locked(line_id)
    if notice is None:
        raise Refused("ไม่พบรายการแจ้งชำระนี้")
    if notice.status == Status.REJECTED:
        raise Refused(f"รายการ {notice.number} ตรวจสอบไม่ผ่านไปแล้ว นำกลับมาตรวจใหม่ก่อนจับคู่")
    if line.notice_id is not None:
        raise Refused("เงินรายการนี้จับคู่ไปแล้ว")
    if line.set_aside:
        raise Refused("เงินรายการนี้พักไว้โดยไม่ต้องจับคู่ นำกลับมาก่อน")
    _put(line, notice, by)
    line.save(update_fields=["notice", "matched_by", "matched_at"])
    NoticeEntry.objects.create(notice=notice, kind=Kind.MATCHED, by=by, text=line_words(line))
    return line


def sure_among(wanted: Iterable[tuple[int, int]]) -> list[Pair]:
    """Return those of the pairs (line, notice) that are sure as things stand.

    It may take seconds: call it before the transaction in which they are matched.
    """
    asked = set(wanted)
    return [pair for pair in overview().pairs if pair.is_sure and (pair.line, pair.notice) in asked]


@transaction.atomic
def match_all(pairs: Sequence[Pair], by: Staff) -> int:
    """Match pairs of sure_among, but for what somebody has taken meanwhile; return how many.

    Raises:
        Refused: not allowed, or more than AT_ONCE.
    """
    _demand(by)
    if len(pairs) > AT_ONCE:
        raise Refused(f"รับได้ครั้งละไม่เกิน {AT_ONCE} คู่")
    notices = {
        row.pk: row
        for row in PaymentNotice.objects.select_for_update(of=("self",))
        .filter(pk__in=[pair.notice for pair in pairs])
        .exclude(status=Status.REJECTED)
        .order_by("pk")
    }
    lines = {
        row.pk: row
        for row in StatementLine.objects.select_for_update(of=("self",))
        .filter(pk__in=[pair.line for pair in pairs], notice=None, set_aside="")
        .select_related("account")
        .order_by("pk")
    }
    # Somebody may have matched one of them between the weighing and the lock.
    taken = set(
        StatementLine.objects.filter(notice__in=list(notices)).values_list("notice", flat=True)
    )
    done, entries = [], []
    for pair in pairs:
        line, notice = lines.get(pair.line), notices.get(pair.notice)
        if line is None or notice is None or notice.pk in taken:
            continue
        _put(line, notice, by)
        done.append(line)
        entries.append(
            NoticeEntry(notice=notice, kind=Kind.MATCHED, by=by, text=line_words(line)[:1000])
        )
    StatementLine.objects.bulk_update(
        done, ["notice", "matched_by", "matched_at"], batch_size=CHUNK
    )
    NoticeEntry.objects.bulk_create(entries, batch_size=CHUNK)
    return len(done)


@transaction.atomic
def unmatch(line_id: int, by: Staff, reason: str = "") -> StatementLine:
    """Take a match back; what was confirmed or issued meanwhile stays.

    Raises:
        Refused: not allowed, or the line is not matched.
    """
    _demand(by)
    line = _locked(line_id)
    notice = line.notice
    if notice is None:
        raise Refused("เงินรายการนี้ยังไม่ได้จับคู่")
    line.notice = line.matched_by = line.matched_at = None
    line.save(update_fields=["notice", "matched_by", "matched_at"])
    text = f"{line_words(line)}{f' – {reason.strip()}' if reason.strip() else ''}"
    NoticeEntry.objects.create(notice=notice, kind=Kind.UNMATCHED, by=by, text=text[:1000])
    return line


@transaction.atomic
def set_aside(line_id: int, by: Staff, reason: str) -> StatementLine:
    """Say why money is nobody's notice: the office's own transfer, interest, another revenue.

    Raises:
        Refused: not allowed, no reason, or the line is matched.
    """
    _demand(by)
    if not reason.strip():
        raise Refused("โปรดระบุว่าทำไมไม่ต้องจับคู่ เช่น ดอกเบี้ย หรือโอนระหว่างบัญชีของเทศบาล")
    line = _locked(line_id)
    if line.notice_id is not None:
        raise Refused("เงินรายการนี้จับคู่แล้ว ยกเลิกการจับคู่ก่อน")
    line.set_aside = reason.strip()[:300]
    line.matched_by, line.matched_at = by, timezone.now()
    line.save(update_fields=["set_aside", "matched_by", "matched_at"])
    return line


@transaction.atomic
def bring_back(line_id: int, by: Staff) -> StatementLine:
    """Let a line that was set aside be matched again. Raises Refused."""
    _demand(by)
    line = _locked(line_id)
    if not line.set_aside:
        raise Refused("เงินรายการนี้ไม่ได้พักไว้")
    line.set_aside, line.matched_by, line.matched_at = "", None, None
    line.save(update_fields=["set_aside", "matched_by", "matched_at"])
    return line


# -- what others read -----------------------------------------------------------------------------


def lines_of(notice: PaymentNotice) -> list[StatementLine]:
    """Return the money that was matched with a notice, the oldest first."""
    return list(notice.statement_lines.select_related("account", "matched_by").order_by("at", "id"))


def suggested_date(notice: PaymentNotice) -> date | None:
    """Return the day on which the money of a notice was seen: its last line's. None: no match."""
    last = notice.statement_lines.order_by("-at").values_list("at", flat=True).first()
    return local_date(last) if last else None


def line_words(line: StatementLine) -> str:
    """Write a line of a statement in one line of text."""
    when = (
        format_datetime(line.at, short=True) if line.has_time else format_date(line.at, short=True)
    )
    reference = f" อ้างอิง {line.reference}" if line.reference else ""
    return f"เงินเข้า {line.amount:,.2f} บาท {when} {line.account}{reference}"


# -- pieces ---------------------------------------------------------------------------------------


def _demand(by: Staff) -> None:
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")


def _locked(line_id: int) -> StatementLine:
    line = (
        StatementLine.objects.select_for_update(of=("self",))
        .select_related("account", "notice")
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise Refused("ไม่พบรายการเงินเข้านี้")
    return line


def _put(line: StatementLine, notice: PaymentNotice, by: Staff) -> None:
    line.notice, line.matched_by, line.matched_at = notice, by, timezone.now()
