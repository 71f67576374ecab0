"""Writing the access log from a request: who, from where, what."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.http import HttpRequest

from bannmae.models import AccessLog, Staff


def client_ip(request: HttpRequest) -> str | None:
    """Return the caller's address; behind the TLS front what that one has added, else None."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.HTTPS:
        # Only the last entry is the front's own; those before it are the caller's claim.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def record(
    request: HttpRequest, action: AccessLog.Action, subject: str, detail: str = ""
) -> AccessLog:
    """Note what the signed-in officer did; call it in the transaction of the act itself."""
    return AccessLog.objects.create(
        staff_id=request.user.pk,
        action=action,
        subject=subject[:100],
        ip_address=client_ip(request),
        detail=detail[:300],
    )


@dataclass(frozen=True, slots=True)
class Guarded:
    """Subjects `<prefix>:<key>` whose rows are for those who may see the thing itself.

    `visible` returns the objects that an officer may see, `field` is what the key is of them.
    """

    prefix: str
    visible: Callable[[Staff], QuerySet[Any]]
    field: str


_guarded: dict[str, Guarded] = {}


def guard(subjects: Guarded) -> None:
    """Show rows of these subjects to nobody who may not see what they are about."""
    _guarded[subjects.prefix] = subjects


def rows_for(staff: Staff) -> QuerySet[AccessLog]:
    """Return the rows that `staff` may read: all for a superuser, who answers for the audit.

    That somebody opened a case by name tells of the case, and of who works on it.
    """
    rows = AccessLog.objects.all()
    if staff.is_superuser:
        return rows
    for subjects in _guarded.values():
        start = f"{subjects.prefix}:"
        key = f"_{subjects.prefix}"
        # Asked of each row by the object's own index, instead of listing all that one may see.
        seen = subjects.visible(staff).order_by().filter(**{subjects.field: OuterRef(key)})
        rows = rows.alias(**{key: Substr("subject", len(start) + 1)}).filter(
            ~Q(subject__startswith=start) | Exists(seen)
        )
    return rows
