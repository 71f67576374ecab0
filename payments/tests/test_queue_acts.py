"""What a clerk does with a notice: each button, what is refused, and that nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bannmae.models import AccessLog, Staff
from chatops.models import OutboundMessage, Resident
from payments.garbage import months as calendar
from payments.garbage import register
from payments.models import (
    Assessment,
    AssessmentImport,
    BankAccount,
    NoticeEntry,
    PaymentNotice,
    Receipt,
    Revenue,
    StatementImport,
    StatementLine,
    Status,
)
from payments.tests.cast import claimed, confirmed, revenue, today
from payments.tests.queue_desk import LIST, as_, form, fresh, page, press, repeat

pytestmark = pytest.mark.django_db


# -- confirming and issuing ---------------------------------------------------------------------


def test_confirmed_with_what_the_clerk_typed(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)

    answer = press(
        finance_clerk,
        notice,
        "confirm",
        payer_name="นายมานะ ใจดี",
        payer_address="12 หมู่ที่ 3",
        reference="ภ.ด.ส.6/12",
        line_text=["ภาษีที่ดิน", "ภาษีที่ดิน", ""],
        line_period=["ปี 2568", "ปี 2569", ""],
        line_arrears=["1", "0", "0"],
        line_amount=["๑,๐๐๐", "250.50", ""],
        line_surcharge=["20", "", ""],
        line_months=["", "", ""],
    )

    assert answer.status_code == 302
    notice = fresh(notice)
    assert notice.status == Status.CONFIRMED
    assert (notice.payer_name, notice.reference) == ("นายมานะ ใจดี", "ภ.ด.ส.6/12")
    assert notice.amount == Decimal("1270.50")
    assert [(line["amount"], line["is_arrears"]) for line in notice.lines] == [
        ("1000.00", True),
        ("250.50", False),
    ]
    assert notice.money_seen_on == today()
    assert not Receipt.objects.exists()
    # What the payer said stays in the history.
    edited = notice.entries.get(kind=NoticeEntry.Kind.EDITED)
    assert "จำนวนเงิน: 1250.50" in edited.text
    assert "นางสมศรี ใจดี" in edited.text


def test_confirm_and_issue_then_on_to_the_next(somsri: Resident, finance_clerk: Staff) -> None:
    notice, following = claimed(somsri), claimed(somsri)

    answer = press(finance_clerk, notice, "issue")

    assert answer["Location"] == page(following)
    receipt = Receipt.objects.get()
    assert (receipt.notice, receipt.total) == (notice, Decimal("1250.50"))
    assert fresh(notice).status == Status.RECEIPTED
    assert OutboundMessage.objects.filter(about=f"receipt:{receipt.pk}").count() == 1
    log = AccessLog.objects.filter(
        action=AccessLog.Action.MONEY, subject=f"payment:{notice.number}"
    )
    assert log.count() == 2


def test_issue_that_is_refused_leaves_it_confirmed_and_says_why(
    somsri: Resident, finance_clerk: Staff
) -> None:
    kind = revenue("signboard_tax", Revenue.Mode.UNSET)
    notice = claimed(somsri, revenue=kind)

    answer = as_(finance_clerk).post(page(notice, "act"), form(notice, "issue"), follow=True)

    assert answer.redirect_chain[-1][0] == page(notice)
    assert fresh(notice).status == Status.CONFIRMED
    assert not Receipt.objects.exists()
    text = answer.content.decode()
    assert "ยังไม่ได้ออกใบเสร็จ" in text
    assert "ยังไม่ได้เลือกวิธีออกใบเสร็จ" in text


def test_what_is_wrong_is_told_and_what_was_typed_stays(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri)

    answer = press(
        finance_clerk,
        notice,
        "issue",
        payer_name="",
        payer_address="บ้านสีฟ้า",
        money_seen_on=(today() + dt.timedelta(days=2)).isoformat(),
        phone="12",
        ask_text="คำถามค้าง",
        reason="เหตุผลค้าง",
        line_text=["ภาษีพิเศษ", ""],
        line_period=["งวดหนึ่ง", ""],
        line_arrears=["1", "0"],
        line_amount=["ห้าร้อย", "10.555"],
        line_surcharge=["-1", ""],
        line_months=["", ""],
    )

    assert answer.status_code == 422
    text = answer.content.decode()
    for typed in ("บ้านสีฟ้า", "คำถามค้าง", "เหตุผลค้าง", "ภาษีพิเศษ", "งวดหนึ่ง", "ห้าร้อย", "10.555", "-1"):
        assert typed in text, typed
    for words in (
        "โปรดระบุชื่อผู้ชำระ",
        "วันที่ได้รับเงินยังมาไม่ถึง",
        "จำนวนเงินต้องเป็นตัวเลข",
        "มีทศนิยมได้ไม่เกินสองตำแหน่ง",
        "เงินเพิ่มต้องไม่ติดลบ",
        "โปรดระบุชื่อรายการ",
    ):
        assert words in text, words
    assert fresh(notice).status == Status.RECEIVED
    assert fresh(notice).version == notice.version


@pytest.mark.parametrize("amount", ["", "0", "-5", "1e400", "NaN", "99999999999", "1.234", "๑.๒.๓"])
def test_amounts_that_no_receipt_bears(somsri: Resident, finance_clerk: Staff, amount: str) -> None:
    notice = claimed(somsri)

    assert press(finance_clerk, notice, "confirm", line_amount=[amount]).status_code == 422
    assert fresh(notice).status == Status.RECEIVED


def test_double_click_issues_once(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)

    first = press(finance_clerk, notice, "issue")
    second = as_(finance_clerk).post(page(notice, "act"), form(notice, "issue"), follow=True)

    assert first.status_code == 302
    assert second.redirect_chain[0] == (page(notice), 302)
    assert "จึงไม่บันทึกซ้ำ" in second.content.decode()
    assert Receipt.objects.count() == 1


def test_colleague_was_quicker(somsri: Resident, finance_clerk: Staff, finance_head: Staff) -> None:
    notice = claimed(somsri)
    press(finance_head, notice, "take")

    answer = press(finance_clerk, notice, "confirm", payer_address="ที่อยู่ที่พิมพ์ไว้")

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "มีผู้ดำเนินการรายการนี้ไปก่อนท่าน" in text
    assert "ที่อยู่ที่พิมพ์ไว้" in text
    # Having read it he may send the same once more.
    assert f'name="version" value="{fresh(notice).version}"' in text
    assert press(finance_clerk, fresh(notice), "confirm").status_code == 302


def test_words_for_what_is_done_already_are_shown_to_be_copied(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    press(finance_head, notice, "issue")

    answer = press(finance_clerk, notice, "ask", ask_text="ขอสลิปที่ชัดกว่านี้")

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "ข้อความที่ท่านพิมพ์ไว้แต่ยังไม่ได้บันทึก" in text
    assert "ขอสลิปที่ชัดกว่านี้" in text


# -- repeated slips --------------------------------------------------------------------------------


def test_repeated_slip_needs_a_written_reason(somsri: Resident, finance_clerk: Staff) -> None:
    earlier, notice = claimed(somsri), claimed(somsri)
    repeat(notice, earlier)

    shown = as_(finance_clerk).get(page(notice)).content.decode()
    assert "สลิปนี้เคยใช้แจ้งชำระแล้ว" in shown
    assert page(earlier) in shown
    for act in ("confirm", "issue"):
        refused = press(finance_clerk, notice, act, duplicate_reason="  ")
        assert refused.status_code == 422
        assert "หากยืนยันต้องระบุเหตุผล" in refused.content.decode()
    assert fresh(notice).status == Status.RECEIVED

    press(finance_clerk, notice, "confirm", duplicate_reason="โอนสองครั้งจริง ตรวจบัญชีแล้ว")
    assert fresh(notice).duplicate_reason == "โอนสองครั้งจริง ตรวจบัญชีแล้ว"


# -- asking, rejecting, taking back -----------------------------------------------------------


def test_asks_keeps_corrections_and_shows_what_she_reads(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri)

    seen = as_(finance_clerk).post(
        page(notice, "preview"), {"about": "ask", "text": "บ้านเลขที่เท่าใด <b>"}
    )
    answer = press(finance_clerk, notice, "ask", ask_text="บ้านเลขที่เท่าใด", reference="99/1")

    assert "บ้านเลขที่เท่าใด &lt;b&gt;" in seen.content.decode()
    assert answer.status_code == 302
    notice = fresh(notice)
    assert (notice.asked, notice.reference, notice.status) == (
        "บ้านเลขที่เท่าใด",
        "99/1",
        Status.CHECKING,
    )
    sent = OutboundMessage.objects.filter(about=f"payment:{notice.pk}").order_by("-id").first()
    assert sent is not None
    assert "บ้านเลขที่เท่าใด" in str(sent.messages)
    assert press(finance_clerk, notice, "ask", ask_text=" ").status_code == 422


def test_counter_payers_cannot_be_asked_in_line(finance_clerk: Staff) -> None:
    notice = claimed(None, slip=False)

    answer = press(finance_clerk, notice, "ask", ask_text="ถาม")

    assert answer.status_code == 422
    assert "โปรดโทรศัพท์ถาม" in answer.content.decode()


def test_rejects_with_a_reason_even_where_fields_are_wrong(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri)

    assert press(finance_clerk, notice, "reject", reason="").status_code == 422
    answer = press(finance_clerk, notice, "reject", reason="ไม่พบยอดเงิน", phone="12")

    assert answer.status_code == 302
    assert (fresh(notice).status, fresh(notice).reject_reason) == (Status.REJECTED, "ไม่พบยอดเงิน")
    press(finance_clerk, fresh(notice), "look_again")
    assert fresh(notice).status == Status.CHECKING


def test_takes_a_confirmation_back(somsri: Resident, finance_clerk: Staff) -> None:
    notice = confirmed(somsri, finance_clerk)

    assert press(finance_clerk, notice, "take_back", reason="").status_code == 422
    press(finance_clerk, notice, "take_back", reason="ยอดผิด")

    notice = fresh(notice)
    assert notice.status == Status.CHECKING
    # What was confirmed is there to be corrected.
    assert "1250.50" in as_(finance_clerk).get(page(notice)).content.decode()


def test_saves_corrections_without_confirming(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)

    press(
        finance_clerk, notice, "save", phone="081 999 9999", fiscal_year="๒๕๖๘", line_amount=["x"]
    )

    notice = fresh(notice)
    assert (notice.phone, notice.fiscal_year) == ("0819999999", 2568)
    assert notice.status == Status.RECEIVED
    assert press(finance_clerk, notice, "save", fiscal_year="68").status_code == 422


def test_same_note_twice_is_one(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)
    for _ in range(2):
        assert press(finance_clerk, notice, "note", note="โทรแล้วไม่รับ").status_code == 302

    assert NoticeEntry.objects.filter(notice=notice, kind=NoticeEntry.Kind.NOTE).count() == 1
    assert press(finance_clerk, notice, "note", note="").status_code == 422


def test_unknown_button_and_link_to_a_button(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)

    assert press(finance_clerk, notice, "delete").status_code == 404
    assert as_(finance_clerk).get(page(notice, "act"))["Location"] == page(notice)
    assert as_(finance_clerk).get(f"{LIST}{10**30}/change/").status_code == 404


def test_receipt_is_shown_before_it_is_issued(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)

    answer = as_(finance_clerk).post(
        page(notice, "preview"),
        form(notice, "", about="receipt", line_amount=["1,000.25"], line_surcharge=["20"]),
    )

    text = answer.content.decode()
    assert "1,020.25" in text
    assert "หนึ่งพันยี่สิบบาทยี่สิบห้าสตางค์" in text
    assert "ผู้ชำระแจ้ง 1,250.50 บาท" in text
    assert "ยังไม่ได้เลือกครัวเรือน" not in text


def test_what_would_be_refused_is_not_shown_as_a_receipt(
    somsri: Resident, finance_clerk: Staff
) -> None:
    earlier, notice = claimed(somsri), claimed(somsri)
    ask = {"about": "receipt"}

    for wrong in ({"payer_name": ""}, {"line_amount": ["ห้าร้อย"]}):
        sent = form(notice, "", **ask, **wrong)
        assert as_(finance_clerk).post(page(notice, "preview"), sent).status_code == 422
    repeat(notice, earlier)
    for reason, status in (("", 422), ("โอนสองครั้งจริง", 200)):
        sent = form(notice, "", **ask, duplicate_reason=reason)
        assert as_(finance_clerk).post(page(notice, "preview"), sent).status_code == status


def test_preview_warns_of_a_fee_whose_months_nobody_is_credited_with(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri, revenue=revenue("garbage_fee"), payer_name="นางสมศรี ใจดี")

    answer = as_(finance_clerk).post(
        page(notice, "preview"), form(notice, "", about="receipt", line_amount=["60"])
    )

    assert "ยังไม่ได้เลือกครัวเรือน" in answer.content.decode()


def test_household_notice_proposes_the_months_that_she_names(
    somsri: Resident, finance_clerk: Staff
) -> None:
    month = calendar.first_day(today())
    entry = register.Entry("12/3", 4, "นางคำปุน แสนดี", calendar.add(month, -1))
    house = register.add(entry, Decimal("40.00"), finance_clerk)
    notice = claimed(
        somsri, revenue=revenue("garbage_fee"), household=house, amount=Decimal("80.00")
    )

    lines = as_(finance_clerk).get(page(notice)).context["lines"]

    assert sum(Decimal(row.amount) for row in lines.rows) == Decimal("80.00")
    sent = {
        "line_text": [row.text for row in lines.rows],
        "line_period": [row.period for row in lines.rows],
        "line_arrears": ["1" if row.arrears else "0" for row in lines.rows],
        "line_amount": [row.amount for row in lines.rows],
        "line_months": [row.months for row in lines.rows],
        "line_surcharge": ["" for _ in lines.rows],
    }
    press(finance_clerk, notice, "issue", **sent)
    receipt = Receipt.objects.get()
    assert house.paid_months.filter(receipt=receipt).count() == 2


def test_confirming_keeps_what_was_assessed_unless_it_is_another_kind(
    somsri: Resident, finance_clerk: Staff
) -> None:
    kind = revenue()
    source = AssessmentImport.objects.create(
        revenue=kind, year=2569, file_name="a.csv", sha256="0" * 64, by=finance_clerk
    )
    assessed = Assessment.objects.create(
        source=source, revenue=kind, year=2569, number="1", payer_name="ก", amount=Decimal(500)
    )
    kept, other = claimed(somsri), claimed(somsri)
    PaymentNotice.objects.update(assessment=assessed)

    press(finance_clerk, kept, "confirm")
    press(finance_clerk, other, "confirm", revenue=revenue("signboard_tax").pk)

    assert fresh(kept).assessment == assessed
    assert fresh(other).assessment is None


def test_page_tells_what_became_of_the_messages_and_what_the_bank_says(
    somsri: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri)
    press(finance_clerk, notice, "issue")
    OutboundMessage.objects.filter(about=f"payment:{notice.pk}").update(
        state=OutboundMessage.State.DEAD, last_error="The user hasn't added the account"
    )
    account = BankAccount.objects.create(name="บัญชีรับชำระ", bank="006", number="1234567890")
    source = StatementImport.objects.create(
        account=account, file_name="a.csv", sha256="0" * 64, by=finance_clerk
    )
    StatementLine.objects.create(
        account=account,
        source=source,
        at=dt.datetime(2026, 12, 31, 18, 30, tzinfo=dt.UTC),
        amount=Decimal("1250.50"),
        fingerprint="f",
        notice=notice,
    )

    answer = as_(finance_clerk).get(page(notice))

    states = [one.reason for one in answer.context["sent"]]
    assert states == ["", "The user hasn't added the account"]
    text = answer.content.decode()
    assert "เทศบาลออกใบเสร็จรับเงินให้ท่านแล้ว" in text
    # In Bangkok it is the new year already.
    assert "1 ม.ค. 70 01.30 น." in text
