"""Complaints, grievances and service requests: fields, constraints and queries.

Who may see, create or move one is decided in access.py, intake.py and workflow.py.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from bannmae.models import AppendOnlyModel, Division, Staff
from bannmae.privacy.fields import EncryptedTextField
from bannmae.privacy.masking import mask_whole_name
from bannmae.reference import forget_when_saved, kept
from bannmae.series import YearSeries
from chatops.models import ChatCase, Message, Resident


class Requirement(models.TextChoices):
    """Whether a form asks for something."""

    OFF = "off", "ไม่ถาม"
    OPTIONAL = "optional", "ถาม แต่ไม่บังคับ"
    REQUIRED = "required", "บังคับ"


class Category(models.Model):
    """What a case is about; decides the division, the clock and what is asked."""

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", "ร้องเรียน"
        GRIEVANCE = "grievance", "ร้องทุกข์"
        REQUEST = "request", "ขอรับบริการ"

    class DayKind(models.TextChoices):
        CALENDAR = "calendar", "วันปฏิทิน"
        WORKING = "working", "วันทำการ"

    slug = models.SlugField("รหัส", unique=True, max_length=50)
    kind = models.CharField("ประเภท", max_length=10, choices=Kind)
    name = models.CharField("ชื่อ", max_length=120)
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name="กอง/งานที่รับผิดชอบ", related_name="categories"
    )
    days_to_answer = models.PositiveSmallIntegerField(
        "แจ้งผลภายใน (วัน)",
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    day_kind = models.CharField("นับเป็น", max_length=10, choices=DayKind, default=DayKind.CALENDAR)
    national_id = models.CharField(
        "หมายเลขบัตรประชาชน", max_length=10, choices=Requirement, default=Requirement.OPTIONAL
    )
    location = models.CharField(
        "พิกัด", max_length=10, choices=Requirement, default=Requirement.OPTIONAL
    )
    restricted = models.BooleanField(
        "จำกัดผู้เข้าถึง",
        default=False,
        help_text="เห็นเฉพาะผู้ที่ระบุชื่อไว้ข้างล่าง (ทุจริต พฤติกรรมเจ้าหน้าที่)",
    )
    readers = models.ManyToManyField(
        Staff, verbose_name="ผู้เข้าถึงได้", blank=True, related_name="restricted_categories"
    )
    legal_basis = models.TextField(
        "ข้อกฎหมาย/ระเบียบ",
        blank=True,
        help_text="ข้อความตั้งต้นในบันทึกข้อความของเรื่องประเภทนี้",
    )
    order = models.PositiveSmallIntegerField("ลำดับ", default=0)
    is_active = models.BooleanField("เปิดรับ", default=True)

    class Meta:
        verbose_name = "ประเภทเรื่อง"
        verbose_name_plural = "ประเภทเรื่อง"
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def open_for(cls, slug: str) -> Category | None:
        """Return the category of `slug` with its division, None where none takes new cases.

        As this process last saw it (see bannmae.reference).
        """

        def fetch() -> Category | None:
            rows = cls.objects.select_related("division")
            return rows.filter(slug=slug, is_active=True).first()

        return kept(_key_of(slug), fetch)


def _key_of(slug: str) -> str:
    return f"category:{slug}"


forget_when_saved(Category, lambda category: [_key_of(category.slug)])
forget_when_saved(
    Division, lambda division: map(_key_of, division.categories.values_list("slug", flat=True))
)


class Status(models.TextChoices):
    """Where a case stands; the words that everybody reads."""

    RECEIVED = "received", "รับเรื่องแล้ว"
    SUBMITTED = "submitted", "เสนอผู้บริหารพิจารณา"
    ASSIGNED = "assigned", "มอบหมายผู้รับผิดชอบแล้ว"
    IN_PROGRESS = "in_progress", "กำลังดำเนินการ"
    WAITING = "waiting", "ขอข้อมูลเพิ่มเติม"
    COMPLETED = "completed", "ดำเนินการแล้วเสร็จ"
    REFERRED = "referred", "ส่งต่อหน่วยงานอื่นแล้ว"
    REJECTED = "rejected", "ไม่สามารถรับไว้ดำเนินการได้"
    CLOSED = "closed", "ยุติเรื่อง"
    DUPLICATE = "duplicate", "รวมกับเรื่องเดิม"
    WITHDRAWN = "withdrawn", "ผู้แจ้งถอนเรื่อง"
    REOPENED = "reopened", "เปิดเรื่องอีกครั้ง"


ENDED = (
    Status.COMPLETED,
    Status.REFERRED,
    Status.REJECTED,
    Status.CLOSED,
    Status.DUPLICATE,
    Status.WITHDRAWN,
)
OPEN = tuple(status for status in Status if status not in ENDED)


class NumberSeries(YearSeries):
    """The last number given in a year; taken inside the filing transaction."""

    class Meta:
        verbose_name = "เลขเรื่อง"
        verbose_name_plural = "เลขเรื่อง"


class Complaint(models.Model):
    """One case. Created by intake.file_complaint, moved by workflow.move, and nowhere else."""

    class Via(models.TextChoices):
        LIFF = "liff", "LINE"
        COUNTER = "counter", "เคาน์เตอร์"
        PHONE = "phone", "โทรศัพท์"
        LETTER = "letter", "หนังสือ"
        CHAT = "chat", "แชต LINE"
        OPEN311 = "open311", "Open311"

    number = models.CharField("เลขที่", max_length=20, unique=True)
    resident = models.ForeignKey(
        Resident,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name="ผู้แจ้งใน LINE",
    )
    via = models.CharField("ช่องทาง", max_length=10, choices=Via, default=Via.LIFF)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name="ประเภทเรื่อง")
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name="ผู้รับผิดชอบ", related_name="complaints"
    )
    status = models.CharField("สถานะ", max_length=12, choices=Status, default=Status.RECEIVED)
    # Grows with every move; the page sends back the one it saw.
    version = models.PositiveIntegerField(default=1)

    subject = models.CharField("หัวข้อเรื่อง", max_length=150)
    details = models.TextField("รายละเอียด", max_length=5000)
    incident_at = models.DateTimeField("วันเวลาที่เกิดเหตุ", null=True, blank=True)
    village = models.PositiveSmallIntegerField(
        "หมู่ที่", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    place = models.CharField("สถานที่/จุดสังเกต", max_length=300, blank=True)
    latitude = models.DecimalField("ละติจูด", max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("ลองจิจูด", max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField("ความคลาดเคลื่อน (ม.)", null=True, blank=True)

    # -- who tells; the ID and the phone never stand clear in the database --------------
    reporter_name = models.CharField("ชื่อ–สกุล", max_length=150)
    hide_name = models.BooleanField("ขอปกปิดชื่อ", default=False)
    national_id = EncryptedTextField("หมายเลขบัตรประชาชน", blank=True, default="")
    national_id_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    phone = EncryptedTextField("เบอร์โทรศัพท์", blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    email = EncryptedTextField("อีเมล", blank=True, default="")
    address = EncryptedTextField("ที่อยู่", blank=True, default="")
    notice_acknowledged_at = models.DateTimeField("รับทราบประกาศเมื่อ", null=True, blank=True)

    created_at = models.DateTimeField("รับเรื่องเมื่อ")
    due_on = models.DateField("แจ้งผลภายใน")
    ended_at = models.DateTimeField("สิ้นสุดเมื่อ", null=True, blank=True)
    # Null until someone of the responsible division opens it.
    read_at = models.DateTimeField("เปิดอ่านเมื่อ", null=True, blank=True)
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name="รวมกับเรื่อง",
    )
    accused = models.ManyToManyField(
        Staff,
        verbose_name="เจ้าหน้าที่ที่ถูกกล่าวถึง",
        blank=True,
        related_name="+",
        help_text="ผู้ที่ระบุจะไม่เห็นเรื่องนี้",
    )
    # Made with the form at the counter: sent twice, it is filed once.
    filing_key = models.UUIDField(null=True, editable=False)
    # Number, subject, name, place, village and details in search form; see search.py.
    search_text = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = "ร้องเรียน-ร้องทุกข์ ขอรับบริการ"
        verbose_name_plural = "ร้องเรียน-ร้องทุกข์ ขอรับบริการ"
        ordering = ["-id"]
        permissions = [("reveal_national_id", "ดูหมายเลขบัตรประชาชนเต็ม")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="status_known"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
                name="position_whole_and_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(status="duplicate", duplicate_of__isnull=False)
                | (~Q(status="duplicate") & Q(duplicate_of__isnull=True)),
                name="duplicate_names_its_original",
            ),
            # Not `unique` on the field: SQLite would make the table anew for it, and lose the
            # triggers that keep the search.
            models.UniqueConstraint(
                fields=["filing_key"],
                name="complaint_filed_once",
                condition=Q(filing_key__isnull=False),
            ),
        ]
        indexes = [
            # The mailbox, newest first, of one division / one status.
            models.Index(fields=["division", "-id"]),
            models.Index(fields=["status", "-id"]),
            # Her cases on the tracking page.
            models.Index(fields=["resident", "-id"]),
            # The count beside the menu entry.
            models.Index(
                fields=["division"], name="complaint_unread", condition=Q(read_at__isnull=True)
            ),
            # What is late.
            models.Index(
                fields=["due_on"],
                name="complaint_open_due",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["division", "due_on"],
                name="complaint_open_division_due",
                condition=Q(ended_at__isnull=True),
            ),
            # The days from … to … of the list.
            models.Index(fields=["created_at"], name="complaint_created"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def is_open(self) -> bool:
        """True while something is still to be done."""
        return self.status not in ENDED

    @property
    def shown_name(self) -> str:
        """The reporter's name as papers and colleagues read it."""
        return mask_whole_name(self.reporter_name) if self.hide_name else self.reporter_name


class TimelineEntry(AppendOnlyModel):
    """One step of a case. Append-only; the public ones are what the resident reads."""

    class Kind(models.TextChoices):
        STATUS = "status", "สถานะ"
        NOTE = "note", "บันทึก"
        ADDITION = "addition", "ข้อมูลเพิ่มเติมจากผู้แจ้ง"
        FEEDBACK = "feedback", "ความเห็นของผู้แจ้ง"
        PRINTED = "printed", "พิมพ์เอกสาร"

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="timeline")
    at = models.DateTimeField("เวลา")
    kind = models.CharField("ชนิด", max_length=12, choices=Kind)
    status = models.CharField("สถานะ", max_length=12, choices=Status, blank=True)
    public = models.BooleanField("ผู้แจ้งเห็น", default=False)
    note = models.TextField("ข้อความถึงผู้แจ้ง", blank=True, max_length=1000)
    internal_note = models.TextField("บันทึกภายใน", blank=True, max_length=4000)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="กอง/งาน"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="โดย",
    )

    class Meta:
        verbose_name = "ขั้นตอน"
        verbose_name_plural = "ขั้นตอน"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["complaint", "id"]),
            # What officers are told of: what came since they were told last.
            models.Index(fields=["at"], name="timeline_news"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.get_status_display() or self.get_kind_display()}"


class Order(AppendOnlyModel):
    """What the executives ordered when a case was assigned, with the signed paper."""

    class Decision(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", "ทราบ"
        ASSIGN = "assign", "มอบ … ดำเนินการ"
        OTHER = "other", "อื่น ๆ"

    entry = models.OneToOneField(TimelineEntry, models.PROTECT, related_name="order")
    decision = models.CharField("คำสั่ง", max_length=12, choices=Decision)
    ordered_by = models.CharField("ผู้สั่งการ", max_length=200)
    ordered_on = models.DateField("วันที่สั่งการ")
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="มอบ", related_name="+")
    text = models.CharField("ข้อความคำสั่ง", max_length=500, blank=True)
    # Name in private storage ('' when the paper was not scanned).
    scan = models.CharField("สำเนาที่ลงนาม", max_length=200, blank=True)

    class Meta:
        verbose_name = "คำสั่งผู้บริหาร"
        verbose_name_plural = "คำสั่งผู้บริหาร"
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision="other") | ~Q(text=""), name="other_order_says_what"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.division}"


class Photo(AppendOnlyModel):
    """A photo of a case: the resident's (no entry), or of a step (entry)."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="photos")
    entry = models.ForeignKey(
        TimelineEntry, models.PROTECT, null=True, blank=True, related_name="photos"
    )
    # The unguessable name in its address, and the names in private storage.
    token = models.CharField(max_length=43, unique=True)
    file = models.CharField(max_length=200)
    thumbnail = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    public = models.BooleanField("ผู้แจ้งเห็น", default=True)

    class Meta:
        verbose_name = "ภาพ"
        verbose_name_plural = "ภาพ"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.token[:6]}"


class Feedback(AppendOnlyModel):
    """What the resident says of a finished case."""

    entry = models.OneToOneField(TimelineEntry, models.PROTECT, related_name="feedback")
    resolved = models.BooleanField("แก้ไขแล้วจริง")
    rating = models.PositiveSmallIntegerField(
        "คะแนน", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField("ความเห็น", blank=True, max_length=1000)

    class Meta:
        verbose_name = "ความเห็นของผู้แจ้ง"
        verbose_name_plural = "ความเห็นของผู้แจ้ง"

    def __str__(self) -> str:
        return f"{self.entry_id}: {'แก้ไขแล้ว' if self.resolved else 'ยังไม่แก้ไข'}"


class Proposal(models.Model):
    """A case that an officer has drawn up from a chat; it is filed when its teller confirms it."""

    class State(models.TextChoices):
        OFFERED = "offered", "รอประชาชนยืนยัน"
        CONFIRMED = "confirmed", "ยืนยันแล้ว"
        DECLINED = "declined", "ประชาชนไม่ยืนยัน"
        EXPIRED = "expired", "ไม่ได้ยืนยันในเวลา"
        TAKEN_BACK = "taken_back", "ประชาชนยกเลิกข้อความ"

    # Made with the officer's form; also the key by which the case is filed once.
    key = models.UUIDField(unique=True)
    chat = models.ForeignKey(ChatCase, models.PROTECT, related_name="proposals")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("เวลา")
    state = models.CharField("สถานะ", max_length=10, choices=State, default=State.OFFERED)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=150)
    details = models.TextField(max_length=5000)
    village = models.PositiveSmallIntegerField(null=True, blank=True)
    place = models.CharField(max_length=300, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    full_name = models.CharField(max_length=150)
    phone = EncryptedTextField(blank=True, default="")
    hide_name = models.BooleanField(default=False)
    # The chat's messages that it was drawn up from: should she take one back, it is no draft.
    messages = models.ManyToManyField(Message, related_name="proposals")
    # Copies of the chat's pictures in private storage: name, thumbnail_name, width, height, bytes.
    photos = models.JSONField(default=list, blank=True)
    complaint = models.OneToOneField(
        Complaint, models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    class Meta:
        verbose_name = "ร่างเรื่องจากแชต"
        verbose_name_plural = "ร่างเรื่องจากแชต"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="confirmed", complaint__isnull=False)
                | (~Q(state="confirmed") & Q(complaint__isnull=True)),
                name="proposal_confirmed_has_its_case",
            )
        ]
        indexes = [
            # What nobody has answered in time.
            models.Index(fields=["at"], name="proposal_offered", condition=Q(state="offered"))
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.get_state_display()})"
