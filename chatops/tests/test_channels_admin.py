"""A further LINE account in the admin: connected there, its credentials never shown again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from bannmae import roles, testing
from bannmae.models import AccessLog, Staff
from chatops.models import Channel

pytestmark = pytest.mark.django_db

LIST = "/admin/chatops/channel/"
ADD = f"{LIST}add/"
SECRET, TOKEN = "a" * 32, "long/lived+token="


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the settings; no superuser."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


def fields(**changes: Any) -> dict[str, Any]:
    """The form of a new account, filled in."""
    return {
        "name": "งานจัดเก็บรายได้",
        "slug": "revenue",
        "is_active": "on",
        "provider": "เทศบาลตำบลบ้านแม",
        "channel_secret": SECRET,
        "access_token": TOKEN,
        "add_friend_url": "https://lin.ee/revenue",
        "menu_entries": ["tax", "garbage"],
    } | changes


@pytest.fixture
def revenue(keeper: Staff) -> Channel:
    """The account, connected in the admin."""
    answer = as_(keeper).post(ADD, fields())
    assert answer.status_code == 302, answer.content.decode()
    return Channel.objects.get(slug="revenue")


def page_of(channel: Channel) -> str:
    """The address of its page."""
    return reverse("admin:chatops_channel_change", args=[channel.pk])


def test_an_account_is_connected_in_the_admin(keeper: Staff, revenue: Channel) -> None:
    assert (revenue.channel_secret, revenue.access_token) == (SECRET, TOKEN)
    assert revenue.menu_entries == ["tax", "garbage"]
    assert AccessLog.objects.filter(subject="channel:revenue").exists()
    text = as_(keeper).get(page_of(revenue)).content.decode()
    assert "/line/webhook/revenue" in text


def test_credentials_are_never_shown_again(keeper: Staff, revenue: Channel) -> None:
    reader = testing.make_staff("reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_channel"))
    superuser = testing.make_staff("root", is_superuser=True)
    for staff in (keeper, reader, superuser):
        for page in (LIST, page_of(revenue), f"{page_of(revenue)[:-7]}history/"):
            text = as_(staff).get(page).content.decode()
            assert SECRET not in text
            assert TOKEN not in text
    text = as_(keeper).get(page_of(revenue)).content.decode()
    assert text.count("•••• ตั้งไว้แล้ว") == 2


def test_not_even_after_a_mistake(keeper: Staff, revenue: Channel) -> None:
    answer = as_(keeper).post(page_of(revenue), fields(name="", access_token="other-token"))
    assert answer.status_code == 200
    assert "other-token" not in answer.content.decode()


def test_what_is_left_blank_is_kept(keeper: Staff, revenue: Channel) -> None:
    before = AccessLog.objects.count()
    blank = fields(name="กองคลัง", channel_secret="", access_token="")
    assert as_(keeper).post(page_of(revenue), blank).status_code == 302
    revenue.refresh_from_db()
    assert (revenue.name, revenue.channel_secret, revenue.access_token) == (
        "กองคลัง",
        SECRET,
        TOKEN,
    )
    assert AccessLog.objects.count() == before


def test_a_new_token_is_tried_at_once(keeper: Staff, revenue: Channel) -> None:
    Channel.objects.filter(pk=revenue.pk).update(trouble="LINE ไม่รับสิทธิ์ของบัญชีนี้")
    as_(keeper).post(page_of(revenue), fields(channel_secret="", access_token=" new \n"))
    revenue.refresh_from_db()
    assert (revenue.access_token, revenue.channel_secret) == ("new", SECRET)
    assert revenue.trouble == ""
    assert revenue.paused_until is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel_secret": ""},
        {"access_token": ""},
        {"access_token": "โทเคน"},
        {"slug": "main"},
        {"slug": "../x"},
        {"add_friend_url": "ftp://lin.ee/x"},
        {"add_friend_url": "http://lin.ee/x"},
        {"menu_entries": ["no-such"]},
        {
            "menu_entries": [
                *("emergency", "tax", "garbage", "track", "complaint"),
                *("news", "website", "eservice", "air"),
            ]
        },
    ],
)
def test_what_cannot_be_is_refused(keeper: Staff, wrong: dict[str, Any]) -> None:
    answer = as_(keeper).post(ADD, fields(**wrong))
    assert answer.status_code == 200
    assert not Channel.objects.exclude(slug=Channel.MAIN).exists()


def test_the_main_accounts_credentials_are_the_environments(keeper: Staff) -> None:
    main = Channel.main()
    text = as_(keeper).get(page_of(main)).content.decode()
    assert "LINE_CHANNEL_SECRET" in text
    assert 'name="access_token"' not in text
    sent = fields(name="เทศบาลตำบลบ้านแม", slug="other", is_active="")
    assert as_(keeper).post(page_of(main), sent).status_code == 302
    main.refresh_from_db()
    assert (main.slug, main.is_active, main.access_token) == ("main", True, "")
    assert main.provider == "เทศบาลตำบลบ้านแม"


def test_its_code_stays_since_line_knows_the_address(keeper: Staff, revenue: Channel) -> None:
    as_(keeper).post(page_of(revenue), fields(slug="other"))
    revenue.refresh_from_db()
    assert revenue.slug == "revenue"


def test_officers_have_no_business_there(engineer: Staff, revenue: Channel) -> None:
    for page in (LIST, ADD, page_of(revenue)):
        assert as_(engineer).get(page).status_code == 403
    assert as_(engineer).post(page_of(revenue), fields(name="x")).status_code == 403
    assert as_(engineer).post(ADD, fields(slug="x")).status_code == 403


def test_who_only_reads_changes_nothing(revenue: Channel) -> None:
    reader = testing.make_staff("reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_channel"))
    assert as_(reader).post(page_of(revenue), fields(name="x")).status_code == 403
    assert as_(reader).get(ADD).status_code == 403


def test_an_account_is_switched_off_and_never_deleted(keeper: Staff, revenue: Channel) -> None:
    assert as_(keeper).get(f"{page_of(revenue)[:-7]}delete/").status_code == 403
    as_(keeper).post(page_of(revenue), fields(is_active="", channel_secret="", access_token=""))
    assert "ปิดใช้งาน" in as_(keeper).get(LIST).content.decode()
