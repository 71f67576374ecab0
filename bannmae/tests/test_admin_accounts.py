"""Officers' accounts: sign-in, one-time passwords, closing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from bannmae import roles, testing
from bannmae.models import AccessLog, Division, Staff
from bannmae.staff_site import StaffSite
from bannmae.tests.accounts import act_url, as_, change_url, shown_password, sign_in

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a quite different horse"


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the accounts; no superuser."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


# -- signing in ---------------------------------------------------------------------------


def test_the_sign_in_page_is_thai_and_leads_to_the_first_screen(engineer: Staff) -> None:
    page = Client().get(reverse("admin:login")).content.decode()
    assert "เข้าสู่ระบบ" in page
    assert "ระบบงานเจ้าหน้าที่" in page
    client, status = sign_in(engineer.username, testing.PASSWORD)
    assert status == 302
    first = client.get("/admin/")
    assert first.status_code == 200
    assert "งานของฉัน" in first.content.decode()


def test_there_is_one_site_for_staff_and_everything_is_registered_with_it() -> None:
    assert isinstance(admin.site, StaffSite)
    assert admin.site.is_registered(Staff)


def test_a_wrong_password_is_told_in_thai(engineer: Staff) -> None:
    answer = Client().post(
        reverse("admin:login"), {"username": engineer.username, "password": "wrong"}
    )
    assert answer.status_code == 200
    assert "bm-" not in shown_password(answer.content.decode())
    assert "รหัสผ่าน" in answer.content.decode()
    assert "Please enter" not in answer.content.decode()


def test_eight_wrong_passwords_lock_the_account_here_until_somebody_unlocks_it(
    engineer: Staff, keeper: Staff
) -> None:
    for _ in range(8):
        client, status = sign_in(engineer.username, "wrong")
    assert status == 429
    page = client.post(
        reverse("admin:login"), {"username": engineer.username, "password": testing.PASSWORD}
    )
    assert page.status_code == 429, "the right password does not help now"
    assert "15 นาที" in page.content.decode()
    as_(keeper).post(act_url(engineer, "unlock"))
    assert sign_in(engineer.username, testing.PASSWORD)[1] == 302
    assert AccessLog.objects.filter(subject=f"staff:{engineer.username}").exists()


def guess(username: str, password: str = "wrong", **meta: str) -> int:
    """Try to sign in from the address in `meta`; return the answer's status."""
    answer = Client().post(
        reverse("admin:login"), {"username": username, "password": password}, **meta
    )
    return answer.status_code


def test_one_officers_wrong_passwords_lock_out_nobody_else_of_the_office(
    engineer: Staff, legal_officer: Staff
) -> None:
    office = {"REMOTE_ADDR": "203.0.113.7"}
    for _ in range(9):
        status = guess(engineer.username, **office)
    assert status == 429
    assert guess(legal_officer.username, testing.PASSWORD, **office) == 302


def test_behind_the_front_a_claimed_address_neither_evades_the_lock_nor_locks_out_others(
    engineer: Staff, settings: Any
) -> None:
    settings.HTTPS = True
    front = {"REMOTE_ADDR": "172.18.0.2"}
    office, attacker = "203.0.113.7", "198.51.100.9"
    for n in range(8):
        claimed = f"{office}, 192.0.2.{n}, {attacker}"
        status = guess(engineer.username, HTTP_X_FORWARDED_FOR=claimed, **front)
    assert status == 429
    for claimed in (attacker, f"192.0.2.99, {attacker}"):
        right = guess(engineer.username, testing.PASSWORD, HTTP_X_FORWARDED_FOR=claimed, **front)
        assert right == 429, "another claim does not help him"
    assert (
        guess(engineer.username, testing.PASSWORD, HTTP_X_FORWARDED_FOR=office, **front) == 302
    ), "the officer himself is not locked out"


def test_without_a_front_nobody_is_believed_about_his_address(engineer: Staff) -> None:
    for n in range(8):
        status = guess(engineer.username, HTTP_X_FORWARDED_FOR=f"192.0.2.{n}")
    assert status == 429


def test_signing_out_needs_a_click_and_ends_the_session(engineer: Staff) -> None:
    client = as_(engineer)
    assert client.get(reverse("admin:logout")).status_code == 405
    client.post(reverse("admin:logout"))
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/password_change/",
        "/admin/bannmae/staff/",
        "/admin/bannmae/accesslog/",
        "/admin/bannmae/municipality/",
        "/admin/bannmae/municipality/picture/garuda/",
        "/admin/auth/group/",
    ],
)
def test_nobody_gets_in_without_signing_in(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_staff_pages_are_framed_by_nobody_and_only_they_may_evaluate(engineer: Staff) -> None:
    policy = as_(engineer).get("/admin/")["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-eval'" in policy
    assert "'unsafe-eval'" not in Client().get("/healthz").get("Content-Security-Policy", "")


# -- one-time passwords ---------------------------------------------------------------------


def test_a_new_officer_gets_a_password_that_is_shown_once_and_must_be_changed(
    keeper: Staff,
) -> None:
    answer = as_(keeper).post(
        reverse("admin:bannmae_staff_add"),
        {
            "username": "malee",
            "first_name": "มาลี",
            "last_name": "รักงาน",
            "position": "นิติกร",
            "divisions": [Division.objects.get(slug="welfare").pk],
            "groups": [Group.objects.get(name=roles.LEGAL).pk],
        },
    )
    password = shown_password(answer.content.decode())
    assert password
    assert "no-store" in answer["Cache-Control"]
    malee = Staff.objects.get(username="malee")
    assert malee.is_staff
    assert not malee.is_superuser
    assert [group.name for group in malee.groups.all()] == [roles.LEGAL]
    assert password not in as_(keeper).get(change_url(malee)).content.decode()

    client, status = sign_in("malee", password)
    assert status == 302
    for path in ("/admin/", "/admin/complaints/complaint/", "/admin/bannmae/staff/"):
        assert client.get(path)["Location"] == reverse("admin:password_change")
    page = client.get(reverse("admin:password_change")).content.decode()
    assert "รหัสผ่านใช้ครั้งเดียว" in page
    assert "รหัสผ่านครั้งเดียวที่ได้รับ" in page
    wrong = client.post(
        reverse("admin:password_change"),
        {"old_password": "x", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
    )
    assert "รหัสผ่านครั้งเดียวไม่ถูกต้อง" in wrong.content.decode()
    answer = client.post(
        reverse("admin:password_change"),
        {"old_password": password, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
    )
    assert answer["Location"] == reverse("admin:index")
    assert client.get("/admin/").status_code == 200, "still signed in"
    malee.refresh_from_db()
    assert not malee.must_change_password
    assert malee.check_password(NEW_PASSWORD)


@pytest.mark.parametrize(
    ("new", "again", "message", "beside"),
    [
        (testing.PASSWORD, testing.PASSWORD, "ไม่ซ้ำกับรหัสผ่านเดิม", "new_password1"),
        ("short1", "short1", "สั้นเกินไป", "new_password1"),
        ("1234567890", "1234567890", "ตัวเลขล้วน", "new_password1"),
        ("", "", "กรุณากรอก", "new_password1"),
        (NEW_PASSWORD, NEW_PASSWORD + "x", "ไม่ตรงกัน", "new_password2"),
    ],
)
def test_a_poor_new_password_is_refused_in_thai(
    engineer: Staff, new: str, again: str, message: str, beside: str
) -> None:
    engineer.must_change_password = True
    engineer.save(update_fields=["must_change_password"])
    answer = as_(engineer).post(
        reverse("admin:password_change"),
        {"old_password": testing.PASSWORD, "new_password1": new, "new_password2": again},
    )
    assert message in answer.content.decode()
    assert message in str(answer.context["form"].errors[beside])
    engineer.refresh_from_db()
    assert engineer.must_change_password
    assert engineer.check_password(testing.PASSWORD)


def test_changing_the_password_does_not_bring_a_closed_account_back(engineer: Staff) -> None:
    from bannmae.staff_site import OwnPasswordForm

    form = OwnPasswordForm(
        engineer,
        {
            "old_password": testing.PASSWORD,
            "new_password1": NEW_PASSWORD,
            "new_password2": NEW_PASSWORD,
        },
    )
    assert form.is_valid()
    Staff.objects.filter(pk=engineer.pk).update(is_active=False)
    form.save()
    engineer.refresh_from_db()
    assert not engineer.is_active


def test_a_reset_ends_the_old_password_and_its_sessions(keeper: Staff, engineer: Staff) -> None:
    theirs = as_(engineer)
    assert theirs.get("/admin/").status_code == 200
    asked = as_(keeper).get(act_url(engineer, "one_time_password")).content.decode()
    assert not shown_password(asked), "asking does nothing yet"
    assert theirs.get("/admin/").status_code == 200
    page = as_(keeper).post(act_url(engineer, "one_time_password")).content.decode()
    password = shown_password(page)
    assert theirs.get("/admin/").status_code == 302
    assert sign_in(engineer.username, testing.PASSWORD)[1] == 200, "refused"
    assert sign_in(engineer.username, password)[1] == 302
    assert AccessLog.objects.filter(detail__contains="รหัสผ่านใช้ครั้งเดียว").count() == 1


def test_a_closed_account_is_out_at_once_and_keeps_its_name(keeper: Staff, engineer: Staff) -> None:
    theirs = as_(engineer)
    as_(keeper).post(act_url(engineer, "close"))
    assert theirs.get("/admin/")["Location"].startswith("/admin/login/")
    assert sign_in(engineer.username, testing.PASSWORD)[1] == 200, "refused"
    engineer.refresh_from_db()
    assert engineer.closed_at is not None
    assert "ปิดบัญชีแล้ว" in as_(keeper).get(change_url(engineer)).content.decode()

    page = as_(keeper).post(act_url(engineer, "reopen")).content.decode()
    assert sign_in(engineer.username, shown_password(page))[1] == 302
