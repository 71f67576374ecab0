"""Months as first days, their spans, and how they are written on a receipt. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bannmae.thai.calendar import BE_OFFSET, MONTHS_SHORT


def first_day(day: date) -> date:
    """Return the month that `day` is in.

    >>> first_day(date(2026, 11, 21))
    datetime.date(2026, 11, 1)
    """
    return date(day.year, day.month, 1)


def index(month: date) -> int:
    """Number months one after another.

    >>> index(date(2027, 1, 1)) - index(date(2026, 12, 1))
    1
    """
    return month.year * 12 + month.month - 1


def from_index(number: int) -> date:
    """Return the month that `index` numbers so.

    >>> from_index(index(date(2026, 12, 1)))
    datetime.date(2026, 12, 1)
    """
    return date(number // 12, number % 12 + 1, 1)


def add(month: date, count: int) -> date:
    """Return the month `count` months later.

    >>> add(date(2026, 11, 1), 3), add(date(2026, 1, 1), -1)
    (datetime.date(2027, 2, 1), datetime.date(2025, 12, 1))
    """
    return from_index(index(month) + count)


def span(first: date, last: date) -> list[date]:
    """Return the months from `first` to `last`, both included; none when `last` is earlier."""
    return [from_index(number) for number in range(index(first), index(last) + 1)]


def runs(months: Iterable[date]) -> list[tuple[date, date]]:
    """Return months as spans without a gap, in order, each month once.

    >>> runs([date(2026, 3, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 5, 1)])[0]
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 1))
    """
    found: list[tuple[date, date]] = []
    for month in sorted(set(months)):
        if found and add(found[-1][1], 1) == month:
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return found


def month_words(month: date) -> str:
    """Write one month.

    >>> month_words(date(2026, 1, 1))
    'ม.ค. 2569'
    """
    return f"{MONTHS_SHORT[month.month - 1]} {month.year + BE_OFFSET}"


def span_words(first: date, last: date) -> str:
    """Write a span of months as it stands on a receipt.

    >>> span_words(date(2026, 1, 1), date(2026, 3, 1))
    'ม.ค.–มี.ค. 2569'
    >>> span_words(date(2025, 11, 1), date(2026, 2, 1))
    'พ.ย. 2568–ก.พ. 2569'
    """
    if first == last:
        return month_words(first)
    if first.year == last.year:
        return f"{MONTHS_SHORT[first.month - 1]}–{month_words(last)}"
    return f"{month_words(first)}–{month_words(last)}"


def words(months: Sequence[date]) -> str:
    """Write any months, the spans parted by commas.

    >>> words([date(2026, 1, 1), date(2026, 2, 1), date(2026, 5, 1)])
    'ม.ค.–ก.พ. 2569, พ.ค. 2569'
    """
    return ", ".join(span_words(first, last) for first, last in runs(months))
