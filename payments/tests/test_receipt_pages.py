"""What an address of a receipt gives, to whom, and when; and whether a paper is genuine."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from bannmae.models import Municipality, Staff
from bannmae.testing import make_resident
from bannmae.tests.paper_reading import text_of
from chatops.models import OutboundMessage, Resident
from chatops.outbox import delivery
from chatops.simulator.testing import Simulator
from payments import drawing, files, receipts, workflow
from payments.models import Receipt, ReceiptFile
from payments.tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(somsri: Resident, finance_clerk: Staff) -> Receipt:
    """A receipt of a notice, drawn."""
    notice = cast.confirmed(somsri, finance_clerk)
    issued = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)
    assert files.draw_due() == 1
    return issued


def _void(receipt: Receipt, by: Staff, head: Staff) -> None:
    receipts.approve_void(receipts.ask_void(receipt, by, "ชื่อผู้ชำระผิด"), head)


def _read(response: Any) -> bytes:
    return b"".join(response.streaming_content)  # which also closes the file


def test_whoever_has_the_address_reads_the_paper_and_no_search_engine_keeps_it(
    client: Client, receipt: Receipt
) -> None:
    pdf = client.get(f"/receipts/{receipt.token}.pdf")
    picture = client.get(f"/receipts/{receipt.token}.jpg")
    small = client.get(f"/receipts/{receipt.token}.jpg?preview=1")

    said = text_of(_read(pdf))
    for words in (
        "ใบเสร็จรับเงิน",
        "นางสมศรี ใจดี",
        "1,250.50",
        "หนึ่งพันสองร้อยห้าสิบบาทห้าสิบสตางค์",
        f"เลขที่ {receipt.number_label}",
    ):
        assert words in said
    assert "0812345678" not in said
    for response in (pdf, picture, small):
        assert response.status_code == 200
        assert "noindex" in response["X-Robots-Tag"]
    assert pdf["Content-Type"] == "application/pdf"
    wide = Image.open(io.BytesIO(_read(picture)))
    assert (wide.format, wide.width) == ("JPEG", 1600)
    assert Image.open(io.BytesIO(_read(small))).width < 1000


def test_the_offices_emblem_stands_on_what_is_issued_after_it_was_given(
    client: Client, finance_clerk: Staff
) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (3000, 3000), (180, 20, 20, 255)).save(out, "PNG")
    before = cast.issued(finance_clerk)
    assert files.draw_due() == 1
    name = default_storage.save("office/emblem.png", ContentFile(out.getvalue()))
    profile = Municipality.get_solo()
    profile.emblem = name
    profile.save()
    after = cast.issued(finance_clerk)
    assert files.draw_due() == 1

    sizes = {}
    for receipt in (before, after):
        page = PdfReader(io.BytesIO(_read(client.get(f"/receipts/{receipt.token}.pdf")))).pages[0]
        sizes[receipt.pk] = [image.image.size for image in page.images]
    assert sizes == {before.pk: [], after.pk: [(400, 400)]}


@pytest.mark.parametrize("name", ["receipts/{}.pdf", "receipts/{}.jpg"])
def test_another_name_gives_nothing(client: Client, receipt: Receipt, name: str) -> None:
    for wrong in ("x", receipt.token[:-1], receipt.token.swapcase(), str(receipt.pk), "%00"):
        assert client.get("/" + name.format(wrong)).status_code == 404


def test_a_receipt_that_is_not_drawn_yet_is_asked_for_again(
    client: Client, finance_clerk: Staff
) -> None:
    receipt = cast.issued(finance_clerk)

    response = client.get(f"/receipts/{receipt.token}.pdf")

    assert response.status_code == 202
    assert response["Retry-After"] == "2"
    assert "กำลังจัดทำใบเสร็จ" in response.content.decode()


def test_a_void_receipt_is_never_given_as_a_valid_one(
    client: Client, receipt: Receipt, finance_clerk: Staff, finance_head: Staff
) -> None:
    _void(receipt, finance_clerk, finance_head)
    assert client.get(f"/receipts/{receipt.token}.pdf").status_code == 202

    files.draw_due()

    said = text_of(_read(client.get(f"/receipts/{receipt.token}.pdf")))
    assert "ยกเลิก" in said
    assert "ชื่อผู้ชำระผิด" in said
    assert receipt.files.get(kind="original").pdf != receipt.files.get(kind="void").pdf


def test_verify_says_genuine_void_or_unknown_and_masks_the_name(
    client: Client, receipt: Receipt, finance_clerk: Staff, finance_head: Staff
) -> None:
    genuine = client.get(f"/verify/{receipt.token}").content.decode()
    _void(receipt, finance_clerk, finance_head)
    void = client.get(f"/verify/{receipt.token}").content.decode()
    unknown = client.get("/verify/nothing").content.decode()

    assert "ออกโดยเทศบาลจริง" in genuine
    assert "1,250.50" in genuine
    assert "ยกเลิกแล้ว" in void
    assert "ออกโดยเทศบาลจริง" not in void
    assert "ไม่พบใบเสร็จนี้" in unknown
    for page in (genuine, void, unknown):
        assert "สมศรี" not in page
        assert "ใจดี" not in page
        assert "ชื่อผู้ชำระผิด" not in page  # the reason may name somebody


def test_a_revoked_address_gives_nothing_and_the_paper_stays_genuine(
    client: Client, receipt: Receipt, finance_clerk: Staff
) -> None:
    receipts.revoke_link(receipt, finance_clerk, "ส่งผิดคน")

    assert client.get(f"/receipts/{receipt.token}.pdf").status_code == 404
    assert client.get(f"/receipts/{receipt.token}.jpg").status_code == 404
    assert "ออกโดยเทศบาลจริง" in client.get(f"/verify/{receipt.token}").content.decode()


def test_the_picture_goes_after_thirty_days_and_the_paper_stays(
    client: Client, receipt: Receipt
) -> None:
    ReceiptFile.objects.update(made_at=timezone.now() - timedelta(days=31))

    assert client.get(f"/receipts/{receipt.token}.jpg").status_code == 404
    assert _read(client.get(f"/receipts/{receipt.token}.pdf"))


def test_what_was_drawn_is_not_drawn_anew(client: Client, receipt: Receipt) -> None:
    before = _read(client.get(f"/receipts/{receipt.token}.pdf"))

    assert files.draw_due() == 0

    assert _read(client.get(f"/receipts/{receipt.token}.pdf")) == before


def test_the_message_waits_for_its_picture_and_has_it_drawn(
    finance_clerk: Staff, settings: Any, line: Simulator
) -> None:
    settings.PUBLIC_URL = "https://line.example"
    somsri = make_resident(line_user_id=line.resident())
    notice = cast.confirmed(somsri, finance_clerk)
    receipt = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)
    message = OutboundMessage.objects.get(about=f"receipt:{receipt.pk}")

    assert delivery.deliver(message)

    message.refresh_from_db()
    assert message.state == OutboundMessage.State.SENT
    assert ReceiptFile.objects.get(receipt=receipt).made_at is not None


def test_a_receipt_that_cannot_be_drawn_is_told_to_staff_and_sent_later(
    somsri: Resident, finance_clerk: Staff, settings: Any, line: object
) -> None:
    notice = cast.confirmed(somsri, finance_clerk)
    receipt = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)
    message = OutboundMessage.objects.get(about=f"receipt:{receipt.pk}")
    broken = {"BACKEND": "payments.tests.test_receipt_pages.NoStorage"}
    working = settings.STORAGES
    settings.STORAGES = working | {"default": broken}

    for _ in range(delivery.PREPARATIONS):
        ReceiptFile.objects.update(due_at=timezone.now())
        delivery.deliver(message)
        message.refresh_from_db()

    assert message.state == OutboundMessage.State.DEAD
    assert "เตรียมภาพไม่สำเร็จ" in message.last_error
    settings.STORAGES = working
    ReceiptFile.objects.update(due_at=timezone.now())
    assert files.draw_due() == 1


def test_a_receipt_that_a_killed_worker_was_drawing_is_waited_for_and_sent(
    finance_clerk: Staff, settings: Any, line: Simulator
) -> None:
    settings.PUBLIC_URL = "https://line.example"
    notice = cast.confirmed(make_resident(line_user_id=line.resident()), finance_clerk)
    receipt = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)
    message = OutboundMessage.objects.get(about=f"receipt:{receipt.pk}")
    # Claimed, and never heard of again.
    ReceiptFile.objects.update(due_at=timezone.now() + drawing.LEASE, attempts=1)

    for _ in range(2 * delivery.PREPARATIONS):
        assert not delivery.deliver(message)
        message.refresh_from_db()
    assert message.state == OutboundMessage.State.QUEUED
    assert message.due_at > timezone.now()

    ReceiptFile.objects.update(due_at=timezone.now())
    assert delivery.deliver(message)
    message.refresh_from_db()
    assert message.state == OutboundMessage.State.SENT


class NoStorage:
    """A storage that takes nothing."""

    def save(self, *args: object, **kwargs: object) -> str:
        """Fail."""
        raise OSError("disk full")

    def delete(self, name: str) -> None:
        """Do nothing."""


@pytest.mark.parametrize("name", ["%00", "a%00b", "%EF%BF%BD", "ก" * 300])
def test_a_name_that_is_none_is_not_even_asked_for(client: Client, name: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/verify/{name}").status_code == 200
        for address in ("receipts/{}.pdf", "receipts/{}.jpg"):
            assert client.get("/" + address.format(name)).status_code == 404
    assert not [one for one in asked if "payments_receipt" in one["sql"]]  # PostgreSQL takes no NUL
