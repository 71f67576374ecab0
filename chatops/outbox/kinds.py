"""What messages are sent for, in staff's words, by the first part of `about` ('complaint:123')."""

from __future__ import annotations

OTHER = "อื่น ๆ"

_labels = {
    "chat": "ตอบในแชต",
    "reply": "ตอบในแชต",
    "menu": "ตอบเมื่อแตะเมนู",
    "greeting": "ทักทายเพื่อนใหม่",
    "staff": "แจ้งเจ้าหน้าที่ทาง LINE ส่วนตัว",
}


def add(prefix: str, label: str) -> None:
    """Name what messages about `<prefix>:…` are sent for."""
    _labels[prefix] = label


def label_of(prefix: str) -> str:
    """Return the words for a prefix, OTHER for one that nobody has named."""
    return _labels.get(prefix, OTHER)
