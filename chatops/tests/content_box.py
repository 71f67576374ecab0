"""What the tests of message files have in hand: a phone, a message from it, the storage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from chatops.content import fetching, jobs
from chatops.models import Channel, ChatCase, Message, MessageContent, Resident, Topic
from chatops.simulator.testing import Simulator

MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"moov" * 5000
M4A = b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + b"mdat" * 500
PDF = b"%PDF-1.7\n" + b"1 0 obj\n" * 200
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


class Phone:
    """สมศรี's phone, with a conversation at the desk; what she sends is noted as the inbox does."""

    def __init__(self, line: Simulator, storage: Path) -> None:
        self.line, self.storage, self.user_id = line, storage, line.resident()
        self.resident = Resident.objects.create(
            channel=Channel.main(), line_user_id=self.user_id, display_name="สมศรี"
        )
        topic, now = Topic.objects.get(slug=Topic.GENERAL), timezone.now()
        self.case = ChatCase.objects.create(
            resident=self.resident,
            topic=topic,
            division=topic.division,
            opened_at=now,
            inbox_at=now,
            last_at=now,
        )

    def note(self, message_id: str, kind: str, **details: Any) -> MessageContent:
        """Write down her message and that its file is wanted."""
        with transaction.atomic():
            message = Message.objects.create(
                resident=self.resident,
                case=self.case,
                line_message_id=message_id,
                kind=kind,
                details=details,
                sent_at=timezone.now(),
            )
            jobs.want(message)
        return MessageContent.objects.get(message=message)

    def photo(self, data: bytes) -> MessageContent:
        """She sends a photo, as the LINE app does."""
        return self.note(self.line.image(self.user_id, data)["message_id"], "image")

    def raw_photo(self, data: bytes) -> MessageContent:
        """She sends a photo, and LINE hands out exactly these bytes."""
        sent = self.line.upload(self.user_id, "file", data, name="photo.jpg")
        return self.note(sent["message_id"], "image")

    def send(self, kind: str, data: bytes, name: str = "x.bin") -> MessageContent:
        """She sends a file, a video or a sound."""
        sent = self.line.upload(self.user_id, kind, data, name=name)
        details = {"file_name": name, "file_size": len(data)} if kind == "file" else {}
        return self.note(sent["message_id"], kind, **details)

    def take_back(self, content: MessageContent) -> None:
        """She takes a message back, and the inbox handles that."""
        with transaction.atomic():
            Message.objects.filter(pk=content.message_id).update(unsent_at=timezone.now())
            jobs.remove(content.message)

    def files(self) -> list[Path]:
        """What lies in the private storage."""
        return sorted(path for path in self.storage.rglob("*") if path.is_file())

    def downloads(self) -> int:
        """How often LINE was asked for a file."""
        return sum(call["path"].endswith("/content") for call in self.line.requests())


def fetch(content: MessageContent) -> MessageContent:
    """Let the time come at which the file is due, and a worker look; return the row anew."""
    MessageContent.objects.filter(pk=content.pk, due_at__isnull=False).update(due_at=timezone.now())
    fetching.fetch_due()
    content.refresh_from_db()
    return content
