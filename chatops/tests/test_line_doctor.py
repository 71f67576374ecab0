"""line_doctor: what is wrong with an account's set-up, and where to mend it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bannmae import roles, testing
from bannmae.models import Staff
from chatops import outbox
from chatops.menu import sync
from chatops.models import Channel, OutboundMessage, Resident
from chatops.simulator.testing import Simulator
from chatops.simulator.tests.bot import Bot

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _server() -> Iterator[Bot]:
    bot = Bot()
    yield bot
    bot.stop()


@pytest.fixture
def server(_server: Bot) -> Bot:
    """What stands at PUBLIC_URL; answers 200 unless told otherwise."""
    _server.clear()
    return _server


@pytest.fixture
def well(line: Simulator, server: Bot, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """An account that is set up as it should be."""
    monkeypatch.setattr(sync, "draw_rich_menu", lambda tab: testing.picture(2500, 1686, "PNG"))
    settings.PUBLIC_URL = server.url
    line.faults(webhook_off=False)
    line.settings(webhook_url=f"{server.url}/line/webhook", webhook_timeout_seconds=20)
    Channel.objects.update(provider="เทศบาลตำบลบ้านแม")
    sync.sync(Channel.main())
    return line


def doctor(**options: Any) -> tuple[int, str]:
    """Run the command; returns (exit status, what it printed)."""
    out = io.StringIO()
    try:
        call_command("line_doctor", stdout=out, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def marked(text: str, mark: str) -> list[str]:
    """The findings with that mark."""
    return [line.strip()[2:] for line in text.splitlines() if line.startswith(f"  {mark} ")]


def wrong() -> list[str]:
    """What must be mended now; each with its remedy below it."""
    status, text = doctor()
    found = marked(text, "✗")
    assert status == (1 if found else 0)
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("  ✗"):
            assert lines[place + 1].startswith("      → ")
    return found


def test_a_well_set_up_account_has_nothing_to_mend(well: Simulator) -> None:
    status, text = doctor()
    assert (status, marked(text, "✗")) == (0, [])
    found = "\n".join(marked(text, "✓"))
    for what in (
        "access token",
        "นาฬิกา",
        "Webhook URL",
        "Use webhook",
        "โควตา",
        "ริชเมนู",
        "LIFF_ID",
    ):
        assert what in found
    assert "(แพ็กเกจ Free)" in found


def test_it_changes_nothing_at_line(well: Simulator) -> None:
    before = well.last_request()
    doctor()
    posts = [row["path"] for row in well.requests(before) if row["method"] != "GET"]
    assert posts == ["/v2/bot/channel/webhook/test"]


def test_what_the_api_cannot_tell_is_said_with_its_place(well: Simulator) -> None:
    text = doctor()[1]
    looks = "\n".join(marked(text, "!"))
    for what in ("redelivery", "ตอบกลับอัตโนมัติ", "LIFF Endpoint URL", "Provider"):
        assert what in looks
    assert "LINE Developers" in text
    assert "LINE Official Account Manager" in text


def test_a_token_that_is_refused(well: Simulator, settings: Any) -> None:
    settings.LINE_CHANNEL_ACCESS_TOKEN = "revoked"
    [found] = wrong()
    assert "access token" in found
    assert "LINE_CHANNEL_ACCESS_TOKEN" in doctor()[1]


def test_line_that_cannot_be_reached(well: Simulator, settings: Any) -> None:
    settings.LINE_API_URL = "http://127.0.0.1:9"
    [found] = wrong()
    assert "ติดต่อ LINE ไม่ได้" in found


def test_missing_credentials(well: Simulator, settings: Any) -> None:
    settings.LINE_CHANNEL_ACCESS_TOKEN = ""
    settings.LINE_CHANNEL_SECRETS = []
    assert len(wrong()) == 2


def test_no_webhook_address(well: Simulator) -> None:
    well.settings(webhook_url="")
    [found] = wrong()
    assert "ยังไม่ได้ใส่ Webhook URL" in found
    assert "/line/webhook" in doctor()[1]


def test_another_webhook_address(well: Simulator, server: Bot) -> None:
    well.settings(webhook_url=f"{server.url}/callback")
    [found] = wrong()
    assert f"{server.url}/callback" in found
    assert f"แก้เป็น {server.url}/line/webhook" in doctor()[1]
    assert not server.received  # what is not ours is not called


def test_a_webhook_that_is_not_used(well: Simulator) -> None:
    well.faults(webhook_off=True)
    [found] = wrong()
    assert "Use webhook ปิดอยู่" in found


@pytest.mark.parametrize(
    ("answer", "words"), [(401, "Channel secret ไม่ตรง"), (404, "404"), (500, "ERROR_STATUS_CODE")]
)
def test_a_webhook_that_answers_wrongly(
    well: Simulator, server: Bot, answer: int, words: str
) -> None:
    server.answer = answer
    [found] = wrong()
    assert words in found


def test_a_webhook_that_line_cannot_reach(well: Simulator, settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    well.settings(webhook_url="http://127.0.0.1:9/line/webhook")
    [found] = wrong()
    assert "COULD_NOT_CONNECT" in found


def test_an_address_without_tls_is_for_the_simulator_alone(well: Simulator, settings: Any) -> None:
    from chatops import doctor as the_doctor

    assert the_doctor._public_url().mark is the_doctor.Mark.LOOK
    settings.LINE_API_URL = ""
    assert the_doctor._public_url().mark is the_doctor.Mark.BAD
    settings.PUBLIC_URL = "https://line.banmae.go.th"
    assert the_doctor._public_url().mark is the_doctor.Mark.GOOD


@pytest.mark.parametrize(("seconds", "direction"), [(90, "เร็ว"), (-90, "ช้า")])
def test_a_clock_that_is_wrong(
    well: Simulator, monkeypatch: pytest.MonkeyPatch, seconds: int, direction: str
) -> None:
    moved = SimpleNamespace(now=lambda: timezone.now() + timedelta(seconds=seconds))
    monkeypatch.setattr("chatops.doctor.timezone", moved)
    [found] = wrong()
    assert f"{direction}กว่า LINE" in found


def test_a_quota_that_is_short_or_spent(well: Simulator) -> None:
    well.settings(quota=20)
    assert wrong() == []
    assert "เหลือ 20 ข้อความ" in "\n".join(marked(doctor()[1], "!"))
    well.settings(quota=0)
    [found] = wrong()
    assert "เหลือ 0" in found
    well.settings(quota=None)
    assert "ไม่จำกัด" in "\n".join(marked(doctor()[1], "✓"))


def test_a_menu_that_is_missing_or_not_the_default(well: Simulator) -> None:
    well.api("DELETE", "/v2/bot/user/all/richmenu")
    [found] = wrong()
    assert "เริ่มต้น" in found
    well.reset(menus=True)
    well.settings(quota=300)
    assert any("ริชเมนู" in one for one in wrong())


def test_chat_switched_off_in_oa_manager(well: Simulator) -> None:
    assert "แชตใน OA Manager เปิดอยู่" in doctor()[1]
    well.settings(chat_mode="bot", mark_as_read_mode="auto")
    status, text = doctor()
    assert status == 0
    assert "แชตใน OA Manager ปิดอยู่" in text


@pytest.mark.parametrize(
    "ids", [("2000000009", "2000000001-AbCdEfGh"), ("2000000001", "AbCdEfGh"), ("", "")]
)
def test_a_liff_id_of_another_channel(well: Simulator, settings: Any, ids: tuple[str, str]) -> None:
    settings.LINE_LOGIN_CHANNEL_ID, settings.LIFF_ID = ids
    assert any("LIFF_ID" in one for one in wrong())


def test_user_ids_of_another_provider(well: Simulator, somsri: Resident) -> None:
    outbox.send(somsri, [{"type": "text", "text": "ก"}], dedupe_key="k", about="complaint:1")
    OutboundMessage.objects.update(state="dead", last_error="Failed to send messages")
    [found] = wrong()
    assert "คนละ Provider" in found


def test_a_further_account_has_its_own_address_and_no_liff(
    well: Simulator, server: Bot, settings: Any
) -> None:
    """Asked with the same account's token here, so that its own address shows as another."""
    Channel.objects.create(
        slug="revenue", name="กองคลัง", channel_secret="x", access_token=well.token
    )
    status, text = doctor(channel="revenue")
    assert status == 1
    assert f"แก้เป็น {server.url}/line/webhook/revenue" in text
    assert "LIFF" not in text
    assert "ยังไม่ได้ระบุชื่อ Provider" in text
    well.settings(webhook_url=f"{server.url}/line/webhook/revenue")
    assert doctor(channel="revenue")[0] == 0
    assert server.received[-1]["path"] == "/line/webhook/revenue"


def test_all_accounts_in_use_are_examined_unless_one_is_named(well: Simulator) -> None:
    Channel.objects.create(slug="a", name="กองคลัง", access_token="revoked", channel_secret="x")
    Channel.objects.create(slug="b", name="เลิกใช้", is_active=False)
    text = doctor()[1]
    assert "(main)" in text
    assert "(a)" in text
    assert "(b)" not in text
    assert "ปิดใช้งานอยู่" in doctor(channel="b")[1]
    assert "(a)" not in doctor(channel="main")[1]


def test_an_unknown_account_is_said_so(db: None) -> None:
    with pytest.raises(CommandError, match="nobody"):
        call_command("line_doctor", channel="nobody")


def test_credentials_are_never_printed(well: Simulator) -> None:
    text = doctor()[1]
    assert well.token not in text
    assert well.secret not in text


def test_the_same_is_seen_in_the_admin_by_who_keeps_the_account(
    well: Simulator, engineer: Staff
) -> None:
    keeper = testing.make_staff("keeper", role=roles.ADMINISTRATOR)
    page = reverse("admin:chatops_channel_check", args=[Channel.main().pk])
    client = Client()
    client.force_login(keeper)
    well.faults(webhook_off=True)
    text = client.post(page).content.decode()
    assert "ต้องแก้ 1 รายการ" in text
    assert "Use webhook ปิดอยู่" in text
    assert well.token not in text
    assert client.get(page).status_code == 405  # it costs calls to LINE
    client.force_login(engineer)
    assert client.post(page).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_with_the_real_webhook_behind_it(
    line: Simulator, live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "draw_rich_menu", lambda tab: testing.picture(2500, 1686, "PNG"))
    settings.PUBLIC_URL = live_server.url
    line.faults(webhook_off=False)
    line.settings(webhook_url=f"{live_server.url}/line/webhook", webhook_timeout_seconds=20)
    sync.sync(Channel.main())
    assert wrong() == []
    settings.LINE_CHANNEL_SECRETS = ["another"]
    [found] = wrong()
    assert "Channel secret ไม่ตรง" in found
