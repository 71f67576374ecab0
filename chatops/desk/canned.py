"""Canned replies for the picker: those of everybody and of the officer's divisions."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, JsonResponse

from chatops.cases.access import reach
from chatops.desk.common import MOVES, answer, require
from chatops.models import CannedReply

MOST = 300


def canned(request: HttpRequest) -> JsonResponse:
    """Return them with their placeholders, which the page fills in for its case."""
    require(request, MOVES)
    mine = Q(division=None) | Q(division__in=sorted(reach(request.user).divisions))
    rows = CannedReply.objects.filter(mine, is_active=True).select_related("division")
    return answer(
        {
            "replies": [
                {
                    "title": row.title,
                    "text": row.text,
                    "division": row.division.short_name if row.division else "",
                }
                for row in rows.order_by("order", "title")[:MOST]
            ]
        }
    )
