"""Fields of what residents send: read as people type, kept in one form, refused in clear words.

Messages are Thai in the code; `liff/locale/en` holds the English ones. None ever repeats what
was sent: it may be a national ID, or text that no database and no answer can carry.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bannmae.thai import national_id, phone
from bannmae.thai.numerals import to_arabic_digits
from bannmae.thai.text import normalise_text

MISSING = _("กรุณากรอกข้อมูลนี้")
FUTURE_TOLERANCE = timedelta(minutes=10)  # phones' clocks run ahead
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
# Half the earth's girth: a phone that knows less of where it is knows nothing.
LEAST_ACCURACY_M = 20_037_508
BEYOND = 10**9  # no degree and no accuracy is as great, and it can still be written out
_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{0,100})?(?:[eE][+-]?[0-9]{1,2})?")
_LETTER = re.compile(r"[^\W\d_]")


def own_words(error: Exception, otherwise: Any) -> Any:
    """Return what a Thai rule says of its refusal, or `otherwise` for who reads no Thai."""
    return str(error) if get_language() == "th" else otherwise


class Text(serializers.CharField):
    """Text in its one kept form (bannmae.thai.text), on one line unless `lines`."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": MISSING,
        "null": MISSING,
        "blank": MISSING,
        "invalid": _("ข้อมูลนี้ต้องเป็นข้อความ"),
        "max_length": _("ยาวเกินไป (ไม่เกิน {max_length} ตัวอักษร)"),
    }

    def __init__(self, *, optional: bool = False, lines: bool = False, **options: Any) -> None:
        """`optional`: may be absent, null or blank, all of which become ''."""
        self.lines = lines
        if optional:
            options |= {"required": False, "allow_null": True, "allow_blank": True, "default": ""}
        super().__init__(**options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the kept text. Raise ValidationError."""
        if data is None and self.allow_null:
            return ""
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        """Return the kept text. Raise ValidationError where nothing visible is left."""
        if isinstance(data, float) and not math.isfinite(data):
            self.fail("invalid")
        text = normalise_text(super().to_internal_value(data))
        if not self.lines:
            text = text.replace("\n", " ")
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class FullName(Text):
    """A person's name: at least two letters."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "too_short": _("กรุณากรอกชื่อ–สกุล"),
    }

    def to_internal_value(self, data: Any) -> str:
        """Return the name. Raise ValidationError."""
        name = super().to_internal_value(data)
        if len(_LETTER.findall(name)) < 2:
            self.fail("too_short")
        return name


class PhoneNumber(Text):
    """A Thai telephone number, in the stored form of bannmae.thai.phone."""

    def __init__(self, **options: Any) -> None:
        """Bound what is read: no number with an extension needs more."""
        super().__init__(max_length=60, **options)

    def to_internal_value(self, data: Any) -> str:
        """Return the stored form. Raise ValidationError."""
        try:
            return phone.normalise(super().to_internal_value(data))
        except phone.InvalidPhone as error:
            message = own_words(error, _("เบอร์โทรศัพท์ไม่ถูกต้อง"))
            raise serializers.ValidationError(message) from None


class NationalId(Text):
    """A Thai identification number with its check digit; '' where it is left out."""

    def __init__(self, **options: Any) -> None:
        """Never required here: that is for the category to say."""
        super().__init__(optional=True, max_length=60, **options)

    def to_internal_value(self, data: Any) -> str:
        """Return its 13 digits. Raise ValidationError."""
        text = super().to_internal_value(data)
        if not text:
            return ""
        try:
            return national_id.normalise(text)
        except national_id.InvalidNationalId as error:
            message = own_words(error, _("หมายเลขบัตรประชาชนไม่ถูกต้อง"))
            raise serializers.ValidationError(message) from None


class Email(serializers.EmailField):
    """An e-mail address; '' where it is left out."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("อีเมลไม่ถูกต้อง"),
        "max_length": _("ยาวเกินไป (ไม่เกิน {max_length} ตัวอักษร)"),
    }

    def __init__(self, **options: Any) -> None:
        """Optional always: many residents have none."""
        super().__init__(
            required=False,
            allow_null=True,
            allow_blank=True,
            default=None,
            max_length=254,
            **options,
        )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the address. Raise ValidationError."""
        return super().run_validation(data) or ""

    def to_internal_value(self, data: Any) -> str:
        """Return the address without invisible characters."""
        if not isinstance(data, str):
            self.fail("invalid")
        return normalise_text(data)


@extend_schema_field(OpenApiTypes.DOUBLE)
class Degrees(serializers.Field[Any, Any, Any, Any]):
    """A latitude or longitude in degrees, of any precision, kept to six places (11 cm)."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("พิกัดไม่ถูกต้อง"),
        "range": _("พิกัดอยู่นอกช่วงที่เป็นไปได้"),
    }

    def __init__(self, limit: int, **options: Any) -> None:
        """`limit`: the greatest distance from zero."""
        self.limit = limit
        super().__init__(required=False, allow_null=True, default=None, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the degrees. Raise ValidationError."""
        value = self._number(data)
        if abs(value) > self.limit:
            self.fail("range")
        return value.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)

    def _number(self, data: Any) -> Decimal:
        """Return a finite number. NaN and infinity match no digit, and True is none either."""
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("invalid")
        if isinstance(data, int):
            data = max(-BEYOND, min(data, BEYOND))
        text = to_arabic_digits(str(data)).strip()
        if not _DECIMAL.fullmatch(text):
            self.fail("invalid")
        return Decimal(text)

    def to_representation(self, value: Decimal) -> float:
        """Return a JSON number."""
        return float(value)


@extend_schema_field(OpenApiTypes.DOUBLE)
class Accuracy(Degrees):
    """The radius in metres within which a position is right, in whole metres, rounded up."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("ความคลาดเคลื่อนต้องเป็นตัวเลขเป็นเมตร"),
        "range": _("ความคลาดเคลื่อนต้องไม่ติดลบ"),
    }

    def __init__(self, **options: Any) -> None:
        """Optional always."""
        super().__init__(LEAST_ACCURACY_M, **options)

    def to_internal_value(self, data: Any) -> Any:
        """Return whole metres, at most LEAST_ACCURACY_M. Raise ValidationError."""
        value = self._number(data)
        if value < 0:
            self.fail("range")
        return math.ceil(min(value, Decimal(LEAST_ACCURACY_M)))


class Whole(serializers.IntegerField):
    """A whole number."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("ต้องเป็นตัวเลขจำนวนเต็ม"),
        "max_string_length": _("ต้องเป็นตัวเลขจำนวนเต็ม"),
        "max_value": _("ต้องไม่เกิน {max_value}"),
        "min_value": _("ต้องไม่น้อยกว่า {min_value}"),
    }

    def to_internal_value(self, data: Any) -> int:
        """Return the number. Raise ValidationError."""
        if isinstance(data, float) and not math.isfinite(data):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Flag(serializers.BooleanField):
    """true or false."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": MISSING,
        "null": MISSING,
        "invalid": _("ต้องเป็น true หรือ false"),
    }

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag; only JSON's own two values are one. Raise ValidationError."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class PastMoment(serializers.DateTimeField):
    """A moment that has been; without a zone it is Bangkok's."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        key: _("วันเวลาไม่ถูกต้อง") for key in ("invalid", "date", "make_aware", "overflow")
    } | {"future": _("วันเวลาที่เกิดเหตุต้องไม่อยู่ในอนาคต")}

    def to_internal_value(self, value: Any) -> datetime:
        """Return an aware moment. Raise ValidationError."""
        if not isinstance(value, str):
            self.fail("invalid")
        try:
            moment: datetime = super().to_internal_value(value)
            if moment < EARLIEST:
                self.fail("invalid")
        except OverflowError:
            self.fail("invalid")
        if moment > timezone.now() + FUTURE_TOLERANCE:
            self.fail("future")
        return moment


class PhotoIds(serializers.ListField):
    """What POST /photos gave, in the order in which the photos are to be shown."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_a_list": _("ต้องเป็นรายการของภาพ"),
        "max_length": _("แนบภาพได้ไม่เกิน {max_length} ภาพ"),
    }

    def __init__(self, **options: Any) -> None:
        """At most as many as a case takes; none by default."""
        super().__init__(
            child=Text(max_length=100),
            required=False,
            allow_null=True,
            default=list,
            max_length=10,
            **options,
        )

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the ids. Raise ValidationError."""
        return super().run_validation(data) or []
