"""Telling of payments over the API: what is taken, what is refused, and who sees nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage

from bannmae import testing
from bannmae.thai.calendar import BANGKOK
from chatops.models import Channel, OutboundMessage, Resident
from complaints.models import Complaint
from liff.models import Submission, Upload
from liff.tests.conftest import Caller, LineKeys, bearer, with_cookie
from liff.tests.payments_cast import confirmed, finance_clerk, notice_of, receipted, voided
from liff.throttling import FILINGS_PER_HOUR
from payments import workflow
from payments.models import NoticeEntry, PaymentNotice, Revenue, Slip

pytestmark = pytest.mark.django_db
GONE = "ไม่พบภาพบางภาพ หรือภาพถูกใช้ไปแล้ว กรุณาแนบภาพใหม่"


def slip_of(caller: Caller) -> str:
    """Upload a picture and return its id."""
    answer = caller.upload(testing.picture())
    assert answer.status_code == 201
    return str(answer.json()["id"])


@pytest.fixture
def payment(as_somsri: Caller) -> dict[str, Any]:
    """What a whole, right notice of สมศรี's looks like."""
    return {
        "revenue": "land_building_tax",
        "fiscal_year": 2569,
        "payer_name": "สมศรี ใจดี",
        "reference": "ภ.ด.ส.6 เลขที่ 12/2569",
        "phone": "+66 81 234 5678",
        "amount": "๑,๒๕๐.๕๐",
        "paid_at": "2026-01-15T09:30:00",
        "slip": slip_of(as_somsri),
    }


def tell(caller: Caller, body: Any, *, key: Any = None) -> Any:
    """POST a notice under a new key, or the one given."""
    return caller.post("payment-notices", body, key=key or uuid.uuid4())


# -- filing -------------------------------------------------------------------------------------


def test_a_payment_is_told(as_somsri: Caller, somsri: Resident, payment: dict[str, Any]) -> None:
    answer = tell(as_somsri, payment)
    assert answer.status_code == 201
    notice = PaymentNotice.objects.get()
    assert answer.json() == {
        "number": notice.number,
        "status": "received",
        "status_label": "ได้รับหลักฐานแล้ว",
    }
    assert notice.resident == somsri
    assert notice.via == PaymentNotice.Via.LIFF
    assert notice.revenue is not None
    assert notice.revenue.slug == "land_building_tax"
    assert (notice.fiscal_year, notice.months) == (2569, [])
    assert (notice.payer_name, notice.reference) == ("สมศรี ใจดี", "ภ.ด.ส.6 เลขที่ 12/2569")
    assert (notice.phone, notice.amount) == ("0812345678", Decimal("1250.50"))
    assert notice.paid_at == dt.datetime(2026, 1, 15, 9, 30, tzinfo=BANGKOK)
    slip = Slip.objects.get()
    assert slip.notice == notice
    assert default_storage.exists(slip.file)
    assert not Upload.objects.exists()
    assert OutboundMessage.objects.get().resident == somsri


def test_only_what_must_be_given_is_enough(as_somsri: Caller) -> None:
    answer = tell(
        as_somsri,
        {
            "revenue": "other",
            "fiscal_year": None,
            "months": None,
            "payer_name": "ร้านป้าแดง",
            "reference": None,
            "phone": "053123456",
            "amount": 20,
            "paid_at": None,
            "slip": slip_of(as_somsri),
            "slips": None,
        },
    )
    assert answer.status_code == 201
    notice = PaymentNotice.objects.get()
    assert (notice.fiscal_year, notice.reference, notice.paid_at) == (None, "", None)
    assert notice.amount == Decimal("20.00")


def test_months_are_kept_in_order_once_each_whatever_the_era(
    as_somsri: Caller, payment: dict[str, Any]
) -> None:
    months = ["2026-11", "2569-10", "2026-10", "๒๐๒๖-๑๒"]
    answer = tell(as_somsri, payment | {"revenue": "garbage_fee", "months": months})
    assert answer.status_code == 201
    assert PaymentNotice.objects.get().months == ["2026-10", "2026-11", "2026-12"]


def test_months_of_what_goes_by_the_year_are_passed_over(
    as_somsri: Caller, payment: dict[str, Any]
) -> None:
    assert tell(as_somsri, payment | {"months": ["2026-10"]}).status_code == 201
    assert PaymentNotice.objects.get().months == []


def test_a_kind_that_the_office_adds_is_taken_and_a_closed_one_is_not(
    as_somsri: Caller, payment: dict[str, Any]
) -> None:
    Revenue.objects.create(slug="market", name="ค่าเช่าแผงตลาด", menu_name="ค่าแผง", series="ตล")
    Revenue.objects.get(slug="signboard_tax").delete()
    cache.clear()
    listed = [row["slug"] for row in as_somsri.get("revenues").json()]
    assert "market" in listed
    assert "signboard_tax" not in listed
    refused = tell(as_somsri, payment | {"revenue": "signboard_tax"})
    assert refused.json() == {"revenue": ["ไม่มีประเภทการชำระนี้ หรือปิดรับแล้ว"]}
    assert tell(as_somsri, payment | {"revenue": "market"}).status_code == 201


def test_up_to_three_pictures_make_one_notice(as_somsri: Caller, payment: dict[str, Any]) -> None:
    more = [slip_of(as_somsri), slip_of(as_somsri)]
    # The first may stand in the list of all too.
    answer = tell(as_somsri, payment | {"slips": [payment["slip"], *more]})
    assert answer.status_code == 201
    assert PaymentNotice.objects.get().slips.count() == 3


@pytest.mark.parametrize(
    ("amount", "kept"),
    [
        (1250.5, "1250.50"),
        (1250, "1250.00"),
        ("1250", "1250.00"),
        (" 1,250.5 บาท ", "1250.50"),
        ("฿99", "99.00"),
        ("500.-", "500.00"),
        ("๙๙,๙๙๙,๙๙๙.๙๙", "99999999.99"),
        ("0.01", "0.01"),
        ("12.000", "12.00"),
        ("0012", "12.00"),
        (1e2, "100.00"),
    ],
)
def test_an_amount_is_read_as_people_write_it(
    as_somsri: Caller, payment: dict[str, Any], amount: Any, kept: str
) -> None:
    answer = tell(as_somsri, payment | {"amount": amount})
    assert answer.status_code == 201, answer.json()
    assert as_somsri.get("payment-notices").json()[0]["amount"] == kept


NO_NUMBER = "จำนวนเงินต้องเป็นตัวเลข เช่น 1,250.50"
NOTHING = "จำนวนเงินต้องมากกว่า 0 บาท"
TOO_MUCH = "จำนวนเงินต้องไม่เกิน 99,999,999.99 บาท"
WRONG_YEAR = "กรุณาระบุเป็นปี พ.ศ. เช่น 2569"
WRONG_MONTH = "เดือนต้องอยู่ในรูป ปี-เดือน เช่น 2026-11"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("amount", None, "กรุณากรอกจำนวนเงิน"),
        ("amount", " ", "กรุณากรอกจำนวนเงิน"),
        ("amount", "ร้อยบาท", NO_NUMBER),
        ("amount", "1,25", NO_NUMBER),
        ("amount", "1e3", NO_NUMBER),
        ("amount", "NaN", NO_NUMBER),
        ("amount", True, NO_NUMBER),
        ("amount", [100], NO_NUMBER),
        ("amount", "1\x00", NO_NUMBER),
        ("amount", 0, NOTHING),
        ("amount", "0.00", NOTHING),
        ("amount", -5, NOTHING),
        ("amount", "-5", NOTHING),
        ("amount", "0.001", "จำนวนเงินมีทศนิยมได้ไม่เกิน 2 ตำแหน่ง"),
        ("amount", 1.999, "จำนวนเงินมีทศนิยมได้ไม่เกิน 2 ตำแหน่ง"),
        ("amount", "100,000,000", TOO_MUCH),
        ("amount", 10**400, TOO_MUCH),
        ("amount", 1e300, TOO_MUCH),
        ("revenue", "no-such", "ไม่มีประเภทการชำระนี้ หรือปิดรับแล้ว"),
        ("revenue", None, "กรุณากรอกข้อมูลนี้"),
        ("fiscal_year", 2026, WRONG_YEAR),
        ("fiscal_year", 2999, WRONG_YEAR),
        ("fiscal_year", "ปีนี้", "ต้องเป็นตัวเลขจำนวนเต็ม"),
        ("payer_name", "ก", "กรุณากรอกชื่อ–สกุล"),
        ("payer_name", "ก" * 201, "ยาวเกินไป (ไม่เกิน 200 ตัวอักษร)"),
        ("reference", "ก" * 101, "ยาวเกินไป (ไม่เกิน 100 ตัวอักษร)"),
        ("phone", "12", "เบอร์โทรศัพท์ต้องขึ้นต้นด้วย 0 เช่น 081-234-5678"),
        ("paid_at", "2569-11-21T10:00:00", "วันเวลาที่โอนต้องไม่อยู่ในอนาคต"),
        ("paid_at", "เมื่อวาน", "วันเวลาไม่ถูกต้อง"),
        ("slip", None, "กรุณากรอกข้อมูลนี้"),
        ("slip", "nothing", GONE),
        ("slips", ["nothing"], None),
        ("slips", ["a", "b", "c"], "แนบภาพได้ไม่เกิน 3 ภาพ"),
        ("slips", "a", "ต้องเป็นรายการของภาพ"),
        ("months", "2026-11", "ต้องเป็นรายการของเดือน"),
        ("months", ["2026-01"] * 61, "ระบุได้ไม่เกิน 60 เดือน"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    as_somsri: Caller, payment: dict[str, Any], field: str, value: Any, message: str | None
) -> None:
    answer = tell(as_somsri, payment | {field: value})
    assert answer.status_code == 400
    assert answer.json() == ({"slip": [GONE]} if message is None else {field: [message]})
    assert not PaymentNotice.objects.exists()
    # A refused request uses up neither its slip nor its key.
    assert tell(as_somsri, payment).status_code == 201


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "11-2026", 202611, None, "9999-01"])
def test_what_is_no_month_is_told_at_its_place(
    as_somsri: Caller, payment: dict[str, Any], month: Any
) -> None:
    body = payment | {"revenue": "garbage_fee", "months": ["2026-10", month]}
    answer = tell(as_somsri, body)
    assert answer.status_code == 400
    (message,) = answer.json()["months"]["1"]
    assert message == ("กรุณากรอกข้อมูลนี้" if month is None else WRONG_MONTH)


def test_errors_are_english_for_who_asks(as_somsri: Caller, payment: dict[str, Any]) -> None:
    body = payment | {"amount": 0}
    answer = as_somsri.post("payment-notices", body, key=uuid.uuid4(), **{"Accept-Language": "en"})
    assert answer.json() == {"amount": ["The amount must be more than 0 baht."]}


def test_the_slip_of_another_is_as_if_there_were_none(
    as_somsri: Caller, as_neighbour: Caller, payment: dict[str, Any]
) -> None:
    answer = tell(as_neighbour, payment)
    assert (answer.status_code, answer.json()) == (400, {"slip": [GONE]})
    complaint = {"photos": [payment["slip"]]}
    assert tell(as_neighbour, payment | complaint).status_code == 400
    assert Upload.objects.count() == 1


def test_a_slip_serves_once(as_somsri: Caller, payment: dict[str, Any]) -> None:
    assert tell(as_somsri, payment).status_code == 201
    assert tell(as_somsri, payment).json() == {"slip": [GONE]}


# -- once ---------------------------------------------------------------------------------------


def test_the_same_key_again_is_the_same_notice(as_somsri: Caller, payment: dict[str, Any]) -> None:
    key = uuid.uuid4()
    first = tell(as_somsri, payment, key=key)
    again = tell(as_somsri, payment, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert PaymentNotice.objects.count() == OutboundMessage.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(
    as_somsri: Caller, payment: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    assert tell(as_somsri, payment, key=key).status_code == 201
    other = payment | {"amount": 1, "slip": slip_of(as_somsri)}
    answer = tell(as_somsri, other, key=key)
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Idempotency-Key นี้ใช้กับข้อมูลอื่นไปแล้ว"}
    assert PaymentNotice.objects.count() == 1


def test_a_key_of_a_complaint_is_not_one_of_a_payment(
    as_somsri: Caller, payment: dict[str, Any], report: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    assert as_somsri.file(report, key=key).status_code == 201
    assert tell(as_somsri, payment, key=key).status_code == 409
    assert not PaymentNotice.objects.exists()
    assert Complaint.objects.count() == Submission.objects.count() == 1


def test_keys_belong_to_their_resident(
    as_somsri: Caller, as_neighbour: Caller, payment: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    theirs = payment | {"slip": slip_of(as_neighbour)}
    assert tell(as_somsri, payment, key=key).status_code == 201
    assert tell(as_neighbour, theirs, key=key).status_code == 201
    assert PaymentNotice.objects.count() == 2


def test_a_key_is_needed(as_somsri: Caller, payment: dict[str, Any]) -> None:
    answer = as_somsri.post("payment-notices", payment)
    assert answer.status_code == 400
    assert list(answer.json()) == ["Idempotency-Key"]


def test_she_files_so_many_in_an_hour_repeats_and_refusals_not_counted(
    as_somsri: Caller, somsri: Resident, payment: dict[str, Any], settings: Any
) -> None:
    settings.THROTTLE = True
    key = uuid.uuid4()
    for _ in range(2):
        assert tell(as_somsri, payment, key=key).status_code in (200, 201)
        assert tell(as_somsri, payment | {"amount": 0}).status_code == 400
    mine = cache.get(f"filings_{somsri.pk}")
    assert len(mine) == 1
    cache.set(f"filings_{somsri.pk}", mine * FILINGS_PER_HOUR)
    answer = tell(as_somsri, payment | {"slip": slip_of(as_somsri)})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert PaymentNotice.objects.count() == 1


# -- sign-in ------------------------------------------------------------------------------------


def test_without_sign_in_nothing_but_the_kinds_is_told(stranger: Caller, somsri: Resident) -> None:
    notice = notice_of(somsri)
    assert stranger.get("revenues").status_code == 200
    for path in ("payment-notices", f"payment-notices/{notice.number}", "receipts"):
        assert stranger.get(path).status_code == 401, path
    assert stranger.post("payment-notices", {}, key=uuid.uuid4()).status_code == 401


def test_a_cookie_alone_files_nothing(
    line_keys: LineKeys, somsri: Resident, payment: dict[str, Any]
) -> None:
    page = with_cookie(line_keys, somsri)
    del page.headers["X-CSRFToken"]
    assert tell(page, payment).status_code == 403
    assert page.get("payment-notices").status_code == 200


# -- reading ------------------------------------------------------------------------------------


def test_the_kinds_say_what_they_ask_for(stranger: Caller) -> None:
    rows = {row["slug"]: row for row in stranger.get("revenues").json()}
    assert list(rows) == ["land_building_tax", "signboard_tax", "garbage_fee", "other"]
    garbage = rows["garbage_fee"]
    assert garbage["name"] == "ค่าเก็บขยะ"
    assert garbage["paper_name"] == "ค่าธรรมเนียมเก็บและขนมูลฝอย"
    assert (garbage["period"], garbage["asks"]) == ("months", ["months", "reference"])
    assert rows["land_building_tax"]["asks"] == ["fiscal_year", "reference"]


def test_each_state_is_told_in_the_words_that_everybody_reads(
    as_somsri: Caller, somsri: Resident
) -> None:
    clerk = finance_clerk()
    received, checking, paid, done, turned_down = (notice_of(somsri) for _ in range(5))
    workflow.ask(checking.pk, clerk, 1, "ขอเลขที่บ้าน")
    confirmed(paid, clerk)
    receipt = receipted(done, clerk)
    workflow.reject(turned_down.pk, clerk, 1, "ไม่พบยอดเงิน")
    rows = {row["number"]: row for row in as_somsri.get("payment-notices").json()}
    assert list(rows) == [one.number for one in (turned_down, done, paid, checking, received)]
    assert {row["status"]: row["status_label"] for row in rows.values()} == {
        "received": "ได้รับหลักฐานแล้ว",
        "checking": "กำลังตรวจสอบ",
        "confirmed": "ยืนยันยอดเงินแล้ว",
        "receipted": "ออกใบเสร็จรับเงินแล้ว",
        "rejected": "ตรวจสอบไม่ผ่าน โปรดติดต่อกองคลัง",
    }
    address = f"http://localhost:8000/receipts/{receipt.token}.pdf"
    assert rows[done.number]["receipt_url"] == address
    (told,) = rows[done.number]["receipts"]
    assert told["url"] == address
    assert told["number"] == f"เล่มที่ {receipt.book_label} เลขที่ {receipt.number_label}"
    assert (told["total"], told["is_void"]) == ("80.00", False)
    assert rows[turned_down.number]["reason"] == "ไม่พบยอดเงิน"
    assert rows[checking.number]["asked"] == "ขอเลขที่บ้าน"
    for one in (received, paid, turned_down):
        row = rows[one.number]
        assert (row["receipt_url"], row["receipts"], row["asked"]) == (None, [], "")
    assert rows[paid.number]["reason"] == ""
    assert (rows[received.number]["revenue"], rows[received.number]["revenue_name"]) == (
        "garbage_fee",
        "ค่าเก็บขยะ",
    )


def test_what_the_chat_waits_for_is_no_question_of_an_officer(
    as_somsri: Caller, somsri: Resident
) -> None:
    notice = notice_of(somsri)
    PaymentNotice.objects.update(slip_again=True, asked_at=notice.created_at)
    NoticeEntry.objects.create(notice=notice, kind="asked", text="ระบบถามในแชต: เบอร์โทรศัพท์")
    [listed] = as_somsri.get("payment-notices").json()
    whole = as_somsri.get(f"payment-notices/{notice.number}").json()
    assert (listed["asked"], whole["asked"]) == ("", "")
    assert (listed["slip_again"], whole["slip_again"]) == (True, True)
    assert whole["timeline"][-1]["status_label"] == "ขอข้อมูลเพิ่มในแชต"
    PaymentNotice.objects.update(status="rejected")
    assert not as_somsri.get(f"payment-notices/{notice.number}").json()["slip_again"]


def test_one_payment_is_told_whole_but_nothing_of_the_office(
    as_somsri: Caller, somsri: Resident
) -> None:
    clerk = finance_clerk()
    notice = notice_of(somsri)
    workflow.add_note(notice.pk, clerk, "บันทึกลับของกองคลัง")
    workflow.edit(notice.pk, clerk, 1, reference="แก้โดยเจ้าหน้าที่")
    workflow.ask(notice.pk, clerk, 2, "ขอเลขที่บ้าน")
    answer = as_somsri.get(f"payment-notices/{notice.number}")
    told = answer.json()
    assert (told["payer_name"], told["phone"]) == ("สมศรี ใจดี", "0812345678")
    assert (told["months"], told["slips"]) == (["2026-10", "2026-11"], 1)
    assert [(step["kind"], step["note"]) for step in told["timeline"]] == [
        ("received", ""),
        ("asked", "ขอเลขที่บ้าน"),
    ]
    text = answer.content.decode()
    assert "บันทึกลับ" not in text
    assert str(clerk) not in text
    assert NoticeEntry.objects.filter(notice=notice).count() == 4


def test_every_kind_of_entry_is_either_hers_or_the_offices_on_purpose(
    as_somsri: Caller, somsri: Resident
) -> None:
    notice = notice_of(somsri)
    for kind in NoticeEntry.Kind:
        NoticeEntry.objects.create(notice=notice, kind=kind, text=f"ภายใน {kind}")
    timeline = as_somsri.get(f"payment-notices/{notice.number}").json()["timeline"][1:]
    assert {step["kind"] for step in timeline} == set(NoticeEntry.Kind) - {
        "edited", "note", "matched", "unmatched", "unsent", "void_asked", "void_declined",
    }  # fmt: skip
    assert {step["kind"] for step in timeline if step["note"]} == {"asked", "rejected"}


def test_her_neighbour_sees_nothing_of_it(
    as_neighbour: Caller, somsri: Resident, neighbour: Resident
) -> None:
    hers = notice_of(somsri)
    receipted(hers, finance_clerk())
    nobodys = notice_of(None)
    own = notice_of(neighbour)
    assert [row["number"] for row in as_neighbour.get("payment-notices").json()] == [own.number]
    assert as_neighbour.get("receipts").json() == []
    for number in (hers.number, nobodys.number, "P69-9999", "ไม่มี", "1%00", "a" * 300):
        answer = as_neighbour.get(f"payment-notices/{number}")
        assert answer.status_code == 404, number
        assert answer.json() == {"detail": "ไม่พบข้อมูลที่ต้องการ"}


def test_a_void_receipt_stays_in_her_list_and_is_not_the_one_that_counts(
    as_somsri: Caller, somsri: Resident
) -> None:
    notice = notice_of(somsri)
    receipt = receipted(notice, finance_clerk())
    voided(receipt)
    (row,) = as_somsri.get("payment-notices").json()
    assert row["receipt_url"] is None
    assert [one["is_void"] for one in row["receipts"]] == [True]
    assert [one["is_void"] for one in as_somsri.get("receipts").json()] == [True]


def test_all_her_receipts_are_listed_with_their_papers(as_somsri: Caller, somsri: Resident) -> None:
    receipt = receipted(notice_of(somsri), finance_clerk())
    (row,) = as_somsri.get("receipts").json()
    assert row == {
        "number": str(receipt),
        "issued_on": f"{receipt.issued_on:%Y-%m-%d}",
        "revenue_name": "ค่าธรรมเนียมเก็บและขนมูลฝอย",
        "total": "80.00",
        "is_void": False,
        "url": f"http://localhost:8000/receipts/{receipt.token}.pdf",
    }


@pytest.mark.parametrize(("provider", "seen"), [("เทศบาล", True), ("ผู้อื่น", False), ("", False)])
def test_what_she_told_in_another_account_is_hers_under_one_provider(
    as_somsri: Caller, somsri: Resident, provider: str, seen: bool
) -> None:
    Channel.objects.filter(slug=Channel.MAIN).update(provider="เทศบาล")
    other = Channel.objects.create(slug="revenue", name="กองคลัง", provider=provider)
    there = Resident.objects.create(channel=other, line_user_id=somsri.line_user_id)
    notice = notice_of(there)
    receipted(notice, finance_clerk())
    rows = as_somsri.get("payment-notices").json()
    assert [row["number"] for row in rows] == ([notice.number] if seen else [])
    assert len(as_somsri.get("receipts").json()) == int(seen)
    status = as_somsri.get(f"payment-notices/{notice.number}").status_code
    assert status == (200 if seen else 404)


def test_the_list_costs_the_same_however_long_it_is_and_goes_on_by_pages(
    line_keys: LineKeys, somsri: Resident, django_assert_max_num_queries: Any, monkeypatch: Any
) -> None:
    caller = bearer(line_keys, somsri)
    clerk = finance_clerk()
    numbers = [notice_of(somsri).number for _ in range(4)]
    for notice in PaymentNotice.objects.all():
        receipted(notice, clerk)
    caller.get("payment-notices")
    with django_assert_max_num_queries(4):
        assert len(caller.get("payment-notices").json()) == 4
    monkeypatch.setattr("liff.api.paging.PAGE", 3)
    first = caller.get("payment-notices")
    assert [row["number"] for row in first.json()] == numbers[:0:-1]
    address = first["Link"].partition(">")[0][1:]
    rest = caller.get(address)
    assert [row["number"] for row in rest.json()] == numbers[:1]
    assert "Link" not in rest
