"""Signing in and out, and who one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.models import Complaint
from liff import sessions
from liff.api import examples
from liff.api.answers import MeAnswer, SavedReporterAnswer, SessionAnswer
from liff.api.base import ApiView
from liff.api.forms import SignInForm, saved_national_id
from liff.api.schema import errors
from liff.authentication import proven


class SessionView(ApiView):
    """A LIFF ID token lives an hour; a page swaps it for a session at once."""

    def get_authenticators(self) -> list[Any]:
        """Nobody need be signed in to sign in: the body alone says who it is."""
        return [] if self._signs_in() else super().get_authenticators()

    def get_permissions(self) -> Sequence[Any]:
        """As above."""
        return [] if self._signs_in() else super().get_permissions()

    def _signs_in(self) -> bool:
        # The schema's maker asks without a request.
        return getattr(self, "request", None) is not None and self.request.method == "POST"

    @extend_schema(
        operation_id="sign_in",
        tags=["session"],
        auth=[],
        request=SignInForm,
        responses={
            200: OpenApiResponse(
                SessionAnswer,
                description="Signed in: sets the cookies `resident_session` and `csrftoken`.",
                examples=[OpenApiExample("Signed in", examples.SESSION)],
            ),
            **errors(400, 401, 413, 415, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Swap a LIFF ID token for a session of twelve hours."""
        form = SignInForm(data=request.data)
        form.is_valid(raise_exception=True)
        resident = proven(form.validated_data["id_token"])
        response = Response()
        expires_at = sessions.start(request._request, response, resident)
        get_token(request._request)  # has the CSRF cookie sent along
        response.data = SessionAnswer(
            {"display_name": resident.display_name, "expires_at": expires_at}
        ).data
        return response

    @extend_schema(
        operation_id="sign_out",
        tags=["session"],
        request=None,
        responses={204: None, **errors(401, 403, 429)},
    )
    def delete(self, request: Request) -> Response:
        """End the session of this browser."""
        response = Response(status=204)
        sessions.end(request._request, response)
        return response


class MeView(ApiView):
    """The resident herself."""

    @extend_schema(
        operation_id="me",
        tags=["session"],
        responses={
            200: OpenApiResponse(MeAnswer, examples=[OpenApiExample("Me", examples.ME)]),
            **errors(401, 429, 503),
        },
    )
    def get(self, request: Request) -> Response:
        """Tell who is signed in, and what she gave last time (the national ID as a mask)."""
        get_token(request._request)
        newest = (
            Complaint.objects.filter(resident=self.resident)
            .only("reporter_name", "phone", "email", "address")
            .order_by("-id")
            .first()
        )
        reporter = None
        if newest is not None:
            saved = {"national_id": saved_national_id(self.resident)}
            reporter = SavedReporterAnswer(newest, context=saved).data
        return Response({"display_name": self.resident.display_name, "reporter": reporter})
