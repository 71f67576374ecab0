"""What the settings of the finance division share: who sees and changes them, what is noted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

from bannmae.privacy.fields import EncryptedTextField
from bannmae.staff_lists import StaffModelAdmin, without_shortcuts
from payments import access
from payments.desk.register_common import note_act


class MoneyAdmin(StaffModelAdmin):
    """Settings of money: seen by กองคลัง alone, changed by who holds the permission there."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Those of กองคลัง."""
        return access.may_see(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of กองคลัง who may see settings."""
        seen: bool = super().has_view_permission(request, obj)
        return access.may_see(request.user) and seen

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The head's."""
        may: bool = super().has_add_permission(request)
        return access.may_see(request.user) and may

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The head's."""
        may: bool = super().has_change_permission(request, obj)
        return access.may_see(request.user) and may

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The head's, where anything is deleted at all."""
        may: bool = super().has_delete_permission(request, obj)
        return access.may_see(request.user) and may

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Others find nothing here."""
        if not access.may_see(request.user):
            raise Http404
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Others find nothing here."""
        if not access.may_see(request.user):
            raise Http404
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Others find nothing here."""
        if not access.may_see(request.user):
            raise Http404
        return super().delete_view(request, object_id, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Others find nothing here."""
        if not access.may_see(request.user):
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """What a form refers to has a list of its own."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and note what was changed from what to what."""
        super().save_model(request, obj, form, change)
        if detail := said_of(form, change):
            note_act(request, f"money:{self.subject(obj)}", detail)

    def subject(self, obj: Any) -> str:
        """Return how the access log names a row."""
        return str(self.opts.model_name)


def said_of(form: forms.ModelForm, change: bool) -> str:
    """Say what a form changes: 'วิธีออกใบเสร็จ: … → …'."""
    parts = []
    for name in form.changed_data:
        field = form.instance._meta.get_field(name)
        label = str(getattr(field, "verbose_name", name))
        if isinstance(field, EncryptedTextField):  # a secret has no place in a log
            parts.append(f"{label}: เปลี่ยน")
            continue
        now = _shown(field, form.cleaned_data.get(name))
        before = _shown(field, form.initial.get(name)) if change else ""
        parts.append(f"{label}: {before} → {now}" if change else f"{label}: {now}")
    return "; ".join(parts)


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, models.ForeignKey) and value:
        row = (
            value
            if isinstance(value, models.Model)
            else field.related_model.objects.filter(pk=value).first()
        )
        return str(row or "–")
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value or "–"))
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    return str(value) if value not in (None, "") else "–"
