"""Money over the counter: in the same book, once, and nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from bannmae import testing
from bannmae.models import Staff
from chatops.models import OutboundMessage, Resident
from payments import days, receipts
from payments.desk import counter
from payments.desk.lines import period_of
from payments.garbage import register
from payments.models import (
    Assessment,
    AssessmentImport,
    Household,
    PaymentNotice,
    Receipt,
    Revenue,
    Status,
)
from payments.tests.cast import claimed, confirmed, revenue, today
from payments.tests.queue_desk import LIST, as_, onlooker, page, pdf, press, strangers

pytestmark = pytest.mark.django_db
ADD = f"{LIST}add/"


def payment(**changes: Any) -> dict[str, Any]:
    """What the form posts."""
    return {
        "filing_key": str(uuid.uuid4()),
        "revenue": revenue().pk,
        "payer_name": "นายบุญมี มีทรัพย์",
        "payer_address": "12 หมู่ที่ 3",
        "method": "cash",
        "money_seen_on": today().isoformat(),
        "reference": "",
        "phone": "081-234-5678",
        "household": "",
        "line_text": ["ภาษีที่ดินและสิ่งปลูกสร้าง"],
        "line_period": ["ปี 2569"],
        "line_arrears": ["0"],
        "line_amount": ["500"],
        "line_surcharge": [""],
        "line_months": [""],
    } | changes


def test_paid_and_issued_in_the_same_book(somsri: Resident, finance_clerk: Staff) -> None:
    press(finance_clerk, confirmed(somsri, finance_clerk), "issue")

    answer = as_(finance_clerk).post(ADD, payment(), follow=True)

    receipt = Receipt.objects.order_by("-id")[0]
    notice = receipt.notice
    assert notice is not None
    assert answer.redirect_chain == [(page(notice), 302)]
    assert (receipt.leaf, receipt.method, receipt.total) == (2, "cash", Decimal("500.00"))
    assert (notice.via, notice.status, notice.resident) == ("counter", Status.RECEIPTED, None)
    assert notice.phone == "0812345678"
    assert not OutboundMessage.objects.filter(about=f"payment:{notice.pk}").exists()
    assert "พิมพ์ใบเสร็จ" in answer.content.decode()


def test_double_click_takes_the_money_once(finance_clerk: Staff) -> None:
    sent = payment()
    browser = as_(finance_clerk)

    first = browser.post(ADD, sent)
    second = browser.post(ADD, sent)

    assert first["Location"] == second["Location"]
    assert PaymentNotice.objects.count() == Receipt.objects.count() == 1


def test_same_form_with_other_money_is_asked_about(finance_clerk: Staff) -> None:
    sent = payment()
    browser = as_(finance_clerk)
    browser.post(ADD, sent)

    answer = browser.post(ADD, sent | {"line_amount": ["700"]})

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "ถ้าเป็นเงินอีกรายการหนึ่ง" in text
    assert 'value="700"' in text
    assert sent["filing_key"] not in text
    assert Receipt.objects.count() == 1


def test_what_is_wrong_is_told_and_what_was_typed_stays(finance_clerk: Staff) -> None:
    answer = as_(finance_clerk).post(
        ADD,
        payment(
            payer_name="", revenue="", phone="1", line_text=["ภาษีป้ายใหญ่"], line_amount=["ห้าร้อย"]
        ),
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    for words in (
        "โปรดเลือกประเภท",
        "โปรดระบุชื่อผู้ชำระ",
        "จำนวนเงินต้องเป็นตัวเลข",
        "ภาษีป้ายใหญ่",
        "ห้าร้อย",
        "12 หมู่ที่ 3",
    ):
        assert words in text, words
    assert not PaymentNotice.objects.exists()


def test_refused_issue_keeps_the_money_on_record(finance_clerk: Staff) -> None:
    kind = revenue("signboard_tax", Revenue.Mode.UNSET)

    answer = as_(finance_clerk).post(ADD, payment(revenue=kind.pk), follow=True)

    notice = PaymentNotice.objects.get()
    assert notice.status == Status.CONFIRMED
    assert "บันทึกการรับเงินแล้ว แต่ยังไม่ได้ออกใบเสร็จ" in answer.content.decode()


def test_elaas_payment_goes_on_to_its_number(finance_clerk: Staff) -> None:
    kind = revenue("signboard_tax", Revenue.Mode.ELAAS)

    answer = as_(finance_clerk).post(ADD, payment(revenue=kind.pk), follow=True)

    assert not Receipt.objects.exists()
    assert "elaas_number" in answer.content.decode()
    # Its number is written down, and the payer's paper is printed before the queue goes on.
    claimed(testing.make_resident())
    notice = PaymentNotice.objects.get(via="counter")
    sent = {"elaas_book": "12", "elaas_number": "0034", "elaas_file": pdf()}
    assert press(finance_clerk, notice, "elaas", **sent)["Location"] == page(notice)
    assert Receipt.objects.get().number_label == "0034"


# -- what is shown before -----------------------------------------------------------------------


def test_receipt_is_shown_before_it_is_issued(finance_clerk: Staff) -> None:
    sent = payment(
        payer_name="นางสาว<b>ประกายดาว",
        line_text=["ภาษีที่ดิน", "ภาษีที่ดิน"],
        line_period=["ปี 2568", "ปี 2569"],
        line_arrears=["1", "0"],
        line_amount=["1,000.25", "๒๐"],
        line_surcharge=["20", ""],
        line_months=["", ""],
    )

    answer = as_(finance_clerk).post(f"{ADD}preview/", sent)

    assert answer.status_code == 200
    text = answer.content.decode()
    for words in (
        "นางสาว&lt;b&gt;ประกายดาว",
        "12 หมู่ที่ 3",
        "ปี 2568",
        "ค้างชำระ",
        "1,040.25",
        "หนึ่งพันสี่สิบบาทยี่สิบห้าสตางค์",
        "เงินสด",
        "ให้พิมพ์ใบเสร็จส่งมอบ",
    ):
        assert words in text, words
    assert "no-store" in answer["Cache-Control"]
    # Looking takes no money and no number, and the same form is taken afterwards.
    assert not PaymentNotice.objects.exists()
    assert not Receipt.objects.exists()
    as_(finance_clerk).post(ADD, sent)
    assert Receipt.objects.get().total == Decimal("1040.25")


@pytest.mark.parametrize(
    "changes",
    [
        {"payer_name": " "},
        {"revenue": ""},
        {"money_seen_on": ""},
        {"phone": "1"},
        {"line_amount": ["ห้าร้อย"]},
        {"line_text": [""], "line_amount": [""], "line_period": [""]},
    ],
)
def test_what_would_be_refused_is_not_shown_as_a_receipt(
    finance_clerk: Staff, changes: dict[str, Any]
) -> None:
    sent = payment(**changes)
    browser = as_(finance_clerk)

    assert browser.post(f"{ADD}preview/", sent).status_code == 422
    # So does the button itself: nothing is issued that was not shown.
    assert browser.post(ADD, sent).status_code == 422


def test_what_a_payment_will_count_for_is_shown_with_what_is_owed(finance_clerk: Staff) -> None:
    source = AssessmentImport.objects.create(
        file_name="a.csv", sha256="0" * 64, by=finance_clerk, revenue=revenue(), year=2569
    )
    Assessment.objects.create(
        source=source,
        revenue=revenue(),
        year=2569,
        number="ภ.ด.ส.6/77",
        payer_name="นางเจ้าของ ที่ดิน",
        amount=Decimal("500.00"),
    )
    browser = as_(finance_clerk)
    sent = payment(reference="ภ.ด.ส. ๖/77", line_surcharge=["25"])

    whole = browser.post(f"{ADD}preview/", sent).content.decode()
    part = browser.post(f"{ADD}preview/", sent | {"line_amount": ["300"]}).content.decode()

    assert "นับเป็นการชำระรายการประเมิน เลขที่ ภ.ด.ส.6/77 ปี 2569 นางเจ้าของ ที่ดิน" in whole
    assert "ซึ่งค้างอยู่" not in whole
    assert "ซึ่งค้างอยู่ 500.00 บาท" in part


def test_only_who_takes_money_asks_for_the_receipt_to_come(finance_clerk: Staff) -> None:
    assert as_(onlooker()).post(f"{ADD}preview/", payment()).status_code == 403
    for who, staff in strangers().items():
        assert as_(staff).post(f"{ADD}preview/", payment()).status_code == 404, who
    assert as_(finance_clerk).get(f"{ADD}preview/")["Location"] == ADD


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (dt.date(2026, 9, 30), 2569),
        (dt.date(2026, 10, 1), 2569),
        (dt.date(2026, 12, 31), 2569),
        (dt.date(2027, 1, 1), 2570),
    ],
)
def test_yearly_taxes_offer_the_calendar_year(
    finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch, day: dt.date, year: int
) -> None:
    browser = as_(finance_clerk)
    monkeypatch.setattr(counter, "local_date", lambda now: day)

    kinds = browser.get(ADD).context["kinds"]

    offered = {one["name"]: one["period"] for one in kinds.values()}
    assert offered == {
        "ภาษีที่ดินและสิ่งปลูกสร้าง": f"ปี {year}",
        "ภาษีป้าย": f"ปี {year}",
        "ค่าธรรมเนียมเก็บและขนมูลฝอย": "",
        "รายได้อื่น": "",
    }
    # As the page of a notice writes it.
    assert period_of(PaymentNotice(fiscal_year=year)) == f"ปี {year}"


def test_a_closed_day_is_told_before_the_money_is_taken(finance_clerk: Staff) -> None:
    browser = as_(finance_clerk)
    browser.post(ADD, payment())
    assert "ปิดยอดวันที่" not in browser.get(ADD).content.decode()
    days.close_day(today(), finance_clerk)

    shown = browser.post(f"{ADD}preview/", payment()).content.decode()

    assert "ปิดยอดวันที่" in browser.get(ADD).content.decode()
    assert "ปิดยอดวันที่" in shown
    assert 'data-go-words="บันทึกยอดเงินไว้ก่อน"' in shown
    browser.post(ADD, payment())
    assert PaymentNotice.objects.order_by("-id")[0].status == Status.CONFIRMED


def test_the_page_of_a_counter_payment_speaks_of_a_counter(finance_clerk: Staff) -> None:
    browser = as_(finance_clerk)
    answer = browser.post(ADD, payment(), follow=True)
    receipt = Receipt.objects.get()

    text = answer.content.decode()
    for words in ("รับชำระเมื่อ", "เงินสด ได้รับเงิน", "12 หมู่ที่ 3"):
        assert words in text, words
    for words in ("แจ้งเมื่อ", "ได้รับหลักฐาน<", "ภาพถัดไป"):
        assert words not in text, words

    # It comes back to be corrected: who has no LINE is not asked there.
    void = receipts.ask_void(receipt, finance_clerk, "ชื่อผิด")
    assert "รออนุมัติยกเลิก" in browser.get(answer.redirect_chain[0][0]).content.decode()
    receipts.approve_void(void, testing.make_finance_head())
    text = browser.get(answer.redirect_chain[0][0]).content.decode()
    assert f"{receipt}</a> ยกเลิกแล้ว: ชื่อผิด" in text
    assert "ออกแทนและอ้างถึงฉบับนี้" in text
    assert 'value="ask"' not in text


# -- households -----------------------------------------------------------------------------------


def household(clerk: Staff) -> Household:
    """A house that owes this month and the two before it, 40 baht each."""
    from payments.garbage.months import add, first_day

    since = add(first_day(today()), -2)
    entry = register.Entry("12/3", 4, "นางคำปุน แสนดี", since)
    return register.add(entry, Decimal("40.00"), clerk)


def ask(clerk: Staff, **query: Any) -> dict[str, Any]:
    """What the form's script asks for."""
    return as_(clerk).get(reverse("admin:payments_households"), query).json()


def test_the_house_of_the_number_that_was_typed_is_offered_first(finance_clerk: Staff) -> None:
    for village in range(1, 7):
        for house_no in ("17", "70", f"{village}7/1"):
            entry = register.Entry(house_no, village, "นายเจ็ด ใจดี", today().replace(day=1))
            register.add(entry, Decimal("40.00"), finance_clerk)
    own = register.Entry("7", 6, "นางคำปุน แสนดี", today().replace(day=1))
    register.add(own, Decimal("40.00"), finance_clerk)

    for asked in ("7", "๗", "7 หมู่ 6", "7 ม.6"):
        first = ask(finance_clerk, q=asked)["households"][0]
        assert first["label"] == "7 หมู่ที่ 6 นางคำปุน แสนดี", asked


def test_household_pays_named_months_oldest_first(finance_clerk: Staff) -> None:
    house = household(finance_clerk)
    kind = revenue("garbage_fee")

    (found,) = ask(finance_clerk, q="12/3")["households"]
    assert found == {"id": house.pk, "label": "12/3 หมู่ที่ 4 นางคำปุน แสนดี", "owed": "ค้าง 3 เดือน"}
    offered = ask(finance_clerk, household=house.pk, revenue=kind.pk)
    assert offered["owed"] == 3
    lines = ask(finance_clerk, household=house.pk, revenue=kind.pk, count=3)["lines"]
    sent = {f"line_{name}": [line[name] for line in lines] for name in lines[0]}

    as_(finance_clerk).post(ADD, payment(revenue=kind.pk, household=house.pk, **sent))

    receipt = Receipt.objects.get()
    assert receipt.total == Decimal("120.00")
    assert house.paid_months.filter(receipt=receipt).count() == 3
    assert ask(finance_clerk, q="คำปุน")["households"][0]["owed"] == "ไม่มีค้าง"


def test_the_page_of_a_household_leads_to_its_payment(finance_clerk: Staff) -> None:
    house = household(finance_clerk)
    kind = revenue("garbage_fee")

    form = as_(finance_clerk).get(ADD, {"household": house.pk}).context["form"]

    assert form["household"].value() == house.pk
    assert form["revenue"].value() == kind.pk
    assert form["payer_name"].value() == "นางคำปุน แสนดี"
    assert as_(finance_clerk).get(ADD, {"household": "99999999999999999999"}).status_code == 200


@pytest.mark.parametrize(
    ("months", "amount", "words"),
    [
        ("{last}:40.00", "40", "ต้องชำระเดือนที่เก่ากว่าก่อน"),
        ("{first}:10.00", "10", "อัตราค่าธรรมเนียมของบางเดือนเปลี่ยนไป"),
        ("{first}:40.00", "50", "ไม่เท่ากับผลรวมของเดือนที่เลือก"),
        ("{first}:x", "40", "เลือกเดือนใหม่"),
        ("2569-99:40", "40", "เลือกเดือนใหม่"),
    ],
)
def test_months_that_cannot_be_paid_are_refused(
    finance_clerk: Staff, months: str, amount: str, words: str
) -> None:
    from payments.garbage.months import add, first_day

    house = household(finance_clerk)
    last = first_day(today())
    typed = months.format(first=f"{add(last, -2):%Y-%m}", last=f"{last:%Y-%m}")

    sent = payment(
        revenue=revenue("garbage_fee").pk,
        household=house.pk,
        line_months=[typed],
        line_amount=[amount],
    )
    assert as_(finance_clerk).post(f"{ADD}preview/", sent).status_code == 422
    answer = as_(finance_clerk).post(ADD, sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not PaymentNotice.objects.exists()


def test_same_form_after_a_fault_is_the_same_payment(
    finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = payment()
    browser = as_(finance_clerk)
    browser.raise_request_exception = False
    with monkeypatch.context() as fault:
        fault.setattr(receipts, "issue", lambda *args, **options: 1 / 0)
        assert browser.post(ADD, sent).status_code == 500
    notice = PaymentNotice.objects.get()
    assert notice.status == Status.CONFIRMED

    again = browser.post(ADD, sent)

    assert again["Location"] == page(notice)
    assert "data-issue-now" in browser.get(page(notice)).content.decode()
    assert PaymentNotice.objects.count() == 1
