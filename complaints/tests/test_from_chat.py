"""A case from a chat: drawn up by an officer, confirmed by its teller, filed once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bannmae import testing
from bannmae.models import Staff
from chatops.content.fetching import fetch_due
from chatops.models import ChatCase, ChatEntry, MessageContent, OutboundMessage
from chatops.simulator.testing import Simulator
from chatops.tests.chats import make_chat, make_welfare_officer
from chatops.tests.test_inbox import Chat
from complaints import proposals
from complaints.models import Category, Complaint, Proposal

pytestmark = pytest.mark.django_db
WORDS = "ขอให้มาดูถนนหน้าบ้านหน่อยค่ะ เป็นหลุมลึกมาก รถล้มไปสองคันแล้ว"


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี has told of a hole in the road, with a photo and where it is."""
    chat = Chat(line, client)
    line.text(chat.user_id, WORDS)
    line.image(chat.user_id, testing.picture(640, 480))
    line.location(chat.user_id, 18.6137, 98.8936)
    chat.deliver()
    fetch_due()
    return chat


@pytest.fixture
def officer(client: Client) -> Staff:
    """An engineer at his desk."""
    officer = testing.make_engineer()
    client.force_login(officer)
    return officer


def case_of(chat: Chat) -> ChatCase:
    """Her chat about the road, whichever topic it came to."""
    case = ChatCase.objects.get(messages__text=WORDS)
    engineering = testing.Division.objects.get(slug="engineering")
    ChatCase.objects.filter(pk=case.pk).update(division=engineering)
    case.messages.model.objects.filter(resident=case.resident).update(case=case)
    return case


def address(case: ChatCase) -> str:
    """The form for all of the chat's messages."""
    ids = ",".join(str(pk) for pk in case.messages.values_list("pk", flat=True))
    return f"{reverse('admin:complaints_from_chat')}?case={case.pk}&messages={ids}"


def form(case: ChatCase, **changes: Any) -> dict[str, Any]:
    """What the officer sends."""
    return {
        "filing_key": str(uuid4()),
        "category": Category.objects.get(slug="road").pk,
        "subject": "ถนนเป็นหลุมหน้าบ้าน",
        "details": WORDS,
        "village": "3",
        "place": "หน้าบ้านเลขที่ 12",
        "full_name": "สมศรี ใจดี",
        "phone": "081-234-5678",
        "position": "on",
        "pictures": list(
            MessageContent.objects.filter(message__case=case).values_list("token", flat=True)
        ),
        **changes,
    }


def buttons(chat: Chat) -> dict[str, dict[str, Any]]:
    """The buttons of the last card."""
    contents = chat.line.from_account(chat.user_id)[-1]["contents"]["footer"]["contents"]
    return {one["action"]["label"]: one["action"] for one in contents}


def propose(chat: Chat, client: Client, **changes: Any) -> Proposal:
    """Send the form; the card reaches her phone."""
    case = case_of(chat)
    answer = client.post(address(case), form(case, **changes))
    assert answer.status_code == 302, answer.context["form"].errors
    chat.deliver([])
    return Proposal.objects.get()


def tap(chat: Chat, label: str) -> None:
    """Let her tap a button of the card."""
    chat.line.tap(chat.user_id, buttons(chat)[label])
    chat.deliver()


def test_the_form_is_filled_in_from_the_chosen_messages(
    chat: Chat, client: Client, officer: Staff
) -> None:
    page = client.get(address(case_of(chat)))
    shown = page.content.decode()
    assert WORDS in shown
    assert shown.count('name="pictures"') == 1
    assert page.context["form"].initial["full_name"] == "สมศรี ใจดี"
    assert "แนบพิกัด" in shown
    assert "หมายเลขบัตรประชาชน" not in page.context["form"].fields


def test_what_she_told_another_division_is_not_filled_in(
    chat: Chat, client: Client, officer: Staff
) -> None:
    case = case_of(chat)
    told = testing.make_complaint(resident=case.resident)
    for owner, phone in (("legal", ""), ("engineering", told.phone)):
        division = testing.Division.objects.get(slug=owner)
        Complaint.objects.filter(pk=told.pk).update(division=division)
        assert client.get(address(case)).context["form"].initial["phone"] == phone


def test_nothing_is_filed_before_she_confirms_and_then_once(
    chat: Chat, client: Client, officer: Staff
) -> None:
    proposal = propose(chat, client)
    assert not Complaint.objects.exists()
    assert "ถนนเป็นหลุมหน้าบ้าน" in json.dumps(
        chat.line.from_account(chat.user_id)[-1], ensure_ascii=False
    )
    confirm = buttons(chat)["ยืนยันแจ้งเรื่อง"]
    for _ in range(3):
        chat.line.tap(chat.user_id, confirm)
        chat.deliver()
    complaint = Complaint.objects.get()
    assert complaint.filing_key == proposal.key
    assert (complaint.via, complaint.resident) == ("chat", chat.resident)
    assert complaint.photos.count() == 1
    assert float(complaint.latitude or 0) == pytest.approx(18.6137)
    assert complaint.phone == "0812345678"
    answers = chat.answers()
    assert sum("รับเรื่องแล้ว" in answer for answer in answers) == 1
    assert f"เลขที่ {complaint.number}" in answers[-1]
    assert ChatEntry.objects.filter(
        kind=ChatEntry.Kind.FILED, text__contains=complaint.number
    ).exists()


def test_what_she_declines_is_not_filed_and_comes_back_to_the_officer(
    chat: Chat, client: Client, officer: Staff
) -> None:
    proposal = propose(chat, client)
    copies = [photo["name"] for photo in proposal.photos]
    assert all(default_storage.exists(name) for name in copies)
    tap(chat, "ไม่ถูกต้อง")
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.DECLINED
    assert not Complaint.objects.exists()
    assert case_of(chat).waiting_since is not None
    chat.line.tap(
        chat.user_id,
        {"type": "postback", "label": "x", "data": f"proposal={proposal.key}&do=confirm"},
    )
    chat.deliver()
    assert not Complaint.objects.exists()
    assert "ไม่ยืนยัน" in chat.answers()[-1]


def test_the_photos_of_the_case_outlive_the_chats(
    chat: Chat, client: Client, officer: Staff
) -> None:
    propose(chat, client)
    tap(chat, "ยืนยันแจ้งเรื่อง")
    kept = Complaint.objects.get().photos.get()
    content = MessageContent.objects.get()
    chat.line.unsend(chat.user_id, content.message.line_message_id)
    chat.deliver()
    fetch_due()
    assert not default_storage.exists(content.file)
    assert default_storage.exists(kept.file)


def test_the_same_form_sent_twice_asks_her_once(chat: Chat, client: Client, officer: Staff) -> None:
    key = str(uuid4())
    propose(chat, client, filing_key=key)
    case = case_of(chat)
    again = client.post(address(case), form(case, filing_key=key))
    assert again.status_code == 302
    assert Proposal.objects.count() == 1
    assert OutboundMessage.objects.filter(dedupe_key=f"proposal:{key}").count() == 1


def test_an_old_form_is_no_order_any_more(chat: Chat, client: Client, officer: Staff) -> None:
    proposal = propose(chat, client)
    Proposal.objects.update(at=timezone.now() - timedelta(days=8))
    tap(chat, "ยืนยันแจ้งเรื่อง")
    assert not Complaint.objects.exists()
    assert "เกิน 7 วัน" in chat.answers()[-1]
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.EXPIRED
    assert proposal.photos == []


def test_old_forms_are_let_go_of_with_their_photos(
    chat: Chat, client: Client, officer: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    [photo] = propose(chat, client).photos
    assert proposals.expire_old() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert proposals.expire_old(timezone.now() + timedelta(days=8)) == 1
    assert not default_storage.exists(photo["name"])


def test_what_she_takes_back_is_in_no_draft_any_more(
    chat: Chat, client: Client, officer: Staff
) -> None:
    [photo] = propose(chat, client).photos
    told = chat.resident.messages.get(text=WORDS)
    confirm = buttons(chat)["ยืนยันแจ้งเรื่อง"]
    chat.line.unsend(chat.user_id, told.line_message_id)
    chat.deliver()
    proposal = Proposal.objects.get()
    assert proposal.state == Proposal.State.TAKEN_BACK
    assert (proposal.details, proposal.photos) == ("", [])
    chat.line.tap(chat.user_id, confirm)
    chat.deliver()
    assert not Complaint.objects.exists()
    assert "ยกเลิกข้อความ" in chat.answers()[-1]


def test_nobody_else_confirms_it(chat: Chat, client: Client, officer: Staff) -> None:
    proposal = propose(chat, client)
    other = Chat(chat.line, client)
    other.user_id = chat.line.resident("บุญมี แก้วคำ")
    chat.line.tap(
        other.user_id,
        {"type": "postback", "label": "x", "data": f"proposal={proposal.key}&do=confirm"},
    )
    other.deliver()
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("make", [make_welfare_officer, testing.make_executive])
def test_who_does_not_see_the_chat_makes_nothing_of_it(client: Client, make: Any) -> None:
    case = make_chat("public-works")
    client.force_login(make())
    for answer in (client.get(address(case)), client.post(address(case), form(case))):
        assert answer.status_code in (403, 404)
    assert not Proposal.objects.exists()


def test_messages_of_another_chat_are_not_taken(client: Client, officer: Staff) -> None:
    mine, other = make_chat("public-works"), make_chat("welfare", text="ความลับของคนอื่น")
    ids = f"{mine.messages.get().pk},{other.messages.get().pk},99999999999999999999,x"
    page = client.get(f"{reverse('admin:complaints_from_chat')}?case={mine.pk}&messages={ids}")
    assert "ความลับของคนอื่น" not in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"phone": "12"}, "phone"), ({"subject": ""}, "subject"), ({"pictures": ["x"]}, "pictures")],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    client: Client, officer: Staff, changes: dict[str, Any], field: str
) -> None:
    case = make_chat("public-works")
    answer = client.post(address(case), form(case, **changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "หน้าบ้านเลขที่ 12" in answer.content.decode()
