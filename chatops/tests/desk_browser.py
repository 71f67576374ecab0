"""Officers at the chat desk in a real browser, with an eye on the browser's own complaints."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from bannmae import testing
from bannmae.models import Staff
from chatops.models import ChatCase
from chatops.tests.desk import LIST

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PATIENCE = 15_000  # ms


class Desk:
    """An officer who has signed in."""

    def __init__(self, context: BrowserContext, url: str, staff: Staff) -> None:
        self.url, self.context, self.staff = url, context, staff
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        sign_in(self.page, f"{url}/admin/login/", staff)
        expect(self.page.locator(".bm-tiles")).to_be_visible(timeout=PATIENCE)

    def _heard(self, message: Any) -> None:
        # Refusals and lost lines are told in the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def open(self, case: ChatCase | None = None) -> Page:
        """Go to the desk, with a case open."""
        self.page.goto(f"{self.url}{LIST}{f'?case={case.pk}' if case else ''}")
        if case:
            expect(self.page.locator(".ct-title h2")).to_have_text(str(case.resident))
        return self.page


def sign_in(page: Page, url: str, staff: Staff) -> None:
    """Sign in on the page of signing in."""
    page.goto(url)
    page.fill("[name=username]", staff.username)
    page.fill("[name=password]", testing.PASSWORD)
    page.click("#login-form button")


def new_context(browser: Browser, size: dict[str, int], **options: Any) -> BrowserContext:
    """A window of the browser."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        locale="th-TH",
        timezone_id="Asia/Bangkok",
        **options,
    )
    context.set_default_timeout(PATIENCE)
    return context
