"""The acts beside an officer's account are those that will be done."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bannmae import roles, testing
from bannmae.models import Staff

pytestmark = pytest.mark.django_db
PASSWORD_ACTS = ("one_time_password", "reopen")


def offered(by: Staff, staff: Staff) -> set[str]:
    """The acts that the account's page leads to."""
    client = Client()
    client.force_login(by)
    shown = client.get(reverse("admin:bannmae_staff_change", args=[staff.pk])).content.decode()
    acts = (*PASSWORD_ACTS, "unlock", "close")
    return {act for act in acts if reverse(f"admin:bannmae_staff_{act}", args=[staff.pk]) in shown}


@pytest.mark.parametrize("active", [True, False])
def test_a_password_is_offered_to_whom_it_will_be_given(
    legal_officer: Staff, engineer: Staff, active: bool
) -> None:
    keeper = testing.make_staff("keeper", role=roles.ADMINISTRATOR)
    root = testing.make_staff("root", is_superuser=True)
    Staff.objects.filter(pk__in=[legal_officer.pk, engineer.pk]).update(is_active=active)
    rest = {"unlock", "close"} if active else set()
    password = {PASSWORD_ACTS[0 if active else 1]}
    assert offered(keeper, legal_officer) == rest
    assert offered(keeper, engineer) == rest | password
    assert offered(root, legal_officer) == rest | password
