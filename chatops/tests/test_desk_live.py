"""The list, and what an open desk is told each second or two."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.utils import timezone

from bannmae import testing
from bannmae.models import Division, Staff
from chatops.cases import workflow
from chatops.desk.reading import mark_as_read_in_line
from chatops.line.client import Fault, LineError
from chatops.models import (
    CasePresence,
    ChatCase,
    MessageContent,
    OutboundMessage,
)
from chatops.tasks import mark_as_read
from chatops.tests.desk import (
    as_,
    at,
    make_case,
    names,
    poll,
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


def test_who_waits_longest_stands_first_then_the_newest(officer: Staff) -> None:
    for name, minutes, waits in (("ค", 5, True), ("ก", 60, True), ("ง", 9, False), ("ข", 30, True)):
        make_case(
            testing.make_resident(name),
            minutes=minutes,
            **({} if waits else {"waiting_since": None}),
        )
    assert names(officer) == ["ก", "ข", "ค", "ง"]


def test_an_emergency_that_waits_stands_above_who_waits_longer(officer: Staff) -> None:
    make_case(testing.make_resident("นานแล้ว"), minutes=90)
    make_case(testing.make_resident("ฉุกเฉิน"), minutes=1, urgent=True)
    make_case(testing.make_resident("ตอบแล้ว"), minutes=200, urgent=True, waiting_since=None)
    assert names(officer) == ["ฉุกเฉิน", "นานแล้ว", "ตอบแล้ว"]


@pytest.mark.parametrize(
    ("tab", "states"),
    [
        ("inbox", ["inbox"]),
        ("working", ["snoozed", "waiting", "working"]),
        ("done", ["done"]),
        ("answered", ["answered"]),
    ],
)
def test_each_tab_holds_its_states_and_counts_them(
    officer: Staff, tab: str, states: list[str]
) -> None:
    for state in State:
        taken = {"assignee": officer} if state in ChatCase.TAKEN else {}
        make_case(testing.make_resident(state), state=state, **taken)
    told = poll(officer, tab=tab)["list"]
    assert sorted(row["state"] for row in told["rows"]) == states
    assert told["counts"] == {"inbox": "1", "working": "3", "done": "1", "answered": "1"}


def test_scopes_and_filters_narrow_the_list(officer: Staff, engineer: Staff) -> None:
    mine = make_case(testing.make_resident("มานี"), assignee=officer)
    given = make_case(testing.make_resident("ปิติ"), "public-works", assignee=officer)
    free = make_case(testing.make_resident("ชูใจ"), read_at=timezone.now())
    make_case(testing.make_resident("วีระ"), "public-works")

    def found(**query: str) -> set[int]:
        return {row["pk"] for row in poll(officer, **query)["list"]["rows"]}

    assert found() == {mine.pk, given.pk, free.pk}
    assert found(scope="mine") == {mine.pk, given.pk}
    assert found(scope="division") == {mine.pk, free.pk}
    assert found(scope="unassigned") == {free.pk}
    assert found(unread="1") == {mine.pk, given.pk}
    assert found(q="ชู") == {free.pk}
    assert found(q="วีระ") == set()
    assert found(tab="?", scope="?", limit="-1") == {mine.pk, given.pk, free.pk}


def test_an_unchanged_desk_is_told_nothing(officer: Staff) -> None:
    make_case(minutes=60)
    first = poll(officer)
    told = poll(officer, stamp=first["stamp"], listed=first["listed"], tag=first["tag"])
    assert set(told) == {"stamp"}


def test_an_open_case_is_told_new_words_and_states(officer: Staff) -> None:
    case = make_case(minutes=60)
    sent = send_out(
        case, state=OutboundMessage.State.QUEUED, when=timezone.now() - dt.timedelta(hours=1)
    )
    first = poll(officer, case=case.pk)
    asked = {key: first[key] for key in ("stamp", "listed", "tag")} | {"case": case.pk}
    assert "bubbles" not in poll(officer, **asked)

    writes(case, "ว่าไงคะ")
    told = poll(officer, **asked)
    assert [row["text"] for row in told["list"]["rows"]] == ["ว่าไงคะ"]
    assert "ว่าไงคะ" in [one.get("text") for one in told["bubbles"]]
    assert told["case"]["to_read"] is True

    OutboundMessage.objects.filter(pk=sent.pk).update(
        state=OutboundMessage.State.DEAD, last_error="เหตุผล", changed_at=timezone.now()
    )
    bubble = next(one for one in poll(officer, **asked)["bubbles"] if one["key"] == f"o{sent.pk}")
    assert (bubble["state"], bubble["why"], bubble["again"]) == ("ส่งไม่สำเร็จ", "เหตุผล", sent.pk)


def test_what_comes_late_with_an_old_time_is_told_too(officer: Staff) -> None:
    """LINE sends again what a webhook missed: its time is of an hour ago."""
    case = make_case(minutes=90)
    first = poll(officer, case=case.pk)
    say(case, "ส่งไว้นานแล้ว", when=timezone.now() - dt.timedelta(hours=1))
    ChatCase.objects.filter(pk=case.pk).update(changed_at=timezone.now())
    told = poll(officer, stamp=first["stamp"], listed=first["listed"], case=case.pk)
    assert "ส่งไว้นานแล้ว" in [one.get("text") for one in told["bubbles"]]


def test_a_flood_between_two_looks_is_told_whole(officer: Staff) -> None:
    case = make_case(minutes=90)
    first = poll(officer, case=case.pk)
    last = case.messages.get().pk
    for index in range(100):
        say(case, f"คำ {index}", when=timezone.now() - dt.timedelta(minutes=index))
    ChatCase.objects.filter(pk=case.pk).update(changed_at=timezone.now())
    told = poll(officer, stamp=first["stamp"], listed=first["listed"], case=case.pk, last=last)
    assert sum(one["side"] == "in" for one in told["bubbles"]) == 100


def test_a_file_that_has_come_and_words_taken_back_are_told(officer: Staff) -> None:
    case = make_case(minutes=60)
    long_ago = timezone.now() - dt.timedelta(hours=1)
    picture, words = say(case, kind="image", when=long_ago), say(case, "ลบที", when=long_ago)
    content = MessageContent.objects.create(message=picture, token="t" * 32, changed_at=long_ago)
    first = poll(officer, case=case.pk)
    asked = {"stamp": first["stamp"], "listed": first["listed"], "case": case.pk}
    assert "bubbles" not in poll(officer, **asked)
    now = timezone.now()
    MessageContent.objects.filter(pk=content.pk).update(
        state="stored", file="a.jpg", thumbnail="b.jpg", content_type="image/jpeg", changed_at=now
    )
    type(words).objects.filter(pk=words.pk).update(text="", unsent_at=now)
    told = {one["key"]: one for one in poll(officer, **asked)["bubbles"]}
    assert told[f"m{picture.pk}"]["content"]["url"].endswith(f"/content/{'t' * 32}/")
    assert told[f"m{words.pk}"]["kind"] == "unsent"
    assert "text" not in told[f"m{words.pk}"]


def test_what_was_handed_over_is_gone_from_the_open_desk(officer: Staff, engineer: Staff) -> None:
    case = make_case()
    first = poll(officer, case=case.pk)
    workflow.hand_over(
        case.pk, officer, 1, division=Division.objects.get(slug="engineering"), note="ไฟดับ"
    )
    told = poll(
        officer, stamp=first["stamp"], listed=first["listed"], tag=first["tag"], case=case.pk
    )
    assert told["gone"] == case.pk
    assert told["list"]["rows"] == []
    assert "bubbles" not in told
    assert names(engineer) == ["สมศรี"]


def test_colleagues_see_who_is_there_and_who_is_writing(officer: Staff) -> None:
    colleague = welfare_officer(first_name="มาลี")
    case = make_case()
    assert poll(officer, case=case.pk)["here"] == []
    assert poll(colleague, case=case.pk)["here"] == [{"name": str(officer), "typing": False}]
    poll(officer, case=case.pk, typing=1)
    assert poll(colleague, case=case.pk)["here"] == [{"name": str(officer), "typing": True}]
    CasePresence.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=1))
    assert poll(colleague, case=case.pk)["here"] == []


def test_reading_is_noted_for_the_division_and_told_to_line(
    officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr("chatops.desk.conversation.mark_as_read_in_line", told.append)
    case = make_case()
    root = testing.make_staff(is_superuser=True)
    assert as_(root).post(at(case, "read")).status_code == 200
    case.refresh_from_db()
    assert case.read_at is None, "an administrator who looks has read nothing for them"
    assert as_(officer).get(at(case, "open")).json()["case"]["to_read"] is True
    answer = as_(officer).post(at(case, "read")).json()
    assert answer["case"]["to_read"] is False
    as_(officer).post(at(case, "read"))
    assert told == [case.pk]
    assert poll(officer, unread="1")["list"]["rows"] == []


def test_line_is_told_by_a_worker_with_the_newest_token(
    officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    class Line:
        def mark_as_read(self, token: str) -> None:
            told.append(token)
            raise LineError(Fault.REFUSED, "LINE ปฏิเสธ")

    monkeypatch.setattr("chatops.line.client.client_for", lambda channel: Line())
    case = make_case(words="")
    mark_as_read(case.pk)
    assert told == [], "she has written nothing"
    say(case, "หนึ่ง", when=timezone.now() - dt.timedelta(minutes=2))
    newest = say(case, "สอง")
    say(case, "ลบ", unsent_at=timezone.now())
    mark_as_read(case.pk)  # what LINE refuses harms nobody
    assert told == [newest.mark_as_read_token]


def test_reading_does_not_wait_for_the_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, done = [], threading.Event()

    def refuse(arguments: tuple[int], **options: Any) -> None:
        asked.append((arguments, options["retry"]))
        done.set()
        raise OSError("no broker")

    monkeypatch.setattr(mark_as_read, "apply_async", refuse)
    mark_as_read_in_line(7)
    assert done.wait(10)
    assert asked == [((7,), False)]
