"""The year's assessments, who has proved that they are hers, and reminders in LINE."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bannmae.privacy.fields import EncryptedTextField
from chatops.models import OutboundMessage, Resident
from payments.models.revenue import Revenue


class TaxTerms(models.Model):
    """When a year's revenue is due, and what is added when it is late: as the office sets it."""

    revenue = models.ForeignKey(
        Revenue, models.PROTECT, related_name="terms", verbose_name="ประเภท"
    )
    year = models.PositiveSmallIntegerField("ปี (พ.ศ.)")
    due_on = models.DateField("กำหนดชำระภายใน")
    # [{"since": "YYYY-MM-DD", "percent": "10"}]: of the tax, from that day on.
    penalties = models.JSONField("เบี้ยปรับ", default=list, blank=True)
    # Of the tax, for each month or part of one after `interest_since`; never above the tax.
    interest_percent = models.DecimalField(
        "เงินเพิ่มต่อเดือน (%)", max_digits=5, decimal_places=2, default=0
    )
    interest_since = models.DateField("เงินเพิ่มนับตั้งแต่", null=True, blank=True)
    note = models.CharField("ที่มา/ประกาศ", max_length=300, blank=True)

    class Meta:
        verbose_name = "กำหนดชำระและเงินเพิ่ม"
        verbose_name_plural = "กำหนดชำระและเงินเพิ่ม"
        ordering = ["-year", "revenue"]
        constraints = [
            models.UniqueConstraint(fields=["revenue", "year"], name="terms_once_a_year"),
            models.CheckConstraint(condition=Q(interest_percent__gte=0), name="terms_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.revenue} {self.year}"


class AssessmentImport(models.Model):
    """One file of assessments, taken in once; until then nothing of it counts.

    Kind and year are what its rows mean where they do not say it themselves.
    """

    revenue = models.ForeignKey(Revenue, models.PROTECT, related_name="+", verbose_name="ประเภท")
    year = models.PositiveSmallIntegerField("ปี (พ.ศ.)")
    file_name = models.CharField("ไฟล์", max_length=200)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField("นำเข้าเมื่อ", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added = models.PositiveIntegerField("เพิ่ม", default=0)
    changed = models.PositiveIntegerField("แก้ไข", default=0)
    same = models.PositiveIntegerField("ไม่เปลี่ยน", default=0)
    taken_at = models.DateTimeField("ยืนยันเมื่อ", null=True, blank=True)
    # The file while it waits to be confirmed: a name in private storage, encrypted there.
    file = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = "การนำเข้าการประเมิน"
        verbose_name_plural = "การนำเข้าการประเมิน"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class Assessment(models.Model):
    """What one payer is to pay for one year. Baht."""

    source = models.ForeignKey(AssessmentImport, models.PROTECT, related_name="assessments")
    revenue = models.ForeignKey(
        Revenue, models.PROTECT, related_name="assessments", verbose_name="ประเภท"
    )
    year = models.PositiveSmallIntegerField("ปี (พ.ศ.)")
    # The number on the paper notice (ภ.ด.ส.6, ภ.ป.3).
    number = models.CharField("เลขที่หนังสือแจ้ง", max_length=50)
    owner_code = models.CharField("รหัส ผ.ท.4", max_length=30, blank=True)
    payer_name = models.CharField("ผู้เสียภาษี", max_length=200)
    national_id = EncryptedTextField("เลขประจำตัวประชาชน", blank=True, default="")
    national_id_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    # Of the ID and the notice's number together: what a resident proves with.
    proof_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    address = EncryptedTextField("ที่อยู่จัดส่ง", blank=True, default="")
    amount = models.DecimalField("จำนวนเงิน", max_digits=12, decimal_places=2)
    due_on = models.DateField("ครบกำหนด", null=True, blank=True)  # None: as the year's terms say
    # Paid where no receipt of this system tells of it; else the receipts do.
    paid_at = models.DateTimeField("ชำระทางอื่นแล้วเมื่อ", null=True, blank=True)
    cancelled_at = models.DateTimeField("ยกเลิกเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "รายการประเมิน"
        verbose_name_plural = "รายการประเมิน"
        ordering = ["-year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["revenue", "year", "number"], name="assessment_once_a_year"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="assessment_positive"),
        ]
        indexes = [
            models.Index(
                fields=["revenue", "year", "id"],
                name="assessment_unpaid",
                condition=Q(paid_at__isnull=True, cancelled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.year})"


class TaxpayerLink(models.Model):
    """A resident who has shown that she holds the paper: her ID and the number on it."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="taxpayer_links")
    # Kept while the link is alive, for digests under other keys; never shown.
    national_id = EncryptedTextField(blank=True, default="")
    national_id_index = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField("ยืนยันเมื่อ", default=timezone.now)
    ended_at = models.DateTimeField("เลิกเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "ผู้เสียภาษีที่ยืนยันตัวแล้ว"
        verbose_name_plural = "ผู้เสียภาษีที่ยืนยันตัวแล้ว"
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "national_id_index"],
                condition=Q(ended_at__isnull=True),
                name="taxpayer_link_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.at:%d/%m/%Y}"


class ProofAttempt(models.Model):
    """One try to prove it: counted, so that nobody guesses."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # Of the ID that was tried: many residents may not try one person's.
    national_id_index = models.CharField(max_length=64)
    succeeded = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["resident", "-at"], name="proof_of_resident"),
            models.Index(fields=["national_id_index", "-at"], name="proof_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.at:%d/%m/%Y %H:%M}"


class ReminderRun(models.Model):
    """Reminders of one due date, to everybody who is linked and has not paid."""

    class Moment(models.TextChoices):
        BEFORE = "before", "ก่อนครบกำหนด"
        ON = "on", "วันครบกำหนด"
        AFTER = "after", "หลังครบกำหนด"

    class State(models.TextChoices):
        DRAFT = "draft", "ร่าง"
        SENDING = "sending", "กำลังส่ง"
        PAUSED = "paused", "หยุดไว้"
        DONE = "done", "ส่งครบแล้ว"
        CANCELLED = "cancelled", "ยกเลิก"

    revenue = models.ForeignKey(Revenue, models.PROTECT, related_name="+", verbose_name="ประเภท")
    year = models.PositiveSmallIntegerField("ปี (พ.ศ.)")
    moment = models.CharField("ส่งเมื่อ", max_length=6, choices=Moment)
    words = models.CharField("ข้อความเพิ่มเติม", max_length=300, blank=True)
    state = models.CharField("สถานะ", max_length=9, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField("สร้างเมื่อ", default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField("เริ่มส่งเมื่อ", null=True, blank=True)
    ended_at = models.DateTimeField("สิ้นสุดเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "การเตือนครบกำหนด"
        verbose_name_plural = "การเตือนครบกำหนด"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.revenue} {self.year} {self.get_moment_display()}"


class ReminderRecipient(models.Model):
    """A resident whom a run reminds, once, however many assessments are hers."""

    run = models.ForeignKey(ReminderRun, models.PROTECT, related_name="recipients")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    outbound = models.OneToOneField(
        OutboundMessage, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField("ส่งเข้าคิวเมื่อ", null=True, blank=True)
    # Why she was passed over: she has paid meanwhile, she blocks the account.
    skipped = models.CharField("ไม่ส่งเพราะ", max_length=100, blank=True)

    class Meta:
        verbose_name = "ผู้รับการเตือน"
        verbose_name_plural = "ผู้รับการเตือน"
        constraints = [models.UniqueConstraint(fields=["run", "resident"], name="reminded_once")]
        indexes = [
            models.Index(
                fields=["run", "id"],
                name="reminder_waiting",
                condition=Q(sent_at__isnull=True, skipped=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.resident_id}"
