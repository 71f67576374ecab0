"""Moves of a case: what the rule itself needs, and what the officer's page needs for one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.utils import timezone

from bannmae.models import Division, Staff
from bannmae.thai.calendar import local_date
from chatops.models import Channel, Resident
from complaints import workflow
from complaints.intake import Place, Reporter, file_complaint
from complaints.models import Category, Complaint, Order, Status
from liff.bench import bare, cast
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure
from liff.bench.queries import captured

MOST_QUERIES = 12
WAY = (
    Status.RECEIVED,
    Status.SUBMITTED,
    Status.ASSIGNED,
    Status.IN_PROGRESS,
    Status.WAITING,
    Status.IN_PROGRESS,
    Status.COMPLETED,
)


def measure(context: Context) -> Iterator[Figure]:
    """Yield moves per second and the queries of the move that needs most."""
    cases = 3 if context.quick else 60
    officer = cast.legal_officer()
    resident, _ = Resident.objects.get_or_create(
        channel=Channel.main(), line_user_id="Ua" + "0" * 31
    )
    _walk(file_case(resident), officer)  # what a process does once
    ours, theirs = [], []
    for _case in range(cases):
        case = file_case(resident)
        start = time.perf_counter()
        _walk(case, officer)
        ours.append((len(WAY) - 1) / (time.perf_counter() - start))
        start = time.perf_counter()
        for _row in WAY[1:]:
            bare.insert(case.details)
        theirs.append((len(WAY) - 1) / (time.perf_counter() - start))
    yield Figure(
        "moves",
        "status move: rule alone, one process",
        "per s",
        statistics.median(ours),
        statistics.median(theirs),
        baseline_is="the bare view's INSERT alone, same process",
        details={"moves": cases * (len(WAY) - 1)},
    )
    statements = _most_queries(file_case(resident), officer)
    yield Figure(
        "moves",
        "status move: rule alone",
        "queries",
        len(statements),
        bounds=(Bound("ours", "<=", MOST_QUERIES),),
        details={"statements": statements},
    )


def file_case(resident: Resident) -> Complaint:
    """File an everyday case."""
    return file_complaint(
        category=Category.objects.select_related("division").get(slug="road"),
        subject="ถนนเป็นหลุมหน้าวัด",
        details="หลุมลึกประมาณ 20 เซนติเมตร รถล้มแล้วสองคัน",
        reporter=Reporter("สมศรี ใจดี", "0812345678"),
        place=Place(3, "หน้าวัดบ้านแม"),
        resident=resident,
    )


def _walk(case: Complaint, officer: Staff) -> None:
    for version, (_from, to) in enumerate(pairwise(WAY), start=1):
        _move(case, to, version, officer)


def _most_queries(case: Complaint, officer: Staff) -> list[str]:
    worst: list[str] = []
    for version, (_from, to) in enumerate(pairwise(WAY), start=1):
        # Each request has its own officer, of whose rights nothing is known yet.
        asked = Staff.objects.get(pk=officer.pk)
        arguments = _arguments(to)
        with captured() as statements:
            workflow.move(case.pk, to, by=asked, version=version, **arguments)
        worst = max(worst, statements, key=len)
    return worst


def _move(case: Complaint, to: Status, version: int, officer: Staff) -> None:
    workflow.move(case.pk, to, by=officer, version=version, **_arguments(to))


def _arguments(to: Status) -> dict[str, Any]:
    order = workflow.ExecutiveOrder(
        decision=Order.Decision.ASSIGN,
        ordered_by="นายกเทศมนตรีตำบลบ้านแม",
        ordered_on=local_date(timezone.now()),
        division=Division.objects.get(slug="engineering"),
    )
    return {
        "note": "เจ้าหน้าที่กำลังดำเนินการ โปรดแจ้งจุดสังเกตเพิ่มเติม",
        "internal_note": "ส่งช่างลงพื้นที่แล้ว",
        "order": order if to == Status.ASSIGNED else None,
    }
