"""What the automatic reply knows, what it answered, and what nobody had an answer to."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from bannmae.models import Division
from chatops.models.chat import ChatCase, Topic
from chatops.models.line import Message, Resident


class KnowledgeRowQuerySet(models.QuerySet["KnowledgeRow"]):
    """Rows by whether they may be answered from."""

    def usable(self, day: date) -> KnowledgeRowQuerySet:
        """Published ones that are valid on `day`."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            state=KnowledgeRow.State.PUBLISHED,
        )

    def expired(self, day: date) -> KnowledgeRowQuerySet:
        """Published ones whose day has passed: their owner must look at them."""
        return self.filter(state=KnowledgeRow.State.PUBLISHED, valid_until__lt=day)


class KnowledgeRow(models.Model):
    """A question, its answer, whose it is and how long it holds."""

    class State(models.TextChoices):
        DRAFT = "draft", "ฉบับร่าง (ยังไม่ใช้ตอบ)"
        PUBLISHED = "published", "ใช้ตอบ"
        RETIRED = "retired", "เลิกใช้"

    question = models.CharField("คำถาม", max_length=300, unique=True)
    answer = models.TextField("คำตอบ", max_length=2000)
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="knowledge", verbose_name="กอง/งานเจ้าของข้อมูล"
    )
    # The owner's name to the letter of the list that it came from.
    division_name = models.CharField("ชื่อกอง/งานตามต้นฉบับ", max_length=150, blank=True)
    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="knowledge",
        verbose_name="หัวข้อแชต",
    )
    state = models.CharField("สถานะ", max_length=10, choices=State, default=State.DRAFT)
    valid_for = models.CharField("ปี/ช่วงที่ใช้ได้", max_length=300, blank=True)
    valid_until = models.DateField("ใช้ได้ถึงวันที่", null=True, blank=True)
    source = models.TextField("แหล่งที่มา", blank=True, max_length=2000)
    checked_on = models.DateField("ตรวจสอบล่าสุด", null=True, blank=True)
    checked_by = models.CharField("ผู้ตรวจสอบ", max_length=150, blank=True)
    # What the file said that it was loaded from last: said again, it overwrites no edit.
    file_digest = models.CharField(max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField("แก้ไขเมื่อ", auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="แก้ไขโดย",
    )
    # -- how it does, counted when it happens -------------------------------------------
    times_answered = models.PositiveIntegerField("ตอบ (ครั้ง)", default=0, editable=False)
    times_solved = models.PositiveIntegerField("กดได้คำตอบแล้ว", default=0, editable=False)
    times_handed_over = models.PositiveIntegerField("ขอคุยกับเจ้าหน้าที่", default=0, editable=False)

    objects = KnowledgeRowQuerySet.as_manager()

    class Meta:
        verbose_name = "คำถาม–คำตอบ"
        verbose_name_plural = "ฐานความรู้ (คำถาม–คำตอบ)"
        ordering = ["division__order", "id"]
        indexes = [models.Index(fields=["state", "valid_until"], name="knowledge_usable")]

    def __str__(self) -> str:
        return self.question


class KnowledgePhrase(models.Model):
    """Another way in which people ask a row's question."""

    row = models.ForeignKey(KnowledgeRow, models.CASCADE, related_name="phrases")
    text = models.CharField("วิธีถามอื่น", max_length=300)

    class Meta:
        verbose_name = "วิธีถามอื่น"
        verbose_name_plural = "วิธีถามอื่น"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["row", "text"], name="phrase_once_per_row")]

    def __str__(self) -> str:
        return self.text


class AutomaticAnswer(models.Model):
    """What the automatic reply did with one message, and what came of it."""

    class Outcome(models.TextChoices):
        NONE = "", "ยังไม่ทราบ"
        SOLVED = "solved", "ได้คำตอบแล้ว"
        HANDED_OVER = "handed_over", "คุยกับเจ้าหน้าที่"

    message = models.OneToOneField(
        Message, models.CASCADE, null=True, blank=True, related_name="automatic_answer"
    )
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="automatic_answers")
    case = models.ForeignKey(
        ChatCase, models.SET_NULL, null=True, blank=True, related_name="automatic_answers"
    )
    row = models.ForeignKey(
        KnowledgeRow, models.SET_NULL, null=True, blank=True, related_name="answers"
    )
    action = models.CharField("ทำอะไร", max_length=12)
    confidence = models.FloatField("ความมั่นใจ", default=0.0)
    by_model = models.BooleanField("เรียบเรียงโดย AI", default=False)
    at = models.DateTimeField("เวลา")
    outcome = models.CharField(
        "ผล", max_length=12, choices=Outcome, default=Outcome.NONE, blank=True
    )
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "คำตอบอัตโนมัติ"
        verbose_name_plural = "คำตอบอัตโนมัติ"
        indexes = [models.Index(fields=["case", "-id"], name="automatic_of_case")]

    def __str__(self) -> str:
        return f"{self.action} {self.row_id or ''}"


class QuestionGroup(models.Model):
    """Questions without an answer that are like each other; one click makes a row of them."""

    class State(models.TextChoices):
        OPEN = "open", "ยังไม่มีคำตอบ"
        ANSWERED = "answered", "ทำเป็นคำตอบแล้ว"
        DISMISSED = "dismissed", "ไม่ต้องมีคำตอบ"

    text = models.CharField("คำถาม", max_length=300)
    # In the form in which likeness is told.
    key = models.TextField(editable=False)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, related_name="+", verbose_name="กอง/งาน"
    )
    times = models.PositiveIntegerField("ถาม (ครั้ง)", default=0)
    first_at = models.DateTimeField("ถามครั้งแรก")
    last_at = models.DateTimeField("ถามล่าสุด")
    state = models.CharField("สถานะ", max_length=10, choices=State, default=State.OPEN)
    row = models.ForeignKey(
        KnowledgeRow, models.SET_NULL, null=True, blank=True, related_name="came_from"
    )

    class Meta:
        verbose_name = "คำถามที่ยังไม่มีคำตอบ"
        verbose_name_plural = "คำถามที่ยังไม่มีคำตอบ"
        ordering = ["-times", "-last_at"]
        indexes = [models.Index(fields=["state", "-times"], name="question_group_open")]

    def __str__(self) -> str:
        return self.text


class Question(models.Model):
    """One question that nothing answered, its personal data masked."""

    group = models.ForeignKey(QuestionGroup, models.CASCADE, related_name="questions")
    message = models.OneToOneField(
        Message, models.CASCADE, null=True, blank=True, related_name="unanswered"
    )
    text = models.CharField("คำถาม", max_length=300)
    at = models.DateTimeField("เวลา")

    class Meta:
        verbose_name = "คำถาม"
        verbose_name_plural = "คำถาม"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text
