"""The front door."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bannmae.models import Municipality

EMERGENCY_NUMBERS = (
    ("1669", "เจ็บป่วยฉุกเฉิน"),
    ("191", "เหตุด่วนเหตุร้าย"),
    ("199", "เหตุไฟไหม้"),
)


@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    """What the service is, how to add it as a friend, whom to call, and the staff's door."""
    profile = Municipality.get_solo()
    qr = segno.make(profile.add_friend_url, error="m")
    return render(
        request,
        "bannmae/front_door.html",
        {
            "profile": profile,
            "qr": qr.svg_inline(scale=5, dark="#111827", border=2, omitsize=True),
            "emergency_numbers": EMERGENCY_NUMBERS,
        },
    )
