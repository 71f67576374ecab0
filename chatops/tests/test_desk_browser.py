"""The chat desk in a real browser: live words, drafts, lost answers, keyboard, phone."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from bannmae import testing
from bannmae.models import Division, Municipality, Staff
from bannmae.tests.browser import chromium
from chatops.cases import workflow
from chatops.desk import registry
from chatops.models import CannedReply, ChatCase, MessageContent, OutboundMessage, SharedPicture
from chatops.tests.desk import LIST, make_case, say, send_out, welfare_officer, writes
from chatops.tests.desk_browser import LAPTOP, PATIENCE, PHONE, Desk, new_context, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("chat desk browser"),
]
State = OutboundMessage.State


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with chromium() as one:
        yield one


@pytest.fixture
def sit_down(browser: Browser, live_server: Any, settings: Any) -> Iterator[Any]:
    """Have officers sit down; at the end, no script has failed and no rule was broken."""
    settings.PUBLIC_URL = live_server.url
    desks: list[Desk] = []

    def sit(staff: Staff, size: dict[str, int] = LAPTOP, **options: Any) -> Desk:
        desks.append(Desk(new_context(browser, size, **options), live_server.url, staff))
        return desks[-1]

    expect.set_options(timeout=PATIENCE)
    yield sit
    complaints = [text for desk in desks for text in desk.complaints]
    for desk in desks:
        desk.context.close()
    assert complaints == []


def words(page: Page) -> Any:
    """The field for her answer."""
    return page.locator(".ct-compose textarea")


def bubble(page: Page, text: str) -> Any:
    """The bubble that says so."""
    return page.locator(".ct-in, .ct-out").filter(has_text=text)


def test_new_words_are_there_within_two_seconds_without_a_reload(sit_down: Any) -> None:
    open_case = make_case(testing.make_resident("สมศรี"))
    desk = sit_down(welfare_officer()).open(open_case)
    expect(desk.locator(".ct-item")).to_have_count(1)
    began = time.monotonic()
    writes(open_case, "ยังรออยู่นะคะ")
    newcomer = make_case(testing.make_resident("บุญมี"), words="ขอถามหน่อยครับ", minutes=0)
    expect(bubble(desk, "ยังรออยู่นะคะ")).to_be_visible()
    expect(desk.locator(f".ct-item[data-pk='{newcomer.pk}']")).to_contain_text("ขอถามหน่อยครับ")
    assert time.monotonic() - began < 2.0 + 0.5, "two seconds, and the browser's own part"
    OutboundMessage.objects.create(
        resident=open_case.resident,
        case=open_case,
        dedupe_key="auto",
        messages=[{"type": "text", "text": "ตอบให้แล้ว"}],
    )
    expect(bubble(desk, "ตอบให้แล้ว")).to_contain_text("รอส่ง")
    OutboundMessage.objects.update(state=State.SENT, changed_at=timezone.now())
    expect(bubble(desk, "ตอบให้แล้ว")).to_contain_text("LINE รับแล้ว")


def test_a_case_from_the_inbox_to_done(sit_down: Any) -> None:
    case = make_case()
    CannedReply.objects.all().delete()
    CannedReply.objects.create(title="วันจ่ายเบี้ย", text="เรียนคุณ{name} เบี้ยออกวันที่ 10 – {officer}")
    CannedReply.objects.create(title="อื่น", text="ไม่ใช่ข้อนี้")
    officer = welfare_officer()
    desk = sit_down(officer).open()
    desk.locator(".ct-item").click()
    expect(desk.locator(".ct-in")).to_contain_text("เบี้ยผู้สูงอายุออกวันไหนคะ")
    desk.get_by_role("button", name="ดำเนินการ", exact=True).click()
    expect(desk.locator(".ct-under")).to_contain_text("ผู้รับผิดชอบ ฉัน")
    expect(desk.get_by_label("โหมดตอบ")).to_have_value("manual")

    desk.get_by_role("button", name="ข้อความสำเร็จรูป").click()
    desk.get_by_label("ค้นหาข้อความสำเร็จรูป").fill("จ่ายเบี้ย")
    expect(desk.locator(".ct-canned button")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(words(desk)).to_have_value(f"เรียนคุณสมศรี เบี้ยออกวันที่ 10 – {officer}")
    desk.locator(".ct-compose input[type=file]").set_input_files(
        {"name": "แบบ.jpg", "mimeType": "image/jpeg", "buffer": testing.picture(800, 600)}
    )
    expect(desk.locator(".ct-thumb img")).to_be_visible()
    words(desk).press("Control+Enter")
    sent = bubble(desk, "เบี้ยออกวันที่ 10")
    expect(sent).to_contain_text(str(officer))
    expect(sent.locator("img")).to_have_js_property("complete", True)
    assert sent.locator("img").evaluate("image => image.naturalWidth") == 480
    expect(words(desk)).to_have_value("")
    assert SharedPicture.objects.count() == 1

    desk.get_by_role("button", name="ดำเนินการแล้ว").click()
    expect(desk.get_by_role("button", name="ใส่ในอินบ็อกซ์")).to_be_visible()
    desk.get_by_role("tab", name="เสร็จสิ้น").click()
    expect(desk.locator(".ct-item")).to_have_count(1)
    case.refresh_from_db()
    assert (case.state, case.mode) == ("done", "auto")


def test_what_was_typed_outlives_a_reload_and_goes_once_sent(sit_down: Any) -> None:
    first, second = make_case(), make_case(testing.make_resident("บุญมี"))
    desk = sit_down(welfare_officer())
    page = desk.open(first)
    words(page).fill("ร่างถึงสมศรี")
    page.locator(f".ct-item[data-pk='{second.pk}']").click()
    expect(words(page)).to_have_value("")
    words(page).fill("ร่างถึงบุญมี")
    page.reload()
    expect(words(page)).to_have_value("ร่างถึงบุญมี")
    expect(page.locator(f".ct-item[data-pk='{first.pk}']")).to_contain_text("มีร่าง")
    page.go_back()
    expect(words(page)).to_have_value("ร่างถึงสมศรี")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    expect(bubble(page, "ร่างถึงสมศรี")).to_be_visible()
    page.reload()
    expect(bubble(page, "ร่างถึงสมศรี")).to_be_visible()
    expect(words(page)).to_have_value("")
    assert (
        page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('chat-draft')).length")
        == 1
    )


def test_a_lost_answer_never_doubles(sit_down: Any) -> None:
    case = make_case()
    desk = sit_down(welfare_officer())
    page = desk.open(case)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.context.route("**/poll/**", lambda route: route.abort())
    page.route("**/answer/", lose, times=1)
    words(page).fill("วันที่ 10 ค่ะ")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    expect(page.locator(".ct-compose .ct-error")).to_contain_text("เชื่อมต่อไม่ได้")
    expect(words(page)).to_have_value("วันที่ 10 ค่ะ")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    expect(words(page)).to_have_value("")
    assert OutboundMessage.objects.count() == 1


def test_the_desk_sees_by_itself_that_a_lost_answer_had_arrived(sit_down: Any) -> None:
    case = make_case()
    page = sit_down(welfare_officer()).open(case)
    page.route("**/answer/", lambda route: (route.fetch(), route.abort()), times=1)
    words(page).fill("วันที่ 10 ค่ะ")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    expect(bubble(page, "วันที่ 10 ค่ะ")).to_be_visible()
    expect(words(page)).to_have_value("")
    assert OutboundMessage.objects.count() == 1


def test_the_session_ends_and_nothing_is_lost(sit_down: Any) -> None:
    case, officer = make_case(), welfare_officer()
    desk = sit_down(officer)
    page = desk.open(case)
    words(page).fill("พรุ่งนี้มาได้เลยค่ะ")
    desk.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="ส่ง", exact=True).click()
    expect(page.locator(".ct-compose .bm-signed-out")).to_contain_text("ท่านออกจากระบบแล้ว")
    expect(words(page)).to_have_value("พรุ่งนี้มาได้เลยค่ะ")
    assert not OutboundMessage.objects.exists()
    tab = desk.context.new_page()
    sign_in(tab, f"{desk.url}/admin/login/", officer)
    expect(tab.locator(".bm-tiles")).to_be_visible()
    page.get_by_role("button", name="ส่ง", exact=True).click()
    expect(bubble(page, "พรุ่งนี้มาได้เลยค่ะ")).to_be_visible()
    assert OutboundMessage.objects.count() == 1


def test_an_idle_desk_asks_to_sign_in_and_goes_on_by_itself(sit_down: Any) -> None:
    case, officer = make_case(), welfare_officer()
    desk = sit_down(officer)
    page = desk.open(case)
    desk.context.clear_cookies(name="sessionid")
    prompt = page.locator(".ct-told .bm-signed-out")
    expect(prompt).to_be_visible()
    with page.expect_popup() as opened:
        prompt.get_by_role("link", name="เข้าสู่ระบบในแท็บใหม่").click()
    tab = opened.value
    sign_in(tab, tab.url, officer)
    expect(tab.locator(".ct-title h2")).to_have_text("สมศรี")
    page.bring_to_front()
    expect(prompt).to_have_count(0)
    writes(case, "มีใครอยู่ไหม")
    expect(bubble(page, "มีใครอยู่ไหม")).to_be_visible()


def test_the_end_is_not_forced_on_who_reads_above(sit_down: Any) -> None:
    case = make_case(words="", minutes=2000)
    for index in range(80):
        say(case, f"คำที่ {index}.", when=timezone.now() - dt.timedelta(minutes=100 - index))
    page = sit_down(welfare_officer()).open(case)
    expect(bubble(page, "คำที่ 79.")).to_be_in_viewport()
    page.locator(".ct-scroll").hover()
    for _ in range(4):
        page.mouse.wheel(0, -200)
        page.wait_for_function("new Promise(done => requestAnimationFrame(() => done(true)))")
    writes(case, "คำใหม่")
    expect(page.locator(".ct-down")).to_be_visible()
    expect(bubble(page, "คำใหม่")).not_to_be_in_viewport()


def test_the_keyboard_walks_the_list_and_answers(sit_down: Any) -> None:
    cases = [make_case(testing.make_resident(name), minutes=m) for name, m in (("ก", 9), ("ข", 5))]
    page = sit_down(welfare_officer()).open()
    expect(page.locator(".ct-item")).to_have_count(2)
    for key in "jjkj":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator(".ct-title h2")).to_have_text("ข")
    expect(page.locator(".ct-in")).to_have_count(1)
    page.keyboard.press("r")
    expect(words(page)).to_be_focused()
    page.keyboard.type("jk/r")
    expect(words(page)).to_have_value("jk/r")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("ก")
    expect(page.locator(".ct-item")).to_have_count(1)
    expect(page.locator(".ct-item")).to_have_attribute("data-pk", str(cases[0].pk))


def test_what_residents_write_is_text_and_nothing_else(sit_down: Any) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3)"
    case = make_case(testing.make_resident(evil), words=evil)
    say(case, kind="location", details={"title": evil, "address": evil})
    say(case, kind="file", details={"file_name": evil})
    page = sit_down(welfare_officer()).open(case)
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    expect(page.locator(".ct-in")).to_have_count(3)
    expect(page.locator(".ct-in").first).to_contain_text("<script>alert(2)</script>")
    expect(page.locator("#chat-resident h3").first).to_have_text(evil)
    assert page.locator("#chat img[src=x]").count() == 0


def test_older_words_come_by_scrolling_up(sit_down: Any) -> None:
    case = make_case(words="", minutes=2000)
    start = timezone.now() - dt.timedelta(minutes=1900)
    for index in range(130):
        say(case, f"คำที่ {index}.", when=start + dt.timedelta(minutes=10 * index))
    page = sit_down(welfare_officer()).open(case)
    expect(bubble(page, "คำที่ 129.")).to_be_in_viewport()
    expect(page.locator(".ct-in")).to_have_count(60)
    for many in (120, 130):
        page.locator(".ct-scroll").evaluate("place => place.scrollTo(0, 0)")
        expect(page.locator(".ct-in")).to_have_count(many)
    said = page.locator(".ct-in .ct-text").all_inner_texts()
    assert said == [f"คำที่ {index}." for index in range(130)]
    assert re.search(r"วัน\S+ที่ \d+ \S+ 25\d\d", page.locator(".ct-day").first.inner_text())
    writes(case, "คำใหม่")
    expect(page.locator(".ct-down")).to_be_visible()
    page.locator(".ct-down").click()
    expect(bubble(page, "คำใหม่")).to_be_in_viewport()


def test_two_officers_at_one_case(sit_down: Any) -> None:
    case = make_case()
    wandee, malee = welfare_officer(), welfare_officer(first_name="มาลี")
    one, other = sit_down(wandee).open(case), sit_down(malee).open(case)
    expect(one.locator(".ct-here")).to_have_text(f"กำลังเปิดอยู่: {malee}")
    words(other).type("กำลังตอบ")
    expect(one.locator(".ct-here")).to_have_text(f"{malee} กำลังพิมพ์ …")
    # A page that has not looked yet presses on what is no more.
    one.context.route("**/poll/**", lambda route: route.abort())
    other.get_by_role("button", name="ดำเนินการ", exact=True).click()
    expect(other.locator(".ct-under")).to_contain_text("ผู้รับผิดชอบ ฉัน")
    one.get_by_role("button", name="ดำเนินการ", exact=True).click()
    expect(one.locator(".ct-told")).to_contain_text("มีผู้อื่นเปลี่ยนสถานะแชตนี้ไปก่อน")
    expect(one.get_by_role("button", name="รับต่อจากมาลี")).to_be_visible()


def test_handing_over_with_a_note(sit_down: Any) -> None:
    case, officer, engineer = make_case(), welfare_officer(), testing.make_engineer()
    page, theirs = sit_down(officer).open(case), sit_down(engineer).open()
    page.get_by_role("button", name="ส่งต่อ").click()
    dialog = page.locator("#chat-dialog")
    dialog.get_by_label("บันทึกถึงผู้รับ").fill("ไฟดับหน้าบ้าน ฝากดูครับ")
    dialog.get_by_role("button", name="ส่งต่อ").click()
    expect(dialog).to_be_visible()  # whom to is still to be said
    page.reload()
    page.get_by_role("button", name="ส่งต่อ").click()
    expect(dialog.get_by_label("บันทึกถึงผู้รับ")).to_have_value("ไฟดับหน้าบ้าน ฝากดูครับ")
    dialog.get_by_label("ส่งต่อถึง").select_option(label="กองช่าง")
    dialog.get_by_role("button", name="ส่งต่อ").click()
    expect(page.locator("#chat-none")).to_contain_text("ส่งต่อแล้ว")
    expect(page.locator(".ct-item")).to_have_count(0)
    theirs.locator(".ct-item.ct-unread").click()
    expect(theirs.locator(".ct-event").filter(has_text="ส่งต่อถึง กองช่าง")).to_contain_text(
        "ไฟดับหน้าบ้าน ฝากดูครับ"
    )


def test_what_was_typed_is_shown_when_the_case_goes_elsewhere(sit_down: Any) -> None:
    case, officer = make_case(), welfare_officer()
    page = sit_down(officer).open(case)
    words(page).fill("กำลังพิมพ์ตอบอยู่")
    testing.make_engineer()  # somebody must read it there
    works = Division.objects.get(slug="engineering")
    workflow.hand_over(case.pk, welfare_officer(first_name="มาลี"), 1, division=works)
    expect(page.locator("#chat-none")).to_contain_text("กำลังพิมพ์ตอบอยู่")
    expect(page.locator("#chat-open")).to_be_hidden()
    assert not OutboundMessage.objects.filter(author=officer).exists()


def test_a_note_is_never_sent(sit_down: Any) -> None:
    case = make_case()
    page = sit_down(welfare_officer()).open(case)
    words(page).fill("ร่างคำตอบ")
    page.get_by_role("button", name="บันทึกภายใน").click()
    expect(words(page)).to_have_value("")
    words(page).fill("โทรหาแล้วไม่รับ")
    page.get_by_role("button", name="บันทึก", exact=True).first.click()
    expect(page.locator(".ct-note")).to_contain_text("โทรหาแล้วไม่รับ")
    expect(words(page)).to_have_value("ร่างคำตอบ")
    expect(page.get_by_role("button", name="ส่ง", exact=True)).to_be_visible()
    assert not OutboundMessage.objects.exists()


def test_quoting_putting_aside_and_trying_again(sit_down: Any) -> None:
    case = make_case()
    dead = send_out(case, state=State.DEAD, last_error="LINE ปฏิเสธ", author=None)
    page = sit_down(welfare_officer()).open(case)
    expect(bubble(page, "LINE ปฏิเสธ")).to_contain_text("ส่งไม่สำเร็จ")
    page.get_by_role("button", name="ส่งอีกครั้ง").click()
    expect(page.get_by_role("button", name="ส่งอีกครั้ง")).to_have_count(0)
    dead.refresh_from_db()
    assert dead.state == State.QUEUED

    page.locator(".ct-in").hover()
    page.get_by_title("ตอบโดยอ้างข้อความนี้").click()
    expect(page.locator(".ct-quoting")).to_contain_text("เบี้ยผู้สูงอายุออกวันไหนคะ")
    words(page).fill("วันที่ 10")
    words(page).press("Control+Enter")
    expect(bubble(page, "วันที่ 10").locator("blockquote")).to_contain_text("เบี้ยผู้สูงอายุ")

    page.get_by_label("เพิ่มเติม").click()
    page.get_by_role("button", name="พักไว้ถึง").click()
    expect(page.get_by_role("button", name="พักไว้ถึง")).to_be_hidden()
    page.get_by_role("button", name="อีก 3 วัน").click()
    page.locator("#chat-dialog").get_by_role("button", name="พักไว้").click()
    expect(page.locator(".ct-under")).to_contain_text("พักไว้ถึง")
    case.refresh_from_db()
    assert case.snoozed_until is not None


def test_labels_and_private_notes_of_the_division(sit_down: Any) -> None:
    case = make_case()
    page = sit_down(welfare_officer()).open(case)
    pane = page.locator("#chat-resident")
    pane.get_by_label("บันทึกส่วนตัว").fill("ลูกสาวเป็นผู้ติดต่อ")
    pane.get_by_label("เพิ่มป้าย").fill("โทรกลับเย็น")
    pane.get_by_role("button", name="เพิ่ม", exact=True).click()
    expect(pane.locator(".ct-labels .bm-chip")).to_contain_text("โทรกลับเย็น")
    expect(pane.get_by_label("บันทึกส่วนตัว")).to_have_value("ลูกสาวเป็นผู้ติดต่อ")
    pane.get_by_role("button", name="บันทึก").click()
    expect(pane.locator(".ct-notes")).to_contain_text("ลูกสาวเป็นผู้ติดต่อ")
    expect(pane.get_by_label("บันทึกส่วนตัว")).to_have_value("")
    pane.get_by_label("เอาป้าย โทรกลับเย็น ออก").click()
    expect(pane.locator(".ct-labels .bm-chip")).to_have_count(0)


def test_chosen_messages_go_to_another_rooms_page(
    sit_down: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_actions", {})
    registry.add_action("try", "สร้างเรื่อง", lambda staff: True, lambda: f"{LIST}canned/")
    case = make_case(words="ข้อแรก", minutes=9)
    second, third = say(case, "ข้อสอง"), say(case, "ข้อสาม")
    page = sit_down(welfare_officer()).open(case)
    page.get_by_label("เพิ่มเติม").click()
    page.get_by_role("button", name="เลือกข้อความเพื่อสร้างเรื่อง").click()
    for row in (second, third):
        page.locator(f".ct-pick[value='{row.pk}']").check()
    writes(case, "มาใหม่")
    expect(bubble(page, "มาใหม่")).to_be_visible()
    expect(page.locator(".ct-pick:checked")).to_have_count(2)
    page.get_by_role("link", name="สร้างเรื่อง").click()
    page.wait_for_url(f"**/canned/?case={case.pk}&messages={second.pk},{third.pk}")


def test_a_picture_is_shown_large(sit_down: Any) -> None:
    case = make_case()
    name = default_storage.save("chat/a.jpg", ContentFile(testing.picture(600, 400)))
    MessageContent.objects.create(
        message=say(case, kind="image"),
        token="p" * 40,
        state="stored",
        file=name,
        thumbnail=name,
        content_type="image/jpeg",
        width=600,
        height=400,
    )
    page = sit_down(welfare_officer()).open(case)
    page.locator(".ct-picture").click()
    expect(page.locator("#chat-viewer img")).to_be_visible()
    assert page.locator("#chat-viewer img").evaluate("image => image.naturalWidth") == 600
    page.keyboard.press("Escape")
    expect(page.locator("#chat-viewer img")).to_be_hidden()


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_three_columns_fit_a_laptop(sit_down: Any) -> None:
    name = "คุณแม่น้องปลาทู" * 10
    case = make_case(testing.make_resident(name), words="ก" * 600)
    page = sit_down(welfare_officer()).open(case)
    expect(page.locator("#chat-resident .ct-person")).to_be_visible()
    assert sideways(page) <= 0
    box = page.locator(".ct").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= LAPTOP["height"]


def test_three_screens_on_a_phone(sit_down: Any) -> None:
    case = make_case(testing.make_resident("คุณแม่น้องปลาทู" * 10), words="ก" * 600)
    page = sit_down(welfare_officer(), PHONE, has_touch=True, is_mobile=True).open()
    page.locator(".ct-item").tap()
    expect(page.locator(".ct-in")).to_be_visible()
    expect(page.locator(".ct-list")).to_be_hidden()
    assert sideways(page) <= 0
    send = page.get_by_role("button", name="ส่ง", exact=True).bounding_box()
    assert send is not None
    assert send["y"] + send["height"] <= PHONE["height"]
    page.get_by_role("button", name="ข้อมูลประชาชน").tap()
    expect(page.locator("#chat-resident .ct-person")).to_be_visible()
    assert sideways(page) <= 0
    page.go_back()
    expect(words(page)).to_be_visible()
    expect(page.locator("#chat-resident .ct-person")).to_be_hidden()
    page.go_back()
    expect(page.locator(".ct-list")).to_be_visible()
    expect(words(page)).to_be_hidden()
    assert ChatCase.objects.get(pk=case.pk).read_at is not None


def test_empty_lists_say_what_will_come(sit_down: Any) -> None:
    case = make_case()
    officer = welfare_officer()
    workflow.finish(case.pk, officer, 1)
    page = sit_down(officer).open()
    expect(page.locator(".ct-nothing")).to_contain_text("จะแสดงที่นี่")
    page.get_by_label("ค้นหาชื่อใน LINE").fill("ไม่มีใคร")
    expect(page.locator(".ct-nothing")).to_contain_text("ไม่พบแชต")
    page.get_by_label("ค้นหาชื่อใน LINE").fill("สมศรี")
    expect(page.locator(".ct-nothing")).to_contain_text("พบในแท็บ เสร็จสิ้น 1")


def test_a_colleague_at_the_same_computer_reads_no_draft(sit_down: Any) -> None:
    case, next_one = make_case(), welfare_officer(first_name="มาลี")
    desk = sit_down(welfare_officer())
    words(desk.open(case)).fill("ของวันดี")
    desk.context.clear_cookies()
    sign_in(desk.page, f"{desk.url}/admin/login/", next_one)
    expect(desk.page.locator(".bm-tiles")).to_be_visible()
    page = desk.open(case)
    expect(page.locator(".ct-in")).to_be_visible()
    expect(words(page)).to_have_value("")


def test_a_desk_that_cannot_reach_us_says_so_and_goes_on(sit_down: Any) -> None:
    case = make_case()
    desk = sit_down(welfare_officer())
    page = desk.open(case)
    desk.context.set_offline(True)
    expect(page.locator(".ct-lost")).to_be_visible()
    words(page).fill("พิมพ์ระหว่างหลุด")
    desk.context.set_offline(False)
    writes(case, "กลับมาแล้ว")
    expect(bubble(page, "กลับมาแล้ว")).to_be_visible()
    expect(page.locator(".ct-lost")).to_be_hidden()
    expect(words(page)).to_have_value("พิมพ์ระหว่างหลุด")


def test_the_head_takes_two_rows_on_a_laptop_and_its_menu_closes(sit_down: Any) -> None:
    case = make_case(testing.make_resident("นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา"))
    officer = welfare_officer()
    workflow.take(case.pk, officer, case.version)
    page = sit_down(officer).open(case)
    menu = page.locator(".ct-rare details")
    expect(page.get_by_label("โหมดตอบ")).to_have_value("manual")
    height, offset = page.locator("#chat-open .ct-head").evaluate(
        "head => [head.offsetHeight, head.scrollWidth - head.clientWidth]"
    )
    assert height < 95
    assert offset == 0
    page.get_by_label("เพิ่มเติม").click()
    expect(page.get_by_role("button", name="เลิกดำเนินการ")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    page.get_by_label("เพิ่มเติม").click()
    page.locator(".ct-scroll").click()
    expect(menu).not_to_have_attribute("open", "")
    page.get_by_label("เพิ่มเติม").click()
    page.get_by_role("button", name="เลิกดำเนินการ").click()
    expect(page.get_by_role("button", name="ดำเนินการ", exact=True)).to_be_visible()


def test_a_long_conversation_opens_at_its_newest_words(sit_down: Any) -> None:
    case = make_case()
    for number in range(40):
        say(case, f"ข้อที่ {number} ยังรออยู่นะคะ แม่ไปธนาคารแล้ว พนักงานบอกว่าเงินยังไม่เข้า")
    page = sit_down(welfare_officer()).open(case)
    end = "scroll => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight"
    expect(bubble(page, "ข้อที่ 39")).to_be_in_viewport()
    assert page.locator(".ct-scroll").evaluate(end) <= 1
    words(page).fill("หลาย\nบรรทัด\nที่\nทำ\nให้\nช่อง\nสูง\nขึ้น")
    expect(bubble(page, "ข้อที่ 39")).to_be_in_viewport()
    page.set_viewport_size({"width": 1100, "height": 560})
    expect(bubble(page, "ข้อที่ 39")).to_be_in_viewport()


def test_a_telephone_that_is_not_known_takes_its_label_with_it(sit_down: Any) -> None:
    case = make_case()
    CannedReply.objects.all().delete()
    CannedReply.objects.create(title="เชิญ", text="เชิญที่{division} โทร. {phone}")
    Division.objects.update(phone="")
    Municipality.objects.update(phone="")
    page = sit_down(welfare_officer()).open(case)
    page.get_by_role("button", name="ข้อความสำเร็จรูป").click()
    page.locator(".ct-canned button").click()
    expect(words(page)).to_have_value("เชิญที่กองสวัสดิการสังคม")


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_a_banner_above_pushes_no_button_out_of_sight(sit_down: Any, size: dict[str, int]) -> None:
    page = sit_down(welfare_officer(), size).open(make_case())
    page.evaluate("""() => document.getElementById("chat").insertAdjacentHTML(
        "beforebegin", "<p class='bm-banner' style='height: 3.5rem'>ข้อความจากระบบ</p>")""")
    expect(page.get_by_role("button", name="ส่ง", exact=True)).to_be_in_viewport(ratio=1)
    rest = "document.documentElement.scrollHeight - innerHeight"
    assert page.evaluate(rest) <= 0
