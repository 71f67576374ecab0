"""What a clerk may do with a notice of payment from where, and what the payer is told."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import testing
from bannmae.models import Staff
from chatops.models import OutboundMessage, Resident
from payments import receipts, workflow
from payments.errors import Refused, Stale
from payments.intake import Claim, file_notice
from payments.models import NoticeEntry, PaymentNotice, Slip, SlipMatch, Status
from payments.tests import cast

pytestmark = pytest.mark.django_db

Act = Callable[[PaymentNotice, Staff, int], object]
ACTS: dict[str, tuple[Act, set[str]]] = {
    # what is done: from where it is legal
    "take": (lambda n, by, v: workflow.take(n.pk, by, v), {"received"}),
    "ask": (lambda n, by, v: workflow.ask(n.pk, by, v, "ปีภาษีใด"), {"received", "checking"}),
    "confirm": (
        lambda n, by, v: workflow.confirm(n.pk, by, v, cast.confirmation()),
        {"received", "checking"},
    ),
    "take_back": (lambda n, by, v: workflow.take_back(n.pk, by, v, "ผิด"), {"confirmed"}),
    "reject": (
        lambda n, by, v: workflow.reject(n.pk, by, v, "ไม่พบยอดเงิน"),
        {"received", "checking", "confirmed"},
    ),
    "look_again": (lambda n, by, v: workflow.look_again(n.pk, by, v), {"rejected"}),
    "edit": (
        lambda n, by, v: workflow.edit(n.pk, by, v, payer_name="อีกชื่อ"),
        {"received", "checking"},
    ),
}


def _at(status: str, resident: Resident, by: Staff) -> PaymentNotice:
    notice = cast.claimed(resident)
    if status in ("confirmed", "receipted"):
        notice = workflow.confirm(notice.pk, by, notice.version, cast.confirmation())
    if status == "receipted":
        receipts.issue(workflow.draft_of(notice), by, notice=notice)
    elif status == "rejected":
        workflow.reject(notice.pk, by, notice.version, "ไม่พบยอดเงิน")
    elif status == "checking":
        workflow.take(notice.pk, by, notice.version)
    return PaymentNotice.objects.get(pk=notice.pk)


@pytest.mark.parametrize(("status", "name"), list(product(Status.values, ACTS)))
def test_each_act_is_done_where_it_is_legal_and_refused_elsewhere(
    status: str, name: str, somsri: Resident, finance_clerk: Staff
) -> None:
    act, legal = ACTS[name]
    notice = _at(status, somsri, finance_clerk)
    entries = notice.entries.count()

    if status in legal:
        act(notice, finance_clerk, notice.version)
        after = PaymentNotice.objects.get(pk=notice.pk)
        assert after.version == notice.version + 1
        assert after.entries.count() == entries + 1
    else:
        with pytest.raises(Refused):
            act(notice, finance_clerk, notice.version)
        after = PaymentNotice.objects.get(pk=notice.pk)
        assert (after.status, after.version) == (status, notice.version)
        assert after.entries.count() == entries


@pytest.mark.parametrize("name", ACTS)
def test_an_old_page_changes_nothing(name: str, somsri: Resident, finance_clerk: Staff) -> None:
    act, legal = ACTS[name]
    notice = _at(sorted(legal)[0], somsri, finance_clerk)

    with pytest.raises(Stale):
        act(notice, finance_clerk, notice.version - 1)


@pytest.mark.parametrize("name", ACTS)
def test_nobody_outside_finance_acts(
    name: str, somsri: Resident, finance_clerk: Staff, engineer: Staff, executive: Staff
) -> None:
    act, legal = ACTS[name]
    notice = _at(sorted(legal)[0], somsri, finance_clerk)
    strangers = [engineer, executive, testing.make_staff(is_superuser=True)]

    for stranger in strangers:
        with pytest.raises(Refused, match="กองคลัง"):
            act(notice, stranger, notice.version)


def test_the_payer_is_told_of_what_concerns_her(somsri: Resident, finance_clerk: Staff) -> None:
    notice = cast.claimed(somsri)
    notice = workflow.ask(notice.pk, finance_clerk, notice.version, "โปรดแจ้งปีภาษี")
    workflow.reject(notice.pk, finance_clerk, notice.version, "ไม่พบยอดเงินในบัญชี")

    sent = list(OutboundMessage.objects.order_by("id"))
    assert [one.about for one in sent] == [f"payment:{notice.pk}"] * 3
    assert [one.messages[0]["altText"].split()[2:] for one in sent] == [
        ["ได้รับหลักฐานแล้ว"],
        ["ขอข้อมูลเพิ่มเติม"],
        ["ตรวจสอบไม่ผ่าน", "โปรดติดต่อกองคลัง"],
    ]
    assert "โปรดแจ้งปีภาษี" in str(sent[1].messages)
    assert "ไม่พบยอดเงินในบัญชี" in str(sent[2].messages)


def test_who_tells_of_payment_after_payment_does_not_spend_everybodys_quota(
    somsri: Resident, neighbour: Resident
) -> None:
    for _ in range(8):
        cast.claimed(somsri, slip=False)
    cast.claimed(neighbour, slip=False)

    told = OutboundMessage.objects.filter(about__startswith="payment:")
    assert told.filter(resident=somsri).count() == 5
    assert told.filter(resident=neighbour).count() == 1
    assert not told.filter(can_wait=False).exists()


def test_no_message_but_the_receipt_names_her(somsri: Resident, finance_clerk: Staff) -> None:
    notice = cast.claimed(somsri)
    notice = workflow.ask(notice.pk, finance_clerk, notice.version, "ปีใด")
    workflow.reject(notice.pk, finance_clerk, notice.version, "ไม่พบยอดเงิน")

    said = str(list(OutboundMessage.objects.values_list("messages", flat=True)))
    assert "สมศรี" not in said
    assert "0812345678" not in said


def test_the_telephone_is_never_in_clear_in_the_database(somsri: Resident) -> None:
    cast.claimed(somsri)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM payments_paymentnotice")
        assert "0812345678" not in str(cursor.fetchall())


def test_a_slip_that_was_seen_before_is_confirmed_only_with_a_reason(
    somsri: Resident, neighbour: Resident, finance_clerk: Staff
) -> None:
    first, second = cast.claimed(somsri), cast.claimed(neighbour)
    SlipMatch.objects.create(
        slip=second.slips.get(), other=first.slips.get(), kind=SlipMatch.Kind.REFERENCE
    )
    with pytest.raises(Refused, match="ระบุเหตุผล"):
        workflow.confirm(second.pk, finance_clerk, second.version, cast.confirmation())

    seen = cast.confirmation(duplicate_reason="โอนรวมสองบ้านในสลิปเดียว")
    notice = workflow.confirm(second.pk, finance_clerk, second.version, seen)

    assert notice.duplicate_reason == "โอนรวมสองบ้านในสลิปเดียว"
    assert notice.entries.filter(kind="confirmed", text="โอนรวมสองบ้านในสลิปเดียว").exists()


def test_a_slip_that_is_not_read_yet_is_waited_for_or_explained(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = cast.claimed(somsri)
    notice.slips.update(state=Slip.State.STORED, due_at=timezone.now())
    with pytest.raises(Refused, match="โปรดรอสักครู่"):
        workflow.confirm(notice.pk, finance_clerk, notice.version, cast.confirmation())

    seen = cast.confirmation(duplicate_reason="เห็นเงินเข้าบัญชีแล้ว")
    notice = workflow.confirm(notice.pk, finance_clerk, notice.version, seen)

    assert notice.status == Status.CONFIRMED


def test_confirming_keeps_each_line_to_the_satang(somsri: Resident, finance_clerk: Staff) -> None:
    lines = [
        receipts.Line("ภาษี", Decimal("0.01"), "ปี 2568", is_arrears=True),
        receipts.Line("ภาษี", Decimal("999.99"), "ปี 2569", surcharge=Decimal("10.10")),
    ]
    notice = cast.claimed(somsri)
    seen = cast.confirmation(lines=lines)

    notice = workflow.confirm(notice.pk, finance_clerk, notice.version, seen)

    assert list(workflow.draft_of(notice).lines) == lines
    assert notice.amount == Decimal("1010.10")


def test_correcting_says_what_it_was(somsri: Resident, finance_clerk: Staff) -> None:
    notice = cast.claimed(somsri)

    workflow.edit(notice.pk, finance_clerk, notice.version, payer_name="นายใหม่", phone="0899999999")

    entry = notice.entries.get(kind=NoticeEntry.Kind.EDITED)
    assert entry.by == finance_clerk
    assert "นางสมศรี ใจดี" in entry.text
    assert "0812345678" not in entry.text
    assert "0899999999" not in entry.text


def test_a_correction_names_all_its_fields_however_long_they_are(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = cast.claimed(somsri, payer_name="ก" * 200, payer_address="ข" * 500)
    months = [f"{year}-{month:02d}" for year in range(2022, 2027) for month in range(1, 13)]
    PaymentNotice.objects.filter(pk=notice.pk).update(months=months)
    new = {"months": [], "payer_name": "", "payer_address": "", "reference": "1", "fiscal_year": 1}

    workflow.edit(notice.pk, finance_clerk, notice.version, **new)

    entry = notice.entries.get(kind=NoticeEntry.Kind.EDITED)
    assert len(entry.text) == 1000
    assert sorted(entry.fields) == sorted(new)


def test_at_the_counter_nobody_is_messaged(finance_clerk: Staff) -> None:
    notice = cast.confirmed(None, finance_clerk)

    receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)

    assert not OutboundMessage.objects.exists()
    other = cast.claimed(None)
    with pytest.raises(Refused, match="ไม่ได้แจ้งทาง LINE"):
        workflow.ask(other.pk, finance_clerk, other.version, "ปีใด")


def test_numbers_of_notices_run_through_the_year(somsri: Resident) -> None:
    year = (timezone.localdate().year + 543) % 100

    assert [cast.claimed(somsri, slip=False).number for _ in range(3)] == [
        f"P{year}-{place:04d}" for place in (1, 2, 3)
    ]


def test_filing_costs_the_same_however_much_there_is(somsri: Resident) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            file_notice(resident=somsri, claim=Claim(), via=PaymentNotice.Via.CHAT)
        return len(seen)

    queries()
    few = queries()
    for _ in range(20):
        cast.claimed(somsri)

    assert queries() <= few  # by now she is not told of each any more


def test_of_two_like_slips_each_is_asked_about_until_the_later_one_is_rejected(
    somsri: Resident, neighbour: Resident, finance_clerk: Staff
) -> None:
    # Who sends somebody else's slip may be the first to send it.
    earlier, later = cast.claimed(neighbour), cast.claimed(somsri)
    SlipMatch.objects.create(
        slip=later.slips.get(), other=earlier.slips.get(), kind=SlipMatch.Kind.REFERENCE
    )
    for notice in (earlier, later):
        with pytest.raises(Refused, match="เคยใช้"):
            workflow.confirm(notice.pk, finance_clerk, notice.version, cast.confirmation())

    workflow.reject(later.pk, finance_clerk, later.version, "แจ้งซ้ำ")

    confirmed = workflow.confirm(earlier.pk, finance_clerk, earlier.version, cast.confirmation())
    assert confirmed.status == Status.CONFIRMED
