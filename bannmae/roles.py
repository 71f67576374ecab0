"""Roles (Django groups) to begin with. Each room gives its permissions after `migrate`.

A role that exists is left as the staff have set it up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

OFFICER = "เจ้าหน้าที่"
LEGAL = "งานนิติการ"
EXECUTIVE = "ผู้บริหาร"
ADMINISTRATOR = "ผู้ดูแลระบบ"


def grant(app_config: object, roles: Mapping[str, Sequence[str]]) -> None:
    """Give each role the permissions of this app named by codename, once.

    Whether an app has granted already is told by whether any role holds one of its
    permissions: what staff took away afterwards stays away.
    """
    create_permissions(app_config, verbosity=0)  # type: ignore[arg-type]
    label: str = app_config.label  # type: ignore[attr-defined]
    if Permission.objects.filter(content_type__app_label=label, group__isnull=False).exists():
        return
    for role, codenames in roles.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label=label, codename__in=codenames)
        )
