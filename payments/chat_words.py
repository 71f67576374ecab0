"""What the chat says to who tells of a payment. The words stand in templates/payments/line/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string

from bannmae.models import Division
from chatops.line.cards import (
    Button,
    Card,
    QuickReply,
    card_message,
    signed_by,
    text_message,
)
from chatops.line.links import liff_link
from chatops.models import Resident
from payments import chat_notice
from payments.access import FINANCE
from payments.chat_waiting import OPEN, ask_anew
from payments.models import NoticeEntry, PaymentNotice, Status, active_revenues
from payments.notices import BANDS

Json = dict[str, Any]

STANDING_REPLIES = (
    QuickReply("ใบเสร็จของฉัน", entry="receipts"),
    QuickReply("คุยกับเจ้าหน้าที่", data="do=human"),
)
#: How often the chat asks by itself for what one notice lacks.
MAX_QUESTIONS = 2


def received(notice: PaymentNotice) -> Json:
    """Return the card that gives the notice's number."""
    words = render_to_string("payments/line/chat_received.txt", {"notice": notice})
    card = Card(
        band=Status.RECEIVED.label,
        title=notice.revenue.menu_name if notice.revenue else "แจ้งชำระเงิน",
        lines=[line.strip() for line in words.splitlines() if line.strip()],
        colour=BANDS[Status.RECEIVED],
        buttons=[
            Button("ดูรายการของฉัน", uri=liff_link("payment")),
            Button("ใบเสร็จของฉัน", entry="receipts"),
        ],
        alt_text=f"การชำระเงินเลขที่ {notice.number} {Status.RECEIVED.label}",
    )
    return signed(card_message(card))


def question(notice: PaymentNotice) -> Json | None:
    """Return the message that asks by name for what is missing, noted as asked.

    None where nothing is missing, somebody has taken the notice, or it was asked often enough:
    then it is the clerk's.
    """
    lacks = chat_notice.missing(notice)
    taken = notice.status != Status.RECEIVED
    if not lacks or taken or questions(notice) >= MAX_QUESTIONS:
        return None
    chat_notice.note(notice, NoticeEntry.Kind.ASKED, f"ระบบถามในแชต: {', '.join(lacks)}")
    return signed(
        text_message(
            _text("chat_missing", notice=notice, lacks=lacks),
            kinds_of(notice) if notice.revenue is None else (),
        )
    )


def questions(notice: PaymentNotice) -> int:
    """Return how often the chat has asked by itself."""
    return notice.entries.filter(kind=NoticeEntry.Kind.ASKED, by=None).count()


def added(notice: PaymentNotice, *, pictures: bool = False, unknown: bool = False) -> Json:
    """Return the short answer to what she has sent after the first.

    `unknown`: she said that she does not know what was asked. After a picture the question above
    it still stands, where the chat has asked one.
    """
    facts = {
        "notice": notice,
        "pictures": pictures,
        "unknown": unknown,
        "lacks": chat_notice.missing(notice),
        "slip": chat_notice.lacks_slip(notice),
        "asks": pictures and notice.status == Status.RECEIVED and questions(notice) > 0,
    }
    return signed(text_message(_text("chat_added", **facts)))


def slip_gone(notice: PaymentNotice) -> Json:
    """Return what she reads who has taken back the only slip of a payment."""
    return signed(text_message(_text("chat_slip_gone", notice=notice)))


def announced() -> Json:
    """Return what she reads who has told of a payment before its slip has come."""
    return signed(text_message(_text("chat_announced")))


def how_it_stands(
    notices: Sequence[PaymentNotice], resident: Resident, *, waits_long: bool, another: bool
) -> Json:
    """Return how her payments stand, and what each still lacks of her: it is waited for anew.

    `resident`: in whose chat it is said. `waits_long`: a person is told that she asks. `another`:
    she is about to tell of one more.
    """
    rows = []
    for notice in notices:
        is_open = notice.status in OPEN
        rows.append(
            {
                "notice": notice,
                "asked": notice.asked if is_open else "",
                "lacks": _lacks(notice) if is_open else [],
                "slip": is_open and chat_notice.lacks_slip(notice),
                "here": chat_of(notice, resident),
            }
        )
    ask_anew(row["notice"] for row in rows if row["asked"] or row["lacks"])
    words = _text("chat_standing", rows=rows, waits_long=waits_long, another=another)
    return signed(text_message(words, STANDING_REPLIES))


def _lacks(notice: PaymentNotice) -> list[str]:
    """Return what she can still tell in the chat: of a form's notice no words are waited for."""
    lacks = chat_notice.missing(notice)
    if notice.via == PaymentNotice.Via.CHAT:
        return lacks
    return lacks[:1] if chat_notice.lacks_slip(notice) else []


def chat_of(notice: PaymentNotice, resident: Resident) -> str:
    """Return the words for where a payment is talked of, as `resident` reads them in her chat."""
    if notice.resident is None or notice.resident_id == resident.pk:
        return "ในแชตนี้"
    return f"ในแชตของบัญชี “{notice.resident.channel.name}” "


def awaits_slip() -> Json:
    """Return what is to do for who has sent no slip yet."""
    return signed(text_message(_text("chat_awaits_slip"), STANDING_REPLIES[1:]))


def stands(notice: PaymentNotice) -> Json:
    """Return how a notice stands that takes nothing more."""
    words = f"การชำระเงินเลขที่ {notice.number}: {notice.get_status_display()}"
    return signed(text_message(words))


def kinds_of(notice: PaymentNotice) -> list[QuickReply]:
    """Return a button for each kind of revenue that is open."""
    return [
        QuickReply(one.menu_name, data=f"payment={notice.pk}&kind={one.slug}")
        for one in active_revenues()
    ]


def signed(message: Json) -> Json:
    """Return the message as from กองคลัง."""
    sender = Division.objects.filter(slug=FINANCE).values_list("short_name", flat=True).first()
    return signed_by(message, sender or "")


def _text(name: str, **facts: object) -> str:
    words = render_to_string(f"payments/line/{name}.txt", facts)
    return "\n".join(line.strip() for line in words.splitlines() if line.strip())
