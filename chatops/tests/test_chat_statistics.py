"""สถิติแชต: what is counted, whose, how long things took, and in what it is given out."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bannmae import reference, roles, testing
from bannmae.models import Division, Holiday, Staff
from bannmae.tests.paper_reading import pages_of, text_of
from bannmae.thai.calendar import BANGKOK
from chatops.desk import statistics
from chatops.desk.figures import Line, Period, Statistics
from chatops.models import (
    AutomaticAnswer,
    Channel,
    ChatCase,
    ChatEntry,
    KnowledgeRow,
    QuestionGroup,
    Resident,
    Topic,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 10, 5, tzinfo=BANGKOK)  # a Saturday
URL = "/admin/chatops/statistics/"
State = ChatCase.State
ALL = statistics.Scope(everything=True, divisions=frozenset())
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer() -> Staff:
    return testing.make_staff(divisions=("welfare",), role=roles.OFFICER)


def as_(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def day(year: int, month: int, number: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(year, month, number, hour, tzinfo=BANGKOK)


def chat(
    opened: dt.datetime,
    *,
    topic: str = "welfare",
    answered: float | None = None,
    closed: float | None = None,
    automatic: bool = False,
    **fields: Any,
) -> ChatCase:
    """A chat; a person answered it, and it was done, so many minutes after it was opened."""
    of = Topic.objects.select_related("division").get(slug=topic)
    values: dict[str, Any] = {"division": of.division, "state": State.INBOX, "inbox_at": opened}
    if automatic:
        values |= {"state": State.ANSWERED, "first_reply_at": opened}
    if answered is not None:
        at = opened + answered * MINUTE
        values |= {"first_answer_at": at, "first_reply_at": at, "taken_at": at}
    if closed is not None:
        values |= {"state": State.DONE, "closed_at": opened + closed * MINUTE}
    return ChatCase.objects.create(
        resident=testing.make_resident(),
        topic=of,
        opened_at=opened,
        last_at=opened,
        **values | fields,
    )


def collect(
    scope: statistics.Scope = ALL, year: int = 2570, month: int | None = None
) -> Statistics:
    return statistics.collect(scope, Period(year, month), statistics.divisions_of(scope))


def named(lines: tuple[Line, ...], label: str) -> Line:
    (line,) = (one for one in lines if one.label == label)
    return line


# -- what is counted ---------------------------------------------------------------------------


def test_a_chat_counts_in_the_month_of_bangkok_in_which_it_was_opened() -> None:
    chat(dt.datetime(2026, 9, 30, 16, 59, tzinfo=dt.UTC))  # 23.59 of the year's last day
    chat(dt.datetime(2026, 9, 30, 17, 0, tzinfo=dt.UTC))  # midnight of 1 October
    chat(day(2026, 11, 1, hour=0))
    assert collect(year=2569).all.opened == 1
    found = collect(year=2570)
    assert found.all.opened == 2
    assert [(line.label, line.opened) for line in found.months] == [
        ("ตุลาคม 2569", 1),
        ("พฤศจิกายน 2569", 1),
    ], "months to come are not listed"
    assert len(collect(year=2569).months) == 12


def test_of_one_month_only_that_is_counted_below() -> None:
    chat(day(2026, 10, 5), topic="tax")
    chat(day(2026, 11, 5))
    found = collect(month=11)
    assert (found.all.opened, len(found.months)) == (1, 2)
    assert [line.label for line in found.divisions] == ["กองสวัสดิการสังคม"]
    assert [line.label for line in found.topics] == ["สวัสดิการ"]


def test_what_no_person_touched_was_answered_automatically() -> None:
    when = day(2026, 11, 2)
    chat(when, automatic=True)
    chat(when, automatic=True, closed=3)
    chat(when, answered=5, closed=9)  # a person's
    chat(when)  # waits
    chat(when, state=State.ANSWERED)  # nothing was said yet
    whole = collect().all
    assert (whole.opened, whole.automatic, whole.share) == (5, 2, 40.0)


def test_times_are_averaged_halved_and_the_longest_found() -> None:
    for answered, closed in ((2, 10), (4, 30), (30, 500)):
        chat(day(2026, 11, 3), answered=answered, closed=closed)
    chat(day(2026, 11, 3), automatic=True, closed=1)  # would make people look quick
    chat(day(2026, 10, 3), topic="tax", answered=60, closed=80)
    found = collect()
    november = named(found.months, "พฤศจิกายน 2569")
    first, total = november.first, november.total
    assert (first.count, first.average, first.median, first.longest) == (
        3,
        12 * MINUTE,
        4 * MINUTE,
        30 * MINUTE,
    )
    assert (total.count, total.average, total.median, total.longest) == (
        3,
        180 * MINUTE,
        30 * MINUTE,
        500 * MINUTE,
    )
    assert found.all.first.median == 17 * MINUTE, "of 2, 4, 30 and 60"
    assert found.all.first.average == 24 * MINUTE
    assert found.all.first.longest == 60 * MINUTE
    assert named(found.divisions, "งานจัดเก็บรายได้").total.median == 80 * MINUTE


def test_without_answers_there_are_no_times() -> None:
    chat(day(2026, 11, 3))
    first = collect().all.first
    assert (first.count, first.average, first.median, first.longest) == (0, None, None, None)


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    chat(day(2026, 11, 3), answered=-5, closed=-2)
    whole = collect().all
    assert (whole.first.count, whole.first.median, whole.total.count) == (0, None, 0)
    assert whole.total.median is None


def test_of_very_many_cases_the_median_is_that_of_every_nth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(12):
        chat(day(2026, 11, 3), answered=10 + number % 3, closed=60)
    assert not collect().sampled
    monkeypatch.setattr(statistics, "MEDIAN_ROWS", 4)
    found = collect()
    assert found.sampled
    assert found.all.first.median is not None
    assert 10 * MINUTE <= found.all.first.median <= 12 * MINUTE
    assert found.all.first.count == 12, "the rest is of all"


def test_topics_are_counted_by_state() -> None:
    when = day(2026, 11, 3)
    chat(when)
    chat(when, answered=1, closed=2)
    chat(when, answered=1, closed=2)
    chat(when, topic="tax", automatic=True)
    counts = {line.label: dict(zip(State, line.states, strict=True)) for line in collect().topics}
    assert counts["สวัสดิการ"][State.INBOX] == 1
    assert counts["สวัสดิการ"][State.DONE] == 2
    assert counts["ภาษี"][State.ANSWERED] == 1


def test_hand_overs_count_for_the_division_that_they_came_to() -> None:
    case = chat(day(2026, 10, 3))
    welfare, tax = case.division, Division.objects.get(slug="revenue")
    for division, at in ((tax, day(2026, 11, 3)), (welfare, day(2026, 11, 4))):
        ChatEntry.objects.create(
            case=case, kind=ChatEntry.Kind.HANDED_OVER, at=at, division=division
        )
    found = collect()
    assert named(found.divisions, "งานจัดเก็บรายได้").handed_over == 1
    assert named(found.months, "พฤศจิกายน 2569").handed_over == 2
    assert found.all.handed_over == 2


@pytest.mark.parametrize(
    ("waiting", "overdue"),
    [
        (day(2026, 11, 20, 16), 1),  # Friday before closing: promised that very day
        (day(2026, 11, 20, 17), 0),  # after closing: promised for Monday
        (day(2026, 11, 21, 9), 0),
    ],
)
def test_overdue_is_who_waits_longer_than_was_promised(waiting: dt.datetime, overdue: int) -> None:
    chat(waiting, waiting_since=waiting)
    found = collect().waiting_all
    assert (found.now, found.overdue, found.since) == (1, overdue, waiting)


def test_on_a_holiday_no_promise_runs_out() -> None:
    evening = day(2026, 11, 24, 18)  # Tuesday
    assert statistics.last_closing(evening) == evening.replace(hour=16, minute=30)
    Holiday.objects.create(date=dt.date(2026, 11, 24), name="วันหยุดพิเศษ")
    reference.forget_all()
    assert statistics.last_closing(evening) == evening.replace(day=23, hour=16, minute=30)


def test_the_knowledge_base_is_told_in_brief() -> None:
    KnowledgeRow.objects.all().delete()
    welfare = Division.objects.get(slug="welfare")
    common = {"answer": "ค่ะ", "division": welfare}
    published = KnowledgeRow.State.PUBLISHED
    KnowledgeRow.objects.create(
        question="1",
        state=published,
        times_answered=10,
        times_solved=7,
        times_handed_over=2,
        **common,
    )
    KnowledgeRow.objects.create(
        question="2", state=published, valid_until=dt.date(2026, 11, 20), **common
    )
    KnowledgeRow.objects.create(
        question="3", state=published, valid_until=dt.date(2026, 11, 21), **common
    )
    KnowledgeRow.objects.create(question="4", **common)
    QuestionGroup.objects.create(text="?", key="?", division=welfare, first_at=NOW, last_at=NOW)
    found = collect().knowledge
    assert (found.usable, found.expired, found.drafts) == (2, 1, 1)
    assert (found.answered, found.solved, found.handed_over, found.unanswered) == (10, 7, 2, 1)
    elsewhere = statistics.Scope(False, frozenset({Division.objects.get(slug="revenue").pk}))
    assert collect(elsewhere).knowledge.usable == 0


# -- whose -------------------------------------------------------------------------------------


def test_an_officer_counts_his_own_divisions_and_executives_all(officer: Staff) -> None:
    chat(day(2026, 11, 3))
    chat(day(2026, 11, 3), topic="tax")
    head = testing.make_staff(divisions=("finance",), role=roles.OFFICER)
    seen = {
        "officer": as_(officer).get(URL).context["all"].opened,
        "head of the กอง": as_(head).get(URL).context["all"].opened,
        "executive": as_(testing.make_executive()).get(URL).context["all"].opened,
        "administrator": as_(testing.make_staff(is_superuser=True)).get(URL).context["all"].opened,
    }
    assert seen == {
        "officer": "1",
        "head of the กอง": "1",
        "executive": "2",
        "administrator": "2",
    }


def test_an_address_opens_no_other_division(officer: Staff) -> None:
    chat(day(2026, 11, 3), topic="tax")
    other = Division.objects.get(slug="revenue").pk
    for tail in ("", "csv/"):
        answer = as_(officer).get(f"{URL}{tail}", {"division": other})
        assert "งานจัดเก็บรายได้" not in answer.content.decode()


def test_a_division_chosen_brings_those_below_it() -> None:
    chat(day(2026, 11, 3), topic="tax")
    chat(day(2026, 11, 3))
    finance = Division.objects.get(slug="finance").pk
    answer = as_(testing.make_executive()).get(URL, {"division": finance})
    assert answer.context["all"].opened == "1"
    assert answer.context["ask"].whose == "กองคลัง"


@pytest.mark.parametrize("tail", ["", "csv/", "pdf/"])
def test_who_may_not_see_counts_sees_none(tail: str) -> None:
    assert as_(testing.make_outsider()).get(URL + tail).status_code == 403
    assert Client().get(URL + tail)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    "query", ["year=x", "year=99999999999999999999", "year=2400&month=13", "month=-1&division=๙๙"]
)
def test_nonsense_in_the_address_is_passed_over(officer: Staff, query: str) -> None:
    answer = as_(officer).get(f"{URL}?{query}")
    assert answer.status_code == 200
    assert answer.context["ask"].period == Period(2570)


def test_the_side_menu_leads_there(officer: Staff) -> None:
    assert reverse("chat-statistics") in as_(officer).get("/admin/").content.decode()
    outside = as_(testing.make_outsider()).get("/admin/").content.decode()
    assert reverse("chat-statistics") not in outside


# -- in what it is given out -------------------------------------------------------------------


def test_the_page_says_what_will_be_there_while_there_is_nothing(officer: Staff) -> None:
    page = as_(officer).get(URL).content.decode()
    assert "ยังไม่มีแชตในปีงบประมาณ 2570" in page
    assert "พิมพ์ (PDF)" not in page
    nobodys = testing.make_staff(role=roles.OFFICER)
    assert "ไม่ได้สังกัดกอง/งานใด" in as_(nobodys).get(URL).content.decode()


def test_years_reach_back_to_the_first_chat() -> None:
    assert statistics.years() == [2570]
    chat(day(2024, 9, 30))
    assert statistics.years() == [2570, 2569, 2568, 2567]


def test_the_page_shows_the_figures(officer: Staff) -> None:
    chat(day(2026, 11, 3), answered=135, closed=3000)
    page = as_(officer).get(URL).content.decode()
    for words in ("พฤศจิกายน 2569", "2 ชม. 15 นาที", "2 วัน 2 ชม.", "สวัสดิการ"):
        assert words in page


def test_the_spreadsheet_opens_in_thai_excel_and_holds_no_formula(officer: Staff) -> None:
    Topic.objects.filter(slug="welfare").update(name='=HYPERLINK("http://x")')
    Division.objects.filter(slug="welfare").update(name="+กอง")
    chat(day(2026, 11, 3), answered=90, closed=100)
    answer = as_(officer).get(f"{URL}csv/")
    assert answer["Content-Disposition"] == 'attachment; filename="chat-statistics-2570.csv"'
    data = answer.content
    assert data.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    cells = [cell for row in table for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert '\'=HYPERLINK("http://x")' in cells
    (head,) = (row for row in table if "ตอบครั้งแรก มัธยฐาน (นาที)" in row)
    (whole,) = (row for row in table if row[:1] == ["รวม"])
    assert dict(zip(head, whole, strict=True))["ตอบครั้งแรก มัธยฐาน (นาที)"] == "90.0"


def test_the_paper_has_thai_numerals_and_a_buddhist_year(officer: Staff) -> None:
    chat(day(2026, 11, 3), answered=135, closed=3000)
    answer = as_(officer).get(f"{URL}pdf/?month=11")
    assert answer["Content-Type"] == "application/pdf"
    words = text_of(answer.content)
    for part in ("สถิติแชต พฤศจิกายน ๒๕๖๙", "๒ ชม. ๑๕ นาที", "กองสวัสดิการสังคม", "รายหัวข้อและสถานะ"):
        assert part in words
    assert not any(digit in words for digit in "0123456789")
    assert len(pages_of(answer.content)) == 1


def test_a_paper_of_nothing_is_a_paper(officer: Staff) -> None:
    assert "สถิติแชต ปีงบประมาณ ๒๕๗๐" in text_of(as_(officer).get(f"{URL}pdf/").content)


# -- what it costs -----------------------------------------------------------------------------


def fill(count: int) -> None:
    """Put chats of all topics, months and states into the database, quickly."""
    topics = list(Topic.objects.select_related("division"))
    channel = Channel.main()
    start = Resident.objects.count()
    people = Resident.objects.bulk_create(
        Resident(channel=channel, line_user_id=f"Ux{start + number:030x}")
        for number in range(count)
    )
    made = []
    for number, resident in enumerate(people):
        topic = topics[number % len(topics)]
        opened = NOW - dt.timedelta(hours=7 * number % 9000)
        answered = opened + number % 500 * MINUTE
        made.append(
            ChatCase(
                resident=resident,
                topic=topic,
                division=topic.division,
                state=State.DONE if number % 5 else State.INBOX,
                opened_at=opened,
                inbox_at=opened,
                last_at=opened,
                first_answer_at=answered if number % 3 else None,
                first_reply_at=answered,
                closed_at=answered + MINUTE if number % 5 else None,
                waiting_since=None if number % 5 else opened,
            )
        )
    for case in ChatCase.objects.bulk_create(made):
        if case.pk % 9 == 0:
            ChatEntry.objects.create(
                case=case,
                kind=ChatEntry.Kind.HANDED_OVER,
                at=case.opened_at,
                division=case.division,
            )
        if case.pk % 50 == 0:
            AutomaticAnswer.objects.create(
                resident_id=case.resident_id, case=case, action="faq", at=case.opened_at
            )


def test_more_chats_cost_no_more_queries(officer: Staff) -> None:
    client = as_(testing.make_executive())
    counts = []
    for more in (5, 300):
        fill(more)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL, {"year": 2570}).status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 30
    scope = statistics.scope_of(officer)
    divisions = statistics.divisions_of(scope)
    with CaptureQueriesContext(connection) as queries:
        statistics.collect(scope, Period(2570), divisions)
    assert len(queries) <= 8


def test_the_sum_is_that_of_the_divisions_and_of_the_months() -> None:
    fill(200)
    found = collect(year=2569)
    assert found.all.opened == sum(line.opened for line in found.divisions)
    assert found.all.opened == sum(line.opened for line in found.months)
    assert found.all.opened == sum(line.opened for line in found.topics)
    assert found.all.total.count == sum(line.total.count for line in found.months)
