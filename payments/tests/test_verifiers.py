"""Asking a service about a slip: what leaves, what its answers mean, and who may ask."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bannmae.models import AccessLog, Staff
from payments.desk import verify
from payments.models import PaymentNotice, PaymentSettings, Slip, Status
from payments.slips import miniqr
from payments.tests.cast import claimed
from payments.verifiers import registry
from payments.verifiers.base import Outcome, code_of
from payments.verifiers.slipok import LONGEST_BODY, SlipOK

BANK, REFERENCE = "014", "00111222233344ABCD12"
AMOUNT = Decimal("1250.50")
FOUND = {
    "success": True,
    "data": {
        "success": True,
        "transRef": REFERENCE,
        "transTimestamp": "2026-11-20T03:05:07.000Z",
        "amount": 1250.5,
        "sender": {"displayName": "นาย ลับ"},
        "receiver": {"displayName": "เทศบาล", "account": {"value": "xxx-x-x1234-x"}},
    },
}


class Service:
    """A SlipOK of our own on loopback: answers as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status, self.body = 200, json.dumps(FOUND).encode()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                outer.asked.append(
                    {
                        "path": self.path,
                        "key": self.headers["x-authorization"],
                        "body": json.loads(self.rfile.read(size)),
                    }
                )
                self.send_response(outer.status)
                if 300 <= outer.status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, body: Any, status: int = 200) -> None:
        """Answer so from now on."""
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status = status


@pytest.fixture
def service() -> Iterator[Service]:
    one = Service()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def slipok(service: Service) -> SlipOK:
    return SlipOK("4711", "top-secret", service.url)


CODE = code_of(BANK, REFERENCE)
assert CODE is not None


def test_the_code_is_written_as_it_stood_in_the_picture() -> None:
    payload = "004100060000010103014022000111222233344ABCD125102TH910417DF"
    assert CODE == miniqr.parse(payload)
    assert code_of("", "x") is None
    assert code_of("014", "") is None


def test_only_the_code_and_the_amount_leave(slipok: SlipOK, service: Service) -> None:
    verdict = slipok.check(CODE, AMOUNT)
    assert service.asked == [
        {
            "path": "/api/line/apikey/4711",
            "key": "top-secret",
            "body": {"data": CODE.payload, "amount": 1250.5},
        }
    ]
    assert (verdict.outcome, verdict.amount) == (Outcome.GENUINE, AMOUNT)
    assert verdict.receiver == "xxx-x-x1234-x"
    assert verdict.at is not None
    assert verdict.at.isoformat() == "2026-11-20T03:05:07+00:00"
    slipok.check(CODE, None)
    assert service.asked[1]["body"] == {"data": CODE.payload}


@pytest.mark.parametrize(
    ("body", "status", "outcome"),
    [
        ({"code": 1010, "message": "x", "data": {"bankCode": "034"}}, 400, Outcome.NOT_YET),
        ({"code": 1012, "message": "x", "data": FOUND["data"]}, 400, Outcome.REPEATED),
        ({"code": 1013, "message": "x"}, 400, Outcome.WRONG_AMOUNT),
        ({"code": 1014, "message": "x"}, 400, Outcome.WRONG_RECEIVER),
        ({"code": 1002, "message": "Wrong key"}, 401, Outcome.FAILED),
        ({"code": 9999}, 400, Outcome.FAILED),
        ({"success": True, "data": {"success": False}}, 200, Outcome.FAILED),
        ({"success": True, "data": {"success": True}}, 200, Outcome.FAILED),
        ({"success": True, "data": "x"}, 200, Outcome.FAILED),
        ({"success": True, "data": FOUND["data"] | {"amount": 1}}, 200, Outcome.WRONG_AMOUNT),
        ({"success": True, "data": FOUND["data"] | {"amount": True}}, 200, Outcome.FAILED),
        ({"success": True, "data": FOUND["data"] | {"transRef": "other"}}, 200, Outcome.FAILED),
        (FOUND, 302, Outcome.FAILED),
        (FOUND, 500, Outcome.FAILED),
        ([], 200, Outcome.FAILED),
        (b"<html>", 502, Outcome.FAILED),
        (b"[" * 5000, 200, Outcome.FAILED),
        (b" " * (LONGEST_BODY + 1), 200, Outcome.FAILED),
    ],
)
def test_what_its_answers_mean(
    slipok: SlipOK, service: Service, body: Any, status: int, outcome: Outcome
) -> None:
    service.says(body, status)
    verdict = slipok.check(CODE, AMOUNT)
    assert verdict.outcome == outcome
    assert bool(verdict.detail) == (outcome == Outcome.FAILED)
    assert "top-secret" not in f"{verdict}"
    assert "ลับ" not in f"{verdict}"
    # A redirect is not followed: the key is for this address alone.
    assert len(service.asked) == 1


def test_an_unmasked_receiver_is_not_kept(slipok: SlipOK, service: Service) -> None:
    data = FOUND["data"] | {"receiver": {"account": {"value": "1234567890"}}}
    service.says({"success": True, "data": data})
    assert slipok.check(CODE, AMOUNT).receiver == ""


def test_a_service_that_says_nothing_costs_no_more_than_its_time(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        verdict = SlipOK("1", "k", url, seconds=0.2).check(CODE, AMOUNT)
    assert (verdict.outcome, verdict.detail) == (Outcome.FAILED, "บริการไม่ตอบในเวลา")
    closed = SlipOK("1", "k", url, seconds=1).check(CODE, AMOUNT)
    assert (closed.outcome, closed.detail) == (Outcome.FAILED, "ติดต่อบริการไม่ได้")


@pytest.mark.parametrize(("branch", "key"), [("", "k"), ("1", ""), ("../x", "k"), ("1", "ก")])
def test_an_account_that_is_not_set_up_asks_nobody(service: Service, branch: str, key: str) -> None:
    verdict = SlipOK(branch, key, service.url).check(CODE, AMOUNT)
    assert verdict.outcome == Outcome.FAILED
    assert service.asked == []


# -- at the desk -----------------------------------------------------------------------------------


@pytest.fixture
def notice(db: None) -> PaymentNotice:
    row = claimed(None, slip=False)
    Slip.objects.create(
        notice=row,
        state=Slip.State.READ,
        code=Slip.Code.FOUND,
        token="t1",
        bank=BANK,
        reference=REFERENCE,
    )
    return row


@pytest.fixture
def switched_on(db: None, service: Service, settings: Any) -> Service:
    settings.SLIPOK_URL = service.url
    chosen = PaymentSettings.get_solo()
    chosen.verifier, chosen.verifier_branch = "slipok", "4711"
    chosen.verifier_key = "top-secret"
    chosen.save()
    return service


def test_it_is_off_at_first(client: Client, finance_clerk: Staff, notice: PaymentNotice) -> None:
    assert registry.current() is None
    assert not verify.is_on()
    client.force_login(finance_clerk)
    url = reverse("admin:payments_notice_verify", args=[notice.pk])
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 404


def test_the_key_is_encrypted_in_the_database(switched_on: Service) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT verifier_key FROM payments_paymentsettings")
        (stored,) = cursor.fetchone()
    assert stored
    assert "top-secret" not in stored


def test_nothing_leaves_before_the_button_is_pressed(
    client: Client, finance_clerk: Staff, notice: PaymentNotice, switched_on: Service
) -> None:
    client.force_login(finance_clerk)
    url = verify.verify_url(notice)
    html = client.get(url).content.decode()
    assert "ข้อมูลที่จะส่งออกไปยัง SlipOK" in html
    assert CODE.payload in html
    assert switched_on.asked == []
    client.post(url, {"slip": "999"})
    assert switched_on.asked == []
    (slip,) = verify.slips_of(notice)
    response = client.post(url, {"slip": slip.pk})
    assert response.status_code == 302
    assert len(switched_on.asked) == 1
    entry = notice.entries.last()
    assert "SlipOK: พบรายการโอนจริง จำนวนเงินตรง · 1,250.50 บาท" in entry.text
    assert "ลับ" not in entry.text
    notice.refresh_from_db()
    assert notice.status == Status.RECEIVED  # evidence, not a confirmation
    log = AccessLog.objects.get(action=AccessLog.Action.MONEY)
    assert log.staff == finance_clerk
    assert "SlipOK" in log.detail


def test_a_slip_without_a_banks_code_cannot_be_asked_about(
    client: Client, finance_clerk: Staff, switched_on: Service
) -> None:
    wallet = claimed(None, slip=False)
    Slip.objects.create(
        notice=wallet,
        state=Slip.State.READ,
        code=Slip.Code.FOUND,
        token="t2",
        bank="",
        reference="W1",
    )
    client.force_login(finance_clerk)
    html = client.get(verify.verify_url(wallet)).content.decode()
    assert "จึงตรวจกับ SlipOK ไม่ได้" in html


@pytest.mark.parametrize("who", ["engineer", "executive", "outsider"])
def test_others_ask_nothing(
    who: str,
    client: Client,
    notice: PaymentNotice,
    switched_on: Service,
    request: pytest.FixtureRequest,
) -> None:
    client.force_login(request.getfixturevalue(who))
    (slip,) = verify.slips_of(notice)
    assert client.get(verify.verify_url(notice)).status_code == 404
    assert client.post(verify.verify_url(notice), {"slip": slip.pk}).status_code == 404
    assert switched_on.asked == []
