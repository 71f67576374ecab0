"""Kept reference data: an edit is seen at once, also one that is seen before it is committed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from bannmae import reference
from bannmae.models import HOLIDAYS, Division, Holiday
from complaints.models import Category

DAY = date(2030, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_what_was_kept_before_the_commit_is_forgotten_after_it() -> None:
    before = Holiday.dates()
    with transaction.atomic():
        Holiday.objects.create(date=DAY, name="ก")
        # A request of another thread, which does not see the new row yet.
        reference.kept(HOLIDAYS, lambda: before)
    assert DAY in Holiday.dates()


@pytest.mark.django_db(transaction=True)
def test_categories_follow_their_own_edits_and_their_divisions() -> None:
    category = Category.open_for("road")
    assert category is not None
    division = Division.objects.get(pk=category.division_id)
    division.short_name = "กองใหม่"
    division.save()
    again = Category.open_for("road")
    assert again is not None
    assert again.division.short_name == "กองใหม่"
    again.is_active = False
    again.save()
    assert Category.open_for("road") is None


@pytest.mark.django_db
def test_what_is_not_there_is_not_kept() -> None:
    assert Category.open_for("no such thing") is None
    category = Category.objects.get(slug="road")
    category.slug = "no-such-thing"
    category.save()
    assert Category.open_for("no-such-thing") == category


def test_two_rooms_keep_things_of_one_model(db: None) -> None:
    forgotten: list[str] = []
    for name in ("one", "two"):
        reference.forget_when_saved(
            Holiday, lambda _holiday, name=name: forgotten.append(name) or []
        )
    Holiday.objects.create(date=date(2031, 1, 2), name="x")
    assert {"one", "two"} <= set(forgotten)
