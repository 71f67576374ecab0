"""Whose rows of the knowledge base an officer keeps. Everybody with the permission reads all."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from bannmae.models import Division, Staff
from chatops.cases.access import reach
from chatops.models import KnowledgeRow, QuestionGroup

READS = "chatops.view_knowledgerow"
KEEPS = "chatops.change_knowledgerow"
SORTS = "chatops.change_questiongroup"
# Who says which division answers for which topic keeps every row.
KEEPS_ALL = "chatops.change_topic"


def keeps_all(staff: Staff) -> bool:
    """Tell whether `staff` keeps the rows of every division."""
    return bool(staff.has_perm(KEEPS) and staff.has_perm(KEEPS_ALL))


def keeps(staff: Staff, row: KnowledgeRow) -> bool:
    """Tell whether `staff` may change this row: a กอง's officers those of its งาน too."""
    return keeps_all(staff) or (
        bool(staff.has_perm(KEEPS)) and row.division_id in reach(staff).divisions
    )


def divisions_of(staff: Staff) -> QuerySet[Division]:
    """Return the divisions whose rows `staff` may write."""
    divisions = Division.objects.filter(is_active=True).order_by("order", "name")
    return divisions if keeps_all(staff) else divisions.filter(pk__in=reach(staff).divisions)


def kept_by(staff: Staff) -> QuerySet[KnowledgeRow]:
    """Return the rows that `staff` may change."""
    rows = KnowledgeRow.objects.all()
    if keeps_all(staff):
        return rows
    if not staff.has_perm(KEEPS):
        return rows.none()
    return rows.filter(division__in=reach(staff).divisions)


def expired_for(staff: Staff) -> QuerySet[KnowledgeRow]:
    """Return the expired rows of the divisions that `staff` belongs to, longest over first."""
    mine = reach(staff).divisions if staff.has_perm(KEEPS) else frozenset()
    rows = KnowledgeRow.objects.expired(timezone.localdate()).filter(division__in=mine)
    return rows.order_by("valid_until", "id")


def questions_for(staff: Staff) -> QuerySet[QuestionGroup]:
    """Return the unanswered questions that `staff` may see: his divisions', and nobody's."""
    groups = QuestionGroup.objects.all()
    if keeps_all(staff):
        return groups
    return groups.filter(Q(division__in=reach(staff).divisions) | Q(division=None))
