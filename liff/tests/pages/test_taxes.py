"""ภาษีของฉัน on a small phone: proving, seeing, being refused, ending."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from bannmae.models import Staff
from bannmae.testing import NATIONAL_ID, OTHER_NATIONAL_ID
from chatops.models import Resident
from liff.tests.pages.phone import Phone, heading, overflow
from payments.models import TaxpayerLink
from payments.tests import assessment_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)
LONG_NAME = "นางสาวกาญจนาภรณ์ศิริพัฒนกุลวัฒนา ณ เชียงใหม่อันยาวนานเหลือเกิน"


def prove(page: Page, number: str, national_id: str = "1-2345-67890-12-1") -> None:
    """Fill the form in and send it."""
    page.get_by_label("เลขประจำตัวประชาชน").fill(national_id)
    page.get_by_label("เลขที่หนังสือแจ้ง").fill(number)
    page.get_by_role("button", name="ดูยอดของฉัน").click()


def test_she_proves_it_and_sees_what_is_to_pay(
    phone: Phone, somsri: Resident, finance_clerk: Staff
) -> None:
    late = cast.assessment(finance_clerk, number="123/2562", year=2562, amount=Decimal("12345.50"))
    cast.assessment(finance_clerk, number="52301-000123/2570", amount=Decimal("800"))
    cast.assessment(finance_clerk, number="7/2570", national_id=OTHER_NATIONAL_ID)
    cast.paid(cast.assessment(finance_clerk, number="5/2569", year=2569), finance_clerk)
    cast.terms(
        year=2562,
        due_on=date(2019, 4, 30),
        penalties=[{"since": "2019-05-01", "percent": "10"}],
        interest_percent=Decimal("1"),
        interest_since=date(2019, 5, 1),
    )
    cast.terms(year=2570, due_on=date(2099, 4, 30))
    page = phone.open("/taxes")
    heading(page, "ภาษีของฉัน")
    assert overflow(page) == 0
    prove(page, "๑๒๓/๒๕๖๒")
    cards = page.locator(".tax")
    expect(cards).to_have_count(3)
    overdue = cards.filter(has_text="ปี 2562")
    expect(overdue).to_contain_text("12,345.50 บาท")
    expect(overdue).to_contain_text("เลยกำหนดชำระแล้ว")
    expect(overdue).to_contain_text("ประมาณการ")
    expect(cards.filter(has_text="ปี 2570")).to_contain_text("ชำระภายใน 30 เมษายน 2642")
    expect(cards.last).to_contain_text("ชำระแล้ว")
    expect(cards.last.get_by_role("link")).to_have_count(0)
    expect(overdue.get_by_role("link", name="แจ้งชำระเงิน")).to_have_attribute(
        "href", f"/liff/payment?assessment={late.pk}"
    )
    expect(page.locator("body")).not_to_contain_text("7/2570")
    assert NATIONAL_ID not in page.content()
    assert "67890" not in page.content()
    assert page.evaluate("JSON.stringify(localStorage)").count("67890") == 0
    assert overflow(page) == 0


def test_what_is_wrong_is_told_beside_the_field_or_for_both(
    phone: Phone, somsri: Resident, finance_clerk: Staff
) -> None:
    cast.assessment(finance_clerk, number="123/2570")
    page = phone.open("/taxes")
    heading(page, "ภาษีของฉัน")
    prove(page, "", "1234567890123")
    expect(page.get_by_text("หมายเลขบัตรประชาชนไม่ถูกต้อง")).to_be_visible()
    expect(page.get_by_text("กรุณากรอกเลขที่หนังสือแจ้ง")).to_be_visible()
    prove(page, "124/2570")
    expect(page.get_by_text("ข้อมูลไม่ตรงกับหนังสือแจ้งของเทศบาล")).to_be_visible()
    for number in range(4):
        prove(page, f"{number}/1")
        expect(page.get_by_role("button", name="ดูยอดของฉัน")).to_be_enabled()
        expect(page.get_by_text("ข้อมูลไม่ตรงกับหนังสือแจ้งของเทศบาล")).to_be_visible()
    prove(page, "123/2570")
    expect(page.get_by_text("ส่งคำขอบ่อยเกินไป")).to_be_visible()
    assert not TaxpayerLink.objects.exists()


def test_she_ends_it(phone: Phone, somsri: Resident, finance_clerk: Staff) -> None:
    cast.linked(somsri)
    cast.assessment(finance_clerk, payer_name=LONG_NAME)
    page = phone.open("/taxes")
    page.get_by_text("เพิ่มหรือเลิกดูภาษีของบุคคล").click()
    expect(page.get_by_text(LONG_NAME)).to_be_visible()
    assert overflow(page) == 0
    page.get_by_role("button", name="เลิกดู", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="เลิกดู", exact=True).click()
    expect(page.get_by_role("button", name="ดูยอดของฉัน")).to_be_visible()
    expect(page.locator(".tax")).to_have_count(0)


def test_paying_begins_with_what_is_known(
    phone: Phone, somsri: Resident, finance_clerk: Staff
) -> None:
    cast.linked(somsri)
    tax = cast.assessment(finance_clerk, number="123/2570", amount=Decimal("1250.50"))
    cast.terms(due_on=date(2099, 4, 30))
    page = phone.open("/taxes")
    page.get_by_role("link", name="แจ้งชำระเงิน").click()
    heading(page, "แจ้งชำระเงิน")
    expect(page.locator("#reference")).to_have_value("123/2570")
    expect(page.locator("#amount")).to_have_value("1250.50")
    expect(page.locator("#payer_name")).to_have_value("นางสมศรี ใจดี")
    expect(page.locator("#fiscal_year")).to_have_value("2570")
    expect(page.locator("#revenue-land_building_tax")).to_be_checked()
    assert f"assessment={tax.pk}" in page.url
