"""The addresses that others rely on answer as they are promised to."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client

from bannmae import health, testing
from bannmae.models import Municipality

pytestmark = pytest.mark.django_db


def test_the_front_door_leads_residents_to_line_and_staff_to_their_desk(client: Client) -> None:
    page = client.get("/")
    text = page.content.decode()
    assert page.status_code == 200
    for told in (
        "เทศบาลตำบลบ้านแม",
        "https://lin.ee/2REuaFA",
        "<svg",
        "1669",
        "191",
        "199",
        "สำหรับเจ้าหน้าที่",
        'href="/admin/"',
    ):
        assert told in text


def test_alive_asks_nobody(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_ready_tells_of_each_part_and_of_the_outbox(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": True,
        "broker": True,
        "storage": True,
        "outbox_oldest_seconds": None,
    }


def test_an_old_outbox_is_told_and_is_no_reason_for_503(client: Client) -> None:
    testing.make_complaint()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["outbox_oldest_seconds"] >= 0


def test_a_figure_that_cannot_be_had_is_unknown_and_breaks_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("no such table")

    monkeypatch.setitem(health.figures, "outbox_oldest_seconds", fail)
    monkeypatch.setitem(health.figures, "another", lambda: 7)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["outbox_oldest_seconds"] == "unknown"
    assert answer.json()["another"] == 7


@pytest.mark.parametrize("part", ["_ask_database", "_ask_broker", "_ask_storage"])
def test_not_ready_without(client: Client, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    def fail() -> None:
        raise OSError(part)

    monkeypatch.setattr(health, part, fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()[part.removeprefix("_ask_")] is False


@pytest.mark.parametrize(
    "path",
    [
        "/liff",
        "/liff/complaint",
        "/liff/track",
        "/liff/track/69-0001",
        "/liff/track/99-9999",
        "/liff/track/ไม่มี",
        "/liff/emergency",
    ],
)
def test_pages_inside_line_answer_at_once_and_are_framed_by_nobody(
    client: Client, path: str
) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_a_page_inside_line_looks_at_no_number_before_sign_in(client: Client) -> None:
    complaint = testing.make_complaint()
    known = client.get(f"/liff/track/{complaint.number}").content.decode()
    unknown = client.get("/liff/track/99-9999").content.decode()
    assert complaint.subject not in known
    assert known.replace(complaint.number, "") == unknown.replace("99-9999", "")


def test_emergency_needs_neither_sign_in_nor_script(client: Client) -> None:
    text = client.get("/liff/emergency").content.decode()
    for number, what in [
        ("1669", "เจ็บป่วยฉุกเฉิน"),
        ("191", "เหตุด่วนเหตุร้าย"),
        ("199", "เหตุไฟไหม้"),
    ]:
        assert f'href="tel:{number}"' in text
        assert what in text
    assert "<script" not in text
    assert "แชต" in text


@pytest.mark.parametrize("path", ["/admin/", "/admin/complaints/complaint/"])
def test_the_admin_leads_to_its_sign_in_and_is_never_framed(client: Client, path: str) -> None:
    page = client.get(path)
    assert (page.status_code, page.headers["Location"].split("?")[0]) == (302, "/admin/login/")
    login = client.get("/admin/login/")
    assert login.status_code == 200
    assert "frame-ancestors 'none'" in login.headers["Content-Security-Policy"]


def test_the_admin_answers_itself_when_signed_in(client: Client) -> None:
    client.force_login(testing.make_engineer(), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/").status_code == 200


def test_the_simulator_is_nowhere_when_off(client: Client, settings: Any) -> None:
    assert client.get("/simulator/").status_code == 404
    settings.SIMULATOR, settings.SIMULATOR_PORT = True, 8001
    settings.PUBLIC_URL = "http://testserver"
    page = client.get("/simulator/")
    assert page.status_code == 200
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    settings.PUBLIC_URL = "http://localhost:8000"
    assert client.get("/simulator/").headers["Location"] == "http://localhost:8000/simulator/"


def test_while_the_simulator_is_on_the_phone_may_frame_pages_inside_line(
    client: Client, settings: Any
) -> None:
    settings.SIMULATOR, settings.SIMULATOR_PORT = True, 8001
    page = client.get("/liff/complaint")
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers.get("X-Frame-Options") != "DENY"
    assert client.get("/admin/login/").headers["X-Frame-Options"] == "DENY"


def test_the_schema_describes_the_api(client: Client) -> None:
    answer = client.get("/api/v1/schema")
    assert answer.status_code == 200
    paths = set(answer.json()["paths"]) if "json" in answer.headers["Content-Type"] else set()
    text = answer.content.decode()
    for path in (
        "/api/v1/session",
        "/api/v1/me",
        "/api/v1/categories",
        "/api/v1/photos",
        "/api/v1/complaints",
        "/api/v1/complaints/{number}",
        "/api/v1/complaints/{number}/feedback",
    ):
        assert path in paths or path in text


def test_what_the_page_says_comes_from_the_profile(client: Client) -> None:
    profile = Municipality.get_solo()
    profile.phone, profile.name = "053-123456", "เทศบาลตำบลทดสอบ"
    profile.save()
    text = client.get("/").content.decode()
    assert "053-123456" in text or "053-123-456" in text
    assert "เทศบาลตำบลทดสอบ" in text


def test_what_is_not_there_says_so_in_thai(client: Client) -> None:
    page = client.get("/nowhere")
    assert page.status_code == 404
    assert "หน้านี้ไม่มีอยู่" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("403.html", "คำขอนี้ไม่ได้รับอนุญาต"),
        ("403_csrf.html", "ยังไม่ได้บันทึก"),
        ("404.html", "หน้านี้ไม่มีอยู่"),
        ("500.html", "เหตุฉุกเฉินโปรดโทร 1669, 191 หรือ 199"),
    ],
)
def test_a_page_of_trouble_needs_neither_a_request_nor_the_database(
    name: str, said: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        text = get_template(name).render()
    assert said in text
    assert '<a href="/">' in text
    assert " – เทศบาลตำบลบ้านแม</title>" in text
