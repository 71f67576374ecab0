"""What an open desk asks for each second or two: one address, cheap while nothing happens.

The page sends the moment of the last answer and the fingerprint of the list that it shows. One
query tells whether anything changed since; only then are the list and the conversation read
again, through the same rules of access as everything else, and the list goes out only where it
differs from what the page has.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from bannmae.staff_input import row_id
from chatops.desk import bubbles, presence
from chatops.desk.common import SEES, answer, cases_for, micros, moment_of, note_look
from chatops.desk.conversation import head
from chatops.desk.listing import Choice, shown_list
from chatops.models import ChatCase, OutboundMessage

# A transaction bears the time at which it wrote and is seen when it ends: what is that much
# older than the last look may still be new.
OVERLAP = dt.timedelta(seconds=4)
# The list is read again so often in any case: who may see what changes without a case changing.
LIST_AGAIN = dt.timedelta(seconds=30)


def poll(request: HttpRequest) -> JsonResponse:
    """Return what is new since the page's stamp."""
    now = timezone.now()
    since = moment_of(request.GET.get("stamp"))
    listed = moment_of(request.GET.get("listed"))
    case_id = row_id(request.GET.get("case", ""))
    after = since - OVERLAP if since else None
    news = _news(after, case_id)
    told: dict[str, Any] = {"stamp": micros(now)}
    if after is None or listed is None or now - listed > LIST_AGAIN or news["any_case"]:
        if not request.user.has_perm(SEES):
            raise PermissionDenied
        shown = shown_list(request.user, Choice.of(request.GET))
        tag = fingerprint(shown)
        told["listed"] = micros(now)
        if tag != request.GET.get("tag"):
            told |= {"list": shown, "tag": tag}
    if case_id is not None:
        told |= _of_case(request, case_id, after, changed=news["this_case"])
    return answer(told)


def fingerprint(shown: dict[str, Any]) -> str:
    """Return what is the same as long as the list is."""
    text = json.dumps(shown, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _news(after: dt.datetime | None, case_id: int | None) -> dict[str, Any]:
    """Ask once whether any case changed, and whether the open one did."""
    if after is None:
        return {"any_case": True, "this_case": True}
    nothing = Exists(OutboundMessage.objects.none())
    return (
        ChatCase.objects.order_by("pk")
        .annotate(
            any_case=Exists(ChatCase.objects.filter(changed_at__gt=after)),
            this_case=bubbles.has_changes(case_id, after) if case_id else nothing,
        )
        .values("any_case", "this_case")
        .first()
    ) or {"any_case": False, "this_case": False}


def _of_case(
    request: HttpRequest, case_id: int, after: dt.datetime | None, *, changed: bool
) -> dict[str, Any]:
    typing = request.GET.get("typing") == "1"
    if not changed and presence.had_access(request.user, case_id):
        return {"here": presence.colleagues(case_id, request.user, typing=typing)}
    case = cases_for(request).filter(pk=case_id).first()
    if case is None:
        # Handed over to others, or never his to see.
        return {"gone": case_id}
    presence.remember_access(request.user, case)
    told: dict[str, Any] = {"here": presence.colleagues(case_id, request.user, typing=typing)}
    if changed:
        note_look(request, case)
        told["case"] = head(case, request.user)
        last = row_id(request.GET.get("last", "")) or 0
        told["bubbles"] = bubbles.changed(case, request.user, after, last) if after else []
    return told
