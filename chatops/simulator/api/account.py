"""Profile, bot info, quota, loading animation, read marks and the webhook's address."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chatops.simulator import answers, delivery, limits, store
from chatops.simulator.answers import LineError, as_json, read_json
from chatops.simulator.models import Entry, Resident


def picture_url(request: HttpRequest, resident: Resident) -> str:
    """Return the absolute address of the resident's profile picture."""
    return request.build_absolute_uri(reverse("avatar", args=[resident.user_id]))


def is_user_id(value: object) -> bool:
    """Return whether `value` has the form of a user id."""
    return isinstance(value, str) and re.fullmatch(limits.USER_ID_PATTERN, value) is not None


@require_GET
def profile(request: HttpRequest, user_id: str) -> HttpResponse:
    """GET /v2/bot/profile/{userId}: 404 for strangers and for who has blocked the account."""
    if store.take_fault("profile_error"):
        raise LineError(500, "Internal Server Error")
    if not is_user_id(user_id):
        raise LineError(400, answers.INVALID_USER_ID)
    resident = Resident.objects.filter(pk=user_id, blocked=False).first()
    if resident is None:
        raise LineError(404, answers.NOT_FOUND)
    return as_json(
        {
            "userId": user_id,
            "displayName": resident.display_name,
            "pictureUrl": picture_url(request, resident),
            "language": "th",
        }
    )


@require_GET
def info(request: HttpRequest) -> HttpResponse:
    """GET /v2/bot/info."""
    current = store.settings()
    return as_json(
        {
            "userId": store.bot_user_id(),
            "basicId": store.ACCOUNT_BASIC_ID,
            "displayName": store.ACCOUNT_NAME,
            "chatMode": current["chat_mode"],
            "markAsReadMode": current["mark_as_read_mode"],
        }
    )


@require_GET
def quota(request: HttpRequest) -> HttpResponse:
    """GET /v2/bot/message/quota."""
    value = store.settings()["quota"]
    return as_json({"type": "none"} if value is None else {"type": "limited", "value": value})


@require_GET
def consumption(request: HttpRequest) -> HttpResponse:
    """GET /v2/bot/message/quota/consumption."""
    current = store.settings()
    used = store.used_quota(store.now_ms(current))
    if store.faults()["quota_spent"] and current["quota"] is not None:
        used = max(used, current["quota"])
    return as_json({"totalUsage": used})


@require_POST
def loading(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/chat/loading/start: 202; shown until the next message or the time is up."""
    body = read_json(request)
    seconds = body.get("loadingSeconds")
    seconds = 20 if seconds is None else seconds
    least, most = limits.LOADING_SECONDS
    details = []
    if not is_user_id(body.get("chatId")):
        details.append(
            {
                "message": "Only user id is acceptable, please confirm if there are any "
                "group/room ids or illegal ids.",
                "property": "chatId",
            }
        )
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise answers.invalid_property("loadingSeconds")
    if not least <= seconds <= most:
        details.append(
            {"message": f"Must be between {least} and {most}", "property": "loadingSeconds"}
        )
    if seconds % limits.LOADING_SECONDS_STEP:
        details.append({"message": "must be a multiple of five", "property": "loadingSeconds"})
    if details:
        raise LineError(400, f"The request body has {len(details)} error(s)", details=details)
    until = store.now_ms() + 1000 * seconds
    Resident.objects.filter(pk=body["chatId"], blocked=False).update(typing_until=until)
    return as_json({}, 202)


@require_POST
def mark_as_read(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/chat/markAsRead: with the token of a message event."""
    token = read_json(request).get("markAsReadToken")
    if token is None or token == "":
        raise answers.refuse_property("markAsReadToken", "May not be empty")
    with transaction.atomic():
        entry = Entry.objects.select_related("resident").filter(read_token=str(token)).first()
        if entry is None:
            raise LineError(
                400,
                "Invalid markAsReadToken. Tokens must be used by the bot that received them "
                "via Webhook.",
            )
        resident = entry.resident
        resident.read_until = max(resident.read_until or 0, entry.at)
        resident.save(update_fields=["read_until"])
    return as_json({})


def _is_webhook_url(url: object) -> bool:
    return (
        isinstance(url, str)
        and 0 < len(url) <= limits.WEBHOOK_URL_CHARS
        and limits.is_secure_url(url)
    )


@require_http_methods(["GET", "PUT"])
def webhook_endpoint(request: HttpRequest) -> HttpResponse:
    """GET and PUT /v2/bot/channel/webhook/endpoint."""
    if request.method == "GET":
        url = store.settings()["webhook_url"]
        if not url:
            raise LineError(404, "Webhook endpoint not found")
        return as_json({"endpoint": url, "active": not store.faults()["webhook_off"]})
    url = read_json(request).get("endpoint")
    if not _is_webhook_url(url):
        raise LineError(400, "Invalid webhook endpoint URL")
    with transaction.atomic():
        store.write("settings", {**store.read("settings", {}), "webhook_url": url})
    return as_json({})


@require_POST
def webhook_test(request: HttpRequest) -> HttpResponse:
    """POST /v2/bot/channel/webhook/test: a signed webhook without events."""
    current = store.settings()
    url = read_json(request).get("endpoint") if request.body else None
    if url is not None and not _is_webhook_url(url):
        raise LineError(400, "Invalid webhook endpoint URL")
    url = url or current["webhook_url"]
    if not url:
        raise LineError(404, "Webhook endpoint not found")
    body = delivery.encode([])
    status, reason, _ = delivery.post(
        url,
        body,
        delivery.sign(body, current["channel_secret"]),
        current["webhook_timeout_seconds"],
    )
    name, detail = "OK", str(status)
    if status == 0:
        timed_out = reason == "request_timeout"
        name = "REQUEST_TIMEOUT" if timed_out else "COULD_NOT_CONNECT"
        detail = "Request timeout" if timed_out else "Failure to connect"
    elif not 200 <= status < 300:
        name = "ERROR_STATUS_CODE"
    moment = datetime.fromtimestamp(store.now_ms(current) / 1000, UTC)
    return as_json(
        {
            "success": name == "OK",
            "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "statusCode": status,
            "reason": name,
            "detail": detail,
        }
    )
