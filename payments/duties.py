"""Who may approve a void, reopen a day, close a year: rows with dates, standing in included."""

from __future__ import annotations

from django.utils import timezone

from bannmae.models import Staff
from bannmae.thai.calendar import local_date
from payments import access
from payments.errors import Refused
from payments.models import MoneyDuty


def held(staff: Staff, duty: MoneyDuty.Duty) -> MoneyDuty | None:
    """Return the row by which `staff` holds `duty` today, None where he does not."""
    if not access.may_see(staff):
        return None
    today = local_date(timezone.now())
    return MoneyDuty.objects.on(today).filter(staff=staff, duty=duty).order_by("acting").first()


def demand(staff: Staff, duty: MoneyDuty.Duty) -> MoneyDuty:
    """As `held`; raises Refused where he does not hold it."""
    row = held(staff, duty)
    if row is None:
        raise Refused(f"ท่านไม่มีหน้าที่{duty.label} ให้ผู้มีอำนาจในวันนี้เป็นผู้ทำรายการ")
    return row
