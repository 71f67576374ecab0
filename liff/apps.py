"""App of the pages that open inside LINE and of the API under them."""

from django.apps import AppConfig


class LiffConfig(AppConfig):
    """LIFF pages and JSON API."""

    name = "liff"
    verbose_name = "หน้าใน LINE"
