"""Her taxes: proving that they are hers, what is to be paid until when, and ending the link."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.exceptions import APIException, NotFound, Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from bannmae.staff_input import row_id
from bannmae.thai.calendar import local_date
from chatops.models import Resident
from liff.api import taxes_examples as examples
from liff.api.base import ApiView
from liff.api.schema import errors
from liff.api.taxes_answers import TaxesAnswer, taxes_of
from liff.api.taxes_forms import ProofForm
from payments.assessments import proof


class NotProven(APIException):
    """The two do not belong to one notice; which of them is wrong is never said."""

    status_code = 400
    default_detail = _(
        "ข้อมูลไม่ตรงกับหนังสือแจ้งของเทศบาล กรุณาตรวจสอบเลขประจำตัวประชาชนและเลขที่หนังสือแจ้งทั้งสองช่อง"
    )
    default_code = "not_proven"


class TaxProofsView(ApiView):
    """Where she shows that a tax is hers."""

    @extend_schema(
        operation_id="prove_tax",
        tags=["taxes"],
        request=ProofForm,
        examples=[OpenApiExample("A proof", examples.PROOF, request_only=True)],
        responses={
            201: OpenApiResponse(
                TaxesAnswer,
                description="Proved: all that is hers now.",
                examples=[OpenApiExample("Taxes", examples.TAXES, response_only=True)],
            ),
            **errors(400, 401, 403, 413, 415, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Link her to the person of an identification number and of a number on the paper notice.

        Five tries an hour and ten a day, for her and for the person that is tried.
        """
        form = ProofForm(data=request.data)
        form.is_valid(raise_exception=True)
        typed = form.validated_data
        try:
            right = proof.prove(self.resident, typed["national_id"], typed["number"])
        except proof.TooManyTries as error:
            raise Throttled(wait=error.wait) from None
        if not right:
            raise NotProven
        return Response(_taxes(self.resident), status=201)


class TaxProofView(ApiView):
    """One link of hers; another's is as if there were none."""

    @extend_schema(
        operation_id="end_tax_link",
        tags=["taxes"],
        responses={204: None, **errors(401, 403, 404, 429, 503)},
    )
    def delete(self, request: Request, link: str) -> Response:
        """End it: nothing of this person is shown to her any more, and no reminder comes."""
        pk = row_id(link)
        if pk is None or not proof.end(self.resident, pk):
            raise NotFound
        return Response(status=204)


class TaxesView(ApiView):
    """What is hers."""

    @extend_schema(
        operation_id="list_taxes",
        tags=["taxes"],
        responses={
            200: OpenApiResponse(
                TaxesAnswer,
                examples=[OpenApiExample("Taxes", examples.TAXES, response_only=True)],
            ),
            **errors(401, 429, 503),
        },
    )
    def get(self, request: Request) -> Response:
        """List the assessments of whom she has proved to be, what is still to be paid first."""
        return Response(_taxes(self.resident))


def _taxes(resident: Resident) -> Any:
    return TaxesAnswer(taxes_of(resident, local_date(timezone.now()))).data
