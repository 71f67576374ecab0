"""LINE in the admin: what did not arrive, the channel's health, the texts, the residents."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bannmae import roles, testing
from bannmae.models import Staff
from chatops import outbox
from chatops.menu.answers import auto_text
from chatops.models import AutoText, Channel, OutboundMessage, Resident, WebhookEvent

pytestmark = pytest.mark.django_db
MESSAGES = "/admin/chatops/outboundmessage/"


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


def say(resident: Resident, key: str = "k", **fields: object) -> OutboundMessage:
    """Put an answer in the chat into the outbox, in whatever state."""
    outbox.send(resident, [{"type": "text", "text": "คำตอบส่วนตัว"}], dedupe_key=key, about="reply")
    OutboundMessage.objects.filter(dedupe_key=key).update(**fields)
    return OutboundMessage.objects.get(dedupe_key=key)


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the channel; no superuser, and without any case."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


# -- messages to residents --------------------------------------------------------------------


def test_what_went_wrong_comes_first_with_lines_reason(engineer: Staff) -> None:
    states = {"dead": "400 invalid", "held": "quota", "unreached": "blocked"}
    states["sent"] = "ถึงแล้วเรียบร้อย"
    for state, reason in states.items():
        case = testing.make_complaint()
        OutboundMessage.objects.filter(about=f"complaint:{case.pk}").update(
            state=state, last_error=reason
        )
    text = as_(engineer).get(MESSAGES).content.decode()
    for reason in ("400 invalid", "quota", "blocked"):
        assert reason in text
    assert "ถึงแล้วเรียบร้อย" not in text
    assert "ถึงแล้วเรียบร้อย" in as_(engineer).get(f"{MESSAGES}?state=all").content.decode()
    assert "400 invalid" not in as_(engineer).get(f"{MESSAGES}?state=sent").content.decode()


def test_officers_see_messages_about_their_cases_alone(
    engineer: Staff, health_officer: Staff, legal_officer: Staff, keeper: Staff
) -> None:
    case = testing.make_complaint()
    OutboundMessage.objects.update(state="dead", last_error="เรื่องถนน")
    say(case.resident, state="dead", last_error="ตอบในแชต")
    seen = {
        staff: {
            words
            for words in ("เรื่องถนน", "ตอบในแชต")
            if words in as_(staff).get(MESSAGES).content.decode()
        }
        for staff in (engineer, health_officer, legal_officer, keeper)
    }
    assert seen == {
        engineer: {"เรื่องถนน"},
        health_officer: set(),
        legal_officer: {"เรื่องถนน"},
        keeper: {"ตอบในแชต"},
    }


def test_the_list_never_shows_what_was_said(keeper: Staff, somsri: Resident) -> None:
    say(somsri, state="dead")
    text = as_(keeper).get(MESSAGES).content.decode()
    assert "คำตอบส่วนตัว" not in text
    assert "ข้อความตอบในแชต" in text


def test_what_is_about_no_number_breaks_nothing(keeper: Staff, somsri: Resident) -> None:
    for index, about in enumerate(["", "complaint:", "complaint:x1", "reply", "complaint:999999"]):
        message = say(somsri, key=f"k{index}", state="dead")
        OutboundMessage.objects.filter(pk=message.pk).update(about=about)
    if connection.vendor == "postgresql":
        OutboundMessage.objects.filter(about__in=["complaint:", "complaint:x1"]).delete()
    for staff in (keeper, testing.make_engineer()):
        assert as_(staff).get(f"{MESSAGES}?state=all").status_code == 200


def test_sending_again_is_a_click_of_who_may(
    engineer: Staff, health_officer: Staff, executive: Staff
) -> None:
    case = testing.make_complaint()
    OutboundMessage.objects.update(state="dead")
    message = OutboundMessage.objects.get()
    url = reverse("admin:chatops_outboundmessage_send_again", args=[message.pk])
    assert as_(health_officer).post(url).status_code == 404
    assert as_(executive).post(url).status_code == 403
    assert Client().post(url).status_code == 302
    message.refresh_from_db()
    assert message.state == "dead"
    as_(engineer).post(url)
    message.refresh_from_db()
    assert (message.state, message.resent_by) == ("queued", engineer)
    told = as_(engineer).post(url, follow=True).content.decode()
    assert "มีผู้อื่นสั่งส่งไปก่อน" in told
    assert case.number in told


def test_the_list_costs_the_same_queries_however_many_messages(
    engineer: Staff, somsri: Resident
) -> None:
    case = testing.make_complaint(somsri)

    def cost() -> int:
        client = as_(engineer)
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"{MESSAGES}?state=all").status_code == 200
        return len(found)

    few = cost()
    OutboundMessage.objects.bulk_create(
        OutboundMessage(
            resident=somsri,
            about=f"complaint:{case.pk}",
            dedupe_key=f"more:{index}",
            messages=[{"type": "flex", "altText": "x"}],
        )
        for index in range(120)
    )
    assert cost() == few <= 12


# -- residents ----------------------------------------------------------------------------------


def test_a_resident_who_blocks_the_account_is_marked(engineer: Staff, somsri: Resident) -> None:
    testing.make_complaint(somsri)
    somsri.blocked_at = timezone.now()
    somsri.save()
    text = as_(engineer).get("/admin/chatops/resident/").content.decode()
    assert "ผู้ใช้บล็อกบัญชีนี้ (ส่งข้อความไม่ถึง)" in text
    assert somsri.line_user_id not in text


def test_residents_are_seen_by_who_has_a_case_of_theirs(
    engineer: Staff, health_officer: Staff, executive: Staff, keeper: Staff, somsri: Resident
) -> None:
    testing.make_complaint(somsri)
    url = "/admin/chatops/resident/"
    assert somsri.display_name in as_(engineer).get(url).content.decode()
    assert somsri.display_name in as_(keeper).get(url).content.decode()
    assert somsri.display_name not in as_(health_officer).get(url).content.decode()
    assert as_(executive).get(url).status_code == 403
    for tail in (f"{somsri.pk}/change/", "add/", f"{somsri.pk}/delete/"):
        assert as_(keeper).post(f"{url}{tail}").status_code in (403, 404)


# -- the channel ----------------------------------------------------------------------------------


def test_a_troubled_channel_stands_on_every_page(engineer: Staff, keeper: Staff) -> None:
    assert "มีปัญหา" not in as_(engineer).get("/admin/").content.decode()
    Channel.objects.update(trouble="LINE ไม่รับสิทธิ์ของบัญชีนี้: 401")
    cache.clear()
    for url in ("/admin/", "/admin/complaints/complaint/", MESSAGES):
        assert "LINE ไม่รับสิทธิ์ของบัญชีนี้: 401" in as_(engineer).get(url).content.decode()
    channel = Channel.main()
    link = reverse("admin:chatops_channel_change", args=[channel.pk])
    assert link in as_(keeper).get("/admin/").content.decode()
    assert link not in as_(engineer).get("/admin/").content.decode()
    assert "มีปัญหา" not in Client().get("/admin/login/").content.decode()


def test_trying_now_lifts_pause_and_quota_and_frees_what_was_held(
    keeper: Staff, somsri: Resident
) -> None:
    later = timezone.now() + timedelta(minutes=5)
    Channel.objects.update(
        trouble="x", paused_until=later, consecutive_timeouts=5, quota_spent_at=timezone.now()
    )
    held, waiting = say(somsri, "a", state="held"), say(somsri, "b", state="retrying", due_at=later)
    channel = Channel.main()
    page = as_(keeper).get(reverse("admin:chatops_channel_change", args=[channel.pk]))
    assert "ลองส่งใหม่ตอนนี้" in page.content.decode()
    url = reverse("admin:chatops_channel_try_now", args=[channel.pk])
    assert as_(keeper).get(url).status_code == 405
    assert as_(keeper).post(url).status_code == 302
    channel.refresh_from_db()
    assert (channel.trouble, channel.paused_until, channel.quota_spent_at) == ("", None, None)
    held.refresh_from_db()
    waiting.refresh_from_db()
    assert held.state == "queued"
    assert waiting.due_at <= timezone.now()


def test_the_channel_is_the_keepers_business(engineer: Staff, legal_officer: Staff) -> None:
    channel = Channel.main()
    for staff in (engineer, legal_officer):
        for name in ("change", "try_now"):
            url = reverse(f"admin:chatops_channel_{name}", args=[channel.pk])
            assert as_(staff).post(url).status_code == 403


# -- texts and events ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ("โทร {phone} ในเวลา {office_hours}", True),
        ("โทร {telephone}", False),
        ("วงเล็บ { เดียว", False),
        ("{0}", False),
        ("{phone:>999999999}", False),
        ("{phone.__class__}", False),
        ("{phone!r}", False),
        ("", False),
    ],
)
def test_an_automatic_text_with_unknown_place_holders_is_refused(
    keeper: Staff, text: str, saved: bool
) -> None:
    row = AutoText.objects.first()
    assert row is not None
    answer = as_(keeper).post(
        reverse("admin:chatops_autotext_change", args=[row.pk]), {"text": text}
    )
    assert answer.status_code == (302 if saved else 200)
    row.refresh_from_db()
    assert (row.text == text) == saved


def test_the_words_of_a_hand_over_can_be_changed(keeper: Staff) -> None:
    told = {"text": "ส่งถึง{division} จะตอบ {when}"}
    for key, status in (("handover", 302), ("smalltalk", 200)):
        row = AutoText.objects.get(key=key)
        url = reverse("admin:chatops_autotext_change", args=[row.pk])
        assert as_(keeper).post(url, told).status_code == status
    assert auto_text("handover", division="กองช่าง", when="พรุ่งนี้") == "ส่งถึงกองช่าง จะตอบ พรุ่งนี้"


def test_a_text_that_was_changed_elsewhere_gives_no_more_than_its_facts(keeper: Staff) -> None:
    odd = "{phone.__class__} {phone:>999999999} {phone!r} {nobody} {{x}} {"
    AutoText.objects.filter(key="smalltalk").update(text=odd)
    assert auto_text("smalltalk") == odd


def test_failed_events_are_listed_without_what_was_said(keeper: Staff, engineer: Staff) -> None:
    now = timezone.now()
    for index, failed in enumerate([now, None]):
        WebhookEvent.objects.create(
            event_id=f"e{index}",
            channel=Channel.main(),
            kind="message",
            occurred_at=now,
            received_at=now,
            body='{"text": "ความลับ"}',
            error=f"สาเหตุ {index}",
            failed_at=failed,
        )
    text = as_(keeper).get("/admin/chatops/webhookevent/").content.decode()
    assert "สาเหตุ 0" in text
    assert "สาเหตุ 1" not in text
    assert "ความลับ" not in text
    assert as_(engineer).get("/admin/chatops/webhookevent/").status_code == 403
