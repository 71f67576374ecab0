"""The month's quota: what LINE says of it, what is kept in reserve, how the month will end.

Only pushes count, one for each recipient; replies are free. LINE counts by itself, what is sent
in OA Manager included: we look each minute, and count our own pushes in between.
https://developers.line.biz/en/docs/messaging-api/pricing/
"""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from bannmae.thai.calendar import local_datetime
from chatops.line.client import LineClient, Quota
from chatops.models import Channel, ChatSettings, QuotaDay

# How far back the forecast looks: a week has all weekdays.
WINDOW = timedelta(days=7)
FEW_DAYS = 3.0


def look(channel: Channel, line: LineClient, now: datetime) -> Quota:
    """Ask LINE, and keep what it says. Raises LineError."""
    quota = line.quota()
    channel.quota_limit, channel.quota_used, channel.quota_seen_at = quota.limit, quota.used, now
    Channel.objects.filter(pk=channel.pk).update(
        quota_limit=quota.limit, quota_used=quota.used, quota_seen_at=now
    )
    today = local_datetime(now).date()
    row, created = QuotaDay.objects.get_or_create(
        channel=channel, day=today, defaults={"used": quota.used, "limit": quota.limit}
    )
    # The count begins anew by LINE's own clock: late on a month's last day it may be 0 again,
    # early on the first day still be the old one.
    used = quota.used if today.day == 1 else max(row.used, quota.used)
    if not created and (row.used, row.limit) != (used, quota.limit):
        QuotaDay.objects.filter(pk=row.pk).update(used=used, limit=quota.limit)
    return quota


def count_push(channel: Channel) -> None:
    """Count one push of ours until LINE is looked at again."""
    if channel.quota_limit is None or channel.quota_used is None:
        return
    Channel.objects.filter(pk=channel.pk).update(quota_used=F("quota_used") + 1)
    channel.quota_used += 1


def left(channel: Channel, now: datetime) -> int | None:
    """Return how many pushes the month still takes; None when unlimited or not known.

    What was seen in an earlier month says nothing of this one.
    """
    if channel.quota_limit is None or channel.quota_used is None or channel.quota_seen_at is None:
        return None
    if _month(channel.quota_seen_at) != _month(now):
        return None
    return max(0, channel.quota_limit - channel.quota_used)


def is_short(channel: Channel, now: datetime) -> bool:
    """True while what is left is kept for what cannot wait."""
    rest = left(channel, now)
    return rest is not None and rest <= ChatSettings.get_solo().quota_reserve


@dataclass(frozen=True)
class Forecast:
    """How the month will end if the days to come are like the last ones.

    `used` of `limit` by now; `total` at the month's end; `counted` in the last `days` days, from
    which it was computed, with `remaining` days to come; `runs_out`: the day on which the quota
    would be spent, None for not this month.
    """

    limit: int
    used: int
    total: int
    counted: int
    days: float
    remaining: float
    runs_out: date | None

    @property
    def per_day(self) -> float:
        """Pushes a day, on average."""
        return self.counted / self.days

    @property
    def is_rough(self) -> bool:
        """True while there are too few days to say much."""
        return self.days < FEW_DAYS

    @property
    def exceeds(self) -> bool:
        """True when the quota will not do, as far as can be told by now."""
        return self.total > self.limit


def forecast(channel: Channel, now: datetime) -> Forecast | None:
    """Return the forecast for this month, None for an unlimited or unknown quota."""
    if left(channel, now) is None:
        return None
    limit, used = channel.quota_limit or 0, channel.quota_used or 0
    here = local_datetime(now)
    start = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = start + timedelta(days=calendar.monthrange(start.year, start.month)[1])
    # LINE's count began at nothing with the month: that much is known on its first day too.
    base, base_used = start, 0
    row = (
        QuotaDay.objects.filter(
            channel=channel, day__gte=start.date(), day__lte=(here - WINDOW).date() - _DAY
        )
        .order_by("-day")
        .first()
    )
    if row is not None and row.used <= used:
        base = start + timedelta(days=row.day.day)  # its end
        base_used = row.used
    # On the first morning a single message would otherwise make thousands.
    days = max((here - base) / _DAY, 0.5)
    counted = used - base_used
    remaining = (end - here) / _DAY
    rate = counted / days
    total = used + round(rate * remaining)
    runs_out = None
    if used >= limit:
        runs_out = here.date()
    elif total > limit and rate > 0:
        runs_out = min(
            (here + _DAY * ((limit - used) / rate)).date(), (end - timedelta(seconds=1)).date()
        )
    return Forecast(limit, used, total, counted, days, remaining, runs_out)


def percent(used: int, limit: int) -> int:
    """Return how much of the quota is used, 0 to 100; 100 only when nothing is left."""
    if used >= limit:
        return 100
    return min(99, math.floor(100 * used / limit))


def month_start(now: datetime) -> datetime:
    """Return the first moment of the month in Thailand."""
    return local_datetime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


_DAY = timedelta(days=1)


def _month(moment: datetime) -> tuple[int, int]:
    here = local_datetime(moment)
    return here.year, here.month
