"""Chats that nobody would see: their division has no officer, their topic no reader."""

from __future__ import annotations

from bannmae.models import Division, Staff
from chatops.cases.access import SEES
from chatops.models import ChatCase, Topic

_BACKEND = "django.contrib.auth.backends.ModelBackend"


def unread_topics() -> list[str]:
    """Return 'topic (division)' of each that nobody reads who belongs to it, in their order.

    Those in use, and those of cases that are open wherever they were handed to; administrators,
    who see all but restricted topics, do not count. Seven queries, whatever there is.
    """
    places = set(Topic.objects.filter(is_active=True).values_list("pk", "division"))
    open_cases = ChatCase.objects.filter(state__in=ChatCase.OPEN).order_by()
    places |= set(open_cases.values_list("topic", "division").distinct())
    topics = Topic.objects.in_bulk({topic for topic, _ in places})
    divisions = Division.objects.in_bulk({division for _, division in places})
    readers = _readers()
    unread = [
        (topics[topic].order, f"{topics[topic].name} ({divisions[division].short_name})")
        for topic, division in places
        if not _is_read(topics[topic], divisions[division], readers)
    ]
    return [words for _, words in sorted(unread)]


def _readers() -> list[tuple[set[int], set[int]]]:
    """Return of each who may read chats his divisions and the restricted topics he is named in."""
    people = Staff.objects.with_perm(SEES, backend=_BACKEND).distinct()
    return [
        (
            {division.pk for division in one.divisions.all()},
            {topic.pk for topic in one.restricted_topics.all()},
        )
        for one in people.prefetch_related("divisions", "restricted_topics")
    ]


def _is_read(topic: Topic, division: Division, readers: list[tuple[set[int], set[int]]]) -> bool:
    here = {division.pk, division.parent_id}
    return any(
        here & divisions and (not topic.restricted or topic.pk in named)
        for divisions, named in readers
    )
