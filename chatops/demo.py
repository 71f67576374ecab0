"""Demo chats, made through the same doors as in service. Nothing of it goes to LINE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from bannmae.models import Staff
from chatops.cases import opening, workflow
from chatops.models import ChatCase, ChatEntry, Message, Resident, Topic

# (topic, what she wrote, minutes ago, how far it came, by whom)
CHATS: Sequence[tuple[str, Sequence[str], int, str, str]] = (
    (
        "welfare",
        [
            "สวัสดีค่ะ เบี้ยผู้สูงอายุของแม่เดือนนี้ยังไม่เข้าบัญชีเลยค่ะ",
            "แม่ชื่อคำ อยู่หมู่ 3 ปกติเข้าวันที่ 10 ทุกเดือนค่ะ",
        ],
        45,
        "inbox",
        "",
    ),
    ("public-works", ["ปีนี้จะลาดยางซอยข้างตลาดไหมครับ ฝุ่นเยอะมาก"], 190, "working", "chang"),
    ("news", ["งานยี่เป็งปีนี้เทศบาลจัดวันไหนคะ", "มีที่จอดรถไหมคะ"], 2890, "done", "prachasamphan"),
    ("garbage-fee", ["จ่ายค่าขยะล่วงหน้าทั้งปีได้ไหมครับ"], 75, "inbox", ""),
)
# Who reads the restricted topics.
READERS = {"health-privacy": ("sawatdikan",), "slip": ("khlang",)}


@transaction.atomic
def make_chats(staff: Mapping[str, Staff], residents: Sequence[Resident]) -> None:
    """Make what is missing; a second time changes nothing."""
    for slug, accounts in READERS.items():
        topic = Topic.objects.filter(slug=slug).first()
        if topic is not None:
            topic.readers.add(*(staff[account] for account in accounts))
    if ChatCase.objects.exists():
        return
    for place, (slug, texts, minutes, reached, account) in enumerate(CHATS):
        resident = residents[place % len(residents)]
        case = _chat(resident, slug, texts, f"demo-{place}")
        if account:
            case = workflow.take(case.pk, staff[account], case.version)
        if reached == "done":
            workflow.finish(case.pk, staff[account], case.version)
        _date_back(case, timedelta(minutes=minutes))


def _chat(resident: Resident, slug: str, texts: Sequence[str], name: str) -> ChatCase:
    case = opening.open_case(resident, opening.topic_of(slug), timezone.now())
    for number, text in enumerate(texts):
        message = Message.objects.create(
            resident=resident,
            line_message_id=f"{name}-{number}",
            kind="text",
            text=text,
            sent_at=timezone.now(),
        )
        case = opening.heard(case, message, text, needs_person=True)
    return case


def _date_back(case: ChatCase, back: timedelta) -> None:
    case.refresh_from_db()
    moments = ("opened_at", "inbox_at", "taken_at", "closed_at", "last_at", "last_resident_at")
    for name in (*moments, "waiting_since"):
        if moment := getattr(case, name):
            setattr(case, name, moment - back)
    case.save()
    for message in case.messages.all():
        Message.objects.filter(pk=message.pk).update(sent_at=message.sent_at - back)
    for entry in case.entries.all():
        ChatEntry.objects.filter(pk=entry.pk).update(at=entry.at - back)
