"""Cases that she filed by another of the municipality's accounts are hers; a stranger's are not."""

from __future__ import annotations

from typing import Any

import pytest

from bannmae import testing
from chatops.models import Channel, OutboundMessage, Resident
from complaints.models import Complaint
from liff.tests.conftest import Caller, LineKeys, bearer

pytestmark = pytest.mark.django_db
PROVIDER = "เทศบาลตำบลบ้านแม"


def file_by_other_account(resident: Resident, provider: str) -> Complaint:
    """A case of the same LINE user id in an account of that provider."""
    other = Channel.objects.create(slug="revenue", name="กองคลัง", provider=provider)
    there = Resident.objects.create(channel=other, line_user_id=resident.line_user_id)
    return testing.make_complaint(there, photos=[testing.make_photo()])


@pytest.fixture
def named_provider(db: None) -> None:
    """The main account's provider is known."""
    Channel.objects.filter(slug=Channel.MAIN).update(provider=PROVIDER)


def test_under_one_provider_she_sees_it_and_may_speak(
    named_provider: None, as_somsri: Caller, somsri: Resident
) -> None:
    case = file_by_other_account(somsri, PROVIDER)
    own = testing.make_complaint(somsri)
    numbers = [row["number"] for row in as_somsri.get("complaints").json()]
    assert numbers == [own.number, case.number]
    before = as_somsri.get(f"complaints?before={own.number}").json()
    assert [row["number"] for row in before] == [case.number]
    shown = as_somsri.get(f"complaints/{case.number}").json()
    assert as_somsri.get(shown["photos"][0]["url"]).status_code == 200
    assert as_somsri.post(f"complaints/{case.number}/withdraw").status_code == 200


@pytest.mark.parametrize("provider", ["ผู้ให้บริการอื่น", ""])
def test_under_another_provider_it_is_somebody_elses(
    named_provider: None, as_somsri: Caller, somsri: Resident, provider: str
) -> None:
    case = file_by_other_account(somsri, provider)
    photo = case.photos.get()
    assert as_somsri.get("complaints").json() == []
    assert as_somsri.get(f"complaints/{case.number}").status_code == 404
    assert as_somsri.post(f"complaints/{case.number}/withdraw").status_code == 404
    assert as_somsri.get(f"photos/{photo.token}").status_code == 404


def test_two_unnamed_providers_are_not_one(as_somsri: Caller, somsri: Resident) -> None:
    Channel.objects.update(provider="")
    case = file_by_other_account(somsri, "")
    assert as_somsri.get(f"complaints/{case.number}").status_code == 404


def test_her_neighbour_sees_neither(
    named_provider: None, as_neighbour: Caller, somsri: Resident
) -> None:
    case = file_by_other_account(somsri, PROVIDER)
    assert as_neighbour.get("complaints").json() == []
    assert as_neighbour.get(f"complaints/{case.number}").status_code == 404


# -- who writes to the other account alone ------------------------------------------------------


def known_elsewhere_alone(provider: str, **fields: Any) -> Resident:
    """Who added another of our accounts, and not the main one."""
    other = Channel.objects.create(slug="revenue", name="กองคลัง", provider=provider, **fields)
    return Resident.objects.create(channel=other, line_user_id=testing.line_user_id())


def test_she_is_told_in_the_account_that_she_has(
    named_provider: None, line_keys: LineKeys, report: dict[str, Any]
) -> None:
    her = known_elsewhere_alone(PROVIDER)
    assert bearer(line_keys, her).file(report).status_code == 201
    assert Complaint.objects.get().resident == her
    assert OutboundMessage.objects.get().resident == her
    assert not Resident.objects.filter(channel__slug=Channel.MAIN).exists()


@pytest.mark.parametrize(
    ("provider", "fields"), [("ผู้ให้บริการอื่น", {}), ("", {}), (PROVIDER, {"is_active": False})]
)
def test_otherwise_she_is_new_to_the_main_account(
    named_provider: None,
    line_keys: LineKeys,
    report: dict[str, Any],
    provider: str,
    fields: dict[str, Any],
) -> None:
    stranger = known_elsewhere_alone(provider, **fields)
    assert bearer(line_keys, stranger).file(report).status_code == 201
    filed_by = Complaint.objects.get().resident
    assert filed_by is not None
    assert filed_by.channel == Channel.main()
    assert filed_by.line_user_id == stranger.line_user_id


def test_once_she_has_the_main_account_it_is_the_one(
    named_provider: None, line_keys: LineKeys, report: dict[str, Any]
) -> None:
    her = known_elsewhere_alone(PROVIDER)
    earlier = testing.make_complaint(her)
    main = Resident.objects.create(channel=Channel.main(), line_user_id=her.line_user_id)
    caller = bearer(line_keys, main)
    assert caller.file(report).status_code == 201
    assert Complaint.objects.exclude(pk=earlier.pk).get().resident == main
    assert len(caller.get("complaints").json()) == 2
