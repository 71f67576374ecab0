"""Who may see which case. Asked by every query of the mailbox, and below every move."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from bannmae.models import Division, Staff
from complaints.models import Category, Complaint


@dataclass(frozen=True)
class Reach:
    """What one officer may see: everything everyday, or some divisions; and what by name."""

    active: bool
    everything: bool
    divisions: frozenset[int]
    restricted_categories: frozenset[int]  # those that he reads by name
    closed_categories: frozenset[int]  # the restricted ones that he does not read


def reach(staff: Staff) -> Reach:
    """Return what `staff` may see; asked of the database once for each request's `staff`."""
    known: Reach | None = getattr(staff, "_complaints_reach", None)
    if known is None:
        known = _ask(staff)
        staff._complaints_reach = known  # type: ignore[attr-defined]
    return known


def _ask(staff: Staff) -> Reach:
    if not staff.is_active:
        return Reach(False, False, frozenset(), frozenset(), frozenset())
    mine = Staff.divisions.through.objects.filter(staff_id=staff.pk).values("division_id")
    # Who belongs to a กอง sees the cases of its งาน too.
    within = Division.objects.filter(Q(pk__in=mine) | Q(parent__in=mine)).annotate(
        sees_all=Q(pk__in=mine) & Q(sees_all_complaints=True)
    )
    divisions = dict(within.order_by().values_list("id", "sees_all"))
    named = Category.readers.through.objects.filter(staff_id=staff.pk, category_id=OuterRef("pk"))
    restricted = dict(
        Category.objects.filter(restricted=True)
        .order_by()
        .annotate(named=Exists(named))
        .values_list("id", "named")
    )
    return Reach(
        active=True,
        everything=staff.is_superuser or any(divisions.values()),
        divisions=frozenset(divisions),
        restricted_categories=frozenset(pk for pk, mine in restricted.items() if mine),
        closed_categories=frozenset(pk for pk, mine in restricted.items() if not mine),
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
    if may.closed_categories:
        # A short list of ids, where a join would be followed for every row.
        cases = cases.exclude(category__in=sorted(may.closed_categories))
    if not may.everything:
        # By its own index one division comes newest first. Several would be gathered and
        # sorted: read from the newest down, a page is full after a few hundred rows. (`+ 0`
        # keeps the index out; the worst case, a division without cases, reads all ids once.)
        own = Q(division__in=sorted(may.divisions))
        if len(may.divisions) > 1:
            cases = cases.alias(_division=F("division_id") + 0)
            own = Q(_division__in=sorted(may.divisions))
        if may.restricted_categories:
            own |= Q(category__in=sorted(may.restricted_categories))
        cases = cases.filter(own)
    about_me = Complaint.accused.through.objects.filter(staff_id=staff.pk)
    return cases.exclude(pk__in=about_me.values("complaint_id"))


def still_sees(staff: Staff, complaint: Complaint) -> bool:
    """Tell, without asking the database, whether `staff` sees a case that he saw a moment ago.

    For a case that was just moved, perhaps out of his reach; `complaint` comes with its category.
    """
    may = reach(staff)
    if complaint.category.restricted:
        return complaint.category_id in may.restricted_categories
    return may.everything or complaint.division_id in may.divisions


def is_responsible(staff: Staff, complaint: Complaint) -> bool:
    """Tell whether `staff` belongs to the division that answers for `complaint`."""
    return complaint.division_id in reach(staff).divisions


def is_left_to_somebody(complaint: Complaint, accused: Collection[Staff]) -> bool:
    """Tell whether somebody still sees `complaint` who may take names away, were these named.

    Those who see it as a division alone do not count: a case that only they saw would stay
    hidden from the others for good. `complaint` comes with its category.
    """
    others = Staff.objects.filter(is_active=True).exclude(pk__in=[one.pk for one in accused])
    if complaint.category.restricted:
        others = others.filter(restricted_categories=complaint.category_id)
    else:
        others = others.filter(Q(is_superuser=True) | Q(divisions__sees_all_complaints=True))
    return any(one.has_perm("complaints.view_complaint") for one in others.distinct())


def may_name_accused(staff: Staff, complaint: Complaint) -> bool:
    """Tell whether `staff` says whom a case is about: its readers, or who sees every division.

    `complaint` comes with its category, and is one that he may see.
    """
    return complaint.category.restricted or reach(staff).everything
