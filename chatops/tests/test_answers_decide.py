"""What the automatic reply decides, by situation rather than by figure."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from bannmae import reference
from chatops.answers.decide import Action, decide
from chatops.models import KnowledgePhrase, KnowledgeRow, Message, OutboundMessage, Topic
from chatops.tests.answers import publish_all

PAYING = "เบี้ยผู้สูงอายุเข้าบัญชีวันไหน"


@pytest.fixture
def published(db: None) -> None:
    publish_all()


@pytest.mark.usefixtures("published")
class TestAnswers:
    @pytest.mark.parametrize(
        ("text", "question"),
        [
            ("เงินคนแก่ออกวันไหนอะคะ", PAYING),
            ("เบี้ยผุ้สุงอายุเข้าวันหนัยคับบบบ", PAYING),
            ("เงินคนเฒ่าเข้าวันใดเจ้า", PAYING),
            ("ไฟตางดับ แจ้งตี้ไหนเจ้า", "ไฟถนนดับแจ้งอย่างไร"),
            ("ชำระค่าขยะได้ที่ไหนบ้างครับ", "จ่ายค่าเก็บขยะได้ทางไหน"),
            ("land tax deadline?", "ภาษีที่ดินและสิ่งปลูกสร้างต้องจ่ายภายในเมื่อไร"),
            ("เบอร์ดับเพลิงเบอร์อะไร", "เจ็บป่วยฉุกเฉิน เหตุร้าย ไฟไหม้ โทรเบอร์อะไร"),
            ("ผ่อนภาสีที่ดินได้ไหมคับ ขั้นต่ำเท่าไหร่", "ผ่อนชำระภาษีที่ดินได้ไหม"),
            ("แจ้งตายภายในกี่วันคะ", "แจ้งตายภายในกี่ชั่วโมง"),
        ],
    )
    def test_chat_thai_is_understood(self, text: str, question: str) -> None:
        decision = decide(text)
        assert (decision.action, decision.question) == (Action.FAQ, question)
        assert decision.row == KnowledgeRow.objects.get(question=question).pk
        assert decision.confidence >= 0.5

    def test_rows_of_one_subject_are_told_apart_by_what_is_asked(self) -> None:
        for ending in ("เท่าไร", "ใช้เอกสารอะไร", "ออกวันไหน"):
            assert decide("เบี้ยผู้สูงอายุ" + ending).action is Action.FAQ
        assert (
            len({decide("เบี้ยผู้สูงอายุ" + e).row for e in ("เท่าไร", "ใช้เอกสารอะไร", "ออกวันไหน")}) == 3
        )

    @pytest.mark.parametrize(
        "text",
        [
            "ทำไมเบี้ยของแม่เดือนนี้ยังไม่เข้าคะ",
            "ช่วยเช็คยอดภาษีที่ดินของผมให้หน่อย ค้างเท่าไหร่",
            "ขอคุยกับเจ้าหน้าที่",
            "ต่อภาษีรถยนต์ได้ไหม",
            "หนังสือเดินทางหมดอายุทำที่ไหน",
        ],
    )
    def test_what_no_row_answers_goes_to_an_officer(self, text: str) -> None:
        decision = decide(text)
        assert decision.action is Action.HANDOFF
        assert decision.row is None
        assert decision.division_name
        assert len(decision.suggestions) <= 3

    @pytest.mark.parametrize(
        ("text", "action", "division"),
        [
            ("ไฟไหม้บ้านครับ ช่วยด้วย", Action.EMERGENCY, "สำนักปลัด (งานป้องกันฯ)"),
            ("ไฟถนนหน้าบ้านดับสามวันแล้ว มาซ่อมให้ที", Action.COMPLAINT, "กองช่าง"),
            ("โอนค่าขยะแล้วนะคะ", Action.PAYMENT, "กองคลัง (งานจัดเก็บรายได้)"),
            ("สวัสดีค่ะ", Action.SMALLTALK, ""),
            ("🙏🙏", Action.SMALLTALK, ""),
            ("", Action.SMALLTALK, ""),
        ],
    )
    def test_everything_else_goes_its_way(self, text: str, action: Action, division: str) -> None:
        decision = decide(text)
        assert (decision.action, decision.division_name) == (action, division)

    @pytest.mark.parametrize("text", ["191", "199", "๑๙๙", "1669", "โทร 191 ด้วยค่ะ", " 199 "])
    def test_a_number_to_call_brings_the_buttons_to_call_it(self, text: str) -> None:
        decision = decide(text)
        assert (decision.action, decision.confidence) == (Action.EMERGENCY, 1.0)

    def test_a_sum_is_no_number_to_call(self) -> None:
        assert decide("ค่าขยะ 199 บาท").action is not Action.EMERGENCY

    def test_what_reads_like_nothing_goes_where_the_button_led(self) -> None:
        assert decide("ขอสอบถามหน่อยค่ะ พอดีว่า", hint="tax").topic in ("tax", "")
        assert decide("มีคำถามค่ะ", hint="tax").topic == "tax"
        assert decide("มีคำถามค่ะ").topic == Topic.GENERAL
        assert decide("มีคำถามค่ะ", hint="no-such-topic").topic == Topic.GENERAL

    @pytest.mark.parametrize(
        "text", ["ผมติดเชื้อ hiv อยากคุยกับเจ้าหน้าที่", "ลูกพิการแต่กำเนิด ต้องทำยังไงต่อดี", "ผู้ป่วยเอดส์ขอเบี้ยได้ไหม"]
    )
    def test_health_is_restricted(self, text: str) -> None:
        decision = decide(text)
        assert decision.restricted
        assert decision.topic == "health-privacy"

    def test_a_general_question_on_the_allowance_is_answered(self) -> None:
        assert decide("เบี้ยคนพิการเดือนละเท่าไหร่").question == "เบี้ยความพิการได้เดือนละเท่าไร"

    def test_anything_at_all_can_be_written(self) -> None:
        for text in (
            "\0\ud800",
            "ก" * 100_000,
            "า" * 5000,
            "?" * 500,
            "\u200b",
            "👨‍👩‍👧",
            "{{}}%s",
        ):
            assert decide(text).action in Action


@pytest.mark.usefixtures("published")
class TestRowsInUse:
    def row(self) -> KnowledgeRow:
        return KnowledgeRow.objects.get(question=PAYING)

    @pytest.mark.parametrize(
        "change",
        [
            {"state": "draft"},
            {"state": "retired"},
            {"valid_until": timezone.localdate() - timedelta(days=1)},
        ],
    )
    def test_a_row_not_in_use_is_never_answered_from(self, change: dict[str, object]) -> None:
        row = self.row()
        assert decide("เงินคนแก่เข้าวันไหน").row == row.pk
        for name, value in change.items():
            setattr(row, name, value)
        row.save()
        decision = decide("เงินคนแก่เข้าวันไหน")
        assert decision.row != row.pk
        assert row.pk not in decision.suggestions
        assert decision.division_name == "กองสวัสดิการสังคม"

    def test_its_last_day_still_counts(self) -> None:
        row = self.row()
        row.valid_until = timezone.localdate()
        row.save()
        assert decide("เงินคนแก่เข้าวันไหน").row == row.pk

    def test_a_new_row_is_answered_from_at_once(self) -> None:
        text = "รถดูดส้วมของเทศบาลคิดเท่าไหร่คะ"
        assert decide(text).action is Action.HANDOFF
        like = self.row()
        row = KnowledgeRow.objects.create(
            question="ค่าบริการรถดูดส้วมเท่าไร",
            answer="คันละ 300 บาท",
            division=like.division,
            division_name=like.division_name,
            topic=like.topic,
            state="published",
        )
        KnowledgePhrase.objects.create(row=row, text="ดูดส้วมราคาเท่าไหร่")
        assert decide(text).row == row.pk

    def test_another_way_to_ask_counts_at_once(self) -> None:
        text = "ตังค์ลุงเสาร์จะโผล่มาวันใด๋น้อ"
        row = self.row()
        KnowledgePhrase.objects.create(row=row, text="ตังค์ลุงเสาร์จะโผล่มาวันใด๋")
        assert decide(text).row == row.pk

    def test_without_any_row_or_topic_everything_still_has_an_answer(self) -> None:
        KnowledgeRow.objects.all().delete()
        Topic.objects.all().delete()
        reference.forget_all()
        assert decide("เบี้ยผู้สูงอายุเท่าไร").action is Action.HANDOFF
        assert decide("ไฟไหม้ช่วยด้วย").action is Action.EMERGENCY


@pytest.mark.django_db
def test_deciding_costs_no_query_until_something_changes(
    django_assert_num_queries: object,
) -> None:
    decide("เบี้ยผู้สูงอายุเท่าไร")
    with django_assert_num_queries(0):  # type: ignore[operator]
        decide("ค่าขยะเท่าไร")


@pytest.mark.django_db(transaction=True)
def test_threads_may_ask_at_once() -> None:
    publish_all()
    found: list[str] = []

    def ask() -> None:
        from django.db import connection

        try:
            found.append(decide("เงินคนแก่ออกวันไหน").question)
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [PAYING] * 6


class TestAskCommand:
    def ask(self, path: Path, raw: bytes) -> list[dict[str, str]]:
        (path / "questions.csv").write_bytes(raw)
        out = io.StringIO()
        call_command("ask", str(path / "questions.csv"), stdout=out)
        return list(csv.DictReader(io.StringIO(out.getvalue())))

    @pytest.mark.usefixtures("published")
    def test_one_line_for_each_question_and_nothing_stored(self, tmp_path: Path) -> None:
        said = self.ask(tmp_path, f"id,text\na,{PAYING}\nb,สวัสดี\n".encode())
        assert [list(one) for one in said] == [
            ["id", "action", "answer", "division", "confidence"]
        ] * 2
        assert [(one["id"], one["action"], one["answer"]) for one in said] == [
            ("a", "faq", PAYING),
            ("b", "smalltalk", ""),
        ]
        assert said[0]["division"] == "กองสวัสดิการสังคม"
        assert 0 <= float(said[0]["confidence"]) <= 1
        assert not Message.objects.exists()
        assert not OutboundMessage.objects.exists()

    @pytest.mark.django_db
    def test_odd_files_are_read(self, tmp_path: Path) -> None:
        huge = "ค่าขยะเท่าไร " * 50_000
        raw = (
            b'\xef\xbb\xbfid,text\r\n1,\r\n2,\xff\xfe\x00odd\r\n3,"'
            + huge.encode()
            + b'"\r\n4,"a\nb"\r\n5\r\n'
        )
        assert [one["id"] for one in self.ask(tmp_path, raw)] == ["1", "2", "3", "4", "5"]

    @pytest.mark.django_db
    def test_a_file_without_its_columns_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="id,text"):
            self.ask(tmp_path, b"number,words\n1,2\n")
        with pytest.raises(CommandError, match="No such file"):
            call_command("ask", str(tmp_path / "none.csv"))
