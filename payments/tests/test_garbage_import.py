"""A file of households: what it says, what it would do, and what it never does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bannmae.models import Staff
from payments.errors import Refused
from payments.garbage import importing, listing, rules
from payments.models import Household, HouseholdMonth

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)
HEAD = "บ้านเลขที่,หมู่ที่,ชื่อ-สกุล,อัตรา,เก็บตั้งแต่,ชำระถึง,โทรศัพท์,หมายเหตุ"


def file(*rows: str) -> bytes:
    return "\n".join(["ทะเบียนค่าขยะ", HEAD, *rows]).encode()


def taken(data: bytes, by: Staff) -> tuple[int, int]:
    lines, _, _ = importing.read(data, TODAY)
    return importing.take_in(lines, by)


def test_rows_become_houses_with_rates_and_paid_months(finance_clerk: Staff) -> None:
    data = file(
        "๑๒/๓,หมู่ที่ 3,นางสมศรี ใจดี,30,ม.ค. 2569,ก.ย. 2569,812345678,บ้านเช่า",
        "14,5,นายบุญมี,๔๐.๕๐,,10/2569,-,",
        "15,5,นางแก้ว,30,,,,",
    )
    found = importing.preview(data, TODAY)
    assert (len(found.new), found.problems, found.same) == (3, [], 0)
    assert taken(data, finance_clerk) == (3, 0)
    first, second, third = Household.objects.order_by("id")
    assert (first.house_no, first.village, first.phone) == ("12/3", 3, "0812345678")
    assert HouseholdMonth.objects.filter(household=first, receipt=None).count() == 9
    assert [one.words for one in rules.months_owed(first, today=TODAY)] == [
        "ต.ค. 2569",
        "พ.ย. 2569",
    ]
    assert second.since == date(2026, 11, 1)
    assert rules.months_owed(second, today=TODAY)[0].amount == Decimal("40.50")
    assert third.since == date(2026, 11, 1)
    assert list(listing.search(Household.objects.all(), "บุญมี ม.5")) == [second]


def test_wrong_rows_are_named_and_the_others_taken(finance_clerk: Staff) -> None:
    data = file(
        ",3,ก,30,,,,",
        "1,,ก,30,,,,",
        "2,3,,30,,,,",
        "3,3,ก,,,,,",
        "4,3,ก,สามสิบ,,,,",
        "5,3,ก,30,เดือนหน้า,,,",
        "6,3,ก,30,ธ.ค. 2569,ม.ค. 2569,,",
        "7,3,ก,30,ม.ค. 2569,ธ.ค. 2580,,",
        "8,3,ก,30,,,12,",
        "9,3,ก,30,,,,",
        "9,3,ข,30,,,,",
        "10,300,ก,30,,,,",
        "11,3,ก,-5,,,,",
    )
    found = importing.preview(data, TODAY)
    assert [(one.row, one.text) for one in found.problems] == [
        (3, "โปรดระบุบ้านเลขที่ (ไม่เกิน 30 ตัวอักษร)"),
        (4, "ไม่ได้ระบุหมู่ที่"),
        (5, "โปรดระบุชื่อผู้ชำระ (ไม่เกิน 200 ตัวอักษร)"),
        (6, "ไม่ได้ระบุอัตรา"),
        (7, "อ่านจำนวนเงิน “สามสิบ” ไม่ได้"),
        (8, "อ่านเดือน “เดือนหน้า” ไม่ได้ เช่น ม.ค. 2569 หรือ 1/2569"),
        (9, "เดือนที่ชำระถึง มาก่อนเดือนที่เริ่มเก็บ"),
        (10, "ชำระล่วงหน้าได้ไม่เกิน 24 เดือน"),
        (11, found.problems[8].text),
        (13, "ซ้ำกับแถวที่ 12"),
        (14, "หมู่ที่ต้องเป็น 1–99"),
        (15, "อัตราต้องมากกว่า 0 บาท และมีทศนิยมไม่เกินสองตำแหน่ง"),
    ]
    assert "เบอร์" in found.problems[8].text
    assert taken(data, finance_clerk) == (1, 0)


def test_a_house_that_is_there_keeps_its_months_and_rate(finance_clerk: Staff) -> None:
    taken(file("1,3,นายเก่า,30,ม.ค. 2569,มี.ค. 2569,0812345678,"), finance_clerk)
    again = file("1,3,นางใหม่,99,ม.ค. 2560,ต.ค. 2569,,", "2,3,ข,30,,,,")
    found = importing.preview(again, TODAY)
    assert (len(found.new), len(found.changed), found.same) == (1, 1, 0)
    assert taken(again, finance_clerk) == (1, 1)
    house = Household.objects.get(house_no="1")
    assert (house.owner_name, house.phone) == ("นางใหม่", "0812345678")
    assert house.since == date(2026, 1, 1)
    assert house.rates.get().amount == Decimal(30)
    assert house.paid_months.count() == 3
    assert "ใหม่" in house.search_text
    assert taken(again, finance_clerk) == (0, 0)
    assert importing.preview(again, TODAY).same == 2


def test_a_file_without_the_columns_is_refused(finance_clerk: Staff, engineer: Staff) -> None:
    with pytest.raises(Refused, match="บ้านเลขที่"):
        importing.preview("ก,ข\n1,2\n".encode())
    with pytest.raises(Refused, match="กองคลัง"):
        taken(file("1,3,ก,30,,,,"), engineer)
    assert not Household.objects.exists()


def test_a_file_of_endless_history_is_refused(
    finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MAX_MONTHS", 20)
    with pytest.raises(Refused, match="มากเกินไป"):
        taken(file("1,3,ก,30,ม.ค. 2560,ม.ค. 2569,,"), finance_clerk)
    assert not HouseholdMonth.objects.exists()
