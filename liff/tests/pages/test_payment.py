"""Telling of a payment: nothing typed is lost, one tap makes one notice, each state is shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect

from bannmae.models import Municipality, Staff
from bannmae.testing import make_complaint, make_finance_clerk, picture
from chatops.models import Resident
from liff.tests.pages.phone import Phone, file_named, heading, next_step, overflow, sent
from liff.tests.payments_cast import asked_to_pay, finance_clerk, notice_of, receipted
from payments import requests, workflow
from payments.models import PaymentNotice
from payments.tests import assessment_cast as cast

pytestmark = pytest.mark.django_db(transaction=True)
LAST_BUTTON = "ส่งหลักฐานการชำระเงิน"


def pick(page: Page, *names: str) -> None:
    """Pick slips."""
    page.set_input_files("#slip-input", [file_named(name, picture()) for name in names])
    expect(page.get_by_text(f"ส่งภาพแล้ว {len(names)} จาก {len(names)} ภาพ")).to_be_visible()


def to_review(page: Page) -> None:
    """Fill in a land tax, up to the last look."""
    heading(page, "แจ้งชำระเงิน")
    next_step(page)
    pick(page, "slip.jpg")
    next_step(page)
    from_kind_to_review(page)


def from_kind_to_review(page: Page) -> None:
    """Fill in a land tax, but its slip."""
    page.get_by_role("radio", name="ภาษีที่ดินและสิ่งปลูกสร้าง").check()
    next_step(page)
    page.get_by_label("จำนวนเงินที่โอน").fill("๑,๒๕๐.๕๐")
    next_step(page)
    page.get_by_label("ชื่อผู้ชำระ").fill("สมศรี ใจดี")
    page.get_by_label("เบอร์โทรศัพท์").fill("081-234-5678")
    next_step(page)
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")


def test_a_payment_goes_from_the_page_to_the_office(phone: Phone, somsri: Resident) -> None:
    make_complaint(somsri)
    profile = Municipality.get_solo()
    profile.payment_instructions = "ธนาคารกรุงไทย 123-4-56789-0\nเทศบาลตำบลบ้านแม"
    profile.save()
    page = phone.open("/payment")
    heading(page, "แจ้งชำระเงิน")
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="คัดลอก 123-4-56789-0").click()
    expect(page.get_by_text("คัดลอกแล้ว")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "1234567890"
    next_step(page)
    heading(page, "ภาพสลิปการโอนเงิน")
    expect(page.get_by_text("ขั้นตอนที่ 1 จาก 5")).to_be_visible()
    next_step(page)
    expect(page.locator("#summary")).to_contain_text("กรุณาแนบภาพสลิปอย่างน้อย 1\u00a0ภาพ")
    pick(page, "a.jpg", "b.jpg")
    next_step(page)
    heading(page, "ชำระค่าอะไร")
    next_step(page)
    expect(page.locator("#summary")).to_contain_text("กรุณาเลือกว่าชำระค่าอะไร")
    page.get_by_role("radio", name="ค่าเก็บขยะ").check()
    next_step(page)
    heading(page, "ของเดือนไหน เท่าไร")
    page.locator("#months-year").select_option("2569")
    page.get_by_role("checkbox", name="ตุลาคม 2569").check()
    page.get_by_role("checkbox", name="พฤศจิกายน 2569").check()
    page.get_by_label("บ้านเลขที่และหมู่ที่").fill("12 หมู่ 3")
    page.get_by_label("จำนวนเงินที่โอน").fill("แปดสิบ")
    next_step(page)
    expect(page.locator("#amount-error")).to_have_text("จำนวนเงินต้องเป็นตัวเลข เช่น 1,250.50")
    page.get_by_label("จำนวนเงินที่โอน").fill("๘๐ บาท")
    # A phone that runs out of memory behind its camera starts the page anew.
    page.reload()
    heading(page, "ของเดือนไหน เท่าไร")
    expect(page.get_by_text("เลือก 2 เดือน: ต.ค.–พ.ย. 69")).to_be_visible()
    next_step(page)
    heading(page, "ออกใบเสร็จในชื่อใคร")
    expect(page.get_by_label("ชื่อผู้ชำระ")).to_have_value("สมศรี ใจดี")
    expect(page.get_by_label("เบอร์โทรศัพท์")).to_have_value("0812345678")
    page.go_back()
    heading(page, "ของเดือนไหน เท่าไร")
    page.go_forward()
    next_step(page)
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    expect(page.locator("#review")).to_contain_text("80.00 บาท")
    assert overflow(page) == 0
    page.reload()
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    page.get_by_role("button", name=LAST_BUTTON).dblclick()
    number = sent(page)
    expect(page.locator("#sent")).to_contain_text("สลิปยังไม่ใช่ใบเสร็จรับเงิน")
    assert page.evaluate("Object.keys(localStorage)") == []

    notice = PaymentNotice.objects.get()
    assert notice.number == number
    assert notice.revenue is not None
    assert notice.revenue.slug == "garbage_fee"
    assert notice.months == ["2026-10", "2026-11"]
    assert (notice.amount, notice.reference) == (Decimal("80"), "12 หมู่ 3")
    assert (notice.payer_name, notice.phone) == ("สมศรี ใจดี", "0812345678")
    assert notice.slips.count() == 2
    page.get_by_role("link", name="ดูสถานะ").click()
    heading(page, "ค่าเก็บขยะ 80.00 บาท")
    expect(page.locator(".steps")).to_contain_text("ได้รับหลักฐานแล้ว")


def send_and_lose_the_answer(page: Page) -> None:
    """Press the last button, let it arrive and its answer not, and close the window."""

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
        route.abort()

    page.route("**/api/v1/payment-notices", lose)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name=LAST_BUTTON).click()
    page.close()


def test_a_lost_answer_and_a_closed_window_make_one_payment(phone: Phone) -> None:
    page = phone.open("/payment")
    expect(page.locator("#mine .skeleton")).to_have_count(0)
    to_review(page)

    send_and_lose_the_answer(page)
    first = PaymentNotice.objects.get()
    page = phone.open("/payment")
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text(first.number)
    question.get_by_role("button", name="ดูรายการนี้").click()
    heading(page, "ภาษีที่ดินและสิ่งปลูกสร้าง 1,250.50 บาท")
    assert PaymentNotice.objects.count() == 1


def test_nothing_is_sent_without_a_slip_however_slow_it_is(phone: Phone) -> None:
    page = phone.open("/payment")
    heading(page, "แจ้งชำระเงิน")
    held: list[Route] = []
    page.route("**/api/v1/photos", lambda route: held.append(route))
    next_step(page)
    page.set_input_files("#slip-input", [file_named("slip.jpg", picture())])
    expect(page.locator(".photo-uploading")).to_be_visible()
    next_step(page)
    from_kind_to_review(page)
    page.get_by_role("button", name=LAST_BUTTON).click()
    expect(page.get_by_text("กำลังรอภาพ…")).to_be_visible()
    held.pop().fulfill(status=415, json={})
    heading(page, "ภาพสลิปการโอนเงิน")
    expect(page.get_by_text("รองรับเฉพาะรูปภาพ JPEG")).to_be_visible()
    page.unroute("**/api/v1/photos")
    page.get_by_role("button", name="ลบภาพที่ 1").click()
    pick(page, "right.jpg")
    next_step(page)
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    page.get_by_role("button", name=LAST_BUTTON).click()
    sent(page)
    assert PaymentNotice.objects.get().slips.count() == 1


def test_what_the_office_refuses_is_told_at_its_step(phone: Phone) -> None:
    page = phone.open("/payment")
    to_review(page)
    page.route(
        "**/api/v1/payment-notices",
        lambda route: route.fulfill(
            status=400, json={"slips": {"0": ["ไม่พบภาพบางภาพ"]}, "phone": ["เบอร์ไม่ถูกต้อง"]}
        ),
    )
    page.get_by_role("button", name=LAST_BUTTON).click()
    heading(page, "ภาพสลิปการโอนเงิน")
    expect(page.locator("#slip-error")).to_have_text("ไม่พบภาพบางภาพ")
    expect(page.locator("#summary")).to_contain_text("เบอร์ไม่ถูกต้อง")
    page.unroute("**/api/v1/payment-notices")
    page.route("**/api/v1/payment-notices", lambda route: route.fulfill(status=409, json={}))
    next_step(page)
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    page.get_by_role("button", name=LAST_BUTTON).click()
    question = page.get_by_role("alertdialog", name="หลักฐานนี้ส่งถึงแล้ว")
    question.get_by_role("button", name="แจ้งอีกรายการหนึ่ง").click()
    heading(page, "แจ้งชำระเงิน")


def test_she_sees_where_each_payment_stands_and_all_her_receipts(
    phone: Phone, somsri: Resident, neighbour: Resident
) -> None:
    clerk = finance_clerk()
    notice_of(neighbour, payer_name="เพื่อนบ้าน")
    paid = notice_of(somsri, revenue="land_building_tax", fiscal_year=2569)
    receipt = receipted(paid, clerk)
    turned_down = notice_of(somsri)
    workflow.reject(turned_down.pk, clerk, 1, "ไม่พบยอดเงินนี้ในบัญชี")
    waiting = notice_of(somsri)
    workflow.ask(waiting.pk, clerk, 1, "ขอเลขที่บ้าน")
    PaymentNotice.objects.filter(pk=waiting.pk).update(slip_again=True)

    page = phone.open("/payment")
    rows = page.locator("#mine .case")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("รอภาพสลิป")
    expect(rows.nth(0)).to_contain_text("เจ้าหน้าที่ขอข้อมูลเพิ่ม")
    expect(rows.nth(1)).to_contain_text("ตรวจสอบไม่ผ่าน โปรดติดต่อกองคลัง")
    expect(rows.nth(2)).to_contain_text("ออกใบเสร็จรับเงินแล้ว")
    link = page.locator(".receipts").get_by_role("link")
    expect(link).to_have_attribute("href", f"{phone.site}/receipts/{receipt.token}.pdf")
    assert overflow(page) == 0

    rows.nth(0).click()
    expect(page.get_by_text("ยังไม่มีภาพสลิปของรายการนี้")).to_be_visible()
    assert overflow(page) == 0
    page.get_by_role("link", name="การชำระเงินของฉัน").click()
    rows.nth(1).click()
    heading(page, "ค่าเก็บขยะ 80.00 บาท")
    expect(page.get_by_text("ไม่พบยอดเงินนี้ในบัญชี").first).to_be_visible()
    page.get_by_role("link", name="การชำระเงินของฉัน").click()
    rows.nth(2).click()
    heading(page, "ภาษีที่ดินและสิ่งปลูกสร้าง 80.00 บาท")
    expect(page.locator(".steps > li")).to_have_count(3)
    expect(page.get_by_text(str(receipt)).first).to_be_visible()

    phone.open(f"/payment/{PaymentNotice.objects.order_by('pk')[0].number}", page=page)
    heading(page, "ไม่พบรายการนี้ในการชำระเงินของท่าน")


def test_the_form_begins_with_what_the_office_asked_her_to_pay(
    phone: Phone, somsri: Resident, neighbour: Resident
) -> None:
    clerk = make_finance_clerk()
    asked = asked_to_pay(somsri, clerk)
    page = phone.open(f"/payment?request={asked.number}")
    heading(page, "แจ้งชำระเงิน")
    told = page.locator("#asked")
    expect(told).to_contain_text("ค่าเก็บขยะ ม.ค.–มี.ค. 2569")
    expect(told).to_contain_text("450.00 บาท")
    assert overflow(page) == 0
    next_step(page)
    pick(page, "slip.jpg")
    next_step(page)
    expect(page.get_by_role("radio", name="ค่าเก็บขยะ")).to_be_checked()
    next_step(page)
    heading(page, "ของเดือนไหน เท่าไร")
    expect(page.get_by_text("เลือก 3 เดือน: ม.ค.–มี.ค. 69")).to_be_visible()
    expect(page.get_by_label("จำนวนเงินที่โอน")).to_have_value("450.00")
    page.get_by_label("จำนวนเงินที่โอน").fill("400")
    # What she has changed stays, also when the phone starts the page anew.
    page.reload()
    expect(page.get_by_label("จำนวนเงินที่โอน")).to_have_value("400")
    next_step(page)
    page.get_by_label("ชื่อผู้ชำระ").fill("สมศรี ใจดี")
    page.get_by_label("เบอร์โทรศัพท์").fill("0812345678")
    next_step(page)
    page.get_by_role("button", name=LAST_BUTTON).click()
    number = sent(page)
    asked.refresh_from_db()
    assert asked.notice is not None
    assert (asked.notice.number, asked.notice.amount) == (number, Decimal("400"))
    assert asked.notice.months == ["2026-01", "2026-02", "2026-03"]

    theirs = asked_to_pay(neighbour, clerk, what_for="ค่าเช่าแผงของเพื่อนบ้าน")
    for one in (asked, theirs):
        phone.open(f"/payment?request={one.number}", page=page)
        expect(told).to_contain_text("ดูรายการของท่านด้านล่างก่อน")
        assert "450" not in told.inner_text()
        assert "เพื่อนบ้าน" not in page.content()
        expect(page.locator("#amount")).to_have_value("")


def test_a_request_that_is_taken_back_leaves_the_form_as_she_typed(
    phone: Phone, somsri: Resident
) -> None:
    clerk = make_finance_clerk()
    asked = asked_to_pay(somsri, clerk)
    page = phone.open(f"/payment?request={asked.number}")
    heading(page, "แจ้งชำระเงิน")
    expect(page.locator("#amount")).to_have_value("450.00")
    next_step(page)
    pick(page, "slip.jpg")
    for _ in range(3):
        next_step(page)
    page.get_by_label("ชื่อผู้ชำระ").fill("สมศรี ใจดี")
    requests.cancel(asked.pk, clerk)
    page.reload()
    expect(page.locator("#asked")).to_contain_text("กรอกแบบนี้เองได้ตามปกติ")
    expect(page.locator("#amount")).to_have_value("")
    expect(page.locator("#revenue-garbage_fee")).not_to_be_checked()
    expect(page.locator("#payer_name")).to_have_value("สมศรี ใจดี")
    # Whoever has another payment under way reads of it too, and goes on from there.
    phone.open(f"/payment?request={asked.number}", page=page)
    heading(page, "แจ้งชำระเงิน")
    page.get_by_role("button", name="ทำรายการที่ค้างไว้ต่อ").click()
    heading(page, "ภาพสลิปการโอนเงิน")
    expect(page.locator("#slips img")).to_have_count(1)
    page.reload()
    heading(page, "ภาพสลิปการโอนเงิน")


QUESTION = "มีรายการที่กรอกค้างไว้"


def drafted(phone: Phone) -> Page:
    """Return a page with a land tax and its slip, up to the last look."""
    page = phone.open("/payment")
    expect(page.locator("#mine .skeleton")).to_have_count(0)
    to_review(page)
    return page


def test_a_request_asks_before_it_takes_the_place_of_a_draft(
    phone: Phone, somsri: Resident
) -> None:
    asked = asked_to_pay(somsri, make_finance_clerk())
    page = drafted(phone)
    phone.open(f"/payment?request={asked.number}", page=page)
    question = page.get_by_role("alertdialog", name=QUESTION)
    expect(question).to_contain_text("ภาษีที่ดินและสิ่งปลูกสร้าง 1,250.50 บาท พร้อมภาพสลิป 1 ภาพ")
    assert overflow(page) == 0
    question.get_by_role("button", name="ทำรายการเดิมต่อ").click()
    # She is where she was, also when the phone starts the page anew.
    for _ in range(2):
        heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
        expect(page.locator("#review")).to_contain_text("ภาษีที่ดินและสิ่งปลูกสร้าง")
        expect(page.locator("#review")).to_contain_text("1,250.50 บาท")
        expect(page.locator("#review img")).to_have_count(1)
        expect(question).to_have_count(0)
        page.reload()
    page.get_by_role("button", name=LAST_BUTTON).click()
    sent(page)
    notice = PaymentNotice.objects.get()
    assert (notice.amount, notice.slips.count()) == (Decimal("1250.50"), 1)
    asked.refresh_from_db()
    assert asked.notice is None


def test_a_request_begun_instead_of_a_draft_has_nothing_of_it(
    phone: Phone, somsri: Resident
) -> None:
    asked = asked_to_pay(somsri, make_finance_clerk())
    page = drafted(phone)
    page.route("**/api/v1/payment-notices", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name=LAST_BUTTON).click()
    key = "JSON.parse(Object.values(localStorage)[0]).key"
    before = page.evaluate(key)
    phone.open(f"/payment?request={asked.number}", page=page)
    question = page.get_by_role("alertdialog", name=QUESTION)
    question.get_by_role("button", name="เริ่มใบแจ้งยอดนี้").click()
    page.unroute("**/api/v1/payment-notices")
    heading(page, "แจ้งชำระเงิน")
    expect(page.locator("#asked")).to_contain_text("กรอกในแบบให้แล้ว")
    expect(page.locator("#restored")).to_be_hidden()
    next_step(page)
    expect(page.locator("#slips img")).to_have_count(0)
    pick(page, "garbage.jpg")
    next_step(page)
    expect(page.get_by_role("radio", name="ค่าเก็บขยะ")).to_be_checked()
    next_step(page)
    expect(page.get_by_text("เลือก 3 เดือน: ม.ค.–มี.ค. 69")).to_be_visible()
    expect(page.get_by_label("จำนวนเงินที่โอน")).to_have_value("450.00")
    assert page.evaluate(key) != before
    # It is the draft now: its own card asks nothing.
    phone.open(f"/payment?request={asked.number}", page=page)
    heading(page, "ของเดือนไหน เท่าไร")
    page.get_by_role("button", name="ย้อนกลับ").click()
    page.get_by_role("radio", name="ภาษีป้าย").check()
    next_step(page)
    next_step(page)
    page.get_by_label("ชื่อผู้ชำระ").fill("สมศรี ใจดี")
    page.get_by_label("เบอร์โทรศัพท์").fill("0812345678")
    next_step(page)
    page.get_by_role("button", name=LAST_BUTTON).click()
    sent(page)
    # Having changed the kind, she has paid something else.
    notice = PaymentNotice.objects.get()
    assert notice.revenue is not None
    assert (notice.revenue.slug, notice.amount) == ("signboard_tax", Decimal("450"))
    asked.refresh_from_db()
    assert asked.notice is None


def test_what_was_filled_in_for_her_alone_makes_way_unasked(phone: Phone, somsri: Resident) -> None:
    clerk = make_finance_clerk()
    first = asked_to_pay(somsri, clerk)
    second = asked_to_pay(
        somsri, clerk, revenue="signboard_tax", what_for="ภาษีป้าย ปี 2569", amount=Decimal("800")
    )
    page = phone.open(f"/payment?request={first.number}")
    heading(page, "แจ้งชำระเงิน")
    expect(page.locator("#amount")).to_have_value("450.00")
    next_step(page)
    phone.open(f"/payment?request={second.number}", page=page)
    heading(page, "แจ้งชำระเงิน")
    expect(page.locator("#amount")).to_have_value("800.00")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    expect(page.locator("#months-chosen")).to_have_text("")


def test_a_tax_asks_before_it_takes_the_place_of_a_draft(
    phone: Phone, somsri: Resident, finance_clerk: Staff
) -> None:
    cast.linked(somsri)
    tax = cast.assessment(finance_clerk, number="123/2570", amount=Decimal("1250.50"))
    page = drafted(phone)
    phone.open(f"/payment?assessment={tax.pk}", page=page)
    question = page.get_by_role("alertdialog", name=QUESTION)
    question.get_by_role("button", name="ทำรายการเดิมต่อ").click()
    heading(page, "ตรวจสอบข้อมูลก่อนส่ง")
    expect(page.locator("#reference")).to_have_value("")
    phone.open(f"/payment?assessment={tax.pk}", page=page)
    question.get_by_role("button", name="เริ่มชำระภาษีนี้").click()
    heading(page, "แจ้งชำระเงิน")
    expect(page.locator("#reference")).to_have_value("123/2570")
    next_step(page)
    expect(page.locator("#slips img")).to_have_count(0)


def test_what_has_arrived_is_told_before_another_begins(phone: Phone, somsri: Resident) -> None:
    asked = asked_to_pay(somsri, make_finance_clerk())
    page = drafted(phone)

    send_and_lose_the_answer(page)
    page = phone.open(f"/payment?request={asked.number}")
    question = page.get_by_role("alertdialog", name="หลักฐานนี้ส่งถึงแล้ว")
    expect(question).to_contain_text(PaymentNotice.objects.get().number)
    question.get_by_role("button", name="แจ้งอีกรายการหนึ่ง").click()
    expect(page.locator("#asked")).to_contain_text("กรอกในแบบให้แล้ว")
    expect(page.locator("#amount")).to_have_value("450.00")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
