"""The form's photos: sent while she types, waited for when she is done, never in the way."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from bannmae.testing import picture
from complaints.models import Complaint, Photo
from liff.models import Upload
from liff.tests.pages.phone import (
    LAST_BUTTON,
    Phone,
    file_named,
    heading,
    next_step,
    sent,
    to_review,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_photo_that_cannot_be_sent_does_not_stand_in_the_way(phone: Phone) -> None:
    page = phone.page()
    page.clock.install()
    phone.form(page=page)
    page.route("**/api/v1/photos", lambda route: route.abort())
    page.set_input_files("#photo-input", file_named("a.jpg", picture()))
    failed = page.get_by_text("ส่งภาพไม่สำเร็จ สัญญาณอาจไม่ดี")
    for _ in range(50):
        page.clock.fast_forward(9_000)
        if failed.is_visible():
            break
    expect(failed).to_be_visible()
    expect(page.get_by_role("button", name="ลองอีกครั้ง")).to_be_visible()
    to_review(page)
    page.get_by_role("button", name=LAST_BUTTON).click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("ภาพ 1 ภาพส่งไม่สำเร็จ")
    question.get_by_role("button", name="ส่งโดยไม่มีภาพเหล่านี้").click()
    sent(page)
    assert Complaint.objects.get().photos.count() == 0


def hold_photos(page: Page) -> list[Route]:
    """Let no photo arrive; return the held requests, to be let go later."""
    held: list[Route] = []
    page.route("**/api/v1/photos", lambda route: held.append(route))
    page.set_input_files("#photo-input", file_named("a.jpg", picture()))
    expect(page.locator(".photo-uploading")).to_be_visible()
    return held


def test_a_case_waits_for_its_photos_under_a_cover_and_goes_when_they_are_there(
    phone: Phone,
) -> None:
    page = phone.form()
    held = hold_photos(page)
    to_review(page)
    next_step(page)
    page.get_by_role("button", name="รอให้เสร็จแล้วส่ง").click()
    expect(page.locator("#sending")).to_contain_text("ส่งภาพแล้ว")
    held[0].continue_()
    sent(page)
    assert Complaint.objects.get().photos.count() == 1


@pytest.mark.parametrize("way", ["button", "phone"])
def test_a_wait_for_photos_that_is_called_off_sends_nothing(phone: Phone, way: str) -> None:
    page = phone.form()
    held = hold_photos(page)
    to_review(page)
    next_step(page)
    page.get_by_role("button", name="รอให้เสร็จแล้วส่ง").click()
    cover = page.locator("#sending")
    expect(cover).to_be_visible()
    if way == "button":
        page.get_by_role("button", name="ยกเลิก").click()
    else:
        page.go_back()
    expect(cover).to_be_hidden()
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    expect(page.locator("#next")).to_be_enabled()
    page.get_by_role("button", name="ย้อนกลับ").click()
    page.get_by_role("button", name="ย้อนกลับ").click()
    page.get_by_label("หัวข้อเรื่อง").fill("ครึ่งเรื่อง")
    with page.expect_response("**/api/v1/photos"):
        held[0].continue_()
    next_step(page)
    next_step(page)
    expect(page.locator("#review")).to_contain_text("1 ภาพ")
    assert Complaint.objects.count() == 0


def test_a_failed_photo_goes_through_on_another_try(phone: Phone) -> None:
    page = phone.form()
    heading(page, "เกี่ยวกับที่ไหน")
    page.route("**/api/v1/photos", lambda route: route.fulfill(status=400, json={"file": ["เสีย"]}))
    page.set_input_files("#photo-input", file_named("a.jpg", picture()))
    expect(page.locator(".photo").get_by_text("เสีย")).to_be_visible()
    page.get_by_role("button", name="ลบภาพที่ 1").click()
    expect(page.locator(".photo")).to_have_count(0)
    page.unroute("**/api/v1/photos")
    page.set_input_files("#photo-input", file_named("a.jpg", picture()))
    expect(page.get_by_text("ส่งภาพแล้ว 1 จาก 1 ภาพ")).to_be_visible()


def test_a_large_photo_is_made_small_and_upright_on_the_phone(phone: Phone) -> None:
    page = phone.form()
    heading(page, "เกี่ยวกับที่ไหน")
    turned = picture(3000, 1500)
    with page.expect_request("**/api/v1/photos") as asked:
        page.set_input_files("#photo-input", file_named("a.jpg", turned))
    answer = asked.value.response()
    assert answer is not None
    assert answer.status == 201
    body = answer.json()
    assert (body["width"], body["height"]) == (2048, 1024)
    # Where it was taken was read before, and does not travel with the photo.
    assert body["latitude"] is None


def test_more_than_ten_photos_are_not_taken(phone: Phone) -> None:
    page = phone.form()
    page.route(
        "**/api/v1/photos",
        lambda route: route.fulfill(status=201, json={"id": "x", "thumbnail_url": "/x"}),
    )
    page.set_input_files("#photo-input", [file_named("a.jpg", picture())] * 12)
    expect(page.get_by_text("แนบได้ไม่เกิน 10 ภาพ")).to_be_visible()
    expect(page.get_by_text("ส่งภาพแล้ว 10 จาก 10 ภาพ")).to_be_visible()
    expect(page.locator("#photo-input")).to_be_disabled()


def test_photos_of_a_restored_draft_that_are_gone_are_dropped(phone: Phone, context: Any) -> None:
    page = phone.form()
    page.set_input_files("#photo-input", file_named("a.jpg", picture()))
    expect(page.get_by_text("ส่งภาพแล้ว 1 จาก 1 ภาพ")).to_be_visible()
    page.close()
    Upload.objects.all().delete()
    page = phone.form()
    expect(page.get_by_text("หมดอายุแล้ว กรุณาเลือกภาพใหม่")).to_be_visible()
    to_review(page)
    next_step(page)
    sent(page)
    assert Photo.objects.count() == 0
