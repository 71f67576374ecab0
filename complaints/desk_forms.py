"""The forms of the case page: a move, a note, a walk-in case."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from bannmae.models import Division, Staff
from bannmae.staff_forms import Day, Text, lines
from bannmae.staff_input import RowsField
from bannmae.thai import national_id, phone
from complaints.models import Category, Complaint, Order, Requirement, Status
from complaints.photos import MAX_PHOTOS
from complaints.workflow import NEEDS_NOTE

PHOTO_TYPES = "image/jpeg,image/png,image/webp,image/heic,image/heif"


class Photos(forms.ClearableFileInput):
    """Several pictures at once; a phone offers its camera."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        super().__init__(attrs={"accept": PHOTO_TYPES, "multiple": True})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Return every picked file."""
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class PhotosField(forms.FileField):
    """At most ten pictures; what is in them is checked when they are taken in."""

    widget = Photos

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, [] for none."""
        files = [one for one in data or [] if one]
        if len(files) > MAX_PHOTOS:
            raise forms.ValidationError(f"แนบภาพได้ไม่เกิน {MAX_PHOTOS} ภาพต่อครั้ง")
        return files


class MoveForm(forms.Form):
    """What a move to `to` asks for."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = Text(
        label="ข้อความถึงผู้แจ้ง",
        required=False,
        max_length=1000,
        widget=lines(4),
        help_text="ผู้แจ้งอ่านข้อความนี้ใน LINE และในหน้าติดตามสถานะ",
    )
    internal_note = Text(
        label="บันทึกภายใน",
        required=False,
        max_length=4000,
        widget=lines(2),
        help_text="เห็นเฉพาะเจ้าหน้าที่",
    )
    decision = forms.ChoiceField(
        label="คำสั่ง", choices=Order.Decision, widget=UnfoldAdminSelectWidget
    )
    ordered_by = Text(
        label="ผู้สั่งการ",
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "signatories"}),
    )
    ordered_on = forms.DateField(label="วันที่สั่งการ", widget=Day)
    division = forms.ModelChoiceField(
        label="มอบให้",
        queryset=Division.objects.filter(is_active=True).order_by("order", "name"),
        widget=UnfoldAdminSelectWidget,
        empty_label="– เลือกกอง/งาน –",
    )
    order_text = Text(
        label="ข้อความคำสั่ง",
        required=False,
        max_length=500,
        widget=lines(2),
        help_text="จำเป็นเมื่อเลือก “อื่น ๆ”",
    )
    scan = forms.FileField(
        label="สำเนาหนังสือที่ลงนามแล้ว",
        required=False,
        widget=forms.FileInput(attrs={"accept": f"application/pdf,{PHOTO_TYPES}"}),
        help_text="PDF หรือภาพถ่าย (ถ้ามี)",
    )
    duplicate_of = Text(
        label="เลขที่ของเรื่องเดิม",
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "เช่น 69-0042"}),
    )
    photos = PhotosField(
        label="ภาพการดำเนินงาน",
        required=False,
        help_text=f"เลือกได้หลายภาพ ไม่เกิน {MAX_PHOTOS} ภาพ ผู้แจ้งเห็นภาพเหล่านี้",
    )

    ORDER_FIELDS = ("decision", "ordered_by", "ordered_on", "division", "order_text", "scan")

    def __init__(self, to: Status, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.to = to
        if to != Status.ASSIGNED:
            for name in self.ORDER_FIELDS:
                del self.fields[name]
        if to != Status.DUPLICATE:
            del self.fields["duplicate_of"]
        if to in (Status.SUBMITTED, Status.DUPLICATE, Status.REJECTED):
            del self.fields["photos"]
        if to in NEEDS_NOTE:
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = "โปรดเขียนข้อความถึงผู้แจ้ง"

    def clean(self) -> dict[str, Any]:
        """Other orders say what they are."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") == Order.Decision.OTHER and not cleaned.get("order_text"):
            self.add_error("order_text", "โปรดระบุข้อความคำสั่ง")
        return cleaned


class NoteForm(forms.Form):
    """A word to colleagues."""

    internal_note = Text(label="บันทึกภายใน", max_length=4000, widget=lines(3))


class AccusedForm(forms.Form):
    """Who is spoken of, and therefore does not see the case."""

    accused = RowsField(
        label="เจ้าหน้าที่ที่ถูกกล่าวถึง",
        required=False,
        queryset=Staff.objects.filter(is_active=True).order_by("first_name", "username"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, among: QuerySet[Staff] | None = None, **kwargs: Any) -> None:
        """`among`: the only ones to choose from, where not everybody who works here."""
        super().__init__(*args, **kwargs)
        if among is not None:
            self.fields["accused"].queryset = among.filter(is_active=True)


class WalkInForm(forms.Form):
    """รับเรื่องแทนประชาชน: a case told at the counter, by telephone or by letter."""

    # Another in each form that is shown, and kept by it: a double click is one case.
    filing_key = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)

    VIAS = (Complaint.Via.COUNTER, Complaint.Via.PHONE, Complaint.Via.LETTER)

    via = forms.ChoiceField(
        label="ช่องทาง",
        choices=[(via.value, via.label) for via in VIAS],
        widget=UnfoldAdminSelectWidget,
    )
    category = forms.ModelChoiceField(
        label="ประเภทเรื่อง",
        queryset=Category.objects.filter(is_active=True).select_related("division"),
        widget=UnfoldAdminSelectWidget,
        empty_label="– เลือกประเภทเรื่อง –",
    )
    subject = Text(label="หัวข้อเรื่อง", max_length=150, widget=UnfoldAdminTextInputWidget)
    details = Text(label="รายละเอียด", max_length=5000, widget=lines(5))
    incident_at = forms.DateTimeField(
        label="วันเวลาที่เกิดเหตุ",
        required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "bm-input"}, format="%Y-%m-%dT%H:%M"
        ),
    )
    village = forms.IntegerField(
        label="หมู่ที่",
        required=False,
        min_value=1,
        max_value=99,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )
    place = Text(
        label="สถานที่/จุดสังเกต", required=False, max_length=300, widget=UnfoldAdminTextInputWidget
    )
    full_name = Text(label="ชื่อ–สกุลผู้แจ้ง", max_length=150, widget=UnfoldAdminTextInputWidget)
    phone = forms.CharField(
        label="เบอร์โทรศัพท์",
        max_length=60,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    national_id = forms.CharField(
        label="หมายเลขบัตรประชาชน",
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.EmailField(label="อีเมล (ถ้ามี)", required=False, widget=UnfoldAdminTextInputWidget)
    address = Text(label="ที่อยู่ (ถ้าต้องการหนังสือตอบ)", required=False, widget=lines(2))
    hide_name = forms.BooleanField(
        label="ขอปกปิดชื่อ", required=False, widget=UnfoldBooleanSwitchWidget
    )
    photos = PhotosField(label="ภาพถ่าย", required=False, help_text="ไม่เกิน 10 ภาพ")
    acknowledged = forms.BooleanField(
        label="แจ้งประกาศความเป็นส่วนตัวให้ผู้แจ้งทราบแล้ว",
        widget=UnfoldBooleanSwitchWidget,
        error_messages={"required": "โปรดแจ้งประกาศความเป็นส่วนตัวให้ผู้แจ้งทราบก่อนบันทึก"},
    )

    def clean_phone(self) -> str:
        """Return the stored form."""
        try:
            return phone.normalise(self.cleaned_data["phone"])
        except phone.InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error

    def clean_national_id(self) -> str:
        """Return the stored form, '' for none."""
        typed = self.cleaned_data["national_id"]
        if not typed.strip():
            return ""
        try:
            return national_id.normalise(typed)
        except national_id.InvalidNationalId as error:
            raise forms.ValidationError(str(error)) from error

    def clean_incident_at(self) -> dt.datetime | None:
        """What has happened lies in the past."""
        moment: dt.datetime | None = self.cleaned_data["incident_at"]
        if moment and moment > timezone.now():
            raise forms.ValidationError("วันเวลาที่เกิดเหตุต้องไม่เกินเวลานี้")
        return moment

    def clean(self) -> dict[str, Any]:
        """Ask for what the category asks for, and keep nothing that it does not."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        category: Category | None = cleaned.get("category")
        if category is None:
            return cleaned
        if category.national_id == Requirement.OFF:
            cleaned["national_id"] = ""
        elif category.national_id == Requirement.REQUIRED and not (
            cleaned.get("national_id") or "national_id" in self.errors
        ):
            self.add_error("national_id", "เรื่องประเภทนี้ต้องมีหมายเลขบัตรประชาชน")
        if (
            category.location == Requirement.REQUIRED
            and not cleaned.get("place")
            and not cleaned.get("village")
        ):
            self.add_error("place", "โปรดระบุหมู่ที่หรือจุดสังเกต")
        return cleaned
