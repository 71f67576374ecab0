"""What is sent again, comes too late or by a link: nothing is lost and nothing is saved twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bannmae import testing
from bannmae.models import Staff
from complaints.models import Complaint, Status, TimelineEntry
from complaints.tests.desk import LIST, as_, order_fields, page, picture_file

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def case() -> Complaint:
    """A case that waits for the legal officer."""
    return testing.make_complaint()


@pytest.fixture
def legal_officer() -> Staff:
    """Who moves it."""
    return testing.make_legal_officer()


@pytest.mark.parametrize("name", ["note", "accused", "preview", "reveal", "print_sheet"])
def test_signing_in_again_leads_back_to_the_case(
    case: Complaint, legal_officer: Staff, name: str
) -> None:
    url = page(case, name)
    out = Client().post(url)
    assert out["Location"].endswith(f"/login/?next={url}")
    signed_in = as_(legal_officer).get(url, follow=True)
    assert signed_in.redirect_chain == [(page(case), 302)]
    assert signed_in.status_code == 200


def test_other_methods_are_still_refused(case: Complaint, legal_officer: Staff) -> None:
    assert as_(legal_officer).put(page(case, "note")).status_code == 405


@pytest.mark.parametrize("headers", [{}, FETCH])
def test_a_move_sent_again_is_said_to_be_saved(
    case: Complaint, legal_officer: Staff, headers: dict[str, str]
) -> None:
    client = as_(legal_officer)
    typed = order_fields(case, note="ช่างจะไปดูพรุ่งนี้", internal_note="รีบ")
    for _ in range(2):
        answer = client.post(page(case, "move", "assigned"), typed, headers=headers)
    if headers:
        assert answer.json() == {"url": page(case)}
    else:
        assert answer["Location"] == page(case)
    assert case.timeline.filter(status=Status.ASSIGNED).count() == 1
    assert "บันทึกไว้แล้วตั้งแต่ครั้งก่อน" in client.get(page(case)).content.decode()


@pytest.mark.parametrize(
    "changes", [{"note": "อีกอย่างหนึ่ง"}, {"ordered_by": "ปลัดเทศบาล"}, {"photos": True}]
)
def test_whatever_differs_is_not_said_to_be_saved(
    case: Complaint, legal_officer: Staff, changes: dict[str, Any]
) -> None:
    client = as_(legal_officer)
    typed = order_fields(case, note="ช่างจะไปดูพรุ่งนี้")
    client.post(page(case, "move", "assigned"), typed)
    if "photos" in changes:
        changes = {"photos": [picture_file()]}
    answer = client.post(page(case, "move", "assigned"), typed | changes, headers=FETCH)
    assert answer.status_code == 409
    assert answer.json()["overtaken"]


def test_the_same_words_of_a_colleague_are_not_mine(case: Complaint, legal_officer: Staff) -> None:
    typed = order_fields(case, note="ช่างจะไปดูพรุ่งนี้")
    as_(testing.make_legal_officer()).post(page(case, "move", "assigned"), typed)
    answer = as_(legal_officer).post(page(case, "move", "assigned"), typed, headers=FETCH)
    assert answer.status_code == 409


def test_a_note_sent_again_is_one_note(case: Complaint, legal_officer: Staff) -> None:
    client = as_(legal_officer)
    notes = case.timeline.filter(kind=TimelineEntry.Kind.NOTE)
    for _ in range(2):
        answer = client.post(page(case, "note"), {"internal_note": "โทรแล้ว"}, headers=FETCH)
        assert answer.json() == {"url": page(case)}
    assert notes.count() == 1
    client.post(page(case, "note"), {"internal_note": "โทรอีกครั้ง"})
    client.post(page(case, "note"), {"internal_note": "โทรแล้ว"})
    assert notes.count() == 3
    refused = client.post(page(case, "note"), {"internal_note": " "}, headers=FETCH)
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["internal_note"]


def test_a_stale_page_is_told_in_thai_what_to_do(legal_officer: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(legal_officer)
    answer = client.post(f"{LIST}add/", {"subject": "ถนนเป็นหลุม"})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "ข้อความที่พิมพ์ยังอยู่ในหน้าเดิม" in text
    assert "แล้วกดส่งอีกครั้ง" in text
    assert "Forbidden" not in text
    assert not Complaint.objects.exists()


def test_blank_lines_of_a_report_are_kept(legal_officer: Staff) -> None:
    case = testing.make_complaint(details="ข้อหนึ่ง\n\nข้อสอง <b>")
    text = as_(legal_officer).get(page(case)).content.decode()
    assert '<div class="bm-words">ข้อหนึ่ง\n\nข้อสอง &lt;b&gt;</div>' in text
