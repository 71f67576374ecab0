"""Sample payments, made through the same doors as in service. Nothing of it goes to LINE."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from bannmae.media.photos import StoredPhoto, store_photo
from bannmae.models import Municipality, Staff
from bannmae.thai.calendar import be_year, fiscal_year, format_datetime, local_date
from chatops.models import Resident
from payments import intake, receipts, workflow
from payments.assessments.identity import seal
from payments.garbage import register
from payments.models import (
    Assessment,
    AssessmentImport,
    BankAccount,
    Household,
    Method,
    MoneyDuty,
    PaymentNotice,
    PaymentSettings,
    Revenue,
    Slip,
    TaxTerms,
)

CLERK, HEAD = "khlang", "huanakhlang"
# (kind, payer, reference, amount, words, days ago, how far it came)
NOTICES = [
    ("land_building_tax", "นางสมศรี ใจดี", "ภ.ด.ส.6 เลขที่ 1024", "1250.50", "", 3, "receipted"),
    ("garbage_fee", "นายบุญมี แก้วคำ", "45 หมู่ 3", "90", "ค่าขยะสามเดือนครับ", 2, "confirmed"),
    (
        "signboard_tax",
        "นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา",
        "ร้านกาแฟบ้านแม",
        "200",
        "",
        1,
        "checking",
    ),
    ("land_building_tax", "อุ๊ยคำ ปันแก้ว", "ผ.ท.4 รหัส 0301-12", "84.25", "", 0, "received"),
    ("garbage_fee", "นางสมศรี ใจดี", "12 หมู่ 3", "30", "ค่าเก็บขยะเดือนนี้ค่ะ", 0, "received"),
]
# (house no., village, owner, baht a month, first month of this many months ago)
HOUSEHOLDS = [
    ("12", 3, "นางสมศรี ใจดี", "30", 6),
    ("45", 3, "นายบุญมี แก้วคำ", "30", 9),
    ("45/2", 3, "นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา", "60", 3),
    ("7", 5, "อุ๊ยคำ ปันแก้ว", "30", 14),
]
# (number on the paper notice, payer, ID: a right check digit and nobody's, baht)
ASSESSMENTS = [
    ("1024", "นางสมศรี ใจดี", "1234567890121", "1250.50"),
    ("1025", "นางสมศรี ใจดี", "1234567890121", "84.25"),
    ("2048", "บริษัท ตัวอย่าง จำกัด", "", "12000"),
]


def make_payments(staff: Mapping[str, Staff], residents: Sequence[Resident]) -> None:
    """Make what is missing; a second time changes nothing.

    The residents are named afterwards, so that nothing is written for LINE.
    """
    head = staff[HEAD]
    for duty in MoneyDuty.Duty:
        MoneyDuty.objects.get_or_create(staff=head, duty=duty)
    Revenue.objects.filter(mode=Revenue.Mode.UNSET).update(mode=Revenue.Mode.OWN)
    today = local_date(timezone.now())
    with transaction.atomic():
        if not Household.objects.exists():
            for house_no, village, owner, rate, months in HOUSEHOLDS:
                entry = register.Entry(house_no, village, owner, _months_ago(today, months))
                register.add(entry, Decimal(rate), staff[CLERK])
        _account()
        _assessments(staff[CLERK], today)
    if PaymentNotice.objects.exists():
        return
    for place, row in enumerate(NOTICES):
        _notice(row, residents[place % len(residents)], staff[CLERK], today)


def _account() -> None:
    """Where to pay: nobody's account, said to be a sample on every card."""
    BankAccount.objects.get_or_create(
        bank="006", number="0000000000", defaults={"name": "บัญชีตัวอย่าง (สาธิต)"}
    )
    office = Municipality.get_solo()
    if not office.payment_instructions:
        office.payment_instructions = (
            "ตัวอย่างสำหรับสาธิต โปรดอย่าโอนเงินจริง\nธนาคารกรุงไทย เลขที่บัญชี 000-0-00000-0"
        )
        office.save()
    paying = PaymentSettings.get_solo()
    if not paying.qr_kind:
        paying.qr_kind = PaymentSettings.PromptPayKind.BILLER
        paying.qr_account = "0" * 15
        paying.save()


def _assessments(clerk: Staff, today: date) -> None:
    """Two assessments of one person, which the ID and a number below prove, and a company's."""
    revenue = Revenue.objects.get(slug="land_building_tax")
    year = be_year(today)
    if Assessment.objects.filter(year=year).exists():
        return
    TaxTerms.objects.get_or_create(
        revenue=revenue,
        year=year,
        defaults={"due_on": today + timedelta(days=30), "note": "ตัวอย่างสำหรับสาธิต"},
    )
    source = AssessmentImport.objects.create(
        revenue=revenue, year=year, file_name="ตัวอย่าง.csv", sha256="0" * 64, by=clerk, added=3
    )
    for number, payer, national_id, amount in ASSESSMENTS:
        seal(
            Assessment(
                source=source,
                revenue=revenue,
                year=year,
                number=number,
                payer_name=payer,
                national_id=national_id,
                address="12 หมู่ 3 ตำบลบ้านแม อำเภอสันป่าตอง จังหวัดเชียงใหม่ 50120",
                amount=Decimal(amount),
            )
        ).save()


def _notice(
    row: tuple[str, str, str, str, str, int, str], resident: Resident, clerk: Staff, today: date
) -> None:
    slug, payer, reference, amount, words, days_ago, reached = row
    revenue = Revenue.objects.get(slug=slug)
    paid_at = timezone.now() - timedelta(days=days_ago, hours=2)
    notice = intake.file_notice(
        resident=None,
        claim=intake.Claim(
            revenue=revenue,
            fiscal_year=fiscal_year(today) if slug == "garbage_fee" else be_year(today),
            payer_name=payer,
            reference=reference,
            phone="0812345678",
            amount=Decimal(amount),
            paid_at=paid_at,
            words=words,
        ),
        via=PaymentNotice.Via.LIFF,
        slips=[_slip(amount, format_datetime(paid_at), days_ago)],
    )
    # Slips of a demo are read already: nothing is left for a worker.
    notice.slips.update(state=Slip.State.READ, code=Slip.Code.NONE, due_at=None)
    if reached in ("confirmed", "receipted"):
        period = f"ปี {notice.fiscal_year}"
        line = receipts.Line(f"{revenue.name} {reference}", Decimal(amount), period)
        seen = workflow.Confirmation(
            revenue=revenue,
            payer_name=payer,
            lines=[line],
            method=Method.TRANSFER,
            money_seen_on=min(today, local_date(paid_at)),
        )
        notice = workflow.confirm(notice.pk, clerk, notice.version, seen)
    if reached == "receipted":
        receipts.issue(workflow.draft_of(notice), clerk, notice=notice)
    elif reached == "checking":
        workflow.take(notice.pk, clerk, notice.version)
    PaymentNotice.objects.filter(pk=notice.pk).update(
        resident=resident, created_at=paid_at + timedelta(minutes=5)
    )


def _slip(amount: str, when: str, place: int) -> StoredPhoto:
    """A made-up slip without a code, as some banks' are."""
    image = Image.new("RGB", (720, 1280), (235, 245, 238))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 120, 680, 1160), fill="white", outline=(190, 200, 194), width=3)
    draw.ellipse((320, 180 + 10 * place, 400, 260 + 10 * place), fill=(27, 110, 60))
    for line, text in enumerate(("SAMPLE SLIP", f"{Decimal(amount):,.2f} THB", str(place))):
        draw.text((120, 420 + 90 * line), text, fill=(20, 30, 25), font_size=48)
    for column, letter in enumerate(when.encode()):
        # Each slip looks different from all others.
        draw.rectangle(
            (
                60 + 12 * (column % 50),
                800 + 30 * (column // 50),
                68 + 12 * (column % 50),
                805 + 30 * (column // 50) + letter % 20,
            ),
            fill=(60, 60, 60),
        )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return store_photo(out.getvalue())


def _months_ago(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
