"""Printing from the mailbox: what stands on the papers, what never does, and what is recorded."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from bannmae import testing
from bannmae.models import AccessLog, Municipality, Signatory, Staff
from bannmae.tests.paper_reading import pages_of, text_of
from chatops.models import Resident
from complaints import printing
from complaints.models import Complaint, TimelineEntry
from complaints.paper import complaint_sheet_pdf
from complaints.tests.desk import LIST, as_, page, restricted_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 11, 21, 3, 5, tzinfo=dt.UTC), tick=True):
        yield


@pytest.fixture
def case(somsri: Resident) -> Complaint:
    """A case with two photos."""
    return testing.make_complaint(somsri, photos=[testing.make_photo(), testing.make_photo()])


def memo_fields(case: Complaint, staff: Staff, **changes: str) -> dict[str, str]:
    """The memo's form as it comes filled in."""
    form = as_(staff).get(page(case, "print_memo")).context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    return {name: str(value) for name, value in (fields | changes).items()}


def squeezed(pdf: bytes) -> str:
    """All words of a paper without spaces, so that line breaks do not matter."""
    return "".join(text_of(pdf).split())


def test_the_sheet_holds_the_case_in_thai_numerals(case: Complaint, engineer: Staff) -> None:
    answer = as_(engineer).post(page(case, "print_sheet"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{case.number}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    text = squeezed(answer.content)
    for words in ("๖๙-๐๐๐๑", "ถนนเป็นหลุมหน้าวัด", "สมศรีใจดี", "๐๘๑-๒๓๔-๕๖๗๘", "กองช่าง", "หมู่ที่๓"):
        assert words in text


@pytest.mark.parametrize("paper", ["print_sheet", "print_memo"])
def test_no_paper_ever_bears_the_national_id(
    case: Complaint, legal_officer: Staff, paper: str
) -> None:
    fields = memo_fields(case, legal_officer) if paper == "print_memo" else {}
    text = squeezed(as_(legal_officer).post(page(case, paper), fields).content)
    assert "สมศรีใจดี" in text
    for digits in ("1234567890121", "๑๒๓๔๕๖๗๘๙๐๑๒๑", "๑-๒๓๔๕-๖๗๘๙๐-๑๒-๑", "๑๒-๑"):
        assert digits not in text


def test_who_asked_to_stay_unnamed_is_masked_with_all_that_would_name_her(
    legal_officer: Staff,
) -> None:
    made = testing.make_complaint(hide_name=True)
    papers = [
        as_(legal_officer).post(page(made, "print_sheet")).content,
        as_(legal_officer).post(page(made, "print_memo"), memo_fields(made, legal_officer)).content,
        as_(legal_officer)
        .post(LIST, {"action": "print_memos", "_selected_action": [made.pk]})
        .content,
    ]
    for pdf in papers:
        text = squeezed(pdf)
        assert "ส…ใ…" in text
        assert "สมศรี" not in text
        assert "ใจดี" not in text.replace(str(legal_officer).replace(" ", ""), "")
        for secret in ("๐๘๑-๒๓๔", "๐๘๑๒๓๔๕๖๗๘", "๑๒หมู่๓"):
            assert secret not in text


def test_the_memo_comes_filled_in_and_prints_what_was_left_of_it(
    case: Complaint, legal_officer: Staff
) -> None:
    Signatory.objects.all().delete()
    Signatory.objects.create(
        office=Signatory.Office.CLERK,
        name="นางปลัด ใจงาม",
        title="รองปลัดเทศบาล",
        acting="รักษาราชการแทน ปลัดเทศบาลตำบลบ้านแม",
    )
    Signatory.objects.create(
        office=Signatory.Office.MAYOR,
        name="นายเก่า หมดวาระ",
        title="นายกเทศมนตรี",
        valid_until=dt.date(2026, 11, 20),
    )
    case.category.legal_basis = "พระราชบัญญัติเทศบาล พ.ศ. 2496 มาตรา 50"
    case.category.save()
    fields = memo_fields(case, legal_officer)
    assert fields["document_number"] == "", "the paper register gives it"
    assert fields["law"] == case.category.legal_basis
    assert case.number in fields["background"]
    assert "ทาง LINE" in fields["background"]
    fields |= {"consideration": "เห็นควรซ่อมภายใน 7 วัน", "facts": "ออกตรวจแล้วพบหลุมจริง"}
    answer = as_(legal_officer).post(page(case, "print_memo"), fields)
    text = squeezed(answer.content)
    for words in (
        "บันทึกข้อความ",
        "สำนักปลัดเทศบาลงานนิติการ",
        "๒๑พฤศจิกายน๒๕๖๙",
        "นายกเทศมนตรีตำบลบ้านแม",
        "เห็นควรซ่อมภายใน๗วัน",
        "ออกตรวจแล้วพบหลุมจริง",
        "มาตรา๕๐",
        "นางปลัดใจงาม",
        "รักษาราชการแทน",
    ):
        assert words in text
    assert "นายเก่า" not in text, "his term is over"
    assert "หลุมลึกประมาณ" not in text, "the officer wrote it anew"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "ให้ผู้แจ้งทราบภายในวันที่ 21 พฤศจิกายน 2569"),
        (-1, "ให้ผู้แจ้งทราบโดยเร็ว (ครบกำหนดเมื่อวันที่ 20 พฤศจิกายน 2569)"),
    ],
)
def test_a_memo_proposes_no_day_that_has_passed(
    case: Complaint, legal_officer: Staff, days: int, words: str
) -> None:
    case.due_on = dt.date(2026, 11, 21) + dt.timedelta(days=days)
    assert printing.memo_text(case, legal_officer).consideration.endswith(words)


def test_an_empty_memo_is_not_printed(case: Complaint, legal_officer: Staff) -> None:
    empty = dict.fromkeys(("background", "facts", "law", "consideration"), "")
    answer = as_(legal_officer).post(
        page(case, "print_memo"), memo_fields(case, legal_officer, **empty)
    )
    assert answer.status_code == 422
    assert not AccessLog.objects.exists()


def test_printing_is_recorded_and_the_resident_does_not_see_it(
    case: Complaint, engineer: Staff
) -> None:
    as_(engineer).post(page(case, "print_sheet"))
    entry = case.timeline.latest("id")
    assert (entry.kind, entry.public, entry.by) == (
        TimelineEntry.Kind.PRINTED,
        False,
        engineer,
    )
    assert entry.internal_note == "พิมพ์แบบคำร้อง"
    look = AccessLog.objects.get()
    assert (look.action, look.subject) == (AccessLog.Action.PRINT, f"complaint:{case.number}")


def test_what_cannot_be_recorded_is_not_given(
    case: Complaint, engineer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr("complaints.printing.record", fail)
    with pytest.raises(RuntimeError):
        as_(engineer).post(page(case, "print_sheet"))
    assert not case.timeline.filter(kind=TimelineEntry.Kind.PRINTED).exists()


def test_printing_needs_a_click(case: Complaint, engineer: Staff) -> None:
    assert as_(engineer).get(page(case, "print_sheet"))["Location"] == page(case)
    as_(engineer).get(page(case, "print_memo"))
    assert not case.timeline.filter(kind=TimelineEntry.Kind.PRINTED).exists()


# -- several at once ---------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["print_sheets", "print_memos"])
def test_several_cases_are_one_paper(legal_officer: Staff, action: str) -> None:
    made = [testing.make_complaint() for _ in range(3)]
    answer = as_(legal_officer).post(
        LIST, {"action": action, "_selected_action": [case.pk for case in made]}
    )
    assert answer["Content-Type"] == "application/pdf"
    assert len(pages_of(answer.content)) >= 3
    text = squeezed(answer.content)
    for number in ("๖๙-๐๐๐๑", "๖๙-๐๐๐๒", "๖๙-๐๐๐๓"):
        assert number in text
    assert AccessLog.objects.filter(action=AccessLog.Action.PRINT).count() == 3
    assert TimelineEntry.objects.filter(kind=TimelineEntry.Kind.PRINTED).count() == 3


def test_only_what_one_may_see_is_printed(engineer: Staff) -> None:
    own = testing.make_complaint(subject="ถนนของเรา")
    others = [
        testing.make_complaint(category="garbage", subject="ขยะของเขา"),
        restricted_case(subject="ลับมาก"),
    ]
    chosen = [own.pk, *(case.pk for case in others)]
    answer = as_(engineer).post(LIST, {"action": "print_sheets", "_selected_action": chosen})
    text = squeezed(answer.content)
    assert "ถนนของเรา" in text
    assert "ขยะของเขา" not in text
    assert "ลับมาก" not in text
    assert AccessLog.objects.count() == 1


def test_more_than_fifty_at_once_are_refused(
    legal_officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MAX_CASES", 2)
    made = [testing.make_complaint() for _ in range(3)]
    answer = as_(legal_officer).post(
        LIST,
        {"action": "print_sheets", "_selected_action": [case.pk for case in made]},
        follow=True,
    )
    assert "ครั้งละไม่เกิน 2 เรื่อง" in answer.content.decode()
    assert not AccessLog.objects.exists()


# -- what the papers are filled with ---------------------------------------------------------------


def test_the_qr_leads_to_the_case_in_the_mailbox(case: Complaint, engineer: Staff) -> None:
    sheet = printing.sheet(case, engineer)
    assert sheet.case_url == f"{settings.PUBLIC_URL}{page(case)}"
    assert len(sheet.photos) == 2


def test_a_photo_that_storage_has_lost_costs_no_paper(
    case: Complaint, engineer: Staff, private_storage: object
) -> None:
    from django.core.files.storage import default_storage

    default_storage.delete(case.photos.first().file)
    answer = as_(engineer).post(page(case, "print_sheet"))
    assert answer.status_code == 200
    assert text_of(answer.content).count("ไม่สามารถแสดงภาพนี้ได้") == 1


def test_photos_of_many_cases_are_not_held_before_the_paper_is_made(
    case: Complaint, engineer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = FileSystemStorage._open

    def watched(self: FileSystemStorage, name: str, mode: str = "rb") -> object:
        opened.append(name)
        return real(self, name, mode)

    monkeypatch.setattr(FileSystemStorage, "_open", watched)
    sheet = printing.sheet(case, engineer)
    memo = printing.memo(case, printing.memo_text(case, engineer), engineer)
    assert (len(sheet.photos), len(memo.photos), opened) == (2, 2, [])
    assert "ไม่สามารถแสดงภาพนี้ได้" not in text_of(complaint_sheet_pdf([sheet]))
    assert sorted(opened) == sorted(case.photos.values_list("file", flat=True))


def test_without_an_uploaded_garuda_its_place_stays_blank(
    case: Complaint, legal_officer: Staff
) -> None:
    text = printing.memo_text(case, legal_officer)
    assert printing.memo(case, text, legal_officer).garuda is None


def test_the_department_is_that_of_who_proposes(case: Complaint, legal_officer: Staff) -> None:
    profile = Municipality.get_solo()
    profile.phone = "0 5331 1111"
    profile.save()
    memo = printing.memo(case, printing.memo_text(case, legal_officer), legal_officer)
    assert memo.department == "สำนักปลัดเทศบาล งานนิติการ โทร. 0 5331 1111"


def test_the_web_process_starts_without_the_paper_machine() -> None:
    code = (
        "import django, sys; django.setup(); import bannmae.urls, django.contrib.admin;"
        "from django.urls import reverse; reverse('admin:index');"
        "print([n for n in ('weasyprint', 'linebot', 'pythainlp') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
    assert done.stdout.strip() == "[]"


def _environment() -> dict[str, str]:
    import os

    return os.environ | {"DJANGO_SETTINGS_MODULE": "bannmae.settings"}
