"""Lists of a resident's own things, newest first, a page at a time."""

from __future__ import annotations

import re
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

PAGE = 50
NUMBER = re.compile(r"[A-Z0-9-]{1,20}")
PARAMETERS = [
    OpenApiParameter(
        "before",
        str,
        description=f"Only those older than this number; a page holds {PAGE}.",
    ),
    OpenApiParameter(
        "Link",
        str,
        OpenApiParameter.HEADER,
        response=[200],
        description='Address of the next page as rel="next", where there is one.',
    ),
]

Row = TypeVar("Row", bound=Model)


def page_of(
    request: Request, rows: QuerySet[Row], known: QuerySet[Row]
) -> tuple[list[Row], dict[str, str]]:
    """Return the page of `rows` that is asked for, and its headers.

    `known`: all of hers, plain, among which the number in `before` is looked up. What is no
    number is not asked for: it may be text that no database takes.
    """
    rows = rows.order_by("-id")
    before = request.query_params.get("before", "")
    if before:
        edge = known.filter(number=before) if NUMBER.fullmatch(before) else known.none()
        rows = rows.filter(pk__lt=edge.values("pk")[:1])
    page = list(rows[: PAGE + 1])
    if len(page) <= PAGE:
        return page, {}
    page.pop()
    query = urlencode({"before": getattr(page[-1], "number")})  # noqa: B009 - of any such model
    address = request.build_absolute_uri(f"{request.path}?{query}")
    return page, {"Link": f'<{address}>; rel="next"'}
