"""Tables of a summary from its figures: periods, kinds and ways of paying added up."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange

from bannmae.thai.calendar import fiscal_year_range


def periods_of(fiscal_year: int, month: dt.date | None) -> list[dt.date]:
    """Return the days of a month, or the first days of a fiscal year's twelve months."""
    if month is not None:
        days = monthrange(month.year, month.month)[1]
        return [month.replace(day=day) for day in range(1, days + 1)]
    start = fiscal_year_range(fiscal_year)[0]
    return [
        dt.date(start.year + (start.month - 1 + index) // 12, (start.month - 1 + index) % 12 + 1, 1)
        for index in range(12)
    ]
