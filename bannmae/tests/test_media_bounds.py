"""What decoding may cost: the passes that a JPEG asks for, and who waits for whom."""

from __future__ import annotations

import functools
import io
import threading
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from PIL import Image

from bannmae.media import decoding, photos, turns
from bannmae.media.errors import Busy, UnreadablePhoto
from bannmae.media.jpeg import work_of
from bannmae.media.scans import take_in_scan
from bannmae.paper.pdfium import PDFIUM
from bannmae.tests import media_samples as samples
from bannmae.tests.servers import until
from bannmae.tests.test_media_scans import pdf

PROGRESSIVE = samples.encode(samples.halves(), "JPEG", progressive=True)
PARTS = samples.jpeg_parts(PROGRESSIVE)
SCANS = sum(part.startswith(b"\xff\xda") for part in PARTS)
#: What libjpeg reads over between segments: markers that have no length, and fill bytes.
NOTHING = st.lists(
    st.sampled_from([b"\xff\x01", b"\xff", *(bytes([0xFF, 0xD0 + n]) for n in range(8))]),
    max_size=6,
).map(b"".join)
_head = next(place for place, part in enumerate(PARTS) if part.startswith(b"\xff\xda"))


def woven(between: list[bytes], start: int) -> bytes:
    """Return PROGRESSIVE with these bytes before its segments from `start` on."""
    late = zip_longest(between[: len(PARTS) - start], PARTS[start:], fillvalue=b"")
    return b"".join(PARTS[:start]) + b"".join(one + part for one, part in late)


@effort(deadline=None, max_examples=200)
@given(st.lists(NOTHING, min_size=len(PARTS) - 1, max_size=len(PARTS) - 1))
@example([b"\xff\x01"] * (len(PARTS) - 1))
@example([b"\xff\xd0"] * (len(PARTS) - 1))
def test_what_has_no_length_hides_no_pass(between: list[bytes]) -> None:
    assert SCANS > 5
    assert work_of(woven(between, 1)).scans == SCANS


@effort(deadline=None, max_examples=100)
@given(st.lists(NOTHING, min_size=len(PARTS) - _head - 1, max_size=len(PARTS) - _head - 1))
def test_the_decoder_reads_over_the_same(between: list[bytes]) -> None:
    # Pillow's own parser reads up to the first pass, libjpeg the rest.
    with (
        Image.open(io.BytesIO(woven(between, _head + 1))) as seen,
        Image.open(io.BytesIO(PROGRESSIVE)) as plain,
    ):
        assert seen.tobytes() == plain.tobytes()


@effort(deadline=None, max_examples=300)
@given(
    st.lists(
        st.one_of(
            NOTHING,
            st.binary(max_size=6),
            st.integers(0x02, 0xFE).map(lambda marker: bytes([0xFF, marker])),
        ),
        min_size=len(PARTS) - _head - 1,
        max_size=len(PARTS) - _head - 1,
    )
)
def test_never_more_passes_are_made_than_were_counted(between: list[bytes]) -> None:
    data = woven(between, _head + 1)
    assert _passes_made(data) <= work_of(data).scans


@functools.cache
def _after_passes() -> dict[bytes, int]:
    """Return each picture that PROGRESSIVE's first n passes make, with the least such n."""
    made: dict[bytes, int] = {}
    passes = (n for n, part in enumerate(PARTS) if part.startswith(b"\xff\xda"))
    for count, place in enumerate(passes, start=1):
        with Image.open(io.BytesIO(b"".join(PARTS[: place + 1]) + b"\xff\xd9")) as picture:
            made.setdefault(picture.tobytes(), count)
    return made


def _passes_made(data: bytes) -> int:
    """Return how many of PROGRESSIVE's passes the decoder saw, by its picture; 0: it is another."""
    with Image.open(io.BytesIO(data)) as picture:
        try:
            return _after_passes().get(picture.tobytes(), 0)
        except OSError:
            return 0


def test_many_passes_over_many_pixels_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_SCANNED_PIXELS", 64 * 32 * SCANS)
    assert photos.take_in(io.BytesIO(PROGRESSIVE)).width == 64
    monkeypatch.setattr(decoding, "MAX_SCANNED_PIXELS", 64 * 32 * SCANS - 1)
    with pytest.raises(UnreadablePhoto):
        photos.take_in(io.BytesIO(PROGRESSIVE))


def test_fill_bytes_without_end_are_told_in_one_go() -> None:
    # Quadratic time would be hours.
    assert work_of(b"\xff\xd8" + b"\xff" * 20_000_000).excessive


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for long."""
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient", "private_storage")
def test_whoever_waits_for_too_long_is_asked_to_come_again() -> None:
    with decoding.DECODER, pytest.raises(Busy, match="รอสักครู่") as refused:
        photos.take_in(io.BytesIO(PROGRESSIVE))
    assert (refused.value.status, refused.value.retry_after) == (503, 5)
    with PDFIUM, pytest.raises(Busy):
        take_in_scan(io.BytesIO(pdf()))
    assert photos.take_in(io.BytesIO(PROGRESSIVE)).width == 64
    assert take_in_scan(io.BytesIO(pdf())).pages == 2


@pytest.mark.usefixtures("private_storage")
def test_pictures_and_papers_do_not_wait_for_each_other() -> None:
    with decoding.DECODER:
        assert take_in_scan(io.BytesIO(pdf())).pages == 2
    with PDFIUM:
        assert photos.take_in(io.BytesIO(PROGRESSIVE)).width == 64


def test_only_some_threads_wait_and_the_others_are_free_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "WAIT_SECONDS", 60.0)
    lock, entered, leave = threading.Lock(), threading.Semaphore(0), threading.Event()
    told: list[Any] = []

    def work() -> None:
        entered.release()
        with turns.turn(lock):
            leave.wait(20)
            told.append("done")

    with lock:
        threads = [threading.Thread(target=work) for _ in range(turns.MOST)]
        for thread in threads:
            thread.start()
            assert entered.acquire(timeout=20)
        # All of them stand in the line before long; who comes then does not wait at all.
        until(lambda: turns._line._value == 0, what="a full line")  # type: ignore[attr-defined]
        with pytest.raises(Busy), turns.turn(lock):
            pytest.fail("took a turn")
        leave.set()
    for thread in threads:
        thread.join(20)
    assert told == ["done"] * turns.MOST
