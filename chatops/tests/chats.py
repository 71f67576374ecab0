"""Chat cases of the tests: made by what residents do, or put into a state to begin with."""

from __future__ import annotations

import itertools
from typing import Any

from django.db import transaction
from django.utils import timezone

from bannmae import roles
from bannmae.models import Staff
from bannmae.testing import make_resident, make_staff
from chatops.cases import opening
from chatops.models import ChatCase, Message, Resident

_counter = itertools.count(1)


def make_welfare_officer(**fields: Any) -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return make_staff(divisions=("welfare",), role=roles.OFFICER, position="นักพัฒนาชุมชน", **fields)


def say(resident: Resident, text: str = "สวัสดีค่ะ", **fields: Any) -> Message:
    """Keep a message of hers, in no case yet."""
    fields.setdefault("kind", "text")
    fields.setdefault("sent_at", timezone.now())
    return Message.objects.create(
        resident=resident, line_message_id=f"m{next(_counter)}", text=text, **fields
    )


def make_chat(
    topic: str = "welfare",
    state: str = "inbox",
    *,
    resident: Resident | None = None,
    assignee: Staff | None = None,
    text: str = "เบี้ยของแม่ยังไม่เข้า",
    **fields: Any,
) -> ChatCase:
    """Return a case in `state` with one message of hers that waits for a person."""
    now = timezone.now()
    resident = resident or make_resident()
    with transaction.atomic():
        case = opening.open_case(resident, opening.topic_of(topic), now)
        case = opening.heard(case, say(resident, text), text, needs_person=True)
    if state in ChatCase.TAKEN:
        assignee = assignee or make_welfare_officer()
        fields.setdefault("mode", ChatCase.Mode.MANUAL)
    if state == ChatCase.State.DONE:
        fields.setdefault("closed_at", now)
        fields.setdefault("waiting_since", None)
    if state == ChatCase.State.SNOOZED:
        fields.setdefault("snoozed_until", now)
    ChatCase.objects.filter(pk=case.pk).update(state=state, assignee=assignee, **fields)
    case.refresh_from_db()
    return case
