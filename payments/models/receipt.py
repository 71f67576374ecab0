"""Receipts, what became of them, and the day's remittance. Books that an auditor can follow.

What is issued is never changed and never deleted: the models refuse it, and so does the
database (payments/guards.py).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from bannmae.models import AppendOnlyModel
from chatops.models import Resident
from payments.models.garbage import Household
from payments.models.notice import Method, PaymentNotice
from payments.models.revenue import FiscalYear, ReceiptBook, Revenue


class Receipt(AppendOnlyModel):
    """A receipt as it was issued: names and figures are copies, whatever changes later."""

    class Mode(models.TextChoices):
        OWN = "own", "เล่มของระบบ"
        ELAAS = "elaas", "e-LAAS"

    # Its lines name it by this before it is there itself.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The unguessable name in its addresses.
    token = models.CharField(max_length=43, unique=True)
    mode = models.CharField("ออกจาก", max_length=5, choices=Mode)
    fiscal_year = models.ForeignKey(
        FiscalYear,
        models.PROTECT,
        to_field="year",
        db_column="fiscal_year",
        related_name="receipts",
    )
    revenue = models.ForeignKey(Revenue, models.PROTECT, related_name="receipts")
    book = models.ForeignKey(
        ReceiptBook, models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    leaf = models.PositiveSmallIntegerField(null=True, blank=True)
    book_label = models.CharField("เล่มที่", max_length=40, blank=True)
    number_label = models.CharField("เลขที่", max_length=40)
    # The PDF that e-LAAS made, a name in private storage.
    elaas_file = models.CharField(max_length=200, blank=True)
    notice = models.ForeignKey(
        PaymentNotice, models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    issued_on = models.DateField("วันที่")
    issued_at = models.DateTimeField("ออกเมื่อ")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้ออก"
    )
    # -- copies ----------------------------------------------------------------------------
    revenue_name = models.CharField(max_length=150)
    municipality_name = models.CharField(max_length=120)
    municipality_address = models.TextField(blank=True)
    municipality_tax_id = models.CharField(max_length=20, blank=True)
    municipality_phone = models.CharField(max_length=60, blank=True)
    payer_name = models.CharField("ได้รับเงินจาก", max_length=200)
    payer_address = models.CharField(max_length=500, blank=True)
    total = models.DecimalField("จำนวนเงิน", max_digits=12, decimal_places=2)
    total_text = models.CharField(max_length=300)
    method = models.CharField("วิธีชำระ", max_length=8, choices=Method)
    money_seen_on = models.DateField("วันที่ได้รับเงิน")
    received_by_name = models.CharField("ผู้รับเงิน", max_length=150)
    received_by_position = models.CharField(max_length=150, blank=True)
    note = models.CharField("หมายเหตุ", max_length=300, blank=True)
    # The void one that it stands for.
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    # The one thing that changes, once: a void that a second person has approved.
    is_void = models.BooleanField("ยกเลิก", default=False)

    class Meta:
        verbose_name = "ใบเสร็จรับเงิน"
        verbose_name_plural = "ทะเบียนคุมใบเสร็จรับเงิน"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["book", "leaf"], name="receipt_leaf_once"),
            models.UniqueConstraint(
                fields=["fiscal_year", "book_label", "number_label"],
                condition=Q(mode="elaas"),
                name="receipt_elaas_number_once",
            ),
            models.UniqueConstraint(
                fields=["notice"], condition=Q(is_void=False), name="receipt_one_for_a_notice"
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="receipt_total_positive"),
            models.CheckConstraint(
                condition=Q(mode="own", book__isnull=False, leaf__gte=1, elaas_file="")
                | Q(mode="elaas", book__isnull=True, leaf__isnull=True),
                name="receipt_one_mode",
            ),
            models.CheckConstraint(
                condition=~Q(number_label="") & ~Q(payer_name="") & ~Q(received_by_name=""),
                name="receipt_names_its_people",
            ),
        ]
        indexes = [
            # The day's close and the register.
            models.Index(fields=["issued_on", "id"], name="receipt_by_day"),
            models.Index(fields=["fiscal_year", "revenue", "issued_on"], name="receipt_by_kind"),
            models.Index(fields=["resident", "-id"], name="receipt_of_resident"),
        ]

    def __str__(self) -> str:
        return f"เล่มที่ {self.book_label} เลขที่ {self.number_label}"


class ReceiptLine(AppendOnlyModel):
    """One line of a receipt: what for, which period, how much. Baht."""

    receipt = models.ForeignKey(
        Receipt, models.PROTECT, to_field="key", db_column="receipt_key", related_name="lines"
    )
    order = models.PositiveSmallIntegerField()
    text = models.CharField("รายการ", max_length=200)
    period = models.CharField("ปี/งวด", max_length=100, blank=True)
    is_arrears = models.BooleanField("ค้างชำระ", default=False)
    amount = models.DecimalField("จำนวนเงิน", max_digits=12, decimal_places=2)
    surcharge = models.DecimalField("เงินเพิ่ม/เบี้ยปรับ", max_digits=12, decimal_places=2, default=0)

    class Meta:
        verbose_name = "รายการในใบเสร็จ"
        verbose_name_plural = "รายการในใบเสร็จ"
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "order"], name="receipt_line_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(surcharge__gte=0), name="receipt_line_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.amount}"


class ReceiptVoid(models.Model):
    """A request to void a receipt: one person asks with a reason, another approves."""

    class State(models.TextChoices):
        ASKED = "asked", "รออนุมัติยกเลิก"
        APPROVED = "approved", "ยกเลิกแล้ว"
        DECLINED = "declined", "ไม่อนุมัติ"

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="voids")
    state = models.CharField("สถานะ", max_length=8, choices=State, default=State.ASKED)
    reason = models.CharField("เหตุผล", max_length=500)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้ขอ"
    )
    asked_at = models.DateTimeField("ขอเมื่อ", default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้พิจารณา",
    )
    # In whose place: a copy of MoneyDuty.acting.
    acting = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField("พิจารณาเมื่อ", null=True, blank=True)
    decline_reason = models.CharField("เหตุที่ไม่อนุมัติ", max_length=500, blank=True)

    class Meta:
        verbose_name = "การยกเลิกใบเสร็จ"
        verbose_name_plural = "การยกเลิกใบเสร็จ"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["receipt"],
                condition=Q(state__in=["asked", "approved"]),
                name="void_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="void_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True)
                | Q(state__in=["approved", "declined"], decided_by__isnull=False),
                name="void_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="void_has_reason"),
        ]
        indexes = [models.Index(fields=["asked_at"], name="void_asked", condition=Q(state="asked"))]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.get_state_display()}"

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Raise TypeError: an audit reads it."""
        raise TypeError("A void is never deleted")


class ReceiptPrint(AppendOnlyModel):
    """A copy that somebody printed: it bears สำเนา and its number."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="prints")
    copy_no = models.PositiveSmallIntegerField("สำเนาครั้งที่")
    at = models.DateTimeField("เวลา", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "การพิมพ์สำเนา"
        verbose_name_plural = "การพิมพ์สำเนา"
        constraints = [
            models.UniqueConstraint(fields=["receipt", "copy_no"], name="copy_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} สำเนาที่ {self.copy_no}"


class DrawingJob(models.Model):
    """A paper that a worker draws; `made_at` is None until he has (payments/drawing.py)."""

    # Null once done with: the partial index of each kind is its queue.
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ReceiptFile(DrawingJob):
    """The PDF and the picture of a receipt."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", "ต้นฉบับ"
        VOID = "void", "ฉบับยกเลิก"

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=8, choices=Kind)
    pdf = models.CharField(max_length=200, blank=True)
    picture = models.CharField(max_length=200, blank=True)
    preview = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "ไฟล์ใบเสร็จ"
        verbose_name_plural = "ไฟล์ใบเสร็จ"
        constraints = [
            models.UniqueConstraint(fields=["receipt", "kind"], name="receipt_file_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="receipt_file_due", condition=Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.kind}"


class RegisterFile(DrawingJob):
    """A register too long to be made while its officer waits; thrown away after a week."""

    class Form(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "XLSX"

    form = models.CharField(max_length=4, choices=Form)
    # By what it is narrowed down, as the address of the list says it.
    query = models.TextField(blank=True)
    receipts_count = models.PositiveIntegerField("จำนวนใบเสร็จ")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    file = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "ไฟล์ทะเบียนคุมใบเสร็จ"
        verbose_name_plural = "ไฟล์ทะเบียนคุมใบเสร็จ"
        indexes = [
            models.Index(
                fields=["due_at"], name="register_file_due", condition=Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"ทะเบียนคุมใบเสร็จ {self.get_form_display()} {self.receipts_count:,} ฉบับ"


class HouseholdMonth(models.Model):
    """A month that a household has paid, by which receipt; a void gives it back."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="paid_months")
    month = models.DateField("เดือน")  # its first day
    amount = models.DecimalField("จำนวนเงิน", max_digits=8, decimal_places=2)
    # None: paid before this register was begun, as the office has said.
    receipt = models.ForeignKey(
        Receipt, models.PROTECT, null=True, blank=True, related_name="months"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "เดือนที่ชำระแล้ว"
        verbose_name_plural = "เดือนที่ชำระแล้ว"
        ordering = ["household", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "month"],
                condition=Q(released_at__isnull=True),
                name="household_month_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="household_month_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.month:%m/%Y}"


class DailyRemittance(models.Model):
    """ใบนำส่งเงิน: a day as it was closed. Reopened, it stays, and a new version follows."""

    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, to_field="year", db_column="fiscal_year", related_name="days"
    )
    day = models.DateField("วันที่")
    number = models.PositiveIntegerField("เลขที่ใบนำส่ง")
    version = models.PositiveSmallIntegerField("ฉบับที่", default=1)
    receipts_count = models.PositiveIntegerField("จำนวนใบเสร็จ")
    voids_count = models.PositiveIntegerField("ยกเลิก", default=0)
    total = models.DecimalField("รวมทั้งสิ้น", max_digits=14, decimal_places=2)
    # {"cash": "0.00", …} and {revenue slug: {"name", "transfer": "0.00", …}}
    by_method = models.JSONField(default=dict)
    by_revenue = models.JSONField(default=dict)
    closed_at = models.DateTimeField("ปิดยอดเมื่อ")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="ผู้นำส่ง"
    )
    reopened_at = models.DateTimeField("เปิดยอดอีกครั้งเมื่อ", null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopen_reason = models.CharField("เหตุผลที่เปิดยอด", max_length=500, blank=True)

    class Meta:
        verbose_name = "ใบนำส่งเงิน"
        verbose_name_plural = "ใบนำส่งเงิน"
        ordering = ["-day", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(reopened_at__isnull=True), name="day_closed_once"
            ),
            models.UniqueConstraint(
                fields=["fiscal_year", "number", "version"], name="remittance_number_once"
            ),
            models.UniqueConstraint(fields=["day", "version"], name="remittance_version_once"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True)
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reopen_reason="")),
                name="day_reopened_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"ใบนำส่งเงินที่ {self.number}/{self.fiscal_year_id}"

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Raise TypeError: an audit reads it."""
        raise TypeError("A remittance is never deleted")


class RevokedLink(AppendOnlyModel):
    """A receipt whose address gives nothing any more; /verify still tells what it is worth."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="revoked_link")
    at = models.DateTimeField("เวลา", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField("เหตุผล", max_length=300)

    class Meta:
        verbose_name = "ลิงก์ใบเสร็จที่ยกเลิก"
        verbose_name_plural = "ลิงก์ใบเสร็จที่ยกเลิก"

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.at:%d/%m/%Y}"
