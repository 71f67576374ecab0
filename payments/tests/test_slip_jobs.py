"""Slips as jobs: fetched, read, told apart; nothing of one notice held against itself."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.utils import timezone

from bannmae.media.photos import store_photo
from bannmae.testing import make_resident
from chatops.content import fetching
from chatops.models import MessageContent, OutboundMessage, Resident
from chatops.simulator.testing import Simulator
from chatops.tests.test_inbox import Chat
from payments.intake import Claim, add_slip, file_notice
from payments.models import NoticeEntry, PaymentNotice, Slip, SlipMatch, Status
from payments.slips import jobs
from payments.slips.jobs import read_due
from payments.tests.slip_pictures import Transfer, another, draw, jpeg, resized, slip_payload
from payments.tests.test_chat_pictures import said, says, sends, taps_menu

pytestmark = pytest.mark.django_db
State, Code = Slip.State, Slip.Code


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone."""
    return Chat(line, client)


def slip_of(reference: str = "016325112233ATF00001", **fields: Any) -> bytes:
    """A slip's picture with its code; `reference` '' draws none."""
    transfer = Transfer(**fields)
    if reference:
        transfer = replace(transfer, reference=reference, payload=slip_payload(reference=reference))
    return jpeg(draw(transfer))


def filed(resident: Resident | None, *pictures: bytes) -> PaymentNotice:
    """A notice of the LIFF page with these pictures."""
    return file_notice(
        resident=resident,
        claim=Claim(),
        via=PaymentNotice.Via.LIFF,
        slips=[store_photo(data) for data in pictures],
    )


def work() -> None:
    """Let everything that is due or waits for its time be worked off."""
    fetching.fetch_due()
    Slip.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    read_due()


def test_a_slip_of_the_chat_is_copied_and_read(chat: Chat, private_storage: Path) -> None:
    taps_menu(chat, "garbage")
    sends(chat, slip_of())
    assert read_due() == 1
    slip = Slip.objects.get()
    assert (slip.state, slip.file) == (State.WANTED, "")  # LINE has not given it yet
    assert slip.due_at is not None
    work()
    slip.refresh_from_db()
    assert (slip.state, slip.code, slip.due_at) == (State.READ, Code.FOUND, None)
    assert (slip.bank, slip.reference) == ("004", "016325112233ATF00001")
    assert len(slip.sha256) == 64
    assert slip.fingerprint
    assert slip.likenesses.exists()
    content = MessageContent.objects.get()
    assert slip.file.startswith("slips/")
    assert slip.file != content.file
    assert default_storage.exists(slip.thumbnail)
    assert (slip.width, slip.height) == (content.width, content.height)
    assert read_due() == 0


def test_no_code_is_normal_and_so_is_a_picture_that_is_no_slip(somsri: Resident) -> None:
    from bannmae.testing import picture

    filed(somsri, slip_of(""), picture())
    work()
    assert set(Slip.objects.values_list("state", "code")) == {(State.READ, Code.NONE)}
    assert not SlipMatch.objects.exists()


def test_the_same_reference_again_is_flagged_whosever_it_is(
    somsri: Resident, neighbour: Resident
) -> None:
    first = filed(somsri, slip_of())
    work()
    PaymentNotice.objects.filter(pk=first.pk).update(status=Status.REJECTED)
    second = filed(neighbour, slip_of(layout="purple"))
    work()
    match = SlipMatch.objects.get()
    assert (match.slip.notice, match.other.notice) == (second, first)
    assert match.kind == SlipMatch.Kind.REFERENCE


def test_the_later_slip_is_flagged_even_if_it_is_read_first(
    somsri: Resident, neighbour: Resident
) -> None:
    first, second = filed(somsri, slip_of()), filed(neighbour, slip_of())
    Slip.objects.filter(notice=first).update(due_at=timezone.now() + timedelta(hours=1))
    read_due()
    assert not SlipMatch.objects.exists()
    work()
    match = SlipMatch.objects.get()
    assert (match.slip.notice, match.other.notice) == (second, first)


def test_the_same_picture_and_nearly_the_same_one_are_flagged_without_a_code(
    somsri: Resident, neighbour: Resident
) -> None:
    picture = draw(Transfer(memo="ค่าขยะ"))
    filed(somsri, jpeg(picture))
    same = filed(neighbour, jpeg(picture))
    nearly = filed(make_resident("คำ"), jpeg(resized(picture, 720), quality=60))
    work()
    kinds = dict(SlipMatch.objects.filter(slip__notice=same).values_list("slip__notice", "kind"))
    assert kinds == {same.pk: SlipMatch.Kind.SAME}
    assert set(SlipMatch.objects.filter(slip__notice=nearly).values_list("kind", flat=True)) == {
        SlipMatch.Kind.ALIKE
    }


def test_two_transfers_that_look_alike_are_two(somsri: Resident, neighbour: Resident) -> None:
    one = Transfer().with_code()
    filed(somsri, jpeg(draw(one)))
    filed(neighbour, jpeg(draw(another(one, random.Random(1)))))
    # Forged: the picture of one with the code of another.
    filed(neighbour, jpeg(draw(replace(one, payload=slip_payload(reference="X" * 20)))))
    work()
    assert not SlipMatch.objects.exists()


def test_slips_of_one_notice_are_not_held_against_each_other(somsri: Resident) -> None:
    filed(somsri, slip_of(), slip_of())
    work()
    assert not SlipMatch.objects.exists()


def test_another_transfer_gets_a_notice_of_its_own(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะ 450 บาท โทร 0812345678 นางสมศรี ใจดี 12 หมู่ 5")
    sends(chat, slip_of("A" * 20), slip_of("A" * 20), slip_of("B" * 20), slip_of(""))
    first = PaymentNotice.objects.get()
    work()
    second = PaymentNotice.objects.exclude(pk=first.pk).get()
    assert set(first.slips.values_list("reference", flat=True)) == {"A" * 20, ""}
    assert second.slips.get().reference == "B" * 20
    assert (second.revenue, second.phone, second.amount) == (first.revenue, "0812345678", None)
    assert second.payer_name == "นางสมศรี ใจดี"
    assert not SlipMatch.objects.exists()
    told = OutboundMessage.objects.latest("id")
    assert second.number in str(told.messages)
    assert "จำนวนเงิน" in str(told.messages)
    assert second.number in "".join(first.entries.values_list("text", flat=True))
    # The same slip once more goes where its transfer is.
    sends(chat, slip_of("B" * 20))
    work()
    assert PaymentNotice.objects.count() == 2
    assert second.slips.count() == 2


def test_what_a_clerk_has_taken_is_not_parted_under_his_hands(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat, slip_of("A" * 20))
    work()
    PaymentNotice.objects.update(status=Status.CHECKING)
    sends(chat, slip_of("B" * 20))
    work()
    notice = PaymentNotice.objects.get()
    assert notice.slips.count() == 2
    assert "การโอนอีกครั้ง" in notice.entries.last().text


def test_what_line_does_not_give_is_told(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat, slip_of())
    MessageContent.objects.update(state=MessageContent.State.GONE, due_at=None)
    work()
    slip = Slip.objects.get()
    assert (slip.state, slip.due_at) == (State.GONE, None)


def test_two_workers_claim_a_slip_once(somsri: Resident) -> None:
    filed(somsri, slip_of())
    one, other = Slip.objects.get(), Slip.objects.get()
    assert jobs._claim(one)
    assert not jobs._claim(other)
    assert read_due() == 0  # until the lease ends


def test_a_storage_in_trouble_is_tried_again(
    somsri: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(somsri, slip_of())

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "open", fail)
        assert read_due() == 1
    slip = Slip.objects.get()
    assert slip.state == State.STORED
    assert slip.due_at is not None
    work()
    slip.refresh_from_db()
    assert slip.state == State.READ


def test_reading_costs_the_same_among_many_slips(
    somsri: Resident, django_assert_max_num_queries: Any
) -> None:
    one = Transfer().with_code()
    for place in range(12):
        filed(None, jpeg(draw(another(one, random.Random(place)))))
    work()
    filed(somsri, jpeg(draw(Transfer())))
    with django_assert_max_num_queries(25):
        assert read_due() == 1


def test_a_picture_that_never_comes_is_given_up(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    taps_menu(chat, "garbage")
    sends(chat, slip_of())
    fetching.fetch_due()
    MessageContent.objects.update(file="photos/nowhere.jpg")
    Slip.objects.update(attempts=jobs.MAX_ATTEMPTS - 1)
    work()
    slip = Slip.objects.get()
    assert (slip.state, slip.due_at) == (State.GONE, None)


# -- taken back ---------------------------------------------------------------------------------


def takes_back(chat: Chat, message_id: str) -> None:
    """Have her unsend a message."""
    chat.line.unsend(chat.user_id, message_id)
    chat.deliver()


def test_a_slip_taken_back_before_the_confirmation_is_deleted(
    chat: Chat, neighbour: Resident
) -> None:
    taps_menu(chat, "garbage")
    sends(chat, slip_of())
    work()
    filed(neighbour, slip_of())
    work()
    assert SlipMatch.objects.count() == 1
    slip = Slip.objects.get(message__isnull=False)
    takes_back(chat, slip.message.line_message_id)
    work()
    file, thumbnail = slip.file, slip.thumbnail
    slip.refresh_from_db()
    assert (slip.state, slip.file, slip.reference, slip.sha256) == (State.REMOVED, "", "", "")
    assert not default_storage.exists(file)
    assert not default_storage.exists(thumbnail)
    assert slip.notice.entries.filter(kind=NoticeEntry.Kind.UNSENT).count() == 1
    assert not SlipMatch.objects.exists()
    assert slip.due_at is None


def test_a_slip_taken_back_while_it_is_fetched_leaves_nothing(
    chat: Chat, private_storage: Path
) -> None:
    taps_menu(chat, "garbage")
    sends(chat, slip_of())
    fetching.fetch_due()
    slip = Slip.objects.select_related("message").get()
    assert jobs._claim(slip)
    takes_back(chat, slip.message.line_message_id)
    MessageContent.objects.update(state=MessageContent.State.STORED)  # as he had seen it
    jobs._work(slip)
    slip.refresh_from_db()
    assert (slip.state, slip.file) == (State.REMOVED, "")
    assert not list((private_storage / "slips").rglob("*.jpg"))


@pytest.mark.parametrize("status", [Status.CONFIRMED, Status.RECEIPTED])
def test_evidence_of_confirmed_money_stays(chat: Chat, finance_clerk: Any, status: str) -> None:
    taps_menu(chat, "garbage")
    sends(chat, slip_of())
    work()
    slip = Slip.objects.get()
    PaymentNotice.objects.update(
        status=status, confirmed_by=finance_clerk, money_seen_on=timezone.localdate()
    )
    takes_back(chat, slip.message.line_message_id)
    work()
    slip.refresh_from_db()
    assert (slip.state, slip.reference) == (State.READ, "016325112233ATF00001")
    assert default_storage.exists(slip.file)
    assert slip.notice.entries.get(kind=NoticeEntry.Kind.UNSENT)


def test_words_taken_back_go_with_what_they_alone_said(chat: Chat) -> None:
    taps_menu(chat, "garbage")
    sends(chat, slip_of())
    says(chat, "450 บาท")
    says(chat, "นางสมศรี ใจดี โทร 0812345678")
    notice = PaymentNotice.objects.get()
    message = chat.resident.messages.get(text__contains="สมศรี")
    takes_back(chat, message.line_message_id)
    notice.refresh_from_db()
    assert (notice.payer_name, notice.phone, notice.phone_index) == ("", "", "")
    assert (str(notice.amount), notice.words) == ("450.00", "450 บาท")


def test_a_slip_is_added_once_however_often_its_message_comes(chat: Chat) -> None:
    from payments.intake import add_message

    taps_menu(chat, "garbage")
    sends(chat, slip_of())
    notice = PaymentNotice.objects.get()
    with transaction.atomic():
        add_message(notice, chat.resident.messages.get(kind="image"))
        add_slip(notice, store_photo(slip_of()))
    assert notice.slips.count() == 2
    assert notice.number in said(chat, 3)
