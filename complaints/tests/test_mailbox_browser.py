"""The mailbox in a real browser: keyboard, preview, two officers, the phone at the pothole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bannmae import testing
from bannmae.models import Staff
from bannmae.tests.browser import chromium
from complaints import workflow
from complaints.intake import Place
from complaints.models import Category, Complaint, Photo, Status
from complaints.tests.desk import LIST, order_of, page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("mailbox browser"),
]
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 375, "height": 667}
PATIENCE = 15_000  # ms


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as one:
        yield one


class Desk:
    """An officer at a screen: signed in, with an eye on the browser's own complaints."""

    def __init__(self, context: BrowserContext, url: str, staff: Staff) -> None:
        self.url = url
        self.context = context
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        self.page.goto(f"{url}/admin/login/")
        self.page.fill("[name=username]", staff.username)
        self.page.fill("[name=password]", testing.PASSWORD)
        self.page.click("#login-form button")
        expect(self.page.locator(".bm-tiles")).to_be_visible(timeout=PATIENCE)

    def _heard(self, message: Any) -> None:
        # 4xx answers are told in the page; tiles have no internet here.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a page of the admin."""
        self.page.goto(f"{self.url}{path}")
        return self.page


@pytest.fixture
def sit_down(browser: Browser, live_server: Any) -> Iterator[Any]:
    """Have officers sit down; at the end, no script has failed and no rule was broken."""
    desks: list[Desk] = []

    def sit(staff: Staff, size: dict[str, int] = LAPTOP, **options: Any) -> Desk:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="th-TH",
            timezone_id="Asia/Bangkok",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        context.route("https://tile.openstreetmap.org/**", lambda route: route.abort())
        desks.append(Desk(context, live_server.url, staff))
        return desks[-1]

    expect.set_options(timeout=PATIENCE)
    yield sit
    complaints = [text for desk in desks for text in desk.complaints]
    for desk in desks:
        desk.context.close()
    assert complaints == []


def assigned_case(**arguments: Any) -> Complaint:
    """A case on a map, assigned to กองช่าง."""
    case = testing.make_complaint(
        place=Place(
            village=3,
            text="หน้าวัดบ้านแม",
            latitude=Decimal("18.6137"),
            longitude=Decimal("98.8936"),
            accuracy_m=30,
        ),
        **arguments,
    )
    legal = testing.make_legal_officer()
    workflow.move(case.pk, Status.ASSIGNED, by=legal, version=1, order=order_of(case))
    case.refresh_from_db()
    return case


def test_fifteen_cases_stand_on_a_small_laptop_and_the_keyboard_walks_them(sit_down: Any) -> None:
    engineer = testing.make_engineer()
    cases = [
        testing.make_complaint(subject=f"ท่อระบายน้ำอุดตัน น้ำท่วมขังหลังฝนตกหนัก จุดที่{index}ก")
        for index in range(18)
    ]
    desk = sit_down(engineer).open(LIST)
    rows = desk.locator("#result_list tbody tr")
    expect(rows).to_have_count(18)
    foot = desk.locator(".bm-pages").bounding_box()
    fifteenth = rows.nth(14).bounding_box()
    assert foot is not None
    assert fifteenth is not None
    assert fifteenth["y"] + fifteenth["height"] <= foot["y"]

    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    desk.keyboard.press("j")
    expect(rows.nth(1)).to_have_class(re.compile("bm-here"))
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(f"{page(cases[-2])}$"), wait_until="load")
    desk.keyboard.press("r")
    expect(desk.locator("textarea[name=internal_note]")).to_be_focused()

    desk.goto(desk.url.split("/admin/")[0] + LIST)
    desk.keyboard.press("/")
    desk.keyboard.type("จุดที่17ก")
    desk.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    assert "show=" not in desk.url, "empty filters stay out of the address"


def test_choosing_a_filter_is_enough(sit_down: Any) -> None:
    engineer = testing.make_engineer()
    testing.make_complaint()
    done = testing.make_complaint()
    Complaint.objects.filter(pk=done.pk).update(status=Status.IN_PROGRESS)
    desk = sit_down(engineer).open(LIST)
    desk.select_option("select[name=status]", "in_progress")
    expect(desk.locator("#result_list tbody tr")).to_have_count(1)
    desk.get_by_title("ล้างตัวกรอง").click()
    expect(desk.locator("#result_list tbody tr")).to_have_count(2)


def test_ticking_all_counts_them_and_brings_the_bar_of_actions(sit_down: Any) -> None:
    for _ in range(3):
        testing.make_complaint()
    desk = sit_down(testing.make_engineer()).open(LIST)
    counter = desk.locator("span.action-counter")
    desk.locator("#action-toggle").check()
    expect(desk.locator("input.action-select:checked")).to_have_count(3)
    expect(counter).to_have_text("เลือก 3 จาก 3")
    desk.select_option("select[name=action]", "print_sheets")
    expect(desk.locator("button[name=index]")).to_be_visible()
    desk.locator("input.action-select").first.uncheck()
    expect(counter).to_have_text("เลือก 2 จาก 3")
    expect(desk.locator("#action-toggle")).not_to_be_checked()
    desk.locator("input.action-select").first.check()
    expect(desk.locator("#action-toggle")).to_be_checked()
    desk.locator("#action-toggle").uncheck()
    expect(desk.locator("input.action-select:checked")).to_have_count(0)


def test_the_way_back_leads_to_the_list_as_it_was_left(sit_down: Any) -> None:
    case = assigned_case()
    desk = sit_down(testing.make_engineer()).open(f"{LIST}?kind=complaint&status=assigned&q=ถนน")
    left = desk.url
    desk.locator("#result_list .bm-what a").click()
    # Kept over a step, whose page is another address.
    desk.get_by_role("link", name="เริ่มดำเนินการ").click()
    desk.get_by_role("button", name="ยืนยัน: เริ่มดำเนินการ").click()
    expect(desk.locator(".bm-head")).to_contain_text("กำลังดำเนินการ")
    desk.get_by_role("link", name="← รายการติดต่อ").click()
    desk.wait_for_url(left)
    desk.context.clear_cookies()
    desk.goto(f"{desk.url.split('/admin/')[0]}/admin/login/?next={page(case)}")
    desk.fill("[name=username]", testing.make_engineer().username)
    desk.fill("[name=password]", testing.PASSWORD)
    desk.click("#login-form button")
    way_back = desk.get_by_role("link", name="← รายการติดต่อ")
    expect(way_back).to_have_attribute("href", re.compile(f"{LIST}$"))


@pytest.mark.parametrize("width", [375, 1024])
def test_in_one_column_the_moves_come_first_and_the_history_last(sit_down: Any, width: int) -> None:
    case = assigned_case(photos=[testing.make_photo(width=900, height=600)])
    desk = sit_down(testing.make_engineer(), {"width": width, "height": 768}).open(page(case))

    def top(text: str) -> float:
        box = desk.get_by_role("heading", name=text, exact=True).bounding_box()
        assert box is not None
        return float(box["y"])

    assert top("สถานะ") < top("รายละเอียด") < top("ข้อมูลเรื่อง") < top("ความเป็นมา")
    assert desk.get_by_role("link", name="เริ่มดำเนินการ").bounding_box()["y"] < 768


def test_the_header_cuts_no_tone_marks(sit_down: Any) -> None:
    case = assigned_case()
    desk = sit_down(testing.make_engineer()).open(page(case))
    shape = desk.locator(".truncate", has_text="เรื่องเลขที่").first.evaluate(
        "e => { const s = getComputedStyle(e); return ["
        "parseFloat(s.lineHeight) / parseFloat(s.fontSize), s.letterSpacing] }"
    )
    assert shape[0] >= 1.6
    assert shape[1] in ("normal", "0px")


def test_the_officer_reads_what_the_resident_will_read_and_nothing_typed_is_lost(
    sit_down: Any, tmp_path: Path
) -> None:
    engineer = testing.make_engineer()
    case = assigned_case()
    after = tmp_path / "after.jpg"
    after.write_bytes(testing.picture(640, 480))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff no picture")
    desk = sit_down(engineer).open(page(case))
    desk.get_by_role("link", name="ดำเนินการแล้วเสร็จ").click()
    desk.fill("[name=note]", "ซ่อมแล้วเมื่อเช้านี้")
    expect(desk.locator(".bm-preview")).to_contain_text("ข้อความจากเจ้าหน้าที่: ซ่อมแล้วเมื่อเช้านี้")
    expect(desk.locator(".bm-preview")).to_contain_text("ดำเนินการแล้วเสร็จ")

    # Left alone and come back to: the words are still there.
    desk.reload()
    expect(desk.locator("[name=note]")).to_have_value("ซ่อมแล้วเมื่อเช้านี้")

    desk.set_input_files("[name=photos]", [str(after), str(broken)])
    expect(desk.locator(".bm-picked")).to_be_visible()
    confirm = desk.get_by_role("button", name="ยืนยัน: ดำเนินการแล้วเสร็จ")
    confirm.click()
    expect(desk.locator(".bm-errors")).to_contain_text("broken.jpg")
    expect(desk.locator("[name=note]")).to_have_value("ซ่อมแล้วเมื่อเช้านี้")
    desk.set_input_files("[name=photos]", [str(after)])
    confirm.click()
    expect(desk.locator(".bm-head")).to_contain_text("ดำเนินการแล้วเสร็จ")
    expect(desk.locator(".bm-note").first).to_contain_text("ซ่อมแล้วเมื่อเช้านี้")
    assert Photo.objects.filter(entry__status=Status.COMPLETED).count() == 1

    desk.locator(".bm-steps a[data-large]").first.click()
    expect(desk.locator("dialog.bm-viewer img")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog.bm-viewer")).to_be_hidden()


def test_the_second_officer_keeps_his_words_and_his_photo(sit_down: Any, tmp_path: Path) -> None:
    case = assigned_case()
    after = tmp_path / "after.jpg"
    after.write_bytes(testing.picture())
    first = sit_down(testing.make_engineer()).open(f"{page(case)}?to=in_progress")
    second = sit_down(testing.make_engineer()).open(f"{page(case)}?to=completed")
    second.fill("[name=note]", "คนที่สองพิมพ์ไว้ยาวมาก")
    second.set_input_files("[name=photos]", str(after))
    first.get_by_role("button", name="ยืนยัน: เริ่มดำเนินการ").click()
    expect(first.locator(".bm-head")).to_contain_text("กำลังดำเนินการ")

    second.get_by_role("button", name="ยืนยัน: ดำเนินการแล้วเสร็จ").click()
    expect(second.locator(".bm-errors")).to_contain_text("มีผู้ดำเนินการเรื่องนี้ไปก่อนท่าน")
    expect(second.locator("[name=note]")).to_have_value("คนที่สองพิมพ์ไว้ยาวมาก")
    assert second.evaluate("document.querySelector('[name=photos]').files.length") == 1
    case.refresh_from_db()
    assert case.status == Status.IN_PROGRESS

    second.get_by_role("button", name="ดูสถานะล่าสุด").click()
    expect(second.locator(".bm-head")).to_contain_text("กำลังดำเนินการ")
    expect(second.locator("[name=note]")).to_have_value("คนที่สองพิมพ์ไว้ยาวมาก")
    second.get_by_role("button", name="ยืนยัน: ดำเนินการแล้วเสร็จ").click()
    expect(second.locator(".bm-head")).to_contain_text("ดำเนินการแล้วเสร็จ")


def test_the_national_id_shows_on_a_click_without_leaving_the_page(sit_down: Any) -> None:
    case = assigned_case()
    desk = sit_down(testing.make_engineer()).open(f"{page(case)}?to=in_progress")
    desk.fill("[name=note]", "กำลังพิมพ์")
    desk.get_by_role("button", name="แสดง").click()
    expect(desk.locator("[data-id]")).to_have_text("1-2345-67890-12-1")
    expect(desk.locator("[name=note]")).to_have_value("กำลังพิมพ์")
    desk.reload()
    expect(desk.locator("[data-id]")).to_have_text("x-xxxx-xxxxx-12-1")


def test_the_phone_at_the_pothole(sit_down: Any, tmp_path: Path) -> None:
    case = assigned_case(photos=[testing.make_photo(width=900, height=600)])
    after = tmp_path / "after.jpg"
    after.write_bytes(testing.picture(1200, 900))
    desk = sit_down(
        testing.make_engineer(), PHONE, is_mobile=True, has_touch=True, device_scale_factor=2
    )
    for path in (LIST, "/admin/", page(case), f"{page(case)}?to=completed"):
        shown = desk.open(path)
        wide = shown.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{path} is {wide} px wide"
    expect(shown.locator(".leaflet-container")).to_be_visible()
    expect(shown.get_by_role("link", name="นำทางไปจุดเกิดเหตุ")).to_be_visible()
    shown.fill("[name=note]", "ซ่อมแล้ว")
    shown.set_input_files("[name=photos]", str(after))
    button = shown.get_by_role("button", name="ยืนยัน: ดำเนินการแล้วเสร็จ")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    button.tap()
    expect(shown.locator(".bm-head")).to_contain_text("ดำเนินการแล้วเสร็จ")


def test_a_move_works_without_scripts_too(browser: Browser, live_server: Any) -> None:
    """The panel is a plain form: what the script adds is comfort."""
    engineer = testing.make_engineer()
    case = assigned_case()
    from django.test import Client

    client = Client()
    client.force_login(engineer)
    context = browser.new_context(java_script_enabled=False, viewport=LAPTOP)  # type: ignore[arg-type]
    context.add_cookies(
        [
            {
                "name": "sessionid",
                "value": client.cookies["sessionid"].value,
                "url": live_server.url,
            }
        ]
    )
    desk = context.new_page()
    answer = desk.goto(f"{live_server.url}{page(case)}?to=in_progress")
    assert answer is not None
    assert answer.status == 200
    desk.evaluate("() => document.querySelector('form[data-send]').submit()")
    desk.wait_for_url(re.compile(f"{page(case)}$"))
    case.refresh_from_db()
    assert case.status == Status.IN_PROGRESS
    context.close()


def test_another_case_typed_into_a_form_that_was_filed_is_kept_and_filed(sit_down: Any) -> None:
    desk = sit_down(testing.make_legal_officer())
    form = desk.open(f"{LIST}add/")

    def fill(subject: str) -> None:
        form.select_option("[name=category]", str(Category.objects.get(slug="road").pk))
        form.select_option("[name=via]", "phone")
        for name, text in {
            "subject": subject, "details": "หลุมลึก", "place": "หน้าวัด", "full_name": "ตาคำ",
            "phone": "0812345678",
        }.items():  # fmt: skip
            form.fill(f"[name={name}]", text)
        form.set_checked("[name=acknowledged]", True, force=True)

    fill("ถนนเป็นหลุม")
    key = form.input_value("[name=filing_key]")
    form.click("form[data-send] .bm-primary")
    form.wait_for_url("**/change/")
    first = Complaint.objects.get()
    form = desk.open(f"{LIST}add/")
    fill("ไฟดับ")
    # As the browser's back button leaves the form.
    form.locator("[name=filing_key]").evaluate("(field, key) => { field.value = key }", key)
    form.click("form[data-send] .bm-primary")
    form.wait_for_selector(f".bm-errors:has-text('{first.number}')")
    assert form.input_value("[name=subject]") == "ไฟดับ"
    form.click("form[data-send] .bm-primary")
    form.wait_for_url("**/change/")
    assert [case.subject for case in Complaint.objects.order_by("id")] == ["ถนนเป็นหลุม", "ไฟดับ"]
