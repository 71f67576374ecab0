"""The published description of the API, and the pieces that every call's description uses."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
)
from drf_spectacular.settings import patched_settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from liff.api.answers import DetailAnswer
from liff.api.base import ApiView
from liff.sessions import COOKIE

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "A new UUID for each report; the same one when a report is sent again. Keys belong to "
        "their resident. A refused request (4xx) does not use up its key."
    ),
)
OPTIONAL_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    description="Optional here: with it, sending again changes nothing a second time.",
)
_FIELDS = OpenApiResponse(
    OpenApiTypes.OBJECT,
    description=(
        "What is wrong, by field: lists of messages, nested as the body is; or `detail` where "
        "the body could not be read at all."
    ),
    examples=[
        OpenApiExample(
            "By field",
            {
                "subject": ["กรุณากรอกข้อมูลนี้"],
                "reporter": {"phone": ["เบอร์โทรศัพท์ต้องขึ้นต้นด้วย 0 เช่น 081-234-5678"]},
            },
        )
    ],
)


def _detail(description: str, message: str) -> OpenApiResponse:
    example = OpenApiExample("Example", {"detail": message})
    return OpenApiResponse(DetailAnswer, description=description, examples=[example])


_ERRORS: dict[int, OpenApiResponse] = {
    400: _FIELDS,
    401: _detail("Not signed in, or the ID token is not valid.", "กรุณาเข้าสู่ระบบด้วย LINE ก่อน"),
    403: _detail(
        "A call with the cookie lacks X-CSRFToken.",
        "คำขอนี้ไม่มีรหัสป้องกัน (CSRF) กรุณาโหลดหน้านี้ใหม่",
    ),
    404: _detail("There is none, or it is another resident's.", "ไม่พบข้อมูลที่ต้องการ"),
    409: _detail(
        "The key was used with another body, or the case stands where this cannot be done.",
        "Idempotency-Key นี้ใช้กับข้อมูลอื่นไปแล้ว",
    ),
    413: OpenApiResponse(OpenApiTypes.OBJECT, description="Too many bytes."),
    415: OpenApiResponse(OpenApiTypes.OBJECT, description="Another type than is taken here."),
    429: _detail(
        "Too many calls; Retry-After says in how many seconds to try again.",
        "ส่งคำขอบ่อยเกินไป กรุณารอประมาณ 5 นาทีแล้วลองใหม่",
    ),
    503: _detail(
        "LINE's keys cannot be fetched, so an ID token cannot be checked; or, of a photo, too many "
        "are being read just now (Retry-After says when to send it again). Try again.",
        "ยังตรวจสอบการเข้าสู่ระบบกับ LINE ไม่ได้ กรุณาลองใหม่อีกครั้ง",
    ),
}


def errors(*statuses: int) -> dict[int, OpenApiResponse]:
    """Return the descriptions of these error answers."""
    return {status: _ERRORS[status] for status in statuses}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema names sign-in by ID token."""

    target_class = "liff.authentication.BearerAuthentication"
    name = "idToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the header."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A LIFF ID token (liff.getIDToken()). Outranks the cookie.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema names sign-in by cookie."""

    target_class = "liff.authentication.ResidentSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": (
                "Set by POST /api/v1/session. A call that writes also needs the header "
                "X-CSRFToken with the value of the cookie csrftoken."
            ),
        }


# Enumerations that several answers share, under one name each.
_NAMES = {
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "complaints.models.Status",
        "CaseKindEnum": "complaints.models.Category.Kind",
        "StepKindEnum": "complaints.models.TimelineEntry.Kind",
        "RequirementEnum": "complaints.models.Requirement",
        "PaymentStatusEnum": "payments.models.Status",
        "PaymentStepEnum": "liff.api.payments_answers.STEP_CHOICES",
    }
}


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI description of the whole API; made once in a process."""
    with translation.override("th"), patched_settings(_NAMES):
        return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-any-return,no-untyped-call]


class SchemaView(ApiView):
    """The description of this API: JSON, or YAML for who asks for it."""

    content_negotiation_class = DefaultContentNegotiation
    renderer_classes = [OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer]
    authentication_classes = []
    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Give the description. Public."""
        return Response(description(), headers={"Cache-Control": "no-cache"})
