"""ผู้มีอำนาจทางการเงิน: who may approve a void, reopen a day, close a year; leave is data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from bannmae.models import Division, Staff
from bannmae.thai.calendar import format_date
from payments import access
from payments.desk.register_common import note_act, today
from payments.desk.setup_common import MoneyAdmin
from payments.models import MoneyDuty


def finance_staff() -> QuerySet[Staff]:
    """Return whoever works in กองคลัง or a งาน of it."""
    divisions = Division.objects.filter(
        Q(slug=access.FINANCE) | Q(parent__slug=access.FINANCE)
    ).values("pk")
    return (
        Staff.objects.filter(is_active=True, divisions__in=divisions)
        .distinct()
        .order_by("first_name", "username")
    )


class MoneyDutyForm(forms.ModelForm):
    """Who holds a duty, from when until when."""

    def clean(self) -> dict[str, Any]:
        """In order of days, and by somebody who sees payments."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("valid_from"), cleaned.get("valid_until")
        if since and until and until < since:
            self.add_error("valid_until", "ต้องไม่มาก่อนวันเริ่ม")
        if cleaned.get("acting") and not until:
            self.add_error("valid_until", "การปฏิบัติหน้าที่แทนต้องมีวันสิ้นสุด")
        staff = cleaned.get("staff")
        if staff is not None and not access.may_see(staff):
            self.add_error("staff", "เจ้าหน้าที่ผู้นี้ยังไม่มีสิทธิ์ในระบบการเงิน ให้ผู้ดูแลระบบกำหนดบทบาทก่อน")
        return cleaned


@admin.register(MoneyDuty)
class MoneyDutyAdmin(MoneyAdmin):
    """Who may approve a void, reopen a day, close a year; standing in during leave is a row."""

    form = MoneyDutyForm
    list_display = ["duty", "staff", "acting", "since", "until", "state"]
    list_filter = ["duty"]
    list_select_related = ["staff"]
    ordering = ["duty", "staff"]
    list_per_page = 50
    actions = None
    fields = ["duty", "staff", "acting", ("valid_from", "valid_until")]

    def subject(self, obj: MoneyDuty) -> str:
        """By the duty and who holds it."""
        return f"duty-{obj.duty}-{obj.staff.username}"

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer those of กองคลัง."""
        if db_field.name == "staff":
            kwargs["queryset"] = finance_staff()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def delete_model(self, request: HttpRequest, obj: MoneyDuty) -> None:
        """Delete, and note who held it."""
        with transaction.atomic():
            note_act(
                request,
                f"money:{self.subject(obj)}",
                f"ลบ {obj} {obj.acting} {obj.valid_from or ''} – {obj.valid_until or ''}",
            )
            super().delete_model(request, obj)

    @admin.display(description="ตั้งแต่", ordering="valid_from")
    def since(self, row: MoneyDuty) -> str:
        """First day."""
        return format_date(row.valid_from, short=True) if row.valid_from else "–"

    @admin.display(description="ถึง", ordering="valid_until")
    def until(self, row: MoneyDuty) -> str:
        """Last day."""
        return format_date(row.valid_until, short=True) if row.valid_until else "–"

    @admin.display(description="วันนี้")
    def state(self, row: MoneyDuty) -> str:
        """Whether it is in force today."""
        here = today()
        if row.valid_from and here < row.valid_from:
            return "ยังไม่ถึง"
        if row.valid_until and here > row.valid_until:
            return "สิ้นสุดแล้ว"
        return "มีผล"
