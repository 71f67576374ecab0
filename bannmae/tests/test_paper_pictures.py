"""Pages as pictures, photos for pages, and the QR at the foot."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO

import pytest
import segno
from PIL import Image

from bannmae.paper.errors import PaperError
from bannmae.paper.pdf import html_to_pdf
from bannmae.paper.pictures import PRINT_PX, for_print, page_picture, soon_for_print
from bannmae.paper.qr import qr_svg
from bannmae.tests.paper_reading import text_of

PAGE = '<html lang="th"><style>@page {{ size: {} }} body {{ background: {} }}</style><p>ก</html>'


@pytest.fixture(scope="module")
def pdf() -> bytes:
    pages = [PAGE.format("100mm 50mm", "#fff"), PAGE.format("100mm 50mm", "#ff0000")]
    return html_to_pdf(pages, title="ก", stylesheet="@page { margin: 0 } body { margin: 0 }")


def photo(width: int, height: int, form: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, form, **options)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("width", [1, 333, 1040])
def test_a_page_becomes_a_picture_of_the_width_asked_for(pdf: bytes, width: int, form: str) -> None:
    with Image.open(BytesIO(page_picture(pdf, width_px=width, format=form))) as picture:  # type: ignore[arg-type]
        assert picture.format == form
        assert picture.width == width
        assert abs(picture.height - width / 2) <= 1


def test_the_page_asked_for_is_the_one_drawn(pdf: bytes) -> None:
    with Image.open(BytesIO(page_picture(pdf, 1, width_px=100))) as picture:
        assert picture.getpixel((50, 40)) == (255, 0, 0)
    with Image.open(BytesIO(page_picture(pdf, 0, width_px=100))) as picture:
        assert picture.getpixel((50, 40)) == (255, 255, 255)


@pytest.mark.parametrize("page", [-1, 2])
def test_a_page_that_is_not_there_is_an_error(pdf: bytes, page: int) -> None:
    with pytest.raises(PaperError):
        page_picture(pdf, page, width_px=100)


def test_what_is_no_pdf_or_would_be_a_huge_picture_is_an_error(pdf: bytes) -> None:
    with pytest.raises(PaperError):
        page_picture(b"%PDF-nothing", width_px=100)
    with pytest.raises(PaperError):
        page_picture(pdf, width_px=100_000)


@pytest.mark.parametrize("size", [(4000, 3000), (2048, 1536), (1500, 2000), (1300, 100)])
def test_a_photo_is_made_small_enough_for_paper(size: tuple[int, int]) -> None:
    with Image.open(BytesIO(for_print(photo(*size)))) as small:
        assert PRINT_PX * 5 / 6 - 1 <= max(small.size) <= PRINT_PX
        assert small.width / small.height == pytest.approx(size[0] / size[1], rel=0.02)


def test_a_small_jpeg_stays_as_it_is() -> None:
    data = photo(640, 480)
    assert for_print(data) is data


def test_a_photo_is_turned_upright_and_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "camera"
    with Image.open(BytesIO(for_print(photo(640, 480, exif=exif)))) as upright:
        assert upright.size == (480, 640)
        assert not upright.getexif()


def test_another_form_becomes_a_jpeg() -> None:
    with Image.open(BytesIO(for_print(photo(100, 50, "PNG")))) as jpeg:
        assert jpeg.format == "JPEG"


@pytest.mark.parametrize("data", [b"", b"no picture", photo(2048, 1536)[:3000]])
def test_a_broken_photo_is_an_error(data: bytes) -> None:
    with pytest.raises(PaperError):
        for_print(data)


def test_the_qr_on_the_page_has_every_module_in_its_place() -> None:
    address = "https://line.example.go.th/admin/complaints/4b1f0c9e/"
    page = (
        f'<html lang="th"><div style="width: 1.5cm; height: 1.5cm">{qr_svg(address)}</div></html>'
    )
    sheet = "@page { margin: 0; size: 1.5cm } body { margin: 0 }"
    pdf = html_to_pdf([page], title="ก", stylesheet=sheet)
    modules = [list(row) for row in segno.make_qr(address, error="m").matrix_iter(border=2)]
    side = 20 * len(modules)
    with Image.open(BytesIO(page_picture(pdf, width_px=side))) as picture:
        seen = [
            [
                picture.convert("L").getpixel((20 * x + 10, 20 * y + 10)) < 128
                for x in range(len(modules))
            ]
            for y in range(len(modules))
        ]
    assert seen == [[bool(module) for module in row] for row in modules]


def test_no_address_makes_no_qr() -> None:
    assert qr_svg("") == ""


def _storage_away() -> bytes:
    raise ConnectionError("storage away")


@pytest.mark.parametrize(
    "source",
    [b"junk", photo(640, 480)[:2000], lambda: b"", _storage_away],
    ids=["junk", "breaks off", "empty", "away"],
)
def test_in_the_place_of_a_lost_photo_its_alternative_stands(
    source: bytes | Callable[[], bytes],
) -> None:
    lost = soon_for_print(source)
    page = '<html lang="th"><img src="picture:a" alt="เปิดภาพนี้ไม่ได้"> ต่อไป</html>'
    pdf = html_to_pdf([page], title="ก", pictures={"a": lost})
    assert "เปิดภาพนี้ไม่ได้ ต่อไป" in text_of(pdf)
    with pytest.raises(PaperError):
        lost.result()


def test_a_photo_is_fetched_where_it_is_made_small() -> None:
    fetched: list[str] = []

    def source() -> bytes:
        fetched.append(threading.current_thread().name)
        return photo(1600, 1200)

    with Image.open(BytesIO(soon_for_print(source).result())) as small:
        assert small.size == (1200, 900)
    assert [name.startswith("for_print") for name in fetched] == [True]
