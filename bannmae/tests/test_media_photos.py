"""Photo intake: what is taken, what is refused, and what is left of it in the storage."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from pytest_django import Settings

from bannmae.media import decoding, photos
from bannmae.media.errors import (
    UnreadablePhoto,
)
from bannmae.tests import media_samples as samples
from bannmae.tests.media_intake import HEIC, JPEG, PNG, WEBP, files, take

# Start, JFIF, tables, baseline frame, Huffman tables, scans, end: no room for metadata.
BARE_MARKERS = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}


class FailsAtThumbnail(FileSystemStorage):
    """Keeps the photo and fails at its thumbnail."""

    def _save(self, name: str, content: File[Any]) -> str:
        if name.endswith("-480.jpg"):
            raise OSError("disk full")
        return super()._save(name, content)


class LeavesHalfAFile(FileSystemStorage):
    """Fails in the midst of writing."""

    def _save(self, name: str, content: File[Any]) -> str:
        super()._save(name, ContentFile(content.read(100)))
        raise OSError("disk full")


class CannotDelete(FileSystemStorage):
    """Refuses to delete."""

    def delete(self, name: str) -> None:
        raise OSError("read only")


@pytest.fixture
def folder(private_storage: Path) -> Path:
    """Where the private storage of this test is."""
    return private_storage


def use(settings: Settings, backend: str, location: Path) -> None:
    default = {"BACKEND": backend, "OPTIONS": {"location": str(location)}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


def stored_picture(name: str) -> Image.Image:
    with default_storage.open(name) as file:
        picture = Image.open(io.BytesIO(file.read()))
        picture.load()
        return picture


@pytest.mark.parametrize("data", [JPEG, PNG, WEBP, HEIC], ids=["jpeg", "png", "webp", "heic"])
def test_each_accepted_type_becomes_a_jpeg_with_a_thumbnail(data: bytes, folder: Path) -> None:
    photo = photos.take_in(SimpleUploadedFile("เอกสาร.exe", data, "text/plain"))
    picture = stored_picture(photo.name)
    assert picture.format == "JPEG"
    assert picture.size == (photo.width, photo.height) == (64, 32)
    assert samples.near(picture.getpixel((10, 16)), samples.RED)
    assert samples.near(picture.getpixel((54, 16)), samples.BLUE)
    assert stored_picture(photo.thumbnail_name).size == (64, 32)
    assert len(files(folder)) == 2
    assert default_storage.size(photo.name) == photo.bytes


def test_names_cannot_be_guessed() -> None:
    first, second = take(JPEG), take(JPEG)
    assert re.fullmatch(r"photos/\d{4}/\d\d/[0-9a-f]{32}\.jpg", first.name)
    assert first.name != second.name


def test_large_photos_are_shrunk_and_small_ones_left() -> None:
    photo = take(samples.encode(samples.halves(4000, 3000), "JPEG"))
    assert (photo.width, photo.height) == (2048, 1536)
    assert stored_picture(photo.thumbnail_name).size == (480, 360)
    strip = take(samples.encode(samples.halves(6000, 2), "PNG"))
    assert (strip.width, strip.height) == (2048, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_stand_upright_as_their_metadata_says(orientation: int) -> None:
    turned = samples.encode(samples.halves(), "JPEG", quality=95, exif=samples.exif(orientation))
    photo = take(turned)
    picture = stored_picture(photo.name)
    red_at = {1: (5, 16), 2: (58, 16), 3: (58, 16), 4: (5, 16)}
    red_at |= {5: (16, 5), 6: (16, 5), 7: (16, 58), 8: (16, 58)}
    assert picture.size == ((64, 32) if orientation < 5 else (32, 64))
    assert samples.near(picture.getpixel(red_at[orientation]), samples.RED)


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (64, 32), (5, 16)),
        (3, (64, 32), (58, 16)),
        (6, (32, 64), (16, 5)),
        (8, (32, 64), (16, 58)),
    ],
)
def test_heic_is_turned_once_not_twice(
    orientation: int, size: tuple[int, int], red_at: tuple[int, int]
) -> None:
    # The file tells its orientation both in its structure and in its EXIF block.
    photo = take(samples.heic(samples.halves(), exif=samples.exif(orientation).tobytes()))
    picture = stored_picture(photo.name)
    assert picture.size == size
    assert samples.near(picture.getpixel(red_at), samples.RED, tolerance=24)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_position_and_time_are_read_before_they_are_dropped(kind: str) -> None:
    block = samples.exif().tobytes()
    photo = take(samples.encode(samples.halves(), kind, exif=block))
    assert (photo.latitude, photo.longitude) == (samples.LATITUDE, samples.LONGITUDE)
    assert photo.taken_at is not None
    assert photo.taken_at.isoformat() == "2026-11-20T10:05:00+07:00"


def test_southern_and_western_positions_are_negative() -> None:
    block = samples.exif(GPSLatitudeRef="S", GPSLongitudeRef="W")
    photo = take(samples.encode(samples.halves(), "JPEG", exif=block))
    assert (photo.latitude, photo.longitude) == (-samples.LATITUDE, -samples.LONGITUDE)


def test_a_camera_clock_with_a_zone_is_believed() -> None:
    block = samples.exif()
    block.get_ifd(0x8769)[0x9011] = "+00:00"
    photo = take(samples.encode(samples.halves(), "JPEG", exif=block))
    assert photo.taken_at == dt.datetime(2026, 11, 20, 10, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "gps",
    [
        {"GPSLatitude": (95.0, 0.0, 0.0)},
        {"GPSLongitude": (181.0, 0.0, 0.0)},
        {"GPSLatitude": (IFDRational(0, 0), 0.0, 0.0)},
        {"GPSLatitudeRef": "?"},
        {"GPSLatitude": (0.0, 0.0, 0.0), "GPSLongitude": (0.0, 0.0, 0.0)},
    ],
)
def test_a_position_that_cannot_be_is_none(gps: dict[str, Any]) -> None:
    photo = take(samples.encode(samples.halves(), "JPEG", exif=samples.exif(**gps)))
    assert (photo.latitude, photo.longitude) == (None, None)


@pytest.mark.parametrize(
    "block",
    [b"", b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"],
)
def test_broken_metadata_never_costs_the_photo(block: bytes) -> None:
    photo = take(samples.encode(samples.halves(), "JPEG", exif=block))
    assert (photo.latitude, photo.taken_at) == (None, None)


def test_an_impossible_time_or_orientation_is_passed_over() -> None:
    block = samples.exif(orientation=99)
    block.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
    photo = take(samples.encode(samples.halves(), "JPEG", exif=block))
    assert photo.taken_at is None
    assert (photo.width, photo.height) == (64, 32)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_nothing_but_pixels_is_stored(kind: str, folder: Path) -> None:
    picture = samples.halves(900, 600)
    options: dict[str, Any] = {"exif": samples.exif().tobytes(), "dpi": (72, 72)}
    options["icc_profile"] = samples.swapped_profile()
    if kind != "PNG":
        options["xmp"] = b"<x:xmpmeta>SecretPhoneMaker</x:xmpmeta>"
    if kind == "JPEG":
        options["comment"] = b"SecretPhoneMaker was here"
    data = samples.encode(picture, kind, **options)
    assert b"SecretPhoneMaker" in data
    take(data)
    assert len(files(folder)) == 2
    for file in files(folder):
        stored = file.read_bytes()
        assert set(samples.jpeg_segments(stored)) <= BARE_MARKERS
        for trace in (b"SecretPhoneMaker", b"Exif", b"xmp", b"ICC_PROFILE", b"acsp"):
            assert trace not in stored
        reopened = Image.open(io.BytesIO(stored))
        assert not reopened.getexif()
        assert set(reopened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_colours_of_another_profile_become_srgb() -> None:
    photo = take(samples.encode(samples.halves(), "PNG", icc_profile=samples.swapped_profile()))
    assert samples.near(stored_picture(photo.name).getpixel((10, 16)), samples.BLUE)


def test_a_broken_profile_is_ignored() -> None:
    photo = take(samples.encode(samples.halves(), "PNG", icc_profile=b"no profile" * 20))
    assert samples.near(stored_picture(photo.name).getpixel((10, 16)), samples.RED)


def odd_pictures() -> dict[str, tuple[bytes, tuple[int, int, int]]]:
    """Files of unusual pixels, and the colour that they must show in the middle."""
    clear_red = Image.new("RGBA", (20, 20), (255, 0, 0, 128))
    palette = Image.new("RGB", (20, 20), samples.BLUE)
    palette.paste(samples.RED, (0, 0, 3, 3))
    palette = palette.convert("P")
    grey = Image.new("I;16", (20, 20), 32896)
    grey_alpha = Image.new("LA", (20, 20), (0, 0))
    keyed = Image.new("RGB", (20, 20), samples.RED)
    cmyk = Image.new("CMYK", (20, 20), (0, 255, 255, 0))
    return {
        "rgba": (samples.encode(clear_red, "PNG"), (255, 127, 127)),
        "webp alpha": (samples.encode(clear_red, "WEBP", lossless=True), (255, 127, 127)),
        "heic alpha": (samples.heic(clear_red.resize((64, 64))), (255, 127, 127)),
        "palette": (samples.encode(palette, "PNG"), samples.BLUE),
        "palette with a hole": (
            samples.encode(palette, "PNG", transparency=palette.getpixel((10, 10))),
            samples.WHITE,
        ),
        "16 bits": (samples.encode(grey, "PNG"), (128, 128, 128)),
        "grey alpha": (samples.encode(grey_alpha, "PNG"), samples.WHITE),
        "colour key": (
            samples.encode(keyed, "PNG", transparency=samples.RED),
            samples.WHITE,
        ),
        "one bit": (samples.encode(Image.new("1", (20, 20), 1), "PNG"), samples.WHITE),
        "cmyk": (samples.encode(cmyk, "JPEG", quality=95), samples.RED),
        "grey jpeg": (samples.encode(Image.new("L", (20, 20), 77), "JPEG"), (77, 77, 77)),
    }


@pytest.mark.parametrize("name", odd_pictures())
def test_unusual_pixels_look_as_they_should(name: str) -> None:
    data, colour = odd_pictures()[name]
    picture = stored_picture(take(data).name)
    assert picture.mode == "RGB"
    middle = (picture.width // 2, picture.height // 2)
    assert samples.near(picture.getpixel(middle), colour, tolerance=20), picture.getpixel(middle)


def test_of_moving_pictures_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), samples.BLUE)] * 3
    frames[1] = Image.new("RGB", (20, 20), samples.WHITE)
    first = Image.new("RGB", (20, 20), samples.RED)
    for kind in ("PNG", "WEBP"):
        data = samples.encode(first, kind, save_all=True, append_images=frames)
        assert samples.near(stored_picture(take(data).name).getpixel((9, 9)), samples.RED)


def test_of_a_photo_with_a_second_one_inside_the_first_is_kept() -> None:
    # As phones write them: depth or brightness maps and bursts behind the photo (MPO).
    second = Image.new("RGB", (640, 320), samples.WHITE)
    data = samples.encode(
        samples.halves(640, 320), "MPO", save_all=True, append_images=[second], quality=90
    )
    photo = take(data)
    assert (photo.width, photo.height) == (640, 320)
    assert samples.near(stored_picture(photo.name).getpixel((50, 50)), samples.RED)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        JPEG + archive(),
        PNG + archive(),
        samples.encode(samples.halves(), "JPEG", comment=b"<script>alert(1)</script>"),
        JPEG + b"<html><script>alert(1)</script></html>",
        WEBP + b"%PDF-1.7 <script>",
    ],
)
def test_of_files_that_are_two_things_only_the_pixels_stay(data: bytes, folder: Path) -> None:
    take(data)
    for file in files(folder):
        stored = file.read_bytes()
        assert b"<script" not in stored
        assert b"PK\x03\x04" not in stored
        assert set(samples.jpeg_segments(stored)) <= BARE_MARKERS


def test_a_stream_that_gives_little_at_a_time_is_read_whole() -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(7)

    assert photos.take_in(Dripping(JPEG)).width == 64


@pytest.mark.parametrize("backend", ["FailsAtThumbnail", "LeavesHalfAFile"])
def test_when_the_storage_fails_nothing_remains(
    backend: str, settings: Settings, folder: Path
) -> None:
    use(settings, f"{__name__}.{backend}", folder)
    with pytest.raises(OSError, match="disk full"):
        take(JPEG)
    assert files(folder) == []


def test_photos_are_deleted_by_name_and_twice_is_no_error(folder: Path) -> None:
    photo = take(JPEG)
    for _ in range(2):
        photos.delete([photo.name, photo.thumbnail_name, ""])
        assert files(folder) == []


def test_a_storage_that_cannot_delete_does_not_stop_the_caller(
    settings: Settings, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    photo = take(JPEG)
    use(settings, f"{__name__}.CannotDelete", folder)
    names = [photo.name, photo.thumbnail_name]
    assert photos.delete(["", *names]) == names
    assert caplog.text.count("could not delete") == 2


def test_one_picture_is_decoded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    free: list[bool] = []
    real = decoding.read_metadata

    def watched(picture: Image.Image) -> decoding.Metadata:
        free.append(decoding.DECODER.acquire(blocking=False))
        return real(picture)

    monkeypatch.setattr(decoding, "read_metadata", watched)
    take(JPEG)
    assert free == [False]
    with pytest.raises(UnreadablePhoto):
        take(JPEG[:200])
    assert not decoding.DECODER.locked()
