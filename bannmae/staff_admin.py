"""Officers' accounts: made with a one-time password, reset, closed on transfer, never deleted.

Whoever keeps the accounts is no more than that: he cannot touch a superuser, change his own
roles or divisions, hand out rights over accounts that he does not hold, or make himself or a
puppet see everybody's cases: a division that sees them, and a password of who belongs to one,
are given by a superuser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axes.utils import reset as forget_failures
from django.contrib import admin, messages
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from bannmae.access_log import record
from bannmae.accounts import close_account, give_one_time_password
from bannmae.models import AccessLog, Division, Staff
from bannmae.staff_input import row_id
from bannmae.staff_lists import StaffModelAdmin, without_shortcuts
from bannmae.thai.calendar import format_datetime

ACCOUNT = AccessLog.Action.ACCOUNT


@transaction.atomic
def reopen_account(staff: Staff, by: Staff) -> str:
    """Open a closed account again and return its one-time password."""
    staff.is_active = True
    staff.closed_at = None
    staff.save(update_fields=["is_active", "closed_at"])
    return give_one_time_password(staff, by)


def grantable_groups(by: Staff) -> QuerySet[Group]:
    """Return the roles that `by` may hand out: none with rights over accounts beyond his own."""
    if by.is_superuser:
        return Group.objects.all()
    held = by.get_all_permissions()
    over_accounts = Permission.objects.filter(
        Q(content_type__app_label="auth")
        | Q(content_type__app_label="bannmae", content_type__model="staff")
    ).select_related("content_type")
    beyond = [
        one.pk
        for one in over_accounts
        if f"{one.content_type.app_label}.{one.codename}" not in held
    ]
    return Group.objects.exclude(permissions__in=beyond)


def sees_every_division(staff: Staff) -> bool:
    """Tell whether `staff` belongs to a division that sees the cases of all."""
    return staff.divisions.filter(sees_all_complaints=True).exists()


def lacks_division(staff: Staff) -> bool:
    """Tell whether a role lets `staff` read cases of divisions, and there is no division."""
    # That room is above this one: its permission is known here by name.
    reads = Q(permissions__content_type__app_label="complaints") & Q(
        permissions__codename="view_complaint"
    )
    return (
        staff.is_active
        and not staff.is_superuser
        and not staff.divisions.exists()
        and staff.groups.filter(reads).exists()
    )


def may_give_password(by: Staff, staff: Staff) -> bool:
    """Tell whether `by` may see a password of `staff`: whose it is, his eyes he borrows."""
    return by.is_superuser or not sees_every_division(staff)


@admin.register(Staff)
class StaffAdmin(StaffModelAdmin):
    """The list of officers and one officer's account."""

    list_display = ["username", "full_name", "position", "division_names", "state"]
    list_filter = ["is_active", "divisions", "groups"]
    search_fields = ["username", "first_name", "last_name", "position"]
    ordering = ["-is_active", "username"]
    list_per_page = 50
    list_filter_sheet = True
    change_form_outer_before_template = "admin/staff_state.html"
    add_fieldsets = (
        (None, {"fields": ["username", ("first_name", "last_name"), "position"]}),
        ("งานและสิทธิ์", {"fields": ["divisions", "groups"]}),
    )

    # -- who may do what ---------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Staff | None = None) -> bool:
        """A superuser's account is changed by superusers alone."""
        if obj is not None and not request.user.is_superuser:
            # Whose password he sets, his eyes he borrows.
            if obj.is_superuser or obj.restricted_categories.filter(restricted=True).exists():
                return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Staff | None = None) -> bool:
        """Accounts are closed: the history names their owners."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Staff | None = None) -> Any:
        """Names, work, signature; the superuser's mark is shown to superusers alone."""
        if obj is None:
            return self.add_fieldsets
        rights = ["divisions", "groups"]
        if request.user.is_superuser:
            rights.append("is_superuser")
        return (
            (None, {"fields": ["username", ("first_name", "last_name"), "position", "email"]}),
            ("งานและสิทธิ์", {"fields": rights}),
            ("ช่องลงนามในเอกสาร", {"fields": ["signature_name", "signature_lines"]}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Staff | None = None) -> list[str]:
        """Nobody changes his own rights."""
        if obj is None:
            return []
        if obj.pk != request.user.pk:
            return ["username"]
        if request.user.is_superuser:
            return ["username", "is_superuser"]
        return ["username", "divisions", "groups", "is_superuser"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the roles that may be handed out; those held already stay choosable."""
        if db_field.name == "groups":
            groups = grantable_groups(request.user)
            match = request.resolver_match
            if match and (held := row_id(match.kwargs.get("object_id", ""))):
                groups = Group.objects.filter(
                    Q(pk__in=groups.values("pk")) | Q(user=held)
                ).distinct()
            kwargs["queryset"] = groups
            kwargs["label"] = "บทบาท"
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nothing else is made from here."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    # -- saving ------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Staff, form: ModelForm, change: bool) -> None:
        """A new account begins with a one-time password, which is shown once."""
        if change:
            if form.changed_data_of_columns:
                obj.save(update_fields=[*form.changed_data_of_columns])
            return
        obj.is_staff = True
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        request.one_time_password = give_one_time_password(obj, request.user)

    def get_form(
        self, request: HttpRequest, obj: Staff | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Let the form tell which columns were changed: a save must not undo a closing."""
        form = super().get_form(request, obj, change=change, **kwargs)

        class Form(form):  # type: ignore[misc, valid-type]
            def clean_divisions(self) -> QuerySet[Division]:
                chosen: QuerySet[Division] = self.cleaned_data["divisions"]
                if not request.user.is_superuser:
                    held = obj.divisions.values("pk") if obj else []
                    opened = chosen.filter(sees_all_complaints=True).exclude(pk__in=held)
                    if names := ", ".join(opened.values_list("name", flat=True)):
                        raise ValidationError(f"{names} เห็นเรื่องของทุกกอง จึงให้ผู้ใดสังกัดได้เฉพาะผู้ดูแลสูงสุด")
                return chosen

            def clean_groups(self) -> QuerySet[Group]:
                chosen: QuerySet[Group] = self.cleaned_data["groups"]
                if not chosen and (obj is None or obj.is_active) and not self._is_superuser():
                    raise ValidationError(
                        "กรุณาเลือกบทบาทอย่างน้อยหนึ่งบทบาท ผู้ไม่มีบทบาทเข้าสู่ระบบแล้วไม่เห็นเมนูใด"
                    )
                return chosen

            def _is_superuser(self) -> bool:
                if "is_superuser" in self.fields:
                    return "is_superuser" in self.data
                return bool(obj and obj.is_superuser)

            @property
            def changed_data_of_columns(self) -> list[str]:
                columns = {field.name for field in Staff._meta.concrete_fields}
                return [name for name in self.changed_data if name in columns]

        return Form

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Save divisions and roles, and note in the access log what somebody may do now."""
        super().save_related(request, form, formsets, change)
        if lacks_division(form.instance):
            messages.warning(
                request,
                f"{form.instance} ยังไม่มีกอง/งาน จึงไม่เห็นเรื่องใด โปรดเลือกกอง/งานให้ตรงกับหน้าที่",
            )
        if {"divisions", "groups", "is_superuser"}.intersection(form.changed_data):
            staff: Staff = form.instance
            names = [
                *staff.divisions.values_list("name", flat=True),
                *staff.groups.values_list("name", flat=True),
                *(["ผู้ดูแลสูงสุด"] if staff.is_superuser else []),
            ]
            what = f"กำหนดงานและสิทธิ์: {', '.join(names) or 'ไม่มี'}"
            record(request, ACCOUNT, f"staff:{staff.username}", what)

    def response_add(
        self, request: HttpRequest, obj: Staff, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the one-time password."""
        return self._show_password(request, obj, request.one_time_password)

    # -- acts ----------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        """Add the acts: GET asks, POST does."""
        acts = {
            "one-time-password": self.one_time_password,
            "close": self.close,
            "reopen": self.reopen,
            "unlock": self.unlock,
        }
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"bannmae_staff_{name.replace('-', '_')}",
            )
            for name, view in acts.items()
        ] + super().get_urls()

    def one_time_password(self, request: HttpRequest, pk: int) -> HttpResponse:
        """ออกรหัสผ่านใช้ครั้งเดียว: the old password ends at once."""
        return self._act(
            request,
            pk,
            title="ออกรหัสผ่านใช้ครั้งเดียว",
            question="รหัสผ่านเดิมจะใช้ไม่ได้ทันที และเจ้าของบัญชีต้องตั้งรหัสผ่านใหม่เมื่อเข้าสู่ระบบครั้งแรก",
            possible=lambda staff: staff.is_active,
            shows_password=True,
            act=lambda staff: self._show_password(
                request, staff, give_one_time_password(staff, request.user)
            ),
        )

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        """ปิดบัญชี: on transfer; no sign-in from now on, the history keeps the name."""

        def act(staff: Staff) -> HttpResponse:
            close_account(staff, request.user)
            return self._done(request, staff, f"ปิดบัญชี {staff} แล้ว")

        return self._act(
            request,
            pk,
            title="ปิดบัญชี",
            question="ผู้นี้จะเข้าสู่ระบบไม่ได้อีก และออกจากระบบทันทีในทุกเครื่อง ชื่อในประวัติเรื่องยังคงอยู่",
            possible=lambda staff: staff.is_active,
            act=act,
            danger=True,
        )

    def reopen(self, request: HttpRequest, pk: int) -> HttpResponse:
        """เปิดบัญชีอีกครั้ง, with a one-time password."""
        return self._act(
            request,
            pk,
            title="เปิดบัญชีอีกครั้ง",
            question="ระบบจะออกรหัสผ่านใช้ครั้งเดียวให้ โปรดตรวจสอบกอง/งานและสิทธิ์ให้ตรงกับหน้าที่ปัจจุบัน",
            possible=lambda staff: not staff.is_active,
            shows_password=True,
            act=lambda staff: self._show_password(
                request, staff, reopen_account(staff, request.user)
            ),
        )

    def unlock(self, request: HttpRequest, pk: int) -> HttpResponse:
        """ปลดล็อก: forget the wrong passwords that were typed for this account."""

        def act(staff: Staff) -> HttpResponse:
            forget_failures(username=staff.username)
            record(request, ACCOUNT, f"staff:{staff.username}", "ปลดล็อกการเข้าสู่ระบบ")
            return self._done(request, staff, "ปลดล็อกแล้ว เข้าสู่ระบบได้ทันที")

        return self._act(
            request,
            pk,
            title="ปลดล็อกการเข้าสู่ระบบ",
            question="ใช้เมื่อเจ้าของบัญชีใส่รหัสผ่านผิดหลายครั้งจนระบบพักไว้ 15 นาที โปรดยืนยันตัวบุคคลก่อน",
            possible=lambda staff: staff.is_active,
            act=act,
        )

    def _act(
        self,
        request: HttpRequest,
        pk: int,
        *,
        title: str,
        question: str,
        possible: Callable[[Staff], bool],
        act: Callable[[Staff], HttpResponse],
        danger: bool = False,
        shows_password: bool = False,
    ) -> HttpResponse:
        staff = self.get_queryset(request).filter(pk=pk).first()
        if staff is None:
            raise Http404
        if not self.has_change_permission(request, staff) or staff.pk == request.user.pk:
            raise PermissionDenied
        if shows_password and not may_give_password(request.user, staff):
            # Closing and unlocking stay his work.
            messages.error(request, f"{title}ไม่ได้: ผู้นี้เห็นเรื่องของทุกกอง ผู้ดูแลสูงสุดเท่านั้นที่ออกรหัสผ่านให้ได้")
            return redirect("admin:bannmae_staff_change", staff.pk)
        if not possible(staff):
            messages.error(request, f"{title}ไม่ได้: สถานะของบัญชีนี้เปลี่ยนไปแล้ว")
            return redirect("admin:bannmae_staff_change", staff.pk)
        if request.method == "POST":
            return act(staff)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "staff": staff,
            "question": question,
            "danger": danger,
            "back_url": reverse("admin:bannmae_staff_change", args=[staff.pk]),
        }
        return TemplateResponse(request, "admin/staff_act.html", context)

    def _done(self, request: HttpRequest, staff: Staff, message: str) -> HttpResponse:
        messages.success(request, message)
        return redirect("admin:bannmae_staff_change", staff.pk)

    def _show_password(self, request: HttpRequest, staff: Staff, password: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "รหัสผ่านใช้ครั้งเดียว",
            "opts": self.opts,
            "staff": staff,
            "password": password,
            "back_url": reverse("admin:bannmae_staff_changelist"),
        }
        response = TemplateResponse(request, "admin/staff_password.html", context)
        response["Cache-Control"] = "no-store"
        return response

    # -- shown -------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Staff]:
        """With divisions for the list."""
        staff: QuerySet[Staff] = super().get_queryset(request)
        return staff.prefetch_related("divisions")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the account with its state and the acts that fit it."""
        staff = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if staff is not None:
            context |= {
                "staff": staff,
                "staff_state": self.state(staff),
                "last_login_text": format_datetime(staff.last_login, short=True)
                if staff.last_login
                else "ยังไม่เคย",
                "may_act": self.has_change_permission(request, staff)
                and staff.pk != request.user.pk,
                "may_give_password": may_give_password(request.user, staff),
            }
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description="ชื่อ–สกุล", ordering="first_name")
    def full_name(self, staff: Staff) -> str:
        """Name and surname."""
        return staff.get_full_name() or "–"

    @admin.display(description="กอง/งาน")
    def division_names(self, staff: Staff) -> str:
        """The divisions' short names."""
        return ", ".join(division.short_name for division in staff.divisions.all()) or "–"

    @admin.display(description="สถานะบัญชี", ordering="is_active")
    def state(self, staff: Staff) -> str:
        """Say how the account stands."""
        if not staff.is_active:
            closed = (
                f"เมื่อ {format_datetime(staff.closed_at, short=True)}" if staff.closed_at else ""
            )
            return f"ปิดบัญชีแล้ว {closed}".strip()
        if staff.must_change_password:
            return "รอตั้งรหัสผ่านใหม่"
        return "ใช้งาน"
