"""One case on one page: the preview, its notices, notes, the accused, what is shown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import testing
from bannmae.models import Division, Staff
from chatops.models import OutboundMessage, Resident
from complaints import workflow
from complaints.models import Complaint, Status
from complaints.tests.desk import (
    LIST,
    allow,
    as_,
    order_fields,
    order_of,
    page,
    restricted_case,
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


# -- the preview ---------------------------------------------------------------------


def sent_words(message: object) -> str:
    """Every text of a Flex message, in order."""
    if isinstance(message, dict):
        own = message.get("text", "") if message.get("type") == "text" else ""
        return " ".join([own, *(sent_words(value) for value in message.values())])
    if isinstance(message, list):
        return " ".join(sent_words(value) for value in message)
    return ""


@pytest.mark.parametrize("to", ["submitted", "assigned", "referred", "rejected"])
def test_the_preview_is_what_the_resident_then_reads(
    case: Complaint, legal_officer: Staff, to: str
) -> None:
    health = Division.objects.get(slug="health")
    fields = order_fields(case, note="ข้อความพิเศษ", to=to)
    if to == "assigned":
        fields["division"] = health.pk
    shown = as_(legal_officer).post(page(case, "preview"), fields)
    assert shown.status_code == 200
    card = shown.context["preview"].card
    assert not case.timeline.filter(status=to).exists(), "nothing is done yet"
    assert as_(legal_officer).post(page(case, "move", to), fields).status_code == 302
    told = OutboundMessage.objects.latest("id").messages[0]
    words = " ".join(sent_words(told["contents"]).split())
    for line in [card.band, card.title, *card.lines]:
        assert " ".join(line.split()) in words
    assert told["altText"] == card.alt_text
    assert told["sender"]["name"] == shown.context["preview"].sender


def test_the_preview_of_reopening_names_the_new_date(case: Complaint, legal_officer: Staff) -> None:
    Complaint.objects.filter(pk=case.pk).update(
        status=Status.COMPLETED, due_on=dt.date(2020, 1, 1), ended_at=timezone.now()
    )
    shown = as_(legal_officer).post(page(case, "preview"), {"to": "reopened"}).content.decode()
    assert "2563" not in shown


def test_a_note_in_the_preview_stays_text(case: Complaint, legal_officer: Staff) -> None:
    shown = as_(legal_officer).post(
        page(case, "preview"), {"to": "submitted", "note": "<img src=x onerror=alert(1)>"}
    )
    assert "<img src=x" not in shown.content.decode()


def test_nonsense_has_no_preview(case: Complaint, legal_officer: Staff) -> None:
    assert as_(legal_officer).post(page(case, "preview"), {"to": "nope"}).status_code == 400


def test_who_has_no_line_or_blocks_it_must_be_called(
    case: Complaint, legal_officer: Staff, somsri: Resident
) -> None:
    url = f"{page(case)}?to=submitted"
    somsri.blocked_at = timezone.now()
    somsri.save()
    assert "ส่งข้อความไม่ถึง" in as_(legal_officer).get(url).content.decode()
    Complaint.objects.filter(pk=case.pk).update(resident=None)
    assert "ไม่มีข้อความส่งออก" in as_(legal_officer).get(url).content.decode()


# -- what became of the notices ------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "words", "again"),
    [
        ("sent", "ส่งแล้ว", False),
        ("dead", "ส่งไม่สำเร็จ", True),
        ("held", "พักไว้", False),
        ("unreached", "ส่งข้อความไม่ถึง", True),
        ("queued", "รอส่ง", False),
    ],
)
def test_each_step_says_whether_its_notice_arrived(
    case: Complaint, legal_officer: Staff, state: str, words: str, again: bool
) -> None:
    OutboundMessage.objects.update(state=state, last_error="The property is invalid")
    text = as_(legal_officer).get(page(case)).content.decode()
    assert words in text
    assert "The property is invalid" in text
    assert ("ส่งอีกครั้ง" in text) == again


def test_a_dead_notice_is_sent_again_by_one_click(case: Complaint, legal_officer: Staff) -> None:
    OutboundMessage.objects.update(state="dead")
    message = OutboundMessage.objects.get()
    url = f"/admin/chatops/outboundmessage/{message.pk}/send-again/"
    assert as_(legal_officer).get(url).status_code == 405
    assert as_(legal_officer).post(url)["Location"] == page(case)
    message.refresh_from_db()
    assert (message.state, message.resent_by) == ("queued", legal_officer)


# -- notes, accused ------------------------------------------------------------------


def test_a_note_for_colleagues_never_reaches_the_resident(case: Complaint, engineer: Staff) -> None:
    before = OutboundMessage.objects.count()
    as_(engineer).post(page(case, "note"), {"internal_note": "โทรหาผู้แจ้งแล้วไม่รับ"})
    entry = case.timeline.latest("id")
    assert (entry.kind, entry.public, entry.by) == ("note", False, engineer)
    assert OutboundMessage.objects.count() == before
    assert as_(engineer).post(page(case, "note"), {"internal_note": " "}).status_code == 422


def test_the_accused_are_named_by_readers_and_do_not_see_it_from_then_on(
    executive: Staff, engineer: Staff
) -> None:
    reader = allow(testing.make_legal_officer())
    hidden = restricted_case(reader, executive)
    shown = as_(reader).get(page(hidden))
    assert shown.context["accused_form"] is not None
    answer = as_(reader).post(page(hidden, "accused"), {"accused": [engineer.pk, reader.pk]})
    assert answer["Location"] == LIST, "he named himself"
    assert set(hidden.accused.all()) == {engineer, reader}
    assert as_(reader).get(page(hidden)).status_code == 404
    note = hidden.timeline.latest("id")
    assert str(engineer) not in note.internal_note, "a colleague could tell him"
    assert not note.public


def test_an_ordinary_officer_names_no_accused(case: Complaint, engineer: Staff) -> None:
    assert as_(engineer).get(page(case)).context["accused_form"] is None
    colleague = testing.make_engineer()
    answer = as_(engineer).post(page(case, "accused"), {"accused": [colleague.pk]})
    assert answer.status_code == 404
    assert not case.accused.exists()


# -- the page itself -----------------------------------------------------------------


def test_the_page_leads_to_the_place_and_to_the_telephone(engineer: Staff) -> None:
    from decimal import Decimal

    from complaints.intake import Place

    made = testing.make_complaint(
        place=Place(village=3, latitude=Decimal("18.613700"), longitude=Decimal("98.893600"))
    )
    answer = as_(engineer).get(page(made))
    text = answer.content.decode()
    assert "https://www.google.com/maps/dir/?api=1&amp;destination=18.613700,98.893600" in text
    assert 'href="tel:0812345678"' in text
    assert "https://tile.openstreetmap.org" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_who_asked_to_stay_unnamed_is_flagged(engineer: Staff) -> None:
    made = testing.make_complaint(hide_name=True)
    assert "ขอปกปิดชื่อ" in as_(engineer).get(page(made)).content.decode()


def test_what_people_wrote_stays_words(engineer: Staff, legal_officer: Staff) -> None:
    evil = "<script>alert(1)</script>"
    made = testing.make_complaint(subject=evil, details=evil)
    workflow.note_internally(made, legal_officer, evil)
    assert evil not in as_(engineer).get(f"{page(made)}?to=submitted").content.decode()


def test_the_timeline_tells_public_from_internal_and_the_residents_own_words(
    assigned: Complaint, engineer: Staff
) -> None:
    workflow.add_information(assigned, "มีคนล้มอีก")
    assigned.refresh_from_db()
    workflow.move(assigned.pk, Status.COMPLETED, by=engineer, version=assigned.version)
    workflow.give_feedback(assigned, resolved=False, rating=2, comment="ยังไม่เรียบร้อย")
    workflow.note_internally(assigned, engineer, "จะไปดูอีกครั้ง")
    steps = as_(engineer).get(page(assigned)).context["steps"]
    told = [(step.title, step.by, step.public) for step in steps]
    assert told[0] == ("บันทึก", f"{engineer} (นายช่างโยธา)", False)
    assert told[1][0] == "เปิดเรื่องอีกครั้ง"
    assert told[2] == ("ผู้แจ้งว่ายังไม่ได้แก้ไข", "ผู้แจ้ง", True)
    assert "ให้คะแนน 2 จาก 5" in steps[2].note
    assert told[4] == ("ข้อมูลเพิ่มเติมจากผู้แจ้ง", "ผู้แจ้ง", True)
    assert told[-1] == ("รับเรื่องแล้ว", "ระบบ", True)


def test_reading_a_page_writes_nothing_but_that_it_was_read(
    case: Complaint, engineer: Staff
) -> None:
    client = as_(engineer)
    client.get(page(case))
    with CaptureQueriesContext(connection) as found:
        client.get(page(case))
    assert not [q for q in found.captured_queries if not q["sql"].startswith("SELECT")]
