"""Reminders: once for each person, to nobody who has paid, and whatever stops in between."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bannmae.models import Staff
from bannmae.testing import NATIONAL_ID, OTHER_NATIONAL_ID, make_resident
from bannmae.thai.calendar import local_date
from chatops.models import Channel, OutboundMessage, Resident
from payments.assessments import proof, reminders, sending
from payments.assessments.audience import audience_of, left_to_the_post
from payments.assessments.mailing import labels_of
from payments.errors import Refused
from payments.models import (
    Assessment,
    PaymentSettings,
    ReminderRecipient,
    ReminderRun,
    Revenue,
)
from payments.tests import assessment_cast as cast

pytestmark = pytest.mark.django_db
THIRD_ID = "1101700230708"


def run_of(by: Staff, moment: str = "before", **fields: Any) -> ReminderRun:
    """Return a draft."""
    revenue = Revenue.objects.get(slug=cast.LAND)
    return ReminderRun.objects.create(
        revenue=revenue, year=cast.YEAR, moment=moment, created_by=by, **fields
    )


def started(by: Staff, **fields: Any) -> ReminderRun:
    """Return one that is being sent."""
    return reminders.start(run_of(by, **fields), by)


def told() -> list[Resident]:
    """Return to whom a reminder stands in the outbox."""
    rows = OutboundMessage.objects.filter(about__startswith="reminder:").order_by("pk")
    return [row.resident for row in rows.select_related("resident")]


@pytest.fixture
def owes(somsri: Resident, finance_clerk: Staff) -> Assessment:
    """สมศรี is linked and owes."""
    cast.linked(somsri)
    return cast.assessment(finance_clerk)


@pytest.mark.parametrize("moment", ["before", "on", "after"])
@pytest.mark.parametrize("with_terms", [True, False])
def test_the_message_names_no_one_and_no_amount(
    owes: Assessment, finance_clerk: Staff, moment: str, with_terms: bool
) -> None:
    if with_terms:
        cast.terms()
    message = reminders.message_of(run_of(finance_clerk, moment, words="ชำระได้ที่กองคลังทุกวันทำการ"))
    text = json.dumps(message, ensure_ascii=False)
    assert "ข้อความนี้มิใช่หนังสือแจ้งการประเมินหรือหนังสือแจ้งเตือนตามกฎหมาย" in text
    assert "ชำระได้ที่กองคลังทุกวันทำการ" in text
    assert ("30 เมษายน 2570" in text) == with_terms
    for secret in ("สมศรี", "1000", "1,000", NATIONAL_ID, owes.number, "บาท"):
        assert secret not in text
    assert "/taxes" in text


@pytest.mark.parametrize(
    "words",
    [
        "ท่านค้าง 1,250 บาท",
        "ยอด ๕๐๐ บาท",
        "ชำระ 300บ.",
        "ของ นางสมศรี ใจดี",
        "เลข 1-2345-67890-12-1",
    ],
)
def test_words_for_everybody_name_nobody(
    owes: Assessment, finance_clerk: Staff, words: str
) -> None:
    revenue = Revenue.objects.get(slug=cast.LAND)
    assert reminders.problem_with(words, revenue, cast.YEAR)
    with pytest.raises(Refused):
        started(finance_clerk, words=words)
    assert not reminders.problem_with("โทร. 053-123456 ในเวลาราชการ ปี 2570", revenue, cast.YEAR)


def test_each_is_told_once_however_often_it_rings(
    owes: Assessment, somsri: Resident, finance_clerk: Staff
) -> None:
    cast.assessment(finance_clerk)  # she owes twice
    run = started(finance_clerk)
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    assert told() == [somsri]
    row = OutboundMessage.objects.get()
    assert row.dedupe_key == f"reminder:{run.pk}:{somsri.pk}"
    assert row.can_wait
    assert ReminderRecipient.objects.get().outbound == row
    run.refresh_from_db()
    assert run.state == ReminderRun.State.DONE
    assert run.ended_at


def test_nothing_goes_before_it_is_started(owes: Assessment, finance_clerk: Staff) -> None:
    run_of(finance_clerk)
    assert sending.send_due() == 0
    assert not OutboundMessage.objects.exists()


def test_it_starts_once_and_not_for_nobody(
    owes: Assessment, somsri: Resident, finance_clerk: Staff
) -> None:
    run = started(finance_clerk)
    with pytest.raises(Refused):
        reminders.start(run, finance_clerk)
    proof.end(somsri, somsri.taxpayer_links.get().pk)
    with pytest.raises(Refused):
        started(finance_clerk)


def test_who_paid_blocked_or_left_meanwhile_is_passed_over(
    owes: Assessment, finance_clerk: Staff
) -> None:
    others = []
    for national_id, number in ((OTHER_NATIONAL_ID, "71/1"), (THIRD_ID, "72/1")):
        resident = make_resident()
        cast.linked(resident, national_id)
        others.append(resident)
        cast.assessment(finance_clerk, number=number, national_id=national_id)
    checked = make_resident()
    cast.linked(checked, "3100600445635")
    pending = cast.assessment(finance_clerk, number="73/1", national_id="3100600445635")
    started(finance_clerk)
    assert ReminderRecipient.objects.count() == 4
    cast.paid(owes, finance_clerk)
    Resident.objects.filter(pk=others[0].pk).update(blocked_at=timezone.now())
    proof.end(others[1], others[1].taxpayer_links.get().pk)
    cast.told(pending, checked)
    sending.send_due()
    assert told() == []
    assert list(ReminderRecipient.objects.order_by("pk").values_list("skipped", flat=True)) == [
        sending.PAID,
        sending.BLOCKED,
        sending.UNLINKED,
        sending.CHECKING,
    ]


def test_a_void_receipt_makes_her_owe_again(
    owes: Assessment, finance_clerk: Staff, finance_head: Staff
) -> None:
    from payments import receipts

    receipt = cast.paid(owes, finance_clerk)
    assert audience_of(owes.revenue_id, owes.year).residents == ()
    receipts.approve_void(receipts.ask_void(receipt, finance_clerk, "ผิดรายการ"), finance_head)
    # The notice is open again: somebody looks at it, and she is not reminded.
    found = audience_of(owes.revenue_id, owes.year)
    assert (found.unpaid, found.checking, found.residents) == (1, 1, ())


def test_pausing_stops_and_going_on_goes_on(
    owes: Assessment, somsri: Resident, finance_clerk: Staff
) -> None:
    run = started(finance_clerk)
    reminders.pause(run)
    assert sending.send_due() == 0
    with pytest.raises(Refused):
        reminders.pause(run)
    reminders.go_on(run)
    assert sending.send_due() == 1
    assert told() == [somsri]


def test_cancelling_calls_back_what_line_has_not_been_given(
    owes: Assessment, finance_clerk: Staff
) -> None:
    for number in range(4):
        resident = make_resident()
        cast.linked(resident)
        assert number >= 0
    run = started(finance_clerk)
    sending.send_due()
    rows = list(OutboundMessage.objects.order_by("pk"))
    states = OutboundMessage.State
    for row, state in zip(rows, (states.SENT, states.HELD, states.SENDING), strict=False):
        OutboundMessage.objects.filter(pk=row.pk).update(state=state)
    ReminderRun.objects.filter(pk=run.pk).update(state="sending")
    assert reminders.cancel(run) == 3
    left = list(OutboundMessage.objects.order_by("pk").values_list("state", flat=True))
    assert left == ["sent", "cancelled", "sending", "cancelled", "cancelled"]
    assert sending.send_due() == 0
    with pytest.raises(Refused):
        reminders.go_on(run)


def test_few_stand_in_the_outbox_at_a_time(
    owes: Assessment, finance_clerk: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_IN_OUTBOX", 2)
    for _ in range(4):
        cast.linked(make_resident())
    run = started(finance_clerk)
    assert [sending.send_due(), sending.send_due()] == [2, 0]
    assert reminders.progress_of(run).percent == 0
    OutboundMessage.objects.update(state="sent")
    assert sending.send_due() == 2
    OutboundMessage.objects.update(state="sent")
    sending.send_due()
    OutboundMessage.objects.update(state="sent")
    found = reminders.progress_of(run)
    assert (found.total, found.sent, found.percent) == (5, 5, 100)


def test_one_person_with_two_accounts_is_told_once(
    owes: Assessment, somsri: Resident, finance_clerk: Staff
) -> None:
    Channel.objects.update(provider="เทศบาล")
    other = Channel.objects.create(slug="revenue", name="กองคลัง", provider="เทศบาล")
    there = Resident.objects.create(channel=other, line_user_id=somsri.line_user_id)
    cast.linked(there)
    assert audience_of(owes.revenue_id, owes.year).residents == (somsri.pk,)
    Resident.objects.filter(pk=somsri.pk).update(blocked_at=timezone.now())
    found = audience_of(owes.revenue_id, owes.year)
    assert found.residents == (there.pk,)
    assert found.by_channel == {other.pk: 1}


def test_the_cost_in_quota_and_postage(owes: Assessment, finance_clerk: Staff) -> None:
    cast.assessment(finance_clerk, number="9/9")
    cast.assessment(finance_clerk, number="10/9", national_id=OTHER_NATIONAL_ID)
    run = run_of(finance_clerk)
    assert reminders.cost_of(run).saved is None
    office = PaymentSettings.get_solo()
    office.postage_baht = Decimal("37.50")
    office.save()
    now = timezone.now()
    Channel.objects.update(quota_limit=300, quota_used=300, quota_seen_at=now)
    found = reminders.cost_of(run)
    assert found.saved == Decimal("75.00")
    assert (found.audience.unpaid, found.audience.reached, found.audience.letters) == (3, 2, 1)
    assert [(one.messages, one.left) for one in found.channels] == [(1, 0)]
    assert found.is_short


def test_who_is_not_reached_gets_a_letter_once(owes: Assessment, finance_clerk: Staff) -> None:
    for number in ("20/1", "21/1"):
        cast.assessment(
            finance_clerk,
            number=number,
            national_id=OTHER_NATIONAL_ID,
            payer_name="นายบุญมี มาดี",
            address="9 หมู่ 1 ต.บ้านแม 50120",
        )
    cast.assessment(finance_clerk, number="22/1", national_id="", paid_at=timezone.now())
    run = started(finance_clerk)
    (label,) = labels_of(left_to_the_post(run))
    assert (label.name, label.lines) == ("นายบุญมี มาดี", ("9 หมู่ 1 ต.บ้านแม 50120",))
    assert "20/1, 21/1" in label.note
    sending.send_due()
    OutboundMessage.objects.update(state=OutboundMessage.State.UNREACHED)
    assert len(labels_of(left_to_the_post(run))) == 2


IDS = [NATIONAL_ID, OTHER_NATIONAL_ID, THIRD_ID]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    owed=st.lists(st.sampled_from(IDS), max_size=5),
    links=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(IDS)), max_size=6, unique=True),
    blocked=st.sets(st.integers(0, 3)),
    steps=st.lists(st.sampled_from(["send", "die", "pause", "go_on", "pay", "sent"]), max_size=12),
)
def test_whatever_happens_each_is_told_at_most_once_and_only_who_owes(
    finance_clerk: Staff,
    owed: list[str],
    links: list[tuple[int, str]],
    blocked: set[int],
    steps: list[str],
) -> None:
    for model in (ReminderRecipient, ReminderRun, OutboundMessage):
        model.objects.all().delete()
    Resident.objects.filter(taxpayer_links__isnull=False).update(blocked_at=timezone.now())
    Assessment.objects.update(cancelled_at=timezone.now())
    people = [make_resident() for _ in range(4)]
    for who, national_id in links:
        cast.linked(people[who], national_id)
    for who in blocked:
        Resident.objects.filter(pk=people[who].pk).update(blocked_at=timezone.now())
    rows = [cast.assessment(finance_clerk, national_id=one) for one in owed]
    may = {
        people[who].pk for who, national_id in links if national_id in owed and who not in blocked
    }
    try:
        run = started(finance_clerk)
    except Refused:
        assert not may
        return
    assert set(run.recipients.values_list("resident", flat=True)) == may
    for step in steps:
        if step == "send":
            sending.send_due()
        elif step == "die":
            _die_in_the_middle()
        elif step == "pay" and rows:
            Assessment.objects.filter(pk=rows.pop().pk).update(paid_at=timezone.now())
        elif step == "sent":
            OutboundMessage.objects.update(state="sent")
        else:
            try:
                {"pause": reminders.pause, "go_on": reminders.go_on}.get(step, bool)(run)
            except Refused:
                pass
        pks = [one.pk for one in told()]
        assert len(pks) == len(set(pks))
        assert set(pks) <= may
        sent = run.recipients.filter(sent_at__isnull=False)
        assert set(sent.values_list("resident", flat=True)) == set(pks)
    ReminderRun.objects.filter(pk=run.pk, state="paused").update(state="sending")
    sending.send_due()
    run.refresh_from_db()
    assert run.state == "done"
    assert not run.recipients.filter(sent_at__isnull=True, skipped="").exists()


def _die_in_the_middle() -> None:
    """Ring once, and be killed between the mark and the message."""

    class Killed(BaseException):
        pass

    def killed(*_arguments: Any, **_options: Any) -> None:
        raise Killed

    before, sending.send = sending.send, killed
    try:
        sending.send_due()
    except Killed:
        pass
    finally:
        sending.send = before


def test_the_day_is_the_years_own(owes: Assessment, finance_clerk: Staff) -> None:
    cast.terms(due_on=date(2027, 4, 30))
    text = json.dumps(reminders.message_of(run_of(finance_clerk, "after")), ensure_ascii=False)
    assert "เลยกำหนดชำระแล้ว" in text
    assert "30 เมษายน 2570" in text


@pytest.mark.parametrize(("days", "fits"), [(9, "before"), (0, "on"), (-3, "after")])
def test_a_draft_whose_words_are_of_another_day_says_so(
    days: int, fits: str, owes: Assessment, finance_clerk: Staff, client: Client
) -> None:
    cast.terms(due_on=local_date(timezone.now()) + timedelta(days=days))
    client.force_login(finance_clerk)
    for moment in ReminderRun.Moment.values:
        run = run_of(finance_clerk, moment)
        page = client.get(reverse("admin:payments_reminderrun_change", args=[run.pk]))
        assert ("ข้อความจะไม่ตรงวัน" in page.content.decode()) == (moment != fits), moment
