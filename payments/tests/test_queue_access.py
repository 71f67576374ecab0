"""Who sees payments at the desk, and who may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from bannmae import navigation
from bannmae.models import AccessLog, Staff
from chatops.alerts.registry import sources
from chatops.models import Resident
from chatops.tests.desk import at, make_case
from payments import receipts, workflow
from payments.desk.queue_chat import payments_of
from payments.models import PaymentNotice, Status
from payments.tests.cast import claimed, confirmed
from payments.tests.queue_desk import (
    LIST,
    as_,
    drain,
    form,
    onlooker,
    page,
    press,
    repeat,
    strangers,
)

pytestmark = pytest.mark.django_db


def addresses(notice: PaymentNotice) -> list[str]:
    """Every address of the room that shows a payment."""
    token = notice.slips.get().token
    return [
        LIST,
        f"{LIST}add/",
        f"{LIST}issue-all/",
        reverse("admin:payments_households"),
        page(notice),
        page(notice, "slip", token),
        page(notice, "slip_small", token),
        page(notice, "slip_file", token),
    ]


def test_only_finance_sees_payments(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)
    repeat(notice, claimed(somsri))

    for who, staff in strangers().items():
        browser = as_(staff)
        for address in addresses(notice):
            assert browser.get(address).status_code in (403, 404), (who, address)
        for address in (page(notice, "act"), page(notice, "preview")):
            answer = browser.post(address, form(notice, "confirm"))
            assert answer.status_code in (403, 404), (who, address)
        first = browser.get("/admin/").content.decode()
        assert "แจ้งชำระเงิน" not in first, who
        assert "รอออกใบเสร็จ" not in first, who
        assert payments_of(staff, [somsri.pk]) == [], who
        source = next(one for one in sources() if one.key == "payments")
        since = notice.created_at.replace(year=2000)
        assert source.newest(staff, since, notice.created_at).count == 0, who
    notice.refresh_from_db()
    assert notice.status == Status.RECEIVED
    for address in addresses(notice):
        answer = as_(finance_clerk).get(address)
        drain(answer)
        assert answer.status_code == 200, address


def test_who_only_looks_changes_nothing(somsri: Resident, finance_clerk: Staff) -> None:
    notice = confirmed(somsri, finance_clerk)
    looks = onlooker()

    shown = as_(looks).get(page(notice))
    assert shown.status_code == 200
    assert "data-issue-now" not in shown.content.decode()
    assert press(looks, notice, "issue").status_code == 403
    assert as_(looks).post(f"{LIST}add/", {}).status_code == 403
    assert as_(looks).get(f"{LIST}issue-all/").status_code == 403
    notice.refresh_from_db()
    assert notice.status == Status.CONFIRMED


def test_first_screen_counts_what_waits(somsri: Resident, finance_clerk: Staff) -> None:
    first, second = claimed(somsri), claimed(somsri)
    repeat(second, first)
    confirmed(somsri, finance_clerk)

    screen = as_(finance_clerk).get("/admin/")
    tiles = {tile.title: tile.figure for tile in screen.context["tiles"]}

    assert tiles["รอตรวจ"] == "2"
    assert tiles["รอออกใบเสร็จ"] == "1"
    assert tiles["สลิปซ้ำ"] == "2"  # each of the two asks for a look


def test_the_side_menu_begins_with_what_one_works_in(
    finance_clerk: Staff, engineer: Staff, rf: Any
) -> None:
    def groups(staff: Staff) -> list[tuple[str, str]]:
        request = rf.get("/admin/")
        request.user = staff
        return [
            (group["title"], str(group["items"][0]["title"]))
            for group in navigation.side_menu(request)
        ]

    assert groups(finance_clerk)[0] == (navigation.MONEY, "งานของฉัน")
    assert groups(engineer)[0] == (navigation.MAILBOX, "งานของฉัน")
    assert navigation.MONEY not in dict(groups(engineer))


def test_new_notices_are_told_to_clerks_once_taken_no_more(
    somsri: Resident, finance_clerk: Staff, finance_head: Staff
) -> None:
    notice = claimed(somsri)
    source = next(one for one in sources() if one.key == "payments")
    since, until = notice.created_at.replace(year=2000), notice.created_at

    news = source.newest(finance_clerk, since, until)
    assert (news.count, news.latest) == (1, until)
    assert source.stirred() == until
    assert source.newest(finance_clerk, until, until.replace(year=2600)).count == 0
    press(finance_head, notice, "take")
    assert source.newest(finance_clerk, since, until).count == 0


def test_chat_desk_shows_her_payments_to_clerks(
    somsri: Resident, neighbour: Resident, finance_clerk: Staff
) -> None:
    notice = claimed(somsri)
    claimed(neighbour)

    (row,) = payments_of(finance_clerk, [somsri.pk])

    assert notice.number in row.text
    assert row.url == page(notice)
    assert row.state == Status.RECEIVED.label
    assert "1,250.50" in row.hint


def test_looks_and_acts_are_logged(somsri: Resident, finance_clerk: Staff) -> None:
    notice = claimed(somsri)
    browser = as_(finance_clerk)
    for _ in range(2):
        browser.get(page(notice))
    for _ in range(2):
        kept = browser.get(page(notice, "slip_file", notice.slips.get().token))
        drain(kept)
    assert kept["Content-Disposition"] == f'attachment; filename="{notice.number}.jpg"'
    press(finance_clerk, notice, "take")

    rows = AccessLog.objects.filter(subject=f"payment:{notice.number}", staff=finance_clerk)
    looks = rows.filter(action=AccessLog.Action.VIEW_PAYMENT)
    assert [row.detail for row in looks.order_by("id")] == ["", "ดาวน์โหลดภาพสลิป", "ดาวน์โหลดภาพสลิป"]
    assert [row.detail for row in rows.filter(action=AccessLog.Action.MONEY)] == ["รับตรวจ"]


def test_slip_of_another_notice_is_not_given(somsri: Resident, finance_clerk: Staff) -> None:
    notice, other = claimed(somsri), claimed(somsri)

    answer = as_(finance_clerk).get(page(notice, "slip", other.slips.get().token))

    assert answer.status_code == 404


def test_in_a_chat_that_others_read_what_was_sent_of_money_stays_with_finance(
    somsri: Resident, finance_clerk: Staff
) -> None:
    case = make_case(somsri, "garbage-fee", words="โอนแล้วค่ะ", assignee=finance_clerk)
    notice = confirmed(somsri, finance_clerk)
    PaymentNotice.objects.filter(pk=notice.pk).update(case=case)
    notice.refresh_from_db()
    receipt = receipts.issue(workflow.draft_of(notice), finance_clerk, notice=notice)

    seen = as_(finance_clerk).get(at(case, "open")).content.decode("unicode-escape")
    assert receipt.token in seen
    answer = as_(strangers()["superuser outside"]).get(at(case, "open"))
    assert answer.status_code == 200, "the chat itself is his to read"
    shown = answer.content.decode("unicode-escape")
    assert receipt.token not in shown
    assert "1,250.50" not in shown
