"""What the API tells of taxes: only to whoever proved them, and never an identification number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from chatops.models import Resident
from liff.api.answers import Answer
from payments.assessments.identity import indexes_of
from payments.assessments.queries import assessments_of, links_of, rest_of, with_payments
from payments.assessments.surcharge import Estimate, due_of, estimate, terms_by_kind
from payments.models import Assessment

MOST = 200  # the newest; nobody has more
STATES = {
    "unpaid": "ยังไม่ชำระ",
    "partly_paid": "ชำระแล้วบางส่วน",
    "checking": "แจ้งชำระแล้ว กำลังตรวจสอบ",
    "paid": "ชำระแล้ว",
}
STATE_CHOICES = list(STATES.items())
ESTIMATED = "ประมาณการ ยอดจริงให้ถือตามที่กองคลังแจ้ง"


class EstimateAnswer(Answer):
    """What paying today would cost: an estimate from the dates and rates that the office set."""

    as_of = serializers.DateField()
    penalty = serializers.DecimalField(12, 2, help_text="Baht.")
    penalty_percent = serializers.DecimalField(7, 2)
    interest = serializers.DecimalField(12, 2, help_text="Baht.")
    interest_months = serializers.IntegerField()
    surcharge = serializers.DecimalField(14, 2, help_text="Baht.")
    total = serializers.DecimalField(14, 2, help_text="Baht: the tax and what is added.")
    note = serializers.CharField(help_text="That it is an estimate.")


class TaxAnswer(Answer):
    """One assessment of hers."""

    id = serializers.IntegerField()
    proof = serializers.IntegerField(help_text="By which link it is hers.")
    revenue = serializers.CharField(help_text="Slug.")
    revenue_name = serializers.CharField()
    year = serializers.IntegerField(help_text="Buddhist era.")
    number = serializers.CharField(help_text="On the paper notice.")
    amount = serializers.DecimalField(12, 2, help_text="Baht, as assessed.")
    rest = serializers.DecimalField(12, 2, help_text="Baht that are still to be paid.")
    due_on = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField()
    state = serializers.ChoiceField(STATE_CHOICES)
    state_label = serializers.CharField()
    estimate = EstimateAnswer(allow_null=True, help_text="null where the office set no rates.")
    payment_url = serializers.CharField(allow_null=True, help_text="Where to tell of paying it.")


class TaxProofAnswer(Answer):
    """A person whom she has proved to be."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="As the notices name the payer; '' without any.")
    at = serializers.DateTimeField()


class TaxesAnswer(Answer):
    """All that is hers."""

    proofs = TaxProofAnswer(many=True)
    taxes = TaxAnswer(many=True)


def taxes_of(resident: Resident, today: date) -> dict[str, Any]:
    """Return what TaxesAnswer tells, what is overdue first, what is paid last."""
    links = list(links_of(resident))
    rows = list(
        with_payments(assessments_of(links))
        .select_related("revenue")
        .defer("national_id", "address")
        .order_by("-year", "-pk")[:MOST]
    )
    terms = terms_by_kind(rows)
    owner = {index: link for link in links for index in indexes_of([link])}
    names: dict[int, str] = {}
    taxes = []
    for row in rows:
        link = owner[row.national_id_index]
        names.setdefault(link.pk, row.payer_name)
        rules = terms.get((row.revenue_id, row.year))
        due, rest = due_of(row, rules), rest_of(row)
        found = estimate(rest, due, rules, today) if rest > 0 else None
        taxes.append(_tax(row, link.pk, due, rest, found, today))
    taxes.sort(key=lambda one: (one["rest"] <= 0, not one["is_overdue"]))
    return {
        "proofs": [
            {"id": link.pk, "name": names.get(link.pk, ""), "at": link.at} for link in links
        ],
        "taxes": taxes,
    }


def _tax(
    row: Assessment,
    link: int,
    due: date | None,
    rest: Decimal,
    found: Estimate | None,
    today: date,
) -> dict[str, Any]:
    state = _state(row, rest)
    return {
        "id": row.pk,
        "proof": link,
        "revenue": row.revenue.slug,
        "revenue_name": row.revenue.menu_name,
        "year": row.year,
        "number": row.number,
        "amount": row.amount,
        "rest": rest,
        "due_on": due,
        "is_overdue": rest > 0 and due is not None and today > due,
        "state": state,
        "state_label": STATES[state],
        "estimate": None if found is None else _estimate(found),
        "payment_url": f"/liff/payment?assessment={row.pk}" if rest > 0 else None,
    }


def _state(row: Assessment, rest: Decimal) -> str:
    if rest <= 0:
        return "paid"
    if row.has_notice:  # type: ignore[attr-defined]
        return "checking"
    return "partly_paid" if rest < row.amount else "unpaid"


def _estimate(found: Estimate) -> dict[str, Any]:
    return {
        "as_of": found.day,
        "penalty": found.penalty,
        "penalty_percent": found.penalty_percent,
        "interest": found.interest,
        "interest_months": found.months,
        "surcharge": found.surcharge,
        "total": found.total,
        "note": ESTIMATED,
    }
