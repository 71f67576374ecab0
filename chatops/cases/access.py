"""Who may see which chat. Asked by every query of the desk, and below every move."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from bannmae.models import Division, Staff
from chatops.models import ChatCase, Topic

SEES = "chatops.view_chatcase"
MOVES = "chatops.change_chatcase"
COUNTS = "chatops.see_chat_counts"
# What a row of the statement about an officer is: his division, a topic that he reads by name,
# one that he does not.
_OWN, _READ, _CLOSED = range(3)


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
    # One statement for both: every page of the staff asks it.
    told = (
        divisions.annotate(what=Value(_OWN, IntegerField()))
        .values_list("what", "id")
        .union(
            Topic.objects.filter(restricted=True)
            .order_by()
            .annotate(what=Case(When(Exists(named), then=Value(_READ)), default=Value(_CLOSED)))
            .values_list("what", "id"),
            all=True,
        )
    )
    found: dict[int, set[int]] = {_OWN: set(), _READ: set(), _CLOSED: set()}
    for what, pk in told:
        found[what].add(pk)
    return Reach(
        active=True,
        everything=staff.is_superuser,
        divisions=frozenset(found[_OWN]),
        read_topics=frozenset(found[_READ]),
        closed_topics=frozenset(found[_CLOSED]),
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
