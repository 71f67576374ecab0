"""Sending words, pictures and cards from the desk; notes; sending again."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bannmae import testing
from bannmae.models import Staff
from chatops.models import (
    ChatCase,
    OutboundMessage,
    SharedPicture,
)
from chatops.tests.desk import (
    LIST,
    as_,
    at,
    make_case,
    say,
    send_out,
    welfare_officer,
)

pytestmark = pytest.mark.django_db
State = ChatCase.State


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return welfare_officer()


def send(staff: Staff, case: ChatCase, **fields: Any) -> Any:
    """What the composer posts."""
    return as_(staff).post(at(case, "answer"), {"key": str(uuid.uuid4())} | fields)


def test_an_answer_takes_the_case_and_goes_out_once(officer: Staff) -> None:
    case = make_case()
    key = str(uuid.uuid4())
    for _ in range(2):
        answer = send(officer, case, text=" ทุกวันที่ 10 ค่ะ \r\n", key=key)
        assert answer.json()["sent"] is True
    row = OutboundMessage.objects.get()
    assert row.messages == [
        {"type": "text", "text": "ทุกวันที่ 10 ค่ะ", "sender": {"name": case.division.short_name}}
    ]
    assert (row.author, row.case_id, row.about) == (officer, case.pk, f"chat:{case.pk}")
    case.refresh_from_db()
    assert (case.state, case.assignee, case.mode) == (State.WORKING, officer, "manual")
    assert case.waiting_since is None
    shown = as_(officer).get(at(case, "open")).json()["bubbles"][-1]
    assert (shown["by"], shown["sent_key"], shown["state"]) == (str(officer), key, "รอส่ง")
    assert "sent_key" not in as_(welfare_officer()).get(at(case, "open")).json()["bubbles"][-1]


def test_who_only_reads_answers_nothing(officer: Staff) -> None:
    case = make_case()
    officer.groups.clear()
    officer.user_permissions.add(Permission.objects.get(codename="view_chatcase"))
    client = as_(Staff.objects.get(pk=officer.pk))
    opened = client.get(at(case, "open")).json()["case"]
    assert (opened["may_answer"], opened["moves"], opened["to_read"]) == (False, [], False)
    for name, more in (("answer", ()), ("note", ()), ("move", ("take",)), ("label", ())):
        assert client.post(at(case, name, *more), {"version": 1}).status_code == 403, name
    assert client.get(f"{LIST}canned/").status_code == 403


def test_too_much_or_nothing_is_refused_with_its_reason(officer: Staff) -> None:
    case = make_case()
    assert "โปรดพิมพ์" in send(officer, case, text="  \n ").json()["error"]
    assert send(officer, case, text="😀" * 2500).status_code == 200
    long = send(officer, case, text="😀" * 2501)
    assert long.status_code == 400
    assert "5,002" in long.json()["error"]
    assert send(officer, case, text="x", key="no-uuid").status_code == 400
    assert OutboundMessage.objects.count() == 1


def test_a_quoted_message_is_quoted_by_its_token(officer: Staff) -> None:
    case = make_case(words="")
    asked, elsewhere = say(case, "เบี้ยออกวันไหน"), say(make_case(), "ของคนอื่น")
    send(officer, case, text="วันที่ 10", quote=asked.pk)
    send(officer, case, text="อีกข้อ", quote=elsewhere.pk)
    first, second = OutboundMessage.objects.order_by("pk")
    assert first.messages[0]["quoteToken"] == asked.quote_token
    assert "quoteToken" not in second.messages[0]
    shown = as_(officer).get(at(case, "open")).json()["bubbles"]
    assert [one["quote"] for one in shown if "quote" in one] == ["เบี้ยออกวันไหน"]


def test_a_picture_goes_out_by_an_address_that_needs_no_sign_in(
    officer: Staff, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://chat.example"
    case = make_case()
    file = SimpleUploadedFile("แบบ.jpg", testing.picture(900, 600), "image/jpeg")
    assert send(officer, case, text="ตามรูป", pictures=file).status_code == 200
    text, picture = OutboundMessage.objects.get().messages
    assert text["text"] == "ตามรูป"
    row = SharedPicture.objects.get()
    assert picture["originalContentUrl"] == f"https://chat.example/line/pictures/{row.token}.jpg"
    assert picture["previewImageUrl"] == f"https://chat.example/line/pictures/{row.token}-480.jpg"
    for url in (picture["originalContentUrl"], picture["previewImageUrl"]):
        answer = Client().get(url.removeprefix("https://chat.example"))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"
        assert "noindex" in answer["X-Robots-Tag"]
        b"".join(answer.streaming_content)
    assert Client().get("/line/pictures/guessed.jpg").status_code == 404
    shown = as_(officer).get(at(case, "open")).json()["bubbles"][-1]["parts"]
    assert shown[1]["url"] == f"/line/pictures/{row.token}.jpg"


def test_what_is_no_picture_is_refused_and_nothing_is_sent(officer: Staff) -> None:
    case = make_case()
    file = SimpleUploadedFile("x.jpg", b"GIF89a....", "image/jpeg")
    answer = send(officer, case, text="ตามรูป", pictures=file)
    assert answer.status_code == 400
    assert "JPEG" in answer.json()["error"]
    assert not OutboundMessage.objects.exists()
    assert not SharedPicture.objects.exists()


def test_a_refused_picture_leaves_no_other_behind(officer: Staff, private_storage: Path) -> None:
    case = make_case()
    good = SimpleUploadedFile("a.jpg", testing.picture(), "image/jpeg")
    bad = SimpleUploadedFile("b.jpg", b"%PDF-1.7", "image/jpeg")
    assert send(officer, case, pictures=[good, bad]).status_code == 400
    assert not [one for one in private_storage.rglob("*") if one.is_file()]
    many = [SimpleUploadedFile("a.jpg", testing.picture(), "image/jpeg") for _ in range(6)]
    assert "ไม่เกิน 5" in send(officer, case, pictures=many).json()["error"]
    assert not OutboundMessage.objects.exists()


def test_a_form_goes_out_as_a_card(officer: Staff) -> None:
    case = make_case()
    assert send(officer, case, link="complaint").status_code == 200
    assert send(officer, case, link="../x").status_code == 400
    row = OutboundMessage.objects.get()
    assert row.messages[0]["type"] == "flex"
    card = as_(officer).get(at(case, "open")).json()["bubbles"][-1]["parts"][0]["cards"][0]
    assert card["band"] == "ร้องเรียน/ร้องทุกข์ และขอรับบริการ"
    assert card["title"] == "แจ้งเรื่องถึงเทศบาล"
    assert card["buttons"] == ["เริ่มแจ้งเรื่อง"]


def test_the_way_to_her_cases_names_none_of_them(officer: Staff) -> None:
    case = make_case()
    testing.make_complaint(resident=case.resident, subject="เรื่องที่คนอื่นต้องไม่รู้")
    assert send(officer, case, link="track").status_code == 200
    assert "เรื่องที่คนอื่นต้องไม่รู้" not in str(OutboundMessage.objects.get(case=case).messages)
    part = as_(officer).get(at(case, "open")).json()["bubbles"][-1]["parts"][0]
    assert part["cards"][0]["buttons"] == ["ดูเรื่องของฉัน"]


def test_what_did_not_arrive_is_sent_again_once(officer: Staff) -> None:
    case = make_case()
    row = send_out(case, state=OutboundMessage.State.DEAD, author=officer)
    client = as_(officer)
    assert client.post(at(case, "again", row.pk)).status_code == 200
    assert client.post(at(case, "again", row.pk)).status_code == 409
    elsewhere = send_out(make_case(), state=OutboundMessage.State.DEAD)
    assert client.post(at(case, "again", elsewhere.pk)).status_code == 404
    row.refresh_from_db()
    assert (row.state, row.resent_by) == (OutboundMessage.State.QUEUED, officer)


def test_an_internal_note_is_for_colleagues(officer: Staff) -> None:
    case = make_case()
    assert as_(officer).post(at(case, "note"), {"text": "โทรแล้ว"}).status_code == 200
    assert as_(officer).post(at(case, "note"), {"text": " "}).status_code == 400
    assert not OutboundMessage.objects.exists()
    note = as_(officer).get(at(case, "open")).json()["bubbles"][-1]
    assert (note["side"], note["text"], note["by"]) == ("note", "โทรแล้ว", str(officer))
