"""หัวข้อแชต in the admin: which division answers for what, and who reads the restricted ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from bannmae import navigation
from bannmae.access_log import record
from bannmae.models import AccessLog, Staff
from bannmae.staff_lists import StaffModelAdmin, without_shortcuts
from chatops.cases.access import readers_of
from chatops.cases.coverage import unread_topics
from chatops.models import Topic

_BANNER_KEY = "chatops-unread-topics"
BANNER_SECONDS = 60
NAMED = 3  # topics in the banner; the others are counted


class TopicForm(forms.ModelForm):
    """A topic, whose restriction nobody lifts or joins by himself."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        """Who reads a restricted topic is decided by a superuser alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        slug = self.instance.slug if self.instance.pk else cleaned.get("slug")
        if slug == Topic.GENERAL and (cleaned.get("restricted") or not cleaned.get("is_active")):
            self.add_error(None, "หัวข้อทั่วไปรับทุกเรื่องที่ไม่เข้าหัวข้ออื่น จึงปิดหรือจำกัดผู้เข้าถึงไม่ได้")
        if self.request.user.is_superuser:
            return cleaned
        if self.instance.pk and self.initial.get("restricted") and not cleaned.get("restricted"):
            self.add_error("restricted", "ยกเลิกการจำกัดผู้เข้าถึงได้เฉพาะผู้ดูแลสูงสุด")
        before = {one.pk for one in self.initial.get("readers") or []}
        if {one.pk for one in cleaned.get("readers") or []} - before:
            self.add_error("readers", "เพิ่มผู้เข้าถึงได้เฉพาะผู้ดูแลสูงสุด")
        return cleaned


@admin.register(Topic)
class TopicAdmin(StaffModelAdmin):
    """หัวข้อแชต."""

    form = TopicForm
    list_display = ["name", "division", "reader_count", "is_active", "order"]
    list_filter = ["is_active", "restricted"]
    search_fields = ["name", "words"]
    search_help_text = "ค้นหาชื่อหัวข้อหรือคำที่บอกเรื่อง"
    ordering = ["order", "name"]
    actions = None
    fieldsets = (
        (None, {"fields": ["name", "slug", "division", ("order", "is_active")]}),
        ("คำที่บอกว่าเป็นเรื่องนี้", {"fields": ["words"]}),
        ("ผู้เข้าถึง", {"fields": ["restricted", "readers"]}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Chats name their topic: it is taken out of use."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """With how many read each."""
        rows = super().get_queryset(request).select_related("division")
        return rows.annotate(
            reader_total=Count("readers", filter=Q(readers__is_active=True), distinct=True)
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code stays what it is: the menu and the answers know it."""
        return [] if obj is None else ["slug"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Divisions and officers have lists of their own."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer whoever works here, as boxes to tick."""
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        kwargs["queryset"] = Staff.objects.filter(is_active=True).order_by("first_name", "username")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Tell the form who is asking."""
        base = super().get_form(request, obj, change=change, **kwargs)
        return type("Form", (base,), {"request": request})

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Warn while nobody reads a restricted topic; note who may from now on."""
        super().save_related(request, form, formsets, change)
        topic: Topic = form.instance
        if topic.restricted and not readers_of(topic.division, topic):
            messages.warning(
                request,
                f"ยังไม่มีผู้อ่านหัวข้อ “{topic.name}” ได้: ผู้เข้าถึงต้องสังกัด{topic.division.name} "
                "แชตหัวข้อนี้จะไม่มีใครเห็นจนกว่าจะระบุชื่อ",
            )
        if {"restricted", "readers"}.intersection(form.changed_data):
            names = ", ".join(topic.readers.values_list("username", flat=True)) or "ไม่มี"
            state = "จำกัดผู้เข้าถึง" if topic.restricted else "ไม่จำกัดผู้เข้าถึง"
            record(request, AccessLog.Action.ACCOUNT, f"topic:{topic.slug}", f"{state}: {names}")

    @admin.display(description="ผู้เข้าถึง")
    def reader_count(self, row: Any) -> str:
        """How many read a restricted topic, and a warning where nobody does."""
        if not row.restricted:
            return "ทั้งกอง/งาน"
        return f"{row.reader_total} คน" if row.reader_total else "⚠ ยังไม่มีผู้อ่าน"


def unread_banners(request: HttpRequest) -> Sequence[navigation.Banner]:
    """Tell who sets the desk up which topics' chats nobody would see."""
    if not request.user.has_perm("chatops.change_topic"):
        return []
    unread: list[str] | None = cache.get(_BANNER_KEY)
    if unread is None:
        unread = unread_topics()
        cache.set(_BANNER_KEY, unread, BANNER_SECONDS)
    if not unread:
        return []
    more = f" และอีก {len(unread) - NAMED} หัวข้อ" if len(unread) > NAMED else ""
    return [
        navigation.Banner(
            text="ยังไม่มีเจ้าหน้าที่ของกอง/งานที่อ่านแชตหัวข้อเหล่านี้ได้: "
            f"{', '.join(unread[:NAMED])}{more} โปรดกำหนดสังกัดของเจ้าหน้าที่ หรือผู้เข้าถึงของหัวข้อที่จำกัด",
            url=reverse("admin:chatops_topic_changelist"),
            link="ดูหัวข้อแชต",
        )
    ]


navigation.add_banners(unread_banners)
navigation.add_entry(
    navigation.Entry(
        title="หัวข้อแชต",
        url=navigation.list_url("chatops_topic"),
        icon="topic",
        allowed=navigation.permitted("chatops.change_topic"),
        order=21,
        group=navigation.SETTINGS,
    )
)
