"""Codes read from pictures of slips."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from payments.slips.reading import MAX_SIDE, Reading, _opened, read_slip
from payments.tests.slip_pictures import (
    LAYOUTS,
    Transfer,
    draw,
    jpeg,
    photographed,
    qr,
    resized,
    screenshot,
    slip_payload,
    stranger,
)
from payments.thaiqr import promptpay_payload

SLIPS = {layout: stranger(layout, random.Random(7), code=True) for layout in LAYOUTS}


def _reference(picture: bytes) -> str:
    reading = read_slip(picture)
    return reading.code.reference if reading.code else reading.state


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_saved_slip_is_read_however_it_was_sent(layout: str) -> None:
    slip, picture = SLIPS[layout], draw(SLIPS[layout])
    assert _reference(jpeg(picture, 20)) == slip.reference
    assert _reference(jpeg(resized(picture, 540), 40)) == slip.reference
    assert _reference(jpeg(screenshot(picture), 60)) == slip.reference


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_photo_of_a_screen_is_read(layout: str) -> None:
    slip = SLIPS[layout]
    photo = photographed(draw(slip), angle=7, blur=1.6, noise=8)
    assert _reference(jpeg(photo, 40)) == slip.reference
    assert _reference(jpeg(photo.rotate(90, expand=True), 60)) == slip.reference


def test_a_blurred_photo_takes_a_further_effort() -> None:
    slip = SLIPS["green"]
    assert _reference(jpeg(photographed(draw(slip), angle=7, blur=2.4), 60)) == slip.reference


def test_a_photo_of_twelve_megapixels_is_made_small_first() -> None:
    slip = SLIPS["purple"]
    data = jpeg(photographed(draw(slip), angle=-7, noise=8, size=(3024, 4032)), 60)
    assert max(_opened(io.BytesIO(data)).size) <= MAX_SIDE
    assert _reference(data) == slip.reference


def test_a_slip_without_a_code_is_nothing_unusual() -> None:
    assert read_slip(jpeg(draw(Transfer(layout="plain")))) == Reading("none")


def _sheet(*payloads: str) -> bytes:
    sheet = Image.new("RGB", (420 * len(payloads), 420), "white")
    for place, payload in enumerate(payloads):
        sheet.paste(qr(payload, 360), (420 * place + 30, 30))
    return jpeg(sheet)


def test_the_slips_code_is_picked_among_others() -> None:
    reading = read_slip(_sheet(promptpay_payload("0812223333"), slip_payload("006", "A1"), "hello"))
    assert reading.state == "found"
    assert reading.code is not None
    assert (reading.code.bank, reading.code.reference) == ("006", "A1")
    assert (reading.payment_code, reading.other_codes) == (True, 1)


def test_a_code_to_pay_by_is_not_a_slip() -> None:
    reading = read_slip(_sheet(promptpay_payload("0812223333")))
    assert (reading.state, reading.code, reading.payment_code) == ("not_a_slip", None, True)


def test_any_other_code_is_not_a_slip() -> None:
    reading = read_slip(_sheet("https://line.me/R/ti/p/example"))
    assert (reading.state, reading.payment_code, reading.other_codes) == ("not_a_slip", False, 1)


def test_two_slips_in_one_picture_are_both_told() -> None:
    reading = read_slip(_sheet(slip_payload("006", "A1"), slip_payload("004", "B2")))
    assert {code.reference for code in reading.codes} == {"A1", "B2"}


def test_a_transparent_picture_is_read_on_white() -> None:
    code = qr(slip_payload("006", "A1"), 360).convert("L")
    layered = Image.new("RGBA", code.size, (0, 0, 0, 0))
    layered.putalpha(code.point(lambda value: 255 - value))
    out = io.BytesIO()
    layered.save(out, "PNG")
    out.seek(0)
    assert _reference(out.getvalue()) == "A1"


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n" + bytes(40), b"GIF89a"]
)
def test_what_is_no_picture_gets_an_answer(data: bytes) -> None:
    assert read_slip(data) == Reading("none")


def test_a_cut_off_file_gets_an_answer() -> None:
    assert read_slip(jpeg(draw(SLIPS["green"]))[:20_000]).state == "none"
