"""ตั้งค่าแชต: hours, when a chat begins anew, the quota's reserve, where payments are told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from solo.admin import SingletonModelAdmin

from bannmae import navigation
from bannmae.staff_lists import StaffModelAdmin, without_shortcuts
from chatops import wake
from chatops.channel_admin import https_only
from chatops.models import Channel, ChatSettings
from chatops.outbox import quota

PAYMENT_FIELDS = {"payment_channel", "payment_account_url"}
NOT_CONNECTED = (
    "บัญชีที่รับแจ้งชำระเงินไม่ได้เชื่อมกับระบบนี้ สิ่งที่ประชาชนส่งไปที่นั่นจะไม่มีการแจ้งเตือนเจ้าหน้าที่ "
    "และไม่มีใบเสร็จจากระบบนี้ เจ้าหน้าที่ต้องเปิดดูใน LINE OA Manager เอง"
)


class ChatSettingsForm(forms.ModelForm):
    """The settings, with what cannot be refused."""

    def clean_payment_account_url(self) -> str:
        """LINE opens https alone."""
        return https_only(self.cleaned_data["payment_account_url"])

    def clean_payment_channel(self) -> Channel | None:
        """The menu leads to an address."""
        channel: Channel | None = self.cleaned_data["payment_channel"]
        if channel is not None and not channel.add_friend_url:
            raise ValidationError("บัญชีนี้ยังไม่มีลิงก์เพิ่มเพื่อน โปรดใส่ในหน้าบัญชี LINE ก่อน")
        return channel

    def clean(self) -> dict[str, Any]:
        """Hours that follow each other, and one place for payments."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and opens >= closes:
            self.add_error("closes_at", "ต้องหลังเวลาเปิดทำการ")
        if cleaned.get("payment_channel") and cleaned.get("payment_account_url"):
            self.add_error("payment_account_url", "เลือกบัญชีที่เชื่อมแล้ว หรือใส่ลิงก์ อย่างใดอย่างหนึ่ง")
        return cleaned


@admin.register(ChatSettings)
class ChatSettingsAdmin(SingletonModelAdmin, StaffModelAdmin):
    """One row, opened at once."""

    change_form_template = "admin/change_form.html"
    change_form_outer_before_template = "chatops/admin/settings_warning.html"
    form = ChatSettingsForm
    fieldsets = (
        ("เวลาทำการ", {"fields": [("opens_at", "closes_at")]}),
        ("เรื่องในแชต", {"fields": ["reopen_days", "manual_minutes", "staff_notice_minutes"]}),
        ("โควตาข้อความ", {"fields": ["quota_reserve"]}),
        ("การแจ้งชำระภาษีและค่าธรรมเนียม", {"fields": ["payment_channel", "payment_account_url"]}),
        ("AI", {"fields": ["ai_on"]}),
    )

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Accounts have a list of their own; a link typed bare is https."""
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))
        if isinstance(db_field, models.TimeField):
            field.widget.format = "%H:%M"
        return field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Another account than the one that the menu stands in."""
        if db_field.name == "payment_channel":
            kwargs["queryset"] = Channel.objects.filter(is_active=True).exclude(slug=Channel.MAIN)
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "payment_channel":
            field.empty_label = "แจ้งในแชตของบัญชีหลัก"
        return field

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Say for as long as it is so that payments go past this system."""
        warning = NOT_CONNECTED if ChatSettings.get_solo().payment_account_url else ""
        context = {**(extra_context or {}), "standing_warning": warning}
        return super().change_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: ChatSettings, form: Any, change: bool) -> None:
        """Bring the menu up to date, and say what the new settings mean."""
        super().save_model(request, obj, form, change)
        if PAYMENT_FIELDS & set(form.changed_data):
            transaction.on_commit(wake.ring_for_menu)
        if obj.payment_account_url:
            messages.warning(request, NOT_CONNECTED)
        now = timezone.now()
        for channel in Channel.objects.filter(is_active=True).exclude(quota_limit=None):
            if quota.left(channel, now) is not None and obj.quota_reserve >= channel.quota_limit:
                messages.warning(
                    request,
                    f"จำนวนที่เก็บไว้ไม่น้อยกว่าโควตาทั้งเดือนของ {channel.name} "
                    f"({channel.quota_limit:,} ข้อความ) ข้อความที่รอได้จะพักไว้ทั้งหมด",
                )


navigation.add_entry(
    navigation.Entry(
        title="ตั้งค่าแชต",
        url=navigation.list_url("chatops_chatsettings"),
        icon="tune",
        allowed=navigation.permitted("chatops.view_chatsettings", "chatops.change_chatsettings"),
        order=29,
        group=navigation.SETTINGS,
    )
)
