"""Calls to LINE: line-bot-sdk with a time-out, one connection pool per process and channel.

What went wrong is told by one exception, LineError; the SDK's own are of many families.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings

if TYPE_CHECKING:
    from linebot.v3.messaging import ApiClient, MessagingApi, MessagingApiBlob

    from chatops.models import Channel

# Seconds to connect and to wait for an answer. A worker's lease on a resident must be longer.
TIMEOUT = (3.0, 8.0)
Json = dict[str, Any]


class Fault(Enum):
    """What a failed call means for the message that it carried."""

    UNREACHED = "never reached LINE"
    UNCLEAR = "no clear answer: LINE may have taken it"
    RATE = "too many calls at once"
    QUOTA = "the month's quota is spent"
    REPLY_TOKEN = "the reply token was refused"  # noqa: S105 - a reason
    AUTH = "the channel's credentials were refused"
    REFUSED = "LINE refuses this message for good"


class LineError(Exception):
    """A call to LINE that did not succeed; `fault` tells what may be done next."""

    def __init__(self, fault: Fault, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason
        self.status = status

    @property
    def permanent(self) -> bool:
        """True when trying the same again can never help."""
        return self.fault is Fault.REFUSED


@dataclass(frozen=True)
class Sent:
    """What LINE says of a message that it took."""

    message_ids: list[str]
    request_id: str


@dataclass(frozen=True)
class Account:
    """An Official Account as LINE tells of it. `answered_at`: by LINE's clock, None untold."""

    name: str
    basic_id: str
    chat_is_on: bool
    reads_by_itself: bool
    answered_at: datetime | None


@dataclass(frozen=True)
class Quota:
    """A month's quota in recipients: `limit` is None when unlimited."""

    limit: int | None
    used: int

    @property
    def left(self) -> int | None:
        """How many pushes the month still takes; None when unlimited."""
        return None if self.limit is None else max(0, self.limit - self.used)


class LineClient:
    """The Messaging API with one channel's credentials. Safe to share between threads."""

    def __init__(self, access_token: str, host: str | None = None) -> None:
        self._access_token = access_token
        self._host = host

    @cached_property
    def _api_client(self) -> ApiClient:
        from linebot.v3.messaging import ApiClient, Configuration

        # host is None in production: the SDK then knows which calls go to api-data.line.me.
        configuration = Configuration(access_token=self._access_token, host=self._host)
        configuration.retries = False  # the outbox retries; a hidden second try would double
        configuration.connection_pool_maxsize = 16
        return ApiClient(configuration)

    @cached_property
    def api(self) -> MessagingApi:
        """The SDK's Messaging API (its exceptions; prefer the methods below)."""
        from linebot.v3.messaging import MessagingApi

        return MessagingApi(self._api_client)

    @cached_property
    def blob(self) -> MessagingApiBlob:
        """The SDK's content API."""
        from linebot.v3.messaging import MessagingApiBlob

        return MessagingApiBlob(self._api_client)

    def call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call one SDK method with our time-out; raise LineError for whatever goes wrong."""
        try:
            return method(*args, _request_timeout=TIMEOUT, **kwargs)
        except Exception as error:
            raise classify(error) from error

    def reply(self, reply_token: str, messages: Sequence[Json]) -> Sent:
        """Send `messages` (1–5 LINE message objects) by a reply token: free of charge."""
        from linebot.v3.messaging import ReplyMessageRequest

        request = _built(
            ReplyMessageRequest, {"replyToken": reply_token, "messages": list(messages)}
        )
        return _sent(self.call(self.api.reply_message_with_http_info, request))

    def push(self, user_id: str, messages: Sequence[Json], retry_key: UUID) -> Sent:
        """Push `messages`; the same `retry_key` never sends twice within 24 hours.

        https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
        """
        from linebot.v3.messaging import PushMessageRequest

        request = _built(PushMessageRequest, {"to": user_id, "messages": list(messages)})
        try:
            return _sent(
                self.call(
                    self.api.push_message_with_http_info,
                    request,
                    x_line_retry_key=str(retry_key),
                )
            )
        except LineError as error:
            if error.status != 409:
                raise
            return _accepted_before(error)

    def profile(self, user_id: str) -> tuple[str, str]:
        """Return (display name, picture address or ''). Raise LineError (404 when blocked)."""
        profile = self.call(self.api.get_profile, user_id)
        return profile.display_name, profile.picture_url or ""

    def start_loading(self, user_id: str, seconds: int = 20) -> None:
        """Show her that an answer is being written, until it comes or the time is up.

        `seconds` is rounded up to what LINE takes: 5 to 60 in steps of five. Seen only while
        she has the chat open; free of charge. Raises LineError: nobody needs to try again.
        https://developers.line.biz/en/docs/messaging-api/use-loading-indicator/
        """
        from linebot.v3.messaging import ShowLoadingAnimationRequest

        whole = min(60, max(5, 5 * math.ceil(seconds / 5)))
        request = _built(ShowLoadingAnimationRequest, {"chatId": user_id, "loadingSeconds": whole})
        self.call(self.api.show_loading_animation, request)

    def mark_as_read(self, token: str) -> None:
        """Show her อ่านแล้ว at the message whose `markAsReadToken` this is, and all before it.

        Works while Chat is on in OA Manager (with it off LINE marks everything by itself).
        Raises LineError.
        https://developers.line.biz/en/docs/messaging-api/mark-as-read/
        """
        from linebot.v3.messaging import MarkMessagesAsReadByTokenRequest

        request = _built(MarkMessagesAsReadByTokenRequest, {"markAsReadToken": token})
        self.call(self.api.mark_messages_as_read_by_token, request)

    def account(self) -> Account:
        """Return what LINE says of the account that the token belongs to. Raises LineError."""
        answer = self.call(self.api.get_bot_info_with_http_info)
        headers = {key.lower(): value for key, value in dict(answer.headers or {}).items()}
        try:
            answered_at = parsedate_to_datetime(headers.get("date", ""))
        except ValueError:
            answered_at = None
        info = answer.data
        return Account(
            info.display_name,
            info.basic_id,
            chat_is_on=info.chat_mode == "chat",
            reads_by_itself=info.mark_as_read_mode == "auto",
            answered_at=answered_at,
        )

    def webhook(self) -> tuple[str, bool]:
        """Return (address, whether it is used); ('', False) where none is set."""
        try:
            answer = self.call(self.api.get_webhook_endpoint)
        except LineError as error:
            if error.status == 404:
                return "", False
            raise
        return answer.endpoint, bool(answer.active)

    def test_webhook(self) -> tuple[str, int]:
        """Have LINE call the webhook; return ('OK' or LINE's reason, HTTP status, 0 for none).

        LINE takes 60 such calls an hour.
        https://developers.line.biz/en/reference/messaging-api/#test-webhook-endpoint
        """
        answer = self.call(self.api.test_webhook_endpoint)
        return ("OK" if answer.success else str(answer.reason)), max(0, int(answer.status_code))

    def default_menu(self) -> str:
        """Return the id of the default rich menu, '' where there is none yet."""
        try:
            return str(self.call(self.api.get_default_rich_menu_id).rich_menu_id)
        except LineError as error:
            if error.status == 404:
                return ""
            raise

    def menu_aliases(self) -> dict[str, str]:
        """Return the id of the rich menu behind each alias."""
        listed = self.call(self.api.get_rich_menu_alias_list)
        return {one.rich_menu_alias_id: one.rich_menu_id for one in listed.aliases or []}

    def quota(self) -> Quota:
        """Return the month's quota. LINE counts by itself, what OA Manager sends included."""
        quota = self.call(self.api.get_message_quota)
        used = self.call(self.api.get_message_quota_consumption)
        limit = int(quota.value) if quota.type == "limited" else None
        return Quota(limit, int(used.total_usage))

    def quota_left(self) -> int | None:
        """Return how many pushes this month still takes; None when unlimited."""
        return self.quota().left


def _built(request: Any, content: Json) -> Any:
    """Return the SDK's request object; what it refuses to build LINE would refuse too."""
    try:
        return request.from_dict(content)
    except ValueError as error:
        raise LineError(Fault.REFUSED, f"{type(error).__name__}: {error}"[:900]) from error


def classify(error: Exception) -> LineError:
    """Return the LineError that `error`, raised by line-bot-sdk or urllib3, stands for."""
    from linebot.v3.messaging.exceptions import ApiException
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    if isinstance(error, LineError):
        return error
    if isinstance(error, (NewConnectionError, ConnectTimeoutError)):
        return LineError(Fault.UNREACHED, "ติดต่อ LINE ไม่ได้")
    if not isinstance(error, ApiException) or not error.status:
        # Read time-out, lost connection, an answer that nobody can read.
        return LineError(Fault.UNCLEAR, f"LINE ไม่ตอบ ({type(error).__name__})")
    reason = _reason(error)
    status = int(error.status)
    if status >= 500:
        return LineError(Fault.UNCLEAR, reason, status)
    if status == 429:
        fault = Fault.QUOTA if "monthly limit" in reason else Fault.RATE
    elif status in (401, 403):
        fault = Fault.AUTH
    elif status == 400 and "Invalid reply token" in reason:
        fault = Fault.REPLY_TOKEN
    else:
        fault = Fault.REFUSED
    line_error = LineError(fault, reason, status)
    line_error.__cause__ = error
    return line_error


def _reason(error: Any) -> str:
    """LINE's own words, with the property that it points at."""
    try:
        body = json.loads(error.body or "{}")
    except (ValueError, TypeError):
        return f"HTTP {error.status}"
    details = "; ".join(
        f"{detail.get('property', '')}: {detail.get('message', '')}"
        for detail in body.get("details") or []
        if isinstance(detail, dict)
    )
    return " – ".join(part for part in (str(body.get("message", "")), details) if part)[:900] or (
        f"HTTP {error.status}"
    )


def _sent(response: Any) -> Sent:
    headers = {key.lower(): value for key, value in dict(response.headers or {}).items()}
    ids = [str(message.id) for message in (response.data.sent_messages or [])]
    return Sent(ids, headers.get("x-line-request-id", ""))


def _accepted_before(error: LineError) -> Sent:
    cause: Any = error.__cause__
    headers = {key.lower(): value for key, value in dict(cause.headers or {}).items()}
    try:
        sent = json.loads(cause.body or "{}").get("sentMessages") or []
    except ValueError:
        sent = []
    ids = [str(message["id"]) for message in sent if "id" in message]
    return Sent(ids, headers.get("x-line-accepted-request-id", ""))


_clients: dict[tuple[int, str, str | None], LineClient] = {}
_lock = threading.Lock()


def access_token(channel: Channel) -> str:
    """Return the channel's access token, '' where it has none.

    The main channel's is the environment's; the others bring their own.
    """
    if channel.slug == channel.MAIN:
        return str(settings.LINE_CHANNEL_ACCESS_TOKEN)
    return str(channel.access_token)


def client_for(channel: Channel) -> LineClient:
    """Return this process's client of `channel`, made after the fork that it lives in.

    A token that was changed makes another client. A channel without one is refused by LINE
    as with a wrong one.
    """
    key = (os.getpid(), access_token(channel), settings.LINE_API_URL or None)
    with _lock:
        if key not in _clients:
            _clients[key] = LineClient(key[1], key[2])
        return _clients[key]
