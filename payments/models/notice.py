"""What a payer sends: the notice of a payment and its slips; what the office asks her to pay."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bannmae.models import AppendOnlyModel
from bannmae.privacy.fields import EncryptedTextField
from bannmae.series import YearSeries
from chatops.models import ChatCase, Message, Resident
from payments.models.garbage import Household
from payments.models.revenue import Revenue


class Status(models.TextChoices):
    """How far a payment has come, in the words that everybody reads."""

    RECEIVED = "received", "ได้รับหลักฐานแล้ว"
    CHECKING = "checking", "กำลังตรวจสอบ"
    CONFIRMED = "confirmed", "ยืนยันยอดเงินแล้ว"
    RECEIPTED = "receipted", "ออกใบเสร็จรับเงินแล้ว"
    REJECTED = "rejected", "ตรวจสอบไม่ผ่าน โปรดติดต่อกองคลัง"


class Method(models.TextChoices):
    """How the money came."""

    TRANSFER = "transfer", "เงินโอน"
    CASH = "cash", "เงินสด"
    CHEQUE = "cheque", "เช็ค"


class NoticeSeries(YearSeries):
    """The last number given to a notice in a year."""

    class Meta:
        verbose_name = "เลขรับแจ้งชำระเงิน"
        verbose_name_plural = "เลขรับแจ้งชำระเงิน"


class RequestSeries(YearSeries):
    """The last number given to a payment request in a year."""

    class Meta:
        verbose_name = "เลขใบแจ้งยอด"
        verbose_name_plural = "เลขใบแจ้งยอด"


class PaymentNotice(models.Model):
    """One payment as its payer tells it. Made by intake.file_notice, moved by workflow."""

    class Via(models.TextChoices):
        LIFF = "liff", "LINE"
        CHAT = "chat", "แชต LINE"
        COUNTER = "counter", "เคาน์เตอร์"

    number = models.CharField("เลขที่", max_length=20, unique=True)
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payment_notices",
        verbose_name="ผู้แจ้ง",
    )
    via = models.CharField("ช่องทาง", max_length=8, choices=Via)
    case = models.ForeignKey(
        ChatCase, models.SET_NULL, null=True, blank=True, related_name="payment_notices"
    )
    # -- what she says; from the chat some of it may be missing ------------------------
    revenue = models.ForeignKey(
        Revenue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name="ประเภท",
    )
    fiscal_year = models.PositiveSmallIntegerField("ปี (พ.ศ.)", null=True, blank=True)
    # 'YYYY-MM' (Gregorian), in order.
    months = models.JSONField("เดือน", default=list, blank=True)
    payer_name = models.CharField("ผู้ชำระ", max_length=200, blank=True)
    payer_address = models.CharField("ที่อยู่ผู้ชำระ", max_length=500, blank=True)
    reference = models.CharField("เลขอ้างอิง", max_length=100, blank=True)
    phone = EncryptedTextField("โทรศัพท์", blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    amount = models.DecimalField("จำนวนเงิน", max_digits=10, decimal_places=2, null=True, blank=True)
    paid_at = models.DateTimeField("โอนเมื่อ", null=True, blank=True)
    words = models.TextField("ข้อความจากผู้ชำระ", blank=True)
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name="ครัวเรือน",
    )
    assessment = models.ForeignKey(
        "payments.Assessment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name="รายการประเมิน",
    )
    # -- where it stands -----------------------------------------------------------------
    status = models.CharField("สถานะ", max_length=9, choices=Status, default=Status.RECEIVED)
    # Whoever changes it says which one he has seen.
    version = models.PositiveIntegerField(default=1, editable=False)
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้ตรวจ",
    )
    # What the office asked her last, '' once she has answered.
    asked = models.CharField("ขอข้อมูลเพิ่ม", max_length=500, blank=True)
    # None of the slips that came is left: the chat waits for it once more.
    slip_again = models.BooleanField(default=False, db_default=False, editable=False)
    # When the chat told her last what it waits for, beside filing and what the office asks.
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    reject_reason = models.CharField("เหตุที่ไม่ผ่าน", max_length=500, blank=True)
    # -- what the clerk has confirmed: the receipt is made of it ------------------------
    confirmed_at = models.DateTimeField("ยืนยันเมื่อ", null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # [{"text", "period", "is_arrears", "amount": "0.00", "surcharge": "0.00", "months": […]}]
    lines = models.JSONField("รายการในใบเสร็จ", default=list, blank=True)
    method = models.CharField("วิธีชำระ", max_length=8, choices=Method, default=Method.TRANSFER)
    # The day on which the money was seen in the account or on the counter.
    money_seen_on = models.DateField("วันที่ได้รับเงิน", null=True, blank=True)
    # Why it was confirmed although its slip was seen before.
    duplicate_reason = models.CharField("เหตุผลที่ยืนยันสลิปซ้ำ", max_length=500, blank=True)
    filing_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField("แจ้งเมื่อ", default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    # Whether somebody has something to do with it: the partial index below is the queue.
    is_open = models.GeneratedField(
        expression=Q(status__in=["received", "checking", "confirmed"]),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "แจ้งชำระเงิน"
        verbose_name_plural = "แจ้งชำระเงิน"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="notice_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["received", "checking", "rejected"])
                | Q(
                    confirmed_by__isnull=False,
                    money_seen_on__isnull=False,
                    revenue__isnull=False,
                ),
                name="notice_confirmed_by_somebody",
            ),
        ]
        indexes = [
            # The queue, oldest first.
            models.Index(
                fields=["created_at", "id"], name="notice_queue", condition=Q(is_open=True)
            ),
            # Her own list.
            models.Index(fields=["resident", "-id"], name="notice_of_resident"),
            # The open one of a conversation.
            models.Index(fields=["case", "-id"], name="notice_of_case"),
            # What the desk is told of.
            models.Index(fields=["-created_at"], name="notice_newest"),
            # A statement's lines look for notices of the same amount.
            models.Index(fields=["amount"], name="notice_by_amount", condition=Q(is_open=True)),
        ]

    def __str__(self) -> str:
        return self.number


class NoticeEntry(AppendOnlyModel):
    """What happened to a notice, and who did it."""

    class Kind(models.TextChoices):
        RECEIVED = "received", "ได้รับหลักฐาน"
        ADDED = "added", "ผู้แจ้งส่งเพิ่ม"
        ASKED = "asked", "ขอข้อมูลเพิ่ม"
        CHECKING = "checking", "เริ่มตรวจสอบ"
        EDITED = "edited", "แก้ข้อมูล"
        CONFIRMED = "confirmed", "ยืนยันยอดเงิน"
        UNCONFIRMED = "unconfirmed", "ถอนการยืนยัน"
        REJECTED = "rejected", "ตรวจสอบไม่ผ่าน"
        REOPENED = "reopened", "นำกลับมาตรวจใหม่"
        RECEIPTED = "receipted", "ออกใบเสร็จ"
        VOID_ASKED = "void_asked", "ขอยกเลิกใบเสร็จ"
        VOIDED = "voided", "ยกเลิกใบเสร็จ"
        VOID_DECLINED = "void_declined", "ไม่อนุมัติยกเลิกใบเสร็จ"
        MATCHED = "matched", "จับคู่รายการเดินบัญชี"
        UNMATCHED = "unmatched", "ยกเลิกการจับคู่"
        UNSENT = "unsent", "ผู้แจ้งยกเลิกภาพ"
        NOTE = "note", "บันทึกภายใน"

    notice = models.ForeignKey(PaymentNotice, models.PROTECT, related_name="entries")
    at = models.DateTimeField("เวลา", default=timezone.now)
    kind = models.CharField("ชนิด", max_length=13, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="โดย",
    )
    text = models.CharField("ข้อความ", max_length=1000, blank=True)
    # Of a correction: the names of the notice's fields that it changed.
    fields = models.JSONField("ช่องที่แก้", default=list, blank=True)

    class Meta:
        verbose_name = "เหตุการณ์ของการแจ้งชำระ"
        verbose_name_plural = "เหตุการณ์ของการแจ้งชำระ"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.get_kind_display()}"


class Slip(models.Model):
    """A picture of a transfer slip: a job until it has been read. Evidence, never proof."""

    class State(models.TextChoices):
        WANTED = "wanted", "กำลังรับภาพ"
        STORED = "stored", "รอการอ่าน"
        READ = "read", "อ่านแล้ว"
        GONE = "gone", "ไม่ได้รับภาพ"
        REMOVED = "removed", "ผู้ส่งยกเลิก"

    class Code(models.TextChoices):
        NOT_READ = "", "ยังไม่ได้อ่าน"
        FOUND = "found", "อ่าน QR ในสลิปได้"
        NONE = "none", "ไม่มี QR ในภาพ (บางธนาคารไม่มี เป็นเรื่องปกติ)"
        OTHER = "other", "QR ในภาพไม่ใช่ของสลิปโอนเงิน"

    notice = models.ForeignKey(PaymentNotice, models.PROTECT, related_name="slips")
    # The message of the chat that it came in: its file is fetched by chatops.
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="slip"
    )
    state = models.CharField("สถานะ", max_length=7, choices=State)
    # Null once done with: the partial index below is the queue.
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The unguessable name in its address.
    token = models.CharField(max_length=43, unique=True)
    file = models.CharField(max_length=200, blank=True)
    thumbnail = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    # Of the stored JPEG, and of what is to be seen in it (payments/slips/likeness.py).
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    fingerprint = models.CharField(max_length=400, blank=True)
    code = models.CharField("QR", max_length=5, choices=Code, blank=True, default=Code.NOT_READ)
    bank = models.CharField("ธนาคาร", max_length=10, blank=True)
    reference = models.CharField("เลขอ้างอิงการโอน", max_length=60, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "สลิป"
        verbose_name_plural = "สลิป"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], name="slip_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["bank", "reference"], name="slip_by_reference", condition=~Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.get_state_display()}"


class SlipLikeness(models.Model):
    """One number of a slip's fingerprint, by which slips that may look alike are found."""

    slip = models.ForeignKey(Slip, models.CASCADE, related_name="likenesses")
    # A line more above moves all below it: where the number stands says nothing.
    value = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "slip"], name="likeness_once")]

    def __str__(self) -> str:
        return f"{self.slip_id}/{self.value}"


class SlipMatch(models.Model):
    """An earlier slip that this one repeats. Red at the desk; never refused by itself."""

    class Kind(models.TextChoices):
        REFERENCE = "reference", "เลขอ้างอิงการโอนซ้ำ"
        SAME = "same", "ภาพเดียวกัน"
        ALIKE = "alike", "ภาพเกือบเหมือนกัน"

    slip = models.ForeignKey(Slip, models.CASCADE, related_name="matches")
    other = models.ForeignKey(Slip, models.CASCADE, related_name="repeated_by")
    kind = models.CharField("เหตุ", max_length=9, choices=Kind)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "สลิปซ้ำ"
        verbose_name_plural = "สลิปซ้ำ"
        constraints = [models.UniqueConstraint(fields=["slip", "other"], name="slip_match_once")]

    def __str__(self) -> str:
        return f"{self.slip_id} ซ้ำกับ {self.other_id}"


class PaymentRequest(models.Model):
    """What the office asks a resident to pay: an amount, what for, a QR for her bank's app."""

    number = models.CharField("เลขที่", max_length=20, unique=True)
    resident = models.ForeignKey(
        Resident, models.PROTECT, related_name="payment_requests", verbose_name="ผู้รับ"
    )
    case = models.ForeignKey(
        ChatCase, models.SET_NULL, null=True, blank=True, related_name="payment_requests"
    )
    revenue = models.ForeignKey(Revenue, models.PROTECT, related_name="+", verbose_name="ประเภท")
    what_for = models.CharField("ค่าอะไร", max_length=200)
    amount = models.DecimalField("จำนวนเงิน", max_digits=10, decimal_places=2)
    ref1 = models.CharField("Ref1", max_length=20, blank=True)
    ref2 = models.CharField("Ref2", max_length=20, blank=True)
    # What the QR says; '' where the office has no QR account (then the card has words alone).
    payload = models.CharField(max_length=300, blank=True)
    # The unguessable name in the picture's address.
    token = models.CharField(max_length=43, unique=True)
    picture = models.CharField(max_length=200, blank=True)
    preview = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("เวลา", default=timezone.now)
    cancelled_at = models.DateTimeField("ยกเลิกเมื่อ", null=True, blank=True)
    # The form's: the same one sent twice asks once.
    filing_key = models.UUIDField(unique=True, editable=False)
    # Her answer to it.
    notice = models.ForeignKey(
        PaymentNotice, models.SET_NULL, null=True, blank=True, related_name="requests"
    )

    class Meta:
        verbose_name = "แจ้งยอดให้ชำระ"
        verbose_name_plural = "แจ้งยอดให้ชำระ"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="request_amount_positive")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_answered(self) -> bool:
        """Whether she has told of paying it; what was rejected is no answer."""
        return self.notice is not None and self.notice.status != Status.REJECTED
