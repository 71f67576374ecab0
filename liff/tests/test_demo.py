"""The demo: staff who can sign in, cases to look at, and not one message to LINE."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from bannmae.models import Staff
from chatops.models import OutboundMessage, Resident
from complaints.access import visible_to
from complaints.models import Category, Complaint, Status
from payments.access import may_handle, may_see
from payments.duties import held
from payments.models import MoneyDuty, PaymentNotice, Receipt, Revenue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded(settings: Any) -> None:
    settings.DEMO_PASSWORD = "demo password"
    call_command("demo", yes=True, verbosity=0)


def test_the_accounts_sign_in_without_a_change_of_password(client: Any) -> None:
    accounts = "admin nitikan chang khlang huanakhlang sawatdikan prachasamphan huana palat nayok"
    for account in accounts.split():
        staff = Staff.objects.get(username=account)
        assert staff.check_password("demo password")
        assert staff.is_staff
        assert not staff.must_change_password


def test_nothing_of_it_goes_to_line() -> None:
    assert Complaint.objects.count() >= 10
    assert not OutboundMessage.objects.exists()


@pytest.mark.parametrize("model", [Complaint, PaymentNotice])
def test_a_second_time_changes_nothing(model: Any) -> None:
    before = list(model.objects.values_list("number", "status", "created_at"))
    call_command("demo", yes=True, verbosity=0)
    assert list(model.objects.values_list("number", "status", "created_at")) == before


def test_the_payments_show_every_shade() -> None:
    statuses = set(PaymentNotice.objects.values_list("status", flat=True))
    assert statuses == {"received", "checking", "confirmed", "receipted"}
    assert not Revenue.objects.filter(mode="").exists()
    assert Receipt.objects.get().mode == "own"
    assert may_handle(Staff.objects.get(username="khlang"))
    assert held(Staff.objects.get(username="huanakhlang"), MoneyDuty.Duty.APPROVE_VOID)
    assert not may_see(Staff.objects.get(username="admin"))


def test_the_cases_show_every_shade() -> None:
    statuses = set(Complaint.objects.values_list("status", flat=True))
    assert {Status.RECEIVED, Status.IN_PROGRESS, Status.WAITING, Status.COMPLETED} <= statuses
    assert Complaint.objects.filter(due_on__lt=timezone.localdate(), ended_at=None).exists()
    assert Complaint.objects.filter(read_at=None).exists()
    for complaint in Complaint.objects.all():
        steps = list(complaint.timeline.values_list("at", flat=True))
        assert steps == sorted(steps)
        assert steps[0].date() == complaint.created_at.date()


def test_the_residents_are_those_of_the_simulator() -> None:
    from chatops.simulator.testing import SOMSRI

    somsri = Resident.objects.get(display_name=SOMSRI)
    assert len(somsri.line_user_id) == 33
    assert Complaint.objects.filter(resident=somsri).exists()


def test_each_sees_what_is_theirs() -> None:
    seen = {
        account: set(
            visible_to(Staff.objects.get(username=account)).values_list("category__slug", flat=True)
        )
        for account in ("chang", "nitikan", "palat", "khlang", "admin")
    }
    assert seen["chang"] <= {"road", "street-light", "drain-flood"}
    assert "misconduct" not in seen["nitikan"] | seen["admin"] | seen["khlang"]
    assert "misconduct" in seen["palat"]
    readers = Category.objects.get(slug="misconduct").readers.all()
    assert any(one.has_perm("complaints.change_complaint") for one in readers)
    assert {"road", "garbage", "trees"} <= seen["nitikan"]
