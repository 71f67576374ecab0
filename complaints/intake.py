"""Filing a case: the one door for LIFF, counter, telephone and Open311."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bannmae.media.photos import StoredPhoto
from bannmae.models import Municipality
from bannmae.privacy.blind_index import blind_index
from bannmae.thai.calendar import be_year, fiscal_year, local_date
from chatops.models import Resident
from complaints import deadlines, notices, search
from complaints.models import Category, Complaint, NumberSeries, Status, TimelineEntry
from complaints.photos import attach


@dataclass(frozen=True)
class Reporter:
    """Who tells. `phone` and `national_id` in their normalised forms, '' where not given."""

    full_name: str
    phone: str
    national_id: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True)
class Place:
    """Where it happened, as far as it was said. Degrees (WGS 84), metres."""

    village: int | None = None
    text: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None


@transaction.atomic(savepoint=False)  # nothing of it stands alone: all or nothing
def file_complaint(
    *,
    category: Category,
    subject: str,
    details: str,
    reporter: Reporter,
    place: Place = Place(),
    incident_at: datetime | None = None,
    hide_name: bool = False,
    photos: Sequence[StoredPhoto] = (),
    resident: Resident | None = None,
    via: Complaint.Via = Complaint.Via.LIFF,
    notice_acknowledged: bool = False,
    filing_key: UUID | None = None,
) -> Complaint:
    """File a case: number, first timeline entry and acknowledgement in one transaction.

    The arguments are checked and normalised by the caller (forms and serializers tell people
    what is wrong); `photos` are in storage already and belong to the case from here on.

    Raises:
        IntegrityError: a case with this `filing_key` is there; nothing was filed.
    """
    now = timezone.now()
    complaint = Complaint(
        number=_take_number(now),
        resident=resident,
        via=via,
        category=category,
        division=category.division,
        subject=subject,
        details=details,
        incident_at=incident_at,
        village=place.village,
        place=place.text,
        latitude=place.latitude,
        longitude=place.longitude,
        accuracy_m=place.accuracy_m,
        reporter_name=reporter.full_name,
        hide_name=hide_name,
        national_id=reporter.national_id,
        national_id_index=blind_index(reporter.national_id, search.NATIONAL_ID),
        phone=reporter.phone,
        phone_index=search.phone_index(reporter.phone),
        email=reporter.email,
        address=reporter.address,
        notice_acknowledged_at=now if notice_acknowledged else None,
        created_at=now,
        due_on=deadlines.due_on(category, local_date(now)),
        filing_key=filing_key,
    )
    complaint.search_text = search.text_of(complaint)
    complaint.save(force_insert=True)
    entry = TimelineEntry.objects.create(
        complaint=complaint,
        at=now,
        kind=TimelineEntry.Kind.STATUS,
        status=Status.RECEIVED,
        public=True,
        division=category.division,
    )
    attach(complaint, photos)
    notices.tell(complaint, entry)
    return complaint


def _take_number(now: datetime) -> str:
    """Return the next number, '69-0042': unique, and sayable over the telephone."""
    day = local_date(now)
    by_fiscal_year = Municipality.get_solo().number_year == Municipality.NumberYear.FISCAL
    year = fiscal_year(day) if by_fiscal_year else be_year(day)
    return f"{year % 100:02d}-{NumberSeries.take(year):04d}"
