"""From the slip in the chat to the receipt in the chat, its void, and the day's close: in Chromium.

The resident holds the simulated phone, two people of กองคลัง sit at their desks.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bannmae.tests.browser import chromium
from bannmae.tests.embedded import PASSWORD, ROOT, Embedded
from bannmae.tests.journey import PATIENCE, Desk, Phone
from bannmae.tests.paper_reading import text_of
from bannmae.tests.servers import until
from chatops.simulator.testing import SOMSRI
from payments.tests.slip_pictures import Transfer, draw, jpeg

# `make pictures` has the README's picture of the queue taken here.
PICTURES = ROOT / "docs" / "images" if os.environ.get("PICTURES") else None

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SLIP = Transfer(amount="1,250.50", reference="016325112233ATF00777").with_code()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The service as `make run` starts it."""
    with contextlib.ExitStack() as stack:
        yield Embedded(tmp_path_factory.mktemp("money"), stack)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as one:
        yield one


def window(browser: Browser) -> BrowserContext:
    """A person's own browser window."""
    return browser.new_context(viewport={"width": 1366, "height": 768}, locale="th-TH")


def clerk(service: Embedded, browser: Browser, account: str) -> Page:
    """Somebody of กองคลัง, signed in."""
    return Desk(window(browser), service.url, account, PASSWORD).page


def paper(page: Page, url: str) -> str:
    """The text of a PDF, as soon as a worker has drawn it."""

    def drawn() -> bytes | None:
        answer = page.request.get(url)
        assert answer.status in (200, 202), answer.status
        is_pdf = answer.headers["content-type"] == "application/pdf"
        return answer.body() if is_pdf else None

    return text_of(until(drawn, 30, "the paper"))


def issue(page: Page, queue: str) -> None:
    """Confirm and issue the open notice, as the clerk does it."""
    page.get_by_role("button", name=re.compile("^ยืนยันและออกใบเสร็จ")).first.click()
    page.locator("[data-go]").click()
    page.wait_for_url(lambda url: url != queue, timeout=PATIENCE)


def test_from_the_slip_to_the_receipt_its_void_and_the_days_close(
    service: Embedded, browser: Browser
) -> None:
    khlang = clerk(service, browser, "khlang")
    head = clerk(service, browser, "huanakhlang")
    phone = Phone(window(browser), service.url, service.line, SOMSRI)
    queue = f"{service.url}/admin/payments/paymentnotice/"

    # She taps the menu, sends the slip and a few words; the number comes back.
    phone.tap("แจ้งชำระภาษี")
    phone.line.image(phone.user_id, jpeg(draw(SLIP)))
    words = "ภาษีที่ดิน ปี 2569 จำนวน 1,250.50 บาท ชื่อ นางสมศรี ใจดี โทร 0812345678"
    phone.line.text(phone.user_id, words)
    expect(phone.log.get_by_text("สลิปโอนเงินยังไม่ใช่ใบเสร็จรับเงิน").last).to_be_visible(timeout=PATIENCE)

    # The clerk finds it in the queue with what she said and what the slip's code says.
    khlang.goto(f"{queue}?q={SLIP.reference}")
    row = khlang.get_by_role("link", name=re.compile(r"P\d\d-\d{4}")).first
    until(lambda: row.is_visible() or not khlang.reload(), 30, "the notice in the queue")
    number = re.search(r"P\d\d-\d{4}", row.inner_text())
    assert number
    row.click()
    expect(khlang.get_by_text(number[0]).first).to_be_visible()
    expect(khlang.locator(".pay-code").first).to_contain_text(SLIP.reference)
    khlang.get_by_label("ผู้ชำระ", exact=True).fill("นางสมศรี ใจดี")
    khlang.get_by_label("ประเภท", exact=False).first.select_option(label="ภาษีที่ดินและสิ่งปลูกสร้าง")
    khlang.get_by_label("รายการ", exact=True).first.fill("ภาษีที่ดินและสิ่งปลูกสร้าง")
    khlang.get_by_label("ปีหรืองวด").first.fill("ปี 2569")
    khlang.get_by_label("จำนวนเงิน", exact=True).first.fill("1250.50")
    khlang.get_by_label("วันที่ได้รับเงิน").fill(f"{timezone.localdate():%Y-%m-%d}")
    if PICTURES:
        khlang.screenshot(path=PICTURES / "payment.png")
    issue(khlang, khlang.url)

    # The receipt stands in the chat: its picture, and a card with the PDF.
    picture = phone.log.locator("img[src*='/receipts/']").last
    expect(picture).to_be_visible(timeout=PATIENCE)
    expect(phone.log.get_by_text("เปิดใบเสร็จ (PDF)").last).to_be_visible(timeout=PATIENCE)
    until(lambda: picture.evaluate("one => one.naturalWidth") > 500, 20, "the picture")
    sent = str(service.line.from_account(phone.user_id))
    token = re.findall(r"/receipts/([\w-]{20,})\.pdf", sent)[-1]
    said = paper(phone.page, f"{service.url}/receipts/{token}.pdf")
    assert "1,250.50" in said
    assert "นางสมศรี ใจดี" in said
    assert "หนึ่งพันสองร้อยห้าสิบบาทห้าสิบสตางค์" in said

    # Whoever holds the paper asks whether it is genuine.
    stranger = window(browser).new_page()
    stranger.goto(f"{service.url}/verify/{token}")
    expect(stranger.get_by_role("status")).to_contain_text("ออกโดยเทศบาลจริง")
    expect(stranger.locator("body")).not_to_contain_text("สมศรี")

    # A void takes two people.
    khlang.goto(f"{service.url}/admin/payments/receipt/")
    khlang.get_by_test_id("receipts").get_by_role("link", name="นางสมศรี").first.click()
    khlang.get_by_text("ขอยกเลิกใบเสร็จ").first.click()
    khlang.locator("[name=reason]:visible").fill("ปีภาษีไม่ถูกต้อง")
    khlang.get_by_role("button", name="ส่งคำขอยกเลิก").click()
    expect(khlang.get_by_test_id("waiting")).to_contain_text("อีกคนหนึ่ง")
    stranger.reload()
    expect(stranger.get_by_role("status")).to_contain_text("ออกโดยเทศบาลจริง")
    head.goto(khlang.url)
    head.get_by_role("button", name="อนุมัติยกเลิกใบเสร็จนี้").click()
    expect(head.get_by_test_id("state").first).to_contain_text("ยกเลิก")
    stranger.reload()
    expect(stranger.get_by_role("status")).to_contain_text("ยกเลิกแล้ว")
    expect(phone.log.get_by_text("ยกเลิกใบเสร็จรับเงิน").last).to_be_visible(timeout=PATIENCE)
    assert "ปีภาษีไม่ถูกต้อง" in paper(phone.page, f"{service.url}/receipts/{token}.pdf")

    # A new one, which refers to the void one.
    khlang.goto(f"{queue}?status=all&q={number[0]}")
    khlang.get_by_role("link", name=number[0]).first.click()
    khlang.get_by_label("ปีหรืองวด").first.fill("ปี 2568")
    issue(khlang, khlang.url)
    second = until(
        lambda: next(
            (
                one
                for one in re.findall(
                    r"/receipts/([\w-]{20,})\.pdf", str(service.line.from_account(phone.user_id))
                )
                if one != token
            ),
            None,
        ),
        30,
        "the second receipt",
    )
    assert "ออกแทน" in paper(phone.page, f"{service.url}/receipts/{second}.pdf")

    # The day is closed: the figures are those of the receipts.
    head.goto(f"{service.url}/admin/payments/dailyremittance/")
    if head.get_by_role("button", name="ปิดยอดและทำใบนำส่งเงิน").count() == 0:
        head.locator("a[href*='day=']").first.click()
    total = Decimal(head.get_by_test_id("total").inner_text().replace(",", ""))
    head.get_by_role("button", name="ปิดยอดและทำใบนำส่งเงิน").click()
    expect(head.get_by_test_id("state")).to_contain_text("ปิดยอดแล้ว")
    link = head.get_by_role("link", name=re.compile("ใบนำส่งเงิน")).first.get_attribute("href")
    remittance = paper(head, f"{service.url}{link}")
    assert f"{total:,.2f}" in remittance
    assert "ยกเลิก" in remittance
    # The demo's receipt, and the one that stands for the void one.
    assert total == 2 * Decimal("1250.50")
