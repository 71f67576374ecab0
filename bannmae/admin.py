"""The municipality's own data in the admin: profile, divisions, signatories, holidays, accounts."""

from __future__ import annotations

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog
from axes.models import AccessLog as SignInLog
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import path
from django.utils.safestring import SafeString
from solo.admin import SingletonModelAdmin
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from bannmae import navigation
from bannmae.access_log import rows_for
from bannmae.media.serve import photo_response
from bannmae.models import AccessLog, Division, Holiday, Municipality, Signatory
from bannmae.staff_admin import StaffAdmin
from bannmae.staff_lists import CappedListAdmin, ReadOnly, StaffModelAdmin, without_shortcuts
from bannmae.thai.calendar import format_date, format_datetime

__all__ = ["StaffAdmin"]

MAX_OFFICE_FILE = 5 * 1024 * 1024  # bytes of a picture or a font
OFFICE_PICTURES = ("garuda", "emblem")

# Sign-in attempts are the lock's own business; 'ปลดล็อก' on the account is what staff need.
for _model in (AccessAttempt, AccessFailureLog, SignInLog):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(DjangoGroupAdmin, StaffModelAdmin):
    """Roles and what they allow; for superusers, who alone hold the permission to change them."""


@admin.register(Division)
class DivisionAdmin(StaffModelAdmin):
    """Divisions and their units."""

    list_display = ["name", "parent", "short_name", "phone", "sees_all_complaints", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "short_name"]
    list_select_related = ["parent"]
    ordering = ["order", "name"]
    fields = [
        ("name", "short_name"),
        "slug",
        "parent",
        ("phone", "document_code"),
        "sees_all_complaints",
        ("order", "is_active"),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Division | None = None) -> list[str]:
        """Who sees everybody's cases is decided by a superuser; a code stays what it is."""
        fixed = [] if obj is None else ["slug"]
        if request.user.is_superuser:
            return fixed
        # A กอง sees the cases of its งาน: moving one under another opens them to it.
        moved = [] if obj is None else ["parent"]
        return [*fixed, *moved, "sees_all_complaints"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The parent is chosen, not made here."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Cases name their division: it is taken out of use, not deleted."""
        return False

    def get_form(
        self, request: HttpRequest, obj: Division | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Hold the two levels."""
        base = super().get_form(request, obj, change=change, **kwargs)

        class Form(base):  # type: ignore[misc, valid-type]
            def clean_parent(self) -> Division | None:
                parent: Division | None = self.cleaned_data["parent"]
                if parent is not None and self.instance.pk:
                    if parent.pk == self.instance.pk:
                        raise ValidationError("กอง/งานสังกัดตัวเองไม่ได้")
                    if self.instance.units.exists():
                        raise ValidationError("กองนี้มีงานในสังกัดอยู่ จึงไปสังกัดกองอื่นไม่ได้")
                return parent

        return Form


@admin.register(Signatory)
class SignatoryAdmin(StaffModelAdmin):
    """Who signs for whom, and when."""

    list_display = ["office", "name", "title", "acting", "since", "until"]
    list_filter = ["office"]
    ordering = ["office", "-valid_from"]

    @admin.display(description="ตั้งแต่", ordering="valid_from")
    def since(self, row: Signatory) -> str:
        """First day."""
        return format_date(row.valid_from, short=True) if row.valid_from else "–"

    @admin.display(description="ถึง", ordering="valid_until")
    def until(self, row: Signatory) -> str:
        """Last day."""
        return format_date(row.valid_until, short=True) if row.valid_until else "–"


@admin.register(Holiday)
class HolidayAdmin(StaffModelAdmin):
    """Days without office hours."""

    list_display = ["day", "name"]
    list_display_links = ["day", "name"]
    ordering = ["-date"]
    search_fields = ["name"]
    list_per_page = 50

    @admin.display(description="วันที่", ordering="date")
    def day(self, row: Holiday) -> str:
        """The date in the Buddhist era."""
        return format_date(row.date)


class OfficeFileWidget(UnfoldAdminFileFieldWidget):
    """A file that lies in private storage: said to be there, without an address."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Render by our own template, which Django's form renderer does not look for."""
        context = self.get_context(name, value, attrs)
        context["widget"]["picture"] = name in OFFICE_PICTURES
        return render_to_string("admin/office_file.html", context)


class MunicipalityForm(forms.ModelForm):
    """The profile, with files of a sane size."""

    def clean_garuda(self) -> Any:
        """Refuse what is too large."""
        return _small_enough(self.cleaned_data["garuda"])

    def clean_emblem(self) -> Any:
        """Refuse what is too large."""
        return _small_enough(self.cleaned_data["emblem"])

    def clean_paper_font(self) -> Any:
        """Refuse what is too large."""
        return _small_enough(self.cleaned_data["paper_font"])

    def clean_paper_font_bold(self) -> Any:
        """Refuse what is too large."""
        return _small_enough(self.cleaned_data["paper_font_bold"])


def _small_enough(file: Any) -> Any:
    if isinstance(file, UploadedFile) and (file.size or 0) > MAX_OFFICE_FILE:
        raise ValidationError("ไฟล์ใหญ่เกิน 5 MB โปรดย่อขนาดก่อน")
    return file


@admin.register(Municipality)
class MunicipalityAdmin(SingletonModelAdmin, StaffModelAdmin):
    """The profile that pages, messages and papers take their facts from."""

    change_form_template = "admin/change_form.html"
    form = MunicipalityForm
    fieldsets = (
        ("ชื่อ", {"fields": [("name", "short_name"), ("name_en", "mayor_title")]}),
        (
            "ที่อยู่และโทรศัพท์",
            {"fields": ["address", ("phone", "fax"), ("email", "office_hours"), "tax_id"]},
        ),
        (
            "เอกสาร",
            {
                "fields": [
                    ("document_code", "number_year"),
                    ("garuda", "emblem"),
                    ("paper_font", "paper_font_bold"),
                ]
            },
        ),
        (
            "แผนที่",
            {
                "fields": [
                    ("latitude", "longitude"),
                    "villages",
                    ("map_tiles_url", "map_attribution"),
                ]
            },
        ),
        (
            "ลิงก์ในเมนู LINE",
            {
                "fields": [
                    "add_friend_url",
                    ("news_url", "website_url"),
                    ("eservice_url", "air_quality_url"),
                    "facebook_url",
                ]
            },
        ),
        ("การชำระเงิน", {"fields": ["payment_instructions"]}),
        (
            "ข้อมูลส่วนบุคคล",
            {
                "fields": [
                    "controller_contact",
                    "dpo_contact",
                    "retention_notice",
                    "national_id_days",
                ]
            },
        ),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Private files have no address to link to; a link typed bare is https."""
        if isinstance(db_field, models.FileField):
            kwargs["widget"] = OfficeFileWidget
            return db_field.formfield(**kwargs)
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        if isinstance(db_field, models.TextField):
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 3})
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self) -> list[Any]:
        """Add the uploaded pictures, for those who see the profile."""
        view = self.admin_site.admin_view(self.picture)
        own = path("picture/<slug:name>/", view, name="bannmae_municipality_picture")
        return [own, *super().get_urls()]

    def picture(self, request: HttpRequest, name: str) -> HttpResponseBase:
        """Show the garuda or the emblem as it was uploaded."""
        if not self.has_view_permission(request) or name not in OFFICE_PICTURES:
            raise Http404
        file = getattr(Municipality.get_solo(), name)
        if not file:
            raise Http404
        response = photo_response(file.name, request=request)
        if file.name.lower().endswith(".png"):
            response["Content-Type"] = "image/png"
        return response


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnly, CappedListAdmin):
    """Who looked at what; written by the system, changed by nobody."""

    list_display = ["moment", "staff", "action", "subject", "detail", "ip_address"]
    list_display_links = None
    list_filter = ["action"]
    search_fields = ["subject", "staff__username"]
    list_select_related = ["staff"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessLog]:
        """Nothing about a case that the reader himself may not see."""
        return rows_for(request.user)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list says it all."""
        raise Http404

    @admin.display(description="เวลา", ordering="at")
    def moment(self, row: AccessLog) -> str:
        """Date and time in the Buddhist era."""
        return format_datetime(row.at, short=True)


for _order, (_model, _title, _icon) in enumerate(
    [
        ("bannmae_municipality", "ข้อมูลเทศบาล", "account_balance"),
        ("bannmae_staff", "เจ้าหน้าที่", "badge"),
        ("bannmae_division", "กอง/งาน", "lan"),
        ("bannmae_signatory", "ผู้ลงนาม", "draw"),
        ("bannmae_holiday", "วันหยุดราชการ", "event_busy"),
    ],
    start=10,
):
    _room, _name = _model.split("_")
    navigation.add_entry(
        navigation.Entry(
            title=_title,
            url=navigation.list_url(_model),
            icon=_icon,
            allowed=navigation.permitted(f"{_room}.view_{_name}", f"{_room}.change_{_name}"),
            order=_order,
            group=navigation.SETTINGS,
        )
    )
navigation.add_entry(
    navigation.Entry(
        title="บันทึกการเข้าถึงข้อมูล",
        url=navigation.list_url("bannmae_accesslog"),
        icon="policy",
        allowed=navigation.permitted("bannmae.view_accesslog"),
        order=90,
        group=navigation.SETTINGS,
    )
)
navigation.add_entry(
    navigation.Entry(
        title="บทบาทและสิทธิ์",
        url=navigation.list_url("auth_group"),
        icon="admin_panel_settings",
        allowed=navigation.permitted("auth.view_group"),
        order=91,
        group=navigation.SETTINGS,
    )
)
