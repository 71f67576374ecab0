"""The entries that need no upper room: emergency, welfare, news, air, Facebook, contact."""

from __future__ import annotations

from bannmae.models import Municipality
from chatops.line.links import liff_link
from chatops.menu import answers
from chatops.menu.registry import Entry
from chatops.menu.registry import register as _register


def register() -> None:
    """Register them; called once at start."""
    for entry in ENTRIES:
        _register(entry)


def _profile_url(field: str) -> str:
    return str(getattr(Municipality.get_solo(), field))


ENTRIES = (
    Entry(
        "complaint",
        "แจ้งเรื่อง/ขอบริการ",
        answer=lambda resident: answers.open_form(),
        words=("ร้องเรียน", "ร้องทุกข์", "ขอรับบริการ", "ร้องเรียน/ร้องทุกข์ และขอรับบริการต่างๆ"),
        uri=lambda: liff_link("complaint"),
    ),
    Entry(
        "emergency",
        "แจ้งเหตุฉุกเฉิน",
        answer=answers.emergency,
        urgent=True,
        words=("ฉุกเฉิน", "เหตุฉุกเฉิน"),
    ),
    Entry(
        "welfare",
        "สวัสดิการประชาชน",
        answer=lambda resident: answers.text_and_contact("welfare"),
        words=("สวัสดิการ",),
        topic="welfare",
    ),
    Entry(
        "news",
        "ข่าวประชาสัมพันธ์",
        answer=lambda resident: answers.page(
            "ข่าวประชาสัมพันธ์",
            [
                ("ข่าวประชาสัมพันธ์", _profile_url("news_url")),
                ("เว็บไซต์เทศบาล", _profile_url("website_url")),
                ("e-Service", _profile_url("eservice_url")),
            ],
        ),
        words=("ข่าว", "ข่าวสาร"),
        topic="news",
        uri=lambda: _profile_url("news_url"),
    ),
    Entry(
        "website",
        "เว็บไซต์เทศบาล",
        answer=lambda resident: answers.page(
            "เว็บไซต์เทศบาล", [("เว็บไซต์เทศบาล", _profile_url("website_url"))]
        ),
        words=("เว็บไซต์",),
        uri=lambda: _profile_url("website_url"),
    ),
    Entry(
        "eservice",
        "e-Service",
        answer=lambda resident: answers.page(
            "บริการอิเล็กทรอนิกส์ (e-Service)", [("e-Service", _profile_url("eservice_url"))]
        ),
        words=("บริการอิเล็กทรอนิกส์", "eservice"),
        uri=lambda: _profile_url("eservice_url"),
    ),
    Entry(
        "air",
        "คุณภาพอากาศ",
        answer=lambda resident: answers.page(
            "ตรวจสอบคุณภาพอากาศ", [("เปิด NTAQHI", _profile_url("air_quality_url"))]
        ),
        words=("ตรวจสอบคุณภาพอากาศ", "ฝุ่น", "pm2.5"),
        uri=lambda: _profile_url("air_quality_url"),
    ),
    Entry(
        "facebook",
        "Facebook",
        answer=lambda resident: answers.page(
            "Facebook", [("เปิด Facebook", _profile_url("facebook_url"))]
        ),
        words=("เฟซบุ๊ก", "เฟสบุ๊ค"),
        uri=lambda: _profile_url("facebook_url"),
    ),
    Entry(
        "contact",
        "ติดต่อเทศบาล",
        answer=answers.contact,
        words=("ติดต่อ", "เบอร์โทร"),
    ),
)
