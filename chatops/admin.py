"""LINE in the admin: the channel's health, what did not arrive, the texts that staff may edit.

Whose messages an officer may see is told in audience.py.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from bannmae import navigation
from bannmae.staff_lists import CappedListAdmin
from bannmae.thai.calendar import format_datetime
from chatops import wake
from chatops.audience import SEES_LINE, TROUBLE, messages_for, object_url, residents_for
from chatops.models import AutoText, Channel, OutboundMessage, Resident, WebhookEvent
from chatops.outbox import send_again

State = OutboundMessage.State
AGAIN = (State.DEAD, State.UNREACHED)
BANNER_SECONDS = 5
BLOCKED = "ผู้ใช้บล็อกบัญชีนี้ (ส่งข้อความไม่ถึง)"


def summary(message: OutboundMessage) -> str:
    """Say in a line what a message is, without what was said in it."""
    first = message.messages[0] if message.messages else {}
    if first.get("type") == "flex":
        return str(first.get("altText", "การ์ด"))
    return "ข้อความตอบในแชต" if first.get("type") == "text" else "ข้อความ"


class ReadOnlyAdmin(CappedListAdmin):
    """What the system writes and staff only read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No."""
        return False


# -- messages to residents --------------------------------------------------------------


class StateFilter(SimpleListFilter):
    """What went wrong, unless everything is asked for."""

    title = "สถานะ"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Trouble is what shows when nothing is chosen."""
        return [("all", "ทั้งหมด"), *((state.value, state.label) for state in State)]

    def choices(self, changelist: Any) -> Any:
        """Name the default for what it is."""
        for index, choice in enumerate(super().choices(changelist)):
            yield choice | ({"display": "ส่งไม่ถึง/พักไว้"} if index == 0 else {})

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter by the state chosen."""
        if self.value() == "all":
            return queryset
        if self.value() in State.values:
            return queryset.filter(state=self.value())
        return queryset.filter(state__in=TROUBLE)


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnlyAdmin):
    """ข้อความถึงประชาชน: what did not arrive first, with LINE's reason."""

    list_display = ["moment", "what", "recipient", "state_text", "last_error", "again"]
    list_display_links = None
    list_filter = [StateFilter]
    list_filter_sheet = True
    list_select_related = ["resident"]
    list_fullwidth = True
    ordering = ["-id"]
    actions = None
    list_before_template = "chatops/admin/outbound_intro.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboundMessage]:
        """Only about what the officer may see."""
        may_send = request.user.has_perm("chatops.change_outboundmessage")
        rows = messages_for(request.user).annotate(may_send=Value(may_send))
        return rows.order_by("-id")

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is none: the message's words stand on the page of what it is about."""
        raise Http404

    def get_urls(self) -> list[Any]:
        """Add ส่งอีกครั้ง."""
        view = self.admin_site.admin_view(require_POST(self.send_again))
        return [
            path("<int:pk>/send-again/", view, name="chatops_outboundmessage_send_again"),
            *super().get_urls(),
        ]

    def send_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue a message once more."""
        message = messages_for(request.user).filter(pk=pk).first()
        if message is None:
            raise Http404
        if not request.user.has_perm("chatops.change_outboundmessage"):
            raise PermissionDenied
        if send_again(message, request.user):
            messages.success(request, "สั่งส่งอีกครั้งแล้ว ระบบกำลังส่ง")
        else:
            messages.warning(request, "ข้อความนี้ไม่ได้อยู่ในสถานะที่ส่งอีกครั้งได้แล้ว มีผู้อื่นสั่งส่งไปก่อน")
        return redirect(object_url(message.about) or "admin:chatops_outboundmessage_changelist")

    @admin.display(description="สร้างเมื่อ")
    def moment(self, row: OutboundMessage) -> str:
        """When its cause was."""
        return format_datetime(row.created_at, short=True)

    @admin.display(description="เรื่อง")
    def what(self, row: OutboundMessage) -> str:
        """What it tells of, leading there."""
        url = object_url(row.about)
        return format_html('<a href="{}">{}</a>', url, summary(row)) if url else summary(row)

    @admin.display(description="ผู้รับ")
    def recipient(self, row: OutboundMessage) -> str:
        """Her name in LINE."""
        return str(row.resident)

    @admin.display(description="สถานะ")
    def state_text(self, row: OutboundMessage) -> str:
        """The state in words, coloured by what it means."""
        return state_chip(row)

    @admin.display(description="")
    def again(self, row: OutboundMessage) -> str:
        """The button; it posts the list's own form to another address."""
        if row.state not in AGAIN or not row.may_send:
            return ""
        return format_html(
            '<button class="bm-button" formaction="{}">ส่งอีกครั้ง</button>',
            reverse("admin:chatops_outboundmessage_send_again", args=[row.pk]),
        )


TONES = {
    State.SENT: "done",
    State.DEAD: "late",
    State.UNREACHED: "late",
    State.HELD: "warn",
    State.CANCELLED: "ended",
}


def state_chip(message: OutboundMessage) -> str:
    """Return how a message stands, as words on a colour."""
    state = State(message.state)
    return format_html(
        '<span class="bm-chip bm-{}">{}</span>', TONES.get(state, "progress"), state.label
    )


# -- residents --------------------------------------------------------------------------


@admin.register(Resident)
class ResidentAdmin(ReadOnlyAdmin):
    """Who writes to the municipality in LINE, and whom messages reach."""

    list_display = ["name", "reached", "first_seen"]
    list_display_links = None
    search_fields = ["display_name"]
    search_help_text = "ค้นหาชื่อใน LINE"
    ordering = ["-id"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Resident]:
        """Those whose cases the officer may see."""
        return residents_for(request.user).order_by("-id")

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is none: what concerns her stands on the page of her case."""
        raise Http404

    @admin.display(description="ชื่อใน LINE")
    def name(self, row: Resident) -> str:
        """Her name."""
        return str(row)

    @admin.display(description="การส่งข้อความ")
    def reached(self, row: Resident) -> str:
        """Whether messages arrive."""
        if row.is_blocked:
            return format_html('<span class="bm-chip bm-late">{}</span>', BLOCKED)
        return "ส่งถึง" if row.followed_at else "ยังไม่ได้เพิ่มเพื่อน"

    @admin.display(description="พบครั้งแรก")
    def first_seen(self, row: Resident) -> str:
        """When she first came."""
        return format_datetime(row.created_at, short=True)


# -- the channel's health ---------------------------------------------------------------


@admin.register(Channel)
class ChannelAdmin(ModelAdmin):
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
class AutoTextAdmin(ModelAdmin):
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


# -- events that could not be worked off ----------------------------------------------------


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    """What LINE told us and we could not work off. Its content is not shown."""

    list_display = ["moment", "kind", "attempts", "error"]
    list_display_links = None
    ordering = ["-id"]
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who keeps the channel sees what failed."""
        return bool(request.user.has_perm(SEES_LINE))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEvent]:
        """Those that failed."""
        return WebhookEvent.objects.exclude(failed_at=None).defer("body").order_by("-id")

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is none: the body is the resident's."""
        raise Http404

    @admin.display(description="เวลา")
    def moment(self, row: WebhookEvent) -> str:
        """When it happened."""
        return format_datetime(row.occurred_at, short=True)


# -- side menu ----------------------------------------------------------------------------

navigation.add_banners(trouble_banners)
for _title, _model, _icon, _permission, _order, _group in (
    (
        "ข้อความถึงประชาชน",
        "outboundmessage",
        "outgoing_mail",
        "chatops.view_outboundmessage",
        5,
        navigation.MAILBOX,
    ),
    ("ประชาชนใน LINE", "resident", "group", "chatops.view_resident", 6, navigation.MAILBOX),
    ("บัญชี LINE", "channel", "forum", SEES_LINE, 30, navigation.SETTINGS),
    ("ข้อความอัตโนมัติ", "autotext", "smart_toy", "chatops.view_autotext", 31, navigation.SETTINGS),
    ("เหตุการณ์ที่ล้มเหลว", "webhookevent", "report", SEES_LINE, 92, navigation.SETTINGS),
):
    navigation.add_entry(
        navigation.Entry(
            title=_title,
            url=navigation.list_url(f"chatops_{_model}"),
            icon=_icon,
            allowed=navigation.permitted(_permission),
            order=_order,
            group=_group,
        )
    )
