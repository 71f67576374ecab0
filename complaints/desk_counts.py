"""The figures beside the menu and on the first screen: what needs me."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from bannmae.models import Staff
from bannmae.navigation import Tile, Worklist, figure
from bannmae.staff_lists import COUNT_LIMIT
from chatops.audience import undelivered
from complaints import mailbox
from complaints.access import visible_to
from complaints.desk_common import CHANGES, SEES
from complaints.models import Complaint, Status

AWAITING_ORDER = "เสนอผู้บริหารแล้ว"
BADGE_SECONDS = 4
LISTED = 6


def _key(staff: Staff) -> str:
    return f"complaints-unread:{staff.pk}"


def forget_unread(staff: Staff) -> None:
    """Have the figures beside the menu counted anew for `staff`."""
    cache.delete(_key(staff))


def unread_by_kind(staff: Staff) -> Counter[str]:
    """Return how many unread cases `staff` sees, by 'complaint' and 'request', up to a limit."""
    counted: Counter[str] | None = cache.get(_key(staff))
    if counted is None:
        kinds = (
            mailbox.unread(visible_to(staff))
            .order_by()
            .values_list("category__kind", flat=True)[: COUNT_LIMIT + 1]
        )
        counted = Counter("request" if kind == "request" else "complaint" for kind in kinds)
        cache.set(_key(staff), counted, BADGE_SECONDS)
    return counted


def badge(*kinds: str) -> Callable[[HttpRequest], str]:
    """Return the menu's figure for these kinds: '' for none."""

    def figure_of(request: HttpRequest) -> str:
        counted = unread_by_kind(request.user)
        count = sum(counted[kind] for kind in kinds)
        return figure(count, COUNT_LIMIT) if count else ""

    return figure_of


def tiles(request: HttpRequest) -> list[Tile]:
    """Return the figures of the first screen; each leads to the list that it counts."""
    staff: Staff = request.user
    if not staff.has_perm(SEES):
        return []
    cases = visible_to(staff)
    parts: Sequence[tuple[str, str, QuerySet[Complaint], dict[str, str], str, str]] = (
        ("เรื่องใหม่", "ยังไม่มีใครเปิดอ่าน", mailbox.unread(cases), {"show": "unread"}, "mail", "plain"),
        ("เกินกำหนด", "พ้นวันแจ้งผลแล้ว", mailbox.late(cases), {"due": "late"}, "alarm", "late"),
        (
            "ครบกำหนดใน 3 วัน",
            "รวมวันนี้",
            mailbox.soon(cases),
            {"due": "soon"},
            "schedule",
            "warn",
        ),
        (
            "รอเราดำเนินการ",
            "ขั้นต่อไปเป็นของท่าน",
            mailbox.my_turn(staff, cases),
            {"show": "turn"},
            "assignment_ind",
            "plain",
        )
        if staff.has_perm(CHANGES)
        else (
            AWAITING_ORDER,
            "รอคำสั่งในบันทึกข้อความ",
            mailbox.submitted(cases),
            {"status": Status.SUBMITTED.value},
            "assignment_ind",
            "plain",
        ),
    )
    shown = [
        _tile(title, hint, query, mailbox.list_url(**filters), icon, tone)
        for title, hint, query, filters, icon, tone in parts
    ]
    if staff.has_perm("chatops.view_outboundmessage"):
        url = reverse("admin:chatops_outboundmessage_changelist")
        shown.append(
            _tile("ข้อความส่งไม่ถึง", "ถึงประชาชนใน LINE", undelivered(staff), url, "sms_failed", "late")
        )
    return shown


def _tile(title: str, hint: str, rows: QuerySet[Any], url: str, icon: str, tone: str) -> Tile:
    count = rows.order_by()[: COUNT_LIMIT + 1].count()
    return Tile(
        title=title,
        figure=figure(count, COUNT_LIMIT),
        hint=hint,
        url=url,
        icon=icon,
        tone=tone if count else "none",
    )


def worklists(request: HttpRequest) -> list[Worklist]:
    """Return the most pressing cases and those whose next step is mine, the most late first."""
    staff: Staff = request.user
    if not staff.has_perm(SEES):
        return []
    cases = mailbox.listed(visible_to(staff))
    urgent = mailbox.pressing(cases).order_by("due_on", "id")[:LISTED]
    moves = staff.has_perm(CHANGES)
    waiting = mailbox.my_turn(staff, cases) if moves else mailbox.submitted(cases)
    turn = waiting.order_by("due_on", "id")[:LISTED]
    template = "complaints/admin/short_list.html"
    return [
        Worklist(
            title="ใกล้หรือเกินกำหนด",
            template=template,
            rows=mailbox.rows_of(urgent),
            empty="ไม่มีเรื่องที่ใกล้หรือเกินกำหนด",
            more_url=mailbox.list_url(due="pressing"),
        ),
        Worklist(
            title="รอเราดำเนินการ" if moves else AWAITING_ORDER,
            template=template,
            rows=mailbox.rows_of(turn),
            empty="ไม่มีเรื่องที่รอท่านดำเนินการ เรื่องที่ถึงขั้นของท่านจะแสดงที่นี่"
            if moves
            else "ไม่มีเรื่องที่รอคำสั่งผู้บริหาร เรื่องที่งานนิติการเสนอแล้วจะแสดงที่นี่",
            more_url=mailbox.list_url(**({"show": "turn"} if moves else {"status": "submitted"})),
        ),
    ]
