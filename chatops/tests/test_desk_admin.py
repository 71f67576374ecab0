"""Topics, canned replies and labels in the admin: whose they are, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from bannmae import roles, testing
from bannmae.models import AccessLog, Division, Staff
from chatops.desk import registry
from chatops.models import CannedReply, Label, Topic
from chatops.tests.desk import LIST, as_, at, make_case, welfare_officer

pytestmark = pytest.mark.django_db
TOPICS = "/admin/chatops/topic/"
CANNED = "/admin/chatops/cannedreply/"
LABELS = "/admin/chatops/label/"


def browser(staff: Staff) -> Client:
    """A browser that asks for pages."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def keeper() -> Staff:
    """An administrator, who is no superuser."""
    return testing.make_staff(role=roles.ADMINISTRATOR)


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return welfare_officer()


def topic_fields(topic: Topic, **changes: Any) -> dict[str, Any]:
    """What the form of a topic posts."""
    fields = {
        "name": topic.name,
        "division": topic.division_id,
        "order": topic.order,
        "is_active": "on",
        "words": topic.words,
        "readers": list(topic.readers.values_list("pk", flat=True)),
    } | ({"restricted": "on"} if topic.restricted else {})
    return {key: value for key, value in (fields | changes).items() if value is not None}


def save_topic(staff: Staff, topic: Topic, **changes: Any) -> Any:
    """Post the form."""
    return browser(staff).post(f"{TOPICS}{topic.pk}/change/", topic_fields(topic, **changes))


def test_the_menu_leads_to_what_an_officer_may_keep(officer: Staff, keeper: Staff) -> None:
    theirs = browser(officer).get("/admin/").content.decode()
    assert f'href="{LIST}"' in theirs
    assert f'href="{CANNED}"' in theirs
    assert TOPICS not in theirs
    assert TOPICS in browser(keeper).get("/admin/").content.decode()
    assert browser(officer).get(TOPICS).status_code == 403


def test_the_first_screen_counts_who_waits(officer: Staff) -> None:
    make_case(testing.make_resident("สมหญิง"))
    page = browser(officer).get("/admin/")
    tile = next(one for one in page.context["tiles"] if one.title == "แชตรอตอบ")
    assert (tile.figure, tile.tone) == ("1", "warn")
    assert "สมหญิง" in page.content.decode()
    assert "รอ 5 นาที" in page.content.decode()


def test_a_topic_that_nobody_reads_is_warned_of(officer: Staff, engineer: Staff) -> None:
    root = testing.make_staff(is_superuser=True)
    topic = Topic.objects.get(slug="health-privacy")
    answer = save_topic(root, topic, readers=[engineer.pk])
    told = [str(one) for one in get_messages(answer.wsgi_request)]
    assert any("ยังไม่มีผู้อ่านหัวข้อ" in words for words in told), "another division's is none"
    answer = save_topic(root, topic, readers=[officer.pk])
    assert not any("ยังไม่มี" in str(one) for one in get_messages(answer.wsgi_request))
    assert list(topic.readers.all()) == [officer]
    noted = AccessLog.objects.order_by("-id").first()
    assert noted is not None
    assert (noted.subject, noted.detail) == (
        "topic:health-privacy",
        f"จำกัดผู้เข้าถึง: {officer.username}",
    )
    assert "ยังไม่มีผู้อ่าน" in browser(root).get(TOPICS).content.decode()  # slips: nobody yet


def test_nobody_lifts_a_restriction_or_joins_by_himself(keeper: Staff, officer: Staff) -> None:
    topic = Topic.objects.get(slug="health-privacy")
    topic.readers.set([officer])
    for changes in ({"restricted": None}, {"readers": [officer.pk, keeper.pk]}):
        answer = save_topic(keeper, topic, **changes)
        assert answer.status_code == 200
        assert "เฉพาะผู้ดูแลสูงสุด" in answer.content.decode()
    assert save_topic(keeper, topic, readers=[]).status_code == 302  # taking away is allowed
    topic.refresh_from_db()
    assert topic.restricted
    assert not topic.readers.exists()


def test_the_general_topic_stays_open_to_all(keeper: Staff) -> None:
    general = Topic.objects.get(slug=Topic.GENERAL)
    for changes in ({"restricted": "on"}, {"is_active": None}):
        answer = save_topic(keeper, general, **changes)
        assert "หัวข้อทั่วไป" in answer.content.decode()
    general.refresh_from_db()
    assert general.is_active
    assert not general.restricted


def test_a_placeholder_that_nothing_fills_in_is_refused(keeper: Staff) -> None:
    for text, words in (("สวัสดี {nam}", "{nam}"), ("สวัสดี {name", "ไม่ครบคู่"), ("{}", "ไม่รู้จัก")):
        answer = browser(keeper).post(f"{CANNED}add/", {"title": "ก", "text": text, "order": 0})
        assert answer.status_code == 200
        assert words in answer.content.decode()
    answer = browser(keeper).post(
        f"{CANNED}add/", {"title": "กข", "text": "สวัสดี {name}", "order": 0, "is_active": "on"}
    )
    assert answer.status_code == 302
    assert CannedReply.objects.filter(title="กข", division=None).exists()


def test_an_officer_keeps_the_replies_of_his_own_division(officer: Staff, engineer: Staff) -> None:
    CannedReply.objects.all().delete()
    welfare, works = (Division.objects.get(slug=slug) for slug in ("welfare", "engineering"))
    for_all = CannedReply.objects.create(title="ทุกกอง", text="ก")
    CannedReply.objects.create(title="ของช่าง", text="ข", division=works)
    client = browser(officer)
    fields = {"title": "ของเรา", "text": "ค", "order": 0, "is_active": "on"}
    assert client.post(f"{CANNED}add/", fields).status_code == 200, "only for everybody: not his"
    assert client.post(f"{CANNED}add/", fields | {"division": works.pk}).status_code == 200
    assert client.post(f"{CANNED}add/", fields | {"division": welfare.pk}).status_code == 302
    shown = client.get(CANNED).content.decode()
    assert "ของเรา" in shown
    assert "ทุกกอง" in shown
    assert "ของช่าง" not in shown
    assert client.post(f"{CANNED}{for_all.pk}/change/", fields).status_code == 403
    mine = CannedReply.objects.get(title="ของเรา")
    assert client.post(f"{CANNED}{mine.pk}/delete/", {"post": "yes"}).status_code == 302
    picked = as_(officer).get(f"{LIST}canned/").json()["replies"]
    assert [one["title"] for one in picked] == ["ทุกกอง"]
    theirs = as_(engineer).get(f"{LIST}canned/").json()["replies"]
    assert [one["title"] for one in theirs] == ["ของช่าง", "ทุกกอง"]


def test_labels_belong_to_their_division(officer: Staff, engineer: Staff) -> None:
    case = make_case()

    as_(officer).post(at(case, "label"), {"name": "ติดเตียง"})
    label = Label.objects.get()
    assert list(case.resident.labels.all()) == [label]
    works = make_case(case.resident, "public-works")
    assert "ติดเตียง" not in as_(engineer).get(at(works, "resident")).content.decode()
    answer = as_(engineer).post(at(works, "label"), {"label": label.pk, "off": 1})
    assert answer.status_code == 400
    assert "ติดเตียง" not in browser(engineer).get(LABELS).content.decode()
    assert browser(engineer).get(f"{LABELS}{label.pk}/change/").status_code == 302
    assert browser(officer).post(f"{LABELS}{label.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not case.resident.labels.exists()


def test_private_notes_are_read_in_their_division_alone(officer: Staff, engineer: Staff) -> None:

    case = make_case()
    works = make_case(case.resident, "public-works")
    assert as_(officer).post(at(case, "resident_note"), {"text": "ดูแลแม่"}).status_code == 200
    assert as_(officer).post(at(case, "resident_note"), {"text": " "}).status_code == 400
    assert "ดูแลแม่" in as_(welfare_officer()).get(at(case, "resident")).content.decode()
    assert "ดูแลแม่" not in as_(engineer).get(at(works, "resident")).content.decode()
    homeless = testing.make_staff(is_superuser=True)
    answer = as_(homeless).post(at(case, "resident_note"), {"text": "x"})
    assert answer.status_code == 400
    assert "ไม่ได้สังกัด" in answer.json()["error"]


def test_sections_and_papers_of_other_rooms_are_shown(
    officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(registry, "_sections", [])
    monkeypatch.setattr(registry, "_prints", [])
    asked: list[Any] = []

    def rows(staff: Staff, residents: Any) -> list[registry.ResidentRow]:
        asked.append((staff, list(residents)))
        return [registry.ResidentRow("69-0042 ถนน", url="/x/", state="เสร็จ", tone="done")]

    registry.add_resident_section("เรื่องที่แจ้ง", rows)
    registry.add_resident_section("ว่าง", lambda staff, residents: [])
    registry.add_print("บันทึกข้อความ", lambda pk: f"/print/{pk}/")
    registry.add_print("ลับ", lambda pk: "/no/", allowed=lambda staff, case: False)
    case = make_case()
    shown = as_(officer).get(at(case, "resident")).content.decode()
    assert '<a href="/x/">69-0042 ถนน</a>' in shown
    assert "ว่าง" not in shown
    assert asked == [(officer, [case.resident_id])]
    told = as_(officer).get(at(case, "open")).json()["case"]["prints"]
    assert told == [{"title": "บันทึกข้อความ", "url": f"/print/{case.pk}/"}]
