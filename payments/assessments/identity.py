"""Whose an assessment is, without the number being readable: digests, and the paper's number.

Rows are saved anew after a key was put in front (bannmae/privacy/keys.py); `seal` then makes
their digests under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bannmae.privacy.blind_index import blind_index, blind_index_candidates
from bannmae.privacy.keys import field_keys
from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import normalise_text
from payments.models import Assessment, TaxpayerLink

PERSON = "payments.taxpayer"
PROOF = "payments.tax-proof"
# What stands before the number itself on the paper, and is typed along with it or not.
_FORM = re.compile(
    r"^\s*(?:(?:แบบ\s*)?ภ\.?\s*(?:ด\.?\s*ส|ป)\.?\s*[0-9]{1,2}(?=\s|เลข|ที่)\s*)?"
    r"(?:เลข)?(?:ที่)?\s*"
)
_PART = re.compile(r"[0-9]+|(?:[^\W\d_]|[\u0e31-\u0e4e])+")


def number_key(number: str) -> str:
    """Return a notice's number as it is compared, however it was typed; '' where nothing is left.

    >>> number_key("ภ.ด.ส.6 เลขที่ ๐๐๑๒๓/๒๕๖๙"), number_key("123 / 2569"), number_key("กค 12-3")
    ('123/2569', '123/2569', 'กค/12/3')
    """
    text = _FORM.sub("", to_arabic_digits(normalise_text(number)).casefold(), count=1)
    parts = _PART.findall(text)
    return "/".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


def seal(row: Assessment) -> Assessment:
    """Set the digests of an assessment, which follow from its ID and number."""
    row.national_id_index = blind_index(row.national_id, PERSON)
    row.proof_index = blind_index(_proof(row.national_id, row.number), PROOF)
    return row


def person_candidates(national_id: str) -> list[str]:
    """Return the digests under which a person may be found."""
    return blind_index_candidates(national_id, PERSON)


def proof_candidates(national_id: str, number: str) -> list[str]:
    """Return the digests of an ID and a notice's number together."""
    return blind_index_candidates(_proof(national_id, number), PROOF)


def _proof(national_id: str, number: str) -> str:
    key = number_key(number)
    return f"{national_id} {key}" if national_id and key else ""


@dataclass(frozen=True, slots=True)
class LivingLink:
    """Who in LINE is whom, by digests."""

    resident: int
    channel: int
    line_user_id: str
    blocked_at: datetime | None
    active: bool  # whether her channel is
    persons: tuple[str, ...]


def indexes_of(links: Iterable[TaxpayerLink]) -> set[str]:
    """Return the digests under which what belongs to `links` may be found."""
    several = len(field_keys()) > 1
    found: set[str] = set()
    for link in links:
        found.add(link.national_id_index)
        if several and link.national_id:
            found.update(person_candidates(link.national_id))
    found.discard("")
    return found


def living_links() -> Iterator[LivingLink]:
    """Yield every link that has not ended. Opens no ID while there is a single key."""
    several = len(field_keys()) > 1
    columns = [
        "resident_id",
        "resident__channel_id",
        "resident__line_user_id",
        "resident__blocked_at",
        "resident__channel__is_active",
        "national_id_index",
    ]
    if several:
        columns.append("national_id")
    rows = TaxpayerLink.objects.filter(ended_at__isnull=True).order_by("pk").values_list(*columns)
    for resident, channel, user, blocked_at, active, index, *rest in rows.iterator():
        persons = {index, *(person_candidates(rest[0]) if several and rest[0] else ())}
        yield LivingLink(resident, channel, user, blocked_at, active, tuple(persons))
