"""What open pages are answered, and the page on which an officer links his own LINE."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bannmae import testing
from bannmae.accounts import give_one_time_password
from bannmae.models import Staff
from chatops.alerts import linking, registry
from chatops.models import ChatCase, LinkAttempt, StaffLink
from chatops.tests.chats import make_chat, make_welfare_officer

pytestmark = pytest.mark.django_db
ALERTS, PAGE = "/admin/alerts/", "/admin/line-link/"


@pytest.fixture
def officer() -> Staff:
    """An officer of กองสวัสดิการสังคม."""
    return make_welfare_officer()


def as_(staff: Staff) -> Client:
    """A browser in which he is signed in."""
    client = Client()
    client.force_login(staff)
    return client


def ask(client: Client, since: str = "") -> Any:
    """What an open page is answered."""
    answer = client.get(ALERTS, {"since": since} if since else {})
    assert answer.status_code == 200
    return answer.json()


# -- what open pages ask ------------------------------------------------------------------


def test_a_browser_is_told_what_came_since_it_was_told_last(officer: Staff) -> None:
    browser = as_(officer)
    make_chat(resident=testing.make_resident("สมศรี ใจดี"))
    first = ask(browser)
    assert first["staff"] == str(officer.pk)
    assert first["news"] == [], "a browser that comes new is told from now on"
    ChatCase.objects.update(inbox_at=timezone.now() - timedelta(seconds=30))
    since = (timezone.now() - timedelta(minutes=1)).isoformat()
    told = ask(browser, since)
    assert told["news"] == [{"key": "chats", "text": "แชตใหม่ 1", "url": "/admin/chatops/chatcase/"}]
    assert ask(browser, told["until"])["news"] == []


def test_the_answer_names_nobody(officer: Staff) -> None:
    make_chat(resident=testing.make_resident("สมศรี ใจดี"), text="ลูกป่วยค่ะ")
    ChatCase.objects.update(inbox_at=timezone.now() - timedelta(seconds=30))
    since = (timezone.now() - timedelta(minutes=1)).isoformat()
    text = as_(officer).get(ALERTS, {"since": since}).content.decode()
    assert "chats" in text
    assert "สมศรี" not in text
    assert "ลูกป่วย" not in text


def test_what_is_being_written_just_now_is_left_for_the_next_look(officer: Staff) -> None:
    browser = as_(officer)
    since = (timezone.now() - timedelta(minutes=1)).isoformat()
    make_chat()
    told = ask(browser, since)
    assert told["news"] == []
    ChatCase.objects.update(inbox_at=timezone.now() - registry.SETTLES - timedelta(seconds=0.1))
    again = ask(browser, since)
    assert [one["text"] for one in again["news"]] == ["แชตใหม่ 1"]
    assert again["until"] > told["until"]


def test_figures_of_the_menu_and_the_title_s_total_come_along(
    engineer: Staff, executive: Staff
) -> None:
    testing.make_complaint()
    testing.make_complaint(category="street-light")
    found = ask(as_(engineer))
    complaint = "/admin/complaints/complaint/"
    figures = {url: figure for url, figure in found["badges"].items() if complaint in url}
    assert sum(int(figure or 0) for figure in figures.values()) == 2
    assert found["badges"]["/admin/"] == ""
    assert found["total"] == "2"
    page = as_(engineer).get("/admin/").content.decode()
    for url in found["badges"]:
        assert f'href="{url}"' in page, "by the addresses that the menu has"
    assert "/admin/chatops/chatcase/" not in ask(as_(executive))["badges"]


@pytest.mark.parametrize("since", ["yesterday", "2026-13-40T00:00:00Z", "2026-01-01T00:00:00"])
def test_a_moment_that_is_none_is_as_good_as_none(since: str, officer: Staff) -> None:
    assert ask(as_(officer), since)["news"] == []


def test_the_watermark_never_goes_back(officer: Staff) -> None:
    ahead = (timezone.now() + timedelta(minutes=5)).isoformat()
    assert ask(as_(officer), ahead)["until"] == ahead


def test_who_is_not_signed_in_is_told_so_without_being_led_away(officer: Staff) -> None:
    assert Client().get(ALERTS).status_code == 401
    resident_like = testing.make_staff(is_staff=False)
    assert as_(resident_like).get(ALERTS).status_code == 401
    browser = as_(officer)
    Staff.objects.filter(pk=officer.pk).update(is_active=False)
    assert browser.get(ALERTS).status_code == 401
    assert as_(testing.make_engineer()).post(ALERTS).status_code == 405


def test_a_one_time_password_opens_no_figures(officer: Staff, legal_officer: Staff) -> None:
    give_one_time_password(officer, legal_officer)
    assert as_(officer).get(ALERTS).status_code == 302


def test_looking_takes_the_same_few_queries_however_much_there_is(
    officer: Staff,
) -> None:
    browser = as_(officer)
    since = (timezone.now() - timedelta(minutes=1)).isoformat()

    def cost() -> int:
        ask(browser, since)  # what a process keeps is fetched
        with CaptureQueriesContext(connection) as asked:
            ask(browser, since)
        return len(asked)

    make_chat()
    testing.make_complaint()
    few = cost()
    for _ in range(6):
        make_chat()
        testing.make_complaint()
    assert cost() == few <= 16


def test_the_answer_is_kept_by_no_cache(officer: Staff) -> None:
    assert "no-store" in as_(officer).get(ALERTS)["Cache-Control"]


def test_every_staff_page_asks_and_the_others_do_not(officer: Staff, client: Client) -> None:
    for address in ("/admin/", "/admin/complaints/complaint/", PAGE):
        page = as_(officer).get(address).content.decode()
        assert 'data-url="/admin/alerts/"' in page
        assert f'data-staff="{officer.pk}"' in page
        assert "data-alert-bell" in page
        assert f'href="{PAGE}"' in page
    assert "data-alerts" not in client.get("/admin/login/").content.decode()


# -- เชื่อม LINE ของฉัน -----------------------------------------------------------------------


def code_on(page: str) -> str:
    """The code that a page shows."""
    shown = re.search(r'data-testid="link-code">([^<]+)<', page)
    assert shown is not None
    return shown.group(1)


def test_everybody_has_the_page_and_makes_a_code_there(outsider: Staff) -> None:
    browser = as_(outsider)
    assert "ขอรหัส" in browser.get(PAGE).content.decode()
    words = code_on(browser.post(PAGE, {"do": "code"}).content.decode())
    assert linking.holds_code(words)
    assert "link-code" not in browser.get(PAGE).content.decode(), "it is shown once"

    his = testing.make_resident("ไลน์ของสมชาย")
    linking.try_link(his, words)
    page = browser.get(PAGE).content.decode()
    assert "ไลน์ของสมชาย" in page
    assert "ยกเลิกการเชื่อม" in page


def test_the_page_that_shows_a_code_hears_that_it_was_used(officer: Staff) -> None:
    browser = as_(officer)
    words = code_on(browser.post(PAGE, {"do": "code"}).content.decode())
    assert browser.get(f"{PAGE}state/").json() == {"linked": ""}
    linking.try_link(testing.make_resident(), words)
    linked_at = StaffLink.objects.get().linked_at
    assert browser.get(f"{PAGE}state/").json() == {"linked": linked_at.isoformat()}
    assert Client().get(f"{PAGE}state/").status_code == 401


def test_too_many_codes_are_refused_in_words(officer: Staff) -> None:
    browser = as_(officer)
    for _ in range(5):
        code_on(browser.post(PAGE, {"do": "code"}).content.decode())
    refused = browser.post(PAGE, {"do": "code"}).content.decode()
    assert "ไม่เกิน 5 ครั้งต่อชั่วโมง" in refused
    assert "link-code" not in refused
    assert LinkAttempt.objects.filter(staff=officer).count() == 5


def test_unlinking_is_one_press(officer: Staff) -> None:
    StaffLink.objects.create(
        staff=officer, resident=testing.make_resident(), linked_at=timezone.now()
    )
    answer = as_(officer).post(PAGE, {"do": "unlink"}, follow=True)
    assert "ยกเลิกการเชื่อม LINE แล้ว" in answer.content.decode()
    assert StaffLink.objects.get().resident is None


def test_a_line_that_blocks_the_account_is_shown_as_such(officer: Staff) -> None:
    blocked = testing.make_resident(blocked_at=timezone.now())
    StaffLink.objects.create(staff=officer, resident=blocked, linked_at=timezone.now())
    assert "บล็อกบัญชีของเทศบาลอยู่" in as_(officer).get(PAGE).content.decode()


def test_who_is_not_signed_in_is_led_to_sign_in_and_a_foreign_form_is_refused(
    officer: Staff,
) -> None:
    assert Client().get(PAGE).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    assert strict.post(PAGE, {"do": "code"}).status_code == 403
    assert not StaffLink.objects.exists()
