"""What a clerk does with a notice of payment. No other code changes its status.

received → checking → confirmed → receipted, or rejected; confirmed may be taken back, rejected
may be looked at again, receipted goes back to checking when its receipt is void (receipts.py).
Each function is one transaction, locks the notice, refuses a version that is not the current
one, writes an entry, and tells the payer where she has something to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet
from django.utils import timezone

from bannmae.models import Staff
from bannmae.privacy.blind_index import blind_index
from payments import access, notices, receipts
from payments.errors import Refused, Stale
from payments.intake import PHONE
from payments.models import (
    Assessment,
    Household,
    Method,
    NoticeEntry,
    PaymentNotice,
    Revenue,
    Slip,
    SlipMatch,
    Status,
)

Kind = NoticeEntry.Kind
MOVES: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset({Status.CHECKING, Status.CONFIRMED, Status.REJECTED}),
    Status.CHECKING: frozenset({Status.CONFIRMED, Status.REJECTED}),
    Status.CONFIRMED: frozenset({Status.CHECKING, Status.REJECTED, Status.RECEIPTED}),
    Status.RECEIPTED: frozenset({Status.CHECKING}),
    Status.REJECTED: frozenset({Status.CHECKING}),
}
REPEATED = "สลิปนี้เคยใช้แจ้งชำระแล้ว หากยืนยันต้องระบุเหตุผล"
UNREAD = "ระบบกำลังตรวจว่าสลิปนี้เคยใช้แล้วหรือไม่ โปรดรอสักครู่ หรือระบุเหตุผลที่ยืนยันโดยไม่รอ"
# A clerk may correct these while nothing is confirmed.
EDITABLE = frozenset(
    {
        "revenue",
        "fiscal_year",
        "months",
        "payer_name",
        "payer_address",
        "reference",
        "phone",
        "amount",
        "paid_at",
        "household",
        "assessment",
    }
)


@dataclass(frozen=True)
class Confirmation:
    """What the clerk has seen and will put on the receipt. Baht; `lines` as receipts.Line."""

    revenue: Revenue
    payer_name: str
    lines: Sequence[receipts.Line]
    method: Method
    money_seen_on: date
    payer_address: str = ""
    household: Household | None = None
    assessment: Assessment | None = None
    duplicate_reason: str = ""


def is_repeated(notice: PaymentNotice) -> bool:
    """Tell whether a slip of `notice` repeats one of another notice, a rejected one included.

    The earlier of two is asked about as well while the later one is not rejected: who sends
    somebody else's slip may be the first to send it, and one transfer pays one receipt.
    """
    return repeats_of(notice).exists()


def repeats_of(notice: PaymentNotice | OuterRef) -> QuerySet[SlipMatch]:
    """Return the matches that speak against `notice`; see is_repeated."""
    later = Q(other__notice=notice) & ~Q(slip__notice__status=Status.REJECTED)
    about = Q(slip__notice=notice) | later
    return SlipMatch.objects.filter(about).exclude(slip__notice=F("other__notice"))


def doubt_about(notice: PaymentNotice) -> str:
    """Return why confirming `notice` takes a written reason, '' where it takes none.

    A slip was sent before, or has not been read yet, so that nobody knows.
    """
    if is_repeated(notice):
        return REPEATED
    waiting = notice.slips.filter(due_at__isnull=False)
    unread = waiting.filter(state__in=[Slip.State.WANTED, Slip.State.STORED])
    return UNREAD if unread.exists() else ""


@transaction.atomic
def take(notice_id: int, by: Staff, version: int) -> PaymentNotice:
    """Start checking. Raises Refused (Stale)."""
    notice = _locked(notice_id, by, version)
    if notice.status != Status.RECEIVED:
        raise Refused("รับตรวจได้เฉพาะรายการที่ยังไม่มีผู้ตรวจ")
    notice.checker = by
    return _move(notice, Status.CHECKING, Kind.CHECKING, by)


@transaction.atomic
def edit(notice_id: int, by: Staff, version: int, **fields: Any) -> PaymentNotice:
    """Correct what the payer said; what it was stays in the entry. Raises Refused (Stale)."""
    notice = _locked(notice_id, by, version)
    if notice.status not in (Status.RECEIVED, Status.CHECKING):
        raise Refused("แก้ข้อมูลได้เฉพาะรายการที่ยังไม่ยืนยัน")
    if unknown := fields.keys() - EDITABLE:
        raise ValueError(f"Not editable: {sorted(unknown)}")
    changed = [name for name, value in fields.items() if getattr(notice, name) != value]
    if not changed:
        return notice
    before = "; ".join(f"{_name_of(name)}: {_told(notice, name)}" for name in changed)
    for name in changed:
        setattr(notice, name, fields[name])
    notice.phone_index = blind_index(notice.phone, PHONE)
    _save(notice)
    _note(notice, Kind.EDITED, by, f"เดิม {before}", fields=changed)
    return notice


@transaction.atomic
def ask(notice_id: int, by: Staff, version: int, text: str) -> PaymentNotice:
    """Ask the payer for what is missing, in the chat. Raises Refused (Stale)."""
    notice = _locked(notice_id, by, version)
    if not text.strip():
        raise Refused("โปรดพิมพ์สิ่งที่ต้องการถาม")
    if notice.resident is None:
        raise Refused("ผู้ชำระไม่ได้แจ้งทาง LINE โปรดโทรศัพท์ถาม")
    if notice.status not in (Status.RECEIVED, Status.CHECKING):
        raise Refused("ถามได้เฉพาะรายการที่ยังไม่ยืนยัน")
    notice.asked = text.strip()[:500]
    notice.checker = notice.checker or by
    _move(notice, Status.CHECKING, Kind.ASKED, by, notice.asked)
    notices.tell_asked(notice)
    return notice


@transaction.atomic
def confirm(notice_id: int, by: Staff, version: int, seen: Confirmation) -> PaymentNotice:
    """Confirm that the money is there, and what the receipt will say.

    Raises:
        Refused (Stale): an illegal move, no lines, a wrong amount, or a slip that was seen
            before, or has not been read yet, without a written reason.
    """
    notice = _locked(notice_id, by, version)
    _allow(notice, Status.CONFIRMED)
    if (doubt := doubt_about(notice)) and not seen.duplicate_reason.strip():
        raise Refused(doubt)
    draft = receipts.Draft(
        revenue=seen.revenue,
        payer_name=seen.payer_name,
        payer_address=seen.payer_address,
        lines=seen.lines,
        method=seen.method,
        money_seen_on=seen.money_seen_on,
        household=seen.household,
    )
    receipts.check(draft)
    notice.revenue, notice.household = seen.revenue, seen.household
    notice.assessment = seen.assessment
    notice.payer_name, notice.payer_address = seen.payer_name.strip(), seen.payer_address.strip()
    notice.amount = receipts.total_of(seen.lines)
    notice.lines = [as_stored(line) for line in seen.lines]
    notice.method, notice.money_seen_on = seen.method, seen.money_seen_on
    notice.duplicate_reason = seen.duplicate_reason.strip()[:500]
    notice.confirmed_at, notice.confirmed_by = timezone.now(), by
    notice.asked = ""
    _move(notice, Status.CONFIRMED, Kind.CONFIRMED, by, notice.duplicate_reason)
    return notice


@transaction.atomic
def take_back(notice_id: int, by: Staff, version: int, reason: str) -> PaymentNotice:
    """Take a confirmation back before a receipt is issued. Raises Refused (Stale)."""
    notice = _locked(notice_id, by, version)
    if notice.status != Status.CONFIRMED:
        raise Refused("ถอนการยืนยันได้เฉพาะรายการที่ยืนยันแล้วและยังไม่ออกใบเสร็จ")
    return _move(notice, Status.CHECKING, Kind.UNCONFIRMED, by, reason.strip())


@transaction.atomic
def reject(notice_id: int, by: Staff, version: int, reason: str) -> PaymentNotice:
    """Reject a notice, with a reason that the payer reads. Raises Refused (Stale)."""
    notice = _locked(notice_id, by, version)
    _allow(notice, Status.REJECTED)
    if not reason.strip():
        raise Refused("โปรดระบุเหตุผล ผู้แจ้งจะได้อ่านข้อความนี้")
    notice.reject_reason = reason.strip()[:500]
    notice.asked = ""
    _move(notice, Status.REJECTED, Kind.REJECTED, by, notice.reject_reason)
    notices.tell_rejected(notice)
    return notice


@transaction.atomic
def look_again(notice_id: int, by: Staff, version: int) -> PaymentNotice:
    """Bring a rejected notice back. Raises Refused (Stale)."""
    notice = _locked(notice_id, by, version)
    if notice.status != Status.REJECTED:
        raise Refused("นำกลับมาตรวจใหม่ได้เฉพาะรายการที่ตรวจไม่ผ่าน")
    notice.reject_reason, notice.checker = "", by
    return _move(notice, Status.CHECKING, Kind.REOPENED, by)


@transaction.atomic
def add_note(notice_id: int, by: Staff, text: str) -> NoticeEntry:
    """Keep an internal note; the payer never sees it. Raises Refused."""
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")
    if not text.strip():
        raise Refused("โปรดพิมพ์บันทึก")
    notice = PaymentNotice.objects.get(pk=notice_id)
    return _note(notice, Kind.NOTE, by, text.strip())


def draft_of(notice: PaymentNotice) -> receipts.Draft:
    """Return what the receipt of a confirmed notice will say. Raises Refused for another."""
    if notice.status != Status.CONFIRMED or notice.revenue is None or not notice.money_seen_on:
        raise Refused(f"รายการ {notice.number} ยังไม่ได้ยืนยัน")
    void = notice.receipts.filter(is_void=True, replaced_by=None).order_by("-id").first()
    return receipts.Draft(
        revenue=notice.revenue,
        payer_name=notice.payer_name,
        payer_address=notice.payer_address,
        lines=[as_line(one) for one in notice.lines],
        method=Method(notice.method),
        money_seen_on=notice.money_seen_on,
        household=notice.household,
        replaces=void,
    )


def as_stored(line: receipts.Line) -> dict[str, Any]:
    """Return a line as a notice stores it (PaymentNotice.lines)."""
    return {
        "text": line.text.strip(),
        "period": line.period.strip(),
        "is_arrears": line.is_arrears,
        "amount": str(line.amount),
        "surcharge": str(line.surcharge),
        "months": [[f"{month:%Y-%m-%d}", str(amount)] for month, amount in line.months],
    }


def as_line(one: dict[str, Any]) -> receipts.Line:
    """Return a line of a receipt of what a notice stores."""
    return receipts.Line(
        text=one["text"],
        period=one["period"],
        is_arrears=one["is_arrears"],
        amount=Decimal(one["amount"]),
        surcharge=Decimal(one["surcharge"]),
        months=tuple(
            (date.fromisoformat(month), Decimal(amount)) for month, amount in one["months"]
        ),
    )


# -- pieces -------------------------------------------------------------------------------------


def _locked(notice_id: int, by: Staff, version: int) -> PaymentNotice:
    if not access.may_handle(by):
        raise Refused("เฉพาะเจ้าหน้าที่กองคลังที่มีสิทธิ์เท่านั้น")
    notice = PaymentNotice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    if notice.version != version:
        raise Stale
    return notice


def _allow(notice: PaymentNotice, status: Status) -> None:
    if status not in MOVES[Status(notice.status)]:
        raise Refused(f"รายการที่ “{notice.get_status_display()}” เปลี่ยนเป็น “{status.label}” ไม่ได้")


def _move(
    notice: PaymentNotice, status: Status, kind: Kind, by: Staff, text: str = ""
) -> PaymentNotice:
    notice.status = status
    _save(notice)
    _note(notice, kind, by, text)
    return notice


def _save(notice: PaymentNotice) -> None:
    notice.version += 1
    notice.changed_at = timezone.now()
    notice.save()


def _note(
    notice: PaymentNotice, kind: Kind, by: Staff, text: str, *, fields: Sequence[str] = ()
) -> NoticeEntry:
    return NoticeEntry.objects.create(
        notice=notice, kind=kind, by=by, text=text[:1000], fields=list(fields)
    )


def _name_of(field: str) -> str:
    names = {one.name: str(one.verbose_name) for one in PaymentNotice._meta.concrete_fields}
    return names[field]


def _told(notice: PaymentNotice, field: str) -> str:
    """Return what stood in a field, for the history; a phone is not in clear in a log."""
    value = getattr(notice, field)
    if not value:
        return "–"
    if isinstance(value, list):
        return ", ".join(value)
    return "(ไม่แสดง)" if field == "phone" else str(value)
