"""Her cases: filing one, reading them, and what she may still say to one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from chatops import people
from chatops.models import Resident
from complaints import workflow
from complaints.intake import file_complaint
from complaints.models import Complaint
from complaints.workflow import IllegalMove
from liff import uploads
from liff.api import examples
from liff.api.answers import BriefAnswer, CaseAnswer, ListedAnswer, brief, listed, whole
from liff.api.base import ApiView
from liff.api.filing import filed
from liff.api.forms import AdditionForm, ComplaintForm, FeedbackForm, WithdrawalForm
from liff.api.paging import NUMBER, PARAMETERS, page_of
from liff.api.schema import KEY, OPTIONAL_KEY, errors
from liff.idempotency import key_of, once


class NotNow(APIException):
    """The case stands where this cannot be done."""

    status_code = 409
    default_code = "not_now"


class CaseView(ApiView):
    """A view of one of her cases; another's is as if there were none."""

    def own(self, number: str) -> Complaint:
        """Return her case of this number. Raise NotFound."""
        # What is no number is not asked for: it may be text that no database takes.
        found = _own(self).filter(number=number).first() if NUMBER.fullmatch(number) else None
        if found is None:
            raise NotFound
        return found

    def act(self, request: Request, prepare: Callable[[], Callable[[], object]]) -> Response:
        """Carry out what she does to a case, once for each key, and tell where it stands."""

        def with_number() -> Callable[[], str]:
            carry_out = prepare()

            def carried_out() -> str:
                carry_out()
                return str(self.kwargs["number"])

            return carried_out

        key = key_of(request, required=False)
        number, _fresh = once(self.resident, key, request, with_number)
        return Response(brief(self.own(number)))


def _own(view: ApiView) -> QuerySet[Complaint]:
    return _hers(view.resident).select_related("category", "division")


def _hers(resident: Resident) -> QuerySet[Complaint]:
    """Her cases, in whichever of the municipality's accounts LINE knows her as the same person."""
    return Complaint.objects.filter(resident__in=people.ids_of_person(resident))


class ComplaintsView(ApiView):
    """All of her cases, and where a new one goes."""

    @extend_schema(
        operation_id="file_complaint",
        tags=["complaints"],
        parameters=[KEY],
        request=ComplaintForm,
        examples=[OpenApiExample("A pot-hole", examples.COMPLAINT, request_only=True)],
        responses={
            201: OpenApiResponse(
                BriefAnswer,
                description="Filed.",
                examples=[OpenApiExample("Filed", examples.BRIEF, response_only=True)],
            ),
            200: OpenApiResponse(
                BriefAnswer, description="The same key and body again: the same case."
            ),
            **errors(400, 401, 403, 409, 413, 415, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """File a complaint, grievance or service request."""
        resident = self.resident
        made: list[Complaint] = []

        def prepare() -> Callable[[], str]:
            form = ComplaintForm(data=request.data, context={"resident": resident})
            form.is_valid(raise_exception=True)

            def carry_out() -> str:
                photos = uploads.claim(form.validated_data["photos"])
                complaint = file_complaint(resident=resident, photos=photos, **form.arguments())
                made.append(complaint)
                return complaint.number

            return carry_out

        number, fresh = filed(request, resident, prepare)
        if fresh:
            return Response(brief(made[0]), status=201)
        complaint = Complaint.objects.get(resident=resident, number=number)
        return Response(brief(complaint), status=200)

    @extend_schema(
        operation_id="list_complaints",
        tags=["complaints"],
        parameters=PARAMETERS,
        responses={
            200: OpenApiResponse(
                ListedAnswer(many=True),
                examples=[OpenApiExample("Cases", examples.LISTED, response_only=True)],
            ),
            **errors(401, 429, 503),
        },
    )
    def get(self, request: Request) -> Response:
        """List her own cases, newest first."""
        page, headers = page_of(request, _own(self), _hers(self.resident))
        rows = ListedAnswer([listed(case) for case in page], many=True).data
        return Response(rows, headers=headers)


class ComplaintView(CaseView):
    """One of her cases."""

    @extend_schema(
        operation_id="get_complaint",
        tags=["complaints"],
        responses={
            200: OpenApiResponse(
                CaseAnswer, examples=[OpenApiExample("Case", examples.CASE, response_only=True)]
            ),
            **errors(401, 404, 429, 503),
        },
    )
    def get(self, request: Request, number: str) -> Response:
        """Give what she told and every public step."""
        return Response(CaseAnswer(whole(request, self.own(number))).data)


class FeedbackView(CaseView):
    """What she says of a finished case."""

    @extend_schema(
        operation_id="give_feedback",
        tags=["complaints"],
        parameters=[OPTIONAL_KEY],
        request=FeedbackForm,
        responses={200: BriefAnswer, **errors(400, 401, 403, 404, 409, 413, 415, 429, 503)},
    )
    def post(self, request: Request, number: str) -> Response:
        """Say whether it was really done; `resolved: false` opens the case again."""
        complaint = self.own(number)

        def prepare() -> Callable[[], object]:
            form = FeedbackForm(data=request.data)
            form.is_valid(raise_exception=True)
            return lambda: _or_409(
                lambda: workflow.give_feedback(complaint, **form.validated_data),
                _("ให้ความเห็นได้เมื่อดำเนินการแล้วเสร็จเท่านั้น"),
            )

        return self.act(request, prepare)


class WithdrawView(CaseView):
    """Taking a case back."""

    @extend_schema(
        operation_id="withdraw_complaint",
        tags=["complaints"],
        parameters=[OPTIONAL_KEY],
        request=WithdrawalForm,
        responses={200: BriefAnswer, **errors(400, 401, 403, 404, 409, 413, 415, 429, 503)},
    )
    def post(self, request: Request, number: str) -> Response:
        """Take an open case back."""
        complaint = self.own(number)

        def prepare() -> Callable[[], object]:
            form = WithdrawalForm(data=request.data)
            form.is_valid(raise_exception=True)
            return lambda: _or_409(
                lambda: workflow.withdraw(complaint, form.validated_data["note"]),
                _("เรื่องนี้สิ้นสุดแล้ว จึงถอนไม่ได้"),
            )

        return self.act(request, prepare)


class AdditionsView(CaseView):
    """More words and photos to an open case, such as `waiting` asks for."""

    @extend_schema(
        operation_id="add_to_complaint",
        tags=["complaints"],
        parameters=[OPTIONAL_KEY],
        request=AdditionForm,
        responses={200: BriefAnswer, **errors(400, 401, 403, 404, 409, 413, 415, 429, 503)},
    )
    def post(self, request: Request, number: str) -> Response:
        """Add words, photos or both to an open case."""
        complaint = self.own(number)

        def prepare() -> Callable[[], object]:
            form = AdditionForm(data=request.data, context={"resident": self.resident})
            form.is_valid(raise_exception=True)
            data: dict[str, Any] = form.validated_data
            if not data["text"] and not data["photos"]:
                raise ValidationError({"text": [_("โปรดพิมพ์ข้อมูลหรือแนบภาพ")]})

            def carry_out() -> object:
                photos = uploads.claim(data["photos"])
                return _or_409(
                    lambda: workflow.add_information(complaint, data["text"], photos),
                    _("เรื่องนี้สิ้นสุดแล้ว จึงเพิ่มข้อมูลไม่ได้"),
                )

            return carry_out

        return self.act(request, prepare)


def _or_409(move: Callable[[], object], message: Any) -> object:
    """Make a move; a case that no longer allows it is a conflict, not an error of the sender."""
    try:
        return move()
    except IllegalMove as error:
        raise NotNow(message) from error
