"""The knowledge base in the admin: whose rows, checked before they are answered from, and found."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bannmae import roles, testing
from bannmae.models import Division, Staff
from bannmae.tests.accounts import as_
from chatops.models import KnowledgePhrase, KnowledgeRow, Topic

pytestmark = pytest.mark.django_db
LIST = "/admin/chatops/knowledgerow/"
State = KnowledgeRow.State


def make_row(
    question: str = "ไฟถนนดับแจ้งที่ไหน", slug: str = "engineering", **fields: Any
) -> KnowledgeRow:
    fields.setdefault("answer", "แจ้งกองช่างได้ทุกวัน")
    fields.setdefault("state", State.PUBLISHED)
    return KnowledgeRow.objects.create(
        question=question, division=Division.objects.get(slug=slug), **fields
    )


@pytest.fixture(autouse=True)
def _nothing_else() -> None:
    KnowledgeRow.objects.all().delete()


@pytest.fixture
def keeper() -> Staff:
    """Who sets up the chat: keeps every row, belongs to no division."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


def page(row: KnowledgeRow) -> str:
    return reverse("admin:chatops_knowledgerow_change", args=[row.pk])


def fill(row: KnowledgeRow, **changes: Any) -> dict[str, Any]:
    """What the form sends when nothing but `changes` was typed."""
    return {
        "question": row.question,
        "answer": row.answer,
        "division": row.division_id,
        "topic": row.topic_id or "",
        "valid_for": row.valid_for,
        "valid_until": row.valid_until.isoformat() if row.valid_until else "",
        "source": row.source,
        "other_ways": "\n".join(row.phrases.values_list("text", flat=True)),
        "act": "keep",
        "seen": row.changed_at.isoformat(),
    } | changes


def save(client: Client, row: KnowledgeRow, **changes: Any) -> tuple[KnowledgeRow, str]:
    """Save the form; return the row as it is then, and what the page says."""
    answer = client.post(page(row), fill(row, **changes), follow=True)
    return KnowledgeRow.objects.get(pk=row.pk), answer.content.decode()


# -- who may do what ----------------------------------------------------------------------------


def test_everybody_with_a_desk_reads_all_and_changes_his_own(
    engineer: Staff, finance_clerk: Staff, keeper: Staff, executive: Staff, outsider: Staff
) -> None:
    row = make_row()
    seen = {}
    for who in (engineer, finance_clerk, keeper, executive, outsider):
        status = as_(who).get(page(row)).status_code
        as_(who).post(page(row), fill(row, answer=f"โดย {who.username}", act="publish"))
        now = KnowledgeRow.objects.get(pk=row.pk)
        seen[who] = (status, now.answer == f"โดย {who.username}")
        row = now
    assert seen == {
        engineer: (200, True),
        finance_clerk: (200, False),
        keeper: (200, True),
        executive: (403, False),
        outsider: (403, False),
    }


def test_an_officer_of_a_division_keeps_the_rows_of_its_units(db: None) -> None:
    head = testing.make_staff(divisions=("finance",), role=roles.OFFICER)
    row, _ = save(as_(head), make_row(slug="revenue"), answer="ใหม่", act="publish")
    assert row.answer == "ใหม่"


def test_a_new_row_can_only_be_his_own_divisions(engineer: Staff, outsider: Staff) -> None:
    other = Division.objects.get(slug="welfare")
    new = {"question": "ขอเต็นท์ได้ไหม", "answer": "ได้", "other_ways": "ยืมเต็นท์"}
    client = as_(engineer)
    client.post(f"{LIST}add/", new | {"division": other.pk, "act": "draft"})
    assert not KnowledgeRow.objects.exists()
    mine = Division.objects.get(slug="engineering")
    client.post(f"{LIST}add/", new | {"division": mine.pk, "act": "draft"})
    row = KnowledgeRow.objects.get()
    assert (row.division, row.state, row.changed_by) == (mine, State.DRAFT, engineer)
    assert as_(outsider).get(f"{LIST}add/").status_code == 403


def test_nobody_deletes_a_row(keeper: Staff) -> None:
    root = testing.make_staff(is_superuser=True)
    row = make_row()
    url = reverse("admin:chatops_knowledgerow_delete", args=[row.pk])
    assert as_(root).post(url, {"post": "yes"}).status_code == 403


# -- publishing needs a check ----------------------------------------------------------------------


def test_what_is_answered_from_is_not_reworded_without_a_check(engineer: Staff) -> None:
    row, said = save(as_(engineer), make_row(), answer="ไม่ต้องแจ้ง")
    assert row.answer == "แจ้งกองช่างได้ทุกวัน"
    assert "โปรดเลือกว่าตรวจสอบแล้ววันนี้" in said


def test_a_check_names_who_and_when(engineer: Staff) -> None:
    row = make_row(state=State.DRAFT, checked_on=None)
    row, _ = save(as_(engineer), row, answer="แจ้งที่แชตนี้", act="publish")
    assert (row.state, row.checked_on, row.checked_by) == (
        State.PUBLISHED,
        timezone.localdate(),
        "สมชาย ใจดี",
    )


def test_other_ways_to_ask_need_no_check(engineer: Staff) -> None:
    row = make_row(checked_on=date(2026, 1, 5))
    KnowledgePhrase.objects.create(row=row, text="ไฟทางดับ")
    row, _ = save(as_(engineer), row, other_ways=" ไฟทางดับ \n\nไฟส่องทางบ่ติด\nไฟส่องทางบ่ติด\nเสาไฟดับ")
    assert list(row.phrases.values_list("text", flat=True)) == [
        "ไฟทางดับ",
        "ไฟส่องทางบ่ติด",
        "เสาไฟดับ",
    ]
    assert row.checked_on == date(2026, 1, 5)


def test_an_expired_one_is_not_published_before_its_day_is_mended(engineer: Staff) -> None:
    row = make_row(valid_until=date(2026, 1, 31))
    client = as_(engineer)
    row, said = save(client, row, act="publish")
    assert "วันที่นี้ผ่านไปแล้ว" in said
    client.post(reverse("admin:chatops_knowledgerow_checked", args=[row.pk]))
    assert KnowledgeRow.objects.get(pk=row.pk).checked_on is None
    later = timezone.localdate() + timedelta(days=400)
    row, _ = save(client, row, act="publish", valid_until=later.isoformat())
    assert (row.valid_until, row.checked_on) == (later, timezone.localdate())


@pytest.mark.parametrize("typed", ["30/09/2571", "30/09/2028", "2571-09-30", "๓๐/๐๙/๒๕๗๑"])
def test_a_day_may_be_typed_in_either_era(engineer: Staff, typed: str) -> None:
    row, _ = save(as_(engineer), make_row(), valid_until=typed, act="publish")
    assert row.valid_until == date(2028, 9, 30)


def test_one_button_says_that_it_still_holds(engineer: Staff, finance_clerk: Staff) -> None:
    row = make_row(checked_on=date(2025, 1, 5), checked_by="คนก่อน")
    url = reverse("admin:chatops_knowledgerow_checked", args=[row.pk])
    assert as_(engineer).get(url).status_code == 405
    assert as_(finance_clerk).post(url).status_code == 403
    as_(engineer).post(url)
    row.refresh_from_db()
    assert (row.checked_on, row.checked_by) == (timezone.localdate(), "สมชาย ใจดี")


def test_ticked_rows_are_checked_where_they_are_his_and_can_be(engineer: Staff) -> None:
    draft = make_row("หนึ่ง", state=State.DRAFT)
    empty = make_row("สอง", state=State.DRAFT, answer="")
    over = make_row("สาม", valid_until=date(2026, 1, 31))
    other = make_row("สี่", "welfare", state=State.DRAFT)
    said = (
        as_(engineer)
        .post(
            LIST,
            {
                "action": "checked_today",
                "_selected_action": [row.pk for row in (draft, empty, over, other)],
            },
            follow=True,
        )
        .content.decode()
    )
    usable = set(KnowledgeRow.objects.usable(timezone.localdate()))
    assert usable == {draft}
    assert "ยังไม่มีคำตอบ" in said
    assert "พ้นวันที่ใช้ได้แล้ว" in said
    assert "1 ข้อเป็นของกองอื่น" in said


def test_ticked_rows_of_others_are_not_retired(engineer: Staff) -> None:
    mine, other = make_row("หนึ่ง"), make_row("สอง", "welfare")
    as_(engineer).post(LIST, {"action": "retire", "_selected_action": [mine.pk, other.pk]})
    assert set(KnowledgeRow.objects.filter(state=State.RETIRED)) == {mine}


def test_two_officers_do_not_undo_each_others_words(engineer: Staff) -> None:
    row = make_row()
    opened = fill(row, answer="ของคนแรก", act="publish")
    save(as_(engineer), row, answer="ของคนที่สอง", act="publish")
    said = as_(engineer).post(page(row), opened).content.decode()
    assert "มีผู้อื่นแก้คำตอบนี้ระหว่างที่ท่านเปิดอยู่" in said
    assert KnowledgeRow.objects.get().answer == "ของคนที่สอง"


def test_the_lists_owner_name_goes_with_its_division(keeper: Staff) -> None:
    row = make_row(division_name="กองช่าง (เดิม)")
    row, _ = save(as_(keeper), row, topic="", act="keep")
    assert row.division_name == "กองช่าง (เดิม)"
    other = Division.objects.get(slug="welfare")
    row, _ = save(as_(keeper), row, division=other.pk, act="publish")
    assert (row.division, row.division_name) == (other, "")


# -- the list ------------------------------------------------------------------------------------


def shown(client: Client, query: str = "") -> set[str]:
    """The questions that the list shows."""
    rows = client.get(f"{LIST}{query}").context["cl"].result_list
    return {row.question for row in rows}


def test_the_list_is_narrowed_by_what_needs_somebody(engineer: Staff) -> None:
    today = timezone.localdate()
    make_row("ดี", checked_on=today)
    make_row("นานแล้ว", checked_on=today - timedelta(days=400))
    make_row("ใกล้หมด", checked_on=today, valid_until=today + timedelta(days=5))
    make_row("หมดแล้ว", checked_on=today, valid_until=today - timedelta(days=1))
    make_row("ร่าง", "welfare", state=State.DRAFT)
    make_row("เลิก", "welfare", state=State.RETIRED)
    client = as_(engineer)
    assert len(shown(client)) == 6
    assert shown(client, "?show=usable") == {"ดี", "นานแล้ว", "ใกล้หมด"}
    assert shown(client, "?show=expired") == {"หมดแล้ว"}
    assert shown(client, "?show=check") == {"นานแล้ว", "ใกล้หมด", "หมดแล้ว"}
    assert shown(client, "?show=draft") == {"ร่าง"}
    assert shown(client, "?owner=mine") == {"ดี", "นานแล้ว", "ใกล้หมด", "หมดแล้ว"}
    welfare = Division.objects.get(slug="welfare").pk
    assert shown(client, f"?owner={welfare}&show=retired") == {"เลิก"}
    assert len(shown(client, "?owner=x&show=y&checked_by__startswith=a")) == 6


def test_a_row_is_found_by_its_words_and_by_other_ways_to_ask(engineer: Staff) -> None:
    row = make_row()
    KnowledgePhrase.objects.create(row=row, text="หลอดไฟขาด")
    make_row("เรื่องอื่น", answer="อื่น")
    for words in ("ไฟถนน", "แจ้งกองช่าง", "หลอดไฟ"):
        assert shown(as_(engineer), f"?q={words}") == {row.question}


def test_the_list_shows_how_answers_do(engineer: Staff) -> None:
    make_row(times_answered=40, times_solved=30, times_handed_over=4)
    said = as_(engineer).get(LIST).content.decode()
    assert "30 (75%)" in said
    assert "4 (10%)" in said


def test_the_list_asks_the_same_of_the_database_however_long_it_is(engineer: Staff) -> None:
    client = as_(engineer)
    make_row("ก")
    client.get(LIST)
    counts = []
    for more in (1, 40):
        for number in range(more):
            row = make_row(f"{more} {number}")
            KnowledgePhrase.objects.create(row=row, text="อีกแบบ")
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# -- the row's page, the first screen -----------------------------------------------------


def test_the_page_shows_what_a_resident_reads(engineer: Staff) -> None:
    row = make_row(valid_for="ปีภาษี 2569; ยังไม่ยืนยันกับแหล่งทางการ")
    said = as_(engineer).get(page(row)).context["preview"]
    assert said.startswith("แจ้งกองช่างได้ทุกวัน\n\nข้อมูลนี้สำหรับปีภาษี 2569")
    assert "ยังไม่ยืนยัน" not in said


def test_typed_words_can_be_looked_at_before_they_are_saved(
    engineer: Staff, outsider: Staff
) -> None:
    row = make_row()
    url = reverse("admin:chatops_knowledgerow_look")
    typed = fill(row, answer="คำตอบที่ยัง<b>ไม่บันทึก", valid_for="ปีภาษี 2570", valid_until="31/12/2570")
    said = as_(engineer).post(url, typed).content.decode()
    assert "คำตอบที่ยัง&lt;b&gt;ไม่บันทึก" in said
    assert "ข้อมูลนี้สำหรับปีภาษี 2570 · ใช้ได้ถึง 31 ธันวาคม 2570" in said
    assert KnowledgeRow.objects.get().answer == row.answer
    assert as_(engineer).post(url, {"valid_until": "x", "division": "๙" * 40}).status_code == 200
    assert as_(outsider).post(url, typed).status_code == 403


def test_an_expired_row_says_so_to_its_owners_first(
    engineer: Staff, health_officer: Staff, executive: Staff
) -> None:
    row = make_row(valid_until=timezone.localdate() - timedelta(days=1))
    assert "คำตอบนี้หมดอายุแล้ว" in as_(engineer).get(page(row)).content.decode()
    first = as_(engineer).get("/admin/").content.decode()
    assert "คำตอบที่หมดอายุของกอง" in first
    assert row.question in first
    for other in (health_officer, executive):
        assert row.question not in as_(other).get("/admin/").content.decode()
    make_row("ยังใช้ได้")
    KnowledgeRow.objects.filter(pk=row.pk).update(state=State.RETIRED)
    assert "หมดอายุของกอง" not in as_(engineer).get("/admin/").content.decode()


# -- trying a question ----------------------------------------------------------------------------


def test_a_question_can_be_tried_without_a_trace(engineer: Staff, outsider: Staff) -> None:
    row = make_row("ขออนุญาตก่อสร้างบ้านใช้เอกสารอะไร", topic=Topic.objects.get(slug="public-works"))
    KnowledgePhrase.objects.create(row=row, text="ปลูกบ้านต้องใช้เอกสารอะไรบ้าง")
    url = reverse("admin:chatops_knowledgerow_try")
    tried = as_(engineer).post(url, {"asked": "จะปลูกบ้านใช้เอกสารอะไรบ้างครับ"})
    outcome = tried.context["outcome"]
    assert (outcome.row, outcome.topic) == (row, "ถนน ไฟฟ้า และการก่อสร้าง")
    assert outcome.bubble.startswith("แจ้งกองช่างได้ทุกวัน")
    assert list(outcome.buttons) == ["ได้คำตอบแล้ว", "คุยกับเจ้าหน้าที่"]
    assert KnowledgeRow.objects.get().times_answered == 0
    assert as_(outsider).post(url, {"asked": "ไฟ"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("ไฟไหม้บ้านช่วยด้วย", "แจ้งเหตุฉุกเฉิน"),
        ("สวัสดีค่ะ", "ทักทาย"),
        ("ถนนหน้าบ้านเป็นหลุมใหญ่มาก มาซ่อมให้หน่อย", "ชวนแจ้งเรื่อง"),
        ("โอนค่าขยะแล้วนะคะ ส่งสลิปให้ค่ะ", "บอกวิธีชำระเงิน"),
        ("ขอพันธุ์ปลาได้ที่ไหนกัน", "ส่งต่อให้เจ้าหน้าที่"),
    ],
)
def test_whatever_is_tried_is_shown_as_it_would_go(engineer: Staff, asked: str, title: str) -> None:
    tried = as_(engineer).post(reverse("admin:chatops_knowledgerow_try"), {"asked": asked})
    assert title in tried.content.decode()
    assert tried.context["outcome"].bubble


def test_what_is_not_sure_shows_the_questions_to_choose_from(
    engineer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatops.answers import decide

    rows = [make_row("ขอถังขยะใหม่อย่างไร", "health"), make_row("ถังขยะหายทำอย่างไร", "health")]
    unsure = decide.Decision(
        decide.Action.HANDOFF, topic="public-health", suggestions=tuple(row.pk for row in rows)
    )
    monkeypatch.setattr(decide, "decide", lambda text: unsure)
    tried = as_(engineer).post(reverse("admin:chatops_knowledgerow_try"), {"asked": "ถังขยะ"})
    outcome = tried.context["outcome"]
    assert (outcome.title, outcome.row) == ("ให้เลือกว่าหมายถึงข้อใด", None)
    assert outcome.bubble.endswith("1. ขอถังขยะใหม่อย่างไร\n2. ถังขยะหายทำอย่างไร")
    assert outcome.division == "กองสาธารณสุขและสิ่งแวดล้อม"


def test_trying_nothing_shows_the_box(engineer: Staff) -> None:
    tried = as_(engineer).post(reverse("admin:chatops_knowledgerow_try"), {"asked": "  "})
    assert tried.context["outcome"] is None
