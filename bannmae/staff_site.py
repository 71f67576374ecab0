"""The admin site of the staff: its rules for the browser, sign-in and own password."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import UNSAFE_EVAL
from django import forms
from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from unfold.forms import AdminOwnPasswordChangeForm
from unfold.sites import UnfoldAdminSite

from bannmae.models import Staff

View = Callable[..., HttpResponse]


def with_theme_scripts(view: View) -> View:
    """Let the admin theme's Alpine evaluate its attributes; only staff pages allow that."""

    @wraps(view)
    def inner(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        update = dict(getattr(response, "_csp_update", None) or {})
        update["script-src"] = [*update.get("script-src", []), UNSAFE_EVAL]
        response._csp_update = update  # type: ignore[attr-defined]
        return response

    return inner


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """A new password, really another one; with it the one-time password is done with."""

    user: Staff

    def __init__(self, user: Staff, *args: Any, **kwargs: Any) -> None:
        """Ask for the password that the officer was given, by the name that it was given by."""
        super().__init__(user, *args, **kwargs)
        if user.must_change_password:
            self.fields["old_password"].label = "รหัสผ่านครั้งเดียวที่ได้รับ"
            self.error_messages = self.error_messages | {
                "password_incorrect": "รหัสผ่านครั้งเดียวไม่ถูกต้อง กรุณากรอกตามที่ได้รับ"
            }

    def validate_password_for_user(self, user: Staff, *_: str) -> None:
        """Tell what is weak beside the field where it was thought of, not where it is repeated."""
        super().validate_password_for_user(user, "new_password1")

    def clean(self) -> dict[str, Any]:
        """Refuse the password that is being replaced: somebody else may have seen it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.user.check_password(cleaned.get("new_password1") or ""):
            self.add_error(
                "new_password1",
                ValidationError("โปรดตั้งรหัสผ่านใหม่ที่ไม่ซ้ำกับรหัสผ่านเดิม", code="password_unchanged"),
            )
        return cleaned

    def save(self, commit: bool = True) -> Staff:
        """Set the password and lift the duty to change it, and write nothing else.

        A whole save could bring an account back that was closed meanwhile.
        """
        self.user.set_password(self.cleaned_data["new_password1"])
        self.user.must_change_password = False
        if commit:
            self.user.save(update_fields=["password", "must_change_password"])
        return self.user


class OwnPasswordView(PasswordChangeView):
    """Changing one's own password, and then on to work."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Save and say so on the first screen."""
        messages.success(self.request, "เปลี่ยนรหัสผ่านแล้ว")
        return super().form_valid(form)


class StaffSite(UnfoldAdminSite):
    """The staff's site; every page of it speaks Thai and is framed by nobody."""

    index_title = "งานของฉัน"
    enable_nav_sidebar = True

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Wrap a staff page as Django does, with the theme's rule for scripts."""
        return with_theme_scripts(super().admin_view(view, cacheable))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the sign-in page."""
        context = {"title": "เข้าสู่ระบบ", **(extra_context or {})}
        return with_theme_scripts(never_cache(super().login))(request, context)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change one's own password; with a one-time password there is no way around it."""
        forced = getattr(request.user, "must_change_password", False)
        context = {
            **self.each_context(request),
            "title": "ตั้งรหัสผ่านใหม่" if forced else "เปลี่ยนรหัสผ่าน",
            "forced": forced,
            **(extra_context or {}),
        }
        if forced:
            # Nothing of it could be reached yet.
            context["is_nav_sidebar_enabled"] = False
        request.current_app = self.name  # type: ignore[attr-defined]
        return OwnPasswordView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:index"),
            template_name="admin/own_password.html",
            extra_context=context,
        )(request)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """No form here asks it; it would search whatever refers to anything."""
        raise Http404

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The theme's search of menus, which our side menu has no field for."""
        raise Http404

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show what needs me."""
        return super().index(request, {"app_list": [], **(extra_context or {})})
