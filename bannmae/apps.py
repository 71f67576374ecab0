"""App of the municipality itself."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BannmaeConfig(AppConfig):
    """The municipality: divisions, staff, profile, holidays, access log."""

    name = "bannmae"
    verbose_name = "เทศบาล"

    def ready(self) -> None:
        post_migrate.connect(grant_roles, sender=self)


def grant_roles(sender: AppConfig, **kwargs: object) -> None:
    """Let administrators manage accounts and the municipality's data."""
    from bannmae import roles

    editable = ("staff", "division", "municipality", "holiday", "signatory")
    acts = ("add", "change", "view")
    roles.grant(
        sender,
        {
            roles.ADMINISTRATOR: [
                *(f"{act}_{model}" for act in acts for model in editable),
                "delete_holiday",
                "delete_signatory",
                "view_accesslog",
            ],
            roles.OFFICER: [],
            roles.LEGAL: [],
            roles.EXECUTIVE: [],
        },
    )
