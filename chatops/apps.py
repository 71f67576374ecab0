"""App of everything that touches LINE."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ChatopsConfig(AppConfig):
    """LINE: channels, residents, events, messages in and out, the menu."""

    name = "chatops"
    verbose_name = "LINE"

    def ready(self) -> None:
        from bannmae import health
        from chatops.health import outbox_age
        from chatops.menu import entries

        entries.register()
        health.figures["outbox_oldest_seconds"] = outbox_age
        post_migrate.connect(grant_roles, sender=self)


def grant_roles(sender: AppConfig, **kwargs: object) -> None:
    """Let officers see what did not arrive and send it again, administrators edit the texts."""
    from bannmae import roles

    officer = ["view_outboundmessage", "change_outboundmessage", "view_resident"]
    roles.grant(
        sender,
        {
            roles.OFFICER: officer,
            roles.LEGAL: officer,
            roles.EXECUTIVE: [],
            roles.ADMINISTRATOR: [
                *officer,
                "view_autotext",
                "change_autotext",
                "view_channel",
                "change_channel",
            ],
        },
    )
