"""The webhook: right signature, each event once, 200 whatever else is down."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatops import insert, wake
from chatops.line.signature import is_valid, sign
from chatops.models import WebhookEvent

SECRET = "test-secret"
URL = "/line/webhook"


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A text message as LINE sends it."""
    return {
        "type": "message",
        "message": {"type": "text", "id": str(1000 + number), "quoteToken": "q", "text": "สวัสดี"},
        "webhookEventId": f"01H{number:023d}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": 1795226400000 + number,
        "source": {"type": "user", "userId": "U" + "a" * 32},
        "replyToken": f"{number:032x}",
        "mode": "active",
    } | changes


def post(client: Client, payload: Any, *, signature: str | None = None, url: str = URL) -> int:
    """Post raw or JSON `payload`, signed with the channel's secret; returns the status."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    if signature is None:
        signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest())
        signature = signature.decode()
    return client.post(
        url,
        data=body,
        content_type="application/json",
        headers={"x-line-signature": signature} if signature else {},
    ).status_code


def test_the_signature_is_the_one_that_line_makes() -> None:
    # https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    secret = "8c570fa6dd201bb328f1c1eac23a96d8"
    assert sign(body, secret) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
    assert is_valid(body, "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=", ["other", secret])
    assert not is_valid(body, "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=", ["other"])
    assert not is_valid(body, "ไม่ใช่", [secret])


@pytest.mark.django_db
def test_events_are_kept_once_as_they_came(client: Client) -> None:
    first = event(1)
    assert post(client, {"destination": "U", "events": [first, event(2)]}) == 200
    assert post(client, {"destination": "U", "events": [first]}) == 200
    again = first | {"deliveryContext": {"isRedelivery": True}}
    assert post(client, {"events": [again]}) == 200
    assert WebhookEvent.objects.count() == 2
    assert json.loads(WebhookEvent.objects.get(event_id=first["webhookEventId"]).body) == first


@pytest.mark.django_db
def test_an_answer_has_no_body(client: Client) -> None:
    body = json.dumps({"events": []}).encode()
    answer = client.post(
        URL, body, content_type="application/json", headers={"x-line-signature": sign(body, SECRET)}
    )
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("signature", ["", "bad", "AAAA", sign(b"other", SECRET)])
def test_a_wrong_signature_is_refused_before_anything_is_read(
    client: Client, signature: str
) -> None:
    assert post(client, b"{not json", signature=signature) == 401
    assert post(client, {"events": [event()]}, signature=signature) == 401
    assert not WebhookEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 200_000, b'{"events": 7}', b'"x"']
)
def test_unreadable_json_under_a_right_signature_is_400(client: Client, body: bytes) -> None:
    assert post(client, body) == 400


@pytest.mark.django_db
def test_a_second_secret_is_taken_while_one_is_replaced(client: Client, settings: Any) -> None:
    settings.LINE_CHANNEL_SECRETS = ["new", SECRET]
    assert post(client, {"events": [event()]}) == 200
    settings.LINE_CHANNEL_SECRETS = ["new"]
    assert post(client, {"events": [event(2)]}) == 401


@pytest.mark.django_db
def test_only_known_channels_have_an_address(client: Client) -> None:
    assert post(client, {"events": []}, url="/line/webhook/main") == 200
    assert post(client, {"events": []}, url="/line/webhook/other") == 404
    assert client.get(URL).status_code == 405


@pytest.mark.django_db
def test_what_nobody_knows_is_kept(client: Client) -> None:
    odd = [
        event(1, type="brandNew", source={"type": "moon"}),
        event(2, message={"type": "hologram", "id": 7}),
        {"type": "message"},
        event(3, mode="unheardOf", timestamp="soon"),
        event(4, source=None, message="text", unsend=[1]),
        event(5, webhookEventId="x" * 500),
        event(6, message={"type": "text", "id": "9", "text": "\x00 \ud800 นํ้า"}),
    ]
    assert post(client, {"events": [*odd, "not an event", None]}) == 200
    assert WebhookEvent.objects.count() == len(odd)


@pytest.mark.django_db
def test_one_request_costs_one_insert(client: Client, django_assert_num_queries: Any) -> None:
    post(client, {"events": [event(1)]})
    with django_assert_num_queries(1):
        post(client, {"events": [event(number) for number in range(2, 60)]})
    assert WebhookEvent.objects.count() == 59


@pytest.mark.django_db
def test_all_events_of_a_large_request_are_kept(client: Client) -> None:
    events = [event(number) for number in range(insert.MAX_ROWS + 2)]
    assert post(client, {"events": [*events, event(0)]}) == 200
    assert WebhookEvent.objects.count() == insert.MAX_ROWS + 2


@pytest.mark.django_db
def test_an_event_passes_nothing_that_is_meant_for_browsers(client: Client) -> None:
    refused = client.post(URL, data=b"{}", content_type="application/json")
    assert refused.status_code == 401
    assert dict(refused.headers).keys().isdisjoint({"Content-Security-Policy", "Content-Language"})
    assert refused.headers["Content-Length"] == "0"
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    other = client.post("/line/webhooks", data=b"{}", content_type="application/json")
    assert other.status_code == 404
    assert "Content-Security-Policy" in other.headers


@pytest.mark.django_db
def test_a_broker_that_is_down_delays_nothing(client: Client, settings: Any) -> None:
    from bannmae.celery import app

    app.conf.update(broker_url="redis://127.0.0.1:1/0")
    try:
        alarm = wake.Alarm()
        alarm.ring()  # its thread fails on its own
        assert post(client, {"events": [event()]}) == 200
    finally:
        app.conf.update(broker_url="memory://")
    assert WebhookEvent.objects.filter(due_at__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_event_on_eight_threads_is_one_row() -> None:
    statuses: list[int] = []

    def deliver() -> None:
        statuses.append(post(Client(), {"events": [event(1), event(2)]}))
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert WebhookEvent.objects.count() == 2


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.django_db
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.fixed_dictionaries(
        {
            "type": json_values,
            "source": json_values,
            "message": json_values,
            "timestamp": json_values,
            "webhookEventId": json_values,
            "unsend": json_values,
        }
    )
)
def test_no_event_however_odd_is_an_error(client: Client, odd: dict[str, Any]) -> None:
    assert post(client, {"events": [odd]}) == 200
