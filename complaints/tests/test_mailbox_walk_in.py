"""รับเรื่องแทนประชาชน: what is told at the counter or by telephone."""

from __future__ import annotations

import pytest

from bannmae.models import Staff
from chatops.models import OutboundMessage
from complaints.models import Category, Complaint, Status, TimelineEntry
from complaints.tests.desk import (
    LIST,
    as_,
    page,
    picture_file,
)

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


# -- รับเรื่องแทนประชาชน -------------------------------------------------------------

ADD = f"{LIST}add/"


def walk_in(**changes: object) -> dict[str, object]:
    """What the form posts."""
    return {
        "via": "phone",
        "category": Category.objects.get(slug="street-light").pk,
        "subject": "ไฟดับ",
        "details": "ไฟดับสามดวง",
        "village": "4",
        "place": "หน้าวัด",
        "full_name": "ตาคำ",
        "phone": "๐๘๑-๒๓๔ ๕๖๗๘",
        "national_id": "1-2345-67890-12-1",
        "acknowledged": "on",
    } | changes


def test_a_telephone_call_becomes_a_case_by_the_same_door(legal_officer: Staff) -> None:
    answer = as_(legal_officer).post(ADD, walk_in(photos=[picture_file()]))
    made = Complaint.objects.get()
    assert answer["Location"] == page(made)
    assert (made.via, made.phone, made.national_id) == ("phone", "0812345678", "1234567890121")
    assert (made.village, made.resident, made.status) == (4, None, Status.RECEIVED)
    assert made.photos.count() == 1
    assert made.notice_acknowledged_at is not None
    assert not OutboundMessage.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "123"}, "phone"),
        ({"national_id": "1234567890123"}, "national_id"),
        ({"category": ""}, "category"),
        ({"subject": " "}, "subject"),
        ({"acknowledged": ""}, "acknowledged"),
        ({"via": "liff"}, "via"),
        ({"village": "100"}, "village"),
        ({"incident_at": "2999-01-01T10:00"}, "incident_at"),
    ],
)
def test_a_walk_in_form_with_errors_keeps_what_was_typed(
    legal_officer: Staff, changes: dict[str, object], field: str
) -> None:
    answer = as_(legal_officer).post(ADD, walk_in(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "ไฟดับสามดวง" in answer.content.decode()
    assert not Complaint.objects.exists()


def test_a_category_that_needs_an_id_asks_for_it(legal_officer: Staff) -> None:
    Category.objects.filter(slug="street-light").update(national_id="required")
    answer = as_(legal_officer).post(ADD, walk_in(national_id=""))
    assert "national_id" in answer.context["form"].errors
    Category.objects.filter(slug="street-light").update(national_id="off")
    as_(legal_officer).post(ADD, walk_in())
    assert Complaint.objects.get().national_id == ""


def test_who_takes_in_a_restricted_case_does_not_see_it(legal_officer: Staff) -> None:
    restricted = Category.objects.get(slug="misconduct")
    answer = as_(legal_officer).post(ADD, walk_in(category=restricted.pk))
    assert answer["Location"] == LIST
    assert Complaint.objects.get().category == restricted
    assert TimelineEntry.objects.count() == 1


def test_officers_without_the_permission_take_in_nothing(engineer: Staff) -> None:
    assert as_(engineer).get(ADD).status_code == 403
    assert as_(engineer).post(ADD, walk_in()).status_code == 403
    assert "รับเรื่องแทนประชาชน" not in as_(engineer).get(LIST).content.decode()
