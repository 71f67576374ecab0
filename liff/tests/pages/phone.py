"""A hand that opens pages as LINE does and fills in the form as a resident does."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from chatops.simulator.testing import SOMSRI, Simulator

LAST_BUTTON = "ส่งข้อมูลผู้ร้องเรียน"


class Phone:
    """A phone with LINE on it. `complaints` are what its browser complained about."""

    def __init__(self, context: BrowserContext, line: Simulator, site: str) -> None:
        self.context = context
        self.line = line
        self.site = site
        self.complaints: list[str] = []

    def page(self) -> Page:
        """Return a new, empty window."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def form(self, *, who: str = SOMSRI, page: Page | None = None) -> Page:
        """Open the form, and wait until it is there."""
        page = self.open("/complaint", who=who, page=page)
        expect(page.locator("#complaint")).to_be_visible()
        return page

    def open(self, path: str, *, who: str = SOMSRI, page: Page | None = None) -> Page:
        """Open a LIFF link as `who` and return its window."""
        page = page or self.page()
        page.goto(self.line.liff_url(self.line.resident(who), path))
        return page


def file_named(name: str, data: bytes, kind: str = "image/jpeg") -> Any:
    """Return a file to pick."""
    return {"name": name, "mimeType": kind, "buffer": data}


def heading(page: Page, text: str) -> Locator:
    """Return the page's main heading `text`, once it is there."""
    found = page.get_by_role("heading", name=text, level=1)
    expect(found).to_be_visible()
    return found


def next_step(page: Page) -> None:
    """Tap the main button."""
    page.locator("#next").click()


def to_category(page: Page) -> None:
    """Pass the first step with nothing but a landmark."""
    heading(page, "เกี่ยวกับที่ไหน")
    page.get_by_label("สถานที่หรือจุดสังเกต").fill("หน้าวัดบ้านแม")
    next_step(page)
    heading(page, "เป็นเรื่องประเภทไหน")


def to_words(page: Page, category: str = "ไฟฟ้าสาธารณะ") -> None:
    """Go on to the words."""
    to_category(page)
    page.get_by_role("radio", name=category, exact=True).check()
    next_step(page)
    expect(page.get_by_label("หัวข้อเรื่อง")).to_be_visible()


def to_reporter(page: Page, category: str = "ไฟฟ้าสาธารณะ") -> None:
    """Go on to who tells."""
    to_words(page, category)
    page.get_by_label("หัวข้อเรื่อง").fill("ไฟถนนดับหน้าปากซอย")
    page.locator("#details").fill("ดับมาสามวันแล้ว\nเดินกลับบ้านตอนค่ำอันตราย")
    next_step(page)
    expect(page.get_by_label("ชื่อ–สกุล")).to_be_visible()


def to_review(page: Page, category: str = "ไฟฟ้าสาธารณะ") -> None:
    """Go on to the last look before sending."""
    to_reporter(page, category)
    page.get_by_label("ชื่อ–สกุล").fill("สมศรี ใจดี")
    page.get_by_label("เบอร์โทรศัพท์").fill("๐๘๑-๒๓๔ ๕๖๗๘")
    page.get_by_role("checkbox", name="รับทราบ").check()
    next_step(page)
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")


def sent(page: Page) -> str:
    """Wait for the success page; return the number on it."""
    heading(page, "ส่งข้อมูลสำเร็จ!")
    return page.locator("#sent .number").inner_text()


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the screen."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
