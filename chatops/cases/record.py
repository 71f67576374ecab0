"""Writing a chat case: what happened, what changed, what she is told. No rule is decided here.

Callers hold the case's row locked: what they write was worked out from what they read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from bannmae.models import Division, Staff
from chatops.cases import hours
from chatops.line.cards import signed_by, text_message
from chatops.menu.answers import auto_text
from chatops.models import ChatCase, ChatEntry
from chatops.outbox import send


def record(
    case: ChatCase,
    kind: ChatEntry.Kind,
    *,
    by: Staff | None = None,
    text: str = "",
    to_division: Division | None = None,
    to_colleague: Staff | None = None,
    **changes: Any,
) -> ChatCase:
    """Write what happened and change `case` accordingly, in the caller's transaction."""
    ChatEntry.objects.create(
        case=case,
        at=timezone.now(),
        kind=kind,
        by=by,
        text=text,
        division=to_division,
        colleague=to_colleague,
    )
    return touch(case, version=case.version + 1, **changes)


def touch(case: ChatCase, **changes: Any) -> ChatCase:
    """Change fields of `case`, so that open desks see it."""
    changes["changed_at"] = timezone.now()
    for name, value in changes.items():
        setattr(case, name, value)
    case.save(update_fields=list(changes))
    return case


def tell(case: ChatCase, key: str, *, dedupe_key: str) -> None:
    """Tell the resident by an automatic text who will answer, and when."""
    words = auto_text(
        key,
        division=case.division.name,
        when=hours.when_answered(timezone.now()),
    )
    send(
        case.resident,
        [signed_by(text_message(words), case.division.short_name)],
        dedupe_key=dedupe_key,
        about=f"chat:{case.pk}",
        case=case,
        can_wait=True,
        reply_to_latest=True,
    )


def preview_of(messages: Sequence[dict[str, Any]]) -> str:
    """Return what the list shows of an answer: at most 120 characters."""
    first = messages[0]
    words = first.get("text") or first.get("altText") or "[รูปภาพ]"
    return " ".join(str(words).split())[:120]
