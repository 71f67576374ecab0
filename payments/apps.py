"""App of payments: for now, what the chat says about taxes and fees."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Taxes and fees in the menu."""

    name = "payments"
    verbose_name = "การชำระเงิน"

    def ready(self) -> None:
        from payments import chat

        chat.register()
