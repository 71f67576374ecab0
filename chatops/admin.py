"""LINE in the admin: what did not arrive, who is there, what failed; channel_admin.py has the rest.

Whose messages an officer may see is told in audience.py.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from bannmae import navigation
from bannmae.staff_lists import CappedListAdmin, ReadOnly
from bannmae.thai.calendar import format_datetime
from chatops import channel_admin
from chatops import quota_admin as quota_admin  # registers itself, as the next one does
from chatops import settings_admin as settings_admin
from chatops.answers import admin as answers_admin
from chatops.audience import SEES_LINE, TROUBLE, messages_for, object_url, residents_for
from chatops.desk import admin_case as admin_case  # registers itself, as the next ones do
from chatops.desk import admin_texts as admin_texts
from chatops.desk import admin_topic as admin_topic
from chatops.desk import papers as papers
from chatops.desk import statistics_page as statistics_page
from chatops.models import OutboundMessage, Resident, WebhookEvent
from chatops.outbox import send_again

State = OutboundMessage.State
AGAIN = (State.DEAD, State.UNREACHED)


def summary(message: OutboundMessage) -> str:
    """Say in a line what a message is, without what was said in it."""
    first = message.messages[0] if message.messages else {}
    if first.get("type") == "flex":
        return str(first.get("altText", "การ์ด"))
    return "ข้อความตอบในแชต" if first.get("type") == "text" else "ข้อความ"


class ReadOnlyAdmin(ReadOnly, CappedListAdmin):
    """What the system writes and staff only read."""


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
            return format_html('<span class="bm-chip bm-late">{}</span>', State.UNREACHED.label)
        return "ส่งถึง" if row.followed_at else "ยังไม่ได้เพิ่มเพื่อน"

    @admin.display(description="พบครั้งแรก")
    def first_seen(self, row: Resident) -> str:
        """When she first came."""
        return format_datetime(row.created_at, short=True)


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

navigation.add_banners(channel_admin.trouble_banners)
answers_admin.register()
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
