"""LINE's answers: JSON bodies, error messages and the exceptions that carry them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse

from chatops.simulator.rules import Problem, render

RATE_LIMIT = "The API rate limit has been exceeded. Try again later."
MONTHLY_LIMIT = "You have reached your monthly limit."
NOT_FOUND = "Not found"
INVALID_CREDENTIAL = (
    "Authentication failed due to the following reason: invalid token. "
    "Confirm that the access token in the authorization header is valid."
)
NO_CREDENTIAL = (
    "Authentication header required. Must follow the scheme, 'Authorization: Bearer <ACCESS TOKEN>'"
)
FORBIDDEN = "Access to this API is not available for your account"
FAILED = "Failed to send messages"
INVALID_USER_ID = "The value for the 'userId' parameter is invalid"


class LineError(Exception):
    """An answer other than 2xx, in LINE's own form."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: Sequence[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body: dict[str, Any] = {"message": message, **more}
        if details is not None:
            self.body["details"] = list(details)

    def response(self) -> JsonResponse:
        """Return the answer itself."""
        return as_json(self.body, self.status, self.headers)


def as_json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> JsonResponse:
    """Return a JSON answer with Thai as it is."""
    return JsonResponse(
        body, status=status, headers=headers, safe=False, json_dumps_params={"ensure_ascii": False}
    )


def refuse(problems: Sequence[Problem]) -> None:
    """Raise LINE's 400 for `problems`, if there are any."""
    if problems:
        raise LineError(400, **render(problems))


def refuse_property(name: str, message: str) -> LineError:
    """Return LINE's 400 for one property."""
    return LineError(
        400,
        "The request body has 1 error(s)",
        details=[{"message": message, "property": name}],
    )


def invalid_property(name: str) -> LineError:
    """Return LINE's 400 for a property that its parser refuses."""
    return LineError(
        400, f"The property, '{name}', in the request body is invalid (line: -, column: -)"
    )


def read_json(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object in the body of `request`. Raise LineError as LINE would."""
    kind = (request.content_type or "").lower()
    if kind != "application/json":
        raise LineError(415, f"The content type, {kind or 'null'}, is not supported")
    try:
        body = json.loads(request.body)
    except json.JSONDecodeError as error:
        raise LineError(
            400,
            "The request body could not be parsed as JSON "
            f"(line: {error.lineno}, column: {error.colno})",
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise LineError(
            400, "The request body could not be parsed as JSON (line: 1, column: 1)"
        ) from error
    if not isinstance(body, dict):
        raise LineError(400, "The request body could not be parsed as JSON (line: 1, column: 1)")
    return body
