"""From the code on the officer's page to the message in his own LINE, through LINE's events."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bannmae.models import Staff
from chatops import tasks
from chatops.alerts import registry
from chatops.models import ChatCase, Message, OutboundMessage, Resident, StaffLink, WebhookEvent
from chatops.simulator.testing import Simulator
from chatops.tests.chats import make_chat, make_welfare_officer
from chatops.tests.test_inbox import Chat
from chatops.worker import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What just happened is looked at at once."""
    monkeypatch.setattr(registry, "SETTLES", timedelta(0))


@pytest.fixture
def phone(line: Simulator) -> Chat:
    """The officer's own phone."""
    return Chat(line, Client())


def words_for(officer: Staff) -> str:
    """What his page tells him to send."""
    browser = Client()
    browser.force_login(officer)
    page = browser.post("/admin/line-link/", {"do": "code"}).content.decode()
    shown = re.search(r'data-testid="link-code">([^<]+)<', page)
    assert shown is not None
    return shown.group(1)


def send(phone: Chat, text: str) -> None:
    """Have him write it and a worker handle it."""
    phone.line.text(phone.user_id, text)
    phone.deliver()


def test_an_officer_links_his_line_is_told_there_and_unlinks_it(phone: Chat) -> None:
    officer = make_welfare_officer()
    words = words_for(officer)
    send(phone, words)
    assert phone.answers()[-1].startswith("เชื่อมบัญชีแล้ว")
    assert StaffLink.objects.get(staff=officer).resident == phone.resident

    make_chat()
    assert tasks.tell_staff() == 1
    work_off()
    assert phone.answers()[-1] == "มีเรื่องใหม่ของท่าน: แชต 1"
    assert OutboundMessage.objects.get(about=f"staff:{officer.pk}").sent_via == "push"
    assert tasks.tell_staff() == 0

    browser = Client()
    browser.force_login(officer)
    browser.post("/admin/line-link/", {"do": "unlink"})
    make_chat()
    assert tasks.tell_staff() == 0


def test_the_code_is_kept_nowhere_and_opens_no_chat(phone: Chat) -> None:
    words = words_for(make_welfare_officer())
    send(phone, words)
    code = words.split()[-1]
    kept = [
        *Message.objects.values_list("text", flat=True),
        *WebhookEvent.objects.values_list("body", flat=True),
        *ChatCase.objects.values_list("last_text", flat=True),
        json.dumps(list(OutboundMessage.objects.values_list("messages", flat=True))),
    ]
    assert kept
    assert not any(code in text for text in kept)
    assert not ChatCase.objects.exists()


def test_guessing_ends_in_silence_and_links_nobody(phone: Chat) -> None:
    words = words_for(make_welfare_officer())
    for guess in ("ผูก AAAAA2", "ผูก AAAAA3", "ผูก AAAAA4", "ผูก AAAAA5", "ผูก AAAAA6"):
        send(phone, guess)
    assert all("ไม่ถูกต้อง" in answer for answer in phone.answers())
    assert len(phone.answers()) == 5
    send(phone, words)
    assert "เชื่อมบัญชีแล้ว" not in str(phone.answers())
    assert StaffLink.objects.get().resident is None


def test_an_officer_who_blocks_the_account_is_told_nothing_until_he_returns(phone: Chat) -> None:
    send(phone, words_for(make_welfare_officer()))
    phone.line.block(phone.user_id)
    phone.deliver()
    make_chat()
    assert tasks.tell_staff() == 0
    phone.line.unblock(phone.user_id)
    phone.deliver()
    assert tasks.tell_staff() == 1
    work_off()
    assert phone.answers()[-1] == "มีเรื่องใหม่ของท่าน: แชต 1"
    assert Resident.objects.get(pk=phone.resident.pk).blocked_at is None
    assert StaffLink.objects.get().told_at <= timezone.now()
