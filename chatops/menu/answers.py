"""What the chat says by itself. The words of AutoText belong to the staff."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bannmae.models import Municipality
from bannmae.thai import phone as thai_phone
from bannmae.views import EMERGENCY_NUMBERS
from chatops.line.cards import Band, Button, Card, QuickReply, card_message, text_message
from chatops.line.links import liff_link
from chatops.models import AutoText, Resident

Json = dict[str, Any]

MENU_REPLIES = (
    QuickReply("แจ้งเรื่อง/ขอบริการ", "complaint"),
    QuickReply("ติดตามสถานะ", "track"),
    QuickReply("แจ้งเหตุฉุกเฉิน", "emergency"),
    QuickReply("ติดต่อเทศบาล", "contact"),
)


# Under a picture that nobody asked for: it may be a slip.
PICTURE_REPLIES = (
    QuickReply("แจ้งชำระภาษี", "tax"),
    QuickReply("แจ้งชำระค่าเก็บขยะ", "garbage"),
    *MENU_REPLIES,
)


# One that staff mistyped stays readable instead of breaking the answer.
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def auto_text(key: str, **facts_of_the_moment: str) -> str:
    """Return the text of that key with the profile's facts, and those given, filled in."""
    template = AutoText.objects.get(key=key).text
    profile = Municipality.get_solo()
    facts = dict(
        municipality=profile.name,
        phone=profile.phone or "(ยังไม่ได้ระบุหมายเลขโทรศัพท์)",
        office_hours=profile.office_hours,
        payment_instructions=profile.payment_instructions
        or "โปรดสอบถามช่องทางชำระเงินจากกองคลัง เทศบาลตำบลบ้านแม",
        **facts_of_the_moment,
    )
    # Names alone: no attribute, no width (a typing error would fill the memory).
    return _PLACEHOLDER.sub(lambda found: facts.get(found[1], found[0]), template).strip()


def free_text() -> list[Json]:
    """Answer to words that call for nothing by name: what this chat can do, whom to call."""
    return [text_message(auto_text("free_text"), MENU_REPLIES)]


def greeting(resident: Resident) -> list[Json]:
    """Welcome to a new friend."""
    return [text_message(auto_text("greeting"), MENU_REPLIES)]


def emergency(resident: Resident | None = None) -> list[Json]:
    """Three call buttons, the numbers readable as text, and the advice not to write here."""
    card = Card(
        band="แจ้งเหตุฉุกเฉิน",
        title="โทรทันที อย่าแจ้งเหตุฉุกเฉินทางแชต",
        lines=[f"{number}  {what}" for number, what in EMERGENCY_NUMBERS],
        footnote="กดปุ่มเพื่อโทรออก",
        buttons=[
            Button(f"โทร {number} {what}", uri=f"tel:{number}")
            for number, what in EMERGENCY_NUMBERS
        ],
        colour=Band.EMERGENCY,
        alt_text="เหตุฉุกเฉินโทร 1669 เจ็บป่วย · 191 เหตุร้าย · 199 ไฟไหม้",
    )
    return [card_message(card)]


def contact(resident: Resident | None = None) -> list[Json]:
    """Where the office is and how to reach it, as far as the profile says."""
    profile = Municipality.get_solo()
    buttons = [
        *(
            Button("โทรหาเทศบาล", uri=thai_phone.tel_uri(stored))
            for stored in [_dialable(profile.phone)]
            if stored
        ),
        *(Button("เว็บไซต์เทศบาล", uri=url) for url in [profile.website_url] if url),
        *(Button("e-Service", uri=url) for url in [profile.eservice_url] if url),
    ]
    card = Card(
        band="ติดต่อเทศบาล",
        title=profile.name,
        lines=[
            profile.address,
            f"โทร. {profile.phone}" if profile.phone else "",
            f"อีเมล {profile.email}" if profile.email else "",
            profile.office_hours,
        ],
        buttons=buttons[:3],
        alt_text=f"ติดต่อ{profile.name}",
    )
    return [card_message(card)]


def text_and_contact(key: str) -> list[Json]:
    """An editable text, then the contact card."""
    return [text_message(auto_text(key)), *contact()]


def page(title: str, links: Sequence[tuple[str, str]]) -> list[Json]:
    """Addresses as buttons; what the profile does not name yet is left out."""
    named = [(label, url) for label, url in links if url]
    if not named:
        return [text_message(f"{title}: ยังไม่ได้กำหนดที่อยู่เว็บไซต์"), *contact()]
    card = Card(
        band=title,
        title=Municipality.get_solo().name,
        lines=["แตะปุ่มเพื่อเปิดหน้าเว็บ"],
        buttons=[Button(label, uri=url) for label, url in named[:3]],
        alt_text=title,
    )
    return [card_message(card)]


def open_form(offer: str = "") -> list[Json]:
    """The way into the form, for whoever types instead of tapping; `offer`: an AutoText's key."""
    card = Card(
        band="ร้องเรียน/ร้องทุกข์ และขอรับบริการ",
        title="แจ้งเรื่องถึงเทศบาล",
        lines=[auto_text(offer)]
        if offer
        else ["ถ่ายรูป บอกจุดเกิดเหตุ แล้วกดส่ง", "ติดตามความคืบหน้าได้ในแชตนี้"],
        buttons=[Button("เริ่มแจ้งเรื่อง", uri=liff_link("complaint"))],
        alt_text="แจ้งเรื่องร้องเรียนหรือขอรับบริการ",
    )
    return [card_message(card)]


def _dialable(phone: str) -> str:
    try:
        return thai_phone.normalise(phone, short_codes=True) if phone else ""
    except thai_phone.InvalidPhone:
        return ""
