"""What an officer has saved last: a page whose answer was lost on the way asks for it."""

from __future__ import annotations

from bannmae.models import Staff
from complaints.models import Complaint, TimelineEntry

Kind = TimelineEntry.Kind


def own_newest(pk: int, staff: Staff, kind: Kind) -> TimelineEntry | None:
    """Return the newest entry of `kind` of the case `pk`, None unless `staff` wrote it."""
    newest: TimelineEntry | None = (
        TimelineEntry.objects.filter(complaint=pk, kind=kind)
        .select_related("complaint__duplicate_of", "order__division")
        .order_by("-id")
        .first()
    )
    return newest if newest is not None and newest.by_id == staff.pk else None


def own_words(case: Complaint, staff: Staff) -> dict[str, dict[str, str]]:
    """Return the officer's last move and last note if nobody has made another since.

    The page's drafts that say the same are saved and go.
    """
    entries = {
        "move": own_newest(case.pk, staff, Kind.STATUS),
        "note": own_newest(case.pk, staff, Kind.NOTE),
    }
    return {
        name: {
            "to": entry.status,
            "note": entry.note,
            "internal_note": entry.internal_note,
        }
        for name, entry in entries.items()
        if entry is not None
    }
