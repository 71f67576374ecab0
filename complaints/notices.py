"""What residents are told of their cases. The words stand in templates/complaints/line/."""

from __future__ import annotations

from django.template.loader import render_to_string

from bannmae.thai.calendar import format_date, format_datetime
from chatops.line.cards import Band, Button, Card, card_message, signed_by
from chatops.line.links import liff_link
from chatops.outbox import send
from complaints.models import Complaint, Status, TimelineEntry

BANDS = {
    Status.RECEIVED: Band.NEWS,
    Status.SUBMITTED: Band.PROGRESS,
    Status.ASSIGNED: Band.PROGRESS,
    Status.IN_PROGRESS: Band.PROGRESS,
    Status.WAITING: Band.ASK,
    Status.COMPLETED: Band.DONE,
    Status.REOPENED: Band.PROGRESS,
}
# These go out even when the month's quota is nearly spent; all others can wait.
URGENT = {Status.RECEIVED, Status.WAITING, Status.COMPLETED}


def status_card(complaint: Complaint, status: Status, note: str = "") -> Card:
    """Return the card that tells of `status`; `note` is the officer's word to the resident."""
    words = render_to_string(
        f"complaints/line/{status.value}.txt",
        {
            "complaint": complaint,
            "received": format_datetime(complaint.created_at),
            "due": format_date(complaint.due_on),
            "division": complaint.division,
        },
    )
    lines = [f"เลขที่ {complaint.number}", *(line.strip() for line in words.splitlines())]
    if note:
        lines.append(f"ข้อความจากเจ้าหน้าที่: {note}")
    return Card(
        band=status.label,
        title=complaint.subject,
        lines=[line for line in lines if line],
        colour=BANDS.get(status, Band.ENDED),
        buttons=[Button("รายละเอียด", uri=liff_link(f"track/{complaint.number}"))],
        alt_text=f"เรื่องเลขที่ {complaint.number} {status.label}",
    )


def tell(complaint: Complaint, entry: TimelineEntry) -> None:
    """Send the notice of a status entry, in the transaction that wrote it."""
    if complaint.resident is None:
        return
    status = Status(entry.status)
    message = card_message(status_card(complaint, status, entry.note))
    send(
        complaint.resident,
        [signed_by(message, complaint.division.short_name)],
        dedupe_key=f"timeline:{entry.pk}",
        about=f"complaint:{complaint.pk}",
        can_wait=status not in URGENT,
    )
