"""Moves of a case: what the rule needs, and what the whole of the officer's POST needs."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from bannmae import reference
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
NOTE = "เจ้าหน้าที่กำลังดำเนินการ โปรดแจ้งจุดสังเกตเพิ่มเติม"
INTERNAL_NOTE = "ส่งช่างลงพื้นที่แล้ว"
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
            bare.BareRow.objects.create(event_id=uuid.uuid4().hex, body=case.details)
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
    statements = _most_queries_over_http(file_case(resident), officer)
    yield Figure(
        "moves",
        "status move: the officer's POST",
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


def _most_queries_over_http(case: Complaint, officer: Staff) -> list[str]:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(officer, "django.contrib.auth.backends.ModelBackend")
    worst: list[str] = []
    for version, (_from, to) in enumerate(pairwise(WAY), start=1):
        typed: dict[str, Any] = {"version": version, "note": NOTE, "internal_note": INTERNAL_NOTE}
        if to == Status.ASSIGNED:
            order = _order()
            typed |= {
                "decision": order.decision.value,
                "ordered_by": order.ordered_by,
                "ordered_on": order.ordered_on.isoformat(),
                "division": order.division.pk,
            }
        elif to == Status.COMPLETED:
            typed["photos"] = _picture()
        address = reverse("admin:complaints_complaint_move", args=[case.pk, to.value])
        cache.clear()
        reference.forget_all()
        with captured() as statements:
            answer = client.post(address, typed)
        if answer.status_code != 302:
            raise RuntimeError(f"the move to {to.value} was answered with {answer.status_code}")
        worst = max(worst, statements, key=len)
    return worst


def _move(case: Complaint, to: Status, version: int, officer: Staff) -> None:
    workflow.move(case.pk, to, by=officer, version=version, **_arguments(to))


def _arguments(to: Status) -> dict[str, Any]:
    return {
        "note": NOTE,
        "internal_note": INTERNAL_NOTE,
        "order": _order() if to == Status.ASSIGNED else None,
    }


def _picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (640, 480), "#2f7d5b").save(out, "JPEG")
    return SimpleUploadedFile("done.jpg", out.getvalue(), "image/jpeg")


def _order() -> workflow.ExecutiveOrder:
    return workflow.ExecutiveOrder(
        decision=Order.Decision.ASSIGN,
        ordered_by="นายกเทศมนตรีตำบลบ้านแม",
        ordered_on=local_date(timezone.now()),
        division=Division.objects.get(slug="engineering"),
    )
