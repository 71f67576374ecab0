"""Whose messages and residents an officer may see in the admin.

A message is about something of an upper room ('complaint:123'); that room registers here who
may see what. What is about nothing of any room is seen by who keeps the channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast, Substr

from bannmae.models import Staff
from chatops.models import OutboundMessage, Resident

SEES_LINE = "chatops.view_channel"
TROUBLE = (
    OutboundMessage.State.DEAD,
    OutboundMessage.State.HELD,
    OutboundMessage.State.UNREACHED,
)


@dataclass(frozen=True, slots=True)
class Topic:
    """What messages are about: `<prefix>:<pk>` in OutboundMessage.about.

    `visible` returns the objects that an officer may see (with a `resident`), `url` the page
    of one of them. `closed`: what is said of it stays with them in a chat too, whoever reads it.
    """

    prefix: str
    visible: Callable[[Staff], QuerySet[Any]]
    url: Callable[[int], str]
    permission: str
    closed: bool = False


_topics: dict[str, Topic] = {}


def add_topic(topic: Topic) -> None:
    """Let officers see the messages about the objects that they may see."""
    _topics[topic.prefix] = topic


def messages_for(staff: Staff) -> QuerySet[OutboundMessage]:
    """Return the outbound messages that `staff` may see: about what he may see.

    What is about nothing of any room (answers in the chat) is seen by who keeps the channel.
    """
    rows = OutboundMessage.objects.all()
    seen, of_a_room = Q(pk__in=[]), Q(pk__in=[])
    for topic in _topics.values():
        start = f"{topic.prefix}:"
        of_a_room |= Q(about__startswith=start)
        if not staff.has_perm(topic.permission):
            continue
        # CASE, not AND: PostgreSQL might try the cast first, and 'reply' is no number.
        number = Case(
            When(
                about__startswith=start,
                then=Cast(Substr("about", len(start) + 1), BigIntegerField()),
            ),
            default=None,
            output_field=BigIntegerField(null=True),
        )
        rows = rows.alias(**{f"_{topic.prefix}": number})
        seen |= Q(Exists(topic.visible(staff).filter(pk=OuterRef(f"_{topic.prefix}"))))
    if staff.has_perm(SEES_LINE):
        seen |= ~of_a_room
    return rows.filter(seen)


def closed_to(staff: Staff, messages: Iterable[OutboundMessage]) -> set[int]:
    """Return which of `messages`, by id, are about what `staff` may not see though in his chat."""
    about: dict[str, dict[int, list[int]]] = {}
    for message in messages:
        prefix, _, number = message.about.partition(":")
        topic = _topics.get(prefix)
        if topic is not None and topic.closed:
            key = int(number) if number.isdecimal() else 0
            about.setdefault(prefix, {}).setdefault(key, []).append(message.pk)
    found: set[int] = set()
    for prefix, of_key in about.items():
        topic = _topics[prefix]
        rows = topic.visible(staff) if staff.has_perm(topic.permission) else None
        seen = () if rows is None else rows.filter(pk__in=of_key).values_list("pk", flat=True)
        for key in of_key.keys() - set(seen):
            found.update(of_key[key])
    return found


def residents_for(staff: Staff) -> QuerySet[Resident]:
    """Return the residents whose objects `staff` may see; all for who keeps the channel."""
    if staff.has_perm(SEES_LINE):
        return Resident.objects.all()
    seen = Q(pk__in=[])
    for topic in _topics.values():
        if staff.has_perm(topic.permission):
            seen |= Q(Exists(topic.visible(staff).filter(resident=OuterRef("pk"))))
    return Resident.objects.filter(seen)


def object_url(about: str) -> str:
    """Return the page of what a message is about, '' where there is none."""
    prefix, _, number = about.partition(":")
    topic = _topics.get(prefix)
    return topic.url(int(number)) if topic and number.isdecimal() else ""


def undelivered(staff: Staff) -> QuerySet[OutboundMessage]:
    """Return what did not arrive and waits for somebody's decision."""
    return messages_for(staff).filter(state__in=TROUBLE)
