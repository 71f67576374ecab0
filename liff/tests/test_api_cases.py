"""Her cases over the API: what she reads, what she may still say, and nobody else's."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bannmae import testing
from bannmae.models import Division, Staff
from chatops.models import OutboundMessage, Resident
from complaints import workflow
from complaints.models import Complaint, Feedback, Order, Status, TimelineEntry
from complaints.workflow import ExecutiveOrder
from liff.api.paging import PAGE
from liff.tests.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(somsri: Resident) -> Complaint:
    """A case of สมศรี."""
    return testing.make_complaint(somsri, photos=[testing.make_photo()])


def _move(case: Complaint, to: Status, by: Staff, **arguments: Any) -> TimelineEntry:
    case.refresh_from_db()
    return workflow.move(case.pk, to, by=by, version=case.version, **arguments)


def _assign(case: Complaint, by: Staff) -> None:
    order = ExecutiveOrder(
        decision=Order.Decision.ASSIGN,
        ordered_by="ปลัดเทศบาล",
        ordered_on=date(2026, 1, 5),
        division=Division.objects.get(slug="engineering"),
    )
    _move(case, Status.ASSIGNED, by, order=order)


def _complete(case: Complaint, by: Staff) -> None:
    _assign(case, by)
    photos = [testing.make_photo()]
    _move(case, Status.COMPLETED, by, note="ซ่อมแล้ว", internal_note="ลับ", photos=photos)


# -- reading ------------------------------------------------------------------------------


def test_she_reads_her_case_and_every_public_step(
    as_somsri: Caller, case: Complaint, legal_officer: Staff
) -> None:
    workflow.note_internally(case, legal_officer, "บันทึกภายในเท่านั้น")
    workflow.note_printed([case], legal_officer, "บันทึกข้อความ")
    _complete(case, legal_officer)
    answer = as_somsri.get(f"complaints/{case.number}")
    assert answer.status_code == 200
    told = answer.json()
    assert told["number"] == case.number
    assert (told["status"], told["status_label"]) == ("completed", "ดำเนินการแล้วเสร็จ")
    assert (told["category"], told["category_name"]) == ("road", "ถนน/ทางเท้าชำรุด")
    assert told["division"] == "กองช่าง"
    assert (told["village"], told["place"]) == (3, "หน้าวัดบ้านแม")
    assert (told["latitude"], told["longitude"]) == (None, None)
    assert told["created_at"].endswith("+07:00")
    assert [one["status"] for one in told["timeline"]] == ["received", "assigned", "completed"]
    assert told["timeline"][2]["status_label"] == "ดำเนินการแล้วเสร็จ"
    assert told["timeline"][2]["note"] == "ซ่อมแล้ว"
    assert len(told["timeline"][2]["photos"]) == len(told["photos"]) == 1
    assert set(told["photos"][0]) == {"url", "thumbnail_url", "width", "height"}
    text = answer.content.decode()
    for secret in ("ภายในเท่านั้น", "ลับ", "1234567890121", testing.PHONE, "สมศรี ใจดี"):
        assert secret not in text


def test_positions_are_numbers(as_somsri: Caller, report: dict[str, Any]) -> None:
    number = as_somsri.file(report).json()["number"]
    told = as_somsri.get(f"complaints/{number}").json()
    assert (told["latitude"], told["longitude"], told["accuracy_m"]) == (18.6137, 98.8936, 13)


def test_another_residents_case_is_not_there(
    as_neighbour: Caller, as_somsri: Caller, case: Complaint
) -> None:
    own = as_somsri.get(f"complaints/{case.number}")
    assert own.status_code == 200
    none = as_neighbour.get("complaints/69-9999")
    for path, body in (
        ("", None),
        ("/feedback", {"resolved": False}),
        ("/withdraw", {}),
        ("/additions", {"text": "x"}),
    ):
        where = f"complaints/{case.number}{path}"
        answer = as_neighbour.get(where) if body is None else as_neighbour.post(where, body)
        assert answer.status_code == 404, path
        assert answer.json() == none.json()
    assert as_neighbour.get("complaints").json() == []
    case.refresh_from_db()
    assert case.status == "received"


@pytest.mark.parametrize("number", ["x", "69-0001'", "%00", "ก", "9" * 300, "69_0001", "%0a"])
def test_made_up_numbers_lead_nowhere(as_somsri: Caller, number: str) -> None:
    assert as_somsri.get(f"complaints/{number}").status_code == 404
    assert as_somsri.get(f"complaints?before={number}").json() == []


def test_a_walk_in_case_is_nobodys_here(as_somsri: Caller) -> None:
    case = testing.make_complaint()
    Complaint.objects.filter(pk=case.pk).update(resident=None)
    assert as_somsri.get(f"complaints/{case.number}").status_code == 404


def test_her_cases_come_newest_first_page_by_page(as_somsri: Caller, somsri: Resident) -> None:
    numbers = [testing.make_complaint(somsri).number for _ in range(PAGE + 2)]
    testing.make_complaint()
    answer = as_somsri.get("complaints")
    rows = answer.json()
    assert [row["number"] for row in rows] == numbers[::-1][:PAGE]
    assert {"status", "status_label", "subject", "category_name", "created_at"} <= set(rows[0])
    address, rel = answer["Link"].split("; ")
    assert rel == 'rel="next"'
    rest = as_somsri.get(address.strip("<>"))
    assert [row["number"] for row in rest.json()] == numbers[::-1][PAGE:]
    assert "Link" not in rest


def test_lists_and_cases_cost_the_same_however_long(
    as_somsri: Caller, somsri: Resident, legal_officer: Staff
) -> None:
    case = testing.make_complaint(somsri, photos=[testing.make_photo()])
    _complete(case, legal_officer)
    as_somsri.get("complaints")  # what each process keeps is fetched
    for path, most in (("complaints", 3), (f"complaints/{case.number}", 5)):
        with CaptureQueriesContext(connection) as few:
            as_somsri.get(path)
        for _ in range(3):
            testing.make_complaint(somsri)
        workflow.give_feedback(case, resolved=True) if "/" in path else None
        with CaptureQueriesContext(connection) as many:
            as_somsri.get(path)
        assert len(few) == len(many) <= most


# -- what she may still say --------------------------------------------------------------------


def test_she_says_that_it_was_done(
    as_somsri: Caller, case: Complaint, legal_officer: Staff
) -> None:
    _complete(case, legal_officer)
    assert as_somsri.get(f"complaints/{case.number}").json()["actions"] == ["feedback"]
    answer = as_somsri.post(
        f"complaints/{case.number}/feedback",
        {"resolved": True, "rating": 5, "comment": "ขอบคุณ\x00"},
    )
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    feedback = Feedback.objects.get()
    assert (feedback.resolved, feedback.rating, feedback.comment) == (True, 5, "ขอบคุณ")


def test_what_was_not_done_is_opened_again(
    as_somsri: Caller, case: Complaint, legal_officer: Staff
) -> None:
    _complete(case, legal_officer)
    answer = as_somsri.post(f"complaints/{case.number}/feedback", {"resolved": False})
    assert answer.json()["status_label"] == "เปิดเรื่องอีกครั้ง"
    told = as_somsri.get(f"complaints/{case.number}").json()
    assert [one["kind"] for one in told["timeline"]][-2:] == ["feedback", "status"]
    assert told["timeline"][-1]["status"] == "reopened"
    assert told["actions"] == ["additions", "withdraw"]
    # Once is enough.
    again = as_somsri.post(f"complaints/{case.number}/feedback", {"resolved": False})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "resolved"),
        ({"resolved": "no"}, "resolved"),
        ({"resolved": True, "rating": 0}, "rating"),
        ({"resolved": True, "rating": 6}, "rating"),
        ({"resolved": True, "rating": 4.5}, "rating"),
        ({"resolved": True, "comment": "ก" * 1001}, "comment"),
    ],
)
def test_feedback_that_is_wrong_is_told(
    as_somsri: Caller, case: Complaint, legal_officer: Staff, body: Any, field: str
) -> None:
    _complete(case, legal_officer)
    answer = as_somsri.post(f"complaints/{case.number}/feedback", body)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_feedback_comes_after_completion(as_somsri: Caller, case: Complaint) -> None:
    answer = as_somsri.post(f"complaints/{case.number}/feedback", {"resolved": True})
    assert answer.status_code == 409
    assert answer.json() == {"detail": "ให้ความเห็นได้เมื่อดำเนินการแล้วเสร็จเท่านั้น"}


def test_she_takes_her_case_back_once(as_somsri: Caller, case: Complaint) -> None:
    answer = as_somsri.post(f"complaints/{case.number}/withdraw", {"note": "แก้ไขเองแล้ว"})
    assert (answer.status_code, answer.json()["status_label"]) == (200, "ผู้แจ้งถอนเรื่อง")
    told = as_somsri.get(f"complaints/{case.number}").json()
    assert told["timeline"][-1]["note"] == "แก้ไขเองแล้ว"
    assert told["actions"] == []
    again = as_somsri.post(f"complaints/{case.number}/withdraw")
    assert again.status_code == 409
    assert again.json() == {"detail": "เรื่องนี้สิ้นสุดแล้ว จึงถอนไม่ได้"}


def test_with_a_key_a_second_tap_changes_nothing(as_somsri: Caller, case: Complaint) -> None:
    key = uuid.uuid4()
    first = as_somsri.post(f"complaints/{case.number}/withdraw", key=key)
    second = as_somsri.post(f"complaints/{case.number}/withdraw", key=key)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    # The same key means the same request: not another one's.
    other = as_somsri.post(f"complaints/{case.number}/additions", {"text": "x"}, key=key)
    assert other.status_code == 409
    assert as_somsri.post(f"complaints/{case.number}/withdraw", key="x").status_code == 400


def test_she_answers_what_was_asked(
    as_somsri: Caller, case: Complaint, legal_officer: Staff, photo: bytes
) -> None:
    _assign(case, legal_officer)
    _move(case, Status.IN_PROGRESS, legal_officer)
    _move(case, Status.WAITING, legal_officer, note="ขอภาพเพิ่ม")
    workflow.mark_read(case)
    token = as_somsri.upload(photo).json()["id"]
    key = uuid.uuid4()
    body = {"text": "ภาพมุมกว้าง", "photos": [token]}
    answer = as_somsri.post(f"complaints/{case.number}/additions", body, key=key)
    assert (answer.status_code, answer.json()["status"]) == (200, "waiting")
    assert as_somsri.post(f"complaints/{case.number}/additions", body, key=key).status_code == 200
    told = as_somsri.get(f"complaints/{case.number}").json()
    step = told["timeline"][-1]
    assert (step["kind"], step["status"], step["note"]) == ("addition", "", "ภาพมุมกว้าง")
    assert step["status_label"] == "ข้อมูลเพิ่มเติมจากผู้แจ้ง"
    assert len(step["photos"]) == 1
    assert [one["kind"] for one in told["timeline"]].count("addition") == 1
    case.refresh_from_db()
    assert case.read_at is None


def test_an_addition_has_something_in_it(as_somsri: Caller, case: Complaint) -> None:
    answer = as_somsri.post(f"complaints/{case.number}/additions", {"text": " \u200b"})
    assert (answer.status_code, answer.json()) == (400, {"text": ["โปรดพิมพ์ข้อมูลหรือแนบภาพ"]})
    answer = as_somsri.post(f"complaints/{case.number}/additions", {"photos": ["nobody's"]})
    assert list(answer.json()) == ["photos"]
    workflow.withdraw(case)
    answer = as_somsri.post(f"complaints/{case.number}/additions", {"text": "อีกเรื่อง"})
    assert answer.status_code == 409


def test_a_refused_addition_keeps_its_photos(
    as_somsri: Caller, case: Complaint, photo: bytes
) -> None:
    token = as_somsri.upload(photo).json()["id"]
    workflow.withdraw(case)
    answer = as_somsri.post(f"complaints/{case.number}/additions", {"photos": [token]})
    assert answer.status_code == 409
    assert as_somsri.get(f"photos/{token}").status_code == 200


def test_what_she_does_is_told_to_her_once(as_somsri: Caller, case: Complaint) -> None:
    OutboundMessage.objects.all().delete()
    as_somsri.post(f"complaints/{case.number}/withdraw")
    alt = [one.messages[0]["altText"] for one in OutboundMessage.objects.all()]
    assert alt == [f"เรื่องเลขที่ {case.number} ผู้แจ้งถอนเรื่อง"]
