"""The form's small print: nothing cut off, nothing cut short, nothing lost without a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bannmae.testing import NATIONAL_ID, picture
from liff.tests.pages.phone import (
    Phone,
    file_named,
    heading,
    next_step,
    overflow,
    to_category,
    to_reporter,
    to_words,
)

pytestmark = pytest.mark.django_db(transaction=True)

# How much wider than its box each select's longest choice is, in pixels.
CUT_OFF = """() => {
  const pen = document.createElement('canvas').getContext('2d');
  return [...document.querySelectorAll('#step-words select')].map((one) => {
    const look = getComputedStyle(one);
    pen.font = look.font;
    const longest = Math.max(...[...one.options].map((o) => pen.measureText(o.text).width));
    const room = one.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight);
    return [one.id, longest - room];
  }).filter(([, missing]) => missing > 0.5);
}"""


@pytest.mark.parametrize("size", ["112.5%", "225%"])
def test_the_date_is_never_cut_off(phone: Phone, size: str) -> None:
    page = phone.page()
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded',"
        f" () => {{ document.documentElement.style.fontSize = '{size}' }})"
    )
    phone.form(page=page)
    to_words(page)
    assert page.evaluate(CUT_OFF) == []
    assert overflow(page) == 0


def test_a_lost_national_id_is_said_on_the_review_and_where_it_is_asked(phone: Phone) -> None:
    page = phone.form()
    to_reporter(page)
    page.get_by_label("ชื่อ–สกุล").fill("สมศรี ใจดี")
    page.get_by_label("เบอร์โทรศัพท์").fill("๐๘๑-๒๓๔-๕๖๗๘")
    page.get_by_label("เลข 13 หลัก").fill(NATIONAL_ID)
    page.get_by_role("checkbox", name="รับทราบ").check()
    next_step(page)
    expect(page.locator("#review")).to_contain_text("081-234-5678")
    page.close()

    page = phone.form()
    again = "ต้องกรอกใหม่: เพื่อความปลอดภัยเครื่องไม่เก็บเลขบัตร"
    expect(page.locator("#review")).to_contain_text(again)
    page.get_by_role("button", name="แก้ไขหมายเลขบัตรประชาชน").click()
    notes = page.locator("[data-id-again]:visible")
    expect(notes).to_have_count(2)
    page.get_by_label("เลข 13 หลัก").fill(NATIONAL_ID)
    expect(notes).to_have_count(0)
    next_step(page)
    expect(page.locator("#review")).not_to_contain_text(again)


def test_the_emergency_numbers_cover_the_form_and_lose_nothing(phone: Phone) -> None:
    page = phone.form()
    page.get_by_label("สถานที่หรือจุดสังเกต").fill("หน้าวัดบ้านแม")
    page.evaluate("window.sameDocument = true")
    for close in (page.get_by_role("button", name="กลับไปที่แบบฟอร์ม").click, page.go_back):
        page.get_by_role("link", name="เหตุฉุกเฉิน? โทรทันที").click()
        call = page.get_by_role("link", name="โทร 1669")
        expect(call).to_be_visible()
        assert call.get_attribute("href") == "tel:1669"
        close()
        expect(call).to_be_hidden()
    assert page.evaluate("window.sameDocument")
    expect(page.get_by_label("สถานที่หรือจุดสังเกต")).to_have_value("หน้าวัดบ้านแม")


def test_a_text_that_is_too_long_is_counted_and_told_but_never_cut(phone: Phone) -> None:
    page = phone.form()
    to_words(page)
    page.get_by_label("หัวข้อเรื่อง").fill("ก" * 140)
    expect(page.locator("#subject-counter")).to_have_text("เหลืออีก 10 ตัวอักษร")
    page.locator("#details").fill("ข" * 5600)
    expect(page.locator("#details-counter")).to_contain_text("เกินมา 600 ตัวอักษร")
    next_step(page)
    expect(page.locator("#details-error")).to_contain_text("ได้ไม่เกิน 5,000")
    expect(page.locator("#details")).to_be_focused()
    assert page.locator("#details").evaluate("one => one.value.length") == 5600
    page.locator("#details").fill("ข" * 5000)
    next_step(page)
    expect(page.get_by_label("ชื่อ–สกุล")).to_be_visible()


def test_a_photo_that_is_cut_off_is_refused_and_not_made_a_sliver(phone: Phone) -> None:
    whole = picture(800, 600)
    page = phone.form()
    page.set_input_files("#photo-input", file_named("cut.jpg", whole[: len(whole) * 2 // 3]))
    failed = page.locator(".photo-failed .error")
    expect(failed).to_be_visible()
    page.get_by_role("button", name="ลบภาพที่ 1").click()
    # A film that a phone hangs behind the photo is no damage.
    page.set_input_files("#photo-input", file_named("film.jpg", whole + b"\0\0\0\x18ftypmp42"))
    expect(page.get_by_text("ส่งภาพแล้ว 1 จาก 1 ภาพ")).to_be_visible()


def test_the_offer_of_a_photos_place_stands_where_it_is_seen(phone: Phone) -> None:
    page = phone.form()
    page.set_input_files("#photo-input", file_named("a.jpg", picture(position=(18.6137, 98.8936))))
    offer = page.get_by_role("button", name="ใช้ตำแหน่งจากภาพ")
    expect(offer).to_be_in_viewport(ratio=1)
    bar = page.locator(".bar:visible").bounding_box()
    box = offer.bounding_box()
    assert bar is not None
    assert box is not None
    assert box["y"] + box["height"] <= bar["y"]
    add = page.locator(".photo-add").bounding_box()
    assert add is not None
    assert box["y"] < add["y"]


def test_the_services_are_one_tap_away_in_the_list_of_kinds(phone: Phone) -> None:
    page = phone.form()
    to_category(page)
    service = page.get_by_role("radio", name="ขอตัดต้นไม้/กิ่งไม้")
    page.get_by_role("button", name="ขอรับบริการ").click()
    first = page.locator("#kind-request input").first
    expect(first).to_be_focused()
    expect(page.locator("#kind-request legend")).to_be_in_viewport()
    service.check()
    next_step(page)
    heading(page, "ต้องการให้เทศบาลช่วยอะไร")
