"""Households of the garbage fee: whose bin is emptied, at which rate, since when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from bannmae.privacy.fields import EncryptedTextField


class Household(models.Model):
    """A house whose waste is collected."""

    house_no = models.CharField("บ้านเลขที่", max_length=30)
    village = models.PositiveSmallIntegerField("หมู่ที่")
    owner_name = models.CharField("ผู้ชำระ", max_length=200)
    phone = EncryptedTextField("โทรศัพท์", blank=True, default="")
    # First days of months: from which on the fee is due, and until which.
    since = models.DateField("เก็บตั้งแต่เดือน")
    until = models.DateField("ถึงเดือน", null=True, blank=True)
    note = models.CharField("หมายเหตุ", max_length=300, blank=True)
    # house_no and owner in search form.
    search_text = models.CharField(max_length=300, editable=False, db_index=True)

    class Meta:
        verbose_name = "ครัวเรือน (ค่าเก็บขยะ)"
        verbose_name_plural = "ครัวเรือน (ค่าเก็บขยะ)"
        ordering = ["village", "house_no"]
        constraints = [
            models.UniqueConstraint(fields=["village", "house_no"], name="household_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="household_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.house_no} หมู่ที่ {self.village}"


class HouseholdRate(models.Model):
    """Baht a month, from a month on."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="rates")
    since = models.DateField("ตั้งแต่เดือน")
    amount = models.DecimalField("บาทต่อเดือน", max_digits=8, decimal_places=2)

    class Meta:
        verbose_name = "อัตราค่าเก็บขยะ"
        verbose_name_plural = "อัตราค่าเก็บขยะ"
        ordering = ["household", "since"]
        constraints = [
            models.UniqueConstraint(fields=["household", "since"], name="household_rate_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="household_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.since:%m/%Y} {self.amount}"
