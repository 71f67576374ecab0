"""What the API tells of payments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from liff.api.answers import NUMBER_HELP, Answer
from payments import requests
from payments.models import (
    NoticeEntry,
    PaymentNotice,
    PaymentRequest,
    Receipt,
    Revenue,
    Status,
)
from payments.notices import pdf_url

Kind = NoticeEntry.Kind
# What of a notice's history is hers to see, in words for her. The office's own work is not.
STEPS: dict[str, str] = {
    Kind.RECEIVED: Status.RECEIVED.label,
    Kind.ADDED: "ท่านส่งข้อมูลเพิ่ม",
    Kind.ASKED: "เจ้าหน้าที่ขอข้อมูลเพิ่ม",
    Kind.CHECKING: Status.CHECKING.label,
    Kind.CONFIRMED: Status.CONFIRMED.label,
    Kind.UNCONFIRMED: "นำกลับมาตรวจสอบอีกครั้ง",
    Kind.REJECTED: Status.REJECTED.label,
    Kind.REOPENED: "นำกลับมาตรวจสอบอีกครั้ง",
    Kind.RECEIPTED: Status.RECEIPTED.label,
    Kind.VOIDED: "ยกเลิกใบเสร็จรับเงิน",
}
STEP_CHOICES = list(STEPS.items())
# What the chat asked by itself: no officer has looked at it yet.
ASKED_BY_ITSELF = "ขอข้อมูลเพิ่มในแชต"
# Those whose words were written to her.
_TO_HER = {Kind.ASKED, Kind.REJECTED}


def receipt_url(receipt: Receipt) -> str | None:
    """Return the address of a receipt's PDF, None once the office has revoked it."""
    if hasattr(receipt, "revoked_link"):
        return None
    return pdf_url(receipt)


class RevenueAnswer(Answer):
    """A kind of tax or fee, and what its form asks for."""

    slug = serializers.CharField()
    name = serializers.CharField(source="menu_name", help_text="As residents know it.")
    paper_name = serializers.CharField(source="name", help_text="As it stands on the receipt.")
    period = serializers.ChoiceField(Revenue.Period.choices)
    reference_label = serializers.CharField(help_text="What to ask as `reference`; '' nothing.")
    asks = serializers.SerializerMethodField(help_text="Which optional fields belong to it.")

    def get_asks(self, revenue: Revenue) -> list[str]:
        """Name the fields of the form that depend on the kind."""
        periods = {Revenue.Period.YEAR: ["fiscal_year"], Revenue.Period.MONTHS: ["months"]}
        reference = ["reference"] if revenue.reference_label else []
        return [*periods.get(Revenue.Period(revenue.period), []), *reference]


class PaymentRequestAnswer(Answer):
    """What the office has asked her to pay, as the form begins with it."""

    number = serializers.CharField()
    revenue = serializers.CharField(source="revenue.slug", help_text="Slug.")
    revenue_name = serializers.CharField(source="revenue.menu_name")
    what_for = serializers.CharField(help_text="In the office's own words.")
    amount = serializers.DecimalField(10, 2, help_text="Baht.")
    reference = serializers.SerializerMethodField(help_text="'' where the office gave none.")
    fiscal_year = serializers.SerializerMethodField(
        help_text="Buddhist era; null where its words name none, or its kind goes by months."
    )
    months = serializers.SerializerMethodField(help_text="YYYY-MM, as its words name them.")

    def get_reference(self, asked: PaymentRequest) -> str:
        """What she would give as reference."""
        return requests.reference_of(asked)

    def get_fiscal_year(self, asked: PaymentRequest) -> int | None:
        """The year that its words name."""
        return requests.period_of(asked)[0]

    def get_months(self, asked: PaymentRequest) -> list[str]:
        """The months that its words name."""
        return [f"{month:%Y-%m}" for month in requests.period_of(asked)[1]]


class ReceiptAnswer(Answer):
    """A receipt of hers. A void one stays in the list, as it stays in the book."""

    number = serializers.CharField(source="__str__", help_text="เล่มที่ … เลขที่ …")
    issued_on = serializers.DateField()
    revenue_name = serializers.CharField()
    total = serializers.DecimalField(12, 2, help_text="Baht.")
    is_void = serializers.BooleanField()
    url = serializers.SerializerMethodField(help_text="Its PDF; null while there is none.")

    def get_url(self, receipt: Receipt) -> str | None:
        """Its PDF."""
        return receipt_url(receipt)


class BriefNoticeAnswer(Answer):
    """Where a payment stands."""

    number = serializers.CharField(help_text=NUMBER_HELP)
    status = serializers.ChoiceField(Status.choices)
    status_label = serializers.CharField(source="get_status_display")


class ListedNoticeAnswer(BriefNoticeAnswer):
    """One of her payments in the list."""

    revenue = serializers.SerializerMethodField(help_text="Slug; '' while it is not known.")
    revenue_name = serializers.SerializerMethodField()
    amount = serializers.DecimalField(
        10, 2, allow_null=True, help_text="Baht: as told, and once confirmed as confirmed."
    )
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.SerializerMethodField(help_text="Why it was rejected, else ''.")
    asked = serializers.CharField(
        help_text="What an officer has asked her, until she has answered; else ''."
    )
    slip_again = serializers.SerializerMethodField(
        help_text="Whether none of its slips is left, so that one must come once more."
    )
    receipt_url = serializers.SerializerMethodField(
        help_text="PDF of the valid receipt; null until it is issued."
    )
    receipts = serializers.SerializerMethodField(help_text="Void ones too, newest first.")

    def get_revenue(self, notice: PaymentNotice) -> str:
        """The slug of its kind."""
        return notice.revenue.slug if notice.revenue else ""

    def get_revenue_name(self, notice: PaymentNotice) -> str:
        """The name of its kind as residents know it."""
        return notice.revenue.menu_name if notice.revenue else ""

    def get_reason(self, notice: PaymentNotice) -> str:
        """What was wrong, while it counts."""
        return notice.reject_reason if notice.status == Status.REJECTED else ""

    def get_slip_again(self, notice: PaymentNotice) -> bool:
        """Whether its slip is waited for, while it still matters."""
        return notice.slip_again and notice.status in (Status.RECEIVED, Status.CHECKING)

    def get_receipt_url(self, notice: PaymentNotice) -> str | None:
        """The address of the one receipt that counts."""
        valid = [one for one in _receipts(notice) if not one.is_void]
        return receipt_url(valid[0]) if valid else None

    def get_receipts(self, notice: PaymentNotice) -> list[dict[str, Any]]:
        """All that were issued for it."""
        return list(ReceiptAnswer(_receipts(notice), many=True).data)


class NoticeStepAnswer(Answer):
    """A step of a payment."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(STEP_CHOICES)
    status_label = serializers.CharField(help_text="What the step is called.")
    note = serializers.CharField(help_text="What was asked or why it was rejected, else ''.")


class NoticeAnswer(ListedNoticeAnswer):
    """One of her payments, whole."""

    fiscal_year = serializers.IntegerField(allow_null=True, help_text="Buddhist era.")
    months = serializers.ListField(child=serializers.CharField(), help_text="YYYY-MM.")
    payer_name = serializers.CharField()
    reference = serializers.CharField()
    phone = serializers.CharField(help_text="Digits with the leading 0; '#' before an extension.")
    slips = serializers.SerializerMethodField(help_text="How many pictures are with it.")
    timeline = serializers.SerializerMethodField(help_text="Oldest first.")

    def get_slips(self, notice: PaymentNotice) -> int:
        """Count the pictures that are there."""
        return notice.slips.exclude(file="").count()

    def get_timeline(self, notice: PaymentNotice) -> list[dict[str, Any]]:
        """What happened to it, as far as it is hers to see."""
        entries = notice.entries.filter(kind__in=STEPS).order_by("id")
        return list(NoticeStepAnswer(_steps(entries), many=True).data)


def _receipts(notice: PaymentNotice) -> list[Receipt]:
    return sorted(notice.receipts.all(), key=lambda one: -one.pk)  # prefetched in lists


def _steps(entries: Iterable[NoticeEntry]) -> Iterable[dict[str, Any]]:
    for entry in entries:
        yield {
            "at": entry.at,
            "kind": entry.kind,
            "status_label": ASKED_BY_ITSELF
            if entry.kind == Kind.ASKED and entry.by_id is None
            else STEPS[entry.kind],
            "note": entry.text if entry.kind in _TO_HER else "",
        }
