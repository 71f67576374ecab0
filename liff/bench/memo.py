"""The memo to the executives beside WeasyPrint alone on the same HTML, stylesheet and fonts."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from PIL import Image

from bannmae.environment import BASE_DIR
from bannmae.media.photos import store_photo
from bannmae.paper import engine
from bannmae.paper.fonts import sarabun
from bannmae.paper.memo import (
    MEMO_TEMPLATE,
    MemoPaper,
    PaperPhoto,
    Signatory,
    memo_contexts,
    memo_pdf,
)
from bannmae.paper.pdf import ARCHIVE, BODY_PT, frame_stylesheet
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure

MOST_TIMES = 1.2
SENTENCES = (
    "เมื่อวันที่ 18 พฤศจิกายน 2569 เวลา 18.30 น. มีผู้แจ้งว่าไฟฟ้าสาธารณะบริเวณปากซอย 3 หมู่ที่ 5 "
    "ดับทั้งแถบ ทั้งนี้น้ำในร่องระบายน้ำเอ่อล้นขึ้นมาบนผิวจราจร ทำให้รถจักรยานยนต์ลื่นล้มแล้วสองคัน "
    "ผู้ใหญ่บ้านได้นำแผงกั้นมาวางไว้ชั่วคราว และขอให้เทศบาลเข้าตรวจสอบเสาไฟฟ้า สายไฟ และฝาท่อระบายน้ำ "
    "ตลอดแนวถนนระยะทางประมาณ 350 เมตร เพื่อความปลอดภัยของนักเรียนและผู้สูงอายุที่สัญจรในเวลากลางคืน "
)
PHOTOS = 3


def measure(context: Context) -> Iterator[Figure]:
    """Yield the time of one memo of two pages of text and three photos."""
    times = 3 if context.quick else 15
    folder = context.folder / "memo"
    folder.mkdir()
    ours, theirs = [], []
    with plain_weasyprint(folder) as render_plainly:
        # Photos that were never printed before: an officer's first print of a case.
        for turn in range(times + 1):
            paper = memo(photos(folder, turn))
            start = time.perf_counter()
            pdf = memo_pdf([paper])
            seconds = time.perf_counter() - start
            plain_seconds = render_plainly()
            if turn:  # the first one warmed up
                ours.append(1000 * seconds)
                theirs.append(1000 * plain_seconds)
    yield Figure(
        "memo",
        "memo PDF: 2 pages of text, 3 photos",
        "ms",
        statistics.median(ours),
        statistics.median(theirs),
        baseline_is="WeasyPrint alone: same HTML, stylesheet, fonts, pictures as ours made them",
        bounds=(Bound("ratio", "<=", MOST_TIMES),),
        details={"times": times, "bytes": len(pdf)},
    )


def memo(pictures: tuple[PaperPhoto, ...]) -> MemoPaper:
    """Return a memo of two pages of text, with `pictures` as its enclosures."""
    return MemoPaper(
        municipality="เทศบาลตำบลบ้านแม",
        number="69-0042",
        department="สำนักปลัดเทศบาล งานนิติการ",
        subject="รายงานเรื่องร้องทุกข์ กรณีไฟฟ้าสาธารณะดับ 7 ดวง",
        to="นายกเทศมนตรีตำบลบ้านแม",
        through="ปลัดเทศบาล",
        background=SENTENCES,
        facts="\n".join([SENTENCES] * 4),
        law="พระราชบัญญัติเทศบาล พ.ศ. 2496 และที่แก้ไขเพิ่มเติม",
        consideration=SENTENCES,
        signer=Signatory("นางสาวปั๊ม น้ำใส", "นิติกรปฏิบัติการ"),
        endorsers=(
            Signatory("", "หัวหน้าสำนักปลัดเทศบาล", "ความเห็นหัวหน้าสำนักปลัดเทศบาล"),
            Signatory("", "ปลัดเทศบาลตำบลบ้านแม", "ความเห็นปลัดเทศบาลตำบลบ้านแม"),
        ),
        order_by=Signatory("", "นายกเทศมนตรีตำบลบ้านแม", "คำสั่งนายกเทศมนตรีตำบลบ้านแม"),
        date=dt.date(2026, 11, 21),
        photos=pictures,
        case_url="https://line.example.go.th/admin/complaints/complaint/42/change/",
    )


def photos(folder: Path, turn: int) -> tuple[PaperPhoto, ...]:
    """Return new photos as photo intake stores what a telephone takes."""
    return tuple(
        PaperPhoto(_stored(folder, turn * PHOTOS + index), f"ภาพที่ {index + 1}")
        for index in range(PHOTOS)
    )


def _stored(folder: Path, seed: int) -> bytes:
    """Return a stored photo: coarse shapes with some grain, another one for each `seed`."""
    dice = random.Random(seed)  # noqa: S311 - the same pictures in every run
    coarse = Image.frombytes("RGB", (24, 18), dice.randbytes(24 * 18 * 3))
    grain = Image.effect_noise((2016, 1512), 24).convert("RGB")
    shapes = coarse.resize(grain.size, Image.Resampling.BICUBIC)
    taken = BytesIO()
    Image.blend(shapes, grain, 0.25).save(taken, "JPEG", quality=90)
    with default_storage.open(store_photo(taken.getvalue()).name) as file:
        return bytes(file.read())


@contextlib.contextmanager
def plain_weasyprint(folder: Path) -> Iterator[Callable[[], float]]:
    """Start WeasyPrint alone on the memo's HTML; yield what renders once and returns seconds."""
    contexts, pictures = memo_contexts([memo(photos(folder, 1000))])
    frame = {"body_pt": f"{BODY_PT * sarabun().size_factor:g}", "paper_title": "บันทึกข้อความ"}
    html: str = render_to_string(MEMO_TEMPLATE, {**frame, **contexts[0]})
    for name, data in pictures.items():
        picture = folder / f"{name}.jpg"
        picture.write_bytes(data if isinstance(data, bytes) else data.result())
        html = html.replace(f'"picture:{name}"', f'"{picture.as_uri()}"')
    with plainly(folder, html, frame_stylesheet()) as render:
        yield render


@contextlib.contextmanager
def plainly(folder: Path, html: str, stylesheet: str) -> Iterator[Callable[[], float]]:
    """Start WeasyPrint alone on `html`; yield what renders once and returns seconds."""
    (folder / "plain.html").write_text(html, encoding="utf8")
    (folder / "plain.css").write_text(engine._font_faces(sarabun()) + stylesheet, encoding="utf8")
    process = subprocess.Popen(
        [
            sys.executable,
            str(BASE_DIR / "liff" / "bench" / "plain.py"),
            str(folder / "plain.html"),
            str(folder / "plain.css"),
            ARCHIVE,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def render() -> float:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        process.stdin.write("again\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    try:
        yield render
    finally:
        process.communicate(timeout=60)
