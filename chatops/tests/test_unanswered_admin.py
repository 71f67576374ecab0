"""Unanswered questions in the admin: seen by their division, made into a row by one click."""

from __future__ import annotations

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
from chatops.models import KnowledgePhrase, KnowledgeRow, Question, QuestionGroup

pytestmark = pytest.mark.django_db
LIST = "/admin/chatops/questiongroup/"
State = QuestionGroup.State
ACTS = ("make_row", "same_as", "dismiss", "reopen")


def make_group(
    *texts: str, slug: str | None = "engineering", times: int = 0, **fields: Any
) -> QuestionGroup:
    now = timezone.now()
    group = QuestionGroup.objects.create(
        text=texts[0],
        key=texts[0],
        times=times or len(texts),
        division=Division.objects.get(slug=slug) if slug else None,
        first_at=now,
        last_at=now,
        **fields,
    )
    for text in texts:
        Question.objects.create(group=group, text=text, at=now)
    return group


@pytest.fixture(autouse=True)
def _nothing_else() -> None:
    KnowledgeRow.objects.all().delete()


@pytest.fixture
def keeper() -> Staff:
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


def act(client: Client, name: str, group: QuestionGroup, **data: Any) -> Any:
    url = reverse(f"admin:chatops_questiongroup_{name}", args=[group.pk])
    return client.post(url, data, follow=True)


def shown(client: Client, query: str = "") -> list[str]:
    return [group.text for group in client.get(f"{LIST}{query}").context["cl"].result_list]


def test_a_division_sees_its_own_and_nobodys_most_asked_first(
    engineer: Staff, health_officer: Staff, keeper: Staff, executive: Staff
) -> None:
    make_group("ถนนใครดูแล", times=2)
    make_group("ตลาดเปิดกี่โมง", slug="health", times=9)
    make_group("เรื่องอะไรสักอย่าง", slug=None, times=5)
    assert shown(as_(engineer)) == ["เรื่องอะไรสักอย่าง", "ถนนใครดูแล"]
    assert shown(as_(health_officer)) == ["ตลาดเปิดกี่โมง", "เรื่องอะไรสักอย่าง"]
    assert len(shown(as_(keeper))) == 3
    assert as_(executive).get(LIST).status_code == 403


def test_one_click_begins_a_row(engineer: Staff) -> None:
    group = make_group("ถนนใครดูแล", "ถนนซอยใครซ่อม", "ถนนใครดูแล")
    said = act(as_(engineer), "make_row", group)
    row = KnowledgeRow.objects.get()
    assert said.redirect_chain[-1][0] == reverse("admin:chatops_knowledgerow_change", args=[row.pk])
    assert (row.question, row.state, row.answer) == ("ถนนใครดูแล", KnowledgeRow.State.DRAFT, "")
    assert row.division.slug == "engineering"
    assert list(row.phrases.values_list("text", flat=True)) == ["ถนนซอยใครซ่อม"]
    group.refresh_from_db()
    assert (group.state, group.row) == (State.ANSWERED, row)
    assert shown(as_(engineer)) == []
    assert shown(as_(engineer), "?state=answered") == ["ถนนใครดูแล"]


def test_a_row_asks_what_anybody_would(engineer: Staff) -> None:
    group = make_group("นาย… อยากเช่าแผงตลาด โทร xxx-xxx-xxxx", "อยากเช่าแผงตลาด", "เช่าแผงตลาดอย่างไร")
    act(as_(engineer), "make_row", group)
    row = KnowledgeRow.objects.get()
    assert row.question == "อยากเช่าแผงตลาด"
    assert [phrase.text for phrase in row.phrases.all()] == ["เช่าแผงตลาดอย่างไร"]


def test_two_clicks_make_one_row(engineer: Staff) -> None:
    group = make_group("ถนนใครดูแล")
    act(as_(engineer), "make_row", group)
    said = act(as_(engineer), "make_row", group).content.decode()
    assert "มีผู้อื่นจัดการคำถามนี้แล้ว" in said
    assert KnowledgeRow.objects.count() == 1


def test_a_question_that_is_a_row_already_goes_to_it(engineer: Staff) -> None:
    there = KnowledgeRow.objects.create(
        question="ถนนใครดูแล", answer="กองช่าง", division=Division.objects.get(slug="engineering")
    )
    group = make_group("ถนนใครดูแล", "ใครซ่อมถนน")
    act(as_(engineer), "make_row", group)
    assert KnowledgeRow.objects.get() == there
    assert there.phrases.get().text == "ใครซ่อมถนน"


def test_another_divisions_row_is_not_touched(engineer: Staff) -> None:
    KnowledgeRow.objects.create(
        question="ถนนใครดูแล", answer="x", division=Division.objects.get(slug="health")
    )
    group = make_group("ถนนใครดูแล", "ใครซ่อมถนน")
    said = act(as_(engineer), "make_row", group).content.decode()
    assert "มีคำถามนี้ในฐานความรู้ของกองสาธารณสุขและสิ่งแวดล้อมแล้ว" in said
    assert not KnowledgePhrase.objects.exists()
    group.refresh_from_db()
    assert group.state == State.OPEN


def test_it_can_be_another_way_to_ask_a_row(engineer: Staff, health_officer: Staff) -> None:
    row = KnowledgeRow.objects.create(
        question="ซ่อมถนนแจ้งที่ไหน",
        answer="กองช่าง",
        division=Division.objects.get(slug="engineering"),
        state=KnowledgeRow.State.PUBLISHED,
    )
    before = row.changed_at
    group = make_group("ถนนใครดูแล", "ซ่อมถนนแจ้งที่ไหน")
    client = as_(engineer)
    assert "ซ่อมถนนแจ้งที่ไหน" in client.get(f"{LIST}{group.pk}/change/").content.decode()
    for nonsense in ("", "0", "9" * 30, "๑๒x"):
        assert "โปรดเลือกคำถาม" in act(client, "same_as", group, row=nonsense).content.decode()
    act(client, "same_as", group, row=row.pk)
    row.refresh_from_db()
    assert [phrase.text for phrase in row.phrases.all()] == ["ถนนใครดูแล"]
    assert (row.state, row.changed_at > before) == (KnowledgeRow.State.PUBLISHED, True)
    group.refresh_from_db()
    assert (group.state, group.row) == (State.ANSWERED, row)


def test_the_row_of_another_division_cannot_be_chosen(engineer: Staff) -> None:
    row = KnowledgeRow.objects.create(
        question="x", answer="x", division=Division.objects.get(slug="health")
    )
    group = make_group("ถนนใครดูแล")
    assert "โปรดเลือกคำถาม" in act(as_(engineer), "same_as", group, row=row.pk).content.decode()
    assert not KnowledgePhrase.objects.exists()


def test_what_needs_no_answer_is_put_away_and_brought_back(engineer: Staff) -> None:
    group = make_group("ใครหล่อสุด")
    client = as_(engineer)
    act(client, "dismiss", group)
    assert shown(client) == []
    assert shown(client, "?state=dismissed") == ["ใครหล่อสุด"]
    act(client, "reopen", group)
    assert shown(client) == ["ใครหล่อสุด"]
    client.post(LIST, {"action": "dismiss_all", "_selected_action": [group.pk]})
    assert shown(client) == []


@pytest.mark.parametrize("name", ACTS)
def test_nobody_else_touches_a_divisions_question(
    name: str, health_officer: Staff, outsider: Staff, engineer: Staff
) -> None:
    group = make_group("ถนนใครดูแล")
    assert act(as_(health_officer), name, group).status_code == 404
    assert act(as_(outsider), name, group).status_code in (403, 404)
    url = reverse(f"admin:chatops_questiongroup_{name}", args=[group.pk])
    assert as_(engineer).get(url).status_code == 405
    assert as_(health_officer).get(f"{LIST}{group.pk}/change/").status_code == 404
    assert not KnowledgeRow.objects.exists()


def test_who_keeps_all_makes_a_row_of_nobodys_question(keeper: Staff) -> None:
    act(as_(keeper), "make_row", make_group("อะไรสักอย่าง", slug=None))
    assert KnowledgeRow.objects.get().division.slug == "public-relations"


def test_the_first_screen_counts_what_waits(engineer: Staff, health_officer: Staff) -> None:
    make_group("ถนนใครดูแล")
    assert "ทำเป็นคำตอบได้ในคลิกเดียว" in as_(engineer).get("/admin/").content.decode()
    assert "ทำเป็นคำตอบได้ในคลิกเดียว" not in as_(health_officer).get("/admin/").content.decode()


def test_the_list_asks_the_same_of_the_database_however_long_it_is(engineer: Staff) -> None:
    client = as_(engineer)
    make_group("ก")
    client.get(LIST)
    counts = []
    for more in (1, 40):
        for number in range(more):
            make_group(f"{more} {number}", "อีกแบบ")
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("pk", ["0", "9" * 30, "x", "๑"])
def test_there_is_no_page_of_what_is_not_there(engineer: Staff, pk: str) -> None:
    assert as_(engineer).get(f"{LIST}{pk}/change/").status_code == 404
