"""Demo staff, residents, sample cases, chats and payments. Nothing of it goes to LINE."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from bannmae import roles
from bannmae.models import Division, Staff
from chatops.demo import make_chats
from chatops.models import Channel, Resident
from complaints.demo import make_cases
from payments.demo import make_payments

# (account, name, position, divisions, roles)
STAFF = [
    ("admin", "ผู้ดูแล ระบบ", "นักวิชาการคอมพิวเตอร์", [], [roles.ADMINISTRATOR]),
    ("nitikan", "นิติ ธรรมดี", "นิติกรชำนาญการ", ["legal"], [roles.LEGAL]),
    ("chang", "ช่างชัย สร้างทาง", "นายช่างโยธาชำนาญงาน", ["engineering"], [roles.OFFICER]),
    (
        "khlang",
        "คลังทิพย์ เก็บดี",
        "นักวิชาการจัดเก็บรายได้",
        ["finance"],
        [roles.OFFICER, roles.FINANCE],
    ),
    (
        "huanakhlang",
        "คลังใจ ถี่ถ้วน",
        "ผู้อำนวยการกองคลัง",
        ["finance"],
        [roles.OFFICER, roles.FINANCE_HEAD],
    ),
    ("sawatdikan", "สวัสดี ใจบุญ", "นักพัฒนาชุมชน", ["welfare"], [roles.OFFICER]),
    ("prachasamphan", "ประชา สื่อสาร", "นักประชาสัมพันธ์", ["public-relations"], [roles.OFFICER]),
    ("huana", "หัวหน้า สำนักปลัด", "หัวหน้าสำนักปลัดเทศบาล", ["clerk-office"], [roles.OFFICER]),
    ("palat", "ปลัด เทศบาล", "ปลัดเทศบาลตำบลบ้านแม", ["executives"], [roles.EXECUTIVE]),
    ("nayok", "นายก เทศมนตรี", "นายกเทศมนตรีตำบลบ้านแม", ["executives"], [roles.EXECUTIVE]),
]
RESIDENTS = ("สมศรี ใจดี", "บุญมี แก้วคำ", "นางสาวพิมพ์ลดาวัลย์ ศรีสุวรรณภูมิวัฒนา", "อุ๊ยคำ ปันแก้ว")


class Command(BaseCommand):
    """Load the demo; a second time changes nothing but the passwords."""

    help = "Loads demo staff, residents and sample cases (password: DEMO_PASSWORD)."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--yes`: load it although the simulator is off."""
        parser.add_argument("--yes", action="store_true", help="load it into a real service")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing. Raise CommandError where that was not meant."""
        if not settings.SIMULATOR and not options["yes"]:
            raise CommandError("The simulator is off. If you mean it: manage.py demo --yes")
        if not settings.DEMO_PASSWORD:
            raise CommandError("DEMO_PASSWORD is not set.")
        with transaction.atomic():
            staff = _make_staff()
        residents = _make_residents()
        make_chats(staff, residents)
        make_cases(staff, residents)
        make_payments(staff, residents)
        self.stdout.write(f"Demo staff: {', '.join(staff)}")


def _make_staff() -> dict[str, Staff]:
    divisions = {division.slug: division for division in Division.objects.all()}
    made: dict[str, Staff] = {}
    for account, name, position, slugs, groups in STAFF:
        first, last = name.split(" ", 1)
        staff, _ = Staff.objects.get_or_create(
            username=account,
            defaults={"first_name": first, "last_name": last, "position": position},
        )
        if not staff.check_password(settings.DEMO_PASSWORD):
            staff.set_password(settings.DEMO_PASSWORD)
        staff.is_staff, staff.is_active, staff.must_change_password = True, True, False
        staff.is_superuser = account == "admin"
        staff.save()
        staff.divisions.set([divisions[slug] for slug in slugs if slug in divisions])
        staff.groups.set(Group.objects.filter(name__in=groups))
        made[account] = staff
    return made


def _make_residents() -> list[Resident]:
    channel = Channel.main()
    residents = []
    for name in RESIDENTS:
        # The ids that the simulator gives to the same people.
        user_id = "U" + hashlib.sha256(name.encode()).hexdigest()[:32]
        resident, _ = Resident.objects.get_or_create(
            channel=channel, line_user_id=user_id, defaults={"display_name": name}
        )
        residents.append(resident)
    return residents
