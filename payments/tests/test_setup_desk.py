"""Settings of the finance division: who changes them, what is refused, what is written down."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from bannmae.models import AccessLog, Staff
from chatops.models import Resident
from payments.desk.setup import wrong_account
from payments.models import MoneyDuty, PaymentSettings, Revenue
from payments.tests import cast
from payments.tests.books_desk import as_, text_of

pytestmark = pytest.mark.django_db
DUTY = {"duty": "approve_void", "acting": "", "valid_from": "", "valid_until": ""}


def revenue_url(row: Revenue) -> str:
    """The page of a kind of revenue."""
    return reverse("admin:payments_revenue_change", args=[row.pk])


def fields_of(row: Revenue, **changes: Any) -> dict[str, Any]:
    """What the form of a kind posts."""
    names = ("name", "menu_name", "slug", "series", "mode", "period", "reference_label", "order")
    fields = {name: getattr(row, name) for name in names} | {"is_active": "on"} | changes
    return {name: value for name, value in fields.items() if value is not None}


def said() -> list[str]:
    """What the access log says was done with money."""
    rows = AccessLog.objects.filter(action=AccessLog.Action.MONEY)
    return [f"{row.subject} {row.detail}" for row in rows.order_by("id")]


def test_the_head_chooses_how_receipts_are_made_and_that_is_written_down(
    finance_head: Staff,
) -> None:
    row = Revenue.objects.get(slug="garbage_fee")
    assert row.mode == ""
    client = as_(finance_head)
    text = text_of(client.get(revenue_url(row)))
    assert "เจ้าหน้าที่ออกใบเสร็จในระบบ e-LAAS เหมือนเดิม" in text
    assert "เรียงกันไม่ขาดไม่ซ้ำ" in text
    changes = {"mode": "own", "name": "ค่าธรรมเนียมขนมูลฝอย", "menu_name": "ค่าขยะ"}
    answer = client.post(revenue_url(row), fields_of(row, **changes))
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.mode, row.name, row.menu_name) == ("own", "ค่าธรรมเนียมขนมูลฝอย", "ค่าขยะ")
    (line,) = said()
    assert line.startswith("money:revenue-garbage_fee")
    assert "ยังไม่ได้เลือก (ออกใบเสร็จไม่ได้) → ข. ออกใบเสร็จจากเล่มของระบบนี้" in line


def test_a_clerk_reads_the_settings_and_changes_none(finance_clerk: Staff) -> None:
    row = Revenue.objects.get(slug="garbage_fee")
    client = as_(finance_clerk)
    assert client.get(revenue_url(row)).status_code == 200
    assert client.post(revenue_url(row), fields_of(row, mode="own")).status_code == 403
    settings = reverse("admin:payments_paymentsettings_changelist")
    assert client.post(settings, {"layout": "a4"}).status_code == 403
    sent = DUTY | {"staff": finance_clerk.pk}
    assert client.post("/admin/payments/moneyduty/add/", sent).status_code == 403
    row.refresh_from_db()
    assert row.mode == ""
    assert not MoneyDuty.objects.exists()


def test_a_mode_may_be_another_but_never_none_again(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    cast.issued(finance_clerk)
    row = Revenue.objects.get(slug="land_building_tax")
    client = as_(finance_head)
    refused = client.post(revenue_url(row), fields_of(row, mode=""))
    assert "เปลี่ยนกลับเป็น “ยังไม่ได้เลือก” ไม่ได้" in text_of(refused)
    changed = client.post(revenue_url(row), fields_of(row, mode="elaas"), follow=True)
    assert "ใบเสร็จที่ออกไปก่อนหน้านี้ยังอยู่ตามเดิม" in text_of(changed)
    row.refresh_from_db()
    assert row.mode == "elaas"


def test_letters_that_stand_in_books_and_codes_stay(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    cast.issued(finance_clerk)
    row = Revenue.objects.get(slug="land_building_tax")
    as_(finance_head).post(revenue_url(row), fields_of(row, series="กข", slug="other_code"))
    row.refresh_from_db()
    assert (row.series, row.slug) == ("ภด", "land_building_tax")
    unused = Revenue.objects.get(slug="signboard_tax")
    refused = as_(finance_head).post(revenue_url(unused), fields_of(unused, series="ป 1"))
    assert "ใช้ตัวอักษรเท่านั้น" in text_of(refused)


def test_a_kind_is_never_deleted_and_a_new_one_may_be_added(finance_head: Staff) -> None:
    client = as_(finance_head)
    row = Revenue.objects.get(slug="other")
    assert client.get(reverse("admin:payments_revenue_delete", args=[row.pk])).status_code == 403
    new = Revenue(
        slug="water",
        name="ค่าน้ำประปา",
        menu_name="ค่าน้ำ",
        series="นป",
        mode="",
        order=9,
        period="none",
    )
    client.post("/admin/payments/revenue/add/", fields_of(new))
    assert Revenue.objects.get(slug="water").name == "ค่าน้ำประปา"


@pytest.mark.parametrize(
    ("kind", "account", "words"),
    [
        ("mobile", "0812345678", ""),
        ("mobile", "081234567", "10 หลัก"),
        ("mobile", "0212345678", "มือถือ"),
        ("tax_id", "1234567890121", ""),
        ("tax_id", "1234567890122", "ไม่ถูกต้อง"),
        ("tax_id", "0812345678", "13 หลัก"),
        ("ewallet", "123456789012345", ""),
        ("ewallet", "1234567890121", "15 หลัก"),
        ("biller", "099400012345601", ""),
        ("biller", "0994", "15 หลัก"),
    ],
)
def test_an_account_is_looked_at_digit_by_digit(kind: str, account: str, words: str) -> None:
    wrong = wrong_account(kind, account)
    assert (wrong == "") is (words == "")
    assert words in wrong


def test_the_account_is_read_as_people_write_it(finance_head: Staff) -> None:
    client = as_(finance_head)
    address = reverse("admin:payments_paymentsettings_changelist")
    fields = {"layout": "a5", "leaves_per_book": "50", "statement_days": "3"}
    for wrong in ({"qr_kind": "mobile", "qr_account": ""}, {"qr_kind": "", "qr_account": "1"}):
        assert client.post(address, fields | wrong).status_code == 200
    typed = {"qr_kind": "mobile", "qr_account": "๐๘๑-๒๓๔ ๕๖๗๘"}
    assert client.post(address, fields | typed).status_code == 302
    row = PaymentSettings.get_solo()
    assert (row.qr_account, row.layout, row.leaves_per_book) == ("0812345678", "a5", 50)
    assert any("0812345678" in line for line in said())


def test_a_service_outside_is_switched_on_with_its_account_and_its_key_is_shown_to_nobody(
    finance_head: Staff,
) -> None:
    client = as_(finance_head)
    address = reverse("admin:payments_paymentsettings_changelist")
    fields = {"layout": "a5", "leaves_per_book": "50", "statement_days": "3"}
    assert "ต้องมีจึงจะใช้บริการได้" in text_of(client.post(address, fields | {"verifier": "slipok"}))
    assert client.post(address, fields | {"verifier": "unknown"}).status_code == 200
    account = {"verifier": "slipok", "verifier_branch": "123", "verifier_key": "S3CRET-KEY"}
    answer = client.post(address, fields | account, follow=True)
    assert "จะถูกส่งออกไปยังผู้ให้บริการ" in text_of(answer)
    client.post(address, fields | account | {"verifier_key": "", "verifier_branch": "124"})
    row = PaymentSettings.get_solo()
    assert (row.verifier, row.verifier_branch, row.verifier_key) == ("slipok", "124", "S3CRET-KEY")
    assert "S3CRET" not in text_of(client.get(address))
    assert "S3CRET" not in "".join(said())


def test_duties_have_dates_and_are_written_down_when_given_and_taken(
    finance_clerk: Staff, finance_head: Staff, engineer: Staff
) -> None:
    client = as_(finance_head)
    add = "/admin/payments/moneyduty/add/"
    today = dt.date(2026, 11, 21)
    sent = DUTY | {"staff": finance_clerk.pk, "acting": "รักษาราชการแทน ผู้อำนวยการกองคลัง"}
    assert "ต้องมีวันสิ้นสุด" in text_of(client.post(add, sent))
    backwards = sent | {"valid_from": "22/11/2026", "valid_until": "21/11/2026"}
    assert client.post(add, backwards).status_code == 200
    assert client.post(add, sent | {"staff": engineer.pk}).status_code == 200
    before = MoneyDuty.objects.count()
    dates = {"valid_from": today.isoformat(), "valid_until": today.isoformat()}
    assert client.post(add, sent | dates).status_code == 302
    row = MoneyDuty.objects.get(staff=finance_clerk)
    assert MoneyDuty.objects.count() == before + 1
    delete = reverse("admin:payments_moneyduty_delete", args=[row.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 302
    given, taken = said()
    assert finance_clerk.username in given
    assert "รักษาราชการแทน" in given
    assert "ลบ" in taken
    assert "2026-11-21" in taken


def test_a_banner_stands_while_payers_wait_for_a_mode(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff, engineer: Staff
) -> None:
    row = Revenue.objects.get(slug="signboard_tax")
    assert "ยังไม่ได้เลือกวิธีออกใบเสร็จ" not in text_of(as_(finance_head).get("/admin/"))
    cast.claimed(somsri, revenue=row)
    head = text_of(as_(finance_head).get("/admin/"))
    assert "ยังไม่ได้เลือกวิธีออกใบเสร็จของภาษีป้าย" in head
    assert revenue_url(row) in head
    clerk = text_of(as_(finance_clerk).get("/admin/"))
    assert "แจ้งหัวหน้ากองคลังให้เลือกก่อน" in clerk
    assert "ยังไม่ได้เลือกวิธีออกใบเสร็จ" not in text_of(as_(engineer).get("/admin/"))
    cast.revenue("signboard_tax")
    assert "ยังไม่ได้เลือกวิธีออกใบเสร็จ" not in text_of(as_(finance_head).get("/admin/"))
