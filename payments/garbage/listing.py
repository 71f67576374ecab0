"""Households as rows of a list: how many months each owes, worked out by the database."""

from __future__ import annotations

from datetime import date

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import (
    Coalesce,
    ExtractMonth,
    ExtractYear,
    Greatest,
    Least,
    Length,
    StrIndex,
    Substr,
)

from bannmae.thai.text import search_key
from payments.garbage.rules import current_month
from payments.models import Household, HouseholdMonth, HouseholdRate

WORDS = 6  # of a search
# Of in_order.
ORDER = ("village", "digits", "front", "letters", "house_no", "pk")


def with_what_is_owed(rows: QuerySet[Household], today: date | None = None) -> QuerySet[Household]:
    """Return `rows` with `owed`: how many months up to the current one are not paid.

    The same number as the length of rules.months_owed, without reading the months.
    """
    current = current_month(today)
    first_rate = (
        HouseholdRate.objects.filter(household=OuterRef("pk"))
        .order_by()
        .values("household")
        .annotate(first=Min("since"))
        .values("first")
    )
    rows = rows.alias(
        first_rate=Subquery(first_rate),
        last_month=Least(Coalesce("until", Value(current)), Value(current)),
    ).alias(first_month=Greatest("since", Coalesce("first_rate", F("since"))))
    paid = (
        HouseholdMonth.objects.filter(
            household=OuterRef("pk"),
            released_at=None,
            month__gte=OuterRef("first_month"),
            month__lte=OuterRef("last_month"),
        )
        .order_by()
        .values("household")
        .annotate(count=Count("pk"))
        .values("count")
    )
    whole = (
        (ExtractYear("last_month") - ExtractYear("first_month")) * 12
        + ExtractMonth("last_month")
        - ExtractMonth("first_month")
        + 1
    )
    return rows.annotate(
        owed=Case(
            When(first_rate=None, then=0),
            When(last_month__lt=F("first_month"), then=0),
            default=whole - Coalesce(Subquery(paid), 0),
            output_field=IntegerField(),
        )
    )


def with_months(rows: QuerySet[Household]) -> QuerySet[Household]:
    """Return `rows` that bring their rates and paid months along: two queries for all of them."""
    paid = HouseholdMonth.objects.filter(released_at=None)
    return rows.prefetch_related("rates", Prefetch("paid_months", queryset=paid))


def in_order(rows: QuerySet[Household]) -> QuerySet[Household]:
    """Return `rows` as one walks along the street: หมู่ที่, then 2, 2/1, 2/10, 11, 11/2."""
    digits = Case(
        When(house_no__contains="/", then=StrIndex("house_no", Value("/")) - 1),
        default=Length("house_no"),
        output_field=IntegerField(),
    )
    return rows.alias(
        digits=digits, front=Substr("house_no", 1, digits), letters=Length("house_no")
    ).order_by(*ORDER)


def search(rows: QuerySet[Household], asked: str) -> QuerySet[Household]:
    """Return those in which every word of `asked` is: house number, หมู่ที่, name."""
    for word in search_key(asked).split()[:WORDS]:
        rows = rows.filter(search_text__contains=word)
    return rows


def without_rate(rows: QuerySet[Household]) -> QuerySet[Household]:
    """Return those whose rate nobody has set: they owe nothing until somebody does."""
    return rows.filter(~Exists(HouseholdRate.objects.filter(household=OuterRef("pk"))))


def owing(rows: QuerySet[Household], least: int) -> QuerySet[Household]:
    """Return those that owe at least `least` months; `rows` of with_what_is_owed."""
    return rows.filter(Q(owed__gte=least))
