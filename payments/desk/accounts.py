"""บัญชีธนาคารรับชำระ: the office's accounts, whose statements are taken in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from bannmae import navigation
from bannmae.staff_lists import StaffModelAdmin
from bannmae.thai.numerals import to_arabic_digits
from payments.desk.permissions import HandledByFinance
from payments.desk.register_common import note_act, sees
from payments.models import BankAccount
from payments.slips.miniqr import BANKS
from payments.statements import layout


class AccountForm(forms.ModelForm):
    """An account: its name, bank and number."""

    bank = forms.ChoiceField(
        label="ธนาคาร", choices=list(BANKS.items()), initial="006", widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = BankAccount
        fields = ("name", "bank", "number", "is_active")

    def clean_number(self) -> str:
        """Digits alone, however they were typed."""
        typed = to_arabic_digits(self.cleaned_data["number"])
        number = "".join(one for one in typed if one.isdecimal())
        if not 8 <= len(number) <= 20 or any(one.isalpha() for one in typed):
            raise forms.ValidationError("เลขที่บัญชีเป็นตัวเลข 8–20 หลัก")
        return number

    def clean(self) -> dict[str, Any]:
        """One row for an account."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        same = BankAccount.objects.filter(
            bank=cleaned.get("bank", ""), number=cleaned.get("number", "")
        ).exclude(pk=self.instance.pk)
        if same.exists():
            self.add_error("number", "มีบัญชีนี้ในระบบแล้ว")
        return cleaned


@admin.register(BankAccount)
class BankAccountAdmin(HandledByFinance, StaffModelAdmin):
    """The accounts; how a bank lays out its files is learnt at the first import."""

    form = AccountForm
    list_display = ["name", "bank_name", "shown_number", "layout_text", "is_active"]
    ordering = ["name"]
    actions = None

    def save_model(self, request: HttpRequest, obj: BankAccount, form: Any, change: bool) -> None:
        """Save, and note it."""
        super().save_model(request, obj, form, change)
        what = "แก้ไขบัญชี" if change else "เพิ่มบัญชี"
        note_act(request, f"money:account-{obj.pk}", f"{what} {obj}")

    @admin.display(description="ธนาคาร", ordering="bank")
    def bank_name(self, row: BankAccount) -> str:
        """In words."""
        return BANKS.get(row.bank, row.bank)

    @admin.display(description="เลขที่บัญชี", ordering="number")
    def shown_number(self, row: BankAccount) -> str:
        """As it is written."""
        return row.number

    @admin.display(description="รูปแบบไฟล์")
    def layout_text(self, row: BankAccount) -> str:
        """Whether a file has been understood once."""
        return "จำไว้แล้ว" if layout.from_json(row.layout) else "จะถามเมื่อนำเข้าครั้งแรก"


navigation.add_entry(
    navigation.Entry(
        title="บัญชีธนาคารรับชำระ",
        url=navigation.list_url("payments_bankaccount"),
        icon="account_balance",
        allowed=sees,
        order=44,
        group=navigation.SETTINGS,
    )
)
