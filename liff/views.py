"""The pages inside LINE. They hold no personal data: that comes over the API after sign-in."""

from __future__ import annotations

from csp.constants import NONE, SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from bannmae.models import Municipality
from bannmae.thai import phone as thai_phone
from bannmae.views import EMERGENCY_NUMBERS
from liff.policy import frame_ancestors, page_policy


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The LIFF endpoint: starts the SDK, which goes on to the page named in `liff.state`."""
    return _signed_in_page(request, "liff/start.html")


@require_safe
def complaint(request: HttpRequest) -> HttpResponse:
    """The form."""
    return _signed_in_page(request, "liff/complaint.html", with_map=True)


@require_safe
def track(request: HttpRequest, number: str = "") -> HttpResponse:
    """Her cases, or one of them. The number is looked at by the API alone, after sign-in."""
    return _signed_in_page(request, "liff/track.html")


@require_safe
def payment(request: HttpRequest, number: str = "") -> HttpResponse:
    """Telling of a payment and her payments; or one of them, looked at by the API alone."""
    return _signed_in_page(request, "liff/payment.html")


@require_safe
def taxes(request: HttpRequest) -> HttpResponse:
    """Her taxes: proved, seen and told of over the API alone."""
    return _signed_in_page(request, "liff/taxes.html")


@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """Three big call buttons; works without script, sign-in or LINE."""
    return _plain_page(request, "liff/emergency.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice by itself; works without script, sign-in or LINE."""
    return _plain_page(request, "liff/privacy.html")


def _plain_page(request: HttpRequest, template: str) -> HttpResponse:
    response = render(
        request,
        template,
        {"profile": Municipality.get_solo(), "emergency_numbers": EMERGENCY_NUMBERS},
    )
    strict = {"style-src": [SELF], "script-src": [NONE], "frame-ancestors": frame_ancestors()}
    return _guarded(request, response, add={}, replace=strict)


def _signed_in_page(request: HttpRequest, template: str, *, with_map: bool = False) -> HttpResponse:
    profile = Municipality.get_solo()
    tiles_url = profile.map_tiles_url if with_map else ""
    config = {
        "liffId": settings.LIFF_ID,
        "sdkUrl": settings.LIFF_SDK_URL,
        "home": reverse("liff"),
        "office": {
            "name": profile.name,
            "phone": profile.phone,
            "hours": profile.office_hours,
            "addFriendUrl": profile.add_friend_url,
        },
        "map": {
            "tilesUrl": tiles_url,
            "attribution": profile.map_attribution,
            "latitude": float(profile.latitude),
            "longitude": float(profile.longitude),
        },
    }
    response = render(
        request,
        template,
        {
            "profile": profile,
            "office_tel": _tel(profile.phone),
            "config": config,
            "emergency_numbers": EMERGENCY_NUMBERS,
            "village_numbers": range(1, (profile.villages or 0) + 1),
        },
    )
    # The page's script sends the cookie's value back with every write.
    get_token(request)
    policy = page_policy(request, tiles_url=tiles_url)
    return _guarded(request, response, add=policy["add"], replace=policy["replace"])


def _guarded(
    request: HttpRequest,
    response: HttpResponse,
    *,
    add: dict[str, list[str]],
    replace: dict[str, list[str]],
) -> HttpResponse:
    """Give a page its rules, and tell LINE's browser, which nobody can empty, to ask anew."""
    decorators = [
        cache_control(no_cache=True, private=True),
        csp_update(add),
        csp_replace(replace),
    ]
    if settings.SIMULATOR:
        # X-Frame-Options knows no list of hosts; frame-ancestors does.
        decorators.append(xframe_options_exempt)

    def view(_: HttpRequest) -> HttpResponse:
        return response

    for decorate in decorators:
        view = decorate(view)
    return view(request)


def _tel(phone: str) -> str:
    """Return the address that dials an office's number, '' when it is not one plain number."""
    try:
        return thai_phone.tel_uri(thai_phone.normalise(phone, short_codes=True))
    except thai_phone.InvalidPhone:
        return ""
