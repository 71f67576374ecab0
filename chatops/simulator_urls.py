"""The page that shows the phone; its script talks to the simulator's own process."""

from __future__ import annotations

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe


@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """Show the phone where the simulator is on; 404 elsewhere."""
    if not settings.SIMULATOR:
        raise Http404("The simulator is off")
    if request.get_host() != urlsplit(settings.PUBLIC_URL).netloc:
        # LIFF pages open under PUBLIC_URL: framed by another site they would get no cookie.
        return redirect(f"{settings.PUBLIC_URL}{request.get_full_path()}")
    hostname = urlsplit(settings.PUBLIC_URL).hostname
    origin = f"http://{hostname}:{settings.SIMULATOR_PORT}"
    response = render(
        request,
        "chatops/simulator/phone.html",
        {
            "simulator_origin": origin,
            "liff_id": settings.LIFF_ID,
            "public_url": settings.PUBLIC_URL,
        },
    )
    return csp_update(
        {
            "connect-src": [origin],
            "img-src": [origin, "https:", "http:"],
            "media-src": [origin],
            "frame-src": ["'self'", settings.PUBLIC_URL, origin],
        }
    )(lambda _request: response)(request)


urlpatterns = [path("", phone, name="simulator")]
