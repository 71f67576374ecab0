"""What is counted so that a code which links an officer's LINE cannot be guessed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chatops.models.line import Resident


class LinkAttempt(models.Model):
    """A code made for an officer, or a wrong one sent from a LINE; counted by the hour."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="+")
    at = models.DateTimeField("เวลา")

    class Meta:
        verbose_name = "การเชื่อม LINE ของเจ้าหน้าที่"
        verbose_name_plural = "การเชื่อม LINE ของเจ้าหน้าที่"
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=True, resident__isnull=False)
                | Q(staff__isnull=False, resident__isnull=True),
                name="link_attempt_of_one_side",
            )
        ]
        indexes = [
            models.Index(fields=["resident", "at"], name="link_attempt_of_resident"),
            models.Index(fields=["staff", "at"], name="link_attempt_of_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M}"
