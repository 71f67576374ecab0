"""When the office answers: its hours, Saturdays, Sundays and holidays."""

from __future__ import annotations

import datetime as dt

from bannmae.models import Holiday
from bannmae.thai.calendar import (
    format_date,
    format_time,
    is_workday,
    local_datetime,
    next_workday,
)
from chatops.models import ChatSettings


def is_office_open(now: dt.datetime) -> bool:
    """Tell whether somebody is at the desk at `now`."""
    hours, here = ChatSettings.get_solo(), local_datetime(now)
    return (
        is_workday(here.date(), Holiday.dates()) and hours.opens_at <= here.time() < hours.closes_at
    )


def next_opening(now: dt.datetime) -> dt.datetime:
    """Return when the office opens next; `now` itself while it is open."""
    if is_office_open(now):
        return now
    hours, here = ChatSettings.get_solo(), local_datetime(now)
    day = here.date()
    if here.time() >= hours.opens_at:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(next_workday(day, Holiday.dates()), hours.opens_at, here.tzinfo)


def when_answered(now: dt.datetime) -> str:
    """Say when somebody will answer, as the end of a sentence.

    'ในวันนี้ ก่อนเวลา 16.30 น.', or the day and hour of the next opening.
    """
    opening = next_opening(now)
    if opening == now:
        return f"ในวันนี้ ก่อนเวลา {format_time(ChatSettings.get_solo().closes_at)}"
    at = f"ตั้งแต่เวลา {format_time(opening)}"
    if opening.date() == local_datetime(now).date():
        return f"ในวันนี้ {at}"
    return f"ใน{format_date(opening, short=True, weekday=True)} {at}"
