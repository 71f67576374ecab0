"""What the desk's views share: which case, whether this officer may, and moments as numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse

from bannmae.access_log import record
from bannmae.models import AccessLog
from chatops.cases.access import MOVES, SEES, visible_to
from chatops.models import ChatCase

__all__ = ["MOVES", "SEES"]
LOOK_SECONDS = 3600
SHOWN = ("resident__channel", "topic", "division", "assignee")
UTC_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def desk_url(pk: int | None = None) -> str:
    """Return the desk's address, with a case open when `pk` is given."""
    url = reverse("admin:chatops_chatcase_changelist")
    return f"{url}?case={pk}" if pk else url


def require(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied unless the officer holds `permission`."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def cases_for(request: HttpRequest) -> QuerySet[ChatCase]:
    """Return the cases that the officer may see, with what the desk shows of one."""
    if not request.user.has_perm(SEES):
        return ChatCase.objects.none()
    return visible_to(request.user).select_related(*SHOWN)


def case_for(request: HttpRequest, pk: int) -> ChatCase:
    """Return one of them; else Http404."""
    case = cases_for(request).filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def note_look(request: HttpRequest, case: ChatCase, *, again: bool = False) -> None:
    """Note in the access log that the officer reads a restricted case.

    An hour's reading is one row, however many addresses it comes from; `again` writes one anyway.
    """
    if not case.topic.restricted:
        return
    key = f"chat-look:{request.user.pk}:{case.pk}"
    if cache.add(key, True, LOOK_SECONDS) or again:
        record(request, AccessLog.Action.VIEW_CASE, f"chat:{case.pk}")


def is_fetch(request: HttpRequest) -> bool:
    """True when our own script asks: no other site can set this header."""
    return request.headers.get("X-Requested-With") == "fetch"


def micros(moment: dt.datetime | None) -> int | None:
    """Return a moment in microseconds since 1970: what the database keeps, exact in JSON."""
    if moment is None:
        return None
    return (moment - UTC_EPOCH) // dt.timedelta(microseconds=1)


def moment_of(sent: object) -> dt.datetime | None:
    """Return the moment that `micros` gave, None for what is none."""
    text = str(sent or "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 17):
        return None
    try:
        return UTC_EPOCH + dt.timedelta(microseconds=int(text))
    except OverflowError:
        return None


def answer(data: dict[str, Any], status: int = 200) -> JsonResponse:
    """Return JSON that no browser keeps: it is what somebody wrote to the municipality."""
    response = JsonResponse(data, status=status)
    response["Cache-Control"] = "no-store"
    return response
