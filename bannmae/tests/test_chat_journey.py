"""A question in LINE, an officer who answers it, and the automatic reply again: in a real Chromium.

The resident holds the simulated phone; กองสวัสดิการสังคม and กองช่าง sit at their desks.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bannmae.tests.browser import chromium
from bannmae.tests.embedded import PASSWORD, ROOT, Embedded
from bannmae.tests.journey import PATIENCE, Desk, Phone
from bannmae.tests.media_samples import encode, halves
from chatops.simulator.testing import SOMSRI

# `make pictures` has the README's picture of the desk taken here.
PICTURES = ROOT / "docs" / "images" if os.environ.get("PICTURES") else None

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
KNOWN = "ผู้ปกครองลงทะเบียนเงินอุดหนุนเด็กแรกเกิดใช้เอกสารอะไรบ้าง"
OWN = "ของลูกยังไม่เข้าบัญชีเลยค่ะ เดือนนี้"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The service as `make run` starts it, its knowledge base vouched for."""
    with contextlib.ExitStack() as stack:
        embedded = Embedded(tmp_path_factory.mktemp("chat"), stack)
        embedded.manage(
            "shell",
            "-c",
            "from chatops.models import KnowledgeRow as K; K.objects.update(state='published')",
        )
        yield embedded


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as one:
        yield one


def window(browser: Browser) -> BrowserContext:
    """A person's own browser window."""
    return browser.new_context(viewport={"width": 1366, "height": 768}, locale="th-TH")


def chat_desk(service: Embedded, browser: Browser, account: str) -> Page:
    """An officer's chat desk, on the inbox."""
    desk = Desk(window(browser), service.url, account, PASSWORD)
    desk.page.goto(f"{service.url}/admin/chatops/chatcase/")
    expect(desk.page.get_by_role("tab", name=re.compile("อินบ็อกซ์"))).to_be_visible()
    return desk.page


def test_a_question_an_officer_and_the_automatic_reply_again(
    service: Embedded, browser: Browser, tmp_path: Path
) -> None:
    welfare = chat_desk(service, browser, "sawatdikan")
    engineer = chat_desk(service, browser, "chang")
    phone = Phone(window(browser), service.url, service.line, SOMSRI)

    # She asks; the automatic reply answers, with two buttons under it.
    phone.line.text(phone.user_id, KNOWN)
    expect(phone.log.get_by_text("ดร.01").last).to_be_visible(timeout=PATIENCE)
    expect(phone.page.get_by_text("คุยกับเจ้าหน้าที่", exact=True).last).to_be_visible()

    # She wants a person: กองสวัสดิการ sees it without a reload, กองช่าง never.
    rows = welfare.locator("#chat-rows li")
    mine = rows.filter(has_text="สมศรี").filter(has_text=OWN[:12])
    phone.line.text(phone.user_id, OWN)
    phone.page.get_by_text("คุยกับเจ้าหน้าที่", exact=True).last.click()
    told = phone.log.get_by_text("ส่งข้อความของท่านถึง").or_(
        phone.log.get_by_text("ได้รับข้อความของท่านแล้ว")
    )
    expect(told.last).to_be_visible(timeout=PATIENCE)
    expect(mine).to_be_visible(timeout=PATIENCE)
    mine.click()
    expect(welfare.get_by_role("log").get_by_text(OWN)).to_be_visible(timeout=PATIENCE)
    again = "ชื่อบัญชีลูกค่ะ ด.ช. ต้นกล้า"
    phone.line.text(phone.user_id, again)
    expect(welfare.get_by_role("log").get_by_text(again)).to_be_visible(timeout=PATIENCE)
    expect(engineer.locator("#chat-rows")).not_to_contain_text(OWN[:12])

    # The officer takes it, answers with a prepared text and a picture.
    welfare.get_by_role("button", name="ดำเนินการ", exact=True).click()
    expect(welfare.get_by_role("button", name="ดำเนินการแล้ว")).to_be_visible(timeout=PATIENCE)
    welfare.get_by_role("button", name="ข้อความสำเร็จรูป").click()
    welfare.locator("#chat-dialog").get_by_text("กำลังตรวจสอบ").first.click()
    expect(welfare.locator(".ct-compose textarea")).to_have_value(re.compile("กำลังตรวจสอบให้"))
    picture = tmp_path / "form.jpg"
    picture.write_bytes(encode(halves(900, 600), "JPEG", quality=80))
    welfare.get_by_label("แนบรูปภาพ").set_input_files(str(picture))
    expect(welfare.locator(".ct-attached img")).to_be_visible(timeout=PATIENCE)
    welfare.locator(".ct-send").click()
    expect(phone.log.get_by_text("กำลังตรวจสอบให้").last).to_be_visible(timeout=PATIENCE)
    expect(phone.log.locator("img[src*='/line/pictures/']").last).to_be_visible(timeout=PATIENCE)
    expect(welfare.get_by_role("log").get_by_text("ส่งแล้ว").last).to_be_visible(timeout=PATIENCE)

    if PICTURES:
        welfare.screenshot(path=PICTURES / "chat.png")

    # While he has her in hand nothing answers by itself.
    before = len(phone.line.from_account(phone.user_id))
    phone.line.text(phone.user_id, "ขอบคุณค่ะ")
    expect(welfare.get_by_role("log").get_by_text("ขอบคุณค่ะ")).to_be_visible(timeout=PATIENCE)
    assert len(phone.line.from_account(phone.user_id)) == before

    # He closes it: the next question is answered automatically again.
    welfare.get_by_role("button", name="ดำเนินการแล้ว", exact=True).click()
    expect(welfare.get_by_role("button", name="ใส่ในอินบ็อกซ์")).to_be_visible(timeout=PATIENCE)
    phone.line.text(phone.user_id, KNOWN)
    expect(phone.log.get_by_text("ดร.01").nth(1)).to_be_visible(timeout=PATIENCE)
