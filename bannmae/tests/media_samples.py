"""Pictures that tests make for themselves: good ones, odd ones and hostile ones."""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base
from pillow_heif import register_heif_opener

register_heif_opener()

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
LATITUDE, LONGITUDE = 18.626250, 98.899500


def halves(width: int = 64, height: int = 32) -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width // 2, height))
    return picture


def exif(orientation: int = 1, **gps: Any) -> Image.Exif:
    """The metadata of a phone: position in สันป่าตอง, time, maker; `gps` replaces its tags."""
    block = Image.Exif()
    block[Base.Orientation] = orientation
    block[Base.Make] = "SecretPhoneMaker"
    block.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:11:20 10:05:00"
    place: dict[str, Any] = {
        "GPSLatitudeRef": "N",
        "GPSLatitude": (18.0, 37.0, 34.5),
        "GPSLongitudeRef": "E",
        "GPSLongitude": (98.0, 53.0, 58.2),
    } | gps
    block.get_ifd(IFD.GPSInfo).update({GPS[tag].value: value for tag, value in place.items()})
    return block


def encode(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of a picture file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def heic(picture: Image.Image, **options: Any) -> bytes:
    """A small HEIC as iPhones write them."""
    return encode(picture, "HEIF", quality=90, **options)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG with its right checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb_png(width: int, height: int) -> bytes:
    """A few bytes that announce a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            png_chunk(b"IHDR", header),
            png_chunk(b"IDAT", zlib.compress(bytes(100_000))),
            png_chunk(b"IEND", b""),
        )
    )


def text_bomb_png() -> bytes:
    """A small PNG with a comment that unpacks to 64 MB."""
    plain = encode(halves(), "PNG")
    packed = zlib.compress(bytes(64 * 1024 * 1024), 9)
    return plain[:33] + png_chunk(b"zTXt", b"Comment\0\0" + packed) + plain[33:]


def endless_jpeg(repeats: int = 200, between: bytes = b"") -> bytes:
    """A progressive JPEG that asks for its last pass again and again, `between` before each."""
    plain = encode(halves(), "JPEG", progressive=True)
    last, end = plain.rindex(b"\xff\xda"), plain.rindex(b"\xff\xd9")
    return plain[:end] + (between + plain[last:end]) * repeats + plain[end:]


def jpeg_parts(data: bytes) -> list[bytes]:
    """Cut a JPEG before each segment; what a scan holds stays with its head."""
    cuts = [0, 2]
    while data[cuts[-1] + 1] != 0xD9:
        start = cuts[-1]
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        if data[start + 1] == 0xDA:
            while data[end] != 0xFF or data[end + 1] == 0:
                end += 1
        cuts.append(end)
    return [data[a:b] for a, b in itertools.pairwise([*cuts, len(data)])]


def swapped_profile() -> bytes:
    """A colour profile in which red and blue have changed places, so that its use shows."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    entries = {bytes(profile[place : place + 4]): place for place in range(132, 132 + 12 * 20, 12)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


def jpeg_segments(data: bytes) -> Iterator[int]:
    """The markers of a JPEG in order, up to the end marker; fails on bytes behind it."""
    assert data[:2] == b"\xff\xd8"
    place = 2
    while True:
        assert data[place] == 0xFF
        marker = data[place + 1]
        yield marker
        if marker == 0xD9:
            assert place + 2 == len(data)
            return
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xDA:
            while data[place] != 0xFF or data[place + 1] in (0, *range(0xD0, 0xD8)):
                place += 1


def near(pixel: Any, colour: tuple[int, int, int], tolerance: int = 12) -> bool:
    """Say whether a pixel is that colour, as closely as JPEG keeps it."""
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=True))
