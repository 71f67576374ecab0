"""The receipts of a notice on its page: what became of each."""

from __future__ import annotations

import pytest

from bannmae.models import Staff
from chatops.models import Resident
from payments import receipts, workflow
from payments.models import PaymentNotice, Receipt
from payments.tests.cast import claimed, confirmation
from payments.tests.queue_desk import as_, fresh, page

pytestmark = pytest.mark.django_db


def issued_and_void(notice: PaymentNotice, clerk: Staff, head: Staff) -> Receipt:
    """Issue the receipt of a notice, and have it made void."""
    after = workflow.confirm(notice.pk, clerk, fresh(notice).version, confirmation())
    receipt = receipts.issue(workflow.draft_of(after), clerk, notice=after)
    receipts.approve_void(receipts.ask_void(receipt, clerk, "ชื่อผิด"), head)
    return receipt


def test_of_two_void_receipts_the_next_one_names_the_last(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    first = issued_and_void(notice, finance_clerk, finance_head)
    second = issued_and_void(notice, finance_clerk, finance_head)
    second.refresh_from_db()
    assert second.replaces == first

    text = as_(finance_clerk).get(page(notice)).content.decode()

    assert f"{first}</a> ยกเลิกแล้ว: ชื่อผิด · ออกฉบับใหม่แทนแล้ว<" in text
    assert f"{second}</a> ยกเลิกแล้ว: ชื่อผิด · ฉบับใหม่จะออกแทนและอ้างถึงฉบับนี้<" in text
    after = workflow.confirm(notice.pk, finance_clerk, fresh(notice).version, confirmation())
    assert workflow.draft_of(after).replaces == second
