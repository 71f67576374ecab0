"""The channel in the admin: whether LINE takes our messages, and the words of the answers."""

from __future__ import annotations

import string
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from bannmae import navigation
from bannmae.access_log import record
from bannmae.models import AccessLog
from bannmae.staff_lists import StaffModelAdmin
from bannmae.thai.calendar import format_datetime
from bannmae.thai.text import normalise_text
from chatops import wake
from chatops.addresses import webhook_address
from chatops.audience import SEES_LINE
from chatops.menu.artwork import MAX_OWN_TILES, TILES
from chatops.models import AutoText, Channel, OutboundMessage
from chatops.outbox import quota

State = OutboundMessage.State
BANNER_SECONDS = 5


_WRITTEN_ONCE = "•••• ตั้งไว้แล้ว (เว้นว่างไว้ = ใช้ค่าเดิม)"
_MAIN = (
    "Channel secret และ access token ของบัญชีหลักอยู่ในไฟล์ .env ของเครื่องเซิร์ฟเวอร์ "
    "(LINE_CHANNEL_SECRET, LINE_CHANNEL_ACCESS_TOKEN)"
)
SECRETS = ("channel_secret", "access_token")


class ChannelForm(forms.ModelForm):
    """An account; its credentials are written here and never shown again."""

    menu_entries = forms.MultipleChoiceField(
        label="เมนูของบัญชีนี้",
        required=False,
        choices=[(key, tile.label) for key, tile in TILES.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=f"เลือกได้ไม่เกิน {MAX_OWN_TILES} ช่อง ระบบวาดภาพเมนูให้ ไม่เลือกเลย = ไม่มีเมนูจากระบบนี้",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:
            field = self.fields.get(name)
            if field is None:
                continue
            is_set = bool(self.instance.pk and getattr(self.instance, name))
            self.initial[name] = ""
            # None of it goes back to a browser, not even after a mistake elsewhere in the form.
            field.widget = UnfoldAdminPasswordWidget(
                render_value=False,
                attrs={
                    "autocomplete": "new-password",
                    "placeholder": _WRITTEN_ONCE if is_set else "",
                },
            )
            field.required = not is_set
            field.help_text = _WHERE[name]

    def clean(self) -> dict[str, Any] | None:
        """Keep a credential that was left blank; refuse what is none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in SECRETS:
            if name not in self.fields or name in self.errors:
                continue
            typed = "".join(str(cleaned.get(name) or "").split())
            if not typed.isascii() or not typed.isprintable():
                self.add_error(name, "มีอักขระที่ไม่ใช่ของ LINE โปรดคัดลอกจาก LINE Developers อีกครั้ง")
                continue
            cleaned[name] = typed or getattr(self.instance, name)
        if "provider" in cleaned:
            cleaned["provider"] = normalise_text(cleaned["provider"])
        return cleaned

    def clean_slug(self) -> str:
        """The code stands in an address: small letters."""
        return str(self.cleaned_data["slug"]).lower()

    def clean_add_friend_url(self) -> str:
        """LINE opens https alone."""
        return https_only(self.cleaned_data["add_friend_url"])

    def clean_menu_entries(self) -> list[str]:
        """No more tiles than the menu has room for."""
        chosen: list[str] = self.cleaned_data["menu_entries"]
        if len(chosen) > MAX_OWN_TILES:
            raise ValidationError(f"เลือกได้ไม่เกิน {MAX_OWN_TILES} ช่อง")
        return chosen


_WHERE = {
    "channel_secret": "LINE Developers → channel ของบัญชีนี้ → Basic settings → Channel secret "
    "(ระหว่างเปลี่ยน ใส่ค่าใหม่และค่าเก่าคั่นด้วยจุลภาคได้) เก็บแบบเข้ารหัสและไม่แสดงอีก",
    "access_token": "LINE Developers → channel ของบัญชีนี้ → Messaging API → "
    "Channel access token (long-lived) เก็บแบบเข้ารหัสและไม่แสดงอีก",
}


def https_only(url: str) -> str:
    """Return an address as it is. Raise ValidationError for one that LINE would not open."""
    if url and not url.startswith("https://"):
        raise ValidationError("ต้องขึ้นต้นด้วย https://")
    return url


@admin.register(Channel)
class ChannelAdmin(StaffModelAdmin):
    """The LINE accounts: credentials of further ones, whether they can send, a way to try."""

    form = ChannelForm
    list_display = ["name", "address", "health"]
    ordering = ["pk"]
    change_form_outer_before_template = "chatops/admin/channel_health.html"
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Residents belong to it: it is switched off."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Channel | None = None) -> Any:
        """The main account's credentials are the environment's; nobody sees the others'."""
        if obj is not None and obj.slug == Channel.MAIN:
            return ((None, {"fields": ["name", "provider"], "description": _MAIN}),)
        writes = obj is None or self.has_change_permission(request, obj)
        return (
            (None, {"fields": ["name", "slug", "is_active"]}),
            (
                "การเชื่อมต่อกับ LINE",
                {"fields": ["provider", *(SECRETS if writes else ())]},
            ),
            ("สำหรับประชาชน", {"fields": ["add_friend_url", "menu_entries"]}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code stays what it is: LINE knows the address."""
        return [] if obj is None else ["slug"]

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """One line for a credential; a link typed bare is https."""
        if db_field.name in SECRETS:
            return forms.CharField(label=db_field.verbose_name, max_length=500, required=False)
        if db_field.name == "slug":
            kwargs["help_text"] = (
                "ตัวอังกฤษพิมพ์เล็ก ตัวเลข และ - เช่น revenue อยู่ในที่อยู่เว็บฮุก จึงแก้ภายหลังไม่ได้"
            )
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:
        """Other credentials have not been refused yet; a worker sees to the menu."""
        if set(SECRETS) & set(form.changed_data):
            obj.trouble, obj.paused_until, obj.consecutive_timeouts = "", None, 0
            record(
                request,
                AccessLog.Action.ACCOUNT,
                f"channel:{obj.slug}",
                "เปลี่ยนข้อมูลเชื่อมต่อกับ LINE",
            )
        super().save_model(request, obj, form, change)
        cache.delete(_BANNER_KEY)
        transaction.on_commit(wake.ring_for_menu)
        transaction.on_commit(wake.ring)

    @admin.display(description="เว็บฮุก")
    def address(self, row: Channel) -> str:
        """Where LINE sends its events."""
        return urlsplit(webhook_address(row)).path

    def get_urls(self) -> list[Any]:
        """Add ลองส่งใหม่ตอนนี้ and ตรวจการตั้งค่า."""
        view = self.admin_site.admin_view(require_POST(self.try_now))
        check = self.admin_site.admin_view(require_POST(self.check_setup))
        return [
            path("<int:pk>/try-now/", view, name="chatops_channel_try_now"),
            path("<int:pk>/check/", check, name="chatops_channel_check"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show how the channel stands."""
        channel = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if channel is not None:
            waiting = OutboundMessage.objects.filter(resident__channel=channel, is_waiting=True)
            held = OutboundMessage.objects.filter(resident__channel=channel, state=State.HELD)
            context |= {
                "channel": channel,
                "health": health(channel),
                "waiting": waiting[:1001].count(),
                "held": held[:1001].count(),
                "paused_until": format_datetime(channel.paused_until, short=True)
                if channel.paused_until
                else "",
                "quota_spent_at": format_datetime(channel.quota_spent_at, short=True)
                if channel.quota_spent_at
                else "",
                "webhook": webhook_address(channel),
                "may_try": self.has_change_permission(request, channel),
            }
        return super().change_view(request, object_id, form_url, context)

    def check_setup(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask LINE how the account is set up, and show what to mend; as `line_doctor` does."""
        channel = Channel.objects.filter(pk=pk).first()
        if channel is None:
            raise Http404
        if not self.has_change_permission(request, channel):
            raise PermissionDenied
        # Knows LINE's client, which the web process loads only when asked.
        from chatops.doctor import Mark, examine

        findings = list(examine(channel))
        context = {
            **self.admin_site.each_context(request),
            "title": f"ตรวจการตั้งค่า {channel.name}",
            "channel": channel,
            "findings": findings,
            "to_mend": sum(one.mark is Mark.BAD for one in findings),
        }
        return TemplateResponse(request, "chatops/admin/channel_check.html", context)

    def try_now(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lift pause and quota mark and try what waits; if LINE still refuses, they come back."""
        channel = Channel.objects.filter(pk=pk).first()
        if channel is None:
            raise Http404
        if not self.has_change_permission(request, channel):
            raise PermissionDenied
        # Knows LINE's client, which the web process loads only when asked.
        from chatops.outbox.delivery import release_held

        with transaction.atomic():
            Channel.objects.filter(pk=pk).update(
                paused_until=None, trouble="", consecutive_timeouts=0
            )
            release_held(channel)
            OutboundMessage.objects.filter(resident__channel=channel, state=State.RETRYING).update(
                due_at=timezone.now()
            )
            transaction.on_commit(wake.ring)
        cache.delete(_BANNER_KEY)
        messages.success(request, "สั่งลองส่งใหม่แล้ว ผลจะเห็นในไม่กี่วินาที")
        return redirect("admin:chatops_channel_change", pk)

    @admin.display(description="สถานะ")
    def health(self, row: Channel) -> str:
        """How it stands, in a line."""
        return health(row)


def health(channel: Channel) -> str:
    """Say how a channel stands."""
    if not channel.is_active:
        return "ปิดใช้งาน"
    if channel.trouble:
        return channel.trouble
    if channel.quota_spent_at:
        return "โควตาข้อความของเดือนนี้หมดแล้ว ข้อความที่รอได้ถูกพักไว้"
    if quota.is_short(channel, timezone.now()):
        return "ส่งได้ แต่โควตาข้อความของเดือนนี้ใกล้หมด"
    return "ปกติ"


_BANNER_KEY = "chatops-channels"


def channels_in_use() -> Sequence[Channel]:
    """Return the accounts in use as they stood a moment ago, without their credentials."""
    found: list[Channel] | None = cache.get(_BANNER_KEY)
    if found is None:
        rows = Channel.objects.filter(is_active=True).order_by("pk")
        found = list(rows.defer(*SECRETS, "rich_menus", "menu_entries"))
        cache.set(_BANNER_KEY, found, BANNER_SECONDS)
    return found


def trouble_banners(request: HttpRequest) -> Sequence[navigation.Banner]:
    """Say on every page while a channel cannot send."""
    troubled = [one for one in channels_in_use() if one.trouble or one.quota_spent_at]
    may_look = bool(troubled) and request.user.has_perm(SEES_LINE)
    return [
        navigation.Banner(
            text=f"การส่งข้อความทาง LINE ({channel.name}) มีปัญหา: {health(channel)}",
            url=reverse("admin:chatops_channel_change", args=[channel.pk]) if may_look else "",
            link="ดูรายละเอียด",
        )
        for channel in troubled
    ]


# -- texts that the chat sends by itself -------------------------------------------------

PLACEHOLDERS = {"municipality", "phone", "office_hours", "payment_instructions"}
# Whom it went to and when he answers: only of what goes to an officer.
OF_A_CASE = {"division", "when"}
TELLS_OF_A_CASE = {"handover", "handover_again", "back_to_auto", "file_received", "slip_received"}


class AutoTextForm(forms.ModelForm):
    """A text whose placeholders are filled in when it is sent."""

    def clean_text(self) -> str:
        """Refuse what would reach residents as it stands."""
        text: str = self.cleaned_data["text"]
        of_a_case = self.instance.key in TELLS_OF_A_CASE
        check_placeholders(text, PLACEHOLDERS | OF_A_CASE if of_a_case else PLACEHOLDERS)
        return text


@admin.register(AutoText)
class AutoTextAdmin(StaffModelAdmin):
    """The words of the automatic answers."""

    form = AutoTextForm
    list_display = ["title", "beginning"]
    fields = ["text"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """When a text is sent is decided by the program."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Say which placeholders this text knows."""
        if obj is not None and obj.key in TELLS_OF_A_CASE:
            named = " ".join(f"{{{name}}}" for name in ("division", "when", *sorted(PLACEHOLDERS)))
            kwargs["help_texts"] = {"text": f"ใช้ {named} ได้"}
        return super().get_form(request, obj, change=change, **kwargs)

    @admin.display(description="ข้อความ")
    def beginning(self, row: AutoText) -> str:
        """Its first words."""
        return row.text if len(row.text) <= 90 else f"{row.text[:90]}…"


def check_placeholders(text: str, known: Collection[str]) -> None:
    """Raise ValidationError for a lone brace or a placeholder that nothing fills in."""
    try:
        parts = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise ValidationError("วงเล็บปีกกา { } ไม่ครบคู่") from error
    for name, form, conversion in parts:
        if name not in known:
            raise ValidationError(f"ไม่รู้จัก {{{name}}} ในข้อความ")
        if form or conversion:
            raise ValidationError(f"ใส่ {{{name}}} เท่านั้น โดยไม่มีเครื่องหมายอื่นในวงเล็บ")
