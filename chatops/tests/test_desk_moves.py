"""The moves of the staff manual over the desk's addresses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from bannmae.models import Division, Staff
from chatops.models import (
    ChatCase,
    ChatSettings,
)
from chatops.tests.desk import (
    as_,
    at,
    make_case,
    restricted_case,
    welfare_officer,
)

pytestmark = pytest.mark.django_db
State = ChatCase.State


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return welfare_officer()


def move(staff: Staff, case: ChatCase, name: str, **fields: Any) -> Any:
    """What a button posts."""
    return as_(staff).post(at(case, "move", name), {"version": case.version} | fields)


def test_the_moves_of_a_day(officer: Staff, engineer: Staff) -> None:
    case = make_case()
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("take", {}, "working"),
        ("wait", {}, "waiting"),
        ("snooze", {"until": "2999-01-01T08:30"}, ""),
        ("snooze", {"until": "nonsense"}, ""),
        (
            "snooze",
            {"until": (timezone.localtime() + dt.timedelta(days=3)).strftime("%Y-%m-%dT08:30")},
            "snoozed",
        ),
        ("give_back", {}, "inbox"),
        ("mode", {"mode": "manual"}, "inbox"),
        ("mode", {"mode": "?"}, ""),
        ("topic", {"topic": "0"}, ""),
        ("take", {}, "working"),
        ("finish", {}, "done"),
        ("back_to_inbox", {}, "inbox"),
        ("hand_over", {}, ""),
    ]
    for name, fields, after in steps:
        answer = move(officer, case, name, **fields)
        told = answer.json()
        if after:
            assert answer.status_code == 200, (name, told)
            assert told["case"]["state"] == after
        else:
            assert answer.status_code == 400, name
            assert told["error"]
        case.refresh_from_db()
        assert told["case"]["version"] == case.version
    to = Division.objects.get(slug="engineering").pk
    assert move(officer, case, "hand_over", division=to, note="ไฟดับ").json() == {"gone": case.pk}
    shown = as_(engineer).get(at(case, "open")).json()["bubbles"]
    handed = next(one for one in shown if one.get("title") == "ส่งต่อถึง กองช่าง")
    assert (handed["text"], handed["by"]) == ("ไฟดับ", str(officer))


def test_who_was_overtaken_sees_the_newest_state(officer: Staff) -> None:
    case, colleague = make_case(), welfare_officer(first_name="มาลี")
    assert move(colleague, case, "take").status_code == 200
    answer = move(officer, case, "finish")
    assert answer.status_code == 409
    assert answer.json()["stale"] is True
    assert answer.json()["case"]["assignee"] == str(colleague)
    assert [one["label"] for one in answer.json()["case"]["moves"]][0] == "รับต่อจากมาลี"
    assert as_(officer).post(at(case, "move", "conquer"), {"version": 1}).status_code == 404
    assert as_(officer).post(at(case, "move", "take")).status_code == 400


def test_choices_hold_who_can_answer(officer: Staff, engineer: Staff, executive: Staff) -> None:
    colleague = welfare_officer(first_name="มาลี")
    told = as_(officer).get(at(make_case(), "choices")).json()
    people = [one["pk"] for one in told["colleagues"]]
    assert people[0] == colleague.pk
    assert engineer.pk in people
    assert officer.pk not in people
    assert executive.pk not in people
    assert [one["name"] for one in told["divisions"] if one["here"]] == ["กองสวัสดิการสังคม"]
    assert len(told["snoozes"]) == 2


def test_a_restricted_chat_is_offered_to_its_readers_alone(officer: Staff, engineer: Staff) -> None:
    reader = welfare_officer(first_name="มาลี")
    case = restricted_case(officer, reader)
    told = as_(officer).get(at(case, "choices")).json()
    assert [one["pk"] for one in told["colleagues"]] == [reader.pk]
    assert [one["name"] for one in told["divisions"]] == ["กองสวัสดิการสังคม"]


@pytest.mark.parametrize(
    ("address", "on", "name"),
    [
        ("https://ai.example", True, "ตอบอัตโนมัติโดย AI"),
        ("https://ai.example", False, "ตอบอัตโนมัติ"),
        ("", True, "ตอบอัตโนมัติ"),
    ],
)
def test_ai_is_named_only_where_a_model_is_on(
    officer: Staff, settings: Any, address: str, on: bool, name: str
) -> None:
    settings.AI_BASE_URL = address
    ChatSettings.objects.update_or_create(pk=1, defaults={"ai_on": on})
    told = as_(officer).get(at(make_case(), "open")).json()["case"]
    assert told["modes"] == [["auto", name], ["manual", "แมนนวล (เจ้าหน้าที่ตอบ)"]]
    closed = as_(officer).get(at(restricted_case(officer), "open")).json()["case"]
    assert closed["modes"][0][1] == "ตอบอัตโนมัติ", "what is restricted never goes to a model"
