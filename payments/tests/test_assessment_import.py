"""Taking assessments in: what is wrong is told by row, nothing counts before it is confirmed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from bannmae.models import Staff
from bannmae.testing import NATIONAL_ID, OTHER_NATIONAL_ID
from payments.assessments import importing
from payments.assessments.identity import person_candidates
from payments.errors import Refused
from payments.models import Assessment, AssessmentImport
from payments.tables import TableRefused
from payments.tests.assessment_cast import (
    BOONMEE_ROW,
    COMPANY_ROW,
    HEAD,
    SOMSRI_ROW,
    csv_of,
    kept,
    taken_in,
    xlsx_of,
)

pytestmark = pytest.mark.django_db


def errors_of(by: Staff, *rows: Any, **options: Any) -> dict[int, list[str]]:
    """Return what is wrong, by the file's row."""
    found = importing.preview(kept(csv_of(*rows, **options), by))
    return {line.number_in_file: line.errors for line in found.file.wrong}


def test_nothing_counts_before_it_is_confirmed(finance_clerk: Staff) -> None:
    batch = kept(csv_of(SOMSRI_ROW, BOONMEE_ROW), finance_clerk)
    assert len(importing.preview(batch).new) == 2
    assert not Assessment.objects.exists()
    importing.take_in(batch)
    assert Assessment.objects.count() == 2
    assert (batch.added, batch.changed, batch.same) == (2, 0, 0)


def test_a_row_is_kept_as_it_was_said(finance_clerk: Staff) -> None:
    taken_in(finance_clerk, SOMSRI_ROW)
    row = Assessment.objects.get()
    assert (row.number, row.payer_name, row.year) == ("1/2570", "นางสมศรี ใจดี", 2570)
    assert (row.amount, row.due_on) == (Decimal("1250.50"), date(2027, 4, 30))
    assert row.national_id == NATIONAL_ID
    assert row.national_id_index == person_candidates(NATIONAL_ID)[0]


def test_ids_and_addresses_are_readable_nowhere(finance_clerk: Staff) -> None:
    batch = kept(csv_of(SOMSRI_ROW), finance_clerk)
    with default_storage.open(batch.file) as stored:
        waiting = stored.read()
    assert NATIONAL_ID.encode() not in waiting
    assert "สมศรี".encode() not in waiting
    importing.take_in(batch)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM payments_assessment")
        text = repr(cursor.fetchall())
    assert NATIONAL_ID not in text
    assert "12 หมู่ 3" not in text


def test_the_file_goes_once_it_is_taken_in_or_thrown_away(finance_clerk: Staff) -> None:
    for end in (importing.take_in, importing.throw_away):
        batch = kept(csv_of(SOMSRI_ROW), finance_clerk)
        name = batch.file
        end(batch)
        assert not default_storage.exists(name)


@pytest.mark.parametrize(
    ("place", "cell", "words"),
    [
        (0, "", "ไม่มีเลขที่หนังสือแจ้ง"),
        (0, "-", "ไม่มีเลขที่หนังสือแจ้ง"),
        (1, "", "ไม่มีชื่อผู้เสียภาษี"),
        (2, "1234567890123", "หมายเลขบัตรประชาชนไม่ถูกต้อง"),
        (2, "12345", "ต้องมี 13 หลัก"),
        (2, "", "ต้องมีเลขประจำตัวประชาชนหรือรหัส ผ.ท.4"),
        (4, "", "ไม่มีจำนวนเงิน"),
        (4, "0", "ต้องมากกว่า 0"),
        (4, "-5", "ต้องมากกว่า 0"),
        (4, "1.234", "จำนวนเงินไม่ถูกต้อง"),
        (4, "หนึ่งพัน", "จำนวนเงินไม่ถูกต้อง"),
        (4, "99999999999", "มากเกินไป"),
        (5, "31/2/2570", "วันครบกำหนดไม่ถูกต้อง"),
        (5, "31/7/2590", "วันครบกำหนดไม่ถูกต้อง"),
        (5, "31/7/2570, 30/9/2570", "วันครบกำหนดไม่ถูกต้อง"),
    ],
)
def test_what_is_wrong_is_told_by_row(
    finance_clerk: Staff, place: int, cell: str, words: str
) -> None:
    wrong = list(SOMSRI_ROW)
    wrong[place] = cell
    found = errors_of(finance_clerk, BOONMEE_ROW, wrong)
    assert list(found) == [3]
    assert any(words in error for error in found[3])
    assert not any(NATIONAL_ID in error for error in found[3])


def test_a_number_twice_is_wrong_however_it_is_typed(finance_clerk: Staff) -> None:
    again = ("๐๐๑ / ๒๕๗๐", *BOONMEE_ROW[1:])
    assert errors_of(finance_clerk, SOMSRI_ROW, again) == {3: ["เลขที่หนังสือแจ้งซ้ำกับแถวที่ 2"]}


def test_wrong_rows_are_passed_over(finance_clerk: Staff) -> None:
    batch = taken_in(finance_clerk, SOMSRI_ROW, ("9", "", "", "", "", "", ""), COMPANY_ROW)
    assert batch.added == 2
    assert set(Assessment.objects.values_list("number", flat=True)) == {"1/2570", "3/2570"}


def test_again_changes_what_changed_and_deletes_nothing(finance_clerk: Staff) -> None:
    taken_in(finance_clerk, SOMSRI_ROW, BOONMEE_ROW)
    first = Assessment.objects.get(number="1/2570")
    dearer = (*BOONMEE_ROW[:4], "900", *BOONMEE_ROW[5:])
    batch = taken_in(finance_clerk, dearer, COMPANY_ROW)
    assert (batch.added, batch.changed, batch.same) == (1, 1, 0)
    assert Assessment.objects.get(number="2/2570").amount == Decimal("900")
    first.refresh_from_db()
    assert first.amount == Decimal("1250.50")
    again = taken_in(finance_clerk, dearer, COMPANY_ROW)
    assert (again.added, again.changed, again.same) == (0, 0, 2)


def test_an_empty_cell_takes_nothing_away(finance_clerk: Staff) -> None:
    taken_in(finance_clerk, SOMSRI_ROW)
    bare = (*SOMSRI_ROW[:2], "", "ก009", SOMSRI_ROW[4], "", "")
    assert taken_in(finance_clerk, bare).changed == 1
    row = Assessment.objects.get()
    assert (row.national_id, row.owner_code) == (NATIONAL_ID, "ก009")
    assert row.address
    assert row.due_on


def test_another_owner_takes_the_proof_with_it(finance_clerk: Staff) -> None:
    taken_in(finance_clerk, SOMSRI_ROW)
    before = Assessment.objects.get()
    sold = (SOMSRI_ROW[0], "นายบุญมี มาดี", OTHER_NATIONAL_ID, *SOMSRI_ROW[3:])
    taken_in(finance_clerk, sold)
    after = Assessment.objects.get()
    assert after.national_id_index == person_candidates(OTHER_NATIONAL_ID)[0]
    assert after.proof_index not in ("", before.proof_index)


def test_a_workbook_with_numbers_and_days(finance_clerk: Staff) -> None:
    rows = (
        ("1/2570", "นางสมศรี ใจดี", int(NATIONAL_ID), None, 1250.5, date(2027, 4, 30), "12 หมู่ 3"),
        ("2/2570", "นายสี", 99000000018, None, 1, date(2570, 4, 30), None),
    )
    batch = kept(xlsx_of(*rows), finance_clerk)
    found = importing.preview(batch)
    lines = {line.number: line for line in found.file.lines}
    assert lines["1/2570"].errors == []
    assert lines["1/2570"].amount == Decimal("1250.50")
    assert lines["1/2570"].due_on == lines["2/2570"].due_on == date(2027, 4, 30)


def test_kind_and_year_in_the_file_come_before_those_chosen(finance_clerk: Staff) -> None:
    head = (*HEAD, "ประเภทภาษี", "ปีภาษี")
    rows = [
        (*SOMSRI_ROW, "ภาษีป้าย", "2569"),
        (*BOONMEE_ROW, "", ""),
        (*COMPANY_ROW, "ภาษีโรงเรือน", "69"),
    ]
    batch = kept(csv_of(*rows, head=head), finance_clerk)
    found = importing.preview(batch)
    assert [(one.revenue.slug, one.year) for one in found.new] == [
        ("signboard_tax", 2569),
        ("land_building_tax", 2570),
    ]
    assert [one.number_in_file for one in found.file.wrong] == [4]
    assert len(found.file.wrong[0].errors) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "ไฟล์ว่าง"),
        (b"a,b,c\r\n1,2,3\r\n", "ไม่พบแถวหัวตาราง"),
        (csv_of(), "มีแต่หัวตาราง"),
        (b"PK\x03\x04nonsense", "ไฟล์อาจเสียหาย"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"x" * (10 * 1024 * 1024 + 1), "ไฟล์ใหญ่เกินไป"),
        (csv_of(("1", "ก", "200"), head=("เลขที่หนังสือแจ้ง", "ชื่อ", "จำนวนเงิน")), "ต้องมีอย่างน้อยหนึ่งคอลัมน์"),
        (csv_of(*[(f"{n}/1", "ก", "", "ข", "1", "", "") for n in range(20_001)]), "20,000"),
    ],
    ids=["empty", "no-head", "only-head", "broken", "xls", "large", "nobody", "many"],
)
def test_a_file_that_cannot_be_read_is_refused(
    finance_clerk: Staff, data: bytes, words: str
) -> None:
    with pytest.raises(TableRefused, match=words):
        kept(data, finance_clerk)
    assert not AssessmentImport.objects.exists()


def test_the_thai_code_page_and_tabs_are_read(finance_clerk: Staff) -> None:
    text = csv_of(SOMSRI_ROW).decode("utf-8-sig").replace('","', '"\t"')
    assert len(importing.preview(kept(text.encode("cp874"), finance_clerk)).new) == 1


def test_it_is_taken_in_once(finance_clerk: Staff) -> None:
    batch = kept(csv_of(SOMSRI_ROW), finance_clerk)
    stale = AssessmentImport.objects.get(pk=batch.pk)
    importing.take_in(batch)
    with pytest.raises(Refused):
        importing.take_in(stale)
    with pytest.raises(Refused):
        importing.take_in(batch)
    assert Assessment.objects.count() == 1


def test_who_was_stopped_in_the_middle_confirms_again(
    finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = kept(csv_of(SOMSRI_ROW, BOONMEE_ROW, COMPANY_ROW), finance_clerk)
    monkeypatch.setattr(importing, "CHUNK", 1)
    write, calls = importing._write, []

    def dies(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return write(*arguments)

    monkeypatch.setattr(importing, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.take_in(batch)
    assert Assessment.objects.count() == 2
    importing.take_in(AssessmentImport.objects.get(pk=batch.pk))
    assert Assessment.objects.count() == 3


def test_unconfirmed_files_are_forgotten(finance_clerk: Staff) -> None:
    young, old = (kept(csv_of(SOMSRI_ROW), finance_clerk) for _ in range(2))
    AssessmentImport.objects.filter(pk=old.pk).update(at=old.at - importing.UNCONFIRMED_LIVES * 2)
    assert importing.forget_unconfirmed() == 1
    assert not default_storage.exists(old.file)
    assert default_storage.exists(young.file)
    assert list(AssessmentImport.objects.all()) == [young]
