"""Writing the access log from a request: who, from where, what."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from bannmae.models import AccessLog


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
