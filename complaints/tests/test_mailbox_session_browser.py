"""A hurried officer in a real browser: the session ends, tokens age, answers get lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from bannmae import testing
from bannmae.models import Staff
from complaints import workflow
from complaints.models import Category, Complaint, Status, TimelineEntry
from complaints.tests import test_mailbox_browser
from complaints.tests.desk import LIST, page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("mailbox browser"),
]
browser = test_mailbox_browser.browser
sit_down = test_mailbox_browser.sit_down
SIGNED_OUT = "ท่านออกจากระบบแล้ว"


def end_session(desk: Page) -> None:
    """The night has passed: the cookie of the session is gone."""
    desk.context.clear_cookies(name="sessionid")


def sign_in(tab: Page, staff: Staff) -> None:
    """Sign in on the page of signing in; the token changes with it."""
    tab.fill("[name=username]", staff.username)
    tab.fill("[name=password]", testing.PASSWORD)
    tab.click("#login-form button")


def sign_in_by_link(desk: Page, staff: Staff) -> Page:
    """Follow the link that the page shows, in the tab that it opens."""
    with desk.expect_popup() as opened:
        desk.get_by_role("link", name="เข้าสู่ระบบในแท็บใหม่").click()
    sign_in(opened.value, staff)
    opened.value.wait_for_url(re.compile(r"/complaint/"))
    return opened.value


def test_a_note_outlives_the_session(sit_down: Any) -> None:
    engineer = testing.make_engineer()
    case = test_mailbox_browser.assigned_case()
    desk = sit_down(engineer).open(page(case))
    desk.fill("[name=internal_note]", "โทรหาผู้แจ้งแล้ว จะไปดูพรุ่งนี้")
    end_session(desk)
    save = desk.get_by_role("button", name="บันทึก", exact=True)
    save.click()
    expect(desk.locator(".bm-errors")).to_contain_text(SIGNED_OUT)
    tab = sign_in_by_link(desk, engineer)
    expect(tab.locator(".bm-case")).to_be_visible()
    expect(desk.locator("[name=internal_note]")).to_have_value(re.compile("โทรหาผู้แจ้งแล้ว"))
    save.click()
    expect(desk.locator(".bm-steps")).to_contain_text("โทรหาผู้แจ้งแล้ว จะไปดูพรุ่งนี้")
    expect(desk.locator("[name=internal_note]")).to_have_value("")
    assert case.timeline.filter(kind=TimelineEntry.Kind.NOTE).count() == 1


@pytest.mark.parametrize("button", ["พิมพ์แบบคำร้อง", "บันทึกรายชื่อ"])
def test_plain_forms_lead_back_to_the_case(sit_down: Any, button: str) -> None:
    legal = testing.make_legal_officer()
    case = testing.make_complaint()
    desk = sit_down(legal).open(page(case))
    desk.locator("details.bm-panel summary").click()
    end_session(desk)
    if button.startswith("พิมพ์"):
        with desk.expect_popup() as opened:
            desk.get_by_role("button", name=button).click()
        tab = opened.value
        tab.wait_for_url(re.compile("/login/"))
    else:
        tab = desk
        desk.get_by_role("button", name=button).click()
    sign_in(tab, legal)
    tab.wait_for_url(re.compile(f"{page(case)}$"))
    expect(tab.locator(".bm-case")).to_be_visible()


def fill_walk_in(form: Page) -> None:
    """A case told at the counter."""
    form.select_option("[name=category]", str(Category.objects.get(slug="road").pk))
    form.select_option("[name=via]", "phone")
    for name, text in {
        "subject": "ถนนเป็นหลุม", "details": "หลุมลึก", "place": "หน้าวัด", "full_name": "ตาคำ",
        "phone": "0812345678", "national_id": testing.NATIONAL_ID,
        "incident_at": "2026-01-05T08:30",
    }.items():  # fmt: skip
        form.fill(f"[name={name}]", text)
    form.set_checked("[name=acknowledged]", True, force=True)


def test_a_walk_in_case_is_filed_after_signing_in_in_another_tab(sit_down: Any) -> None:
    legal = testing.make_legal_officer()
    form = sit_down(legal).open(f"{LIST}add/")
    fill_walk_in(form)
    end_session(form)
    save = form.get_by_role("button", name="บันทึกเรื่อง")
    save.click()
    expect(form.locator(".bm-errors")).to_contain_text(SIGNED_OUT)
    sign_in_by_link(form, legal)
    save.click()
    form.wait_for_url("**/change/")
    assert Complaint.objects.get().subject == "ถนนเป็นหลุม"
    form.goto(form.url.split("/admin/")[0] + f"{LIST}add/")
    expect(form.locator("[name=subject]")).to_have_value("")


def test_a_token_that_the_cookie_lacks_is_renewed_once(sit_down: Any) -> None:
    legal = testing.make_legal_officer()
    form = sit_down(legal).open(f"{LIST}add/")
    fill_walk_in(form)
    form.context.clear_cookies(name="csrftoken")
    form.get_by_role("button", name="บันทึกเรื่อง").click()
    form.wait_for_url("**/change/")
    assert Complaint.objects.count() == 1


def test_a_walk_in_case_outlives_a_reload_but_for_the_national_id(sit_down: Any) -> None:
    form = sit_down(testing.make_legal_officer()).open(f"{LIST}add/")
    fill_walk_in(form)
    key = form.input_value("[name=filing_key]")
    kept = form.evaluate("JSON.stringify(sessionStorage)")
    assert "หลุมลึก" in kept
    assert testing.NATIONAL_ID not in kept
    form.reload()
    for name, value in {
        "subject": "ถนนเป็นหลุม", "phone": "0812345678", "via": "phone", "national_id": "",
        "incident_at": "2026-01-05T08:30", "filing_key": key,
        "category": str(Category.objects.get(slug="road").pk),
    }.items():  # fmt: skip
        expect(form.locator(f"[name={name}]")).to_have_value(value)
    expect(form.locator("[name=acknowledged]")).to_be_checked()
    form.get_by_role("link", name="ยกเลิก").click()
    form.wait_for_url(re.compile(f"{LIST}$"))
    form.go_back()
    form.reload()
    expect(form.locator("[name=subject]")).to_have_value("")


def test_a_move_is_made_after_signing_in_in_another_tab(sit_down: Any) -> None:
    engineer = testing.make_engineer()
    case = test_mailbox_browser.assigned_case()
    desk = sit_down(engineer).open(f"{page(case)}?to=in_progress")
    desk.fill("[name=note]", "ช่างออกเดินทางแล้ว")
    expect(desk.locator(".bm-preview")).to_contain_text("ช่างออกเดินทางแล้ว")
    end_session(desk)
    desk.locator("[name=note]").press_sequentially("ครับ")
    expect(desk.locator(".bm-preview")).to_contain_text(SIGNED_OUT)
    expect(desk.locator(".bm-preview input")).to_have_count(0)
    desk.get_by_role("button", name="แสดง").click()
    expect(desk.locator(".bm-id")).to_contain_text(SIGNED_OUT)
    expect(desk.locator("[data-id]")).to_have_text("x-xxxx-xxxxx-12-1")
    confirm = desk.get_by_role("button", name="ยืนยัน: เริ่มดำเนินการ")
    confirm.click()
    errors = desk.locator("#move .bm-errors")
    expect(errors).to_contain_text(SIGNED_OUT)
    with desk.expect_popup() as opened:
        errors.get_by_role("link").click()
    sign_in(opened.value, engineer)
    opened.value.wait_for_url(re.compile("to=in_progress"))
    desk.get_by_role("button", name="แสดง").click()
    expect(desk.locator("[data-id]")).to_have_text("1-2345-67890-12-1")
    confirm.click()
    expect(desk.locator(".bm-head")).to_contain_text("กำลังดำเนินการ")
    case.refresh_from_db()
    assert case.status == Status.IN_PROGRESS


@pytest.mark.parametrize("again", ["the button", "a reload"])
def test_a_move_whose_answer_was_lost_is_said_to_be_saved(sit_down: Any, again: str) -> None:
    engineer = testing.make_engineer()
    case = test_mailbox_browser.assigned_case()
    desk = sit_down(engineer).open(f"{page(case)}?to=in_progress")
    desk.fill("[name=note]", "ช่างออกเดินทางแล้ว")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.route("**/move/in_progress/", lose, times=1)
    confirm = desk.get_by_role("button", name="ยืนยัน: เริ่มดำเนินการ")
    confirm.click()
    expect(desk.locator(".bm-errors")).to_contain_text("เชื่อมต่อไม่ได้")
    if again == "a reload":
        desk.reload()
    else:
        confirm.click()
        expect(desk.locator("#main")).to_contain_text("บันทึกไว้แล้วตั้งแต่ครั้งก่อน")
    expect(desk.locator(".bm-head")).to_contain_text("กำลังดำเนินการ")
    expect(desk.locator(".bm-steps")).to_contain_text("ช่างออกเดินทางแล้ว")
    expect(desk.locator(".bm-kept")).to_be_hidden()
    assert case.timeline.filter(status=Status.IN_PROGRESS).count() == 1


def test_what_was_not_saved_is_still_shown(sit_down: Any) -> None:
    engineer = testing.make_engineer()
    case = test_mailbox_browser.assigned_case()
    desk = sit_down(engineer).open(f"{page(case)}?to=in_progress")
    desk.fill("[name=note]", "ช่างออกเดินทางแล้ว")
    workflow.move(case.pk, Status.IN_PROGRESS, by=engineer, version=case.version, note="อีกอย่างหนึ่ง")
    desk.reload()
    expect(desk.locator(".bm-kept")).to_contain_text("ช่างออกเดินทางแล้ว")


def test_papers_come_in_a_tab_of_their_own_that_says_so(sit_down: Any) -> None:
    for _ in range(2):
        testing.make_complaint()
    desk = sit_down(testing.make_engineer()).open(LIST)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    desk.context.route(f"**{LIST}", hold)
    desk.check("#action-toggle")
    desk.select_option("select[name=action]", "print_sheets")
    with desk.expect_popup() as opened:
        desk.locator("button[name=index]").click()
    paper = opened.value
    # A page on its way somewhere is not asked by Playwright; the list that opened it can.
    words = "window.open('', document.getElementById('changelist-form').target).document.body"
    assert "กำลังจัดทำเอกสาร …" in desk.evaluate(f"{words}.textContent")
    expect(desk.locator("#result_list tbody tr")).to_have_count(2)
    with paper.expect_response(lambda answer: answer.request.method == "POST") as answered:
        held[0].continue_()
    assert answered.value.header_value("Content-Type") == "application/pdf"


def test_the_viewer_walks_through_the_photos(sit_down: Any) -> None:
    case = testing.make_complaint(photos=[testing.make_photo() for _ in range(3)])
    desk = sit_down(testing.make_engineer()).open(page(case))
    links = [link.get_attribute("href") for link in desk.locator("a[data-large]").all()]
    image = desk.locator(".bm-viewer img")

    def expect_photo(index: int) -> None:
        expect(image).to_have_attribute("src", re.compile(f"{links[index]}$"))

    desk.locator("a[data-large]").first.click()
    expect_photo(0)
    desk.keyboard.press("ArrowRight")
    expect_photo(1)
    desk.get_by_role("button", name="ภาพถัดไป").click()
    expect_photo(2)
    desk.keyboard.press("ArrowRight")
    expect_photo(0)
    desk.get_by_role("button", name="ภาพก่อนหน้า").click()
    expect_photo(2)
    desk.keyboard.press("ArrowLeft")
    expect_photo(1)
    desk.keyboard.press("Escape")
    expect(desk.locator(".bm-viewer")).to_be_hidden()


@pytest.mark.parametrize("button", ["พิมพ์บันทึกข้อความ (PDF)", "บันทึกรายชื่อ"])
def test_plain_forms_are_sent_with_the_token_of_now(sit_down: Any, button: str) -> None:
    case = testing.make_complaint()
    memo = button.startswith("พิมพ์")
    desk = sit_down(testing.make_legal_officer()).open(
        page(case, "print_memo" if memo else "change")
    )
    for token in desk.locator("[name=csrfmiddlewaretoken]").all():
        token.evaluate("(field) => { field.value = 'a'.repeat(64) }")
    if not memo:
        desk.locator("details.bm-panel summary").click()
    with desk.context.expect_event(
        "response", lambda answer: answer.request.method == "POST"
    ) as answered:
        desk.get_by_role("button", name=button).click()
    assert answered.value.status == (200 if memo else 302)
