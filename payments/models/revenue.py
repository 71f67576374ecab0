"""What is paid for, in which books its receipts stand, and who may decide about them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from solo.models import SingletonModel

from bannmae.privacy.fields import EncryptedTextField
from bannmae.reference import forget_when_saved, kept


class Revenue(models.Model):
    """A kind of revenue: a tax or a fee, and how its receipts are made."""

    class Mode(models.TextChoices):
        UNSET = "", "ยังไม่ได้เลือก (ออกใบเสร็จไม่ได้)"
        ELAAS = "elaas", "ก. ออกใบเสร็จในระบบ e-LAAS แล้วบันทึกเลขที่ที่นี่"
        OWN = "own", "ข. ออกใบเสร็จจากเล่มของระบบนี้"

    class Period(models.TextChoices):
        YEAR = "year", "รายปี"
        MONTHS = "months", "รายเดือน"
        NONE = "none", "ไม่มีงวด"

    slug = models.SlugField("รหัส", unique=True, max_length=40)
    name = models.CharField("ชื่อบนใบเสร็จและเอกสาร", max_length=150)
    menu_name = models.CharField(
        "ชื่อที่ประชาชนเห็น", max_length=60, help_text="เช่น ค่าเก็บขยะ (บนเอกสารใช้ชื่อเต็ม)"
    )
    series = models.CharField(
        "อักษรนำเล่มที่",
        max_length=6,
        unique=True,
        help_text="เช่น ภด ใช้แยกเล่มใบเสร็จของแต่ละประเภท",
    )
    mode = models.CharField(
        "วิธีออกใบเสร็จ",
        max_length=5,
        choices=Mode,
        blank=True,
        default=Mode.UNSET,
        help_text="กองคลังต้องเลือกก่อนออกใบเสร็จฉบับแรก เงินหนึ่งรายการออกใบเสร็จได้ทางเดียว",
    )
    period = models.CharField("งวด", max_length=6, choices=Period, default=Period.YEAR)
    reference_label = models.CharField(
        "เลขอ้างอิงที่ถามผู้ชำระ",
        max_length=120,
        blank=True,
        help_text="เช่น เลขที่ ภ.ด.ส.6 หรือรหัส ผ.ท.4 หรือเลขที่แปลง/บ้าน (ว่าง = ไม่ถาม)",
    )
    has_households = models.BooleanField(
        "เก็บรายครัวเรือน", default=False, help_text="มีทะเบียนบ้าน อัตราต่อเดือน และเดือนที่ค้าง"
    )
    order = models.PositiveSmallIntegerField("ลำดับ", default=0)
    is_active = models.BooleanField("เปิดรับ", default=True)

    class Meta:
        verbose_name = "ประเภทรายได้"
        verbose_name_plural = "ประเภทรายได้"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


REVENUES = "revenues"
forget_when_saved(Revenue, lambda _revenue: [REVENUES])


def active_revenues() -> list[Revenue]:
    """Return the kinds that residents may choose, as this process last saw them."""
    return kept(REVENUES, lambda: list(Revenue.objects.filter(is_active=True)))


class PaymentSettings(SingletonModel):
    """How the office takes money. One row."""

    class PromptPayKind(models.TextChoices):
        NONE = "", "ไม่ใช้ QR"
        MOBILE = "mobile", "พร้อมเพย์: หมายเลขโทรศัพท์"
        TAX_ID = "tax_id", "พร้อมเพย์: เลขประจำตัวผู้เสียภาษี"
        EWALLET = "ewallet", "พร้อมเพย์: e-Wallet"
        BILLER = "biller", "จ่ายบิล (Biller ID)"

    class Layout(models.TextChoices):
        PAIR = "pair", "A4 สองฉบับต่อแผ่น (ต้นฉบับและสำเนา)"
        A5 = "a5", "ครึ่งแผ่น (A5 แนวนอน)"
        A4 = "a4", "เต็มแผ่น A4"

    leaves_per_book = models.PositiveSmallIntegerField(
        "ใบเสร็จต่อเล่ม", default=100, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    layout = models.CharField("แบบพิมพ์ใบเสร็จ", max_length=4, choices=Layout, default=Layout.PAIR)
    qr_kind = models.CharField(
        "QR รับเงิน", max_length=7, choices=PromptPayKind, blank=True, default=PromptPayKind.NONE
    )
    qr_account = models.CharField(
        "หมายเลขพร้อมเพย์ / Biller ID",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^[0-9]*$", "ใส่ตัวเลขเท่านั้น")],
    )
    statement_days = models.PositiveSmallIntegerField(
        "จับคู่รายการเดินบัญชีห่างจากเวลาในสลิปได้ (วัน)",
        default=3,
        validators=[MaxValueValidator(60)],
    )
    postage_baht = models.DecimalField(
        "ค่าไปรษณีย์ต่อฉบับ (บาท)",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="ใช้คำนวณค่าไปรษณีย์ที่ประหยัดได้เมื่อแจ้งเตือนทาง LINE แทนจดหมาย (ว่าง = ไม่คำนวณ)",
    )
    # A service that is asked whether a transfer took place; '' is nobody.
    verifier = models.CharField(
        "บริการตรวจสลิปภายนอก",
        max_length=20,
        blank=True,
        default="",
        help_text="ปิดไว้ตั้งแต่ต้น เมื่อเปิด ข้อมูลในสลิปจะถูกส่งออกไปยังผู้ให้บริการ ต้องมีสัญญาประมวลผลข้อมูลก่อน",
    )

    # The account at that service: which branch, and its key.
    verifier_branch = models.CharField("รหัสสาขาของบริการตรวจสลิป", max_length=40, blank=True)
    verifier_key = EncryptedTextField("API key ของบริการตรวจสลิป", blank=True, default="")

    class Meta:
        verbose_name = "ตั้งค่าการรับชำระเงิน"

    def __str__(self) -> str:
        return "ตั้งค่าการรับชำระเงิน"


class FiscalYear(models.Model):
    """A year of books, 1 October to 30 September. Its row is the lock of everything in it.

    Issuing, voiding, closing a day and closing the year each lock it first: one after another,
    so that no receipt slips into a day while it is being closed.
    """

    year = models.PositiveSmallIntegerField("ปีงบประมาณ", unique=True)
    # The last number of a ใบนำส่งเงิน.
    remittances = models.PositiveIntegerField("เลขใบนำส่งล่าสุด", default=0)
    closed_at = models.DateTimeField("ปิดเมื่อ", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "ปีงบประมาณ"
        verbose_name_plural = "ปีงบประมาณ"
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"ปีงบประมาณ {self.year}"


class ReceiptBook(models.Model):
    """One book of an own series: so many leaves, used one after another."""

    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, to_field="year", db_column="fiscal_year", related_name="books"
    )
    revenue = models.ForeignKey(Revenue, models.PROTECT, related_name="books")
    number = models.PositiveIntegerField("เล่มที่")
    leaves = models.PositiveSmallIntegerField("จำนวนใบ")
    used = models.PositiveSmallIntegerField("ใช้แล้วถึงเลขที่", default=0)
    opened_at = models.DateTimeField("เปิดเล่มเมื่อ")
    # Leaves that were left over at the end of the year are เลิกใช้ from then on.
    closed_at = models.DateTimeField("ปิดเล่มเมื่อ", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "เล่มใบเสร็จรับเงิน"
        verbose_name_plural = "เล่มใบเสร็จรับเงิน"
        ordering = ["-fiscal_year", "revenue", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["fiscal_year", "revenue", "number"], name="book_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(used__lte=F("leaves")) & Q(leaves__gte=1) & Q(number__gte=1),
                name="book_has_its_leaves",
            ),
        ]

    def __str__(self) -> str:
        return f"เล่มที่ {self.label}"

    @property
    def label(self) -> str:
        """What stands after เล่มที่: the series, the book's number, the year."""
        return f"{self.revenue.series} {self.number}/{self.fiscal_year_id}"

    @property
    def left(self) -> int:
        """Leaves that have not been used."""
        return self.leaves - self.used


class MoneyDutyQuerySet(models.QuerySet["MoneyDuty"]):
    """Who holds a duty on a day."""

    def on(self, day: date) -> MoneyDutyQuerySet:
        """Those in force on `day`."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        )


class MoneyDuty(models.Model):
    """Who may approve a void or reopen a day, and since when; standing in is a row too."""

    class Duty(models.TextChoices):
        APPROVE_VOID = "approve_void", "อนุมัติยกเลิกใบเสร็จ"
        REOPEN_DAY = "reopen_day", "เปิดยอดวันที่ปิดแล้ว"
        CLOSE_YEAR = "close_year", "ปิดเล่มใบเสร็จสิ้นปีงบประมาณ"

    duty = models.CharField("หน้าที่", max_length=12, choices=Duty)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="เจ้าหน้าที่"
    )
    acting = models.CharField(
        "ปฏิบัติหน้าที่แทน", max_length=150, blank=True, help_text="เช่น รักษาราชการแทน ผู้อำนวยการกองคลัง"
    )
    valid_from = models.DateField("ตั้งแต่", null=True, blank=True)
    valid_until = models.DateField("ถึง", null=True, blank=True)

    objects = MoneyDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "ผู้มีอำนาจทางการเงิน"
        verbose_name_plural = "ผู้มีอำนาจทางการเงิน"
        ordering = ["duty", "staff"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="duty_until_after_from",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_duty_display()}: {self.staff}"
