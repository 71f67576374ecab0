"""Papers as PDF: what comes out is what went in, and nothing is fetched from anywhere."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFile
from pypdf import PdfReader

from bannmae.paper import fonts
from bannmae.paper.errors import PaperError
from bannmae.paper.pdf import html_to_pdf, render_pdf, render_pdfs
from bannmae.tests.paper_reading import fonts_of, pages_of, text_of, words_of

# Sara am, marks above and below, marks over tall letters, and everything that must not be garbled.
HARD_WORDS = [
    "ตำบลบ้านแม น้ำใส ทั้งนี้",
    "ปั๊มน้ำ ฝั่ง ผู้ใหญ่ เปี๊ยก กตัญญู",
    "ฏุ ฐู ปี่ ฟ้า ปู่ ญู ฬู",
    "สำนักปลัดเทศบาล ก็ดี จำเป็น ซ้ำ",
    "ที่ ชม ๕๒๐๐๑/๑๒๓ ๖๗๘๙๐ ฿",
    "ABC xyz 0123456789 (LINE) – “คำพูด” ฯลฯ ๆ",
    "office fi fl ffi @ # % & * + = [ ] { } | ~",
]


def page(body: str) -> str:
    return f'<!doctype html><html lang="th" style="font-size: 12pt"><body>{body}</body></html>'


def make(body: str, **options: Any) -> bytes:
    return html_to_pdf([page(body)], title="ทดสอบ", **options)


def picture(colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("words", HARD_WORDS)
def test_text_copies_out_exactly_as_it_went_in(words: str, weight: str) -> None:
    escaped = words.replace("&", "&amp;")
    pdf = make(f'<p style="font-weight: {weight}">{escaped}</p>')
    assert pages_of(pdf)[0].strip() == words


def test_only_the_paper_font_is_inside() -> None:
    pdf = make("<p>" + " ".join(HARD_WORDS).replace("&", "&amp;") + "</p><p><b>หนา Bold ๑</b></p>")
    assert fonts_of(pdf) == {"Paper", "Paper-Bold"}


def test_a_space_that_keeps_a_line_together_copies_as_a_plain_one() -> None:
    assert pages_of(make("<p>หมู่ที่\u00a0๕</p>"))[0].strip() == "หมู่ที่ ๕"


def test_a_long_thai_sentence_breaks_between_words() -> None:
    sentence = "ประชาชนที่สัญจรไปมาในเวลากลางคืนไม่ได้รับความสะดวก" * 3
    lines = pages_of(make(f"<p>{sentence}</p>"))[0].strip().split("\n")
    assert "".join(lines) == sentence
    assert len(lines) >= 2
    words = (
        "ประชาชน",
        "ที่",
        "สัญจร",
        "ไป",
        "มา",
        "ใน",
        "เวลา",
        "กลางคืน",
        "ไม่",
        "ได้",
        "รับ",
        "ความ",
        "สะดวก",
        "กลาง",
        "คืน",
    )
    assert all(line.startswith(words) for line in lines)


@pytest.mark.parametrize(
    "text", ["ก" * 400, "https://example.com/" + "a1" * 200, "x" * 300, "๙" * 300]
)
def test_text_without_a_place_to_break_stays_on_the_page(text: str) -> None:
    for words in words_of(make(f"<p>{text}</p>")):
        assert all(85.0 <= word.left and word.right <= 595.3 - 56.6 for word in words)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "https://example.com/x.png",
        "ftp://example.com/x.png",
        "file:///etc/hostname",
        "file://server/share/x.png",
        "data:text/css,p{color:red}",
        "data:image/png;base64,!!!",
        "picture:unknown",
        "picture:../known",
    ],
)
def test_nothing_outside_can_be_read(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*arguments: Any, **options: Any) -> None:
        raise AssertionError("a paper opened a connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "create_connection", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(PaperError):
        make(f'<img src="{address}">', pictures={"known": picture()})


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        "<style>@import url(http://127.0.0.1:9/x.css);</style>",
        '<p style="background: url(http://127.0.0.1:9/x.png)">ก</p>',
        '<object data="http://127.0.0.1:9/x.svg"></object>',
        '<svg width="9" height="9"><image href="http://127.0.0.1:9/x" width="9" height="9"/></svg>',
    ],
)
def test_no_kind_of_markup_reaches_the_network(markup: str) -> None:
    with pytest.raises(PaperError):
        make(markup)


def test_files_are_read_from_allowed_folders_only(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "ok.png").write_bytes(picture())
    (outside / "secret.png").write_bytes(picture())
    (inside / "link.png").symlink_to(outside / "secret.png")
    pdf = make(f'<img src="file://{inside}/ok.png">', folders=[inside])
    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 1
    for name in ("link.png", "../outside/secret.png", "%2e%2e/outside/secret.png", "none.png"):
        with pytest.raises(PaperError):
            make(f'<img src="file://{inside}/{name}">', folders=[inside])


def test_pictures_handed_in_and_data_pictures_are_shown() -> None:
    data = base64.b64encode(picture("blue")).decode()
    pdf = make(
        f'<img src="picture:one"><img src="data:image/png;base64,{data}">',
        pictures={"one": picture()},
    )
    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 2


def test_the_file_says_what_it_is_and_is_made_for_the_archive() -> None:
    pdf = html_to_pdf([page("<p>ก</p>")], title="บันทึกข้อความ", author="เทศบาลตำบลบ้านแม")
    reader = PdfReader(BytesIO(pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "บันทึกข้อความ"
    assert reader.metadata.author == "เทศบาลตำบลบ้านแม"
    root: Any = reader.trailer["/Root"]
    assert "/OutputIntents" in root
    assert b"pdfaid:part" in root["/Metadata"].get_object().get_data()


def test_each_paper_in_a_file_counts_its_own_pages() -> None:
    long = page('<p>หนึ่ง</p><p style="break-before: page">สอง</p>')
    counted = (
        "<style>@page { @top-right { content: counter(page, thai) '/' counter(pages, thai) } }"
        "</style>"
    )
    pdf = html_to_pdf([long + counted, page("<p>สาม</p>") + counted], title="ก")
    assert [text.split()[0] for text in pages_of(pdf)] == ["๑/๒", "๒/๒", "๑/๑"]


def test_nothing_to_print_is_an_error() -> None:
    with pytest.raises(PaperError):
        render_pdfs("bannmae/paper/page.html", [], title="ก")


def test_the_frame_has_qr_and_page_count_and_body_size_of_the_font() -> None:
    pdf = render_pdf("bannmae/paper/page.html", {"qr": ""}, title="ก")
    assert "หน้า ๑/๑" in pages_of(pdf)[0]


def test_an_uploaded_font_without_bold_prints_everything_in_itself(tmp_path: Path) -> None:
    mine = tmp_path / "office.ttf"
    mine.write_bytes(fonts.sarabun().regular.read_bytes())
    pdf = make("<p>ตำบล <b>น้ำ ๑๒ AB</b></p>", font=fonts.uploaded(mine))
    assert text_of(pdf) == "ตำบล น้ำ ๑๒ AB"
    assert fonts_of(pdf) == {"Paper", "Paper-Bold"}


def test_a_font_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    mine = tmp_path / "office.ttf"
    built = fonts.sarabun()
    assert built.bold is not None
    mine.write_bytes(built.regular.read_bytes())
    thin = words_of(make("<p>เทศบาล</p>", font=fonts.uploaded(mine)))
    mine.write_bytes(built.bold.read_bytes())
    thick = words_of(make("<p>เทศบาล</p>", font=fonts.uploaded(mine)))
    assert thick[0][0].right > thin[0][0].right


def test_threads_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda n: text_of(make(f"<p>น้ำ {n}</p>")), range(12)))
    assert texts == [f"น้ำ {n}" for n in range(12)]


def test_signs_that_no_font_has_do_not_stop_a_paper() -> None:
    assert "ขอบคุณ" in text_of(make("<p>ขอบคุณ 🙏🏽 \U000e0041 ☐ 漢</p>"))


def test_the_room_can_be_imported_without_the_slow_libraries() -> None:
    code = (
        "import sys; import bannmae.paper, bannmae.paper.pdf, bannmae.paper.pictures,"
        "bannmae.paper.fonts, bannmae.paper.qr, complaints.paper, chatops.menu.artwork;"
        "print([m for m in ('weasyprint', 'pypdfium2', 'fontTools', 'segno') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_printing_does_not_make_photo_intake_accept_cut_off_files() -> None:
    make("<p>ก</p>")
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
