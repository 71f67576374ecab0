"""The forms of households: which house, since when, at which rate."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from bannmae.staff_forms import Text
from bannmae.thai import phone
from bannmae.thai.numerals import to_arabic_digits
from payments import cells
from payments.desk.lines import NotAnAmount, read_amount
from payments.garbage import months as calendar
from payments.garbage.register import Entry


class MonthField(forms.CharField):
    """A month as people write it: ม.ค. 2569, 1/2569. The first day of it, None for nothing."""

    def __init__(self, **options: Any) -> None:
        """Show a plain field."""
        options.setdefault("help_text", "เช่น ม.ค. 2569 หรือ 1/2569")
        widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
        super().__init__(max_length=30, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        """Show the month in words."""
        return calendar.month_words(value) if isinstance(value, dt.date) else value

    def clean(self, value: Any) -> Any:
        """Return the first day of the month."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return cells.month(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class Baht(forms.CharField):
    """An amount of baht, more than nothing."""

    def __init__(self, **options: Any) -> None:
        """Show a field of digits."""
        widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        """Return a Decimal."""
        typed = super().clean(value)
        try:
            return read_amount(typed, name=str(self.label or "อัตรา"))
        except NotAnAmount as error:
            raise forms.ValidationError(str(error)) from error


class HouseholdForm(forms.Form):
    """Which house, who pays, since when."""

    house_no = Text(label="บ้านเลขที่", max_length=30, widget=UnfoldAdminTextInputWidget)
    village = forms.IntegerField(
        label="หมู่ที่",
        min_value=1,
        max_value=99,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "หมู่ที่เป็นตัวเลข 1–99"},
    )
    owner_name = Text(label="ผู้ชำระ", max_length=200, widget=UnfoldAdminTextInputWidget)
    phone = forms.CharField(
        label="โทรศัพท์", max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )
    rate = Baht(label="อัตรา (บาทต่อเดือน)")
    since = MonthField(label="เก็บตั้งแต่เดือน")
    until = MonthField(
        label="ถึงเดือน", required=False, help_text="เว้นว่างถ้ายังเก็บอยู่ เมื่อเลิกเก็บให้ใส่เดือนสุดท้าย"
    )
    note = Text(label="หมายเหตุ", max_length=300, required=False, widget=UnfoldAdminTextInputWidget)

    def clean_phone(self) -> str:
        """Return the stored form; what was kept before in another form may stay."""
        typed: str = self.cleaned_data["phone"]
        if not typed or typed == self.initial.get("phone"):
            return typed
        try:
            return phone.normalise(typed)
        except phone.InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error

    def entry(self) -> Entry:
        """Return what was typed."""
        typed = self.cleaned_data
        return Entry(
            house_no=to_arabic_digits(typed["house_no"]),
            village=typed["village"],
            owner_name=typed["owner_name"],
            since=typed["since"],
            until=typed["until"],
            phone=typed["phone"],
            note=typed["note"],
        )


class RateForm(forms.Form):
    """A rate from a month on."""

    amount = Baht(label="อัตราใหม่ (บาทต่อเดือน)")
    since = MonthField(label="ตั้งแต่เดือน")


class RatesForm(RateForm):
    """The same for many households at once, as an ordinance says."""

    village = forms.IntegerField(
        label="หมู่ที่",
        required=False,
        min_value=1,
        max_value=99,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        help_text="เว้นว่างคือทุกหมู่",
    )
    old = Baht(label="เฉพาะครัวเรือนที่อัตราเดิม (บาท)")

    field_order = ("old", "village", "amount", "since")
