"""Pictures from pages, and pictures for pages."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from bannmae.paper.errors import PaperError
from bannmae.paper.pdfium import PDFIUM

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

#: The longest side of a photo on paper: 1200 px over 15 cm are 200 dots per inch.
PRINT_PX = 1200
_PRINT_QUALITY = 82
_KEPT_BYTES = 8_000_000
_MAX_PIXELS = 50_000_000
_kept: OrderedDict[bytes, bytes] = OrderedDict()
_kept_lock = threading.Lock()


def page_picture(
    pdf: bytes,
    page: int = 0,
    *,
    width_px: int,
    format: Literal["PNG", "JPEG"] = "PNG",
    quality: int = 88,
) -> bytes:
    """Return one page of a PDF as a picture of exactly `width_px` pixels' width.

    Args:
        page: counted from 0.
        quality: of a JPEG, 1–95.

    Raises:
        PaperError: unreadable PDF, no such page, or a picture of more than 50 megapixels.
    """
    if format not in ("PNG", "JPEG"):
        raise ValueError("format must be PNG or JPEG")
    if width_px < 1:
        raise ValueError("width_px must be positive")
    picture = _rasterised(pdf, page, width_px)
    out = BytesIO()
    if format == "PNG":
        picture.save(out, "PNG", optimize=True)
    else:
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _rasterised(pdf: bytes, page: int, width_px: int) -> Image:
    """Return a page as an RGB picture."""
    import pypdfium2

    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise PaperError("unreadable PDF") from error
        try:
            if not 0 <= page < len(document):
                raise PaperError(f"the PDF has no page {page}")
            sheet = document[page]
            width_pt, height_pt = sheet.get_size()
            if width_px * width_px * height_pt / width_pt > _MAX_PIXELS:
                raise PaperError("the picture would be too large")
            # Half a thousandth less: pdfium rounds a picture's sides up.
            scale = (width_px - 0.0005) / width_pt
            picture: Image = sheet.render(scale=scale).to_pil().convert("RGB")
        finally:
            document.close()
    return picture


def soon_for_print(source: bytes | Callable[[], bytes]) -> Future[bytes]:
    """Return what `for_print` will have made of a photo, begun on another processor.

    The text is laid out meanwhile. A callable is asked for the bytes there and then, two of them
    at a time: of many large photos only the small ones are ever held. The result raises
    PaperError where there is no such photo; the paper shows the picture's `alt` in its place.
    """
    return _pool().submit(_read_for_print, source)


@functools.cache
def _pool() -> ThreadPoolExecutor:
    # Decoding and encoding run outside the interpreter's lock.
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="for_print")


def _read_for_print(source: bytes | Callable[[], bytes]) -> bytes:
    if isinstance(source, bytes):
        return for_print(source)
    try:
        data = source()
    except Exception as error:  # storages fail in ways of their own
        raise PaperError(f"a photo cannot be read ({type(error).__name__})") from error
    return for_print(data)


def for_print(data: bytes) -> bytes:
    """Return a photo as a JPEG no larger than paper can show, upright, without metadata.

    A JPEG that is already small enough comes back as it is. The last few results are kept: an
    officer prints the sheet and then the memo, which show the same photos.

    Raises:
        PaperError: the bytes are no picture that can be read.
    """
    key = hashlib.sha256(data).digest()
    with _kept_lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    small = _smaller(data)
    with _kept_lock:
        _kept[key] = small
        while sum(map(len, _kept.values())) > _KEPT_BYTES:
            _kept.popitem(last=False)
    return small


def _smaller(data: bytes) -> bytes:
    """Return what `for_print` promises, made anew."""
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data)) as source:
            if (
                source.format == "JPEG"
                and max(source.size) <= PRINT_PX
                and source.mode in ("RGB", "L")
                and not source.getexif()
            ):
                source.load()
                return data
            # In one go: between two blocks the thread that lays out would keep the interpreter.
            source.decodermaxblock = max(source.decodermaxblock, len(data))
            # A JPEG decoder halves at almost no cost, and a sixth less than asked for is as good.
            enough = PRINT_PX / max(source.size) * 5 / 6
            if enough < 1:
                source.draft("RGB", (int(source.width * enough), int(source.height * enough)))
            photo = ImageOps.exif_transpose(source)
            photo.thumbnail((PRINT_PX, PRINT_PX), Image.Resampling.BICUBIC, reducing_gap=2.0)
            out = BytesIO()
            photo.convert("RGB").save(
                out, "JPEG", quality=_PRINT_QUALITY, exif=b"", icc_profile=None
            )
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PaperError("a photo cannot be read") from error
    return out.getvalue()
