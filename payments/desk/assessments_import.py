"""นำเข้าการประเมิน: a file is read, shown row by row, and taken in when somebody confirms it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from bannmae.staff_input import row_id
from bannmae.staff_lists import CappedListAdmin
from bannmae.thai.calendar import be_year, format_datetime, local_date
from payments.assessments import importing
from payments.assessments.reading import FIRST_YEAR, LABELS, LAST_YEAR
from payments.desk.assessments_common import assessed_kinds
from payments.desk.permissions import HandledByFinance, posted
from payments.desk.register_common import note_act, note_look, page, require_handles, require_sees
from payments.errors import Refused
from payments.models import AssessmentImport, Revenue
from payments.tables import MAX_BYTES, MAX_ROWS, TableRefused

SHOWN = 100  # rows of each kind on the page


class ImportForm(forms.Form):
    """Which kind and year a file is of, and the file."""

    revenue: forms.ModelChoiceField[Revenue] = forms.ModelChoiceField(
        queryset=Revenue.objects.none(),
        label="ประเภท",
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    year = forms.IntegerField(
        label="ปี (พ.ศ.)",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"class": "bm-input"}),
        help_text="ใช้กับแถวที่ไม่ได้ระบุประเภทหรือปีไว้ในไฟล์",
    )
    file = forms.FileField(
        label="ไฟล์ (.xlsx หรือ .csv)",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=f"ไม่เกิน {MAX_BYTES // 1024 // 1024} MB และ {MAX_ROWS:,} แถว แถวแรกเป็นหัวตาราง",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revenue"].queryset = assessed_kinds()  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"ไฟล์ใหญ่เกินไป (ไม่เกิน {MAX_BYTES // 1024 // 1024} MB)")
        return file


def upload(request: HttpRequest) -> HttpResponse:
    """Ask for a file, and keep it until it is confirmed."""
    staff = require_handles(request)
    this_year = be_year(local_date(timezone.now()))
    form = ImportForm(request.POST or None, request.FILES or None, initial={"year": this_year})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            batch = importing.keep(
                typed["file"].read(),
                file_name=typed["file"].name,
                revenue=typed["revenue"],
                year=typed["year"],
                by=staff,
            )
        except TableRefused as error:
            form.add_error("file", str(error))
        else:
            return redirect("admin:payments_assessmentimport_change", batch.pk)
    context = {
        "form": form,
        "columns": LABELS.values(),
        "back_url": reverse("admin:payments_assessment_changelist"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "assessment_upload", "นำเข้าการประเมิน", context, status=status)


def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a file would do, or what it did."""
    require_sees(request)
    batch = _of(pk)
    note_look(request, f"money:assessment-import:{pk}")
    context: dict[str, Any] = {
        "batch": batch,
        "list_url": reverse("admin:payments_assessment_changelist"),
        "shown": SHOWN,
    }
    if batch.taken_at is None:
        try:
            found = importing.preview(batch)
        except Refused as error:
            context["problem"] = str(error)
        else:
            wrong = found.file.wrong
            context |= {
                "found": found,
                "wrong": wrong[:SHOWN],
                "wrong_count": len(wrong),
                "changed": found.changed[:SHOWN],
                "new": found.new[:SHOWN],
                "rows": len(found.file.lines),
            }
    return page(request, "assessment_import", "นำเข้าการประเมิน", context)


@posted
def confirm(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take the right rows in."""
    batch = _of(pk)
    try:
        importing.take_in(batch)
    except Refused as error:
        messages.error(request, str(error))
    else:
        what = f"เพิ่ม {batch.added:,} แก้ไข {batch.changed:,} ไม่เปลี่ยน {batch.same:,}"
        note_act(
            request,
            f"money:assessment-import:{pk}",
            f"นำเข้าการประเมิน {batch.file_name[:100]}: {what}",
        )
        messages.success(request, f"นำเข้าแล้ว {what} รายการ")
    return redirect("admin:payments_assessmentimport_change", pk)


@posted
def discard(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Throw a file away that was not confirmed."""
    batch = _of(pk)
    with transaction.atomic():
        done = importing.throw_away(batch)
        if done:
            note_act(request, f"money:assessment-import:{pk}", f"ทิ้งไฟล์ {batch.file_name[:100]}")
    if done:
        messages.info(request, "ทิ้งไฟล์แล้ว ไม่มีรายการใดถูกนำเข้า")
    else:
        messages.error(request, "ไฟล์นี้นำเข้าไปแล้ว")
    return redirect("admin:payments_assessment_changelist")


def _of(pk: int) -> AssessmentImport:
    batch = AssessmentImport.objects.select_related("revenue", "by").filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


@admin.register(AssessmentImport)
class AssessmentImportAdmin(HandledByFinance, CappedListAdmin):
    """Files that were handed in."""

    list_display = ["file_name", "revenue", "year", "state", "who", "moment"]
    list_filter = ["revenue"]
    ordering = ["-id"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssessmentImport]:
        """With whose they are."""
        rows: QuerySet[AssessmentImport] = super().get_queryset(request)
        return rows.select_related("revenue", "by")

    @admin.display(description="ผล")
    def state(self, batch: AssessmentImport) -> str:
        """What became of it."""
        if batch.taken_at is None:
            return "รอยืนยัน"
        return f"เพิ่ม {batch.added:,} แก้ไข {batch.changed:,} ไม่เปลี่ยน {batch.same:,}"

    @admin.display(description="ผู้นำเข้า")
    def who(self, batch: AssessmentImport) -> str:
        """Who handed it in."""
        return str(batch.by)

    @admin.display(description="เมื่อ")
    def moment(self, batch: AssessmentImport) -> str:
        """When it was taken in, or handed in."""
        return format_datetime(batch.taken_at or batch.at, short=True)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand a file in."""
        return upload(request)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """What a file would do."""
        pk = row_id(object_id)
        if pk is None or request.method not in ("GET", "HEAD"):
            raise Http404
        return look(request, pk)

    def get_urls(self) -> list[Any]:
        """Add what the page posts."""
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/confirm/",
                wrap(confirm),
                name="payments_assessmentimport_confirm",
            ),
            path(
                "<int:pk>/discard/",
                wrap(discard),
                name="payments_assessmentimport_discard",
            ),
            *super().get_urls(),
        ]
