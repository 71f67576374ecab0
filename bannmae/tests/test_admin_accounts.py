"""Officers' accounts: sign-in, one-time passwords, closing; and what their keeper may not do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from bannmae import roles, testing
from bannmae.models import AccessLog, Division, Staff
from bannmae.staff_site import StaffSite

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a quite different horse"


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


def sign_in(username: str, password: str) -> tuple[Client, int]:
    """Sign in as people do; return the browser and the answer's status."""
    client = Client()
    answer = client.post(
        reverse("admin:login"), {"username": username, "password": password, "next": "/admin/"}
    )
    return client, answer.status_code


def change_url(staff: Staff) -> str:
    """The page of an account."""
    return reverse("admin:bannmae_staff_change", args=[staff.pk])


def act_url(staff: Staff, act: str) -> str:
    """The page of an act on an account."""
    return reverse(f"admin:bannmae_staff_{act}", args=[staff.pk])


def shown_password(content: str) -> str:
    """The one-time password that a page shows, '' for none."""
    found = re.search(r'class="bm-password">([a-z0-9-]+)<', content)
    return found.group(1) if found else ""


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the accounts; no superuser."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


@pytest.fixture
def superuser() -> Staff:
    """Who may do everything."""
    return testing.make_staff("root", is_superuser=True)


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
        "/admin/bannmae/municipality/garuda/",
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


# -- what the keeper of the accounts may not do --------------------------------------------------


@pytest.mark.parametrize("act", ["one_time_password", "close", "unlock"])
def test_a_superuser_is_touched_by_superusers_alone(
    keeper: Staff, superuser: Staff, engineer: Staff, act: str
) -> None:
    for staff in (keeper, engineer):
        assert as_(staff).post(act_url(superuser, act)).status_code == 403
    superuser.refresh_from_db()
    assert superuser.is_active
    assert superuser.check_password(testing.PASSWORD)
    as_(keeper).post(change_url(superuser), {"first_name": "ถูกแก้"})
    superuser.refresh_from_db()
    assert superuser.first_name != "ถูกแก้"


def test_nobody_makes_himself_more_than_he_is(keeper: Staff) -> None:
    legal = Group.objects.get(name=roles.LEGAL)
    as_(keeper).post(
        change_url(keeper),
        {
            "first_name": "ผู้ดูแล",
            "last_name": "บัญชี",
            "position": "",
            "email": "",
            "is_superuser": "on",
            "is_staff": "on",
            "groups": [legal.pk],
            "divisions": [Division.objects.get(slug="legal").pk],
            "user_permissions": list(Permission.objects.values_list("pk", flat=True)[:5]),
        },
    )
    keeper = Staff.objects.get(pk=keeper.pk)
    assert keeper.first_name == "ผู้ดูแล", "his name is his"
    assert not keeper.is_superuser
    assert [group.name for group in keeper.groups.all()] == [roles.ADMINISTRATOR]
    assert not keeper.divisions.exists()
    assert not keeper.user_permissions.exists()


def test_an_officer_has_a_role_and_who_lacks_a_division_is_told_of(keeper: Staff) -> None:
    add = reverse("admin:bannmae_staff_add")
    field = as_(keeper).get(add).context["adminform"].form.fields["groups"]
    assert field.label == "บทบาท"
    assert "บทบาท" in str(field.help_text)
    fields: dict[str, Any] = {"username": "malee", "first_name": "มาลี", "last_name": "รักงาน"}
    refused = as_(keeper).post(add, fields).content.decode()
    assert "กรุณาเลือกบทบาทอย่างน้อยหนึ่งบทบาท" in refused
    assert not Staff.objects.filter(username="malee").exists()

    fields["groups"] = [Group.objects.get(name=roles.OFFICER).pk]
    shown = as_(keeper).post(add, fields).content.decode()
    assert shown_password(shown)
    assert "ยังไม่มีกอง/งาน จึงไม่เห็นเรื่องใด" in shown

    fields["divisions"] = [Division.objects.get(slug="welfare").pk]
    saved = as_(keeper).post(change_url(Staff.objects.get(username="malee")), fields, follow=True)
    assert "ยังไม่มีกอง/งาน" not in saved.content.decode()
    # Who only keeps accounts needs no division; a closed account no role.
    fields |= {"divisions": [], "groups": [Group.objects.get(name=roles.ADMINISTRATOR).pk]}
    saved = as_(keeper).post(change_url(Staff.objects.get(username="malee")), fields, follow=True)
    assert "ยังไม่มีกอง/งาน" not in saved.content.decode()
    Staff.objects.filter(username="malee").update(is_active=False)
    fields["groups"] = []
    answer = as_(keeper).post(change_url(Staff.objects.get(username="malee")), fields)
    assert answer.status_code == 302


@pytest.mark.parametrize("slug", ["legal", "executives"])
def test_who_sees_everybodys_cases_is_named_by_a_superuser_alone(
    keeper: Staff, superuser: Staff, engineer: Staff, slug: str
) -> None:
    all_seeing = Division.objects.get(slug=slug)
    roads = Division.objects.get(slug="engineering")
    fields = {
        "first_name": "ก",
        "last_name": "ข",
        "divisions": [roads.pk, all_seeing.pk],
        "groups": [Group.objects.get(name=roles.OFFICER).pk],
    }
    new = fields | {"username": "malee"}
    for url, data in [(change_url(engineer), fields), (reverse("admin:bannmae_staff_add"), new)]:
        answer = as_(keeper).post(url, data)
        assert answer.status_code == 200
        assert (
            f"{all_seeing.name} เห็นเรื่องของทุกกอง จึงให้ผู้ใดสังกัดได้เฉพาะผู้ดูแลสูงสุด"
            in answer.content.decode()
        )
    assert list(engineer.divisions.all()) == [roads]
    assert not Staff.objects.filter(username="malee").exists()
    as_(superuser).post(reverse("admin:bannmae_staff_add"), new)
    assert all_seeing in Staff.objects.get(username="malee").divisions.all()


def test_the_keeper_edits_and_closes_the_legal_officer_but_borrows_no_eyes(
    keeper: Staff, superuser: Staff, legal_officer: Staff
) -> None:
    division = legal_officer.divisions.get()
    answer = as_(keeper).post(
        change_url(legal_officer),
        {
            "first_name": "มาลี",
            "last_name": "รักงาน",
            "divisions": [division.pk],
            "groups": [group.pk for group in legal_officer.groups.all()],
        },
    )
    assert answer.status_code == 302
    for act, active in (("one_time_password", True), ("close", True), ("reopen", False)):
        answer = as_(keeper).post(act_url(legal_officer, act), follow=True)
        assert not shown_password(answer.content.decode())
        if act != "close":
            assert "ผู้ดูแลสูงสุดเท่านั้นที่ออกรหัสผ่านให้ได้" in answer.content.decode()
        legal_officer.refresh_from_db()
        assert legal_officer.is_active is (act == "one_time_password"), active
    assert legal_officer.first_name == "มาลี"
    assert list(legal_officer.divisions.all()) == [division]
    answer = as_(superuser).post(act_url(legal_officer, "reopen"))
    assert shown_password(answer.content.decode())


def test_nobody_makes_another_a_superuser_without_being_one(
    keeper: Staff, superuser: Staff, engineer: Staff
) -> None:
    fields = {
        "first_name": "ก",
        "last_name": "ข",
        "position": "ช่าง",
        "groups": [Group.objects.get(name=roles.OFFICER).pk],
        "divisions": [Division.objects.get(slug="engineering").pk],
        "is_superuser": "on",
    }
    as_(keeper).post(change_url(engineer), fields)
    engineer.refresh_from_db()
    assert engineer.first_name == "ก"
    assert not engineer.is_superuser
    as_(superuser).post(change_url(engineer), fields)
    engineer.refresh_from_db()
    assert engineer.is_superuser


def test_roles_with_rights_over_accounts_are_not_handed_out_by_who_lacks_them(
    keeper: Staff, engineer: Staff
) -> None:
    mighty = Group.objects.create(name="ผู้ให้สิทธิ์")
    mighty.permissions.add(Permission.objects.get(codename="change_group"))
    page = as_(keeper).get(change_url(engineer)).content.decode()
    assert "ผู้ให้สิทธิ์" not in page
    as_(keeper).post(
        change_url(engineer), {"first_name": "ก", "last_name": "ข", "groups": [mighty.pk]}
    )
    assert mighty not in engineer.groups.all()
    assert as_(keeper).get(reverse("admin:auth_group_changelist")).status_code == 403


def test_no_page_sets_another_persons_password(superuser: Staff, engineer: Staff) -> None:
    answer = as_(superuser).get(f"/admin/bannmae/staff/{engineer.pk}/password/")
    assert answer.status_code in (302, 404)
    assert as_(superuser).post(f"/admin/bannmae/staff/{engineer.pk}/delete/").status_code == 403


def test_nobody_acts_on_his_own_account(keeper: Staff) -> None:
    for act in ("one_time_password", "close", "unlock"):
        assert as_(keeper).post(act_url(keeper, act)).status_code == 403


def test_officers_keep_no_accounts(engineer: Staff, legal_officer: Staff, executive: Staff) -> None:
    for staff in (engineer, legal_officer, executive):
        assert as_(staff).get(reverse("admin:bannmae_staff_changelist")).status_code == 403
        assert as_(staff).post(act_url(engineer, "close")).status_code == 403


def test_new_rights_are_written_into_the_access_log(keeper: Staff, engineer: Staff) -> None:
    as_(keeper).post(
        change_url(engineer),
        {
            "first_name": "ก",
            "last_name": "ข",
            "position": "ช่าง",
            "divisions": [Division.objects.get(slug="health").pk],
            "groups": [Group.objects.get(name=roles.OFFICER).pk],
        },
    )
    [entry] = AccessLog.objects.filter(subject=f"staff:{engineer.username}")
    assert "กองสาธารณสุขและสิ่งแวดล้อม" in entry.detail
    assert entry.staff == keeper
    assert entry.ip_address == "127.0.0.1"


def test_an_edit_of_the_name_does_not_reopen_an_account_closed_meanwhile(
    keeper: Staff, superuser: Staff, engineer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bannmae.staff_admin import StaffAdmin

    original = StaffAdmin.save_model

    def slowly(self: StaffAdmin, *args: object) -> None:
        Staff.objects.filter(pk=engineer.pk).update(is_active=False)
        original(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(StaffAdmin, "save_model", slowly)
    as_(keeper).post(
        change_url(engineer),
        {
            "first_name": "ชื่อใหม่",
            "last_name": "ข",
            "groups": [group.pk for group in engineer.groups.all()],
        },
    )
    engineer.refresh_from_db()
    assert engineer.first_name == "ชื่อใหม่"
    assert not engineer.is_active


@pytest.mark.parametrize("prefix", ["", "/x", "/admin/password_change"])
def test_no_path_in_front_frees_of_the_duty_to_change_a_one_time_password(
    engineer: Staff, prefix: str
) -> None:
    engineer.must_change_password = True
    engineer.save(update_fields=["must_change_password"])
    client = as_(engineer)
    answer = client.get("/admin/complaints/complaint/", SCRIPT_NAME=prefix)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:password_change")
    assert client.get("/admin/password_change/", SCRIPT_NAME=prefix).status_code == 200
