"""What the office asked to pay, over the API: seen by whom it was asked, answered by its form."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from bannmae import testing
from bannmae.models import Staff
from chatops.models import Channel, OutboundMessage, Resident
from liff.api import payments_examples as examples
from liff.tests.conftest import Caller
from liff.tests.payments_cast import asked_to_pay, notice_of
from payments import requests
from payments.models import PaymentNotice, PaymentRequest

pytestmark = pytest.mark.django_db


def look(caller: Caller, number: str) -> Any:
    """GET a request."""
    return caller.get(f"payment-requests/{number}")


def tell(caller: Caller, asked: PaymentRequest | str, **changes: Any) -> PaymentNotice:
    """POST a notice by the form of a request; what is not changed is as it was asked."""
    body = {
        "revenue": "garbage_fee",
        "payer_name": "สมศรี ใจดี",
        "phone": "0812345678",
        "amount": "450",
        "request": asked if isinstance(asked, str) else asked.number,
        "slip": caller.upload(testing.picture()).json()["id"],
    }
    answer = caller.post("payment-notices", body | changes, key=uuid.uuid4())
    assert answer.status_code == 201
    assert set(answer.json()) == {"number", "status", "status_label"}
    return PaymentNotice.objects.get(number=answer.json()["number"])


def answered(request: PaymentRequest) -> PaymentNotice | None:
    """The notice that answers a request, as the database has it."""
    request.refresh_from_db()
    return request.notice


def test_the_card_opens_the_form_of_its_request(somsri: Resident, finance_clerk: Staff) -> None:
    asked = asked_to_pay(somsri, finance_clerk)
    card = json.dumps(OutboundMessage.objects.latest("id").messages)
    assert f"/payment?request={asked.number}" in card


def test_who_was_asked_sees_what_the_form_begins_with(
    as_somsri: Caller, somsri: Resident, finance_clerk: Staff
) -> None:
    asked = asked_to_pay(somsri, finance_clerk)
    answer = look(as_somsri, asked.number)
    assert answer.status_code == 200
    assert answer.json() == examples.ASKED | {"number": asked.number}, (
        "as the schema's example says"
    )
    tax = asked_to_pay(
        somsri, finance_clerk, revenue="signboard_tax", what_for="ภาษีป้าย ปี 2569", ref1="shop-12"
    )
    told = look(as_somsri, tax.number).json()
    assert (told["fiscal_year"], told["months"], told["reference"]) == (2569, [], "SHOP12")


def test_she_sees_it_in_each_of_her_accounts(
    as_somsri: Caller, somsri: Resident, finance_clerk: Staff
) -> None:
    Channel.objects.filter(pk=somsri.channel_id).update(provider="บ้านแม")
    revenue_office = Channel.objects.create(slug="revenue", name="กองคลัง", provider="บ้านแม")
    elsewhere = Resident.objects.create(channel=revenue_office, line_user_id=somsri.line_user_id)
    asked = asked_to_pay(elsewhere, finance_clerk)
    assert look(as_somsri, asked.number).status_code == 200
    notice = tell(as_somsri, asked)
    assert notice.resident == somsri
    assert answered(asked) == notice


def cancelled(request: PaymentRequest, clerk: Staff) -> None:
    """Take it back."""
    requests.cancel(request.pk, clerk)


def paid(request: PaymentRequest, clerk: Staff) -> None:
    """Answer it by a slip of that amount."""
    notice = notice_of(request.resident, amount=request.amount)
    assert answered(request) == notice


def old(request: PaymentRequest, clerk: Staff) -> None:
    """Let it lie too long."""
    past = timezone.now() - requests.LIVES - timedelta(minutes=1)
    PaymentRequest.objects.filter(pk=request.pk).update(at=past)


@pytest.mark.parametrize("become", [cancelled, paid, old])
def test_what_cannot_be_answered_any_more_is_as_if_there_were_none(
    as_somsri: Caller,
    somsri: Resident,
    finance_clerk: Staff,
    become: Callable[[PaymentRequest, Staff], None],
) -> None:
    asked = asked_to_pay(somsri, finance_clerk)
    become(asked, finance_clerk)
    before = answered(asked)
    answer = look(as_somsri, asked.number)
    assert answer.status_code == 404
    assert answer.content == look(as_somsri, "R99-9999").content
    # Whoever had the form open already loses nothing; another of that amount is not meant.
    other = asked_to_pay(somsri, finance_clerk)
    tell(as_somsri, asked)
    assert answered(asked) == before
    assert answered(other) is None


def test_nobody_else_sees_or_answers_it(
    as_neighbour: Caller,
    stranger: Caller,
    somsri: Resident,
    neighbour: Resident,
    finance_clerk: Staff,
) -> None:
    asked = asked_to_pay(somsri, finance_clerk)
    answer = look(as_neighbour, asked.number)
    assert answer.status_code == 404
    assert answer.content == look(as_neighbour, "R99-9999").content
    assert look(stranger, asked.number).status_code == 401
    notice = tell(as_neighbour, asked)
    assert answered(asked) is None
    assert asked.number not in "".join(notice.entries.values_list("text", flat=True))
    listed = as_neighbour.get("payment-notices").content + as_neighbour.get("taxes").content
    assert asked.number.encode() not in listed
    # What is asked of the neighbour is found by its amount, as ever.
    own = asked_to_pay(neighbour, finance_clerk)
    assert tell(as_neighbour, asked) == answered(own)


def test_the_form_answers_its_request_and_no_other_of_that_amount(
    as_somsri: Caller, somsri: Resident, finance_clerk: Staff
) -> None:
    first = asked_to_pay(somsri, finance_clerk)
    second = asked_to_pay(somsri, finance_clerk, what_for="ค่าเก็บขยะ เม.ย.–มิ.ย. 2569")
    notice = tell(as_somsri, second)
    assert answered(second) == notice
    assert answered(first) is None
    told = notice.entries.get(kind="added").text
    assert told == f"ตรงกับใบแจ้งยอด {second.number}: ค่าเก็บขยะ เม.ย.–มิ.ย. 2569 450.00 บาท"


def test_what_she_changed_stays_hers(
    as_somsri: Caller, somsri: Resident, finance_clerk: Staff
) -> None:
    asked = asked_to_pay(somsri, finance_clerk, ref1="HOUSE12")
    other = asked_to_pay(somsri, finance_clerk, amount=Decimal("400"))
    notice = tell(as_somsri, asked, amount="400", reference="")
    assert answered(asked) == notice
    assert answered(other) is None
    assert (notice.amount, notice.reference) == (Decimal("400"), "")
    told = notice.entries.get(kind="added").text
    assert "450.00 บาท แต่ผู้แจ้งระบุว่าโอน 400.00 บาท" in told


def test_a_payment_of_another_kind_leaves_the_request_open(
    as_somsri: Caller, somsri: Resident, finance_clerk: Staff
) -> None:
    asked = asked_to_pay(somsri, finance_clerk)
    notice = tell(as_somsri, asked, revenue="signboard_tax")
    assert answered(asked) is None
    assert not notice.entries.filter(text__contains=asked.number).exists()
    # It may be the answer to another, as one that came without a form may.
    sign = asked_to_pay(somsri, finance_clerk, revenue="signboard_tax", what_for="ภาษีป้าย ปี 2569")
    assert tell(as_somsri, asked, revenue="signboard_tax") == answered(sign)
    assert tell(as_somsri, asked) == answered(asked)


@pytest.mark.parametrize("number", ["R69-\0001", "ก" * 50, "' or 1=1", "", "R99-9999"])
def test_a_number_that_is_none_is_passed_over(as_somsri: Caller, number: str) -> None:
    assert not tell(as_somsri, number).requests.exists()
