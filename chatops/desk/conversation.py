"""One case as the page shows it: its head, what may be done with it, its conversation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from bannmae.models import Municipality, Staff
from bannmae.thai.calendar import format_datetime
from chatops.cases import workflow
from chatops.cases.access import reach
from chatops.cases.workflow import LABELS, Move, moves_of
from chatops.desk import bubbles, presence, registry
from chatops.desk.common import MOVES, answer, case_for, micros, moment_of, note_look
from chatops.desk.listing import short_name, state_text
from chatops.desk.reading import mark_as_read_in_line
from chatops.models import ChatCase, ChatSettings

Json = dict[str, Any]
Mode = ChatCase.Mode


def open_case(request: HttpRequest, pk: int) -> JsonResponse:
    """Return a case with its newest bubbles; looking into a restricted one is noted."""
    case = case_for(request, pk)
    now = timezone.now()
    note_look(request, case, again=True)
    presence.forget_others(request.user, case)
    presence.remember_access(request.user, case)
    return answer(
        {
            "case": head(case, request.user),
            "stamp": micros(now),
            "facts": facts(case, request.user),
            **bubbles.window(case, request.user),
        }
    )


def older(request: HttpRequest, pk: int) -> JsonResponse:
    """Return the bubbles before those that the page has."""
    case = case_for(request, pk)
    note_look(request, case)
    return answer(bubbles.window(case, request.user, moment_of(request.GET.get("before"))))


def read(request: HttpRequest, pk: int) -> JsonResponse:
    """Note that her last words were seen, and have LINE show her so."""
    case = case_for(request, pk)
    if reads(request.user, case):
        workflow.mark_read(pk, request.user)
        mark_as_read_in_line(pk)
        case = case_for(request, pk)
    return answer({"case": head(case, request.user)})


def reads(staff: Staff, case: ChatCase) -> bool:
    """Tell whether the case is read when `staff` looks at it.

    Who only looks on, an administrator as well, has read nothing for the division.
    """
    mine = case.assignee_id == staff.pk or case.division_id in reach(staff).divisions
    return mine and case.is_unread and staff.has_perm(MOVES)


def head(case: ChatCase, staff: Staff) -> Json:
    """Return what stands above the conversation, and the moves that are open to `staff`."""
    moves = moves_of(case, staff)
    return {
        "pk": case.pk,
        "version": case.version,
        "name": str(case.resident),
        "blocked": case.resident.is_blocked,
        "topic": case.topic.name,
        "topic_pk": case.topic_id,
        "restricted": case.topic.restricted,
        "division": case.division.name,
        "state": case.state,
        "state_text": _state_words(case),
        "mode": case.mode,
        "urgent": case.urgent,
        "to_read": reads(staff, case),
        "assignee": str(case.assignee) if case.assignee else "",
        "mine": case.assignee_id == staff.pk,
        "waiting": micros(case.waiting_since),
        "moves": [{"key": move.value, "label": _label(case, move, staff)} for move in moves],
        "modes": modes(case),
        "may_answer": staff.has_perm(MOVES),
        "prints": [
            {"title": one.title, "url": one.url(case.pk)}
            for one in registry.prints_for(staff, case)
        ],
    }


def _state_words(case: ChatCase) -> str:
    if case.state == ChatCase.State.SNOOZED and case.snoozed_until:
        return f"พักไว้ถึง {format_datetime(case.snoozed_until, short=True)}"
    return state_text(case)


def _label(case: ChatCase, move: Move, staff: Staff) -> str:
    if move == Move.TAKE and case.assignee and case.assignee_id != staff.pk:
        return f"รับต่อจาก{short_name(case.assignee)}"
    return LABELS[move]


def modes(case: ChatCase) -> list[tuple[str, str]]:
    """Return the two modes by their names; 'โดย AI' only where a model really answers."""
    by_model = bool(settings.AI_BASE_URL) and ChatSettings.get_solo().ai_on
    by_model = by_model and not case.topic.restricted
    automatic = "ตอบอัตโนมัติโดย AI" if by_model else str(Mode.AUTO.label)
    return [(Mode.AUTO.value, automatic), (Mode.MANUAL.value, str(Mode.MANUAL.label))]


def facts(case: ChatCase, staff: Staff) -> Json:
    """Return what placeholders of canned replies stand for in this case."""
    profile = Municipality.get_solo()
    return {
        "name": case.resident.display_name or "ท่าน",
        "division": case.division.name,
        "officer": str(staff),
        "municipality": profile.name,
        "phone": case.division.phone or profile.phone,
        "office_hours": profile.office_hours,
    }
