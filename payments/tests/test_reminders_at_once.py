"""Reminders with several workers at once, and through LINE itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from bannmae.models import Staff
from bannmae.testing import NATIONAL_ID, make_resident
from chatops.models import OutboundMessage, Resident
from chatops.simulator.testing import SOMSRI, Simulator
from chatops.worker import work_off
from payments.assessments import proof, reminders, sending
from payments.assessments.proof import TooManyTries, prove
from payments.models import ProofAttempt, ReminderRun, Revenue
from payments.tests import assessment_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def run_of(by: Staff) -> ReminderRun:
    """Return a run that has begun."""
    run = ReminderRun.objects.create(
        revenue=Revenue.objects.get(slug=cast.LAND), year=cast.YEAR, moment="on", created_by=by
    )
    return reminders.start(run, by)


def at_once(work: Callable[[int], Any], count: int = WORKERS) -> list[Any]:
    """Do `work` in threads that begin together; return what each gave or raised."""
    ready, done = threading.Barrier(count), [None] * count

    def one(place: int) -> None:
        try:
            ready.wait()
            done[place] = work(place)
        except Exception as error:
            done[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[place]) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_several_workers_tell_each_once(finance_clerk: Staff) -> None:
    cast.assessment(finance_clerk)
    people = [make_resident() for _ in range(12)]
    for one in people:
        cast.linked(one)
    run = run_of(finance_clerk)
    at_once(lambda _place: sending.send_due(seconds=20))
    sending.send_due()
    told = OutboundMessage.objects.values_list("resident", flat=True)
    assert sorted(told) == sorted(one.pk for one in people)
    run.refresh_from_db()
    assert run.state == "done"
    assert run.recipients.filter(outbound__isnull=True).count() == 0


def test_a_run_starts_once_for_two_clerks(finance_clerk: Staff, somsri: Resident) -> None:
    cast.assessment(finance_clerk)
    cast.linked(somsri)
    run = ReminderRun.objects.create(
        revenue=Revenue.objects.get(slug=cast.LAND),
        year=cast.YEAR,
        moment="on",
        created_by=finance_clerk,
    )
    at_once(lambda _place: reminders.start(run, finance_clerk))
    assert run.recipients.count() == 1


def test_tries_at_one_moment_are_counted_too(finance_clerk: Staff) -> None:
    cast.assessment(finance_clerk, number="1/2570")
    people = [make_resident() for _ in range(9)]
    done = at_once(lambda place: prove(people[place], NATIONAL_ID, f"{place}/9"), 9)
    looked_up = sum(one is False for one in done)
    assert looked_up <= 5
    assert looked_up + sum(isinstance(one, TooManyTries) for one in done) == 9
    assert ProofAttempt.objects.count() == looked_up
    limits = [limit for _span, limit in proof.LIMITS]
    assert limits == [5, 10]


def test_line_takes_the_message_and_shows_no_amount(line: Simulator, finance_clerk: Staff) -> None:
    her = line.resident(SOMSRI)
    resident = make_resident(SOMSRI, line_user_id=her)
    cast.linked(resident)
    cast.assessment(finance_clerk)
    cast.terms()
    run = run_of(finance_clerk)
    sending.send_due()
    work_off()
    (message,) = line.from_account(her)
    assert message["type"] == "flex"
    assert message["altText"].endswith(reminders.NOT_A_NOTICE)
    text = json.dumps(message, ensure_ascii=False)
    assert reminders.NOT_A_NOTICE in json.dumps(message["contents"], ensure_ascii=False)
    assert f"https://liff.line.me/{line.liff_id}/taxes" in text
    for secret in ("สมศรี ใจดี", "1,000", "1000", NATIONAL_ID):
        assert secret not in text
    found = reminders.progress_of(run)
    assert (found.sent, found.percent) == (1, 100)
