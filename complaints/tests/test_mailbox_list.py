"""The list: what it shows, how it is narrowed down, and what it costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import testing
from bannmae.models import AccessLog, Division, Staff
from chatops.models import Resident
from complaints import search, workflow
from complaints.access import visible_to
from complaints.intake import Place, Reporter
from complaints.models import Category, Complaint, Status
from complaints.tests.desk import LIST, as_, page

pytestmark = pytest.mark.django_db
# Two of them are the chats', on every page of the staff: which chats are within the officer's
# reach, and how many of those are new (the figure beside the menu).
MAX_QUERIES = 13


def numbers(staff: Staff, query: str = "") -> list[str]:
    """The numbers that the list shows."""
    answer = as_(staff).get(f"{LIST}{query}")
    assert answer.status_code == 200, query
    return [row.number for row in answer.context["rows"]]


def rows_of(screen: Any, title: str) -> Sequence[Any]:
    """The rows of the first screen's list of that title."""
    (found,) = (one for one in screen["worklists"] if one.title == title)
    return found.rows


def fill(count: int, resident: Resident) -> None:
    """Put `count` cases of all divisions into the database, quickly."""
    categories = list(Category.objects.select_related("division"))
    now = timezone.now()
    made = []
    for index in range(count):
        category = categories[index % len(categories)]
        case = Complaint(
            number=f"60-{index:06d}",
            resident=resident,
            category=category,
            division=category.division,
            subject=f"เรื่องที่ {index}",
            details="รายละเอียด",
            village=index % 12 + 1,
            place="หน้าวัด",
            reporter_name="สมศรี ใจดี",
            created_at=now - dt.timedelta(hours=index),
            due_on=timezone.localdate() + dt.timedelta(days=index % 20 - 5),
            status=Status.RECEIVED if index % 3 else Status.IN_PROGRESS,
            read_at=now if index % 2 else None,
        )
        case.search_text = search.text_of(case)
        made.append(case)
    Complaint.objects.bulk_create(made, batch_size=200)


def queries(staff: Staff, url: str = LIST) -> int:
    """How many queries a page costs, with nothing cached."""
    client = as_(staff)
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len([q for q in found.captured_queries if "SAVEPOINT" not in q["sql"]])


@pytest.mark.parametrize("role", ["legal", "engineer", "clerk"])
def test_a_page_of_fifty_costs_the_same_few_queries_however_many_cases_there_are(
    role: str, somsri: Resident
) -> None:
    staff = {
        "legal": testing.make_legal_officer,
        "engineer": testing.make_engineer,
        "clerk": lambda: testing.make_staff(divisions=("clerk-office",), role="เจ้าหน้าที่"),
    }[role]()
    for _ in range(3):
        testing.make_complaint(somsri)
    few = queries(staff)
    fill(600, somsri)
    many = queries(staff)
    assert few == many <= MAX_QUERIES
    assert queries(staff, f"{LIST}?status=open&due=late") <= MAX_QUERIES
    assert queries(staff, f"{LIST}?q=วัด&show=unread&p=1") <= MAX_QUERIES


def test_counting_stops_at_a_thousand(legal_officer: Staff, somsri: Resident) -> None:
    fill(1060, somsri)
    answer = as_(legal_officer).get(LIST)
    text = answer.content.decode()
    assert len(answer.context["rows"]) == 50
    assert "1,000+ รายการ" in text
    last = as_(legal_officer).get(f"{LIST}?p=20")
    assert last.status_code == 200
    assert len(last.context["rows"]) == 50
    assert "1,000+" in text


def test_no_list_reads_all_cases_to_show_a_page(legal_officer: Staff, somsri: Resident) -> None:
    """The plan of a page's query walks the newest cases first and sorts nothing."""
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's plan")
    fill(200, somsri)
    for staff in (legal_officer, testing.make_engineer()):
        sql, parameters = visible_to(staff).order_by("-id")[:50].query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
            plan = " ".join(str(row[3]) for row in cursor.fetchall())
        assert "TEMP B-TREE" not in plan, plan


# -- one line ---------------------------------------------------------------------------------


def test_a_line_says_what_where_how_old_and_how_long_still(legal_officer: Staff) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC), tick=False):
        case = testing.make_complaint()
    with time_machine.travel(dt.datetime(2026, 12, 9, 3, 0, tzinfo=dt.UTC), tick=False):
        [row] = as_(legal_officer).get(LIST).context["rows"]
        text = as_(legal_officer).get(LIST).content.decode()
    assert row.number == case.number
    assert row.place == "ม.3 หน้าวัดบ้านแม"
    assert row.clock.text == "เกินกำหนด 2 วัน", "words, not colour alone"
    assert row.clock.tone == "late"
    assert row.status.text == "รับเรื่องแล้ว"
    assert row.division == "กองช่าง"
    assert "ยังไม่อ่าน" in text


def test_an_ended_case_is_never_late(legal_officer: Staff) -> None:
    case = testing.make_complaint()
    Complaint.objects.filter(pk=case.pk).update(
        status=Status.COMPLETED, ended_at=timezone.now(), due_on=dt.date(2020, 1, 1)
    )
    [row] = as_(legal_officer).get(LIST).context["rows"]
    assert row.clock.text == "สิ้นสุดแล้ว"
    assert numbers(legal_officer, "?due=late") == []


def test_newest_first(legal_officer: Staff) -> None:
    made = [testing.make_complaint().number for _ in range(3)]
    assert numbers(legal_officer) == made[::-1]


def test_words_typed_by_a_resident_stay_words(legal_officer: Staff) -> None:
    testing.make_complaint(subject="<script>alert(1)</script>", place=Place(text="<b>x</b>"))
    for url in (LIST, "/admin/"):
        text = as_(legal_officer).get(url).content.decode()
        assert "<script>alert(1)" not in text
        assert "<b>x</b>" not in text


# -- read and unread ---------------------------------------------------------------------------


def test_a_case_is_unread_until_the_responsible_division_opens_it(
    engineer: Staff, legal_officer: Staff, executive: Staff
) -> None:
    case = testing.make_complaint()
    for staff in (legal_officer, executive):
        as_(staff).get(page(case))
        assert as_(engineer).get(LIST).context["rows"][0].unread, "others' eyes do not count"
    as_(engineer).get(page(case))
    assert not as_(engineer).get(LIST).context["rows"][0].unread
    assert numbers(engineer, "?show=unread") == []


def test_what_the_resident_adds_makes_it_unread_again(engineer: Staff) -> None:
    case = testing.make_complaint()
    as_(engineer).get(page(case))
    workflow.add_information(case, "หลุมใหญ่ขึ้นแล้ว")
    assert numbers(engineer, "?show=unread") == [case.number]


def test_the_side_menu_counts_the_unread_of_each_kind(engineer: Staff) -> None:
    for category in ("road", "road", "request-light"):
        testing.make_complaint(category=category)
    menu = as_(engineer).get(LIST).context["sidebar_navigation"]
    badges = {item["title"]: item.get("badge") for group in menu for item in group["items"]}
    inner = {
        str(title).split(">")[1].split("<")[0]: badge
        for title, badge in badges.items()
        if "bm-inner" in str(title)
    }
    counted = {title: badge for title, badge in inner.items() if badge}
    assert counted == {"ร้องเรียน-ร้องทุกข์": "2", "ขอรับบริการ": "1"}


def test_opening_a_case_takes_it_off_the_count_at_once(engineer: Staff) -> None:
    case = testing.make_complaint()
    client = as_(engineer)
    assert 'class="bm-inner"' in client.get(LIST).content.decode()
    client.get(page(case))
    menu = client.get(LIST).context["sidebar_navigation"]
    assert not any(item.get("badge") for group in menu for item in group["items"])


# -- searching and filtering -------------------------------------------------------------------


@pytest.fixture
def in_2569() -> Iterator[None]:
    """A day of the year whose numbers begin with 69."""
    with time_machine.travel(dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def three(in_2569: None) -> list[Complaint]:
    """A road, a request for light, and garbage."""
    return [
        testing.make_complaint(),
        testing.make_complaint(
            category="request-light",
            subject="ขอไฟทางเพิ่ม",
            place=Place(village=7, text="ซอยศาลา"),
            reporter=Reporter("บุญมี แก้วคำ", "0898765432", testing.OTHER_NATIONAL_ID),
        ),
        testing.make_complaint(category="garbage", subject="ขยะล้นถัง"),
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("69-0002", [1]),
        ("๖๙-๐๐๐๒", [1]),
        ("0002", [1]),
        ("690002", [1]),
        ("๖๙๐๐๐๒", [1]),
        ("69 – 0002", [1]),
        ("ม.7", [1]),
        ("ม. ๗", [1]),
        ("หมู่ที่ 7 ศาลา", [1]),
        ("หมู่ 7", [1]),
        ("ม.1", []),
        ("ม.7 ขยะ", []),
        ("บุญมี", [1]),
        ("แก้วคำ บุญมี", [1]),
        ("089-876-5432", [1]),
        ("๐๘๙ ๘๗๖ ๕๔๓๒", [1]),
        ("+66898765432", [1]),
        (testing.OTHER_NATIONAL_ID, [1]),
        ("3-5099-00000-00-5", [1]),
        ("ศาลา", [1]),
        ("ขยะ", [2]),
        ("ถนนเป็นหลุม", [0]),
        ("ไม่มีคำนี้", []),
        ('"', []),
    ],
)
def test_search_finds_by_number_name_phone_id_and_words(
    three: list[Complaint], legal_officer: Staff, words: str, expected: list[int]
) -> None:
    found = as_(legal_officer).get(LIST, {"q": words}).context["rows"]
    assert [row.number for row in found] == [three[index].number for index in expected][::-1]


@pytest.mark.parametrize("words", [testing.OTHER_NATIONAL_ID, "3-5099-00000-00-5"])
def test_a_search_for_a_national_id_is_a_look_and_is_noted_without_the_number(
    three: list[Complaint], legal_officer: Staff, words: str
) -> None:
    as_(legal_officer).get(LIST, {"q": "บุญมี"})
    assert not AccessLog.objects.exists()
    found = as_(legal_officer).get(LIST, {"q": words}).context["rows"]
    assert [row.number for row in found] == [three[1].number]
    note = AccessLog.objects.get()
    assert (note.staff, note.action) == (legal_officer, AccessLog.Action.REVEAL_NATIONAL_ID)
    assert note.subject == "national_id:x-xxxx-xxxxx-xx-x"
    assert not any(digit in note.subject + note.detail for digit in "359")


def test_who_may_not_reveal_a_national_id_finds_nothing_by_it(
    three: list[Complaint], executive: Staff
) -> None:
    testing.make_complaint(details=f"บัตรของผู้ร้อง {testing.OTHER_NATIONAL_ID}")
    assert numbers(executive, "?q=089-876-5432") == [three[1].number]
    assert numbers(executive, f"?q={testing.OTHER_NATIONAL_ID}") == []
    assert not AccessLog.objects.exists(), "he saw nothing"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=complaint", [0, 2]),
        ("kind=request", [1]),
        ("kind=nonsense", [0, 1, 2]),
        ("status=received", [1, 2]),
        ("status=in_progress", [0]),
        ("status=open", [0, 1, 2]),
        ("status=completed", []),
        ("show=unread", [1, 2]),
        ("due=late", [2]),
        ("due=soon", [0]),
        ("due=pressing", [0, 2]),
        ("division={health}", [2]),
        ("division=x", [0, 1, 2]),
        ("from={today}&to={today}", [1, 2]),
        ("to={yesterday}", [0]),
        ("from={tomorrow}", []),
        ("from=nonsense", [0, 1, 2]),
        ("from=9999-12-31", []),
        ("to=9999-12-31", [0, 1, 2]),
        ("kind=complaint&due=late", [2]),
    ],
)
def test_filters_narrow_the_list(
    three: list[Complaint], legal_officer: Staff, query: str, expected: list[int]
) -> None:
    now, today = timezone.now(), timezone.localdate()
    Complaint.objects.filter(pk=three[0].pk).update(
        status=Status.IN_PROGRESS,
        read_at=now,
        due_on=today + dt.timedelta(days=3),
        created_at=now - dt.timedelta(days=1),
    )
    Complaint.objects.filter(pk=three[2].pk).update(due_on=today - dt.timedelta(days=1))
    filled = query.format(
        health=Division.objects.get(slug="health").pk,
        today=today,
        yesterday=today - dt.timedelta(days=1),
        tomorrow=today + dt.timedelta(days=1),
    )
    wanted = [three[index].number for index in expected][::-1]
    assert numbers(legal_officer, f"?{filled}") == wanted


def test_a_department_is_listed_with_its_units(legal_officer: Staff) -> None:
    tree = testing.make_complaint(category="trees")  # งานป้องกันฯ of สำนักปลัด
    testing.make_complaint()
    office = Division.objects.get(slug="clerk-office")
    assert numbers(legal_officer, f"?division={office.pk}") == [tree.number]


def test_whose_turn_it_is(legal_officer: Staff, engineer: Staff, executive: Staff) -> None:
    made = {
        status: testing.make_complaint(subject=status)
        for status in ("received", "submitted", "assigned", "waiting")
    }
    for status, case in made.items():
        Complaint.objects.filter(pk=case.pk).update(status=status)
    for staff, status in (
        (legal_officer, "received"),
        (engineer, "assigned"),
    ):
        assert numbers(staff, "?show=turn") == [made[status].number]
    # Who moves no cases has no turn; what was submitted waits for the order on the paper.
    assert numbers(executive, "?show=turn") == []
    first_screen = as_(executive).get("/admin/").context
    tiles = {tile.title: tile for tile in first_screen["tiles"]}
    assert "รอเราดำเนินการ" not in tiles
    assert tiles["เสนอผู้บริหารแล้ว"].figure == "1"
    assert [row.pk for row in rows_of(first_screen, "เสนอผู้บริหารแล้ว")] == [made["submitted"].pk]
    shown = as_(executive).get(tiles["เสนอผู้บริหารแล้ว"].url).context["rows"]
    assert [row.pk for row in shown] == [made["submitted"].pk]


def test_an_empty_list_says_what_will_come(legal_officer: Staff) -> None:
    assert "เรื่องที่ประชาชนแจ้งทาง LINE" in as_(legal_officer).get(LIST).content.decode()
    testing.make_complaint()
    nothing = as_(legal_officer).get(f"{LIST}?q=ไม่มีคำนี้").content.decode()
    assert "ไม่พบเรื่อง" in nothing
    assert "ล้างตัวกรอง" in nothing


# -- the first screen -----------------------------------------------------------------------------


def test_the_first_screen_counts_what_needs_me_and_leads_there(engineer: Staff) -> None:
    cases = [testing.make_complaint() for _ in range(3)]
    today = timezone.localdate()
    Complaint.objects.filter(pk=cases[0].pk).update(due_on=today - dt.timedelta(days=1))
    Complaint.objects.filter(pk=cases[1].pk).update(due_on=today)
    client = as_(engineer)
    tiles = {tile.title: tile for tile in client.get("/admin/").context["tiles"]}
    expected = {
        "เรื่องใหม่": "3",
        "เกินกำหนด": "1",
        "ครบกำหนดใน 3 วัน": "1",
        "รอเราดำเนินการ": "0",
        "ข้อความส่งไม่ถึง": "0",
        "แชตรอตอบ": "0",
    }
    assert {title: tile.figure for title, tile in tiles.items()} == expected
    for tile in tiles.values():
        if "complaint" in tile.url:
            assert len(client.get(tile.url).context["rows"]) == int(tile.figure), tile.title
        else:
            assert client.get(tile.url).status_code == 200


def test_the_first_screen_lists_the_most_pressing_first(engineer: Staff) -> None:
    later, sooner = testing.make_complaint(), testing.make_complaint()
    today = timezone.localdate()
    Complaint.objects.filter(pk=later.pk).update(due_on=today)
    Complaint.objects.filter(pk=sooner.pk).update(due_on=today - dt.timedelta(days=4))
    pressing = rows_of(as_(engineer).get("/admin/").context, "ใกล้หรือเกินกำหนด")
    assert [row.number for row in pressing] == [sooner.number, later.number]


def test_what_waits_for_me_begins_with_the_most_late(engineer: Staff) -> None:
    cases = [testing.make_complaint() for _ in range(4)]
    for case, days in zip(cases, (3, -9, 20, -2), strict=True):
        due = timezone.localdate() + dt.timedelta(days=days)
        Complaint.objects.filter(pk=case.pk).update(status=Status.ASSIGNED, due_on=due)
    waiting = rows_of(as_(engineer).get("/admin/").context, "รอเราดำเนินการ")
    assert [row.pk for row in waiting] == [cases[index].pk for index in (1, 3, 0, 2)]


def test_who_has_no_cases_still_has_a_first_screen(outsider: Staff) -> None:
    answer = as_(outsider).get("/admin/")
    assert answer.status_code == 200
    assert answer.context["tiles"] == []
    assert as_(outsider).get(LIST).status_code == 403
