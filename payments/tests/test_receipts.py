"""Issuing, voiding, reprinting: what a receipt is, and what nobody can do to it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from bannmae import testing
from bannmae.models import Municipality, Staff
from bannmae.thai.calendar import BANGKOK
from chatops.models import OutboundMessage, Resident
from payments import days, receipts, workflow
from payments.errors import Refused
from payments.models import (
    Household,
    HouseholdMonth,
    MoneyDuty,
    NoticeEntry,
    PaymentSettings,
    Receipt,
    ReceiptBook,
    ReceiptFile,
    ReceiptLine,
    Revenue,
    Status,
)
from payments.tests import cast

pytestmark = pytest.mark.django_db


def test_a_receipt_is_a_copy_of_what_was_true_when_it_was_issued(finance_clerk: Staff) -> None:
    office = Municipality.get_solo()
    office.tax_id = "0994000000001"
    office.save()

    receipt = cast.issued(finance_clerk)
    office.name, office.tax_id = "เทศบาลเมืองใหม่", "1"
    office.save()
    Revenue.objects.update(name="ชื่อใหม่")

    receipt.refresh_from_db()
    assert receipt.municipality_name == "เทศบาลตำบลบ้านแม"
    assert receipt.municipality_tax_id == "0994000000001"
    assert receipt.revenue_name == "ภาษีที่ดินและสิ่งปลูกสร้าง"
    assert receipt.total == Decimal("1250.50")
    assert receipt.total_text == "หนึ่งพันสองร้อยห้าสิบบาทห้าสิบสตางค์"
    assert receipt.received_by_name == str(finance_clerk)
    assert receipt.received_by_position == finance_clerk.position


def test_numbers_run_within_a_book_and_on_into_the_next(finance_clerk: Staff) -> None:
    solo = cast.revenue()
    PaymentSettings.objects.update_or_create(pk=1, defaults={"leaves_per_book": 2})

    labels = [str(cast.issued(finance_clerk)) for _ in range(5)]

    fiscal = Receipt.objects.first().fiscal_year_id  # type: ignore[union-attr]
    assert labels == [
        f"เล่มที่ {solo.series} {book}/{fiscal} เลขที่ {leaf:04d}"
        for book, leaf in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]
    ]


def test_each_kind_has_books_of_its_own(finance_clerk: Staff) -> None:
    first = cast.issued(finance_clerk)
    second = cast.issued(finance_clerk, slug="signboard_tax")

    assert (first.leaf, second.leaf) == (1, 1)
    assert first.book_id != second.book_id


def test_the_fiscal_year_turns_on_the_first_of_october_in_bangkok(finance_clerk: Staff) -> None:
    with time_machine.travel(dt.datetime(2026, 9, 30, 23, 59, tzinfo=BANGKOK), tick=False):
        old = cast.issued(finance_clerk)
    with time_machine.travel(dt.datetime(2026, 10, 1, 0, 1, tzinfo=BANGKOK), tick=False):
        new = cast.issued(finance_clerk)

    assert (old.fiscal_year_id, old.leaf) == (2569, 1)
    assert (new.fiscal_year_id, new.leaf) == (2570, 1)


def test_nothing_is_issued_until_the_mode_is_chosen(finance_clerk: Staff) -> None:
    draft = cast.draft()
    Revenue.objects.filter(pk=draft.revenue.pk).update(mode="")

    with pytest.raises(Refused, match="ยังไม่ได้เลือกวิธีออกใบเสร็จ"):
        receipts.issue(draft, finance_clerk)

    assert not Receipt.objects.exists()
    assert not ReceiptLine.objects.exists()


@pytest.mark.parametrize("mode", [Revenue.Mode.OWN, Revenue.Mode.ELAAS])
def test_one_payment_never_has_receipts_of_both_modes(finance_clerk: Staff, mode: str) -> None:
    draft = cast.draft()
    cast.revenue(mode=mode)
    elaas = receipts.Elaas("12/2570", "00345", "scans/x.pdf")

    with pytest.raises(Refused, match="ใช้วิธี"):
        receipts.issue(draft, finance_clerk, elaas=elaas if mode == Revenue.Mode.OWN else None)


def test_a_number_of_elaas_is_entered_once(finance_clerk: Staff) -> None:
    draft = cast.draft()
    cast.revenue(mode=Revenue.Mode.ELAAS)
    elaas = receipts.Elaas("12/2570", "00345", "scans/x.pdf")
    receipts.issue(draft, finance_clerk, elaas=elaas)

    with pytest.raises(Refused, match="บันทึกใบเสร็จ e-LAAS"):
        receipts.issue(draft, finance_clerk, elaas=elaas)

    assert Receipt.objects.count() == 1
    assert not ReceiptBook.objects.exists()


def test_elaas_needs_its_number_and_its_file(finance_clerk: Staff) -> None:
    draft = cast.draft()
    cast.revenue(mode=Revenue.Mode.ELAAS)

    with pytest.raises(Refused, match="แนบไฟล์"):
        receipts.issue(draft, finance_clerk, elaas=receipts.Elaas("12", "1"))


def test_a_confirmed_notice_gets_one_receipt_and_her_message_in_one_go(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = cast.confirmed(somsri, finance_clerk)

    receipt = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)

    notice.refresh_from_db()
    assert notice.status == Status.RECEIPTED
    sent = OutboundMessage.objects.get(about=f"receipt:{receipt.pk}")
    assert sent.resident == somsri
    assert sent.messages[0]["originalContentUrl"].endswith(f"/receipts/{receipt.token}.jpg")
    assert f"/receipts/{receipt.token}.pdf" in str(sent.messages[1])
    assert ReceiptFile.objects.filter(receipt=receipt, kind="original", made_at=None).exists()
    with pytest.raises(Refused, match="ออกใบเสร็จรับเงินแล้ว"):
        receipts.issue(cast.draft(), finance_clerk, notice=notice)
    assert Receipt.objects.count() == 1


def test_a_notice_that_nobody_confirmed_gets_none(somsri: Resident, finance_clerk: Staff) -> None:
    notice = cast.claimed(somsri)

    with pytest.raises(Refused, match="ได้รับหลักฐานแล้ว"):
        receipts.issue(cast.draft(), finance_clerk, notice=notice)

    assert not ReceiptBook.objects.exists()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "อย่างน้อยหนึ่งรายการ"),
        ([receipts.Line("ภาษี", Decimal("0.00"))], "มากกว่า 0"),
        ([receipts.Line("ภาษี", Decimal("10.005"))], "ทศนิยม"),
        ([receipts.Line("ภาษี", Decimal("NaN"))], "ทศนิยม"),
        ([receipts.Line("ภาษี", Decimal("1"), surcharge=Decimal("-1"))], "ไม่ติดลบ"),
        ([receipts.Line(" ", Decimal("1"))], "ชื่อรายการ"),
        ([receipts.Line("ภาษี", Decimal("1"))] * 31, "30 รายการ"),
        ([receipts.Line("ภาษี", Decimal("99999999999"))], "มากเกิน"),
    ],
)
def test_what_no_receipt_may_say_takes_no_number(
    finance_clerk: Staff, lines: list[receipts.Line], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        receipts.issue(cast.draft(lines=lines), finance_clerk)

    assert not ReceiptBook.objects.exists()


def test_only_finance_issues(
    engineer: Staff, executive: Staff, legal_officer: Staff, db: None
) -> None:
    administrator = testing.make_staff(is_superuser=True)
    draft = cast.draft()

    for stranger in (engineer, executive, legal_officer, administrator):
        with pytest.raises(Refused):
            receipts.issue(draft, stranger)


# -- void ---------------------------------------------------------------------------------------


def test_a_void_takes_two_people_and_keeps_everything(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = cast.confirmed(somsri, finance_clerk)
    receipt = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)
    void = receipts.ask_void(receipt, finance_clerk, "ชื่อผู้ชำระผิด")
    assert not Receipt.objects.get().is_void

    receipts.approve_void(void, finance_head)

    receipt = Receipt.objects.get()
    void.refresh_from_db()
    notice.refresh_from_db()
    assert receipt.is_void
    assert (void.asked_by, void.decided_by) == (finance_clerk, finance_head)
    assert notice.status == Status.CHECKING
    assert OutboundMessage.objects.filter(dedupe_key=f"receipt:{receipt.pk}:void").exists()
    assert list(notice.entries.values_list("kind", flat=True))[-2:] == ["void_asked", "voided"]


def test_the_new_receipt_refers_to_the_void_one_and_has_the_next_number(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = cast.confirmed(somsri, finance_clerk)
    old = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)
    receipts.approve_void(receipts.ask_void(old, finance_clerk, "ผิด"), finance_head)
    notice.refresh_from_db()
    notice = workflow.confirm(notice.pk, finance_clerk, notice.version, cast.confirmation())

    new = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)

    assert (old.leaf, new.leaf) == (1, 2)
    assert new.replaces == old


def test_nobody_approves_his_own_request(finance_clerk: Staff, finance_head: Staff) -> None:
    receipt = cast.issued(finance_clerk)
    void = receipts.ask_void(receipt, finance_head, "ผิด")

    with pytest.raises(Refused, match="อีกคนหนึ่ง"):
        receipts.approve_void(void, finance_head)
    with pytest.raises(Refused, match="อีกคนหนึ่ง"):
        receipts.decline_void(void, finance_head, "ไม่")


def test_who_stands_in_approves_within_his_dates_alone(finance_clerk: Staff) -> None:
    deputy = testing.make_finance_clerk()
    void = receipts.ask_void(cast.issued(finance_clerk), finance_clerk, "ผิด")
    with pytest.raises(Refused, match="ไม่มีหน้าที่"):
        receipts.approve_void(void, deputy)
    duty = MoneyDuty.objects.create(
        staff=deputy,
        duty=MoneyDuty.Duty.APPROVE_VOID,
        acting="รักษาราชการแทน ผู้อำนวยการกองคลัง",
        valid_from=cast.today() - dt.timedelta(days=9),
        valid_until=cast.today() - dt.timedelta(days=1),
    )
    with pytest.raises(Refused, match="ไม่มีหน้าที่"):
        receipts.approve_void(void, deputy)
    duty.valid_until = cast.today()
    duty.save()

    receipts.approve_void(void, deputy)

    void.refresh_from_db()
    assert void.acting == "รักษาราชการแทน ผู้อำนวยการกองคลัง"


def test_a_duty_is_worth_nothing_outside_finance(finance_clerk: Staff, engineer: Staff) -> None:
    MoneyDuty.objects.create(staff=engineer, duty=MoneyDuty.Duty.APPROVE_VOID)
    void = receipts.ask_void(cast.issued(finance_clerk), finance_clerk, "ผิด")

    with pytest.raises(Refused, match="ไม่มีหน้าที่"):
        receipts.approve_void(void, engineer)


def test_a_declined_request_leaves_the_receipt_and_may_be_followed_by_another(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    receipt = cast.issued(finance_clerk)
    receipts.decline_void(receipts.ask_void(receipt, finance_clerk, "ผิด"), finance_head, "ไม่ผิด")
    assert not Receipt.objects.get().is_void

    with pytest.raises(Refused, match="พิจารณาแล้ว"):
        receipts.approve_void(receipt.voids.get(), finance_head)
    receipts.approve_void(receipts.ask_void(receipt, finance_clerk, "ผิดจริง"), finance_head)

    assert Receipt.objects.get().is_void


def test_void_is_asked_for_once_and_with_a_reason(
    finance_clerk: Staff, finance_head: Staff
) -> None:
    receipt = cast.issued(finance_clerk)
    with pytest.raises(Refused, match="เหตุผล"):
        receipts.ask_void(receipt, finance_clerk, "  ")
    receipts.ask_void(receipt, finance_clerk, "ผิด")

    with pytest.raises(Refused, match="ไว้แล้ว"):
        receipts.ask_void(receipt, finance_head, "ผิด")


def test_months_paid_are_owed_again_after_a_void(finance_clerk: Staff, finance_head: Staff) -> None:
    home = Household.objects.create(
        house_no="45", village=3, owner_name="สมศรี", since=dt.date(2026, 1, 1)
    )
    month = dt.date(2026, 1, 1)
    line = receipts.Line("ค่าเก็บขยะ ม.ค. 2569", Decimal(30), months=((month, Decimal(30)),))
    draft = cast.draft("garbage_fee", lines=[line], household=home)
    receipt = receipts.issue(draft, finance_clerk)
    with pytest.raises(Refused, match="ชำระบางเดือน"):
        receipts.issue(draft, finance_clerk)
    receipts.approve_void(receipts.ask_void(receipt, finance_clerk, "ผิดบ้าน"), finance_head)

    again = receipts.issue(draft, finance_clerk)

    assert again.leaf == 2
    assert HouseholdMonth.objects.get(released_at=None).receipt == again


def test_a_reprint_is_counted(finance_clerk: Staff) -> None:
    receipt = cast.issued(finance_clerk)

    assert [receipts.note_copy(receipt, finance_clerk).copy_no for _ in range(3)] == [1, 2, 3]


# -- what the database itself refuses -----------------------------------------------------------


def test_a_receipt_is_neither_changed_nor_deleted_by_any_way(finance_clerk: Staff) -> None:
    receipt = cast.issued(finance_clerk)

    for sql in (
        "UPDATE payments_receipt SET total = 1",
        "UPDATE payments_receipt SET payer_name = 'x'",
        "UPDATE payments_receipt SET leaf = 9",
        "DELETE FROM payments_receipt",
        "UPDATE payments_receiptline SET amount = 1",
        "DELETE FROM payments_receiptline",
        "DELETE FROM payments_receiptbook",
        "DELETE FROM payments_fiscalyear",
        "UPDATE payments_receipt SET is_void = (1 = 1)",
        "UPDATE payments_receiptbook SET used = 0",
        "UPDATE payments_receiptbook SET used = used + 2",
        "UPDATE payments_receiptbook SET number = 9",
    ):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    with pytest.raises(TypeError):
        receipt.save()
    with pytest.raises(TypeError):
        receipt.delete()
    assert Receipt.objects.get().payer_name == "นางสมศรี ใจดี"


def test_what_was_decided_and_closed_stays_so(finance_clerk: Staff, finance_head: Staff) -> None:
    with time_machine.travel(dt.datetime(2026, 9, 30, 10, tzinfo=BANGKOK), tick=False):
        receipt = cast.issued(finance_clerk)
        receipts.approve_void(receipts.ask_void(receipt, finance_clerk, "ผิด"), finance_head)
        days.close_day(cast.today(), finance_clerk)
    with time_machine.travel(dt.datetime(2026, 10, 1, 10, tzinfo=BANGKOK), tick=False):
        days.close_year(2569, finance_head)
    connection.check_constraints()  # PostgreSQL empties nothing while a check is put off

    for sql in (
        "UPDATE payments_receiptvoid SET reason = 'x'",
        "UPDATE payments_receiptvoid SET state = 'declined'",
        "UPDATE payments_dailyremittance SET total = 1",
        "UPDATE payments_fiscalyear SET closed_at = NULL, closed_by_id = NULL",
        "UPDATE payments_fiscalyear SET remittances = 0",
        "UPDATE payments_receiptbook SET used = used + 1",
        "TRUNCATE payments_receipt CASCADE"
        if connection.vendor == "postgresql"
        else "INSERT OR REPLACE INTO payments_receipt SELECT * FROM payments_receipt",
    ):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_a_void_receipt_stays_void(finance_clerk: Staff, finance_head: Staff) -> None:
    receipt = cast.issued(finance_clerk)
    receipts.approve_void(receipts.ask_void(receipt, finance_clerk, "ผิด"), finance_head)

    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.update(is_void=False)


def test_a_total_that_is_not_the_sum_of_the_lines_is_refused(finance_clerk: Staff) -> None:
    receipt = cast.issued(finance_clerk)
    values = {
        field.attname: getattr(receipt, field.attname)
        for field in Receipt._meta.concrete_fields
        if field.name not in ("id", "key", "token")
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(**values | {"leaf": 2, "token": "other"})
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptLine.objects.create(receipt=receipt, order=2, text="x", amount=Decimal(1))


def test_entries_of_a_notice_are_written_once(somsri: Resident) -> None:
    cast.claimed(somsri)

    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeEntry.objects.update(text="x")
