"""What lists of money have in common whose rows the rules alone write."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from payments import access


class ReadOnly:
    """Pages of กองคลัง alone; the admin's own forms add, change and delete nothing.

    Rows come and go by the functions of this room (intake, workflow, receipts, days, requests).
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Those of กองคลัง, superusers of other divisions not."""
        return access.may_see(request.user)  # type: ignore[arg-type]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of กองคลัง."""
        return access.may_see(request.user)  # type: ignore[arg-type]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an auditor reads them."""
        return False
