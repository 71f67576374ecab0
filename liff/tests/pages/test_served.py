"""What the server hands out before any script runs: addresses, rules, words."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from bannmae.models import Municipality

PAGES = [
    "/liff",
    "/liff/",
    "/liff/complaint",
    "/liff/track",
    "/liff/track/69-0001",
    "/liff/payment",
    "/liff/taxes",
    "/liff/payment/P69-0001",
]


def directives(response: Any) -> dict[str, list[str]]:
    """Return a page's content security policy."""
    policy = response.headers["Content-Security-Policy"]
    rows = [row.split() for row in policy.split(";")]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*PAGES, "/liff/emergency", "/"])
def test_a_page_answers_200_itself_and_is_asked_for_anew(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    if path != "/":
        assert "no-cache" in response.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["track", "payment"])
@pytest.mark.parametrize("number", ["69-0001", "ไม่มี", "1%27%20OR%201=1", "..", "a" * 300])
def test_a_number_in_the_address_is_not_looked_at(
    client: Client, page: str, number: str, django_assert_max_num_queries: Any
) -> None:
    Municipality.get_solo()
    with django_assert_max_num_queries(0):
        response = client.get(f"/liff/{page}/{number}")
    assert response.status_code == 200
    assert number not in response.content.decode().replace("/static/", "")


@pytest.mark.django_db
def test_scripts_come_from_here_and_from_line_only(client: Client, settings: Any) -> None:
    settings.SIMULATOR = False
    settings.LINE_API_URL = ""
    settings.LIFF_SDK_URL = "https://static.line-scdn.net/liff/edge/2/sdk.js"
    response = client.get("/liff/complaint")
    rules = directives(response)
    assert set(rules["script-src"]) == {
        "'self'",
        "https://static.line-scdn.net",
        "https://liffsdk.line-scdn.net",
    }
    assert "https://api.line.me" in rules["connect-src"]
    assert "https://tile.openstreetmap.org" in rules["img-src"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert response.headers["X-Frame-Options"] == "DENY"
    assert settings.LIFF_SDK_URL in response.content.decode()


@pytest.mark.django_db
def test_the_phone_may_frame_a_page_only_while_the_simulator_is_on(
    client: Client, settings: Any
) -> None:
    settings.SIMULATOR = True
    settings.SIMULATOR_PORT = 8001
    settings.LINE_API_URL = "http://127.0.0.1:8001"
    settings.LIFF_SDK_URL = "http://localhost:8001/liff/sdk.js"
    response = client.get("/liff/track")
    rules = directives(response)
    assert "'self'" in rules["frame-ancestors"]
    assert f"http://127.0.0.1:{settings.PORT}" in rules["frame-ancestors"]
    assert "X-Frame-Options" not in response.headers
    assert "http://localhost:8001" in rules["script-src"]
    assert "http://127.0.0.1:8001" in rules["connect-src"]


@pytest.mark.django_db
def test_the_map_loads_from_where_the_profile_says(client: Client) -> None:
    profile = Municipality.get_solo()
    profile.map_tiles_url = "https://{s}.tiles.example.go.th/{z}/{x}/{y}.png"
    profile.save()
    images = directives(client.get("/liff/complaint"))["img-src"]
    assert "https://a.tiles.example.go.th" in images
    assert "https://tile.openstreetmap.org" not in images


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["https://x.org; script-src *", "https://[oops/{z}", "https://แผนที่.ไทย/{z}/{x}/{y}.png"],
)
def test_a_tile_address_that_nobody_checked_opens_and_breaks_nothing(
    client: Client, address: str
) -> None:
    before = directives(client.get("/liff/complaint"))
    Municipality.objects.filter(pk=Municipality.get_solo().pk).update(map_tiles_url=address)
    cache.clear()
    response = client.get("/liff/complaint")
    assert response.status_code == 200
    after = directives(response)
    assert after.keys() == before.keys()
    assert [value for value in after["img-src"] if "." in value] == []
    assert len(after["script-src"]) == len(before["script-src"])


@pytest.mark.django_db
def test_emergency_needs_no_script_and_names_each_number(client: Client) -> None:
    response = client.get("/liff/emergency")
    html = response.content.decode()
    assert "<script" not in html
    assert directives(response)["script-src"] == ["'none'"]
    for number, name in [
        ("1669", "เจ็บป่วยฉุกเฉิน"),
        ("191", "เหตุด่วนเหตุร้าย"),
        ("199", "เหตุไฟไหม้"),
    ]:
        assert f'href="tel:{number}"' in html
        assert f">{number}<" in html
        assert name in html
    assert "อย่าแจ้งเหตุฉุกเฉินทางแชต" in html


@pytest.mark.django_db
def test_the_privacy_notice_takes_its_contacts_from_the_profile(client: Client) -> None:
    html = client.get("/liff/complaint").content.decode()
    assert "มาตรา 24 (4)" in html
    assert "ติดต่อเรื่องข้อมูลส่วนบุคคลได้ที่เทศบาลตามช่องทางข้างต้น" in html
    profile = Municipality.get_solo()
    profile.dpo_contact = "นางสาวกานดา โทร. 053-000-000"
    profile.controller_contact = "สำนักปลัดเทศบาล ชั้น 2"
    profile.retention_notice = "เก็บไว้สิบปี"
    profile.save()
    html = client.get("/liff/complaint").content.decode()
    for words in (profile.dpo_contact, profile.controller_contact, profile.retention_notice):
        assert words in html


@pytest.mark.django_db
def test_where_to_pay_stands_on_the_page_of_payments(client: Client) -> None:
    profile = Municipality.get_solo()
    profile.phone = "053-000-000"
    profile.save()
    asked = client.get("/liff/payment").content.decode()
    assert "สอบถามช่องทางชำระเงิน โทร. 053-000-000" in asked
    profile.payment_instructions = "ธนาคารกรุงไทย <b>123-4-56789-0</b>"
    profile.save()
    told = client.get("/liff/payment").content.decode()
    assert "ธนาคารกรุงไทย &lt;b&gt;123-4-56789-0&lt;/b&gt;" in told
    assert "สอบถามช่องทางชำระเงิน" not in told


@pytest.mark.django_db
def test_villages_are_chosen_where_their_count_is_known(client: Client) -> None:
    assert (
        '<input class="narrow" type="text" id="village"'
        in client.get("/liff/complaint").content.decode()
    )
    profile = Municipality.get_solo()
    profile.villages = 13
    profile.save()
    html = client.get("/liff/complaint").content.decode()
    assert '<option value="13">หมู่ที่ 13</option>' in html
    assert '<option value="14">' not in html


@pytest.mark.django_db
def test_the_front_door_shows_how_to_join_whom_to_call_and_the_staff_door(client: Client) -> None:
    profile = Municipality.get_solo()
    profile.phone = "053-000-000"
    profile.save()
    html = client.get("/").content.decode()
    assert "เทศบาลตำบลบ้านแม" in html
    assert 'href="https://lin.ee/2REuaFA"' in html
    assert "<svg" in html
    assert 'href="tel:1669"' in html
    assert "053-000-000" in html
    assert '<a href="/admin/">สำหรับเจ้าหน้าที่</a>' in html
