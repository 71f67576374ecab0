"""From a payment to the assessment that it pays: proposed, chosen by the clerk, paid by receipt."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from bannmae.models import Staff
from bannmae.testing import OTHER_NATIONAL_ID
from chatops.models import Resident
from payments.assessments.matching import by_reference, likely, proposals
from payments.assessments.queries import rest_of, with_payments
from payments.models import Assessment, PaymentNotice
from payments.tests import assessment_cast as cast
from payments.tests import queue_desk
from payments.tests.cast import claimed, today
from payments.tests.cast import revenue as cast_revenue

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(finance_clerk: Staff) -> Assessment:
    """สมศรี's assessment."""
    return cast.assessment(finance_clerk, number="52301/123/2570", amount=Decimal("1250.50"))


@pytest.fixture
def his(finance_clerk: Staff) -> Assessment:
    """Somebody else's."""
    return cast.assessment(finance_clerk, number="7/2570", national_id=OTHER_NATIONAL_ID)


def rest(row: Assessment) -> Decimal:
    """Return what is still to be paid."""
    return rest_of(with_payments(Assessment.objects.filter(pk=row.pk)).get())


@pytest.mark.parametrize(
    ("reference", "finds"),
    [
        ("52301/123/2570", True),
        ("ภ.ด.ส.6 เลขที่ ๕๒๓๐๑/๑๒๓/๒๕๗๐", True),
        ("52301/0123/2570", True),
        ("123/2570", False),
        ("2570", False),
        ("", False),
        ("บ้านเลขที่ 12", False),
    ],
)
def test_a_reference_finds_its_notice_alone(
    hers: Assessment, his: Assessment, reference: str, finds: bool
) -> None:
    assert by_reference(reference, None, None) == ([hers] if finds else [])


def test_what_she_owes_is_proposed_and_the_reference_comes_first(
    hers: Assessment, his: Assessment, somsri: Resident
) -> None:
    cast.linked(somsri)
    notice = claimed(somsri, slip=False, reference="7/2570", fiscal_year=2570)
    rows = proposals(notice)
    assert rows == [his, hers]
    assert likely(notice, rows) == his.pk
    unsure = claimed(somsri, slip=False, reference="")
    assert proposals(unsure) == [hers]
    assert likely(unsure, proposals(unsure)) is None
    assert proposals(claimed(None, slip=False, reference="")) == []


def test_another_year_is_not_begun_with(hers: Assessment, somsri: Resident) -> None:
    notice = claimed(somsri, slip=False, reference=hers.number, fiscal_year=2569)
    assert likely(notice, proposals(notice)) is None


def test_the_clerk_sees_it_chosen_and_the_receipt_pays_it(
    hers: Assessment, his: Assessment, somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri, slip=False, reference=hers.number, fiscal_year=2570)
    page = queue_desk.as_(finance_clerk).get(queue_desk.page(notice)).content.decode()
    assert f'<option value="{hers.pk}" selected>' in page
    assert f'value="{his.pk}"' not in page.split("รายการประเมิน (นับ")[1].split("</select>")[0]
    queue_desk.press(finance_clerk, notice, "issue", assessment=hers.pk)
    notice.refresh_from_db()
    assert (notice.assessment, notice.status) == (hers, "receipted")
    assert rest(hers) == 0


def test_the_clerk_may_choose_none_and_nothing_that_is_not_offered(
    hers: Assessment, his: Assessment, somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri, slip=False, reference=hers.number, fiscal_year=2570)
    queue_desk.press(finance_clerk, notice, "confirm", assessment=his.pk)
    notice.refresh_from_db()
    assert (notice.assessment, notice.status) == (None, "received")
    queue_desk.press(finance_clerk, notice, "confirm", assessment="")
    notice.refresh_from_db()
    assert (notice.assessment, notice.status) == (None, "confirmed")
    assert rest(hers) == hers.amount


def test_without_assessments_the_page_asks_for_none(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri, slip=False)
    page = queue_desk.as_(finance_clerk).get(queue_desk.page(notice)).content.decode()
    assert "รายการประเมิน (นับ" not in page
    assert PaymentNotice.objects.get().assessment is None


def test_money_over_the_counter_pays_by_the_number_on_the_paper(
    hers: Assessment, his: Assessment, finance_clerk: Staff
) -> None:
    def pay(reference: str, **more: object) -> PaymentNotice:
        sent = {
            "filing_key": str(uuid4()),
            "revenue": cast_revenue(cast.LAND).pk,
            "payer_name": "นางสมศรี ใจดี",
            "method": "cash",
            "money_seen_on": today().isoformat(),
            "reference": reference,
            "line_text": ["ภาษี"],
            "line_period": ["ปี 2570"],
            "line_arrears": ["0"],
            "line_amount": ["1,250.50"],
            "line_surcharge": [""],
            "line_months": [""],
        }
        url = reverse("admin:payments_paymentnotice_add")
        answer = queue_desk.as_(finance_clerk).post(url, sent | more)
        assert answer.status_code == 302
        return PaymentNotice.objects.latest("pk")

    assert pay("ไม่ทราบ").assessment is None
    assert pay(hers.number, revenue=cast_revenue("signboard_tax").pk).assessment is None
    assert pay("เลขที่ ๕๒๓๐๑/๑๒๓/๒๕๗๐").assessment == hers
    assert rest(hers) == 0
    assert pay(hers.number).assessment is None  # it is paid
    assert rest(his) == his.amount
