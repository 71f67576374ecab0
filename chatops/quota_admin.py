"""โควตาข้อความ: what is used of the month's quota, how the month will end, what is held."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, F, QuerySet, Value, When
from django.db.models.functions import StrIndex, Substr
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from bannmae import navigation
from bannmae.staff_lists import ReadOnly, StaffModelAdmin
from bannmae.thai.calendar import format_date, format_datetime, local_datetime
from chatops.audience import SEES_LINE
from chatops.channel_admin import channels_in_use
from chatops.models import Channel, ChatSettings, OutboundMessage, QuotaDay
from chatops.outbox import kinds, quota

State = OutboundMessage.State
BANNER_SECONDS = 30
_BANNER_KEY = "chatops-quota-banner"

# What LINE sells in Thailand: (name, baht a month before VAT, messages, baht for one more).
# https://lineforbusiness.com/th/service/line-oa-features/broadcast-message
PLANS = (
    ("Free", "0", "300", "ซื้อเพิ่มไม่ได้"),
    ("Basic", "1,280", "15,000", "0.10 บาท"),
    ("Pro", "1,780", "35,000", "0.06 บาท"),
)


@dataclass(frozen=True)
class Line:
    """A row of a small table: what, how many, and its share of the whole in per cent."""

    label: str
    count: int
    share: int


@dataclass(frozen=True)
class Chart:
    """The month as a drawing of 100 × 100 units: x the days, y the messages from the top down.

    `used` and `expected` are SVG points, `limit` the height of the limit's line; `top` is how
    many messages the upper edge stands for.
    """

    used: str
    expected: str
    limit: float
    top: int
    last_day: int


def _by_kind(rows: QuerySet[OutboundMessage]) -> list[Line]:
    """Count messages by what they are about, the most frequent first."""
    colon = StrIndex("about", Value(":"))
    counted = (
        rows.annotate(colon=colon)
        .annotate(
            kind=Case(
                When(colon__gt=0, then=Substr("about", 1, F("colon") - 1)), default=F("about")
            )
        )
        .order_by()
        .values_list("kind")
        .annotate(count=Count("pk"))
    )
    sums: Counter[str] = Counter()
    for kind, count in counted:
        sums[kinds.label_of(kind)] += count
    whole = sum(sums.values())
    return [Line(label, count, round(100 * count / whole)) for label, count in sums.most_common()]


def _chart(channel: Channel, forecast: quota.Forecast, now: datetime) -> Chart:
    here = local_datetime(now)
    days = calendar.monthrange(here.year, here.month)[1]
    top = max(forecast.limit, forecast.total, forecast.used, 1) * 1.08

    def point(day: float, messages: float) -> str:
        return f"{100 * day / days:.2f},{100 - 100 * messages / top:.2f}"

    rows = QuotaDay.objects.filter(
        channel=channel, day__gte=here.date().replace(day=1), day__lt=here.date()
    ).order_by("day")
    past = [point(0, 0), *(point(row.day.day, row.used) for row in rows)]
    passed = days - forecast.remaining
    current = point(passed, forecast.used)
    return Chart(
        used=" ".join([*past, current]),
        expected=f"{current} {point(days, forecast.total)}",
        limit=round(100 - 100 * forecast.limit / top, 2),
        top=round(top),
        last_day=days,
    )


def _number(value: float) -> str:
    """Write an average: with one decimal below ten."""
    return f"{value:,.1f}".removesuffix(".0") if value < 10 else f"{value:,.0f}"


def how_computed(forecast: quota.Forecast) -> str:
    """Say in words how a forecast came about."""
    text = (
        f"คำนวณจากที่ใช้จริง {forecast.counted:,} ข้อความใน {_number(forecast.days)} วันที่ผ่านมา "
        f"(เฉลี่ยวันละ {_number(forecast.per_day)}) คูณกับเวลาที่เหลืออีก {_number(forecast.remaining)} วัน"
    )
    return f"{text} · ข้อมูลยังน้อยวัน ตัวเลขจึงเป็นการประมาณอย่างหยาบ" if forecast.is_rough else text


def _account(channel: Channel, now: datetime) -> dict[str, Any]:
    """What the page shows of one account."""
    month = quota.month_start(now)
    pushed = OutboundMessage.objects.filter(
        resident__channel=channel, sent_via="push", sent_at__gte=month, state=State.SENT
    )
    held = OutboundMessage.objects.filter(resident__channel=channel, state=State.HELD)
    by_kind, held_by_kind = _by_kind(pushed), _by_kind(held)
    left, forecast = quota.left(channel, now), quota.forecast(channel, now)
    used = channel.quota_used or 0
    ours = sum(line.count for line in by_kind)
    known = channel.quota_seen_at is not None and channel.quota_seen_at >= month
    return {
        "channel": channel,
        "known": known,
        "limited": left is not None,
        "used": used,
        "limit": channel.quota_limit,
        "left": left,
        "percent": quota.percent(used, channel.quota_limit or 0) if left is not None else 0,
        "tone": _tone(channel, left, forecast, now),
        "state": _state(channel, left, forecast, now),
        "seen": format_datetime(channel.quota_seen_at, short=True) if known else "",
        "forecast": forecast,
        "runs_out": format_date(forecast.runs_out, short=True)
        if forecast and forecast.runs_out
        else "",
        "how": how_computed(forecast) if forecast else "",
        "chart": _chart(channel, forecast, now) if forecast else None,
        "by_kind": by_kind,
        "ours": ours,
        # Sent in OA Manager, or by another system with this account's token.
        "elsewhere": max(0, used - ours) if known else 0,
        "held": sum(line.count for line in held_by_kind),
        "held_by_kind": held_by_kind,
        "held_url": reverse("admin:chatops_outboundmessage_changelist") + "?state=held",
    }


def _tone(
    channel: Channel, left: int | None, forecast: quota.Forecast | None, now: datetime
) -> str:
    if channel.quota_spent_at or left == 0:
        return "late"
    if quota.is_short(channel, now) or (forecast and forecast.exceeds):
        return "warn"
    return "done"


def _state(
    channel: Channel, left: int | None, forecast: quota.Forecast | None, now: datetime
) -> str:
    if channel.quota_spent_at or left == 0:
        return "โควตาหมดแล้ว"
    if quota.is_short(channel, now):
        return "เหลือเฉพาะส่วนที่เก็บไว้"
    if forecast and forecast.exceeds:
        return "อาจไม่พอถึงสิ้นเดือน"
    return "เพียงพอ"


@admin.register(QuotaDay)
class QuotaAdmin(ReadOnly, StaffModelAdmin):
    """One page for all accounts, in place of a list of days."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who keeps the accounts."""
        return bool(request.user.has_perm(SEES_LINE))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same."""
        return self.has_view_permission(request)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is none."""
        raise Http404

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show where every account stands."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        channels = Channel.objects.filter(is_active=True).order_by("pk")
        here = local_datetime(now)
        context = {
            **self.admin_site.each_context(request),
            "title": "โควตาข้อความ",
            "accounts": [_account(channel, now) for channel in channels],
            "reserve": ChatSettings.get_solo().quota_reserve,
            "month": format_date(here.date()).partition(" ")[2],
            "plans": PLANS,
            "settings_url": reverse("admin:chatops_chatsettings_changelist")
            if request.user.has_perm("chatops.change_chatsettings")
            else "",
        }
        return TemplateResponse(request, "chatops/admin/quota.html", context)


def quota_banners(request: HttpRequest) -> Sequence[navigation.Banner]:
    """Say on every page that notices wait; to who keeps the accounts, that they will have to."""
    found: list[tuple[str, bool]] | None = cache.get(_BANNER_KEY)
    if found is None:
        found = _warnings(timezone.now())
        cache.set(_BANNER_KEY, found, BANNER_SECONDS)
    if not found:
        return []
    keeps = request.user.has_perm(SEES_LINE)
    url = reverse("admin:chatops_quotaday_changelist") if keeps else ""
    return [
        navigation.Banner(text=text, url=url, link="ดูโควตาข้อความ")
        for text, for_all in found
        if for_all or keeps
    ]


def _warnings(now: datetime) -> list[tuple[str, bool]]:
    """Return (text, whether it concerns every officer)."""
    found = []
    # A spent quota has a banner of its own, with the account's health.
    for channel in channels_in_use():
        if channel.quota_spent_at or channel.trouble:
            continue
        if quota.is_short(channel, now):
            left = quota.left(channel, now)
            text = (
                f"โควตาข้อความ LINE ({channel.name}) เหลือ {left:,} ข้อความ เก็บไว้สำหรับเรื่องที่รอไม่ได้ "
                "ข้อความอื่นพักไว้และส่งฟรีเมื่อประชาชนทักมา"
            )
            found.append((text, True))
            continue
        forecast = quota.forecast(channel, now)
        if forecast and forecast.exceeds and not forecast.is_rough and forecast.runs_out:
            text = (
                f"โควตาข้อความ LINE ({channel.name}) คาดว่าจะหมดราววันที่ "
                f"{format_date(forecast.runs_out, short=True)}"
            )
            found.append((text, False))
    return found


navigation.add_banners(quota_banners)
navigation.add_entry(
    navigation.Entry(
        title="โควตาข้อความ",
        url=navigation.list_url("chatops_quotaday"),
        icon="data_usage",
        allowed=navigation.permitted(SEES_LINE),
        order=30,
        group=navigation.SETTINGS,
    )
)
