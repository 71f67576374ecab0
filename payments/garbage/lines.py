"""What stands on the receipt for months of the garbage fee."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bannmae.thai.calendar import fiscal_year
from payments.errors import Refused
from payments.garbage import months as calendar
from payments.garbage.rules import Allocation, Month
from payments.models import Household, Revenue
from payments.receipts import Line


def garbage_revenue() -> Revenue:
    """Return the kind of revenue that is collected by household.

    Raises:
        Refused: the office has switched it off.
    """
    found = Revenue.objects.filter(has_households=True, is_active=True).first()
    if found is None:
        raise Refused("ยังไม่มีประเภทรายได้ที่เก็บรายครัวเรือน โปรดตั้งค่าก่อน")
    return found


def lines_of(
    household: Household, allocation: Allocation, *, revenue: Revenue | None = None
) -> list[Line]:
    """Return the lines of a receipt for months that were allocated; issuing it records them.

    A line holds months that follow one another, of one fiscal year, at one rate, and either all
    of them arrears or none: the books keep these apart.
    """
    name = (revenue or garbage_revenue()).name
    return [_line(name, household, group) for group in _groups(allocation.months)]


def _groups(months: Sequence[Month]) -> list[list[Month]]:
    groups: list[list[Month]] = [[month] for month in months[:1]]
    for before, month in pairwise(months):
        same = (
            calendar.add(before.month, 1) == month.month
            and fiscal_year(before.month) == fiscal_year(month.month)
            and before.amount == month.amount
            and before.is_arrears == month.is_arrears
        )
        if same:
            groups[-1].append(month)
        else:
            groups.append([month])
    return groups


def _line(name: str, household: Household, group: Sequence[Month]) -> Line:
    each = group[0].amount
    how = f"{len(group)} เดือน เดือนละ {each:,.2f} บาท" if len(group) > 1 else "1 เดือน"
    return Line(
        text=f"{name} บ้านเลขที่ {household.house_no} หมู่ที่ {household.village} ({how})"[:200],
        amount=each * len(group),
        period=calendar.span_words(group[0].month, group[-1].month),
        is_arrears=group[0].is_arrears,
        months=tuple((one.month, one.amount) for one in group),
    )
