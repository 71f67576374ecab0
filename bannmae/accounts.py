"""Staff accounts: one-time passwords, closing on transfer."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse
from django.utils import timezone

from bannmae.models import AccessLog, Staff

# No letters or digits that are mistaken for each other when read aloud or from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Return a password to hand over once: 'xxxx-xxxx-xxxx', about 59 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


@transaction.atomic
def give_one_time_password(staff: Staff, by: Staff) -> str:
    """Set and return a new password that must be changed at the first sign-in."""
    password = one_time_password()
    staff.set_password(password)
    staff.must_change_password = True
    staff.save(update_fields=["password", "must_change_password"])
    AccessLog.objects.create(
        staff=by,
        action=AccessLog.Action.ACCOUNT,
        subject=f"staff:{staff.username}",
        detail="ออกรหัสผ่านใช้ครั้งเดียว",
    )
    return password


@transaction.atomic
def close_account(staff: Staff, by: Staff) -> None:
    """Close the account of someone who was transferred: no sign-in, sessions ended."""
    staff.is_active = False
    staff.closed_at = timezone.now()
    staff.set_unusable_password()
    staff.save(update_fields=["is_active", "closed_at", "password"])
    AccessLog.objects.create(
        staff=by,
        action=AccessLog.Action.ACCOUNT,
        subject=f"staff:{staff.username}",
        detail="ปิดบัญชี",
    )


class PasswordChangeMiddleware:
    """Lets someone with a one-time password do nothing but change it or sign out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Reading request.user costs two queries: only where staff pages are.
        # path_info: what path begins with is whatever the server in front was told.
        if request.path_info.startswith("/admin/") and self._must_change(request):
            change = reverse("admin:password_change")
            free = {change, reverse("admin:logout"), reverse("admin:jsi18n")}
            # reverse() puts the prefix of the whole service in front.
            if get_script_prefix().rstrip("/") + request.path_info not in free:
                return redirect(change)
        return self.get_response(request)

    @staticmethod
    def _must_change(request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, Staff) and user.is_authenticated and user.must_change_password
