"""What she tells of her health stays with its named readers, under whatever message it stands."""

from __future__ import annotations

import pytest

from chatops.models import ChatCase, Message, Question
from chatops.tests.test_conversation import UNKNOWN, says
from chatops.tests.test_conversation import chat as chat  # a fixture
from chatops.tests.test_inbox import Chat

pytestmark = pytest.mark.django_db


def test_health_told_under_an_everyday_message_is_no_everyday_matter(chat: Chat) -> None:
    says(chat, UNKNOWN)
    everyday = Message.objects.get()
    Question.objects.all().delete()
    told = "ผมติดเชื้อเอชไอวี ต้องเริ่มยาต้านที่ไหนครับ"
    chat.line.text(chat.user_id, told, everyday.line_message_id)
    chat.deliver()
    said = Message.objects.select_related("case__topic").get(text=told)
    assert said.quoted_message_id == everyday.line_message_id
    assert said.case is not None
    assert said.case.topic.slug == "health-privacy"
    assert ChatCase.objects.get(pk=everyday.case_id).messages.count() == 1
    assert not Question.objects.exists()
