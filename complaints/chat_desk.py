"""What the chat desk shows and offers of cases."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from bannmae.models import Staff
from bannmae.thai.calendar import format_date
from chatops.cases.access import MOVES
from chatops.desk.registry import ResidentRow, add_action, add_resident_section
from chatops.menu.registry import register_tap_handler, register_unsend_hook
from complaints import proposals
from complaints.access import visible_to
from complaints.desk_common import SEES
from complaints.mailbox import TONES, case_url
from complaints.models import Complaint, Status

SHOWN = 10


def register() -> None:
    """Let officers make a case of chosen messages, and its teller confirm it by a tap."""
    register_tap_handler(proposals.tap)
    register_unsend_hook(proposals.forget_taken_back)
    add_action(
        "complaint",
        "สร้างเรื่องร้องเรียน/คำขอ",
        allowed=lambda staff: bool(staff.has_perm(MOVES)),
        url=lambda: reverse("admin:complaints_from_chat"),
    )
    add_resident_section("เรื่องร้องเรียนและคำขอ", _cases_of)


def _cases_of(staff: Staff, resident_ids: Sequence[int]) -> list[ResidentRow]:
    """Return her newest cases, those that `staff` may see."""
    cases = visible_to(staff, Complaint.objects.filter(resident__in=list(resident_ids)))
    if not staff.has_perm(SEES):
        return []
    return [
        ResidentRow(
            text=f"{case.number} {case.subject}",
            url=case_url(case.pk),
            hint=format_date(case.created_at, short=True),
            state=Status(case.status).label,
            tone=TONES.get(Status(case.status), "ended"),
        )
        for case in cases.only("number", "subject", "status", "created_at").order_by("-id")[:SHOWN]
    ]
