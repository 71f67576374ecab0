"""What the views of the staff desk share: which case, and whether this officer may."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from complaints.access import visible_to
from complaints.models import Complaint

SEES = "complaints.view_complaint"
CHANGES = "complaints.change_complaint"
ADDS = "complaints.add_complaint"
REVEALS = "complaints.reveal_national_id"


def case_for(request: HttpRequest, pk: int, *related: str) -> Complaint:
    """Return a case that the officer may see, with `related` rows; else Http404."""
    if not request.user.has_perm(SEES):
        raise Http404
    cases = visible_to(request.user)
    if related:
        cases = cases.select_related(*related)
    case: Complaint | None = cases.filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def require(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied unless the officer holds `permission`."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def is_fetch(request: HttpRequest) -> bool:
    """True when our own script asks, and not the browser for a page."""
    return request.headers.get("X-Requested-With") == "fetch"
