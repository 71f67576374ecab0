"""The case page at work: moves, what the resident will read, two officers at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import testing
from bannmae.models import Division, Signatory, Staff
from chatops.models import OutboundMessage, Resident
from complaints import workflow
from complaints.models import Complaint, Order, Photo, Status
from complaints.tests.desk import (
    LIST,
    as_,
    order_fields,
    order_of,
    page,
    picture_file,
)

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def case(somsri: Resident) -> Complaint:
    """A new case of กองช่าง."""
    return testing.make_complaint(somsri)


@pytest.fixture
def assigned(case: Complaint, legal_officer: Staff) -> Complaint:
    """The same, assigned to กองช่าง."""
    workflow.move(case.pk, Status.ASSIGNED, by=legal_officer, version=1, order=order_of(case))
    case.refresh_from_db()
    return case


def stored_files(folder: Path) -> int:
    """How many files the private storage holds."""
    return sum(1 for path in folder.rglob("*") if path.is_file())


# -- what is offered -----------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_only_legal_moves_are_offered_the_dangerous_ones_apart(
    case: Complaint, legal_officer: Staff, status: Status
) -> None:
    original = testing.make_complaint() if status == Status.DUPLICATE else None
    Complaint.objects.filter(pk=case.pk).update(status=status, duplicate_of=original)
    case.refresh_from_db()
    shown = as_(legal_officer).get(page(case))
    offered = {button.to: button for button in shown.context["moves"]}
    assert set(offered) == workflow.MOVES[status]
    for to, button in offered.items():
        assert button.dangerous == (to in {Status.CLOSED, Status.REJECTED, Status.DUPLICATE})


@pytest.mark.parametrize("to", list(Status))
def test_an_illegal_move_is_refused_below_the_page_too(
    assigned: Complaint, legal_officer: Staff, to: Status
) -> None:
    fields = order_fields(assigned, note="เหตุผล", duplicate_of=testing.make_complaint().number)
    before = assigned.timeline.count()
    answer = as_(legal_officer).post(page(assigned, "move", to.value), fields)
    legal = to in workflow.MOVES[Status.ASSIGNED]
    assert answer.status_code == (302 if legal else 409)
    assert assigned.timeline.count() == before + legal
    if not legal:
        assert "เหตุผล" in answer.content.decode(), "what was typed stays"


def test_there_is_no_other_way_to_change_a_case(case: Complaint, legal_officer: Staff) -> None:
    client = as_(legal_officer)
    assert client.post(page(case), {"status": "completed"}).status_code == 404
    assert client.post(f"{LIST}{case.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(page(case, "move", "nonsense"), {"version": 1}).status_code == 404
    led = client.get(page(case, "move", "submitted"))
    assert led["Location"] == f"{page(case)}?to=submitted#move"
    case.refresh_from_db()
    assert case.status == Status.RECEIVED


# -- moving --------------------------------------------------------------------------


def test_a_move_writes_status_note_and_notice(case: Complaint, legal_officer: Staff) -> None:
    answer = as_(legal_officer).post(
        page(case, "move", "submitted"),
        {"version": 1, "note": "เสนอนายกแล้ว", "internal_note": "รอแฟ้มคืน"},
    )
    assert answer["Location"] == page(case)
    entry = case.timeline.get(status=Status.SUBMITTED)
    assert (entry.note, entry.internal_note, entry.by) == (
        "เสนอนายกแล้ว",
        "รอแฟ้มคืน",
        legal_officer,
    )
    told = OutboundMessage.objects.get(dedupe_key=f"timeline:{entry.pk}")
    assert "เสนอนายกแล้ว" in str(told.messages)
    assert "รอแฟ้มคืน" not in str(told.messages)


def test_assigning_takes_the_executives_order_with_the_signed_paper(
    case: Complaint, legal_officer: Staff, health_officer: Staff
) -> None:
    health = Division.objects.get(slug="health")
    fields = order_fields(
        case, division=health.pk, order_text="เร่งด่วน", scan=picture_file("signed.jpg")
    )
    assert as_(legal_officer).post(page(case, "move", "assigned"), fields).status_code == 302
    order = Order.objects.get()
    assert (order.division, order.text, order.decision) == (health, "เร่งด่วน", "assign")
    assert order.scan
    case.refresh_from_db()
    assert (case.status, case.division, case.read_at) == (Status.ASSIGNED, health, None)
    shown = as_(health_officer).get(page(case)).content.decode()
    assert "นายกเทศมนตรีตำบลบ้านแม" in shown
    assert page(case, "scan", order.entry_id) in shown


def test_who_passes_a_case_out_of_his_reach_lands_on_the_list(
    assigned: Complaint, engineer: Staff
) -> None:
    fields = order_fields(assigned, division=Division.objects.get(slug="health").pk)
    answer = as_(engineer).post(page(assigned, "move", "assigned"), fields)
    assert answer["Location"] == LIST
    assert as_(engineer).get(page(assigned)).status_code == 404


def test_the_order_begins_with_who_signs_today(case: Complaint, legal_officer: Staff) -> None:
    Signatory.objects.filter(office=Signatory.Office.MAYOR).delete()
    Signatory.objects.create(
        office=Signatory.Office.MAYOR,
        name="นายใหม่ คนดี",
        title="รองนายกเทศมนตรี",
        acting="ปฏิบัติราชการแทนนายกเทศมนตรีตำบลบ้านแม",
    )
    form = as_(legal_officer).get(f"{page(case)}?to=assigned").context["move_form"]
    assert form["ordered_by"].value().startswith("นายใหม่ คนดี รองนายกเทศมนตรี ปฏิบัติราชการแทน")
    assert form["ordered_on"].value() == timezone.localdate()
    assert form["division"].value() == case.division_id


def test_finished_work_is_shown_with_its_photos(assigned: Complaint, engineer: Staff) -> None:
    answer = as_(engineer).post(
        page(assigned, "move", "completed"),
        {
            "version": assigned.version,
            "note": "ซ่อมเสร็จแล้ว",
            "photos": [picture_file("a.jpg"), picture_file("b.jpg", colour="#112233")],
        },
    )
    assert answer.status_code == 302
    entry = assigned.timeline.get(status=Status.COMPLETED)
    assert Photo.objects.filter(entry=entry).count() == 2
    shown = as_(engineer).get(page(assigned)).content.decode()
    for photo in Photo.objects.filter(entry=entry):
        assert page(assigned, "thumbnail", photo.token) in shown


def test_a_case_is_joined_to_an_older_one(case: Complaint, legal_officer: Staff) -> None:
    original = testing.make_complaint()
    answer = as_(legal_officer).post(
        page(case, "move", "duplicate"), {"version": 1, "duplicate_of": f" {original.number} "}
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.duplicate_of == original


@pytest.mark.parametrize(
    ("to", "changes", "field"),
    [
        ("rejected", {}, "note"),
        ("referred", {}, "note"),
        ("duplicate", {"duplicate_of": "69-9999"}, "duplicate_of"),
        ("duplicate", {"duplicate_of": ""}, "duplicate_of"),
        ("assigned", {"ordered_by": ""}, "ordered_by"),
        ("assigned", {"division": ""}, "division"),
        ("assigned", {"ordered_on": "2999-01-01"}, "ordered_on"),
        ("assigned", {"decision": "other"}, "order_text"),
        ("assigned", {"decision": "nonsense"}, "decision"),
        ("submitted", {"note": "ก" * 1001}, "note"),
    ],
)
def test_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(
    case: Complaint, legal_officer: Staff, to: str, changes: dict[str, str], field: str
) -> None:
    fields = order_fields(case, internal_note="จดไว้กันลืม") | changes
    answer = as_(legal_officer).post(page(case, "move", to), fields)
    assert answer.status_code == 422
    form = answer.context["move_form"]
    assert field in form.errors
    assert "จดไว้กันลืม" in answer.content.decode()
    told = as_(legal_officer).post(page(case, "move", to), fields, headers=FETCH)
    assert told.status_code == 422
    assert list(told.json()["errors"]) == [field]
    case.refresh_from_db()
    assert (case.status, case.version) == (Status.RECEIVED, 1)


def test_a_broken_photo_is_named_and_leaves_no_file_behind(
    assigned: Complaint, engineer: Staff, private_storage: Path
) -> None:
    before = stored_files(private_storage)
    fields = {
        "version": assigned.version,
        "note": "เสร็จแล้ว",
        "photos": [
            picture_file("good.jpg"),
            SimpleUploadedFile("bad.jpg", b"\xff\xd8\xff not a picture", "image/jpeg"),
        ],
    }
    answer = as_(engineer).post(page(assigned, "move", "completed"), fields, headers=FETCH)
    assert answer.status_code == 422
    assert answer.json()["errors"]["photos"][0].startswith("bad.jpg: ")
    assert stored_files(private_storage) == before
    assert not Photo.objects.exists()


def test_eleven_photos_are_too_many(assigned: Complaint, engineer: Staff) -> None:
    answer = as_(engineer).post(
        page(assigned, "move", "completed"),
        {
            "version": assigned.version,
            "photos": [picture_file(f"{index}.jpg") for index in range(11)],
        },
    )
    assert "ไม่เกิน 10 ภาพ" in str(answer.context["move_form"].errors["photos"])


def test_a_move_that_fails_keeps_no_files(
    assigned: Complaint, engineer: Staff, private_storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("no notice")

    before = stored_files(private_storage)
    monkeypatch.setattr("complaints.notices.tell", fail)
    with pytest.raises(RuntimeError):
        as_(engineer).post(
            page(assigned, "move", "completed"),
            {"version": assigned.version, "photos": [picture_file()]},
        )
    assert stored_files(private_storage) == before


# -- two officers at once ------------------------------------------------------------


def test_the_second_of_two_officers_is_told_and_overwrites_nothing(
    case: Complaint, legal_officer: Staff, private_storage: Path
) -> None:
    colleague = testing.make_legal_officer()
    for client in (as_(legal_officer), as_(colleague)):
        assert client.get(f"{page(case)}?to=referred").context["move_form"]["version"].value() == 1
    as_(legal_officer).post(page(case, "move", "submitted"), {"version": 1, "note": "คนแรก"})
    before = stored_files(private_storage)
    fields = {"version": 1, "note": "คนที่สองพิมพ์ไว้", "photos": [picture_file()]}
    answer = as_(colleague).post(page(case, "move", "referred"), fields)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "มีผู้ดำเนินการเรื่องนี้ไปก่อนท่าน" in text
    assert "เสนอผู้บริหารพิจารณา" in text
    assert "คนที่สองพิมพ์ไว้" in text
    assert stored_files(private_storage) == before
    fields = {"version": 1, "note": "คนที่สองพิมพ์ไว้"}
    told = as_(colleague).post(page(case, "move", "referred"), fields, headers=FETCH)
    assert told.status_code == 409
    assert told.json()["overtaken"]
    case.refresh_from_db()
    assert (case.status, case.version) == (Status.SUBMITTED, 2)
    assert [entry.note for entry in case.timeline.all()] == ["", "คนแรก"]

    # Having read what happened, he may send the page as it now stands.
    version = answer.context["move_form"]["version"].value()
    answer = as_(colleague).post(
        page(case, "move", "referred"), {"version": version, "note": "คนที่สองพิมพ์ไว้"}
    )
    assert answer.status_code == 302


def test_the_same_click_twice_moves_once(case: Complaint, legal_officer: Staff) -> None:
    for _ in range(2):
        as_(legal_officer).post(page(case, "move", "submitted"), {"version": 1})
    assert case.timeline.filter(status=Status.SUBMITTED).count() == 1


def test_a_move_that_is_not_possible_any_more_gives_its_words_back(
    assigned: Complaint, engineer: Staff
) -> None:
    workflow.move(assigned.pk, Status.COMPLETED, by=engineer, version=assigned.version, note="เสร็จ")
    answer = as_(engineer).post(
        page(assigned, "move", "in_progress"),
        {"version": assigned.version, "note": "กำลังขนของ", "internal_note": "รถคันที่ 2"},
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "กำลังขนของ" in text
    assert "รถคันที่ 2" in text


# -- what it costs -------------------------------------------------------------------


@pytest.mark.parametrize("to", ["submitted", "assigned"])
def test_a_move_costs_few_queries(case: Complaint, legal_officer: Staff, to: str) -> None:
    client = as_(legal_officer)
    fields = order_fields(case, note="ดำเนินการ", internal_note="จด")
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        assert client.post(page(case, "move", to), fields).status_code == 302
    real = [
        query["sql"]
        for query in found.captured_queries
        if not re.match(r"(SAVEPOINT|RELEASE|BEGIN|COMMIT)", query["sql"])
    ]
    assert len(real) <= 12, "\n".join(sql[:90] for sql in real)
