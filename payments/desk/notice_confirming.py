"""From the cleaned fields of a form and its lines to what workflow.confirm takes."""

from __future__ import annotations

from typing import Any

from payments import workflow
from payments.desk.lines import Lines
from payments.errors import Refused
from payments.models import Assessment, Method, Revenue


def confirmation(
    typed: dict[str, Any], lines: Lines, assessment: Assessment | None = None
) -> workflow.Confirmation:
    """Return what workflow.confirm takes, of the cleaned fields of a form and its lines.

    Raises:
        Refused: the months of the lines are not what the household can pay.
    """
    revenue: Revenue = typed["revenue"]
    months = [paid for line in lines.lines for paid in line.months]
    household = typed["household"] if revenue.has_households else None
    if assessment is not None and assessment.revenue_id != revenue.pk:
        assessment = None
    if months:
        check_months(household, months)
    return workflow.Confirmation(
        revenue=revenue,
        payer_name=typed["payer_name"],
        payer_address=typed["payer_address"],
        lines=lines.lines,
        method=Method(typed["method"]),
        money_seen_on=typed["money_seen_on"],
        household=household,
        assessment=assessment,
        duplicate_reason=typed.get("duplicate_reason", ""),
    )


def check_months(household: Any, months: list[tuple[Any, Any]]) -> None:
    """Raise Refused where a household cannot pay just these months at these rates."""
    from payments.garbage.rules import allocate

    if household is None:
        raise Refused("เดือนที่เลือกต้องเป็นของครัวเรือน โปรดเลือกครัวเรือน")
    if len({month for month, _ in months}) != len(months):
        raise Refused("เลือกเดือนเดียวกันไว้สองรายการ")
    allowed = allocate(household, months=[month for month, _ in months])
    if sorted(months) != [(one.month, one.amount) for one in allowed.months]:
        raise Refused("อัตราค่าธรรมเนียมของบางเดือนเปลี่ยนไป โปรดเลือกเดือนใหม่")
