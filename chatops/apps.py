"""App of everything that touches LINE."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save


class ChatopsConfig(AppConfig):
    """LINE: channels, residents, events, messages in and out, the menu."""

    name = "chatops"
    verbose_name = "LINE"

    def ready(self) -> None:
        from bannmae import health
        from chatops.alerts import chats
        from chatops.health import outbox_age
        from chatops.menu import entries

        entries.register()
        chats.register()
        health.figures["outbox_oldest_seconds"] = outbox_age
        post_migrate.connect(grant_roles, sender=self)
        post_save.connect(menu_may_have_changed, sender="bannmae.Municipality")
        post_save.connect(account_may_be_closed, sender="bannmae.Staff")


def menu_may_have_changed(sender: object, **kwargs: object) -> None:
    """The profile holds addresses that stand in the rich menu: have a worker see to it."""
    from django.db import transaction

    from chatops.wake import ring_for_menu

    transaction.on_commit(ring_for_menu)


def account_may_be_closed(sender: object, instance: object, **kwargs: object) -> None:
    """Nobody is told anything on his own LINE once his account is closed."""
    from bannmae.models import Staff
    from chatops.alerts.linking import forget_closed

    if isinstance(instance, Staff):
        forget_closed(instance)


def grant_roles(sender: AppConfig, **kwargs: object) -> None:
    """Let officers answer chats and send again what did not arrive, administrators set it up."""
    from bannmae import roles

    officer = [
        "view_outboundmessage",
        "change_outboundmessage",
        "view_resident",
        "view_chatcase",
        "change_chatcase",
        "see_chat_counts",
        "view_cannedreply",
        "add_cannedreply",
        "change_cannedreply",
        "view_label",
        "add_label",
        "change_label",
        "view_knowledgerow",
        "add_knowledgerow",
        "change_knowledgerow",
        "view_questiongroup",
        "change_questiongroup",
    ]
    roles.grant(
        sender,
        {
            roles.OFFICER: officer,
            roles.LEGAL: officer,
            roles.EXECUTIVE: ["see_chat_counts"],
            roles.ADMINISTRATOR: [
                *officer,
                "view_autotext",
                "change_autotext",
                "view_channel",
                "add_channel",
                "change_channel",
                "view_topic",
                "add_topic",
                "change_topic",
                "view_chatsettings",
                "change_chatsettings",
            ],
        },
    )
