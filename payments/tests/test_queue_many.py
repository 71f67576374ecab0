"""All that is ticked is issued at once; one that fails costs its neighbours nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from bannmae.models import Staff
from chatops.models import Resident
from payments import receipts, workflow
from payments.models import (
    PaymentNotice,
    Receipt,
    Status,
)
from payments.tests.cast import confirmed, today
from payments.tests.queue_desk import LIST, as_, elaas_notice, fresh

pytestmark = pytest.mark.django_db


ALL = f"{LIST}issue-all/"


def ticked(*notices: PaymentNotice) -> dict[str, list[str]]:
    """What the page posts for these."""
    return {"notice": [f"{one.pk}:{one.version}" for one in notices]}


def test_all_that_is_confirmed_is_issued_and_what_is_refused_is_told(
    somsri: Resident, finance_clerk: Staff
) -> None:
    waiting = [confirmed(somsri, finance_clerk) for _ in range(3)]
    changed = confirmed(somsri, finance_clerk)
    browser = as_(finance_clerk)
    assert len(browser.get(ALL).context["rows"]) == 4
    workflow.take_back(changed.pk, finance_clerk, changed.version, "ยอดผิด")

    answer = browser.post(ALL, ticked(*waiting, changed))

    assert answer.context["issued"] == 3
    assert [one.number for one in answer.context["refused"]] == [changed.number]
    assert "มีผู้อื่นแก้ไขแล้ว" in answer.content.decode()
    assert sorted(Receipt.objects.values_list("leaf", flat=True)) == [1, 2, 3]

    again = browser.post(ALL, ticked(*waiting))
    assert (again.context["issued"], again.context["already"]) == (0, 3)
    assert Receipt.objects.count() == 3


def test_one_that_fails_costs_its_neighbours_nothing(
    somsri: Resident, finance_clerk: Staff
) -> None:
    first, broken, last = (confirmed(somsri, finance_clerk) for _ in range(3))
    PaymentNotice.objects.filter(pk=broken.pk).update(money_seen_on=today() + dt.timedelta(days=1))

    answer = as_(finance_clerk).post(
        ALL, ticked(first, broken, last), headers={"X-Requested-With": "fetch"}
    )

    states = {one["number"]: one["state"] for one in answer.json()["outcomes"]}
    assert states == {first.number: "issued", broken.number: "refused", last.number: "issued"}
    assert sorted(Receipt.objects.values_list("leaf", flat=True)) == [1, 2]


def test_elaas_kinds_are_not_issued_with_the_others(somsri: Resident, finance_clerk: Staff) -> None:
    elaas_notice(somsri, finance_clerk)

    answer = as_(finance_clerk).get(ALL)

    assert answer.context["rows"] == []
    assert answer.context["elsewhere"] == 1


def test_nonsense_and_too_many_are_passed_over(somsri: Resident, finance_clerk: Staff) -> None:
    notice = confirmed(somsri, finance_clerk)
    sent = ["x", ":", f"{notice.pk}", f"{notice.pk}:x", f"{10**30}:1", "999999:1"]

    answer = as_(finance_clerk).post(ALL, {"notice": sent})

    assert answer.status_code == 200
    assert not Receipt.objects.exists()
    assert timezone.now() > notice.created_at


def test_fault_at_one_leaves_the_others_issued(
    somsri: Resident, finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, broken, last = (confirmed(somsri, finance_clerk) for _ in range(3))
    issue = receipts.issue

    def faulty(*args: Any, **options: Any) -> Receipt:
        if options["notice"].pk == broken.pk:
            raise RuntimeError("disk full")
        return issue(*args, **options)

    monkeypatch.setattr(receipts, "issue", faulty)
    answer = as_(finance_clerk).post(ALL, ticked(first, broken, last))

    assert (answer.context["issued"], len(answer.context["refused"])) == (2, 1)
    assert fresh(broken).status == Status.CONFIRMED
    assert sorted(Receipt.objects.values_list("leaf", flat=True)) == [1, 2]
