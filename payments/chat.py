"""What the chat says of taxes and fees: editable texts, and where to pay from the profile."""

from __future__ import annotations

from chatops.menu import answers
from chatops.menu.registry import Entry
from chatops.menu.registry import register as register_entry


def register() -> None:
    """Add the two menu entries."""
    register_entry(
        Entry(
            "tax",
            "แจ้งชำระภาษี",
            answer=lambda resident: answers.text_and_contact("tax"),
            words=("ภาษี", "ชำระภาษี", "จ่ายภาษี"),
            topic="tax",
        )
    )
    register_entry(
        Entry(
            "garbage",
            "แจ้งชำระค่าเก็บขยะ",
            answer=lambda resident: answers.text_and_contact("garbage"),
            words=("ค่าขยะ", "ค่าเก็บขยะ", "จ่ายค่าขยะ"),
            topic="garbage-fee",
        )
    )
