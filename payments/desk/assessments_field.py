"""The field by which a clerk says which assessment a payment is for."""

from __future__ import annotations

from typing import Any

from django import forms

from payments.assessments.matching import likely, proposals
from payments.assessments.queries import rest_of, with_payments
from payments.models import Assessment, PaymentNotice


class AssessmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among what a notice may be for; `offered` is False where there is nothing."""

    offered = False

    def __init__(self, **options: Any) -> None:
        """Offer nothing yet."""
        options.setdefault("label", "รายการประเมิน (นับว่าชำระเมื่อออกใบเสร็จ)")
        super().__init__(
            queryset=Assessment.objects.none(),
            required=False,
            empty_label="– ไม่ผูกกับรายการประเมิน –",
            widget=forms.Select(attrs={"class": "bm-input"}),
            error_messages={"invalid_choice": "ไม่พบรายการประเมินนี้ โปรดเลือกใหม่"},
            **options,
        )

    def offer(self, notice: PaymentNotice) -> int | None:
        """Offer what `notice` may be for; return the id of the one to begin with."""
        rows = proposals(notice)
        self.offered = bool(rows)
        if rows:
            chosen = Assessment.objects.filter(pk__in=[row.pk for row in rows])
            self.queryset = with_payments(chosen.select_related("revenue")).order_by("-year", "-pk")
        return likely(notice, rows)

    def label_from_instance(self, obj: Any) -> str:
        """Number, year, payer, and what is still to be paid."""
        rest = rest_of(obj)
        state = f"ค้าง {rest:,.2f} บาท" if rest > 0 else "ชำระแล้ว"
        kind = obj.revenue.menu_name
        return f"เลขที่ {obj.number} ปี {obj.year} {obj.payer_name} ({kind} {state})"
