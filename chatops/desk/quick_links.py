"""Cards that an officer inserts with a tap: what the menu answers, sent in his name."""

from __future__ import annotations

from typing import Any

from chatops.line.cards import MAX_MESSAGES
from chatops.menu import registry
from chatops.models import Resident

# Keys of menu entries and what the desk calls them; an entry that no room has is not offered.
LINKS = (
    ("complaint", "แบบฟอร์มแจ้งเรื่อง/ขอบริการ"),
    ("track", "ติดตามสถานะเรื่อง"),
    ("tax", "แจ้งชำระภาษี"),
    ("garbage", "แจ้งชำระค่าเก็บขยะ"),
    ("contact", "ช่องทางติดต่อเทศบาล"),
)


def links() -> list[dict[str, str]]:
    """Return what can be inserted."""
    return [{"key": key, "title": title} for key, title in LINKS if registry.get(key)]


def messages_of(key: str, resident: Resident) -> list[dict[str, Any]]:
    """Return the messages of a link; none for what is not offered."""
    entry = registry.get(key) if key in dict(LINKS) else None
    return list(entry.answer(resident))[:MAX_MESSAGES] if entry else []
