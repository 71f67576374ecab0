"""The municipality: its divisions, staff, profile, signatories and holidays."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.validators import FileExtensionValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from solo.models import SingletonModel

from bannmae.map_tiles import check_tiles_url
from bannmae.paper.fonts import FontError, LettersMissing, check_data
from bannmae.privacy.models import AccessLog, AppendOnlyModel
from bannmae.reference import forget_when_saved, kept

__all__ = [
    "AccessLog",
    "AppendOnlyModel",
    "Division",
    "Holiday",
    "Municipality",
    "Signatory",
    "Staff",
]


def no_markup(text: str) -> None:
    """Refuse `<` and `>`: the maps set this text among HTML of their own."""
    if "<" in text or ">" in text:
        raise ValidationError("ใส่ได้เฉพาะข้อความ ห้ามมีเครื่องหมาย < หรือ >", code="markup")


def usable_font(upload: FieldFile) -> None:
    """Refuse a font file that papers cannot be printed with; say in Thai why."""
    upload.seek(0)
    try:
        check_data(upload.read())
    except LettersMissing as error:
        shown = " ".join(letter for letter in error.letters[:10] if not letter.isspace())
        raise ValidationError(
            f"แบบอักษรนี้ไม่มีตัวอักษรที่เอกสารต้องใช้ ({len(error.letters)} ตัว เช่น {shown}) "
            "โปรดใช้แบบอักษรที่มีทั้งไทยและอังกฤษ เช่น TH Sarabun New"
        ) from error
    except FontError as error:
        raise ValidationError(
            "ไฟล์นี้ไม่ใช่แบบอักษร หรือไฟล์เสียหาย โปรดเลือกไฟล์ .ttf หรือ .otf อื่น"
        ) from error
    finally:
        upload.seek(0)


def private_storage() -> object:
    """Return the storage of uploads, named late so that migrations do not fix it."""
    return storages["default"]


class Division(models.Model):
    """สำนัก/กอง, or a งาน inside one. Two levels at most."""

    slug = models.SlugField("รหัส", unique=True, max_length=40)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="สังกัด",
        related_name="units",
        limit_choices_to={"parent": None},
    )
    name = models.CharField("ชื่อ", max_length=120)
    short_name = models.CharField(
        "ชื่อย่อ",
        max_length=20,
        help_text="ไม่เกิน 20 ตัวอักษร ใช้เป็นชื่อผู้ส่งใน LINE",
    )
    phone = models.CharField("โทรศัพท์", max_length=60, blank=True)
    document_code = models.CharField(
        "รหัสหนังสือ", max_length=30, blank=True, help_text="เช่น ชม ๕๕๕๐๑ (เว้นว่างได้)"
    )
    sees_all_complaints = models.BooleanField(
        "เห็นเรื่องของทุกกอง",
        default=False,
        help_text="สำหรับงานนิติการและผู้บริหาร (ไม่รวมเรื่องที่จำกัดผู้เข้าถึง)",
    )
    order = models.PositiveSmallIntegerField("ลำดับ", default=0)
    is_active = models.BooleanField("ใช้งาน", default=True)

    class Meta:
        verbose_name = "กอง/งาน"
        verbose_name_plural = "กอง/งาน"
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """Both levels as official papers name them: สำนักปลัดเทศบาล งานนิติการ."""
        return f"{self.parent.name} {self.name}" if self.parent else self.name


class Staff(AbstractUser):
    """An officer's account. Never deleted: closed on transfer, since history names it."""

    first_name = models.CharField("ชื่อ", max_length=100, blank=True)
    last_name = models.CharField("นามสกุล", max_length=100, blank=True)
    position = models.CharField("ตำแหน่ง", max_length=150, blank=True)
    divisions = models.ManyToManyField(
        Division, verbose_name="กอง/งาน", blank=True, related_name="staff"
    )
    signature_name = models.CharField(
        "ชื่อในช่องลงนาม", max_length=150, blank=True, help_text="เช่น (นายสมชาย ใจดี)"
    )
    signature_lines = models.TextField(
        "ข้อความใต้ลายมือชื่อ",
        blank=True,
        help_text="บรรทัดละหนึ่งตำแหน่ง เช่น นิติกรชำนาญการ (ว่าง = ใช้ตำแหน่ง)",
    )
    must_change_password = models.BooleanField("ต้องเปลี่ยนรหัสผ่าน", default=False)
    closed_at = models.DateTimeField("ปิดบัญชีเมื่อ", null=True, blank=True, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = "เจ้าหน้าที่"
        verbose_name_plural = "เจ้าหน้าที่"

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def signature_block(self) -> list[str]:
        """Lines under the signature: the name in brackets, then the positions."""
        name = self.signature_name or f"({self})"
        lines = [line for line in self.signature_lines.splitlines() if line.strip()]
        return [name, *(lines or [self.position])]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        """Raise TypeError: an account is closed, not deleted."""
        raise TypeError("Staff accounts are closed, never deleted")


class Municipality(SingletonModel):
    """The profile that pages, messages and papers take their facts from. One row."""

    class NumberYear(models.TextChoices):
        CALENDAR = "calendar", "ปีปฏิทิน (1 ม.ค. – 31 ธ.ค.)"
        FISCAL = "fiscal", "ปีงบประมาณ (1 ต.ค. – 30 ก.ย.)"

    name = models.CharField("ชื่อ", max_length=120, default="เทศบาลตำบลบ้านแม")
    short_name = models.CharField("ชื่อย่อใน LINE", max_length=20, default="ทต.บ้านแม")
    name_en = models.CharField(
        "ชื่อภาษาอังกฤษ", max_length=120, default="Ban Mae Subdistrict Municipality"
    )
    mayor_title = models.CharField("ตำแหน่งนายก", max_length=120, default="นายกเทศมนตรีตำบลบ้านแม")
    address = models.TextField("ที่อยู่", blank=True)
    phone = models.CharField("โทรศัพท์", max_length=60, blank=True)
    fax = models.CharField("โทรสาร", max_length=60, blank=True)
    email = models.EmailField("อีเมล", blank=True)
    office_hours = models.CharField("เวลาทำการ", max_length=150, blank=True)
    tax_id = models.CharField("เลขประจำตัวผู้เสียภาษี", max_length=20, blank=True)
    document_code = models.CharField(
        "รหัสหนังสือ", max_length=30, blank=True, help_text="เช่น ชม ๕๕๕๐๐ (ให้งานสารบรรณยืนยัน)"
    )
    number_year = models.CharField(
        "เลขเรื่องเริ่มใหม่ทุก", max_length=10, choices=NumberYear, default=NumberYear.CALENDAR
    )
    villages = models.PositiveSmallIntegerField(
        "จำนวนหมู่บ้าน",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text="ว่าง = ให้ผู้แจ้งพิมพ์เลขหมู่ที่เอง",
    )
    # Where the map opens before there is a position.
    latitude = models.DecimalField("ละติจูด", max_digits=9, decimal_places=6, default="18.613700")
    longitude = models.DecimalField("ลองจิจูด", max_digits=9, decimal_places=6, default="98.893600")
    map_tiles_url = models.CharField(
        "ที่อยู่ภาพแผนที่",
        max_length=300,
        default="https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        blank=True,
        validators=[check_tiles_url],
        help_text="ว่าง = ไม่โหลดภาพแผนที่จากที่อื่น",
    )
    map_attribution = models.CharField(
        "ข้อความอ้างอิงแผนที่",
        max_length=200,
        default="© OpenStreetMap contributors",
        blank=True,
        validators=[no_markup],
    )

    add_friend_url = models.URLField("ลิงก์เพิ่มเพื่อน", default="https://lin.ee/2REuaFA")
    news_url = models.URLField("ข่าวประชาสัมพันธ์", default="http://banmae.go.th/", blank=True)
    website_url = models.URLField("เว็บไซต์เทศบาล", default="http://banmae.go.th/", blank=True)
    eservice_url = models.URLField(
        "บริการอิเล็กทรอนิกส์ (e-Service)", default="http://banmae.go.th/", blank=True
    )
    air_quality_url = models.URLField("คุณภาพอากาศ", default="https://www.ntaqhi.info/", blank=True)
    facebook_url = models.URLField("Facebook", blank=True)

    payment_instructions = models.TextField(
        "วิธีชำระเงิน",
        blank=True,
        help_text="ธนาคาร เลขที่บัญชี ชื่อบัญชี/พร้อมเพย์ แสดงในข้อความเรื่องภาษีและค่าขยะ",
    )

    controller_contact = models.TextField(
        "ช่องทางติดต่อผู้ควบคุมข้อมูลส่วนบุคคล", blank=True, help_text="ว่าง = ใช้ที่อยู่และโทรศัพท์ข้างบน"
    )
    dpo_contact = models.TextField("ช่องทางติดต่อเจ้าหน้าที่คุ้มครองข้อมูล (DPO)", blank=True)
    retention_notice = models.TextField(
        "ระยะเวลาเก็บข้อมูล",
        default=(
            "เก็บเรื่องร้องเรียนตามระเบียบงานสารบรรณ และลบหมายเลขบัตรประชาชนออกจากระบบ 90 วันหลังเรื่องสิ้นสุด"
        ),
    )
    national_id_days = models.PositiveSmallIntegerField(
        "ลบหมายเลขบัตรประชาชนหลังเรื่องสิ้นสุด (วัน)", default=90
    )

    garuda = models.ImageField(
        "ตราครุฑ",
        storage=private_storage,
        upload_to="office/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg"])],
        help_text="ภาพตราครุฑที่สำนักงานใช้ ถ้าไม่มีจะเว้นที่ว่าง 1.5 ซม. ไว้",
    )
    emblem = models.ImageField(
        "ตราเทศบาล",
        storage=private_storage,
        upload_to="office/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg"])],
        help_text="พิมพ์ที่หัวใบเสร็จรับเงินและสำเนาที่พิมพ์หลังจากนี้ ขนาด 1.6 ซม. ถ้าไม่มีจะไม่เว้นที่ไว้",
    )
    paper_font = models.FileField(
        "แบบอักษรเอกสาร (ตัวปกติ)",
        storage=private_storage,
        upload_to="office/",
        blank=True,
        validators=[FileExtensionValidator(["ttf", "otf"])],
        help_text="เช่น TH Sarabun New ถ้าว่างจะใช้ Sarabun",
    )
    paper_font_bold = models.FileField(
        "แบบอักษรเอกสาร (ตัวหนา)",
        storage=private_storage,
        upload_to="office/",
        blank=True,
        validators=[FileExtensionValidator(["ttf", "otf"])],
    )

    class Meta:
        verbose_name = "ข้อมูลเทศบาล"

    def clean(self) -> None:
        """Refuse fonts that cannot be printed with, and half of one.

        Titles of papers are bold, and nothing thickens letters.
        """
        errors: dict[str, ValidationError | str] = {}
        for name in ("paper_font", "paper_font_bold"):
            file = getattr(self, name)
            if file and not file._committed:  # what lies in storage was looked at when it came
                try:
                    usable_font(file)
                except ValidationError as error:
                    errors[name] = error
        if bool(self.paper_font) != bool(self.paper_font_bold):
            # Beside the field that every form of the profile has had.
            errors.setdefault("paper_font", "โปรดใส่แบบอักษรทั้งตัวปกติและตัวหนา หรือเว้นว่างทั้งสอง")
        if errors:
            raise ValidationError(errors)

    def __str__(self) -> str:
        return self.name


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    """Who signs for an office on a day."""

    def on(self, day: date) -> SignatoryQuerySet:
        """Those in charge on `day`, the most lately appointed first."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        ).order_by("office", models.F("valid_from").desc(nulls_last=True), "-id")


class Signatory(models.Model):
    """Who signs a paper for an office, and since when; leave and acting are rows too."""

    class Office(models.TextChoices):
        HEAD = "head", "หัวหน้าสำนักปลัดเทศบาล"
        CLERK = "clerk", "ปลัดเทศบาล"
        MAYOR = "mayor", "นายกเทศมนตรี"
        FINANCE = "finance", "ผู้อำนวยการกองคลัง"

    office = models.CharField("ช่องลงนาม", max_length=10, choices=Office)
    name = models.CharField("ชื่อ–สกุล", max_length=150, blank=True)
    title = models.CharField("ตำแหน่งที่พิมพ์", max_length=150)
    acting = models.CharField(
        "ข้อความแทน",
        max_length=150,
        blank=True,
        help_text="เช่น รักษาราชการแทน ปลัดเทศบาลตำบลบ้านแม / ปฏิบัติราชการแทน …",
    )
    valid_from = models.DateField("ตั้งแต่", null=True, blank=True)
    valid_until = models.DateField("ถึง", null=True, blank=True)

    objects = SignatoryQuerySet.as_manager()

    class Meta:
        verbose_name = "ผู้ลงนาม"
        verbose_name_plural = "ผู้ลงนาม"
        ordering = ["office", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="signatory_until_after_from",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()}: {self.name or self.title}"


class Holiday(models.Model):
    """A day on which the office is closed besides Saturday and Sunday."""

    date = models.DateField("วันที่", unique=True)
    name = models.CharField("วันหยุด", max_length=120)

    class Meta:
        verbose_name = "วันหยุดราชการ"
        verbose_name_plural = "วันหยุดราชการ"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"

    @classmethod
    def dates(cls) -> set[date]:
        """Return all the dates, as this process last saw them (see bannmae.reference)."""
        return kept(HOLIDAYS, lambda: set(cls.objects.values_list("date", flat=True)))


HOLIDAYS = "holidays"
forget_when_saved(Holiday, lambda _holiday: [HOLIDAYS])
