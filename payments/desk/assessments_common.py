"""What the pages of assessments, terms and reminders share."""

from __future__ import annotations

from django.db.models import QuerySet

from payments.models import Revenue

# Kinds that are assessed by the year; garbage fees have their households.
ASSESSED = Revenue.Period.YEAR


def assessed_kinds() -> QuerySet[Revenue]:
    """Return the kinds of revenue that assessments may be of."""
    return Revenue.objects.filter(period=ASSESSED).order_by("order", "pk")
