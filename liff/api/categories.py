"""What one can report or ask for."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.models import Category
from liff.api import examples
from liff.api.answers import CategoryAnswer
from liff.api.base import ApiView
from liff.api.schema import errors


class CategoriesView(ApiView):
    """The categories that are open for new cases."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(
        operation_id="list_categories",
        tags=["complaints"],
        auth=[],
        responses={
            200: OpenApiResponse(
                CategoryAnswer(many=True),
                examples=[OpenApiExample("Categories", examples.CATEGORY, response_only=True)],
            ),
            **errors(429),
        },
    )
    def get(self, request: Request) -> Response:
        """List the categories in the order of the form. Public."""
        rows = Category.objects.filter(is_active=True).order_by("order", "name")
        return Response(CategoryAnswer(rows, many=True).data, headers={"Cache-Control": "no-cache"})
