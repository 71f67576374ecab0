"""`/healthz`: the process answers. `/readyz`: what it needs answers too."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)

BROKER_SECONDS = 0.5
UNKNOWN = "unknown"  # a figure that could not be had
# Upper rooms add what they tell of themselves: {name: function}.
figures: dict[str, Callable[[], object]] = {}


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process is alive; asks nothing of anybody."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell what works, as JSON; 503 when the service cannot do its work."""
    parts = {
        "database": _works(_ask_database),
        "broker": _works(_ask_broker),
        "storage": _works(_ask_storage),
    }
    ready = all(parts.values())
    # Told, never a reason for 503: taking the web process away would not help them.
    told = {name: _figure(name) for name in figures} if parts["database"] else {}
    return JsonResponse({"ready": ready, **parts, **told}, status=200 if ready else 503)


def _works(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Exception:  # whatever it is: not ready
        return False
    return True


def _figure(name: str) -> object:
    try:
        return figures[name]()
    except Exception:  # whatever it is: the rest of the answer still holds
        log.exception("The figure %s is not to be had", name)
        return UNKNOWN


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    place = urlsplit(settings.CELERY_BROKER_URL)
    if place.scheme in {"redis", "rediss"}:
        address = (place.hostname or "localhost", place.port or 6379)
        socket.create_connection(address, timeout=BROKER_SECONDS).close()
    elif place.scheme == "filesystem":
        folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
        if not os.access(folder, os.W_OK):
            raise OSError(f"{folder} cannot be written")


def _ask_storage() -> None:
    location = getattr(default_storage, "location", None)
    if getattr(default_storage, "bucket_name", None):
        default_storage.exists("ready")
    elif location:
        os.makedirs(location, mode=0o700, exist_ok=True)
        if not os.access(location, os.W_OK):
            raise OSError(f"{location} cannot be written")
