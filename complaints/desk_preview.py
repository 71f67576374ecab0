"""What the resident will read of a move, before it is made."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bannmae.models import Division
from bannmae.staff_input import row_id
from bannmae.thai.calendar import local_date
from chatops.line.cards import Card
from complaints import deadlines
from complaints.desk_common import CHANGES, case_for, require
from complaints.models import Complaint, Status
from complaints.notices import status_card


@dataclass(frozen=True, slots=True)
class Preview:
    """The card as it will be, who sends it, and whether it will arrive."""

    card: Card
    sender: str
    in_line: bool
    blocked: bool


def preview(
    complaint: Complaint, to: Status, note: str = "", division: Division | None = None
) -> Preview:
    """Return what the move would send; `complaint` comes with category, division and resident."""
    after = copy.copy(complaint)
    after.status = to
    if division is not None:
        after.division = division
    if to == Status.REOPENED:
        after.due_on = deadlines.due_on(complaint.category, local_date(timezone.now()))
    resident = complaint.resident
    return Preview(
        card=status_card(after, to, note.strip()),
        sender=after.division.short_name,
        in_line=resident is not None,
        blocked=resident is not None and resident.is_blocked,
    )


def preview_view(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
    """Answer the page's script with the card for what is typed so far."""
    case = case_for(request, pk, "category", "division", "resident")
    require(request, CHANGES)
    to = request.POST.get("to", "")
    if to not in Status.values:
        return HttpResponse(status=400)
    chosen = row_id(request.POST.get("division", ""))
    division = Division.objects.filter(pk=chosen).first() if chosen else None
    shown = preview(case, Status(to), request.POST.get("note", "")[:1000], division)
    return render(request, "complaints/admin/preview.html", {"preview": shown})
