"""The receipt on paper, read back as an archive would; its pictures as a phone gets them."""

from __future__ import annotations

import dataclasses
import doctest
import importlib
import re
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from bannmae.paper.errors import PaperError
from bannmae.tests.paper_reading import fonts_of, pages_of, text_of, words_of
from payments.papers.forms import PaperTotalError
from payments.papers.receipt import MOST_PICTURE_BYTES, receipt_pdf, receipt_picture
from payments.tests.paper_samples import ADDRESS, LONG_NAME, OFFICE, VERIFY, VOID, line, receipt

MM = 72 / 25.4


def squeezed(text: str) -> str:
    """Return the text without any space: where a line broke, its space is gone."""
    return re.sub(r"\s", "", text)


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 60), "black").save(out, "PNG")
    return out.getvalue()


def test_a_receipt_has_everything_that_the_rules_want_letter_by_letter() -> None:
    text = text_of(receipt_pdf([receipt()]))
    for words in (
        OFFICE.name,
        OFFICE.address,
        "เลขประจำตัวผู้เสียภาษี 0994000123456",
        "ใบเสร็จรับเงิน",
        "ต้นฉบับ",
        "เล่มที่ 2/2570",
        "เลขที่ 000042",
        "21 พฤศจิกายน 2569",
        "ได้รับเงินจาก",
        "นางสมศรี ใจดี",
        ADDRESS,
        "ค่าธรรมเนียมเก็บและขนมูลฝอย บ้านเลขที่ 99/1 หมู่ที่ 5",
        "เดือน ก.ย. 69",
        "ค้างชำระ",
        "ปัจจุบัน",
        "90.00",
        "1.25",
        "91.25",
        "(เก้าสิบเอ็ดบาทยี่สิบห้าสตางค์)",
        "เงินโอน",
        "20 พฤศจิกายน 2569",
        "ผู้รับเงิน",
        "(นางสาวน้ำผึ้ง ตั้งใจ)",
        "เจ้าพนักงานจัดเก็บรายได้ชำนาญงาน",
        VERIFY,
    ):
        assert words in text, words
    assert "ยกเลิก" not in text
    assert "สำเนา" not in text


def test_the_receipt_is_an_archive_file_with_only_the_paper_font() -> None:
    pdf = receipt_pdf([receipt()])
    assert fonts_of(pdf) == {"Paper", "Paper-Bold"}
    root = PdfReader(BytesIO(pdf)).trailer["/Root"]
    assert b"pdfaid:part" in root["/Metadata"].get_object().get_data()


@pytest.mark.parametrize("layout", ["half", "a4", "pair"])
def test_eight_lines_a_long_name_and_a_note_stand_on_one_page(layout: str) -> None:
    paper = receipt(
        8, payer_name=LONG_NAME, void=VOID, note="รับชำระแทนโดยบุตร", replaced_by="เล่มที่ 3"
    )
    pages = pages_of(receipt_pdf([paper], layout=layout))
    assert len(pages) == 1
    assert squeezed(LONG_NAME) in squeezed(pages[0])
    assert "1,085.00" in pages[0]


def test_more_lines_go_to_a_second_page_with_the_head_again_and_the_total_once() -> None:
    pages = pages_of(receipt_pdf([receipt(20)]))
    assert len(pages) >= 2
    for number, page in enumerate(pages, start=1):
        assert f"หน้า {number}/{len(pages)}" in page
        assert "เล่มที่ 2/2570 เลขที่ 000042" in page
    assert all("จำนวนเงิน" in page for page in pages if re.search(r"99/\d", page))
    assert sum(page.count("รวมเงินทั้งสิ้น") for page in pages) == 1
    assert "ผู้รับเงิน" in pages[-1]
    assert "บาท" in pages[-1].replace("(บาท)", "")


def test_two_to_a_sheet_are_the_original_above_and_the_copy_below() -> None:
    (words,) = words_of(receipt_pdf([receipt(6)], layout="pair"))
    middle = 297 / 2 * MM
    (original,) = [word for word in words if word.text == "ต้นฉบับ"]
    (copy,) = [word for word in words if word.text == "สำเนา"]
    assert original.bottom < middle < copy.top
    signed = sorted(word.top for word in words if word.text == "ผู้รับเงิน")
    assert len(signed) == 2
    assert signed[0] < middle < signed[1]
    assert max(word.bottom for word in words) < 297 * MM - 4 * MM


def test_what_half_a_sheet_cannot_bear_takes_a_sheet_for_each() -> None:
    pages = pages_of(receipt_pdf([receipt(14)], layout="pair"))
    assert len(pages) == 2
    assert "ต้นฉบับ" in pages[0]
    assert "สำเนา" in pages[1]


def test_a_reprint_says_which_copy_it_is_and_has_no_original() -> None:
    paper = receipt(is_copy=True, copy_no=3)
    for layout in ("half", "pair"):
        text = text_of(receipt_pdf([paper], layout=layout))
        assert text.count("สำเนา ครั้งที่ 3") == 1
        assert "ต้นฉบับ" not in text


def test_a_void_receipt_says_why_and_names_both_people() -> None:
    text = text_of(receipt_pdf([receipt(void=VOID, replaced_by="เล่มที่ 2/2570 เลขที่ 000043")]))
    for words in (
        VOID.reason,
        "21 พฤศจิกายน 2569 เวลา 16.40 น.",
        "ผู้ขอยกเลิก",
        "นางสาวน้ำผึ้ง ตั้งใจ เจ้าพนักงานจัดเก็บรายได้",
        "ผู้อนุมัติ",
        "นายเที่ยง ธรรมดี ผู้อำนวยการกองคลัง",
        "เล่มที่ 2/2570 เลขที่ 000043",
    ):
        assert words in text, words
    # Across the page, in the foot, and in the box.
    assert text.count("ยกเลิก") >= 3
    assert "91.25" in text


def test_a_new_receipt_names_the_void_one() -> None:
    text = text_of(receipt_pdf([receipt(replaces="เล่มที่ 2/2570 เลขที่ 000041")]))
    assert "ออกแทนใบเสร็จรับเงิน เล่มที่ 2/2570 เลขที่ 000041 ซึ่งยกเลิกแล้ว" in text


def test_a_national_id_typed_anywhere_is_masked_and_a_company_s_number_stays() -> None:
    paper = receipt(
        (line(text="บัตร 1-2345-67890-12-1"),),
        payer_name="นายคำ 1234567890121",
        payer_address="เลขผู้เสียภาษี 0505560001234",
        note="๑๒๓๔๕๖๗๘๙๐๑๒๑",
    )
    text = text_of(receipt_pdf([paper]))
    assert "1234567890121" not in text
    assert "67890" not in text
    assert "๑๒๓๔" not in text
    assert text.count("x-xxxx-xxxxx-xx-x") == 3
    assert "0505560001234" in text


def test_markup_and_emoji_in_a_name_do_no_harm() -> None:
    text = text_of(receipt_pdf([receipt(payer_name="<b>นาย</b> 🙏 & คณะ")]))
    assert "<b>นาย</b> & คณะ" in text


def test_thai_numerals_are_a_choice_and_leave_the_address_alone() -> None:
    text = text_of(receipt_pdf([receipt()], thai_digits=True))
    assert "๒๑ พฤศจิกายน ๒๕๖๙" in text
    assert "๙๑.๒๕" in text
    assert not set("0123456789") & set(text.replace(VERIFY, ""))
    assert VERIFY in text


def test_many_receipts_each_count_their_own_pages() -> None:
    papers = [receipt(number_label=f"{number:06d}") for number in range(1, 4)]
    pages = pages_of(receipt_pdf(papers))
    assert [re.search(r"หน้า (\d/\d)", page)[1] for page in pages] == ["1/1"] * 3
    assert all(f"เลขที่ {number:06d}" in page for number, page in enumerate(pages, start=1))


def test_the_emblem_stands_only_where_the_office_has_one() -> None:
    with_emblem = receipt(office=dataclasses.replace(OFFICE, emblem=png()))
    assert b"/Subtype /Image" in receipt_pdf([with_emblem])
    assert b"/Subtype /Image" not in receipt_pdf([receipt()])


def test_totals_that_do_not_add_up_make_no_receipt() -> None:
    with pytest.raises(PaperTotalError):
        receipt(total=Decimal("91.24"))
    with pytest.raises(PaperTotalError):
        receipt(())


def test_no_receipt_and_no_such_layout_are_errors() -> None:
    with pytest.raises(PaperError):
        receipt_pdf([])
    with pytest.raises(ValueError):
        receipt_pdf([receipt()], layout="a3")  # type: ignore[arg-type]


@pytest.mark.parametrize(("layout", "lines"), [("half", 2), ("a4", 8)])
def test_the_pictures_are_small_and_sharp_enough_for_a_phone(layout: str, lines: int) -> None:
    original, preview = receipt_picture(receipt_pdf([receipt(lines)], layout=layout))
    for data, width in ((original, 1600), (preview, 800)):
        assert len(data) <= MOST_PICTURE_BYTES
        with Image.open(BytesIO(data)) as picture:
            assert picture.format == "JPEG"
            assert picture.width == width


def test_what_is_no_pdf_has_no_picture() -> None:
    with pytest.raises(PaperError):
        receipt_picture(b"nothing")


@pytest.mark.parametrize("name", ["words", "sheets", "chart", "summary_figures"])
def test_the_examples_in_the_docstrings_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"payments.papers.{name}"))
    assert result.attempted
    assert not result.failed
