"""Who may see which chat. Asked by every query of the desk, and below every move."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from bannmae.models import Division, Staff
from chatops.models import ChatCase, Topic

SEES = "chatops.view_chatcase"
MOVES = "chatops.change_chatcase"
COUNTS = "chatops.see_chat_counts"


@dataclass(frozen=True)
class Reach:
    """What one officer may see: the chats of some divisions, restricted topics by name."""

    active: bool
    everything: bool  # but the restricted topics
    divisions: frozenset[int]
    read_topics: frozenset[int]  # the restricted ones that he reads by name
    closed_topics: frozenset[int]  # the restricted ones that he does not


def reach(staff: Staff) -> Reach:
    """Return what `staff` may see; asked of the database once for each request's `staff`."""
    known: Reach | None = getattr(staff, "_chat_reach", None)
    if known is None:
        known = _ask(staff)
        staff._chat_reach = known  # type: ignore[attr-defined]
    return known


def _ask(staff: Staff) -> Reach:
    if not staff.is_active:
        return Reach(False, False, frozenset(), frozenset(), frozenset())
    mine = Staff.divisions.through.objects.filter(staff_id=staff.pk).values("division_id")
    # Who belongs to a กอง sees the chats of its งาน too.
    divisions = Division.objects.filter(Q(pk__in=mine) | Q(parent__in=mine)).order_by()
    named = Topic.readers.through.objects.filter(staff_id=staff.pk, topic_id=OuterRef("pk"))
    restricted = dict(
        Topic.objects.filter(restricted=True)
        .order_by()
        .annotate(named=Exists(named))
        .values_list("id", "named")
    )
    return Reach(
        active=True,
        everything=staff.is_superuser,
        divisions=frozenset(divisions.values_list("id", flat=True)),
        read_topics=frozenset(pk for pk, is_named in restricted.items() if is_named),
        closed_topics=frozenset(pk for pk, is_named in restricted.items() if not is_named),
    )


def visible_to(staff: Staff, cases: QuerySet[ChatCase] | None = None) -> QuerySet[ChatCase]:
    """Return those of `cases` (default: all) that `staff` may see.

    A division sees its own, an officer what is given to him by name; a restricted topic only
    its named readers, and those only in their own division; administrators all but that.
    """
    cases = ChatCase.objects.all() if cases is None else cases
    may = reach(staff)
    if not may.active:
        return cases.none()
    if may.closed_topics:
        # A short list of ids, where a join would be followed for every row.
        cases = cases.exclude(topic__in=sorted(may.closed_topics))
    own = Q(division__in=sorted(may.divisions))
    if may.everything:
        if not may.read_topics:
            return cases
        return cases.filter(own | ~Q(topic__in=sorted(may.read_topics)))
    given = Q(assignee=staff.pk) & ~Q(topic__in=sorted(may.read_topics))
    return cases.filter(own | given)


def sees(staff: Staff, case: ChatCase) -> bool:
    """Tell, without asking for the case again, whether `staff` may see it as it is now."""
    may = reach(staff)
    if not may.active or case.topic_id in may.closed_topics:
        return False
    if case.division_id in may.divisions:
        return True
    return case.topic_id not in may.read_topics and (may.everything or case.assignee_id == staff.pk)


def readers_of(division: Division, topic: Topic) -> list[Staff]:
    """Return who would see a case of `topic` in `division`, by belonging to it; few people."""
    within = Q(divisions=division.pk)
    if division.parent_id:
        within |= Q(divisions=division.parent_id)
    people = Staff.objects.filter(within, is_active=True)
    if topic.restricted:
        people = people.filter(restricted_topics=topic.pk)
    return [one for one in people.distinct() if one.has_perm(SEES)]
