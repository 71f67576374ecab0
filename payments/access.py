"""Who sees money: กองคลัง, and nobody else. Asked by every page, list, file and move."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from bannmae.models import Division, Staff

# The slug of กองคลัง; its งาน belong to it.
FINANCE = "finance"
SEES = "payments.view_paymentnotice"
HANDLES = "payments.change_paymentnotice"

Rows = TypeVar("Rows", bound=Model)


def belongs_to_finance(staff: Staff) -> bool:
    """Tell whether `staff` belongs to กองคลัง or a งาน of it; asked once for each request."""
    known: bool | None = getattr(staff, "_belongs_to_finance", None)
    if known is None:
        known = (
            staff.is_active
            and Division.objects.filter(
                Q(slug=FINANCE) | Q(parent__slug=FINANCE), staff__pk=staff.pk
            ).exists()
        )
        staff._belongs_to_finance = known  # type: ignore[attr-defined]
    return known


def may_see(staff: Staff) -> bool:
    """Tell whether `staff` sees payments. Administrators do not, unless กองคลัง is theirs."""
    return bool(staff.has_perm(SEES)) and belongs_to_finance(staff)


def may_handle(staff: Staff) -> bool:
    """Tell whether `staff` checks payments and issues receipts."""
    return bool(staff.has_perm(HANDLES)) and belongs_to_finance(staff)


def visible_to(staff: Staff, rows: QuerySet[Rows]) -> QuerySet[Rows]:
    """Return `rows` (of any table of money) for who may see them, none for others."""
    return rows if may_see(staff) else rows.none()
