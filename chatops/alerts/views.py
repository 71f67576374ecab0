"""What an officer's open pages ask for, and the page on which he links his own LINE."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bannmae import navigation
from bannmae.models import Municipality, Staff
from bannmae.thai.calendar import format_datetime, format_time
from chatops.alerts import linking
from chatops.alerts.registry import Told, news_for, sources, window
from chatops.models import ChatSettings, StaffLink


@never_cache
@require_safe
def alerts(request: HttpRequest) -> JsonResponse:
    """Answer {staff, until, news: [{key, text, url}], badges: {address: figure}, total}.

    `?since=` is the `until` of the last answer that this browser told the officer of; without
    it there is no news yet. `total` is what stands before the page's title, '' for nothing.
    401 for who is not signed in: an open page then asks no more.
    """
    staff = request.user
    if not (staff.is_authenticated and staff.is_active and staff.is_staff):
        return JsonResponse({}, status=401)
    now = timezone.now()
    since = _moment(request.GET.get("since", ""))
    begin, until = window(since or now, now)
    badges = _badges(request)
    return JsonResponse(
        {
            # A page of an earlier officer's, left open beside, must not tell him of another's.
            "staff": str(staff.pk),
            # Never back: a clock that was set back must not tell everything again.
            "until": max(until, since or until).isoformat(),
            "news": [_shown(one) for one in news_for(staff, begin, until)],
            "badges": badges,
            "total": _total(badges),
        }
    )


@never_cache
def line_link(request: HttpRequest) -> HttpResponse:
    """Show เชื่อม LINE ของฉัน; POST makes a code (shown once, in the answer) or unlinks."""
    staff = cast(Staff, request.user)
    context: dict[str, Any] = {}
    if request.method == "POST":
        if request.POST.get("do") == "unlink":
            if linking.unlink(staff):
                messages.success(request, "ยกเลิกการเชื่อม LINE แล้ว")
            return redirect("staff-line-link")
        try:
            code, until = linking.make_code(staff)
            context = {"words": f"{linking.WORD} {code}", "until": format_time(until)}
        except linking.TooManyCodes as refusal:
            context = {"refusal": str(refusal)}
    link = _link_of(request)
    context |= {
        **admin.site.each_context(request),
        "title": "เชื่อม LINE ของฉัน",
        "link": link,
        "linked_at": format_datetime(link.linked_at) if link and link.linked_at else "",
        "profile": Municipality.get_solo(),
        "minutes": ChatSettings.get_solo().staff_notice_minutes,
    }
    return TemplateResponse(request, "chatops/admin/line_link.html", context)


@never_cache
@require_safe
def line_link_state(request: HttpRequest) -> JsonResponse:
    """Tell the page that shows a code whether it was used: {linked: moment or ''}."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=401)
    link = _link_of(request)
    moment = link.linked_at if link else None
    return JsonResponse({"linked": moment.isoformat() if moment else ""})


def _link_of(request: HttpRequest) -> StaffLink | None:
    links = StaffLink.objects.select_related("resident").exclude(resident=None)
    return links.filter(staff=request.user.pk).first()


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None


def _shown(told: Told) -> dict[str, str]:
    source = told.source
    return {"key": source.key, "text": f"{source.new} {told.news.count}", "url": source.url()}


def _badges(request: HttpRequest) -> dict[str, str]:
    """Return the figure beside each line of the side menu, '' for none, by its address."""
    return {
        str(item["link"]): str(item.get("badge", ""))
        for group in navigation.side_menu(request)
        for item in group["items"]
    }


def _total(badges: dict[str, str]) -> str:
    """Add up the figures of what officers are told of."""
    paths = {urlsplit(source.url()).path for source in sources()}
    figures = [figure for url, figure in badges.items() if urlsplit(url).path in paths]
    total = sum(int("0" + "".join(filter(str.isdigit, figure))) for figure in figures)
    more = any(figure.endswith("+") for figure in figures)
    return f"{total:,}{'+' if more else ''}" if total else ""
