"""What a resident reads of a row: the answer, its year or validity, and whose it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bannmae.models import Division
from bannmae.thai.text import utf16_length
from chatops.answers.wording import answer_text, validity
from chatops.models import KnowledgeRow

TODAY = date(2026, 11, 21)


def row(valid_for: str = "", answer: str = "คำตอบ", **fields: Any) -> KnowledgeRow:
    fields.setdefault("division", Division(name="กองคลัง"))
    return KnowledgeRow(question="ถาม", answer=answer, valid_for=valid_for, **fields)


@pytest.mark.parametrize(
    ("valid_for", "read"),
    [
        ("ปีภาษี 2569 (ข่าวบางสำนักระบุขยาย 6 เดือน ให้กองคลังยืนยันประกาศเทศบาล)", "ข้อมูลนี้สำหรับปีภาษี 2569"),
        ("ปีงบประมาณ 2570", "ข้อมูลนี้สำหรับปีงบประมาณ 2570"),
        ("รอบรับเงินปีงบประมาณ 2570", "ข้อมูลนี้สำหรับรอบรับเงินปีงบประมาณ 2570"),
        ("ตั้งแต่ 1 ต.ค. 2563; ให้ตรวจมติ ครม. ล่าสุด", "ข้อมูลนี้ใช้ตั้งแต่ 1 ต.ค. 2563"),
        ("ตั้งแต่ 2566", "ข้อมูลนี้ใช้ตั้งแต่ปี 2566"),
        ("พ.ร.บ. 2562; มูลค่ายกเว้น: ยังไม่ยืนยันกับแหล่งทางการ", "ข้อมูลนี้เป็นไปตาม พ.ร.บ. 2562"),
        ("พ.ร.บ. 2562 ม.73, ม.82", "ข้อมูลนี้เป็นไปตาม พ.ร.บ. 2562 มาตรา 73, มาตรา 82"),
        ("ทุกปี (ยืนยันประกาศปี 2569)", "ข้อมูลนี้สำหรับทุกปี (ตามประกาศปี 2569)"),
        ("ปีภาษี 2569 ยังไม่ยืนยันกับแหล่งทางการ", "ข้อมูลนี้สำหรับปีภาษี 2569"),
    ],
)
def test_the_year_stands_there_and_clerks_remarks_do_not(valid_for: str, read: str) -> None:
    assert validity(row(valid_for), TODAY) == read


@pytest.mark.parametrize(
    "valid_for",
    ["", "ทั่วไป", "แตกต่างตามเทศบาล-ต้องให้เทศบาลยืนยัน", "ยังไม่ยืนยันกับแหล่งทางการ ต้องตรวจสอบก่อนใช้"],
)
def test_without_a_year_it_says_that_it_is_general(valid_for: str) -> None:
    read = validity(row(valid_for), TODAY)
    assert read.startswith("ข้อมูลทั่วไป ไม่ได้กำหนดปี")
    assert "ยืนยันกับแหล่ง" not in read


def test_a_day_of_expiry_and_of_the_last_check_are_written_as_thai_dates() -> None:
    read = validity(
        row("ปีภาษี 2569", valid_until=date(2026, 12, 31), checked_on=date(2026, 11, 2)), TODAY
    )
    assert read == ("ข้อมูลนี้สำหรับปีภาษี 2569 · ใช้ได้ถึง 31 ธันวาคม 2569 · ตรวจสอบล่าสุด 2 พฤศจิกายน 2569")
    assert validity(row(valid_until=date(2026, 12, 31)), TODAY) == "ข้อมูลนี้ใช้ได้ถึง 31 ธันวาคม 2569"
    assert validity(row("ทั่วไป", checked_on=date(2026, 11, 2)), TODAY) == (
        "ข้อมูลทั่วไป ไม่ได้กำหนดปี · ตรวจสอบล่าสุด 2 พฤศจิกายน 2569"
    )


@pytest.mark.parametrize(
    ("valid_for", "warned"),
    [
        ("ปีงบประมาณ 2569", True),  # over since 1 October
        ("ปีงบประมาณ 2570", False),
        ("ปีภาษี 2569", False),  # until the end of the year
        ("ปี 2568", True),
        ("พ.ร.บ. 2562", False),
        ("อัตราปี 2566-ปัจจุบัน", False),
    ],
)
def test_a_year_that_is_over_is_said_to_be(valid_for: str, warned: bool) -> None:
    assert ("อาจเปลี่ยนแปลง" in validity(row(valid_for), TODAY)) is warned


def test_the_owner_is_named_to_the_letter_of_the_list() -> None:
    read = answer_text(row("ปีภาษี 2569", division_name="กองคลัง (งานจัดเก็บรายได้)"), TODAY)
    assert read.splitlines() == [
        "คำตอบ",
        "",
        "ข้อมูลนี้สำหรับปีภาษี 2569",
        "สอบถามเพิ่มเติม: กองคลัง (งานจัดเก็บรายได้)",
    ]
    of_ours = row(division=Division(name="กองช่าง", phone="053 111 222"))
    assert answer_text(of_ours, TODAY).endswith("สอบถามเพิ่มเติม: กองช่าง โทร. 053 111 222")


def test_other_words_take_the_answers_place_alone() -> None:
    read = answer_text(row("ปีภาษี 2569"), TODAY, "คำตอบในคำอื่น")
    assert read.startswith("คำตอบในคำอื่น\n\nข้อมูลนี้สำหรับปีภาษี 2569")


@pytest.mark.parametrize("letters", ["น้ำ", "🙏", "ก็ที่นั่น🙏 "])
def test_line_takes_it_however_long_the_answer_is(letters: str) -> None:
    read = answer_text(row("ปีภาษี 2569", answer=letters * 4000), TODAY)
    assert 4900 < utf16_length(read) <= 5000
    assert read.endswith("…\n\nข้อมูลนี้สำหรับปีภาษี 2569\nสอบถามเพิ่มเติม: กองคลัง")
