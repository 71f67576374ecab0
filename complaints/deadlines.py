"""The clock of a case: by when the municipality tells the result or how far it has come.

พ.ร.ฎ. ว่าด้วยหลักเกณฑ์และวิธีการบริหารกิจการบ้านเมืองที่ดี พ.ศ. 2546 speaks of fifteen days; the
number and its kind are data of the category.
"""

from __future__ import annotations

from datetime import date

from bannmae.models import Holiday
from bannmae.thai.calendar import add_calendar_days, add_workdays
from complaints.models import Category


def due_on(category: Category, start: date) -> date:
    """Return the last day to answer a case of `category` received on `start` (Bangkok).

    Counted from the day after; a last day without office moves to the next working day.
    """
    holidays = Holiday.dates()
    if category.day_kind == Category.DayKind.WORKING:
        return add_workdays(start, category.days_to_answer, holidays)
    return add_calendar_days(start, category.days_to_answer, holidays)
