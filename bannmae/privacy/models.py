"""The access log: who looked at what personal data, and when. Append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AppendOnlyModel(models.Model):
    """A row that is written once: changing or deleting it raises TypeError."""

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{type(self).__name__} is append-only")


class AccessLog(AppendOnlyModel):
    """One look at personal data, or one act that an auditor asks about."""

    class Action(models.TextChoices):
        REVEAL_NATIONAL_ID = "reveal_national_id", "ดูเลขประจำตัวประชาชน"
        VIEW_CASE = "view_case", "เปิดเรื่อง"
        PRINT = "print", "พิมพ์เอกสาร"
        VIEW_SCAN = "view_scan", "เปิดสำเนาเอกสารที่ลงนาม"
        VIEW_PAYMENT = "view_payment", "เปิดการชำระเงิน"
        MONEY = "money", "ทำรายการการเงิน"
        ACCOUNT = "account", "จัดการบัญชีเจ้าหน้าที่"

    at = models.DateTimeField("เวลา", auto_now_add=True, db_index=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="เจ้าหน้าที่", related_name="+"
    )
    action = models.CharField("การกระทำ", max_length=30, choices=Action)
    subject = models.CharField("สิ่งที่เข้าถึง", max_length=100)
    ip_address = models.GenericIPAddressField("ที่อยู่ IP", null=True, blank=True)
    detail = models.CharField("รายละเอียด", max_length=300, blank=True)

    class Meta:
        verbose_name = "บันทึกการเข้าถึงข้อมูล"
        verbose_name_plural = "บันทึกการเข้าถึงข้อมูล"
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "-id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()} {self.subject}"
