"""Complaints filed over the API beside the bare view, over the same kept connections."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client

from bannmae import reference
from chatops.models import Channel, Resident
from complaints.models import Complaint
from liff import sessions
from liff.bench import bare, load
from liff.bench.beside import Plan, compare
from liff.bench.context import Context
from liff.bench.figures import Bound, Figure
from liff.bench.queries import captured
from liff.bench.webhook import requests as bare_requests

PATH = "/api/v1/complaints"
LEAST_SHARE = 0.15
MOST_QUERIES = 12
RESIDENTS = 32
BODY: dict[str, Any] = {
    "category": "road",
    "subject": "ถนนเป็นหลุมหน้าวัด",
    "details": "หลุมลึกประมาณ 20 เซนติเมตร กว้างหนึ่งเมตร รถจักรยานยนต์ล้มแล้วสองคัน ตอนกลางคืนมองไม่เห็น",
    "incident_at": "2026-11-20T18:30:00+07:00",
    "latitude": 18.61370049,
    "longitude": 98.8936,
    "accuracy_m": 12.4,
    "village": 3,
    "place": "หน้าวัดบ้านแม",
    "hide_name": True,
    "reporter": {
        "full_name": "สมศรี ใจดี",
        "national_id": "1234567890121",  # right check digit, nobody's
        "phone": "081-234-5678",
        "email": "somsri@example.com",
        "address": "12 หมู่ 3 ตำบลบ้านแม",
    },
    "photos": [],
    "notice_acknowledged": True,
}


def measure(context: Context) -> list[Figure]:
    """Return posts per second, their latencies, and the queries of one."""
    plan = Plan(1, 2, 24, 48) if context.quick else Plan(5, 4, 120, 240)
    cookies = [sign_in(index) for index in range(RESIDENTS)]
    figures = compare(
        context,
        plan,
        lambda count: requests(cookies, count),
        lambda count: bare_requests(bare.PATH, count),
        name="posts",
        what="complaint: posts",
        status=201,
        inserts=Complaint,
        least_share=LEAST_SHARE,
    )
    statements = most_queries(cookies)
    return [
        *figures,
        Figure(
            "posts",
            "complaint: one post",
            "queries",
            len(statements),
            1,
            baseline_is=bare.WHAT,
            bounds=(Bound("ours", "<=", MOST_QUERIES),),
            details={"statements": statements},
        ),
    ]


def requests(cookies: Sequence[dict[str, str]], count: int) -> list[bytes]:
    """Return posts of complaints by several residents, each under a key of its own."""
    body = json.dumps(BODY, ensure_ascii=False).encode()
    return [
        load.request_bytes(
            PATH,
            body,
            {
                "Idempotency-Key": str(uuid.uuid4()),
                "X-CSRFToken": cookie["csrftoken"],
                "Cookie": "; ".join(f"{name}={value}" for name, value in cookie.items()),
            },
        )
        for cookie in (cookies[index % len(cookies)] for index in range(count))
    ]


def most_queries(cookies: Sequence[dict[str, str]]) -> list[str]:
    """Return the statements of the post that needs most: nothing cached, and everything."""
    client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    worst: list[str] = []
    for turn in range(4):
        if turn % 2:
            cache.clear()
            reference.forget_all()
        client.cookies.load(cookies[turn])
        with captured() as statements:
            answer = client.post(
                PATH,
                json.dumps(BODY),
                content_type="application/json",
                headers={
                    "Idempotency-Key": str(uuid.uuid4()),
                    "X-CSRFToken": cookies[turn]["csrftoken"],
                },
            )
        if answer.status_code != 201:
            raise RuntimeError(f"a post was answered with {answer.status_code}: {answer.content!r}")
        # The first one also warms up what a process does once.
        if turn:
            worst = max(worst, statements, key=len)
    return worst


def sign_in(index: int) -> dict[str, str]:
    """Return the cookies of a resident who has swapped her ID token for a session."""
    resident, _ = Resident.objects.get_or_create(
        channel=Channel.main(),
        line_user_id=f"U{index:032x}",
        defaults={"display_name": f"ผู้ใช้ {index}"},
    )
    request, response = HttpRequest(), HttpResponse()
    sessions.start(request, response, resident)
    csrf = get_token(request)
    return {
        sessions.COOKIE: response.cookies[sessions.COOKIE].value,
        "csrftoken": request.META["CSRF_COOKIE"] if csrf else "",
    }
