"""A second LINE account: its own address, secret, token and menu; one person in both."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from bannmae import testing
from chatops import outbox, people, tasks
from chatops.line.signature import sign
from chatops.menu import sync
from chatops.models import Channel, ChatSettings, OutboundMessage, Resident, WebhookEvent
from chatops.simulator.testing import SOMSRI, Simulator, start_simulator
from chatops.tests.test_webhook import event
from chatops.worker import work_off

pytestmark = pytest.mark.django_db

SECRET, TOKEN = "revenue-secret", "revenue-token"
ADD_FRIEND = "https://lin.ee/revenue"


@pytest.fixture
def revenue() -> Channel:
    """งานจัดเก็บรายได้'s own account, under the same provider as the main one."""
    Channel.objects.filter(slug=Channel.MAIN).update(provider="เทศบาลตำบลบ้านแม")
    return Channel.objects.create(
        slug="revenue",
        name="งานจัดเก็บรายได้",
        provider="เทศบาลตำบลบ้านแม",
        channel_secret=SECRET,
        access_token=TOKEN,
        add_friend_url=ADD_FRIEND,
        menu_entries=["tax", "garbage", "track"],
    )


@pytest.fixture(scope="session")
def _revenue_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    simulator = start_simulator(
        tmp_path_factory.mktemp("revenue"),
        public_url="http://localhost:9",
        secret=SECRET,
        token=TOKEN,
    )
    yield simulator
    simulator.stop()


@pytest.fixture
def revenue_line(line: Simulator, _revenue_simulator: Simulator) -> Simulator:
    """LINE's side of that account, behind the address at which `line` listens."""
    _revenue_simulator.reset(menus=True)
    _revenue_simulator.faults(webhook_off=True)
    line.settings(accounts={TOKEN: _revenue_simulator.url})
    return _revenue_simulator


@pytest.fixture
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small real picture instead of a drawn one."""
    monkeypatch.setattr(sync, "draw_rich_menu", lambda tab: testing.picture(2500, 1686, "PNG"))


def post(client: Client, slug: str, secret: str, number: int = 1) -> int:
    """Post one event to the address of `slug`; returns the status."""
    body = json.dumps({"events": [event(number)]}).encode()
    return client.post(
        f"/line/webhook/{slug}",
        data=body,
        content_type="application/json",
        headers={"x-line-signature": sign(body, secret)},
    ).status_code


def also_in(channel: Channel, resident: Resident) -> Resident:
    """The same LINE user in another account."""
    return Resident.objects.create(
        channel=channel, line_user_id=resident.line_user_id, display_name="สมศรี"
    )


# -- the webhook ------------------------------------------------------------------------------


def test_each_address_takes_its_own_secret_alone(client: Client, revenue: Channel) -> None:
    assert post(client, "revenue", SECRET) == 200
    assert WebhookEvent.objects.get().channel == revenue
    assert post(client, "revenue", "test-secret", 2) == 401  # the main one's
    assert post(client, "main", SECRET, 3) == 401
    assert post(client, "main", "test-secret", 4) == 200


def test_an_account_without_a_secret_takes_nothing(client: Client, revenue: Channel) -> None:
    revenue.channel_secret = ""
    revenue.save()
    assert post(client, "revenue", "") == 401
    assert post(client, "revenue", SECRET) == 401


def test_a_secret_that_is_being_replaced_still_counts(client: Client, revenue: Channel) -> None:
    revenue.channel_secret = f"new, {SECRET}"
    revenue.save()
    assert post(client, "revenue", SECRET) == 200
    assert post(client, "revenue", "new", 2) == 200


def test_an_account_that_is_switched_off_is_not_there(client: Client, revenue: Channel) -> None:
    assert post(client, "revenue", SECRET) == 200
    revenue.is_active = False
    revenue.save()
    assert post(client, "revenue", SECRET, 2) == 404
    assert post(client, "nobody", SECRET, 3) == 404


def test_neither_asked_for_nor_decrypted_on_each_request(
    client: Client, revenue: Channel, django_assert_num_queries: Any
) -> None:
    post(client, "revenue", SECRET)
    with django_assert_num_queries(1):  # the insert
        post(client, "revenue", SECRET, 2)


def test_its_credentials_are_not_readable_in_the_database(revenue: Channel) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT channel_secret, access_token FROM chatops_channel")
        stored = str(cursor.fetchall())
    assert SECRET not in stored
    assert TOKEN not in stored
    assert Channel.objects.get(pk=revenue.pk).access_token == TOKEN


# -- sending ----------------------------------------------------------------------------------


def test_an_answer_goes_out_by_the_account_that_was_written_to(
    line: Simulator, revenue_line: Simulator, revenue: Channel
) -> None:
    her = line.resident(SOMSRI)
    for channel in (Channel.main(), revenue):
        resident = Resident.objects.create(channel=channel, line_user_id=her)
        outbox.send(resident, [{"type": "text", "text": channel.slug}], dedupe_key=channel.slug)
    work_off()
    assert [one["text"] for one in line.from_account(her)] == ["main"]
    assert [one["text"] for one in revenue_line.from_account(her)] == ["revenue"]


def test_one_accounts_refused_token_stops_no_other(
    line: Simulator, revenue_line: Simulator, revenue: Channel
) -> None:
    revenue.access_token = "revoked"
    revenue.save()
    her = line.resident(SOMSRI)
    for channel in (revenue, Channel.main()):
        resident = Resident.objects.create(channel=channel, line_user_id=her)
        outbox.send(resident, [{"type": "text", "text": channel.slug}], dedupe_key=channel.slug)
    work_off()
    assert [one["text"] for one in line.from_account(her)] == ["main"]
    revenue.refresh_from_db()
    assert revenue.trouble
    assert not Channel.main().trouble


def test_what_waits_stays_while_the_account_is_switched_off(
    line: Simulator, revenue_line: Simulator, revenue: Channel
) -> None:
    revenue.is_active = False
    revenue.save()
    her = line.resident(SOMSRI)
    resident = Resident.objects.create(channel=revenue, line_user_id=her)
    outbox.send(resident, [{"type": "text", "text": "รอ"}], dedupe_key="k")
    assert work_off() == 0
    assert OutboundMessage.objects.get().state == "queued"
    revenue.is_active = True
    revenue.save()
    work_off()
    assert [one["text"] for one in revenue_line.from_account(her)] == ["รอ"]


def test_who_writes_to_an_account_is_answered_there(
    client: Client, line: Simulator, revenue_line: Simulator, revenue: Channel
) -> None:
    choose(payment_channel=revenue)
    her = line.resident(SOMSRI)
    for place, slug, secret in ((line, "main", line.secret), (revenue_line, "revenue", SECRET)):
        place.text(her, "ภาษี")
        body = json.dumps({"events": [place.deliveries()[-1]["event"]]}).encode()
        answer = client.post(
            f"/line/webhook/{slug}",
            data=body,
            content_type="application/json",
            headers={"x-line-signature": sign(body, secret)},
        )
        assert answer.status_code == 200
    work_off()
    led, answered = (
        json.dumps(place.from_account(her), ensure_ascii=False) for place in (line, revenue_line)
    )
    assert ADD_FRIEND in led
    assert answered != "[]"
    assert ADD_FRIEND not in answered
    assert line.state(her)["chat"][-1]["via"] == "reply"
    assert Resident.objects.filter(line_user_id=her).count() == 2


# -- menus ------------------------------------------------------------------------------------


def labels(line: Simulator) -> list[str]:
    """What can be tapped in the menu on a resident's phone, in its order."""
    menu = line.menu(line.resident())
    return [area["action"]["label"] for area in menu["areas"]] if menu else []


@pytest.mark.parametrize("how", [tasks.sync_rich_menu, lambda: call_command("sync_rich_menu")])
def test_every_account_gets_its_own_menu(
    line: Simulator,
    revenue_line: Simulator,
    revenue: Channel,
    quick_pictures: None,
    how: Callable[[], object],
) -> None:
    how()
    assert labels(revenue_line) == ["แจ้งชำระภาษี", "แจ้งชำระค่าเก็บขยะ", "ติดตามสถานะ"]
    assert "แจ้งเหตุฉุกเฉิน" in labels(line)
    menu = revenue_line.menu(revenue_line.resident())
    how()
    assert revenue_line.menu(revenue_line.resident()) == menu


def test_an_own_menu_is_really_drawn(
    line: Simulator, revenue_line: Simulator, revenue: Channel
) -> None:
    report = sync.sync(revenue)
    assert report.changed == ["own"]
    assert labels(revenue_line)


def test_a_menu_that_is_not_wanted_any_more_goes(
    line: Simulator, revenue_line: Simulator, revenue: Channel, quick_pictures: None
) -> None:
    sync.sync(revenue)
    revenue.menu_entries = []
    revenue.save()
    assert sync.sync(revenue).deleted == 1
    assert revenue_line.menu(revenue_line.resident()) is None
    before = revenue_line.last_request()
    sync.sync(revenue)
    assert {row["method"] for row in revenue_line.requests(before)} == {"GET"}


def test_one_accounts_trouble_keeps_no_other_from_its_menu(
    line: Simulator, revenue_line: Simulator, revenue: Channel, quick_pictures: None
) -> None:
    revenue.access_token = "revoked"
    revenue.save()
    tasks.sync_rich_menu()
    assert "แจ้งเหตุฉุกเฉิน" in labels(line)


# -- payments at the other account -------------------------------------------------------------


def told(resident: Resident, key: str = "tax") -> str:
    """What the chat answers to the words of a menu entry, as JSON."""
    from chatops.menu import registry

    entry = registry.get(key)
    assert entry is not None
    return json.dumps(list(entry.answer(resident)), ensure_ascii=False)


def tax_action(channel: Channel) -> dict[str, Any]:
    """What a tap on แจ้งชำระภาษี does in the menu of that account."""
    for tab in sync.tabs_of(channel):
        for area in sync.menu_object(tab, channel)["areas"]:
            if area["action"]["label"] == "แจ้งชำระภาษี":
                return dict(area["action"])
    raise KeyError(channel)


def choose(**fields: Any) -> None:
    """Change the chat's settings."""
    chosen = ChatSettings.get_solo()
    for name, value in fields.items():
        setattr(chosen, name, value)
    chosen.save()


def test_payments_stay_in_this_chat_unless_set_otherwise(
    revenue: Channel, somsri: Resident
) -> None:
    assert tax_action(Channel.main())["type"] == "postback"
    assert ADD_FRIEND not in told(somsri)


@pytest.mark.parametrize("key", ["tax", "garbage"])
def test_payments_lead_to_the_other_account(revenue: Channel, somsri: Resident, key: str) -> None:
    choose(payment_channel=revenue)
    assert tax_action(Channel.main()) == {
        "type": "uri",
        "label": "แจ้งชำระภาษี",
        "uri": ADD_FRIEND,
    }
    assert ADD_FRIEND in told(somsri, key)


def test_at_the_other_account_itself_they_are_answered(revenue: Channel, somsri: Resident) -> None:
    choose(payment_channel=revenue)
    assert tax_action(revenue)["type"] == "postback"
    assert ADD_FRIEND not in told(also_in(revenue, somsri))


def test_an_account_that_is_not_connected_can_be_led_to(somsri: Resident) -> None:
    choose(payment_account_url="https://lin.ee/other")
    assert tax_action(Channel.main())["uri"] == "https://lin.ee/other"
    assert "https://lin.ee/other" in told(somsri)


def test_an_account_that_is_switched_off_is_led_to_no_more(
    revenue: Channel, somsri: Resident
) -> None:
    choose(payment_channel=revenue)
    revenue.is_active = False
    revenue.save()
    assert tax_action(Channel.main())["type"] == "postback"
    assert ADD_FRIEND not in told(somsri)


# -- one person -------------------------------------------------------------------------------


def test_under_one_provider_she_is_one_person(revenue: Channel, somsri: Resident) -> None:
    there = also_in(revenue, somsri)
    assert set(people.same_person(somsri)) == set(people.same_person(there)) == {somsri, there}
    assert people.ids_of_person(there) == [there.pk, somsri.pk]


@pytest.mark.parametrize("provider", ["ผู้ให้บริการอื่น", ""])
def test_under_another_or_an_unnamed_provider_she_is_somebody_else(
    revenue: Channel, somsri: Resident, provider: str
) -> None:
    there = also_in(revenue, somsri)
    revenue.provider = provider
    revenue.save()
    if not provider:
        main = Channel.main()
        main.provider = ""
        main.save()
    assert people.ids_of_person(somsri) == [somsri.pk]
    assert list(people.same_person(there)) == [there]


def test_another_user_of_the_same_provider_is_somebody_else(
    revenue: Channel, somsri: Resident, neighbour: Resident
) -> None:
    also_in(revenue, neighbour)
    assert people.ids_of_person(somsri) == [somsri.pk]


def test_with_one_account_nothing_is_asked(
    somsri: Resident, django_assert_num_queries: Any
) -> None:
    people.ids_of_person(somsri)
    with django_assert_num_queries(0):
        assert people.ids_of_person(somsri) == [somsri.pk]
