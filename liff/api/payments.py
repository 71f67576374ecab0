"""Payments: telling of one, seeing where each stands, and finding the receipts."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from chatops import people
from chatops.models import Resident
from liff import uploads
from liff.api import payments_examples as examples
from liff.api.base import ApiView
from liff.api.filing import filed
from liff.api.paging import NUMBER, PARAMETERS, page_of
from liff.api.payments_answers import (
    BriefNoticeAnswer,
    ListedNoticeAnswer,
    NoticeAnswer,
    PaymentRequestAnswer,
    ReceiptAnswer,
    RevenueAnswer,
)
from liff.api.payments_forms import PaymentNoticeForm, slip_refused
from liff.api.schema import KEY, errors
from liff.uploads import PhotosRefused
from payments import requests
from payments.intake import file_notice
from payments.models import PaymentNotice, Receipt, active_revenues

RECEIPTS = 200  # the newest; nobody has more


class RevenuesView(ApiView):
    """What can be paid."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(
        operation_id="list_revenues",
        tags=["payments"],
        auth=[],
        responses={
            200: OpenApiResponse(
                RevenueAnswer(many=True),
                examples=[OpenApiExample("Kinds", examples.REVENUE, response_only=True)],
            ),
            **errors(429),
        },
    )
    def get(self, request: Request) -> Response:
        """List the kinds of tax and fee in the order of the form. Public."""
        rows = RevenueAnswer(active_revenues(), many=True).data
        return Response(rows, headers={"Cache-Control": "no-cache"})


class PaymentNoticesView(ApiView):
    """All of her payments, and where a new one is told."""

    @extend_schema(
        operation_id="file_payment_notice",
        tags=["payments"],
        parameters=[KEY],
        request=PaymentNoticeForm,
        examples=[OpenApiExample("A land tax", examples.NOTICE, request_only=True)],
        responses={
            201: OpenApiResponse(
                BriefNoticeAnswer,
                description="Filed.",
                examples=[OpenApiExample("Filed", examples.BRIEF, response_only=True)],
            ),
            200: OpenApiResponse(
                BriefNoticeAnswer, description="The same key and body again: the same payment."
            ),
            **errors(400, 401, 403, 409, 413, 415, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Tell of a payment. A slip that was used before is taken, and shown to the clerk."""
        resident = self.resident

        def prepare() -> Callable[[], str]:
            form = PaymentNoticeForm(data=request.data, context={"resident": resident})
            form.is_valid(raise_exception=True)

            def carry_out() -> str:
                try:
                    slips = uploads.claim(form.validated_data["slips"])
                except PhotosRefused as refusal:
                    raise slip_refused(refusal) from None
                notice = file_notice(
                    resident=resident,
                    claim=form.claim(),
                    slips=slips,
                    via=PaymentNotice.Via.LIFF,
                )
                return notice.number

            return carry_out

        number, fresh = filed(request, resident, prepare)
        notice = PaymentNotice.objects.get(resident=resident, number=number)
        return Response(BriefNoticeAnswer(notice).data, status=201 if fresh else 200)

    @extend_schema(
        operation_id="list_payment_notices",
        tags=["payments"],
        parameters=PARAMETERS,
        responses={
            200: OpenApiResponse(
                ListedNoticeAnswer(many=True),
                examples=[OpenApiExample("Payments", examples.LISTED, response_only=True)],
            ),
            **errors(401, 429, 503),
        },
    )
    def get(self, request: Request) -> Response:
        """List her own payments, newest first."""
        known = _hers(self.resident)
        page, headers = page_of(request, _with_beside(known), known)
        return Response(ListedNoticeAnswer(page, many=True).data, headers=headers)


class PaymentNoticeView(ApiView):
    """One of her payments; another's is as if there were none."""

    @extend_schema(
        operation_id="get_payment_notice",
        tags=["payments"],
        responses={
            200: OpenApiResponse(
                NoticeAnswer,
                examples=[OpenApiExample("Payment", examples.WHOLE, response_only=True)],
            ),
            **errors(401, 404, 429, 503),
        },
    )
    def get(self, request: Request, number: str) -> Response:
        """Give what she told and how far it has come."""
        hers = _with_beside(_hers(self.resident))
        # What is no number is not asked for: it may be text that no database takes.
        notice = hers.filter(number=number).first() if NUMBER.fullmatch(number) else None
        if notice is None:
            raise NotFound
        return Response(NoticeAnswer(notice).data)


class PaymentRequestView(ApiView):
    """What the office has asked her to pay, while she can still answer it."""

    @extend_schema(
        operation_id="get_payment_request",
        tags=["payments"],
        responses={
            200: OpenApiResponse(
                PaymentRequestAnswer,
                examples=[OpenApiExample("Asked", examples.ASKED, response_only=True)],
            ),
            **errors(401, 404, 429, 503),
        },
    )
    def get(self, request: Request, number: str) -> Response:
        """Give what the form begins with. Another's, a cancelled and an answered one are none."""
        known = NUMBER.fullmatch(number)
        asked = requests.open_to(self.resident, number) if known else None
        if asked is None:
            raise NotFound
        return Response(PaymentRequestAnswer(asked).data)


class ReceiptsView(ApiView):
    """All of her receipts, those of the counter too."""

    @extend_schema(
        operation_id="list_receipts",
        tags=["payments"],
        responses={
            200: OpenApiResponse(
                ReceiptAnswer(many=True),
                examples=[OpenApiExample("Receipts", examples.RECEIPT, response_only=True)],
            ),
            **errors(401, 429, 503),
        },
    )
    def get(self, request: Request) -> Response:
        """List her own receipts, newest first."""
        ids = people.ids_of_person(self.resident)
        rows = Receipt.objects.filter(Q(resident__in=ids) | Q(notice__resident__in=ids))
        rows = rows.select_related("revoked_link").order_by("-id")[:RECEIPTS]
        return Response(ReceiptAnswer(rows, many=True).data)


def _hers(resident: Resident) -> QuerySet[PaymentNotice]:
    """Hers, in whichever of the municipality's accounts LINE knows her as the same person."""
    return PaymentNotice.objects.filter(resident__in=people.ids_of_person(resident))


def _with_beside(notices: QuerySet[PaymentNotice]) -> QuerySet[PaymentNotice]:
    return notices.select_related("revenue").prefetch_related("receipts__revoked_link")
