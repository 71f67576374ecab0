"""Categories in the admin, and who may open the door to restricted cases."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from bannmae import roles, testing
from bannmae.models import AccessLog, Staff
from complaints.models import Category
from complaints.tests.desk import as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the settings; no superuser."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


def fields(category: Category, **changes: Any) -> dict[str, Any]:
    """The form as it stands; a value of None leaves the field out."""
    stands: dict[str, Any] = {
        "kind": category.kind,
        "name": category.name,
        "division": category.division_id,
        "days_to_answer": category.days_to_answer,
        "day_kind": category.day_kind,
        "national_id": category.national_id,
        "location": category.location,
        "legal_basis": category.legal_basis,
        "order": category.order,
        "is_active": "on",
        "readers": [reader.pk for reader in category.readers.all()],
    }
    if category.restricted:
        stands["restricted"] = "on"
    return {name: value for name, value in (stands | changes).items() if value is not None}


def url(category: Category) -> str:
    """Its page."""
    return reverse("admin:complaints_category_change", args=[category.pk])


def test_the_keeper_changes_division_and_days(keeper: Staff) -> None:
    road = Category.objects.get(slug="road")
    assert as_(keeper).post(url(road), fields(road, days_to_answer=7)).status_code == 302
    road.refresh_from_db()
    assert road.days_to_answer == 7


def test_a_superuser_names_readers_and_it_is_noted(executive: Staff) -> None:
    superuser = testing.make_staff(is_superuser=True)
    secret = Category.objects.get(slug="misconduct")
    as_(superuser).post(url(secret), fields(secret, readers=[executive.pk]))
    assert list(secret.readers.all()) == [executive]
    note = AccessLog.objects.get(subject="category:misconduct")
    assert executive.username in note.detail
    assert note.staff == superuser


def test_the_keeper_names_neither_himself_nor_a_puppet(keeper: Staff, engineer: Staff) -> None:
    secret = Category.objects.get(slug="misconduct")
    for reader in (keeper, engineer):
        answer = as_(keeper).post(url(secret), fields(secret, readers=[reader.pk]))
        assert answer.status_code == 200
        assert "เพิ่มผู้เข้าถึงได้เฉพาะผู้ดูแลสูงสุด" in answer.content.decode()
    assert not secret.readers.exists()


def test_the_keeper_makes_no_new_category_with_a_reader(keeper: Staff) -> None:
    secret = Category.objects.get(slug="misconduct")
    add = reverse("admin:complaints_category_add")
    new = fields(secret, slug="again", name="อีกประเภท", readers=[keeper.pk])
    answer = as_(keeper).post(add, new)
    assert "เพิ่มผู้เข้าถึงได้เฉพาะผู้ดูแลสูงสุด" in answer.content.decode()
    assert as_(keeper).post(add, new | {"readers": []}).status_code == 302
    assert not Category.objects.get(slug="again").readers.exists()


def test_the_keeper_sets_no_password_of_a_reader(keeper: Staff, executive: Staff) -> None:
    Category.objects.get(slug="misconduct").readers.add(executive)
    before = executive.password
    answer = as_(keeper).post(f"/admin/bannmae/staff/{executive.pk}/one-time-password/")
    assert answer.status_code in (302, 403, 404)
    executive.refresh_from_db()
    assert executive.password == before


def test_the_keeper_does_not_open_the_door_to_all(keeper: Staff) -> None:
    secret = Category.objects.get(slug="misconduct")
    answer = as_(keeper).post(url(secret), fields(secret, restricted=None))
    assert answer.status_code == 200
    secret.refresh_from_db()
    assert secret.restricted
    superuser = testing.make_staff(is_superuser=True)
    as_(superuser).post(url(secret), fields(secret, restricted=None))
    secret.refresh_from_db()
    assert not secret.restricted


def test_a_category_is_taken_out_of_use_not_deleted(keeper: Staff) -> None:
    road = Category.objects.get(slug="road")
    superuser = testing.make_staff(is_superuser=True)
    for staff in (keeper, superuser):
        answer = as_(staff).post(f"/admin/complaints/category/{road.pk}/delete/", {"post": "yes"})
        assert answer.status_code == 403
    as_(keeper).post(url(road), fields(road, is_active=None))
    road.refresh_from_db()
    assert not road.is_active


def test_officers_read_categories_and_change_none(engineer: Staff) -> None:
    road = Category.objects.get(slug="road")
    assert as_(engineer).post(url(road), fields(road, days_to_answer=99)).status_code == 403
    road.refresh_from_db()
    assert road.days_to_answer == 15
