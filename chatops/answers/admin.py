"""The answers in the admin: side menu, and what needs their owners on the first screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from bannmae import navigation
from bannmae.thai.calendar import format_date
from chatops.answers import knowledge_admin, rights, unanswered_admin
from chatops.cases.access import reach
from chatops.models import QuestionGroup

__all__ = ["knowledge_admin", "unanswered_admin"]

KNOWLEDGE = "chatops_knowledgerow"
QUESTIONS = "chatops_questiongroup"
SHOWN = 6
COUNTED = 99


@dataclass(frozen=True, slots=True)
class ExpiredRow:
    """A line of the first screen."""

    url: str
    question: str
    division: str
    since: str


def tiles(request: HttpRequest) -> Sequence[navigation.Tile]:
    """Show questions without an answer and expired answers, where there are any."""
    shown = []
    if request.user.has_perm(rights.KEEPS) and (over := _count(rights.expired_for(request.user))):
        shown.append(
            navigation.Tile(
                title="คำตอบที่หมดอายุ",
                figure=navigation.figure(over, COUNTED),
                hint="ของกองท่าน รอตรวจสอบ",
                url=navigation.list_url(KNOWLEDGE, show="expired", owner=knowledge_admin.MINE)(),
                icon="event_busy",
                tone="warn",
            )
        )
    if request.user.has_perm(rights.SORTS):
        mine = QuestionGroup.objects.filter(
            state=QuestionGroup.State.OPEN, division__in=reach(request.user).divisions
        )
        if waiting := _count(mine):
            shown.append(
                navigation.Tile(
                    title="คำถามที่ยังไม่มีคำตอบ",
                    figure=navigation.figure(waiting, COUNTED),
                    hint="ทำเป็นคำตอบได้ในคลิกเดียว",
                    url=navigation.list_url(QUESTIONS, owner=knowledge_admin.MINE)(),
                    icon="help_center",
                )
            )
    return shown


def worklists(request: HttpRequest) -> Sequence[navigation.Worklist]:
    """List the expired answers of the officer's divisions."""
    if not request.user.has_perm(rights.KEEPS):
        return []
    today = timezone.localdate()
    rows = [
        ExpiredRow(
            url=knowledge_admin.row_url(row),
            question=row.question,
            division=row.division.short_name,
            since=f"ถึง {format_date(row.valid_until, short=True)}",
        )
        for row in rights.expired_for(request.user).select_related("division")[:SHOWN]
        if row.valid_until and row.valid_until < today
    ]
    if not rows:
        return []
    return [
        navigation.Worklist(
            title="คำตอบที่หมดอายุของกอง",
            template="chatops/admin/expired_rows.html",
            rows=rows,
            empty="",
            more_url=navigation.list_url(KNOWLEDGE, show="expired", owner=knowledge_admin.MINE)(),
        )
    ]


def _count(rows: object) -> int:
    return int(rows.order_by()[: COUNTED + 1].count())  # type: ignore[attr-defined]


def register() -> None:
    """Add the pages to the side menu and what needs their owners to the first screen."""
    navigation.add_tiles(tiles)
    navigation.add_worklists(worklists)
    for title, model, icon, permission, order in (
        ("ฐานความรู้", KNOWLEDGE, "menu_book", rights.READS, 8),
        ("คำถามที่ยังไม่มีคำตอบ", QUESTIONS, "help_center", "chatops.view_questiongroup", 9),
    ):
        navigation.add_entry(
            navigation.Entry(
                title=title,
                url=navigation.list_url(model),
                icon=icon,
                allowed=navigation.permitted(permission),
                order=order,
            )
        )
