"""Turn bytes from a stranger into clean pixels, within bounds of memory and time.

What leaves here are pixels alone: upright, sRGB, opaque, and re-encoded by us. That makes files
that are also something else (HTML, ZIP, scripts) harmless, since nothing of their bytes is kept.
"""

from __future__ import annotations

import io
import logging
import threading
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms
from PIL.Image import Resampling, Transpose
from pillow_heif import register_heif_opener

from bannmae.media.errors import FileRefused, UnreadablePhoto
from bannmae.media.jpeg import work_of
from bannmae.media.metadata import Metadata, read_metadata
from bannmae.media.png import has_countless_chunks
from bannmae.media.turns import turn

MAX_PIXELS = 50_000_000
# The WebP decoder keeps four copies of the picture where the others keep two.
MAX_PIXELS_WEBP = 30_000_000
MAX_SIDE = 2048
THUMBNAIL_SIDE = 480
JPEG_QUALITY = 85
# A progressive JPEG may ask for any number of passes over all of its pixels; cameras use about ten.
MAX_SCANS = 64
# All passes together: 64 of them over 12 megapixels, or 16 over 50.
MAX_SCANNED_PIXELS = 16 * MAX_PIXELS
MAX_FRAMES = 256
TOO_DEAR = "เปิดรูปนี้ไม่ได้ กรุณาถ่ายหรือเลือกรูปอื่น"
_MAX_PROFILE_BYTES = 4 * 1024 * 1024

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

logger = logging.getLogger(__name__)

# Decoding is what takes memory (up to some 500 MB): one at a time per process.
DECODER = threading.Lock()

_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A re-encoded JPEG and its thumbnail; `width` and `height` are of the JPEG, in pixels."""

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    metadata: Metadata


def clean(data: bytes, picture_format: str) -> CleanPicture:
    """Decode, turn upright, shrink and re-encode a picture.

    Args:
        data: the whole file.
        picture_format: as `reading.picture_format` says: the only decoder that is tried.

    Raises:
        UnreadablePhoto: broken, cut off, or beyond the limits of pixels, passes or frames.
        Busy: other pictures are being decoded for longer than anybody may wait here.
    """
    # Pillow warns of what it repairs or passes over in a stranger's file: no news to anybody.
    with turn(DECODER), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _clean(data, picture_format)
        except FileRefused:
            raise
        except Exception as error:
            logger.info("picture refused: %s: %s", picture_format, type(error).__name__)
            raise UnreadablePhoto("เปิดรูปนี้ไม่ได้ ไฟล์อาจเสียหาย กรุณาเลือกรูปอื่น") from error


def _clean(data: bytes, picture_format: str) -> CleanPicture:
    scans = 1
    if picture_format == "JPEG":
        work = work_of(data)
        scans = work.scans
        if work.excessive or scans > MAX_SCANS:
            raise UnreadablePhoto(TOO_DEAR)
    elif picture_format == "PNG" and has_countless_chunks(data):
        raise UnreadablePhoto(TOO_DEAR)
    with Image.open(io.BytesIO(data), formats=(picture_format,)) as source:
        limit = MAX_PIXELS_WEBP if picture_format == "WEBP" else MAX_PIXELS
        if source.width * source.height > limit:
            raise UnreadablePhoto(f"รูปมีความละเอียดสูงเกินไป (ได้ไม่เกิน {limit // 1_000_000} ล้านพิกเซล)")
        if source.width * source.height * scans > MAX_SCANNED_PIXELS:
            raise UnreadablePhoto(TOO_DEAR)
        if getattr(source, "n_frames", 1) > MAX_FRAMES:
            raise UnreadablePhoto("กรุณาเลือกรูปนิ่ง ไม่ใช่ภาพเคลื่อนไหว")
        fitted = _fit(source.size, MAX_SIDE)
        if picture_format == "JPEG":
            # Lets the decoder skip detail that shrinking would throw away.
            source.draft(None, fitted)
        source.load()
        metadata = read_metadata(source)
        profile = source.info.get("icc_profile")
        picture = _shrunk(_opaque(source), fitted)
    picture = _srgb(picture, profile)
    # A HEIF file says in its structure how it is turned, and the decoder has done it already;
    # its EXIF orientation only repeats that.
    if picture_format != "HEIF" and metadata.orientation in _TURNS:
        picture = picture.transpose(_TURNS[metadata.orientation])
    thumbnail = _shrunk(picture, _fit(picture.size, THUMBNAIL_SIDE))
    return CleanPicture(
        jpeg=_encoded(picture),
        thumbnail=_encoded(thumbnail),
        width=picture.width,
        height=picture.height,
        metadata=metadata,
    )


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return `size` scaled down so that no side exceeds `side` pixels."""
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(size[0] * side / longest)), max(1, round(size[1] * side / longest))


def _shrunk(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    return picture.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _opaque(picture: Image.Image) -> Image.Image:
    """Return the picture as L, RGB or CMYK of 8 bits, on white where it was transparent."""
    if picture.has_transparency_data:
        layered = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    if picture.mode == "F" or picture.mode.startswith("I"):
        # Pillow cuts 16-bit values off at 255 unless they are scaled first.
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB; by its colour profile if that is any good."""
    if profile and len(profile) <= _MAX_PROFILE_BYTES:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            logger.info("colour profile ignored: %s", picture.mode)
    return picture.convert("RGB")


def _encoded(picture: Image.Image) -> bytes:
    """Return a JPEG of the pixels and of nothing else.

    Baseline: a progressive one is a twentieth smaller and takes thrice as long to print.
    """
    # Pillow writes a comment that it finds in `info` even when not asked to.
    bare = picture.copy()
    bare.info = {}
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()
