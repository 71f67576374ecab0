"""The clerk's queue in a real browser on a small laptop, by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from bannmae import testing
from bannmae.tests.browser import chromium
from payments import receipts, workflow
from payments.garbage import register
from payments.models import PaymentNotice, Receipt, Revenue, Status
from payments.tests.books_desk import DAY
from payments.tests.cast import claimed, confirmation, draft, revenue, today
from payments.tests.queue_desk import LIST, page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("payments browser"),
]
PATIENCE = 15_000  # ms


@pytest.fixture
def desk(live_server: Any) -> Iterator[Page]:
    """A clerk who is signed in; at the end no script has failed and no rule was broken."""
    clerk = testing.make_finance_clerk()
    wrong: list[str] = []

    def heard(message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    with chromium() as browser:
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, locale="th-TH", timezone_id="Asia/Bangkok"
        )
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", heard)
        tab.goto(f"{live_server.url}/admin/login/?next={LIST}")
        tab.fill("[name=username]", clerk.username)
        tab.fill("[name=password]", testing.PASSWORD)
        with tab.expect_navigation():
            tab.click("#login-form button")
        yield tab
        context.close()
    assert wrong == []


def at(notice: PaymentNotice) -> re.Pattern[str]:
    """The address of a notice's page."""
    return re.compile(f"{page(notice)}$")


def test_clerk_works_through_the_queue_by_keyboard(desk: Page, live_server: Any) -> None:
    somsri = testing.make_resident()
    notices = [
        claimed(somsri, payer_name=f"ผู้ชำระคนที่{index}", paid_at=timezone.now())
        for index in range(17)
    ]
    first, second, third, fourth = notices[:4]

    # Fifteen of them stand above the foot.
    desk.goto(f"{live_server.url}{LIST}")
    rows = desk.locator("#result_list tbody tr")
    expect(rows).to_have_count(17)
    foot, fifteenth = desk.locator(".bm-pages").bounding_box(), rows.nth(14).bounding_box()
    assert foot is not None
    assert fifteenth is not None
    assert fifteenth["y"] + fifteenth["height"] <= foot["y"]
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url(at(first))

    # The slip turns and grows; everything that is needed is in sight.
    desk.keyboard.press("]")
    desk.keyboard.press("+")
    picture = desk.locator(".pay-stage img")
    expect(picture).to_have_attribute("style", re.compile(r"rotate\(90deg\) scale\(1\.\d+\)"))
    for selector in (".pay-stage", "[data-issue]", "[name=line_amount]"):
        expect(desk.locator(selector)).to_be_in_viewport()

    # A second line is added, and the total follows; a third goes again.
    desk.focus("[name=line_surcharge]")
    desk.keyboard.press("Enter")
    desk.keyboard.type("ภาษีป้าย")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    desk.keyboard.type("๑๐๐.50")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    desk.keyboard.type("ผิด")
    desk.keyboard.press("Control+Delete")
    expect(desk.locator("[name=line_text]")).to_have_count(2)
    expect(desk.locator("[data-total]")).to_have_text("1,351.00")
    expect(desk.locator(".pay-differs")).to_be_visible()

    # What was typed outlives a reload.
    desk.reload()
    expect(desk.locator("[data-total]")).to_have_text("1,351.00")

    # The receipt is shown before it is issued; then comes the next one.
    desk.keyboard.press("i")
    expect(desk.locator("[data-dialog]")).to_contain_text("หนึ่งพันสามร้อยห้าสิบเอ็ดบาทถ้วน")
    desk.keyboard.press("Enter")
    desk.wait_for_url(at(second))
    expect(desk.locator("#page")).to_contain_text("ออกใบเสร็จ เล่มที่")
    assert Receipt.objects.get().total == Decimal("1351.00")

    # A question, with what she will read beside it.
    desk.keyboard.press("r")
    desk.keyboard.type("บ้านเลขที่เท่าใด")
    expect(desk.locator("[data-shows=ask]")).to_contain_text("บ้านเลขที่เท่าใด")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_url(at(third))
    second.refresh_from_db()
    assert second.asked == "บ้านเลขที่เท่าใด"

    # Confirmed by one key; back and forth by two.
    desk.keyboard.press("c")
    desk.wait_for_url(at(fourth))
    third.refresh_from_db()
    assert third.status == Status.CONFIRMED
    desk.keyboard.press("k")
    desk.wait_for_url(at(third))
    desk.keyboard.press("j")
    desk.wait_for_url(at(fourth))

    desk.keyboard.press("/")
    desk.wait_for_url(re.compile(r"#searchbar$"))
    desk.keyboard.type("คนที่9")
    desk.keyboard.press("Enter")
    expect(rows).to_have_count(1)


def test_another_household_brings_its_own_name_and_leaves_no_line_of_the_first(
    desk: Page, live_server: Any
) -> None:
    clerk = testing.make_finance_clerk()
    for house_no, owner in (("7", "นายเจ็ด ผิดบ้าน"), ("45", "นางคำปุน แสนดี")):
        entry = register.Entry(house_no, 3, owner, today().replace(day=1))
        register.add(entry, Decimal("30.00"), clerk)
    desk.goto(f"{live_server.url}{LIST}add/")
    desk.select_option("[name=revenue]", str(revenue("garbage_fee").pk))
    nobody = desk.locator("[data-none]")
    expect(nobody).to_be_visible()

    for number, owner in (("7", "นายเจ็ด ผิดบ้าน"), ("45", "นางคำปุน แสนดี")):
        desk.fill("#pay-household-search", number)
        desk.click(f"#pay-household-found button:has-text('{owner}')")
        expect(desk.locator("[name=payer_name]")).to_have_value(owner)
        expect(desk.locator("[name=payer_address]")).to_have_value(f"{number} หมู่ที่ 3")
        expect(nobody).to_be_hidden()
        expect(desk.locator("[name=line_amount]")).to_have_value("")
        desk.select_option("[data-months] select", "1")
        expect(desk.locator("[name=line_text]")).to_have_value(re.compile(f"บ้านเลขที่ {number} "))
        if number == "7":
            desk.click("[data-change]")

    # A name that was typed stays hers.
    desk.fill("[name=payer_name]", "ลูกสาวของนางคำปุน")
    desk.click("[data-change]")
    expect(nobody).to_be_visible()
    desk.fill("#pay-household-search", "7")
    desk.click("#pay-household-found button:has-text('นายเจ็ด')")
    expect(desk.locator("[name=payer_address]")).to_have_value("7 หมู่ที่ 3")
    expect(desk.locator("[name=payer_name]")).to_have_value("ลูกสาวของนางคำปุน")


def test_money_at_the_counter_is_looked_at_before_its_receipt_by_keyboard_alone(
    desk: Page, live_server: Any
) -> None:
    land, sign, garbage = (
        str(revenue(slug).pk) for slug in ("land_building_tax", "signboard_tax", "garbage_fee")
    )
    elaas = str(revenue("other", Revenue.Mode.ELAAS).pk)
    desk.goto(f"{live_server.url}{LIST}add/")
    text, period = desk.locator("[name=line_text]"), desk.locator("[name=line_period]")
    kind, dialog = desk.locator("[name=revenue]"), desk.locator("[data-dialog]")
    this_year = f"ปี {today().year + 543}"

    expect(kind).to_be_focused()

    # The year of a yearly tax is there, follows the kind, and stays as it is corrected.
    kind.select_option(sign)
    expect(period).to_have_value(this_year)
    kind.select_option(garbage)
    expect(period).to_have_value("")
    kind.select_option(land)
    expect(text).to_have_value("ภาษีที่ดินและสิ่งปลูกสร้าง")
    expect(period).to_have_value(this_year)
    period.fill("ปี 2568–2569")
    kind.select_option(sign)
    expect(period).to_have_value("ปี 2568–2569")

    # The button says what it does; what is no amount for the server is none here.
    button = desk.locator("[data-issue]")
    kind.select_option(elaas)
    expect(button).to_have_text("รับชำระ แล้วบันทึกเลขที่จาก e-LAAS")
    kind.select_option(land)
    expect(button).to_have_text("รับชำระและออกใบเสร็จ")
    desk.fill("[name=line_amount]", "12,50")
    expect(desk.locator("[data-total]")).to_have_text("0.00")

    desk.fill("[name=payer_name]", "นายบุญมี มีทรัพย์")
    desk.fill("[name=line_amount]", "1,250.50")
    # Enter in a field presses the button; held down it looks, and issues nothing.
    go = desk.locator("[data-go]")
    desk.focus("[name=payer_name]")
    desk.keyboard.down("Enter")
    expect(dialog).to_contain_text("หนึ่งพันสองร้อยห้าสิบบาทห้าสิบสตางค์")
    expect(dialog).to_contain_text("1,250.50")
    expect(go).to_be_focused()
    desk.keyboard.down("Enter")
    expect(dialog).to_be_visible()
    desk.keyboard.up("Enter")

    # Closed, nothing that was typed is lost; without a connection nothing is issued unseen.
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(desk.locator("[data-issue]")).to_be_focused()
    expect(desk.locator("[name=payer_name]")).to_have_value("นายบุญมี มีทรัพย์")
    expect(period).to_have_value("ปี 2568–2569")
    desk.route("**/add/preview/", lambda route: route.abort())
    desk.keyboard.press("Enter")
    expect(dialog).to_contain_text("ยังไม่มีอะไรถูกบันทึก")
    expect(go).to_be_hidden()
    desk.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    desk.unroute("**/add/preview/")
    assert not PaymentNotice.objects.exists()

    desk.keyboard.press("Enter")
    expect(go).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator("#page")).to_contain_text("รับชำระแล้ว เล่มที่")
    receipt = Receipt.objects.get()
    assert (receipt.total, receipt.lines.get().period) == (Decimal("1250.50"), "ปี 2568–2569")

    # Printing is the next key.
    expect(desk.locator("[data-print]")).to_be_focused()

    # However many lines it has, the receipt's buttons are in sight.
    desk.goto(f"{live_server.url}{LIST}add/")
    kind.select_option(land)
    desk.fill("[name=payer_name]", "นายบุญมี มีทรัพย์")
    for _ in range(23):
        desk.click("[data-add-line]")
    for name, value in (("text", "ภาษีที่ดิน"), ("amount", "10")):
        desk.eval_on_selector_all(
            f"[name=line_{name}]",
            "(all, value) => all.forEach((one) => (one.value = value))",
            value,
        )
    desk.click("[data-issue]")
    expect(go).to_be_in_viewport(ratio=1)
    words = dialog.get_by_text("สองร้อยสี่สิบบาทถ้วน")
    expect(words).to_be_in_viewport(ratio=1)
    desk.locator("[data-shows=receipt] .pay-paper-title").scroll_into_view_if_needed()
    expect(go).to_be_in_viewport(ratio=1)
    expect(words).to_be_in_viewport(ratio=1)
    box, foot = words.bounding_box(), go.bounding_box()
    assert box is not None
    assert foot is not None
    assert box["y"] + box["height"] <= foot["y"]
    # On a phone it is read without turning it.
    desk.set_viewport_size({"width": 390, "height": 800})
    paper = dialog.locator(".pay-paper")
    assert paper.evaluate("(paper) => paper.scrollWidth <= paper.clientWidth")
    first = paper.locator("tbody td").first.bounding_box()
    assert first is not None
    assert first["width"] > 80
    desk.set_viewport_size({"width": 1366, "height": 768})
    desk.keyboard.press("Escape")
    desk.click("[data-cancel]")

    # What is missing is told on the page, without a look at half a receipt.
    desk.goto(f"{live_server.url}{LIST}add/")
    kind.select_option(land)
    desk.focus("[name=payer_name]")
    desk.keyboard.press("Enter")
    expect(desk.locator("#pay-errors")).to_contain_text("โปรดระบุชื่อผู้ชำระ")
    expect(period).to_have_value(this_year)


def test_the_house_that_a_payer_names_is_found_without_typing(desk: Page, live_server: Any) -> None:
    for house_no in ("12", "112"):
        entry = register.Entry(house_no, 3, f"บ้าน {house_no}", today().replace(day=1))
        register.add(entry, Decimal("30.00"), testing.make_finance_clerk())
    kind = revenue("garbage_fee")
    notice = claimed(testing.make_resident(), revenue=kind, reference="12 หมู่ 3")
    desk.goto(f"{live_server.url}{page(notice)}")

    desk.focus("#pay-household-search")
    expect(desk.locator("#pay-household-found button").first).to_contain_text("12 หมู่ที่ 3 บ้าน 12")
    desk.keyboard.press("Enter")

    expect(desk.locator("[data-chosen]")).to_contain_text("12 หมู่ที่ 3 บ้าน 12")


def test_a_question_half_typed_is_in_sight_again_after_a_reload(
    desk: Page, live_server: Any
) -> None:
    notice = claimed(testing.make_resident())
    desk.goto(f"{live_server.url}{page(notice)}")
    desk.keyboard.press("r")
    desk.keyboard.type("บ้านเลขที่เท่าใด")

    desk.reload()

    expect(desk.locator("[name=ask_text]")).to_be_visible()
    expect(desk.locator("[name=ask_text]")).to_have_value("บ้านเลขที่เท่าใด")


def test_all_confirmed_ones_are_issued_with_a_bar(desk: Page, live_server: Any) -> None:
    somsri = testing.make_resident()
    clerk = testing.make_finance_clerk()
    for _ in range(12):
        notice = claimed(somsri, slip=False)
        workflow.confirm(notice.pk, clerk, notice.version, confirmation())
    desk.goto(f"{live_server.url}{LIST}issue-all/")
    desk.uncheck("tbody tr:nth-child(3) input")
    PaymentNotice.objects.filter(pk=notice.pk).update(version=99)

    desk.dblclick("#pay-batch button")

    status = desk.locator("[data-status]")
    expect(status).to_contain_text("ออกใบเสร็จแล้ว 10 รายการ")
    expect(status).to_contain_text("ออกไม่ได้ 1 รายการ")
    expect(desk.locator("tbody tr").last).to_contain_text("มีผู้อื่นแก้ไขแล้ว")
    assert sorted(Receipt.objects.values_list("leaf", flat=True)) == list(range(1, 11))


def test_what_a_colleague_changed_is_taken_over_by_one_press(desk: Page, live_server: Any) -> None:
    notice = claimed(testing.make_resident())
    head = testing.make_finance_head()
    desk.goto(f"{live_server.url}{page(notice)}")
    workflow.edit(
        notice.pk, head, notice.version, payer_name="นางสมศรี ใจงาม", amount=Decimal("1300.00")
    )
    desk.fill("[name=payer_name]", "น.ส.สมศรี ใจดี")
    desk.fill("[name=payer_address]", "99 หมู่ที่ 9")
    desk.keyboard.press("Escape")
    desk.keyboard.press("c")

    # Of the folded part too; what nobody else has changed shows nothing.
    stands = desk.locator(".pay-stands")
    expect(stands).to_have_count(2)
    expect(stands.first).to_contain_text("ตอนนี้: นางสมศรี ใจงาม")
    expect(stands.last).to_contain_text("1,300.00")
    expect(stands.last).to_be_visible()
    desk.focus("[data-field=amount] [data-take]")
    desk.keyboard.press("Enter")
    expect(desk.locator("[name=amount]")).to_have_value("1300.00")
    expect(desk.locator("[name=amount]")).to_be_focused()
    expect(stands).to_have_count(1)

    # What a choice does not have empties nothing.
    desk.evaluate(
        """() => {
          const field = document.querySelector("[data-field=method]");
          const note = document.querySelector(".pay-stands").cloneNode(true);
          note.querySelector("[data-take]").dataset.take = "gone";
          field.append(note);
        }"""
    )
    desk.click("[data-field=method] [data-take]")
    expect(desk.locator("[data-field=method] [data-take]")).to_have_count(0)
    expect(desk.locator("[data-field=method] .pay-stands")).to_be_visible()
    expect(desk.locator("[name=method]")).to_have_value("transfer")

    # Where the receipt cannot be shown, the way without it is told.
    desk.route("**/preview/", lambda route: route.abort())
    desk.click("[data-issue]")
    expect(desk.locator("[data-dialog]")).to_contain_text("กด “ยืนยัน” ก่อน")
    desk.keyboard.press("Escape")
    desk.unroute("**/preview/")

    desk.click(".pay-main button[value=save]")
    expect(desk.locator("#page")).to_contain_text("บันทึกข้อมูลแล้ว")
    after = PaymentNotice.objects.get()
    assert (after.payer_name, after.payer_address) == ("น.ส.สมศรี ใจดี", "99 หมู่ที่ 9")
    assert after.amount == Decimal("1300.00")


def test_a_number_of_another_system_is_read_whole_on_the_days_page(
    desk: Page, live_server: Any
) -> None:
    kind = draft(slug="other")
    revenue("other", Revenue.Mode.ELAAS)
    elaas = receipts.Elaas("0012", "RC-000345/2570", "elaas.pdf")
    receipts.issue(kind, testing.make_finance_clerk(), elaas=elaas)

    desk.goto(f"{live_server.url}{DAY}")

    cell = desk.locator("td", has_text="RC-000345/2570")
    expect(cell).to_be_visible()
    assert cell.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")
