"""Pages are Thai whatever the browser asks for; the API heeds it."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en-GB,en;q=0.9"}


def test_the_sign_in_of_an_english_browser_is_thai() -> None:
    page = Client(headers=ENGLISH).post("/admin/login/", {"username": "x", "password": ""})
    assert page.headers["Content-Language"] == "th"
    assert "กรุณากรอก" in page.content.decode()
    assert "This field is required" not in page.content.decode()


def test_the_api_answers_in_the_language_asked_for() -> None:
    assert "กรุณา" in Client().get("/api/v1/me").json()["detail"]
    assert "กรุณา" not in Client(headers=ENGLISH).get("/api/v1/me").json()["detail"]
