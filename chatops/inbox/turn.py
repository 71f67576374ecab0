"""One event of one resident while it is being handled, and the way to answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chatops.models import ChatCase, Resident, WebhookEvent
from chatops.outbox import send

if TYPE_CHECKING:
    from chatops.inbox.conversation import Plan

Json = dict[str, Any]


@dataclass
class Turn:
    """What she did (`event`, its `payload`), and what was worked out beforehand (`plan`)."""

    event: WebhookEvent
    payload: Json
    resident: Resident
    plan: Plan
    answered: bool = field(default=False)

    @property
    def may_answer(self) -> bool:
        """False for `mode: standby`: another module has the conversation."""
        return may_answer(self.payload)

    def reply(
        self,
        messages: Sequence[Json],
        *,
        about: str = "reply",
        dedupe_key: str = "",
        can_wait: bool = True,
        case: ChatCase | None = None,
    ) -> None:
        """Answer the event, free of charge while its reply token is fresh; once for each event."""
        if not self.may_answer or self.answered:
            return
        self.answered = True
        send(
            self.resident,
            messages,
            dedupe_key=dedupe_key or f"event:{self.event.event_id}",
            about=about,
            can_wait=can_wait,
            reply_to=self.event,
            reply_token=str(self.payload.get("replyToken") or "")[:100],
            case=case,
        )


def may_answer(payload: Json) -> bool:
    """Tell whether the account may speak: not in `mode: standby`."""
    return bool(payload.get("mode", "active") == "active")


def part(payload: Json, name: str) -> Json:
    """Return the object under `name`, {} where LINE sent none or something else."""
    found = payload.get(name)
    return found if isinstance(found, dict) else {}


def storable(text: str) -> str:
    """Return text that every database takes: JSON can name half characters and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
