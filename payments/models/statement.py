"""The bank's word: accounts of the office, imported statements and their lines."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from payments.models.notice import PaymentNotice


class BankAccount(models.Model):
    """An account of the office, and how its statements are laid out."""

    name = models.CharField("ชื่อบัญชี", max_length=150)
    bank = models.CharField("รหัสธนาคาร", max_length=3, help_text="เช่น 006 กรุงไทย, 034 ธ.ก.ส.")
    number = models.CharField("เลขที่บัญชี", max_length=30)
    # Which column is which: see payments/statements/layout.py.
    layout = models.JSONField("รูปแบบไฟล์", default=dict, blank=True)
    is_active = models.BooleanField("ใช้งาน", default=True)

    class Meta:
        verbose_name = "บัญชีธนาคารรับชำระ"
        verbose_name_plural = "บัญชีธนาคารรับชำระ"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["bank", "number"], name="account_once")]

    def __str__(self) -> str:
        return f"{self.name} …{self.number[-4:]}"


class StatementImport(models.Model):
    """One file of the bank, taken in once."""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="imports")
    file_name = models.CharField("ไฟล์", max_length=200)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField("นำเข้าเมื่อ", default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="โดย"
    )
    lines_count = models.PositiveIntegerField("รายการเงินเข้า", default=0)
    repeated_count = models.PositiveIntegerField("มีอยู่แล้ว", default=0)

    class Meta:
        verbose_name = "การนำเข้ารายการเดินบัญชี"
        verbose_name_plural = "การนำเข้ารายการเดินบัญชี"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class StatementLine(models.Model):
    """Money that came into an account, as the bank says."""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="lines")
    source = models.ForeignKey(StatementImport, models.PROTECT, related_name="lines")
    at = models.DateTimeField("เวลา")
    has_time = models.BooleanField(default=True)  # False: the bank gives the day alone
    amount = models.DecimalField("จำนวนเงิน", max_digits=12, decimal_places=2)
    reference = models.CharField("เลขอ้างอิง", max_length=100, blank=True)
    description = models.CharField("รายละเอียด", max_length=300, blank=True)
    # The same line in two files is one; two like ones in one file are two.
    fingerprint = models.CharField(max_length=64)
    notice = models.ForeignKey(
        PaymentNotice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="statement_lines",
        verbose_name="แจ้งชำระเงิน",
    )
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    matched_at = models.DateTimeField("จับคู่เมื่อ", null=True, blank=True)
    # Money that is nobody's notice: a transfer between the office's own accounts, interest.
    set_aside = models.CharField("ไม่ต้องจับคู่เพราะ", max_length=300, blank=True)

    class Meta:
        verbose_name = "รายการเดินบัญชี"
        verbose_name_plural = "รายการเดินบัญชี"
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "fingerprint"], name="statement_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="statement_line_positive"),
        ]
        indexes = [
            models.Index(
                fields=["amount", "at"],
                name="statement_unmatched",
                condition=Q(notice__isnull=True, set_aside=""),
            ),
            models.Index(fields=["account", "-at"], name="statement_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y} {self.amount}"
