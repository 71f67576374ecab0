"""From a case to its papers: fills what paper.py prints, and records that it was printed.

Never the national ID; who asked to stay unnamed is masked, and with the name go the phone and
the address, which would tell it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.utils import timezone

from bannmae.access_log import record
from bannmae.models import AccessLog, Municipality, Staff
from bannmae.paper import memo_words
from bannmae.paper.memo import MemoPaper, PaperPhoto
from bannmae.paper.memo_words import MemoText
from bannmae.thai.calendar import format_date, format_datetime
from bannmae.thai.phone import format_phone, mask_phone
from complaints import workflow
from complaints.mailbox import CAME, case_url
from complaints.models import Complaint, Photo, Status, TimelineEntry

if TYPE_CHECKING:
    from complaints.paper import ComplaintPaper

MAX_CASES = 50  # at once
RELATED = ("category", "division__parent", "resident")
SHEET, MEMO = "แบบคำร้อง", "บันทึกข้อความ"


def sheet(case: Complaint, by: Staff) -> ComplaintPaper:
    """Return the complaint sheet of `case` (with RELATED)."""
    from complaints.paper import ComplaintPaper

    profile = Municipality.get_solo()
    latitude, longitude = case.latitude, case.longitude
    return ComplaintPaper(
        municipality=profile.name,
        number=case.number,
        kind_label=case.category.get_kind_display(),
        category=case.category.name,
        subject=case.subject,
        details=case.details,
        received_at=case.created_at,
        channel=case.get_via_display(),
        status_label=Status(case.status).label,
        reporter_name=case.shown_name,
        reporter_phone=mask_phone(case.phone) if case.hide_name else format_phone(case.phone),
        reporter_address="" if case.hide_name else case.address,
        name_hidden=case.hide_name,
        division=case.division.full_name,
        occurred_at=case.incident_at,
        due_on=case.due_on,
        place=(case.place,) if case.place else (),
        village=f"หมู่ที่ {case.village}" if case.village else "",
        latitude="" if latitude is None else str(latitude),
        longitude="" if longitude is None else str(longitude),
        map_url=""
        if latitude is None
        else f"https://www.google.com/maps/search/?api=1&query={latitude},{longitude}",
        timeline=_steps(case),
        photos=_photos(case),
        case_url=public_case_url(case),
        printed_at=timezone.now(),
        printed_by=str(by),
    )


def memo_text(case: Complaint, by: Staff) -> MemoText:
    """Return the words that a memo on `case` (with RELATED) begins with."""
    kind = case.category.get_kind_display()
    return memo_words.memo_text(
        by,
        subject=f"{kind} {case.subject}",
        background=(
            f"ด้วย{Municipality.get_solo().name}ได้รับเรื่อง{kind} "
            f"เลขที่ {case.number} {CAME[Complaint.Via(case.via)]} "
            f"เมื่อวันที่ {format_datetime(case.created_at)} จาก {case.shown_name} "
            f"เรื่อง {case.subject} ประเภท {case.category.name}"
        ),
        facts=_facts(case),
        law=case.category.legal_basis,
        consideration=(
            f"เห็นควรมอบหมายให้ {case.division.full_name} "
            "ตรวจสอบข้อเท็จจริงและดำเนินการในส่วนที่เกี่ยวข้อง "
            f"และแจ้งผลหรือความคืบหน้าให้ผู้แจ้งทราบ{_by_when(case)}"
        ),
    )


def memo(case: Complaint, text: MemoText, by: Staff) -> MemoPaper:
    """Return the memo on `case` (with RELATED) with these words."""
    return memo_words.memo_paper(
        text,
        number=case.number,
        department=memo_words.department_line(memo_words.proposing_division(by, case.division)),
        first=memo_words.head_of_clerk_office(),
        photos=_photos(case),
        case_url=public_case_url(case),
    )


def record_printing(request: HttpRequest, cases: Sequence[Complaint], what: str) -> None:
    """Write into timeline and access log that `cases` were printed; call it in a transaction."""
    workflow.note_printed(cases, request.user, f"พิมพ์{what}")
    for case in cases:
        record(request, AccessLog.Action.PRINT, f"complaint:{case.number}", what)


def public_case_url(case: Complaint) -> str:
    """Return the address that the paper's QR leads to: the case in the mailbox."""
    return f"{settings.PUBLIC_URL}{case_url(case.pk)}"


# -- the parts ------------------------------------------------------------------------------


def _by_when(case: Complaint) -> str:
    day = format_date(case.due_on)
    if case.due_on < timezone.localdate():
        return f"โดยเร็ว (ครบกำหนดเมื่อวันที่ {day})"
    return f"ภายในวันที่ {day}"


def _facts(case: Complaint) -> str:
    where = " ".join(
        part for part in (f"หมู่ที่ {case.village}" if case.village else "", case.place) if part
    )
    parts = [
        case.details,
        f"วันเวลาที่เกิดเหตุ {format_datetime(case.incident_at)}" if case.incident_at else "",
        f"สถานที่ {where}" if where else "",
    ]
    return "\n".join(part for part in parts if part)


def _steps(case: Complaint) -> tuple[object, ...]:
    from complaints.paper import PaperStep

    entries = case.timeline.exclude(kind=TimelineEntry.Kind.PRINTED).select_related("by")
    return tuple(
        PaperStep(
            at=entry.at,
            label=entry.get_status_display() or entry.get_kind_display(),
            note=entry.note,
            by=str(entry.by) if entry.by else "",
        )
        for entry in entries.order_by("id")
    )


def _photos(case: Complaint) -> tuple[PaperPhoto, ...]:
    """Return the report's own photos. Storage is asked when the paper is made, one by one."""
    names = Photo.objects.filter(complaint=case, entry=None).order_by("id")
    return tuple(
        PaperPhoto(source=functools.partial(_stored, name))
        for name in names.values_list("file", flat=True)
    )


def _stored(name: str) -> bytes:
    with default_storage.open(name, "rb") as file:
        content: bytes = file.read()
        return content
