"""Finding cases by number, name, phone or words.

The only module beside migrations that asks which database it runs on: PostgreSQL has a
trigram index on `search_text`, SQLite an FTS5 trigram table kept by triggers.
"""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from bannmae.privacy.blind_index import blind_index, blind_index_candidates
from bannmae.thai import national_id, phone
from bannmae.thai.text import search_key
from complaints.models import Complaint

NATIONAL_ID = "complaint.national_id"
PHONE = "complaint.phone"
# Trigram indexes cannot help with fewer letters.
TRIGRAM = 3
_NUMBER = re.compile(r"(\d{2})\s*[-‐-―]?\s*(\d{4,6})", re.ASCII)
# As it is said, as the list prints it, as text_of writes it; in search form.
_VILLAGE = re.compile(r"(?<!\S)(?:ม\.|หมู่(?:ที่)?)\s*(\d{1,2})(?!\S)", re.ASCII)


def text_of(complaint: Complaint) -> str:
    """Return what `complaint` is found by, in search form. Never the ID or the phone."""
    parts = [
        complaint.number,
        complaint.subject,
        complaint.reporter_name,
        complaint.place,
        f"หมู่ {complaint.village}" if complaint.village else "",
        complaint.details,
    ]
    return "\n".join(search_key(part) for part in parts if part)


def case_number(words: str) -> str:
    """Return the number of a case as it is kept, however it was typed; '' for what is none.

    >>> case_number("๖๙-๐๐๔๒"), case_number("690042"), case_number("69 – 0042"), case_number("ไฟ")
    ('69-0042', '69-0042', '69-0042', '')
    """
    found = _NUMBER.fullmatch(search_key(words).strip())
    return f"{found[1]}-{found[2]}" if found else ""


def phone_index(stored: str) -> str:
    """Return the blind index of a stored phone; its extension is no part of being found."""
    return blind_index(stored.partition("#")[0], PHONE)


def is_national_id(words: str) -> bool:
    """Tell whether `words` are one national ID. Searching for it is a look at personal data."""
    return national_id.is_valid(words)


def find(cases: QuerySet[Complaint], words: str) -> QuerySet[Complaint]:
    """Return those of `cases` that hold every one of `words`, or whose phone or ID it is.

    Whether the officer may search for an ID is the caller's to ask (see is_national_id).
    """
    key = search_key(words).strip()
    if not key:
        return cases
    matches = Q()
    for village in _VILLAGE.finditer(key):
        matches &= _in_village(village[0], village[1])
    for term in _VILLAGE.sub(" ", key).split():
        number = case_number(term)
        matches &= _contains(term) | _contains(number) if number else _contains(term)
    if number := case_number(key):
        matches |= _contains(number)
    if phone.is_valid(words):
        number = phone.parse(words).number
        matches |= Q(phone_index__in=blind_index_candidates(number, PHONE))
    if is_national_id(words):
        digits = national_id.normalise(words)
        matches |= Q(national_id_index__in=blind_index_candidates(digits, NATIONAL_ID))
    return cases.filter(matches)


def _in_village(typed: str, village: str) -> Q:
    # By the line that text_of writes: the end of the line keeps หมู่ 1 from finding หมู่ 12.
    return _contains(f"หมู่ {int(village)}\n") | _contains(f"{typed} ")


def _contains(term: str) -> Q:
    if connection.vendor == "sqlite" and len(term) >= TRIGRAM:
        quoted = '"' + term.replace('"', '""') + '"'
        return Q(
            pk__in=RawSQL(
                "SELECT rowid FROM complaints_search WHERE complaints_search MATCH %s", [quoted]
            )
        )
    # PostgreSQL uses the trigram index for this; one or two letters are a short scan.
    return Q(search_text__contains=term)
