"""Filing: one door, one number each, and an acknowledgement with it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from bannmae import testing
from bannmae.models import Holiday, Municipality
from chatops.models import OutboundMessage, Resident
from complaints import search
from complaints.intake import Place, Reporter
from complaints.models import Category, Complaint, NumberSeries, TimelineEntry


@pytest.mark.django_db
def test_a_case_its_first_step_and_its_acknowledgement_are_one(somsri: Resident) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 21, 3, 5, tzinfo=dt.UTC)):
        complaint = testing.make_complaint(somsri)
    assert complaint.number == "69-0001"
    assert [entry.status for entry in complaint.timeline.all()] == ["received"]
    [told] = OutboundMessage.objects.all()
    assert told.resident == somsri
    assert told.messages[0]["altText"] == "เรื่องเลขที่ 69-0001 รับเรื่องแล้ว"
    words = str(told.messages)
    assert "21 พฤศจิกายน 2569 เวลา 10.05 น." in words
    assert "7 ธันวาคม 2569" in words, "the fifteenth day is a Sunday"
    assert not told.can_wait


@pytest.mark.django_db
def test_who_has_no_line_gets_no_message() -> None:
    from complaints.intake import file_complaint

    file_complaint(
        category=Category.objects.get(slug="road"),
        subject="หลุม",
        details="ลึก",
        reporter=Reporter("สมศรี ใจดี", "0812345678"),
        via=Complaint.Via.COUNTER,
    )
    assert not OutboundMessage.objects.exists()


@pytest.mark.django_db
def test_what_fails_leaves_nothing_and_takes_no_number(
    somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("no notice")

    monkeypatch.setattr("complaints.notices.tell", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        testing.make_complaint(somsri)
    assert not Complaint.objects.exists()
    assert not TimelineEntry.objects.exists()
    assert not NumberSeries.objects.filter(last__gt=0).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("basis", "day", "number"),
    [
        (Municipality.NumberYear.CALENDAR, dt.datetime(2026, 12, 31, 16, 59, tzinfo=dt.UTC), "69"),
        # Bangkok's new year comes seven hours before that of UTC.
        (Municipality.NumberYear.CALENDAR, dt.datetime(2026, 12, 31, 17, 0, tzinfo=dt.UTC), "70"),
        (Municipality.NumberYear.FISCAL, dt.datetime(2026, 9, 30, 16, 59, tzinfo=dt.UTC), "69"),
        (Municipality.NumberYear.FISCAL, dt.datetime(2026, 9, 30, 17, 0, tzinfo=dt.UTC), "70"),
    ],
)
def test_numbers_begin_anew_with_the_offices_year(
    basis: str, day: dt.datetime, number: str
) -> None:
    profile = Municipality.get_solo()
    profile.number_year = basis
    profile.save()
    with time_machine.travel(day):
        assert testing.make_complaint().number == f"{number}-0001"
        assert testing.make_complaint().number == f"{number}-0002"


@pytest.mark.django_db
def test_numbers_go_on_past_nine_thousand() -> None:
    testing.make_complaint()
    NumberSeries.objects.update(last=9999)
    assert testing.make_complaint().number.endswith("-10000")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "days", "holidays", "due"),
    [
        ("calendar", 15, [], dt.date(2026, 12, 7)),  # the 6th is a Sunday
        ("calendar", 15, [dt.date(2026, 12, 7)], dt.date(2026, 12, 8)),
        ("calendar", 3, [], dt.date(2026, 11, 24)),
        ("working", 3, [], dt.date(2026, 11, 25)),
        ("working", 3, [dt.date(2026, 11, 24)], dt.date(2026, 11, 26)),
    ],
)
def test_the_clock_knows_weekends_and_holidays(
    kind: str, days: int, holidays: list[dt.date], due: dt.date
) -> None:
    for day in holidays:
        Holiday.objects.get_or_create(date=day, defaults={"name": "วันหยุด"})
    Category.objects.filter(slug="road").update(day_kind=kind, days_to_answer=days)
    with time_machine.travel(dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)):
        assert testing.make_complaint().due_on == due


@pytest.mark.django_db
def test_id_and_phone_never_stand_clear_in_the_database(somsri: Resident) -> None:
    complaint = testing.make_complaint(somsri)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM complaints_complaint WHERE id = %s", [complaint.pk])
        row = str(cursor.fetchone())
        cursor.execute("SELECT * FROM chatops_outboundmessage")
        row += str(cursor.fetchall())
    for secret in (testing.NATIONAL_ID, testing.PHONE, "somsri@example.com", "12 หมู่ 3"):
        assert secret not in row
    complaint.refresh_from_db()
    assert (complaint.national_id, complaint.phone) == (testing.NATIONAL_ID, testing.PHONE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        "{number}",
        "๖๙",
        "เป็นหลุม",
        "ถนน หลุม",
        "สมศรี",
        "บ้านแม",
        "หมู่ 3",
        "081-234-5678",
        "๐๘๑ ๒๓๔ ๕๖๗๘",
        "+66812345678",
        "1-2345-67890-12-1",
        "ถน",
    ],
)
def test_a_case_is_found_by(words: str) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 21, 3, 0, tzinfo=dt.UTC)):
        complaint = testing.make_complaint()
    other = testing.make_complaint(
        subject="ไฟดับ",
        details="มืด",
        place=Place(village=1, text="ซอยหนึ่ง"),
        reporter=Reporter("บุญมี แก้วคำ", "0899999999"),
    )
    found = search.find(Complaint.objects.all(), words.format(number=complaint.number))
    assert complaint in found
    if words != "๖๙":
        assert other not in found


@pytest.mark.django_db
@pytest.mark.parametrize("words", ['"', "* OR 1", "a' --", "NEAR(", "%", "_", "๙๙๙๙๙", "\x00ถนน"])
def test_odd_words_are_words(words: str) -> None:
    testing.make_complaint(subject="ไฟดับ", details="มืด")
    assert list(search.find(Complaint.objects.all(), words)) == []


@pytest.mark.django_db
def test_filing_stays_within_its_queries(
    somsri: Resident, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    category = Category.objects.select_related("division").get(slug="road")
    testing.make_complaint(somsri, category=category)
    photos = [testing.make_photo() for _ in range(3)]
    with django_assert_max_num_queries(9):
        testing.make_complaint(somsri, category=category, photos=photos)


@pytest.mark.django_db(transaction=True)
def test_filers_at_once_never_share_a_number() -> None:
    residents = [testing.make_resident(f"คนที่ {number}") for number in range(8)]
    numbers: list[str] = []
    problems: list[BaseException] = []

    def file(resident: Resident) -> None:
        try:
            for turn in range(5):
                if turn == 2:
                    # One that is rolled back takes its number with it.
                    with transaction.atomic():
                        testing.make_complaint(resident)
                        transaction.set_rollback(True)
                numbers.append(testing.make_complaint(resident).number)
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=file, args=(resident,)) for resident in residents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(numbers) == len(set(numbers)) == 40
    assert Complaint.objects.count() == OutboundMessage.objects.count() == 40
    assert max(numbers).endswith("-0040"), "no gap either"
