"""Filing a case over the API: what is taken, what is refused and in which words."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import testing
from chatops.models import OutboundMessage, Resident
from complaints.models import Category, Complaint, TimelineEntry
from liff.models import Submission
from liff.tests.conftest import Caller, LineKeys, with_cookie

pytestmark = pytest.mark.django_db

BANGKOK = ZoneInfo("Asia/Bangkok")


def test_a_report_is_filed(as_somsri: Caller, somsri: Resident, report: dict[str, Any]) -> None:
    answer = as_somsri.file(report)
    assert answer.status_code == 201
    complaint = Complaint.objects.get()
    assert answer.json() == {
        "number": complaint.number,
        "status": "received",
        "status_label": "รับเรื่องแล้ว",
        "track_url": f"http://localhost:8000/liff/track/{complaint.number}",
    }
    assert complaint.resident == somsri
    assert complaint.category.slug == "road"
    assert complaint.details == "หลุมลึกประมาณ 20 เซนติเมตร\nรถล้มแล้วสองคัน"
    assert complaint.latitude == Decimal("18.613700")
    assert complaint.accuracy_m == 13
    assert (complaint.village, complaint.place, complaint.hide_name) == (3, "หน้าวัดบ้านแม", True)
    assert complaint.reporter_name == "สมศรี ใจดี"
    assert complaint.national_id == "1234567890121"
    assert complaint.phone == "0812345678"
    assert complaint.notice_acknowledged_at is not None
    notice = OutboundMessage.objects.get()
    assert notice.messages[0]["altText"] == f"เรื่องเลขที่ {complaint.number} รับเรื่องแล้ว"


def test_only_what_must_be_given_is_enough(as_somsri: Caller) -> None:
    answer = as_somsri.file(
        {
            "category": "road",
            "subject": "ถนนพัง",
            "details": "พังมาก",
            "incident_at": None,
            "latitude": None,
            "place": None,
            "photos": None,
            "hide_name": None,
            "reporter": {
                "full_name": "สมศรี",
                "phone": "053123456",
                "national_id": None,
                "email": None,
            },
            "notice_acknowledged": True,
        }
    )
    assert answer.status_code == 201
    complaint = Complaint.objects.get()
    assert (complaint.national_id, complaint.email, complaint.place) == ("", "", "")
    assert complaint.latitude is None
    assert complaint.hide_name is False


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("category", "no-such", "ไม่มีประเภทเรื่องนี้ หรือปิดรับแล้ว"),
        ("category", ["road"], "ข้อมูลนี้ต้องเป็นข้อความ"),
        ("subject", None, "กรุณากรอกข้อมูลนี้"),
        ("subject", " \u200b\x00\n", "กรุณากรอกข้อมูลนี้"),
        ("subject", "ก" * 151, "ยาวเกินไป (ไม่เกิน 150 ตัวอักษร)"),
        ("details", "ก" * 5001, "ยาวเกินไป (ไม่เกิน 5000 ตัวอักษร)"),
        ("details", {"a": 1}, "ข้อมูลนี้ต้องเป็นข้อความ"),
        ("incident_at", "เมื่อวาน", "วันเวลาไม่ถูกต้อง"),
        ("incident_at", 5, "วันเวลาไม่ถูกต้อง"),
        ("incident_at", "0001-01-01T00:00:00", "วันเวลาไม่ถูกต้อง"),
        ("incident_at", "0001-01-01T00:00:00+14:00", "วันเวลาไม่ถูกต้อง"),
        ("incident_at", "9999-12-31T23:59:59-14:00", "วันเวลาไม่ถูกต้อง"),
        ("incident_at", "2569-11-21T10:00:00", "วันเวลาที่เกิดเหตุต้องไม่อยู่ในอนาคต"),
        ("latitude", 90.1, "พิกัดอยู่นอกช่วงที่เป็นไปได้"),
        ("longitude", -180.000001, "พิกัดอยู่นอกช่วงที่เป็นไปได้"),
        ("latitude", "เหนือ", "พิกัดไม่ถูกต้อง"),
        ("latitude", True, "พิกัดไม่ถูกต้อง"),
        ("latitude", "NaN", "พิกัดไม่ถูกต้อง"),
        ("latitude", 10**400, "พิกัดอยู่นอกช่วงที่เป็นไปได้"),
        ("latitude", None, "ต้องส่งละติจูดและลองจิจูดคู่กัน"),
        ("longitude", None, "ต้องส่งละติจูดและลองจิจูดคู่กัน"),
        ("accuracy_m", -1, "ความคลาดเคลื่อนต้องไม่ติดลบ"),
        ("village", 0, "ต้องไม่น้อยกว่า 1"),
        ("village", 100, "ต้องไม่เกิน 99"),
        ("village", "สาม", "ต้องเป็นตัวเลขจำนวนเต็ม"),
        ("village", True, "ต้องเป็นตัวเลขจำนวนเต็ม"),
        ("place", "ก" * 301, "ยาวเกินไป (ไม่เกิน 300 ตัวอักษร)"),
        ("hide_name", "yes", "ต้องเป็น true หรือ false"),
        ("photos", "x", "ต้องเป็นรายการของภาพ"),
        ("photos", ["a"], "ไม่พบภาพบางภาพ หรือภาพถูกใช้ไปแล้ว กรุณาแนบภาพใหม่"),
        ("photos", [str(n) for n in range(11)], "แนบภาพได้ไม่เกิน 10 ภาพ"),
        ("notice_acknowledged", False, "กรุณากดรับทราบประกาศความเป็นส่วนตัวก่อนส่ง"),
        ("notice_acknowledged", None, "กรุณากรอกข้อมูลนี้"),
        ("notice_acknowledged", 1, "ต้องเป็น true หรือ false"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    as_somsri: Caller, report: dict[str, Any], field: str, value: Any, message: str
) -> None:
    answer = as_somsri.file(report | {field: value})
    assert answer.status_code == 400
    assert answer.json() == {field: [message]}
    assert not Complaint.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("full_name", "ส", "กรุณากรอกชื่อ–สกุล"),
        ("full_name", "12345", "กรุณากรอกชื่อ–สกุล"),
        ("full_name", "ก" * 151, "ยาวเกินไป (ไม่เกิน 150 ตัวอักษร)"),
        ("national_id", "1234567890123", "หมายเลขบัตรประชาชนไม่ถูกต้อง กรุณาตรวจสอบตัวเลขอีกครั้ง"),
        ("national_id", "x-xxxx-xxxxx-12-1", "หมายเลขบัตรประชาชนต้องเป็นตัวเลขเท่านั้น"),
        ("phone", "", "กรุณากรอกข้อมูลนี้"),
        ("phone", "1669", "เบอร์โทรศัพท์ต้องขึ้นต้นด้วย 0 เช่น 081-234-5678"),
        ("email", "somsri@", "อีเมลไม่ถูกต้อง"),
        ("email", 5, "อีเมลไม่ถูกต้อง"),
        ("address", "ก" * 501, "ยาวเกินไป (ไม่เกิน 500 ตัวอักษร)"),
        ("use_saved_id", "no", "ต้องเป็น true หรือ false"),
    ],
)
def test_what_is_wrong_with_the_reporter_is_told_inside_it(
    as_somsri: Caller, report: dict[str, Any], field: str, value: Any, message: str
) -> None:
    report["reporter"][field] = value
    answer = as_somsri.file(report)
    assert answer.status_code == 400
    assert answer.json() == {"reporter": {field: [message]}}


def test_everything_that_is_missing_is_told_at_once(as_somsri: Caller) -> None:
    told = as_somsri.file({"reporter": {}}).json()
    assert set(told) == {"category", "subject", "details", "reporter", "notice_acknowledged"}
    assert set(told["reporter"]) == {"full_name", "phone"}
    assert as_somsri.file({"reporter": 5} | {}).json()["reporter"] == {
        "non_field_errors": ["ต้องเป็นวัตถุ JSON"]
    }


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("๐๘๑-๒๓๔-๕๖๗๘", "0812345678"),
        ("+66 (0)53 123 456 ต่อ ๑๐๑", "053123456#101"),
        ("081 234 5678", "0812345678"),
    ],
)
def test_phones_are_taken_as_people_write_them(
    as_somsri: Caller, report: dict[str, Any], typed: str, kept: str
) -> None:
    report["reporter"]["phone"] = typed
    assert as_somsri.file(report).status_code == 201
    assert Complaint.objects.get().phone == kept


def test_positions_are_kept_to_six_places(as_somsri: Caller, report: dict[str, Any]) -> None:
    report |= {"latitude": "18.61370049999999999999999", "longitude": 98, "accuracy_m": 1e9}
    assert as_somsri.file(report).status_code == 201
    complaint = Complaint.objects.get()
    assert (complaint.latitude, complaint.longitude) == (Decimal("18.613700"), Decimal(98))
    assert complaint.accuracy_m == 20_037_508


def test_control_characters_do_no_harm(as_somsri: Caller, report: dict[str, Any]) -> None:
    report |= {"subject": "ถนน\x00\u202eพัง\ud800", "details": "บรรทัดหนึ่ง\r\nสอง\x07"}
    assert as_somsri.file(report).status_code == 201
    complaint = Complaint.objects.get()
    assert (complaint.subject, complaint.details) == ("ถนนพัง", "บรรทัดหนึ่ง\nสอง")


def test_a_moment_without_a_zone_is_bangkoks(as_somsri: Caller, report: dict[str, Any]) -> None:
    report["incident_at"] = "2026-11-20T08:30"
    assert as_somsri.file(report).status_code == 201
    assert Complaint.objects.get().incident_at == datetime(2026, 11, 20, 8, 30, tzinfo=BANGKOK)


def test_a_clock_that_runs_ahead_a_little_is_forgiven(
    as_somsri: Caller, report: dict[str, Any]
) -> None:
    now = timezone.now()
    report["incident_at"] = (now + timedelta(minutes=9)).isoformat()
    assert as_somsri.file(report).status_code == 201
    report["incident_at"] = (now + timedelta(minutes=11)).isoformat()
    assert as_somsri.file(report).status_code == 400


# -- what the category asks for ---------------------------------------------------------


def _asks(slug: str, **what: str) -> None:
    assert Category.objects.filter(slug=slug).update(**what)


def test_a_required_id_is_required(as_somsri: Caller, report: dict[str, Any]) -> None:
    _asks("road", national_id="required")
    del report["reporter"]["national_id"]
    answer = as_somsri.file(report)
    assert answer.json() == {"reporter": {"national_id": ["เรื่องประเภทนี้ต้องกรอกหมายเลขบัตรประชาชน"]}}


def test_an_id_that_is_not_asked_for_is_not_kept(as_somsri: Caller, report: dict[str, Any]) -> None:
    _asks("road", national_id="off")
    assert as_somsri.file(report).status_code == 201
    complaint = Complaint.objects.get()
    assert (complaint.national_id, complaint.national_id_index) == ("", "")


def test_a_required_place_may_be_a_pin_or_words(as_somsri: Caller, report: dict[str, Any]) -> None:
    _asks("road", location="required")
    nowhere = report | {"latitude": None, "longitude": None, "place": ""}
    answer = as_somsri.file(nowhere)
    assert answer.json() == {"place": ["กรุณาปักหมุดบนแผนที่ หรือบอกสถานที่หรือจุดสังเกต"]}
    assert as_somsri.file(nowhere | {"place": "หน้าวัด"}).status_code == 201
    assert as_somsri.file(report | {"place": ""}).status_code == 201


def test_a_position_that_is_not_asked_for_is_not_kept(
    as_somsri: Caller, report: dict[str, Any]
) -> None:
    _asks("road", location="off")
    assert as_somsri.file(report).status_code == 201
    complaint = Complaint.objects.get()
    assert (complaint.latitude, complaint.longitude, complaint.accuracy_m) == (None, None, None)


def test_a_closed_category_takes_nothing(as_somsri: Caller, report: dict[str, Any]) -> None:
    Category.objects.filter(slug="road").update(is_active=False)
    assert as_somsri.file(report).json() == {"category": ["ไม่มีประเภทเรื่องนี้ หรือปิดรับแล้ว"]}


def test_categories_are_public_and_in_order(stranger: Caller) -> None:
    Category.objects.filter(slug="noise").update(is_active=False)
    answer = stranger.get("categories")
    assert answer.status_code == 200
    rows = answer.json()
    assert rows[0] == {
        "slug": "road",
        "kind": "complaint",
        "name": "ถนน/ทางเท้าชำรุด",
        "national_id": "optional",
        "location": "optional",
    }
    assert len(rows) == Category.objects.count() - 1
    assert "noise" not in {row["slug"] for row in rows}


# -- what she gave last time --------------------------------------------------------------


def test_me_tells_what_she_gave_last_time(as_somsri: Caller, report: dict[str, Any]) -> None:
    assert as_somsri.get("me").json()["reporter"] is None
    as_somsri.file(report)
    del report["reporter"]["national_id"]
    report["reporter"]["phone"] = "053123456"
    as_somsri.file(report)
    answer = as_somsri.get("me")
    assert answer.json()["reporter"] == {
        "full_name": "สมศรี ใจดี",
        "phone": "053123456",
        "email": "somsri@example.com",
        "address": "12 หมู่ 3",
        "national_id": "x-xxxx-xxxxx-12-1",
    }
    assert b"1234567890121" not in answer.content


def test_the_saved_id_is_given_again(as_somsri: Caller, report: dict[str, Any]) -> None:
    as_somsri.file(report)
    _asks("road", national_id="required")
    report["reporter"] |= {"national_id": "", "use_saved_id": True}
    assert as_somsri.file(report).status_code == 201
    assert [case.national_id for case in Complaint.objects.all()] == ["1234567890121"] * 2


def test_an_id_that_was_never_given_cannot_be_given_again(
    as_neighbour: Caller, as_somsri: Caller, report: dict[str, Any]
) -> None:
    as_somsri.file(report)
    report["reporter"] |= {"national_id": "", "use_saved_id": True}
    answer = as_neighbour.file(report)
    assert answer.status_code == 400
    assert answer.json() == {"reporter": {"use_saved_id": ["ไม่มีหมายเลขบัตรประชาชนที่เคยให้ไว้"]}}


# -- the same report twice ------------------------------------------------------------------


def test_the_same_key_makes_one_case(as_somsri: Caller, report: dict[str, Any]) -> None:
    key = uuid.uuid4()
    first = as_somsri.file(report, key=key)
    # Another order of names and another way to write the key are the same request.
    turned = dict(reversed(report.items()))
    second = as_somsri.file(turned, key=str(key).upper())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Complaint.objects.count() == Submission.objects.count() == 1
    assert TimelineEntry.objects.count() == OutboundMessage.objects.count() == 1


def test_a_repeated_report_with_photos_is_one_case(
    as_somsri: Caller, report: dict[str, Any], photo: bytes
) -> None:
    report["photos"] = [as_somsri.upload(photo).json()["id"]]
    key = uuid.uuid4()
    first = as_somsri.file(report, key=key)
    second = as_somsri.file(report, key=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_the_answer_to_a_repeated_report_tells_todays_status(
    as_somsri: Caller, report: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    number = as_somsri.file(report, key=key).json()["number"]
    as_somsri.post(f"complaints/{number}/withdraw")
    again = as_somsri.file(report, key=key)
    assert (again.status_code, again.json()["status"]) == (200, "withdrawn")


@pytest.mark.parametrize("change", [{"subject": "เรื่องอื่น"}, {"subject": ""}])
def test_the_same_key_with_another_body_is_a_conflict(
    as_somsri: Caller, report: dict[str, Any], change: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    as_somsri.file(report, key=key)
    answer = as_somsri.file(report | change, key=key)
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Idempotency-Key นี้ใช้กับข้อมูลอื่นไปแล้ว"}
    assert Complaint.objects.count() == 1


def test_a_refused_report_does_not_use_up_its_key(
    as_somsri: Caller, report: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    assert as_somsri.file(report | {"subject": ""}, key=key).status_code == 400
    assert as_somsri.file(report, key=key).status_code == 201


def test_keys_belong_to_their_resident(
    as_somsri: Caller, as_neighbour: Caller, report: dict[str, Any]
) -> None:
    key = uuid.uuid4()
    first = as_somsri.file(report, key=key)
    second = as_neighbour.file(report, key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] != second.json()["number"]


@pytest.mark.parametrize("key", [None, "", "1", "not-a-uuid", "é" * 36, "0" * 400])
def test_a_report_without_a_right_key_is_refused(
    as_somsri: Caller, report: dict[str, Any], key: str | None
) -> None:
    answer = as_somsri.post("complaints", report, key=key)
    assert answer.status_code == 400
    assert answer.json() == {"Idempotency-Key": ["ต้องส่งหัวข้อ Idempotency-Key เป็น UUID"]}


def test_a_repeated_report_is_known_after_a_new_field_key(
    as_somsri: Caller, report: dict[str, Any], settings: Any
) -> None:
    key = uuid.uuid4()
    as_somsri.file(report, key=key)
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    assert as_somsri.file(report, key=key).status_code == 200
    assert as_somsri.file(report | {"subject": "อื่น"}, key=key).status_code == 409


def test_a_submission_tells_nothing_of_its_body(as_somsri: Caller, report: dict[str, Any]) -> None:
    as_somsri.file(report)
    submission = Submission.objects.get()
    assert len(submission.fingerprint) == 64
    assert "1234567890121" not in json.dumps(submission.fingerprint)


# -- what it costs -------------------------------------------------------------------------


@pytest.mark.parametrize("photos", [0, 1, 10])
def test_a_post_takes_at_most_twelve_queries(
    line_keys: LineKeys, somsri: Resident, report: dict[str, Any], photo: bytes, photos: int
) -> None:
    caller = with_cookie(line_keys, somsri)
    caller.file(report)  # the year's first makes its number series; the profile is cached
    report["photos"] = [caller.upload(photo).json()["id"] for _ in range(photos)]
    with CaptureQueriesContext(connection) as queries:
        assert caller.file(report).status_code == 201
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    asked = [one["sql"] for one in queries if not one["sql"].startswith(control)]
    assert len(asked) <= 12, "\n".join(asked)


# -- bodies that no page sends -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"NaN", 400),
        (b'{"latitude": NaN}', 400),
        (b'{"latitude": 1e999}', 400),
        (b"[" * 100_000, 400),
        (b'{"reporter":' * 20_000 + b"1" + b"}" * 20_000, 400),
        (b"1" * 5_000, 400),
        (b'{"subject": "' + b"a" * 300_000 + b'"}', 413),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else None,
)
def test_odd_bodies_are_the_senders_error(as_somsri: Caller, body: bytes, status: int) -> None:
    answer = as_somsri.post("complaints", body, key=uuid.uuid4())
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"


def test_other_types_than_json_are_refused(as_somsri: Caller) -> None:
    answer = as_somsri.client.post(
        "/api/v1/complaints",
        {"subject": "x"},
        headers=as_somsri.headers | {"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 415


def test_what_is_not_there_is_told_in_json(stranger: Caller, as_somsri: Caller) -> None:
    for path in ("", "nothing", "me/", "complaints/69-0001/nothing", "payment"):
        answer = stranger.get(path)
        assert answer.status_code == 404, path
        assert answer.json() == {"detail": "ไม่พบข้อมูลที่ต้องการ"}
    assert as_somsri.post("me").status_code == 405


def test_somsri_reads_english_when_she_asks_for_it(
    as_somsri: Caller, stranger: Caller, report: dict[str, Any]
) -> None:
    english = {"Accept-Language": "en-US,en;q=0.9,th;q=0.8"}
    report["reporter"] |= {"phone": "1", "national_id": "1"}
    answer = as_somsri.post("complaints", report | {"subject": ""}, key=uuid.uuid4(), **english)
    assert answer.json() == {
        "subject": ["Please fill this in."],
        "reporter": {
            "phone": ["This is no Thai telephone number."],
            "national_id": ["This is no Thai national ID number."],
        },
    }
    assert stranger.get("me", **english).json() == {"detail": "Please sign in with LINE first."}
    # Thai is what everybody else gets, whatever the browser speaks.
    for language in ("th", "fr-FR,fr;q=0.9", "th-TH,th;q=0.9,en;q=0.8", ""):
        answer = stranger.get("me", **{"Accept-Language": language})
        assert answer.json() == {"detail": "กรุณาเข้าสู่ระบบด้วย LINE ก่อน"}


def test_a_national_id_is_never_repeated_in_an_answer(
    as_somsri: Caller, report: dict[str, Any]
) -> None:
    report["reporter"] = {"full_name": 5, "phone": "1234567890121", "national_id": "1234567890122"}
    answer = as_somsri.file(report | {"category": "1234567890121"})
    assert answer.status_code == 400
    assert b"123456789012" not in answer.content
    number = as_somsri.file(report | {"reporter": {"full_name": "สมศรี", "phone": testing.PHONE}})
    whole = as_somsri.get(f"complaints/{number.json()['number']}")
    assert testing.PHONE.encode() not in whole.content
