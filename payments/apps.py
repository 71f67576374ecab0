"""App of payments."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class PaymentsConfig(AppConfig):
    """Taxes and fees: from the slip in the chat to the receipt in the chat."""

    name = "payments"
    verbose_name = "การชำระเงิน"

    def ready(self) -> None:
        from chatops.outbox import kinds, preparing
        from payments import chat, files

        chat.register()
        kinds.add("payment", "แจ้งชำระเงิน")
        kinds.add("receipt", "ใบเสร็จรับเงิน")
        preparing.register("receipt", files.prepare)
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    from payments import guards, roles

    # Backwards to before the tables there is nothing to guard.
    if guards.RECEIPT in connections[using].introspection.table_names():
        guards.install(connections[using])
    roles.grant_all(sender)
