"""Which files are refused as photos, and that nothing of them stays in the storage."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from PIL import Image

from bannmae.media import decoding, photos
from bannmae.media.errors import (
    FileRefused,
    PhotoTooLarge,
    PhotoTypeNotAllowed,
    UnreadablePhoto,
)
from bannmae.tests import media_samples as samples
from bannmae.tests.media_intake import HEIC, JPEG, PNG, WEBP, files, take

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'


REFUSED = {
    "gif": samples.encode(samples.halves(), "GIF"),
    "bmp": samples.encode(samples.halves(), "BMP"),
    "tiff": samples.encode(samples.halves(), "TIFF"),
    "avif": samples.encode(samples.halves(), "AVIF"),
    "jpeg 2000": samples.encode(samples.halves(), "JPEG2000"),
    "svg": SVG,
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": samples.encode(samples.halves(), "PDF"),
    "mp4": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(50),
    "avif in heif": b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + bytes(50),
    "riff wave": b"RIFF\x24\0\0\0WAVEfmt ",
    "late jpeg": b" " + JPEG,
    "text": "รูปภาพ".encode(),
    "one byte": b"\xff",
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_types_are_refused_whatever_they_are_called(name: str, private_storage: Path) -> None:
    with pytest.raises(PhotoTypeNotAllowed, match="JPEG") as refused:
        photos.take_in(SimpleUploadedFile("photo.jpg", REFUSED[name], "image/jpeg"))
    assert refused.value.status == 415
    assert files(private_storage) == []


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_cut_off_files_are_refused(kind: str, share: float, private_storage: Path) -> None:
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    whole = samples.encode(noise, kind)
    with pytest.raises(UnreadablePhoto) as refused:
        take(whole[: int(len(whole) * share)])
    assert refused.value.status == 400
    assert files(private_storage) == []


HOSTILE = {
    "huge png": samples.bomb_png(30_000, 30_000),
    "just too large png": samples.bomb_png(7072, 7072),
    "png of countless chunks": PNG[:33] + b"\0\0\0\0prVt\xa6\x87\x8c\x49" * 60_000 + PNG[33:],
    "text bomb": samples.text_bomb_png(),
    "endless jpeg": samples.endless_jpeg(),
    "endless jpeg behind a marker without a length": samples.endless_jpeg(between=b"\xff\x01"),
    "endless jpeg behind a reserved marker": samples.endless_jpeg(between=b"\xff\x02"),
    "jpeg of countless segments": JPEG[:2] + b"\xff\xe5\0\2" * 5000 + JPEG[2:],
    "jpeg with a long run of fill bytes": JPEG[:2] + b"\xff" * 300_000 + JPEG[2:],
    "many frames": samples.encode(
        Image.new("1", (4, 4)),
        "PNG",
        save_all=True,
        append_images=[Image.new("1", (4, 4), place % 2) for place in range(1, 300)],
    ),
    "no pixels": samples.bomb_png(0, 0),
    "png head": PNG[:8],
    "jpeg head": JPEG[:3] + bytes(20),
    "webp head": WEBP[:12],
    "heif head": HEIC[:40],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bombs_and_stumps_are_refused(name: str, private_storage: Path) -> None:
    with pytest.raises(UnreadablePhoto) as refused:
        take(HOSTILE[name])
    assert re.search("[ก-ฮ]", str(refused.value))
    assert files(private_storage) == []


def test_a_webp_needs_more_memory_and_may_have_fewer_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decoding, "MAX_PIXELS_WEBP", 64 * 32 - 1)
    with pytest.raises(UnreadablePhoto, match="พิกเซล"):
        take(WEBP)
    assert take(JPEG).width == 64


def test_a_progressive_photo_with_a_video_behind_it_is_no_bomb() -> None:
    progressive = samples.encode(samples.halves(), "JPEG", progressive=True)
    assert take(progressive + b"\xff\xda" * 500).width == 64


class Counting(io.BytesIO):
    """A stream that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        self.taken += len(part)
        return part


def test_too_many_bytes_are_refused_without_reading_them() -> None:
    announced = SimpleUploadedFile("a.jpg", JPEG)
    stream = Counting(JPEG)
    announced.file = stream
    announced.size = 20 * 1024 * 1024 + 1
    with pytest.raises(PhotoTooLarge, match="20 MB") as refused:
        photos.take_in(announced)
    assert refused.value.status == 413
    assert stream.taken == 0

    endless = Counting(JPEG + bytes(5000))
    with pytest.raises(PhotoTooLarge):
        photos.take_in(endless, max_bytes=1000)
    assert endless.taken == 1001


def test_a_file_of_exactly_the_limit_is_taken() -> None:
    assert take(JPEG, max_bytes=len(JPEG)).width == 64
    with pytest.raises(PhotoTooLarge):
        take(JPEG, max_bytes=len(JPEG) - 1)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(UnreadablePhoto, match="ว่างเปล่า"):
        take(b"")


@effort(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    whole=st.sampled_from([JPEG, PNG, WEBP, HEIC]),
    damage=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8)),
        min_size=1,
        max_size=6,
    ),
)
def test_damaged_files_are_read_or_refused_and_nothing_else(
    whole: bytes, damage: list[tuple[float, bytes]], private_storage: Path
) -> None:
    data = bytearray(whole)
    for where, junk in damage:
        place = int(where * len(data))
        data[place : place + len(junk)] = junk
    before = len(files(private_storage))
    try:
        take(bytes(data))
    except FileRefused:
        assert len(files(private_storage)) == before
    else:
        assert len(files(private_storage)) == before + 2
