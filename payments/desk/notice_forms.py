"""The forms of a notice's page and of the counter. What is typed comes back as it was typed."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from bannmae.staff_forms import Text, lines
from bannmae.thai import phone
from bannmae.thai.calendar import be_year, local_date
from bannmae.thai.numerals import to_arabic_digits
from payments import workflow
from payments.desk.assessments_field import AssessmentField
from payments.desk.lines import NotAnAmount, read_amount
from payments.models import Assessment, Household, Method, PaymentNotice, Revenue
from payments.statements.acts import suggested_date

EARLIEST_YEAR = 2500
# What no receipt is made without.
DEMANDED = {
    "revenue": "โปรดเลือกประเภท",
    "payer_name": "โปรดระบุชื่อผู้ชำระ",
    "money_seen_on": "โปรดระบุวันที่เห็นเงินเข้าบัญชีหรือรับเงิน",
}
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def line_input(**attributes: str) -> UnfoldAdminTextInputWidget:
    """Return a plain field of one line."""
    return UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", **attributes})


class Amount(forms.CharField):
    """Baht as people type them: commas and Thai digits too. None for nothing."""

    def __init__(self, **options: Any) -> None:
        """Show a field of digits."""
        super().__init__(max_length=30, widget=line_input(inputmode="decimal"), **options)

    def prepare_value(self, value: Any) -> Any:
        """Show two places."""
        return f"{value:.2f}" if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        """Return a Decimal above zero."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            amount = read_amount(typed)
        except NotAnAmount as error:
            raise forms.ValidationError(str(error)) from error
        if not 0 < amount < 10**8:
            raise forms.ValidationError("จำนวนเงินต้องมากกว่า 0 และไม่เกิน 99,999,999.99 บาท")
        return amount


class PaymentForm(forms.Form):
    """Who pays, what, how and when it was seen: of a notice and at the counter alike."""

    revenue = forms.ModelChoiceField(
        label="ประเภท",
        queryset=Revenue.objects.all(),
        empty_label="– เลือกประเภท –",
        widget=forms.Select(attrs={"class": "bm-input"}),
        required=False,
    )
    payer_name = Text(label="ผู้ชำระ", max_length=200, required=False, widget=line_input())
    payer_address = Text(label="ที่อยู่บนใบเสร็จ", max_length=500, required=False, widget=line_input())
    method = forms.ChoiceField(
        label="วิธีชำระ",
        choices=Method.choices,
        widget=forms.Select(attrs={"class": "bm-input"}),
    )
    money_seen_on = forms.DateField(
        label="วันที่ได้รับเงิน",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "bm-input"}, format="%Y-%m-%d"),
        error_messages={"invalid": "โปรดเลือกวันที่"},
    )
    household = forms.ModelChoiceField(
        label="ครัวเรือน",
        queryset=Household.objects.all(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "ไม่พบครัวเรือนนี้ โปรดเลือกใหม่"},
    )
    reference = Text(label="เลขอ้างอิง", max_length=100, required=False, widget=line_input())
    phone = forms.CharField(
        label="โทรศัพท์", max_length=60, required=False, widget=line_input(inputmode="tel")
    )

    def clean_phone(self) -> str:
        """Return the stored form; what was kept before in another form may stay."""
        typed: str = self.cleaned_data["phone"]
        if not typed or typed == self.initial.get("phone"):
            return typed
        try:
            return phone.normalise(typed)
        except phone.InvalidPhone as error:
            raise forms.ValidationError(str(error)) from error

    def clean_money_seen_on(self) -> dt.date | None:
        """Money has been seen today at the latest."""
        day: dt.date | None = self.cleaned_data["money_seen_on"]
        today = local_date(timezone.now())
        if day and day > today:
            raise forms.ValidationError("วันที่ได้รับเงินยังมาไม่ถึง")
        if day and (today - day).days > 3 * 366:
            raise forms.ValidationError("วันที่ได้รับเงินเก่าเกินไป โปรดตรวจปี (ค.ศ. ในช่องวันที่)")
        return day

    def demand_all(self) -> bool:
        """Ask for what a confirmation needs; True where everything is there and right."""
        self.full_clean()
        for name, words in DEMANDED.items():
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, words)
        return not self.errors


class NoticeForm(PaymentForm):
    """What the payer said, for the clerk to correct, and what he has seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    fiscal_year = forms.CharField(
        label="ปี (พ.ศ.)", max_length=10, required=False, widget=line_input(inputmode="numeric")
    )
    months = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    amount = Amount(label="จำนวนเงินที่แจ้ง", required=False)
    paid_at = forms.DateTimeField(
        label="โอนเมื่อ",
        required=False,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "class": "bm-input"}, format="%Y-%m-%dT%H:%M"
        ),
        error_messages={"invalid": "โปรดเลือกวันและเวลา"},
    )
    duplicate_reason = Text(
        label="เหตุผลที่ยืนยันสลิปซ้ำ", max_length=500, required=False, widget=lines(2)
    )
    assessment = AssessmentField()

    CLAIM = (
        "revenue",
        "fiscal_year",
        "months",
        "payer_name",
        "payer_address",
        "reference",
        "phone",
        "amount",
        "paid_at",
        "household",
        "assessment",
    )

    def __init__(self, notice: PaymentNotice, data: Any = None) -> None:
        """Show `notice`; `data` is what was sent."""
        self.notice = notice
        super().__init__(data, initial=initial_of(notice))
        self.initial["assessment"] = self.fields["assessment"].offer(notice)
        kinds = Revenue.objects.filter(is_active=True)
        self.fields["revenue"].queryset = kinds | Revenue.objects.filter(pk=notice.revenue_id)

    def clean_fiscal_year(self) -> int | None:
        """Return a year of the Buddhist era."""
        typed = to_arabic_digits(self.cleaned_data["fiscal_year"]).strip()
        if not typed:
            return None
        latest = be_year(timezone.now()) + 2
        if not typed.isdecimal() or not EARLIEST_YEAR <= int(typed[:5]) <= latest:
            raise forms.ValidationError(f"ปี พ.ศ. ระหว่าง {EARLIEST_YEAR} ถึง {latest}")
        return int(typed)

    def clean_months(self) -> list[str]:
        """Return the months ('YYYY-MM') in order."""
        typed = [part.strip() for part in self.cleaned_data["months"].split(",") if part.strip()]
        if not all(_MONTH.fullmatch(part) for part in typed):
            raise forms.ValidationError("เดือนที่เลือกอ่านไม่ได้")
        return sorted(set(typed))

    def clean_assessment(self) -> Assessment | None:
        """A page that does not ask for it leaves it as it is."""
        if "assessment" not in self.data:
            return self.notice.assessment
        chosen: Assessment | None = self.cleaned_data["assessment"]
        return chosen

    def clean_paid_at(self) -> dt.datetime | None:
        """A second that the browser's field does not show is no change."""
        moment: dt.datetime | None = self.cleaned_data["paid_at"]
        kept = self.notice.paid_at
        if moment and kept and kept.replace(second=0, microsecond=0) == moment:
            return kept
        return moment

    def demand_all(self) -> bool:
        """Ask for what a confirmation needs, a reason for a doubtful slip included."""
        super().demand_all()
        doubt = workflow.doubt_about(self.notice)
        if doubt and not self.cleaned_data.get("duplicate_reason"):
            self.add_error("duplicate_reason", doubt)
        return not self.errors

    def claim(self) -> dict[str, Any]:
        """Return what workflow.edit takes."""
        return {name: self.cleaned_data[name] for name in self.CLAIM}


def initial_of(notice: PaymentNotice) -> dict[str, Any]:
    """Return how a notice stands in its form."""
    seen_on = notice.money_seen_on or suggested_date(notice)
    if seen_on is None and notice.paid_at:
        seen_on = local_date(notice.paid_at)
    return {
        "version": notice.version,
        "revenue": notice.revenue_id,
        "fiscal_year": notice.fiscal_year,
        "months": ",".join(notice.months),
        "payer_name": notice.payer_name,
        "payer_address": notice.payer_address,
        "reference": notice.reference,
        "phone": notice.phone,
        "amount": notice.amount,
        "paid_at": notice.paid_at,
        "household": notice.household_id,
        "method": notice.method,
        "money_seen_on": seen_on,
        "duplicate_reason": notice.duplicate_reason,
    }
