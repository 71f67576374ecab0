"""กำหนดชำระและเงินเพิ่ม: when a year's tax is due and what lateness adds, as the office sets it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from bannmae.navigation import list_url
from bannmae.staff_lists import StaffModelAdmin, without_shortcuts
from bannmae.thai.calendar import format_date
from payments.assessments.reading import FIRST_YEAR, LAST_YEAR
from payments.assessments.surcharge import penalties_of
from payments.desk.assessments_common import assessed_kinds
from payments.desk.permissions import HandledByFinance
from payments.desk.register_common import add_entry, note_act
from payments.models import TaxTerms

STEPS = 4


class IsoDay(forms.DateInput):
    """The browser's own date field; it speaks ISO."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "bm-input"}, format="%Y-%m-%d")


def _since(place: int) -> forms.DateField:
    return forms.DateField(label=f"เบี้ยปรับ {place}: ตั้งแต่วันที่", required=False, widget=IsoDay())


def _percent() -> forms.DecimalField:
    return forms.DecimalField(
        label="ร้อยละของภาษี",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The terms of a kind and year; penalties as a few rows of day and per cent."""

    since_1, percent_1 = _since(1), _percent()
    since_2, percent_2 = _since(2), _percent()
    since_3, percent_3 = _since(3), _percent()
    since_4, percent_4 = _since(4), _percent()

    class Meta:
        model = TaxTerms
        fields = ["revenue", "year", "due_on", "interest_percent", "interest_since", "note"]
        field_classes = {"due_on": forms.DateField, "interest_since": forms.DateField}
        widgets = {"due_on": IsoDay(), "interest_since": IsoDay()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "revenue" in self.fields:
            self.fields["revenue"].queryset = assessed_kinds()  # type: ignore[attr-defined]
        known = penalties_of(self.instance) if self.instance.pk else []
        for place in range(STEPS):
            since, percent = known[place] if place < len(known) else (None, None)
            self.initial.setdefault(f"since_{place + 1}", since)
            self.initial.setdefault(f"percent_{place + 1}", percent)

    def clean_year(self) -> int:
        """A Buddhist year."""
        year: int = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise forms.ValidationError("ต้องเป็นปี พ.ศ. เช่น 2570")
        return year

    def clean(self) -> dict[str, Any]:
        """Penalties come after the last day to pay, in pairs; interest needs its first day."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        due: date | None = typed.get("due_on")
        found: dict[date, Decimal] = {}
        for place in range(1, STEPS + 1):
            since, percent = typed.get(f"since_{place}"), typed.get(f"percent_{place}")
            if (since is None) != (percent is None):
                if f"since_{place}" not in self.errors and f"percent_{place}" not in self.errors:
                    missing = "percent" if percent is None else "since"
                    self.add_error(f"{missing}_{place}", "กรอกทั้งวันที่และร้อยละ")
                continue
            if since is None or percent is None:
                continue
            if due and since <= due:
                self.add_error(f"since_{place}", "ต้องเป็นวันหลังกำหนดชำระ")
            elif since in found:
                self.add_error(f"since_{place}", "วันที่ซ้ำกับแถวก่อน")
            found[since] = percent
        interest, since = typed.get("interest_percent"), typed.get("interest_since")
        if interest and since is None:
            self.add_error("interest_since", "กรอกวันแรกที่เริ่มนับเงินเพิ่ม")
        if due and since and since <= due:
            self.add_error("interest_since", "ต้องเป็นวันหลังกำหนดชำระ")
        self.instance.penalties = [
            {"since": since.isoformat(), "percent": str(percent)}
            for since, percent in sorted(found.items())
        ]
        return typed


@admin.register(TaxTerms)
class TaxTermsAdmin(HandledByFinance, StaffModelAdmin):
    """Terms by kind and year."""

    form = TermsForm
    list_display = ["revenue", "year", "due", "penalties_words", "interest_words"]
    list_filter = ["revenue"]
    ordering = ["-year", "revenue"]
    actions = None
    fieldsets = (
        (None, {"fields": ["revenue", "year", "due_on", "note"]}),
        (
            "เบี้ยปรับเมื่อชำระช้า",
            {
                "description": "นับจากวันที่ระบุเป็นต้นไป ใช้อัตราของวันที่ล่าสุดอัตราเดียว เว้นว่างได้",
                "fields": [(f"since_{one}", f"percent_{one}") for one in range(1, STEPS + 1)],
            },
        ),
        (
            "เงินเพิ่มรายเดือน",
            {
                "description": "เศษของเดือนนับเป็นหนึ่งเดือน รวมแล้วไม่เกินจำนวนภาษี เว้นว่างได้",
                "fields": [("interest_percent", "interest_since")],
            },
        ),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nothing else is made from here; days by the browser's own field."""
        if db_field.name in ("due_on", "interest_since"):
            return db_field.formfield(widget=IsoDay(), label=db_field.verbose_name)
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_readonly_fields(self, request: HttpRequest, obj: TaxTerms | None = None) -> list[str]:
        """Of which kind and year terms are does not change."""
        return ["revenue", "year"] if obj else []

    @admin.display(description="กำหนดชำระภายใน", ordering="due_on")
    def due(self, terms: TaxTerms) -> str:
        """The last day to pay."""
        return format_date(terms.due_on)

    @admin.display(description="เบี้ยปรับ")
    def penalties_words(self, terms: TaxTerms) -> str:
        """Each step."""
        steps = penalties_of(terms)
        return " · ".join(
            f"{percent.normalize():f}% ตั้งแต่ {format_date(since, short=True)}"
            for since, percent in steps
        )

    @admin.display(description="เงินเพิ่มต่อเดือน")
    def interest_words(self, terms: TaxTerms) -> str:
        """Its rate."""
        if not terms.interest_percent:
            return ""
        return f"{terms.interest_percent.normalize():f}%"

    def save_model(self, request: HttpRequest, obj: TaxTerms, form: Any, change: bool) -> None:
        """Save and note it."""
        super().save_model(request, obj, form, change)
        steps = ", ".join(f"{one['percent']}% ตั้งแต่ {one['since']}" for one in obj.penalties)
        what = f"กำหนดชำระ {obj}: ภายใน {obj.due_on} เบี้ยปรับ {steps or '-'}"
        note_act(request, f"money:terms:{obj.pk}", f"{what} เงินเพิ่ม {obj.interest_percent}%")


add_entry("กำหนดชำระและเงินเพิ่ม", list_url("payments_taxterms"), "event_upcoming", 62, inner=True)
