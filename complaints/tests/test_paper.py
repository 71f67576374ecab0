"""The complaint sheet and the memo, read back as an archive would."""

from __future__ import annotations

import dataclasses
import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from bannmae.paper.errors import PaperError
from bannmae.paper.memo import MemoPaper, PaperPhoto, Signatory, memo_pdf
from bannmae.tests.paper_reading import Word, images_of, pages_of, text_of, words_of
from complaints.paper import ComplaintPaper, PaperStep, complaint_sheet_pdf

CM = 72 / 2.54
A4_WIDTH, A4_HEIGHT = 21.0 * CM, 29.7 * CM
CLOSING = "จึงเรียนมาเพื่อโปรดพิจารณา"
SENTENCE = (
    "เมื่อวันที่ 18 พฤศจิกายน 2569 เวลา 18.30 น. มีผู้แจ้งว่าไฟฟ้าสาธารณะบริเวณปากซอย 3 หมู่ที่ 5 "
    "ดับทั้งแถบ ทั้งนี้น้ำในร่องระบายน้ำเอ่อล้นขึ้นมาบนผิวจราจร "
)
LONG_NAME = "นางสาวกนกวรรณพรรณรายสิริโสภาพรรณวดี ณ อยุธยาศรีสัตตนาคนหุตเทพ"
HOSTILE = [
    "https://example.com/" + "a1b2" * 60,
    "ก" * 300,
    "๙" * 200,
    "W" * 200,
    "<script>alert(1)</script> & <b>หนา</b>",
]


def photo(colour: str = "navy", size: tuple[int, int] = (1600, 1200)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def memo(**changes: Any) -> MemoPaper:
    paper = MemoPaper(
        municipality="เทศบาลตำบลบ้านแม",
        number="69-0042",
        department="สำนักปลัดเทศบาล งานนิติการ โทร. 0 5300 0000 ต่อ 101",
        subject="รายงานเรื่องร้องทุกข์ กรณีไฟฟ้าสาธารณะดับ 7 ดวง",
        to="นายกเทศมนตรีตำบลบ้านแม",
        through="ปลัดเทศบาล",
        background=SENTENCE,
        facts=SENTENCE,
        law="พระราชบัญญัติเทศบาล พ.ศ. 2496",
        consideration=SENTENCE,
        signer=Signatory("นางสาวปั๊ม น้ำใส", "นิติกรปฏิบัติการ"),
        endorsers=(
            Signatory("นายผู้ใหญ่ กตัญญู", "หัวหน้าสำนักปลัดเทศบาล", "ความเห็นหัวหน้าสำนักปลัดเทศบาล"),
            Signatory(
                "",
                "รองปลัดเทศบาล รักษาราชการแทน\nปลัดเทศบาลตำบลบ้านแม",
                "ความเห็นปลัดเทศบาลตำบลบ้านแม",
            ),
        ),
        order_by=Signatory("นายเที่ยง ธรรม", "นายกเทศมนตรีตำบลบ้านแม", "คำสั่งนายกเทศมนตรีตำบลบ้านแม"),
        date=dt.date(2026, 11, 21),
        case_url="https://line.example.go.th/admin/complaints/4b1f0c9e/",
    )
    return dataclasses.replace(paper, **changes)


def sheet(**changes: Any) -> ComplaintPaper:
    paper = ComplaintPaper(
        municipality="เทศบาลตำบลบ้านแม",
        number="69-0042",
        kind_label="ร้องทุกข์",
        category="ไฟฟ้าสาธารณะ",
        subject="ไฟดับ 7 ดวง",
        details=SENTENCE,
        received_at=dt.datetime(2026, 11, 18, 11, 40, tzinfo=dt.UTC),
        channel="LINE",
        status_label="รับเรื่องแล้ว",
        reporter_name="นางสาวน้ำใส ใจดี",
        reporter_phone="081-234-5678",
        due_on=dt.date(2026, 12, 3),
        case_url="https://line.example.go.th/admin/complaints/4b1f0c9e/",
    )
    return dataclasses.replace(paper, **changes)


def lines_between(page: str, start: str, end: str) -> list[str]:
    body = page[page.index(start) + len(start) : page.index(end)]
    return [line for line in body.split("\n") if line.strip()]


def test_a_memo_has_every_part_in_the_order_of_the_rules() -> None:
    text = text_of(memo_pdf([memo(document_number="ชม 52001/123")]))
    parts = [
        "บันทึกข้อความ",
        "ส่วนราชการ",
        "สำนักปลัดเทศบาล งานนิติการ โทร. ๐ ๕๓๐๐ ๐๐๐๐ ต่อ ๑๐๑",
        "ชม ๕๒๐๐๑/๑๒๓",
        "๒๑ พฤศจิกายน ๒๕๖๙",
        "เรื่อง",
        "ไฟฟ้าสาธารณะดับ ๗ ดวง",
        "เรียน",
        "นายกเทศมนตรีตำบลบ้านแม (ผ่าน ปลัดเทศบาล)",
        "๑. เรื่องเดิม",
        "๒. ข้อเท็จจริง",
        "๓. ข้อกฎหมาย/ระเบียบ",
        "๔. ข้อพิจารณา/ข้อเสนอ",
        CLOSING,
        "(นางสาวปั๊ม น้ำใส)",
        "ความเห็นหัวหน้าสำนักปลัดเทศบาล",
        "คำสั่งนายกเทศมนตรีตำบลบ้านแม",
        "ทราบ",
        "มอบ",
        "อื่น ๆ",
    ]
    places = []
    for part in parts:
        places.append(text.index(part, places[-1] if places else 0))
    assert "รองปลัดเทศบาล รักษาราชการแทน" in text
    assert "ดำเนินการ" in text


def test_no_arabic_digit_stands_on_a_memo_or_sheet() -> None:
    papers = [
        memo_pdf([memo(photos=(PaperPhoto(photo(), "เวลา 18.30 น."),))]),
        complaint_sheet_pdf(
            [
                sheet(
                    village="หมู่ที่ 5",
                    place=("99/1 ซอย 3",),
                    latitude="18.623456",
                    longitude="98.891234",
                    reporter_address="99/1 หมู่ที่ 5 50120",
                    occurred_at=dt.datetime(2026, 11, 18, 18, 0, tzinfo=dt.UTC),
                    timeline=(
                        PaperStep(
                            dt.datetime(2026, 11, 19, 9, 0, tzinfo=dt.UTC), "รับเรื่องแล้ว", "ลำดับ 1"
                        ),
                    ),
                    printed_at=dt.datetime(2026, 11, 21, 10, 5, tzinfo=dt.UTC),
                )
            ]
        ),
    ]
    for pdf in papers:
        assert not set("0123456789") & set(text_of(pdf))


def test_latin_addresses_keep_their_digits() -> None:
    text = text_of(memo_pdf([memo(facts="ดู https://example.com/a1 และ PM2.5 สูง 3 วัน")]))
    assert "https://example.com/a1" in text
    assert "PM2.5 สูง ๓ วัน" in text


def test_number_and_date_stay_blank_unless_given() -> None:
    text = text_of(memo_pdf([memo(document_number="", date=None)]))
    assert "ที่วันที่เรื่อง" in text.replace(" ", "")


def test_an_empty_section_is_left_out_and_the_rest_keeps_counting() -> None:
    text = text_of(memo_pdf([memo(background="", law=" ")]))
    assert "เรื่องเดิม" not in text
    assert "ระเบียบ" not in text
    assert text.index("๑. ข้อเท็จจริง") < text.index("๒. ข้อพิจารณา/ข้อเสนอ")


def test_a_short_memo_is_one_page() -> None:
    pdf = memo_pdf([memo(background="", facts="ไฟดับ", law="", consideration="")])
    assert len(pages_of(pdf)) == 1


@pytest.mark.parametrize("sentences", [1, 3, 4, 5, 6, 7, 9, 12, 14])
def test_signatures_never_stand_alone_on_a_page(sentences: int) -> None:
    pages = pages_of(memo_pdf([memo(law="", background="", consideration=SENTENCE * sentences)]))
    signed = [page for page in pages if "นางสาวปั๊ม น้ำใส" in page]
    assert len(signed) == 1
    before = signed[0][: signed[0].index(CLOSING)]
    assert len([line for line in before.split("\n") if line.strip()]) >= 2
    # The order of the mayor stands with the proposal that it decides on.
    assert "คำสั่งนายกเทศมนตรีตำบลบ้านแม" in signed[0]
    assert "อื่น ๆ" in signed[0]


def test_the_proposal_begins_where_the_facts_end_though_the_signatures_need_a_new_page() -> None:
    proposal = (
        "เห็นควรมอบหมายให้ สำนักปลัดเทศบาล งานนิติการ ตรวจสอบข้อเท็จจริงและดำเนินการในส่วน"
        "ที่เกี่ยวข้อง และแจ้งผลหรือความคืบหน้าให้ผู้แจ้งทราบภายในวันที่ 6 ธันวาคม 2569"
    )
    pages = pages_of(memo_pdf([memo(law="", facts=SENTENCE * 3, consideration=proposal)]))
    assert len(pages) == 2
    assert "เห็นควรมอบหมาย" in pages[0]
    assert len(lines_between(pages[1], "", CLOSING)) >= 2


def test_margins_are_those_of_the_rules_whatever_the_text() -> None:
    pdf = memo_pdf(
        [
            memo(
                subject=text,
                facts=text,
                department=text,
                signer=Signatory(LONG_NAME, LONG_NAME),
                order_by=Signatory(LONG_NAME, LONG_NAME, "คำสั่ง"),
                photos=(PaperPhoto(photo(), text),),
            )
            for text in HOSTILE
        ]
    )
    pages = words_of(pdf)
    assert all(pages)
    for word in (word for page in pages for word in page):
        assert word.left >= 3 * CM - 0.5, word
        assert word.right <= A4_WIDTH - 2 * CM + 0.5, word
    body = [word for page in pages for word in page if not in_foot(word)]
    assert max(word.bottom for word in body) <= A4_HEIGHT - 2 * CM + 0.5


def in_foot(word: Word) -> bool:
    return word.top >= A4_HEIGHT - 2 * CM


def test_a_page_begins_a_centimetre_and_a_half_from_the_edge_later_ones_two_and_a_half() -> None:
    pages = words_of(memo_pdf([memo(facts=SENTENCE * 30)]))
    assert 1.5 * CM - 3 <= min(word.top for word in pages[0]) <= 2.5 * CM
    assert 2.5 * CM - 3 <= min(word.top for word in pages[1]) <= 3 * CM


def test_markup_in_what_people_typed_is_text() -> None:
    text = text_of(memo_pdf([memo(facts="<img src='http://127.0.0.1:9/x.png'> & <b>หนา</b>")]))
    assert "<img src='http://127.0.0.1:9/x.png'> & <b>หนา</b>" in text


def test_photos_follow_as_numbered_enclosures_with_captions() -> None:
    photos = tuple(
        PaperPhoto(photo(colour), f"มุมที่ {n}")
        for n, colour in enumerate(("red", "green", "blue"), start=1)
    )
    pdf = memo_pdf([memo(photos=photos)])
    pages = pages_of(pdf)
    text = "".join(pages)
    assert "ภาพถ่าย จำนวน ๓ ภาพ" in text
    for place, name in enumerate(("๑ มุมที่ ๑", "๒ มุมที่ ๒", "๓ มุมที่ ๓")):
        with_photo = [page for page in pages if f"สิ่งที่ส่งมาด้วย {name}" in page]
        assert len(with_photo) == 1, place
        assert CLOSING not in with_photo[0]
    assert len(images_of(pdf)) == 3


@pytest.mark.parametrize("size", [(1600, 1200), (1200, 1600), (1000, 1000), (2000, 300)])
@pytest.mark.parametrize(("count", "shared"), [(1, [1]), (4, [2, 2]), (5, [5]), (10, [6, 4])])
def test_photos_of_any_shape_fill_as_few_pages_as_they_should(
    size: tuple[int, int], count: int, shared: list[int]
) -> None:
    caption = "หน้าวัดศรีนวรัฐ ใกล้ร้านลุงแก้ว ทางไปโรงเรียน"
    photos = tuple(PaperPhoto(photo(size=size), caption) for _ in range(count))
    pages = pages_of(memo_pdf([memo(photos=photos)]))
    enclosures = pages[[CLOSING in page for page in pages].index(True) + 1 :]
    assert [page.count("หน้าวัดศรีนวรัฐ") for page in enclosures] == shared


def test_large_photos_are_shrunk_for_print() -> None:
    noise = Image.effect_noise((2048, 1536), 80).convert("RGB")
    out = BytesIO()
    noise.save(out, "JPEG", quality=90)
    pdf = memo_pdf([memo(photos=(PaperPhoto(out.getvalue()),))])
    assert len(pdf) < len(out.getvalue())
    assert [max(size) <= 1200 for size in images_of(pdf)] == [True]


def test_a_photo_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(photo())
    assert len(images_of(complaint_sheet_pdf([sheet(photos=(PaperPhoto(path),))]))) == 1


def test_a_photo_that_cannot_be_read_is_said_to_be_missing(tmp_path: Path) -> None:
    gone = tmp_path / "gone.jpg"
    lost = (PaperPhoto(b"junk"), PaperPhoto(gone), PaperPhoto(gone.read_bytes))
    for pdf in (memo_pdf([memo(photos=lost)]), complaint_sheet_pdf([sheet(photos=lost)])):
        assert text_of(pdf).count("ไม่สามารถแสดงภาพนี้ได้") == 3


def test_the_garuda_stands_at_its_height_and_without_it_the_place_stays_blank() -> None:
    without = memo_pdf([memo()])
    given = memo_pdf([memo(garuda=photo("black", (300, 320)))])
    assert [images_of(pdf) for pdf in (without, given)] == [[], [(300, 320)]]
    titles = [words_of(pdf)[0][0] for pdf in (without, given)]
    assert titles[0] == titles[1]
    assert titles[0].top >= 1.5 * CM - 3


def test_many_memos_in_one_file_each_count_their_own_pages() -> None:
    papers = [memo(number=f"69-000{n}", facts=SENTENCE * (1 if n < 3 else 40)) for n in (1, 2, 3)]
    pages = pages_of(memo_pdf(papers))
    counts = [page[page.rindex("หน้า ") :].split("\n")[0] for page in pages]
    numbers = [page[page.index("เรื่องเลขที่") :].split("\n")[0] for page in pages]
    assert set(numbers) == {f"เรื่องเลขที่ ๖๙-๐๐๐{n}" for n in "๑๒๓"}
    for number in set(numbers):
        mine = [count for count, other in zip(counts, numbers, strict=True) if other == number]
        total = "๐๑๒๓๔๕๖๗๘๙"[len(mine)]
        assert mine == [f"หน้า {'๐๑๒๓๔๕๖๗๘๙'[n + 1]}/{total}" for n in range(len(mine))]


def test_a_masked_name_is_printed_masked_and_marked() -> None:
    text = text_of(complaint_sheet_pdf([sheet(reporter_name="น*** จ***", name_hidden=True)]))
    assert "น*** จ*** (ขอปกปิดชื่อ)" in text
    assert "น้ำใส" not in text


@pytest.mark.parametrize("paper", [ComplaintPaper, MemoPaper])
def test_there_is_no_place_for_a_national_id(paper: type) -> None:
    names = {field.name for field in dataclasses.fields(paper)}
    assert not {name for name in names if "national" in name or "citizen" in name}


def test_the_document_title_names_no_person_and_no_subject() -> None:
    reader = PdfReader(BytesIO(complaint_sheet_pdf([sheet()])))
    assert reader.metadata is not None
    assert reader.metadata.title == "แบบรับเรื่อง 69-0042"
    assert reader.metadata.author == "เทศบาลตำบลบ้านแม"


def test_a_sheet_tells_who_what_where_and_when() -> None:
    text = text_of(
        complaint_sheet_pdf(
            [
                sheet(
                    village="หมู่ที่ 5 บ้านแม",
                    place=("หน้าวัด", ""),
                    latitude="18.6",
                    longitude="98.9",
                    map_url="https://maps.example/18.6",
                    timeline=(
                        PaperStep(
                            dt.datetime(2026, 11, 19, 2, 0, tzinfo=dt.UTC),
                            "เสนอ",
                            "ก",
                            "ข",
                        ),
                    ),
                )
            ]
        )
    )
    for words in (
        "แบบรับเรื่องร้องทุกข์",
        "๖๙-๐๐๔๒",
        "๓ ธันวาคม ๒๕๖๙",
        "๑๘ พฤศจิกายน ๒๕๖๙ เวลา ๑๘.๔๐ น.",
        "นางสาวน้ำใส ใจดี",
        "๐๘๑-๒๓๔-๕๖๗๘",
        "หมู่ที่ ๕ บ้านแม",
        "๑๘.๖, ๙๘.๙",
        "https://maps.example/18.6",
        "๑๙ พ.ย. ๖๙ ๐๙.๐๐ น.",
        "โดย ข",
    ):
        assert words in text, words


def test_what_was_not_told_leaves_no_empty_heading() -> None:
    text = text_of(complaint_sheet_pdf([sheet(reporter_phone="", due_on=None, details="")]))
    for heading in ("โทรศัพท์", "ที่อยู่", "จุดเกิดเหตุ", "การดำเนินการ", "ภาพถ่าย", "รายละเอียด"):
        assert heading not in text


def test_nothing_to_print_is_an_error() -> None:
    with pytest.raises(PaperError):
        memo_pdf([])
    with pytest.raises(PaperError):
        complaint_sheet_pdf([])
