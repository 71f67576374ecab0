"""What is kept of LINE: channels, residents, events, messages in and out."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from bannmae.privacy.fields import EncryptedTextField
from bannmae.reference import forget_when_saved
from chatops.line import REPLY_TOKEN_LIFE


class Channel(models.Model):
    """A LINE Official Account. The main one takes its credentials from the environment.

    The others bring their own, encrypted. User ids are LINE's per provider: residents of two
    accounts under one provider are the same people.
    https://developers.line.biz/en/docs/messaging-api/getting-user-ids/
    """

    MAIN = "main"

    slug = models.SlugField("รหัส", unique=True, max_length=40)
    name = models.CharField("ชื่อ", max_length=100)
    channel_secret = EncryptedTextField("Channel secret", blank=True, default="")
    access_token = EncryptedTextField("Channel access token", blank=True, default="")
    provider = models.CharField(
        "ผู้ให้บริการ (Provider) ใน LINE Developers",
        max_length=100,
        blank=True,
        help_text="บัญชีที่อยู่ใต้ Provider เดียวกัน ระบบจะถือว่าผู้ใช้คนเดียวกันเป็นคนเดียวกัน",
    )
    add_friend_url = models.URLField("ลิงก์เพิ่มเพื่อน", blank=True)
    is_active = models.BooleanField("ใช้งาน", default=True)
    # -- the month's quota, as last looked at ------------------------------------------
    quota_limit = models.PositiveIntegerField("โควตาต่อเดือน", null=True, editable=False)
    quota_used = models.PositiveIntegerField("ใช้ไปแล้ว", null=True, editable=False)
    quota_seen_at = models.DateTimeField("ตรวจเมื่อ", null=True, editable=False)
    # -- health, written by the outbox -----------------------------------------------
    paused_until = models.DateTimeField("หยุดส่งถึง", null=True, blank=True, editable=False)
    trouble = models.CharField("ปัญหา", max_length=500, blank=True, editable=False)
    consecutive_timeouts = models.PositiveSmallIntegerField(default=0, editable=False)
    quota_spent_at = models.DateTimeField("โควตาหมดเมื่อ", null=True, blank=True, editable=False)
    # A further account's own rich menu: keys of menu entries in their order; none: no menu.
    menu_entries = models.JSONField("เมนูของบัญชีนี้", default=list, blank=True)
    # -- the rich menu at hand: {alias: {"rich_menu_id": …, "fingerprint": …}} ---------
    rich_menus = models.JSONField(default=dict, blank=True, editable=False)
    # Until when somebody is bringing them to LINE; None: nobody is.
    menu_lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "บัญชี LINE"
        verbose_name_plural = "บัญชี LINE"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def main(cls) -> Channel:
        """Return the main channel (made by a migration)."""
        return cls.objects.get(slug=cls.MAIN)


CHANNEL = "line-channel:"  # and its slug: what the webhook keeps of it
PROVIDERS = "line-providers"
forget_when_saved(Channel, lambda channel: [f"{CHANNEL}{channel.slug}", PROVIDERS])


class QuotaDay(models.Model):
    """What a channel had used of its month's quota at the end of a day; for the forecast."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="quota_days")
    day = models.DateField("วันที่")
    used = models.PositiveIntegerField("ใช้ไปแล้วในเดือน")
    limit = models.PositiveIntegerField("โควตา", null=True)

    class Meta:
        verbose_name = "การใช้โควตา"
        verbose_name_plural = "การใช้โควตา"
        constraints = [models.UniqueConstraint(fields=["channel", "day"], name="quota_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.used}"


class Resident(models.Model):
    """A person as one channel knows her. Holds no personal data beyond her LINE profile."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="residents")
    line_user_id = models.CharField("LINE user ID", max_length=33)
    display_name = models.CharField("ชื่อใน LINE", max_length=200, blank=True)
    picture_url = models.CharField("รูปโปรไฟล์", max_length=2000, blank=True)
    profile_fetched_at = models.DateTimeField(null=True, blank=True)
    followed_at = models.DateTimeField("เพิ่มเพื่อนเมื่อ", null=True, blank=True)
    blocked_at = models.DateTimeField("บล็อกเมื่อ", null=True, blank=True)
    created_at = models.DateTimeField("พบครั้งแรก", auto_now_add=True)
    # The topic of the menu button that she tapped last: what she writes next is about it.
    topic_hint = models.ForeignKey(
        "chatops.Topic", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    topic_hint_at = models.DateTimeField(null=True, blank=True, editable=False)
    labels = models.ManyToManyField(
        "chatops.Label", verbose_name="ป้ายกำกับ", blank=True, related_name="residents"
    )
    # A worker owns her while this lease runs; see chatops/outbox/claim.py.
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "ประชาชน"
        verbose_name_plural = "ประชาชน"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "line_user_id"], name="resident_once_per_channel"
            )
        ]

    def __str__(self) -> str:
        return self.display_name or f"ผู้ใช้ LINE {self.pk}"

    @property
    def is_blocked(self) -> bool:
        """True while she blocks the account: what is sent does not arrive."""
        return self.blocked_at is not None


class WebhookEvent(models.Model):
    """One event as LINE sent it, kept once by its webhookEventId."""

    event_id = models.CharField(max_length=64, unique=True)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="+")
    line_user_id = models.CharField(max_length=33, blank=True)
    kind = models.CharField(max_length=40)
    # LINE's id of the message inside ('' for other kinds): an unsend must find it.
    message_id = models.CharField(max_length=64, blank=True, db_index=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # Raw JSON text, as sent; blanked when its message is unsent.
    body = models.TextField()
    # Null once done with (or given up on): the partial index below is the queue.
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "เหตุการณ์จาก LINE"
        verbose_name_plural = "เหตุการณ์จาก LINE"
        indexes = [
            # Serves the sweep: who has an event that is due?
            models.Index(fields=["due_at"], name="event_due", condition=Q(due_at__isnull=False)),
            # Serves the drain: her waiting events by time.
            models.Index(
                fields=["channel", "line_user_id", "occurred_at"],
                name="event_waiting_of_resident",
                condition=Q(due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Message(models.Model):
    """What a resident said in the chat, whatever it was said with."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="messages")
    # None: it called for no case (a greeting, a tap that the menu answered).
    case = models.ForeignKey(
        "chatops.ChatCase", models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    line_message_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField("ชนิด", max_length=20)
    text = models.TextField("ข้อความ", blank=True)
    # What the kind needs beside a text: sticker_id, package_id, keywords; latitude, longitude,
    # title, address; file_name, file_size; duration_ms; image_set, index, total.
    details = models.JSONField(default=dict, blank=True)
    # LINE's ids: of the message that she quoted, for quoting this one, for marking it as read.
    quoted_message_id = models.CharField(max_length=64, blank=True)
    quote_token = models.CharField(max_length=300, blank=True)
    mark_as_read_token = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField("เวลา")
    unsent_at = models.DateTimeField("ยกเลิกเมื่อ", null=True, blank=True)
    event = models.OneToOneField(
        WebhookEvent, models.SET_NULL, null=True, blank=True, related_name="message"
    )

    class Meta:
        verbose_name = "ข้อความจากประชาชน"
        verbose_name_plural = "ข้อความจากประชาชน"
        indexes = [
            models.Index(fields=["resident", "-sent_at"]),
            # A conversation, newest first.
            models.Index(fields=["case", "-sent_at"], name="message_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.line_message_id}"


class OutboundMessage(models.Model):
    """A message to a resident, written before LINE is called. See chatops/outbox/."""

    class State(models.TextChoices):
        QUEUED = "queued", "รอส่ง"
        SENDING = "sending", "กำลังส่ง"
        RETRYING = "retrying", "จะลองส่งอีก"
        HELD = "held", "พักไว้ (โควตาหมด)"
        SENT = "sent", "ส่งแล้ว"
        UNREACHED = "unreached", "ผู้ใช้บล็อกบัญชีนี้ (ส่งข้อความไม่ถึง)"
        DEAD = "dead", "ส่งไม่สำเร็จ"
        CANCELLED = "cancelled", "ยกเลิก"

    WAITING = (State.QUEUED, State.SENDING, State.RETRYING)

    resident = models.ForeignKey(
        Resident, models.PROTECT, related_name="outbound", verbose_name="ผู้รับ"
    )
    # What it is about, for staff and for finding it again: 'complaint:123', 'reply'.
    about = models.CharField("เรื่อง", max_length=60, blank=True, db_index=True)
    # The same cause never makes two messages: 'timeline:77', 'event:01H…'.
    dedupe_key = models.CharField(max_length=100, unique=True)
    # The conversation that it belongs to, and who wrote it (None: the system).
    case = models.ForeignKey(
        "chatops.ChatCase", models.SET_NULL, null=True, blank=True, related_name="outbound"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="ผู้เขียน",
    )
    messages = models.JSONField("ข้อความ (LINE JSON)")
    can_wait = models.BooleanField("รอได้เมื่อโควตาหมด", default=False)
    created_at = models.DateTimeField("สร้างเมื่อ", default=timezone.now)
    # When anything of it changed last: an open conversation asks for what is newer.
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    state = models.CharField("สถานะ", max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField("กำหนดส่ง", default=timezone.now)
    # Whether it is to be sent: the partial indexes below are the queue. (SQLite does not see
    # that a list of bound states implies an index's condition; a column by itself it does.)
    is_waiting = models.GeneratedField(
        expression=Q(state__in=["queued", "sending", "retrying"]),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    attempts = models.PositiveSmallIntegerField("ครั้งที่ลอง", default=0)
    last_error = models.CharField("เหตุผลจาก LINE", max_length=1000, blank=True)

    # -- the free way: a reply token, while it is fresh -------------------------------
    reply_token = models.CharField(max_length=100, blank=True)
    reply_token_expires_at = models.DateTimeField(null=True, blank=True)
    # An earlier try with the token had no clear answer: LINE may have taken it.
    reply_unclear = models.BooleanField(default=False)
    # A held message that rides on another's reply shares its fate.
    rides_on = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="riders", editable=False
    )
    # -- the paid way: the same key from the first push to the last, 24 h --------------
    retry_key = models.UUIDField(default=uuid.uuid4, editable=False)
    first_push_at = models.DateTimeField(null=True, blank=True)

    sent_at = models.DateTimeField("ส่งเมื่อ", null=True, blank=True)
    sent_via = models.CharField("ส่งโดย", max_length=5, blank=True)  # 'reply' or 'push'
    line_message_ids = models.JSONField(default=list, blank=True)
    line_request_id = models.CharField(max_length=100, blank=True)
    resent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="สั่งส่งอีกครั้งโดย",
    )

    class Meta:
        verbose_name = "ข้อความถึงประชาชน"
        verbose_name_plural = "ข้อความถึงประชาชน"
        ordering = ["-id"]
        indexes = [
            # Serves the sweep: who has something due?
            models.Index(
                fields=["due_at", "resident"],
                name="outbound_due",
                condition=Q(is_waiting=True),
            ),
            # Serves the drain: her oldest waiting message.
            models.Index(
                fields=["resident", "id"],
                name="outbound_waiting_of_resident",
                condition=Q(is_waiting=True),
            ),
            # Serves whom a held message may ride with.
            models.Index(
                fields=["resident", "id"], name="outbound_held", condition=Q(state="held")
            ),
            # A conversation, newest first; and what of it changed since the last look.
            models.Index(
                fields=["case", "-created_at"],
                name="outbound_of_case",
                condition=Q(case__isnull=False),
            ),
            # What used the month's quota.
            models.Index(fields=["sent_at"], name="outbound_pushed", condition=Q(sent_via="push")),
            # Serves the staff's list of what went wrong.
            models.Index(fields=["state", "-id"], name="outbound_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.about or self.dedupe_key} ({self.get_state_display()})"

    def fresh_reply_token(self, now: datetime) -> str:
        """Return the reply token while LINE would still take it, else ''.

        One that seems to live longer than any does came before the clock was set back.
        """
        until = self.reply_token_expires_at
        fresh = until is not None and now < until <= now + REPLY_TOKEN_LIFE
        return self.reply_token if fresh else ""


class AutoText(models.Model):
    """A text that the chat sends by itself; its words belong to the staff."""

    key = models.SlugField("รหัส", unique=True, max_length=40, editable=False)
    title = models.CharField("ใช้เมื่อ", max_length=120, editable=False)
    text = models.TextField(
        "ข้อความ",
        max_length=2000,
        help_text="ใช้ {municipality} {phone} {office_hours} {payment_instructions} ได้",
    )
    changed_at = models.DateTimeField("แก้ไขเมื่อ", auto_now=True)

    class Meta:
        verbose_name = "ข้อความอัตโนมัติ"
        verbose_name_plural = "ข้อความอัตโนมัติ"
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title
