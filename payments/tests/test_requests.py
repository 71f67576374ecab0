"""What the office asks to pay: sent with a QR, answered by a slip of that amount, taken back."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import zxingcpp
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from bannmae.models import AccessLog, Municipality, Staff
from bannmae.testing import NATIONAL_ID, picture
from bannmae.thai.calendar import be_year, local_date
from chatops.content import jobs
from chatops.models import ChatCase, OutboundMessage, Resident
from chatops.outbox import preparing
from chatops.simulator.testing import Simulator
from chatops.tests.chats import make_chat, say
from chatops.tests.test_inbox import Chat
from chatops.worker import work_off
from payments import requests, thaiqr, workflow
from payments.desk import request_picture
from payments.errors import Refused
from payments.intake import Claim, file_notice
from payments.models import (
    PaymentNotice,
    PaymentRequest,
    PaymentSettings,
    Revenue,
)
from payments.tests.test_chat_pictures import said, says, sends, taps_menu

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(line: Simulator, client: Client) -> Chat:
    """สมศรี with her phone."""
    return Chat(line, client)


def with_qr(kind: str = "biller", account: str = "099400012345900") -> None:
    """Set the account that the QR pays to."""
    chosen = PaymentSettings.get_solo()
    chosen.qr_kind, chosen.qr_account = kind, account
    chosen.save()


def ask(amount: str = "450.00", slug: str = "garbage_fee", **fields: Any) -> requests.Ask:
    """What the clerk asks for."""
    fields.setdefault("what_for", "ค่าเก็บขยะ ม.ค.–มี.ค. 2569")
    return requests.Ask(Revenue.objects.get(slug=slug), amount=Decimal(amount), **fields)


def made(by: Staff, resident: Resident | None = None, *asks: requests.Ask) -> PaymentRequest:
    """A request in a chat about garbage fees; several in the same one."""
    case = make_chat("garbage-fee", resident=resident)
    rows = [requests.make(case.pk, by, one, key=uuid4()) for one in asks or (ask(),)]
    return rows[0]


def test_a_request_with_a_qr_is_drawn_before_it_leaves(
    chat: Chat, finance_clerk: Staff, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def draw(request: PaymentRequest) -> bytes:
        drawn.append(request.number)
        return picture(1040, 1200)

    monkeypatch.setattr(request_picture, "draw", draw)
    with_qr()
    taps_menu(chat, "garbage")
    says(chat, "ขอยอดค้างของบ้านเลขที่ 12 หมู่ 3 หน่อยค่ะ")
    case = ChatCase.objects.get()
    request = requests.make(case.pk, finance_clerk, ask(), key=uuid4())
    assert request.number == f"R{be_year(local_date(request.at)) % 100}-0001"
    code = thaiqr.parse(request.payload)
    assert code is not None
    assert (code.amount, code.reference_1) == (Decimal("450.00"), request.number.replace("-", ""))
    row = OutboundMessage.objects.latest("id")
    assert (row.about, row.case, row.author) == (
        f"payment-request:{request.pk}",
        case,
        finance_clerk,
    )
    image, card = row.messages
    path = image["originalContentUrl"].removeprefix("http://localhost:8000")
    assert path.endswith(f"/payment-requests/{request.token}.jpg")
    assert "450.00 บาท" in json.dumps(card, ensure_ascii=False)
    assert client.get(f"/payment-requests/{request.token}.jpg").status_code == 404  # not yet
    work_off()
    assert drawn == [request.number]
    answer = client.get(f"/payment-requests/{request.token}.jpg")
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert Image.open(io.BytesIO(answer.getvalue())).width == 1040
    small = client.get(f"/payment-requests/{request.token}-480.jpg")
    assert max(Image.open(io.BytesIO(small.getvalue())).size) == 480
    assert request.number in said(chat)
    assert client.get(f"/payment-requests/{'x' * 43}.jpg").status_code == 404


def test_the_real_picture_carries_the_code(finance_clerk: Staff) -> None:
    with_qr("tax_id", NATIONAL_ID)
    request = made(finance_clerk)
    assert preparing.failure(OutboundMessage.objects.latest("id")) == ""
    request.refresh_from_db()
    from django.core.files.storage import default_storage

    with default_storage.open(request.picture) as file:
        [code] = zxingcpp.read_barcodes(Image.open(file))
    assert code.text == request.payload
    names = (request.picture, request.preview)
    assert preparing.failure(OutboundMessage.objects.latest("id")) == ""  # drawn once
    request.refresh_from_db()
    assert (request.picture, request.preview) == names


def test_without_an_account_the_card_alone_says_where_to_pay(finance_clerk: Staff) -> None:
    profile = Municipality.get_solo()
    profile.payment_instructions = "ธนาคารกรุงไทย สาขาสันป่าตอง"
    profile.save()
    made(finance_clerk)
    [card] = OutboundMessage.objects.latest("id").messages
    assert card["type"] == "flex"
    assert "ธนาคารกรุงไทย" in json.dumps(card, ensure_ascii=False)
    case = ChatCase.objects.get()
    assert (case.waiting_since, case.mode) == (None, ChatCase.Mode.AUTO)
    assert case.first_answer_at is not None


def test_an_account_that_no_bank_takes_is_refused_and_nothing_is_sent(
    finance_clerk: Staff,
) -> None:
    with_qr("biller", "123")
    case = make_chat("garbage-fee")
    with pytest.raises(Refused):
        requests.make(case.pk, finance_clerk, ask(), key=uuid4())
    assert not PaymentRequest.objects.exists()
    assert not OutboundMessage.objects.exists()


def test_the_same_form_twice_asks_once(finance_clerk: Staff) -> None:
    case, key = make_chat("garbage-fee"), uuid4()
    first = requests.make(case.pk, finance_clerk, ask(), key=key)
    assert requests.make(case.pk, finance_clerk, ask(), key=key) == first
    assert OutboundMessage.objects.count() == 1


def test_only_who_handles_money_and_sees_the_chat_asks(
    finance_clerk: Staff, engineer: Staff
) -> None:
    mine, other = make_chat("garbage-fee"), make_chat("welfare")
    for case, by in ((mine, engineer), (other, finance_clerk)):
        with pytest.raises(Refused):
            requests.make(case.pk, by, ask(), key=uuid4())


# -- her answer -----------------------------------------------------------------------------------


def test_a_slip_with_that_amount_answers_it(chat: Chat, finance_clerk: Staff) -> None:
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะค้างอยู่ของบ้านเลขที่ 12 หมู่ 3 ค่ะ")
    case = ChatCase.objects.get()
    wrong = requests.make(case.pk, finance_clerk, ask("300.00"), key=uuid4())
    right = requests.make(case.pk, finance_clerk, ask("450.00"), key=uuid4())
    says(chat, "โอน 450 บาทแล้วค่ะ")
    sends(chat)
    notice = PaymentNotice.objects.get()
    right.refresh_from_db()
    wrong.refresh_from_db()
    assert (right.notice, wrong.notice) == (notice, None)
    assert notice.revenue is not None
    assert notice.revenue.slug == "garbage_fee"
    assert right.number in "".join(notice.entries.values_list("text", flat=True))


def test_the_only_request_is_meant_by_who_names_no_amount(chat: Chat, finance_clerk: Staff) -> None:
    taps_menu(chat, "tax")
    says(chat, "ขอยอดภาษีค่ะ")
    case = ChatCase.objects.get()
    request = requests.make(
        case.pk,
        finance_clerk,
        ask("1250.50", "signboard_tax", what_for="ภาษีป้าย ปี 2569", ref1="SHOP12"),
        key=uuid4(),
    )
    sends(chat)
    notice = PaymentNotice.objects.get()
    assert notice.amount == Decimal("1250.50")
    assert notice.reference == "SHOP12"
    assert notice.revenue == request.revenue


def test_an_amount_told_later_answers_it_too(chat: Chat, finance_clerk: Staff) -> None:
    taps_menu(chat, "garbage")
    sends(chat)
    case = ChatCase.objects.get()
    finance_clerk.restricted_topics.add(case.topic)
    for amount in ("300.00", "450.00"):
        requests.make(case.pk, finance_clerk, ask(amount), key=uuid4())
    says(chat, "450 บาท")
    assert PaymentRequest.objects.get(amount="450.00").notice == PaymentNotice.objects.get()
    assert PaymentRequest.objects.get(amount="300.00").notice is None


def test_anothers_request_and_a_cancelled_one_are_not_answered(
    chat: Chat, finance_clerk: Staff, neighbour: Resident
) -> None:
    made(finance_clerk, neighbour)
    taps_menu(chat, "garbage")
    says(chat, "ค่าขยะค้างอยู่ของบ้านเลขที่ 12 หมู่ 3 ค่ะ")
    case = ChatCase.objects.get(resident=chat.resident)
    hers = requests.make(case.pk, finance_clerk, ask(), key=uuid4())
    requests.cancel(hers.pk, finance_clerk)
    says(chat, "450 บาท")
    sends(chat)
    assert not PaymentRequest.objects.exclude(notice=None).exists()


# -- taken back -----------------------------------------------------------------------------------


def test_a_request_that_has_not_left_is_not_sent(finance_clerk: Staff, client: Client) -> None:
    request = made(finance_clerk)
    requests.cancel(request.pk, finance_clerk)
    assert OutboundMessage.objects.get().state == OutboundMessage.State.CANCELLED
    requests.cancel(request.pk, finance_clerk)  # once more does nothing
    assert OutboundMessage.objects.count() == 1


def test_who_has_it_is_told_and_its_picture_is_gone(finance_clerk: Staff, client: Client) -> None:
    with_qr()
    request = made(finance_clerk)
    OutboundMessage.objects.update(state=OutboundMessage.State.SENT, attempts=1)
    PaymentRequest.objects.update(picture="x.jpg", preview="y.jpg")
    requests.cancel(request.pk, finance_clerk)
    told = OutboundMessage.objects.latest("id")
    assert "อย่าชำระ" in json.dumps(told.messages, ensure_ascii=False)
    assert client.get(f"/payment-requests/{request.token}.jpg").status_code == 404


def test_what_she_has_answered_is_not_taken_back(finance_clerk: Staff, somsri: Resident) -> None:
    request = made(finance_clerk, somsri)
    notice = PaymentNotice.objects.create(
        number="P69-9999", resident=somsri, via=PaymentNotice.Via.CHAT
    )
    PaymentRequest.objects.update(notice=notice)
    with pytest.raises(Refused, match="P69-9999"):
        requests.cancel(request.pk, finance_clerk)


def answered(request: PaymentRequest, resident: Resident) -> PaymentNotice:
    """The payment that she tells of by the form of this request."""
    claim = Claim(revenue=request.revenue, amount=request.amount, request=request)
    return file_notice(resident=resident, claim=claim, via=PaymentNotice.Via.LIFF)


def test_what_answered_it_and_was_rejected_leaves_it_open_for_a_better_slip(
    finance_clerk: Staff, somsri: Resident
) -> None:
    request = made(finance_clerk, somsri)
    first = answered(request, somsri)
    assert requests.open_to(somsri, request.number) is None
    first = workflow.reject(first.pk, finance_clerk, first.version, "อ่านสลิปไม่ได้")
    assert requests.open_to(somsri, request.number) == request

    second = answered(request, somsri)
    request.refresh_from_db()
    assert request.notice == second
    workflow.look_again(first.pk, finance_clerk, first.version)
    request.refresh_from_db()
    assert request.notice == second, "what is answered by another stays so"


def test_what_is_looked_at_again_answers_what_it_had_answered(
    finance_clerk: Staff, somsri: Resident
) -> None:
    other = made(finance_clerk, somsri, ask(), ask())
    request = PaymentRequest.objects.get(case=other.case, pk__gt=other.pk)
    notice = answered(request, somsri)
    notice = workflow.reject(notice.pk, finance_clerk, notice.version, "อ่านสลิปไม่ได้")
    workflow.look_again(notice.pk, finance_clerk, notice.version)
    for one in (request, other):
        one.refresh_from_db()
    assert (request.notice, other.notice) == (notice, None), "of two alike it is that one"
    with pytest.raises(Refused, match="แจ้งชำระตามใบแจ้งยอดนี้แล้ว"):
        requests.cancel(request.pk, finance_clerk)


def test_what_was_answered_in_vain_can_be_taken_back(
    finance_clerk: Staff, somsri: Resident
) -> None:
    request = made(finance_clerk, somsri)
    notice = answered(request, somsri)
    workflow.reject(notice.pk, finance_clerk, notice.version, "อ่านสลิปไม่ได้")
    assert requests.cancel(request.pk, finance_clerk).cancelled_at is not None
    assert requests.open_to(somsri, request.number) is None


# -- the desk -------------------------------------------------------------------------------------


def form_url(case: ChatCase, *messages: int) -> str:
    """The form's address, as the chat desk opens it."""
    chosen = ",".join(map(str, messages))
    return f"{reverse('admin:payments_request_from_chat')}?case={case.pk}&messages={chosen}"


def test_the_form_is_filled_in_from_the_chosen_messages_and_sends(
    client: Client, finance_clerk: Staff
) -> None:
    client.force_login(finance_clerk)
    case = make_chat("garbage-fee", text="ค่าขยะ ม.ค.-มี.ค. 2569 450 บาท ใช่ไหมคะ")
    page = client.get(form_url(case, *case.messages.values_list("pk", flat=True)))
    form = page.context["form"]
    assert form.initial["amount"] == Decimal("450.00")
    assert form.initial["what_for"] == "ค่าเก็บขยะ ม.ค.–มี.ค. 2569"
    sent = {
        "filing_key": str(form.initial["filing_key"]),
        "revenue": form.initial["revenue"],
        "what_for": form.initial["what_for"],
        "amount": "๔๕๐",
        "ref1": "",
        "ref2": "",
    }
    answer = client.post(form_url(case), sent)
    assert answer.status_code == 302
    request = PaymentRequest.objects.get()
    assert (request.amount, request.by) == (Decimal("450.00"), finance_clerk)
    assert AccessLog.objects.filter(subject=f"payment-request:{request.number}").exists()
    client.post(form_url(case), sent)
    assert PaymentRequest.objects.count() == 1


def test_a_wrong_form_comes_back_as_typed(client: Client, finance_clerk: Staff) -> None:
    client.force_login(finance_clerk)
    case = make_chat("garbage-fee")
    answer = client.post(
        form_url(case),
        {"filing_key": str(uuid4()), "what_for": "ค่าขยะ", "amount": "0", "ref1": "ก-1"},
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"revenue", "amount", "ref1"}
    assert "ก-1" in answer.content.decode()
    assert not PaymentRequest.objects.exists()


def test_others_find_nothing(client: Client, engineer: Staff, finance_clerk: Staff) -> None:
    request = made(finance_clerk)
    page = reverse("admin:payments_paymentrequest_change", args=[request.pk])
    client.force_login(engineer)
    assert client.get(form_url(request.case)).status_code == 404
    assert client.get(page).status_code in (403, 404)
    assert client.post(f"{page.removesuffix('change/')}cancel/").status_code in (403, 404)
    client.force_login(finance_clerk)
    assert client.get(form_url(make_chat("welfare"))).status_code == 404
    request.refresh_from_db()
    assert request.cancelled_at is None


def test_the_page_the_list_and_the_way_back(client: Client, finance_clerk: Staff) -> None:
    client.force_login(finance_clerk)
    request = made(finance_clerk)
    listed = client.get(reverse("admin:payments_paymentrequest_changelist")).content.decode()
    assert request.number in listed
    assert "รอชำระ" in listed
    page = reverse("admin:payments_paymentrequest_change", args=[request.pk])
    assert "ยกเลิกใบแจ้งยอด" in client.get(page).content.decode()
    client.post(reverse("admin:payments_paymentrequest_cancel", args=[request.pk]))
    request.refresh_from_db()
    assert request.cancelled_at is not None
    assert "ยกเลิกแล้ว" in client.get(page).content.decode()


def test_the_list_costs_the_same_for_many(client: Client, finance_clerk: Staff) -> None:
    client.force_login(finance_clerk)
    url = reverse("admin:payments_paymentrequest_changelist")

    def cost() -> int:
        client.get(url)  # what a page may keep is kept
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    made(finance_clerk)
    one = cost()
    for _ in range(12):
        made(finance_clerk)

    assert cost() == one


# -- pictures of another conversation ------------------------------------------------------------


def take_url(case: ChatCase) -> str:
    """The page's address with all messages of the case chosen."""
    chosen = ",".join(str(pk) for pk in case.messages.values_list("pk", flat=True))
    return f"{reverse('admin:payments_notice_from_chat')}?case={case.pk}&messages={chosen}"


def test_a_slip_of_another_conversation_is_taken_in_once(
    client: Client, finance_clerk: Staff
) -> None:
    client.force_login(finance_clerk)
    case = make_chat("tax", text="โอนค่าขยะ 450 บาท")
    with transaction.atomic():
        jobs.want(say(case.resident, "", kind="image", case=case))
    assert "บันทึกเป็นแจ้งชำระเงิน" in client.get(take_url(case)).content.decode()
    assert client.post(take_url(case)).status_code == 302
    notice = PaymentNotice.objects.get()
    assert (notice.resident, notice.case) == (case.resident, case)
    assert notice.amount == Decimal("450.00")
    assert notice.slips.get().message == case.messages.get(kind="image")
    assert notice.number in json.dumps(OutboundMessage.objects.get().messages, ensure_ascii=False)
    again = client.post(take_url(case))
    assert again.status_code == 409
    assert notice.number in again.content.decode()
    assert PaymentNotice.objects.count() == 1


def test_words_alone_are_no_slip_and_others_take_nothing(
    client: Client, finance_clerk: Staff, engineer: Staff
) -> None:
    case = make_chat("tax", text="โอนค่าขยะ 450 บาท")
    client.force_login(finance_clerk)
    assert client.post(take_url(case)).status_code == 409
    client.force_login(engineer)
    assert client.get(take_url(case)).status_code == 404
    assert not PaymentNotice.objects.exists()


def test_taking_back_locks_the_chat_before_the_request(
    finance_clerk: Staff, somsri: Resident
) -> None:
    # As whoever takes her slip in does: crosswise PostgreSQL would stop one of the two.
    request = made(finance_clerk, somsri)
    with CaptureQueriesContext(connection) as asked:
        requests.cancel(request.pk, finance_clerk)
    tables = [one["sql"].partition(' FROM "')[2].partition('"')[0] for one in asked]
    assert tables.index("chatops_chatcase") < tables.index("payments_paymentrequest")
