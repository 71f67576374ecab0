"""The phone at /simulator/ in a real browser, against a running simulator."""

from __future__ import annotations

import os
import re
import urllib.error
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, expect, sync_playwright

from chatops.simulator.tests.phone_driver import LIFF_ID, Hand, Simulator, Web, png
from chatops.simulator.tests.phone_gallery import gallery

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("phone page")]

SOMSRI, BOONMEE = "สมศรี ใจดี", "บุญมี แก้วคำ"
LAPTOP, SMALL_PHONE = (1366, 768), (360, 640)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """Where the phone's page and the webhook are."""
    web = Web()
    yield web
    web.server.shutdown()
    web.server.server_close()


@pytest.fixture(scope="module")
def running(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for the tests of this file."""
    simulator = Simulator(tmp_path_factory.mktemp("simulator"), web.port)
    yield simulator
    simulator.stop()


@pytest.fixture
def simulator(running: Simulator, web: Web, client: Client, settings: Any) -> Simulator:
    """A simulator as on its first day, and the page that belongs to it."""
    settings.SIMULATOR = True
    settings.SIMULATOR_PORT = int(running.origin.rsplit(":", 1)[1])
    settings.PUBLIC_URL = web.origin
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    answer = client.get("/simulator/", headers={"host": f"127.0.0.1:{web.port}"})
    web.page, web.policy = answer.content, answer.headers["Content-Security-Policy"]
    web.events.clear()
    running.call("POST", "/_sim/reset", {"menus": True})
    return running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser without sandbox (the tests may run as root) and without calls of its own."""
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, where Django would refuse every query.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROME_BIN") or "/usr/bin/chromium-headless-shell",
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def take_phone(chromium: Browser, web: Web, simulator: Simulator) -> Iterator[Any]:
    """Open the phone as a resident: `take_phone(name, size)`; no page may have an error."""
    contexts: list[BrowserContext] = []
    hands: list[Hand] = []

    def take(name: str = SOMSRI, size: tuple[int, int] = LAPTOP, **options: Any) -> Hand:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="th-TH", **options
        )
        contexts.append(context)
        hands.append(Hand(context, web, name))
        return hands[-1]

    yield take
    for context in contexts:
        context.close()
    assert [error for hand in hands for error in hand.errors] == []


def test_text_goes_out_and_the_answer_comes_in_once(
    take_phone: Any, simulator: Simulator, web: Web
) -> None:
    hand = take_phone()
    hand.write("ไฟถนนดับ")
    hand.write("หมู่ 3")
    expect(hand.messages(**{"from": "resident"})).to_have_count(2)
    expect(hand.page.get_by_test_id("pending-message")).to_have_count(0)
    simulator.push(SOMSRI, {"type": "text", "text": "รับเรื่องแล้ว โทร 053-123456"})
    expect(hand.messages(**{"from": "account"})).to_have_count(1)
    assert [e["message"]["text"] for e in web.heard(2) if e["type"] == "message"] == [
        "ไฟถนนดับ",
        "หมู่ 3",
    ]


def test_rich_menu_areas_are_named_buttons_and_tabs_switch(
    take_phone: Any, simulator: Simulator
) -> None:
    simulator.add_menus()
    hand = take_phone()
    hand.button("ข่าวสาร").click()
    hand.button("บริการ").click()
    hand.button("ติดตามสถานะ").press("Enter")
    expect(hand.messages(**{"from": "resident"})).to_contain_text("ติดตามสถานะ")
    hand.page.get_by_test_id("menu-toggle").click()
    expect(hand.page.get_by_test_id("rich-menu")).to_be_hidden()
    hand.button("พิมพ์ข้อความ").click()
    expect(hand.page.locator("textarea")).to_be_focused()


def test_liff_opens_in_a_sheet_with_its_path_and_closes_from_within(
    take_phone: Any, simulator: Simulator
) -> None:
    simulator.add_menus()
    hand = take_phone()
    hand.button("ข่าวสาร").click()
    hand.button("เรื่องของฉัน").click()
    sheet = hand.page.get_by_test_id("liff-sheet")
    expect(sheet).to_contain_text("ติดตามสถานะ")
    address = hand.page.get_by_test_id("liff-frame").get_attribute("src") or ""
    assert "liff.state=%2Ftrack%3Ffrom%3Dmenu" in address
    assert "id_token=" in address
    inside = hand.page.frame_locator("[data-testid=liff-frame]")
    inside.get_by_role("link", name="เหตุด่วน").click()
    expect(hand.page.get_by_test_id("dial-number")).to_have_text("191")
    hand.page.keyboard.press("Escape")
    inside.get_by_role("button", name="เสร็จสิ้น").click()
    expect(sheet).to_have_count(0)
    hand.button("เรื่องของฉัน").click()
    expect(sheet).to_be_visible()
    # The list of residents stands beside the phone, and choosing one closes the sheet.
    hand.button(BOONMEE).click()
    expect(sheet).to_have_count(0)


def test_two_tabs_are_two_residents_and_stay_so(take_phone: Any, simulator: Simulator) -> None:
    first, second = take_phone(SOMSRI), take_phone(BOONMEE)
    simulator.push(BOONMEE, {"type": "text", "text": "ถึงบุญมี"})
    expect(second.log).to_contain_text("ถึงบุญมี")
    expect(first.log).not_to_contain_text("ถึงบุญมี")
    second.page.reload()
    expect(second.page.get_by_test_id("picked-resident")).to_have_text(BOONMEE)
    expect(second.log).to_contain_text("ถึงบุญมี")


def test_new_resident_is_a_friend_at_once_and_gone_after_a_new_start(
    take_phone: Any, simulator: Simulator, web: Web
) -> None:
    hand = take_phone()
    hand.page.get_by_label("ชื่อผู้ใช้ใหม่").fill("คำปัน ใหม่มา")
    hand.button("เพิ่มผู้ใช้").click()
    expect(hand.page.get_by_test_id("picked-resident")).to_have_text("คำปัน ใหม่มา")
    hand.write("สวัสดี")
    expect(hand.messages()).to_have_count(1)
    assert [event["type"] for event in web.heard(2)] == ["follow", "message"]
    simulator.call("POST", "/_sim/reset", {})
    expect(hand.page.get_by_test_id("picked-resident")).to_have_text(SOMSRI)
    expect(hand.messages()).to_have_count(0)
    hand.errors.clear()  # the browser's own note of the 404


def test_unread_counts_for_the_others_and_drafts_for_each(
    take_phone: Any, simulator: Simulator
) -> None:
    hand = take_phone(SOMSRI)
    hand.page.locator("textarea").fill("ร่างของสมศรี\nบรรทัดที่สอง")
    simulator.push(BOONMEE, {"type": "text", "text": "หนึ่ง"}, {"type": "text", "text": "สอง"})
    expect(hand.button(BOONMEE).get_by_test_id("unread")).to_contain_text("2")
    hand.button(BOONMEE).click()
    expect(hand.log).to_contain_text("สอง")
    expect(hand.button(BOONMEE).get_by_test_id("unread")).to_have_count(0)
    expect(hand.page.locator("textarea")).to_have_value("")
    hand.button(SOMSRI).click()
    expect(hand.page.locator("textarea")).to_have_value("ร่างของสมศรี\nบรรทัดที่สอง")


def test_nothing_typed_is_lost_while_the_simulator_is_away(
    take_phone: Any, simulator: Simulator, web: Web
) -> None:
    hand = take_phone()
    simulator.stop()
    expect(hand.page.get_by_role("alert")).to_contain_text("ติดต่อเครื่องจำลองไม่ได้")
    hand.write("ส่งตอนเครื่องล่ม")
    failed = hand.page.locator('[data-testid="pending-message"][data-status="failed"]')
    expect(failed).to_contain_text("ส่งตอนเครื่องล่ม")
    hand.page.locator("textarea").fill("ยังพิมพ์อยู่")
    hand.page.reload()
    simulator.start()
    expect(hand.page.get_by_role("alert")).to_be_hidden()
    expect(hand.page.locator("textarea")).to_have_value("ยังพิมพ์อยู่")
    hand.button("ส่งอีกครั้ง").click()
    expect(hand.messages(**{"from": "resident"})).to_have_count(1)
    expect(hand.page.get_by_test_id("pending-message")).to_have_count(0)
    hand.errors.clear()  # the browser's own notes of refused connections


def test_reader_who_scrolled_up_stays_there_and_is_told(
    take_phone: Any, simulator: Simulator
) -> None:
    hand = take_phone()
    simulator.push(SOMSRI, *[{"type": "text", "text": f"ข้อความที่ {n}"} for n in range(20)])
    expect(hand.messages()).to_have_count(20)
    expect(hand.messages().last).to_be_in_viewport()
    hand.log.evaluate("list => { list.scrollTop = 0; }")
    simulator.push(SOMSRI, {"type": "text", "text": "มาใหม่"})
    pill = hand.button("ข้อความใหม่")
    expect(pill).to_be_visible()
    expect(hand.messages().first).to_be_in_viewport()
    pill.click()
    expect(hand.messages().last).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_photos_place_sticker_unsend_and_block_reach_the_account(
    take_phone: Any, simulator: Simulator, web: Web
) -> None:
    hand = take_phone()
    photos = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": png(40, 30)} for n in (1, 2)]
    hand.page.get_by_test_id("photo-input").set_input_files(photos)
    expect(hand.messages(type="image")).to_have_count(2)
    hand.button("แนบอย่างอื่น").click()
    hand.button("สติกเกอร์").click()
    hand.button("สติกเกอร์ 446 / 1988").click()
    expect(hand.messages(type="sticker")).to_have_count(1)
    hand.button("ตำแหน่งที่ตั้ง").click()
    hand.button("ส่งตำแหน่ง").click()
    place = hand.messages(type="location")
    expect(place).to_contain_text("18.61370, 98.89360")
    place.click(button="right")
    hand.page.get_by_role("menuitem", name="ยกเลิกข้อความ").click()
    expect(hand.log).to_contain_text("คุณยกเลิกข้อความแล้ว")
    hand.button("ตัวเลือกของบัญชี").click()
    hand.page.get_by_role("menuitem", name="บล็อก", exact=True).click()
    expect(hand.page.get_by_test_id("blocked-note")).to_be_visible()
    hand.button("ปลดบล็อก").click()
    expect(hand.page.locator("textarea")).to_be_visible()
    kinds = [e["message"]["type"] if e["type"] == "message" else e["type"] for e in web.heard(7)]
    assert kinds == ["image", "image", "sticker", "location", "unsend", "unfollow", "follow"]


def test_quick_replies_stand_until_the_next_message(take_phone: Any, simulator: Simulator) -> None:
    hand = take_phone()
    item = {"type": "action", "action": {"type": "message", "label": "ไม่มีแล้ว", "text": "ไม่มีแล้ว"}}
    question = {"type": "text", "text": "มีรูปเพิ่มไหม", "quickReply": {"items": [item]}}
    simulator.push(SOMSRI, question)
    hand.button("ไม่มีแล้ว").click()
    expect(hand.messages(**{"from": "resident"})).to_contain_text("ไม่มีแล้ว")
    expect(hand.button("ไม่มีแล้ว")).to_have_count(0)


def test_faults_are_set_from_the_panel_and_calls_are_listed(
    take_phone: Any, simulator: Simulator
) -> None:
    hand = take_phone()
    hand.button("เพิ่ม 429 ส่งถี่เกินไป อีก 1 ครั้ง").click()
    row = hand.page.get_by_test_id("fault-rate_limit")
    expect(row.get_by_role("status")).to_have_text("1")
    hand.page.get_by_role("switch", name="โควตาเดือนนี้หมด").check(force=True)
    expect(hand.button("ล้างความขัดข้องทั้งหมด")).to_be_enabled()
    with pytest.raises(urllib.error.HTTPError, match="429"):
        simulator.push(SOMSRI, {"type": "text", "text": "ถูกปฏิเสธ"})
    expect(row.get_by_role("status")).to_have_text("0")
    expect(hand.page.get_by_test_id("api-call").first).to_contain_text("429")
    hand.button("ล้างความขัดข้องทั้งหมด").click()
    expect(hand.page.get_by_role("switch", name="โควตาเดือนนี้หมด")).not_to_be_checked()
    simulator.push(SOMSRI, {"type": "text", "text": "ส่งได้แล้ว"})
    expect(hand.log).to_contain_text("ส่งได้แล้ว")


def test_messages_of_every_kind_are_drawn_by_lines_measures(
    take_phone: Any, simulator: Simulator, web: Web
) -> None:
    hand = take_phone()
    shown = gallery(f"{web.origin}/picture.png", LIFF_ID)
    simulator.push(SOMSRI, *shown)
    expect(hand.messages()).to_have_count(len(shown))
    expect(hand.page.get_by_test_id("unknown-message")).to_have_count(1)
    expect(hand.page.locator(".fx-unknown")).to_have_count(0)
    expect(hand.page.get_by_test_id("sender-name").filter(has_text="กองช่าง จาก")).not_to_have_count(
        0
    )
    links = hand.messages(type="text").first.locator("a")
    expect(links).to_have_count(3)
    assert [link.get_attribute("href") for link in links.all()] == [
        "tel:053123456",
        "tel:1669",
        "https://www.example.com/news?id=5",
    ]

    def width(locator: Locator) -> float:
        return float(locator.evaluate("element => element.getBoundingClientRect().width"))

    assert width(hand.page.locator(".fx-kilo").first) == 260
    assert width(hand.page.locator(".fx-mega").first) == 300
    assert width(hand.page.locator(".fx-nano").first) == 120
    layout = hand.page.locator(".fx-giga")
    assert width(layout) <= width(hand.log), "a bubble is never wider than the screen"
    # Flex 1 and 2 in a horizontal box; baseline rows of 2 and 5.
    one, two = (
        layout.get_by_text(name, exact=True).locator("xpath=ancestor::*[2]")
        for name in ("หนึ่ง", "สอง")
    )
    assert width(two) == pytest.approx(2 * width(one), abs=1)
    for size, pixels in (("xxs", "11px"), ("md", "16px"), ("xxl", "29px"), ("5xl", "74px")):
        text = hand.page.get_by_text(re.compile(f"^{size} น้ำปั๊ม"))
        expect(text).to_have_css("font-size", pixels)
    cut = layout.get_by_text("ข้อความยาวมากที่ไม่ตัดบรรทัด")
    assert cut.evaluate("element => element.scrollWidth > element.clientWidth")
    hand.button("โทร 1669").click()
    expect(hand.page.get_by_test_id("dial-number")).to_have_text("1669")


def test_small_phone_fills_the_window_and_keeps_the_panels_in_drawers(
    take_phone: Any, simulator: Simulator, web: Web
) -> None:
    simulator.add_menus()
    hand = take_phone(SOMSRI, SMALL_PHONE, has_touch=True, is_mobile=True)
    simulator.push(SOMSRI, *gallery(f"{web.origin}/picture.png", LIFF_ID))
    expect(hand.page.get_by_test_id("rich-menu")).to_be_visible()
    assert hand.page.evaluate("document.documentElement.scrollWidth") == SMALL_PHONE[0]
    assert hand.log.evaluate("list => list.scrollWidth <= list.clientWidth")
    hand.button("ความขัดข้องและบันทึกการเรียก").click()
    expect(hand.page.get_by_role("switch", name="ปิด webhook")).to_be_visible()
    hand.button("ปิดแผงความขัดข้อง").click()
    hand.button("กลับไปเลือกผู้ใช้").click()
    hand.button(BOONMEE).click()
    expect(hand.page.get_by_test_id("picked-resident")).to_have_text(BOONMEE)
    expect(hand.button(SOMSRI)).to_be_hidden()
