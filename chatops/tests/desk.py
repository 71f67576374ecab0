"""What the tests of the chat desk share: chats as they come to be, and the desk's addresses."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bannmae import roles, testing
from bannmae.models import Staff
from chatops.models import ChatCase, ChatEntry, Message, OutboundMessage, Resident, Topic

LIST = "/admin/chatops/chatcase/"
FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}
_numbers = itertools.count(1)


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client(headers={"X-Requested-With": "fetch"})
    client.force_login(staff)
    return client


def at(case: ChatCase | int, name: str, *more: Any) -> str:
    """An address of a case: 'open', 'answer', 'move' …"""
    pk = case if isinstance(case, int) else case.pk
    return reverse(f"admin:chatops_chatcase_{name}", args=[pk, *more])


def welfare_officer(**fields: Any) -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    fields.setdefault("first_name", "วันดี")
    return testing.make_staff(divisions=("welfare",), role=roles.OFFICER, **fields)


def make_case(
    resident: Resident | None = None,
    topic: str = "welfare",
    *,
    words: str = "เบี้ยผู้สูงอายุออกวันไหนคะ",
    minutes: float = 5,
    **fields: Any,
) -> ChatCase:
    """A chat in its division's inbox, in which she wrote `words` so many minutes ago."""
    resident = resident or testing.make_resident()
    of = Topic.objects.select_related("division").get(slug=topic)
    when = timezone.now() - dt.timedelta(minutes=minutes)
    values = {
        "division": of.division,
        "state": ChatCase.State.INBOX,
        "opened_at": when,
        "inbox_at": when,
        "last_at": when,
        "last_text": words[:120],
        "last_resident_at": when,
        "waiting_since": when,
        "changed_at": when,
    } | fields
    if values["state"] == ChatCase.State.DONE:
        values.setdefault("closed_at", when)
    case = ChatCase.objects.create(resident=resident, topic=of, **values)
    ChatEntry.objects.create(case=case, at=when, kind=ChatEntry.Kind.OPENED, text=of.name)
    if words:
        say(case, words, when=when)
    return case


def say(
    case: ChatCase,
    text: str = "",
    kind: str = "text",
    *,
    when: dt.datetime | None = None,
    **fields: Any,
) -> Message:
    """A message of hers in `case`; the case's own clock is left as it is."""
    number = next(_numbers)
    return Message.objects.create(
        resident=case.resident,
        case=case,
        line_message_id=f"m{uuid.uuid4().hex[:12]}-{number}",
        kind=kind,
        text=text,
        sent_at=when or timezone.now(),
        quote_token=fields.pop("quote_token", f"quote-{number}"),
        mark_as_read_token=f"read-{number}",
        **fields,
    )


def writes(case: ChatCase, text: str) -> Message:
    """She writes now: the message, and what that does to the case."""
    message = say(case, text)
    now = timezone.now()
    ChatCase.objects.filter(pk=case.pk).update(
        last_at=now, last_text=text[:120], last_resident_at=now, waiting_since=now, changed_at=now
    )
    return message


def send_out(case: ChatCase, *messages: dict[str, Any], **fields: Any) -> OutboundMessage:
    """Something that was sent in `case`."""
    now = fields.pop("when", timezone.now())
    return OutboundMessage.objects.create(
        resident=case.resident,
        case=case,
        about=f"chat:{case.pk}",
        dedupe_key=fields.pop("dedupe_key", f"test:{uuid.uuid4()}"),
        messages=list(messages) or [{"type": "text", "text": "ทุกวันที่ 10 ของเดือนค่ะ"}],
        created_at=now,
        changed_at=fields.pop("changed_at", now),
        **fields,
    )


def restricted_case(*readers: Staff, **fields: Any) -> ChatCase:
    """A chat on health, read by `readers` alone."""
    topic = Topic.objects.get(slug="health-privacy")
    topic.readers.set(readers)
    fields.setdefault("words", "ต้องการคำปรึกษาเรื่องยาต้าน")
    return make_case(topic="health-privacy", **fields)


def poll(staff: Staff, **query: Any) -> dict[str, Any]:
    """What the desk is told."""
    answer = as_(staff).get(f"{LIST}poll/", query)
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def names(staff: Staff, **query: Any) -> list[str]:
    """The names in the list."""
    return [row["name"] for row in poll(staff, **query)["list"]["rows"]]
