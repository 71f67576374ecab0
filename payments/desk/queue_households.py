"""Households for the form: found by house number or name, and the lines that their months make."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.db.models import Case, When
from django.http import Http404, HttpRequest, JsonResponse

from bannmae.staff_input import row_id
from bannmae.thai.numerals import to_arabic_digits
from payments import access
from payments.desk.lines import Lines, NotAnAmount, Row, read_amount
from payments.errors import Refused
from payments.garbage import lines as garbage_lines
from payments.garbage.listing import ORDER, in_order, search, with_months, with_what_is_owed
from payments.garbage.rules import Allocation, allocate, months_owed, months_payable
from payments.models import Household, PaymentNotice, Revenue
from payments.receipts import Line

FOUND = 12
_HOUSE = re.compile(r"\d+(?:/\d+)*")
# Months that are offered at once: what is owed, and a year ahead.
AHEAD = 12


def households(request: HttpRequest) -> JsonResponse:
    """Answer ?q= with households; ?household= with its months; with &count= or &amount= lines."""
    if not access.may_see(request.user):
        raise Http404
    pk = row_id(request.GET.get("household", ""))
    answer = _of_one(request, pk) if pk else _found(request.GET.get("q", "")[:100])
    response = JsonResponse(answer)
    response["Cache-Control"] = "no-store"
    return response


def _found(asked: str) -> dict[str, Any]:
    # A number is in many numbers, names of หมู่ and names: the house that bears it comes first.
    first = Case(When(house_no__in=_HOUSE.findall(to_arabic_digits(asked)), then=0), default=1)
    rows = in_order(with_what_is_owed(search(Household.objects.all(), asked)))
    rows = rows.order_by(first, *ORDER)
    return {
        "households": [
            {
                "id": row.pk,
                "label": f"{row} {row.owner_name}",
                "owed": f"ค้าง {row.owed} เดือน" if row.owed else "ไม่มีค้าง",
            }
            for row in rows[:FOUND]
        ]
    }


def _of_one(request: HttpRequest, pk: int) -> dict[str, Any]:
    household = with_months(Household.objects.filter(pk=pk)).first()
    if household is None:
        raise Http404
    revenue = Revenue.objects.filter(pk=row_id(request.GET.get("revenue", ""))).first()
    try:
        allocation = _asked(request, household)
        if allocation is not None:
            lines = garbage_lines.lines_of(household, allocation, revenue=revenue)
            return {"lines": [_line(line) for line in lines], "words": allocation.words}
    except (Refused, NotAnAmount) as error:
        return {"error": str(error)}
    owed = months_owed(household)
    return {
        "label": f"{household} {household.owner_name}",
        "owner": household.owner_name,
        "address": f"{household.house_no} หมู่ที่ {household.village}",
        "owed": len(owed),
        "months": [
            {
                "month": f"{one.month:%Y-%m}",
                "words": one.words,
                "amount": f"{one.amount:.2f}",
                "arrears": one.is_arrears,
            }
            for one in months_payable(household)[: len(owed) + AHEAD]
        ],
    }


def _asked(request: HttpRequest, household: Household) -> Allocation | None:
    count = request.GET.get("count", "")
    amount = request.GET.get("amount", "")
    if count:
        return allocate(household, count=min(row_id(count) or 0, 1000))
    if amount:
        baht: Decimal = read_amount(amount)
        return allocate(household, amount=baht)
    return None


def lines_of_notice(notice: PaymentNotice) -> Lines | None:
    """Propose the lines of a household's notice: the months that she names, else her amount's.

    None where there is no household, or they cannot be paid like that.
    """
    if notice.household_id is None or notice.revenue is None or not notice.revenue.has_households:
        return None
    household = with_months(Household.objects.filter(pk=notice.household_id)).get()
    named = [dt.date.fromisoformat(f"{month}-01") for month in notice.months]
    tries: list[dict[str, Any]] = [{"months": named}] if named else []
    if notice.amount is not None:
        tries.append({"amount": notice.amount})
    for asked in tries:
        try:
            allocation = allocate(household, **asked)
        except Refused:
            continue
        lines = garbage_lines.lines_of(household, allocation, revenue=notice.revenue)
        return Lines([_row(_line(line)) for line in lines])
    return None


def _row(line: dict[str, Any]) -> Row:
    return Row(
        text=line["text"],
        period=line["period"],
        arrears=line["arrears"] == "1",
        amount=line["amount"],
        months=line["months"],
    )


def _line(line: Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "period": line.period,
        "arrears": "1" if line.is_arrears else "0",
        "amount": f"{line.amount:.2f}",
        "surcharge": "",
        "months": ",".join(f"{month:%Y-%m}:{amount:.2f}" for month, amount in line.months),
    }
