"""ติดตามสถานะ in the chat: the resident's own cases as cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bannmae.thai.calendar import format_date
from chatops import people
from chatops.line.cards import Band, Button, Card, card_message
from chatops.line.links import liff_link
from chatops.menu.registry import Entry
from chatops.menu.registry import register as register_entry
from chatops.models import Resident
from chatops.outbox import kinds
from complaints.models import Complaint, Status
from complaints.notices import BANDS

SHOWN = 9  # the tenth card leads to all of them


def register() -> None:
    """Add the menu entry, and say what the notices are for."""
    kinds.add("complaint", "แจ้งความคืบหน้าเรื่องร้องเรียนและคำขอ")
    register_entry(
        Entry(
            "track",
            "ติดตามสถานะ",
            answer=latest_cases,
            words=("สถานะ", "ติดตาม", "ติดตามเรื่อง", "เช็คสถานะ"),
        )
    )


def latest_cases(resident: Resident) -> Sequence[dict[str, Any]]:
    """Return a carousel of her newest cases, or how to file the first.

    Hers are those of all accounts in which LINE knows her as the same person.
    """
    cases = list(
        Complaint.objects.filter(resident__in=people.ids_of_person(resident))
        .only("number", "subject", "status", "created_at", "due_on")
        .order_by("-id")[: SHOWN + 1]
    )
    if not cases:
        card = Card(
            band="ติดตามสถานะ",
            title="ยังไม่มีเรื่องที่ท่านแจ้งไว้",
            lines=["เมื่อแจ้งเรื่องแล้ว ท่านจะเห็นความคืบหน้าทุกขั้นตอนที่นี่"],
            buttons=[Button("เริ่มแจ้งเรื่อง", uri=liff_link("complaint"))],
            alt_text="ติดตามสถานะ",
        )
        return [card_message(card)]
    cards = [_card(case) for case in cases[:SHOWN]]
    if len(cases) > SHOWN:
        cards.append(
            Card(
                band="ติดตามสถานะ",
                title="เรื่องก่อนหน้านี้",
                lines=["ดูเรื่องทั้งหมดของท่าน"],
                buttons=[Button("ดูทั้งหมด", uri=liff_link("track"))],
                alt_text="ติดตามสถานะ",
            )
        )
    return [card_message(cards, alt_text="ติดตามสถานะ")]


def _card(case: Complaint) -> Card:
    status = Status(case.status)
    return Card(
        band=f"ติดตามสถานะ: {status.label}",
        title=case.subject,
        lines=[
            f"เลขที่ {case.number}",
            f"แจ้งเมื่อ {format_date(case.created_at, short=True)}",
            f"แจ้งผลภายใน {format_date(case.due_on, short=True)}" if case.is_open else "",
        ],
        colour=BANDS.get(status, Band.ENDED),
        buttons=[Button("รายละเอียด", uri=liff_link(f"track/{case.number}"))],
        alt_text="ติดตามสถานะ",
    )
