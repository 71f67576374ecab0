"""Slips read, receipts issued and drawn."""

from __future__ import annotations

import contextlib
import io
import random
import statistics
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from PIL import Image, ImageDraw

from bannmae.models import Staff
from bannmae.thai.calendar import local_date
from chatops.models import Channel, OutboundMessage, Resident
from liff.bench.bare import BareRow
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure, percentile
from liff.bench.memo import plainly
from liff.bench.money_cast import finance_clerk
from liff.bench.queries import captured
from liff.bench.readers import Reader, another_database, reader
from payments import files, printing, receipts, workflow
from payments.intake import Claim, file_notice
from payments.models import Method, PaymentNotice, Receipt, Revenue
from payments.papers.receipt import receipt_html
from payments.slips.miniqr import checksum, field
from payments.slips.reading import read_slip

# A worker has a second for each slip of a busy morning; a hurried clerk half of that for a receipt.
MOST_MS_WITH_CODE = 500
MOST_MS_WITHOUT = 5000
MOST_QUERIES = 30
MOST_TIMES = 2.5
MOST_TIMES_OF_PAGES = 2.0
ADMIN = "/admin/payments/"
PAGES = (
    ("the queue", f"{ADMIN}paymentnotice/"),
    ("all notices, a common name", f"{ADMIN}paymentnotice/?status=all&q=สมศรี"),
    ("the register", f"{ADMIN}receipt/"),
    ("the register, a common name", f"{ADMIN}receipt/?q=สมศรี"),
    ("the day", f"{ADMIN}dailyremittance/"),
    ("households", f"{ADMIN}household/"),
    ("the statement", f"{ADMIN}statementline/"),
)


def measure(context: Context) -> Iterator[Figure]:
    """Yield the time of each slip, of each number taken, of each receipt drawn."""
    yield from _slips(2 if context.quick else 40)
    yield from _receipts(context, 5 if context.quick else 500)
    yield from _pages(context)


# -- slips ----------------------------------------------------------------------------------------


def _slips(count: int) -> Iterator[Figure]:
    import zxingcpp

    with_code = [_slip(seed) for seed in range(count)]
    ours = [_ms(lambda one=one: read_slip(one)) for one in with_code]

    def alone(data: bytes) -> None:
        picture = Image.open(io.BytesIO(data)).convert("L")
        zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)

    theirs = [_ms(lambda one=one: alone(one)) for one in with_code]
    found = sum(read_slip(one).state == "found" for one in with_code)
    yield Figure(
        "money",
        "slip with a code: photo of 12 megapixels, as intake stores it",
        "ms each",
        statistics.median(ours),
        statistics.median(theirs),
        baseline_is="zxing-cpp alone on the same picture, one try",
        bounds=(Bound("ours", "<=", MOST_MS_WITH_CODE),),
        details={"slips": count, "found": found, "p99": percentile(ours, 0.99)},
    )
    without = [_ms(lambda one=one: read_slip(one)) for one in map(_photo, range(count))]
    yield Figure(
        "money",
        "picture without a code: every effort is made",
        "ms each",
        statistics.median(without),
        bounds=(Bound("ours", "<=", MOST_MS_WITHOUT),),
        details={"pictures": count, "p99": percentile(without, 0.99)},
    )


def _slip(seed: int) -> bytes:
    """Return a photo of a slip: turned a little, with grain, as stored."""
    import segno

    dice = random.Random(seed)  # noqa: S311 - the same pictures in every run
    reference = f"01{dice.randrange(10**12):012d}ABC{seed:05d}"
    inner = field("00", "000001") + field("01", "004") + field("02", reference)
    body = field("00", inner) + field("51", "TH") + "9104"
    code = io.BytesIO()
    segno.make(body + checksum(body), error="m").save(code, kind="png", scale=5, border=4)
    sheet = Image.new("L", (1080, 1700), 250)
    draw = ImageDraw.Draw(sheet)
    for line in range(14):
        draw.rectangle((90, 200 + 60 * line, 90 + dice.randrange(200, 800), 224 + 60 * line), 60)
    sheet.paste(Image.open(code).convert("L"), (720, 1250))
    turned = sheet.rotate(dice.uniform(-6, 6), fillcolor=200, resample=Image.Resampling.BICUBIC)
    return _jpeg(Image.blend(turned, Image.effect_noise(turned.size, 40), 0.12))


def _photo(seed: int) -> bytes:
    """Return a stored picture that shows no code."""
    dice = random.Random(seed)  # noqa: S311 - the same pictures in every run
    coarse = Image.frombytes("L", (24, 32), dice.randbytes(24 * 32))
    return _jpeg(coarse.resize((1536, 2048), Image.Resampling.BICUBIC))


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()


# -- receipts ------------------------------------------------------------------------------------


def _receipts(context: Context, count: int) -> Iterator[Figure]:
    clerk = finance_clerk()
    Revenue.objects.filter(slug="land_building_tax").update(mode=Revenue.Mode.OWN)
    resident, _ = Resident.objects.get_or_create(
        channel=Channel.main(), line_user_id="U" + "b" * 32, defaults={"display_name": "สมศรี"}
    )
    notices = [_confirmed(resident, clerk) for _ in range(count)]
    with captured() as statements:
        _issue(notices.pop(), clerk)
    ours, theirs = [], []
    for notice in notices:
        ours.append(_ms(lambda one=notice: _issue(one, clerk)))
        theirs.append(_ms(_bare_row))
    yield Figure(
        "money",
        f"{count} receipts issued: number, snapshot, status, message",
        "ms each",
        statistics.median(ours),
        statistics.median(theirs),
        baseline_is="a transaction that creates one row by the ORM",
        details={"p99": percentile(ours, 0.99), "in_all_s": sum(ours) / 1000},
    )
    yield Figure(
        "money",
        "one receipt issued",
        "queries",
        len(statements),
        bounds=(Bound("ours", "<=", MOST_QUERIES),),
        details={"statements": statements},
    )
    yield from _drawn(context, count)
    # Nobody is there to take them.
    OutboundMessage.objects.filter(resident=resident).update(state=OutboundMessage.State.CANCELLED)


def _drawn(context: Context, count: int) -> Iterator[Figure]:
    folder = context.folder / "money"
    folder.mkdir()
    start = time.perf_counter()
    drawn = files.draw_due(seconds=3600)
    seconds = time.perf_counter() - start
    if drawn != count:
        raise RuntimeError(f"{drawn} of {count} receipts were drawn")
    paper = printing.receipt_paper(Receipt.objects.order_by("id")[0])
    with plainly(folder, *receipt_html(paper)) as render:
        plain = [1000 * render() for _ in range(5 if context.quick else 20)]
    yield Figure(
        "money",
        f"{count} receipts drawn: PDF, picture and preview, stored",
        "ms each",
        1000 * seconds / drawn,
        statistics.median(plain),
        baseline_is="WeasyPrint alone: same HTML, stylesheet and fonts, the PDF only",
        bounds=(Bound("ratio", "<=", MOST_TIMES),),
        details={"in_all_s": seconds},
    )


def _confirmed(resident: Resident, clerk: Staff) -> PaymentNotice:
    revenue = Revenue.objects.get(slug="land_building_tax")
    notice = file_notice(
        resident=resident, claim=Claim(revenue=revenue), via=PaymentNotice.Via.LIFF, tell=False
    )
    seen = workflow.Confirmation(
        revenue=revenue,
        payer_name="นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา",
        lines=[
            receipts.Line("ภาษีที่ดินและสิ่งปลูกสร้าง", Decimal("812.25"), "ปี 2568", is_arrears=True),
            receipts.Line("ภาษีที่ดินและสิ่งปลูกสร้าง", Decimal("430.00"), "ปี 2569"),
        ],
        method=Method.TRANSFER,
        money_seen_on=local_date(notice.created_at),
    )
    return workflow.confirm(notice.pk, clerk, notice.version, seen)


def _issue(notice: PaymentNotice, clerk: Staff) -> None:
    receipts.issue(workflow.draft_of(notice), clerk, notice=notice)


def _bare_row() -> None:
    with transaction.atomic():
        BareRow.objects.create(event_id=uuid4().hex, body="x" * 500)


def _ms(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


# -- pages ---------------------------------------------------------------------------------------


def _pages(context: Context) -> Iterator[Figure]:
    """Yield what the desk's pages cost with many payments, the same with few as baseline."""
    few, many = (100, 300) if context.quick else (100, 10_000)
    with contextlib.ExitStack() as stack:
        with_few, with_many = (
            stack.enter_context(reader(stack.enter_context(another_database(context, name))))
            for name in ("few_payments", "many_payments")
        )
        with_few.ask("fill_money", count=few)
        with_many.ask("fill_money", count=many)
        for name, path in PAGES:
            yield from _page(context, name, path, with_few, with_many, few, many)


def _page(
    context: Context, name: str, path: str, with_few: Reader, with_many: Reader, few: int, many: int
) -> Iterator[Figure]:
    seconds: tuple[list[float], list[float]] = ([], [])
    statements: list[list[str]] = [[], []]
    for turn in range(3 if context.quick else 21):
        for place, one in enumerate((with_few, with_many)):
            told = one.ask("open", path=path)
            statements[place] = told["statements"]
            if turn:  # the first one warmed up
                seconds[place].append(1000 * told["seconds"])
    baseline_is = f"the same with {few:,} payments instead of {many:,}"
    yield Figure(
        "money",
        f"money: {name}",
        "queries",
        len(statements[1]),
        len(statements[0]),
        baseline_is=baseline_is,
        bounds=(Bound("ratio", "=", 1),),
        details={"statements": statements[1], "statements_of_few": statements[0]},
    )
    yield Figure(
        "money",
        f"money: {name}",
        "ms",
        statistics.median(seconds[1]),
        statistics.median(seconds[0]),
        baseline_is=baseline_is,
        bounds=(Bound("ratio", "<=", MOST_TIMES_OF_PAGES),),
    )
