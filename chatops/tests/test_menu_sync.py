"""The rich menus: every area answers, and nobody is ever without a menu."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from bannmae.models import Municipality
from bannmae.thai.text import grapheme_length
from chatops import tasks, wake
from chatops.line.client import LineError
from chatops.management.commands import sync_rich_menu
from chatops.menu import registry, sync
from chatops.menu.artwork import TABS, layout
from chatops.models import Channel, Resident
from chatops.simulator.testing import Simulator

pytestmark = pytest.mark.django_db

# The menus of both manuals; the rich menu holds every one of them.
IN_THE_MANUALS = {
    "complaint",
    "track",
    "emergency",
    "welfare",
    "tax",
    "garbage",
    "news",
    "website",
    "eservice",
    "air",
    "facebook",
    "contact",
}


@pytest.fixture
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small real picture instead of a drawn one, where the drawing is not what is tested."""
    from bannmae.testing import picture

    monkeypatch.setattr(sync, "draw_rich_menu", lambda tab: picture(2500, 1686, "PNG"))


def shown(line: Simulator) -> dict[str, Any]:
    """The menu on a resident's phone; fails where there is none."""
    menu = line.menu(line.resident())
    assert menu is not None
    return menu


def test_the_tabs_hold_every_menu_of_the_manuals() -> None:
    keys = {area.key for tab in TABS for area in layout(tab)}
    assert {key for key in keys if not key.startswith("tab:")} == IN_THE_MANUALS


def test_every_area_answers_and_has_a_short_label(line: Simulator, somsri: Resident) -> None:
    for tab in TABS:
        for area in sync.menu_object(tab)["areas"]:
            action = area["action"]
            assert 1 <= grapheme_length(action["label"]) <= 20
            if action["type"] == "postback":
                entry = registry.get(action["data"].removeprefix("menu="))
                assert entry is not None
                assert entry.answer(somsri)
            elif action["type"] == "uri":
                assert action["uri"].startswith(("https://", "http://"))
            else:
                assert action["richMenuAliasId"] in {other.alias for other in TABS}


def test_the_pages_open_at_once_and_from_the_profile() -> None:
    Municipality.objects.update(facebook_url="https://www.facebook.com/banmae")
    actions = {
        area["action"]["label"]: area["action"]
        for tab in TABS
        for area in sync.menu_object(tab)["areas"]
    }
    profile = Municipality.objects.get()
    assert actions["ข่าวประชาสัมพันธ์"]["uri"] == profile.news_url
    assert actions["คุณภาพอากาศ"]["uri"] == "https://www.ntaqhi.info/"
    assert actions["Facebook"]["uri"] == "https://www.facebook.com/banmae"
    assert actions["แจ้งเรื่อง/ขอบริการ"]["uri"].endswith("/complaint")


def test_a_page_whose_address_is_not_known_yet_is_answered_in_the_chat(
    somsri: Resident,
) -> None:
    Municipality.objects.update(facebook_url="")
    [action] = [
        area["action"]
        for area in sync.menu_object(TABS[1])["areas"]
        if area["action"]["label"] == "Facebook"
    ]
    assert action["data"] == "menu=facebook"
    entry = registry.get("facebook")
    assert entry is not None
    assert entry.answer(somsri)


def test_the_real_pictures_reach_the_phone_with_working_tabs(line: Simulator) -> None:
    call_command("sync_rich_menu")
    first = shown(line)
    assert first["size"] == {"width": 2500, "height": 1686}
    line.tap_menu(line.resident(), TABS[1].title)
    assert shown(line)["rich_menu_id"] != first["rich_menu_id"]
    line.tap_menu(line.resident(), TABS[0].title)
    assert shown(line)["rich_menu_id"] == first["rich_menu_id"]


def test_nothing_is_done_when_nothing_changed(line: Simulator, quick_pictures: None) -> None:
    call_command("sync_rich_menu")
    menu = shown(line)["rich_menu_id"]
    before = line.last_request()
    call_command("sync_rich_menu")
    assert {row["method"] for row in line.requests(before)} == {"GET"}
    assert shown(line)["rich_menu_id"] == menu


def test_a_change_makes_only_its_tab_anew_and_clears_the_old_away(
    line: Simulator, quick_pictures: None
) -> None:
    sync.sync(Channel.main())
    first = shown(line)["rich_menu_id"]
    profile = Municipality.get_solo()
    profile.facebook_url = "https://www.facebook.com/banmae"
    profile.save()
    report = sync.sync(Channel.main())
    assert (report.changed, report.deleted) == (["information"], 1)
    assert shown(line)["rich_menu_id"] == first


def test_an_upload_that_fails_leaves_the_old_menu_and_no_litter(
    line: Simulator, quick_pictures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync.sync(Channel.main())
    first = shown(line)["rich_menu_id"]
    monkeypatch.setattr(sync, "draw_rich_menu", lambda tab: b"not a picture")
    with pytest.raises(LineError):
        sync.sync(Channel.main())
    assert shown(line)["rich_menu_id"] == first
    listed = line.api("GET", "/v2/bot/richmenu/list").json()["richmenus"]
    assert len(listed) == len(TABS)


def test_two_at_once_leave_one_whole_menu(
    line: Simulator, quick_pictures: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = sync.draw_rich_menu
    rung: list[float] = []
    monkeypatch.setattr(wake, "ring_for_menu", rung.append)

    def meanwhile(tab: Any) -> bytes:
        with pytest.raises(sync.Busy):
            sync.sync(Channel.main())
        with pytest.raises(CommandError, match="Somebody else"):
            call_command("sync_rich_menu")
        tasks.sync_rich_menu()
        return drawn(tab)

    monkeypatch.setattr(sync_rich_menu, "PATIENCE", 0.0)
    monkeypatch.setattr(sync, "draw_rich_menu", meanwhile)
    report = sync.sync(Channel.main())
    assert (report.changed, report.deleted) == ([tab.alias for tab in TABS], 0)
    assert shown(line)
    assert rung == [tasks.AFTER_ANOTHER] * len(TABS), "the other looks again when this one is done"
    monkeypatch.setattr(sync, "draw_rich_menu", drawn)
    assert sync.sync(Channel.main()) == sync.Report([], 0)


@pytest.mark.parametrize("hours", [1, -1])
def test_who_was_killed_at_it_is_succeeded_even_where_the_clock_was_set(
    line: Simulator, quick_pictures: None, hours: int
) -> None:
    Channel.objects.update(menu_lease_until=timezone.now() + sync.LEASE)
    with pytest.raises(sync.Busy):
        sync.sync(Channel.main())
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert sync.sync(Channel.main()).changed
    assert shown(line)


def test_what_was_made_by_hand_stays(line: Simulator, quick_pictures: None) -> None:
    body = sync.menu_object(TABS[0]) | {"name": "ของประชาสัมพันธ์"}
    body["areas"] = body["areas"][2:]
    made = line.api("POST", "/v2/bot/richmenu", body).json()["richMenuId"]
    sync.sync(Channel.main())
    listed = line.api("GET", "/v2/bot/richmenu/list").json()["richmenus"]
    assert made in {menu["richMenuId"] for menu in listed}


def test_a_channel_of_another_account_is_set_up_anew(line: Simulator, quick_pictures: None) -> None:
    sync.sync(Channel.main())
    line.reset(menus=True)  # other credentials: none of our menus is there
    report = sync.sync(Channel.main())
    assert report.changed == [tab.alias for tab in TABS]
    assert shown(line)


def test_without_credentials_the_command_says_so(settings: Any) -> None:
    settings.LINE_CHANNEL_ACCESS_TOKEN = ""
    with pytest.raises(CommandError, match="LINE_CHANNEL_ACCESS_TOKEN"):
        call_command("sync_rich_menu")


def test_a_new_address_in_the_profile_reaches_the_menu(
    line: Simulator, quick_pictures: None, django_capture_on_commit_callbacks: Any
) -> None:
    from chatops import tasks

    tasks.sync_rich_menu()
    profile = Municipality.get_solo()
    profile.facebook_url = "https://www.facebook.com/banmae"
    with django_capture_on_commit_callbacks() as callbacks:
        profile.save()
    assert [callback.__name__ for callback in callbacks] == ["ring_for_menu"]
    tasks.sync_rich_menu()
    line.tap_menu(line.resident(), TABS[1].title)
    uris = [area["action"].get("uri") for area in shown(line)["areas"]]
    assert "https://www.facebook.com/banmae" in uris
