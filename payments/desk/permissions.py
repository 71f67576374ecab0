"""Who sees the pages of money and may do what on them: those of กองคลัง alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from bannmae.staff_input import row_id
from bannmae.staff_lists import ReadOnly
from payments import access
from payments.desk.register_common import require_handles, require_sees, sees


class SeenByFinance:
    """For everybody else these pages are not there at all."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Those of กองคลัง."""
        return sees(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of กองคลัง."""
        return sees(request)


class ReadByFinance(ReadOnly, SeenByFinance):
    """What comes and goes by the functions of this room alone (intake, workflow, receipts …)."""


class HandledByFinance(SeenByFinance):
    """Added and changed by who handles money; nothing is deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who handles money."""
        return sees(request) and access.may_handle(request.user)  # type: ignore[arg-type]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who handles money."""
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted."""
        return False

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list."""
        require_sees(request)
        return super().changelist_view(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A new one."""
        require_handles(request)
        return super().add_view(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One of them."""
        require_sees(request)
        if row_id(object_id) is None:
            raise Http404
        return super().change_view(request, object_id, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is none."""
        raise Http404

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who saved it when."""
        require_sees(request)
        return super().history_view(request, *args, **kwargs)  # type: ignore[misc,no-any-return]


def posted(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let POST alone through to `view`, of those who handle money."""

    @require_http_methods(["POST"])
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_handles(request)
        return view(request, *args, **kwargs)

    return wrapped
