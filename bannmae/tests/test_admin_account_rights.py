"""What the keeper of the officers' accounts may not do, nor anybody with his own."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from bannmae import roles, testing
from bannmae.models import AccessLog, Division, Staff
from bannmae.tests.accounts import act_url, as_, change_url, shown_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the accounts; no superuser."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


@pytest.fixture
def superuser() -> Staff:
    """Who may do everything."""
    return testing.make_staff("root", is_superuser=True)


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
