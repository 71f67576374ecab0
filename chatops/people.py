"""Who is the same person in two LINE accounts.

LINE gives a user one id for each provider: in two accounts under one provider she has the same,
under another provider nobody can tell.
https://developers.line.biz/en/docs/messaging-api/getting-user-ids/
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from bannmae.reference import kept
from chatops.models import Channel, Resident
from chatops.models.line import PROVIDERS


def channels_of_provider(channel_id: int) -> Sequence[int]:
    """Return the ids of the accounts under the same provider, this one included.

    An account whose provider nobody has named stands alone.
    """
    return kept(PROVIDERS, _groups).get(channel_id, (channel_id,))


def same_person(resident: Resident) -> QuerySet[Resident]:
    """Return the residents who are this one: herself, and she in other accounts."""
    channels = channels_of_provider(resident.channel_id)
    if len(channels) == 1:
        return Resident.objects.filter(pk=resident.pk)
    return Resident.objects.filter(channel_id__in=channels, line_user_id=resident.line_user_id)


def ids_of_person(resident: Resident) -> Sequence[int]:
    """Return their ids, her own first; asks the database only where there are more accounts."""
    if len(channels_of_provider(resident.channel_id)) == 1:
        return [resident.pk]
    others = same_person(resident).exclude(pk=resident.pk).order_by("pk")
    return [resident.pk, *others.values_list("pk", flat=True)]


def _groups() -> dict[int, tuple[int, ...]]:
    by_provider: dict[str | int, list[int]] = {}
    for pk, provider in Channel.objects.order_by("pk").values_list("pk", "provider"):
        by_provider.setdefault(provider or pk, []).append(pk)
    return {pk: tuple(group) for group in by_provider.values() for pk in group}
