"""Read the code on a picture of a transfer slip.

A slip without a code is nothing unusual, nor is a picture that cannot be read: whatever comes in,
an answer comes out. Only QR codes are looked for: slips carry bar codes too, which read as numbers.
It takes a tenth of a second where there is a code and up to some seconds where there is none: call
it in a worker.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO, Any, Literal

from PIL import Image, ImageFilter, ImageOps

from payments.slips.miniqr import SlipCode, is_payment_code, parse

#: The longest side that is looked at; what intake stores is no larger.
MAX_SIDE = 2048
MAX_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# Larger than this the efforts gain nothing and take seconds.
_EFFORT_SIDE = 2600

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a picture.

    `state` is "found" (a slip's code), "not_a_slip" (QR codes, none of them a slip's) or "none".
    `codes` are the slips' codes, each once: more than one where a picture shows several slips.
    `payment_code` says that a QR to pay by was seen, which some payers send by mistake;
    `other_codes` counts the codes that are neither.
    """

    state: Literal["found", "none", "not_a_slip"]
    codes: tuple[SlipCode, ...] = ()
    payment_code: bool = False
    other_codes: int = 0

    @property
    def code(self) -> SlipCode | None:
        """The slip's code, the first of several."""
        return self.codes[0] if self.codes else None


def read_slip(picture: IO[bytes] | bytes) -> Reading:
    """Return what codes the picture shows. Never raises for a picture that cannot be read."""
    try:
        grey = _opened(picture)
    except Exception as error:  # decoders fail in ways of their own
        logger.info("slip picture cannot be opened: %s", type(error).__name__)
        return Reading("none")
    best = Reading("none")
    for looked_at, options in _efforts(grey):
        try:
            seen = _read(looked_at, options)
        except Exception as error:  # so does the reader
            logger.warning("slip reader failed: %s", type(error).__name__)
            continue
        if seen.state == "found":
            return replace(
                seen,
                payment_code=seen.payment_code or best.payment_code,
                other_codes=max(seen.other_codes, best.other_codes),
            )
        if best.state == "none":
            best = seen
    return best


def _opened(picture: IO[bytes] | bytes) -> Image.Image:
    """Return the picture in grey, no side longer than MAX_SIDE."""
    file = io.BytesIO(picture) if isinstance(picture, bytes) else picture
    with Image.open(file, formats=_FORMATS) as source:
        if source.width * source.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        # A JPEG decoder halves at almost no cost, and never below what is asked for.
        source.draft("L", (MAX_SIDE, MAX_SIDE))
        if source.has_transparency_data:
            layered = source.convert("RGBA")
            ground = Image.new("RGBA", layered.size, "white")
            grey = Image.alpha_composite(ground, layered).convert("L")
        else:
            grey = source.convert("L")
    if max(grey.size) > MAX_SIDE:
        grey.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return grey


def _efforts(grey: Image.Image) -> Iterator[tuple[Image.Image, dict[str, Any]]]:
    """Yield what to look at, the cheapest and most promising first."""
    import zxingcpp

    yield grey, {}
    stretched = ImageOps.autocontrast(grey, cutoff=1)
    # Small codes: the reader wants about three pixels for each module.
    large = _scaled(stretched, min(2.0, _EFFORT_SIDE / max(stretched.size)))
    yield large, {}
    # Out of focus.
    sharp = large.filter(ImageFilter.UnsharpMask(radius=4, percent=250, threshold=0))
    yield sharp, {}
    # Grain, and the pattern of a photographed screen.
    yield stretched.filter(ImageFilter.GaussianBlur(1.5)), {}
    yield _scaled(stretched, 0.5), {"binarizer": zxingcpp.Binarizer.GlobalHistogram}
    # A small code in a large picture: each part by itself, its shades stretched.
    for part in _parts(grey):
        enlarged = _scaled(ImageOps.autocontrast(part, cutoff=1), 2.0)
        yield enlarged.filter(ImageFilter.UnsharpMask(radius=5, percent=300, threshold=0)), {}


def _parts(grey: Image.Image) -> Iterator[Image.Image]:
    """Yield four parts that overlap, those below first: there the apps print the code."""
    width, height = grey.size
    if max(grey.size) < 600:
        return
    for top in (0.42, 0.0):
        for left in (0.42, 0.0):
            box = (left * width, top * height, (left + 0.58) * width, (top + 0.58) * height)
            yield grey.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.BICUBIC)


def _read(picture: Image.Image, options: dict[str, Any]) -> Reading:
    """Return what one look at the picture gives."""
    import zxingcpp

    read: Callable[..., list[Any]] = zxingcpp.read_barcodes
    found = read(picture, formats=zxingcpp.BarcodeFormat.QRCode, **options)
    codes: dict[tuple[str, str], SlipCode] = {}
    payment, others = False, 0
    for text in {barcode.text: None for barcode in found}:
        if code := parse(text):
            codes.setdefault((code.bank, code.reference), code)
        elif is_payment_code(text):
            payment = True
        else:
            others += 1
    if codes:
        return Reading("found", tuple(codes.values()), payment, others)
    return Reading("not_a_slip" if payment or others else "none", (), payment, others)
