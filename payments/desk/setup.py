"""ตั้งค่าของกองคลัง: kinds of revenue and how their receipts are made, and the QR."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from solo.admin import SingletonModelAdmin
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
)

from bannmae import navigation
from bannmae.navigation import Banner
from bannmae.thai.numerals import to_arabic_digits
from payments import access, thaiqr
from payments.desk import setup_duties  # noqa: F401 - registers itself
from payments.desk.register_common import sees
from payments.desk.setup_common import MoneyAdmin
from payments.models import (
    PaymentNotice,
    PaymentSettings,
    ReceiptBook,
    Revenue,
    active_revenues,
)
from payments.verifiers import registry

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

    verifier = forms.ChoiceField(
        label="บริการตรวจสลิปภายนอก",
        choices=registry.CHOICES,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    verifier_key = forms.CharField(
        label="API key ของบริการตรวจสลิป",
        required=False,
        max_length=200,
        strip=True,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text="เก็บแบบเข้ารหัสและไม่แสดงอีก เว้นว่าง = ใช้ของเดิม",
    )

    def clean_verifier_key(self) -> str:
        """What is there stays unless another is typed; it is shown to nobody."""
        typed: str = self.cleaned_data["verifier_key"]
        return typed or self.instance.verifier_key

    def clean_qr_account(self) -> str:
        """Thai digits, spaces and dashes are read as people write them."""
        return to_arabic_digits(self.cleaned_data["qr_account"]).translate(SPACES)

    def clean(self) -> dict[str, Any]:
        """An account of the kind that was chosen."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind, account = cleaned.get("qr_kind"), cleaned.get("qr_account")
        if cleaned.get("verifier"):
            for name in ("verifier_branch", "verifier_key"):
                if not cleaned.get(name):
                    self.add_error(name, "ต้องมีจึงจะใช้บริการได้")
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
        ("แจ้งเตือนครบกำหนดแทนจดหมาย", {"fields": ["postage_baht"]}),
        (
            "ตรวจสลิปกับบริการภายนอก",
            {
                "fields": ["verifier", ("verifier_branch", "verifier_key")],
                "description": "ปิดไว้ตั้งแต่ต้น เมื่อเปิด รหัสใน QR ของสลิปและจำนวนเงินจะถูกส่งให้ผู้ให้บริการ "
                "ทุกครั้งที่เจ้าหน้าที่กดตรวจ ต้องมีสัญญาประมวลผลข้อมูลส่วนบุคคลก่อน",
            },
        ),
    )

    def save_model(
        self, request: HttpRequest, obj: PaymentSettings, form: Any, change: bool
    ) -> None:
        """Say what leaves the house from now on."""
        super().save_model(request, obj, form, change)
        if "verifier" in form.changed_data and obj.verifier:
            messages.warning(
                request,
                "เปิดบริการตรวจสลิปภายนอกแล้ว เมื่อเจ้าหน้าที่กดตรวจ ข้อมูลในสลิปจะถูกส่งออกไปยังผู้ให้บริการ",
            )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays."""
        return False


# -- what is missing --------------------------------------------------------------------------


def banners(request: HttpRequest) -> list[Banner]:
    """Return a line for each kind that payers wait for and whose mode nobody has chosen."""
    staff = request.user
    if not access.may_see(staff):
        return []
    unset = {one.pk: one for one in active_revenues() if not one.mode}
    if not unset:
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
