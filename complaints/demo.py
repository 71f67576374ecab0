"""Sample cases, made through the same doors as in service. Nothing of it goes to LINE."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from bannmae.media.photos import take_in
from bannmae.models import Staff
from chatops.models import Resident
from complaints import intake, workflow
from complaints.models import Category, Complaint, Order, Status, TimelineEntry

# One of them moves cases: the executives order on paper and move none.
RESTRICTED_READERS = ("palat", "nayok", "huana")
# (category, subject, details, village, place, days ago, how far it came)
CASES = [
    (
        "street-light",
        "ไฟทางหน้าวัดดับสามดวง",
        "ไฟดับมาสามคืนแล้ว ทางมืดมาก คนแก่เดินไปวัดตอนเช้ามืดลำบาก",
        3,
        "หน้าวัด ใกล้ป้อมยาม",
        1,
        "received",
    ),
    (
        "road",
        "ถนนเป็นหลุมลึกหน้าโรงเรียน",
        "หลุมลึกประมาณ 20 ซม. รถจักรยานยนต์ล้มไปแล้วสองคัน ขอให้ซ่อมก่อนเปิดเทอม",
        5,
        "หน้าโรงเรียน ฝั่งร้านค้า",
        3,
        "submitted",
    ),
    (
        "drain-flood",
        "ท่อระบายน้ำอุดตัน น้ำท่วมขังหลังฝนตก",
        "ฝนตกทีไรน้ำเข้าบ้าน ท่อมีเศษกิ่งไม้และถุงพลาสติกเต็ม",
        1,
        "ซอยข้างตลาด",
        6,
        "assigned",
    ),
    (
        "garbage",
        "รถขยะไม่เข้าเก็บสองสัปดาห์",
        "ถังขยะล้นและส่งกลิ่น มีสุนัขมาคุ้ย",
        8,
        "ท้ายหมู่บ้าน",
        9,
        "in_progress",
    ),
    (
        "trees",
        "กิ่งไม้ใหญ่พาดสายไฟ",
        "กิ่งจามจุรีพาดสายไฟหน้าบ้าน กลัวหักตอนลมแรง",
        4,
        "ตรงข้ามศาลาหมู่บ้าน",
        20,
        "completed",
    ),
    (
        "smell-smoke",
        "มีการเผาตอซังตอนกลางคืน",
        "ควันเข้าบ้านทุกคืน ผู้สูงอายุหายใจลำบาก",
        7,
        "ทุ่งนาหลังหมู่บ้าน",
        18,
        "closed",
    ),
    (
        "request-water",
        "ขอรถน้ำช่วงประปาไม่ไหล",
        "ประปาหมู่บ้านไม่ไหลสองวัน ขอรถน้ำ 1 เที่ยว",
        2,
        "บ้านเลขที่ 45",
        2,
        "received",
    ),
    (
        "animals",
        "สุนัขจรจัดไล่กัดคนออกกำลังกาย",
        "มีประมาณหกตัว อยู่แถวสนามกีฬา ช่วงเช้าและเย็น",
        6,
        "สนามกีฬา",
        30,
        "waiting",
    ),
    ("request-equipment", "ขอยืมเต็นท์และเก้าอี้งานศพ", "ขอเต็นท์ 2 หลัง เก้าอี้ 80 ตัว", 9, "", 5, "completed"),
    (
        "misconduct",
        "เจ้าหน้าที่พูดจาไม่สุภาพ",
        "ไปติดต่อแล้วเจ้าหน้าที่พูดไม่ดี ขอให้ผู้บริหารพิจารณา",
        None,
        "",
        4,
        "received",
    ),
]
ROUTE = {
    "received": [],
    "submitted": ["submitted"],
    "assigned": ["submitted", "assigned"],
    "in_progress": ["submitted", "assigned", "in_progress"],
    "waiting": ["submitted", "assigned", "in_progress", "waiting"],
    "completed": ["submitted", "assigned", "in_progress", "completed"],
    "closed": ["submitted", "assigned", "in_progress", "closed"],
}
NOTES = {
    "waiting": "ขอทราบช่วงเวลาที่พบสุนัข และจุดที่อยู่ประจำ",
    "closed": "ตรวจสอบแล้วพื้นที่อยู่นอกเขตเทศบาล ได้แจ้งหน่วยงานในพื้นที่แล้ว",
    "completed": "ดำเนินการเรียบร้อยแล้ว ขอบคุณที่แจ้งเทศบาล",
}


def make_cases(staff: Mapping[str, Staff], residents: Sequence[Resident]) -> None:
    """File and move sample cases by the product's own functions, then date them back.

    They have no resident while they move, so no notice is written; she is named afterwards.
    A second time changes nothing.
    """
    Category.objects.get(slug="misconduct").readers.add(
        *(staff[account] for account in RESTRICTED_READERS)
    )
    if Complaint.objects.exists():
        return
    chance = random.Random(2569)  # noqa: S311 - the same everywhere
    for place, case in enumerate(sorted(CASES, key=lambda one: -one[5])):
        _make_case(case, residents[place % len(residents)], staff, chance)


def _make_case(
    case: tuple[Any, ...], resident: Resident, staff: Mapping[str, Staff], chance: random.Random
) -> None:
    slug, subject, details, village, place, days_ago, reached = case
    category = Category.objects.get(slug=slug)
    located = category.location != "off"
    complaint = intake.file_complaint(
        category=category,
        subject=subject,
        details=details,
        reporter=intake.Reporter(resident.display_name, f"08{chance.randrange(10**7, 10**8)}"),
        place=intake.Place(
            village=village,
            text=place,
            latitude=Decimal(f"18.{chance.randrange(608000, 619000)}") if located else None,
            longitude=Decimal(f"98.{chance.randrange(888000, 899000)}") if located else None,
            accuracy_m=chance.randrange(5, 40) if located else None,
        ),
        photos=[take_in(_picture(subject, chance))] if located else [],
        hide_name=slug == "misconduct",
        notice_acknowledged=True,
    )
    version = 1
    for step in ROUTE[reached]:
        status = Status(step)
        order = None
        if status == Status.ASSIGNED:
            order = workflow.ExecutiveOrder(
                decision=Order.Decision.ASSIGN,
                ordered_by="นายก เทศมนตรี นายกเทศมนตรีตำบลบ้านแม",
                ordered_on=timezone.localdate(),
                division=category.division,
            )
        done = [take_in(_picture("หลังดำเนินการ", chance))] if status == Status.COMPLETED else []
        workflow.move(
            complaint.pk,
            status,
            by=staff["admin"],
            version=version,
            note=NOTES.get(step, ""),
            order=order,
            photos=done,
        )
        version += 1
    back = timedelta(days=days_ago)
    complaint.refresh_from_db()
    Complaint.objects.filter(pk=complaint.pk).update(
        resident=resident,
        created_at=complaint.created_at - back,
        due_on=complaint.due_on - back,
        ended_at=complaint.ended_at - timedelta(days=1) if complaint.ended_at else None,
        read_at=timezone.now() if reached != "received" else None,
    )
    steps = list(TimelineEntry.objects.filter(complaint=complaint).order_by("id"))
    for number, entry in enumerate(steps):
        share = number / max(1, len(steps))
        TimelineEntry.objects.filter(pk=entry.pk).update(at=entry.at - back * (1 - share))


def _picture(caption: str, chance: random.Random) -> ContentFile:  # type: ignore[type-arg]
    """A made-up photo: sky, ground, and a stain where the trouble is."""
    image = Image.new("RGB", (1200, 900), (176, 204, 226))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 1200, 900), fill=(132, 122, 106))
    for _ in range(40):
        x, y = chance.randrange(1200), chance.randrange(540, 890)
        draw.ellipse((x, y, x + chance.randrange(10, 60), y + 12), fill=(110, 101, 88))
    x, y = chance.randrange(300, 700), chance.randrange(600, 720)
    draw.ellipse((x, y, x + 260, y + 110), fill=(60, 55, 50))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return ContentFile(buffer.getvalue(), name=f"{len(caption)}.jpg")
