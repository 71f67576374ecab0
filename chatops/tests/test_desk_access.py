"""Who may see which chat at the desk, by whatever address."""

from __future__ import annotations

import uuid

import pytest
from django.core.cache import cache
from django.urls import reverse

from bannmae import testing
from bannmae.access_log import rows_for
from bannmae.models import AccessLog, Staff
from chatops.models import (
    ChatCase,
    OutboundMessage,
)
from chatops.tests.desk import (
    LIST,
    as_,
    at,
    make_case,
    names,
    poll,
    restricted_case,
    say,
    send_out,
    welfare_officer,
    writes,
)

pytestmark = pytest.mark.django_db
State = ChatCase.State


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return welfare_officer()


def test_the_desk_opens_for_who_may_see_chats_and_for_nobody_else(
    officer: Staff, executive: Staff, outsider: Staff
) -> None:
    case = make_case()
    assert as_(officer).get(LIST).status_code == 200
    for other in (executive, outsider):
        client = as_(other)
        assert client.get(LIST).status_code == 403
        assert client.get(f"{LIST}poll/").status_code == 403
        assert client.get(f"{LIST}poll/", {"case": case.pk, "stamp": 1}).status_code == 403
        for name in ("open", "older", "resident", "choices"):
            assert client.get(at(case, name)).status_code in (403, 404), name


def test_another_division_finds_nothing_by_any_address(officer: Staff, engineer: Staff) -> None:
    case = make_case()
    message = send_out(case, state=OutboundMessage.State.DEAD)
    client = as_(engineer)
    assert names(engineer) == []
    assert poll(engineer, case=case.pk)["gone"] == case.pk
    for name in ("open", "older", "resident", "choices"):
        assert client.get(at(case, name)).status_code == 404, name
    for name, more in (
        ("read", ()),
        ("answer", ()),
        ("note", ()),
        ("again", (message.pk,)),
        ("move", ("take",)),
        ("resident_note", ()),
        ("label", ()),
    ):
        answer = client.post(
            at(case, name, *more), {"text": "x", "key": uuid.uuid4(), "version": 1}
        )
        assert answer.status_code == 404, name
    case.refresh_from_db()
    assert (case.state, case.version) == (State.INBOX, 1)
    assert names(officer) == ["สมศรี"]


def test_an_executive_sees_figures_elsewhere_and_no_chat(executive: Staff) -> None:
    make_case()
    page = as_(executive).get("/admin/")
    assert page.status_code == 200
    assert "แชตรอตอบ" not in page.content.decode()
    assert LIST not in page.content.decode()


def test_a_restricted_chat_is_nowhere_for_who_is_not_named(officer: Staff) -> None:
    named = welfare_officer()
    root = testing.make_staff(is_superuser=True)
    case = restricted_case(named, resident=testing.make_resident("ผู้ไม่เปิดเผย"))
    everyday = make_case(resident=case.resident, words="สวัสดี")
    for other in (officer, root):
        told = poll(other, q="ไม่เปิดเผย")
        assert [row["pk"] for row in told["list"]["rows"]] == [everyday.pk]
        assert told["list"]["counts"]["inbox"] == "1"
        assert poll(other, case=case.pk)["gone"] == case.pk
        client = as_(other)
        assert client.get(at(case, "open")).status_code == 404
        pane = client.get(at(everyday, "resident")).content.decode()
        assert "สุขภาพ" not in pane
        first_screen = client.get("/admin/").content.decode()
        assert "ยาต้าน" not in first_screen
    assert [row["pk"] for row in poll(named, q="ไม่เปิดเผย")["list"]["rows"]] != [everyday.pk]
    assert "สุขภาพ" in as_(named).get(at(everyday, "resident")).content.decode()


def test_a_change_of_a_restricted_chat_tells_others_nothing(officer: Staff) -> None:
    case = restricted_case(welfare_officer())
    first = poll(officer)
    writes(case, "ขอคุยด่วน")
    told = poll(officer, stamp=first["stamp"], listed=first["listed"], tag=first["tag"])
    assert "list" not in told


def test_opening_a_restricted_chat_is_noted(officer: Staff) -> None:
    case = restricted_case(officer)
    make = make_case()
    client = as_(officer)
    assert client.get(at(case, "open")).status_code == 200
    assert client.get(at(make, "open")).status_code == 200
    assert [row.subject for row in AccessLog.objects.all()] == [f"chat:{case.pk}"]


@pytest.mark.parametrize("name", ["older", "resident", "poll", "chat-print-memo"])
def test_reading_a_restricted_chat_by_another_address_is_noted_once_an_hour(
    officer: Staff, name: str
) -> None:
    cache.clear()
    case = restricted_case(officer)
    client = as_(officer)
    if name == "poll":
        url = f"{LIST}poll/?case={case.pk}&stamp=1&last=0"
    elif name.startswith("chat-"):
        url = reverse(name, args=[case.pk])
    else:
        url = at(case, name)
    for _ in range(2):
        assert client.get(url).status_code == 200
    assert [row.subject for row in AccessLog.objects.all()] == [f"chat:{case.pk}"]
    other = welfare_officer()
    as_(other).get(url)
    assert not AccessLog.objects.filter(staff=other).exists()


def test_what_is_noted_of_her_in_a_restricted_chat_stays_in_that_chat(officer: Staff) -> None:
    case = restricted_case(officer)
    client = as_(officer)
    for name, sent in (("resident_note", {"text": "ผลเลือดบวก"}), ("label", {"name": "ผู้ติดเชื้อ"})):
        refused = client.post(at(case, name), sent)
        assert refused.status_code == 400
        assert "บันทึกภายในของแชต" in refused.json()["error"]
    assert not case.resident.notes.exists()
    assert not case.resident.labels.exists()
    pane = client.get(at(case, "resident")).content.decode()
    assert "data-note-form" not in pane
    assert client.post(at(case, "note"), {"text": "ผลเลือดบวก"}).status_code == 200


def test_who_may_not_see_a_restricted_chat_does_not_read_of_it_in_the_access_log(
    officer: Staff,
) -> None:
    case = restricted_case(officer)
    as_(officer).get(at(case, "open"))
    assert rows_for(officer).count() == 1
    assert rows_for(welfare_officer()).count() == 0


def test_somebody_elses_words_are_not_shown_by_quoting(officer: Staff) -> None:
    secret = say(restricted_case(welfare_officer()), "ผลเลือดของผม")
    case = make_case(resident=secret.resident)
    say(case, "ตามนี้ครับ", quoted_message_id=secret.line_message_id)
    shown = as_(officer).get(at(case, "open")).json()["bubbles"]
    assert [one["quote"] for one in shown if "quote" in one] == ["ข้อความในเรื่องอื่น"]
