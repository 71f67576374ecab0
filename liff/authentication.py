"""Who calls the API: a LIFF ID token as Bearer, or the session cookie that one was swapped for.

A Bearer token outranks the cookie: where one is sent, it alone decides.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, CSRFCheck, get_authorization_header
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from chatops.line.id_token import InvalidIdToken, KeysUnavailable
from chatops.models import Resident
from liff import sessions

CHALLENGE = 'Bearer realm="api"'


class LineUnavailable(APIException):
    """LINE's keys cannot be fetched: nothing can be said of a token yet."""

    status_code = 503
    default_detail = _("ยังตรวจสอบการเข้าสู่ระบบกับ LINE ไม่ได้ กรุณาลองใหม่อีกครั้ง")
    default_code = "line_unavailable"
    wait = 5  # seconds, told as Retry-After


class Principal:
    """What `request.user` is in the API: a resident, never a staff account."""

    is_authenticated = True
    is_active = True

    def __init__(self, resident: Resident) -> None:
        self.resident = resident
        self.pk = resident.pk


def proven(token: str) -> Resident:
    """Return the resident of an ID token. Raise AuthenticationFailed or LineUnavailable."""
    try:
        return sessions.resident_of(token)
    except InvalidIdToken as error:
        raise AuthenticationFailed(
            _("การเข้าสู่ระบบด้วย LINE หมดอายุหรือไม่ถูกต้อง กรุณาเปิดหน้านี้ใหม่")
        ) from error
    except KeysUnavailable as error:
        raise LineUnavailable from error


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <LIFF ID token>`."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        """Return who is calling, None when no Bearer token was sent; raises as `proven`."""
        scheme, _space, token = get_authorization_header(request).strip().partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        return Principal(proven(token.strip().decode("latin-1"))), None

    def authenticate_header(self, request: Request) -> str:
        """Return what 401 asks for."""
        return CHALLENGE


class ResidentSessionAuthentication(BaseAuthentication):
    """The cookie of POST /session; a call that writes needs the CSRF token too."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        """Return who is calling, None without a live session; raises PermissionDenied."""
        resident = sessions.find(request._request)
        if resident is None:
            return None
        _enforce_csrf(request._request)
        return Principal(resident), None

    def authenticate_header(self, request: Request) -> str:
        """Return what 401 asks for."""
        return CHALLENGE


class IsResident(BasePermission):
    """Lets in whoever one of the two above has recognised."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether a resident is calling."""
        return isinstance(request.user, Principal)


def _enforce_csrf(request: HttpRequest) -> None:
    def no_view(_request: HttpRequest) -> HttpResponse:  # pragma: no cover - never called
        return HttpResponse()

    check = CSRFCheck(no_view)
    check.process_request(request)
    if check.process_view(request, no_view, (), {}) is not None:
        raise PermissionDenied(_("คำขอนี้ไม่มีรหัสป้องกัน (CSRF) กรุณาโหลดหน้านี้ใหม่"))
