"""Proving that a tax is hers, and what somebody else gets by trying."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bannmae.models import Staff
from bannmae.testing import NATIONAL_ID, OTHER_NATIONAL_ID, line_user_id, make_resident
from chatops.models import Channel, Resident
from payments.assessments import proof
from payments.assessments.identity import number_key
from payments.assessments.proof import TooManyTries, prove
from payments.assessments.queries import assessments_of, links_of
from payments.models import Assessment, ProofAttempt, TaxpayerLink
from payments.tests.assessment_cast import assessment, linked

pytestmark = pytest.mark.django_db


def seen_by(resident: Resident) -> set[str]:
    """Return the numbers of the assessments that she sees."""
    return {row.number for row in assessments_of(links_of(resident))}


@pytest.fixture
def hers(finance_clerk: Staff) -> Assessment:
    """สมศรี's assessment."""
    return assessment(finance_clerk, number="52301/123/2570")


@pytest.fixture
def his(finance_clerk: Staff) -> Assessment:
    """Somebody else's."""
    return assessment(finance_clerk, number="7/2570", national_id=OTHER_NATIONAL_ID)


@pytest.mark.parametrize(
    "typed",
    ["52301/123/2570", "๕๒๓๐๑/๑๒๓/๒๕๗๐", " 52301 / 123 / 2570", "ภ.ด.ส.6 เลขที่ 52301/00123/2570"],
)
def test_the_right_pair_links_however_it_is_typed(
    somsri: Resident, hers: Assessment, his: Assessment, typed: str
) -> None:
    assert prove(somsri, NATIONAL_ID, typed)
    assert seen_by(somsri) == {hers.number}


@pytest.mark.parametrize(
    ("national_id", "number"),
    [
        (OTHER_NATIONAL_ID, "52301/123/2570"),  # another's number
        (NATIONAL_ID, "7/2570"),
        (NATIONAL_ID, "52301/12/32570"),
        (NATIONAL_ID, ""),
        (NATIONAL_ID, "//--"),
    ],
)
def test_one_right_half_is_wrong(
    somsri: Resident, hers: Assessment, his: Assessment, national_id: str, number: str
) -> None:
    assert not prove(somsri, national_id, number)
    assert seen_by(somsri) == set()
    assert not TaxpayerLink.objects.exists()


def test_a_cancelled_notice_proves_nothing(somsri: Resident, hers: Assessment) -> None:
    Assessment.objects.update(cancelled_at=timezone.now())
    assert not prove(somsri, NATIONAL_ID, hers.number)


def test_an_assessment_without_an_id_is_nobodys(somsri: Resident, finance_clerk: Staff) -> None:
    row = assessment(finance_clerk, national_id="", owner_code="ข001")
    assert (row.national_id_index, row.proof_index) == ("", "")
    assert not prove(somsri, NATIONAL_ID, row.number)
    TaxpayerLink.objects.create(resident=somsri, national_id_index="")
    assert seen_by(somsri) == set()


def test_wrong_id_and_wrong_number_cost_the_same(
    somsri: Resident, neighbour: Resident, hers: Assessment
) -> None:
    seen = []
    prove(make_resident(), "1101700230708", "1/1")  # which reads the accounts, once
    for resident, national_id, number in (
        (somsri, OTHER_NATIONAL_ID, hers.number),
        (neighbour, NATIONAL_ID, "9/9999"),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert not prove(resident, national_id, number)
        seen.append([one["sql"].split(" WHERE ")[0][:60] for one in queries.captured_queries])
    assert seen[0] == seen[1]


def test_she_has_five_tries_an_hour_and_ten_a_day(
    somsri: Resident, hers: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(proof.timezone, "now", lambda: now)
    given_ids = iter(range(100))

    def tries() -> int:
        count = 0
        while True:
            try:
                # Another person each time, so that only her own tries count.
                body = f"{next(given_ids):012d}"
                prove(somsri, body + "0", "1/1")
            except TooManyTries:
                return count
            count += 1

    assert tries() == 5
    now += timedelta(minutes=61)
    assert tries() == 5
    now += timedelta(minutes=61)
    assert tries() == 0  # ten in a day
    with pytest.raises(TooManyTries) as refused:
        prove(somsri, NATIONAL_ID, hers.number)  # the right one too
    assert 0 < refused.value.wait <= 24 * 3600
    now += timedelta(days=1)
    assert prove(somsri, NATIONAL_ID, hers.number)


def test_many_residents_may_not_try_one_person(hers: Assessment) -> None:
    for _ in range(5):
        assert not prove(make_resident(), NATIONAL_ID, "9/9")
    with pytest.raises(TooManyTries):
        prove(make_resident(), NATIONAL_ID, hers.number)
    assert ProofAttempt.objects.count() == 5


def test_a_refused_try_does_not_lengthen_the_wait(somsri: Resident, hers: Assessment) -> None:
    for _ in range(5):
        prove(somsri, NATIONAL_ID, "9/9")
    waits = []
    for _ in range(3):
        with pytest.raises(TooManyTries) as refused:
            prove(somsri, NATIONAL_ID, "9/9")
        waits.append(refused.value.wait)
    assert waits == sorted(waits, reverse=True)
    assert ProofAttempt.objects.count() == 5


def test_old_tries_are_forgotten(somsri: Resident, hers: Assessment) -> None:
    for _ in range(2):
        prove(somsri, NATIONAL_ID, "9/9")
    old = ProofAttempt.objects.earliest("pk")
    ProofAttempt.objects.filter(pk=old.pk).update(at=old.at - timedelta(days=91))
    assert proof.forget_old_tries() == 1
    assert ProofAttempt.objects.count() == 1


def test_her_other_account_has_no_tries_of_its_own(somsri: Resident, hers: Assessment) -> None:
    Channel.objects.update(provider="เทศบาล")
    other = Channel.objects.create(slug="revenue", name="กองคลัง", provider="เทศบาล")
    there = Resident.objects.create(channel=other, line_user_id=somsri.line_user_id)
    for number in range(5):
        prove(somsri, f"{number:013d}", "9/9")
    with pytest.raises(TooManyTries):
        prove(there, NATIONAL_ID, hers.number)


def test_under_one_provider_the_link_is_hers_in_both(somsri: Resident, hers: Assessment) -> None:
    Channel.objects.update(provider="เทศบาล")
    other = Channel.objects.create(slug="revenue", name="กองคลัง", provider="เทศบาล")
    there = Resident.objects.create(channel=other, line_user_id=somsri.line_user_id)
    stranger = Resident.objects.create(channel=other, line_user_id=line_user_id())
    assert prove(there, NATIONAL_ID, hers.number)
    assert seen_by(somsri) == seen_by(there) == {hers.number}
    assert seen_by(stranger) == set()
    assert prove(somsri, NATIONAL_ID, hers.number)
    assert TaxpayerLink.objects.count() == 1


def test_a_link_ends_and_the_number_is_forgotten(
    somsri: Resident, neighbour: Resident, hers: Assessment
) -> None:
    prove(somsri, NATIONAL_ID, hers.number)
    link = TaxpayerLink.objects.get()
    assert not proof.end(neighbour, link.pk)
    assert seen_by(somsri) == {hers.number}
    assert proof.end(somsri, link.pk)
    assert not proof.end(somsri, link.pk)
    link.refresh_from_db()
    assert link.national_id == ""
    assert seen_by(somsri) == set()
    assert prove(somsri, NATIONAL_ID, hers.number)
    assert seen_by(somsri) == {hers.number}


def test_a_new_key_in_front_loses_nobody(
    somsri: Resident, hers: Assessment, finance_clerk: Staff, settings: Any
) -> None:
    prove(somsri, NATIONAL_ID, hers.number)
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    newer = assessment(finance_clerk, number="99/2570")
    assert newer.national_id_index != hers.national_id_index
    assert seen_by(somsri) == {hers.number, newer.number}


IDS = [NATIONAL_ID, OTHER_NATIONAL_ID, "1101700230708"]
NUMBERS = ["1/2570", "2/2570", "11/2570"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(NUMBERS)), unique_by=lambda o: o[1]),
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(IDS), st.sampled_from(NUMBERS)), max_size=6
    ),
    st.integers(0, 1),
)
def test_whoever_tries_whatever_sees_only_what_was_proved(
    finance_clerk: Staff,
    rows: list[tuple[str, str]],
    tries: list[tuple[int, str, str]],
    ends: int,
) -> None:
    Assessment.objects.all().delete()
    ProofAttempt.objects.all().delete()
    two = [make_resident(), make_resident()]
    for national_id, number in rows:
        assessment(finance_clerk, number=number, national_id=national_id)
    proved: list[set[str]] = [set(), set()]
    for who, national_id, number in tries:
        try:
            right = prove(two[who], national_id, number)
        except TooManyTries:
            continue
        assert right == ((national_id, number) in rows)
        if right:
            proved[who].add(national_id)
    for link in links_of(two[ends]):
        proof.end(two[ends], link.pk)
    proved[ends] = set()
    for who in (0, 1):
        owned = {number for national_id, number in rows if national_id in proved[who]}
        assert seen_by(two[who]) == owned


@given(st.text(max_size=60))
def test_any_text_has_a_key_that_is_its_own(text: str) -> None:
    key = number_key(text)
    assert number_key(key) == key or key != ""
    assert number_key(f"  {text}  ") == key


def test_nothing_of_it_is_in_the_log(
    somsri: Resident, hers: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    prove(somsri, NATIONAL_ID, hers.number)
    prove(somsri, OTHER_NATIONAL_ID, hers.number)
    words = "\n".join(record.getMessage() for record in caplog.records if "payments" in record.name)
    assert f"resident {somsri.pk}" in words
    for secret in (NATIONAL_ID, OTHER_NATIONAL_ID, hers.number):
        assert secret not in words


def test_the_number_is_nowhere_in_clear(somsri: Resident, hers: Assessment) -> None:
    linked(somsri)
    prove(somsri, NATIONAL_ID, hers.number)
    with connection.cursor() as cursor:
        for table in ("taxpayerlink", "proofattempt", "assessment"):
            cursor.execute(f"SELECT * FROM payments_{table}")
            assert NATIONAL_ID not in repr(cursor.fetchall())
