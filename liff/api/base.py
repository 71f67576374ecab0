"""What all calls share: JSON only, bounded bodies, errors in the reader's language, no caching."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.http import Http404, HttpRequest
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from chatops.models import Resident
from liff.authentication import CHALLENGE, Principal

MAX_JSON_BYTES = 256 * 1024
MAX_NESTING = 20


class TooLarge(exceptions.APIException):
    """The body has more bytes than any honest one."""

    status_code = 413
    default_code = "too_large"


class BoundedJSONParser(JSONParser):
    """JSON of at most MAX_JSON_BYTES and MAX_NESTING levels."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the parsed body. Raise TooLarge or ParseError."""
        body = stream.read(MAX_JSON_BYTES + 1)
        if len(body) > MAX_JSON_BYTES:
            raise TooLarge
        try:
            data = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError from error
        if _deeper_than(data, MAX_NESTING):
            raise exceptions.ParseError
        return data


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _deeper_than(data: Any, levels: int) -> bool:
    layer = [data]
    for _level in range(levels):
        layer = [
            inner
            for value in layer
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not layer:
            return False
    return True


class OnlyJSON(BaseContentNegotiation):
    """Whatever a caller says it accepts, it gets the view's own form: a clear answer beats 406."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> Any:
        """Return the parser of the body's type, as DRF's own negotiation does."""
        for parser in parsers:
            if request.content_type.partition(";")[0].strip().lower() == parser.media_type:
                return parser
        return None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer."""
        first = next(iter(renderers))
        return first, first.media_type or ""


class ApiView(APIView):
    """A call of the API. Signed-in residents only, unless a view says otherwise."""

    parser_classes = [BoundedJSONParser]
    content_negotiation_class: type[BaseContentNegotiation] = OnlyJSON
    metadata_class = None
    max_body_bytes = MAX_JSON_BYTES

    @property
    def resident(self) -> Resident:
        """The resident who is calling."""
        return principal(self.request).resident

    def throttle_scope(self, request: Request) -> str:
        """Return which of throttling.RATES counts this call."""
        return "others"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look at the announced length before anything reads the body (CSRF does, of a form)."""
        if _announced_length(request._request) > self.max_body_bytes:
            _drain(request._request)
            raise TooLarge
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep personal answers out of every cache."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["Authorization", "Cookie"])
        return response

    def get_authenticate_header(self, request: Request) -> str:
        """Return what 401 asks for, on calls without authenticators too (DRF would say 403)."""
        return CHALLENGE

    def get_exception_handler(self) -> Any:
        """Return the handler below."""
        return answer_to


def principal(request: Request) -> Principal:
    """Return who is calling a view that lets in residents only."""
    if not isinstance(request.user, Principal):
        raise exceptions.NotAuthenticated
    return request.user


def answer_to(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into DRF's error body, with our words where DRF's are not Thai."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, exceptions.APIException):
        words = _words(error)
        if words:
            error.detail = exceptions.ErrorDetail(words, str(error.default_code))
    return exception_handler(error, context)


def _words(error: exceptions.APIException) -> str:
    """Return our message for an error that DRF words by itself; '' leaves it as it is."""
    if isinstance(error, exceptions.Throttled):
        wait: float | None = getattr(error, "wait", None)
        if type(error) is not exceptions.Throttled or wait is None:
            return ""
        minutes = max(1, round(wait / 60))
        return ngettext(
            "ส่งคำขอบ่อยเกินไป กรุณารอประมาณ {minutes} นาทีแล้วลองใหม่",
            "ส่งคำขอบ่อยเกินไป กรุณารอประมาณ {minutes} นาทีแล้วลองใหม่",
            minutes,
        ).format(minutes=minutes)
    if isinstance(error, exceptions.NotAuthenticated):
        return _("กรุณาเข้าสู่ระบบด้วย LINE ก่อน")
    if isinstance(error, exceptions.NotFound):
        return _("ไม่พบข้อมูลที่ต้องการ")
    if isinstance(error, exceptions.ParseError):
        return _("อ่านข้อมูลที่ส่งมาไม่ได้ กรุณาตรวจสอบรูปแบบ")
    if isinstance(error, exceptions.MethodNotAllowed):
        return _("ที่อยู่นี้ไม่รับคำสั่งแบบที่ส่งมา")
    if isinstance(error, exceptions.UnsupportedMediaType):
        return _("ไม่รองรับชนิดของข้อมูลที่ส่งมา (Content-Type)")
    if isinstance(error, TooLarge):
        return _("ข้อมูลที่ส่งมามีขนาดใหญ่เกินไป")
    return ""


DRAINED_BYTES = 64 * 1024 * 1024


def _announced_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _drain(request: HttpRequest) -> None:
    """Read away a body that is not wanted, so that its sender gets to read the answer.

    A server that closes with unread data resets the connection, and many clients then report
    that instead of 413. Beyond DRAINED_BYTES nobody is waited for.
    """
    left = DRAINED_BYTES
    if _announced_length(request) > left:
        return
    while left > 0 and (part := request.read(64 * 1024)):
        left -= len(part)


class Unknown(ApiView):
    """Whatever else is asked for under /api/v1."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer 404, whatever the method and whoever asks."""
        raise exceptions.NotFound
