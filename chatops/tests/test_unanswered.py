"""Questions that nothing answered: masked, grouped, bounded, forgotten in time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import testing
from bannmae.models import Division
from chatops.answers import sensitive, unanswered
from chatops.models import (
    ChatCase,
    KnowledgeRow,
    Message,
    Question,
    QuestionGroup,
    Resident,
    Topic,
)

pytestmark = pytest.mark.django_db
State = QuestionGroup.State


def division(slug: str = "health") -> Division:
    return Division.objects.get(slug=slug)


def say(resident: Resident, text: str, case: ChatCase | None = None) -> Message:
    number = Message.objects.count()
    return Message.objects.create(
        resident=resident,
        line_message_id=f"m{number}",
        kind="text",
        text=text,
        sent_at=timezone.now(),
        case=case,
    )


def ask(resident: Resident, text: str) -> Message:
    """Say something that nothing answers."""
    message = say(resident, text)
    unanswered.collect(message, text, division())
    return message


def test_like_questions_are_counted_together(somsri: Resident, neighbour: Resident) -> None:
    ask(somsri, "สนามกีฬาเปิดกี่โมง")
    ask(neighbour, "สนามกีฬาเปิดกี่โมงคะ")
    ask(somsri, "สนามกีฬาเปิดกี่โมง")
    ask(somsri, "ขอยืมเครื่องเสียงได้ไหม")
    groups = {group.text: group.times for group in QuestionGroup.objects.all()}
    assert groups == {"สนามกีฬาเปิดกี่โมง": 3, "ขอยืมเครื่องเสียงได้ไหม": 1}
    group = QuestionGroup.objects.get(times=3)
    assert (group.division, group.state) == (division(), State.OPEN)
    assert group.questions.count() == 3
    assert group.first_at < group.last_at


def test_a_message_that_is_handled_again_is_counted_once(somsri: Resident) -> None:
    message = ask(somsri, "สนามกีฬาเปิดกี่โมง")
    assert unanswered.collect(message, message.text, division()) is None
    assert QuestionGroup.objects.get().times == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"บัตร {testing.NATIONAL_ID} ขอดูสิทธิ", "บัตร x-xxxx-xxxxx-xx-x ขอดูสิทธิ"),
        ("โทรกลับ ๐๘๑-๒๓๔-๕๖๗๘ ด้วย", "โทรกลับ xxx-xxx-xxxx ด้วย"),
        ("ส่งมาที่ somsri.j@example.co.th นะ", "ส่งมาที่ … นะ"),
        ("โอนเข้า 123-4-56789-0 หรือยัง", "โอนเข้า … หรือยัง"),
        ("ผมนายสมชาย ใจดี สอบถามเรื่องตลาด", "ผมนาย… สอบถามเรื่องตลาด"),
        ("นางสาวมานี มีนา ขอเช่าแผง", "นางสาว… ขอเช่าแผง"),
        ("น.ส.มานี มานะ ขอเช่าแผง", "น.ส.… ขอเช่าแผง"),
        ("นายกมล ขันแก้ว ขอเช่าแผง", "นาย… ขอเช่าแผง"),
        ("ยายชื่อบัวคำ แก้วมา อายุ 75 ปี", "ยายชื่อ… อายุ 75 ปี"),
        ("อยู่บ้านเลขที่ 12/3 หมู่ 4 ขอถังขยะ", "อยู่บ้านเลขที่ … หมู่ 4 ขอถังขยะ"),
        ("ชื่อ: สมชาย ใจดี ขอถังขยะ", "ชื่อ:… ขอถังขยะ"),
        ("แอดไลน์ไอดี somchai_99 หน่อย", "แอดไลน์ไอดี … หน่อย"),
        ("ดู https://example.com/?id=5 แล้วงง", "ดู … แล้วงง"),
    ],
)
def test_what_tells_who_asks_is_masked(somsri: Resident, typed: str, kept: str) -> None:
    ask(somsri, typed)
    group = QuestionGroup.objects.get()
    assert (group.text, group.questions.get().text) == (kept, kept)
    for secret in (testing.NATIONAL_ID, "๐๘๑", "somsri", "สมชาย", "มานี", "กมล", "บัวคำ"):
        assert secret not in group.key


@pytest.mark.parametrize(
    "typed",
    [
        "นายกเทศมนตรีชื่ออะไร",
        "ขอเบอร์นายก อบต.",
        "มีทนายความให้คำปรึกษาไหม",
        "ที่ดิน น.ส.3 ก. เสียภาษีไหม",
        "ค่าเช่า 3,500 บาท ปี 2569 แพงไปไหม",
        "ชื่ออะไรครับ นายก อบต. คนใหม่",
        "เปลี่ยนชื่อ สกุล ทำที่ไหน",
        "ติดต่อนายช่างโยธาวันไหน",
    ],
)
def test_what_names_nobody_stays(typed: str) -> None:
    assert sensitive.masked(typed) == typed


@pytest.mark.parametrize(
    "typed", ["ขอบัตรคนพิการที่ไหน", "ติดเชื้อHIVได้เงินไหม", "ผู้ป่วยติดเตียงขอเตียง", "ส่งสลิปให้แล้วนะ"]
)
def test_health_and_slips_are_never_kept(somsri: Resident, typed: str) -> None:
    ask(somsri, typed)
    assert not Question.objects.exists()
    assert not QuestionGroup.objects.exists()


def test_what_is_said_in_a_restricted_case_is_never_kept(somsri: Resident) -> None:
    topic = Topic.objects.get(slug="health-privacy")
    now = timezone.now()
    case = ChatCase.objects.create(
        resident=somsri,
        topic=topic,
        division=topic.division,
        opened_at=now,
        inbox_at=now,
        last_at=now,
    )
    message = say(somsri, "แล้วต้องไปที่ไหนต่อ", case)
    assert unanswered.collect(message, message.text, topic.division) is None
    assert not Question.objects.exists()


@pytest.mark.parametrize("typed", ["", "  ", "?", "ครับ", "0812345678"])
def test_what_asks_nothing_is_not_kept(somsri: Resident, typed: str) -> None:
    ask(somsri, typed)
    assert not QuestionGroup.objects.exists()


@pytest.mark.parametrize("letters", ["ก", "น้ำ", "🙏ที่"])
def test_however_long_it_is_it_fits(somsri: Resident, letters: str) -> None:
    ask(somsri, letters * 1000)
    assert 0 < len(Question.objects.get().text) <= 300


def test_what_was_dismissed_stays_so_when_it_is_asked_again(somsri: Resident) -> None:
    ask(somsri, "สนามกีฬาเปิดกี่โมง")
    QuestionGroup.objects.update(state=State.DISMISSED)
    ask(somsri, "สนามกีฬาเปิดกี่โมงครับ")
    group = QuestionGroup.objects.get()
    assert (group.state, group.times) == (State.DISMISSED, 2)


def test_what_is_asked_while_its_answer_is_a_draft_waits_with_it(somsri: Resident) -> None:
    ask(somsri, "สนามกีฬาเปิดกี่โมง")
    row = KnowledgeRow.objects.create(question="สนามกีฬาเปิดกี่โมง", answer="", division=division())
    QuestionGroup.objects.update(state=State.ANSWERED, row=row)
    ask(somsri, "สนามกีฬาเปิดกี่โมงครับ")
    assert QuestionGroup.objects.get().times == 2
    # Once it is answered from, whatever still finds no answer is news again.
    KnowledgeRow.objects.filter(pk=row.pk).update(state=KnowledgeRow.State.PUBLISHED)
    ask(somsri, "สนามกีฬาเปิดกี่โมง")
    assert QuestionGroup.objects.filter(state=State.OPEN, times=1).count() == 1


def test_the_work_does_not_grow_with_the_groups(
    somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    QuestionGroup.objects.bulk_create(
        QuestionGroup(
            text=f"ถาม {n}", key=f"ถาม{n}", first_at=now, last_at=now - timedelta(minutes=n)
        )
        for n in range(600)
    )
    compared = []
    monkeypatch.setattr(unanswered.likeness, "alike", lambda a, b: bool(compared.append(a)))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ask(somsri, "ขอยืมเครื่องเสียงได้ไหม")
    assert len(compared) == 500
    assert "ถาม0" in compared
    assert "ถาม599" not in compared
    assert len(queries) < 16


def test_only_the_newest_examples_of_a_crowd_are_kept(
    somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unanswered, "EXAMPLES", 3)
    for _ in range(5):
        ask(somsri, "สนามกีฬาเปิดกี่โมง")
    group = QuestionGroup.objects.get()
    assert (group.times, group.questions.count()) == (5, 3)


# -- taken back, and gone in time ------------------------------------------------------------------


def test_a_question_that_is_taken_back_is_forgotten(somsri: Resident) -> None:
    first = ask(somsri, "สนามกีฬาเปิดกี่โมง")
    second = ask(somsri, "สนามกีฬาเปิดกี่โมงครับ")
    unanswered.forget(first)
    group = QuestionGroup.objects.get()
    assert (group.text, group.times) == ("สนามกีฬาเปิดกี่โมงครับ", 1)
    unanswered.forget(first)
    assert QuestionGroup.objects.get().times == 1
    unanswered.forget(second)
    assert not QuestionGroup.objects.exists()


def test_a_year_later_nothing_is_left_of_what_nobody_asks_any_more(somsri: Resident) -> None:
    for text, state, days in (
        ("สนามกีฬาเปิดกี่โมง", State.ANSWERED, 366),
        ("ขอยืมเครื่องเสียงได้ไหม", State.DISMISSED, 366),
        ("เช่าแผงตลาดนัดอย่างไร", State.DISMISSED, 364),
        ("มีรถรับส่งไปโรงพยาบาลไหม", State.OPEN, 10),
    ):
        ask(somsri, text)
        at = timezone.now() - timedelta(days=days)
        QuestionGroup.objects.filter(text=text).update(state=state, last_at=at)
    assert unanswered.forget_old() == 2
    left = {group.text for group in QuestionGroup.objects.all()}
    assert left == {"เช่าแผงตลาดนัดอย่างไร", "มีรถรับส่งไปโรงพยาบาลไหม"}
    assert Question.objects.count() == 2


@pytest.mark.parametrize(
    "typed", ["a" * 5000, "1" * 5000, "นาย ก" * 1000, "a." * 2500, "ชื่อ " * 1000]
)
def test_masking_takes_no_longer_than_the_text_is_long(typed: str) -> None:
    began = time.process_time()
    for _ in range(3):
        sensitive.masked(typed)
    assert time.process_time() - began < 1.5
