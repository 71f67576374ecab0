"""Who may see which case. Asked by every query of the mailbox, and below every move."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from bannmae.models import Division, Staff
from complaints.models import Category, Complaint


@dataclass(frozen=True)
class Reach:
    """What one officer may see: everything everyday, or some divisions; and what by name."""

    active: bool
    everything: bool
    divisions: frozenset[int]
    restricted_categories: frozenset[int]


def reach(staff: Staff) -> Reach:
    """Return what `staff` may see; asked of the database once for each request's `staff`."""
    known: Reach | None = getattr(staff, "_complaints_reach", None)
    if known is None:
        known = _ask(staff)
        staff._complaints_reach = known  # type: ignore[attr-defined]
    return known


def _ask(staff: Staff) -> Reach:
    if not staff.is_active:
        return Reach(False, False, frozenset(), frozenset())
    own = set(staff.divisions.values_list("id", "sees_all_complaints"))
    ids = {pk for pk, _ in own}
    # Who belongs to a กอง sees the cases of its งาน too.
    units = Division.objects.filter(parent__in=ids).values_list("id", flat=True) if ids else []
    named = Category.objects.filter(restricted=True, readers=staff).values_list("id", flat=True)
    return Reach(
        active=True,
        everything=staff.is_superuser or any(sees_all for _, sees_all in own),
        divisions=frozenset(ids.union(units)),
        restricted_categories=frozenset(named),
    )


def visible_to(staff: Staff, cases: QuerySet[Complaint] | None = None) -> QuerySet[Complaint]:
    """Return those of `cases` (default: all) that `staff` may see.

    A division sees its own, งานนิติการ and the executives all but the restricted ones, which
    only named persons see, administrators included; nobody sees a case about himself.
    """
    cases = Complaint.objects.all() if cases is None else cases
    may = reach(staff)
    if not may.active:
        return cases.none()
    everyday = Q(category__restricted=False)
    if not may.everything:
        everyday &= Q(division__in=sorted(may.divisions))
    seen = everyday
    if may.restricted_categories:
        seen |= Q(category__in=sorted(may.restricted_categories))
    about_me = Complaint.accused.through.objects.filter(staff_id=staff.pk)
    return cases.filter(seen).exclude(pk__in=about_me.values("complaint_id"))


def is_responsible(staff: Staff, complaint: Complaint) -> bool:
    """Tell whether `staff` belongs to the division that answers for `complaint`."""
    return complaint.division_id in reach(staff).divisions
