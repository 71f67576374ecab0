"""The form: nothing that a resident has typed is ever lost, and one tap makes one case."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from bannmae.testing import NATIONAL_ID, make_complaint, picture
from bannmae.tests.media_samples import halves, heic
from chatops.models import Resident
from chatops.simulator.testing import BOONMEE
from complaints.models import Category, Complaint
from liff.tests.pages.phone import (
    LAST_BUTTON,
    Phone,
    file_named,
    heading,
    next_step,
    overflow,
    sent,
    to_category,
    to_reporter,
    to_review,
    to_words,
)

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = (18.6137, 98.8936)


def test_a_case_goes_from_the_form_to_the_municipality(phone: Phone) -> None:
    page = phone.form()
    heading(page, "เกี่ยวกับที่ไหน")
    expect(page.get_by_text("ขั้นตอนที่ 1 จาก 5")).to_be_visible()
    page.set_input_files(
        "#photo-input",
        [
            file_named("a.jpg", picture(position=PLACE)),
            file_named("b.heic", heic(halves()), "image/heic"),
        ],
    )
    expect(page.get_by_text("ส่งภาพแล้ว 2 จาก 2 ภาพ")).to_be_visible()
    page.get_by_role("button", name="ใช้ตำแหน่งจากภาพ").click()
    expect(page.locator("#position-readout")).to_contain_text("18.61370, 98.89360")
    page.get_by_label("หมู่ที่").fill("๓")
    to_review(page)
    expect(page.locator("#review")).to_contain_text("หน้าวัดบ้านแม")
    page.get_by_role("button", name=LAST_BUTTON).click()
    number = sent(page)

    complaint = Complaint.objects.get()
    assert complaint.number == number
    assert complaint.subject == "ไฟถนนดับหน้าปากซอย"
    assert complaint.village == 3
    assert (float(complaint.latitude), float(complaint.longitude)) == PLACE
    assert complaint.phone == "0812345678"
    assert complaint.photos.count() == 2
    expect(page.locator("#sent")).to_contain_text("จะแจ้งผลหรือความคืบหน้าภายในวันที่")
    assert page.evaluate("Object.keys(localStorage)") == []
    page.get_by_role("link", name="ติดตามสถานะ").click()
    heading(page, "ไฟถนนดับหน้าปากซอย")


def test_a_service_request_has_its_own_words_and_button(phone: Phone) -> None:
    page = phone.form()
    to_words(page, "ขอตัดต้นไม้/กิ่งไม้")
    heading(page, "ต้องการให้เทศบาลช่วยอะไร")
    expect(page.get_by_text("วันเวลาที่เกิดเหตุ")).to_be_hidden()
    page.get_by_label("หัวข้อเรื่อง").fill("ขอตัดกิ่งไม้")
    page.locator("#details").fill("กิ่งพาดหลังคา")
    next_step(page)
    page.get_by_label("ชื่อ–สกุล").fill("สมศรี ใจดี")
    page.get_by_label("เบอร์โทรศัพท์").fill("053-123-456 ต่อ 101")
    page.get_by_role("checkbox", name="รับทราบ").check()
    next_step(page)
    page.get_by_role("button", name="ส่งคำขอรับบริการ").click()
    sent(page)
    complaint = Complaint.objects.get()
    assert complaint.incident_at is None
    assert complaint.phone == "053123456#101"


def test_text_and_photos_come_back_after_a_closed_window_but_never_the_id(phone: Phone) -> None:
    page = phone.form()
    page.set_input_files("#photo-input", file_named("a.jpg", picture()))
    expect(page.get_by_text("ส่งภาพแล้ว 1 จาก 1 ภาพ")).to_be_visible()
    to_reporter(page)
    page.get_by_label("ชื่อ–สกุล").fill("สมศรี ใจดี")
    page.get_by_label("เลข 13 หลัก").fill(NATIONAL_ID)
    page.close()

    page = phone.form()
    expect(page.get_by_label("ชื่อ–สกุล")).to_have_value("สมศรี ใจดี")
    expect(page.get_by_label("เลข 13 หลัก")).to_have_value("")
    expect(page.get_by_text("หมายเลขบัตรไม่ถูกเก็บไว้ในเครื่อง")).to_be_visible()
    assert NATIONAL_ID not in page.evaluate("JSON.stringify(localStorage)")
    for _ in range(3):
        page.get_by_role("button", name="ย้อนกลับ").click()
    heading(page, "เกี่ยวกับที่ไหน")
    expect(page.get_by_text("ส่งภาพแล้ว 1 จาก 1 ภาพ")).to_be_visible()
    expect(page.get_by_label("สถานที่หรือจุดสังเกต")).to_have_value("หน้าวัดบ้านแม")


def test_a_draft_is_seen_by_nobody_else_on_the_same_phone(phone: Phone) -> None:
    page = phone.form()
    to_words(page)
    page.get_by_label("หัวข้อเรื่อง").fill("ความลับของสมศรี")
    page.close()

    page = phone.form(who=BOONMEE)
    to_words(page)
    expect(page.get_by_label("หัวข้อเรื่อง")).to_have_value("")
    page.close()

    page = phone.form()
    expect(page.get_by_label("หัวข้อเรื่อง")).to_have_value("ความลับของสมศรี")


def test_what_is_missing_is_said_beside_the_field_and_on_top_and_focused(phone: Phone) -> None:
    page = phone.form()
    to_category(page)
    next_step(page)
    expect(page.get_by_role("alert").get_by_text("กรุณาเลือกประเภทเรื่อง")).to_be_visible()
    expect(page.locator("#category-error")).to_have_text("กรุณาเลือกประเภทเรื่อง")
    page.get_by_role("radio", name="ไฟฟ้าสาธารณะ", exact=True).check()
    next_step(page)
    page.get_by_label("หัวข้อเรื่อง").fill("ไฟดับ")
    next_step(page)
    expect(page.locator("#details")).to_be_focused()
    expect(page.locator("#details")).to_have_attribute("aria-invalid", "true")
    page.locator("#details").fill("ดับ")
    expect(page.locator("#details-error")).to_be_hidden()
    next_step(page)
    page.get_by_label("เบอร์โทรศัพท์").fill("12345")
    page.get_by_label("เลข 13 หลัก").fill("1234567890123")
    next_step(page)
    summary = page.get_by_role("alert")
    for words in (
        "กรุณากรอกชื่อ–สกุล",
        "เบอร์โทรศัพท์ต้องขึ้นต้นด้วย 0",
        "หมายเลขบัตรประชาชนไม่ถูกต้อง",
        "รับทราบประกาศความเป็นส่วนตัว",
    ):
        expect(summary.get_by_text(words)).to_be_visible()
    expect(page.get_by_label("ชื่อ–สกุล")).to_be_focused()
    summary.get_by_text("หมายเลขบัตรประชาชนไม่ถูกต้อง").click()
    expect(page.get_by_label("เลข 13 หลัก")).to_be_focused()


def test_the_phones_back_button_walks_back_and_loses_nothing(phone: Phone) -> None:
    page = phone.form()
    to_reporter(page)
    page.get_by_label("ชื่อ–สกุล").fill("สมศรี ใจดี")
    page.go_back()
    expect(page.get_by_label("หัวข้อเรื่อง")).to_have_value("ไฟถนนดับหน้าปากซอย")
    page.go_back()
    expect(page.get_by_role("radio", name="ไฟฟ้าสาธารณะ", exact=True)).to_be_checked()
    page.go_forward()
    page.go_forward()
    expect(page.get_by_label("ชื่อ–สกุล")).to_have_value("สมศรี ใจดี")


def test_a_line_of_the_review_is_mended_and_the_review_comes_back(phone: Phone) -> None:
    page = phone.form()
    to_review(page)
    page.get_by_role("button", name="แก้ไขหัวข้อเรื่อง").click()
    expect(page.get_by_label("หัวข้อเรื่อง")).to_be_focused()
    page.get_by_label("หัวข้อเรื่อง").fill("ไฟดับทั้งซอย")
    page.get_by_role("button", name="บันทึกและกลับไปตรวจสอบ").click()
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    expect(page.locator("#review")).to_contain_text("ไฟดับทั้งซอย")


def test_what_the_server_refuses_is_told_beside_its_field(phone: Phone) -> None:
    page = phone.form()
    to_review(page)
    Category.objects.filter(slug="street-light").update(is_active=False)
    page.get_by_role("button", name=LAST_BUTTON).click()
    heading(page, "เป็นเรื่องประเภทไหน")
    expect(page.locator("#category-error")).to_have_text("ไม่มีประเภทเรื่องนี้ หรือปิดรับแล้ว")
    page.get_by_role("radio", name="ถนน/ทางเท้าชำรุด").check()
    next_step(page)
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    next_step(page)
    sent(page)


def test_without_any_map_tile_the_pin_can_be_put_and_moved(phone: Phone) -> None:
    page = phone.form()
    heading(page, "เกี่ยวกับที่ไหน")
    expect(page.get_by_text("โหลดภาพแผนที่ไม่ได้")).to_be_visible()
    page.locator("[data-map]").press("Enter")
    readout = page.locator("#position-readout")
    expect(readout).to_contain_text("หมุดที่ท่านปักเอง")
    before = readout.inner_text()
    pin = page.get_by_role("button", name="หมุดจุดเกิดเหตุ")
    pin.press("ArrowUp")
    expect(readout).not_to_have_text(before)
    moved = readout.inner_text()
    pin.scroll_into_view_if_needed()
    box = pin.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 24, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 64, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(readout).not_to_have_text(moved)


def test_the_tile_server_is_told_the_site_and_nothing_more(phone: Phone, context: Any) -> None:
    asked: list[Any] = []
    context.route(
        "https://tile.openstreetmap.org/**",
        lambda route: (asked.append(route.request.all_headers()), route.abort()),
    )
    page = phone.form()
    expect(page.get_by_text("โหลดภาพแผนที่ไม่ได้")).to_be_visible()
    assert {headers.get("referer") for headers in asked} == {f"{phone.site}/"}
    assert not any("cookie" in headers for headers in asked)


def test_the_phones_position_is_asked_for_by_a_tap_and_shows_how_sure_it_is(phone: Phone) -> None:
    page = phone.form()
    heading(page, "เกี่ยวกับที่ไหน")
    expect(page.locator("#position-readout")).to_be_hidden()
    page.get_by_role("button", name="ใช้ตำแหน่งปัจจุบันของฉัน").click()
    expect(page.locator("#position-readout")).to_contain_text("18.61410, 98.89410 (± 12 ม.)")
    to_review(page)
    next_step(page)
    sent(page)
    assert Complaint.objects.get().accuracy_m == 12


def test_a_refused_position_leaves_the_other_ways(phone: Phone, context: Any) -> None:
    context.clear_permissions()
    page = phone.form()
    page.get_by_role("button", name="ใช้ตำแหน่งปัจจุบันของฉัน").click()
    expect(page.locator("#position-trouble")).to_contain_text("ยังไม่ได้อนุญาตให้ใช้ตำแหน่ง")
    to_review(page)


def test_what_she_told_last_time_is_there_with_the_id_as_a_mask(
    phone: Phone, somsri: Resident
) -> None:
    make_complaint(somsri)
    page = phone.form()
    to_reporter(page)
    expect(page.get_by_label("ชื่อ–สกุล")).to_have_value("สมศรี ใจดี")
    expect(page.get_by_role("radio", name="ใช้ข้อมูลเดิม")).to_be_checked()
    expect(page.locator("#saved-id")).to_have_text("x-xxxx-xxxxx-12-1")
    assert NATIONAL_ID not in page.content()
    page.get_by_role("checkbox", name="รับทราบ").check()
    next_step(page)
    next_step(page)
    number = sent(page)
    assert Complaint.objects.get(number=number).national_id == NATIONAL_ID


def test_a_category_decides_what_is_asked(phone: Phone) -> None:
    Category.objects.filter(slug="street-light").update(national_id="off")
    Category.objects.filter(slug="road").update(location="required")
    page = phone.form()
    to_reporter(page)
    expect(page.get_by_text("หมายเลขบัตรประชาชน (ไม่บังคับ)")).to_be_hidden()
    for _ in range(3):
        page.get_by_role("button", name="ย้อนกลับ").click()
    page.get_by_label("สถานที่หรือจุดสังเกต").fill("")
    next_step(page)
    page.get_by_role("radio", name="ถนน/ทางเท้าชำรุด").check()
    next_step(page)
    next_step(page)
    expect(page.get_by_text("หมายเลขบัตรประชาชน (ไม่บังคับ)")).to_be_visible()
    page.get_by_label("ชื่อ–สกุล").fill("สมศรี ใจดี")
    page.get_by_label("เบอร์โทรศัพท์").fill("0812345678")
    page.get_by_role("checkbox", name="รับทราบ").check()
    next_step(page)
    expect(page.locator("#place-error")).to_contain_text("กรุณาปักหมุดบนแผนที่")
    expect(page.get_by_label("สถานที่หรือจุดสังเกต")).to_be_focused()


def test_at_twice_the_text_size_nothing_runs_off_the_screen(phone: Phone) -> None:
    page = phone.page()
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded',"
        " () => { document.documentElement.style.fontSize = '225%' })"
    )
    phone.form(page=page)
    page.set_input_files("#photo-input", file_named("a.jpg", picture(position=PLACE)))
    expect(page.get_by_text("ส่งภาพแล้ว 1 จาก 1 ภาพ")).to_be_visible()
    wide = {"place": overflow(page)}
    to_category(page)
    next_step(page)
    wide["category"] = overflow(page)
    page.get_by_role("radio", name="ไฟฟ้าสาธารณะ", exact=True).check()
    next_step(page)
    wide["words"] = overflow(page)
    page.get_by_label("หัวข้อเรื่อง").fill("ก" * 150)
    page.locator("#details").fill("ข" * 300)
    next_step(page)
    page.locator("summary").click()
    next_step(page)
    wide["reporter"] = overflow(page)
    page.get_by_label("ชื่อ–สกุล").fill("นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา")
    page.get_by_label("เบอร์โทรศัพท์").fill("0812345678")
    page.get_by_role("checkbox", name="รับทราบ").check()
    next_step(page)
    wide["review"] = overflow(page)
    next_step(page)
    sent(page)
    wide["sent"] = overflow(page)
    assert wide == dict.fromkeys(wide, 0)


def test_every_target_is_large_enough_for_a_thumb(phone: Phone) -> None:
    page = phone.form()
    to_category(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, .choice, select, input[type=text]')]
          .filter((one) => one.getClientRects().length)
          .map((one) => [one.id || one.textContent.trim(), one.getBoundingClientRect().height])
          .filter(([, height]) => height < 48)"""
    )
    assert json.dumps(small) == "[]"
