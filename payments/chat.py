"""What the chat says of taxes and fees: editable texts, and where to pay from the profile.

By setting they are taken at another LINE account: then both menu entries lead there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatops.line.cards import Button, Card, card_message
from chatops.menu import answers
from chatops.menu.registry import Entry
from chatops.menu.registry import register as register_entry
from chatops.models import Channel, ChatSettings, Resident

Json = dict[str, Any]


@dataclass(frozen=True)
class PaymentAccount:
    """The other LINE account where payments are told; `channel_id` None: not connected here."""

    url: str
    name: str
    channel_id: int | None


def register() -> None:
    """Add the two menu entries."""
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


def answer(key: str, title: str, resident: Resident) -> Sequence[Json]:
    """Return the text of that key, or the way to the account that takes payments."""
    account = payment_account()
    if account is None or account.channel_id == resident.channel_id:
        return answers.text_and_contact(key)
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
