"""One case on one screen: what was said, where it stands, what can be done, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from csp.decorators import csp_update
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from bannmae.access_log import record
from bannmae.map_tiles import tile_origins
from bannmae.models import AccessLog, Municipality, Signatory
from bannmae.staff_input import row_id
from bannmae.thai import national_id
from bannmae.thai.calendar import format_date, format_datetime
from bannmae.thai.phone import InvalidPhone, format_phone, tel_uri
from complaints import workflow
from complaints.access import is_responsible, may_name_accused, visible_to
from complaints.desk_common import CHANGES, REVEALS, case_for
from complaints.desk_counts import forget_unread
from complaints.desk_forms import AccusedForm, MoveForm, NoteForm
from complaints.desk_preview import preview
from complaints.desk_timeline import pictures_of, steps_of
from complaints.desk_words import own_words
from complaints.mailbox import CAME, clock, listed, rows_of, status_chip
from complaints.models import Complaint, Status

# Apart from the usual ones: they end the case against the resident's wish.
DANGEROUS = (Status.CLOSED, Status.REJECTED, Status.DUPLICATE)
# What mostly comes next; it stands first and in colour.
USUAL = {
    Status.RECEIVED: Status.SUBMITTED,
    Status.SUBMITTED: Status.ASSIGNED,
    Status.REOPENED: Status.ASSIGNED,
    Status.ASSIGNED: Status.IN_PROGRESS,
    Status.IN_PROGRESS: Status.COMPLETED,
    Status.WAITING: Status.IN_PROGRESS,
}
NOT_YET_ASSIGNED = (Status.RECEIVED, Status.SUBMITTED, Status.REOPENED)
EARLIER = 5
MOVE_LABELS = {
    Status.SUBMITTED: "เสนอผู้บริหารพิจารณา",
    Status.ASSIGNED: "บันทึกคำสั่งและมอบหมาย",
    Status.IN_PROGRESS: "เริ่มดำเนินการ",
    Status.WAITING: "ขอข้อมูลเพิ่มเติม",
    Status.COMPLETED: "ดำเนินการแล้วเสร็จ",
    Status.REFERRED: "ส่งต่อหน่วยงานอื่น",
    Status.REJECTED: "ไม่รับไว้ดำเนินการ",
    Status.CLOSED: "ยุติเรื่อง",
    Status.DUPLICATE: "รวมกับเรื่องเดิม",
    Status.REOPENED: "เปิดเรื่องอีกครั้ง",
}


@dataclass(frozen=True, slots=True)
class MoveButton:
    """A legal next move."""

    to: Status
    label: str
    url: str
    dangerous: bool
    usual: bool
    chosen: bool


def case_page(
    request: HttpRequest,
    pk: int,
    *,
    move_form: MoveForm | None = None,
    note_form: NoteForm | None = None,
    accused: AccusedForm | None = None,
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show the page; opened by someone of the responsible division it counts as read."""
    case = case_for(request, pk, "category", "division__parent", "resident", "duplicate_of")
    if case.category.restricted:
        record(request, AccessLog.Action.VIEW_CASE, f"complaint:{case.number}")
    if request.method == "GET" and case.read_at is None and is_responsible(request.user, case):
        workflow.mark_read(case)
        forget_unread(request.user)
    profile = Municipality.get_solo()
    may_change = request.user.has_perm(CHANGES)
    moves = workflow.legal_moves(case) if may_change else []
    if move_form is None and request.GET.get("to") in moves:
        move_form = blank_move(case, Status(request.GET["to"]), profile)
    if overtaken and move_form is not None:
        # Whoever has read what happened meanwhile may send it once more.
        move_form.data = move_form.data.copy()
        move_form.data["version"] = str(case.version)
    pictures, by_entry = pictures_of(case)
    context = {
        **admin.site.each_context(request),
        "title": f"เรื่องเลขที่ {case.number}",
        "case": case,
        "status": status_chip(case),
        "clock": clock(case, timezone.localdate()),
        "facts": _facts(case),
        "reporter": _reporter(request, case),
        "pictures": pictures,
        "map": _map(case, profile),
        "steps": steps_of(request, case, by_entry),
        "earlier": _earlier(request, case),
        "moves": _buttons(case, moves, move_form),
        "dangerous_moves": any(to in DANGEROUS for to in moves),
        "may_change": may_change,
        "note_form": note_form or NoteForm(),
        "overtaken": overtaken,
        "own_words": own_words(case, request.user),
        "accused_form": accused or accused_form(request, case),
        **_panel(case, moves, move_form, profile),
    }
    response = TemplateResponse(request, "complaints/admin/case.html", context, status=status)
    # Somebody else's step, or a phone number, is not for the browser's back button to keep.
    response["Cache-Control"] = "no-store"
    return csp_update({"img-src": tile_origins(profile.map_tiles_url)})(lambda: response)()


# -- the panel of a move ------------------------------------------------------------------


def blank_move(case: Complaint, to: Status, profile: Municipality) -> MoveForm:
    """Return the form of a move, filled in as far as it is known."""
    initial: dict[str, Any] = {"version": case.version}
    if to == Status.ASSIGNED:
        today = timezone.localdate()
        mayor = Signatory.objects.on(today).filter(office=Signatory.Office.MAYOR).first()
        initial |= {
            "ordered_by": _signs_as(mayor) if mayor else profile.mayor_title,
            "ordered_on": today,
            "decision": "assign",
            "division": case.division_id,
        }
    return MoveForm(to, initial=initial)


def _panel(
    case: Complaint, moves: Sequence[Status], form: MoveForm | None, profile: Municipality
) -> dict[str, Any]:
    if form is None:
        return {"move_form": None}
    chosen = row_id(form["division"].value()) if "division" in form.fields else None
    division = None
    if chosen and chosen != case.division_id:
        division = form.fields["division"].queryset.filter(pk=chosen).first()
    signatories: list[str] = []
    if form.to == Status.ASSIGNED:
        rows = Signatory.objects.on(timezone.localdate())
        signatories = [profile.mayor_title, *(_signs_as(row) for row in rows)]
    return {
        "move_form": form,
        "move_to": form.to,
        "move_label": MOVE_LABELS[form.to] if form.to in MOVE_LABELS else form.to.label,
        "move_possible": form.to in moves,
        "move_url": reverse("admin:complaints_complaint_move", args=[case.pk, form.to.value]),
        "preview_url": reverse("admin:complaints_complaint_preview", args=[case.pk]),
        "preview": preview(case, form.to, form["note"].value() or "", division),
        "signatories": list(dict.fromkeys(signatories)),
        "dangerous": form.to in DANGEROUS,
    }


def _signs_as(person: Signatory) -> str:
    return " ".join(part for part in (person.name, person.title, person.acting) if part)


def _buttons(case: Complaint, moves: Sequence[Status], form: MoveForm | None) -> list[MoveButton]:
    base = reverse("admin:complaints_complaint_change", args=[case.pk])
    usual = USUAL.get(Status(case.status))
    labels = dict(MOVE_LABELS)
    if case.status not in NOT_YET_ASSIGNED:
        labels[Status.ASSIGNED] = "มอบหมายใหม่"
    return [
        MoveButton(
            to=to,
            label=labels[to],
            url=f"{base}?to={to.value}#move",
            dangerous=to in DANGEROUS,
            usual=to == usual,
            chosen=form is not None and form.to == to,
        )
        for to in sorted(moves, key=lambda move: move != usual)
    ]


def accused_form(request: HttpRequest, case: Complaint, data: Any = None) -> AccusedForm | None:
    """Return the form that names the accused, None for who may not; `data` is what was sent.

    Who sees the case and moves none takes names away: somebody must be able to.
    """
    if not may_name_accused(request.user, case):
        return None
    among = None if request.user.has_perm(CHANGES) else case.accused.filter(is_active=True)
    if among is not None and not among.exists():
        return None
    named = list(case.accused.values_list("pk", flat=True))
    return AccusedForm(data, initial={"accused": named}, among=among)


# -- what was said ------------------------------------------------------------------------


def _facts(case: Complaint) -> list[tuple[str, str]]:
    facts = [
        ("ประเภท", f"{case.category.get_kind_display()}: {case.category.name}"),
        ("ผู้รับผิดชอบ", case.division.full_name),
        ("รับเรื่องเมื่อ", f"{format_datetime(case.created_at)} {CAME[Complaint.Via(case.via)]}"),
        ("แจ้งผลภายใน", format_date(case.due_on)),
        ("เกิดเหตุเมื่อ", format_datetime(case.incident_at) if case.incident_at else ""),
        ("สิ้นสุดเมื่อ", format_datetime(case.ended_at) if case.ended_at else ""),
        ("รวมกับเรื่อง", case.duplicate_of.number if case.duplicate_of else ""),
    ]
    return [(title, text) for title, text in facts if text]


def _reporter(request: HttpRequest, case: Complaint) -> dict[str, Any]:
    try:
        tel = tel_uri(case.phone) if case.phone else ""
    except InvalidPhone:
        tel = ""
    return {
        "name": case.reporter_name,
        "hidden": case.hide_name,
        "phone": format_phone(case.phone),
        "tel": tel,
        "email": case.email,
        "address": case.address,
        "national_id": national_id.mask(case.national_id),
        "may_reveal": bool(case.national_id) and request.user.has_perm(REVEALS),
        "line_name": str(case.resident) if case.resident else "",
        "blocked": case.resident is not None and case.resident.is_blocked,
    }


def _map(case: Complaint, profile: Municipality) -> dict[str, Any] | None:
    if case.latitude is None or case.longitude is None:
        return None
    position = f"{case.latitude},{case.longitude}"
    return {
        "latitude": str(case.latitude),
        "longitude": str(case.longitude),
        "accuracy": case.accuracy_m,
        "directions": f"https://www.google.com/maps/dir/?api=1&destination={position}",
        "config": {
            "latitude": float(case.latitude),
            "longitude": float(case.longitude),
            "accuracy": case.accuracy_m or 0,
            "tiles": profile.map_tiles_url,
            "attribution": profile.map_attribution,
        },
    }


def _earlier(request: HttpRequest, case: Complaint) -> list[Any]:
    """Return other cases of the same reporter, as far as this officer may see them."""
    same = Q(pk__in=[])
    if case.phone_index:
        same |= Q(phone_index=case.phone_index)
    if case.resident_id:
        same |= Q(resident=case.resident_id)
    others = listed(visible_to(request.user)).filter(same).exclude(pk=case.pk)
    return rows_of(others[:EARLIER])
