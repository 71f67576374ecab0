"""Whether a slip was sent before: the same transfer, the same picture, or nearly.

Only a hint for the clerk, in red. Slips of one notice are never compared with each other; those of
rejected notices count, since a slip that failed once may be tried again.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db.models import Count, Q, QuerySet

from payments.models import Slip, SlipLikeness, SlipMatch

Kind = SlipMatch.Kind
logger = logging.getLogger(__name__)
#: Of each kind so many are flagged: more tell the clerk nothing more.
MOST = 20
#: Pictures that are opened to be compared.
MOST_OPENED = 5


def find(slip: Slip, picture: bytes) -> dict[int, SlipMatch.Kind]:
    """Return the ids of slips of other notices that `slip` repeats or is repeated by.

    Opens pictures: call it outside a transaction.
    """
    others = Slip.objects.exclude(notice=slip.notice_id).exclude(pk=slip.pk)
    found: dict[int, SlipMatch.Kind] = {}
    if slip.reference:
        same = others.filter(bank=slip.bank, reference=slip.reference)
        found |= dict.fromkeys(_ids(same), Kind.REFERENCE)
    same = others.filter(sha256=slip.sha256).exclude(sha256="")
    found = dict.fromkeys(_ids(same), Kind.SAME) | found
    alike = _alike(slip, picture, others.exclude(pk__in=found))
    return dict.fromkeys(alike, Kind.ALIKE) | found


def flag(slip: Slip, found: dict[int, SlipMatch.Kind]) -> None:
    """Write down what was found; the later of two slips repeats the earlier one."""
    # Of another notice still: one may have been parted or taken back meanwhile.
    left = Slip.objects.filter(pk__in=found).exclude(notice=slip.notice_id)
    left = left.exclude(state=Slip.State.REMOVED)
    rows = [
        SlipMatch(slip_id=max(slip.pk, pk), other_id=min(slip.pk, pk), kind=found[pk])
        for pk in left.values_list("pk", flat=True)
    ]
    SlipMatch.objects.bulk_create(rows, ignore_conflicts=True)


def _ids(slips: QuerySet[Slip]) -> list[int]:
    return list(slips.order_by("-pk").values_list("pk", flat=True)[:MOST])


def _alike(slip: Slip, picture: bytes, others: QuerySet[Slip]) -> list[int]:
    from PIL import Image

    from payments.slips import likeness

    try:
        own = likeness.Fingerprint.from_text(slip.fingerprint)
    except ValueError:
        return []
    values = _rare(likeness.bands(own), likeness.COMMON)
    if not values:
        return []
    if slip.reference:
        # Two transfers with references of their own are two, whatever they look like.
        others = others.filter(reference="")
    near = (
        others.filter(likenesses__value__in=values)
        .annotate(common=Count("likenesses"))
        .order_by("-common", "-pk")[:MOST]
    )
    candidates = [
        other
        for other in near
        if other.file and likeness.alike(own, likeness.Fingerprint.from_text(other.fingerprint))
    ]
    alike: list[int] = []
    with Image.open(io.BytesIO(picture)) as image:
        for other in candidates[:MOST_OPENED]:
            try:
                with default_storage.open(other.file) as file, Image.open(file) as theirs:
                    if likeness.same_picture(image, theirs):
                        alike.append(other.pk)
            except OSError:
                logger.info("Slip %s could not be opened to be compared", other.pk)
    return alike


def _rare(values: Iterable[int], common: int) -> list[int]:
    """Return those numbers that stand in few slips; the others are the bank's app's."""
    rows = SlipLikeness.objects.filter(value__in=list(values)).values("value")
    counted = rows.annotate(slips=Count("pk")).filter(Q(slips__lte=common))
    return list(counted.order_by().values_list("value", flat=True))
