"""The moves of the staff manual, over fetch: who was overtaken sees the newest state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from bannmae.access_log import record
from bannmae.models import AccessLog, Division, Holiday, Staff
from bannmae.staff_input import row_id
from bannmae.thai.calendar import local_datetime, next_workday
from chatops.cases import workflow
from chatops.cases.access import reach, readers_of
from chatops.cases.workflow import Move, MoveRefused
from chatops.desk.common import MOVES, answer, case_for, cases_for, require
from chatops.desk.conversation import head, modes
from chatops.models import ChatCase, ChatSettings, Topic

NOTE_LENGTH = 2000


def move(request: HttpRequest, pk: int, move: str) -> JsonResponse:
    """Make one move; the answer holds the case as it is then, or where it went."""
    require(request, MOVES)
    case = case_for(request, pk)
    if move not in _MOVES:
        raise Http404
    version = row_id(request.POST.get("version", ""))
    try:
        if version is None:
            raise MoveRefused("โปรดโหลดหน้านี้ใหม่แล้วลองอีกครั้ง")
        _MOVES[Move(move)](request, case, version)
    except MoveRefused as error:
        return refused(request, pk, error)
    return answer(_as_it_is(request, pk))


def choices(request: HttpRequest, pk: int) -> JsonResponse:
    """Return whom a case can be handed to, the topics, the modes, and when it can come back."""
    require(request, MOVES)
    case = case_for(request, pk)
    divisions = Division.objects.filter(is_active=True).select_related("parent")
    if case.topic.restricted:
        # Nobody else could read it there.
        divisions = [one for one in divisions if readers_of(one, case.topic)]
    return answer(
        {
            "divisions": [
                {"pk": one.pk, "name": one.full_name, "here": one.pk == case.division_id}
                for one in divisions
            ],
            "colleagues": _colleagues(request.user, case),
            "topics": [
                {
                    "pk": one.pk,
                    "name": one.name,
                    "division": one.division.name,
                    "restricted": one.restricted,
                }
                for one in Topic.objects.filter(is_active=True).select_related("division")
            ],
            "modes": modes(case),
            "snoozes": _snoozes(),
        }
    )


def refused(request: HttpRequest, pk: int, error: MoveRefused) -> JsonResponse:
    """Tell why a move was not made, with the case as it is now."""
    stale = isinstance(error, workflow.Stale)
    status = 409 if stale else 403 if isinstance(error, workflow.NotAllowed) else 400
    return answer({"error": str(error), "stale": stale, **_as_it_is(request, pk)}, status)


def _as_it_is(request: HttpRequest, pk: int) -> dict[str, Any]:
    case = cases_for(request).filter(pk=pk).first()
    return {"case": head(case, request.user)} if case else {"gone": pk}


# -- one function for each move ---------------------------------------------------------------


def _hand_over(request: HttpRequest, case: ChatCase, version: int) -> None:
    division = row_id(request.POST.get("division", ""))
    colleague = row_id(request.POST.get("colleague", ""))
    workflow.hand_over(
        case.pk,
        request.user,
        version,
        division=Division.objects.filter(pk=division).first() if division else None,
        colleague=Staff.objects.filter(pk=colleague, is_staff=True).first() if colleague else None,
        note=_note(request),
    )


def _snooze(request: HttpRequest, case: ChatCase, version: int) -> None:
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    if until is None:
        raise MoveRefused("โปรดเลือกวันและเวลา")
    if timezone.is_naive(until):
        until = timezone.make_aware(until)
    workflow.snooze(case.pk, request.user, version, until)


def _set_mode(request: HttpRequest, case: ChatCase, version: int) -> None:
    sent = request.POST.get("mode", "")
    if sent not in ChatCase.Mode.values:
        raise MoveRefused("โปรดเลือกโหมดตอบ")
    workflow.set_mode(case.pk, request.user, version, ChatCase.Mode(sent))


def _set_topic(request: HttpRequest, case: ChatCase, version: int) -> None:
    pk = row_id(request.POST.get("topic", ""))
    topic = Topic.objects.select_related("division").filter(pk=pk, is_active=True).first()
    if topic is None:
        raise MoveRefused("โปรดเลือกหัวข้อ")
    opens = request.POST.get("opens") == "1"
    with transaction.atomic():
        workflow.set_topic(case.pk, request.user, version, topic, opens=opens)
        if case.topic.restricted and not topic.restricted:
            what = f"เปิดให้กอง/งานอ่าน: {case.topic.name} → {topic.name}"
            record(request, AccessLog.Action.VIEW_CASE, f"chat:{case.pk}", what)


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\0", "").strip()[:NOTE_LENGTH]


_MOVES: dict[Move, Callable[[HttpRequest, ChatCase, int], object]] = {
    Move.TAKE: lambda request, case, version: workflow.take(case.pk, request.user, version),
    Move.GIVE_BACK: lambda request, case, version: workflow.give_back(
        case.pk, request.user, version, _note(request)
    ),
    Move.FINISH: lambda request, case, version: workflow.finish(case.pk, request.user, version),
    Move.BACK_TO_INBOX: lambda request, case, version: workflow.back_to_inbox(
        case.pk, request.user, version
    ),
    Move.WAIT: lambda request, case, version: workflow.wait_for_resident(
        case.pk, request.user, version
    ),
    Move.SNOOZE: _snooze,
    Move.HAND_OVER: _hand_over,
    Move.MODE: _set_mode,
    Move.TOPIC: _set_topic,
}


# -- what can be chosen -----------------------------------------------------------------------


def _colleagues(staff: Staff, case: ChatCase) -> list[dict[str, Any]]:
    """Return who may answer chats, the case's own division first."""
    people = (
        Staff.objects.with_perm(
            MOVES, include_superusers=False, backend="django.contrib.auth.backends.ModelBackend"
        )
        .exclude(pk=staff.pk)
        .filter(divisions__isnull=False)
        .prefetch_related("divisions")
        .distinct()
        .order_by("first_name", "last_name", "pk")
    )
    if case.topic.restricted:
        people = people.filter(restricted_topics=case.topic_id)
    mine = reach(staff).divisions
    found = []
    for one in people:
        theirs = list(one.divisions.all())
        near = any(d.pk == case.division_id for d in theirs) * 2 + any(d.pk in mine for d in theirs)
        found.append(
            (
                -near,
                {
                    "pk": one.pk,
                    "name": str(one),
                    "position": one.position,
                    "division": ", ".join(division.short_name for division in theirs),
                },
            )
        )
    return [person for _, person in sorted(found, key=lambda pair: pair[0])]


def _snoozes() -> list[dict[str, str]]:
    """Return the usual choices: the mornings of the next workday and of that in three days."""
    opens, today = ChatSettings.get_solo().opens_at, local_datetime(timezone.now()).date()
    holidays = Holiday.dates()
    tomorrow = next_workday(today + dt.timedelta(days=1), holidays)
    later = next_workday(today + dt.timedelta(days=3), holidays)
    first = "พรุ่งนี้เช้า" if tomorrow == today + dt.timedelta(days=1) else "เช้าวันทำการถัดไป"
    return [
        {"title": title, "until": f"{day:%Y-%m-%d}T{opens:%H:%M}"}
        for title, day in ((first, tomorrow), ("อีก 3 วัน", later))
    ]
