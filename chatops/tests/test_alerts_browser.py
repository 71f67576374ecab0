"""A badge, a sound and a line of words, in a real browser with several tabs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as BrowserTimeout

from bannmae import testing
from bannmae.models import Staff
from bannmae.tests.browser import chromium
from chatops.alerts import linking, registry
from chatops.tests.chats import make_chat, make_welfare_officer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 375, "height": 667}
PATIENCE = 20_000  # ms; a look comes every five seconds
CHATS = "/admin/chatops/chatcase/"
# Counts the notes that are played; lets the seconds between two looks pass ten times as fast.
HOOK = """
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.notes = (window.notes ?? 0) + 1;
  return start.apply(this, when);
};
const wait = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (milliseconds) {
  window.waits = milliseconds;
  return wait.call(this, milliseconds / 10);
};
"""


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What just happened is looked at at once (the server runs in this process)."""
    monkeypatch.setattr(registry, "SETTLES", timedelta(0))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium("--autoplay-policy=user-gesture-required") as one:
        yield one


class Desk:
    """An officer's browser, which may have several tabs."""

    def __init__(self, context: BrowserContext, url: str, staff: Staff) -> None:
        self.context, self.url = context, url
        self.complaints: list[str] = []
        context.add_init_script(HOOK)
        page = self.tab("/admin/login/")
        page.fill("[name=username]", staff.username)
        page.fill("[name=password]", testing.PASSWORD)
        with page.expect_response(re.compile("/admin/alerts/")):
            page.click("#login-form button")
        page.close()

    def tab(self, path: str = "/admin/") -> Page:
        """Open another tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.goto(f"{self.url}{path}")
        return page

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def sit_down(browser: Browser, live_server: Any) -> Iterator[Any]:
    """Have officers sit down; at the end no script has failed."""
    desks: list[Desk] = []

    def sit(staff: Staff, size: dict[str, int] = LAPTOP, **options: Any) -> Desk:
        context = browser.new_context(viewport=size, locale="th-TH", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        desks.append(Desk(context, live_server.url, staff))
        return desks[-1]

    expect.set_options(timeout=PATIENCE)
    yield sit
    complaints = [text for desk in desks for text in desk.complaints]
    for desk in desks:
        desk.context.close()
    assert complaints == []


def notes(*tabs: Page) -> int:
    """How many notes these tabs have played."""
    return sum(tab.evaluate("window.notes ?? 0") for tab in tabs)


def arm(tab: Page) -> None:
    """Touch the page, as every officer does sooner or later."""
    tab.mouse.click(700, 400)


def look(tab: Page) -> None:
    """Wait until the page has looked once more."""
    with tab.expect_response(re.compile("/admin/alerts/"), timeout=PATIENCE):
        pass


def look_thrice(tab: Page) -> None:
    """Wait for three more looks, each no longer than four take."""
    for _ in range(3):
        with tab.expect_response(re.compile("/admin/alerts/"), timeout=2000):
            pass


def picture(tab: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to see it."""
    if folder := os.environ.get("PICTURES_OF_ALERTS"):
        tab.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_a_new_chat_sounds_shows_and_is_counted_without_a_reload(sit_down: Any) -> None:
    tab = sit_down(make_welfare_officer()).tab()
    arm(tab)
    look(tab)
    expect(tab.locator(".bm-toast")).to_have_count(0)
    make_chat(resident=testing.make_resident("สมศรี ใจดี"), text="ลูกป่วยค่ะ")

    toast = tab.get_by_role("status").locator(".bm-toast")
    expect(toast).to_contain_text("แชตใหม่ 1 · เปิดดู")
    expect(tab.locator(f"#nav-sidebar-apps a[href='{CHATS}']")).to_contain_text("1")
    expect(tab).to_have_title(re.compile(r"^\(1\) "))
    assert notes(tab) == 2, "one sound of two notes"
    assert "สมศรี" not in toast.inner_text()
    picture(tab, "toast")

    make_chat()
    expect(toast).to_contain_text("แชตใหม่ 1")
    expect(tab).to_have_title(re.compile(r"^\(2\) "))
    assert notes(tab) == 4
    toast.get_by_role("link").click()
    tab.wait_for_url(re.compile(CHATS))
    look(tab)
    expect(tab.locator(".bm-toast")).to_have_count(0)


def test_of_several_tabs_one_sounds_and_all_count(sit_down: Any) -> None:
    desk = sit_down(testing.make_engineer())
    first, second = desk.tab(), desk.tab("/admin/complaints/complaint/")
    for tab in (first, second):
        tab.bring_to_front()
        arm(tab)
        look(tab)
    testing.make_complaint()
    for tab in (first, second):
        expect(tab.locator(".bm-toast")).to_contain_text("เรื่องร้องเรียน/คำขอใหม่ 1")
        expect(tab).to_have_title(re.compile(r"^\(1\) "))
    look(second)
    assert notes(first, second) == 2
    # What this browser has told, a page opened later does not tell again.
    third = desk.tab()
    look(third)
    expect(third.locator(".bm-toast")).to_have_count(0)


def test_a_muted_bell_stays_silent_in_every_page_and_tells_all_the_same(sit_down: Any) -> None:
    desk = sit_down(make_welfare_officer())
    tab = desk.tab()
    bell = tab.get_by_role("button", name="เสียงแจ้งเตือนเรื่องใหม่")
    expect(bell).to_have_attribute("aria-pressed", "true")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "false")
    other = desk.tab(CHATS)
    expect(other.get_by_role("button", name="เสียงแจ้งเตือนเรื่องใหม่")).to_have_attribute(
        "aria-pressed", "false"
    )
    arm(other)
    look(other)
    make_chat()
    expect(other.locator(".bm-toast")).to_contain_text("แชตใหม่ 1")
    picture(other, "muted")
    assert notes(tab, other) == 0
    bell.click()
    assert notes(tab) == 2, "it sounds once when it is switched on"


def test_nothing_sounds_before_the_officer_has_touched_a_page(sit_down: Any) -> None:
    tab = sit_down(make_welfare_officer()).tab()
    look(tab)
    make_chat()
    expect(tab.locator(".bm-toast")).to_contain_text("แชตใหม่ 1")
    assert notes(tab) == 0


def test_other_divisions_hear_and_see_nothing(sit_down: Any) -> None:
    tab = sit_down(testing.make_engineer()).tab()
    arm(tab)
    look(tab)
    make_chat()
    look(tab)
    look(tab)
    expect(tab.locator(".bm-toast")).to_have_count(0)
    assert not tab.title().startswith("(")
    assert notes(tab) == 0


def test_a_page_whose_session_ended_stops_asking_and_stays(sit_down: Any) -> None:
    tab = sit_down(make_welfare_officer()).tab()
    look(tab)
    with tab.expect_response(lambda answer: answer.status == 401):
        Session.objects.all().delete()
    with pytest.raises(BrowserTimeout):
        look_thrice(tab)
    assert tab.url.endswith("/admin/")


def test_a_page_left_open_tells_nothing_of_who_signed_in_after(sit_down: Any) -> None:
    desk = sit_down(testing.make_engineer())
    tab = desk.tab()
    arm(tab)
    look(tab)
    session = Client()
    session.force_login(make_welfare_officer())
    cookie = {"name": "sessionid", "value": session.cookies["sessionid"].value, "url": desk.url}
    with tab.expect_response(re.compile("/admin/alerts/")):
        desk.context.add_cookies([cookie])
        make_chat()
    with pytest.raises(BrowserTimeout):
        look_thrice(tab)
    expect(tab.locator(".bm-toast")).to_have_count(0)
    assert not tab.title().startswith("(")
    assert notes(tab) == 0


def test_a_page_looks_each_five_seconds_while_it_is_seen(sit_down: Any) -> None:
    tab = sit_down(make_welfare_officer()).tab()
    look(tab)
    tab.wait_for_function("window.waits === 5000")


def test_an_officer_links_his_line_and_the_page_says_so_by_itself(sit_down: Any) -> None:
    desk = sit_down(testing.make_executive())
    tab = desk.tab()
    tab.locator("text=สมชาย ใจดี").first.click()
    picture(tab, "account")
    tab.get_by_role("link", name="เชื่อม LINE ของฉัน").click()
    picture(tab, "link")
    tab.get_by_role("button", name="ขอรหัส").click()
    words = tab.get_by_test_id("link-code").inner_text()
    picture(tab, "link-code")
    linking.try_link(testing.make_resident("ไลน์ของปลัด"), words)
    expect(tab.get_by_text("LINE ชื่อ “ไลน์ของปลัด”")).to_be_visible()
    picture(tab, "linked")


def test_on_a_phone_the_words_and_the_bell_stand_within_the_page(sit_down: Any) -> None:
    desk = sit_down(make_welfare_officer(), PHONE, has_touch=True, is_mobile=True)
    tab = desk.tab(CHATS)
    look(tab)
    make_chat()
    toast = tab.locator(".bm-toast")
    expect(toast).to_contain_text("แชตใหม่ 1")
    picture(tab, "phone")
    for part in (toast, tab.locator(".bm-bell")):
        box = part.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tab.goto(tab.url.split("/admin/")[0] + "/admin/line-link/")
    picture(tab, "phone-link")
