"""What the chat says of taxes and fees: editable texts, and where to pay from the profile.

By setting they are taken at another LINE account: then both menu entries lead there. What becomes
of her pictures and words stands in chat_inbox.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatops.line.cards import Button, Card, card_message, text_message
from chatops.line.links import liff_link
from chatops.menu import answers, registry
from chatops.menu.registry import Entry
from chatops.menu.registry import register as register_entry
from chatops.models import Channel, ChatCase, ChatSettings, Message, OutboundMessage, Resident
from chatops.outbox import kinds, preparing

Json = dict[str, Any]


@dataclass(frozen=True)
class PaymentAccount:
    """The other LINE account where payments are told; `channel_id` None: not connected here."""

    url: str
    name: str
    channel_id: int | None


def register() -> None:
    """Add the menu entries, and take what is sent in conversations about payments."""
    register_entry(
        Entry(
            "tax",
            "แจ้งชำระภาษี",
            answer=lambda resident: answer("tax", "แจ้งชำระภาษี", resident),
            words=("ภาษี", "ชำระภาษี", "จ่ายภาษี"),
            topic="tax",
            uri=_account_url,
        )
    )
    register_entry(
        Entry(
            "garbage",
            "แจ้งชำระค่าเก็บขยะ",
            answer=lambda resident: answer("garbage", "แจ้งชำระค่าเก็บขยะ", resident),
            words=("ค่าขยะ", "ค่าเก็บขยะ", "จ่ายค่าขยะ"),
            topic="garbage-fee",
            uri=_account_url,
        )
    )
    register_entry(
        Entry(
            "receipts",
            "ใบเสร็จของฉัน",
            answer=_my_receipts,
            words=("ใบเสร็จ", "ใบเสร็จรับเงิน", "ดูใบเสร็จ", "การชำระเงินของฉัน", "ขอดูใบเสร็จ"),
        )
    )
    registry.register_picture_handler(_take_picture)
    registry.register_picture_wish(_picture_asked_at)
    registry.register_words_handler(_take_words)
    registry.register_tap_handler(_tap)
    registry.register_unsend_hook(_unsent)
    kinds.add("payment-request", "แจ้งยอดให้ชำระ")
    preparing.register("payment-request", _prepare_request)


def payment_account() -> PaymentAccount | None:
    """Return the account that the settings name, None while payments are told in this chat."""
    chosen = ChatSettings.get_solo()
    channel = (
        Channel.objects.filter(pk=chosen.payment_channel_id, is_active=True)
        .only("name", "add_friend_url")
        .first()
        if chosen.payment_channel_id
        else None
    )
    if channel is not None and channel.add_friend_url:
        return PaymentAccount(channel.add_friend_url, channel.name, channel.pk)
    if chosen.payment_account_url:
        return PaymentAccount(chosen.payment_account_url, "บัญชี LINE สำหรับแจ้งชำระเงิน", None)
    return None


def taken_elsewhere(resident: Resident) -> bool:
    """Tell whether payments are told at another account than the one that she writes to."""
    account = payment_account()
    return account is not None and account.channel_id != resident.channel_id


def answer(key: str, title: str, resident: Resident) -> Sequence[Json]:
    """Return where to pay and the two ways to tell of it, or the way to the other account."""
    account = payment_account()
    if account is None or account.channel_id == resident.channel_id:
        card = Card(
            band=title,
            title="โอนแล้ว แจ้งได้ 2 ทาง",
            lines=[
                "1. ส่งรูปสลิปในแชตนี้ แล้วพิมพ์บอกชื่อผู้ชำระและจำนวนเงิน",
                "2. แตะ “กรอกแบบแจ้งชำระ” แล้วแนบสลิป",
                "กองคลังตรวจสอบแล้วจะส่งใบเสร็จรับเงินให้ในแชตนี้",
            ],
            buttons=[
                Button("กรอกแบบแจ้งชำระ", uri=liff_link("payment")),
                Button("ใบเสร็จของฉัน", entry="receipts"),
                Button("ติดต่อเทศบาล", entry="contact"),
            ],
            alt_text=f"{title}: ส่งสลิปในแชตนี้ หรือกรอกแบบแจ้งชำระ",
        )
        return [text_message(answers.auto_text(key)), card_message(card)]
    card = Card(
        band=title,
        title=account.name,
        lines=["แตะปุ่มเพื่อเพิ่มเพื่อน แล้วแจ้งชำระและส่งหลักฐานในแชตของบัญชีนั้น"],
        buttons=[Button("ไปที่บัญชีนั้น", uri=account.url)],
        alt_text=f"{title}ที่ {account.name}",
    )
    return [card_message(card)]


def _account_url() -> str:
    account = payment_account()
    return account.url if account else ""


# -- loaded when first asked for: the web process registers them and never calls them --------------


def _my_receipts(resident: Resident) -> Sequence[Json]:
    from payments.chat_receipts import my_receipts

    return my_receipts(resident)


def _take_picture(turn: Any, said: Message, case: ChatCase) -> bool:
    from payments.chat_inbox import take_picture

    return take_picture(turn, said, case)


def _picture_asked_at(resident: Resident) -> dt.datetime | None:
    from payments.chat_inbox import picture_asked_at

    return picture_asked_at(resident)


def _take_words(turn: Any, said: Message, in_hand: ChatCase | None) -> bool:
    from payments.chat_inbox import take_words

    return take_words(turn, said, in_hand)


def _tap(turn: Any, data: dict[str, str]) -> bool:
    from payments.chat_inbox import tap

    return tap(turn, data)


def _unsent(message: Message) -> None:
    from payments.chat_unsend import taken_back

    taken_back(message)


def _prepare_request(message: OutboundMessage) -> None:
    from payments.desk.request_picture import prepare

    prepare(message)
