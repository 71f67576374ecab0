"""Start-up: through LINE to the page that was asked for, and words when that fails."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bannmae.testing import picture
from chatops.simulator.testing import BOONMEE, SOMSRI
from liff import sessions
from liff.models import ResidentSession
from liff.tests.pages.phone import Phone, file_named, heading

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_liff_link_ends_on_its_page_with_a_session(phone: Phone, site: str) -> None:
    page = phone.open("/track")
    heading(page, "ติดตามสถานะ")
    assert page.url == f"{site}/liff/track"
    cookies = {cookie["name"]: cookie for cookie in phone.context.cookies()}
    assert cookies["resident_session"]["httpOnly"]
    assert ResidentSession.objects.get().resident.display_name == SOMSRI


def test_the_endpoint_alone_offers_the_services(phone: Phone) -> None:
    page = phone.open("")
    heading(page, "เทศบาลตำบลบ้านแม")
    page.get_by_role("link", name="ติดตามสถานะ").click()
    heading(page, "ติดตามสถานะ")


def test_an_ordinary_browser_signs_in_by_line_login_and_comes_back(phone: Phone, site: str) -> None:
    page = phone.page()
    page.goto(f"{site}/liff/track")
    page.get_by_text(SOMSRI).first.click()
    heading(page, "ติดตามสถานะ")
    assert page.url == f"{site}/liff/track"


def test_an_expired_token_brings_the_login_once_more(phone: Phone, site: str) -> None:
    page = phone.page()
    page.goto(f"{site}/liff/track")
    page.get_by_text(SOMSRI).first.click()
    heading(page, "ติดตามสถานะ")
    # As if the page were opened again two hours later: its stored token is old by then.
    page.route(
        "**/api/v1/session",
        lambda route: route.fulfill(status=401, json={"detail": "หมดอายุ"}),
        times=1,
    )
    page.reload()
    page.get_by_text(SOMSRI).first.click()
    heading(page, "ติดตามสถานะ")


def test_a_token_that_is_refused_again_is_no_endless_turn(phone: Phone, site: str) -> None:
    page = phone.page()
    page.route(
        "**/api/v1/session",
        lambda route: route.fulfill(status=401, json={"detail": "หมดอายุ"}),
    )
    page.goto(f"{site}/liff/track")
    page.get_by_text(SOMSRI).first.click()
    heading(page, "เข้าสู่ระบบด้วย LINE ไม่สำเร็จ")
    expect(page.get_by_role("button", name="ลองอีกครั้ง")).to_be_visible()


def test_an_unreachable_sdk_is_told_and_another_try_works(phone: Phone) -> None:
    page = phone.page()
    page.route("**/liff/sdk.js", lambda route: route.abort())
    phone.open("/track", page=page)
    heading(page, "ติดต่อระบบไม่ได้")
    expect(page.get_by_text("กรุณาตรวจสอบสัญญาณอินเทอร์เน็ต")).to_be_visible()
    page.unroute("**/liff/sdk.js")
    page.get_by_role("button", name="ลองอีกครั้ง").click()
    heading(page, "ติดตามสถานะ")


def test_a_sign_in_that_never_ends_is_given_up_in_words(phone: Phone, site: str) -> None:
    page = phone.page()
    page.clock.install()
    page.route(
        "**/liff/sdk.js",
        lambda route: route.fulfill(
            content_type="text/javascript",
            body="window.liff = {init: () => new Promise(() => {}), isInClient: () => true}",
        ),
    )
    page.goto(f"{site}/liff/complaint")
    expect(page.get_by_text("กำลังเปิดแบบฟอร์ม…")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.clock.fast_forward(20_000)
    heading(page, "LINE ตอบช้ากว่าปกติ")


def test_a_wrong_clock_is_named(phone: Phone, site: str) -> None:
    page = phone.page()
    page.clock.install(time="2020-01-01T00:00:00Z")
    page.route(
        "**/liff/sdk.js",
        lambda route: route.fulfill(
            content_type="text/javascript",
            body="window.liff = {init: () => Promise.reject(new Error('exp')),"
            " isInClient: () => true}",
        ),
    )
    page.goto(f"{site}/liff/complaint")
    heading(page, "เวลาในเครื่องไม่ตรง")
    expect(page.get_by_text("กรุณาตรวจสอบนาฬิกาในเครื่อง")).to_be_visible()


def test_the_phones_next_user_is_the_one_who_signs_in(phone: Phone) -> None:
    heading(phone.open("/track"), "ติดตามสถานะ")
    heading(phone.open("/track", who=BOONMEE), "ติดตามสถานะ")
    assert [row.resident.display_name for row in ResidentSession.objects.all()] == [BOONMEE]


def test_a_session_that_ends_while_the_page_is_open_is_renewed(phone: Phone) -> None:
    page = phone.form()
    ResidentSession.objects.all().delete()
    page.set_input_files("#photo-input", file_named("a.jpg", picture()))
    expect(page.get_by_text("ส่งภาพแล้ว 1 จาก 1 ภาพ")).to_be_visible()
    assert ResidentSession.objects.count() == 1


def test_a_browser_that_keeps_no_cookie_for_us_is_served_all_the_same(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "find", lambda request: None)
    page = phone.form()
    page.set_input_files("#photo-input", file_named("a.jpg", picture()))
    expect(page.get_by_text("ส่งภาพแล้ว 1 จาก 1 ภาพ")).to_be_visible()
