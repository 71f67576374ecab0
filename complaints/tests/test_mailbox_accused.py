"""Who is spoken of in a case is named, and can be taken back, by whom who still sees it."""

from __future__ import annotations

import pytest

from bannmae import testing
from bannmae.models import Staff
from complaints.models import Complaint
from complaints.tests.desk import LIST, allow, as_, page, restricted_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Complaint:
    """An everyday case of กองช่าง."""
    return testing.make_complaint()


def name(by: Staff, case: Complaint, *accused: Staff) -> int:
    """Name these officers as the page does; return the answer's status."""
    answer = as_(by).post(page(case, "accused"), {"accused": [one.pk for one in accused]})
    if answer.status_code == 422:
        assert "จะไม่เหลือผู้ใดที่เห็นเรื่องนี้" in answer.content.decode()
    return answer.status_code


def test_a_case_is_never_hidden_from_everybody(
    case: Complaint, legal_officer: Staff, engineer: Staff, executive: Staff
) -> None:
    root = testing.make_staff("root", is_superuser=True)
    everybody = [*Staff.objects.filter(is_active=True)]
    assert name(legal_officer, case, *everybody) == 422
    assert not case.accused.exists()
    assert not case.timeline.filter(kind="note").exists()
    assert name(legal_officer, case, *(one for one in everybody if one != root)) == 302
    assert as_(legal_officer).get(page(case)).status_code == 404
    assert name(root, case, engineer) == 302
    assert as_(legal_officer).get(page(case)).status_code == 200
    assert set(case.accused.all()) == {engineer}


def test_a_closed_account_and_one_without_the_permission_are_nobody(
    case: Complaint, legal_officer: Staff
) -> None:
    closed = testing.make_legal_officer()
    Staff.objects.filter(pk=closed.pk).update(is_active=False)
    testing.make_staff(divisions=("legal",))
    assert name(legal_officer, case, legal_officer) == 422
    assert not case.accused.exists()


def test_the_division_alone_could_not_take_a_name_back(
    case: Complaint, legal_officer: Staff, engineer: Staff
) -> None:
    assert name(legal_officer, case, legal_officer) == 422
    assert as_(engineer).get(page(case)).context["accused_form"] is None


def test_readers_of_a_restricted_case_leave_one_of_them(executive: Staff) -> None:
    first, second = allow(testing.make_legal_officer()), allow(testing.make_legal_officer())
    testing.make_staff("root", is_superuser=True)  # reads none of these
    hidden = restricted_case(first, second)
    assert name(first, hidden, first, second) == 422
    assert name(first, hidden, first) == 302
    assert as_(first).get(page(hidden)).status_code == 404
    assert name(second, hidden) == 302
    assert as_(first).get(page(hidden)).status_code == 200


def test_what_was_ticked_stays_ticked_beside_the_refusal(
    case: Complaint, legal_officer: Staff
) -> None:
    sent = {"accused": [legal_officer.pk]}
    shown = as_(legal_officer).post(page(case, "accused"), sent)
    assert shown.status_code == 422
    form = shown.context["accused_form"]
    assert [str(key) for key in form["accused"].value()] == [str(legal_officer.pk)]


def test_who_moves_no_case_takes_names_away_and_adds_none(
    case: Complaint, executive: Staff, legal_officer: Staff, engineer: Staff
) -> None:
    assert as_(executive).get(page(case)).context["accused_form"] is None
    assert name(legal_officer, case, legal_officer, engineer) == 302
    form = as_(executive).get(page(case)).context["accused_form"]
    assert set(form.fields["accused"].queryset) == {legal_officer, engineer}
    other = testing.make_engineer()
    answer = as_(executive).post(page(case, "accused"), {"accused": [other.pk, engineer.pk]})
    assert answer.status_code == 422
    assert set(case.accused.all()) == {legal_officer, engineer}
    assert name(executive, case, engineer) == 302
    assert set(case.accused.all()) == {engineer}
    assert as_(legal_officer).get(LIST).context["rows"]
