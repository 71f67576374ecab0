"""What the pages need between two requests: sessions, uploads, submissions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chatops.models import Resident


class ResidentSession(models.Model):
    """A resident's sign-in: her cookie holds the token, the table its hash."""

    token_hash = models.CharField(max_length=64, unique=True)
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.resident_id} until {self.expires_at:%Y-%m-%d %H:%M}"


class Upload(models.Model):
    """A photo that is in, but on no case yet. Deleted after 24 hours."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="uploads")
    # The unguessable id that the page holds.
    token = models.CharField(max_length=43, unique=True)
    file = models.CharField(max_length=200)
    thumbnail = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.resident_id} {self.token[:6]}"


class Submission(models.Model):
    """A request that was carried out once: the same key again gets the same answer."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="submissions")
    key = models.UUIDField()
    # Keyed hash of the body: the same key with another body is refused.
    fingerprint = models.CharField(max_length=64)
    # The public number of what it made.
    number = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "key"], name="submission_once"),
            models.CheckConstraint(condition=~Q(fingerprint=""), name="submission_has_fingerprint"),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.key}"
