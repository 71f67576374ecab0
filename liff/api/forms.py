"""What residents send: the report, what they add to it, and what they say of its end."""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from chatops.models import Resident
from complaints.intake import Place, Reporter
from complaints.models import Category, Complaint, Requirement
from liff.api.fields import (
    MISSING,
    Accuracy,
    Degrees,
    Email,
    Flag,
    FullName,
    NationalId,
    PastMoment,
    PhoneNumber,
    PhotoIds,
    Text,
    Whole,
)
from liff.models import Upload
from liff.uploads import PhotosRefused, usable

NOT_AN_OBJECT: dict[str, Any] = {
    "invalid": _("ต้องเป็นวัตถุ JSON"),
    "required": MISSING,
    "null": MISSING,
}


class Form(serializers.Serializer[Any]):
    """A JSON object; what it does not name is passed over."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("ต้องเป็นวัตถุ JSON"),
        "required": MISSING,
        "null": MISSING,
    }

    def get_fields(self) -> dict[str, Any]:
        """Return fields of this form's own: shallow copies, since only their binding changes.

        The deep copies that DRF makes are a tenth of what filing a case costs.
        """
        return {name: copy(field) for name, field in self._declared_fields.items()}

    @property
    def resident(self) -> Resident:
        """Whose photos and saved ID may be used."""
        resident: Resident = self.context["resident"]
        return resident


class SignInForm(Form):
    """A LIFF ID token to swap for a session."""

    id_token = Text(max_length=8192, help_text="What liff.getIDToken() returns.")


class ReporterForm(Form):
    """Who tells."""

    full_name = FullName(max_length=150)
    phone = PhoneNumber(
        help_text="Thai; +66, Thai digits, spaces, dashes and 'ต่อ 101' are accepted."
    )
    national_id = NationalId(
        help_text="13 digits with a right check digit; whether it is asked is the category's."
    )
    use_saved_id = Flag(
        required=False,
        allow_null=True,
        default=False,
        help_text="Take the national ID of her newest case that has one.",
    )
    email = Email()
    address = Text(optional=True, lines=True, max_length=500, help_text="For an answer by letter.")


class ComplaintForm(Form):
    """A complaint, grievance or service request."""

    category = Text(max_length=50, help_text="A slug of GET /categories.")
    subject = Text(max_length=150)
    details = Text(lines=True, max_length=5000)
    incident_at = PastMoment(
        required=False,
        allow_null=True,
        default=None,
        help_text="ISO 8601, not in the future; without a zone it is Bangkok's time.",
    )
    latitude = Degrees(90, help_text="Degrees (WGS 84); comes with longitude.")
    longitude = Degrees(180, help_text="Degrees (WGS 84); comes with latitude.")
    accuracy_m = Accuracy(help_text="Radius in metres within which the position is right.")
    village = Whole(
        required=False, allow_null=True, default=None, min_value=1, max_value=99, help_text="หมู่ที่"
    )
    place = Text(optional=True, max_length=300, help_text="A landmark in words.")
    hide_name = Flag(
        required=False, allow_null=True, default=False, help_text="ขอปกปิดชื่อ: papers mask the name."
    )
    reporter = ReporterForm()
    photos = PhotoIds(help_text="Ids of POST /photos, at most 10.")
    notice_acknowledged = Flag(help_text="Must be true: the privacy notice was read.")

    def validate_category(self, slug: str) -> Category:
        """Return the category that is open for new cases."""
        found = Category.open_for(slug)
        if found is None:
            raise serializers.ValidationError(_("ไม่มีประเภทเรื่องนี้ หรือปิดรับแล้ว"))
        return found

    def validate_notice_acknowledged(self, value: bool) -> bool:
        """Insist on it."""
        if not value:
            raise serializers.ValidationError(_("กรุณากดรับทราบประกาศความเป็นส่วนตัวก่อนส่ง"))
        return value

    def validate_photos(self, ids: list[str]) -> list[Upload]:
        """Return her uploads of these ids."""
        return _uploads(self.resident, ids)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Check what depends on several fields, and on what the category asks for."""
        errors: dict[str, Any] = {}
        for field, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if data[field] is None and data[other] is not None:
                errors[field] = [_("ต้องส่งละติจูดและลองจิจูดคู่กัน")]
        category: Category = data["category"]
        if category.location == Requirement.OFF:
            data |= {"latitude": None, "longitude": None}
        elif category.location == Requirement.REQUIRED and not (
            data["latitude"] is not None or data["place"]
        ):
            errors["place"] = [_("กรุณาปักหมุดบนแผนที่ หรือบอกสถานที่หรือจุดสังเกต")]
        if data["latitude"] is None:
            data["accuracy_m"] = None
        errors |= self._settle_national_id(data["reporter"], category)
        if errors:
            raise serializers.ValidationError(errors)
        return data

    def _settle_national_id(self, reporter: dict[str, Any], category: Category) -> dict[str, Any]:
        """Keep, fetch or drop the ID as the category has it; return what is wrong."""
        if category.national_id == Requirement.OFF:
            reporter["national_id"] = ""
        elif not reporter["national_id"] and reporter["use_saved_id"]:
            reporter["national_id"] = saved_national_id(self.resident)
            if not reporter["national_id"]:
                return {"reporter": {"use_saved_id": [_("ไม่มีหมายเลขบัตรประชาชนที่เคยให้ไว้")]}}
        elif not reporter["national_id"] and category.national_id == Requirement.REQUIRED:
            return {"reporter": {"national_id": [_("เรื่องประเภทนี้ต้องกรอกหมายเลขบัตรประชาชน")]}}
        return {}

    def arguments(self) -> dict[str, Any]:
        """Return what file_complaint takes, but photos and resident."""
        data = self.validated_data
        reporter = {name: data["reporter"][name] for name in Reporter.__dataclass_fields__}
        return {
            "category": data["category"],
            "subject": data["subject"],
            "details": data["details"],
            "incident_at": data["incident_at"],
            "hide_name": bool(data["hide_name"]),
            "notice_acknowledged": True,
            "reporter": Reporter(**reporter),
            "place": Place(
                village=data["village"],
                text=data["place"],
                latitude=data["latitude"],
                longitude=data["longitude"],
                accuracy_m=data["accuracy_m"],
            ),
        }


class AdditionForm(Form):
    """More to an open case: words, photos or both."""

    text = Text(optional=True, lines=True, max_length=1000)
    photos = PhotoIds(help_text="Ids of POST /photos, at most 10.")

    def validate_photos(self, ids: list[str]) -> list[Upload]:
        """Return her uploads of these ids."""
        return _uploads(self.resident, ids)


class FeedbackForm(Form):
    """Whether it was really done."""

    resolved = Flag(help_text="false opens the case again.")
    rating = Whole(required=False, allow_null=True, default=None, min_value=1, max_value=5)
    comment = Text(optional=True, lines=True, max_length=1000)


class WithdrawalForm(Form):
    """Why she takes her case back, if she says."""

    note = Text(optional=True, lines=True, max_length=1000)


def saved_national_id(resident: Resident) -> str:
    """Return the national ID of her newest case that has one, '' when none has."""
    return (
        Complaint.objects.filter(resident=resident)
        .exclude(national_id_index="")
        .order_by("-id")
        .values_list("national_id", flat=True)
        .first()
        or ""
    )


def _uploads(resident: Resident, ids: list[str]) -> list[Upload]:
    try:
        return usable(resident, ids)
    except PhotosRefused as refusal:
        # Inside the field's own check DRF adds the field's name.
        raise serializers.ValidationError([refusal.message]) from None
