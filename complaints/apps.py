"""App of complaints, grievances and service requests."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ComplaintsConfig(AppConfig):
    """Cases: intake, workflow, mailbox, papers."""

    name = "complaints"
    verbose_name = "เรื่องร้องเรียนและคำขอ"

    def ready(self) -> None:
        from complaints import alerts, chat, chat_desk

        chat.register()
        alerts.register()
        chat_desk.register()
        post_migrate.connect(grant_roles, sender=self)


def grant_roles(sender: AppConfig, **kwargs: object) -> None:
    """Let officers work on cases, executives read them, administrators keep the categories."""
    from bannmae import roles

    officer = ["view_complaint", "change_complaint", "reveal_national_id", "view_category"]
    roles.grant(
        sender,
        {
            roles.OFFICER: officer,
            roles.LEGAL: [*officer, "add_complaint"],
            roles.EXECUTIVE: ["view_complaint"],
            roles.ADMINISTRATOR: ["add_category", "change_category", "view_category"],
        },
    )
