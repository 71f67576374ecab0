"""ตั้งค่าของกองคลัง: kinds of revenue and how their receipts are made, the QR, who may decide."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from solo.admin import SingletonModelAdmin
from unfold.widgets import UnfoldAdminRadioSelectWidget

from bannmae import navigation
from bannmae.models import Division, Staff
from bannmae.navigation import Banner
from bannmae.staff_lists import StaffModelAdmin, without_shortcuts
from bannmae.thai.calendar import format_date
from bannmae.thai.numerals import to_arabic_digits
from payments import access, thaiqr
from payments.desk.register_common import note_act, sees, today
from payments.models import (
    MoneyDuty,
    PaymentNotice,
    PaymentSettings,
    ReceiptBook,
    Revenue,
    active_revenues,
)

# The admin's templates take a description as HTML.
MODES_HELP = (
    "<p><strong>ก. e-LAAS</strong> เจ้าหน้าที่ออกใบเสร็จในระบบ e-LAAS เหมือนเดิม "
    "แล้วนำเล่มที่ เลขที่ และไฟล์ PDF มาบันทึกที่นี่ ระบบนี้ส่งใบเสร็จนั้นให้ผู้ชำระทาง LINE "
    "และรวมไว้ในทะเบียนกับใบนำส่งเงิน</p>"
    "<p><strong>ข. เล่มของระบบนี้</strong> ระบบให้เล่มที่และเลขที่เรียงกันไม่ขาดไม่ซ้ำ "
    "และพิมพ์ใบเสร็จตามแบบของเทศบาล ใช้เมื่อเทศบาลอนุมัติแบบใบเสร็จแล้ว "
    "เงินรายการเดียวกันต้องไม่ออกใน e-LAAS อีก</p>"
    "<p>จนกว่าจะเลือก ระบบไม่ออกใบเสร็จประเภทนี้ การเลือกและการเปลี่ยนทุกครั้งถูกบันทึกไว้</p>"
)
LETTERS = re.compile(r"[A-Za-zก-ฺเ-๎.]+")
SPACES = str.maketrans("", "", " -\u2010\u2011\u2012\u2013\u2014")


class MoneyAdmin(StaffModelAdmin):
    """Settings of money: seen by กองคลัง alone, changed by who holds the permission there."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Those of กองคลัง."""
        return access.may_see(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Those of กองคลัง who may see settings."""
        seen: bool = super().has_view_permission(request, obj)
        return access.may_see(request.user) and seen

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The head's."""
        may: bool = super().has_add_permission(request)
        return access.may_see(request.user) and may

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The head's."""
        may: bool = super().has_change_permission(request, obj)
        return access.may_see(request.user) and may

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The head's, where anything is deleted at all."""
        may: bool = super().has_delete_permission(request, obj)
        return access.may_see(request.user) and may

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Others find nothing here."""
        if not access.may_see(request.user):
            raise Http404
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Others find nothing here."""
        if not access.may_see(request.user):
            raise Http404
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Others find nothing here."""
        if not access.may_see(request.user):
            raise Http404
        return super().delete_view(request, object_id, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Others find nothing here."""
        if not access.may_see(request.user):
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """What a form refers to has a list of its own."""
        return without_shortcuts(super().formfield_for_dbfield(db_field, request, **kwargs))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and note what was changed from what to what."""
        super().save_model(request, obj, form, change)
        if detail := said_of(form, change):
            note_act(request, f"money:{self.subject(obj)}", detail)

    def subject(self, obj: Any) -> str:
        """Return how the access log names a row."""
        return str(self.opts.model_name)


def said_of(form: forms.ModelForm, change: bool) -> str:
    """Say what a form changes: 'วิธีออกใบเสร็จ: … → …'."""
    parts = []
    for name in form.changed_data:
        field = form.instance._meta.get_field(name)
        label = str(getattr(field, "verbose_name", name))
        now = _shown(field, form.cleaned_data.get(name))
        before = _shown(field, form.initial.get(name)) if change else ""
        parts.append(f"{label}: {before} → {now}" if change else f"{label}: {now}")
    return "; ".join(parts)


def _shown(field: Any, value: Any) -> str:
    if isinstance(field, models.ForeignKey) and value:
        row = (
            value
            if isinstance(value, models.Model)
            else field.related_model.objects.filter(pk=value).first()
        )
        return str(row or "–")
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value or "–"))
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    return str(value) if value not in (None, "") else "–"


# -- kinds of revenue -------------------------------------------------------------------------


class RevenueForm(forms.ModelForm):
    """A kind of revenue."""

    def clean_series(self) -> str:
        """What stands before a book's number; digits and strokes would be read as part of it."""
        series: str = self.cleaned_data["series"].strip()
        if not LETTERS.fullmatch(series):
            raise ValidationError("ใช้ตัวอักษรเท่านั้น เช่น ภด")
        return series

    def clean_mode(self) -> str:
        """Once chosen it may be another, but not none again."""
        mode: str = self.cleaned_data["mode"]
        if not mode and self.initial.get("mode"):
            raise ValidationError("เลือกแล้วเปลี่ยนเป็นอีกวิธีได้ แต่เปลี่ยนกลับเป็น “ยังไม่ได้เลือก” ไม่ได้")
        return mode


@admin.register(Revenue)
class RevenueAdmin(MoneyAdmin):
    """What is paid for, and how its receipts are made: chosen before the first one."""

    form = RevenueForm
    list_display = ["name", "menu_name", "series", "mode_text", "period", "is_active"]
    list_display_links = ["name"]
    ordering = ["order", "id"]
    actions = None
    list_per_page = 50
    fieldsets = (
        (
            "ชื่อ",
            {"fields": [("name", "menu_name"), ("slug", "series"), ("order", "is_active")]},
        ),
        ("การออกใบเสร็จรับเงิน", {"fields": ["mode"], "description": MODES_HELP}),
        ("สิ่งที่ถามผู้ชำระ", {"fields": ["period", "reference_label", "has_households"]}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Receipts name their kind: it is taken out of use."""
        return False

    def subject(self, obj: Revenue) -> str:
        """By its code."""
        return f"revenue-{obj.slug}"

    @admin.display(description="วิธีออกใบเสร็จ")
    def mode_text(self, row: Revenue) -> str:
        """The mode in words; the list shows what is still to be chosen."""
        return row.get_mode_display()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code stays what it is, and letters that stand in books do."""
        if obj is None:
            return []
        kept = ["slug"]
        if ReceiptBook.objects.filter(revenue=obj).exists():
            kept.append("series")
        return kept

    def formfield_for_choice_field(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """The ways to choose from, all in sight."""
        if db_field.name == "mode":
            kwargs["widget"] = UnfoldAdminRadioSelectWidget
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Revenue, form: Any, change: bool) -> None:
        """Say what a new mode means."""
        super().save_model(request, obj, form, change)
        if "mode" not in form.changed_data:
            return
        before = form.initial.get("mode")
        if before and obj.receipts.exists():
            messages.warning(
                request,
                f"เปลี่ยนวิธีออกใบเสร็จของ{obj.name}แล้ว ใบเสร็จที่ออกไปก่อนหน้านี้ยังอยู่ตามเดิม "
                "เงินรายการเดียวกันต้องไม่ออกใบเสร็จทั้งสองทาง",
            )


# -- how money is taken -----------------------------------------------------------------------


class PaymentSettingsForm(forms.ModelForm):
    """How the office takes money; the account of the QR is looked at digit by digit."""

    def clean_qr_account(self) -> str:
        """Thai digits, spaces and dashes are read as people write them."""
        return to_arabic_digits(self.cleaned_data["qr_account"]).translate(SPACES)

    def clean(self) -> dict[str, Any]:
        """An account of the kind that was chosen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind, account = cleaned.get("qr_kind"), cleaned.get("qr_account")
        if "qr_account" in self.errors:
            return cleaned
        if not kind:
            if account:
                self.add_error("qr_kind", "เลือกชนิดของหมายเลข หรือลบหมายเลขออก")
            return cleaned
        if not account:
            self.add_error("qr_account", "โปรดใส่หมายเลขที่รับเงิน")
            return cleaned
        if wrong := wrong_account(kind, account):
            self.add_error("qr_account", wrong)
        return cleaned


DIGITS = {
    PaymentSettings.PromptPayKind.MOBILE: (10, "เบอร์มือถือ 10 หลัก"),
    PaymentSettings.PromptPayKind.TAX_ID: (13, "เลขประจำตัวผู้เสียภาษี 13 หลัก"),
    PaymentSettings.PromptPayKind.EWALLET: (15, "e-Wallet 15 หลัก"),
}


def wrong_account(kind: str, account: str) -> str:
    """Return what is wrong with an account's digits, '' for nothing."""
    known = DIGITS.get(PaymentSettings.PromptPayKind(kind))
    if known is not None and len(account) != known[0]:
        return f"ต้องเป็น{known[1]} (ใส่มา {len(account)} หลัก)"
    try:
        if kind == PaymentSettings.PromptPayKind.BILLER:
            thaiqr.bill_payment_payload(account, "1", amount=Decimal("1.00"))
        else:
            thaiqr.promptpay_payload(account, Decimal("1.00"))
    except thaiqr.InvalidThaiQr as error:
        return str(error)
    return ""


@admin.register(PaymentSettings)
class PaymentSettingsAdmin(SingletonModelAdmin, MoneyAdmin):
    """One row, opened at once."""

    form = PaymentSettingsForm
    change_form_template = "admin/change_form.html"
    fieldsets = (
        ("ใบเสร็จรับเงิน", {"fields": ["layout", "leaves_per_book"]}),
        (
            "QR รับเงิน",
            {
                "fields": [("qr_kind", "qr_account")],
                "description": "ใช้ทำ QR ในข้อความแจ้งยอด ระบบตรวจจำนวนหลักและเลขตรวจสอบให้ "
                "แต่ตรวจไม่ได้ว่าเป็นบัญชีของเทศบาล โปรดสแกนลองจ่ายก่อนใช้จริง",
            },
        ),
        ("ตรวจกับรายการเดินบัญชี", {"fields": ["statement_days"]}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays."""
        return False


# -- who may decide ---------------------------------------------------------------------------


def finance_staff() -> QuerySet[Staff]:
    """Return whoever works in กองคลัง or a งาน of it."""
    divisions = Division.objects.filter(
        Q(slug=access.FINANCE) | Q(parent__slug=access.FINANCE)
    ).values("pk")
    return (
        Staff.objects.filter(is_active=True, divisions__in=divisions)
        .distinct()
        .order_by("first_name", "username")
    )


class MoneyDutyForm(forms.ModelForm):
    """Who holds a duty, from when until when."""

    def clean(self) -> dict[str, Any]:
        """In order of days, and by somebody who sees payments."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("valid_from"), cleaned.get("valid_until")
        if since and until and until < since:
            self.add_error("valid_until", "ต้องไม่มาก่อนวันเริ่ม")
        if cleaned.get("acting") and not until:
            self.add_error("valid_until", "การปฏิบัติหน้าที่แทนต้องมีวันสิ้นสุด")
        staff = cleaned.get("staff")
        if staff is not None and not access.may_see(staff):
            self.add_error("staff", "เจ้าหน้าที่ผู้นี้ยังไม่มีสิทธิ์ในระบบการเงิน ให้ผู้ดูแลระบบกำหนดบทบาทก่อน")
        return cleaned


@admin.register(MoneyDuty)
class MoneyDutyAdmin(MoneyAdmin):
    """Who may approve a void, reopen a day, close a year; standing in during leave is a row."""

    form = MoneyDutyForm
    list_display = ["duty", "staff", "acting", "since", "until", "state"]
    list_filter = ["duty"]
    list_select_related = ["staff"]
    ordering = ["duty", "staff"]
    list_per_page = 50
    actions = None
    fields = ["duty", "staff", "acting", ("valid_from", "valid_until")]

    def subject(self, obj: MoneyDuty) -> str:
        """By the duty and who holds it."""
        return f"duty-{obj.duty}-{obj.staff.username}"

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer those of กองคลัง."""
        if db_field.name == "staff":
            kwargs["queryset"] = finance_staff()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def delete_model(self, request: HttpRequest, obj: MoneyDuty) -> None:
        """Delete, and note who held it."""
        with transaction.atomic():
            note_act(
                request,
                f"money:{self.subject(obj)}",
                f"ลบ {obj} {obj.acting} {obj.valid_from or ''} – {obj.valid_until or ''}",
            )
            super().delete_model(request, obj)

    @admin.display(description="ตั้งแต่", ordering="valid_from")
    def since(self, row: MoneyDuty) -> str:
        """First day."""
        return format_date(row.valid_from, short=True) if row.valid_from else "–"

    @admin.display(description="ถึง", ordering="valid_until")
    def until(self, row: MoneyDuty) -> str:
        """Last day."""
        return format_date(row.valid_until, short=True) if row.valid_until else "–"

    @admin.display(description="วันนี้")
    def state(self, row: MoneyDuty) -> str:
        """Whether it is in force today."""
        here = today()
        if row.valid_from and here < row.valid_from:
            return "ยังไม่ถึง"
        if row.valid_until and here > row.valid_until:
            return "สิ้นสุดแล้ว"
        return "มีผล"


# -- what is missing --------------------------------------------------------------------------


def banners(request: HttpRequest) -> list[Banner]:
    """Return a line for each kind that payers wait for and whose mode nobody has chosen."""
    staff = request.user
    unset = {one.pk: one for one in active_revenues() if not one.mode}
    if not unset or not access.may_see(staff):
        return []
    waiting = PaymentNotice.objects.filter(is_open=True, revenue__in=unset)
    kinds = list(waiting.order_by().values_list("revenue", flat=True).distinct())
    may_choose = staff.has_perm("payments.change_revenue")
    return [
        Banner(
            text=f"ยังไม่ได้เลือกวิธีออกใบเสร็จของ{unset[pk].name} มีรายการแจ้งชำระรออยู่ "
            + ("จึงยังออกใบเสร็จไม่ได้" if may_choose else "แจ้งหัวหน้ากองคลังให้เลือกก่อน"),
            url=reverse("admin:payments_revenue_change", args=[pk]) if may_choose else "",
            link="เลือกวิธีออกใบเสร็จ" if may_choose else "",
        )
        for pk in kinds
        if pk in unset
    ]


navigation.add_banners(banners)
for _order, (_model, _title, _icon) in enumerate(
    [
        ("revenue", "ประเภทรายได้", "sell"),
        ("paymentsettings", "ตั้งค่าการรับชำระ", "qr_code_2"),
        ("moneyduty", "ผู้มีอำนาจทางการเงิน", "verified_user"),
    ],
    start=30,
):
    navigation.add_entry(
        navigation.Entry(
            title=_title,
            url=navigation.list_url(f"payments_{_model}"),
            icon=_icon,
            allowed=sees,
            order=_order,
            group=navigation.MONEY,
        )
    )
