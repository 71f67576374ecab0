"""The channel in the admin: whether LINE takes our messages, and the words of the answers."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from bannmae import navigation
from bannmae.staff_lists import StaffModelAdmin
from bannmae.thai.calendar import format_datetime
from chatops import wake
from chatops.audience import SEES_LINE
from chatops.models import AutoText, Channel, OutboundMessage

State = OutboundMessage.State
BANNER_SECONDS = 5


@admin.register(Channel)
class ChannelAdmin(StaffModelAdmin):
    """The LINE account: whether it can send, and a way to try at once."""

    list_display = ["name", "health"]
    fields = ["name"]
    change_form_outer_before_template = "chatops/admin/channel_health.html"
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Further channels come with their credentials, by the operators."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Residents belong to it."""
        return False

    def get_urls(self) -> list[Any]:
        """Add ลองส่งใหม่ตอนนี้."""
        view = self.admin_site.admin_view(require_POST(self.try_now))
        return [
            path("<int:pk>/try-now/", view, name="chatops_channel_try_now"),
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
            waiting = OutboundMessage.objects.filter(
                resident__channel=channel, state__in=OutboundMessage.WAITING
            )
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
                "may_try": self.has_change_permission(request, channel),
            }
        return super().change_view(request, object_id, form_url, context)

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
    if channel.trouble:
        return channel.trouble
    if channel.quota_spent_at:
        return "โควตาข้อความของเดือนนี้หมดแล้ว ข้อความที่รอได้ถูกพักไว้"
    return "ปกติ"


_BANNER_KEY = "chatops-channel-trouble"


def trouble_banners(request: HttpRequest) -> Sequence[navigation.Banner]:
    """Say on every page while a channel cannot send."""
    troubled: list[tuple[int, str, str]] | None = cache.get(_BANNER_KEY)
    if troubled is None:
        troubled = [
            (channel.pk, channel.name, health(channel))
            for channel in Channel.objects.exclude(trouble="", quota_spent_at=None).only(
                "name", "trouble", "quota_spent_at"
            )
        ]
        cache.set(_BANNER_KEY, troubled, BANNER_SECONDS)
    may_look = bool(troubled) and request.user.has_perm(SEES_LINE)
    return [
        navigation.Banner(
            text=f"การส่งข้อความทาง LINE ({name}) มีปัญหา: {what}",
            url=reverse("admin:chatops_channel_change", args=[pk]) if may_look else "",
            link="ดูรายละเอียด",
        )
        for pk, name, what in troubled
    ]


# -- texts that the chat sends by itself -------------------------------------------------

PLACEHOLDERS = {"municipality", "phone", "office_hours", "payment_instructions"}


@admin.register(AutoText)
class AutoTextAdmin(StaffModelAdmin):
    """The words of the automatic answers."""

    list_display = ["title", "beginning"]
    fields = ["text"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """When a text is sent is decided by the program."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return False

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Refuse a place-holder that nothing would be put in for."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "text":
            field.validators.append(_known_placeholders)
        return field

    @admin.display(description="ข้อความ")
    def beginning(self, row: AutoText) -> str:
        """Its first words."""
        return row.text if len(row.text) <= 90 else f"{row.text[:90]}…"


def _known_placeholders(text: str) -> None:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ValidationError("วงเล็บปีกกา { } ไม่ครบคู่") from error
    if unknown := names - PLACEHOLDERS:
        raise ValidationError(f"ไม่รู้จัก {{{', '.join(sorted(unknown))}}} ในข้อความ")
