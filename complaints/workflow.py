"""How a case moves: one table of legal moves, one function that makes them.

Status, timeline entry, executives' order and the resident's notice are one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from bannmae.media.photos import StoredPhoto
from bannmae.models import Division, Staff
from bannmae.thai.calendar import local_date
from complaints import deadlines, notices
from complaints.access import visible_to
from complaints.models import (
    ENDED,
    OPEN,
    Complaint,
    Feedback,
    Order,
    Status,
    TimelineEntry,
)
from complaints.photos import attach
from complaints.search import case_number

S = Status
_CONSIDERED = frozenset({S.ASSIGNED, S.REFERRED, S.REJECTED, S.DUPLICATE})

# What staff may do from where.
MOVES: dict[Status, frozenset[Status]] = {
    S.RECEIVED: _CONSIDERED | {S.SUBMITTED},
    S.SUBMITTED: _CONSIDERED,
    S.ASSIGNED: frozenset({S.IN_PROGRESS, S.COMPLETED, S.REFERRED, S.ASSIGNED}),
    S.IN_PROGRESS: frozenset({S.WAITING, S.COMPLETED, S.CLOSED, S.REFERRED, S.ASSIGNED}),
    S.WAITING: frozenset({S.IN_PROGRESS, S.CLOSED}),
    S.COMPLETED: frozenset({S.REOPENED}),
    S.CLOSED: frozenset({S.REOPENED}),
    S.REJECTED: frozenset({S.REOPENED}),
    S.REFERRED: frozenset({S.REOPENED}),
    S.REOPENED: _CONSIDERED,
    S.DUPLICATE: frozenset(),
    S.WITHDRAWN: frozenset(),
}
# What the resident herself may do from where, besides her answer to what is completed.
RESIDENT_MOVES: dict[Status, frozenset[Status]] = {
    status: frozenset({S.WITHDRAWN}) if status in OPEN else frozenset() for status in Status
}
# The resident must be told why, or what is asked of her.
NEEDS_NOTE = frozenset({S.WAITING, S.REFERRED, S.REJECTED, S.CLOSED})


class WorkflowError(Exception):
    """A move that was not made; its text tells staff why, in Thai."""


class IllegalMove(WorkflowError):
    """There is no such move from where the case stands."""


class StaleCase(WorkflowError):
    """Somebody else moved the case since the page was opened."""


class NotAllowed(WorkflowError):
    """This person may not move this case."""


class Incomplete(WorkflowError):
    """Something that this move asks for is missing."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class ExecutiveOrder:
    """What was ordered on the memo: who, when, to which division, and the signed paper."""

    decision: Order.Decision
    ordered_by: str
    ordered_on: date
    division: Division
    text: str = ""
    scan: str = ""  # name in private storage


def legal_moves(complaint: Complaint) -> list[Status]:
    """Return what staff may do with `complaint` now, in the order of the statuses."""
    allowed = MOVES[Status(complaint.status)]
    return [status for status in Status if status in allowed]


@transaction.atomic
def move(
    complaint_id: int,
    to: Status,
    *,
    by: Staff,
    version: int,
    note: str = "",
    internal_note: str = "",
    order: ExecutiveOrder | None = None,
    photos: Sequence[StoredPhoto] = (),
    duplicate_of: str = "",
) -> TimelineEntry:
    """Move a case to `to` and tell the resident; `version` is the one that the page showed.

    `note` is public, `internal_note` for colleagues. `order` belongs to `assigned` alone,
    `duplicate_of` (a number) to `duplicate`. Raises IllegalMove, StaleCase, NotAllowed or
    Incomplete; nothing is changed then.
    """
    if not by.has_perm("complaints.change_complaint"):
        raise NotAllowed("บัญชีของท่านไม่มีสิทธิ์เปลี่ยนสถานะเรื่อง")
    complaint = _locked(complaint_id, by)
    _check_move(complaint, to, version, MOVES)
    if to in NEEDS_NOTE and not note.strip():
        raise Incomplete("note", "โปรดเขียนข้อความถึงผู้แจ้ง")
    if (to == S.ASSIGNED) != (order is not None):
        raise Incomplete("order", "โปรดระบุคำสั่งผู้บริหารและผู้รับผิดชอบ")
    if order is not None:
        _check_order(order)
        if complaint.division_id != order.division.pk:
            complaint.division, complaint.read_at = order.division, None
    if to == S.DUPLICATE:
        complaint.duplicate_of = _original(complaint, duplicate_of, by)
    entry = _record(complaint, to, by=by, note=note, internal_note=internal_note)
    if order is not None:
        Order.objects.create(
            entry=entry,
            decision=order.decision,
            ordered_by=order.ordered_by.strip(),
            ordered_on=order.ordered_on,
            division=order.division,
            text=order.text.strip(),
            scan=order.scan,
        )
    attach(complaint, photos, entry=entry)
    return entry


@transaction.atomic
def withdraw(complaint: Complaint, note: str = "") -> TimelineEntry:
    """The resident takes an open case back. Raises IllegalMove."""
    locked = _locked(complaint.pk)
    _check_move(locked, S.WITHDRAWN, locked.version, RESIDENT_MOVES)
    return _record(locked, S.WITHDRAWN, note=note)


@transaction.atomic
def give_feedback(
    complaint: Complaint, *, resolved: bool, rating: int | None = None, comment: str = ""
) -> TimelineEntry:
    """The resident says whether it was really done; if not, the case is open again.

    Raises IllegalMove when the case is not completed.
    """
    locked = _locked(complaint.pk)
    if locked.status != S.COMPLETED:
        raise IllegalMove("ให้ความเห็นได้เมื่อดำเนินการแล้วเสร็จ")
    entry = TimelineEntry.objects.create(
        complaint=locked,
        at=timezone.now(),
        kind=TimelineEntry.Kind.FEEDBACK,
        public=True,
        note=comment.strip(),
    )
    Feedback.objects.create(entry=entry, resolved=resolved, rating=rating, comment=comment.strip())
    if not resolved:
        locked.read_at = None
        _record(locked, S.REOPENED)
    return entry


@transaction.atomic
def add_information(
    complaint: Complaint, text: str, photos: Sequence[StoredPhoto] = ()
) -> TimelineEntry:
    """The resident adds words or photos to an open case; it becomes unread again.

    Raises IllegalMove when the case has ended, Incomplete when there is nothing to add.
    """
    locked = _locked(complaint.pk)
    if not locked.is_open:
        raise IllegalMove("เรื่องนี้สิ้นสุดแล้ว จึงเพิ่มข้อมูลไม่ได้")
    if not text.strip() and not photos:
        raise Incomplete("text", "โปรดพิมพ์ข้อมูลหรือแนบภาพ")
    entry = TimelineEntry.objects.create(
        complaint=locked,
        at=timezone.now(),
        kind=TimelineEntry.Kind.ADDITION,
        public=True,
        note=text.strip(),
    )
    attach(locked, photos, entry=entry)
    Complaint.objects.filter(pk=locked.pk).update(read_at=None)
    return entry


def note_internally(complaint: Complaint, by: Staff, text: str) -> TimelineEntry:
    """Write a note that only colleagues read. Raises Incomplete for an empty one."""
    if not text.strip():
        raise Incomplete("internal_note", "โปรดพิมพ์บันทึก")
    return TimelineEntry.objects.create(
        complaint=complaint,
        at=timezone.now(),
        kind=TimelineEntry.Kind.NOTE,
        internal_note=text.strip(),
        by=by,
    )


def note_printed(complaints: Sequence[Complaint], by: Staff, what: str) -> None:
    """Record that papers of these cases were printed."""
    now = timezone.now()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            complaint=complaint,
            at=now,
            kind=TimelineEntry.Kind.PRINTED,
            internal_note=what,
            by=by,
        )
        for complaint in complaints
    )


def mark_read(complaint: Complaint) -> bool:
    """Note that someone of the responsible division opened the case; True the first time."""
    return bool(
        Complaint.objects.filter(pk=complaint.pk, read_at=None).update(read_at=timezone.now())
    )


def _locked(complaint_id: int, by: Staff | None = None) -> Complaint:
    """Return the case, locked until the transaction ends (SQLite locks as a whole)."""
    cases = Complaint.objects.select_for_update(of=("self",)).select_related(
        "category", "division", "resident__channel"
    )
    if by is not None:
        cases = visible_to(by, cases)
    complaint = cases.filter(pk=complaint_id).first()
    if complaint is None:
        raise NotAllowed("ไม่พบเรื่องนี้ หรือบัญชีของท่านไม่มีสิทธิ์เข้าถึง")
    return complaint


def _check_move(
    complaint: Complaint,
    to: Status,
    version: int,
    moves: dict[Status, frozenset[Status]],
) -> None:
    if complaint.version != version:
        label = Status(complaint.status).label
        raise StaleCase(f"มีผู้เปลี่ยนสถานะเรื่องนี้เป็น “{label}” แล้ว โปรดตรวจสอบก่อนดำเนินการต่อ")
    if to not in moves[Status(complaint.status)]:
        label = Status(complaint.status).label
        raise IllegalMove(f"เปลี่ยนสถานะจาก “{label}” เป็น “{Status(to).label}” ไม่ได้")


def _check_order(order: ExecutiveOrder) -> None:
    if not order.ordered_by.strip():
        raise Incomplete("ordered_by", "โปรดระบุผู้สั่งการ")
    if order.ordered_on > local_date(timezone.now()):
        raise Incomplete("ordered_on", "วันที่สั่งการต้องไม่เกินวันนี้")
    if order.decision == Order.Decision.OTHER and not order.text.strip():
        raise Incomplete("order_text", "โปรดระบุข้อความคำสั่ง")
    if not order.division.is_active:
        raise Incomplete("division", "กอง/งานนี้เลิกใช้แล้ว")


def _original(complaint: Complaint, number: str, by: Staff) -> Complaint:
    typed = case_number(number) or number.strip().upper()
    original = visible_to(by).filter(number=typed).first()
    if original is None:
        raise Incomplete("duplicate_of", "ไม่พบเรื่องเดิมตามเลขที่ที่ระบุ")
    if original.pk == complaint.pk or original.status == S.DUPLICATE:
        raise Incomplete("duplicate_of", "โปรดระบุเลขที่ของเรื่องเดิมที่ยังใช้อยู่")
    return original


def _record(
    complaint: Complaint,
    to: Status,
    *,
    by: Staff | None = None,
    note: str = "",
    internal_note: str = "",
) -> TimelineEntry:
    """Write status, entry and notice of a move that was found legal."""
    now = timezone.now()
    complaint.status = to
    complaint.version += 1
    complaint.ended_at = now if to in ENDED else None
    if to == S.REOPENED:
        complaint.due_on = deadlines.due_on(complaint.category, local_date(now))
    complaint.save(
        update_fields=[
            "status",
            "version",
            "ended_at",
            "due_on",
            "division",
            "read_at",
            "duplicate_of",
        ]
    )
    entry = TimelineEntry.objects.create(
        complaint=complaint,
        at=now,
        kind=TimelineEntry.Kind.STATUS,
        status=to,
        public=True,
        note=note.strip(),
        internal_note=internal_note.strip(),
        division=complaint.division,
        by=by,
    )
    notices.tell(complaint, entry)
    return entry
