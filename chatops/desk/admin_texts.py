"""ข้อความสำเร็จรูป and ป้ายกำกับ in the admin: each division keeps its own."""

from __future__ import annotations

import string
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from bannmae import navigation
from bannmae.models import Division, Staff
from bannmae.staff_lists import StaffModelAdmin, without_shortcuts
from chatops.cases.access import reach
from chatops.models import CannedReply, Label

PLACEHOLDERS = ("name", "division", "officer", "municipality", "phone", "office_hours")


def check_placeholders(text: str) -> None:
    """Raise ValidationError for a placeholder that nothing fills in, or a lone brace."""
    try:
        named = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise ValidationError("วงเล็บปีกกา { } ไม่ครบคู่") from error
    if unknown := [name for name in named if name not in PLACEHOLDERS]:
        raise ValidationError(
            f"ไม่รู้จัก {{{unknown[0]}}} ใช้ได้เฉพาะ {' '.join(f'{{{one}}}' for one in PLACEHOLDERS)}"
        )


class CannedReplyForm(forms.ModelForm):
    """A canned reply whose placeholders are known."""

    def clean_text(self) -> str:
        """Refuse what would reach the resident as it stands."""
        text: str = self.cleaned_data["text"]
        check_placeholders(text)
        return text


class OfDivisionsAdmin(StaffModelAdmin):
    """Rows of divisions: an officer keeps those of his own, administrators everybody's."""

    actions = None
    for_everybody = False  # a row without a division is one for all

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """His divisions' rows, and those for everybody."""
        rows = super().get_queryset(request).select_related("division")
        if keeps_all(request.user):
            return rows
        mine = Q(division__in=sorted(reach(request.user).divisions))
        return rows.filter(mine | Q(division=None) if self.for_everybody else mine)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """His own divisions' alone."""
        return bool(super().has_change_permission(request, obj)) and _is_his(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may change it may take it away: nothing refers to it."""
        return self.has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer his own divisions."""
        if db_field.name == "division":
            divisions = Division.objects.filter(is_active=True)
            if not keeps_all(request.user):
                divisions = divisions.filter(pk__in=sorted(reach(request.user).divisions))
                kwargs["required"] = True
            kwargs["queryset"] = divisions
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Divisions have a list of their own."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))


def keeps_all(staff: Staff) -> bool:
    """Tell whether `staff` keeps what belongs to everybody: who sets up the topics does."""
    return bool(staff.has_perm("chatops.change_topic"))


def _is_his(staff: Staff, row: Any) -> bool:
    return row is None or keeps_all(staff) or row.division_id in reach(staff).divisions


@admin.register(CannedReply)
class CannedReplyAdmin(OfDivisionsAdmin):
    """ข้อความสำเร็จรูป."""

    form = CannedReplyForm
    for_everybody = True
    list_display = ["title", "beginning", "division", "is_active", "order"]
    list_filter = ["is_active"]
    search_fields = ["title", "text"]
    search_help_text = "ค้นหาชื่อหรือข้อความ"
    ordering = ["order", "title"]
    fields = ["title", "text", "division", ("order", "is_active")]

    @admin.display(description="ข้อความ")
    def beginning(self, row: CannedReply) -> str:
        """Its first words."""
        words = " ".join(row.text.split())
        return words if len(words) <= 60 else f"{words[:60]}…"


@admin.register(Label)
class LabelAdmin(OfDivisionsAdmin):
    """ป้ายกำกับ."""

    list_display = ["name", "division"]
    search_fields = ["name"]
    search_help_text = "ค้นหาชื่อป้าย"
    ordering = ["name"]
    fields = ["name", "division"]


for _title, _model, _icon, _order in (
    ("ข้อความสำเร็จรูป", "cannedreply", "quickreply", 0.2),
    ("ป้ายกำกับประชาชน", "label", "label", 0.3),
):
    navigation.add_entry(
        navigation.Entry(
            title=_title,
            url=navigation.list_url(f"chatops_{_model}"),
            icon=_icon,
            allowed=navigation.permitted(f"chatops.view_{_model}"),
            order=_order,  # type: ignore[arg-type]  # beside แชต
            inner=True,
        )
    )
