"""The resident on the right: who she is, what she has with us, what we noted about her."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from bannmae.models import Division, Staff
from bannmae.staff_input import row_id
from bannmae.thai.calendar import format_date, format_datetime, human_age
from bannmae.thai.text import shorten
from chatops.cases.access import reach, visible_to
from chatops.desk import registry
from chatops.desk.common import MOVES, answer, case_for, desk_url, note_look, require
from chatops.desk.listing import state_text
from chatops.models import ChatCase, Label, Resident, ResidentNote
from chatops.people import ids_of_person

EARLIER = 6
NOTES = 20
# Beside everyday chats they would tell what only named persons may know.
CLOSED = "เพื่อนร่วมกอง/งานทุกคนเห็นบันทึกและป้ายของประชาชน ในเรื่องที่จำกัดผู้เข้าถึงโปรดใช้บันทึกภายในของแชต"
NOTE_LENGTH = 2000
TONES = {
    ChatCase.State.INBOX: "news",
    ChatCase.State.WORKING: "progress",
    ChatCase.State.WAITING: "ask",
    ChatCase.State.DONE: "done",
}


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A registered list with its rows."""

    title: str
    rows: Sequence[registry.ResidentRow]


def resident_pane(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the resident of a case, as a piece of the page."""
    case = case_for(request, pk)
    note_look(request, case)
    response = render(request, "chatops/desk/resident.html", _context(request.user, case))
    response["Cache-Control"] = "no-store"
    return response


def add_note(request: HttpRequest, pk: int) -> JsonResponse:
    """Write a note that the officer's division reads."""
    require(request, MOVES)
    case = case_for(request, pk)
    if case.topic.restricted:
        return answer({"error": CLOSED}, 400)
    text = request.POST.get("text", "").replace("\0", "").strip()
    division = own_division(request.user, case)
    if division is None:
        return answer({"error": "บัญชีของท่านไม่ได้สังกัดกอง/งาน จึงบันทึกไม่ได้"}, 400)
    if not text or len(text) > NOTE_LENGTH:
        return answer({"error": f"โปรดเขียนบันทึก ไม่เกิน {NOTE_LENGTH:,} ตัวอักษร"}, 400)
    ResidentNote.objects.create(
        resident=case.resident, division=division, by=request.user, at=timezone.now(), text=text
    )
    return answer({"saved": True})


def set_label(request: HttpRequest, pk: int) -> JsonResponse:
    """Hang a label of the officer's divisions on the resident, or take it off."""
    require(request, MOVES)
    case = case_for(request, pk)
    if case.topic.restricted and request.POST.get("off") != "1":
        return answer({"error": CLOSED}, 400)
    within = sorted(reach(request.user).divisions)
    name = " ".join(request.POST.get("name", "").replace("\0", "").split())
    if name:
        division = own_division(request.user, case)
        if division is None or not request.user.has_perm("chatops.add_label"):
            return answer({"error": "บัญชีของท่านไม่มีสิทธิ์สร้างป้ายกำกับ"}, 400)
        if len(name) > 30:
            return answer({"error": "ชื่อป้ายไม่เกิน 30 ตัวอักษร"}, 400)
        label, _ = Label.objects.get_or_create(division=division, name=name)
    else:
        label_id = row_id(request.POST.get("label", ""))
        label = Label.objects.filter(pk=label_id, division__in=within).first()
        if label is None:
            return answer({"error": "ไม่พบป้ายกำกับนี้"}, 400)
    if request.POST.get("off") == "1":
        case.resident.labels.remove(label)
    else:
        case.resident.labels.add(label)
    return answer({"saved": True})


def own_division(staff: Staff, case: ChatCase) -> Division | None:
    """Return the division for which `staff` writes: the case's own where he belongs to it."""
    own = list(staff.divisions.order_by("order", "name"))
    near = [one for one in own if one.pk in (case.division_id, case.division.parent_id)]
    return (near or own or [None])[0]


def _context(staff: Staff, case: ChatCase) -> dict[str, Any]:
    resident: Resident = case.resident
    people = ids_of_person(resident)
    within = sorted(reach(staff).divisions)
    labels = list(Label.objects.filter(division__in=within, residents=resident.pk).order_by("name"))
    hung = {label.pk for label in labels}
    others = Label.objects.filter(division__in=within).order_by("name")[:100]
    notes = (
        ResidentNote.objects.filter(resident__in=people, division__in=within)
        .select_related("by", "division")
        .order_by("-id")[:NOTES]
    )
    return {
        "case": case,
        "initial": _initial(str(resident)),
        "resident": resident,
        "since": format_date(resident.followed_at or resident.created_at),
        "blocked_at": format_datetime(resident.blocked_at, short=True)
        if resident.blocked_at
        else "",
        "labels": labels,
        "more_labels": [label for label in others if label.pk not in hung],
        "notes": [
            {
                "text": note.text,
                "by": str(note.by),
                "division": note.division.short_name,
                "at": format_datetime(note.at, short=True),
            }
            for note in notes
        ],
        "earlier": _earlier(staff, case, people),
        "sections": [
            ShownSection(section.title, rows)
            for section in registry.sections()
            if (rows := section.rows(staff, people))
        ],
        "may_write": staff.has_perm(MOVES),
        "closed": CLOSED if case.topic.restricted else "",
        "may_label": staff.has_perm("chatops.add_label"),
    }


def _initial(name: str) -> str:
    """Return the letter that stands for a name: no vowel written before its letter, no emoji."""
    return next((one for one in name if one.isalnum() and one not in "เแโใไ"), "?")


def _earlier(staff: Staff, case: ChatCase, people: Sequence[int]) -> list[registry.ResidentRow]:
    now = timezone.now()
    others = (
        visible_to(staff, ChatCase.objects.filter(resident__in=people))
        .exclude(pk=case.pk)
        .select_related("topic", "division")
        .order_by("-last_at")[:EARLIER]
    )
    return [
        registry.ResidentRow(
            text=other.topic.name,
            url=desk_url(other.pk),
            hint=" · ".join(
                part
                for part in (human_age(other.last_at, now), shorten(other.last_text, 40))
                if part
            ),
            state=state_text(other),
            tone=TONES.get(ChatCase.State(other.state), "ended"),
        )
        for other in others
    ]
