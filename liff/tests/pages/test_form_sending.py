"""Sending the form: what is tapped twice, lost on the way or sent late makes one case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from bannmae.testing import NATIONAL_ID
from complaints.models import Complaint
from liff.tests.pages.phone import (
    LAST_BUTTON,
    Phone,
    heading,
    next_step,
    sent,
    to_reporter,
    to_review,
    to_words,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_taps_make_one_case(phone: Phone) -> None:
    page = phone.form()
    to_review(page)
    page.get_by_role("button", name=LAST_BUTTON).dblclick()
    sent(page)
    assert Complaint.objects.count() == 1


def test_a_lost_answer_makes_one_case(phone: Phone) -> None:
    page = phone.form()
    to_review(page)
    lost = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/complaints", lose_the_first)
    page.get_by_role("button", name=LAST_BUTTON).click()
    expect(page.get_by_text("กำลังส่ง…")).to_be_visible()
    number = sent(page)
    assert lost == [201]
    assert Complaint.objects.get().number == number


def test_a_lost_answer_and_a_closed_window_make_one_case(phone: Phone) -> None:
    page = phone.form()
    to_review(page)
    page.route("**/api/v1/complaints", lambda route: (route.fetch(), route.abort()))
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name=LAST_BUTTON).click()
    page.close()
    page = phone.form()
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    page.get_by_role("button", name=LAST_BUTTON).click()
    number = sent(page)
    assert Complaint.objects.get().number == number


def test_what_was_sent_and_changed_since_is_not_sent_twice_unasked(phone: Phone) -> None:
    page = phone.form()
    to_review(page)
    page.route("**/api/v1/complaints", lambda route: (route.fetch(), route.abort()), times=1)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name=LAST_BUTTON).click()
    page.close()
    filed = Complaint.objects.get()
    page = phone.form()
    page.get_by_role("button", name="แก้ไขรายละเอียดเหตุการณ์").click()
    page.locator("#details").fill("ดับสี่วันแล้ว")
    next_step(page)
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    next_step(page)
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text(filed.number)
    question.get_by_role("button", name="ไม่ส่งซ้ำ ดูสถานะเรื่องเดิม").click()
    heading(page, filed.subject)
    assert Complaint.objects.count() == 1


@pytest.mark.parametrize("national_id", ["", NATIONAL_ID])
def test_a_lost_answer_is_told_with_its_number_and_never_filed_again(
    phone: Phone, national_id: str
) -> None:
    page = phone.page()
    page.clock.install()
    phone.form(page=page)
    to_reporter(page)
    page.get_by_label("ชื่อ–สกุล").fill("สมศรี ใจดี")
    page.get_by_label("เบอร์โทรศัพท์").fill("081-234-5678")
    page.get_by_label("เลข 13 หลัก").fill(national_id)
    page.get_by_role("checkbox", name="รับทราบ").check()
    next_step(page)
    page.route("**/api/v1/complaints", lambda route: (route.fetch(), route.abort()), times=1)
    with page.expect_event("requestfailed"):
        next_step(page)
    page.close()
    filed = Complaint.objects.get()

    page = phone.page()
    page.clock.install(time=timezone.now() + timedelta(minutes=30))
    phone.form(page=page)
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    next_step(page)
    if not national_id:
        assert sent(page) == filed.number
    else:
        question = page.get_by_role("alertdialog")
        expect(question).to_contain_text("เรื่องนี้ส่งถึงแล้ว")
        expect(question).to_contain_text(filed.number)
        expect(question).not_to_contain_text("แก้ไข")
        expect(question.get_by_role("button", name="ดูเรื่อง")).to_be_visible()
        question.get_by_role("button", name="แจ้งอีกเรื่องหนึ่ง").click()
        to_words(page)
        expect(page.get_by_label("หัวข้อเรื่อง")).to_have_value("")
    assert Complaint.objects.count() == 1


def test_without_a_signal_it_waits_and_sends_by_itself(phone: Phone, context: Any) -> None:
    page = phone.form()
    to_review(page)
    context.set_offline(True)
    page.get_by_role("button", name=LAST_BUTTON).click()
    expect(page.get_by_text("ไม่มีสัญญาณอินเทอร์เน็ต จะส่งให้ทันที")).to_be_visible()
    context.set_offline(False)
    sent(page)
    assert Complaint.objects.count() == 1


def test_a_sign_in_that_ran_out_keeps_the_form(phone: Phone) -> None:
    page = phone.form()
    to_review(page)
    page.route("**/api/v1/complaints", lambda route: route.fulfill(status=401, json={}))
    page.route("**/api/v1/session", lambda route: route.fulfill(status=401, json={}), times=1)
    page.get_by_role("button", name=LAST_BUTTON).click()
    expect(page.get_by_role("alertdialog")).to_contain_text("หมดเวลาการเข้าสู่ระบบ")
    page.unroute("**/api/v1/complaints")
    page.get_by_role("button", name="เข้าสู่ระบบใหม่").click()
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    next_step(page)
    sent(page)
    assert Complaint.objects.count() == 1
