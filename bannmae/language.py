"""Pages speak Thai; only the API also speaks the English that its callers ask for."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

API = "/api/"


class ApiLocaleMiddleware(LocaleMiddleware):
    """Heed `Accept-Language` under /api/ alone.

    Our pages are written in Thai: on an English telephone Django's own words between ours
    would be English.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language of this request."""
        if request.path_info.startswith(API):
            super().process_request(request)
            return
        translation.activate(settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = settings.LANGUAGE_CODE  # type: ignore[attr-defined]
