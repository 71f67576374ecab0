"""Voiding at the desk: one person asks, another decides; who stands in, and what she will read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bannmae import testing
from bannmae.models import AccessLog, Staff
from chatops.models import OutboundMessage, Resident
from payments import receipts, workflow
from payments.models import PaymentNotice, Receipt, ReceiptVoid, Status
from payments.tests import cast
from payments.tests.books_desk import REGISTER, as_, asked, stand_in, text_of, told, url

pytestmark = pytest.mark.django_db


def decide(staff: Staff, void: ReceiptVoid, name: str, **fields: Any) -> Any:
    """Approve or decline as the page does."""
    return as_(staff).post(url(void.receipt, name), {"void": void.pk, **fields}, follow=True)


@pytest.fixture
def receipt(somsri: Resident, finance_clerk: Staff) -> Receipt:
    """A receipt of somebody in LINE."""
    notice = cast.confirmed(somsri, finance_clerk)
    return receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)


def test_asking_needs_a_reason_and_changes_nothing_yet(
    receipt: Receipt, finance_clerk: Staff
) -> None:
    client = as_(finance_clerk)
    answer = client.post(url(receipt, "void"), {"reason": "  "})
    assert answer.status_code == 422
    assert "โปรดระบุเหตุผล" in answer.content.decode()
    client.post(url(receipt, "void"), {"reason": "ชื่อผู้ชำระผิด"})
    receipt.refresh_from_db()
    assert not receipt.is_void
    text = text_of(client.get(url(receipt)))
    assert "รออนุมัติยกเลิก" in text
    assert "ท่านเป็นผู้ขอ" in text
    again = client.post(url(receipt, "void"), {"reason": "อีกครั้ง"})
    assert again.status_code == 409
    assert ReceiptVoid.objects.count() == 1
    assert AccessLog.objects.filter(
        action=AccessLog.Action.MONEY, detail="ขอยกเลิก: ชื่อผู้ชำระผิด"
    ).exists()


def test_a_second_person_approves_and_sees_before_what_the_payer_will_read(
    receipt: Receipt, finance_clerk: Staff, finance_head: Staff
) -> None:
    void = asked(receipt, finance_clerk)
    page = text_of(as_(finance_head).get(url(receipt)))
    assert "ผู้ชำระจะได้อ่านใน LINE" in page
    words = f"ใบเสร็จเล่มที่ {receipt.book_label} เลขที่ {receipt.number_label} ยกเลิกแล้ว"
    assert words in page
    assert f"ยกเลิกใบเสร็จ {receipt} แล้ว" in told(decide(finance_head, void, "approve"))
    receipt.refresh_from_db()
    assert receipt.is_void
    sent = OutboundMessage.objects.get(dedupe_key=f"receipt:{receipt.pk}:void")
    assert words in str(sent.messages)
    notice = PaymentNotice.objects.get(pk=receipt.notice_id)
    assert notice.status == Status.CHECKING
    after = text_of(as_(finance_clerk).get(url(receipt)))
    assert "ออกฉบับใหม่แทน" in after
    assert "แจ้งการยกเลิก" in after
    assert "อนุมัติยกเลิกใบเสร็จนี้" not in after


@pytest.mark.parametrize("who", ["finance_clerk", "finance_head"])
def test_whoever_asked_cannot_approve_even_with_the_duty(
    who: str, receipt: Receipt, finance_clerk: Staff, finance_head: Staff
) -> None:
    asker = {"finance_clerk": finance_clerk, "finance_head": finance_head}[who]
    if asker == finance_clerk:
        stand_in(asker)
    void = asked(receipt, asker)
    assert "อนุมัติยกเลิกใบเสร็จนี้" not in text_of(as_(asker).get(url(receipt)))
    assert "ผู้ขอยกเลิกอนุมัติเองไม่ได้" in told(decide(asker, void, "approve"))
    assert "ผู้ขอยกเลิกพิจารณาเองไม่ได้" in told(decide(asker, void, "decline", reason="ไม่"))
    receipt.refresh_from_db()
    assert not receipt.is_void


@pytest.mark.parametrize(
    ("since", "until", "may"), [(-3, -1, False), (0, 0, True), (-1, 5, True), (1, 5, False)]
)
def test_a_stand_in_decides_on_his_days_alone_and_is_named(
    since: int, until: int, may: bool, receipt: Receipt, finance_clerk: Staff
) -> None:
    other = testing.make_finance_clerk()
    today = cast.today()
    stand_in(
        other,
        acting="รักษาราชการแทน ผู้อำนวยการกองคลัง",
        valid_from=today + dt.timedelta(days=since),
        valid_until=today + dt.timedelta(days=until),
    )
    void = asked(receipt, finance_clerk)
    answer = decide(other, void, "approve")
    void.refresh_from_db()
    assert (void.state == "approved") is may
    if may:
        assert void.acting == "รักษาราชการแทน ผู้อำนวยการกองคลัง"
        assert void.acting in text_of(as_(finance_clerk).get(f"{REGISTER}voids/"))
    else:
        assert "ท่านไม่มีหน้าที่" in told(answer)


def test_declining_needs_a_reason_and_leaves_the_receipt(
    receipt: Receipt, finance_clerk: Staff, finance_head: Staff
) -> None:
    void = asked(receipt, finance_clerk)
    without = as_(finance_head).post(url(receipt, "decline"), {"void": void.pk})
    assert without.status_code == 422
    decide(finance_head, void, "decline", reason="ชื่อถูกต้องแล้ว")
    receipt.refresh_from_db()
    assert not receipt.is_void
    text = text_of(as_(finance_clerk).get(url(receipt)))
    assert "ชื่อถูกต้องแล้ว" in text
    assert "ขอยกเลิกใบเสร็จ" in text, "it may be asked for again"


def test_a_decision_that_comes_twice_or_too_late_is_told_and_does_nothing(
    receipt: Receipt, finance_clerk: Staff, finance_head: Staff
) -> None:
    void = asked(receipt, finance_clerk)
    decide(finance_head, void, "approve")
    assert "พิจารณาแล้ว" in told(decide(finance_head, void, "approve"))
    assert "พิจารณาแล้ว" in told(decide(finance_head, void, "decline", reason="ไม่"))
    assert OutboundMessage.objects.filter(dedupe_key__endswith=":void").count() == 1
    other = cast.issued(finance_clerk)
    wrong = as_(finance_head).post(url(other, "approve"), {"void": void.pk})
    assert wrong.status_code == 404
    assert as_(finance_head).post(url(other, "approve"), {"void": "x"}).status_code == 404


def test_requests_wait_in_a_list_oldest_first_and_on_the_approvers_first_screen(
    receipt: Receipt, finance_clerk: Staff, finance_head: Staff
) -> None:
    later = cast.issued(finance_clerk)
    asked(receipt, finance_clerk, "ผิดหนึ่ง")
    asked(later, finance_clerk, "ผิดสอง")
    answer = as_(finance_head).get(f"{REGISTER}voids/")
    assert [one.void.reason for one, _ in answer.context["waiting"]] == ["ผิดหนึ่ง", "ผิดสอง"]
    assert "พิจารณา" in text_of(answer)
    tiles = {one.title: one.figure for one in as_(finance_head).get("/admin/").context["tiles"]}
    assert tiles["รออนุมัติยกเลิกใบเสร็จ"] == "2"
    mine = {one.title for one in as_(finance_clerk).get("/admin/").context["tiles"]}
    assert "รออนุมัติยกเลิกใบเสร็จ" not in mine


def test_an_empty_list_says_what_will_stand_there(finance_clerk: Staff) -> None:
    assert "ไม่มีคำขอที่รออนุมัติ" in text_of(as_(finance_clerk).get(f"{REGISTER}voids/"))
