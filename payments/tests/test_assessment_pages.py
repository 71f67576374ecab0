"""The pages of assessments, terms and reminders: what กองคลัง sees and does, and nobody else."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bannmae.models import AccessLog, Staff
from bannmae.testing import NATIONAL_ID, OTHER_NATIONAL_ID
from bannmae.tests.paper_reading import text_of
from chatops import audience
from chatops.models import OutboundMessage, Resident
from payments.assessments import reminders, sending
from payments.models import (
    Assessment,
    AssessmentImport,
    ReminderRun,
    Revenue,
    TaxTerms,
)
from payments.tests import assessment_cast as cast

pytestmark = pytest.mark.django_db


def admin_url(name: str, *args: object) -> str:
    """Return the address of a page of ours."""
    return reverse(f"admin:payments_{name}", args=args)


@pytest.fixture
def desk(client: Client, finance_clerk: Staff) -> Client:
    """A clerk of กองคลัง at the desk."""
    client.force_login(finance_clerk)
    return client


@pytest.fixture
def row(finance_clerk: Staff) -> Assessment:
    """สมศรี's assessment."""
    return cast.assessment(finance_clerk)


@pytest.fixture
def run(row: Assessment, somsri: Resident, finance_clerk: Staff) -> ReminderRun:
    """A draft that would reach สมศรี."""
    cast.linked(somsri)
    return ReminderRun.objects.create(
        revenue=row.revenue, year=row.year, moment="before", created_by=finance_clerk
    )


def pages_of(row: Assessment, run: ReminderRun, batch: AssessmentImport) -> list[str]:
    """Return every address."""
    lists = ("assessment", "assessmentimport", "reminderrun", "taxterms")
    return [
        *(admin_url(f"{one}_changelist") for one in lists),
        *(admin_url(f"{one}_add") for one in lists[1:]),
        admin_url("assessment_change", row.pk),
        admin_url("assessmentimport_change", batch.pk),
        admin_url("reminderrun_change", run.pk),
        admin_url("reminderrun_progress", run.pk),
        admin_url("reminderrun_mailing", run.pk),
    ]


@pytest.mark.parametrize("who", ["engineer", "legal_officer", "executive", "superuser"])
def test_for_others_there_is_nothing(
    client: Client,
    request: pytest.FixtureRequest,
    row: Assessment,
    run: ReminderRun,
    finance_clerk: Staff,
    who: str,
) -> None:
    batch = cast.kept(cast.csv_of(cast.SOMSRI_ROW), finance_clerk)
    if who == "superuser":
        staff = Staff.objects.create_superuser("root", password="x")
    else:
        staff = request.getfixturevalue(who)
    client.force_login(staff)
    for url in pages_of(row, run, batch):
        assert client.get(url).status_code == 404, url
    posts = [
        admin_url("assessment_act", row.pk, "cancel"),
        admin_url("assessmentimport_confirm", batch.pk),
        admin_url("assessmentimport_discard", batch.pk),
        admin_url("reminderrun_act", run.pk, "start"),
    ]
    for url in posts:
        assert client.post(url, {"reason": "x"}).status_code == 404, url
    row.refresh_from_db()
    run.refresh_from_db()
    assert (row.cancelled_at, run.state) == (None, "draft")
    assert Assessment.objects.count() == 1


def test_every_page_is_there_for_the_clerk(
    desk: Client, row: Assessment, run: ReminderRun, finance_clerk: Staff
) -> None:
    batch = cast.kept(cast.csv_of(cast.BOONMEE_ROW), finance_clerk)
    for url in pages_of(row, run, batch):
        answer = desk.get(url)
        assert answer.status_code == 200, url
        assert NATIONAL_ID not in answer.content.decode(errors="ignore")
        assert OTHER_NATIONAL_ID not in answer.content.decode(errors="ignore")


def test_a_file_is_looked_at_confirmed_and_noted(desk: Client) -> None:
    revenue = Revenue.objects.get(slug=cast.LAND)
    wrong = ("4/2570", "นายผิด", "1234567890123", "", "x", "", "")
    file = SimpleUploadedFile("ภดส.csv", cast.csv_of(cast.SOMSRI_ROW, wrong))
    sent = {"revenue": revenue.pk, "year": 2570, "file": file}
    answer = desk.post(admin_url("assessmentimport_add"), sent)
    batch = AssessmentImport.objects.get()
    assert answer["Location"] == admin_url("assessmentimport_change", batch.pk)
    shown = desk.get(answer["Location"]).content.decode()
    assert "หมายเลขบัตรประชาชนไม่ถูกต้อง" in shown
    assert "จำนวนเงินไม่ถูกต้อง" in shown
    assert "ยืนยันนำเข้า 1 รายการ (ข้าม 1 แถวที่ผิด)" in shown
    assert NATIONAL_ID not in shown
    assert not Assessment.objects.exists()
    desk.post(admin_url("assessmentimport_confirm", batch.pk))
    assert Assessment.objects.get().number == "1/2570"
    again = desk.post(admin_url("assessmentimport_confirm", batch.pk), follow=True)
    assert "นำเข้าไฟล์นี้ไปแล้ว" in again.content.decode()
    acts = AccessLog.objects.filter(action=AccessLog.Action.MONEY)
    assert [one.subject for one in acts] == [f"money:assessment-import:{batch.pk}"]


def test_a_file_that_cannot_be_read_says_why(desk: Client) -> None:
    revenue = Revenue.objects.get(slug=cast.LAND)
    file = SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0")
    sent = {"revenue": revenue.pk, "year": 2570, "file": file}
    answer = desk.post(admin_url("assessmentimport_add"), sent)
    assert answer.status_code == 422
    assert "Excel รุ่นเก่า" in answer.content.decode()
    assert not AssessmentImport.objects.exists()


def test_the_list_is_searched_by_name_number_and_whole_id(
    desk: Client, row: Assessment, finance_clerk: Staff
) -> None:
    other = cast.assessment(
        finance_clerk, number="99/2570", national_id=OTHER_NATIONAL_ID, payer_name="นายบุญมี"
    )
    cast.paid(other, finance_clerk)

    def found(**query: str) -> list[int]:
        answer = desk.get(admin_url("assessment_changelist"), query)
        return [one.pk for one in answer.context["cl"].result_list]

    assert found(q="บุญมี") == [other.pk]
    assert found(q="99/2570") == [other.pk]
    assert found(q="1-2345-67890-12-1") == [row.pk]
    assert found(q="12345") == []
    assert found(state="paid") == [other.pk]
    assert found(state="unpaid") == [row.pk]
    assert found(state="cancelled") == []


def test_marks_need_a_reason_and_are_noted(desk: Client, row: Assessment) -> None:
    def act(name: str, reason: str = "ชำระที่ธนาคาร") -> None:
        desk.post(admin_url("assessment_act", row.pk, name), {"reason": reason})
        row.refresh_from_db()

    act("paid", " ")
    assert row.paid_at is None
    act("paid")
    assert row.paid_at is not None
    act("unpaid")
    assert row.paid_at is None
    act("cancel")
    assert row.cancelled_at is not None
    act("paid")
    assert row.paid_at is None
    act("restore")
    assert row.cancelled_at is None
    assert (
        desk.post(admin_url("assessment_act", row.pk, "delete"), {"reason": "x"}).status_code == 404
    )
    assert AccessLog.objects.filter(subject=f"money:assessment:{row.pk}").count() == 4


def test_terms_are_set_with_their_steps(desk: Client) -> None:
    revenue = Revenue.objects.get(slug=cast.LAND)
    good = {
        "revenue": revenue.pk,
        "year": 2570,
        "due_on": "2027-04-30",
        "since_1": "2027-06-01",
        "percent_1": "20",
        "since_2": "2027-05-01",
        "percent_2": "10",
        "interest_percent": "1",
        "interest_since": "2027-05-01",
        "note": "ประกาศเทศบาล",
    }
    wrong: list[tuple[dict[str, str], str]] = [
        ({"since_1": "2027-04-30"}, "ต้องเป็นวันหลังกำหนดชำระ"),
        ({"percent_1": ""}, "กรอกทั้งวันที่และร้อยละ"),
        ({"since_2": "2027-06-01"}, "วันที่ซ้ำ"),
        ({"interest_since": ""}, "กรอกวันแรกที่เริ่มนับเงินเพิ่ม"),
        ({"year": "2027"}, "ต้องเป็นปี พ.ศ."),
        ({"percent_1": "101"}, "100"),
    ]
    for change, words in wrong:
        answer = desk.post(admin_url("taxterms_add"), good | change)
        assert words in answer.content.decode(), change
    assert not TaxTerms.objects.exists()
    desk.post(admin_url("taxterms_add"), good)
    terms = TaxTerms.objects.get()
    assert terms.penalties == [
        {"since": "2027-05-01", "percent": "10"},
        {"since": "2027-06-01", "percent": "20"},
    ]
    shown = desk.get(admin_url("taxterms_change", terms.pk)).content.decode()
    assert 'value="2027-05-01"' in shown
    assert desk.get(admin_url("taxterms_changelist")).status_code == 200
    desk.post(
        admin_url("taxterms_change", terms.pk), good | {"since_2": "", "percent_2": "", "note": ""}
    )
    terms.refresh_from_db()
    assert terms.penalties == [{"since": "2027-06-01", "percent": "20"}]
    assert terms.due_on == date(2027, 4, 30)


def test_a_reminder_is_drafted_shown_started_and_stopped(
    desk: Client, run: ReminderRun, row: Assessment, finance_clerk: Staff
) -> None:
    cast.assessment(finance_clerk, number="2/2", national_id=OTHER_NATIONAL_ID)
    sent = {"revenue": row.revenue_id, "year": row.year, "moment": "on", "words": "ค้าง 500 บาท"}
    refused = desk.post(admin_url("reminderrun_add"), sent)
    assert refused.status_code == 422
    desk.post(admin_url("reminderrun_add"), sent | {"words": "เปิดรับชำระวันเสาร์"})
    run = ReminderRun.objects.get(moment="on")
    shown = desk.get(admin_url("reminderrun_change", run.pk)).content.decode()
    assert "เปิดรับชำระวันเสาร์" in shown
    assert reminders.NOT_A_NOTICE in shown
    assert "เริ่มส่งถึง 1 คน" in shown
    assert not OutboundMessage.objects.exists()
    for name, state in (
        ("start", "sending"),
        ("pause", "paused"),
        ("continue", "sending"),
        ("cancel", "cancelled"),
        ("start", "cancelled"),
    ):
        answer = desk.post(admin_url("reminderrun_act", run.pk, name), follow=True)
        assert answer.status_code == 200
        run.refresh_from_db()
        assert run.state == state
    found = desk.get(admin_url("reminderrun_progress", run.pk)).json()
    assert (found["total"], found["waiting"], found["state"]) == (1, 1, "cancelled")
    assert desk.get(admin_url("reminderrun_act", run.pk, "start")).status_code == 405
    noted = AccessLog.objects.filter(subject=f"money:reminder:{run.pk}")
    assert noted.count() == 4


def test_the_mailing_list_holds_who_is_not_reached(
    desk: Client, run: ReminderRun, finance_clerk: Staff
) -> None:
    import openpyxl

    cast.assessment(
        finance_clerk, number="2/2", national_id=OTHER_NATIONAL_ID, payer_name="=นายบุญมี"
    )
    answer = desk.get(admin_url("reminderrun_mailing", run.pk))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [str(cell.value) for line in book.active.iter_rows() for cell in line if cell.value]
    assert any("นายบุญมี" in cell for cell in cells)
    assert not any("สมศรี" in cell for cell in cells)
    assert not any(OTHER_NATIONAL_ID in cell for cell in cells)
    pdf = desk.get(admin_url("reminderrun_labels", run.pk))
    assert pdf.content.startswith(b"%PDF")


def test_labels_come_some_sheets_at_a_time(
    desk: Client, run: ReminderRun, finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments.desk.reminders.LABELS", 2)
    for place in range(3):
        cast.assessment(
            finance_clerk,
            number=f"3{place}/1",
            national_id="",
            owner_code=f"03-{place}",
            payer_name=f"บุญมี{place} มาดี",
        )
    html = desk.get(admin_url("reminderrun_change", run.pk)).content.decode()
    assert "ชุดที่ 2" in html
    assert "ชุดที่ 3" not in html
    labels = admin_url("reminderrun_labels", run.pk)

    def names(part: int) -> list[bool]:
        said = text_of(desk.get(f"{labels}?part={part}").content)
        return [f"บุญมี{place}" in said for place in range(3)]

    assert names(1) == [True, True, False]
    assert names(2) == [False, False, True]
    beyond = desk.get(f"{labels}?part=3", follow=True)
    assert "ป้ายจ่าหน้าซองมีไม่ถึงชุดที่ 3" in beyond.content.decode()


def test_only_finance_sees_a_reminder_in_the_outbox(
    run: ReminderRun, finance_clerk: Staff, engineer: Staff
) -> None:
    reminders.start(run, finance_clerk)
    sending.send_due()
    row = OutboundMessage.objects.get()
    assert audience.messages_for(finance_clerk).filter(pk=row.pk).exists()
    assert not audience.messages_for(engineer).filter(pk=row.pk).exists()
    assert audience.object_url(row.about) == admin_url("reminderrun_change", run.pk)


def test_the_list_costs_the_same_for_few_and_many(
    desk: Client, row: Assessment, finance_clerk: Staff, django_assert_max_num_queries: Any
) -> None:
    url = admin_url("assessment_changelist")
    desk.get(url)
    for number in range(30):
        cast.assessment(finance_clerk, number=f"{number}/9", amount=Decimal(number + 1))
    with django_assert_max_num_queries(25):
        assert len(desk.get(url).context["cl"].result_list) == 31
