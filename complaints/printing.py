"""From a case to its papers: fills what paper.py prints, and records that it was printed.

Never the national ID; who asked to stay unnamed is masked, and with the name go the phone and
the address, which would tell it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.utils import timezone

from bannmae.access_log import record
from bannmae.models import AccessLog, Division, Municipality, Staff
from bannmae.models import Signatory as SignatoryRow
from bannmae.thai.calendar import format_date, format_datetime
from bannmae.thai.phone import format_phone, mask_phone
from complaints import workflow
from complaints.mailbox import CAME, case_url
from complaints.models import Complaint, Photo, Status, TimelineEntry

if TYPE_CHECKING:
    import datetime as dt

    from complaints.paper import ComplaintPaper, MemoPaper, PaperPhoto, Signatory

MAX_CASES = 50  # at once
RELATED = ("category", "division__parent", "resident")
SHEET, MEMO = "แบบคำร้อง", "บันทึกข้อความ"


@dataclass(frozen=True, slots=True)
class MemoText:
    """The words of a memo, as the officer left them."""

    subject: str
    to: str
    through: str
    background: str
    facts: str
    law: str
    consideration: str
    signer_name: str
    signer_position: str
    document_number: str = ""
    date: dt.date | None = None


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
    profile = Municipality.get_solo()
    clerk = _signatory(SignatoryRow.Office.CLERK)
    position = "\n".join(line for line in by.signature_block[1:] if line)
    return MemoText(
        subject=f"{case.category.get_kind_display()} {case.subject}",
        to=profile.mayor_title,
        through=clerk.title if clerk else "ปลัดเทศบาลตำบลบ้านแม",
        background=(
            f"ด้วย{profile.name}ได้รับเรื่อง{case.category.get_kind_display()} "
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
        signer_name=by.signature_block[0].strip("()"),
        signer_position=position,
        date=timezone.localdate(),
    )


def memo(case: Complaint, text: MemoText, by: Staff) -> MemoPaper:
    """Return the memo on `case` (with RELATED) with these words."""
    from complaints.paper import MemoPaper, Signatory

    profile = Municipality.get_solo()
    mayor = _signatory(SignatoryRow.Office.MAYOR)
    return MemoPaper(
        municipality=profile.name,
        number=case.number,
        department=_department(case, by, profile),
        subject=text.subject,
        to=text.to,
        through=text.through,
        background=text.background,
        facts=text.facts,
        law=text.law,
        consideration=text.consideration,
        signer=Signatory(name=text.signer_name, position=text.signer_position),
        endorsers=(
            _signs(SignatoryRow.Office.HEAD, "ความเห็นหัวหน้าสำนักปลัดเทศบาล", "หัวหน้าสำนักปลัดเทศบาล"),
            _signs(SignatoryRow.Office.CLERK, "ความเห็นปลัดเทศบาลตำบลบ้านแม", "ปลัดเทศบาลตำบลบ้านแม"),
        ),
        order_by=_as_signatory(mayor, "คำสั่งนายกเทศมนตรี", profile.mayor_title),
        document_number=text.document_number,
        date=text.date,
        photos=_photos(case),
        case_url=public_case_url(case),
        garuda=_garuda(profile),
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


def _department(case: Complaint, by: Staff, profile: Municipality) -> str:
    """Return the line ส่วนราชการ: of the officer who proposes, with both levels."""
    own: Iterable[Division] = by.divisions.select_related("parent").order_by("order", "name")
    division = next(iter(own), case.division)
    phone = division.phone or profile.phone
    return f"{division.full_name} โทร. {phone}" if phone else division.full_name


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
    from complaints.paper import PaperPhoto

    names = Photo.objects.filter(complaint=case, entry=None).order_by("id")
    return tuple(
        PaperPhoto(source=functools.partial(_stored, name))
        for name in names.values_list("file", flat=True)
    )


def _stored(name: str) -> bytes:
    with default_storage.open(name, "rb") as file:
        content: bytes = file.read()
        return content


def _signatory(office: SignatoryRow.Office) -> SignatoryRow | None:
    return SignatoryRow.objects.on(timezone.localdate()).filter(office=office).first()


def _signs(office: SignatoryRow.Office, heading: str, title: str) -> Signatory:
    return _as_signatory(_signatory(office), heading, title)


def _as_signatory(row: SignatoryRow | None, heading: str, title: str) -> Signatory:
    from complaints.paper import Signatory

    if row is None:
        return Signatory(position=title, heading=heading)
    position = "\n".join(part for part in (row.title, row.acting) if part)
    return Signatory(name=row.name, position=position, heading=heading)


def _garuda(profile: Municipality) -> bytes | None:
    if not profile.garuda:
        return None
    try:
        with default_storage.open(profile.garuda.name, "rb") as file:
            return bytes(file.read())
    except OSError:
        return None
