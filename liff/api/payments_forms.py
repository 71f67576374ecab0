"""What residents send of a payment, read as people type it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bannmae.staff_input import row_id
from bannmae.thai.calendar import BE_OFFSET, be_year, local_date
from bannmae.thai.numerals import to_arabic_digits
from liff.api.fields import MISSING, FullName, PastMoment, PhoneNumber, PhotoIds, Text, Whole
from liff.api.forms import Form
from liff.api.paging import NUMBER
from liff.models import Upload
from liff.uploads import PhotosRefused, usable
from payments.assessments.queries import assessments_of, links_of
from payments.intake import Claim
from payments.models import Assessment, Revenue, active_revenues
from payments.requests import asked_of

MAX_AMOUNT = Decimal("99999999.99")
MAX_SLIPS = 3
MAX_MONTHS = 60
EARLIEST_YEAR = 2500  # Buddhist era
YEARS_AHEAD = 2
_AMOUNT = re.compile(
    r"(?P<baht>[0-9]{1,40}|[0-9]{1,3}(?:,[0-9]{3}){1,12})(?:\.(?P<satang>[0-9]*))?"
)
_UNIT = re.compile(r"^฿|(?:บาท|฿|\.-)$")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@extend_schema_field(
    {
        "oneOf": [{"type": "number"}, {"type": "string"}],
        "description": (
            "Baht, more than 0 and at most 99,999,999.99, with at most two decimals. Text may have "
            "Thai digits and commas between thousands."
        ),
    }
)
class Baht(serializers.Field[Decimal, Any, str, Any]):
    """An amount of money, exactly."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("กรุณากรอกจำนวนเงิน"),
        "null": _("กรุณากรอกจำนวนเงิน"),
        "invalid": _("จำนวนเงินต้องเป็นตัวเลข เช่น 1,250.50"),
        "places": _("จำนวนเงินมีทศนิยมได้ไม่เกิน 2 ตำแหน่ง"),
        "zero": _("จำนวนเงินต้องมากกว่า 0 บาท"),
        "range": _("จำนวนเงินต้องไม่เกิน 99,999,999.99 บาท"),
    }

    def to_internal_value(self, data: Any) -> Decimal:
        """Return baht with two places. Raise ValidationError."""
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("invalid")
        if not isinstance(data, str):
            exact = Decimal(data if isinstance(data, int) else repr(data))
            if exact.is_nan():
                self.fail("invalid")
            # Beyond these the refusal is the same, and they can be written out.
            data = format(max(Decimal(-1), min(exact, 10 * MAX_AMOUNT)), "f")
        text = re.sub(r"\s", "", to_arabic_digits(data[:200]))
        if not text:
            self.fail("required")
        found = _AMOUNT.fullmatch(_UNIT.sub("", text))
        if found is None:
            self.fail("zero" if re.fullmatch(r"-[0-9,.]+", text) else "invalid")
        satang = (found["satang"] or "").rstrip("0")
        if len(satang) > 2:
            self.fail("places")
        amount = Decimal(f"{found['baht'].replace(',', '')}.{satang:0<2}")
        if not amount:
            self.fail("zero")
        if amount > MAX_AMOUNT:
            self.fail("range")
        return amount


class FiscalYear(Whole):
    """A year of the Buddhist era; None where it is left out."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "era": _("กรุณาระบุเป็นปี พ.ศ. เช่น 2569"),
    }

    def __init__(self, **options: Any) -> None:
        """Optional always: not every kind has one."""
        super().__init__(required=False, allow_null=True, default=None, **options)

    def to_internal_value(self, data: Any) -> int:
        """Return the year. Raise ValidationError."""
        year = super().to_internal_value(
            to_arabic_digits(data).strip() if isinstance(data, str) else data
        )
        if not EARLIEST_YEAR <= year <= be_year(_today()) + YEARS_AHEAD:
            self.fail("era")
        return year


@extend_schema_field(OpenApiTypes.STR)
class Month(serializers.Field[dt.date, Any, str, Any]):
    """A month as 'YYYY-MM'. A year of the Buddhist era is taken for what it is."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "null": MISSING,
        "month": _("เดือนต้องอยู่ในรูป ปี-เดือน เช่น 2026-11"),
    }

    def to_internal_value(self, data: Any) -> dt.date:
        """Return the month's first day. Raise ValidationError."""
        found = _MONTH.fullmatch(to_arabic_digits(data).strip()) if isinstance(data, str) else None
        if found is None:
            self.fail("month")
        year = int(found[1])
        if year < EARLIEST_YEAR:
            year += BE_OFFSET
        if not EARLIEST_YEAR <= year <= be_year(_today()) + YEARS_AHEAD:
            self.fail("month")
        return dt.date(year - BE_OFFSET, int(found[2]), 1)


class Months(serializers.ListField):
    """The months that are paid for, in any order; none twice."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_a_list": _("ต้องเป็นรายการของเดือน"),
        "max_length": _("ระบุได้ไม่เกิน {max_length} เดือน"),
    }

    def __init__(self, **options: Any) -> None:
        """Optional always: not every kind goes by months."""
        super().__init__(
            child=Month(),
            required=False,
            allow_null=True,
            default=list,
            max_length=MAX_MONTHS,
            **options,
        )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return their first days, in order. Raise ValidationError."""
        return sorted(set(super().run_validation(data) or []))


class PaymentNoticeForm(Form):
    """A payment that was made, with its slip."""

    revenue = Text(max_length=40, help_text="A slug of GET /revenues.")
    fiscal_year = FiscalYear(help_text="Buddhist era; for what is paid by the year.")
    months = Months(help_text="YYYY-MM; for what is paid by the month.")
    payer_name = FullName(max_length=200)
    reference = Text(
        optional=True, max_length=100, help_text="What `reference_label` of the revenue asks for."
    )
    phone = PhoneNumber(
        help_text="Thai; +66, Thai digits, spaces, dashes and 'ต่อ 101' are accepted."
    )
    amount = Baht()
    paid_at = PastMoment(
        required=False,
        allow_null=True,
        default=None,
        error_messages={"future": _("วันเวลาที่โอนต้องไม่อยู่ในอนาคต")},
        help_text="ISO 8601, not in the future; without a zone it is Bangkok's time.",
    )
    assessment = Whole(
        required=False,
        allow_null=True,
        default=None,
        help_text="An id of GET /taxes that this pays; one that is not hers is passed over.",
    )
    request = Text(
        optional=True,
        max_length=100,
        help_text=(
            "The number of the payment request that this answers (GET /payment-requests/<number>); "
            "one that is not hers, or of another kind, is passed over."
        ),
    )
    slip = Text(max_length=100, help_text="Id of POST /photos.")
    slips = PhotoIds(help_text=f"More pictures of the same payment, {MAX_SLIPS} in all.")

    def validate_revenue(self, slug: str) -> Revenue:
        """Return the kind that is open for payments."""
        for revenue in active_revenues():
            if revenue.slug == slug:
                return revenue
        raise serializers.ValidationError(_("ไม่มีประเภทการชำระนี้ หรือปิดรับแล้ว"))

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Find the slips; leave out months where nothing goes by them."""
        ids = [data["slip"], *(one for one in data["slips"] if one != data["slip"])]
        if len(ids) > MAX_SLIPS:
            message = _("แนบภาพได้ไม่เกิน {max_length} ภาพ").format(max_length=MAX_SLIPS)
            raise serializers.ValidationError({"slips": [message]})
        data["slips"] = self._uploads(ids)
        if data["revenue"].period != Revenue.Period.MONTHS:
            data["months"] = []
        data["assessment"] = self._hers(data["assessment"], data["revenue"])
        asked = data["request"]
        data["request"] = asked_of(self.resident, asked) if NUMBER.fullmatch(asked) else None
        return data

    def _hers(self, assessment: int | None, revenue: Revenue) -> Assessment | None:
        """Return what she has proved to be hers; of others nothing is told."""
        pk = None if assessment is None else row_id(assessment)
        if pk is None:
            return None
        hers = assessments_of(links_of(self.resident))
        return hers.filter(pk=pk, revenue=revenue).first()

    def _uploads(self, ids: list[str]) -> list[Upload]:
        try:
            return usable(self.resident, ids)
        except PhotosRefused as refusal:
            raise slip_refused(refusal) from None

    def claim(self) -> Claim:
        """Return what she says of the payment, as file_notice takes it."""
        data = self.validated_data
        return Claim(
            revenue=data["revenue"],
            fiscal_year=data["fiscal_year"],
            months=tuple(data["months"]),
            payer_name=data["payer_name"],
            reference=data["reference"],
            phone=data["phone"],
            amount=data["amount"],
            paid_at=data["paid_at"],
            assessment=data["assessment"],
            request=data["request"],
        )


def slip_refused(refusal: PhotosRefused) -> serializers.ValidationError:
    """Return a refusal of photos under the name that the slip has here."""
    return serializers.ValidationError({"slip": [refusal.message]})


def _today() -> dt.date:
    return local_date(timezone.now())
