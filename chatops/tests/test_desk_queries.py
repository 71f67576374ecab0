"""What the desk costs: the same few queries however much there is."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import reference, testing
from bannmae.models import Staff
from chatops.desk.presence import WRITE_EVERY
from chatops.models import (
    CasePresence,
    ChatCase,
    ChatEntry,
    Message,
    MessageContent,
    OutboundMessage,
    Resident,
    Topic,
)
from chatops.tests.desk import LIST, as_, at, make_case, welfare_officer

pytestmark = pytest.mark.django_db


def fill(count: int, officer: Staff) -> None:
    """Put `count` chats of several topics and states into the database, quickly."""
    topics = list(Topic.objects.select_related("division").filter(restricted=False))
    now = timezone.now()
    residents = Resident.objects.bulk_create(
        Resident(
            channel_id=testing.make_resident().channel_id,
            line_user_id=f"U{uuid.uuid4().hex}",
            display_name=f"ชาวบ้าน {index}",
        )
        for index in range(count)
    )
    states = list(ChatCase.State)
    made = []
    for index, resident in enumerate(residents):
        topic = topics[index % len(topics)] if index % 2 else topics[0]
        state = states[index % len(states)]
        when = now - dt.timedelta(minutes=index + 10)
        made.append(
            ChatCase(
                resident=resident,
                topic=topic,
                division=topic.division,
                state=state,
                assignee=officer if state in ChatCase.TAKEN else None,
                opened_at=when,
                inbox_at=when,
                last_at=when,
                last_text="สวัสดี",
                last_resident_at=when,
                waiting_since=when if state == "inbox" else None,
                closed_at=when if state == "done" else None,
                changed_at=when,
            )
        )
    ChatCase.objects.bulk_create(made)


def talk(case: ChatCase, count: int, officer: Staff) -> None:
    """Put `count` questions, answers, files and notes into a conversation, quickly."""
    now = timezone.now()
    times = [now - dt.timedelta(minutes=index + 1) for index in range(count)]
    Message.objects.bulk_create(
        Message(
            resident=case.resident,
            case=case,
            line_message_id=f"t{case.pk}-{index}",
            kind="image" if index % 3 == 0 else "text",
            text="สวัสดี",
            quote_token=f"q{case.pk}-{index}",
            quoted_message_id=f"t{case.pk}-{index - 1}" if index % 5 == 0 else "",
            sent_at=when,
        )
        for index, when in enumerate(times)
    )
    MessageContent.objects.bulk_create(
        MessageContent(message=message, token=uuid.uuid4().hex, state="stored", file="a.jpg")
        for message in case.messages.filter(kind="image")
    )
    OutboundMessage.objects.bulk_create(
        OutboundMessage(
            resident=case.resident,
            case=case,
            author=officer,
            dedupe_key=f"t{case.pk}-{index}",
            messages=[{"type": "text", "text": "ค่ะ", "quoteToken": f"q{case.pk}-{index}"}],
            created_at=when,
        )
        for index, when in enumerate(times)
    )
    ChatEntry.objects.bulk_create(
        ChatEntry(case=case, at=when, kind="note", by=officer, text="จด") for when in times
    )


def cost(staff: Staff, url: str, **query: object) -> int:
    """How many queries an address costs, with nothing cached."""
    client = as_(staff)
    cache.clear()
    reference.forget_all()
    with CaptureQueriesContext(connection) as found:
        assert client.get(url, query).status_code == 200
    return len([one for one in found.captured_queries if "SAVEPOINT" not in one["sql"]])


@pytest.mark.parametrize("superuser", [False, True])
@pytest.mark.parametrize("tab", ["inbox", "done"])
def test_the_list_costs_the_same_with_ten_and_with_three_hundred(superuser: bool, tab: str) -> None:
    officer = welfare_officer(is_superuser=superuser)
    fill(10, officer)
    few = cost(officer, f"{LIST}poll/", tab=tab)
    fill(290, officer)
    assert cost(officer, f"{LIST}poll/", tab=tab) == few
    assert few <= 13
    assert cost(officer, f"{LIST}poll/", tab=tab, q="ชาวบ้าน") == few


def test_a_conversation_costs_the_same_however_long_it_is() -> None:
    officer = welfare_officer()
    case = make_case()
    talk(case, 6, officer)
    few = cost(officer, at(case, "open"))
    Message.objects.all().delete()
    OutboundMessage.objects.all().delete()
    talk(case, 200, officer)
    assert cost(officer, at(case, "open")) <= few
    assert few <= 18


def test_an_open_desk_costs_two_queries_of_its_own_while_nothing_happens() -> None:
    officer = welfare_officer()
    fill(300, officer)
    case = make_case(minutes=60)
    now = timezone.now()
    CasePresence.objects.create(case=case, staff=officer, seen_at=now)
    asked: dict[str, object] = {"case": case.pk}
    client = as_(officer)
    first = client.get(f"{LIST}poll/", asked).json()
    asked |= {key: first[key] for key in ("stamp", "listed", "tag")}
    ChatCase.objects.update(changed_at=now - dt.timedelta(hours=1))
    with CaptureQueriesContext(connection) as found:
        told = client.get(f"{LIST}poll/", asked).json()
    assert set(told) == {"stamp", "here"}
    # Who is there (session and account), what changed, who else is there.
    assert len(found.captured_queries) == 4, [one["sql"] for one in found.captured_queries]


def test_being_there_is_written_down_each_few_seconds_at_most() -> None:
    officer = welfare_officer()
    case = make_case()
    client = as_(officer)
    for _ in range(3):
        client.get(f"{LIST}poll/", {"case": case.pk})
    first = CasePresence.objects.get()
    CasePresence.objects.update(seen_at=first.seen_at - WRITE_EVERY)
    client.get(f"{LIST}poll/", {"case": case.pk})
    assert CasePresence.objects.get().seen_at >= first.seen_at
    other = make_case()
    client.get(at(other, "open"))
    client.get(f"{LIST}poll/", {"case": other.pk})
    assert CasePresence.objects.get().case_id == other.pk


def test_the_first_screen_and_the_pane_cost_the_same() -> None:
    officer = welfare_officer()
    fill(10, officer)
    case = make_case()
    screen, pane = cost(officer, "/admin/"), cost(officer, at(case, "resident"))
    fill(290, officer)
    for index in range(20):
        case.resident.notes.create(
            division=case.division, by=officer, at=timezone.now(), text=f"จด {index}"
        )
    assert cost(officer, "/admin/") == screen
    assert cost(officer, at(case, "resident")) == pane
