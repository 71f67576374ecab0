"""Printing a chat: what stands on the papers, what never does, who may, and what is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bannmae import roles, testing
from bannmae.models import AccessLog, Division, Municipality, Signatory, Staff
from bannmae.paper.memo import PaperPhoto
from bannmae.tests.paper_reading import images_of, pages_of, text_of
from bannmae.thai.numerals import to_thai_digits
from chatops.cases import workflow
from chatops.desk import pictures, printing, registry
from chatops.models import ChatCase, ChatEntry, Message, MessageContent, OutboundMessage, Topic
from chatops.tests.chats import make_chat, make_welfare_officer, say

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 3, 5, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _on_a_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def officer() -> Staff:
    return testing.make_staff(
        divisions=("public-relations",), role=roles.OFFICER, position="นักประชาสัมพันธ์"
    )


@pytest.fixture
def case() -> ChatCase:
    return make_chat("news", text="งานยี่เป็งปีนี้จัดวันไหนคะ")


def as_(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def url(case: ChatCase, paper: str) -> str:
    return reverse(f"chat-print-{paper}", args=[case.pk])


def sheet_of(case: ChatCase, staff: Staff, **fields: str) -> bytes:
    answer = as_(staff).post(url(case, "sheet"), {"pictures": "on", **fields})
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"] == "application/pdf"
    content: bytes = answer.content
    return content


def memo_fields(case: ChatCase, staff: Staff, **changes: str) -> dict[str, str]:
    form = as_(staff).get(url(case, "memo")).context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    return {name: str(value) for name, value in (fields | changes).items()}


def squeezed(pdf: bytes) -> str:
    """All words of a paper without spaces, so that line breaks do not matter."""
    return "".join(text_of(pdf).split())


def answered(case: ChatCase, author: Staff | None, *messages: dict[str, Any]) -> OutboundMessage:
    return OutboundMessage.objects.create(
        resident=case.resident,
        dedupe_key=f"paper:{OutboundMessage.objects.count()}",
        case=case,
        author=author,
        messages=list(messages),
        state=OutboundMessage.State.SENT,
    )


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def photo_of_hers(case: ChatCase, **fields: Any) -> Message:
    message = say(case.resident, "", kind="image", case=case, **fields)
    photo = testing.make_photo(width=320, height=240)
    MessageContent.objects.create(
        message=message,
        token=f"token{message.pk}",
        state=MessageContent.State.STORED,
        file=photo.name,
        thumbnail=photo.thumbnail_name,
        content_type="image/jpeg",
    )
    return message


# -- the sheet -------------------------------------------------------------------------------


def test_the_sheet_tells_who_said_what_and_when(case: ChatCase, officer: Staff) -> None:
    case = workflow.take(case.pk, officer, case.version)
    answered(case, officer, text("วันที่ 24 พฤศจิกายน 2569 ค่ะ"))
    answered(case, None, text("แตะเมนูได้เลย"))
    words = squeezed(sheet_of(case, officer))
    for part in (
        f"สรุปการสนทนาแชตที่{to_thai_digits(str(case.pk))}",
        "ข่าวสาร",
        "กองยุทธศาสตร์และงบประมาณงานประชาสัมพันธ์",
        "ชื่อในLINEสมศรี",
        "ติดต่อทางLINEตั้งแต่๒๑พฤศจิกายน๒๕๖๙เวลา๑๐.๐๕น.",
        "ผู้รับผิดชอบสมชายใจดี",
        "วันเสาร์ที่๒๑พฤศจิกายน๒๕๖๙",
        "๑๐.๐๕น.สมศรีงานยี่เป็งปีนี้จัดวันไหนคะ",
        "สมชายใจดีวันที่๒๔พฤศจิกายน๒๕๖๙ค่ะ",
        "ตอบอัตโนมัติแตะเมนูได้เลย",
        "ดำเนินการโดยสมชายใจดี",
    ):
        assert part in words, part


def test_numbers_of_persons_are_masked_and_ours_stay(case: ChatCase, officer: Staff) -> None:
    profile = Municipality.get_solo()
    profile.phone = "0 5383 1111"
    profile.save()
    Division.objects.filter(slug="welfare").update(phone="053-831-222")
    say(case.resident, "บัตร 1-2345-67890-12-1 โทร ๐๘๑ ๒๓๔ ๕๖๗๘", case=case)
    answered(case, officer, text("โทรกลับ 0812345678 หรือโทร 0-5383-1111 กองสวัสดิการ 053 831222"))
    fields = memo_fields(case, officer)
    papers = [
        sheet_of(case, officer),
        as_(officer).post(url(case, "memo"), fields).content,
    ]
    for pdf in papers:
        words = squeezed(pdf)
        assert "xxx-xxx-xxxx" in words
        assert "x-xxxx-xxxxx-xx-x" in words
        assert "๐-๕๓๘๓-๑๑๑๑" in words
        assert "๐๕๓๘๓๑๒๒๒" in words
        for secret in ("๑๒๓๔๕", "๑-๒๓๔๕", "๐๘๑", "0812345678"):
            assert secret not in words


def test_a_name_that_is_a_telephone_number_is_masked_too(officer: Staff) -> None:
    made = make_chat("news", resident=testing.make_resident("🌸ร้านปั๊ม 0812345678🌸"))
    words = squeezed(sheet_of(made, officer))
    assert "ร้านปั๊มxxx-xxx-xxxx" in words
    assert "๐๘๑๒" not in words
    assert "🌸" not in words


def test_notes_between_colleagues_are_not_printed(case: ChatCase, officer: Staff) -> None:
    case = workflow.take(case.pk, officer, case.version)
    workflow.add_note(case.pk, officer, "ลับระหว่างเรา")
    case.refresh_from_db()
    case = workflow.give_back(case.pk, officer, case.version, "ผมไม่ไหวแล้ว")
    words = squeezed(sheet_of(case, officer))
    assert "ลับระหว่างเรา" not in words
    assert "ไม่ไหว" not in words
    assert "เลิกดำเนินการโดยสมชายใจดี" in words


def test_what_is_no_text_is_named(case: ChatCase, officer: Staff) -> None:
    her = case.resident
    say(her, "", kind="sticker", details={"keywords": ["ขอบคุณ"]}, case=case)
    say(her, "", kind="location", details={"title": "วัดบ้านแม", "address": "หมู่ 3"}, case=case)
    say(her, "", kind="file", details={"file_name": "คำร้อง.pdf"}, case=case)
    say(her, "ถอนคืน", unsent_at=NOW, case=case)
    say(her, "ดีใจ 🙏🏻😊 มาก", case=case)
    failed = answered(case, officer, text("ส่งไม่ถึง"))
    OutboundMessage.objects.filter(pk=failed.pk).update(state=OutboundMessage.State.DEAD)
    words = squeezed(sheet_of(case, officer))
    for part in (
        "[สติกเกอร์]ขอบคุณ",
        "[ตำแหน่ง]วัดบ้านแมหมู่๓",
        "[ไฟล์]คำร้อง.pdf",
        "[ยกเลิกข้อความแล้ว]",
        "ดีใจ[อีโมจิ]มาก",
        "ส่งไม่ถึงส่งไม่สำเร็จ",
    ):
        assert part in words, part
    assert "ถอนคืน" not in words


def test_pictures_of_both_sides_are_printed_unless_left_out(case: ChatCase, officer: Staff) -> None:
    photo_of_hers(case)
    photo_of_hers(case, unsent_at=NOW)
    sent = pictures.share(testing.make_photo(colour="#aa3333"), case, officer)
    answered(case, officer, pictures.message_of(sent))
    paper = printing.sheet(case, officer, printing.Choice())
    assert sum(len(line.pictures) for line in paper.said) == 2
    assert len(images_of(sheet_of(case, officer))) == 2
    without = sheet_of(case, officer, pictures="")
    assert images_of(without) == []
    assert "ไม่รวมรูปภาพ" in squeezed(without)
    assert squeezed(without).count("[รูปภาพ]") == 2


def test_a_picture_that_storage_has_lost_costs_no_paper(case: ChatCase, officer: Staff) -> None:
    message = photo_of_hers(case)
    MessageContent.objects.filter(message=message).update(file="gone.jpg", thumbnail="gone.jpg")
    assert "ไม่สามารถแสดงภาพนี้ได้" in text_of(sheet_of(case, officer))


def test_only_the_chosen_days_are_printed(case: ChatCase, officer: Staff) -> None:
    for days, words in ((9, "ก่อนหน้า"), (5, "วันนั้นเอง"), (3, "ภายหลัง")):
        say(case.resident, words, sent_at=NOW - dt.timedelta(days=days), case=case)
    words = squeezed(sheet_of(case, officer, since="2026-11-16", until="2026-11-16"))
    assert "วันนั้นเอง" in words
    assert "ก่อนหน้า" not in words
    assert "ภายหลัง" not in words
    assert "แสดงเฉพาะช่วงเวลาที่เลือก" in words
    empty = sheet_of(case, officer, since="2026-01-01", until="2026-01-02")
    assert "ไม่มีข้อความในช่วงเวลาที่เลือก" in text_of(empty)
    crossed = {"since": "2026-11-17", "until": "2026-11-16"}
    assert as_(officer).post(url(case, "sheet"), crossed).status_code == 422


def test_of_a_very_long_conversation_the_newest_lines_are_printed(
    case: ChatCase, officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MAX_LINES", 3)
    for number in range(5):
        say(case.resident, f"ข้อที่ {number}", case=case)
    paper = printing.sheet(case, officer, printing.Choice())
    assert [line.text for line in paper.said] == ["ข้อที่ 2", "ข้อที่ 3", "ข้อที่ 4"]
    assert "3 รายการล่าสุด" in paper.left_out


def test_a_long_conversation_costs_no_more_queries(
    case: ChatCase, officer: Staff, django_assert_max_num_queries: Any
) -> None:
    for number in range(80):
        say(case.resident, f"ข้อความที่ {number} " + "น้ำท่วมฝั่งปั๊มน้ำ " * 9, case=case)
        if number % 4 == 0:
            answered(case, officer, text("รับทราบค่ะ"))
    case = printing.ChatCase.objects.select_related(*printing.RELATED).get(pk=case.pk)
    with django_assert_max_num_queries(12):
        paper = printing.sheet(case, officer, printing.Choice())
    assert len(paper.said) == 80 + 20 + 2
    pdf = sheet_of(case, officer)
    pages = pages_of(pdf)
    assert len(pages) > 4
    # Each page says of what day its lines are.
    assert all("วันเสาร์ที่ ๒๑ พฤศจิกายน ๒๕๖๙" in page for page in pages)
    assert f"หน้า ๑/{to_thai_digits(str(len(pages)))}" in pages[0]


# -- the memo ---------------------------------------------------------------------------------


def test_the_memo_comes_filled_in_and_prints_what_was_left_of_it(
    case: ChatCase, officer: Staff
) -> None:
    Signatory.objects.filter(office="clerk").update(name="นางปลัด ใจงาม")
    say(case.resident, "🙏🏻", case=case)
    answered(case, officer, text("จัดวันที่ 24 ค่ะ"))
    fields = memo_fields(case, officer)
    assert fields["subject"] == "รายงานประชาชนขอข้อมูลข่าวสารทาง LINE"
    assert f"แชตที่ {case.pk}" in fields["background"]
    assert "งานยี่เป็งปีนี้จัดวันไหนคะ" in fields["facts"]
    assert "จัดวันที่ 24 ค่ะ" in fields["facts"]
    assert "🙏" not in fields["facts"], "no font of a paper has it"
    assert "pictures" not in fields, "she sent none"
    fields |= {"consideration": "เห็นควรประชาสัมพันธ์ภายใน 7 วัน"}
    answer = as_(officer).post(url(case, "memo"), fields)
    assert answer["Content-Disposition"] == f'inline; filename="chat-{case.pk}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    words = squeezed(answer.content)
    for part in (
        "บันทึกข้อความ",
        "ส่วนราชการกองยุทธศาสตร์และงบประมาณงานประชาสัมพันธ์",
        "นายกเทศมนตรีตำบลบ้านแม",
        "เห็นควรประชาสัมพันธ์ภายใน๗วัน",
        "ความเห็นผู้อำนวยการกองยุทธศาสตร์และงบประมาณ",
        "นางปลัดใจงาม",
        "แชตที่",
    ):
        assert part in words, part
    assert "หัวหน้าสำนักปลัด" not in words, "another กอง proposes"


def test_her_pictures_are_enclosed_where_the_officer_says_so(
    case: ChatCase, officer: Staff
) -> None:
    photo_of_hers(case)
    fields = memo_fields(case, officer)
    assert fields["pictures"] == ""
    plain = as_(officer).post(url(case, "memo"), fields).content
    assert "สิ่งที่ส่งมาด้วย" not in text_of(plain)
    full = as_(officer).post(url(case, "memo"), fields | {"pictures": "on"}).content
    assert "ภาพถ่ายจำนวน๑ภาพ" in squeezed(full)
    assert len(images_of(full)) == 1


def test_an_empty_memo_is_not_printed(case: ChatCase, officer: Staff) -> None:
    empty = dict.fromkeys(("background", "facts", "law", "consideration"), "")
    answer = as_(officer).post(url(case, "memo"), memo_fields(case, officer, **empty))
    assert answer.status_code == 422
    assert not AccessLog.objects.exists()


# -- who may, and what is recorded -----------------------------------------------------------------


@pytest.mark.parametrize("paper", ["sheet", "memo"])
def test_who_may_not_see_the_case_prints_nothing(case: ChatCase, paper: str) -> None:
    for stranger in (
        make_welfare_officer(),
        testing.make_executive(),
        testing.make_outsider(),
    ):
        for answer in (
            as_(stranger).get(url(case, paper)),
            as_(stranger).post(url(case, paper), {"pictures": "on"}),
        ):
            assert answer.status_code == 404
    assert Client().get(url(case, paper))["Location"].startswith("/admin/login/")
    assert not AccessLog.objects.exists()


def test_a_restricted_topic_is_printed_by_its_named_readers_alone() -> None:
    reader, colleague = make_welfare_officer(), make_welfare_officer()
    Topic.objects.get(slug="health-privacy").readers.add(reader)
    made = make_chat("health-privacy", text="เรื่องส่วนตัวของฉัน")
    assert "เรื่องส่วนตัวของฉัน" in squeezed(sheet_of(made, reader))
    for other in (colleague, testing.make_staff(is_superuser=True)):
        assert as_(other).post(url(made, "sheet")).status_code == 404


@pytest.mark.parametrize(
    ("paper", "words"), [("sheet", "พิมพ์สรุปการสนทนา"), ("memo", "พิมพ์บันทึกข้อความ")]
)
def test_printing_is_recorded(case: ChatCase, officer: Staff, paper: str, words: str) -> None:
    fields = memo_fields(case, officer) if paper == "memo" else {}
    assert not AccessLog.objects.exists(), "looking at the form prints nothing"
    as_(officer).post(url(case, paper), fields)
    entry = case.entries.latest("id")
    assert (entry.kind, entry.by, entry.text) == (ChatEntry.Kind.PRINTED, officer, words)
    row = AccessLog.objects.get()
    assert (row.action, row.subject) == (AccessLog.Action.PRINT, f"chat:{case.pk}")
    before = case.changed_at
    case.refresh_from_db()
    assert case.changed_at > before, "open desks show it"


def test_what_cannot_be_recorded_is_not_given(
    case: ChatCase, officer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr("chatops.desk.printing.access_log.record", fail)
    with pytest.raises(RuntimeError):
        as_(officer).post(url(case, "sheet"))
    assert not case.entries.filter(kind=ChatEntry.Kind.PRINTED).exists()


def test_the_desk_offers_both_papers(case: ChatCase, officer: Staff) -> None:
    offered = {one.title: one.url(case.pk) for one in registry.prints_for(officer, case)}
    assert offered["สรุปการสนทนา"] == url(case, "sheet")
    assert offered["บันทึกข้อความ"] == url(case, "memo")


def test_the_qr_leads_to_the_case_at_the_desk(case: ChatCase, officer: Staff) -> None:
    paper = printing.sheet(case, officer, printing.Choice())
    assert paper.case_url == f"{settings.PUBLIC_URL}/admin/chatops/chatcase/?case={case.pk}"


def test_files_are_read_when_the_paper_is_made(case: ChatCase) -> None:
    photo_of_hers(case)
    (photo,) = printing.enclosed(case)
    assert isinstance(photo, PaperPhoto)
    assert callable(photo.source)
