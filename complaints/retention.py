"""What is not kept for ever: the national ID, once a case has been over for long enough.

The privacy notice promises it, and the profile says after how many days. The case itself is
kept as the rules on official papers want.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bannmae.models import Municipality
from complaints.models import Complaint

BATCH = 500


def forget_national_ids(now: datetime) -> int:
    """Blank the IDs of cases that ended long enough before `now`; return how many."""
    before = now - timedelta(days=Municipality.get_solo().national_id_days)
    over = Complaint.objects.filter(ended_at__lt=before).exclude(national_id_index="")
    forgotten = 0
    while ids := list(over.order_by("id").values_list("id", flat=True)[:BATCH]):
        forgotten += Complaint.objects.filter(pk__in=ids).update(
            national_id="", national_id_index=""
        )
    return forgotten
