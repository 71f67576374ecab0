"""Tracking: her cases and nobody else's, every step, and what she may still do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from bannmae.models import Division, Staff
from bannmae.testing import make_complaint, make_photo, picture
from bannmae.thai.calendar import local_date
from chatops.models import Resident
from complaints import workflow
from complaints.intake import Place
from complaints.models import Complaint, Feedback, Order, Status
from liff.tests.pages.phone import Phone, file_named, heading, overflow

pytestmark = pytest.mark.django_db(transaction=True)


def move(complaint: Complaint, to: Status, by: Staff, note: str = "", **more: object) -> None:
    """Let an officer take a step."""
    complaint.refresh_from_db()
    workflow.move(complaint.pk, to, by=by, version=complaint.version, note=note, **more)


def assign(complaint: Complaint, by: Staff) -> None:
    """Let the mayor's order give it to กองช่าง."""
    complaint.refresh_from_db()
    order = workflow.ExecutiveOrder(
        decision=Order.Decision.ASSIGN,
        ordered_by="นายกเทศมนตรี",
        ordered_on=local_date(complaint.created_at),
        division=Division.objects.get(slug="engineering"),
    )
    workflow.move(complaint.pk, Status.ASSIGNED, by=by, version=complaint.version, order=order)


@pytest.fixture
def complaint(somsri: Resident) -> Complaint:
    """Her case, with a photo and a position."""
    return make_complaint(
        somsri,
        place=Place(village=3, text="หน้าวัดบ้านแม", latitude=18.6137, longitude=98.8936),
        photos=[make_photo()],
    )


def case(phone: Phone, complaint: Complaint) -> Page:
    """Open her case."""
    page = phone.open(f"/track/{complaint.number}")
    heading(page, complaint.subject)
    return page


def test_an_empty_list_shows_the_way_to_the_form(phone: Phone) -> None:
    page = phone.open("/track")
    heading(page, "ติดตามสถานะ")
    expect(page.get_by_text("ท่านยังไม่มีเรื่องที่แจ้งไว้")).to_be_visible()
    page.get_by_role("link", name="แจ้งเรื่องแรก").click()
    heading(page, "เกี่ยวกับที่ไหน")


def test_the_list_holds_her_cases_and_leads_to_each(
    phone: Phone, complaint: Complaint, neighbour: Resident
) -> None:
    make_complaint(neighbour, subject="เรื่องของเพื่อนบ้าน")
    page = phone.open("/track")
    entries = page.locator(".case")
    expect(entries).to_have_count(1)
    expect(entries.first).to_contain_text("รับเรื่องแล้ว")
    expect(entries.first).to_contain_text(complaint.number)
    entries.first.click()
    heading(page, complaint.subject)
    page.get_by_role("link", name="เรื่องทั้งหมด").click()
    heading(page, "ติดตามสถานะ")


@pytest.mark.parametrize("number", ["69-9999", "its-neighbours", "ไม่มี"])
def test_another_residents_case_is_as_if_there_were_none(
    phone: Phone, neighbour: Resident, number: str
) -> None:
    if number == "its-neighbours":
        number = make_complaint(neighbour).number
    page = phone.open(f"/track/{number}")
    heading(page, "ไม่พบเรื่องนี้ในรายการของท่าน")
    expect(page.get_by_text("หลุมลึก")).to_have_count(0)


def test_a_case_shows_what_was_told_who_answers_and_every_step(
    phone: Phone, complaint: Complaint, legal_officer: Staff, engineer: Staff
) -> None:
    move(complaint, Status.SUBMITTED, legal_officer)
    assign(complaint, legal_officer)
    move(complaint, Status.IN_PROGRESS, engineer, note="นัดเข้าพื้นที่วันจันทร์")
    move(complaint, Status.COMPLETED, engineer, note="ซ่อมแล้ว", photos=[make_photo()])
    page = case(phone, complaint)
    steps = page.locator(".steps > li > strong")
    expect(steps).to_have_text(
        [
            "รับเรื่องแล้ว",
            "เสนอผู้บริหารพิจารณา",
            "มอบหมายผู้รับผิดชอบแล้ว",
            "กำลังดำเนินการ",
            "ดำเนินการแล้วเสร็จ",
        ]
    )
    body = page.locator("#track")
    for words in ("นัดเข้าพื้นที่วันจันทร์", "กองช่าง", "หลุมลึกประมาณ", "หมู่ที่ 3 หน้าวัดบ้านแม"):
        expect(body).to_contain_text(words)
    link = page.get_by_role("link", name="เปิดในแผนที่")
    expect(link).to_have_attribute(
        "href", "https://www.google.com/maps/search/?api=1&query=18.6137,98.8936"
    )
    assert page.locator(".gallery img").count() == 2


def test_a_photo_opens_large_and_the_phones_back_button_closes_it(
    phone: Phone, complaint: Complaint
) -> None:
    page = case(phone, complaint)
    page.get_by_role("button", name="ดูภาพที่ 1 ขนาดใหญ่").click()
    large = page.get_by_role("dialog", name="ภาพที่ 1")
    expect(large.get_by_role("img")).to_be_visible()
    assert large.get_by_role("img").evaluate("image => image.decode().then(() => true)")
    page.go_back()
    expect(large).to_have_count(0)
    heading(page, complaint.subject)


def test_a_question_is_answered_with_words_and_a_photo(
    phone: Phone, complaint: Complaint, legal_officer: Staff, engineer: Staff
) -> None:
    assign(complaint, legal_officer)
    move(complaint, Status.IN_PROGRESS, engineer)
    move(complaint, Status.WAITING, engineer, note="ขอทราบเลขเสาไฟ")
    page = case(phone, complaint)
    form = page.locator("form.answer")
    expect(form).to_contain_text("ขอทราบเลขเสาไฟ")
    form.get_by_role("button", name="ส่งข้อมูลเพิ่มเติม").click()
    expect(form.get_by_text("กรุณาพิมพ์ข้อความหรือแนบภาพ")).to_be_visible()
    expect(form.get_by_label("ข้อความถึงเจ้าหน้าที่")).to_be_focused()
    form.get_by_label("ข้อความถึงเจ้าหน้าที่").fill("เสาที่ 12")
    page.set_input_files("#addition-input", file_named("a.jpg", picture()))
    form.get_by_role("button", name="ส่งข้อมูลเพิ่มเติม").click()
    expect(page.get_by_text("ส่งข้อมูลเพิ่มเติมแล้ว")).to_be_visible()
    entry = complaint.timeline.get(kind="addition")
    assert entry.note == "เสาที่ 12"
    assert entry.photos.count() == 1
    expect(page.locator(".steps > li").last).to_contain_text("เสาที่ 12")


def finished(complaint: Complaint, legal_officer: Staff, engineer: Staff) -> None:
    """Let the work be done."""
    assign(complaint, legal_officer)
    move(complaint, Status.COMPLETED, engineer, note="ซ่อมแล้ว")


def test_a_finished_case_is_rated_once(
    phone: Phone, complaint: Complaint, legal_officer: Staff, engineer: Staff
) -> None:
    finished(complaint, legal_officer, engineer)
    page = case(phone, complaint)
    page.get_by_role("radio", name="แก้ไขแล้ว เรียบร้อยดี").check()
    page.get_by_text("4 ดาว").click(force=True)
    page.get_by_label("ความเห็นเพิ่มเติม").fill("รวดเร็วดี")
    page.get_by_role("button", name="ส่งความเห็น").dblclick()
    expect(page.get_by_text("ขอบคุณสำหรับความเห็น")).to_be_visible()
    feedback = Feedback.objects.get()
    assert (feedback.resolved, feedback.rating, feedback.comment) == (True, 4, "รวดเร็วดี")
    expect(page.locator("form.answer")).to_have_count(0)


def test_a_finished_service_is_asked_about_as_a_service(
    phone: Phone, somsri: Resident, legal_officer: Staff, engineer: Staff
) -> None:
    request = make_complaint(somsri, category="request-tree", incident_at=None)
    finished(request, legal_officer, engineer)
    page = case(phone, request)
    heading = page.get_by_role("heading", name="ได้รับบริการเรียบร้อยหรือไม่")
    expect(heading).to_be_visible()
    expect(page.get_by_role("radio", name="ได้รับบริการแล้ว เรียบร้อยดี")).to_be_visible()
    assert "แก้ไขแล้ว" not in page.locator("form.answer").inner_text()


def test_not_yet_done_opens_the_case_again_after_a_question(
    phone: Phone, complaint: Complaint, legal_officer: Staff, engineer: Staff
) -> None:
    finished(complaint, legal_officer, engineer)
    page = case(phone, complaint)
    page.get_by_role("radio", name="ยังไม่เรียบร้อย").check()
    page.get_by_role("button", name="แจ้งว่ายังไม่เรียบร้อย").click()
    expect(page.locator("#feedback-error")).to_contain_text("กรุณาบอกว่าอะไรยังไม่เรียบร้อย")
    page.get_by_label("อะไรยังไม่เรียบร้อย").fill("ยังเป็นหลุมอยู่")
    page.get_by_role("button", name="แจ้งว่ายังไม่เรียบร้อย").click()
    question = page.get_by_role("alertdialog")
    question.get_by_role("button", name="ยกเลิก").click()
    complaint.refresh_from_db()
    assert complaint.status == Status.COMPLETED
    page.get_by_role("button", name="แจ้งว่ายังไม่เรียบร้อย").click()
    question.get_by_role("button", name="เปิดเรื่องอีกครั้ง").click()
    expect(page.locator("#track > p > .chip")).to_have_text("เปิดเรื่องอีกครั้ง")
    complaint.refresh_from_db()
    assert complaint.status == Status.REOPENED


def test_a_case_is_taken_back_only_after_a_question(phone: Phone, complaint: Complaint) -> None:
    page = case(phone, complaint)
    page.get_by_role("button", name="ถอนเรื่อง").click()
    question = page.get_by_role("alertdialog")
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    complaint.refresh_from_db()
    assert complaint.status == Status.RECEIVED
    page.get_by_role("button", name="ถอนเรื่อง").click()
    question.get_by_role("button", name="ยืนยันถอนเรื่อง").click()
    expect(page.locator("#track > p > .chip")).to_have_text("ผู้แจ้งถอนเรื่อง")
    complaint.refresh_from_db()
    assert complaint.status == Status.WITHDRAWN
    expect(page.get_by_role("button", name="ถอนเรื่อง")).to_have_count(0)


def test_a_lost_answer_adds_once(phone: Phone, complaint: Complaint) -> None:
    page = case(phone, complaint)
    page.get_by_role("button", name="ส่งข้อมูลหรือภาพเพิ่มเติม").click()
    page.get_by_label("ข้อความถึงเจ้าหน้าที่").fill("ขยายวงแล้ว")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/additions", lose, times=1)
    page.get_by_role("button", name="ส่งข้อมูลเพิ่มเติม").click()
    expect(page.get_by_text("ส่งข้อมูลเพิ่มเติมแล้ว")).to_be_visible()
    assert complaint.timeline.filter(kind="addition").count() == 1


def test_at_twice_the_text_size_nothing_runs_off_the_screen(
    phone: Phone, complaint: Complaint, legal_officer: Staff, engineer: Staff
) -> None:
    finished(complaint, legal_officer, engineer)
    page = phone.page()
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded',"
        " () => { document.documentElement.style.fontSize = '225%' })"
    )
    phone.open("/track", page=page)
    heading(page, "ติดตามสถานะ")
    assert overflow(page) == 0
    page.locator(".case").click()
    heading(page, complaint.subject)
    page.get_by_role("radio", name="แก้ไขแล้ว เรียบร้อยดี").check()
    assert overflow(page) == 0
