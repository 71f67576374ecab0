"""Reply, push and the validate endpoints: the quota, the retry key, the faults."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from chatops.simulator import answers, chat, limits, store
from chatops.simulator.answers import LineError, as_json, read_json
from chatops.simulator.connection import NO_ANSWER
from chatops.simulator.models import AcceptedPush, Entry, ReplyToken, Resident, Usage
from chatops.simulator.rules import Report, check_messages

FAULTS_BEFORE = {
    "unauthorized": LineError(401, answers.INVALID_CREDENTIAL),
    "forbidden": LineError(403, answers.FORBIDDEN),
    "rate_limit": LineError(429, answers.RATE_LIMIT),
    "server_error": LineError(500, "Internal Server Error"),
}
FAULTS_AFTER = ("timeout_after_accept", "connection_drop_after_accept", "server_error_after_accept")


def _no_answer(how: str) -> HttpResponse:
    return HttpResponse(headers={NO_ANSWER: how})


def _fault_before() -> HttpResponse | None:
    """Play a fault that hits before the message is accepted. May raise its LineError."""
    fault = store.take_fault("connection_drop", *FAULTS_BEFORE)
    if fault is None:
        return None
    if fault == "connection_drop":
        return _no_answer("close")
    raise FAULTS_BEFORE[fault]


def _after_accept(response: HttpResponse) -> HttpResponse:
    """Play a fault that hits after the message was accepted."""
    fault = store.take_fault(*FAULTS_AFTER)
    if fault is None:
        return response
    if fault == "server_error_after_accept":
        return FAULTS_BEFORE["server_error"].response()
    return _no_answer("hold" if fault == "timeout_after_accept" else "close")


def _checked_messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    report = Report()
    check_messages(body.get("messages"), report)
    if not isinstance(body.get("notificationDisabled", False), bool):
        report.add(("notificationDisabled",), "invalid property")
    answers.refuse(report.problems)
    return [_without_nulls(message) for message in body["messages"]]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _check_for(resident: Resident, messages: list[dict[str, Any]]) -> None:
    """Check what depends on the chat: quote tokens of this chat only, mentions in none."""
    for index, message in enumerate(messages):
        token = message.get("quoteToken")
        if token and not Entry.objects.filter(resident=resident, quote_token=token).exists():
            raise answers.refuse_property(f"messages[{index}].quoteToken", "invalid quoteToken")
        for key, value in (message.get("substitution") or {}).items():
            if value.get("type") == "mention":
                raise answers.refuse_property(
                    f"messages[{index}].substitution.{key}",
                    "mentions can be used in group chats only",
                )


def _sent(entries: list[Entry]) -> list[dict[str, str]]:
    return [
        {"id": entry.message_id, **({"quoteToken": entry.quote_token} if entry.quote_token else {})}
        for entry in entries
    ]


@require_POST
def reply(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/message/reply: with a fresh token, once; not counted."""
    fault = _fault_before()
    if fault is not None:
        return fault
    body = read_json(request)
    name = body.get("replyToken")
    if not isinstance(name, str) or not name:
        raise answers.refuse_property("replyToken", "May not be empty")
    messages = _checked_messages(body)
    with transaction.atomic():
        token = ReplyToken.objects.select_related("resident").filter(pk=name).first()
        if token is None or token.used or token.valid_until < store.now_ms():
            raise LineError(400, "Invalid reply token")
        _check_for(token.resident, messages)
        token.used = True
        token.save(update_fields=["used"])
        # Who has blocked the account since receives nothing, and the answer is 200 all the same.
        sent = _put_or_swallow(token.resident, messages, "reply")
    return _after_accept(as_json({"sentMessages": sent}))


def _put_or_swallow(
    resident: Resident, messages: list[dict[str, Any]], via: str
) -> list[dict[str, str]]:
    if not resident.blocked:
        return _sent(chat.put_from_account(resident, messages, via))
    at = store.now_ms()
    return [
        {
            "id": store.message_id(store.next_seq(), at),
            **({"quoteToken": store.token(40)} if message["type"] in chat.QUOTABLE else {}),
        }
        for message in messages
    ]


def _retry_key(request: HttpRequest) -> str | None:
    """Return the retry key in its usual form. Raise LineError when it is no UUID."""
    raw = request.headers.get("X-Line-Retry-Key")
    if raw is None:
        return None
    if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", raw) is None:
        raise LineError(400, "The value for the 'X-Line-Retry-Key' header is invalid")
    return str(uuid.UUID(raw))


def _hash(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _check_retry(key: str, body: dict[str, Any], current: dict[str, Any]) -> None:
    """Raise the 409 of a key that was accepted in the last 24 hours.

    LINE asks for the same body with the same key and promises nothing otherwise; here another
    body is a 400, so that such a mistake shows.
    """
    oldest = store.now_ms(current) - 1000 * current["retry_key_seconds"]
    AcceptedPush.objects.filter(pk=key, at__lt=oldest).delete()
    accepted = AcceptedPush.objects.filter(pk=key).first()
    if accepted is None:
        return
    if accepted.body_hash != _hash(body):
        raise LineError(400, "The retry key was accepted with another request body")
    raise LineError(
        409,
        "The retry key is already accepted",
        headers={"X-Line-Accepted-Request-Id": accepted.request_id},
        sentMessages=accepted.sent,
    )


def _check_units(body: dict[str, Any]) -> None:
    units = body.get("customAggregationUnits")
    if units is None:
        return
    if not isinstance(units, list) or len(units) > limits.AGGREGATION_UNITS:
        raise answers.refuse_property("customAggregationUnits", "Size must be between 0 and 1")
    for index, unit in enumerate(units):
        pattern = rf"[A-Za-z0-9_]{{1,{limits.AGGREGATION_UNIT_CHARS}}}"
        if not isinstance(unit, str) or re.fullmatch(pattern, unit) is None:
            raise answers.refuse_property(f"customAggregationUnits[{index}]", "invalid unit name")


@require_POST
def push(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/message/push: to one user, counted unless she has blocked the account."""
    fault = _fault_before()
    if fault is not None:
        return fault
    key = _retry_key(request)
    body = read_json(request)
    to = body.get("to")
    if to is None or to == "":
        raise answers.refuse_property("to", "May not be empty")
    if not isinstance(to, str) or re.fullmatch(limits.CHAT_ID_PATTERN, to) is None:
        raise answers.invalid_property("to")
    messages = _checked_messages(body)
    _check_units(body)
    current = store.settings()
    with transaction.atomic():
        if key:
            _check_retry(key, body, current)
        resident = Resident.objects.filter(pk=to).first()
        if resident is None:
            raise LineError(400, answers.FAILED)
        _check_for(resident, messages)
        _spend_quota(current, free=resident.blocked)
        sent = _put_or_swallow(resident, messages, "push")
        if key:
            AcceptedPush.objects.create(
                key=key,
                body_hash=_hash(body),
                request_id=request.line_request_id,
                sent=sent,
                at=store.now_ms(current),
            )
    return _after_accept(as_json({"sentMessages": sent}))


def _spend_quota(current: dict[str, Any], *, free: bool) -> None:
    """Count one recipient. Raise the 429 of a spent quota. Only inside a transaction."""
    at = store.now_ms(current)
    used = store.used_quota(at)
    quota = current["quota"]
    if store.faults()["quota_spent"] or (quota is not None and used >= quota):
        raise LineError(429, answers.MONTHLY_LIMIT)
    if not free:
        Usage.objects.update_or_create(month=store.month_of(at), defaults={"count": used + 1})


@require_POST
def validate(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/message/validate/{reply,push}: check `messages`, send nothing."""
    report = Report()
    check_messages(read_json(request).get("messages"), report)
    answers.refuse(report.problems)
    return as_json({})
