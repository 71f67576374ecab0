"""Proving that a tax is hers: her identification number and the number on her paper notice.

Nobody may guess: tries are counted for each resident (whichever account she writes from) and for
each person that is tried, whoever tries. Wrong ID and wrong number get one answer, and cost the
same: both are looked up together, by one digest.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from chatops import people
from chatops.models import Resident
from payments.assessments.identity import person_candidates, proof_candidates
from payments.models import Assessment, ProofAttempt, TaxpayerLink

logger = logging.getLogger(__name__)

TRIES_LIVE = timedelta(days=90)
LIMITS = ((timedelta(hours=1), 5), (timedelta(days=1), 10))


class TooManyTries(Exception):
    """Nothing is looked up; `wait` is in how many seconds she may try again."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"again in {wait:.0f} s")
        self.wait = wait


def prove(resident: Resident, national_id: str, number: str) -> bool:
    """Link `resident` to the person of `national_id` (13 digits) and tell whether it was right.

    The two belong to one assessment that stands; True again for a link that is there already.
    Call it outside a transaction: a try counts whatever becomes of it.

    Raises:
        TooManyTries: she, or somebody else with this person, has tried too often.
    """
    persons = person_candidates(national_id)
    proofs = proof_candidates(national_id, number)
    _demand_room(resident, persons, timezone.now())
    attempt = ProofAttempt.objects.create(
        resident=resident, national_id_index=persons[0], at=timezone.now()
    )
    try:
        # Counted once more with this one among them: of many at one moment the last are too late.
        _demand_room(resident, persons, attempt.at, besides=0)
    except TooManyTries:
        attempt.delete()
        raise
    found = Assessment.objects.filter(proof_index__in=proofs, cancelled_at__isnull=True).exists()
    if found:
        _link(resident, national_id, persons, attempt)
    logger.info("Tax proof by resident %s: %s", resident.pk, "right" if found else "wrong")
    return found


def end(resident: Resident, link_id: int) -> bool:
    """End a link of hers and forget the number; False where she has no such link."""
    ended = TaxpayerLink.objects.filter(
        pk=link_id, resident__in=people.ids_of_person(resident), ended_at__isnull=True
    ).update(ended_at=timezone.now(), national_id="")
    if ended:
        logger.info("Tax link %s ended by resident %s", link_id, resident.pk)
    return bool(ended)


def forget_old_tries() -> int:
    """Delete tries that count no more, once they are as old as anybody asks for; how many went."""
    before = timezone.now() - TRIES_LIVE
    return ProofAttempt.objects.filter(at__lt=before).delete()[0]


def _demand_room(
    resident: Resident, persons: list[str], now: datetime, *, besides: int = 1
) -> None:
    """Raise TooManyTries unless there is room for `besides` tries more."""
    hers = ProofAttempt.objects.filter(resident__in=people.ids_of_person(resident))
    of_person = ProofAttempt.objects.filter(national_id_index__in=persons)
    for rows in (hers, of_person):
        for span, limit in LIMITS:
            recent = rows.filter(at__gt=now - span).order_by("at", "pk")
            times = list(recent.values_list("at", flat=True)[: limit + 50])
            if len(times) + besides > limit:
                over = len(times) + besides - limit
                wait = (times[min(over, len(times)) - 1] + span - now).total_seconds()
                raise TooManyTries(max(1.0, wait))


def _link(resident: Resident, national_id: str, persons: list[str], attempt: ProofAttempt) -> None:
    attempt.succeeded = True
    with transaction.atomic():
        attempt.save(update_fields=["succeeded"])
        there = TaxpayerLink.objects.filter(
            resident__in=people.ids_of_person(resident),
            national_id_index__in=persons,
            ended_at__isnull=True,
        )
        if there.exists():
            return
        try:
            with transaction.atomic():
                TaxpayerLink.objects.create(
                    resident=resident, national_id=national_id, national_id_index=persons[0]
                )
        except IntegrityError:  # she tapped twice
            logger.info("Resident %s was linked at the same moment", resident.pk)
