"""Summaries, the books' usage, the chart, labels and the mailing list."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from bannmae.paper.errors import PaperError
from bannmae.tests.paper_reading import fonts_of, pages_of, text_of, words_of
from payments.papers.books import book_usage_pdf, book_usage_xlsx
from payments.papers.chart import Bar, bar_chart
from payments.papers.forms import BookUsageRow, LabelRow, SummaryFigure
from payments.papers.labels import labels_pdf, mailing_list_pdf, mailing_list_xlsx
from payments.papers.summary import summary_pdf, summary_xlsx
from payments.papers.summary_figures import (
    kinds_by_method,
    periods_by_kind,
    periods_by_method,
    periods_of,
)
from payments.papers.words import baht
from payments.tests.paper_samples import (
    KINDS,
    LONG_NAME,
    OFFICE,
    books,
    labels,
    month_summary,
    year_summary,
)

MM = 72 / 25.4


def sheets_of(data: bytes) -> list[list[list[Any]]]:
    book = openpyxl.load_workbook(BytesIO(data))
    return [
        [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets
    ]


def test_a_fiscal_year_has_its_twelve_months_from_october() -> None:
    months = periods_of(2570, None)
    assert months[0] == dt.date(2026, 10, 1)
    assert months[2:4] == [dt.date(2026, 12, 1), dt.date(2027, 1, 1)]
    assert months[-1] == dt.date(2027, 9, 1)
    assert len(months) == 12
    assert len(periods_of(2571, dt.date(2028, 2, 9))) == 29


@pytest.mark.parametrize("make", [year_summary, month_summary])
def test_every_table_of_a_summary_adds_up_to_the_same(make: Any) -> None:
    paper = make()
    for grid in (kinds_by_method(paper), periods_by_method(paper), periods_by_kind(paper)):
        assert grid.total.total == paper.total
        assert sum(grid.total.amounts) == paper.total
        assert sum(line.total for line in grid.lines) == paper.total
        assert all(sum(line.amounts) == line.total for line in grid.lines)
        assert sum(line.count for line in grid.lines) == sum(one.count for one in paper.figures)


def test_the_year_on_paper_shows_each_month_kind_and_method_and_a_chart() -> None:
    pdf = summary_pdf(year_summary())
    text = text_of(pdf)
    for words in (*KINDS, "เงินสด", "เงินโอน", "เช็ค", "ต.ค. 69", "ก.ย. 70", "ปีงบประมาณ 2570"):
        assert words.replace(" ", "") in text.replace(" ", ""), words
    assert baht(year_summary().total) in text
    # The chart is drawn in the paper's font too, and its words can be read.
    assert fonts_of(pdf) == {"Paper", "Paper-Bold"}
    assert text.count("ก.ย. 70") == 3


def test_the_signatures_of_a_summary_stand_with_a_table() -> None:
    pages = pages_of(summary_pdf(year_summary()))
    signed = [page for page in pages if "ลงชื่อ" in page]
    assert signed == [pages[-1]]
    assert "รวมทั้งสิ้น" in signed[0]


def test_a_month_lists_the_days_with_money() -> None:
    text = text_of(summary_pdf(month_summary()))
    assert "ประจำเดือน พฤศจิกายน 2569" in text
    assert "2 พ.ย. 69" in text
    assert "3 พ.ย. 69" not in text.replace("23 พ.ย. 69", "")


def test_a_time_without_money_is_a_short_page() -> None:
    text = text_of(summary_pdf(year_summary(figures=())))
    assert "ไม่มีการรับเงินในช่วงนี้" in text
    assert "ลงชื่อ" in text


def test_a_figure_of_another_year_is_an_error() -> None:
    stray = SummaryFigure(dt.date(2026, 9, 1), KINDS[0], "เงินสด", Decimal("1.00"), 1)
    with pytest.raises(ValueError):
        year_summary(figures=(stray,))
    with pytest.raises(ValueError):
        month_summary(figures=(stray,))


def test_the_summary_s_workbook_holds_the_same_totals_on_three_sheets() -> None:
    paper = year_summary()
    sheets = sheets_of(summary_xlsx(paper))
    assert len(sheets) == 3
    for rows in sheets:
        (total,) = [row for row in rows if row[0] == "รวมทั้งสิ้น"]
        assert Decimal(str(total[-2])) == paper.total
        assert total[-1] == sum(one.count for one in paper.figures)


def test_the_chart_s_bars_are_as_high_as_their_amounts() -> None:
    bars = [Bar("ก", Decimal("100")), Bar("<ข>", Decimal("50")), Bar("ค", Decimal("0"))]
    drawn = ET.fromstring(bar_chart(bars, title="ยอด"))
    heights = [float(bar.get("height", "")) for bar in drawn.iter("rect")]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert heights[2] == 0
    assert [text.text for text in drawn.iter("text")][-1] == "ค"
    assert drawn.get("aria-label") == "ยอด"
    with pytest.raises(ValueError):
        bar_chart([Bar("ก", Decimal("-1"))], title="ยอด")


def test_a_book_s_leaves_are_used_void_or_left() -> None:
    row = BookUsageRow("1", "ภาษีป้าย", 1, 100, 1, 63, 3)
    assert (row.taken, row.used_count, row.unused, row.unused_count) == (63, 60, (64, 100), 37)
    untouched = BookUsageRow("2", "ภาษีป้าย", 101, 200)
    assert (untouched.used_count, untouched.unused, untouched.unused_count) == (0, (101, 200), 100)
    full = BookUsageRow("3", "ภาษีป้าย", 1, 5, 1, 5)
    assert (full.used_count, full.unused, full.unused_count) == (5, None, 0)
    endless = BookUsageRow("4", "ภาษีป้าย", 1, None, 1, 9)
    assert (endless.used_count, endless.unused_count) == (9, 0)


def test_the_usage_report_tells_what_became_of_every_leaf() -> None:
    text = text_of(book_usage_pdf(books()))
    for words in (
        "รายงานการใช้ใบเสร็จรับเงิน ปีงบประมาณ 2569",
        "ตั้งแต่วันที่ 1 ตุลาคม 2568 ถึงวันที่ 30 กันยายน 2569",
        "1–63",
        "64–100",
        "เลิกใช้ 30 ก.ย. 69",
        "000007, 000055",
        "ใช้หมดเล่ม",
        "115,500.75",
    ):
        assert words in text, words
    (rows,) = sheets_of(book_usage_xlsx(books()))
    (total,) = [row for row in rows if row[0] == "รวม"]
    assert (total[6], total[7], total[11]) == (172, 3, 137)
    assert Decimal(str(total[13])) == Decimal("115500.75")
    assert "ไม่มีเล่มใบเสร็จรับเงิน" in text_of(book_usage_pdf(books(rows=())))


def test_every_label_stands_inside_its_place_on_the_sheet() -> None:
    rows = [LabelRow(f"ชื่อที่{number}", (f"บ้าน{number}ท้ายบรรทัด",)) for number in range(1, 23)]
    rows[1] = LabelRow(LONG_NAME, (LONG_NAME, "ตำบลบ้านแม อำเภอสันป่าตอง", "จังหวัดเชียงใหม่ 50120"))
    pages = words_of(labels_pdf(rows, start_at=4))
    assert len(pages) == 2
    places = {}
    for sheet, words in enumerate(pages):
        for word in words:
            column, row = int(word.left // (70 * MM)), int((word.top - 0.5 * MM) // (37 * MM))
            assert word.right < (column + 1) * 70 * MM - 4 * MM, word
            assert word.bottom < (0.5 + (row + 1) * 37) * MM - 2 * MM, word
            places.setdefault(word.text, sheet * 24 + row * 3 + column)
    assert places["เรียน ชื่อที่1"] == 3
    assert places["เรียน ชื่อที่3"] == 5
    assert places["เรียน ชื่อที่22"] == 24
    assert places["จังหวัดเชียงใหม่ 50120"] == 4


def test_labels_need_somebody_and_a_place() -> None:
    with pytest.raises(PaperError):
        labels_pdf([])
    with pytest.raises(ValueError):
        labels_pdf(labels(1), start_at=25)


def test_the_mailing_list_names_everybody_with_address_and_subject() -> None:
    rows = labels(30)
    pages = pages_of(mailing_list_pdf(rows, office=OFFICE, subject="เตือนชำระภาษีป้าย"))
    text = "".join(pages)
    assert "รวม 30 ราย" in text
    assert all("ที่อยู่" in page for page in pages)
    assert all(f"{number}/1 หมู่ที่ 5" in text for number in range(1, 31))
    (cells,) = sheets_of(mailing_list_xlsx(rows, office=OFFICE))
    listed = [row for row in cells if isinstance(row[0], int)]
    assert [row[1] for row in listed] == [row.name for row in rows]
    assert listed[4][2:4] == list(rows[4].lines)
    assert "ไม่มีผู้ที่ต้องส่ง" in text_of(mailing_list_pdf([], office=OFFICE))
