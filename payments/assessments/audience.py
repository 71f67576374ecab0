"""Whom a reminder reaches in LINE, and who gets a letter: those who have not paid yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chatops import people
from chatops.models import OutboundMessage
from payments.assessments.identity import LivingLink, living_links
from payments.assessments.queries import unpaid
from payments.models import Assessment, ReminderRecipient, ReminderRun

FAILED = (OutboundMessage.State.DEAD, OutboundMessage.State.UNREACHED)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who owes, and how they can be told.

    `residents` are to be told in LINE, each person once, by channel in `by_channel`; `unpaid` is
    how many assessments are open, `reached` how many of them somebody is told of. `checking`
    of them have a payment that is being checked: nobody is told of those, by letter either.
    """

    residents: tuple[int, ...] = ()
    by_channel: dict[int, int] = field(default_factory=dict)
    unpaid: int = 0
    reached: int = 0
    checking: int = 0

    @property
    def letters(self) -> int:
        """How many assessments are left to the post."""
        return self.unpaid - self.reached - self.checking


def owed(revenue_id: int, year: int) -> list[tuple[int, str, bool]]:
    """Return each unpaid assessment of a kind and year: its id, whose (digest), being checked."""
    rows = unpaid(Assessment.objects.filter(revenue=revenue_id, year=year)).order_by("pk")
    return list(rows.values_list("pk", "national_id_index", "has_notice"))  # type: ignore[misc]


def audience_of(revenue_id: int, year: int) -> Audience:
    """Return whom a reminder of this kind and year would reach now."""
    rows = owed(revenue_id, year)
    owing = {index for _, index, has_notice in rows if index and not has_notice}
    chosen, reached = _chosen(living_links(), owing, unreached=frozenset())
    by_channel: dict[int, int] = {}
    for link in chosen:
        by_channel[link.channel] = by_channel.get(link.channel, 0) + 1
    return Audience(
        residents=tuple(link.resident for link in chosen),
        by_channel=by_channel,
        unpaid=len(rows),
        reached=sum(index in reached and not has_notice for _, index, has_notice in rows),
        checking=sum(has_notice for _, _, has_notice in rows),
    )


def left_to_the_post(run: ReminderRun) -> list[int]:
    """Return the ids of the unpaid assessments of which `run` tells nobody in LINE.

    Nobody is linked to them, or whoever is blocks the account, or LINE did not take the message.
    """
    rows = owed(run.revenue_id, run.year)
    owing = {index for _, index, has_notice in rows if index and not has_notice}
    unreached = frozenset(
        ReminderRecipient.objects.filter(run=run, outbound__state__in=FAILED).values_list(
            "resident_id", flat=True
        )
    )
    _, reached = _chosen(living_links(), owing, unreached)
    return [pk for pk, index, has_notice in rows if not has_notice and index not in reached]


def _chosen(
    links: Iterable[LivingLink], owing: set[str], unreached: frozenset[int]
) -> tuple[Sequence[LivingLink], set[str]]:
    """Return one link for each person in LINE who is to be told, and whose taxes that reaches.

    Who is the same person in two of our accounts is told once, in the older of them.
    """
    chosen: dict[tuple[int, str], LivingLink] = {}
    reached: set[str] = set()
    for link in links:
        hers = owing.intersection(link.persons)
        if not hers or link.blocked_at or not link.active or link.resident in unreached:
            continue
        key = min(people.channels_of_provider(link.channel)), link.line_user_id
        kept = chosen.get(key)
        if kept is None or link.resident < kept.resident:
            chosen[key] = link
        reached |= hers
    return sorted(chosen.values(), key=lambda one: one.resident), reached
