"""The shared cast of the tests, and what they have in hand. Plain functions: call and get.

Whole people and cases only, made through the same doors as in service; nothing here is
imported outside tests.
"""

from __future__ import annotations

import io
import itertools
from typing import Any

from django.contrib.auth.models import Group
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from bannmae import roles
from bannmae.media.photos import StoredPhoto, store_photo
from bannmae.models import Division, Staff
from chatops.models import Channel, Resident
from complaints.intake import Place, Reporter, file_complaint
from complaints.models import Category, Complaint
from payments.models import MoneyDuty

NATIONAL_ID = "1234567890121"  # right check digit, nobody's
OTHER_NATIONAL_ID = "3509900000005"
PHONE = "0812345678"
PASSWORD = "correct horse battery"  # noqa: S105 - of made-up people

_counter = itertools.count(1)


def line_user_id(n: int | None = None) -> str:
    """Return a LINE user ID of the documented form: 'U' and 32 hex digits."""
    return f"U{next(_counter) if n is None else n:032x}"


def make_resident(display_name: str = "สมศรี", **fields: Any) -> Resident:
    """Return a new resident of the main channel, who follows the account."""
    fields.setdefault("line_user_id", line_user_id())
    return Resident.objects.create(channel=Channel.main(), display_name=display_name, **fields)


def make_staff(
    username: str = "", *, divisions: tuple[str, ...] = (), role: str = "", **fields: Any
) -> Staff:
    """Return a new officer with PASSWORD; `divisions` by slug, `role` as in bannmae.roles."""
    fields.setdefault("is_staff", True)
    fields.setdefault("first_name", "สมชาย")
    fields.setdefault("last_name", "ใจดี")
    fields.setdefault("position", "เจ้าพนักงาน")
    staff = Staff.objects.create_user(username or f"staff{next(_counter)}", **fields)
    staff.set_password(PASSWORD)
    staff.save(update_fields=["password"])
    staff.divisions.set(Division.objects.filter(slug__in=divisions))
    if staff.divisions.count() != len(divisions):
        raise ValueError(f"Unknown division among {divisions}")
    if role:
        staff.groups.add(Group.objects.get(name=role))
    return staff


def make_engineer() -> Staff:
    """An officer of กองช่าง, which answers for roads and street lights."""
    return make_staff(divisions=("engineering",), role=roles.OFFICER, position="นายช่างโยธา")


def make_health_officer() -> Staff:
    """An officer of another division than กองช่าง."""
    return make_staff(divisions=("health",), role=roles.OFFICER, position="เจ้าพนักงานสาธารณสุข")


def make_legal_officer() -> Staff:
    """งานนิติการ: sees every case but the restricted ones."""
    return make_staff(divisions=("legal",), role=roles.LEGAL, position="นิติกร")


def make_finance_clerk() -> Staff:
    """An officer of กองคลัง, who checks slips and issues receipts."""
    clerk = make_staff(divisions=("revenue",), role=roles.OFFICER, position="เจ้าพนักงานจัดเก็บรายได้")
    clerk.groups.add(Group.objects.get(name=roles.FINANCE))
    return clerk


def make_finance_head() -> Staff:
    """ผู้อำนวยการกองคลัง, who approves voids, reopens days and closes years."""
    head = make_staff(divisions=("finance",), role=roles.FINANCE_HEAD, position="ผู้อำนวยการกองคลัง")
    head.groups.add(Group.objects.get(name=roles.OFFICER))
    MoneyDuty.objects.bulk_create(
        MoneyDuty(staff=head, duty=duty) for duty in MoneyDuty.Duty.values
    )
    return head


def make_executive() -> Staff:
    """One who reads every everyday case and moves none."""
    return make_staff(divisions=("executives",), role=roles.EXECUTIVE, position="ปลัดเทศบาล")


def make_outsider() -> Staff:
    """An account that belongs to no division and has no role."""
    return make_staff()


def make_complaint(resident: Resident | None = None, **arguments: Any) -> Complaint:
    """File a case as `resident` (default: a new one); arguments as file_complaint's.

    `category` may be a slug (default 'road', กองช่าง's).
    """
    category = arguments.pop("category", "road")
    if isinstance(category, str):
        category = Category.objects.select_related("division").get(slug=category)
    arguments.setdefault("subject", "ถนนเป็นหลุมหน้าวัด")
    arguments.setdefault("details", "หลุมลึกประมาณ 20 เซนติเมตร รถล้มแล้วสองคัน")
    arguments.setdefault("place", Place(village=3, text="หน้าวัดบ้านแม"))
    arguments.setdefault(
        "reporter",
        Reporter(
            full_name="สมศรี ใจดี",
            phone=PHONE,
            national_id=NATIONAL_ID,
            email="somsri@example.com",
            address="12 หมู่ 3 ตำบลบ้านแม",
        ),
    )
    return file_complaint(
        category=category,
        resident=resident or make_resident(),
        notice_acknowledged=True,
        **arguments,
    )


def picture(
    width: int = 64,
    height: int = 48,
    file_format: str = "JPEG",
    *,
    position: tuple[float, float] | None = None,
    colour: str = "#2f7d5b",
) -> bytes:
    """Return a small picture file; `position` (north, east in degrees) goes into its EXIF.

    `file_format` as Pillow names it: 'JPEG', 'PNG', 'WEBP', 'HEIF'.
    """
    image = Image.new("RGB", (width, height), colour)
    exif = Image.Exif()
    exif[Base.Make] = "Phone"
    if position is not None:
        north, east = position
        exif.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N",
                GPS.GPSLatitude: _sexagesimal(north),
                GPS.GPSLongitudeRef: "E",
                GPS.GPSLongitude: _sexagesimal(east),
            }
        )
    out = io.BytesIO()
    image.save(out, file_format, exif=exif)
    return out.getvalue()


def make_photo(**arguments: Any) -> StoredPhoto:
    """Return a photo in private storage; arguments as picture's."""
    return store_photo(picture(**arguments))


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = (degrees - whole) * 60
    return float(whole), float(int(minutes)), (minutes - int(minutes)) * 60
