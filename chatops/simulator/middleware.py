"""What every request goes through: who may call from a browser, and LINE's common rules."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from chatops.simulator import accounts, answers, limits, store
from chatops.simulator.answers import LineError
from chatops.simulator.connection import NO_ANSWER
from chatops.simulator.models import ApiRequest

Handler = Callable[[HttpRequest], HttpResponse]

KEPT_REQUESTS = 2000
KEPT_BODY_CHARS = 100_000
RETRYABLE = {
    "/v2/bot/message/push",
    "/v2/bot/message/multicast",
    "/v2/bot/message/narrowcast",
    "/v2/bot/message/broadcast",
}


class CrossOrigin:
    """Let pages of this machine and of PUBLIC_URL's host call, on any port, and no others.

    The phone's page and the LIFF pages come from the product's own port. A strange web page
    in the same browser must be able neither to read nor to change anything here.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer preflights, refuse strange origins, mark the answers to known ones."""
        request.get_host()  # raises for a host that is not ours
        origin = request.headers.get("Origin")
        # A form post after a redirect and a sandboxed frame say "null"; neither is ours.
        if origin is not None and not self.is_ours(origin):
            return answers.as_json({"message": "origin not allowed"}, 403)
        if request.method == "OPTIONS" and origin is not None:
            response = HttpResponse(status=204)
        else:
            response = self.get_response(request)
        if origin is not None:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
            response["Access-Control-Allow-Headers"] = "authorization, content-type"
            response["Access-Control-Max-Age"] = "600"
            response["Access-Control-Allow-Private-Network"] = "true"
            response["Vary"] = "Origin"
        return response

    @staticmethod
    def is_ours(origin: str) -> bool:
        """Return whether `origin` is on loopback or on PUBLIC_URL's host."""
        try:
            host = urlsplit(origin).hostname
        except ValueError:
            return False
        return (
            limits.is_loopback_host(host)
            or host == urlsplit(store.settings()["public_url"]).hostname
        )


class MessagingApi:
    """LINE's rules for all of `/v2/bot/`: token, request id, retry key, size; and the log."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the common rules, call the view, and note the call."""
        if not request.path.startswith("/v2/bot/"):
            return self.get_response(request)
        token = request.headers.get("Authorization", "").partition(" ")[2].strip()
        if other := store.settings()["accounts"].get(token):
            return accounts.pass_on(request, other)
        request.line_request_id = str(uuid.uuid4())
        try:
            self.check(request)
            response = self.get_response(request)
        except LineError as error:
            response = error.response()
        response["X-Line-Request-Id"] = request.line_request_id
        self.note(request, response)
        return response

    @staticmethod
    def check(request: HttpRequest) -> None:
        """Raise LineError for a bad token, a retry key in the wrong place, a body too large."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise LineError(401, answers.NO_CREDENTIAL)
        expected = store.settings()["access_token"]
        if not hmac.compare_digest(token.strip().encode(), expected.encode()):
            raise LineError(401, answers.INVALID_CREDENTIAL)
        if int(request.META.get("CONTENT_LENGTH") or 0) > limits.REQUEST_BYTES:
            raise LineError(413, "Payload Too Large")
        if "X-Line-Retry-Key" in request.headers and request.path not in RETRYABLE:
            raise LineError(400, "X-Line-Retry-Key is not supported for this endpoint")

    @staticmethod
    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a LineError that a view raised into its answer."""
        return exception.response() if isinstance(exception, LineError) else None

    @staticmethod
    def note(request: HttpRequest, response: HttpResponse) -> None:
        """Write the call into the log, and forget the oldest."""
        try:
            body = request.body.decode()[:KEPT_BODY_CHARS]
        except UnicodeDecodeError:
            body = f"<{len(request.body)} bytes>"
        row = ApiRequest.objects.create(
            method=request.method,
            path=request.get_full_path()[:300],
            status=0 if NO_ANSWER in response else response.status_code,
            retry_key=request.headers.get("X-Line-Retry-Key"),
            body=body,
            at=store.now_ms(),
        )
        if row.pk % 100 == 0:
            ApiRequest.objects.filter(pk__lte=row.pk - KEPT_REQUESTS).delete()
