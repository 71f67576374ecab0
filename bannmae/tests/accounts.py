"""How officers, and who keeps their accounts, go about them in a browser."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse

from bannmae.models import Staff


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


def sign_in(username: str, password: str) -> tuple[Client, int]:
    """Sign in as people do; return the browser and the answer's status."""
    client = Client()
    answer = client.post(
        reverse("admin:login"), {"username": username, "password": password, "next": "/admin/"}
    )
    return client, answer.status_code


def change_url(staff: Staff) -> str:
    """The page of an account."""
    return reverse("admin:bannmae_staff_change", args=[staff.pk])


def act_url(staff: Staff, act: str) -> str:
    """The page of an act on an account."""
    return reverse(f"admin:bannmae_staff_{act}", args=[staff.pk])


def shown_password(content: str) -> str:
    """The one-time password that a page shows, '' for none."""
    found = re.search(r'class="bm-password">([a-z0-9-]+)<', content)
    return found.group(1) if found else ""
