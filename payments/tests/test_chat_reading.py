"""What is read out of a payer's words, and what is better not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from payments.chat_reading import Facts, is_only_that, read_words, without_ids

TODAY = dt.date(2026, 11, 21)


def months(*names: str) -> tuple[dt.date, ...]:
    """Months by 'YYYY-MM'."""
    return tuple(dt.date.fromisoformat(f"{name}-01") for name in names)


def read(text: str, **options: Any) -> Facts:
    """Read on a day in November 2569."""
    return read_words(text, TODAY, **options)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("โอนค่าขยะแล้วค่ะ", "garbage_fee"),
        ("จ่ายค่ามูลฝอย", "garbage_fee"),
        ("ภาษีที่ดินและสิ่งปลูกสร้าง", "land_building_tax"),
        ("ภดส.6", "land_building_tax"),
        ("ค่าป้ายร้าน", "signboard_tax"),
        ("ค่าเช่าแผง", "market"),
        ("ค่าขยะกับภาษีป้าย", ""),
        ("ภาษีป้ายทะเบียนรถ", ""),
        ("จ่ายภาษี", ""),
    ],
)
def test_the_kind(text: str, kind: str) -> None:
    assert read(text, kinds=[("market", "ค่าเช่าแผง")]).kind == kind


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("450 บาท", "450.00"),
        ("๔๕๐บาท", "450.00"),
        ("โอน 1,250.50", "1250.50"),
        ("ยอด 300 ค่ะ", "300.00"),
        ("450.-", "450.00"),
        ("รวมทั้งหมด 900 บาท บ้านละ 450 บาท", "900.00"),
        ("300 บาท กับ 200 บาท", None),
        ("0 บาท", None),
        ("999999999 บาท", None),
        ("จ่าย 3 เดือน", None),
        ("บ้านเลขที่ 450", None),
        ("โอนเวลา 13.05 น.", None),
        ("ต.ค. 68 - ก.ย. 69", None),
        ("450", None),
    ],
)
def test_the_amount(text: str, amount: str | None) -> None:
    assert read(text).amount == (Decimal(amount) if amount else None)


def test_a_figure_alone_is_an_amount_where_one_was_asked_for() -> None:
    assert read("450", asked=True).amount == Decimal("450.00")
    assert read("1,250 ค่ะ", asked=True).amount == Decimal("1250.00")
    assert read("2569", asked=True) == Facts(fiscal_year=2569)
    assert read("0812345678", asked=True) == Facts(phone="0812345678")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("ปี 69", 2569),
        ("ปีภาษี ๒๕๖๙", 2569),
        ("พ.ศ. 2568", 2568),
        ("ภาษีป้าย 2569", 2569),
        ("ปี 2026", 2569),
        ("ปี 68 และปี 69", None),
        ("2569 บาท", None),
        ("เลขที่ 12/2569", None),
    ],
)
def test_the_year(text: str, year: int | None) -> None:
    assert read(text).fiscal_year == year


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ม.ค.-มี.ค.", months("2026-01", "2026-02", "2026-03")),
        ("มค-มีค 69", months("2026-01", "2026-02", "2026-03")),
        ("มกราคม ถึง กุมภาพันธ์ 2568", months("2025-01", "2025-02")),
        ("ม.ค., ก.พ. และ เม.ย.", months("2026-01", "2026-02", "2026-04")),
        ("พ.ย. 68 - ม.ค. 69", months("2025-11", "2025-12", "2026-01")),
        ("เดือน 1-3 ปี 69", months("2026-01", "2026-02", "2026-03")),
        ("เดือนตุลาคม", months("2026-10")),
        ("ธันวา", months("2026-12")),
        ("โอน 21 พ.ย. 69", ()),
        ("ส.ค.1 เลขที่ 33", ()),
        ("สมควรแล้ว", ()),
        ("ม.ค. 40 - ธ.ค. 69", ()),
    ],
)
def test_the_months(text: str, found: tuple[dt.date, ...]) -> None:
    assert read(text).months == found


def test_a_whole_year_is_twelve_months() -> None:
    for text in ("ทั้งปี", "12 เดือน ปี 2569", "ตลอดปี 69"):
        found = read(text).months
        assert len(found) == 12
        assert (found[0], found[-1]) == months("2026-01", "2026-12")


def test_months_far_ahead_are_last_years() -> None:
    january = dt.date(2027, 1, 5)
    assert read_words("ต.ค.-ธ.ค.", january).months == months("2026-10", "2026-11", "2026-12")
    assert read_words("ม.ค.-มี.ค.", january).months == months("2027-01", "2027-02", "2027-03")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("นางสมศรี ใจดี โอนแล้วค่ะ", "นางสมศรี ใจดี"),
        ("น.ส. มาลี แก้วคำ", "น.ส. มาลี แก้วคำ"),
        ("ชื่อ สมชาย ใจดี ครับ", "สมชาย ใจดี"),
        ("ในนาม คำ ปันแก้ว", "คำ ปันแก้ว"),
        ("บริษัท ดีจริง จำกัด ปี 2569", "บริษัท ดีจริง จำกัด"),
        ("นายกเทศมนตรี ตำบล", ""),
        ("โอนแล้ว ค่ะ", ""),
    ],
)
def test_the_payers_name(text: str, name: str) -> None:
    assert read(text).payer_name == name


def test_two_words_alone_are_a_name_where_one_was_asked_for() -> None:
    assert read("สมศรี ใจดี ค่ะ", asked=True).payer_name == "สมศรี ใจดี"
    assert read("สมศรี ใจดี\n450 บาท", asked=True).payer_name == "สมศรี ใจดี"
    for other in ("ขอบคุณ มากค่ะ", "โอนแล้ว นะคะ", "สวัสดี ค่ะ"):
        assert read(other, asked=True).payer_name == ""
    assert read("สมศรี ใจดี").payer_name == ""


@pytest.mark.parametrize(
    ("text", "house", "village"),
    [
        ("บ้านเลขที่ 12/3 หมู่ที่ 5", "12/3", 5),
        ("๑๒ ม.๕", "12", 5),
        ("เลขที่ 7 หมู่ 11", "7", 11),
        ("บ้าน 99", "99", None),
        ("หมู่ 3", "", 3),
        ("เล่มที่ 3 เลขที่ 12", "", None),
    ],
)
def test_the_house(text: str, house: str, village: int | None) -> None:
    facts = read(text)
    assert (facts.house_no, facts.village) == (house, village)


def test_references_of_taxes() -> None:
    assert read("ภ.ด.ส.6 เลขที่ 123/2569").reference == "123/2569"
    assert read("ผ.ท.4 รหัส 05a012/001").reference == "05A012/001"
    assert read("ส่ง ภ.ด.ส.6 แล้ว").reference == ""


def test_telephone_numbers_and_ids_are_no_amounts() -> None:
    facts = read("โทร 081-234 5678 บัตร 1-2345-67890-12-1 โอน 450")
    assert facts == Facts(phone="0812345678", amount=Decimal("450.00"))
    assert "1-2345" not in without_ids("บัตร 1-2345-67890-12-1 ค่ะ")
    assert without_ids("โอน ๔๕๐ บาท") == "โอน ๔๕๐ บาท"


def test_nothing_is_nothing() -> None:
    assert not read("สวัสดีค่ะ")
    assert not read("")


@pytest.mark.parametrize("text", ["191", "๑๖๖๙ ค่ะ", "199"])
def test_a_number_to_call_is_no_amount(text: str) -> None:
    assert not read(text, asked=True)
    assert not is_only_that(text)


def test_only_what_is_read_and_politeness() -> None:
    for text in ("ม.ค.-มี.ค.", "450 บาท ม.ค. ถึง มี.ค. ค่ะ", "191/5 หมู่ 3"):
        assert is_only_that(text)
    for text in ("ไฟไหม้ 12 หมู่ 5", "ช่วยด้วย 450 บาท", "รถชน ม.3", "help 12 หมู่ 5"):
        assert not is_only_that(text)


@pytest.mark.parametrize(
    "text", ["9" * 5000, "ม.ค." * 1000, "1-" * 3000, "บ้าน " * 2000, "นาย" * 2000]
)
def test_odd_texts_are_read_at_once(text: str) -> None:
    """No pattern may go back and forth over a long text: LINE lets 5,000 characters through."""
    import time

    began = time.monotonic()
    read(text[:5000], asked=True)
    is_only_that(text[:5000])
    assert time.monotonic() - began < 2
