"""The same request sent twice is carried out once, also when both arrive at the same moment.

A row with the resident's key is written in the transaction of what it made. Whoever loses the
race, or repeats later, finds that row and gets its answer; a refused request leaves none.
"""

from __future__ import annotations

import hmac
import json
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from bannmae.privacy.blind_index import blind_index_candidates
from chatops.models import Resident
from liff.models import Submission

HEADER = "Idempotency-Key"


class KeyReused(APIException):
    """The key stands for another request already."""

    status_code = 409
    default_detail = _("Idempotency-Key นี้ใช้กับข้อมูลอื่นไปแล้ว")
    default_code = "idempotency_key_reused"


def key_of(request: Request, *, required: bool) -> uuid.UUID | None:
    """Return the request's key; None when it has none and needs none. Raise ValidationError."""
    raw = request.headers.get(HEADER, "").strip()
    if not raw and not required:
        return None
    try:
        if len(raw) > 45:  # a UUID with braces and 'urn:uuid:'
            raise ValueError
        return uuid.UUID(raw)
    except ValueError:
        raise ValidationError({HEADER: [_("ต้องส่งหัวข้อ Idempotency-Key เป็น UUID")]}) from None


def once(
    resident: Resident,
    key: uuid.UUID | None,
    request: Request,
    prepare: Callable[[], Callable[[], str]],
) -> tuple[str, bool]:
    """Carry a request out unless its key stands for it already.

    `prepare` checks the request without a transaction and returns what carries it out; that runs
    in one transaction and returns the public number of what it made. Returns the number, and
    whether this call made it. Whatever the two raise goes on to the caller, except where an
    earlier request with this key was carried out: then its number is returned, or KeyReused
    raised when its body was another. Without a key the request is simply carried out.
    """
    try:
        carry_out = prepare()
        with transaction.atomic():
            number = carry_out()
            if key is not None:
                Submission.objects.create(
                    resident=resident,
                    key=key,
                    fingerprint=_fingerprints(request)[0],
                    number=number,
                    created_at=timezone.now(),
                )
    except (IntegrityError, APIException):
        # Asked only now: a first request, which is what nearly all are, needs no look-up.
        earlier = Submission.objects.filter(resident=resident, key=key).first() if key else None
        if earlier is None:
            raise
        if not any(hmac.compare_digest(earlier.fingerprint, one) for one in _fingerprints(request)):
            raise KeyReused from None
        return earlier.number, False
    return number, True


def _fingerprints(request: Request) -> list[str]:
    """Return the keyed hashes of address and body, under the newest key first.

    Keyed, since a body may hold a national ID, which a plain hash would not hide.
    """
    data: Any = request.data
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return blind_index_candidates(f"{request.path_info}\n{canonical}", "liff.submission")
