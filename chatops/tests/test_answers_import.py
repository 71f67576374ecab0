"""Questions and answers from a file: all or nothing, and never over an owner's edits."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chatops.answers.knowledge_base import is_unconfirmed, starting_rows
from chatops.models import KnowledgeRow

pytestmark = pytest.mark.django_db

COLUMNS = ["question", "answer", "division", "valid_for", "source"]
NEW = {
    "question": "ยืมหนังสือห้องสมุดได้กี่วัน",
    "answer": "7 วัน",
    "division": "กองการศึกษา",
    "valid_for": "ทั่วไป",
    "source": "ประกาศเทศบาล",
}


def load(path: Path, *rows: dict[str, str], options: tuple[str, ...] = (), **how: Any) -> str:
    columns = [*COLUMNS, *(name for name in rows[0] if name not in COLUMNS)]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns)
    writer.writeheader()
    writer.writerows(rows)
    path = path / "rows.csv"
    path.write_bytes(file.getvalue().encode(how.get("encoding", "utf-8")))
    out = io.StringIO()
    call_command("import_faq", str(path), *options, stdout=out)
    return out.getvalue()


def test_the_starting_set_is_there_and_what_nobody_confirmed_is_a_draft() -> None:
    rows = KnowledgeRow.objects.in_bulk(field_name="question")
    assert len(rows) == len(starting_rows())
    for given in starting_rows():
        row = rows[given["question"]]
        unconfirmed = is_unconfirmed(given["valid_for"], given["source"])
        assert row.state == ("draft" if unconfirmed else "published")
        assert row.division_name == given["division"]
        assert row.topic is not None
        assert row.phrases.count() >= 6


@pytest.mark.parametrize(
    ("valid_for", "source", "unconfirmed"),
    [
        ("ทั่วไป", "https://example.go.th", False),
        ("ทุกปี (ยืนยันประกาศปี 2569)", "https://example.go.th", False),
        ("ยืนยันประกาศ ก.ย. 2568", "https://example.go.th", False),
        ("แตกต่างตามเทศบาล-ต้องให้เทศบาลยืนยัน", "https://example.go.th", True),
        ("ทั่วไป; จุดบริการในเชียงใหม่ให้ตรวจกับ พมจ.", "https://example.go.th", True),
        ("ปีภาษี 2569 (ให้กองคลังยืนยันประกาศเทศบาล)", "https://example.go.th", True),
        ("ทั่วไป", "ยังไม่ยืนยันกับแหล่งทางการ ต้องตรวจสอบก่อนใช้", True),
    ],
)
def test_the_list_s_own_words_tell_what_is_unconfirmed(
    valid_for: str, source: str, unconfirmed: bool
) -> None:
    assert is_unconfirmed(valid_for, source) is unconfirmed


def test_a_new_row_is_answered_from_unless_unconfirmed(tmp_path: Path) -> None:
    draft = NEW | {"question": "ห้องสมุดเปิดกี่โมง", "valid_for": "ต้องให้เทศบาลยืนยัน"}
    said = load(tmp_path, NEW, draft)
    assert "2 added" in said
    assert "ห้องสมุดเปิดกี่โมง" in said
    assert KnowledgeRow.objects.get(question=NEW["question"]).state == "published"
    assert KnowledgeRow.objects.get(question="ห้องสมุดเปิดกี่โมง").state == "draft"


def test_somebody_vouches_for_all_of_them_by_name(tmp_path: Path) -> None:
    load(
        tmp_path,
        NEW | {"valid_for": "ต้องให้เทศบาลยืนยัน"},
        options=("--publish", "--checked-by", "สมหญิง ใจดี"),
    )
    row = KnowledgeRow.objects.get(question=NEW["question"])
    assert row.state == "published"
    assert (row.checked_by, row.checked_on) == ("สมหญิง ใจดี", timezone.localdate())


@pytest.mark.parametrize("options", [("--publish",), ("--publish", "--checked-by", "  ")])
def test_nobody_publishes_without_a_name(tmp_path: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="checked-by"):
        load(tmp_path, NEW, options=options)
    assert not KnowledgeRow.objects.filter(question=NEW["question"]).exists()


def test_a_known_question_is_updated_and_keeps_its_other_ways_and_its_last_day(
    tmp_path: Path,
) -> None:
    row = KnowledgeRow.objects.get(question="เทศบาลเปิดทำการกี่โมง")
    row.valid_until = date(2030, 1, 1)
    row.save()
    ways = set(row.phrases.values_list("text", flat=True))
    said = load(tmp_path, NEW | {"question": row.question, "answer": "เปิด 08.00 น."})
    row.refresh_from_db()
    assert "1 changed" in said
    assert row.answer == "เปิด 08.00 น."
    assert row.division_name == "กองการศึกษา"
    assert row.valid_until == date(2030, 1, 1)
    assert set(row.phrases.values_list("text", flat=True)) == ways


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path, NEW)
    before = KnowledgeRow.objects.get(question=NEW["question"])
    assert "1 unchanged" in load(tmp_path, NEW)
    assert KnowledgeRow.objects.get(question=NEW["question"]).changed_at == before.changed_at


def test_an_owner_s_edit_survives_the_same_file_but_not_a_newer_one(tmp_path: Path) -> None:
    load(tmp_path, NEW)
    KnowledgeRow.objects.filter(question=NEW["question"]).update(answer="14 วัน")
    load(tmp_path, NEW, options=("--publish", "--checked-by", "สมหญิง"))
    assert KnowledgeRow.objects.get(question=NEW["question"]).answer == "14 วัน"
    load(tmp_path, NEW | {"answer": "10 วัน"})
    row = KnowledgeRow.objects.get(question=NEW["question"])
    assert row.answer == "10 วัน"
    assert row.checked_by == ""


def test_what_its_owner_retired_stays_retired(tmp_path: Path) -> None:
    load(tmp_path, NEW)
    KnowledgeRow.objects.filter(question=NEW["question"]).update(state="retired")
    said = load(tmp_path, NEW | {"answer": "10 วัน"}, options=("--publish", "--checked-by", "สมหญิง"))
    assert "Retired" in said
    assert KnowledgeRow.objects.get(question=NEW["question"]).state == "retired"


def test_more_columns_may_follow(tmp_path: Path) -> None:
    load(
        tmp_path,
        NEW
        | {
            "valid_until": "2027-09-30",
            "other_ways": "ยืมหนังสือได้นานไหม|คืนหนังสือวันไหน|ยืมหนังสือได้นานไหม",
            "topic": "education",
            "remark": "x",
        },
    )
    row = KnowledgeRow.objects.get(question=NEW["question"])
    assert row.valid_until == date(2027, 9, 30)
    assert row.topic is not None
    assert row.topic.slug == "education"
    assert set(row.phrases.values_list("text", flat=True)) == {
        "ยืมหนังสือได้นานไหม",
        "คืนหนังสือวันไหน",
    }


def test_a_row_that_has_expired_is_told_of(tmp_path: Path) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    assert "Expired" in load(tmp_path, NEW | {"valid_until": yesterday.isoformat()})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"division": "กองทัพเรือ"}, r"Line 3: no division is called “กองทัพเรือ”"),
        ({"question": ""}, "Line 3: question is empty"),
        ({"question": "ก" * 301}, "Line 3: question has more than 300"),
        ({"question": NEW["question"]}, "Line 3: the question stands in line 2 too"),
    ],
)
def test_one_wrong_line_and_nothing_is_loaded(
    tmp_path: Path, wrong: dict[str, str], told: str
) -> None:
    count = KnowledgeRow.objects.count()
    with pytest.raises(CommandError, match=told):
        load(tmp_path, NEW, NEW | {"question": "อีกข้อหนึ่ง"} | wrong)
    assert KnowledgeRow.objects.count() == count


def test_the_line_is_the_one_in_which_the_row_begins(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Line 5:"):
        load(tmp_path, NEW | {"answer": "หนึ่ง\nสอง\nสาม"}, NEW | {"division": "?"})


def test_a_wrong_day_or_a_missing_column_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="valid_until"):
        load(tmp_path, NEW | {"valid_until": "30 ก.ย. 2570"})
    (tmp_path / "bad.csv").write_text("question,answer\nก,ข\n", encoding="utf-8")
    with pytest.raises(CommandError, match="no column division"):
        call_command("import_faq", str(tmp_path / "bad.csv"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_faq", str(tmp_path / "none.csv"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp874"])
def test_files_from_excel_are_read(tmp_path: Path, encoding: str) -> None:
    load(tmp_path, NEW, encoding=encoding)
    assert KnowledgeRow.objects.get(question=NEW["question"]).answer == "7 วัน"


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("สำนักปลัด", "clerk-office"),
        ("สำนักปลัดเทศบาล", "clerk-office"),
        ("สำนักปลัด (งานนิติการ)", "legal"),
        ("สำนักปลัด (งานป้องกันฯ)", "disaster"),
        ("กองคลัง (งานจัดเก็บรายได้)", "revenue"),
        ("กองยุทธศาสตร์และงบประมาณ (งานประชาสัมพันธ์)", "public-relations"),
    ],
)
def test_divisions_are_known_by_the_names_that_lists_write(
    tmp_path: Path, written: str, slug: str
) -> None:
    load(tmp_path, NEW | {"division": written})
    row = KnowledgeRow.objects.get(question=NEW["question"])
    assert (row.division.slug, row.division_name) == (slug, written)
