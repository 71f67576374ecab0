"""Officers and cases in numbers, as the mailbox of some years would hold them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from bannmae import roles
from bannmae.models import Division, Staff
from bannmae.thai.calendar import local_date
from chatops.models import Channel, Resident
from complaints import search
from complaints.models import ENDED, OPEN, Category, Complaint, Status, TimelineEntry

BATCH = 2000
PER_RESIDENT = 5
SUBJECTS = (
    "ไฟฟ้าสาธารณะดับทั้งซอย",
    "ถนนเป็นหลุมบ่อหน้าวัด",
    "น้ำท่วมขังในหมู่บ้าน",
    "กิ่งไม้พาดสายไฟ",
    "ขยะตกค้างไม่มีรถมาเก็บ",
    "สุนัขจรจัดดุร้าย",
    "กลิ่นเหม็นจากโรงเลี้ยงหมู",
    "ขอน้ำอุปโภคบริโภค",
)
DETAILS = (
    "แจ้งไว้เมื่อสัปดาห์ก่อนแล้ว ยังไม่มีเจ้าหน้าที่เข้ามาดู ตอนกลางคืนอันตรายมาก "
    "มีเด็กนักเรียนและผู้สูงอายุเดินผ่านทุกวัน ขอให้เทศบาลช่วยดำเนินการโดยเร็ว"
)


def legal_officer() -> Staff:
    """Return the officer of งานนิติการ, who sees all but the restricted cases."""
    return officer("bench-legal", "legal", roles.LEGAL)


def division_officer() -> Staff:
    """Return an officer of กองช่าง, who sees his division's cases."""
    return officer("bench-engineer", "engineering", roles.OFFICER)


def officer(username: str, division: str, role: str) -> Staff:
    """Return the officer of that name, made where there is none."""
    staff, made = Staff.objects.get_or_create(
        username=username,
        defaults={
            "is_staff": True,
            "first_name": "สมชาย",
            "last_name": "ใจดี",
            "position": "นิติกร",
            "password": "!",  # nobody signs in with it
        },
    )
    if made:
        staff.divisions.set(Division.objects.filter(slug=division))
        staff.groups.set(Group.objects.filter(name=role))
    return staff


def fill(count: int) -> None:
    """Make complaints until there are `count`: one in ten open, one in fifty unread."""
    have = Complaint.objects.count()
    dice = random.Random(have)  # noqa: S311 - the same cases in every run
    residents = _residents(-(-count // PER_RESIDENT))
    made = _cases(range(have, count), residents, dice)
    while batch := list(islice(made, BATCH)):
        Complaint.objects.bulk_create(batch)
        TimelineEntry.objects.bulk_create(
            TimelineEntry(
                complaint=case,
                at=case.created_at,
                kind=TimelineEntry.Kind.STATUS,
                status=Status.RECEIVED,
                public=True,
                division_id=case.division_id,
            )
            for case in batch
        )
    settle()


def settle() -> None:
    """Bring the database to where it would be a minute after so much was written."""
    if connection.vendor == "postgresql":
        # What its autovacuum does within a minute; SQLite in service plans without statistics.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _residents(count: int) -> list[int]:
    """Return the ids of `count` residents, made where they are missing."""
    channel = Channel.main()
    Resident.objects.bulk_create(
        (
            Resident(channel=channel, line_user_id=f"Ub{index:031x}", display_name=f"ผู้ใช้ {index}")
            for index in range(count)
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    known = Resident.objects.filter(line_user_id__startswith="Ub").order_by("line_user_id")
    return list(known.values_list("pk", flat=True)[:count])


def _cases(numbers: range, residents: list[int], dice: random.Random) -> Iterator[Complaint]:
    categories = list(Category.objects.select_related("division"))
    everyday = [category for category in categories if not category.restricted]
    now = timezone.now()
    # The phone of all: encrypting and indexing one for each is no part of what is measured.
    phone = "0812345678"
    phone_index = search.phone_index(phone)
    for number in numbers:
        # One in a hundred is about the conduct of staff: restricted.
        category = dice.choice(categories if number % 100 == 0 else everyday)
        is_open = number % 10 == 3
        created = now - timedelta(minutes=dice.randrange(60, 30 * 24 * 60 if is_open else 10**6))
        case = Complaint(
            # Of years before the service began: cases that are filed meanwhile have this year's.
            number=f"{40 + number // 10_000}-{number % 10_000 + 1:04d}",
            resident_id=residents[number // PER_RESIDENT],
            category=category,
            division=category.division,
            status=dice.choice(OPEN if is_open else [one for one in ENDED if one != "duplicate"]),
            subject=SUBJECTS[number % len(SUBJECTS)],
            details=DETAILS,
            village=number % 13 + 1,
            place=f"บ้านเลขที่ {number % 400 + 1} ใกล้วัดบ้านแม",
            reporter_name=f"สมศรี ใจดี{number % 1000}",
            hide_name=number % 7 == 0,
            phone=phone if number % 10 == 0 else "",
            phone_index=phone_index,
            created_at=created,
            due_on=local_date(created) + timedelta(days=15),
            ended_at=None if is_open else created + timedelta(days=dice.randrange(1, 20)),
            read_at=None if number % 50 == 3 else created + timedelta(hours=2),
        )
        case.search_text = search.text_of(case)
        yield case
