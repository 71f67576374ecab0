"""The page of the quota, its banners, and the chat's settings."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import roles, testing
from bannmae.models import Staff
from bannmae.thai.calendar import local_datetime
from chatops import outbox, quota_admin
from chatops.models import Channel, ChatSettings, OutboundMessage, QuotaDay, Resident
from chatops.outbox import quota

pytestmark = pytest.mark.django_db
PAGE = "/admin/chatops/quotaday/"
SETTINGS = "/admin/chatops/chatsettings/"
State = OutboundMessage.State


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the accounts; no superuser."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


def seen(used: int, limit: int | None = 300) -> Channel:
    """The main channel as LINE told a moment ago."""
    channel = Channel.main()
    channel.quota_limit, channel.quota_used = limit, used
    channel.quota_seen_at = timezone.now()
    channel.save()
    cache.clear()
    return channel


def say(resident: Resident, about: str, **fields: Any) -> None:
    """Put a message into the outbox, in whatever state."""
    key = f"{about}:{OutboundMessage.objects.count()}"
    outbox.send(resident, [{"type": "text", "text": "ข่าว"}], dedupe_key=key, about=about)
    OutboundMessage.objects.filter(dedupe_key=key).update(**fields)


PUSHED = {"state": State.SENT, "sent_via": "push"}


def test_it_tells_what_is_used_of_what(keeper: Staff) -> None:
    seen(120)
    text = as_(keeper).get(PAGE).content.decode()
    assert "จาก 300 ข้อความ" in text
    assert "เหลือ 180" in text
    assert 'aria-valuenow="120"' in text


def test_it_tells_what_the_messages_were_sent_for(keeper: Staff, somsri: Resident) -> None:
    now = timezone.now()
    other = Channel.objects.create(slug="b", name="ข")
    stranger = Resident.objects.create(channel=other, line_user_id="U" + "0" * 32)
    for about in ("complaint:1", "complaint:2", "chat:1", "menu:tax", "no-such:1", ""):
        say(somsri, about, sent_at=now, **PUSHED)
    say(somsri, "complaint:3", sent_at=now - timedelta(days=40), **PUSHED)
    say(somsri, "complaint:4", sent_at=now, state=State.SENT, sent_via="reply")
    say(somsri, "complaint:5", sent_at=now, state=State.UNREACHED, sent_via="push")
    say(stranger, "complaint:6", sent_at=now, **PUSHED)
    seen(10)
    answer = as_(keeper).get(PAGE)
    account = answer.context["accounts"][0]
    counted = {line.label: line.count for line in account["by_kind"]}
    assert counted == {
        "แจ้งความคืบหน้าเรื่องร้องเรียนและคำขอ": 2,
        "อื่น ๆ": 2,
        "ตอบในแชต": 1,
        "ตอบเมื่อแตะเมนู": 1,
    }
    assert account["elsewhere"] == 4
    assert "ส่งจาก LINE OA Manager" in answer.content.decode()


def test_it_tells_what_is_held(keeper: Staff, somsri: Resident) -> None:
    seen(290)
    say(somsri, "complaint:1", state=State.HELD)
    account = as_(keeper).get(PAGE).context["accounts"][0]
    assert account["held"] == 1
    assert [line.label for line in account["held_by_kind"]] == ["แจ้งความคืบหน้าเรื่องร้องเรียนและคำขอ"]


def test_it_says_how_the_forecast_was_computed(keeper: Staff) -> None:
    seen(120)
    forecast = quota.forecast(Channel.main(), timezone.now())
    assert forecast is not None
    text = as_(keeper).get(PAGE).content.decode()
    assert quota_admin.how_computed(forecast)[:20] in text
    assert f"ประมาณ {forecast.total}" in text.replace(",", "")


def test_of_few_days_the_words_say_so() -> None:
    few = quota.Forecast(300, 30, 600, 30, 1.5, 28.5, None)
    many = quota.Forecast(300, 30, 60, 30, 7.5, 7.5, None)
    assert "ข้อมูลยังน้อย" in quota_admin.how_computed(few)
    assert "ข้อมูลยังน้อย" not in quota_admin.how_computed(many)
    assert "เฉลี่ยวันละ 4" in quota_admin.how_computed(many)


def test_an_unknown_and_an_unlimited_quota_are_told_as_such(keeper: Staff) -> None:
    assert "ยังไม่ทราบโควตา" in as_(keeper).get(PAGE).content.decode()
    seen(12, None)
    assert "ไม่จำกัดโควตา" in as_(keeper).get(PAGE).content.decode()


def test_the_page_costs_the_same_however_much_was_sent(keeper: Staff, somsri: Resident) -> None:
    seen(50)
    client = as_(keeper)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(30):
        say(somsri, f"complaint:{number}", sent_at=timezone.now(), **PUSHED)
        say(somsri, f"chat:{number}", state=State.HELD)
    cache.delete("chatops-quota-banner")
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert abs(len(few) - len(many)) <= 2  # the banner's own, once in a while


def test_who_does_not_keep_the_accounts_has_no_business_there(
    engineer: Staff, executive: Staff, keeper: Staff
) -> None:
    for staff in (engineer, executive):
        assert as_(staff).get(PAGE).status_code == 403
        assert "โควตาข้อความ" not in as_(staff).get("/admin/").content.decode()
    assert "โควตาข้อความ" in as_(keeper).get("/admin/").content.decode()
    assert as_(keeper).get(f"{PAGE}1/change/").status_code == 404
    assert as_(keeper).get(f"{PAGE}add/").status_code == 403


# -- banners -----------------------------------------------------------------------------------


def test_every_officer_is_told_while_notices_wait(engineer: Staff, keeper: Staff) -> None:
    seen(280)
    for staff in (engineer, keeper):
        assert "เก็บไว้สำหรับเรื่องที่รอไม่ได้" in as_(staff).get("/admin/").content.decode()
    assert PAGE not in as_(engineer).get("/admin/").content.decode()
    seen(100)
    assert "เก็บไว้สำหรับเรื่องที่รอไม่ได้" not in as_(engineer).get("/admin/").content.decode()


def test_who_keeps_the_accounts_is_told_when_the_quota_will_not_do(
    engineer: Staff, keeper: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = seen(200)
    here = local_datetime(timezone.now())
    moment = here.replace(day=16, hour=12)
    monkeypatch.setattr("chatops.quota_admin.timezone.now", lambda: moment)
    channel.quota_seen_at = moment
    channel.save()
    QuotaDay.objects.create(channel=channel, day=moment.date().replace(day=8), used=20)
    cache.clear()
    assert "คาดว่าจะหมด" in as_(keeper).get("/admin/").content.decode()
    assert "คาดว่าจะหมด" not in as_(engineer).get("/admin/").content.decode()


def test_a_spent_quota_has_one_banner_not_two(keeper: Staff) -> None:
    channel = seen(300)
    channel.quota_spent_at = timezone.now()
    channel.save()
    text = as_(keeper).get("/admin/").content.decode()
    banners = [part.split("</div>")[0] for part in text.split('class="bm-banner"')[1:]]
    assert len([banner for banner in banners if "โควตา" in banner]) == 1


# -- the chat's settings -----------------------------------------------------------------------


def fields(**changes: Any) -> dict[str, Any]:
    """The form as it stands."""
    return {
        "opens_at": "08:30",
        "closes_at": "16:30",
        "reopen_days": 4,
        "manual_minutes": 240,
        "staff_notice_minutes": 5,
        "quota_reserve": 30,
        "payment_channel": "",
        "payment_account_url": "",
    } | changes


@pytest.fixture
def revenue() -> Channel:
    """A second account."""
    return Channel.objects.create(
        slug="revenue", name="งานจัดเก็บรายได้", add_friend_url="https://lin.ee/r"
    )


def test_the_settings_are_edited_in_the_admin(keeper: Staff, revenue: Channel) -> None:
    answer = as_(keeper).post(SETTINGS, fields(closes_at="17:00", payment_channel=revenue.pk))
    assert answer.status_code == 302, answer.content.decode()
    chosen = ChatSettings.get_solo()
    assert (chosen.closes_at, chosen.payment_channel) == (time(17, 0), revenue)
    text = as_(keeper).get(SETTINGS).content.decode()
    assert "ไม่มีใบเสร็จจากระบบนี้ เจ้าหน้าที่" not in text
    assert "ตั้งค่าแชต" in as_(keeper).get("/admin/").content.decode()


def test_an_account_that_is_not_connected_is_warned_of(keeper: Staff) -> None:
    client = as_(keeper)
    warning = "ไม่มีใบเสร็จจากระบบนี้ เจ้าหน้าที่"
    answer = client.post(SETTINGS, fields(payment_account_url="https://lin.ee/o"), follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert any(warning in one for one in said)
    again = client.get(SETTINGS).content.decode()
    assert 'data-testid="not-connected"' in again
    assert warning in again


def test_a_reserve_as_large_as_the_quota_is_warned_of(keeper: Staff) -> None:
    seen(10)
    answer = as_(keeper).post(SETTINGS, fields(quota_reserve=300), follow=True)
    assert any("พักไว้ทั้งหมด" in str(one) for one in answer.context["messages"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes_at": "08:00"},
        {"reopen_days": 61},
        {"manual_minutes": 1},
        {"quota_reserve": -1},
        {"payment_account_url": "http://lin.ee/o"},
        {"payment_channel": "main"},
        {"payment_channel": "revenue", "payment_account_url": "https://lin.ee/o"},
        {"payment_channel": "bare"},
    ],
)
def test_what_cannot_be_is_refused(keeper: Staff, revenue: Channel, wrong: dict[str, Any]) -> None:
    Channel.objects.create(slug="bare", name="ไม่มีลิงก์")
    slug = wrong.get("payment_channel")
    if slug:
        wrong = wrong | {"payment_channel": Channel.objects.get(slug=slug).pk}
    assert as_(keeper).post(SETTINGS, fields(**wrong)).status_code == 200
    assert ChatSettings.get_solo().payment_channel is None


def test_officers_do_not_set_it(engineer: Staff) -> None:
    assert as_(engineer).get(SETTINGS).status_code == 403
    assert as_(engineer).post(SETTINGS, fields()).status_code == 403


def test_another_place_for_payments_reaches_the_menu(
    keeper: Staff, revenue: Channel, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        as_(keeper).post(SETTINGS, fields(payment_channel=revenue.pk))
    assert "ring_for_menu" in [callback.__name__ for callback in callbacks]
    with django_capture_on_commit_callbacks() as callbacks:
        as_(keeper).post(SETTINGS, fields(payment_channel=revenue.pk, quota_reserve=5))
    assert "ring_for_menu" not in [callback.__name__ for callback in callbacks]
