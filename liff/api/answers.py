"""What the API answers with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from bannmae.thai import national_id
from complaints.models import OPEN, Category, Complaint, Photo, Requirement, Status, TimelineEntry

NUMBER_HELP = "Short and sayable; matches [A-Z0-9-]+."


def track_url(number: str) -> str:
    """Return the address of a case's page; it opens in LINE and in any browser."""
    return f"{settings.PUBLIC_URL}{reverse('liff-track-case', args=[number])}"


class Answer(serializers.Serializer[Any]):
    """A JSON object that goes out."""


class DetailAnswer(Answer):
    """An error that belongs to no field."""

    detail = serializers.CharField()


class SessionAnswer(Answer):
    """Who has signed in, and until when."""

    display_name = serializers.CharField()
    expires_at = serializers.DateTimeField()


class SavedReporterAnswer(Answer):
    """What she gave last time."""

    full_name = serializers.CharField(source="reporter_name")
    phone = serializers.CharField(help_text="Digits with the leading 0; '#' before an extension.")
    email = serializers.CharField()
    address = serializers.CharField()
    national_id = serializers.SerializerMethodField(
        help_text="As a mask, '' when she gave none: send use_saved_id to give it again."
    )

    def get_national_id(self, _complaint: Complaint) -> str:
        """Mask the saved ID."""
        return national_id.mask(self.context["national_id"])


class MeAnswer(Answer):
    """Who is calling."""

    display_name = serializers.CharField()
    reporter = SavedReporterAnswer(allow_null=True)


class CategoryAnswer(Answer):
    """A category that is open for new cases, and what its form asks for."""

    slug = serializers.CharField()
    kind = serializers.ChoiceField(Category.Kind.choices)
    name = serializers.CharField()
    national_id = serializers.ChoiceField(Requirement.choices)
    location = serializers.ChoiceField(Requirement.choices)


class UploadAnswer(Answer):
    """A photo that is in. Position and time are what its metadata said; the file has none."""

    id = serializers.CharField(source="token")
    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")
    thumbnail_url = serializers.SerializerMethodField()
    latitude = serializers.SerializerMethodField()
    longitude = serializers.SerializerMethodField()
    taken_at = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField)
    def get_thumbnail_url(self, upload: Any) -> str:
        """Its small picture."""
        return photo_urls(self.context["request"], upload.token)["thumbnail_url"]

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_latitude(self, _upload: Any) -> float | None:
        """Degrees, None where the photo did not say."""
        return self.context["stored"].latitude  # type: ignore[no-any-return]

    @extend_schema_field(serializers.FloatField(allow_null=True))
    def get_longitude(self, _upload: Any) -> float | None:
        """Degrees, None where the photo did not say."""
        return self.context["stored"].longitude  # type: ignore[no-any-return]

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_taken_at(self, _upload: Any) -> str | None:
        """When it was taken, None where the photo did not say."""
        taken = self.context["stored"].taken_at
        return taken.isoformat() if taken else None


class PhotoAnswer(Answer):
    """A photo of a case; its addresses need the same sign-in as the case."""

    url = serializers.URLField()
    thumbnail_url = serializers.URLField()
    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")


class BriefAnswer(Answer):
    """Where a case stands."""

    number = serializers.CharField(help_text=NUMBER_HELP)
    status = serializers.ChoiceField(Status.choices)
    status_label = serializers.CharField()
    track_url = serializers.URLField()


class ListedAnswer(BriefAnswer):
    """One of her cases in the list."""

    subject = serializers.CharField()
    category = serializers.CharField(help_text="Slug.")
    category_name = serializers.CharField()
    kind = serializers.ChoiceField(Category.Kind.choices)
    created_at = serializers.DateTimeField()
    due_on = serializers.DateField(help_text="By when the municipality answers.")


class StepAnswer(Answer):
    """A step of a case."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(TimelineEntry.Kind.choices)
    status = serializers.ChoiceField(
        Status.choices, allow_blank=True, help_text="'' where the step changed none."
    )
    status_label = serializers.CharField(help_text="What the step is called, whatever its kind.")
    note = serializers.CharField(allow_blank=True)
    photos = PhotoAnswer(many=True)


class CaseAnswer(ListedAnswer):
    """One of her cases, whole."""

    details = serializers.CharField()
    division = serializers.CharField(help_text="Who is responsible.")
    incident_at = serializers.DateTimeField(allow_null=True)
    village = serializers.IntegerField(allow_null=True)
    place = serializers.CharField(allow_blank=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    accuracy_m = serializers.IntegerField(allow_null=True)
    hide_name = serializers.BooleanField()
    actions = serializers.ListField(
        child=serializers.ChoiceField(["additions", "withdraw", "feedback"]),
        help_text="What she may do with it now.",
    )
    photos = PhotoAnswer(many=True, help_text="Those that she sent with the report.")
    timeline = StepAnswer(many=True, help_text="Oldest first.")


def photo_urls(request: Request, token: str) -> dict[str, str]:
    """Return the addresses of a photo's two sizes."""
    return {
        "url": request.build_absolute_uri(reverse("api-photo", args=[token])),
        "thumbnail_url": request.build_absolute_uri(reverse("api-photo-thumbnail", args=[token])),
    }


def brief(complaint: Complaint) -> dict[str, Any]:
    """Return a case as BriefAnswer has it."""
    return {
        "number": complaint.number,
        "status": complaint.status,
        "status_label": complaint.get_status_display(),
        "track_url": track_url(complaint.number),
    }


def listed(complaint: Complaint) -> dict[str, Any]:
    """Return a case (with its category) as ListedAnswer has it."""
    return brief(complaint) | {
        "subject": complaint.subject,
        "category": complaint.category.slug,
        "category_name": complaint.category.name,
        "kind": complaint.category.kind,
        "created_at": complaint.created_at,
        "due_on": complaint.due_on,
    }


def whole(request: Request, complaint: Complaint) -> dict[str, Any]:
    """Return a case (with category and division) as CaseAnswer has it: its public side alone."""
    entries = list(
        TimelineEntry.objects.filter(complaint=complaint, public=True)
        .only("at", "kind", "status", "note")
        .order_by("id")
    )
    photos: dict[int | None, list[dict[str, Any]]] = {}
    for photo in Photo.objects.filter(complaint=complaint, public=True).order_by("id"):
        photos.setdefault(photo.entry_id, []).append(
            photo_urls(request, photo.token) | {"width": photo.width, "height": photo.height}
        )
    return listed(complaint) | {
        "details": complaint.details,
        "division": complaint.division.name,
        "incident_at": complaint.incident_at,
        "village": complaint.village,
        "place": complaint.place,
        "latitude": complaint.latitude,
        "longitude": complaint.longitude,
        "accuracy_m": complaint.accuracy_m,
        "hide_name": complaint.hide_name,
        "actions": actions(complaint),
        "photos": photos.get(None, []),
        "timeline": [
            {
                "at": entry.at,
                "kind": entry.kind,
                "status": entry.status,
                "status_label": entry.get_status_display() or entry.get_kind_display(),
                "note": entry.note,
                "photos": photos.get(entry.pk, []),
            }
            for entry in entries
        ],
    }


def actions(complaint: Complaint) -> list[str]:
    """Return what the resident may do with her case now."""
    if complaint.status in OPEN:
        return ["additions", "withdraw"]
    return ["feedback"] if complaint.status == Status.COMPLETED else []
