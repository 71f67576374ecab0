"""What time does to chats."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from bannmae.models import Holiday
from chatops.cases import clock, hours
from chatops.models import ChatCase, ChatSettings, OutboundMessage
from chatops.tests.chats import make_chat, make_welfare_officer

pytestmark = pytest.mark.django_db
State, Mode = ChatCase.State, ChatCase.Mode
BANGKOK = ZoneInfo("Asia/Bangkok")


def aged(case: ChatCase, **ago: float) -> ChatCase:
    """Date the last word of a case back."""
    then = timezone.now() - timedelta(**ago)
    ChatCase.objects.filter(pk=case.pk).update(last_at=then)
    return case


def test_silence_gives_the_word_back_and_she_is_told_when_somebody_answers() -> None:
    case = aged(make_chat(state=State.WORKING), minutes=241)
    assert clock.tick() == 1
    case.refresh_from_db()
    assert (case.state, case.mode, case.assignee) == (State.INBOX, Mode.AUTO, None)
    assert case.is_unread
    [told] = OutboundMessage.objects.all()
    assert "กองสวัสดิการสังคม" in told.messages[0]["text"]
    assert "เวลา" in told.messages[0]["text"]
    assert clock.tick() == 0


def test_silence_after_the_last_answer_only_lets_the_automatic_reply_speak_again() -> None:
    case = aged(make_chat(state=State.WORKING, waiting_since=None), minutes=241)
    clock.tick()
    case.refresh_from_db()
    assert (case.state, case.mode) == (State.WORKING, Mode.AUTO)
    assert case.assignee is not None
    assert OutboundMessage.objects.count() == 0


def test_the_set_time_is_the_offices() -> None:
    rules = ChatSettings.get_solo()
    rules.manual_minutes = 600
    rules.save()
    case = aged(make_chat(state=State.WORKING), minutes=241)
    assert clock.tick() == 0
    aged(case, minutes=601)
    assert clock.tick() == 1


def test_who_waits_for_her_is_not_silent() -> None:
    case = aged(make_chat(state=State.WAITING, waiting_since=None), days=13)
    assert clock.tick() == 0
    aged(case, days=15)
    assert clock.tick() == 1
    case.refresh_from_db()
    assert (case.state, case.mode) == (State.WAITING, Mode.AUTO)


def test_what_was_put_aside_comes_back_unread() -> None:
    case = make_chat(state=State.SNOOZED, snoozed_until=timezone.now() + timedelta(minutes=5))
    assert clock.tick() == 0
    assert clock.tick(timezone.now() + timedelta(minutes=6)) == 1
    case.refresh_from_db()
    assert (case.state, case.snoozed_until) == (State.WORKING, None)
    assert case.is_unread


def test_what_the_automatic_reply_answered_closes_by_itself_in_the_end() -> None:
    case = aged(make_chat(state=State.ANSWERED, waiting_since=None), days=3)
    assert clock.tick() == 0
    aged(case, days=5)
    assert clock.tick() == 1
    case.refresh_from_db()
    assert case.state == State.DONE


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ((2026, 11, 20, 10, 0), "ในวันนี้ ก่อนเวลา 16.30 น."),
        ((2026, 11, 20, 7, 59), "ในวันนี้ ตั้งแต่เวลา 08.30 น."),
        ((2026, 11, 20, 16, 30), "ในวันจันทร์ที่ 23 พ.ย. 69 ตั้งแต่เวลา 08.30 น."),
        ((2026, 11, 22, 12, 0), "ในวันจันทร์ที่ 23 พ.ย. 69 ตั้งแต่เวลา 08.30 น."),
    ],
)
def test_when_somebody_answers_is_said_by_the_hours(now: tuple[int, ...], words: str) -> None:
    assert hours.when_answered(datetime(*now, tzinfo=BANGKOK)) == words


def test_a_holiday_is_no_day_to_answer_on() -> None:
    Holiday.objects.create(date=date(2026, 11, 23), name="วันหยุดพิเศษ")
    saturday = datetime(2026, 11, 21, 10, 0, tzinfo=BANGKOK)
    assert "24 พ.ย." in hours.when_answered(saturday)
    assert not hours.is_office_open(datetime(2026, 11, 23, 10, 0, tzinfo=BANGKOK))


@pytest.mark.parametrize("state", [State.INBOX, State.WORKING, State.WAITING, State.SNOOZED])
def test_what_a_closed_account_had_comes_back_to_its_division(state: str) -> None:
    officer = make_welfare_officer()
    later = timezone.now() + timedelta(days=9)
    case = make_chat(state=state, assignee=officer, snoozed_until=later)
    officer.is_active = False
    officer.save()
    assert clock.tick() == 1
    case.refresh_from_db()
    assert (case.state, case.mode, case.assignee) == (State.INBOX, Mode.AUTO, None)
    assert case.is_unread
    assert clock.tick() == 0


def test_who_is_no_reader_any_more_keeps_nothing_of_a_restricted_topic() -> None:
    officer = make_welfare_officer()
    case = make_chat("health-privacy", state=State.WAITING, assignee=officer)
    case.topic.readers.add(officer)
    assert clock.tick() == 0
    case.topic.readers.remove(officer)
    assert clock.tick() == 1
    case.refresh_from_db()
    assert (case.state, case.assignee) == (State.INBOX, None)
