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
FINANCE = "การเงินและจัดเก็บรายได้"
FINANCE_HEAD = "หัวหน้ากองคลัง"
ADMINISTRATOR = "ผู้ดูแลระบบ"


def grant(app_config: object, roles: Mapping[str, Sequence[str]]) -> None:
    """Give each role the permissions of this app named by codename, once.

    Whether it has been granted already is told model by model, by whether any role holds a
    permission on it: what staff took away afterwards stays away, what is new is given.
    """
    create_permissions(app_config, verbosity=0)  # type: ignore[arg-type]
    label: str = app_config.label  # type: ignore[attr-defined]
    of_app = Permission.objects.filter(content_type__app_label=label)
    granted = set(of_app.filter(group__isnull=False).values_list("content_type", flat=True))
    for role, codenames in roles.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.add(
            *of_app.filter(codename__in=codenames).exclude(content_type__in=granted)
        )
