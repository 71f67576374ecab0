"""Taxes over the API: only who has proved it sees one, and trying is not worth it."""

from __future__ import annotations

import json
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from bannmae.models import Staff
from bannmae.testing import NATIONAL_ID, OTHER_NATIONAL_ID
from chatops.models import Resident
from liff.tests.conftest import Caller, LineKeys, with_cookie
from payments import receipts
from payments.models import Assessment, PaymentNotice, ProofAttempt, TaxpayerLink
from payments.tests import assessment_cast as cast

pytestmark = pytest.mark.django_db
BODY = {"national_id": "1-2345-67890-12-1", "number": "123/2570"}


@pytest.fixture
def hers(finance_clerk: Staff) -> Assessment:
    """สมศรี's assessment."""
    return cast.assessment(finance_clerk, number="123/2570")


@pytest.fixture
def his(finance_clerk: Staff) -> Assessment:
    """Her neighbour's."""
    return cast.assessment(
        finance_clerk, number="7/2570", national_id=OTHER_NATIONAL_ID, payer_name="นายบุญมี มาดี"
    )


def test_she_proves_it_and_sees_what_is_hers(
    as_somsri: Caller, hers: Assessment, his: Assessment
) -> None:
    assert as_somsri.get("taxes").json() == {"proofs": [], "taxes": []}
    answer = as_somsri.post("tax-proofs", BODY)
    assert answer.status_code == 201
    assert answer.json() == as_somsri.get("taxes").json()
    (tax,) = answer.json()["taxes"]
    assert (tax["number"], tax["amount"], tax["state"]) == ("123/2570", "1000.00", "unpaid")
    assert tax["payment_url"] == f"/liff/payment?assessment={hers.pk}"
    assert answer.json()["proofs"][0]["name"] == "นางสมศรี ใจดี"


def test_no_answer_ever_holds_the_number(
    as_somsri: Caller, hers: Assessment, somsri: Resident
) -> None:
    answers = [
        as_somsri.post("tax-proofs", BODY),
        as_somsri.post("tax-proofs", {**BODY, "number": "9/9"}),
        as_somsri.post("tax-proofs", {**BODY, "national_id": "1234567890123"}),
        as_somsri.get("taxes"),
    ]
    for answer in answers:
        assert NATIONAL_ID not in answer.content.decode()
        assert "1234567890123" not in answer.content.decode()
        assert "67890" not in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"


def test_wrong_id_and_wrong_number_get_one_answer(
    as_somsri: Caller, as_neighbour: Caller, hers: Assessment
) -> None:
    wrong_id = as_somsri.post("tax-proofs", {**BODY, "national_id": OTHER_NATIONAL_ID})
    wrong_number = as_neighbour.post("tax-proofs", {**BODY, "number": "124/2570"})
    neither = as_neighbour.post(
        "tax-proofs", {"national_id": OTHER_NATIONAL_ID, "number": "124/2570"}
    )
    assert wrong_id.status_code == wrong_number.status_code == neither.status_code == 400
    assert wrong_id.content == wrong_number.content == neither.content
    assert not TaxpayerLink.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"national_id": "", "number": "1"},
        {"national_id": NATIONAL_ID},
        {"national_id": NATIONAL_ID, "number": ""},
        {"national_id": NATIONAL_ID, "number": None},
        {"national_id": NATIONAL_ID, "number": "1" * 101},
        {"national_id": [NATIONAL_ID], "number": {"a": 1}},
        {"national_id": 5, "number": "1"},
        [],
        "x",
    ],
)
def test_what_is_no_proof_costs_no_try(as_somsri: Caller, hers: Assessment, body: Any) -> None:
    assert as_somsri.post("tax-proofs", json.dumps(body)).status_code == 400
    assert not ProofAttempt.objects.exists()


def test_the_sixth_try_is_refused_with_a_wait(as_somsri: Caller, hers: Assessment) -> None:
    for number in range(5):
        wrong = as_somsri.post("tax-proofs", {**BODY, "number": f"{number}/1"})
        assert wrong.status_code == 400
    refused = as_somsri.post("tax-proofs", BODY)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert as_somsri.get("taxes").json()["taxes"] == []


def test_without_sign_in_there_is_nothing(
    stranger: Caller, line_keys: LineKeys, hers: Assessment
) -> None:
    assert stranger.get("taxes").status_code == 401
    assert stranger.post("tax-proofs", BODY).status_code == 401
    assert stranger.delete("tax-proofs/1").status_code == 401
    assert not ProofAttempt.objects.exists()


def test_a_cookie_needs_the_csrf_token(
    line_keys: LineKeys, somsri: Resident, hers: Assessment
) -> None:
    caller = with_cookie(line_keys, somsri)
    del caller.headers["X-CSRFToken"]
    assert caller.post("tax-proofs", BODY).status_code == 403
    assert not TaxpayerLink.objects.exists()


def test_anothers_are_never_hers(
    as_somsri: Caller, as_neighbour: Caller, somsri: Resident, hers: Assessment, his: Assessment
) -> None:
    as_somsri.post("tax-proofs", BODY)
    link = TaxpayerLink.objects.get()
    assert as_neighbour.get("taxes").json()["taxes"] == []
    for path in (
        f"tax-proofs/{link.pk}",
        "tax-proofs/999",
        "tax-proofs/x",
        "tax-proofs/" + "9" * 99,
    ):
        assert as_neighbour.delete(path).status_code == 404
    # What an address adds changes nothing.
    for query in (f"?proof={link.pk}", f"?resident={somsri.pk}", f"?id={hers.pk}"):
        assert as_neighbour.get(f"taxes{query}").json()["taxes"] == []
    assert [one["id"] for one in as_somsri.get("taxes").json()["taxes"]] == [hers.pk]


def test_a_link_ends_on_request(as_somsri: Caller, hers: Assessment) -> None:
    proofs = as_somsri.post("tax-proofs", BODY).json()["proofs"]
    assert as_somsri.delete(f"tax-proofs/{proofs[0]['id']}").status_code == 204
    assert as_somsri.get("taxes").json() == {"proofs": [], "taxes": []}
    assert as_somsri.delete(f"tax-proofs/{proofs[0]['id']}").status_code == 404


def test_paid_follows_the_receipts(
    as_somsri: Caller,
    somsri: Resident,
    hers: Assessment,
    finance_clerk: Staff,
    finance_head: Staff,
) -> None:
    cast.linked(somsri)

    def state() -> tuple[str, str]:
        (tax,) = as_somsri.get("taxes").json()["taxes"]
        return tax["state"], tax["rest"]

    part = cast.paid(hers, finance_clerk, "400")
    assert state() == ("partly_paid", "600.00")
    cast.told(hers, somsri)
    assert state() == ("checking", "600.00")
    cast.paid(hers, finance_clerk, "600")
    assert state() == ("paid", "0.00")
    receipts.approve_void(receipts.ask_void(part, finance_clerk, "ผิดรายการ"), finance_head)
    assert state() == ("checking", "400.00")


def test_the_estimate_comes_from_the_years_terms_alone(
    as_somsri: Caller, somsri: Resident, hers: Assessment
) -> None:
    cast.linked(somsri)
    assert as_somsri.get("taxes").json()["taxes"][0]["estimate"] is None
    cast.terms(
        due_on=date(2020, 4, 30),
        penalties=[{"since": "2020-05-01", "percent": "10"}],
        interest_percent=Decimal("1"),
        interest_since=date(2020, 5, 1),
    )
    (tax,) = as_somsri.get("taxes").json()["taxes"]
    assert tax["is_overdue"] is True
    assert tax["estimate"]["penalty"] == "100.00"
    assert Decimal(tax["estimate"]["interest"]) == min(
        Decimal(1000), 10 * Decimal(tax["estimate"]["interest_months"])
    )
    assert "ประมาณการ" in tax["estimate"]["note"]


def test_cancelled_ones_are_gone_and_those_paid_come_last(
    as_somsri: Caller, somsri: Resident, hers: Assessment, finance_clerk: Staff
) -> None:
    cast.linked(somsri)
    cast.assessment(finance_clerk, number="8/2571", year=2571, paid_at=timezone.now())
    cast.assessment(finance_clerk, number="9/2570", cancelled_at=timezone.now())
    shown = [one["number"] for one in as_somsri.get("taxes").json()["taxes"]]
    assert shown == ["123/2570", "8/2571"]


def test_many_cost_no_more_queries_than_few(
    as_somsri: Caller,
    somsri: Resident,
    hers: Assessment,
    finance_clerk: Staff,
    django_assert_max_num_queries: Any,
) -> None:
    cast.linked(somsri)
    as_somsri.get("taxes")
    for number in range(20):
        cast.assessment(finance_clerk, number=f"{number}/99", year=2560 + number)
    with django_assert_max_num_queries(7):
        assert len(as_somsri.get("taxes").json()["taxes"]) == 21


def test_a_payment_tells_which_of_hers_it_pays(
    as_somsri: Caller,
    as_neighbour: Caller,
    somsri: Resident,
    hers: Assessment,
    photo: bytes,
) -> None:
    cast.linked(somsri)

    def paid_by(caller: Caller, **changes: Any) -> Assessment | None:
        body = {
            "revenue": cast.LAND,
            "payer_name": "สมศรี ใจดี",
            "phone": "0812345678",
            "amount": "1000",
            "assessment": hers.pk,
            "slip": caller.upload(photo).json()["id"],
        }
        answer = caller.post("payment-notices", body | changes, key=uuid.uuid4())
        assert answer.status_code == 201
        assert str(hers.pk) not in answer.json()
        return PaymentNotice.objects.get(number=answer.json()["number"]).assessment

    assert paid_by(as_somsri) == hers
    assert paid_by(as_somsri, revenue="signboard_tax") is None
    assert paid_by(as_somsri, assessment=10**30) is None
    # Another's is passed over: nothing tells whether there is one.
    assert paid_by(as_neighbour) is None
    assert as_somsri.get("taxes").json()["taxes"][0]["state"] == "checking"
