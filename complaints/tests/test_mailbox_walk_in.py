"""รับเรื่องแทนประชาชน: what is told at the counter or by telephone."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from bannmae.models import Staff
from chatops.models import OutboundMessage
from complaints import desk_intake
from complaints.models import Category, Complaint, Status, TimelineEntry
from complaints.tests.desk import (
    LIST,
    as_,
    page,
    picture_file,
)

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


# -- รับเรื่องแทนประชาชน -------------------------------------------------------------

ADD = f"{LIST}add/"


def walk_in(**changes: object) -> dict[str, object]:
    """What the form posts."""
    return {
        "via": "phone",
        "category": Category.objects.get(slug="street-light").pk,
        "subject": "ไฟดับ",
        "details": "ไฟดับสามดวง",
        "village": "4",
        "place": "หน้าวัด",
        "full_name": "ตาคำ",
        "phone": "๐๘๑-๒๓๔ ๕๖๗๘",
        "national_id": "1-2345-67890-12-1",
        "acknowledged": "on",
    } | changes


def test_a_telephone_call_becomes_a_case_by_the_same_door(legal_officer: Staff) -> None:
    answer = as_(legal_officer).post(ADD, walk_in(photos=[picture_file()]))
    made = Complaint.objects.get()
    assert answer["Location"] == page(made)
    assert (made.via, made.phone, made.national_id) == ("phone", "0812345678", "1234567890121")
    assert (made.village, made.resident, made.status) == (4, None, Status.RECEIVED)
    assert made.photos.count() == 1
    assert made.notice_acknowledged_at is not None
    assert not OutboundMessage.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "123"}, "phone"),
        ({"national_id": "1234567890123"}, "national_id"),
        ({"category": ""}, "category"),
        ({"subject": " "}, "subject"),
        ({"acknowledged": ""}, "acknowledged"),
        ({"via": "liff"}, "via"),
        ({"village": "100"}, "village"),
        ({"incident_at": "2999-01-01T10:00"}, "incident_at"),
    ],
)
def test_a_walk_in_form_with_errors_keeps_what_was_typed(
    legal_officer: Staff, changes: dict[str, object], field: str
) -> None:
    answer = as_(legal_officer).post(ADD, walk_in(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "ไฟดับสามดวง" in answer.content.decode()
    assert not Complaint.objects.exists()


def test_a_category_that_needs_an_id_asks_for_it(legal_officer: Staff) -> None:
    Category.objects.filter(slug="street-light").update(national_id="required")
    answer = as_(legal_officer).post(ADD, walk_in(national_id=""))
    assert "national_id" in answer.context["form"].errors
    Category.objects.filter(slug="street-light").update(national_id="off")
    as_(legal_officer).post(ADD, walk_in())
    assert Complaint.objects.get().national_id == ""


def test_who_takes_in_a_restricted_case_does_not_see_it(legal_officer: Staff) -> None:
    restricted = Category.objects.get(slug="misconduct")
    answer = as_(legal_officer).post(ADD, walk_in(category=restricted.pk))
    assert answer["Location"] == LIST
    assert Complaint.objects.get().category == restricted
    assert TimelineEntry.objects.count() == 1


def test_officers_without_the_permission_take_in_nothing(engineer: Staff) -> None:
    assert as_(engineer).get(ADD).status_code == 403
    assert as_(engineer).post(ADD, walk_in()).status_code == 403
    assert "รับเรื่องแทนประชาชน" not in as_(engineer).get(LIST).content.decode()


# -- sent twice ------------------------------------------------------------------------


def key_of_a_new_form(staff: Staff) -> str:
    """The key that the form brings along, unseen."""
    answer = as_(staff).get(ADD)
    key = str(answer.context["form"]["filing_key"].value())
    assert f'<input type="hidden" name="filing_key" value="{key}"' in answer.content.decode()
    return str(uuid.UUID(key))


def stored_files(folder: str = "") -> list[str]:
    """Every file in private storage."""
    folders, files = default_storage.listdir(folder) if default_storage.exists(folder) else ([], [])
    return files + [name for one in folders for name in stored_files(f"{folder}/{one}".strip("/"))]


def test_each_form_has_a_key_of_its_own_and_keeps_it_when_it_is_refused(
    legal_officer: Staff,
) -> None:
    first, second = key_of_a_new_form(legal_officer), key_of_a_new_form(legal_officer)
    assert first != second
    answer = as_(legal_officer).post(ADD, walk_in(filing_key=first, subject=""))
    assert answer.status_code == 422
    assert f'value="{first}"' in answer.content.decode()


def test_the_same_form_once_more_leads_to_the_case_it_made(legal_officer: Staff) -> None:
    key = key_of_a_new_form(legal_officer)
    officer = as_(legal_officer)
    officer.post(ADD, walk_in(filing_key=key, photos=[picture_file()]))
    files = stored_files()
    made = Complaint.objects.get()
    again = officer.post(ADD, walk_in(filing_key=key, photos=[picture_file()]), headers=FETCH)
    assert again.json() == {"url": page(made)}
    assert Complaint.objects.count() == TimelineEntry.objects.count() == 1
    assert stored_files() == files
    told = officer.get(page(made)).content.decode()
    assert f"แบบฟอร์มนี้บันทึกแล้วเป็นเรื่องเลขที่ {made.number} จึงไม่บันทึกซ้ำ" in told


def sent_once(staff: Staff, **changes: object) -> tuple[str, Complaint]:
    """File a case; return its form's key and the case."""
    key = key_of_a_new_form(staff)
    as_(staff).post(ADD, walk_in(filing_key=key, **changes))
    return key, Complaint.objects.get()


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "น้ำไม่ไหล"},
        {"details": "อีกเรื่องหนึ่ง"},
        {"full_name": "ยายแก้ว"},
        {"phone": "0899999999"},
        {"national_id": ""},
        {"via": "counter"},
        {"village": "5"},
        {"place": ""},
        {"email": "kaew@example.com"},
        {"address": "9 หมู่ 4"},
        {"hide_name": "on"},
        {"incident_at": "2020-01-01T10:00"},
    ],
)
def test_the_same_form_with_other_words_is_kept_and_filed_when_sent_again(
    legal_officer: Staff, changes: dict[str, object]
) -> None:
    key, first = sent_once(legal_officer)
    answer = as_(legal_officer).post(ADD, walk_in(filing_key=key, **changes))
    assert answer.status_code == 409
    assert Complaint.objects.count() == 1
    form = answer.context["form"]
    assert first.number in "".join(form.non_field_errors())
    kept = {field.name: field.value() for field in form}
    assert kept["filing_key"] != key
    assert all(kept[name] in (value, True) for name, value in changes.items())
    as_(legal_officer).post(ADD, walk_in(**changes) | {"filing_key": kept["filing_key"]})
    assert Complaint.objects.count() == 2


def test_another_category_or_one_picture_more_is_another_case(legal_officer: Staff) -> None:
    key, first = sent_once(legal_officer)
    for changes in (
        {"category": Category.objects.get(slug="road").pk},
        {"photos": [picture_file()]},
    ):
        answer = as_(legal_officer).post(ADD, walk_in(filing_key=key, **changes), headers=FETCH)
        assert answer.status_code == 409
        told = answer.json()
        assert first.number in told["errors"]["__all__"][0]
        assert uuid.UUID(told["values"]["filing_key"]) != uuid.UUID(key)
    assert not stored_files()


def test_pictures_that_the_browser_let_go_make_no_second_case(legal_officer: Staff) -> None:
    key, first = sent_once(legal_officer, photos=[picture_file()])
    answer = as_(legal_officer).post(ADD, walk_in(filing_key=key))
    assert answer["Location"] == page(first)


def test_two_forms_with_the_same_words_are_two_cases(legal_officer: Staff) -> None:
    for _ in range(2):
        as_(legal_officer).post(ADD, walk_in(filing_key=key_of_a_new_form(legal_officer)))
    assert Complaint.objects.count() == 2


@pytest.mark.parametrize("key", ["x", "1' OR 1=1", "0" * 400])
def test_a_key_that_is_none_files_nothing(legal_officer: Staff, key: str) -> None:
    answer = as_(legal_officer).post(ADD, walk_in(filing_key=key), headers=FETCH)
    assert answer.status_code == 422
    assert "filing_key" in answer.json()["errors"]
    assert not Complaint.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_case(
    legal_officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of_a_new_form(legal_officer)
    fields = walk_in(filing_key=key)
    before_the_door = threading.Barrier(2, timeout=30)
    file = desk_intake.file_complaint

    def together(**arguments: Any) -> Complaint:
        # Both have looked for an earlier case by now, and found none.
        before_the_door.wait()
        return file(**arguments)

    monkeypatch.setattr(desk_intake, "file_complaint", together)
    browsers = [as_(legal_officer) for _ in range(2)]
    answers = _at_once(
        [
            lambda browser=browser: browser.post(ADD, fields | {"photos": [picture_file()]})
            for browser in browsers
        ]
    )
    made = Complaint.objects.get()
    assert [answer["Location"] for answer in answers] == [page(made)] * 2
    assert made.number.endswith("-0001")
    assert len(stored_files()) == 2, "one photo and its small form; the other's are gone"
    monkeypatch.setattr(desk_intake, "file_complaint", file)
    browsers[0].post(ADD, walk_in(filing_key=key_of_a_new_form(legal_officer)))
    assert Complaint.objects.latest("id").number.endswith("-0002"), "no number was lost"


def _at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    answers: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        try:
            answers[place] = calls[place]()
        except BaseException as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers
