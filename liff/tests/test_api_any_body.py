"""Whatever JSON a stranger sends, the answer is a clear refusal or a case: never a failure."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatops.models import Resident
from complaints.models import Complaint
from liff.models import Upload
from liff.tests.conftest import Caller
from payments.models import PaymentNotice

pytestmark = pytest.mark.django_db

# Also what JSON can name and databases cannot hold: NUL, lone surrogates, huge numbers.
odd_text = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["\x00", "\ud800", "ก" * 6000, "๑", "1e5", "-0", "Infinity", "\u202e", "%00"]),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**18),
    st.floats(),
    odd_text,
    st.datetimes().map(str),
    st.uuids().map(str),
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_text, inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    "category",
    "subject",
    "details",
    "incident_at",
    "latitude",
    "longitude",
    "accuracy_m",
    "village",
    "place",
    "hide_name",
    "reporter",
    "photos",
    "notice_acknowledged",
]
REPORTER = ["full_name", "national_id", "use_saved_id", "phone", "email", "address"]
PAYMENT = [
    "revenue",
    "fiscal_year",
    "months",
    "payer_name",
    "reference",
    "phone",
    "amount",
    "paid_at",
    "slip",
    "slips",
]
relaxed = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def patient(settings: Any) -> None:
    """Hundreds of calls in a second are meant."""
    settings.THROTTLE = False


def _sent(caller: Caller, path: str, body: Any) -> Any:
    # NaN and Infinity go out as such: no JSON, but what a careless client sends.
    return caller.post(path, json.dumps(body), key=uuid.uuid4())


@relaxed
@given(
    changes=st.dictionaries(st.sampled_from(NAMES), anything, min_size=1, max_size=3),
    inside=st.dictionaries(st.sampled_from(REPORTER), anything, max_size=2),
)
def test_a_report_with_anything_in_it(
    patient: None,
    as_somsri: Caller,
    report: dict[str, Any],
    changes: dict[str, Any],
    inside: dict[str, Any],
) -> None:
    before = Complaint.objects.count()
    body = report | {"reporter": report["reporter"] | inside} | changes
    answer = _sent(as_somsri, "complaints", body)
    assert answer.status_code in {201, 400, 413}
    assert Complaint.objects.count() - before == (answer.status_code == 201)
    if answer.status_code == 201:
        # What was taken can be read again.
        number = answer.json()["number"]
        assert as_somsri.get(f"complaints/{number}").status_code == 200
        assert as_somsri.get("me").status_code == 200
    else:
        assert answer.json()


@relaxed
@given(changes=st.dictionaries(st.sampled_from(PAYMENT), anything, min_size=1, max_size=3))
def test_a_payment_with_anything_in_it(
    patient: None, as_somsri: Caller, somsri: Resident, changes: dict[str, Any]
) -> None:
    slip = Upload.objects.create(
        resident=somsri,
        token=uuid.uuid4().hex,
        file="slip.jpg",
        thumbnail="slip-small.jpg",
        width=2,
        height=3,
        created_at=timezone.now(),
    )
    body = {
        "revenue": "garbage_fee",
        "months": ["2026-10"],
        "payer_name": "สมศรี ใจดี",
        "phone": "0812345678",
        "amount": "80",
        "slip": slip.token,
    } | changes
    before = PaymentNotice.objects.count()
    answer = _sent(as_somsri, "payment-notices", body)
    assert answer.status_code in {201, 400, 413}
    assert PaymentNotice.objects.count() - before == (answer.status_code == 201)
    if answer.status_code == 201:
        number = answer.json()["number"]
        assert as_somsri.get(f"payment-notices/{number}").status_code == 200
        assert as_somsri.get("payment-notices").status_code == 200
    else:
        assert answer.json()


@relaxed
@given(body=anything)
def test_any_json_at_all(patient: None, as_somsri: Caller, body: Any) -> None:
    if not isinstance(body, dict):
        assert _sent(as_somsri, "complaints", body).status_code in {400, 413}
    assert _sent(as_somsri, "payment-notices", body).status_code in {400, 413}
    assert _sent(as_somsri, "session", body).status_code in {400, 401}
    assert _sent(as_somsri, "complaints/69-0001/additions", body).status_code == 404


@relaxed
@given(raw=st.binary(max_size=200))
def test_any_bytes_at_all(patient: None, as_somsri: Caller, raw: bytes) -> None:
    assert as_somsri.post("complaints", raw, key=uuid.uuid4()).status_code == 400
    assert as_somsri.upload(raw).status_code in {400, 415}
