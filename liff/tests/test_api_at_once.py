"""The same report from two threads at once: one case, one notice, one answer."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from bannmae import testing
from chatops.models import OutboundMessage, Resident
from complaints.models import Complaint, Photo, TimelineEntry
from liff.models import Submission, Upload
from liff.tests.conftest import Caller, LineKeys, bearer
from payments.models import PaymentNotice, Slip

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6


def _at_once(work: Callable[[int], Any], count: int = THREADS) -> list[Any]:
    """Run `work(0)` … `work(count - 1)` in threads that start together; return what they gave."""
    gate = threading.Barrier(count)
    given: list[Any] = [None] * count

    def run(n: int) -> None:
        try:
            gate.wait(20)
            given[n] = work(n)
        except Exception as error:  # told below, in the test's own thread
            given[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in given:
        if isinstance(one, Exception):
            raise one
    return given


@pytest.fixture
def callers(line_keys: LineKeys, somsri: Resident) -> list[Caller]:
    """สมศรี's phone, many times."""
    return [bearer(line_keys, somsri) for _ in range(THREADS)]


def test_double_taps_make_one_case(callers: list[Caller], report: dict[str, Any]) -> None:
    report["photos"] = [callers[0].upload(testing.picture()).json()["id"] for _ in range(2)]
    key = uuid.uuid4()
    answers = _at_once(lambda n: callers[n].file(report, key=key))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: THREADS - 1}
    assert len({json.dumps(answer.json(), sort_keys=True) for answer in answers}) == 1
    assert Complaint.objects.count() == Submission.objects.count() == 1
    assert TimelineEntry.objects.count() == OutboundMessage.objects.count() == 1
    assert (Photo.objects.count(), Upload.objects.count()) == (2, 0)


def test_double_taps_make_one_payment(callers: list[Caller]) -> None:
    body = {
        "revenue": "garbage_fee",
        "payer_name": "สมศรี ใจดี",
        "phone": "0812345678",
        "amount": "80",
        "slip": callers[0].upload(testing.picture()).json()["id"],
    }
    key = uuid.uuid4()
    answers = _at_once(lambda n: callers[n].post("payment-notices", body, key=key))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: THREADS - 1}
    assert len({json.dumps(answer.json(), sort_keys=True) for answer in answers}) == 1
    assert PaymentNotice.objects.count() == Submission.objects.count() == 1
    assert Slip.objects.count() == OutboundMessage.objects.count() == 1


def test_of_two_bodies_under_one_key_one_wins(
    callers: list[Caller], report: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    answers = _at_once(lambda n: callers[n].file(report | {"subject": f"เรื่องที่ {n}"}, key=key))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: THREADS - 1}
    assert Complaint.objects.count() == 1


def test_a_photo_goes_to_one_case_only(callers: list[Caller], report: dict[str, Any]) -> None:
    report["photos"] = [callers[0].upload(testing.picture()).json()["id"]]
    answers = _at_once(lambda n: callers[n].file(report))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 400: THREADS - 1}
    assert (Complaint.objects.count(), Photo.objects.count()) == (1, 1)


def test_different_reports_at_once_get_different_numbers(
    callers: list[Caller], report: dict[str, Any]
) -> None:
    answers = _at_once(lambda n: callers[n].file(report))
    assert {answer.status_code for answer in answers} == {201}
    numbers = sorted(answer.json()["number"] for answer in answers)
    first = int(numbers[0].split("-")[1])
    assert [int(number.split("-")[1]) for number in numbers] == list(range(first, first + THREADS))


def test_a_first_sign_in_from_two_windows_is_one_resident(line_keys: LineKeys) -> None:
    token = line_keys.token(testing.line_user_id())

    def sign_in(_n: int) -> int:
        return int(Caller().post("session", {"id_token": token}).status_code)

    assert _at_once(sign_in) == [200] * THREADS
    assert Resident.objects.count() == 1


def test_a_second_tap_on_withdraw_is_one_withdrawal(
    callers: list[Caller], report: dict[str, Any]
) -> None:
    number = callers[0].file(report).json()["number"]
    key = uuid.uuid4()
    answers = _at_once(lambda n: callers[n].post(f"complaints/{number}/withdraw", key=key))
    assert {answer.status_code for answer in answers} == {200}
    assert TimelineEntry.objects.filter(status="withdrawn").count() == 1
