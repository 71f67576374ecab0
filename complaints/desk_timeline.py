"""What happened to a case, step by step, as the desk shows it: notes, orders, photos, notices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse

from bannmae.thai.calendar import format_date, format_datetime
from chatops.admin import AGAIN, state_chip
from chatops.models import OutboundMessage
from complaints.mailbox import TONES
from complaints.models import Complaint, Order, Photo, Status, TimelineEntry

Kind = TimelineEntry.Kind


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as the page shows it."""

    url: str
    thumbnail_url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to the resident and what became of it."""

    chip: str
    what: str
    reason: str
    at: str
    again_url: str


@dataclass(slots=True)
class Step:
    """One entry of the timeline."""

    at: str
    title: str
    tone: str
    public: bool
    by: str
    note: str
    internal: str
    order: list[str] = field(default_factory=list)
    scan_url: str = ""
    pictures: list[Picture] = field(default_factory=list)
    notice: Notice | None = None


def pictures_of(case: Complaint) -> tuple[list[Picture], dict[int, list[Picture]]]:
    """Return the report's own photos, and those of the steps by entry."""
    own: list[Picture] = []
    by_entry: dict[int, list[Picture]] = {}
    for photo in Photo.objects.filter(complaint=case).order_by("id"):
        arguments = [case.pk, photo.token]
        picture = Picture(
            url=reverse("admin:complaints_complaint_photo", args=arguments),
            thumbnail_url=reverse("admin:complaints_complaint_thumbnail", args=arguments),
            width=photo.width,
            height=photo.height,
        )
        if photo.entry_id is None:
            own.append(picture)
        else:
            by_entry.setdefault(photo.entry_id, []).append(picture)
    return own, by_entry


def steps_of(
    request: HttpRequest, case: Complaint, pictures: dict[int, list[Picture]]
) -> list[Step]:
    """Return the timeline, the latest step first; `pictures` are those of the steps by entry."""
    entries = case.timeline.select_related(
        "by", "division", "order__division", "feedback"
    ).order_by("id")
    notices = _notices(request, case)
    steps = []
    for entry in entries:
        step = _step(entry)
        step.pictures = pictures.get(entry.pk, [])
        step.notice = notices.get(f"timeline:{entry.pk}")
        order = getattr(entry, "order", None)
        if order is not None:
            step.order = [
                order_line(order),
                f"โดย {order.ordered_by} เมื่อ {format_date(order.ordered_on)}",
                *([order.text] if order.text else []),
            ]
            if order.scan:
                step.scan_url = reverse("admin:complaints_complaint_scan", args=[case.pk, entry.pk])
        steps.append(step)
    return steps[::-1]


def order_line(order: Order) -> str:
    """Say the order as the memo's box does, with the name in its gap: 'มอบ กองช่าง ดำเนินการ'."""
    if order.decision == Order.Decision.ASSIGN:
        return f"มอบ {order.division} ดำเนินการ"
    return f"{order.get_decision_display()} ({order.division})"


def _step(entry: TimelineEntry) -> Step:
    kind = Kind(entry.kind)
    title, tone = str(kind.label), "plain"
    if kind == Kind.STATUS:
        status = Status(entry.status)
        title, tone = status.label, TONES.get(status, "ended")
        if status == Status.ASSIGNED and entry.division:
            title = f"{title}: {entry.division.name}"
    note = entry.note
    feedback = getattr(entry, "feedback", None)
    if feedback is not None:
        title = "ผู้แจ้งยืนยันว่าแก้ไขแล้ว" if feedback.resolved else "ผู้แจ้งว่ายังไม่ได้แก้ไข"
        stars = f"ให้คะแนน {feedback.rating} จาก 5" if feedback.rating else ""
        note = "\n".join(part for part in (stars, note) if part)
    by = str(entry.by) if entry.by else ""
    if by and entry.by.position:
        by = f"{by} ({entry.by.position})"
    if not by:
        by = "ผู้แจ้ง" if kind in (Kind.ADDITION, Kind.FEEDBACK) else "ระบบ"
    return Step(
        at=format_datetime(entry.at, short=True),
        title=title,
        tone=tone,
        public=entry.public,
        by=by,
        note=note,
        internal=entry.internal_note,
    )


def _notices(request: HttpRequest, case: Complaint) -> dict[str, Notice]:
    """Return what became of each notice, by the entry that caused it."""
    may_send = request.user.has_perm("chatops.change_outboundmessage")
    found = {}
    for message in OutboundMessage.objects.filter(about=f"complaint:{case.pk}").order_by("id"):
        again = message.state in AGAIN and may_send
        moment: dt.datetime | None = message.sent_at
        found[message.dedupe_key] = Notice(
            chip=state_chip(message),
            what="แจ้งทาง LINE",
            reason="" if message.last_error == message.get_state_display() else message.last_error,
            at=format_datetime(moment, short=True) if moment else "",
            again_url=reverse("admin:chatops_outboundmessage_send_again", args=[message.pk])
            if again
            else "",
        )
    return found
