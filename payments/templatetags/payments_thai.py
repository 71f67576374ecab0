"""Days in the Buddhist era, and amounts of baht."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import template

from bannmae.thai.calendar import format_date, format_datetime

register = template.Library()


@register.filter
def baht(amount: Decimal | None) -> str:
    """Write an amount with thousands and two places; nothing for None."""
    return "" if amount is None else f"{amount:,.2f}"


@register.filter
def thai_date(day: dt.date | None) -> str:
    """Write a day: 21 พ.ย. 69."""
    return format_date(day, short=True) if day else ""


@register.filter
def thai_datetime(moment: dt.datetime | None) -> str:
    """Write a moment on Thailand's clock."""
    return format_datetime(moment, short=True) if moment else ""


@register.filter
def percent(value: Decimal | None) -> str:
    """Write a percentage without needless zeros."""
    return "" if value is None else f"{value.normalize():f}%"
