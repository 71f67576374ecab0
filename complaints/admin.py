"""The mailbox in the admin: the list, one case, its papers; categories; the side menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from bannmae import access_log, navigation
from bannmae.access_log import record
from bannmae.models import AccessLog, Staff
from bannmae.staff_input import row_id
from bannmae.staff_lists import SEARCH_LIMIT, CappedListAdmin, StaffModelAdmin, without_shortcuts
from bannmae.thai.national_id import FULL_MASK
from chatops import audience
from complaints import (
    desk_case,
    desk_counts,
    desk_files,
    desk_from_chat,
    desk_intake,
    desk_moves,
    desk_preview,
    desk_print,
    mailbox,
)
from complaints.access import visible_to
from complaints.desk_common import ADDS, REVEALS, SEES
from complaints.models import Category, Complaint


@admin.register(Complaint)
class ComplaintAdmin(CappedListAdmin):
    """รายการติดต่อ. Every page asks access.visible_to; every change goes through workflow."""

    list_display = ["number"]
    list_filter = list(mailbox.FILTERS)
    list_fullwidth = True
    search_fields = ["number"]
    search_help_text = "ค้นหา เลขเรื่อง ชื่อ โทรศัพท์ เลขบัตร หรือข้อความ"
    actions = ["print_sheets", "print_memos"]
    ordering = ["-id"]
    list_disable_select_all = True

    # -- who may do what -----------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Fields are never edited here; see workflow."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A case is never deleted by hand."""
        return False

    # -- the list --------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Complaint]:
        """What the officer may see, with what a line shows."""
        return mailbox.listed(visible_to(request.user))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Complaint], search_term: str
    ) -> tuple[QuerySet[Complaint], bool]:
        """Search as search.py does: number, name, words, and whole phones and IDs."""
        from complaints.search import find, is_national_id

        search_term = search_term[:SEARCH_LIMIT]
        if not is_national_id(search_term):
            return find(queryset, search_term), False
        # To ask whose number it is, is to look at it: who may not look finds nothing.
        if not request.user.has_perm(REVEALS):
            return queryset.none(), False
        record(
            request,
            AccessLog.Action.REVEAL_NATIONAL_ID,
            f"national_id:{FULL_MASK}",
            "ค้นหาเรื่องด้วยเลขประจำตัวประชาชน",
        )
        return find(queryset, search_term), False

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> None:
        """The list's own template makes them."""
        return

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list as our own rows."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        changelist = context.get("cl") if context else None
        if changelist is None:
            return response
        kind = mailbox.KINDS.get(request.GET.get("kind", ""))
        context |= {
            "days_on": any(name in request.GET for name in mailbox.DAYS),
            "title": kind[0] if kind else "รายการติดต่อ",
            "rows": mailbox.rows_of(changelist.result_list),
            "bar": mailbox.bar(changelist.filter_specs),
            "kind": request.GET.get("kind", ""),
            "narrowed": bool(changelist.query)
            or any(name in request.GET for name in mailbox.NARROWING),
            "may_add": request.user.has_perm(ADDS),
        }
        return response

    @admin.action(description="พิมพ์แบบคำร้อง", permissions=["view"])
    def print_sheets(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """The sheets of the chosen cases."""
        return desk_print.print_selected(request, _chosen(queryset), memos=False)

    @admin.action(description="พิมพ์บันทึกข้อความ", permissions=["view"])
    def print_memos(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """The memos of the chosen cases."""
        return desk_print.print_selected(request, _chosen(queryset), memos=True)

    # -- one case --------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one case; nothing is saved by this address."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return desk_case.case_page(request, pk)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """รับเรื่องแทนประชาชน."""
        return desk_intake.walk_in(request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The timeline is the history."""
        raise Http404

    def get_urls(self) -> list[Any]:
        """Add what the case page posts and shows."""
        wrap = self.admin_site.admin_view
        case = "<int:pk>/"
        own = [
            ("move/<slug:to>/", _posted(desk_moves.move), "move"),
            ("preview/", _posted(desk_preview.preview_view), "preview"),
            ("note/", _posted(desk_moves.note), "note"),
            ("accused/", _posted(desk_moves.accused), "accused"),
            ("national-id/", _posted(desk_files.reveal), "reveal"),
            ("photo/<str:token>/", require_safe(desk_files.photo), "photo"),
            ("scan/<int:entry>/", require_safe(desk_files.scan), "scan"),
            ("print/sheet/", _posted(desk_print.print_sheet), "print_sheet"),
            ("print/memo/", desk_print.print_memo, "print_memo"),
        ]
        urls = [
            path(case + tail, wrap(view), name=f"complaints_complaint_{name}")
            for tail, view, name in own
        ]
        urls.append(
            path(
                f"{case}photo/<str:token>/small/",
                wrap(require_safe(desk_files.photo)),
                {"small": True},
                name="complaints_complaint_thumbnail",
            )
        )
        urls.append(path("from-chat/", wrap(desk_from_chat.from_chat), name="complaints_from_chat"))
        return [*urls, *super().get_urls()]


def _posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let POST alone through to `view`; whoever comes by a link is shown the case instead.

    Whose session ended while he wrote comes so: signing in leads back to where he sent it.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def posted(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, pk, **kwargs)
        url = mailbox.case_url(pk)
        return redirect(f"{url}?to={kwargs['to']}#move" if "to" in kwargs else url)

    return posted


def _chosen(queryset: QuerySet[Any]) -> list[int]:
    return list(queryset.order_by().values_list("pk", flat=True)[:1000])


# -- categories ------------------------------------------------------------------------------


class CategoryForm(forms.ModelForm):
    """A category, whose restriction nobody lifts or joins by himself."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        """Who reads a restricted category is decided by a superuser alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.request.user.is_superuser:
            return cleaned
        was = self.instance.pk is not None and self.initial.get("restricted")
        if was and not cleaned.get("restricted"):
            self.add_error("restricted", "ยกเลิกการจำกัดผู้เข้าถึงได้เฉพาะผู้ดูแลสูงสุด")
        before = {one.pk for one in self.initial.get("readers") or []}
        added = {one.pk for one in cleaned.get("readers") or []} - before
        if added:
            self.add_error("readers", "เพิ่มผู้เข้าถึงได้เฉพาะผู้ดูแลสูงสุด")
        return cleaned


@admin.register(Category)
class CategoryAdmin(StaffModelAdmin):
    """What cases are about, who answers for them and by when."""

    form = CategoryForm
    list_display = [
        "name",
        "kind",
        "division",
        "days_to_answer",
        "restricted",
        "is_active",
        "order",
    ]
    list_filter = ["kind", "is_active", "restricted"]
    search_fields = ["name"]
    list_select_related = ["division"]
    list_per_page = 50
    ordering = ["order", "name"]
    actions = None
    fieldsets = (
        (None, {"fields": [("kind", "name"), "slug", ("order", "is_active")]}),
        ("การดำเนินงาน", {"fields": ["division", ("days_to_answer", "day_kind"), "legal_basis"]}),
        ("แบบฟอร์ม", {"fields": [("national_id", "location")]}),
        ("ผู้เข้าถึง", {"fields": ["restricted", "readers"]}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Cases name their category: it is taken out of use."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Divisions and officers have lists of their own."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer whoever works here, as boxes to tick."""
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        kwargs["queryset"] = Staff.objects.filter(is_active=True).order_by("first_name", "username")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code stays what it is: forms and statistics know it."""
        return [] if obj is None else ["slug"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Tell the form who is asking."""
        base = super().get_form(request, obj, change=change, **kwargs)
        return type("Form", (base,), {"request": request})

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        """Note in the access log who may see restricted cases from now on."""
        super().save_related(request, form, formsets, change)
        if {"restricted", "readers"}.intersection(form.changed_data):
            category: Category = form.instance
            names = ", ".join(category.readers.values_list("username", flat=True)) or "ไม่มี"
            state = "จำกัดผู้เข้าถึง" if category.restricted else "ไม่จำกัดผู้เข้าถึง"
            record(
                request,
                AccessLog.Action.ACCOUNT,
                f"category:{category.slug}",
                f"{state}: {names}",
            )


def _logged(staff: Staff) -> QuerySet[Complaint]:
    return visible_to(staff) if staff.has_perm(SEES) else Complaint.objects.none()


# -- what the lower rooms show of ours --------------------------------------------------------

audience.add_topic(
    audience.Topic(prefix="complaint", visible=visible_to, url=mailbox.case_url, permission=SEES)
)
access_log.guard(access_log.Guarded(prefix="complaint", visible=_logged, field="number"))
navigation.add_tiles(desk_counts.tiles)
navigation.add_worklists(desk_counts.worklists)
for _order, (_title, _icon, _query, _badge) in enumerate(
    [
        ("รายการติดต่อ", "inbox", {}, None),
        ("ร้องเรียน-ร้องทุกข์", "campaign", {"kind": "complaint"}, "complaint"),
        ("ขอรับบริการ", "handyman", {"kind": "request"}, "request"),
    ],
    start=1,
):
    navigation.add_entry(
        navigation.Entry(
            title=_title,
            url=navigation.list_url("complaints_complaint", **_query),
            icon=_icon,
            allowed=navigation.permitted(SEES),
            order=_order,
            inner=_badge is not None,
            **({"badge": desk_counts.badge(_badge)} if _badge else {}),
        )
    )
navigation.add_entry(
    navigation.Entry(
        title="ประเภทเรื่อง",
        url=navigation.list_url("complaints_category"),
        icon="category",
        allowed=navigation.permitted("complaints.change_category"),
        order=20,
        group=navigation.SETTINGS,
    )
)
