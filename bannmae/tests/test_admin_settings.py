"""The municipality's own data in the admin, and that every page speaks Thai."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from bannmae import roles, testing
from bannmae.models import AccessLog, Division, Holiday, Municipality, Staff
from bannmae.paper import office_picture as office_picture_module
from bannmae.paper.office_picture import office_picture

pytestmark = pytest.mark.django_db


def as_(staff: Staff) -> Client:
    """A browser in which `staff` is signed in."""
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def keeper() -> Staff:
    """Who keeps the settings; no superuser."""
    return testing.make_staff("keeper", role=roles.ADMINISTRATOR)


@pytest.fixture
def superuser() -> Staff:
    """Who may do everything."""
    return testing.make_staff("root", is_superuser=True)


def png(size: tuple[int, int] = (30, 40)) -> bytes:
    """A clear picture."""
    out = io.BytesIO()
    Image.new("RGBA", size, (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


def profile_fields(**changes: object) -> dict[str, object]:
    """The profile's form as it stands."""
    profile = Municipality.get_solo()
    fields = {
        field.name: getattr(profile, field.name) or ""
        for field in Municipality._meta.fields
        if field.name not in ("id", "garuda", "emblem", "paper_font")
    }
    return fields | changes


def test_the_profile_is_edited_in_the_admin(keeper: Staff) -> None:
    answer = as_(keeper).post(
        reverse("admin:bannmae_municipality_changelist"), profile_fields(phone="0 5331 1111")
    )
    assert answer.status_code == 302, answer.content.decode()
    assert Municipality.objects.get().phone == "0 5331 1111"


@pytest.mark.parametrize("name", ["garuda", "emblem"])
def test_the_offices_pictures_are_private_and_shown_to_who_keeps_the_profile(
    keeper: Staff, engineer: Staff, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # The field took the storage at import; this test has one of its own.
    monkeypatch.setattr(Municipality._meta.get_field(name), "storage", default_storage)
    url = reverse("admin:bannmae_municipality_picture", args=[name])
    assert as_(keeper).get(url).status_code == 404
    as_(keeper).post(
        reverse("admin:bannmae_municipality_changelist"),
        profile_fields(**{name: SimpleUploadedFile("own.png", png(), "image/png")}),
    )
    answer = as_(keeper).get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert as_(engineer).get(url).status_code == 404
    page = as_(keeper).get(reverse("admin:bannmae_municipality_changelist")).content.decode()
    assert url in page


def test_nothing_else_of_the_profile_is_shown_as_a_picture(keeper: Staff) -> None:
    address = reverse("admin:bannmae_municipality_picture", args=["paper_font"])
    assert as_(keeper).get(address).status_code == 404


@pytest.mark.parametrize("name", ["garuda", "emblem"])
def test_a_file_that_is_no_picture_is_refused(keeper: Staff, name: str) -> None:
    answer = as_(keeper).post(
        reverse("admin:bannmae_municipality_changelist"),
        profile_fields(**{name: SimpleUploadedFile("x.png", b"<script>", "image/png")}),
    )
    assert answer.status_code == 200
    assert not getattr(Municipality.objects.get(), name)


def test_a_picture_is_printed_small_with_what_is_clear_left_clear() -> None:
    large = png((3000, 1500))
    name = default_storage.save("office/large.png", ContentFile(large))
    small = office_picture(Municipality(emblem=name).emblem)
    assert small is not None
    with Image.open(io.BytesIO(small)) as picture:
        assert picture.size == (400, 200)
        assert picture.getpixel((0, 0))[3] == 0


def test_a_picture_that_storage_lost_leaves_its_place_blank() -> None:
    assert office_picture(Municipality(emblem="office/away.png").emblem) is None
    name = default_storage.save("office/broken.png", ContentFile(png()[:60]))
    assert office_picture(Municipality(emblem=name).emblem) is None


def test_a_receipt_waits_for_a_storage_that_does_not_answer_just_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(office_picture_module, "default_storage", SimpleNamespace(open=away))
    with pytest.raises(OSError):
        office_picture(Municipality(emblem="office/emblem.png").emblem)


def test_a_division_is_moved_under_another_by_a_superuser_alone(keeper: Staff) -> None:
    road, welfare = Division.objects.get(slug="engineering"), Division.objects.get(slug="welfare")
    fields = {"name": road.name, "short_name": road.short_name, "order": 0, "is_active": "on"}
    address = reverse("admin:bannmae_division_change", args=[road.pk])
    as_(keeper).post(address, fields | {"parent": welfare.pk})
    road.refresh_from_db()
    assert road.parent is None, "whoever is in the กอง would see the cases of its งาน"


def test_divisions_have_two_levels_at_most(superuser: Staff) -> None:
    legal, office = Division.objects.get(slug="legal"), Division.objects.get(slug="clerk-office")
    fields = {
        "name": office.name,
        "short_name": office.short_name,
        "order": 0,
        "is_active": "on",
        "parent": Division.objects.get(slug="finance").pk,
    }
    answer = as_(superuser).post(reverse("admin:bannmae_division_change", args=[office.pk]), fields)
    assert "มีงานในสังกัดอยู่" in answer.content.decode()
    answer = as_(superuser).post(
        reverse("admin:bannmae_division_change", args=[office.pk]), fields | {"parent": legal.pk}
    )
    assert answer.status_code == 200
    office.refresh_from_db()
    assert office.parent is None


def test_who_sees_everybodys_cases_is_decided_by_a_superuser(
    keeper: Staff, superuser: Staff
) -> None:
    health = Division.objects.get(slug="health")
    url = reverse("admin:bannmae_division_change", args=[health.pk])
    fields = {
        "name": health.name,
        "short_name": health.short_name,
        "order": 0,
        "is_active": "on",
        "sees_all_complaints": "on",
    }
    assert as_(keeper).post(url, fields).status_code == 302
    health.refresh_from_db()
    assert not health.sees_all_complaints
    as_(superuser).post(url, fields)
    health.refresh_from_db()
    assert health.sees_all_complaints
    assert as_(superuser).post(f"/admin/bannmae/division/{health.pk}/delete/").status_code == 403


def test_holidays_are_added_and_shown_in_the_buddhist_era(keeper: Staff) -> None:
    as_(keeper).post(
        reverse("admin:bannmae_holiday_add"), {"date": "2027-02-20", "name": "วันมาฆบูชา"}
    )
    assert Holiday.objects.filter(name="วันมาฆบูชา").exists()
    page = as_(keeper).get(reverse("admin:bannmae_holiday_changelist"), {"q": "มาฆบูชา"})
    assert "20 กุมภาพันธ์ 2570" in page.content.decode()


def test_the_access_log_is_read_and_never_written_here(keeper: Staff, engineer: Staff) -> None:
    entry = AccessLog.objects.create(
        staff=engineer, action=AccessLog.Action.ACCOUNT, subject="staff:malee"
    )
    page = as_(keeper).get(reverse("admin:bannmae_accesslog_changelist"))
    assert "staff:malee" in page.content.decode()
    assert as_(keeper).get(reverse("admin:bannmae_accesslog_add")).status_code == 403
    for tail in ("change", "delete"):
        answer = as_(keeper).post(f"/admin/bannmae/accesslog/{entry.pk}/{tail}/")
        assert answer.status_code in (403, 404)
    assert AccessLog.objects.count() == 1
    assert as_(engineer).get(reverse("admin:bannmae_accesslog_changelist")).status_code == 403


def logged_subjects(staff: Staff) -> list[str]:
    """What the list of the access log shows to `staff`."""
    page = as_(staff).get(reverse("admin:bannmae_accesslog_changelist"))
    assert page.status_code == 200
    return [row.subject for row in page.context["cl"].result_list]


def test_the_access_log_tells_of_a_case_only_to_who_may_see_it(
    keeper: Staff, superuser: Staff, engineer: Staff, health_officer: Staff, legal_officer: Staff
) -> None:
    road = testing.make_complaint()
    secret = testing.make_complaint(category="misconduct")
    subjects = [f"complaint:{road.number}", f"complaint:{secret.number}", "staff:malee"]
    for subject in subjects:
        AccessLog.objects.create(
            staff=superuser, action=AccessLog.Action.VIEW_CASE, subject=subject
        )
    may_read = Permission.objects.get(codename="view_accesslog", content_type__app_label="bannmae")
    for staff in (engineer, health_officer, legal_officer):
        staff.user_permissions.add(may_read)
    everyday, _, account = subjects
    assert logged_subjects(keeper) == [account]
    assert logged_subjects(health_officer) == [account]
    assert logged_subjects(engineer) == [account, everyday]
    assert logged_subjects(legal_officer) == [account, everyday]
    assert logged_subjects(superuser) == subjects[::-1]
    secret.category.readers.add(legal_officer)
    assert logged_subjects(Staff.objects.get(pk=legal_officer.pk)) == subjects[::-1]
    road.accused.add(engineer)
    assert logged_subjects(Staff.objects.get(pk=engineer.pk)) == [account]


def test_the_access_log_costs_the_same_few_queries_however_long_it_is(engineer: Staff) -> None:
    engineer.user_permissions.add(
        Permission.objects.get(codename="view_accesslog", content_type__app_label="bannmae")
    )
    road = testing.make_complaint()

    def queries() -> int:
        client = as_(engineer)
        with CaptureQueriesContext(connection) as found:
            page = client.get(reverse("admin:bannmae_accesslog_changelist"))
        assert {row.subject for row in page.context["cl"].result_list} == {
            f"complaint:{road.number}"
        }
        return len(found)

    counts = []
    for _ in range(3):
        AccessLog.objects.bulk_create(
            AccessLog(
                staff=engineer,
                action=AccessLog.Action.VIEW_CASE,
                subject=f"complaint:{road.number}" if index % 2 else f"complaint:60-{index:04d}",
            )
            for index in range(100)
        )
        counts.append(queries())
    # The first look also fills what the process keeps (profile, content types).
    assert counts[1] == counts[2] <= 15, counts


# -- Thai -------------------------------------------------------------------------------------

# Names and abbreviations that are written so in Thai too.
NAMES = {
    "line", "facebook", "e-service", "service", "pdf", "gps", "api", "url", "ip", "dpo", "email",
    "sarabun", "new", "png", "jpg", "jpeg", "ttf", "otf", "openstreetmap", "contributors",
    "ban", "mae", "subdistrict", "municipality", "slug", "control", "command", "mac", "http",
    "https",
}  # fmt: skip
PAGES = [
    "/admin/",
    "/admin/password_change/",
    "/admin/bannmae/municipality/",
    "/admin/bannmae/staff/",
    "/admin/bannmae/staff/add/",
    "/admin/bannmae/division/",
    "/admin/bannmae/division/add/",
    "/admin/bannmae/signatory/",
    "/admin/bannmae/signatory/add/",
    "/admin/bannmae/holiday/",
    "/admin/bannmae/holiday/add/",
    "/admin/bannmae/accesslog/",
    "/admin/chatops/channel/",
    "/admin/chatops/autotext/",
    "/admin/chatops/outboundmessage/",
    "/admin/chatops/resident/",
    "/admin/chatops/webhookevent/",
    "/admin/complaints/category/",
    "/admin/complaints/category/add/",
    "/admin/complaints/complaint/",
    "/admin/complaints/complaint/add/",
]


SILENT = {"script", "style", "svg", "head", "option", "textarea", "code", "td", "datalist"}


class Words(HTMLParser):
    """The English words of a page, without icons' names and what people have typed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go silent inside what is not read."""
        icon = tag == "span" and "material-symbols" in (dict(attrs).get("class") or "")
        if self._silent or tag in SILENT or icon:
            if tag not in ("input", "img", "br", "hr", "meta", "link"):
                self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Speak again."""
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        """Collect."""
        if not self._silent:
            text = re.sub(r"https?://\S+", "", data)
            words = re.findall(r"[A-Za-z]{4,}(?:-[A-Za-z]+)*", text)
            self.found |= {word for word in words if word.lower() not in NAMES}


def visible_words(html: str) -> set[str]:
    """Return the English words that a reader of the page sees."""
    parser = Words()
    parser.feed(html)
    return parser.found


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_thai(path: str, superuser: Staff) -> None:
    Staff.objects.filter(pk=superuser.pk).update(username="ผู้ดูแล")
    answer = as_(superuser).get(path)
    assert answer.status_code == 200
    assert visible_words(answer.content.decode()) == set()


def test_the_sign_in_page_speaks_thai() -> None:
    assert visible_words(Client().get("/admin/login/").content.decode()) == set()
