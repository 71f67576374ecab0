"""Conversations as cases: what they are about, where they stand, who works on them.

Moved by chatops/cases/workflow.py and nowhere else.
"""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from solo.models import SingletonModel

from bannmae.models import AppendOnlyModel, Division, Staff
from bannmae.reference import forget_when_saved
from chatops.models.line import Channel, Message, Resident


class Topic(models.Model):
    """What a chat is about; decides the division that answers for it, and who may read it."""

    GENERAL = "general"

    slug = models.SlugField("รหัส", unique=True, max_length=40)
    name = models.CharField("ชื่อ", max_length=80)
    division = models.ForeignKey(
        Division, models.PROTECT, verbose_name="กอง/งานที่รับผิดชอบ", related_name="topics"
    )
    words = models.TextField(
        "คำที่บอกว่าเป็นเรื่องนี้",
        blank=True,
        help_text="บรรทัดละหนึ่งคำหรือวลี ใช้ส่งแชตไปยังกองที่รับผิดชอบเมื่อไม่มีคำตอบอัตโนมัติ",
    )
    restricted = models.BooleanField(
        "จำกัดผู้เข้าถึง",
        default=False,
        help_text="เห็นเฉพาะผู้ที่ระบุชื่อไว้ข้างล่างซึ่งสังกัดกองที่รับผิดชอบ และไม่ส่งให้ AI",
    )
    readers = models.ManyToManyField(
        Staff, verbose_name="ผู้เข้าถึงได้", blank=True, related_name="restricted_topics"
    )
    order = models.PositiveSmallIntegerField("ลำดับ", default=0)
    is_active = models.BooleanField("ใช้งาน", default=True)

    class Meta:
        verbose_name = "หัวข้อแชต"
        verbose_name_plural = "หัวข้อแชต"
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


TOPICS = "chat-topics"
forget_when_saved(Topic, lambda _topic: [TOPICS])
forget_when_saved(Division, lambda _division: [TOPICS])


class ChatCase(models.Model):
    """One matter of one resident in the chat, from her first message until it is done."""

    class State(models.TextChoices):
        INBOX = "inbox", "อินบ็อกซ์ (ใหม่)"
        ANSWERED = "answered", "ตอบอัตโนมัติแล้ว"
        WORKING = "working", "ดำเนินการ"
        WAITING = "waiting", "รอประชาชนตอบกลับ"
        SNOOZED = "snoozed", "พักไว้"
        DONE = "done", "เสร็จสิ้น"

    class Mode(models.TextChoices):
        AUTO = "auto", "ตอบอัตโนมัติ"
        MANUAL = "manual", "แมนนวล (เจ้าหน้าที่ตอบ)"

    OPEN = (State.INBOX, State.ANSWERED, State.WORKING, State.WAITING, State.SNOOZED)
    # In somebody's hands.
    TAKEN = (State.WORKING, State.WAITING, State.SNOOZED)

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="chat_cases")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="cases", verbose_name="หัวข้อ")
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="chat_cases", verbose_name="กอง/งาน"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="chat_cases",
        verbose_name="ผู้รับผิดชอบ",
    )
    state = models.CharField("สถานะ", max_length=10, choices=State, default=State.INBOX)
    mode = models.CharField("โหมดตอบ", max_length=10, choices=Mode, default=Mode.AUTO)
    # Grows with every move; the page sends back the one that it saw.
    version = models.PositiveIntegerField(default=1)
    urgent = models.BooleanField("เหตุฉุกเฉิน", default=False)

    opened_at = models.DateTimeField("เริ่มเมื่อ")
    # When it came to its division last: as new, handed over, reopened or given back.
    inbox_at = models.DateTimeField("เข้าอินบ็อกซ์เมื่อ")
    taken_at = models.DateTimeField("รับดำเนินการเมื่อ", null=True, blank=True)
    snoozed_until = models.DateTimeField("พักไว้ถึง", null=True, blank=True)
    closed_at = models.DateTimeField("เสร็จสิ้นเมื่อ", null=True, blank=True)
    reopened = models.PositiveSmallIntegerField("เปิดอีกครั้ง (ครั้ง)", default=0)

    # -- the clock of the conversation ---------------------------------------------------
    last_at = models.DateTimeField("ข้อความล่าสุดเมื่อ")
    last_text = models.CharField("ข้อความล่าสุด", max_length=120, blank=True)
    last_resident_at = models.DateTimeField("ประชาชนเขียนล่าสุดเมื่อ", null=True, blank=True)
    # The first thing she wrote that nobody (no person, no automatic answer) has answered yet.
    waiting_since = models.DateTimeField("รอตั้งแต่", null=True, blank=True)
    # A person's first answer, and the first of any kind.
    first_answer_at = models.DateTimeField("เจ้าหน้าที่ตอบครั้งแรกเมื่อ", null=True, blank=True)
    first_reply_at = models.DateTimeField("ตอบครั้งแรกเมื่อ", null=True, blank=True)
    # Null or older than last_resident_at: unread by the division.
    read_at = models.DateTimeField("เปิดอ่านเมื่อ", null=True, blank=True)
    # When anything of it changed: an open desk asks for what is newer.
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "แชต"
        verbose_name_plural = "แชต"
        ordering = ["-last_at"]
        permissions = [("see_chat_counts", "ดูสถิติแชต")]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "topic"],
                name="one_open_chat_per_topic",
                condition=~Q(state="done"),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["inbox", "answered", "working", "waiting", "snoozed", "done"]
                ),
                name="chat_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="done", closed_at__isnull=False)
                | (~Q(state="done") & Q(closed_at__isnull=True)),
                name="chat_done_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["working", "waiting", "snoozed"])
                | Q(assignee__isnull=False),
                name="chat_in_hand_has_a_hand",
            ),
        ]
        indexes = [
            # The desk's list of one tab: a division's, the longest waiting first, then newest.
            models.Index(fields=["division", "state", "-last_at"], name="chat_of_division"),
            models.Index(fields=["state", "-last_at"], name="chat_of_state"),
            models.Index(fields=["assignee", "state", "-last_at"], name="chat_of_assignee"),
            models.Index(fields=["resident", "-last_at"], name="chat_of_resident"),
            # What changed since an open desk looked last.
            models.Index(fields=["changed_at"], name="chat_changed"),
            # The count beside the menu entry, and what a linked officer is told.
            models.Index(
                fields=["division", "inbox_at"],
                name="chat_new",
                condition=Q(state="inbox"),
            ),
            # The clock's two looks: snoozed until, silent since.
            models.Index(
                fields=["snoozed_until"], name="chat_snoozed", condition=Q(state="snoozed")
            ),
            models.Index(fields=["last_at"], name="chat_manual", condition=Q(mode="manual")),
            # Statistics of a month.
            models.Index(fields=["opened_at"], name="chat_opened"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.resident}"

    @property
    def is_open(self) -> bool:
        """True until it is done."""
        return self.state != self.State.DONE

    @property
    def is_unread(self) -> bool:
        """True while the division has not seen her last words."""
        if self.last_resident_at is None:
            return False
        return self.read_at is None or self.read_at < self.last_resident_at


class ChatEntry(AppendOnlyModel):
    """What happened to a chat case beside the messages. Append-only; staff read it."""

    class Kind(models.TextChoices):
        OPENED = "opened", "เริ่มเรื่อง"
        REOPENED = "reopened", "เปิดเรื่องอีกครั้ง"
        ANSWERED = "answered", "ตอบอัตโนมัติแล้ว"
        ASKED = "asked", "ขอคุยกับเจ้าหน้าที่"
        TAKEN = "taken", "ดำเนินการ"
        GIVEN_BACK = "given_back", "เลิกดำเนินการ"
        DONE = "done", "ดำเนินการแล้ว"
        RESOLVED = "resolved", "ประชาชนกดได้คำตอบแล้ว"
        BACK_TO_INBOX = "back_to_inbox", "ใส่ในอินบ็อกซ์"
        HANDED_OVER = "handed_over", "ส่งต่อ"
        WAITING = "waiting", "รอประชาชนตอบกลับ"
        SNOOZED = "snoozed", "พักไว้"
        WOKEN = "woken", "ครบเวลาพัก"
        MODE = "mode", "เปลี่ยนโหมดตอบ"
        SILENT = "silent", "ไม่มีการตอบนานเกินกำหนด"
        TOPIC = "topic", "เปลี่ยนหัวข้อ"
        FILED = "filed", "แจ้งเรื่องจากแชต"
        PRINTED = "printed", "พิมพ์เอกสาร"
        NOTE = "note", "บันทึกภายใน"

    case = models.ForeignKey(ChatCase, models.PROTECT, related_name="entries")
    at = models.DateTimeField("เวลา")
    kind = models.CharField("ชนิด", max_length=14, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="โดย",
    )
    text = models.TextField("ข้อความ", blank=True, max_length=2000)
    # Where it went, of a hand-over.
    division = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "เหตุการณ์ของแชต"
        verbose_name_plural = "เหตุการณ์ของแชต"
        ordering = ["id"]
        indexes = [models.Index(fields=["case", "-at"], name="chat_entry_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_kind_display()}"


class MessageContent(models.Model):
    """The file of a message: a job until LINE has given it, then what lies in private storage."""

    class State(models.TextChoices):
        WANTED = "wanted", "กำลังรับไฟล์"
        STORED = "stored", "รับไฟล์แล้ว"
        GONE = "gone", "LINE ไม่มีไฟล์นี้แล้ว"
        TOO_LARGE = "too_large", "ไฟล์ใหญ่เกินกำหนด"
        UNSAFE = "unsafe", "เปิดแสดงไม่ได้"
        FAILED = "failed", "รับไฟล์ไม่สำเร็จ"
        REMOVED = "removed", "ผู้ส่งยกเลิก"

    message = models.OneToOneField(Message, models.CASCADE, related_name="content")
    # The unguessable name in its address.
    token = models.CharField(max_length=43, unique=True)
    state = models.CharField("สถานะ", max_length=10, choices=State, default=State.WANTED)
    # Null once done with: the partial index below is the queue.
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    # Names in private storage; a picture's are the re-encoded JPEG and its thumbnail.
    file = models.CharField(max_length=200, blank=True)
    thumbnail = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField("ขนาด (ไบต์)", null=True, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "ไฟล์ในแชต"
        verbose_name_plural = "ไฟล์ในแชต"
        indexes = [
            models.Index(fields=["due_at"], name="content_due", condition=Q(due_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.get_state_display()}"


class SharedPicture(models.Model):
    """A picture that an officer sends: LINE fetches it by an address that nobody can guess."""

    token = models.CharField(max_length=43, unique=True)
    case = models.ForeignKey(ChatCase, models.PROTECT, related_name="pictures")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("เวลา")
    file = models.CharField(max_length=200)
    thumbnail = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = "ภาพที่ส่ง"
        verbose_name_plural = "ภาพที่ส่ง"

    def __str__(self) -> str:
        return f"{self.case_id} {self.token[:6]}"


class CasePresence(models.Model):
    """Who has a case open at the desk, and since when he has been writing."""

    case = models.ForeignKey(ChatCase, models.CASCADE, related_name="presences")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    typing_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "ผู้กำลังเปิดแชต"
        verbose_name_plural = "ผู้กำลังเปิดแชต"
        constraints = [models.UniqueConstraint(fields=["case", "staff"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.staff_id}"


class CannedReply(models.Model):
    """A prepared answer that an officer inserts; its placeholders are filled in then."""

    title = models.CharField("ชื่อ", max_length=80)
    text = models.TextField(
        "ข้อความ",
        max_length=2000,
        help_text="ใช้ {name} {division} {officer} {municipality} {phone} {office_hours} ได้",
    )
    division = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="canned_replies",
        verbose_name="ใช้เฉพาะกอง/งาน",
        help_text="ว่าง = ทุกกอง",
    )
    order = models.PositiveSmallIntegerField("ลำดับ", default=0)
    is_active = models.BooleanField("ใช้งาน", default=True)

    class Meta:
        verbose_name = "ข้อความสำเร็จรูป"
        verbose_name_plural = "ข้อความสำเร็จรูป"
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title


class Label(models.Model):
    """A word that a division hangs on residents; others do not see it."""

    name = models.CharField("ป้าย", max_length=30)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="chat_labels", verbose_name="กอง/งาน"
    )

    class Meta:
        verbose_name = "ป้ายกำกับ"
        verbose_name_plural = "ป้ายกำกับ"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["division", "name"], name="label_once_per_division")
        ]

    def __str__(self) -> str:
        return self.name


class ResidentNote(AppendOnlyModel):
    """A private note on a resident, read by the division whose officer wrote it."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="notes")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("เวลา")
    text = models.TextField("บันทึก", max_length=2000)

    class Meta:
        verbose_name = "บันทึกส่วนตัว"
        verbose_name_plural = "บันทึกส่วนตัว"
        ordering = ["-id"]
        indexes = [models.Index(fields=["resident", "-id"], name="note_of_resident")]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.at:%d/%m/%Y}"


class StaffLink(models.Model):
    """An officer's own LINE, linked by a one-time code that he sends to the account himself."""

    staff = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="line_link", verbose_name="เจ้าหน้าที่"
    )
    resident = models.OneToOneField(
        Resident, models.CASCADE, null=True, blank=True, related_name="staff_link"
    )
    code_hash = models.CharField(max_length=64, blank=True, db_index=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    linked_at = models.DateTimeField("เชื่อมเมื่อ", null=True, blank=True)
    # What came after this moment has not been told yet.
    told_at = models.DateTimeField("แจ้งล่าสุดเมื่อ", null=True, blank=True)

    class Meta:
        verbose_name = "LINE ของเจ้าหน้าที่"
        verbose_name_plural = "LINE ของเจ้าหน้าที่"

    def __str__(self) -> str:
        return str(self.staff)


class ChatSettings(SingletonModel):
    """How the chat desk works. One row."""

    opens_at = models.TimeField("เปิดทำการ", default=time(8, 30))
    closes_at = models.TimeField("ปิดทำการ", default=time(16, 30))
    reopen_days = models.PositiveSmallIntegerField(
        "ข้อความใหม่เปิดเรื่องเดิมภายใน (วัน)",
        default=4,
        validators=[MaxValueValidator(60)],
        help_text="หลังจากเสร็จสิ้น ถ้าประชาชนเขียนมาภายในกี่วันจึงเปิดเรื่องเดิม เกินกว่านั้นเป็นเรื่องใหม่",
    )
    manual_minutes = models.PositiveSmallIntegerField(
        "กลับเป็นตอบอัตโนมัติเมื่อไม่มีใครเขียน (นาที)",
        default=240,
        validators=[MinValueValidator(5), MaxValueValidator(10_080)],
    )
    quota_reserve = models.PositiveIntegerField(
        "เก็บโควตาไว้สำหรับเรื่องที่รอไม่ได้ (ข้อความ)",
        default=30,
        help_text="เมื่อเหลือไม่เกินจำนวนนี้ ข้อความที่รอได้จะพักไว้และส่งฟรีพร้อมข้อความถัดไป",
    )
    staff_notice_minutes = models.PositiveSmallIntegerField(
        "แจ้งเจ้าหน้าที่ทาง LINE ห่างกันอย่างน้อย (นาที)",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
    )
    ai_on = models.BooleanField(
        "ให้ AI ช่วยเรียบเรียงคำตอบ",
        default=False,
        help_text="ทำงานเมื่อกำหนด AI_BASE_URL แล้วเท่านั้น",
    )
    payment_channel = models.ForeignKey(
        Channel,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="แจ้งชำระภาษีที่บัญชี LINE อื่น",
        help_text="ว่าง = แจ้งในแชตนี้ · เลือกบัญชีของงานจัดเก็บรายได้ เมนูจะพาไปเพิ่มเพื่อนบัญชีนั้น",
    )
    payment_account_url = models.URLField(
        "หรือลิงก์เพิ่มเพื่อนของบัญชีที่ยังไม่ได้เชื่อมกับระบบนี้",
        blank=True,
        help_text="สิ่งที่ส่งไปยังบัญชีที่ไม่ได้เชื่อม จะไม่มีการแจ้งเตือนและไม่มีใบเสร็จจากระบบนี้",
    )

    class Meta:
        verbose_name = "ตั้งค่าแชต"

    def __str__(self) -> str:
        return "ตั้งค่าแชต"
