"""The admin's side menu and first screen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def side_menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of the side menu."""
    return []


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the first screen's context."""
    return context
