"""Registers too long to wait for: asked for once, made by a worker, taken away, forgotten."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone
from pypdf import PdfReader

from bannmae.media import storage
from bannmae.models import AccessLog, Staff
from bannmae.tests.paper_reading import text_of as pdf_text
from payments.desk import register_files, register_output
from payments.models import RegisterFile
from payments.tests import cast
from payments.tests.books_desk import REGISTER, as_, many, text_of, told

pytestmark = pytest.mark.django_db
Form = RegisterFile.Form
RECEIPTS = 5


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch, finance_clerk: Staff) -> None:
    """Five receipts, which is more than is given at once."""
    monkeypatch.setattr(register_output, "AT_ONCE", {Form.PDF: 4, Form.XLSX: 4})
    monkeypatch.setattr(register_output, "MOST", {Form.PDF: 6, Form.XLSX: 6})
    many(RECEIPTS, finance_clerk)


def ordered(staff: Staff, form: str = "pdf", query: str = "") -> RegisterFile:
    """What an officer has asked for."""
    answer = as_(staff).post(f"{REGISTER}register.{form}?{query}")
    assert answer.status_code == 302, answer.content.decode()
    return RegisterFile.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))


def page_of(row: RegisterFile) -> str:
    """Where it is waited for."""
    return f"{REGISTER}registers/{row.pk}/"


def test_a_long_one_is_asked_for_waited_for_and_taken_away(finance_clerk: Staff) -> None:
    asked = text_of(as_(finance_clerk).get(f"{REGISTER}register.pdf"))
    assert "<strong>5 ฉบับ</strong>" in asked
    assert "สร้าง PDF" in asked
    assert not RegisterFile.objects.exists(), "a look asks for nothing"

    row = ordered(finance_clerk)
    waiting = text_of(as_(finance_clerk).get(page_of(row)))
    assert "กำลังสร้าง" in waiting
    assert 'http-equiv="refresh"' in waiting

    assert register_files.draw_due() == 1
    done = text_of(as_(finance_clerk).get(page_of(row)))
    assert "เปิด PDF" in done
    assert 'http-equiv="refresh"' not in done
    pdf = as_(finance_clerk).get(page_of(row) + "?open=1")
    assert pdf["Content-Type"] == "application/pdf"
    assert "no-store" in pdf["Cache-Control"]
    assert "5 ฉบับ" in pdf_text(pdf.content)
    assert len(PdfReader(io.BytesIO(pdf.content)).pages) == 1
    assert AccessLog.objects.filter(
        staff=finance_clerk, detail__startswith="ออกทะเบียนคุมใบเสร็จ PDF"
    ).exists()
    assert register_files.draw_due() == 0


def test_a_spreadsheet_has_what_the_list_was_narrowed_to(
    finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_output, "AT_ONCE", {Form.PDF: 0, Form.XLSX: 0})
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        later = cast.issued(finance_clerk)
    query = urlencode({"since": later.issued_on.isoformat()})
    row = ordered(finance_clerk, "xlsx", query)
    assert register_files.draw_due() == 1
    data = as_(finance_clerk).get(page_of(row) + "?open=1").content
    cells = [
        cell.value
        for line in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows()
        for cell in line
    ]
    assert cells.count(later.number_label) == 1
    assert row.receipts_count == 1


def test_a_second_press_finds_the_first(finance_clerk: Staff) -> None:
    first = ordered(finance_clerk)
    assert ordered(finance_clerk) == first
    assert ordered(finance_clerk, "xlsx") != first
    register_files.draw_due()
    assert ordered(finance_clerk) != first, "what has changed since is asked for anew"


def test_only_who_asked_for_it_takes_it_away(
    finance_clerk: Staff, finance_head: Staff, legal_officer: Staff
) -> None:
    row = ordered(finance_clerk)
    register_files.draw_due()
    for other in (finance_head, legal_officer):
        for tail in ("", "?open=1"):
            assert as_(other).get(page_of(row) + tail).status_code == 404


def test_who_has_left_the_division_gets_nothing_any_more(
    finance_clerk: Staff, legal_officer: Staff
) -> None:
    row = ordered(finance_clerk)
    made = ordered(finance_clerk, "xlsx")
    finance_clerk.divisions.set(legal_officer.divisions.all())
    register_files.draw_due()
    for one in (row, made):
        one.refresh_from_db()
        assert not one.file
        assert as_(finance_clerk).get(page_of(one)).status_code == 404


def test_too_long_a_one_is_refused_and_says_what_to_do(finance_clerk: Staff) -> None:
    many(2, finance_clerk)
    for form in ("pdf", "xlsx"):
        for send in (as_(finance_clerk).get, as_(finance_clerk).post):
            answer = send(f"{REGISTER}register.{form}?q=สมศรี", follow=True)
            assert "ครั้งละไม่เกิน 6 ฉบับ" in told(answer)
            assert answer.redirect_chain[0][0].endswith(urlencode({"q": "สมศรี"}))
    assert not RegisterFile.objects.exists()


def test_one_that_has_grown_too_long_meanwhile_is_given_up_with_its_reason(
    finance_clerk: Staff,
) -> None:
    row = ordered(finance_clerk)
    many(2, finance_clerk)
    register_files.draw_due()
    said = text_of(as_(finance_clerk).get(page_of(row)))
    assert "ครั้งละไม่เกิน 6 ฉบับ" in said
    assert 'http-equiv="refresh"' not in said


def test_what_fails_again_and_again_is_given_up_in_the_end(
    finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> str:
        raise OSError("no space left")

    row = ordered(finance_clerk)
    monkeypatch.setattr(storage, "store_all", full)
    for tries in range(register_files.TRIES + 1):
        with time_machine.travel(timezone.now() + timedelta(hours=tries), tick=False):
            register_files.draw_due()
    row.refresh_from_db()
    assert (row.due_at, row.made_at, row.error) == (None, None, register_files.FAILED)


def test_what_takes_long_is_said_to_be_under_way_still(finance_clerk: Staff) -> None:
    row = ordered(finance_clerk)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        assert "ไม่ต้องสั่งซ้ำ" in text_of(as_(finance_clerk).get(page_of(row)))


def test_nobody_orders_without_end(finance_clerk: Staff, finance_head: Staff) -> None:
    for words in ("นาง", "สม", "ศรี"):
        ordered(finance_clerk, query=urlencode({"q": words}))
    answer = as_(finance_clerk).post(f"{REGISTER}register.pdf?q=ใจดี", follow=True)
    assert "โปรดรอให้เสร็จก่อน" in told(answer)
    assert RegisterFile.objects.count() == register_files.MOST_WAITING
    ordered(finance_head)


def test_a_file_that_storage_lost_is_asked_for_anew(finance_clerk: Staff) -> None:
    row = ordered(finance_clerk)
    register_files.draw_due()
    row.refresh_from_db()
    default_storage.delete(row.file)
    answer = as_(finance_clerk).get(page_of(row) + "?open=1", follow=True)
    assert "โปรดสั่งสร้างใหม่" in told(answer)


def test_it_is_thrown_away_with_its_file_after_a_week(finance_clerk: Staff) -> None:
    row = ordered(finance_clerk)
    register_files.draw_due()
    row.refresh_from_db()
    assert default_storage.exists(row.file)
    assert register_files.forget_old() == 0
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert register_files.forget_old() == 1
    assert not default_storage.exists(row.file)
    assert not RegisterFile.objects.exists()
