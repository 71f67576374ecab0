"""What the automatic reply would do with a question, for who keeps the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from bannmae.views import EMERGENCY_NUMBERS
from chatops.answers.wording import answer_text
from chatops.cases.hours import when_answered
from chatops.menu.answers import auto_text
from chatops.models import KnowledgeRow, Topic

ACTIONS = {
    "faq": ("ตอบจากฐานความรู้", "done"),
    "handoff": ("ส่งต่อให้เจ้าหน้าที่", "progress"),
    "complaint": ("ชวนแจ้งเรื่อง/ขอบริการ", "news"),
    "payment": ("บอกวิธีชำระเงิน", "news"),
    "emergency": ("แจ้งเหตุฉุกเฉิน ขึ้นปุ่มโทรทันที", "late"),
    "smalltalk": ("ทักทาย", "ended"),
}
CHOICES = ("handoff", "ให้เลือกว่าหมายถึงข้อใด", "progress")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision in words, and the bubble with its buttons as a resident would see it."""

    title: str
    tone: str
    row: KnowledgeRow | None
    suggestions: Sequence[KnowledgeRow]
    topic: str
    division: str
    confidence: int  # per cent
    restricted: bool
    bubble: str
    buttons: Sequence[str]


def ask(text: str, today: date) -> Outcome:
    """Return what would become of a question. Nothing is sent, counted or collected."""
    # Loads the Thai word lists, which the web process takes only when somebody tries.
    from chatops.answers.decide import decide

    decision = decide(text)
    action = str(decision.action)
    wanted = [pk for pk in (decision.row, *decision.suggestions) if pk is not None]
    rows = {
        row.pk: row for row in KnowledgeRow.objects.filter(pk__in=wanted).select_related("division")
    }
    row = rows.get(decision.row) if decision.row is not None else None
    suggestions = [rows[pk] for pk in decision.suggestions if pk in rows]
    title, tone = ACTIONS.get(action, (action, "ended"))
    if action == CHOICES[0] and suggestions:
        title, tone = CHOICES[1:]
    topic = Topic.objects.select_related("division").filter(slug=decision.topic).first()
    division = topic.division.name if topic else decision.division_name
    bubble, buttons = _bubble(action, row, suggestions, topic, today)
    return Outcome(
        title=title,
        tone=tone,
        row=row if action == "faq" else None,
        suggestions=suggestions,
        topic=topic.name if topic else "",
        division=division or "งานประชาสัมพันธ์",
        confidence=round(100 * decision.confidence),
        restricted=decision.restricted,
        bubble=bubble,
        buttons=buttons,
    )


def _bubble(
    action: str,
    row: KnowledgeRow | None,
    suggestions: Sequence[KnowledgeRow],
    topic: Topic | None,
    today: date,
) -> tuple[str, list[str]]:
    person = "คุยกับเจ้าหน้าที่"
    if action == "faq" and row is not None:
        return answer_text(row, today), ["ได้คำตอบแล้ว", person]
    if action == "emergency":
        numbers = [f"โทร {number} {what}" for number, what in EMERGENCY_NUMBERS]
        return "โทรทันที อย่าแจ้งเหตุฉุกเฉินทางแชต", numbers
    if action == "complaint":
        return auto_text("complaint_offer"), ["เริ่มแจ้งเรื่อง", person]
    if action == "payment":
        is_garbage = topic is not None and topic.slug == "garbage-fee"
        return auto_text("garbage" if is_garbage else "tax"), [person]
    if action == "smalltalk":
        return auto_text("smalltalk"), []
    if suggestions:
        listed = "\n".join(f"{place}. {one.question}" for place, one in enumerate(suggestions, 1))
        return f"{auto_text('unsure')}\n{listed}", [person]
    division = topic.division.name if topic else "เจ้าหน้าที่"
    return auto_text("handover", division=division, when=when_answered(timezone.now())), []
