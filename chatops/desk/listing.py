"""The list on the left: tabs, scopes, the order in which people wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from bannmae.models import Staff
from bannmae.navigation import figure
from bannmae.staff_lists import COUNT_LIMIT, SEARCH_LIMIT
from bannmae.thai.text import normalise_text
from chatops.cases.access import reach, visible_to
from chatops.desk.common import micros
from chatops.models import ChatCase

State = ChatCase.State
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "inbox": ("อินบ็อกซ์", (State.INBOX,)),
    "working": ("ดำเนินการ", ChatCase.TAKEN),
    "done": ("เสร็จสิ้น", (State.DONE,)),
    "answered": ("ตอบอัตโนมัติแล้ว", (State.ANSWERED,)),
}
SCOPES = {
    "all": "ทั้งหมดที่เห็นได้",
    "division": "กองของฉัน",
    "mine": "ของฉัน",
    "unassigned": "ยังไม่มีผู้รับ",
}
PAGE = 50
MOST = 300
UNREAD = Q(last_resident_at__isnull=False) & (
    Q(read_at__isnull=True) | Q(read_at__lt=F("last_resident_at"))
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the officer has chosen to see."""

    tab: str = "inbox"
    scope: str = "all"
    unread: bool = False
    words: str = ""
    limit: int = PAGE

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Choice:
        """Read an address; what is unknown in it is as if it were not there."""
        tab, scope, limit = sent.get("tab", ""), sent.get("scope", ""), sent.get("limit", "")
        return cls(
            tab=tab if tab in TABS else "inbox",
            scope=scope if scope in SCOPES else "all",
            unread=sent.get("unread") == "1",
            words=" ".join(normalise_text(sent.get("q", "")[:SEARCH_LIMIT]).split()),
            limit=min(MOST, max(PAGE, int(limit)))
            if limit.isdecimal() and len(limit) < 5
            else PAGE,
        )


def chosen(staff: Staff, choice: Choice) -> QuerySet[ChatCase]:
    """Return the cases of all tabs that `choice` leaves."""
    cases = visible_to(staff)
    if choice.scope == "mine":
        cases = cases.filter(assignee=staff.pk)
    elif choice.scope == "division":
        cases = cases.filter(division__in=sorted(reach(staff).divisions))
    elif choice.scope == "unassigned":
        cases = cases.filter(assignee=None)
    if choice.unread:
        cases = cases.filter(UNREAD)
    if choice.words:
        cases = cases.filter(resident__display_name__icontains=choice.words)
    return cases


def of_tab(cases: QuerySet[ChatCase], tab: str) -> QuerySet[ChatCase]:
    """Return those of a tab: emergencies that wait, the longest waiting, then the newest."""
    found = cases.filter(state__in=TABS[tab][1])
    if tab == "done":
        # Nobody waits there: the index gives them in this order.
        return found.order_by("-last_at", "-id")
    emergency = Case(When(urgent=True, waiting_since__isnull=False, then=0), default=1)
    return found.order_by(emergency, F("waiting_since").asc(nulls_last=True), "-last_at", "-id")


def shown_list(staff: Staff, choice: Choice) -> dict[str, Any]:
    """Return the list and the figures of its tabs; as many queries whatever it holds."""
    cases = chosen(staff, choice)
    page = of_tab(cases, choice.tab).select_related("resident", "topic", "division", "assignee")
    rows = list(page[: choice.limit + 1])
    return {
        "tab": choice.tab,
        "counts": {tab: figure(_count(cases, tab), COUNT_LIMIT) for tab in TABS},
        "rows": [row(case, staff) for case in rows[: choice.limit]],
        "more": len(rows) > choice.limit and choice.limit < MOST,
    }


def _count(cases: QuerySet[ChatCase], tab: str) -> int:
    """Count those of a tab, no further than needed."""
    # What is done is most of all there is, and has its moment. Asked for by that, it is counted
    # within the officer's own chats; by its state SQLite would read everybody's.
    of_it = Q(closed_at__isnull=False) if tab == "done" else Q(state__in=TABS[tab][1])
    return cases.filter(of_it).order_by()[: COUNT_LIMIT + 1].count()


def row(case: ChatCase, staff: Staff) -> dict[str, Any]:
    """Return what the list shows of a case; asks the database nothing."""
    return {
        "pk": case.pk,
        "name": str(case.resident),
        "topic": case.topic.name,
        "restricted": case.topic.restricted,
        "division": case.division.short_name,
        "text": case.last_text,
        "state": case.state,
        "state_text": state_text(case),
        "mode": case.mode,
        "urgent": case.urgent,
        "unread": case.is_unread,
        "blocked": case.resident.is_blocked,
        "assignee": short_name(case.assignee) if case.assignee else "",
        "mine": case.assignee_id == staff.pk,
        "waiting": micros(case.waiting_since),
        "last": micros(case.last_at),
        "until": micros(case.snoozed_until),
    }


def state_text(case: ChatCase) -> str:
    """Return the state in the staff manual's words."""
    return str(State(case.state).label)


def short_name(staff: Staff) -> str:
    """Return what colleagues call an officer."""
    return staff.first_name or staff.username
